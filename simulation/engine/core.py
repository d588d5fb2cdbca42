"""Why: what the engine does to a run, whoever drives it: start it, hand it its activations, answer its queries, bring
it messages. The clock's agenda and the queues of work live here; `engine.py` decides when to look at them.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.service import RPCError, RPCStatusCode

from simulation.engine import sdk
from simulation.engine.activities import ActivityExecution, Registry
from simulation.engine.agenda import EVENT, Agenda, to_datetime
from simulation.engine.commands import Commands
from simulation.engine.endings import Endings
from simulation.engine.errors import (
    EngineError,
    LivelockError,
    ReplayMismatchError,
    UnsupportedCommandError,
    WorkflowTaskFailedError,
)
from simulation.engine.replay import Recording, same_commands
from simulation.engine.runs import Run, StartOptions, Update, UpdateOutcome, Waiter, not_found, query_failed

if TYPE_CHECKING:
    from simulation.engine.client import EngineClient


@dataclass(slots=True)
class Statistics:
    """Counters since the engine was made. `seconds_inside` is wall time inside the SDK's `activate`."""

    activations: int = 0
    timers_fired: int = 0
    activities: int = 0
    activity_retries: int = 0
    workflows: int = 0
    child_workflows: int = 0
    updates_accepted: int = 0
    updates_rejected: int = 0
    signals: int = 0
    queries: int = 0
    evictions: int = 0
    rebuilds: int = 0
    seconds_inside: float = 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The knobs of `Engine(…)` that runs and activities look at; explained there."""

    latency: Callable[[Any], Any] | None
    queue_delay: Callable[[Any], Any] | None
    attempt_limit: int
    activations_per_instant: int
    suggest_events: int
    suggest_bytes: int | None
    record: bool
    crash_after: Callable[[str, int], bool] | None
    step_at_once: bool


class Core:
    """The state of one engine and everything that happens to its runs."""

    client: EngineClient

    def __init__(
        self,
        *,
        agenda: Agenda,
        seed: int,
        namespace: str,
        codec: sdk.Codec,
        activities: Registry,
        instances: sdk.Instances,
        workflows: Sequence[type],
        settings: Settings,
    ) -> None:
        self.namespace = namespace
        self._agenda = agenda
        self._seed = seed
        self._codec = codec
        self._activities = activities
        self._instances = instances
        self._settings = settings
        self._definitions: dict[str, sdk.WorkflowDefinition] = {}
        self._dynamic: sdk.WorkflowDefinition | None = None
        for each in workflows:
            definition = sdk.WorkflowDefinition.must_from_class(each)
            if definition.name is None:
                self._dynamic = definition
            elif definition.name in self._definitions:
                raise ValueError(f"more than one workflow named {definition.name}")
            else:
                self._definitions[definition.name] = definition
            instances.prepare(definition)

        self._runs: dict[str, Run] = {}
        self._current: dict[str, Run] = {}
        self._run_counts: dict[str, int] = {}
        self._sequence = 0
        self._protocol_sequence = 0
        self._query_sequence = 0
        self._dirty: deque[Run] = deque()
        self._work: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._activity_tokens: dict[bytes, ActivityExecution] = {}
        self._statistics = Statistics()
        self._at_this_instant = 0
        self._refusals = 0

        self._woken = False
        self._busy = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._nudged: asyncio.Future[None] | None = None
        self._crash: BaseException | None = None
        self._context = contextvars.copy_context()
        self._inside = False

        self._endings = Endings(self)
        self._handlers = Commands(self).handlers
        self._closers = self._endings.handlers

    # --- waking -------------------------------------------------------------------------------------------------------

    def _wake(self, waiter: Waiter) -> None:
        waiter.done = True
        self._woken = True
        if waiter.future is not None and not waiter.future.done():
            waiter.future.set_result(None)

    def _nudge(self) -> None:
        """Something new to do arrived while the driver waits for real work."""
        if self._nudged is not None and not self._nudged.done():
            self._nudged.set_result(None)

    # --- finding runs -------------------------------------------------------------------------------------------------

    def _find(self, workflow_id: str, run_id: str, first_run_id: str = "") -> Run:
        run = self._runs.get(run_id) if run_id else self._current.get(workflow_id)
        if run is None or run.workflow_id != workflow_id or (first_run_id and run.first_run_id != first_run_id):
            raise not_found(f"workflow not found for ID: {workflow_id}" + (f", run {run_id}" if run_id else ""))
        return run

    def _open(self, workflow_id: str, run_id: str, first_run_id: str = "") -> Run:
        run = self._find(workflow_id, run_id, first_run_id)
        if not run.is_open:
            raise not_found("workflow execution already completed")
        return run

    # --- starting runs ------------------------------------------------------------------------------------------------

    def _definition(self, name: str) -> sdk.WorkflowDefinition:
        definition = self._definitions.get(name, self._dynamic)
        if definition is None:
            known = ", ".join(sorted(self._definitions)) or "none"
            raise EngineError(f"workflow {name!r} is not registered; known: {known}")
        return definition

    def _new_run(self, options: StartOptions, previous: Run | None = None) -> Run:
        """Create a run with its identity; the caller fills in lineage and then calls `_launch`."""
        definition = self._definition(options.workflow_type)
        count = self._run_counts.get(options.workflow_id, 0) + 1
        self._run_counts[options.workflow_id] = count
        digest = hashlib.blake2b(f"{self._seed}\x00{options.workflow_id}\x00{count}".encode(), digest_size=24).digest()
        run_id = str(uuid.UUID(bytes=digest[:16], version=4))
        self._sequence += 1
        run = Run(options, definition, run_id, int.from_bytes(digest[16:]), self._sequence, self._agenda.now)
        if previous is not None:
            run.first_run_id = previous.first_run_id
            run.chain_start_ns = previous.chain_start_ns
            run.chain_deadline_ns = previous.chain_deadline_ns
            run.continued_from = previous.run_id
            run.link = previous.link
            run.root = previous.root
            previous.next_run = run
        self._runs[run_id] = run
        self._current[options.workflow_id] = run
        return run

    def _launch(self, run: Run, delay_ns: int = 0) -> None:
        """Queue the run's first activation, now or later, and arm its timeouts."""
        self._statistics.workflows += 1
        agenda = self._agenda
        options = run.options
        if run.chain_deadline_ns is None and options.execution_timeout_ns:
            run.chain_deadline_ns = agenda.now + options.execution_timeout_ns
        deadlines = []
        if options.run_timeout_ns:
            deadlines.append(agenda.now + delay_ns + options.run_timeout_ns)
        if run.chain_deadline_ns is not None:
            deadlines.append(run.chain_deadline_ns)
        if deadlines:
            run.timeout_entries.append(agenda.add(min(deadlines), EVENT, self._endings.timed_out, run))
        if self._settings.record:
            run.recording = Recording(run.definition, options.task_queue, self._instances)
        activation = run.pending = sdk.Activation(run_id=run.run_id)
        init = activation.jobs.add().initialize_workflow
        init.workflow_type = options.workflow_type
        init.workflow_id = options.workflow_id
        init.arguments.extend(options.arguments)
        init.randomness_seed = run.seed
        init.first_execution_run_id = run.first_run_id
        init.original_execution_run_id = run.run_id
        init.attempt = run.attempt
        init.start_time.FromNanoseconds(run.start_ns)
        init.workflow_task_timeout.FromNanoseconds(options.task_timeout_ns)
        sdk.copy_map(options.headers, init.headers)
        sdk.copy_map(options.memo, init.memo.fields)
        sdk.copy_map(options.search_attributes, init.search_attributes.indexed_fields)
        if options.execution_timeout_ns:
            init.workflow_execution_timeout.FromNanoseconds(options.execution_timeout_ns)
        if options.run_timeout_ns:
            init.workflow_run_timeout.FromNanoseconds(options.run_timeout_ns)
        if options.retry_policy is not None:
            init.retry_policy.CopyFrom(options.retry_policy)
        if options.priority is not None:
            init.priority.CopyFrom(options.priority)
        if run.continued_from:
            init.continued_from_execution_run_id = run.continued_from
            init.continued_initiator = run.continued_initiator  # type: ignore[assignment]
        if run.continued_failure is not None:
            init.continued_failure.CopyFrom(run.continued_failure)
        if run.last_result is not None:
            init.last_completion_result.payloads.append(run.last_result)
        if run.link is not None:
            parent = run.link.run
            init.parent_workflow_info.namespace = self.namespace
            init.parent_workflow_info.workflow_id = parent.workflow_id
            init.parent_workflow_info.run_id = parent.run_id
        if run.root is not None:
            init.root_workflow.workflow_id, init.root_workflow.run_id = run.root
        if delay_ns:
            run.asleep = True
            run.timeout_entries.append(agenda.add(agenda.now + delay_ns, EVENT, self._awake, run))
        else:
            run.dirty = True
            self._dirty.append(run)
        self._nudge()

    def _awake(self, run: Run) -> None:
        if run.asleep and run.is_open:
            run.asleep = False
            run.dirty = True
            self._dirty.append(run)

    def _start_workflow(self, options: StartOptions) -> Run:
        """Start a fresh chain; id policies were settled by the caller."""
        run = self._new_run(options)
        self._launch(run, options.start_delay_ns)
        return run

    # --- activating ---------------------------------------------------------------------------------------------------

    def _jobs(self, run: Run, events: int = 1) -> sdk.Activation:
        """The activation under construction of a run; the caller adds its job at once."""
        run.events += events
        activation = run.pending
        if activation is None:
            activation = run.pending = sdk.Activation(run_id=run.run_id)
        if not run.dirty and not run.asleep:
            run.dirty = True
            self._dirty.append(run)
            if self._nudged is not None:
                self._nudge()
        return activation

    def _activate(self, run: Run) -> None:
        """Hand a run what has gathered for it and act on all its commands."""
        activation = run.pending
        assert activation is not None
        run.pending = None
        run.dirty = False
        if not run.is_open or run.broken is not None:
            return
        self._at_this_instant += 1
        if self._at_this_instant > self._settings.activations_per_instant:
            raise LivelockError(
                f"more than {self._settings.activations_per_instant} activations without time passing, at "
                f"{to_datetime(self._agenda.now).isoformat()}; the last was for {run.workflow_id} ({run.workflow_type})"
            )
        before = run.events, run.size
        completion = self._feed(run, activation)
        failure = sdk.failed_task(completion)
        if failure is not None:
            self._break(run, failure)
            return
        commands = completion.successful.commands
        run.events += len(commands)
        self._refusals = 0
        closer = None
        handlers = self._handlers
        for command in commands:
            name: Any = command.WhichOneof("variant")
            handler = handlers.get(name)
            if handler is not None:
                handler(run, getattr(command, name))
            elif name in self._closers:
                if closer is None:
                    closer = (name, command)
            else:
                self._unsupported(run, str(name))
        if self._refusals and self._refusals == len(activation.jobs):
            # Refused updates leave nothing in a history.
            run.events, run.size = before
        if closer is not None:
            # The whole list has been processed; only now does the run close.
            name, command = closer
            self._closers[name](run, getattr(command, name))
        crash_after = self._settings.crash_after
        if run.is_open and crash_after is not None and crash_after(run.workflow_id, run.activations):
            self._rebuild(run)

    def _feed(self, run: Run, activation: sdk.Activation) -> sdk.Completion:
        run.activations += 1
        run.events += 3
        statistics = self._statistics
        statistics.activations += 1
        limit = self._settings.suggest_bytes
        suggest = run.events >= self._settings.suggest_events or (limit is not None and run.size >= limit)
        sdk.stamp(activation, self._agenda.now, run.events, run.size, suggest)
        loop = asyncio._get_running_loop()
        before = time.perf_counter()
        instance = run.instance
        if instance is None:
            instance = run.instance = self._instances.create(run.definition, activation, run.options.task_queue)
        try:
            completion: sdk.Completion = instance.activate(activation)
        finally:
            asyncio._set_running_loop(loop)
        statistics.seconds_inside += time.perf_counter() - before
        if limit is not None:
            run.size += activation.ByteSize() + completion.ByteSize()
        if run.recording is not None:
            run.recording.add(statistics.activations, activation, completion)
        return completion

    def _break(self, run: Run, failure: Failure) -> None:
        error = self._codec.exception(failure)
        run.broken = WorkflowTaskFailedError(
            run.workflow_id, run.workflow_type, run.run_id, error, sdk.format_failure(failure)
        )
        self._evict(run)
        for waiter in run.waiters:
            self._wake(waiter)
        for update in run.updates.values():
            for _, waiter in update.waiters:
                self._wake(waiter)
        raise run.broken

    def _unsupported(self, run: Run, name: str) -> None:
        error = UnsupportedCommandError(name, run.workflow_id)
        run.broken = error
        self._evict(run)
        raise error

    def _evict(self, run: Run) -> None:
        instance, run.instance = run.instance, None
        if instance is None:
            return
        self._statistics.evictions += 1
        before = time.perf_counter()
        sdk.evict(instance, run.run_id)
        self._statistics.seconds_inside += time.perf_counter() - before

    def _rebuild(self, run: Run) -> None:
        """As after a worker crash: a fresh instance, fed everything again, must give the same commands."""
        self._statistics.rebuilds += 1
        sdk.evict(run.instance, run.run_id)
        run.instance = None
        for number, (activation, expected) in enumerate(run.recording.steps, 1):
            if run.instance is None:
                run.instance = self._instances.create(run.definition, activation, run.options.task_queue)
            given = sdk.activate(run.instance, activation)
            if not same_commands(given, expected):
                raise ReplayMismatchError(
                    f"{run.workflow_id} ({run.workflow_type}) gave other commands when rebuilt, at activation {number}"
                )

    # --- queries ------------------------------------------------------------------------------------------------------

    def _query(self, run: Run, name: str, payloads: Sequence[Payload], headers: Any) -> Payload:
        """Answer a query in an activation of its own; a closed run is rebuilt from its recording when there is one."""
        if run.broken is not None:
            raise run.broken
        if not self._inside:
            self._inside = True
            try:
                return self._context.run(self._query_inside, run, name, payloads, headers)
            finally:
                self._inside = False
        return self._query_inside(run, name, payloads, headers)

    def _query_inside(self, run: Run, name: str, payloads: Sequence[Payload], headers: Any) -> Payload:
        if run.is_open and run.pending is not None and not run.asleep:
            # Strong consistency: what was sent before the query is seen by it.
            self._activate(run)
        self._query_sequence += 1
        self._statistics.queries += 1
        query_id = f"query-{self._query_sequence}"
        activation = sdk.Activation(run_id=run.run_id)
        sdk.add_query(activation, query_id, name, payloads, headers)
        sdk.stamp(activation, self._agenda.now, run.events, run.size, False)
        instance = run.instance
        borrowed = None
        if instance is None:
            if run.recording is None or not run.recording.steps:
                raise RPCError(
                    f"{run.workflow_id} has no instance to query "
                    "(closed, or not started yet); closed workflows can be queried with record=True",
                    RPCStatusCode.FAILED_PRECONDITION,
                    b"",
                )
            instance = borrowed = run.recording.rebuild()
        completion = sdk.activate(instance, activation)
        if borrowed is not None:
            sdk.evict(borrowed, run.run_id)
        failure = sdk.failed_task(completion)
        if failure is not None:
            raise query_failed(failure.message)
        for command in completion.successful.commands:
            if command.HasField("respond_to_query"):
                answer = command.respond_to_query
                if answer.HasField("failed"):
                    raise query_failed(answer.failed.message)
                return answer.succeeded.response
        raise EngineError(f"query {name} on {run.workflow_id} was not answered")

    # --- signals, cancels, updates ------------------------------------------------------------------------------------

    def _signal(self, run: Run, name: str, payloads: Sequence[Payload], headers: Any, with_start: bool = False) -> None:
        self._statistics.signals += 1
        if run.asleep and not run.continued_from and not with_start:
            self._awake(run)  # a message ends a start delay early, but not the backoff of a retry
        activation = self._jobs(run)
        sdk.add_signal(activation, name, payloads, headers, run.events)

    def _request_cancel(self, run: Run, reason: str) -> None:
        if run.cancel_requested:
            return
        run.cancel_requested = True
        if run.asleep:
            self._awake(run)
        sdk.add_cancel(self._jobs(run), reason)

    def _admit_update(self, run: Run, name: str, update_id: str, payloads: Sequence[Payload], headers: Any) -> Update:
        known = run.updates.get(update_id)
        if known is not None:
            return known
        if run.broken is not None:
            raise run.broken
        if not run.is_open:
            raise not_found("workflow execution already completed")
        self._protocol_sequence += 1
        update = Update(run, update_id, f"{update_id}/{self._protocol_sequence}", name)
        run.updates[update_id] = run.updates_by_protocol[update.protocol_id] = update
        if run.asleep and not run.continued_from:
            self._awake(run)
        sdk.add_update(self._jobs(run, 0), update_id, update.protocol_id, name, payloads, headers)
        return update

    def _outcome(self, run: Run, update: Update) -> UpdateOutcome:
        if update.gone:
            return UpdateOutcome(
                run.workflow_id, update.update_id, False, not_found("workflow execution already completed")
            )
        if update.failure is not None:
            error = self._codec.exception(update.failure)
            return UpdateOutcome(run.workflow_id, update.update_id, update.accepted, error)
        definition = sdk.update_definition(run.definition, update.name)
        hint = definition.ret_type if definition is not None else None
        codec = self._codec.for_workflow(run.workflow_id)

        def decode(payload: Payload) -> Any:
            return codec.from_payloads([payload], [hint] if hint else None)[0]

        return UpdateOutcome(run.workflow_id, update.update_id, True, None, update.result, decode)

    def _update_settled(self, run: Run, update: Update) -> None:
        for _, waiter in update.waiters:
            self._wake(waiter)
        update.waiters.clear()
        if update.callbacks:
            outcome = self._outcome(run, update)
            callbacks, update.callbacks = update.callbacks, []
            for callback in callbacks:
                callback(outcome)
