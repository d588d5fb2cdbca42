"""A drill's clock inside the workflows: days pass faster, may be set forward for all at once, and never when it is live."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.stores import Entry, MemoryStore
from policies.calendar import national_calendar
from policies.clock import Clock
from policies.pack.schema import Role
from simulation.engine import Engine
from tests.workflows.clerk import at, brief, rules_of, signed, street_2021
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import GateOpened, Overdue, Reminded
from workflows.messages import DistrictBrief, Hold, Move, StreetBrief
from workflows.setting import install

REAL = at("2026-11-27", 9)
DAY = timedelta(seconds=2)


def drill(start: datetime, act: Any, *, clock: bool = True, facts: list[Entry] | None = None) -> list[Entry]:
    """A district of one unit that nobody works for, on a drill's clock (or, without one, on its real days).

    Facts go to `facts` as they are committed, where the act wants to see them.
    """
    facts = [] if facts is None else facts

    async def run() -> None:
        drilled = Clock(real=REAL, election=start, day=DAY) if clock else None
        setting = install(street_2021(), national_calendar([2021]), drilled)
        unit = brief(setting=setting.hash)
        street = StreetBrief(id="D01-S01", name="甲街道", district="D01", units=(unit,), setting=setting.hash)
        district = DistrictBrief(id="D01", name="甲区", streets=(street,), setting=setting.hash)
        async with Engine(
            workflows=list(WORKFLOWS),
            activities=[Ledger(MemoryStore(facts.append)).commit],
            start=REAL if clock else start,
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
        ) as engine:
            handle = await engine.client.start_workflow(DistrictElection.run, district, id="D01", task_queue=TASK_QUEUE)
            await act(engine, handle)

    asyncio.run(run())
    return facts


def to(day: str, hour: int = 0, by: Role = Role.DISTRICT_ORGANIZATION) -> Move:
    return Move(to=at(day, hour), reason="演练", by=signed(by))


def test_election_days_take_the_real_seconds_of_the_setting() -> None:
    """The first gate's reminder and its overdue flag come on the plan's days, after two seconds a day."""
    opened = at("2021-01-10", 8)
    late: list[timedelta] = []

    async def wait(engine: Engine, handle: Any) -> None:
        await engine.run_until(REAL + 40 * DAY)
        late.append(engine.now - REAL)

    facts = [entry.fact for entry in drill(opened, wait)]
    (gate,) = (fact for fact in facts if isinstance(fact, GateOpened))
    (reminded,) = (fact for fact in facts if isinstance(fact, Reminded))
    (overdue,) = (fact for fact in facts if isinstance(fact, Overdue))
    assert gate.last_day == reminded.last_day == overdue.last_day
    assert late == [timedelta(seconds=80)]


def test_a_clock_set_past_a_limit_flags_it_at_once_and_in_every_workflow() -> None:
    """Set to the evening of the last day, the gate is reminded; set past it, overdue; no time passes meanwhile."""
    start = at("2021-01-10", 8)
    engine_facts: list[Entry] = []

    async def move(engine: Engine, handle: Any) -> None:
        await engine.advance(timedelta(milliseconds=10))
        (gate,) = (entry.fact for entry in engine_facts if isinstance(entry.fact, GateOpened))
        assert gate.last_day is not None
        await handle.execute_update("order_move", to(gate.last_day.isoformat(), 18))
        await engine.advance(timedelta(milliseconds=10))
        assert [entry.kind for entry in engine_facts].count("reminded") == 1
        await handle.execute_update("order_move", to((gate.last_day + timedelta(days=1)).isoformat(), 1))
        await engine.advance(timedelta(milliseconds=10))

    drill(start, move, facts=engine_facts)
    (overdue,) = (entry for entry in engine_facts if isinstance(entry.fact, Overdue))
    assert overdue.at.date() > overdue.fact.last_day  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("clock", "move", "rules"),
    [
        (False, to("2021-02-01"), ("O7",)),
        (True, to("2021-01-01"), ("O7",)),
        (True, to("2021-02-01", by=Role.STREET_COMMITTEE), ("O3",)),
    ],
    ids=["live", "back", "by the street"],
)
def test_the_clock_is_not_everybodys(clock: bool, move: Move, rules: tuple[str, ...]) -> None:
    """A live election has no clock to move, a drill's does not go back, and only the district's office sets it."""

    async def refused(engine: Engine, handle: Any) -> None:
        await engine.advance(timedelta(milliseconds=10))
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await handle.execute_update("order_move", move)
        assert rules_of(failed.value) == rules

    drill(at("2021-01-10", 8), refused, clock=clock)


def test_what_is_ordered_while_children_start_reaches_them() -> None:
    """A hold in the district's very first instant, before any street or unit runs, stops the units all the same."""
    hold = Hold(rule="X4", reason="信访矛盾突出", by=signed(Role.DISTRICT_ORGANIZATION))

    async def ordered(engine: Engine, handle: Any) -> None:
        await handle.execute_update("order_hold", hold)
        await engine.advance(timedelta(hours=1))

    facts = drill(at("2021-01-10", 8), ordered, clock=False)
    assert "held" in {entry.kind for entry in facts if entry.unit}


def test_a_clock_heard_late_does_not_set_the_drill_back() -> None:
    """Of two clocks the one set later holds, in whatever order they arrive; a real instant alone decides."""
    first = Clock(real=REAL, election=at("2021-02-01"), day=DAY)
    later = first.moved(REAL + timedelta(seconds=1), at("2021-04-01"))
    assert later.or_later(first) == first.or_later(later) == later
    assert first.or_later(None) == first.or_later(first) == first
