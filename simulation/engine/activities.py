"""Why: running activities is the engine's own business: attempts, backoff, timeouts, heartbeats and cancellation all
happen here in virtual time, and a workflow only ever sees the final resolution.

A coroutine activity is stepped by hand; most finish without suspending and never meet the event loop. One that really
suspends continues as an asyncio task, and the virtual clock stands still until it is done or waits for the engine
itself (`engine.sleep`, a client call that needs time to pass).
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import types
from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import TYPE_CHECKING, Any

import temporalio.activity
import temporalio.converter
import temporalio.exceptions
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure

from simulation.engine import sdk
from simulation.engine.agenda import EVENT, Entry, delta_ns, to_datetime
from simulation.engine.errors import EngineError, RunawayActivityError
from simulation.engine.runs import Run

if TYPE_CHECKING:
    from simulation.engine.core import Core

EXPECTED = (Exception, asyncio.CancelledError, sdk.CompleteAsync)
"""What an activity may raise; anything else (KeyboardInterrupt, SystemExit) ends the drive."""

TIMEOUT_NAMES = {
    sdk.TIMEOUT_START_TO_CLOSE: "StartToClose",
    sdk.TIMEOUT_SCHEDULE_TO_START: "ScheduleToStart",
    sdk.TIMEOUT_SCHEDULE_TO_CLOSE: "ScheduleToClose",
    sdk.TIMEOUT_HEARTBEAT: "Heartbeat",
}


class Registry:
    """The activities the engine can run, by name; a dynamic one catches the rest."""

    def __init__(self, activities: list[Callable[..., Any]]) -> None:
        self.by_name: dict[str, sdk.ActivityDefinition] = {}
        self.dynamic: sdk.ActivityDefinition | None = None
        for each in activities:
            if inspect.isclass(each):
                raise TypeError(f"{each.__name__} is a class; register an instance or its bound methods")
            definition = sdk.ActivityDefinition.must_from_callable(each)
            if definition.name is None:
                if self.dynamic is not None:
                    raise TypeError("more than one dynamic activity")
                self.dynamic = definition
            elif definition.name in self.by_name:
                raise ValueError(f"more than one activity named {definition.name}")
            else:
                self.by_name[definition.name] = definition

    def find(self, name: str) -> sdk.ActivityDefinition | None:
        return self.by_name.get(name, self.dynamic)


@types.coroutine
def _carry_on(coroutine: Coroutine[Any, Any, Any], yielded: Any) -> Generator[Any, Any, Any]:
    """Continue a coroutine that has already yielded once, as the body of a real task."""
    while True:
        try:
            sent = yield yielded
        except BaseException as error:
            step: Callable[[Any], Any] = coroutine.throw
            argument: Any = error
        else:
            step, argument = coroutine.send, sent
        try:
            yielded = step(argument)
        except StopIteration as stop:
            return stop.value


async def _carried_on(coroutine: Coroutine[Any, Any, Any], yielded: Any) -> Any:
    """`_carry_on` as a coroutine: since Python 3.12 a task takes nothing else."""
    return await _carry_on(coroutine, yielded)


class Step:
    """The coroutine of one attempt: its stand-in, later its task, and whether it waits for the engine itself."""

    __slots__ = ("engine", "parked_count", "stand_in", "task")

    def __init__(self, engine: Core) -> None:
        self.engine = engine
        self.parked_count = 0
        self.stand_in = sdk.StandInTask()
        self.task: asyncio.Task[Any] | None = None

    def parked(self, change: int) -> None:
        """The coroutine starts (+1) or stops (-1) waiting for virtual time; only a busy one stops the clock."""
        before = self.parked_count
        self.parked_count = before + change
        if self.task is None:
            return
        if before == 0 and change > 0:
            self.engine._busy -= 1
            self.engine._nudge()
        elif before == 1 and change < 0:
            self.engine._busy += 1

    def promote(self, task: asyncio.Task[Any]) -> None:
        """The coroutine has suspended: a real task carries on."""
        self.task = self.stand_in.real = task
        if self.stand_in.cancelled_early is not None:
            task.cancel(self.stand_in.cancelled_early[0])
        self.engine._tasks.add(task)
        if not self.parked_count:
            self.engine._busy += 1

    def ended(self, task: asyncio.Task[Any]) -> None:
        self.engine._tasks.discard(task)
        if not self.parked_count:
            self.engine._busy -= 1
        self.parked_count = 0
        self.task = None


class ActivityExecution:
    """One scheduled activity, from the command to its final resolution, over all its attempts."""

    # Most activities succeed at once and never set any of these: an instance only holds what differs.
    retry: sdk.Retry | None = None
    attempt = 1
    heartbeat_details: Sequence[Payload] = ()
    last_beat_ns = 0
    last_failure: Failure | None = None
    resolved = False
    running = False
    waiting_async = False
    cancel_requested = False
    cancel_event = sdk.NEVER
    details: Any = None
    info_cache: temporalio.activity.Info | None = None
    step: Step | None = None
    deadline_entry: Entry | None = None
    timeout_entry: Entry | None = None
    beat_entry: Entry | None = None
    retry_entry: Entry | None = None
    outcome_entry: Entry | None = None
    token = b""

    def __init__(self, engine: Core, run: Run, command: Any, is_local: bool) -> None:
        self.engine = engine
        self.run = run
        self.command = command
        self.seq: int = command.seq
        self.is_local = is_local
        definition = engine._activities.find(command.activity_type)
        if definition is None:
            known = ", ".join(sorted(engine._activities.by_name)) or "none"
            raise EngineError(
                f"activity {command.activity_type!r} of workflow {run.workflow_id} is not registered; known: {known}"
            )
        self.definition = definition
        self.scheduled_ns = self.attempt_scheduled_ns = self.started_ns = engine._agenda.now
        self.heartbeat_ns = 0 if is_local else sdk.duration_ns(command, "heartbeat_timeout")
        self.codec = engine._codec
        if self.codec.context_aware:
            self.codec = self.codec.for_activity(
                temporalio.converter.ActivitySerializationContext(
                    namespace=engine.namespace,
                    workflow_id=run.workflow_id,
                    workflow_type=run.workflow_type,
                    activity_type=command.activity_type,
                    activity_id=command.activity_id,
                    activity_task_queue=run.options.task_queue if is_local else command.task_queue,
                    is_local=is_local,
                )
            )

    # --- attempts -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start the next attempt now, or after the modelled wait in the queue."""
        if self.resolved:
            return
        engine = self.engine
        self.retry_entry = None
        if engine._settings.queue_delay is not None and not self.is_local:
            self.info_cache = None
            wait = engine._settings.queue_delay(self.info())
            self._arm_deadline()
            limit = sdk.duration_ns(self.command, "schedule_to_start_timeout")
            now = engine._agenda.now
            if limit and (wait is None or delta_ns(wait) >= limit):
                self.retry_entry = engine._agenda.add(
                    now + limit, EVENT, self._timed_out, sdk.TIMEOUT_SCHEDULE_TO_START
                )
                return
            if wait is None:
                return
            if wait:
                self.retry_entry = engine._agenda.add(now + delta_ns(wait), EVENT, self._start)
                return
        self._start()

    def _start(self) -> None:
        if self.resolved:
            return
        engine = self.engine
        self.retry_entry = None
        self.running = True
        self.started_ns = self.last_beat_ns = engine._agenda.now
        self.info_cache = None
        self.cancel_event = sdk.CancelEvent()
        self.details = sdk.new_details_holder()
        self.step = None
        engine._statistics.activities += 1
        definition = self.definition
        payloads = self.command.arguments
        try:
            types_ = definition.arg_types
            arguments: list[Any]
            if definition.name is None:
                arguments = [
                    self.codec.payloads.from_payloads(payloads, [temporalio.common.RawValue] * len(payloads))
                    if payloads
                    else []
                ]
            elif payloads:
                if types_ is not None and len(types_) != len(payloads):
                    types_ = None
                arguments = self.codec.payloads.from_payloads(payloads, types_)
            else:
                arguments = []
        except Exception as error:
            wrapped = temporalio.exceptions.ApplicationError("Failed decoding arguments")
            wrapped.__cause__ = error
            self._finished(self.attempt, error=wrapped)
            return
        context = contextvars.copy_context()
        context.run(self._call, definition, arguments, context)

    def _call(self, definition: sdk.ActivityDefinition, arguments: list[Any], context: contextvars.Context) -> None:
        """Runs inside the activity's own context, which knows the execution; not the other way round, so that nothing is
        left for the cycle collector.
        """
        engine = self.engine
        sdk.enter_activity(self.info, self.heartbeat, self.cancel_event, self.details, self.codec, engine.client)
        loop = asyncio.get_running_loop()
        if not definition.is_async:
            # A real worker runs it on a thread, where no loop runs; so it may call asyncio.run itself.
            asyncio._set_running_loop(None)
            try:
                result = definition.fn(*arguments)
            except EXPECTED as error:
                asyncio._set_running_loop(loop)
                self._finished(self.attempt, error=error)
            else:
                asyncio._set_running_loop(loop)
                self._finished(self.attempt, result)
            return
        attempt = self.attempt
        if not engine._settings.step_at_once:
            self.step = Step(engine)
            sdk.current_step.set(self.step)
            self._as_task(definition.fn(*arguments), self.step, attempt, context)
            return
        driver = asyncio.current_task(loop)
        step = self.step = Step(engine)
        stand_in = step.stand_in
        sdk.current_step.set(step)
        sdk.swap_current_task(loop, driver, stand_in)
        coroutine = None
        try:
            coroutine = definition.fn(*arguments)
            yielded = coroutine.send(None)
        except StopIteration as stop:
            sdk.swap_current_task(loop, stand_in, driver)
            self._finished(attempt, stop.value)
            return
        except EXPECTED as error:
            sdk.swap_current_task(loop, stand_in, driver)
            self._finished(attempt, error=error)
            return
        except BaseException:
            sdk.swap_current_task(loop, stand_in, driver)
            raise
        sdk.swap_current_task(loop, stand_in, driver)
        self._as_task(_carried_on(coroutine, yielded), step, attempt, context)

    def _as_task(
        self, coroutine: Coroutine[Any, Any, Any], step: Step, attempt: int, context: contextvars.Context
    ) -> None:
        """Let a real task of the loop run the activity; the virtual clock stands still until it is done."""
        task = asyncio.get_running_loop().create_task(
            coroutine, name=f"{self.command.activity_type} of {self.run.workflow_id}", context=context
        )
        step.promote(task)
        task.add_done_callback(lambda done: self._task_done(done, attempt, step))
        self._arm_deadline()
        self._arm_timeouts()

    def _task_done(self, task: asyncio.Task[Any], attempt: int, step: Step) -> None:
        engine = self.engine
        step.ended(task)
        error: BaseException | None
        try:
            error = task.exception()
        except asyncio.CancelledError as cancelled:
            error = cancelled
        if error is not None and not isinstance(error, EXPECTED):
            engine._crash = error
        result = None if error is not None else task.result()
        engine._work.append((self._finished, (attempt, result, error)))
        engine._nudge()

    def _finished(self, attempt: int, result: Any = None, error: BaseException | None = None) -> None:
        """The function has returned or raised; the modelled latency comes before anybody learns of it."""
        if attempt != self.attempt or self.resolved or not self.running:
            return
        if isinstance(error, sdk.CompleteAsync):
            self.waiting_async = True
            self._arm_deadline()
            self._arm_timeouts()
            return
        engine = self.engine
        if engine._settings.latency is not None:
            latency = engine._settings.latency(self.info())
            if latency:
                self._arm_deadline()
                self._arm_timeouts()
                self.outcome_entry = engine._agenda.add(
                    self.started_ns + delta_ns(latency), EVENT, self._deliver, attempt, result, error
                )
                return
        self._deliver(attempt, result, error)

    def _deliver(self, attempt: int, result: Any, error: BaseException | None) -> None:
        if attempt != self.attempt or self.resolved:
            return
        self.outcome_entry = None
        if error is None:
            try:
                payload = self.codec.nothing if result is None else self.codec.payloads.to_payload(result)
            except Exception as failed:
                error = failed
            else:
                self.completed(payload)
                return
        if isinstance(error, asyncio.CancelledError | temporalio.exceptions.CancelledError) and self.cancel_requested:
            self._resolve_cancelled()
            return
        self.failed(self.codec.failure(error))

    # --- outcomes -----------------------------------------------------------------------------------------------------

    def completed(self, payload: Payload) -> None:
        """Resolve with a result."""
        if self._close():
            sdk.add_activity_completed(self.engine._jobs(self.run, 3), self.seq, self.is_local, payload)

    def failed(self, failure: Failure, attempt_timed_out: bool = False) -> None:
        """An attempt failed: retry later, or resolve with the last failure."""
        self._stop_attempt(timed_out=attempt_timed_out)
        engine = self.engine
        if self.retry is None:
            self.retry = sdk.Retry(self.command.retry_policy if self.command.HasField("retry_policy") else None)
        if self.cancel_requested:
            delay, state = None, sdk.Retry.CANCELLED
        else:
            limit = sdk.duration_ns(self.command, "schedule_to_close_timeout")
            left = self.scheduled_ns + limit - engine._agenda.now if limit else None
            delay, state = self.retry.after(failure, self.attempt, left)
        if delay is None:
            timed_out = failure.HasField("timeout_failure_info")
            self._resolve_failed("Activity task timed out" if timed_out else "Activity task failed", failure, state)
            return
        if self.attempt >= engine._settings.attempt_limit:
            raise RunawayActivityError(
                f"activity {self.command.activity_type} of workflow {self.run.workflow_id} was tried {self.attempt} "
                f"times; last failure: {sdk.format_failure(failure)}"
            )
        self.last_failure = failure
        self.attempt += 1
        engine._statistics.activity_retries += 1
        now = engine._agenda.now
        self.attempt_scheduled_ns = now + delay
        self._arm_deadline()
        self.retry_entry = engine._agenda.add(now + delay, EVENT, self.begin)

    def _timed_out(self, kind: int) -> None:
        if self.resolved:
            return
        cause = None
        if kind in (sdk.TIMEOUT_SCHEDULE_TO_CLOSE, sdk.TIMEOUT_SCHEDULE_TO_START):
            cause = self.last_failure
        failure = sdk.timeout_failure(f"activity {TIMEOUT_NAMES[kind]} timeout", kind, cause)
        if kind == sdk.TIMEOUT_HEARTBEAT and self.heartbeat_details:
            failure.timeout_failure_info.last_heartbeat_details.payloads.extend(self.heartbeat_details)
        if kind == sdk.TIMEOUT_SCHEDULE_TO_CLOSE:
            self._stop_attempt(timed_out=True)
            self._resolve_failed("Activity task timed out", failure, sdk.Retry.TIMEOUT)
        else:
            self.failed(failure, attempt_timed_out=True)

    def _resolve_failed(self, message: str, failure: Failure, retry_state: int) -> None:
        if self._close():
            wrapped = sdk.activity_failure(
                message, self.command.activity_type, self.command.activity_id, retry_state, failure, self.seq
            )
            sdk.add_activity_failed(self.engine._jobs(self.run, 3), self.seq, self.is_local, wrapped)

    def _resolve_cancelled(self) -> None:
        if self._close():
            wrapped = sdk.activity_failure(
                "Activity cancelled",
                self.command.activity_type,
                self.command.activity_id,
                sdk.Retry.CANCELLED,
                sdk.cancelled_failure(),
                self.seq,
            )
            sdk.add_activity_cancelled(self.engine._jobs(self.run, 1), self.seq, self.is_local, wrapped)

    def _close(self) -> bool:
        """Final: no timer of ours fires any more. False when there is nobody left to tell."""
        if self.resolved:
            return False
        self.resolved = True
        cancel = self.engine._agenda.cancel
        for entry in (self.deadline_entry, self.timeout_entry, self.retry_entry, self.outcome_entry):
            if entry is not None:
                cancel(entry)
        # A detached function may still be running: it learns of the cancellation at its next heartbeat.
        if self.beat_entry is not None:
            cancel(self.beat_entry)
        if self.token:
            self.engine._activity_tokens.pop(self.token, None)
        self.run.activities.pop(self.seq, None)
        return self.run.is_open

    def _stop_attempt(self, timed_out: bool) -> None:
        cancel = self.engine._agenda.cancel
        for entry in (self.timeout_entry, self.beat_entry, self.outcome_entry, self.retry_entry):
            if entry is not None:
                cancel(entry)
        self.timeout_entry = self.beat_entry = self.outcome_entry = self.retry_entry = None
        self.running = False
        self.waiting_async = False
        if timed_out:
            self._tell_cancelled(sdk.CancellationDetails(timed_out=True))

    # --- cancellation -------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """The workflow asked for cancellation (`request_cancel_activity`)."""
        if self.resolved:
            return
        how = self.command.cancellation_type
        if how == sdk.ABANDON:
            self._resolve_cancelled()
            return
        self.cancel_requested = True
        if self.is_local:
            self._tell_cancelled(sdk.CancellationDetails(cancel_requested=True))
        if how == sdk.TRY_CANCEL or not self.running:
            self._resolve_cancelled()

    def abandon(self) -> None:
        """The workflow has closed; nobody waits for the outcome any more."""
        if self.resolved:
            return
        self.cancel_requested = True
        self._close()
        if self.is_local:
            self._tell_cancelled(sdk.CancellationDetails(not_found=True))

    def _tell_cancelled(self, details: Any) -> None:
        """Let a running function know: its cancelled event is set and a coroutine's task is cancelled."""
        if self.details is None or self.details.details is not None:
            return
        self.details.details = details
        self.cancel_event.set()
        if self.step is not None:
            self.step.stand_in.cancel("Activity cancelled")

    # --- what the function may call -----------------------------------------------------------------------------------

    def heartbeat(self, *details: Any) -> None:
        """`temporalio.activity.heartbeat`: records details, feeds the heartbeat timeout, and brings cancellation."""
        if self.running:
            self.last_beat_ns = self.engine._agenda.now
            self.heartbeat_details = self.codec.payloads.to_payloads(details) if details else []
        if self.cancel_requested:
            self._tell_cancelled(
                sdk.CancellationDetails(cancel_requested=self.run.is_open, not_found=not self.run.is_open)
            )

    def info(self) -> temporalio.activity.Info:
        """`temporalio.activity.info`, built on first use of an attempt."""
        if self.info_cache is None:
            command = self.command
            run = self.run
            if not self.token:
                self.token = f"{run.run_id}/{self.seq}".encode()
                self.engine._activity_tokens[self.token] = self
            self.info_cache = sdk.activity_info(
                activity_id=command.activity_id,
                activity_type=command.activity_type,
                attempt=self.attempt,
                current_attempt_scheduled_time=to_datetime(self.attempt_scheduled_ns),
                heartbeat_details=self.codec.payloads.from_payloads(self.heartbeat_details)
                if self.heartbeat_details
                else [],
                heartbeat_timeout=None if self.is_local else sdk.optional_delta(command, "heartbeat_timeout"),
                is_local=self.is_local,
                namespace=self.engine.namespace,
                schedule_to_close_timeout=sdk.optional_delta(command, "schedule_to_close_timeout"),
                scheduled_time=to_datetime(self.scheduled_ns),
                start_to_close_timeout=sdk.optional_delta(command, "start_to_close_timeout"),
                started_time=to_datetime(self.started_ns),
                task_queue=run.options.task_queue if self.is_local else command.task_queue,
                task_token=self.token,
                workflow_id=run.workflow_id,
                workflow_namespace=self.engine.namespace,
                workflow_run_id=run.run_id,
                workflow_type=run.workflow_type,
                priority=temporalio.common.Priority.default if self.is_local else sdk.priority(command.priority),
                retry_policy=temporalio.common.RetryPolicy.from_proto(command.retry_policy)
                if command.HasField("retry_policy")
                else None,
            )
        return self.info_cache

    # --- timeouts -----------------------------------------------------------------------------------------------------

    def _arm_deadline(self) -> None:
        """Schedule-to-close, over all attempts. Armed only once something takes time."""
        limit = sdk.duration_ns(self.command, "schedule_to_close_timeout")
        if limit and self.deadline_entry is None:
            self.deadline_entry = self.engine._agenda.add(
                self.scheduled_ns + limit, EVENT, self._timed_out, sdk.TIMEOUT_SCHEDULE_TO_CLOSE
            )

    def _arm_timeouts(self) -> None:
        """Start-to-close and heartbeat of this attempt. Armed only once the function did not finish at once."""
        agenda = self.engine._agenda
        limit = sdk.duration_ns(self.command, "start_to_close_timeout")
        if limit and self.timeout_entry is None:
            self.timeout_entry = agenda.add(self.started_ns + limit, EVENT, self._timed_out, sdk.TIMEOUT_START_TO_CLOSE)
        if self.heartbeat_ns and self.beat_entry is None:
            self.beat_entry = agenda.add(self.last_beat_ns + self.heartbeat_ns, EVENT, self._check_heartbeat)

    def _check_heartbeat(self) -> None:
        if self.resolved or not self.running:
            return
        due = self.last_beat_ns + self.heartbeat_ns
        if due > self.engine._agenda.now:
            self.beat_entry = self.engine._agenda.add(due, EVENT, self._check_heartbeat)
            return
        self.beat_entry = None
        self._timed_out(sdk.TIMEOUT_HEARTBEAT)
