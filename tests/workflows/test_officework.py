"""The workflow that a schedule starts, on the in-process engine: one report for the hour the schedule meant, however late."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ActivityError, ApplicationError

from activities.registry import Registry
from activities.registry.errors import RegistryUnavailableError
from activities.reports.activity import OfficeReports
from policies.officework import WRITE_REPORT, DueReport, Filed, Filing, ReportKind, ReportOrder
from simulation.engine import Engine
from tests.activities.office import ELECTION, registry_in
from tests.workflows.clerk import at
from workflows.catalogue import OFFICE_WORKFLOWS, TASK_QUEUE
from workflows.officework import SCHEDULED, OfficeReport


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """An election in which nothing has happened yet."""
    registry = registry_in(tmp_path)
    yield registry
    registry.close()


def at_work(start: datetime, write: Callable[..., Any], act: Callable[[Engine], Awaitable[None]]) -> None:
    """An engine whose clock begins at an instant, serving the office."""

    async def run() -> None:
        async with Engine(
            workflows=list(OFFICE_WORKFLOWS),
            activities=[write],
            start=start,
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
        ) as engine:
            await act(engine)

    asyncio.run(run())


async def ring(engine: Engine, kind: ReportKind, *, meant: datetime | None = None, election: str = ELECTION) -> Filed:
    """Start the workflow as a schedule would, with the instant it meant."""
    attributes = TypedSearchAttributes([SearchAttributePair(SCHEDULED, meant)] if meant else [])
    filed: Filed = await engine.client.execute_workflow(
        OfficeReport.run,
        ReportOrder(election=election, kind=kind),
        id=f"{election}/office/{kind.value}-{engine.now.isoformat()}",
        task_queue=TASK_QUEUE,
        search_attributes=attributes,
    )
    return filed


def test_each_kind_is_filed_for_its_period(registry: Registry) -> None:
    """On the last evening of February, a Sunday, three reports are due, and the task list of the week that begins was."""
    evening = at("2021-02-28", 17)
    filed: dict[ReportKind, Filed] = {}

    async def act(engine: Engine) -> None:
        for kind in ReportKind:
            filed[kind] = await ring(engine, kind)

    at_work(evening, OfficeReports(registry, clock=lambda: evening).write, act)
    assert {kind: one.period for kind, one in filed.items()} == {
        ReportKind.WEEK_TASKS: "2021-W09",
        ReportKind.DAY_RETURN: "2021-02-28",
        ReportKind.WEEK_SUMMARY: "2021-W08",
        ReportKind.MONTH_DISPATCH: "2021-02",
    }
    assert {one.outcome for one in filed.values()} == {Filing.FILED}
    rows = registry.reports.all(ELECTION)
    assert {(row.kind, row.period) for row in rows} == {(kind.value, one.period) for kind, one in filed.items()}


def test_the_hour_the_schedule_meant_counts(registry: Registry) -> None:
    """Started the morning after, a report is still that of the day the schedule meant; a second ring files nothing."""
    morning = at("2021-02-04", 9)
    filed: list[Filed] = []

    async def act(engine: Engine) -> None:
        for meant in (at("2021-02-02", 17), at("2021-02-03", 17), None):
            filed.append(await ring(engine, ReportKind.DAY_RETURN, meant=meant))
            await engine.run_until(engine.now + timedelta(minutes=1))

    at_work(morning, OfficeReports(registry, clock=lambda: morning).write, act)
    assert filed == [
        Filed(outcome=Filing.FILED, period="2021-02-02"),
        Filed(outcome=Filing.FILED, period="2021-02-03"),
        Filed(outcome=Filing.KEPT, period="2021-02-03"),
    ]
    assert len(registry.reports.all(ELECTION)) == 2


def test_a_registry_that_is_busy_is_tried_again(registry: Registry) -> None:
    """Locked for a while, the report is written once it can be, for the same period."""
    evening = at("2021-02-03", 17)
    asked: list[DueReport] = []

    @activity.defn(name=WRITE_REPORT)
    async def locked_at_first(order: DueReport) -> Filed:
        asked.append(order)
        if len(asked) < 4:
            raise RegistryUnavailableError("登记库暂时不能读写")
        return await OfficeReports(registry, clock=lambda: evening).write(order)

    async def act(engine: Engine) -> None:
        assert (await ring(engine, ReportKind.DAY_RETURN)).outcome is Filing.FILED

    at_work(evening, locked_at_first, act)
    assert len(asked) == 4
    assert {order.at for order in asked} == {evening}
    assert [row.period for row in registry.reports.all(ELECTION)] == ["2021-02-03"]


def test_an_election_that_is_not_recorded_fails_at_once(registry: Registry) -> None:
    """No retry mends it; the failure names it."""
    evening = at("2021-02-03", 17)
    failures: list[BaseException | None] = []

    async def act(engine: Engine) -> None:
        with pytest.raises(WorkflowFailureError) as failed:
            await ring(engine, ReportKind.DAY_RETURN, election="D99")
        assert engine.now == evening
        assert isinstance(failed.value.cause, ActivityError)
        failures.append(failed.value.cause.cause)

    at_work(evening, OfficeReports(registry, clock=lambda: evening).write, act)
    [failure] = failures
    assert isinstance(failure, ApplicationError)
    assert (failure.type, "D99" in failure.message) == ("UnknownElectionError", True)
