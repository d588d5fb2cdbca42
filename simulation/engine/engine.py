"""Why: the front door and the driver. One virtual clock for every workflow in the process: take the earliest due
thing, hand the SDK's own workflow instances their activations, act on the commands that come back, and move the clock
when the instant is settled.

Order within one instant: callbacks and sleepers first; then everything due for workflows is collected, so that jobs
of one run go into ONE activation, in the order the SDK applies them (patches, signals and updates, then timers and
resolutions); activities started at that instant run before the next activation. The clock moves only when nothing is
left to do at this instant, no activity is really busy, and no other asyncio task of the loop is ready to run.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import temporalio.activity
import temporalio.converter
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkflowRunner

from simulation.engine import sdk
from simulation.engine.activities import Registry
from simulation.engine.agenda import AFTERWARDS, CALLBACK, EVENT, Agenda, Entry, delta_ns, to_datetime, to_ns
from simulation.engine.client import EngineClient
from simulation.engine.core import Core, Settings, Statistics
from simulation.engine.errors import (
    EngineError,
    HorizonError,
    OpenWorkflow,
    StuckError,
    UnsupportedCommandError,
)
from simulation.engine.replay import Recording
from simulation.engine.runs import (
    UpdateOutcome,
    Waiter,
)
from simulation.engine.service import Service
from simulation.engine.visibility import Filter, WorkflowView

SETTLED, WOKEN, BUSY, IDLE = range(4)
"""Why the pump stopped: something waited for has happened; others are ready; real work is pending; nothing is left."""


class Token:
    """A scheduled callback; `cancel()` forgets it."""

    __slots__ = ("_agenda", "_entry")

    def __init__(self, agenda: Agenda, entry: Entry) -> None:
        self._agenda = agenda
        self._entry = entry

    def cancel(self) -> None:
        """Harmless when it has already run."""
        self._agenda.cancel(self._entry)

    @property
    def pending(self) -> bool:
        return self._entry[3] is not None


class Engine(Core):
    """Runs Temporal workflows and activities in this process, in virtual time. See the package README."""

    def __init__(
        self,
        *,
        workflows: Sequence[type],
        activities: Sequence[Callable[..., Any]] = (),
        start: datetime | None = None,
        seed: int = 0,
        data_converter: temporalio.converter.DataConverter = temporalio.converter.DataConverter.default,
        task_queue: str = "main",
        namespace: str = "default",
        runner: WorkflowRunner | None = None,
        interceptor_classes: Sequence[type] = (),
        workflow_failure_exception_types: Sequence[type[BaseException]] = (),
        activity_latency: Callable[[temporalio.activity.Info], timedelta] | None = None,
        activity_queue_delay: Callable[[temporalio.activity.Info], timedelta | None] | None = None,
        activity_attempt_limit: int = 10_000,
        activity_real_seconds: float = 300.0,
        activations_per_instant: int = 100_000,
        horizon: timedelta = timedelta(days=36_525),
        suggest_continue_as_new_events: int = 4096,
        suggest_continue_as_new_bytes: int | None = 4 * 1024 * 1024,
        gc_threshold: int | None = 50_000,
        step_at_once: bool = sdk.MAY_STEP_AT_ONCE,
        explain_query: str | None = None,
        record: bool = False,
        crash_after: Callable[[str, int], bool] | None = None,
    ) -> None:
        """Build an engine; nothing runs until a client call, `advance`, `run_until` or `run_until_idle` drives it.

        Args:
            workflows: classes decorated with `@workflow.defn`.
            activities: functions or bound methods decorated with `@activity.defn`; they serve every task queue.
            start: the virtual start instant, aware. Default 2000-01-01 UTC.
            seed: run ids and workflow random seeds derive from it and from the workflow ids.
            data_converter: must have no payload codec.
            task_queue: default queue for workflows started without one.
            runner: a `WorkflowRunner`, for example `SandboxedWorkflowRunner()`; default unsandboxed.
            activity_latency: virtual time between an attempt's start and its resolution; default none.
            activity_queue_delay: virtual time between scheduling and start; None from it means never started.
            activity_attempt_limit: an activity tried more often raises RunawayActivityError.
            activity_real_seconds: wall seconds an activity may really be busy (network, disk) without anything else
                happening, before EngineError names it.
            activations_per_instant: more activations than this without time passing raise LivelockError.
            horizon: virtual time from `start` after which HorizonError is raised.
            suggest_continue_as_new_events: history length from which workflows are advised to continue as new.
            suggest_continue_as_new_bytes: likewise for the approximate history size in bytes. None: sizes are not counted
                (each costs writing the messages once more), and `get_current_history_size` stays 0.
            gc_threshold: while driving, Python's garbage collector looks for cycles only after so many new objects; the
                default 700 of Python costs a fifth of the time with hundreds of live workflows. None leaves it alone.
            step_at_once: run an asynchronous activity up to its first suspension without a task of its own, which saves
                two turns of the event loop. Not possible from Python 3.14 on, where every activity is a task.
            explain_query: name of a query without arguments, answered by a string, that StuckError shows per workflow.
            record: keep every activation and completion per run (`recordings`).
            crash_after: called with (workflow id, activation number from 1); when true the instance is thrown away
                and rebuilt from its recorded activations, as after a worker crash. Needs `record`.
        """
        if data_converter.payload_codec is not None:
            raise UnsupportedCommandError("payload_codec", detail="encode at the edge, or test the codec by itself")
        if getattr(data_converter, "external_storage", None) is not None:
            raise UnsupportedCommandError("external_storage")
        if crash_after is not None and not record:
            raise ValueError("crash_after needs record=True")
        self.task_queue = task_queue
        self.data_converter = data_converter
        start_ns = to_ns(start or datetime(2000, 1, 1, tzinfo=UTC))
        codec = sdk.Codec(data_converter, namespace)
        registry = Registry(list(activities))
        super().__init__(
            agenda=Agenda(start_ns),
            seed=seed,
            namespace=namespace,
            codec=codec,
            activities=registry,
            instances=sdk.Instances(
                runner,
                codec,
                workflow_failure_exception_types,
                interceptor_classes,
                lambda name: registry.find(name) is not None,
            ),
            workflows=workflows,
            settings=Settings(
                latency=activity_latency,
                queue_delay=activity_queue_delay,
                attempt_limit=activity_attempt_limit,
                activations_per_instant=activations_per_instant,
                suggest_events=suggest_continue_as_new_events,
                suggest_bytes=suggest_continue_as_new_bytes,
                record=record,
                crash_after=crash_after,
                step_at_once=step_at_once and sdk.MAY_STEP_AT_ONCE,
            ),
        )
        self._now = start_ns, to_datetime(start_ns)
        self._real_seconds = activity_real_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._horizon_ns = start_ns + delta_ns(horizon)
        self._explain_query = explain_query
        self._gc_threshold = gc_threshold
        self._driver: Waiter | None = None
        self._parked: list[Waiter] = []
        self._ready_queue: Any = None
        self._closed = False
        service = Service(self)
        self.client = EngineClient(self, sdk.InProcessServiceClient(service.answer, "engine"))

    # --- the public surface -------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Evict every instance and cancel what activities still run. Workflows keep their last status."""
        if self._closed:
            return
        self._closed = True
        for waiter in self._parked:
            if waiter.future is not None and not waiter.future.done():
                waiter.future.set_result(None)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))
        for run in self._runs.values():
            if run.instance is not None:
                self._evict(run)

    @property
    def now(self) -> datetime:
        """The virtual instant, an aware UTC datetime."""
        ns = self._agenda.now
        if ns != self._now[0]:
            self._now = ns, to_datetime(ns)
        return self._now[1]

    @property
    def statistics(self) -> Statistics:
        """Live counters; copy them to keep a snapshot."""
        return self._statistics

    @property
    def live_instances(self) -> int:
        """How many SDK workflow instances exist now: open workflows that have started."""
        return sum(1 for run in self._current.values() if run.instance is not None)

    @property
    def recordings(self) -> list[Recording]:
        """What `record=True` kept, one per run, in the order the runs started."""
        return [run.recording for run in self._runs.values() if run.recording is not None]

    def recording(self, workflow_id: str, run_id: str | None = None) -> Recording:
        """The recording of one run, by default the latest of that workflow. Raises EngineError when there is none."""
        run = self._find(workflow_id, run_id or "")
        if run.recording is None:
            raise EngineError(f"no recording of {workflow_id}; was the engine made with record=True?")
        recording: Recording = run.recording
        return recording

    def workflows(self, query: str | None = None) -> Iterator[WorkflowView]:
        """Every run the engine knows, newest first; `query` is the small list filter (see README)."""
        keep = Filter(query or "")
        for run in reversed(self._runs.values()):
            view = WorkflowView(run)
            if keep(view):
                yield view

    def at(self, instant: datetime | timedelta, callback: Callable[..., Any], *args: Any) -> Token:
        """Call `callback(*args)` at a virtual instant (or after a delay), before workflows act at that instant.

        What it submits joins the workflows' activations of that instant. An instant in the past means now.
        """
        ns = self._agenda.now + delta_ns(instant) if isinstance(instant, timedelta) else to_ns(instant)
        entry = self._agenda.add(ns, CALLBACK, callback, *args)
        self._nudge()
        return Token(self._agenda, entry)

    async def sleep(self, duration: timedelta | float) -> None:
        """Sleep in virtual time (timedelta, or seconds). For activities and other asyncio tasks, not for workflows."""
        delta = duration if isinstance(duration, timedelta) else timedelta(seconds=duration)
        await self._sleep_until(self._agenda.now + delta_ns(delta), CALLBACK)

    async def sleep_until(self, instant: datetime) -> None:
        """Sleep until a virtual instant; wakes before workflows act at that instant."""
        await self._sleep_until(to_ns(instant), CALLBACK)

    async def advance(self, duration: timedelta) -> None:
        """Let virtual time pass; everything due up to and including the new instant has happened on return."""
        await self._sleep_until(self._agenda.now + delta_ns(duration), AFTERWARDS)

    async def run_until(self, instant: datetime) -> None:
        """Like `advance`, to an instant. An instant in the past settles the present one."""
        await self._sleep_until(to_ns(instant), AFTERWARDS)

    async def run_until_idle(self) -> None:
        """Until nothing is scheduled any more. Open workflows that wait for outsiders stay open."""
        await self._wait(Waiter("idleness", idle=True))

    def submit_update(
        self,
        workflow_id: str,
        update_name: str,
        arg: Any = sdk.UNSET,
        *,
        args: Sequence[Any] = (),
        update_id: str,
        done: Callable[[UpdateOutcome], None] | None = None,
        run_id: str | None = None,
    ) -> None:
        """Enqueue an update now; `done` is called once, when it was rejected, or accepted and completed (or failed).

        An `update_id` already used with this run joins that update: its outcome is reported again, nothing runs
        twice. When the workflow closes first, `done` gets a failure. Raises RPCError NOT_FOUND when there is no such
        open workflow.
        """
        run = self._find(workflow_id, run_id or "")
        codec = self._codec.for_workflow(workflow_id)
        values = list(args) if arg is sdk.UNSET else [arg]
        payloads = codec.to_payloads(values) if values else []
        update = self._admit_update(run, update_name, update_id, payloads, {})
        if done is not None:
            if update.settled:
                done(self._outcome(run, update))
            else:
                update.callbacks.append(done)

    def submit_signal(
        self,
        workflow_id: str,
        name: str,
        arg: Any = sdk.UNSET,
        *,
        args: Sequence[Any] = (),
        run_id: str | None = None,
    ) -> None:
        """Enqueue a signal now. Raises RPCError NOT_FOUND when there is no such open workflow."""
        run = self._open(workflow_id, run_id or "")
        codec = self._codec.for_workflow(workflow_id)
        values = list(args) if arg is sdk.UNSET else [arg]
        self._signal(run, name, codec.to_payloads(values) if values else [], {})

    def query_now(self, workflow_id: str, name: str, *args: Any, result_type: type | None = None) -> Any:
        """Ask a workflow a query without await (from a callback). Raises WorkflowQueryFailedError, RPCError
        NOT_FOUND.
        """
        codec = self._codec.for_workflow(workflow_id)
        try:
            payload = self._query(self._find(workflow_id, ""), name, codec.to_payloads(args) if args else [], {})
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise WorkflowQueryFailedError(error.message) from None
            raise
        return codec.from_payloads([payload], [result_type] if result_type else None)[0]

    # --- waiting and driving ------------------------------------------------------------------------------------------

    async def _sleep_until(self, ns: int, rank: int) -> None:
        waiter = Waiter(f"the clock to reach {to_datetime(ns).isoformat()}")
        entry = self._agenda.add(ns, rank, self._wake, waiter)
        self._nudge()
        try:
            await self._wait(waiter)
        finally:
            self._agenda.cancel(entry)

    async def _wait(self, waiter: Waiter) -> None:
        """Return when the waiter is done; drive the clock meanwhile, or let whoever drives go on."""
        if self._closed:
            raise EngineError("the engine is closed")
        step = sdk.current_step.get()
        if step is not None and step.engine is self:
            step.parked(1)
        try:
            while not waiter.done:
                if self._closed:
                    raise EngineError("the engine was closed meanwhile")
                if self._driver is not None:
                    if asyncio.get_running_loop() is not self._loop:
                        # A synchronous activity with a loop of its own: the driver cannot go on until it returns.
                        raise EngineError("waiting for the engine from another event loop would never end")
                    waiter.future = asyncio.get_running_loop().create_future()
                    self._parked.append(waiter)
                    try:
                        await waiter.future
                    finally:
                        self._parked.remove(waiter)
                        waiter.future = None
                    continue
                self._driver = waiter
                thresholds = gc.get_threshold()
                if self._gc_threshold is not None and 0 < thresholds[0] < self._gc_threshold:
                    gc.set_threshold(self._gc_threshold, max(thresholds[1], 20), max(thresholds[2], 50))
                try:
                    await self._drive(waiter)
                finally:
                    gc.set_threshold(*thresholds)
                    self._driver = None
                    for other in self._parked:
                        if other.future is not None and not other.future.done():
                            other.future.set_result(None)
                            break
        finally:
            if step is not None and step.engine is self:
                step.parked(-1)

    async def _drive(self, waiter: Waiter) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self._ready_queue = ready = sdk.ready_queue(loop)
        idle_rounds = 0
        while not waiter.done:
            self._woken = False
            reason = self._context.run(self._pump)
            if self._crash is not None:
                crash, self._crash = self._crash, None
                raise crash
            if waiter.done:
                return
            if reason == WOKEN:
                idle_rounds = 0
                for _ in range(3 if ready is None else 100):
                    await asyncio.sleep(0)
                    if ready is not None and not ready:
                        break
            elif reason == BUSY:
                idle_rounds = 0
                self._nudged = loop.create_future()
                try:
                    await asyncio.wait((self._nudged,), timeout=self._real_seconds)
                    if not self._nudged.done():
                        busy = ", ".join(sorted(task.get_name() for task in self._tasks))
                        raise EngineError(f"nothing but real waiting for {self._real_seconds} s; activities: {busy}")
                finally:
                    self._nudged = None
            else:
                # Nothing scheduled. Other tasks may be about to submit something: let them, then decide.
                idle_rounds += 1
                if idle_rounds <= (3 if ready is None else 1):
                    await asyncio.sleep(0)
                    continue
                idler = waiter if waiter.idle else next((each for each in self._parked if each.idle), None)
                if idler is None:
                    raise StuckError(waiter.what, self._explain())
                idle_rounds = 0
                self._wake(idler)

    def _pump(self) -> int:
        """Work until there is a reason to give the loop back. Never awaits; all workflow and most activity code runs
        here.
        """
        if self._inside:
            raise EngineError("the engine is already at work; use submit_update, submit_signal or at() from callbacks")
        self._inside = True
        try:
            agenda = self._agenda
            work = self._work
            dirty = self._dirty
            ready = self._ready_queue
            while True:
                entry = agenda.peek()
                if entry is not None and entry[0] <= agenda.now:
                    rank = entry[1]
                    if rank == CALLBACK:
                        agenda.pop()
                        fn, args = agenda.spend(entry)
                        fn(*args)
                        continue
                    if rank == EVENT:
                        if self._woken and (ready or ready is None):
                            return WOKEN
                        agenda.pop()
                        fn, args = agenda.spend(entry)
                        fn(*args)
                        continue
                if work:
                    fn, args = work.popleft()
                    fn(*args)
                    continue
                if dirty:
                    run = dirty.popleft()
                    if run.pending is not None:
                        self._activate(run)
                    continue
                # The instant is settled.
                if self._woken:
                    return WOKEN
                if ready:
                    return WOKEN
                if self._busy:
                    return BUSY
                if entry is None:
                    return IDLE
                if entry[0] <= agenda.now:  # an "afterwards" mark
                    agenda.pop()
                    fn, args = agenda.spend(entry)
                    fn(*args)
                    continue
                if entry[0] > self._horizon_ns:
                    raise HorizonError(
                        f"virtual time would pass {to_datetime(self._horizon_ns).isoformat()}: "
                        "something reschedules itself for ever (see Engine(horizon=…))"
                    )
                agenda.now = entry[0]
                self._at_this_instant = 0
        finally:
            self._inside = False

    def _explain(self) -> list[OpenWorkflow]:
        """Ask every open workflow what it waits for."""
        found = []
        for run in self._current.values():
            if not run.is_open:
                continue
            said = ""
            if run.broken is not None:
                said = f"broken: {run.broken}"
            elif run.asleep:
                said = "has not started yet"
            elif self._explain_query is not None:
                try:
                    payload = self._query(run, self._explain_query, [], {})
                    said = str(self._codec.for_workflow(run.workflow_id).from_payload(payload, str))
                except Exception as error:
                    said = f"(cannot tell: {error})"
            found.append(OpenWorkflow(run.workflow_id, run.workflow_type, run.run_id, said))
        return found
