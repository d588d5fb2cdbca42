"""The county office's schedules on a real server: made once, adjusted when asked again, ringing when they should, and ended.

The client is the product's, encrypted; the worker runs the workflow in the sandbox and the activity on a thread of its own.
Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_schedules.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from temporalio.client import Client, ScheduleActionStartWorkflow, ScheduleUpdate, ScheduleUpdateInput
from temporalio.worker import Worker

from activities.registry import Registry
from activities.reports.activity import OfficeReports
from activities.reports.model import OfficeReport as Report
from live.connection import Endpoint, connect
from live.encryption import EncryptionCodec, new_key
from live.schedules import Change, ScheduleStep, end_schedules, ensure_schedules, schedule_id
from policies.clock import BEIJING, Clock
from policies.officework import ReportKind
from tests.activities.office import ELECTION, registry_in
from tests.server.server import NAMESPACE, Server, running
from tests.server.stock import stock_server
from tests.workflows.clerk import at
from workflows.catalogue import OFFICE_WORKFLOWS, TASK_QUEUE

pytestmark = pytest.mark.server

SOON = 60.0  # seconds in which anything waited for here must have happened
LONG_AGO = datetime.now(UTC) - timedelta(days=40)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(stock_server()) as started:
        yield started


async def county(server: Server, folder: Path) -> Client:
    """A client as the product makes it, with a key of this test's own."""
    new_key(folder / "keys")
    return await connect(Endpoint(server.address, NAMESPACE), EncryptionCodec.of(folder / "keys"))


@asynccontextmanager
async def worker(client: Client, registry: Registry) -> AsyncIterator[None]:
    """Serves the office's workflow and activity."""
    with ThreadPoolExecutor(1) as writers:
        async with Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=list(OFFICE_WORKFLOWS),
            activities=[OfficeReports(registry, writers).write],
        ):
            yield


async def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition. Raises TimeoutError when it does not come true soon."""
    async with asyncio.timeout(SOON):
        while not holds():
            await asyncio.sleep(0.05)


def changes(steps: tuple[ScheduleStep, ...]) -> set[Change]:
    """What became of the four, each named by its kind."""
    assert [step.kind for step in steps] == list(ReportKind)
    return {step.change for step in steps}


async def hours(client: Client, election: str, kind: ReportKind) -> list[datetime]:
    """When a schedule rings next, in Beijing time, as the server reckons."""
    description = await client.get_schedule_handle(schedule_id(election, kind)).describe()
    return [instant.astimezone(BEIJING) for instant in description.info.next_action_times]


def test_schedules_are_made_once_and_ring_at_the_offices_hours(server: Server, tmp_path: Path) -> None:
    """Asked twice, the second time changes nothing; Fridays at 16, every day and Sundays at 17, month's last days at 16."""

    async def run() -> None:
        client = await county(server, tmp_path)
        assert changes(await ensure_schedules(client, "twice")) == {Change.CREATED}
        assert changes(await ensure_schedules(client, "twice")) == {Change.UNCHANGED}
        ring = {kind: await hours(client, "twice", kind) for kind in ReportKind}
        assert {f"{one:%a %H:%M:%S}" for one in ring[ReportKind.WEEK_TASKS]} == {"Fri 16:00:00"}
        assert {f"{one:%a %H:%M:%S}" for one in ring[ReportKind.WEEK_SUMMARY]} == {"Sun 17:00:00"}
        daily = ring[ReportKind.DAY_RETURN]
        assert {f"{one:%H:%M:%S}" for one in daily} == {"17:00:00"}
        assert {later - sooner for sooner, later in pairwise(daily)} == {timedelta(days=1)}
        monthly = ring[ReportKind.MONTH_DISPATCH]
        assert {(f"{one:%H:%M:%S}", (one + timedelta(days=1)).day) for one in monthly} == {("16:00:00", 1)}
        assert len({(one.year, one.month) for one in monthly}) == len(monthly) >= 3
        assert changes(await end_schedules(client, "twice")) == {Change.ENDED}
        assert changes(await end_schedules(client, "twice")) == {Change.ABSENT}

    asyncio.run(run())


