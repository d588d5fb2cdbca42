"""A county at work is backed up, goes on, is lost, and comes back from the backup in another home: the election goes on there.

Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_backup.py`.
"""

import asyncio
import os
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from activities.registry import Kind, open_registry
from activities.registry.people import Person
from console.packs import pack_text
from gateway.command import Outcome
from live.backup import Moment, restore, take
from live.county import County, Plan, begin, county
from live.pilot import bring_up
from live.roster import Roster, Street, Unit
from live.server import Ports
from live.settings import METRICS_PORT, CountySettings
from policies.calendar import national_calendar
from policies.pack.load import load_pack
from policies.pack.schema import Role
from tests.server.stock import stock_server
from workflows.messages import Recorded

pytestmark = pytest.mark.server

SOON = 60.0  # seconds in which anything waited for here must have happened
ELECTION, UNIT = "qianshan-2021", "qianshan-2021-S01-U001"
FIRST_DAY = date(2021, 2, 1)
PERSON = "A001"
BUILD = "backup-test"
GATES = INSTITUTION, SURVEY, PLAN, TRAINING, AUDIT = (
    "prep.institution",
    "prep.survey",
    "prep.plan",
    "prep.training",
    "prep.audit",
)
"""One after the other."""


def quiet(line: str) -> None:
    """Progress that nobody watches."""


def free_port() -> int:
    """The first of a row of ports that nobody uses, with the worker's among them."""
    candidates = random.sample(range(10_000, 30_000), 200)
    return next(
        one for one in candidates if not any(Ports.starting_at(port).taken() for port in (one, one + METRICS_PORT))
    )


def settings(home: Path, first_port: int) -> CountySettings:
    """A home and its ports. The build is named, so that nobody who edits a file meanwhile makes another version of it."""
    return CountySettings(
        home=home,
        first_port=first_port,
        temporal_server=stock_server().path,
        temporal_store="",
        temporal_address="",
        registry="",
        build_id=BUILD,
    )


def plan() -> Plan:
    """A drill of one community at the pace of real days: today is the plan's first day."""
    pack = load_pack(pack_text("street-2021"), "street-2021")
    unit = Unit(
        street="S01",
        code="U001",
        name="甲社区",
        households=1500,
        residents=4000,
        party_members=80,
        party_due=75,
        organizations=6,
        difficult=False,
        party_seats=5,
        residents_seats=7,
        supervisory_seats=3,
    )
    return Plan(
        id=ELECTION,
        title="千山区",
        pack=pack,
        pack_text=pack_text("street-2021"),
        calendar=national_calendar([2021]),
        roster=Roster(streets=(Street(code="S01", name="甲街道"),), units=(unit,)),
        day=timedelta(days=1),
        begins=FIRST_DAY,
    )


@dataclass(frozen=True)
class AtWork:
    """A county with its server and worker running, and what a test asks of it."""

    place: County

    def open_gates(self) -> set[str]:
        """What waits."""
        return {one.task.gate for one in self.place.registry.standings.inbox(date.max, unit=UNIT)}

    async def until(self, holds: Callable[[set[str]], bool]) -> None:
        """Wait until the gates that wait are as they should be. Raises TimeoutError when they are not soon."""
        async with asyncio.timeout(SOON):
            while not holds(await asyncio.to_thread(self.open_gates)):
                await asyncio.sleep(0.05)

    async def decide(self, token: str, gate: str, document: str) -> Outcome:
        """Record a preparation as done on the first day."""
        form = Recorded(held_on=FIRST_DAY, document=document)
        return (await self.place.door.decide(token, UNIT, gate, form)).outcome


@asynccontextmanager
async def at_work(where: CountySettings) -> AsyncIterator[AtWork]:
    """Server and worker of a home; in the end both are killed, as by a power cut."""
    prepared = await bring_up(where, Kind.DRILL, quiet)
    assert prepared.server is not None
    try:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUANJIE_")}
        environment |= {"HUANJIE_HOME": str(where.home), "HUANJIE_FIRST_PORT": str(where.first_port)}
        environment |= {"HUANJIE_BUILD_ID": where.build_id}
        worker = subprocess.Popen(
            [sys.executable, "-m", "console.cli", "live", "worker"], env=environment, start_new_session=True
        )
        try:
            async with county(where) as place:
                yield AtWork(place)
        finally:
            worker.kill()
            worker.wait()
    finally:
        prepared.server.kill()


