"""A county on the in-process engine: a registry on SQLite, the product's own door and carrier, three communities at work.

The engine's client is Temporal's, so the carrier is the one that a county uses. The first step of the plan wants a second
signature here, by the district, so that two signatures can be tried without a whole election before them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.registry import Kind, Registry, create_registry, open_registry
from activities.registry.elections import Election, Ground
from activities.registry.people import Person
from console.packs import pack_text
from gateway.carrier import Beginning, Carrier, NoAnswer, TemporalCarrier
from gateway.command import Answer, Command, Outcome
from gateway.door import Door
from gateway.ground import ground_of, supplier
from policies.calendar import national_calendar
from policies.clock import Clock
from policies.pack.load import load_pack
from policies.pack.schema import Role
from simulation.engine import Engine
from tests.activities.registry.county import ELECTION, STREETS, UNITS, content
from tests.activities.registry.county import brief as district
from tests.workflows.clerk import at
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.messages import Recorded
from workflows.setting import Setting, install

START = at("2021-03-01", 9)
PATIENCE = 0.2  # seconds: no test waits longer for a lock it will not get
UNIT, OTHER_UNIT = UNITS[0], UNITS[2]  # in two streets
GATE = "prep.institution"
"""The first gate of every unit: the street's working committee records it; the district's office signs second."""
SECOND_GATE = "prep.survey"  # signed once

STAFF = {
    "clerk": ((Role.STREET_COMMITTEE, STREETS[0]),),
    "deputy": ((Role.STREET_COMMITTEE, STREETS[0]),),
    "neighbour": ((Role.STREET_COMMITTEE, STREETS[1]),),
    "branch": ((Role.PARTY_BRANCH, UNIT),),
    "district": ((Role.DISTRICT_ORGANIZATION, ELECTION),),
    "elsewhere": ((Role.DISTRICT_ORGANIZATION, "lishan-2026"),),
    "both": ((Role.PARTY_BRANCH, UNIT), (Role.STREET_COMMITTEE, STREETS[0])),
    "nobody": (),
}
"""Everybody with the roles they hold and where."""


@cache
def plan(*, two: bool) -> str:
    """The street plan; `two`: its first step wants a second signature."""
    text = pack_text("street-2021")
    first = f"      - id: {GATE}\n"
    at_step = text.index(first)
    actor = "        actor: street_committee\n"
    there = text.index(actor, at_step) + len(actor)
    return f"{text[:there]}        countersigned_by: [district_organization]\n{text[there:]}" if two else text


@cache
def ground(*, two: bool = True, clock: Clock | None = None) -> tuple[Ground, Setting]:
    """What the county's election runs under."""
    calendar = national_calendar([2021])
    pack = load_pack(plan(two=two), "street-2021")
    setting = install(pack, calendar, clock)
    recorded = ground_of(setting, plan(two=two))
    return recorded, setting


