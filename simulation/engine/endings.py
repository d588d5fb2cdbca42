"""Why: how runs end and what follows them: results, failures, timeouts, retries, continue-as-new, and what a closing
parent means for its children and a closing child for its parent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowExecutionStatus

from simulation.engine import sdk
from simulation.engine.runs import Child, Run, StartOptions

if TYPE_CHECKING:
    from simulation.engine.core import Core

Status = WorkflowExecutionStatus

CHAIN_CONTINUE, CHAIN_RETRY = 1, 2
"""Temporal's numbers for why one run follows another (continue-as-new, retry)."""


class Endings:
    """Closes runs, for one engine."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.handlers: dict[str, Callable[[Run, Any], None]] = {
            "complete_workflow_execution": self.complete,
            "fail_workflow_execution": self.fail,
            "cancel_workflow_execution": self.cancelled,
            "continue_as_new_workflow_execution": self.continue_as_new,
        }

    def _report_to_parent(self, run: Run) -> None:
        link = run.link
        if link is None:
            return
        parent = link.run
        parent.open_children.pop(run.workflow_id, None)
        if link.resolved or not parent.is_open or parent.broken is not None:
            return
        link.resolved = True
        parent.children.pop(link.seq, None)
        if run.status is Status.COMPLETED:
            sdk.add_child_completed(self._core._jobs(parent), link.seq, run.result)
            return
        retry_state = sdk.Retry.NOT_SET
        if run.status is Status.FAILED:
            assert run.failure is not None
            cause, message = run.failure, "Child Workflow execution failed"
        elif run.status is Status.CANCELED:
            cause, message = sdk.cancelled_failure(), "Child Workflow execution cancelled"
        elif run.status is Status.TIMED_OUT:
            cause = sdk.timeout_failure("Timeout", sdk.TIMEOUT_START_TO_CLOSE)
            message = "Child Workflow execution timed out"
            retry_state = sdk.Retry.TIMEOUT
        else:
            cause = sdk.terminated_failure(run.failure.message if run.failure else "")
            message = "Child Workflow execution terminated"
        failure = sdk.child_failure(
            message, run.workflow_type, run.workflow_id, run.run_id, self._core.namespace, retry_state, cause
        )
        if run.status is Status.CANCELED:
            sdk.add_child_cancelled(self._core._jobs(parent), link.seq, failure)
        else:
            sdk.add_child_failed(self._core._jobs(parent), link.seq, failure)

    def complete(self, run: Run, command: Any) -> None:
        run.result = command.result
        self._close(run, Status.COMPLETED)

    def fail(self, run: Run, command: Any) -> None:
        run.failure = command.failure
        self._close(run, Status.FAILED, retry_after=command.failure)

    def cancelled(self, run: Run, command: Any) -> None:
        del command
        self._close(run, Status.CANCELED)

    def terminate(self, run: Run, reason: str) -> None:
        run.failure = sdk.terminated_failure(reason)
        self._close(run, Status.TERMINATED)

    def timed_out(self, run: Run) -> None:
        if run.is_open:
            failure = sdk.timeout_failure("Workflow timed out", sdk.TIMEOUT_START_TO_CLOSE)
            chain_over = run.chain_deadline_ns is not None and self._core._agenda.now >= run.chain_deadline_ns
            self._close(run, Status.TIMED_OUT, retry_after=None if chain_over else failure)

    def continue_as_new(self, run: Run, command: Any) -> None:
        old = run.options
        options = StartOptions(
            workflow_id=old.workflow_id,
            workflow_type=command.workflow_type or old.workflow_type,
            task_queue=command.task_queue or old.task_queue,
            arguments=command.arguments,
            headers=dict(command.headers),
            memo=dict(command.memo or old.memo),
            search_attributes=dict(command.search_attributes.indexed_fields or old.search_attributes),
            execution_timeout_ns=old.execution_timeout_ns,
            run_timeout_ns=sdk.duration_ns(command, "workflow_run_timeout") or old.run_timeout_ns,
            task_timeout_ns=sdk.duration_ns(command, "workflow_task_timeout") or old.task_timeout_ns,
            retry_policy=command.retry_policy if command.HasField("retry_policy") else old.retry_policy,
            priority=old.priority,
            user_metadata=old.user_metadata,
        )
        following = self._core._new_run(options, run)
        following.continued_initiator = CHAIN_CONTINUE
        # Messages that came too late for this run belong to the chain: the next run gets them.
        leftovers, run.pending = run.pending, None
        for update in [each for each in run.updates.values() if not each.accepted and not each.settled]:
            del run.updates[update.update_id], run.updates_by_protocol[update.protocol_id]
            following.updates[update.update_id] = following.updates_by_protocol[update.protocol_id] = update
            update.run = following
        self._finish(run, Status.CONTINUED_AS_NEW)
        run.pending = None
        self._follow(run, following)
        self._core._launch(following, sdk.duration_ns(command, "backoff_start_interval"))
        if leftovers is not None and following.pending is not None:
            for job in leftovers.jobs:
                if job.HasField("signal_workflow") or job.HasField("do_update"):
                    following.pending.jobs.append(job)

    def _follow(self, run: Run, following: Run) -> None:
        """The same child, as its parent sees it."""
        if following.link is not None:
            child = following.link.run.open_children.get(run.workflow_id)
            if child is not None and child.link is following.link:
                child.run = following

    def _close(self, run: Run, status: WorkflowExecutionStatus, retry_after: Failure | None = None) -> None:
        following = None
        delay = None
        if retry_after is not None and run.options.retry_policy is not None:
            left = None if run.chain_deadline_ns is None else run.chain_deadline_ns - self._core._agenda.now
            delay, _ = sdk.Retry(run.options.retry_policy).after(retry_after, run.attempt, left)
        if delay is not None:
            options = run.options
            options = StartOptions(
                **{
                    name: getattr(options, name)
                    for name in StartOptions.__slots__
                    if name not in ("memo", "search_attributes", "start_delay_ns")
                },
                memo=dict(options.memo),
                search_attributes=dict(options.search_attributes),
            )
            following = self._core._new_run(options, run)
            following.attempt = run.attempt + 1
            following.continued_initiator = CHAIN_RETRY
            following.continued_failure = retry_after
            following.last_result = run.last_result
        self._finish(run, status)
        if following is not None:
            self._follow(run, following)
            self._core._launch(following, delay or 0)
        else:
            self._report_to_parent(run)

    def _finish(self, run: Run, status: WorkflowExecutionStatus) -> None:
        """Everything that ends with a run, whatever follows it."""
        agenda = self._core._agenda
        run.status = status
        run.close_ns = agenda.now
        run.events += 1
        for entry in run.timers.values():
            agenda.cancel(entry)
        run.timers.clear()
        for entry in run.timeout_entries:
            agenda.cancel(entry)
        run.timeout_entries.clear()
        for execution in list(run.activities.values()):
            execution.abandon()
        self._core._evict(run)
        for child in list(run.open_children.values()):
            self._parent_closed(child)
        run.open_children.clear()
        run.children.clear()
        for update in list(run.updates.values()):
            if not update.settled:
                if update.accepted:
                    update.failure = sdk.application_failure(
                        "Workflow Update failed because the Workflow completed before the Update completed.",
                        "AcceptedUpdateCompletedWorkflow",
                    )
                else:
                    update.gone = True
                self._core._update_settled(run, update)
        for waiter in run.waiters:
            self._core._wake(waiter)
        run.waiters.clear()

    def _parent_closed(self, child: Child) -> None:
        run = self._core._current.get(child.workflow_id)
        if run is None or not run.is_open or run.link is not child.link or child.link is None:
            return
        child.link.resolved = True
        policy = child.link.close_policy
        if policy == sdk.CLOSE_ABANDON:
            return
        if policy == sdk.CLOSE_REQUEST_CANCEL:
            self._core._request_cancel(run, "by parent close policy")
        else:
            self.terminate(run, "by parent close policy")
