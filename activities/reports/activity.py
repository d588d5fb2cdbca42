"""The activity that writes a report: finds out which one is due, composes it from the registry, files it once.

Delivered at least once: the registry keeps one report for each election, kind and period, and what was filed first stays.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.registry import Registry
from activities.registry.errors import UnknownElectionError
from activities.registry.reports import FiledReport
from activities.reports.compose import compose
from activities.reports.model import OfficeReport
from activities.reports.rows import closed_at, due, election_time, read, recorded, within_term
from activities.reports.text import render
from policies.officework import WRITE_REPORT, DueReport, Filed, Filing, Period, ReportKind
from policies.pack.problem import PackError


class OfficeReports:
    """The county office's activities, bound to a registry.

    `executor`: where the work is done on a real worker, which must not be held up by it; None does it at once, on the loop.
    `clock` tells the real instant.
    """

    def __init__(
        self,
        registry: Registry,
        executor: Executor | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._registry = registry
        self._executor = executor
        self._clock = clock

    @activity.defn(name=WRITE_REPORT)
    async def write(self, order: DueReport) -> Filed:
        """See `file_report`. An election or a plan that cannot be read fails for good; a registry that is busy, for now."""
        if self._executor is None:
            return self._write(order)
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._executor, context.run, self._write, order)

    def _write(self, order: DueReport) -> Filed:
        try:
            return file_report(self._registry, order, self._clock())
        except (UnknownElectionError, PackError) as error:
            raise ApplicationError(str(error), type=type(error).__name__, non_retryable=True) from error


def file_report(registry: Registry, order: DueReport, now: datetime) -> Filed:
    """Write and file the report that was due last at the order's instant, unless it is there. `now`: a real instant.

    Raises UnknownElectionError, PackError when the recorded plan cannot be read, RegistryUnavailableError.
    """
    election = recorded(registry, order.election)
    time = election_time(registry, election)
    period = due(order, time)
    if period.until < time.start:
        return Filed(outcome=Filing.NOT_YET, period=period.key)
    ended = closed_at(registry, election.id)
    if ended is not None and ended < period.since and not within_term(registry, election, period.since, time.at(now)):
        return Filed(outcome=Filing.OVER, period=period.key)
    if registry.reports.find(election.id, order.kind.value, period.key) is not None:
        return Filed(outcome=Filing.KEPT, period=period.key)
    report = compose(read(registry, election, time, period, now))
    new = registry.reports.file(
        FiledReport(
            election=election.id,
            kind=order.kind.value,
            period=period.key,
            text=render(report),
            content_json=report.model_dump_json(),
            created_at=now,
        )
    )
    return Filed(outcome=Filing.FILED if new else Filing.KEPT, period=period.key)


def preview(registry: Registry, election: str, kind: ReportKind, period: Period, now: datetime) -> OfficeReport:
    """A report as it would be written at the real instant `now`, not filed: for somebody who wants to see it before its hour.

    Raises UnknownElectionError, PackError, RegistryUnavailableError, ValueError when the period is of another kind.
    """
    if period.kind is not kind:
        raise ValueError(f"{period.key} is a period of {period.kind.label}, not of {kind.label}")
    found = recorded(registry, election)
    return compose(read(registry, found, election_time(registry, found), period, now))
