"""Plays a street's script on a real server: the same commands, by the same offices, through the gateway, slot by slot.

Each office is one person in the registry, named like the office, with one role and a token. Before a command goes out its
unit stands as it stood in the rehearsal: as many facts in the journal, no task under way in its workflows, the clock heard
of. Then nothing is left to chance but how long things take.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic_core import from_json
from sqlalchemy import select
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.registry import Registry
from activities.registry.elections import Election
from activities.registry.errors import RegistryUnavailableError
from activities.registry.model import ChainRow, table
from activities.registry.people import Person
from gateway.carrier import NoAnswer
from gateway.command import Answer, Command, Message, Outcome, Verb, unit_of
from gateway.door import Door
from gateway.ground import ground_of
from policies.authority import Signature
from policies.clock import Clock
from policies.pack.load import load_pack
from policies.pack.schema import Role
from simulation.actors.scene import office
from tests.server.street import LEAD, Event, Fact, Script, Slot, signed
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE
from workflows.messages import BodyBrief, DistrictOutcome, Move, Submission
from workflows.search import place
from workflows.setting import install

SOON = 240.0  # real seconds in which anything waited for must have happened: an activity lost with its worker takes 30
A_BIT = 0.02  # real seconds between two looks at the journal
A_MOMENT = timedelta(seconds=1.5)  # real time
A_LOOK = 0.05  # and at a workflow, which costs the server more
BY = "测试"
OF_DRILLS = frozenset({"clock_moved"})
"""Kinds of facts that a rehearsal has none of: its clock needs no setting."""

T = TypeVar("T")


class Differs(AssertionError):  # noqa: N818 - named for what happened
    """The server went another way than the rehearsal."""


# ---------------------------------------------------------------- what the registry holds


class Reader:
    """Follows every journal of a registry, line by line, and wakes whoever waits for more facts of a unit."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._read: dict[str, int] = {}
        self._more = asyncio.Event()
        self.facts: dict[tuple[str, str], list[Fact]] = {}  # (election, unit) → facts in order
        self.lines = 0
        self.heard: Callable[[], None] = lambda: None  # called whenever there are more lines

    async def follow(self) -> None:
        """Read on, for ever."""
        heads = select(table(ChainRow).c.election, table(ChainRow).c.lines)
        while True:
            with suppress(RegistryUnavailableError):  # while it recovers from the end of a process, say
                with self._registry.database.reading() as connection:
                    now = {row.election: row.lines for row in connection.execute(heads)}
                for election, lines in now.items():
                    self._catch_up(election, lines)
                if sum(now.values()) > self.lines:
                    self.lines = sum(now.values())
                    self.heard()
                    self._more.set()
                    self._more = asyncio.Event()
            await asyncio.sleep(A_BIT)

    def _catch_up(self, election: str, lines: int) -> None:
        before = self._read.get(election, 0)
        if lines > before:
            for line in self._registry.journals.lines(election, before):
                record = from_json(line.text)
                self._read[election] = line.n
                if record["fact"]["kind"] not in OF_DRILLS:
                    self.facts.setdefault((election, record["unit"]), []).append(Fact.read(record))

    def of(self, election: str, unit: str) -> list[Fact]:
        """A unit's facts so far."""
        return self.facts.get((election, unit), [])

    async def until(self, election: str, unit: str, count: int) -> None:
        """Wait until a unit has so many facts. Raises TimeoutError, Differs when it has more."""
        while len(self.of(election, unit)) < count:
            await self._more.wait()
        if len(self.of(election, unit)) > count:
            raise Differs(f"{unit}: {len(self.of(election, unit))} facts instead of {count}")


@asynccontextmanager
async def reading(registry: Registry) -> AsyncIterator[Reader]:
    """A reader at work."""
    reader = Reader(registry)
    at_work = asyncio.create_task(reader.follow())
    try:
        yield reader
    finally:
        at_work.cancel()


# ---------------------------------------------------------------- the election begun


@dataclass(frozen=True)
class Begun:
    """An election as it runs on the server, with everybody's tokens."""

    election: Election
    clock: Clock
    tokens: dict[str, str]  # by office, which is the person's id and name


