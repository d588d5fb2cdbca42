"""Why: what a workflow asks for. One method per command of the SDK; a command without a method is refused by name.

Commands that start something (activities, children, messages to others) only queue it: the whole list of an activation
is read before any of it happens, as on a server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure

from simulation.engine import sdk
from simulation.engine.activities import ActivityExecution
from simulation.engine.agenda import EVENT
from simulation.engine.errors import UnsupportedCommandError
from simulation.engine.runs import Child, ParentLink, Run, StartOptions, may_start

if TYPE_CHECKING:
    from simulation.engine.core import Core


class Commands:
    """Acts on commands, for one engine."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.handlers: dict[str, Callable[[Run, Any], None]] = {
            "start_timer": self.start_timer,
            "cancel_timer": self.cancel_timer,
            "schedule_activity": self.schedule_activity,
            "schedule_local_activity": self.schedule_local_activity,
            "request_cancel_activity": self.cancel_activity,
            "request_cancel_local_activity": self.cancel_activity,
            "update_response": self.update_response,
            "start_child_workflow_execution": self.start_child,
            "cancel_child_workflow_execution": self.cancel_child,
            "signal_external_workflow_execution": self.signal_external,
            "request_cancel_external_workflow_execution": self.cancel_external,
            "cancel_signal_workflow": self.cancel_signal,
            "set_patch_marker": self.patch,
            "upsert_workflow_search_attributes": self.search_attributes,
            "modify_workflow_properties": self.memo,
        }

    # --- timers, activities, updates, facts -----------------------------------------------------------------------

    def start_timer(self, run: Run, command: Any) -> None:
        duration = command.start_to_fire_timeout
        agenda = self._core._agenda
        # The SDK truncates float seconds to nanoseconds, so 1.001 s arrives as 1.000999999; the nearest microsecond is
        # meant. Otherwise a deadline would fire a nanosecond before a message sent at that very instant.
        due = agenda.now + duration.seconds * 1_000_000_000 + (duration.nanos + 500) // 1000 * 1000
        run.timers[command.seq] = agenda.add(due, EVENT, self._fire_timer, run, command.seq)

    def _fire_timer(self, run: Run, seq: int) -> None:
        del run.timers[seq]
        self._core._statistics.timers_fired += 1
        sdk.add_fire_timer(self._core._jobs(run), seq)

    def cancel_timer(self, run: Run, command: Any) -> None:
        # Absent when it fired in this very activation and an update of the same instant made it pointless.
        entry = run.timers.pop(command.seq, None)
        if entry is not None:
            self._core._agenda.cancel(entry)

    def schedule_activity(self, run: Run, command: Any) -> None:
        execution = ActivityExecution(self._core, run, command, is_local=False)
        run.activities[execution.seq] = execution
        self._core._work.append((execution.begin, ()))

    def schedule_local_activity(self, run: Run, command: Any) -> None:
        execution = ActivityExecution(self._core, run, command, is_local=True)
        run.activities[execution.seq] = execution
        self._core._work.append((execution.begin, ()))

    def cancel_activity(self, run: Run, command: Any) -> None:
        execution = run.activities.get(command.seq)
        if execution is not None:
            execution.cancel()

    def update_response(self, run: Run, command: Any) -> None:
        update = run.updates_by_protocol[command.protocol_instance_id]
        if command.HasField("accepted"):
            update.accepted = True
            run.events += 1
            self._core._statistics.updates_accepted += 1
            for until_completed, waiter in update.waiters:
                if not until_completed:
                    self._core._wake(waiter)
            return
        if command.HasField("completed"):
            # A copy: the update is remembered for long, and a part keeps the whole completion it belongs to in memory.
            update.result = Payload()
            update.result.CopyFrom(command.completed)
        else:
            update.failure = command.rejected
            if not update.accepted:
                # A refusal leaves nothing: the id may be used again.
                self._core._statistics.updates_rejected += 1
                self._core._refusals += 1
                del run.updates[update.update_id]
                del run.updates_by_protocol[update.protocol_id]
        self._core._update_settled(run, update)

    def patch(self, run: Run, command: Any) -> None:
        run.patches[command.patch_id] = command.deprecated

    def search_attributes(self, run: Run, command: Any) -> None:
        fields = command.search_attributes.indexed_fields
        current = run.options.search_attributes
        for key in fields:
            if sdk.is_unset(fields[key]):
                current.pop(key, None)
            else:
                current[key] = fields[key]

    def memo(self, run: Run, command: Any) -> None:
        fields = command.upserted_memo.fields
        current = run.options.memo
        for key in fields:
            if sdk.is_null(fields[key]):
                current.pop(key, None)
            else:
                current[key] = fields[key]

    def start_child(self, run: Run, command: Any) -> None:
        if command.cron_schedule:
            raise UnsupportedCommandError("cron_schedule", run.workflow_id)
        child = Child(command.seq, command.workflow_id, command.workflow_type, command)
        run.children[child.seq] = child
        self._core._work.append((self._start_child, (run, child)))

    def _start_child(self, run: Run, child: Child) -> None:
        command = child.command
        if child.start_dropped or (not run.is_open and command.parent_close_policy != sdk.CLOSE_ABANDON):
            return
        existing = self._core._current.get(child.workflow_id)
        if existing is not None and not may_start(existing, command.workflow_id_reuse_policy):
            run.children.pop(child.seq, None)
            if run.is_open:
                sdk.add_child_already_started(
                    self._core._jobs(run, 2), child.seq, child.workflow_id, child.workflow_type
                )
            return
        if existing is not None and existing.is_open:
            self._core._endings.terminate(existing, "TerminateIfRunning WorkflowIdReusePolicy Policy")
        options = StartOptions(
            workflow_id=command.workflow_id,
            workflow_type=command.workflow_type,
            task_queue=command.task_queue,
            arguments=command.input,
            headers=dict(command.headers),
            memo=dict(command.memo),
            search_attributes=dict(command.search_attributes.indexed_fields),
            execution_timeout_ns=sdk.duration_ns(command, "workflow_execution_timeout"),
            run_timeout_ns=sdk.duration_ns(command, "workflow_run_timeout"),
            task_timeout_ns=sdk.duration_ns(command, "workflow_task_timeout") or 10_000_000_000,
            retry_policy=command.retry_policy if command.HasField("retry_policy") else None,
            priority=command.priority if command.HasField("priority") else None,
        )
        started = self._core._new_run(options)
        started.link = child.link = ParentLink(run, child.seq, command.parent_close_policy, command.cancellation_type)
        started.root = run.root or (run.workflow_id, run.run_id)
        child.run = started
        self._core._statistics.child_workflows += 1
        if run.is_open:
            run.open_children[child.workflow_id] = child
            sdk.add_child_started(self._core._jobs(run, 2), child.seq, started.run_id)
        self._core._launch(started)

    def cancel_child(self, run: Run, command: Any) -> None:
        child = run.children.get(command.child_workflow_seq)
        if child is None:
            return
        if child.run is None:
            # Not sent yet: the start itself is taken back.
            child.start_dropped = True
            del run.children[child.seq]
            failure = sdk.child_failure(
                "Child Workflow execution cancelled before scheduled",
                child.workflow_type,
                child.workflow_id,
                "",
                self._core.namespace,
                sdk.Retry.NON_RETRYABLE,
                sdk.cancelled_failure(),
            )
            sdk.add_child_start_cancelled(self._core._jobs(run, 0), child.seq, failure)
            return
        how = child.command.cancellation_type
        if how != sdk.CHILD_ABANDON:
            current = self._core._current[child.workflow_id]
            if current.is_open:
                self._core._request_cancel(current, command.reason)
        if how != sdk.CHILD_WAIT_COMPLETED:
            self._resolve_child_cancelled(run, child)

    def _resolve_child_cancelled(self, run: Run, child: Child) -> None:
        assert child.link is not None
        child.link.resolved = True
        run.children.pop(child.seq, None)
        failure = sdk.child_failure(
            "Child Workflow execution cancelled",
            child.workflow_type,
            child.workflow_id,
            child.run.run_id if child.run else "",
            self._core.namespace,
            sdk.Retry.NON_RETRYABLE,
            sdk.cancelled_failure(),
        )
        sdk.add_child_cancelled(self._core._jobs(run), child.seq, failure)

    def signal_external(self, run: Run, command: Any) -> None:
        self._core._work.append((self._signal_external, (run, command)))

    def _signal_external(self, run: Run, command: Any) -> None:
        target: Run | None
        if command.child_workflow_id:
            target = self._core._current.get(command.child_workflow_id)
        else:
            asked = command.workflow_execution
            target = self._core._runs.get(asked.run_id) if asked.run_id else self._core._current.get(asked.workflow_id)
            if target is not None and target.workflow_id != asked.workflow_id:
                target = None
        if target is None or not target.is_open:
            target_id = command.child_workflow_id or command.workflow_execution.workflow_id
            failure: Failure | None = sdk.application_failure(
                f"Unable to signal external workflow {target_id} because it was not found",
                "ExternalWorkflowExecutionNotFound",
            )
        else:
            failure = None
            self._core._signal(target, command.signal_name, command.args, command.headers)
        if run.is_open:
            sdk.add_external_signal_resolved(self._core._jobs(run), command.seq, failure)

    def cancel_signal(self, run: Run, command: Any) -> None:
        for position, (fn, args) in enumerate(self._core._work):
            if fn == self._signal_external and args[0] is run and args[1].seq == command.seq:
                del self._core._work[position]
                failure = sdk.cancelled_failure("Signal was cancelled before being sent")
                sdk.add_external_signal_resolved(self._core._jobs(run, 0), command.seq, failure)
                return

    def cancel_external(self, run: Run, command: Any) -> None:
        self._core._work.append((self._cancel_external, (run, command)))

    def _cancel_external(self, run: Run, command: Any) -> None:
        asked = command.workflow_execution
        target = self._core._runs.get(asked.run_id) if asked.run_id else self._core._current.get(asked.workflow_id)
        failure: Failure | None = None
        if target is None or target.workflow_id != asked.workflow_id or not target.is_open:
            failure = sdk.application_failure(
                f"Unable to cancel external workflow {asked.workflow_id} because it was not found",
                "ExternalWorkflowExecutionNotFound",
            )
        else:
            self._core._request_cancel(target, command.reason)
        if run.is_open:
            sdk.add_external_cancel_resolved(self._core._jobs(run), command.seq, failure)
