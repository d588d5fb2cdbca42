"""Everybody of a county at once: whoever's gate stands in the inbox hands in its form, so many at a time, to the end.

One process and one loop. Elections and bare workflows are driven alike: a gate comes from whatever tells that it is open (the
registry's inbox; the bare worker's pipe, looked into as often), waits its turn in one queue, and is answered in a lane.
The two take turns, stretch by stretch, on one server: what grows or disturbs meanwhile falls on both.

What a decision leads to is written by the elections' door (`workflows/journalling.py`), whose work is the driver's here; the
bare workflow orders an activity each time.
"""

import asyncio
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from activities.registry import Registry
from activities.registry.model import TaskRow, TaskStatus, table
from activities.registry.store import task_of
from bench.load.bare import QUEUE, Bare, form
from bench.load.plan import Scribe, Staff
from bench.load.watch import Watched
from gateway.carrier import TemporalCarrier
from gateway.command import Answer, Command, Outcome, unit_of
from gateway.door import Door
from gateway.ground import supplier
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE
from workflows.facts import Task
from workflows.messages import DistrictBrief, DistrictOutcome
from workflows.search import place

GLANCE = 0.02  # seconds between two looks for open gates
UNDER_LOAD = 0.25  # the same once many gates wait anyway: looking costs
PATIENCE = timedelta(seconds=120)
SETTLES_WITHIN = 5.0  # seconds
STRETCHES = 10
"""How often each side gets its turn."""


@dataclass(frozen=True)
class Load:
    """How much at once: `lanes` decisions under way; the first `alone` of all, one at a time, show the unloaded latency."""

    units: int
    lanes: int
    alone: int


@dataclass
class Timings:
    """Seconds: `answered` from an update's sending to its answer, `next` to the sight of the unit's next open gate."""

    answered: list[float] = field(default_factory=list)
    next: list[float] = field(default_factory=list)


@dataclass
class Driven:
    """One side's run. `stretches`: decisions and seconds of each; `spent`: processor seconds in them, by process."""

    started_in: float = 0.0
    alone: Timings = field(default_factory=Timings)
    loaded: Timings = field(default_factory=Timings)
    stretches: list[tuple[int, float]] = field(default_factory=list)
    spent: dict[str, float] = field(default_factory=dict)
    sent_bytes: int = 0

    @property
    def rate(self) -> float:
        """Decisions a second, over all stretches: all units change over to their next body in the same few, which are slower."""
        return self.decisions / self.seconds

    @property
    def decisions(self) -> int:
        """Decisions in the stretches."""
        return sum(decisions for decisions, _ in self.stretches)

    @property
    def seconds(self) -> float:
        """How long the stretches took."""
        return sum(seconds for _, seconds in self.stretches)


class Crowd(ABC):
    """One side: workflows, and those who decide their gates."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.driven = Driven()
        self.timings = self.driven.alone
        self.gates: asyncio.Queue[Any] = asyncio.Queue()
        self.over = asyncio.Event()
        self.turn = asyncio.Event()
        self._sent: dict[str, float] = {}  # when each unit's last update went out

    @abstractmethod
    async def start(self) -> None:
        """Start every workflow."""

    @abstractmethod
    async def look(self) -> None:
        """Find what has opened since, and call `opened` for it; set `over` when everything has ended."""

    @abstractmethod
    async def decide(self, gate: Any) -> None:
        """Have one gate decided. Raises when it is refused."""

    def opened(self, unit: str, gate: Any) -> None:
        """A gate is seen to be open."""
        self.gates.put_nowait(gate)
        before = self._sent.pop(unit, None)
        if before is not None:
            self.timings.next.append(perf_counter() - before)

    async def timed(self, unit: str, update: Awaitable[Any]) -> Any:
        """An update's answer, its time noted."""
        began = self._sent[unit] = perf_counter()
        answer = await update
        self.timings.answered.append(perf_counter() - began)
        return answer

    async def keep_looking(self) -> None:
        """Look, again and again, while it is this side's turn: looking costs, and the other side shall not pay for it."""
        while True:
            await self.turn.wait()
            await self.look()
            await asyncio.sleep(UNDER_LOAD if self.timings is self.driven.loaded else GLANCE)

    async def all_begun(self) -> None:
        """Start, and wait until every unit's first gate is open."""
        self.turn.set()
        began = perf_counter()
        await self.start()
        while self.gates.qsize() < self.load.units:
            await asyncio.sleep(GLANCE)
        self.driven.started_in = perf_counter() - began
        self.turn.clear()

    async def settle(self) -> None:
        """Let what was decided open its next gates, so that it does not weigh on the other side; then that is in turn."""
        patience = perf_counter() + SETTLES_WITHIN
        while self._sent and not self.over.is_set() and perf_counter() < patience:  # what has ended opens nothing more
            await asyncio.sleep(GLANCE)
        self._sent.clear()
        self.turn.clear()

    async def stretch(self, decisions: int, lanes: int) -> float:
        """So many decisions, so many under way; how many seconds they took."""
        self.turn.set()
        left, began = decisions, perf_counter()

        async def lane() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await self.decide(await self.gates.get())

        async with asyncio.TaskGroup() as group:
            for _ in range(lanes):
                group.create_task(lane())
        return perf_counter() - began


