"""Strangers at a real server's door: refused with the reason, and neither history nor journal has grown by anything else.

The gateway as a county runs it: tokens, Temporal's client with the encrypting plugin, a worker that writes to the registry.
Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_strangers.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election
from activities.registry.people import Denied, Person
from gateway.carrier import NoAnswer, TemporalCarrier
from gateway.command import Outcome, Verb
from gateway.door import LARGEST, Door, Stranger, Unfit
from gateway.ground import supplier
from live.connection import Endpoint, connect
from live.encryption import EncryptionCodec, new_key
from live.worker import serve
from policies.authority import Signature
from policies.clock import BEIJING
from policies.pack.schema import Role
from tests.activities.registry.county import brief as district
from tests.activities.registry.county import content
from tests.gateway.over_engine import GATE, STAFF, ground
from tests.server.server import NAMESPACE, Server, running
from tests.server.stock import stock_server
from workflows import setting as settings
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE
from workflows.messages import Hold, Recorded

pytestmark = pytest.mark.server

SOON = 60.0  # seconds in which anything waited for here must have happened


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(stock_server()) as started:
        yield started


@dataclass
class County:
    """A county at work on the server, its units at their first gates; ids begin with `election`."""

    election: str
    registry: Registry
    client: Client
    door: Door
    tokens: dict[str, str]

    @property
    def unit(self) -> str:
        return f"{self.election}-S01-U001"

    @property
    def today(self) -> Recorded:
        return Recorded(held_on=datetime.now(BEIJING).date())

    @property
    def workflows(self) -> tuple[str, ...]:
        return (self.election, f"{self.election}-S01", f"{self.election}-S02", self.unit)

    async def events(self) -> dict[str, int]:
        """How many events each workflow's history has, once nothing of it is under way any more."""
        await until(self._quiet)
        return {one: len((await self.client.get_workflow_handle(one).fetch_history()).events) for one in self.workflows}

    async def _quiet(self) -> bool:
        for one in self.workflows:
            now = (await self.client.get_workflow_handle(one).describe()).raw_description
            if now.pending_activities or now.HasField("pending_workflow_task"):
                return False
        return True

    async def unchanged(self) -> Callable[[], Awaitable[list[str]]]:
        """What has changed when it is asked again: the registry's tables, and any history."""

        async def now() -> dict[str, object]:
            return {**await self.events(), **content(self.registry)}

        before = await now()

        async def asked() -> list[str]:
            return [name for name, value in (await now()).items() if value != before[name]]

        return asked

    def lines(self, kind: str) -> list[str]:
        """The journal's lines of one kind."""
        return [one.entry for one in self.registry.journals.lines(self.election) if f'"kind":"{kind}"' in one.entry]

    async def waits(self) -> bool:
        """Whether every unit waits at its first gate."""
        return [task.gate for task in self.registry.store.inbox()] == [GATE] * 3

    async def has_decided(self) -> bool:
        """Whether the unit's first decision is written, and its next gate open."""
        return len(self.lines("decided")) == 1 and len(self.registry.store.inbox()) == 3


