"""One election, answered by the same clerk, once on the in-process engine and once on a real server that skips time.

A server starts its workflows now and never in 2021. So the whole plan moves: the pack's dates and the calendar's days, by
one number of whole weeks, so that every day keeps its weekday, every holiday its place and every distance its length. The
clerk thinks in 2021 and every date in what is handed in moves likewise, births and terms of office included.

How time passes on the server: each workflow has its own clock, and whenever nothing of it is in flight the server leaps to
its next timer. Left alone it would leap past every deadline before anybody could answer. So the clerk bounds the leap
while the commit that opened a task is still in flight (a running activity stops the clock): fast-forward to the instant at
which something is due from the clerk, then stand. Deadlines before that instant ring. After it the clock is free again.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from heapq import heappop, heappush
from itertools import count
from typing import Any
from uuid import uuid4

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import FastForwardConfig, Payloads, TimeSkippingConfig, WorkflowExecution, WorkflowType
from temporalio.api.enums.v1 import FastForwardPollingResult
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    PollWorkflowExecutionTimeSkippingRequest,
    StartWorkflowExecutionRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import Client, WorkflowHistory, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkflowRunner,
)

from activities.stores import MemoryStore
from policies.calendar import Calendar
from policies.clock import BEIJING
from policies.pack.schema import Pack
from simulation.engine import Engine
from tests.workflows.clerk import Clerk, Refusal, at, rules_of, street_2021
from tests.workflows.clerk import setting as setting_2021
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import Task
from workflows.messages import BodyBrief, Submission, UnitBrief
from workflows.setting import Setting, install

WEEK = timedelta(days=7)
SKIPS = 1000  # leaps a workflow may make between two answers, far more than any needs
A_MOMENT = timedelta(milliseconds=1)
PATIENCE = 120.0  # real seconds for one election on the server

# ---------------------------------------------------------------- the plan, moved


@cache
def weeks_from_2021() -> timedelta:
    """By how many whole weeks the plan moves so that it begins within the coming eight days, tomorrow at the earliest."""
    tomorrow = datetime.now(BEIJING).date() + timedelta(days=1)
    return -((setting_2021().first_day() - tomorrow) // WEEK) * WEEK


@cache
def moved_setting(by: timedelta) -> Setting:
    """The street plan and the calendar of 2021, every date in them moved by the same whole weeks."""
    assert by % WEEK == timedelta(0), by
    pack = Pack.model_validate(_moved(street_2021().model_dump(mode="json", by_alias=True), by))
    days = _moved(setting_2021().calendar.model_dump(mode="json"), by)
    years = {date.fromisoformat(day).year for day in (*days["off_days"], *days["working_weekends"])}
    days |= {"years": range(min(years), max(years) + 1), "announced_through": max(years)}
    return install(pack, Calendar.model_validate(days))


def _moved(value: Any, by: timedelta) -> Any:
    """Every ISO date in a JSON value, moved."""
    if isinstance(value, dict):
        return {key: _moved(each, by) for key, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, by) for each in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return (date.fromisoformat(value) + by).isoformat()
    return value


# ---------------------------------------------------------------- both

Errand = tuple[timedelta, Callable[[Clerk, Task], None]]
"""Something else to do so long after a task could be answered for the first time."""


@dataclass
class ErrandClerk(Clerk):
    """A clerk who also runs errands, by the key of the gate whose opening they hang on."""

    errands: dict[str, tuple[Errand, ...]] = field(default_factory=dict)
    by: timedelta = timedelta(0)  # how far the plan was moved

    def instant(self) -> datetime:
        """Now, on the clock of the workflow that is being answered."""
        raise NotImplementedError

    @property
    def today(self) -> date:
        return (self.instant().astimezone(BEIJING) - self.by).date()

    def moved(self, submission: Submission) -> Submission:
        """What was written in 2021, as it is handed in."""
        return Submission.model_validate(_moved(submission.model_dump(mode="json"), self.by))

    def due(self, task: Task, instant: datetime) -> list[tuple[datetime, Callable[[], None]]]:
        """What a task opened at `instant` makes this clerk do, and when."""
        seen = max(instant, at(task.opens_on.isoformat(), 0))
        errands = [(seen + delay, partial(errand, self, task)) for delay, errand in self.errands.pop(task.gate, ())]
        return [*errands, (seen + self.delay(task), partial(self.answer, task))]


# ---------------------------------------------------------------- on the engine


@dataclass
class EngineClerk(ErrandClerk):
    """The clerk on the in-process engine, from a chosen instant on, with any of the workflows at the top."""

    def rehearse(self, start: datetime, run: Any, brief: UnitBrief | BodyBrief, workflow_id: str) -> Any:
        """Run one election to its end; returns its outcome."""
        return asyncio.run(self._rehearse(start, run, brief, workflow_id))

    async def _rehearse(self, start: datetime, run: Any, brief: UnitBrief | BodyBrief, workflow_id: str) -> Any:
        self.store = MemoryStore(self.facts.append, self.on_task, keep_papers=True)
        async with Engine(
            workflows=list(WORKFLOWS),
            activities=[self.ledger(self.store).commit],
            start=start,
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
            explain_query="waiting_for",
            **self.engine_options,
        ) as self.engine:
            handle = await self.engine.client.start_workflow(run, brief, id=workflow_id, task_queue=TASK_QUEUE)
            return await handle.result()

    def instant(self) -> datetime:
        return self.engine.now

    def send(self, workflow: str, submission: Submission, refused: Callable[[], Any] = lambda: None) -> None:
        super().send(workflow, self.moved(submission), refused)

    def on_task(self, task: Task) -> None:
        for instant, action in self.due(task, self.engine.now):
            self.engine.at(instant, action)


# ---------------------------------------------------------------- on a server


@dataclass
class ServerClerk(ErrandClerk):
    """The same clerk, the same answers, through a real client."""

    client: Client = field(init=False)
    started: datetime = field(init=False)  # the server's first instant
    now: datetime = field(init=False)  # the instant of what the clerk is doing, on the clock of its workflow
    histories: dict[str, WorkflowHistory] = field(default_factory=dict)
    _opened: list[Task] = field(default_factory=list)
    _clocks: dict[str, "Clock"] = field(default_factory=dict)
    _outbox: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def serve(
        self,
        client: Client,
        run: Any,
        brief: UnitBrief | BodyBrief,
        workflow_id: str,
        runner: WorkflowRunner | None = None,
    ) -> Any:
        """Run one election to its end on the server behind `client`; returns its outcome."""
        self.client = client
        self.store = MemoryStore(self.facts.append, self.on_task, keep_papers=True)
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=list(WORKFLOWS),
            activities=[self.ledger(self.store).commit],
            interceptors=[_Attentive(self)],
            workflow_runner=runner or UnsandboxedWorkflowRunner(),
        )
        async with asyncio.timeout(PATIENCE), worker, asyncio.TaskGroup() as self.at_work:
            await start_skipping(client, run, brief, workflow_id)
            handle = client.get_workflow_handle_for(run, workflow_id)
            outcome = await handle.result()
            self.started = (await handle.describe()).start_time
            for clock in self._clocks.values():
                clock.driver.cancel()
        return outcome

    async def fetch_histories(self) -> None:
        """Keep the history of every workflow that committed anything."""
        for workflow_id in self.store.states:
            self.histories[workflow_id] = await self.client.get_workflow_handle(workflow_id).fetch_history()

    def on_task(self, task: Task) -> None:
        self._opened.append(task)

    async def attend(self, instant: datetime) -> None:
        """Called while the commit that opened tasks is still in flight: note what they make the clerk do."""
        opened, self._opened = self._opened, []
        for task in opened:
            if task.workflow not in self._clocks:
                clock = self._clocks[task.workflow] = Clock(self.client, task.workflow)
                clock.driver = self.at_work.create_task(clock.drive(self._do))
            await self._clocks[task.workflow].add(self.due(task, instant), instant)

    async def _do(self, instant: datetime, action: Callable[[], None]) -> None:
        self.now = instant
        action()
        while self._outbox:
            await self._outbox.pop(0)()

    def instant(self) -> datetime:
        return self.now

    def send(self, workflow: str, submission: Submission, refused: Callable[[], Any] = lambda: None) -> None:
        number = f"{submission.gate}:{len(self.refusals)}"
        self._update(workflow, "decide", self.moved(submission), number, submission.gate, refused)

    def tell(self, workflow: str, update: str, message: Any) -> None:
        self._update(workflow, update, message, self.key(update, message), update, lambda: None)

    def _update(
        self, workflow: str, update: str, message: Any, number: str, about: str, refused: Callable[[], Any]
    ) -> None:
        async def hand_in() -> None:
            try:
                await self.client.get_workflow_handle(workflow).execute_update(update, message, id=number)
            except WorkflowUpdateFailedError as error:
                self.refusals.append(Refusal(about, rules_of(error)))
                refused()

        self._outbox.append(hand_in)


class Clock:
    """One workflow's clock on the server: it leaps, but never past the next thing that is due from outside."""

    driver: asyncio.Task[None]

    def __init__(self, client: Client, workflow_id: str) -> None:
        self.client = client
        self.execution = WorkflowExecution(workflow_id=workflow_id)
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._bound = ""  # the id of the fast-forward in force
        self._turn = asyncio.Lock()
        self._awake = asyncio.Event()

    async def add(self, entries: list[tuple[datetime, Callable[[], None]]], now: datetime) -> None:
        """Note what is due, and bound the next leap; `now` on the workflow's clock, which must stand while this runs."""
        async with self._turn:
            for instant, action in entries:
                heappush(self._agenda, (instant, next(self._numbers), action))
            await self._set(now)

    async def drive(self, do: Callable[[datetime, Callable[[], None]], Awaitable[None]]) -> None:
        """Do each thing at its instant, for ever."""
        while True:
            await self._awake.wait()
            bound = self._bound
            now = await self._arrival(bound)
            if now is None:
                continue  # another bound has taken its place
            due = []
            async with self._turn:
                while self._agenda and self._agenda[0][0] <= now + A_MOMENT:
                    due.append(heappop(self._agenda)[2])
            for action in due:
                await do(now, action)
            async with self._turn:
                if self._bound == bound:  # else a commit in between has bounded the clock already
                    await self._set(now)

    async def _set(self, now: datetime) -> None:
        """Let the clock leap: to the next thing due and no further, or freely when nothing is."""
        bound, forward = "", None
        if self._agenda:
            bound = f"leap-{next(self._numbers)}"
            forward = FastForwardConfig(id=bound)
            forward.duration.FromTimedelta(max(self._agenda[0][0] - now, A_MOMENT))
        skipping = TimeSkippingConfig(enabled=True, max_session_skip_count=SKIPS, fast_forward_config=forward)
        with _unless_closed():
            await self.client.workflow_service.update_workflow_execution_options(
                UpdateWorkflowExecutionOptionsRequest(
                    namespace=self.client.namespace,
                    workflow_execution=self.execution,
                    workflow_execution_options=WorkflowExecutionOptions(time_skipping_config=skipping),
                    update_mask=FieldMask(paths=["time_skipping_config"]),
                )
            )
        self._bound = bound
        if bound:
            self._awake.set()
        else:
            self._awake.clear()

    async def _arrival(self, bound: str) -> datetime | None:
        """The instant at which a fast-forward ended; None when it was replaced before it did."""
        while self._bound == bound:
            answer = await self.client.workflow_service.poll_workflow_execution_time_skipping(
                PollWorkflowExecutionTimeSkippingRequest(
                    namespace=self.client.namespace, workflow_execution=self.execution, fast_forward_id=bound
                ),
                retry=True,
            )
            if answer.fast_forward_info.has_completed and answer.fast_forward_info.fast_forward_id == bound:
                return answer.fast_forward_info.target_time.ToDatetime(UTC)
            result = FastForwardPollingResult.Name(answer.fast_forward_polling_result)
            async with self._turn:  # a bound being replaced just now is no failure
                if "FAILED" in result and self._bound == bound:
                    raise AssertionError(f"{self.execution.workflow_id} {bound}: {answer.failed_reason}")
        return None