def test_the_month_ends_on_its_last_day_in_leap_years_too(server: Server, tmp_path: Path) -> None:
    """Asked about years to come, the server itself finds the 28th or the 29th of February, and never both."""

    async def run() -> None:
        client = await county(server, tmp_path)
        await ensure_schedules(client, "leap")
        handle = client.get_schedule_handle(schedule_id("leap", ReportKind.MONTH_DISPATCH))

        def from_2027(given: ScheduleUpdateInput) -> ScheduleUpdate:
            given.description.schedule.spec.start_at = datetime(2027, 12, 1, tzinfo=UTC)
            return ScheduleUpdate(given.description.schedule)

        await handle.update(from_2027)
        ring = [one.date() for one in await hours(client, "leap", ReportKind.MONTH_DISPATCH)]
        assert ring[:4] == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]
        steps = {step.kind: step.change for step in await ensure_schedules(client, "leap")}
        assert steps.pop(ReportKind.MONTH_DISPATCH) is Change.UPDATED  # what somebody changed by hand is put right
        assert set(steps.values()) == {Change.UNCHANGED}
        await end_schedules(client, "leap")

    asyncio.run(run())


def test_a_paused_schedule_stays_paused(server: Server, tmp_path: Path) -> None:
    """Whoever paused it had a reason: neither an adjustment nor a second asking starts it again."""
    clock = Clock(real=datetime.now(UTC), election=at("2021-02-01", 8), day=timedelta(hours=1))

    async def run() -> None:
        client = await county(server, tmp_path)
        await ensure_schedules(client, "paused")
        handle = client.get_schedule_handle(schedule_id("paused", ReportKind.DAY_RETURN))
        await handle.pause(note="节假日")
        assert changes(await ensure_schedules(client, "paused")) == {Change.UNCHANGED}
        assert changes(await ensure_schedules(client, "paused", clock)) == {Change.UPDATED}
        assert (await handle.describe()).schedule.state.paused
        await end_schedules(client, "paused")

    asyncio.run(run())


def test_a_schedule_that_rings_files_a_report_once(server: Server, tmp_path: Path) -> None:
    """Rung twice by hand, the last report due is in the registry once; nothing of the order can be read on the server."""
    registry = registry_in(tmp_path, started_at=LONG_AGO)

    async def run() -> None:
        client = await county(server, tmp_path)
        await ensure_schedules(client, ELECTION)
        handle = client.get_schedule_handle(schedule_id(ELECTION, ReportKind.WEEK_SUMMARY))
        action = (await handle.describe()).schedule.action
        assert isinstance(action, ScheduleActionStartWorkflow)
        assert ReportKind.WEEK_SUMMARY.value not in str(action.args)
        async with worker(client, registry):
            for rung in (1, 2):
                await handle.trigger()
                async with asyncio.timeout(SOON):
                    while len((await handle.describe()).info.recent_actions) < rung:
                        await asyncio.sleep(0.05)
                    started = (await handle.describe()).info.recent_actions[-1].action
                    await client.get_workflow_handle(started.workflow_id).result()  # type: ignore[attr-defined]
        await end_schedules(client, ELECTION)

    before = datetime.now(BEIJING)
    asyncio.run(run())
    [row] = registry.reports.all(ELECTION)
    registry.close()
    five = before.replace(hour=17, minute=0, second=0, microsecond=0)
    sundays = [five - timedelta(days=days) for days in range(14)]
    last = next(day for day in sundays if day.strftime("%a") == "Sun" and day <= before)
    assert (row.kind, row.period) == ("week_summary", last.strftime("%G-W%V"))
    assert row.text.startswith("# 周末小结")


def test_a_drill_reports_each_of_its_days(server: Server, tmp_path: Path) -> None:
    """With a day in three seconds, one return follows the other with nothing between them, each headed 演练."""
    clock = Clock(real=datetime.now(UTC), election=at("2021-02-01", 8), day=timedelta(seconds=3))
    registry = registry_in(tmp_path, clock, clock.real)
    wanted = 4

    def returns() -> list[Report]:
        rows = registry.reports.all(ELECTION, ReportKind.DAY_RETURN.value)
        assert all(row.text.startswith("# 【演练】日反馈") for row in rows)
        return sorted(
            (Report.model_validate_json(row.content_json) for row in rows), key=lambda one: one.heading.period.key
        )

    async def run() -> None:
        client = await county(server, tmp_path)
        async with worker(client, registry):
            assert changes(await ensure_schedules(client, ELECTION, clock)) == {Change.CREATED}
            assert changes(await ensure_schedules(client, ELECTION, clock)) == {Change.UNCHANGED}
            await until(lambda: len(returns()) >= wanted)
            assert changes(await end_schedules(client, ELECTION)) == {Change.ENDED}

    asyncio.run(run())
    headings = [report.heading for report in returns()]
    registry.close()
    for sooner, later in pairwise(headings):
        assert later.since == sooner.period.until
    assert all(heading.drill and heading.period.first >= date(2021, 2, 1) for heading in headings)
