"""A drill's clock set forward within the term: recalls and by-elections under way hear it, whether the district runs or not.

Each day of the drill takes two seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.registry import Kind, Registry, create_registry
from gateway.carrier import TemporalCarrier
from gateway.command import Answer, Outcome, Verb
from gateway.door import Door
from gateway.ground import supplier
from policies.authority import Signature
from policies.clock import BEIJING
from policies.pack.schema import Role
from policies.people import Post
from simulation.engine import Engine
from tests.server.village import BEGINS, BY_ELECTION, DAY, RECALL, UNIT, elected, recorded
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import Task
from workflows.messages import ByElectionCall, Departure, Move, RecallCall
from workflows.setting import supply

REAL = datetime(2026, 11, 27, 9, tzinfo=UTC)
DISTRICT = UNIT.district
A_MOMENT = timedelta(milliseconds=10)


@dataclass
class Drill:
    """A county's registry and door over the engine, the village's election recorded as over."""

    registry: Registry
    engine: Engine
    door: Door
    tokens: dict[Role, str]

    async def settle(self) -> None:
        await self.engine.run_until(self.engine.now)

    async def begin(self) -> None:
        """A recall of P17, and a by-election for P18, who resigned."""

        def recall(by: Signature) -> RecallCall:
            return RecallCall(person="P17", entitled=1000, registered=900, representatives=30, by=by)

        def fill(by: Signature) -> ByElectionCall:
            left = (Departure(person="P18", reason="辞职"),)
            return ByElectionCall(vacant=(Post.COMMITTEE_MEMBER,), departed=left, by=by)

        token = self.tokens[Role.STREET_OFFICE]
        assert (await self.door.send(token, UNIT.id, Verb.RECALL, recall)).accepted
        assert (await self.door.send(token, UNIT.id, Verb.BY_ELECTION, fill)).accepted
        await self.settle()

    async def move(self, to: datetime, role: Role = Role.DISTRICT_ORGANIZATION) -> Answer:
        """Set the clock, a moment after whatever was before: of two clocks the later set holds."""
        await self.engine.run_until(self.engine.now + A_MOMENT)
        answer = await self.door.send(
            self.tokens[role], DISTRICT, Verb.MOVE, lambda by: Move(to=to, reason="演练", by=by)
        )
        await self.settle()
        return answer

    def inbox(self) -> dict[str, Task]:
        """What waits within the term, by workflow."""
        waiting = self.registry.standings.inbox(date.max, unit=UNIT.id)
        return {one.task.workflow: one.task for one in waiting if one.task.workflow in (RECALL, BY_ELECTION)}

    def flagged(self) -> list[str]:
        """The workflows of the term whose gates were flagged as overdue."""
        with_kind = [one for one in self.registry.journals.lines(DISTRICT) if '"kind":"overdue"' in one.entry]
        bodies = [body for body in ("recall", "byelection") for one in with_kind if f'"body":"{body}"' in one.entry]
        return sorted(bodies)


def drill(folder: Path, act: Callable[[Drill], Awaitable[None]]) -> None:
    """Run `act` within the village's term."""
    commits = elected()

    async def run() -> None:
        registry = create_registry(folder / "registry.sqlite", Kind.DRILL, REAL)
        supply(supplier(registry))
        try:
            async with Engine(
                workflows=list(WORKFLOWS),
                activities=[Ledger(registry.store).commit],
                start=REAL,
                seed=1,
                data_converter=pydantic_data_converter,
                task_queue=TASK_QUEUE,
            ) as engine:
                carrier = TemporalCarrier(engine.client)
                door = Door(registry, carrier, supplier(registry), lambda: engine.now)
                county = Drill(registry, engine, door, {})
                county.tokens = recorded(county, commits, REAL)
                await act(county)
                assert registry.journals.verify(DISTRICT).problems == ()
        finally:
            supply(None)
            registry.close()

    asyncio.run(run())


def last_day_of(task: Task) -> datetime:
    """The evening of a task's last day."""
    assert task.last_day is not None
    return datetime.combine(task.last_day, datetime.min.time(), BEIJING).replace(hour=23)


@pytest.mark.parametrize("district_runs", [False, True])
def test_what_is_under_way_hears_it_at_once(tmp_path: Path, district_runs: bool) -> None:
    """On the evening of the last day nothing is late, an hour and a half later everything is; the registry reckons alike."""

    async def act(county: Drill) -> None:
        if district_runs:
            election = county.registry.elections.find(DISTRICT)
            assert election is not None
            other = election.brief.model_copy(update={"streets": ()})
            await county.engine.client.start_workflow(DistrictElection.run, other, id=DISTRICT, task_queue=TASK_QUEUE)
        await county.begin()
        tasks = county.inbox()
        assert set(tasks) == {RECALL, BY_ELECTION}
        evening = last_day_of(tasks[RECALL])
        assert (await county.move(evening)).accepted
        assert county.flagged() == []
        assert county.door.instant(UNIT.id) == evening
        assert (await county.move(evening + timedelta(minutes=90))).accepted
        assert county.flagged() == ["byelection", "recall"]
        assert county.registry.elections.running_clock(DISTRICT) is not None
        moved = [one for one in county.registry.journals.lines(DISTRICT) if '"kind":"clock_moved"' in one.entry]
        assert len(moved) == 2  # each time by one workflow, for all

    drill(tmp_path, act)


def test_only_the_county_s_office_sets_it_and_only_forward(tmp_path: Path) -> None:
    async def act(county: Drill) -> None:
        await county.begin()
        later = BEGINS + timedelta(days=9)
        by_street = await county.move(later, Role.STREET_COMMITTEE)
        assert [one.rule for one in by_street.findings] == ["O3"]
        assert (await county.move(later)).accepted
        back = await county.move(later - timedelta(days=1))
        assert [one.rule for one in back.findings] == ["O7"]
        assert later <= county.door.instant(UNIT.id) < later + timedelta(hours=1)

    drill(tmp_path, act)


def test_with_nothing_under_way_there_is_nobody_to_ask(tmp_path: Path) -> None:
    async def act(county: Drill) -> None:
        assert (await county.move(BEGINS + timedelta(days=9))).outcome is Outcome.CLOSED

    drill(tmp_path, act)


def test_days_take_the_drill_s_seconds_from_there(tmp_path: Path) -> None:
    """Set to three days before the last day, the flag comes after their real seconds and not before."""

    async def act(county: Drill) -> None:
        await county.begin()
        after = last_day_of(county.inbox()[RECALL]) + timedelta(hours=1)
        assert (await county.move(after - timedelta(days=3))).accepted
        await county.engine.run_until(county.engine.now + 2 * DAY)
        assert county.flagged() == []
        await county.engine.run_until(county.engine.now + 1.5 * DAY)
        assert county.flagged() == ["byelection", "recall"]

    drill(tmp_path, act)