async def start_skipping(client: Client, run: Any, brief: UnitBrief | BodyBrief, workflow_id: str) -> None:
    """`Client.start_workflow` with time skipping, for which the SDK has no argument yet. Children inherit it."""
    name = next(each.__name__ for each in WORKFLOWS if each.run is run)
    await client.workflow_service.start_workflow_execution(
        StartWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_id=workflow_id,
            workflow_type=WorkflowType(name=name),
            task_queue=TaskQueue(name=TASK_QUEUE),
            input=Payloads(payloads=await client.data_converter.encode([brief])),
            request_id=str(uuid4()),
            identity="clerk",
            time_skipping_config=TimeSkippingConfig(enabled=True, max_session_skip_count=SKIPS),
        )
    )


class _Attentive(Interceptor):
    """Calls the clerk after each commit is written and before the server hears that it was."""

    def __init__(self, clerk: ServerClerk) -> None:
        self.clerk = clerk

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        clerk = self.clerk

        class Attentive(ActivityInboundInterceptor):
            async def execute_activity(self, input: ExecuteActivityInput) -> Any:
                result = await super().execute_activity(input)
                await clerk.attend(input.args[0].at)
                return result

        return Attentive(next)


@contextmanager
def _unless_closed() -> Iterator[None]:
    """A workflow that has closed meanwhile has no clock to set."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