async def begin(registry: Registry, client: Client, script: Script, day: timedelta) -> Begun:
    """Record a script's election as a drill whose days take `day`, its offices as people, and start it."""
    now = datetime.now(UTC)
    clock = Clock(real=now, election=script.starts + LEAD, day=day)
    pack, calendar = load_pack(script.pack_text, script.setting.pack.id), script.setting.calendar  # as transcribed
    setting = install(pack, calendar, clock)
    brief = script.district.brief
    streets = tuple(
        street.model_copy(
            update={
                "setting": setting.hash,
                "units": tuple(unit.model_copy(update={"setting": setting.hash}) for unit in street.units),
            }
        )
        for street in brief.streets
    )
    election = Election(
        title=f"{brief.name}（演练）",
        ground=ground_of(setting, script.pack_text),
        brief=brief.model_copy(update={"setting": setting.hash, "streets": streets}),
        started_by=BY,
        started_at=now,
    )
    registry.elections.record(election)
    tokens = staff(registry, script, now)
    await client.start_workflow(
        DistrictElection.run,
        election.brief,
        id=election.id,
        task_queue=TASK_QUEUE,
        search_attributes=place((election.id,)),
        static_summary=election.title,
    )
    return Begun(election, clock, tokens)


def staff(registry: Registry, script: Script, now: datetime) -> dict[str, str]:
    """A script's offices as people of its election, with their tokens by office."""
    tokens = {}
    for role in Role:
        name = office(script.setting.pack, role)
        registry.people.add(Person(name, name, name))
        registry.people.grant(name, role, script.district.id, by=BY, at=now)
        tokens[name] = registry.people.issue(name, BY, at=now, expires_at=now + timedelta(days=1)).text
    return tokens


# ---------------------------------------------------------------- the conductor


@dataclass(frozen=True)
class Played:
    """What became of one event on the server."""

    event: Event
    answer: Answer