def staffed(place: County) -> str:
    """Somebody who may decide all preparations; returns the token."""
    now, people = datetime.now(UTC), place.registry.people
    people.add(Person(PERSON, "王秀英", "街道"))
    for role in (Role.STREET_COMMITTEE, Role.STREET_OFFICE):
        people.grant(PERSON, role, ELECTION, by="管理员", at=now)
    return people.issue(PERSON, "演练", at=now, expires_at=now + timedelta(days=1)).text


def decided(home: Path) -> dict[str, int]:
    """How often each gate stands as decided in a home's registry, whose journal must be whole."""
    with closing(open_registry(home / "registry.sqlite", Kind.DRILL)) as registry:
        assert registry.journals.verify(ELECTION).problems == ()
        lines = [line.entry for line in registry.journals.lines(ELECTION) if '"kind":"decided"' in line.entry]
    return {gate: n for gate in GATES if (n := sum(f'"gate":"{gate}"' in line for line in lines))}


async def worked_and_backed_up(where: CountySettings, backup: Path) -> str:
    """One gate decided, the backup taken while a second is being decided, a third decided after it; then all is lost."""
    async with at_work(where) as work:
        await begin(work.place, plan(), datetime.now(UTC))
        token = await asyncio.to_thread(staffed, work.place)
        await work.until(lambda gates: INSTITUTION in gates)
        assert await work.decide(token, INSTITUTION, "街发1号") is Outcome.ACCEPTED
        await work.until(lambda gates: gates == {SURVEY})
        taken, meanwhile = await asyncio.gather(
            asyncio.to_thread(lambda: take(where, backup, datetime.now(UTC), tell=quiet)),
            work.decide(token, SURVEY, "查1号"),
        )
        assert meanwhile is Outcome.ACCEPTED
        assert taken.problems == ()
        assert taken.manifest.order == (Moment.LOCKED, Moment.REGISTRY, Moment.SERVER, Moment.RELEASED)
        await work.until(lambda gates: gates == {PLAN})
        assert await work.decide(token, PLAN, "方1号") is Outcome.ACCEPTED
        await work.until(lambda gates: gates == {TRAINING})
    assert decided(where.home) == {INSTITUTION: 1, SURVEY: 1, PLAN: 1}
    return token


async def gone_on(where: CountySettings, token: str) -> None:
    """What was decided after the backup is open again and decided anew, otherwise; the election goes beyond where it was."""
    async with at_work(where) as work:
        await work.until(lambda gates: gates in ({SURVEY}, {PLAN}))
        if SURVEY in work.open_gates():  # decided at the moment of the backup: it is in it as a whole or not at all …
            answer = asyncio.create_task(work.decide(token, SURVEY, "查2号"))
            await work.until(lambda gates: gates == {PLAN})
            assert await answer in (Outcome.ACCEPTED, Outcome.REFUSED)  # … or ordered, and written just now
        assert await work.decide(token, PLAN, "方2号") is Outcome.ACCEPTED
        await work.until(lambda gates: gates == {TRAINING})
        assert await work.decide(token, TRAINING, "训1号") is Outcome.ACCEPTED
        await work.until(lambda gates: gates == {AUDIT})


def test_an_election_goes_on_from_a_backup_taken_while_it_ran(tmp_path: Path) -> None:
    """Backed up at work, killed, restored into another home with the keys brought separately: nothing stands still."""
    port, backup = free_port(), tmp_path / "backup"
    old = settings(tmp_path / "old", port)
    token = asyncio.run(worked_and_backed_up(old, backup))

    # On the same ports, as a machine that takes another's place: a server that was alive in the last twenty seconds is
    # looked for where it was, and on other ports it would take half a minute until that is given up.
    new = settings(tmp_path / "new", port)
    shutil.copytree(old.keys, new.keys)
    restored = restore(new, backup, Kind.DRILL, quiet)
    assert restored.missing_keys == ()
    assert not restored.other_program
    before = decided(new.home)
    assert before in ({INSTITUTION: 1}, {INSTITUTION: 1, SURVEY: 1})

    asyncio.run(gone_on(new, token))
    assert decided(new.home) == {INSTITUTION: 1, SURVEY: 1, PLAN: 1, TRAINING: 1}