@asynccontextmanager
async def at_county(server: Server, folder: Path, election: str) -> AsyncIterator[County]:
    """Record an election, start it with a worker, and wait until every unit has come to its first gate."""
    now = datetime.now(UTC)
    recorded, setting = ground(two=True)
    registry = create_registry(folder / "registry.sqlite", Kind.LIVE, now)
    new_key(folder / "keys")
    client = await connect(Endpoint(server.address, NAMESPACE), EncryptionCodec.of(folder / "keys"))
    brief = district(election, setting=setting.hash)
    registry.elections.record(Election("千山区换届", recorded, brief, "管理员", now))
    tokens = {}
    for person, roles in STAFF.items():
        registry.people.add(Person(person, f"居民{person}", "街道办事处"))
        for role, scope in roles:
            registry.people.grant(person, role, scope.replace("qianshan-2026", election), by="管理员", at=now)
        tokens[person] = registry.people.issue(person, "测试", at=now, expires_at=now + timedelta(days=1)).text
    settings.supply(supplier(registry))
    stop = asyncio.Event()
    working = asyncio.create_task(serve(client, registry.store, version=None, stop=stop))
    county = County(election, registry, client, Door(registry, TemporalCarrier(client), supplier(registry)), tokens)
    try:
        await client.start_workflow(DistrictElection.run, brief, id=election, task_queue=TASK_QUEUE)
        await until(county.waits)
        yield county
        await client.get_workflow_handle(election).terminate()
    finally:
        stop.set()
        async with asyncio.timeout(SOON):
            await working
        settings.supply(None)
        registry.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition. Raises TimeoutError when it does not come true soon."""
    async with asyncio.timeout(SOON):
        while not await holds():
            await asyncio.sleep(0.05)


def test_nobody_known_is_let_in(server: Server, tmp_path: Path) -> None:
    """No token, a guessed, a malformed, an oversized, a revoked, an expired one, of somebody inactive; too large a form."""

    async def story() -> None:
        async with at_county(server, tmp_path, "q1") as county:
            people, now = county.registry.people, datetime.now(UTC)
            for token in people.tokens("deputy"):
                people.revoke_token(token.id, at=now)
            people.add(Person("branch", "居民branch", "街道办事处", active=False))
            past = people.issue("clerk", "旧", at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
            unchanged = await county.unchanged()
            for token, why in (
                (None, Denied.MISSING),
                ("hj_" + "A" * 43, Denied.UNKNOWN),
                ("clerk", Denied.MALFORMED),
                ("hj_" + "A" * 1_000_000, Denied.MALFORMED),
                (county.tokens["deputy"], Denied.REVOKED),
                (past.text, Denied.EXPIRED),
                (county.tokens["branch"], Denied.INACTIVE),
            ):
                with pytest.raises(Stranger) as denied:
                    await county.door.decide(token, county.unit, GATE, county.today)
                assert denied.value.denied is why
            large = Recorded(held_on=county.today.held_on, document="字" * LARGEST)
            with pytest.raises(Unfit, match="超过上限"):
                await county.door.decide(county.tokens["clerk"], county.unit, GATE, large)
            with pytest.raises(Unfit, match="没有被授予任何职责"):
                await county.door.decide(county.tokens["nobody"], county.unit, GATE, county.today)
            assert await unchanged() == []

    asyncio.run(story())


def test_who_is_known_does_only_what_is_his(server: Server, tmp_path: Path) -> None:
    """A wrong role, another street's, another county's: refused by the rule, once in the journal, no history longer."""

    async def story() -> None:
        async with at_county(server, tmp_path, "q2") as county:
            before = await county.events()

            async def rules(person: str) -> set[str]:
                answer = await county.door.decide(county.tokens[person], county.unit, GATE, county.today, key=person)
                assert answer.outcome is Outcome.REFUSED
                again = await county.door.decide(county.tokens[person], county.unit, GATE, county.today, key=person)
                assert again == answer
                return {finding.rule for finding in answer.findings}

            assert "O3" in await rules("branch")
            assert "O6" in await rules("neighbour")
            assert "O6" in await rules("elsewhere")

            def hold(by: Signature) -> Hold:
                return Hold(rule="X4", reason="试探", by=by)

            held = await county.door.send(county.tokens["elsewhere"], county.election, Verb.HOLD, hold)
            assert [finding.rule for finding in held.findings] == ["O6"]
            assert len(county.lines("refused")) == 4
            other = await county.door.decide(county.tokens["clerk"], "q1-S01-U001", GATE, county.today)
            assert other.outcome is Outcome.CLOSED  # runs, or ran, on the same server, but is not of this registry
            assert await county.events() == before
            assert county.lines("decided") == []

    asyncio.run(story())


def test_two_sign_and_a_key_counts_once(server: Server, tmp_path: Path) -> None:
    """One's own second signature is refused; the right one decides, once, however often either key is replayed."""

    async def story() -> None:
        async with at_county(server, tmp_path, "q3") as county:
            door, clerk, office = county.door, county.tokens["clerk"], county.tokens["district"]
            before = await county.events()
            first = await door.decide(clerk, county.unit, GATE, county.today, key="one")
            assert first.outcome is Outcome.AWAITS_SECOND
            own = await door.countersign(clerk, county.unit, GATE, key="own")
            assert (own.outcome, own.findings[0].rule) == (Outcome.REFUSED, "O3")
            with pytest.raises(Unfit, match="办理人"):
                await door.countersign(office, county.unit, GATE, key="own")
            assert await county.events() == before
            answers = await asyncio.gather(*(door.countersign(office, county.unit, GATE, key="two") for _ in range(4)))
            assert {answer.outcome for answer in answers} == {Outcome.ACCEPTED}
            await until(county.has_decided)
            unchanged = await county.unchanged()
            assert await door.countersign(office, county.unit, GATE, key="two") == answers[0]
            assert await door.decide(clerk, county.unit, GATE, county.today, key="one") == first
            with pytest.raises(Unfit, match="另一项办理"):
                await door.decide(county.tokens["deputy"], county.unit, GATE, county.today, key="one")
            late = await door.decide(clerk, county.unit, GATE, county.today, key="late")
            assert [finding.rule for finding in late.findings] == ["O2"]
            assert sorted(await unchanged()) == ["chains", "journal", "refusals"]
            assert county.registry.journals.verify(county.election).problems == ()

    asyncio.run(story())


def test_an_answer_that_came_too_late(server: Server, tmp_path: Path) -> None:
    """The second signature's answer is lost; its key gets it later, with all that the decision led to. There is one."""

    async def story() -> None:
        async with at_county(server, tmp_path, "q4") as county:
            door, office = county.door, county.tokens["district"]
            await door.decide(county.tokens["clerk"], county.unit, GATE, county.today)

            class Deaf(TemporalCarrier):
                async def carry(self, command: object) -> object:  # type: ignore[override]
                    await super().carry(command)  # type: ignore[arg-type]
                    raise NoAnswer("没有答复")

            deaf = Door(county.registry, Deaf(county.client), supplier(county.registry))
            with pytest.raises(NoAnswer):
                await deaf.countersign(office, county.unit, GATE, key="k")
            assert (await door.countersign(office, county.unit, GATE, key="k")).accepted
            assert len(county.lines("decided")) == 1

    asyncio.run(story())


def test_roles_are_those_of_now(server: Server, tmp_path: Path) -> None:
    """A role taken away lets nobody sign from that moment on."""

    async def story() -> None:
        async with at_county(server, tmp_path, "q5") as county:
            county.registry.people.revoke(
                "clerk", Role.STREET_COMMITTEE, f"{county.election}-S01", by="管理员", at=datetime.now(UTC)
            )
            unchanged = await county.unchanged()
            with pytest.raises(Unfit, match="没有被授予任何职责"):
                await county.door.decide(county.tokens["clerk"], county.unit, GATE, county.today)
            assert await unchanged() == []

    asyncio.run(story())