@dataclass
class Conductor:
    """Plays one script. `told` hears of each command as it goes out; `twice` says which are sent again once answered.

    `rings`: so many of the slots in which nobody sends anything are not entered: the clock is set to just before and left
    to itself, so that what rings there rings by the server's own timers.
    """

    script: Script
    begun: Begun
    registry: Registry
    reader: Reader
    door: Door
    client: Client
    told: Callable[[], None] = lambda: None
    twice: Callable[[int], bool] = lambda number: False
    rings: int = 0
    played: list[Played] = field(default_factory=list)
    again: int = 0  # commands sent once more because nobody had answered
    unavailable: int = 0  # commands sent once more because the registry could not be written
    repeated: int = 0  # commands sent once more on purpose
    moves: int = 0
    _clock: Clock | None = None  # as it was last set; None: as the election began
    _sent: int = 0
    _heard: set[str] = field(default_factory=set)  # workflows that have heard of this clock

    @property
    def id(self) -> str:
        """The election."""
        return self.begun.election.id

    async def play(self) -> DistrictOutcome:
        """Everything, to the end. Raises Differs, and TimeoutError naming what was waited for."""
        slots = self.script.slots()
        assert slots[0].begins == self.script.starts
        for number, slot in enumerate(slots):
            if number:
                itself = self.rings > 0 and not slot.sent
                self.rings -= itself
                await self._enter(slot.begins - self._moment() if itself else slot.begins + LEAD)
            async with asyncio.TaskGroup() as group:
                for unit in slot.facts:
                    group.create_task(self._unit(slot, unit))
        handle = self.client.get_workflow_handle(self.id, result_type=DistrictOutcome)
        return await self._patiently(handle.result, f"{self.id}: its end")  # type: ignore[arg-type]

    def _moment(self) -> timedelta:
        """The stretch of election time after which a timer rings soon, but not before everybody has heard of the clock."""
        return A_MOMENT * (timedelta(days=1) / self.begun.clock.day)

    async def _enter(self, instant: datetime) -> None:
        """Set the clock."""
        by = signed(self.script.setting, Role.DISTRICT_ORGANIZATION, self.id)
        command = Command(self.id, Verb.MOVE, Move(to=instant, reason=BY, by=by), f"{self.id}:{instant.isoformat()}")
        answer = await self._deliver(command)
        kept = await asyncio.to_thread(self.registry.elections.clock, self.id)
        if not answer.accepted or kept is None:
            raise Differs(f"{self.id}: the clock was not set to {instant}: {answer}")
        self._clock = Clock.model_validate_json(kept)
        self._heard.clear()
        self.moves += 1

    async def _unit(self, slot: Slot, unit: str) -> None:
        for event in slot.sent.get(unit, ()):
            await self._stands(event.unit, event.before, event.command.workflow)
            answer = await self._deliver(event.command)
            self.played.append(Played(event, answer))
            if (answer.outcome, answer.findings) != (event.answer.outcome, event.answer.findings):
                raise Differs(f"{event.command.key}: {answer} instead of {event.answer}")
        await self._stands(unit, slot.facts[unit])

    # ------------------------------------------------------------ waiting

    async def _stands(self, unit: str, facts: int, workflow: str = "") -> None:
        """Wait until a unit stands as it did in the rehearsal, with so many facts and nothing under way."""
        what = f"{unit}: {facts} facts in {self._clock.election if self._clock else self.script.starts}"
        try:
            async with asyncio.timeout(SOON):
                await self.reader.until(self.id, unit, facts)
                for one in dict.fromkeys((workflow, unit)):
                    while one and not await self._quiet(one):
                        await asyncio.sleep(A_LOOK)
                await self.reader.until(self.id, unit, facts)
        except TimeoutError:
            there = [(fact.kind, fact.content.get("gate")) for fact in self.reader.of(self.id, unit)]
            wanted = [(fact.kind, fact.content.get("gate")) for fact in self.script.facts()[unit]]
            raise Differs(
                f"{what} were waited for, {len(there)} came\n{there[-3:]}\n{wanted[len(there) - 3 : facts]}"
            ) from None

    async def _quiet(self, workflow: str) -> bool:
        """Whether a workflow has nothing to do and has heard how the clock was set; one that does not run has not either."""
        try:
            described = await self.client.get_workflow_handle(workflow).describe()
        except RPCError as error:
            return error.status is RPCStatusCode.NOT_FOUND
        raw = described.raw_description
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return True
        if raw.pending_activities or raw.HasField("pending_workflow_task"):
            return False
        if self._clock is not None and workflow not in self._heard:
            if await self._clock_of(workflow) != self._clock:
                return False
            self._heard.update((workflow, unit_of(workflow)))  # a body hears it through its unit
        return True

    async def _clock_of(self, workflow: str) -> Clock | None:
        """The clock a running workflow was last told, or began with."""
        decode = self.client.data_converter.decode
        request = GetWorkflowExecutionHistoryReverseRequest(
            namespace=self.client.namespace,
            execution=WorkflowExecution(workflow_id=workflow),
            maximum_page_size=8,
        )
        while True:
            page = await self.client.workflow_service.get_workflow_execution_history_reverse(request, retry=True)
            for event in page.history.events:
                signal = event.workflow_execution_signaled_event_attributes
                if signal.signal_name == "clock_moved":
                    (clock,) = await decode(signal.input.payloads, [Clock])
                    return clock  # type: ignore[no-any-return]
                started = event.workflow_execution_started_event_attributes
                if started.workflow_type.name and started.workflow_type.name not in ("UnitElection",):
                    (brief,) = await decode(started.input.payloads, [BodyBrief])
                    return brief.clock  # type: ignore[no-any-return]
            if not page.next_page_token:
                return None
            request.next_page_token = page.next_page_token

    async def _patiently(self, ask: Callable[[], Awaitable[T]], what: str) -> T:
        """Ask until there is an answer: whoever should give it may just be starting anew."""
        try:
            async with asyncio.timeout(SOON):
                while True:
                    try:
                        return await ask()
                    except NoAnswer:
                        self.again += 1
                    except RegistryUnavailableError:
                        self.unavailable += 1
                    except RPCError as error:
                        if error.status not in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED):
                            raise
                    await asyncio.sleep(A_BIT)
        except TimeoutError:
            raise Differs(f"no answer within {SOON:.0f} s: {what}") from None

    # ------------------------------------------------------------ sending

    async def _deliver(self, command: Command) -> Answer:
        """Send a command until it is answered, each time under its key; the chosen ones once more, for the same answer."""
        self._sent += 1
        number = self._sent
        answer = await self._patiently(lambda: self._send(command), command.key)
        if self.twice(number):
            self.repeated += 1
            second = await self._patiently(lambda: self._send(command), command.key)
            if second != answer:
                raise Differs(f"{command.key} sent twice: {answer}, then {second}")
        return answer

    async def _send(self, command: Command) -> Answer:
        """Once through the door; where two must sign, the second office after the first."""
        self.told()
        message, by, role = command.message, command.by, command.by.role
        token = self.begun.tokens[by.person]
        if not isinstance(message, Submission):

            def by_whom(signature: Signature) -> Message:
                return message.model_copy(update={"by": signature})

            return await self.door.send(token, command.workflow, command.verb, by_whom, role, command.key)
        second = message.second
        key = command.key if second is None else f"{command.key}:first"
        answer = await self.door.decide(token, command.workflow, message.gate, message.form, role, key)
        if second is None or answer.outcome is not Outcome.AWAITS_SECOND:
            return answer
        token = self.begun.tokens[second.person]
        return await self.door.countersign(token, command.workflow, message.gate, second.role, command.key)


def same(answer: Answer) -> Answer:
    """An answer as it is compared: without the receipt, which the rehearsal's actors do not get."""
    return replace(answer, receipt=None)


def read_lines(text: bytes) -> list[dict[str, Any]]:
    """A journal file's lines."""
    return [from_json(line) for line in text.splitlines()]