async def in_turns(crowds: Sequence[Crowd], decisions: int, watched: Watched) -> None:
    """Start all sides, then let each decide in turn, the given number of decisions each; ends when everything has ended."""
    async with asyncio.TaskGroup() as group:
        looking = [group.create_task(crowd.keep_looking()) for crowd in crowds]
        for crowd in crowds:
            await crowd.all_begun()
        load = crowds[0].load
        for crowd in crowds:
            await crowd.stretch(load.alone, 1)
            await crowd.settle()
            crowd.timings = crowd.driven.loaded
        left = decisions - load.alone
        each = max(left // STRETCHES, load.lanes)
        while left > 0:
            now = each if left >= 2 * each else left
            left -= now
            for crowd in crowds:
                with watched.spending(crowd.driven.spent):
                    crowd.driven.stretches.append((now, await crowd.stretch(now, load.lanes)))
                await crowd.settle()
        for crowd in crowds:
            crowd.turn.set()
            await crowd.over.wait()
        for task in looking:
            task.cancel()


# ---------------------------------------------------------------- elections


class Elections(Crowd):
    """A recorded election, decided through the gateway with real tokens."""

    outcome: DistrictOutcome

    def __init__(self, load: Load, client: Client, registry: Registry, brief: DistrictBrief, staff: Staff) -> None:
        super().__init__(load)
        self._client, self._brief, self._staff = client, brief, staff
        self._inbox, self._scribe = _Inbox(registry), Scribe()
        self._door = Door(registry, _Timed(client, self), supplier(registry))

    async def start(self) -> None:
        """See Crowd; as `live.county.begin` does."""
        handle = await self._client.start_workflow(
            DistrictElection.run,
            self._brief,
            id=self._brief.id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=place((self._brief.id,)),
        )

        async def end() -> None:
            self.outcome = await handle.result()
            self.over.set()

        self._ending = asyncio.create_task(end())

    async def look(self) -> None:
        """See Crowd."""
        for task in await asyncio.to_thread(self._inbox.new):
            self.opened(unit_of(task.workflow), task)
        if self._ending_failed():
            await self._ending

    def _ending_failed(self) -> bool:
        ending = getattr(self, "_ending", None)
        return ending is not None and ending.done() and not self.over.is_set()

    async def decide(self, gate: Task) -> None:
        """See Crowd."""
        told = self._scribe.form(gate)
        tokens = self._staff.tokens
        answer = await self._door.decide(tokens[gate.role], gate.workflow, gate.gate, told, gate.role)
        if answer.outcome is Outcome.AWAITS_SECOND:
            second = self._staff.second[gate.step]
            answer = await self._door.countersign(tokens[second], gate.workflow, gate.gate, second)
        if not answer.accepted:
            raise RuntimeError(f"{gate.workflow} {gate.gate}: {answer}")
        self.driven.sent_bytes += len(told.model_dump_json().encode())


class _Timed(TemporalCarrier):
    def __init__(self, client: Client, crowd: Crowd) -> None:
        super().__init__(client, PATIENCE)
        self._crowd = crowd

    async def carry(self, command: Command) -> Answer:
        """See Carrier."""
        answer: Answer = await self._crowd.timed(unit_of(command.workflow), super().carry(command))
        return answer


class _Inbox:
    """The registry's inbox, read on from where it was read before: one small query for all units."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._line = -1
        self._tasks = tasks = table(TaskRow)
        self._query = (
            select(tasks)
            .where(tasks.c.status == TaskStatus.OPEN)
            .order_by(tasks.c.opened_line, tasks.c.position, tasks.c.workflow)
        )

    def new(self) -> list[Task]:
        """What has opened since the last time. A line of the journal is one commit's: what opened with it is seen whole."""
        with self._registry.database.reading() as connection:
            rows = connection.execute(self._query.where(self._tasks.c.opened_line > self._line)).all()
        if rows:
            self._line = rows[-1].opened_line
        return [task_of(row) for row in rows]


# ---------------------------------------------------------------- bare


class Bares(Crowd):
    """As many bare workflows with as many gates."""

    def __init__(self, load: Load, client: Client, pipe: int, gates: int) -> None:
        super().__init__(load)
        self._client, self._pipe, self._each = client, pipe, gates
        self._rest, self._ended = b"", 0

    async def start(self) -> None:
        """See Crowd."""
        starting = asyncio.Semaphore(self.load.lanes)

        async def start(number: int) -> None:
            async with starting:
                await self._client.start_workflow(Bare.run, self._each, id=f"bare-{number:04}", task_queue=QUEUE)

        async with asyncio.TaskGroup() as group:
            for number in range(self.load.units):
                group.create_task(start(number))

    async def look(self) -> None:
        """See Crowd."""
        try:
            read = os.read(self._pipe, 1 << 20)
        except BlockingIOError:
            return
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            unit, gate = line.decode().rsplit(" ", 1)
            if int(gate):
                self.opened(unit, (unit, int(gate)))
            else:
                self._ended += 1
        if self._ended == self.load.units:
            self.over.set()

    async def decide(self, gate: tuple[str, int]) -> None:
        """See Crowd."""
        unit, number = gate
        told, handle = form(number), self._client.get_workflow_handle(unit)
        await self.timed(unit, handle.execute_update("decide", told, id=str(uuid4()), result_type=dict))
        self.driven.sent_bytes += len(json.dumps(told, ensure_ascii=False).encode())
