"""`python -m tests.server.histories unit term` runs one unit's election, and what befalls a village within its term, on a real
server and keeps their histories; nothing else ever does. One of the two words does one of them.

Needs a server: HUANJIE_TEMPORAL_SERVER names the binary. To be run when an incompatible change is meant, and then the
elections under way must be moved or finished with the old code first (docs/operations).
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client

from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election
from gateway.carrier import TemporalCarrier
from gateway.command import Verb
from gateway.door import Door, Sign
from gateway.ground import supplier
from live.connection import Endpoint, connect
from live.worker import serve
from policies.departure import Ground
from policies.pack.schema import Role
from policies.people import Post, Sex
from tests.server.conductor import Conductor, begin, reading
from tests.server.histories.kept import TERM, Kept, as_json, write
from tests.server.histories.kept import UNIT as FILE
from tests.server.server import NAMESPACE, running
from tests.server.stock import stock_server
from tests.server.street import Script, rehearse
from tests.server.village import A_BIT, BY_ELECTION, RECALL, UNIT, TermClerk, elected, recorded
from tests.workflows.villageclerk import villager
from workflows.facts import Commit
from workflows.messages import ByElectionCall, DepartureCall, Hold, Move, RecallCall, Release
from workflows.setting import supply

BODIES = ("party", "residents", "supervisory")
DAY = timedelta(days=1)
DEPARTED = f"{UNIT.id}/departure-1"
FIGURES = {"person": "P17", "entitled": 1000, "registered": 900, "representatives": 30}


@asynccontextmanager
async def county(address: str, home: Path) -> AsyncIterator[tuple[Registry, Client, Door]]:
    """A county at a server, unencrypted, with the production worker in this process."""
    registry = create_registry(home / "registry.sqlite", Kind.DRILL, datetime.now(UTC))
    client = await connect(Endpoint(address, NAMESPACE), None, identity="histories")
    supply(supplier(registry))
    stop = asyncio.Event()
    working = asyncio.create_task(serve(client, registry.store, version=None, stop=stop))
    yield registry, client, Door(registry, TemporalCarrier(client), supplier(registry))
    stop.set()
    await working
    registry.close()


async def kept_of(client: Client, election: Election, *workflows: str) -> Kept:
    """The histories of these workflows, with what their election ran under."""
    histories = [await client.get_workflow_handle(each).fetch_history() for each in workflows]
    ground = election.ground
    assert ground.clock_json is not None
    return Kept(
        setting=ground.setting,
        pack_id=ground.pack_id,
        pack_text=ground.pack_text,
        calendar_json=ground.calendar_json,
        clock_json=ground.clock_json,
        histories=as_json(histories),
    )


async def conduct(script: Script, address: str, home: Path) -> Kept:
    """One election from beginning to end."""
    async with county(address, home) as (registry, client, door):
        async with reading(registry) as reader:
            begun = await begin(registry, client, script, DAY)
            await Conductor(script, begun, registry, reader, door, client, rings=4).play()
        (unit,) = (each.id for each in script.district)
        bodies = (f"{unit}/{body}" for body in BODIES)
        return await kept_of(client, begun.election, script.district.id, unit.rpartition("-")[0], unit, *bodies)


@dataclass(frozen=True)
class Office:
    """The village's county."""

    registry: Registry
    door: Door


async def befall(commits: list[Commit], address: str, home: Path) -> Kept:
    """A recall that is held, moved and carries; a resignation; the by-election for both seats."""
    async with county(address, home) as (registry, client, door):
        office = Office(registry, door)
        tokens = recorded(office, commits, datetime.now(UTC))
        stand = tuple((villager(one, sex=Sex.MALE), Post.COMMITTEE_MEMBER) for one in (71, 72, 73))
        clerk = TermClerk(UNIT, county=office, tokens=tokens, nominees=stand)
        start, above = Role.RESIDENTS_COMMITTEE, Role.STREET_COMMITTEE

        async def send(workflow: str, verb: Verb, sign: Sign, role: Role) -> None:
            answer = await clerk.send(workflow, verb, sign, role)
            assert answer.accepted, answer

        await send(UNIT.id, Verb.RECALL, lambda by: RecallCall(**FIGURES, by=by), start)
        while not clerk.inbox():
            await asyncio.sleep(A_BIT)
        await send(RECALL, Verb.HOLD, lambda by: Hold(rule="X4", reason="核查", by=by), above)
        await send(RECALL, Verb.RELEASE, lambda by: Release(reason="查清", by=by), above)
        later = door.instant(UNIT.id) + timedelta(days=1)
        await send(
            UNIT.district, Verb.MOVE, lambda by: Move(to=later, reason="演练", by=by), Role.DISTRICT_ORGANIZATION
        )
        await clerk.through("recall_settled")
        left = {"person": "P18", "ground": Ground.RESIGNED, "on": clerk.today, "document": "会〔2026〕3号"}
        await send(UNIT.id, Verb.DEPARTURE, lambda by: DepartureCall(**left, by=by), start)
        while clerk.in_office() != ["P11", "P13", "P15"]:
            await asyncio.sleep(A_BIT)
        seats = (Post.COMMITTEE_MEMBER, Post.COMMITTEE_MEMBER)
        await send(UNIT.id, Verb.BY_ELECTION, lambda by: ByElectionCall(vacant=seats, by=by), start)
        await clerk.through("body_completed")
        election = registry.elections.find(UNIT.district)
        assert election is not None
        return await kept_of(client, election, RECALL, DEPARTED, BY_ELECTION)


def main(*names: str) -> None:
    """A failed poll, somebody excluded, a postponement, a hold and its release: the ways an election may go; and a term."""
    for name in names:
        commits = elected() if name == "term" else []
        with TemporaryDirectory() as folder, running(stock_server()) as server:
            if name == "term":
                kept, file = asyncio.run(befall(commits, server.address, Path(folder))), TERM
            else:
                script = rehearse(
                    units=1, seed=27, faults={"F6": 1}, postponed=[(0, 2, "2021-03-10")], held=[(0, "2021-03-24")]
                )
                kept, file = asyncio.run(conduct(script, server.address, Path(folder))), FILE
        write(kept, file)
        print(f"{file.name}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ("unit", "term")))