@cache
def made(*, two: bool, clock: Clock | None) -> tuple[bytes, dict[str, str]]:
    """A registry's file with the election recorded, and everybody's token: made once, for each test to have a copy."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "registry.sqlite"
        registry = create_registry(file, Kind.LIVE if clock is None else Kind.DRILL, START)
        recorded, setting = ground(two=two, clock=clock)
        registry.elections.record(Election("千山区换届", recorded, district(setting=setting.hash), "管理员", START))
        tokens = {}
        for person, roles in STAFF.items():
            registry.people.add(Person(person, f"居民{person}", "街道办事处"))
            for role, scope in roles:
                registry.people.grant(person, role, scope, by="管理员", at=START)
            issued = registry.people.issue(person, "测试", at=START, expires_at=START + timedelta(days=30))
            tokens[person] = issued.text
        registry.close()
        return file.read_bytes(), tokens


def staffed(folder: Path, *, two: bool = True, clock: Clock | None = None) -> tuple[Registry, dict[str, str]]:
    """A registry of one's own with the election recorded, and everybody's token."""
    content, tokens = made(two=two, clock=clock)
    file = folder / "registry.sqlite"
    file.write_bytes(content)
    return open_registry(file, patience=PATIENCE), tokens


@dataclass
class County:
    """A county whose election has begun, at its first gates."""

    registry: Registry
    tokens: dict[str, str]
    engine: Engine

    def door(self, carrier: Carrier | None = None) -> Door:
        """The way in; over the real carrier unless another is given."""
        return Door(self.registry, carrier or self.carrier, supplier(self.registry), lambda: self.engine.now)

    @property
    def carrier(self) -> TemporalCarrier:
        return TemporalCarrier(self.engine.client)

    async def settle(self) -> None:
        """Let everything happen that is due now."""
        await self.engine.run_until(self.engine.now)

    def today(self, **changes: Any) -> Recorded:
        """The form of a preparation, dated today."""
        return Recorded(**{"held_on": self.engine.now.astimezone(at("2021-03-01").tzinfo).date(), **changes})

    async def changed(self) -> Callable[[], Awaitable[list[str]]]:
        """What has changed when it is asked again: tables of the registry, and what any workflow waits for."""
        await self.settle()
        before = self._all()

        async def asked() -> list[str]:
            await self.settle()
            return [name for name, rows in self._all().items() if rows != before[name]]

        return asked

    def _all(self) -> dict[str, Any]:
        waiting = [
            (one, self.engine.query_now(one, "waiting_for", result_type=str)) for one in (ELECTION, *STREETS, *UNITS)
        ]
        return {**content(self.registry), "waiting": waiting}

    def lines(self, kind: str = "") -> list[str]:
        """The journal's lines, of one kind where asked."""
        return [one.entry for one in self.registry.journals.lines(ELECTION) if f'"kind":"{kind}' in one.entry]

    def decisions(self) -> list[tuple[str, str]]:
        """Every decision as the registry holds it: workflow and gate."""
        with self.registry.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text("SELECT workflow, gate FROM decisions"))]


def at_county(
    folder: Path, act: Callable[[County], Awaitable[None]], *, two: bool = True, clock: Clock | None = None
) -> None:
    """Run `act` in a county whose units have all begun, then close it."""

    async def opened() -> None:
        registry, tokens = staffed(folder, two=two, clock=clock)
        try:
            async with Engine(
                workflows=list(WORKFLOWS),
                activities=[Ledger(registry.store).commit],
                start=START,
                seed=1,
                data_converter=pydantic_data_converter,
                task_queue=TASK_QUEUE,
            ) as engine:
                brief = district(setting=ground(two=two, clock=clock)[1].hash)
                await engine.client.start_workflow(DistrictElection.run, brief, id=ELECTION, task_queue=TASK_QUEUE)
                county = County(registry, tokens, engine)
                await county.settle()
                await act(county)
                await county.settle()
                assert registry.journals.verify(ELECTION).problems == ()
        finally:
            registry.close()

    asyncio.run(opened())


class Losing:
    """A carrier that loses answers: `before` the command arrives, or after it took effect."""

    def __init__(self, carrier: Carrier, *losses: str) -> None:
        self._carrier, self._losses = carrier, list(losses)

    async def carry(self, command: Command) -> Answer:
        loss = self._losses.pop(0) if self._losses else ""
        if loss == "before":
            raise NoAnswer("服务器没有应答")
        answer = await self._carrier.carry(command)
        if loss == "after":
            raise NoAnswer("服务器没有应答")
        return answer

    async def recall(self, workflow: str, key: str) -> Answer | None:
        return await self._carrier.recall(workflow, key)

    async def tell(self, workflow: str, clock: Clock) -> None:
        await self._carrier.tell(workflow, clock)

    async def begin(self, beginning: Beginning) -> bool:
        loss = self._losses.pop(0) if self._losses else ""
        if loss == "before":
            raise NoAnswer("服务器没有应答")
        begun = await self._carrier.begin(beginning)
        if loss == "after":
            raise NoAnswer("服务器没有应答")
        return begun


@dataclass
class Scripted:
    """A carrier that gives the answers it was told, and remembers what it was given."""

    answers: Iterable[Answer] = ()

    def __post_init__(self) -> None:
        self.carried: list[Command] = []
        self._answers = iter(self.answers)

    async def carry(self, command: Command) -> Answer:
        self.carried.append(command)
        return next(self._answers, Answer(Outcome.CLOSED))

    async def recall(self, workflow: str, key: str) -> Answer | None:
        return None

    async def tell(self, workflow: str, clock: Clock) -> None:
        pass

    async def begin(self, beginning: Beginning) -> bool:
        return False
