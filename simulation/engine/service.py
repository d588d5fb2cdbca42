"""Why: the few server calls Temporal's client makes, answered in process by the engine.

Each method below is one RPC of the workflow service; every other RPC raises NotImplementedError with its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import temporalio.api.errordetails.v1 as details_pb
import temporalio.api.workflowservice.v1 as pb
from google.protobuf.any_pb2 import Any as AnyMessage
from temporalio.api.common.v1 import GrpcStatus
from temporalio.api.failure.v1 import Failure, MultiOperationExecutionAborted
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from simulation.engine import sdk
from simulation.engine.errors import UnsupportedCommandError
from simulation.engine.runs import Run, StartOptions, Update, Waiter, may_start, not_found
from simulation.engine.visibility import Filter, WorkflowView, execution_info

if TYPE_CHECKING:
    from simulation.engine.activities import ActivityExecution
    from simulation.engine.engine import Engine

Status = WorkflowExecutionStatus

CONFLICT_FAIL, CONFLICT_USE_EXISTING, CONFLICT_TERMINATE = 1, 2, 3
REUSE_TERMINATE_IF_RUNNING = 4
CLOSE_EVENT = 2
STAGE_ACCEPTED, STAGE_COMPLETED = 2, 3


class Service:
    """Answers RPCs against one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._methods: dict[str, Callable[[Any], Any]] = {
            name: getattr(self, name)
            for name in dir(self)
            if not name.startswith("_") and name != "answer" and callable(getattr(self, name))
        }

    async def answer(self, service: str, rpc: str, request: Any) -> Any:
        """Dispatch one call. Raises NotImplementedError naming an RPC that is not modelled."""
        method = self._methods.get(rpc) if service == "workflow" else None
        if method is None:
            raise NotImplementedError(f"the engine does not answer {service}.{rpc}")
        return await method(request)

    # --- starting -----------------------------------------------------------------------------------------------------

    def _options(self, request: Any) -> StartOptions:
        if request.cron_schedule:
            raise UnsupportedCommandError("cron_schedule", request.workflow_id)
        return StartOptions(
            workflow_id=request.workflow_id,
            workflow_type=request.workflow_type.name,
            task_queue=request.task_queue.name or self._engine.task_queue,
            arguments=request.input.payloads,
            headers=dict(request.header.fields),
            memo=dict(request.memo.fields),
            search_attributes=dict(request.search_attributes.indexed_fields),
            execution_timeout_ns=sdk.duration_ns(request, "workflow_execution_timeout"),
            run_timeout_ns=sdk.duration_ns(request, "workflow_run_timeout"),
            task_timeout_ns=sdk.duration_ns(request, "workflow_task_timeout") or 10_000_000_000,
            retry_policy=request.retry_policy if request.HasField("retry_policy") else None,
            priority=request.priority if request.HasField("priority") else None,
            user_metadata=request.user_metadata if request.HasField("user_metadata") else None,
            start_delay_ns=sdk.duration_ns(request, "workflow_start_delay"),
        )

    def _start(self, request: Any, default_conflict: int) -> tuple[Run, bool]:
        """The run and whether it was started by this call."""
        engine = self._engine
        existing = engine._current.get(request.workflow_id)
        if existing is not None:
            conflict = request.workflow_id_conflict_policy or default_conflict
            if existing.is_open:
                if conflict == CONFLICT_USE_EXISTING:
                    return existing, False
                if conflict != CONFLICT_TERMINATE and request.workflow_id_reuse_policy != REUSE_TERMINATE_IF_RUNNING:
                    raise _already_started(existing)
            elif not may_start(existing, request.workflow_id_reuse_policy):
                raise _already_started(existing)
        options = self._options(request)
        engine._definition(options.workflow_type)  # an unknown type must not end the running one
        if existing is not None and existing.is_open:
            engine._endings.terminate(existing, "TerminateIfRunning WorkflowIdReusePolicy Policy")
        return engine._start_workflow(options), True

    async def start_workflow_execution(self, request: Any) -> Any:
        run, started = self._start(request, CONFLICT_FAIL)
        return pb.StartWorkflowExecutionResponse(
            run_id=run.run_id, first_execution_run_id=run.first_run_id, started=started
        )

    async def signal_with_start_workflow_execution(self, request: Any) -> Any:
        run, started = self._start(request, CONFLICT_USE_EXISTING)
        self._engine._signal(
            run, request.signal_name, request.signal_input.payloads, request.header.fields, with_start=started
        )
        return pb.SignalWithStartWorkflowExecutionResponse(
            run_id=run.run_id, first_execution_run_id=run.first_run_id, started=started
        )

    async def execute_multi_operation(self, request: Any) -> Any:
        """Update-with-start: start (or use the existing run), then update."""
        try:
            start, update = request.operations[0].start_workflow, request.operations[1].update_workflow
            try:
                run, started = self._start(start, CONFLICT_FAIL)
            except RPCError as error:
                raise _multi_failed(error, 0) from None
            try:
                answer = await self._update(run, update)
            except RPCError as error:
                raise _multi_failed(error, 1) from None
        except IndexError:
            raise NotImplementedError("execute_multi_operation other than update-with-start") from None
        response = pb.ExecuteMultiOperationResponse()
        response.responses.add().start_workflow.CopyFrom(
            pb.StartWorkflowExecutionResponse(
                run_id=run.run_id, first_execution_run_id=run.first_run_id, started=started
            )
        )
        response.responses.add().update_workflow.CopyFrom(answer)
        return response

    # --- talking to runs ----------------------------------------------------------------------------------------------

    async def signal_workflow_execution(self, request: Any) -> Any:
        execution = request.workflow_execution
        run = self._engine._open(execution.workflow_id, execution.run_id)
        self._engine._signal(run, request.signal_name, request.input.payloads, request.header.fields)
        return pb.SignalWorkflowExecutionResponse()

    async def request_cancel_workflow_execution(self, request: Any) -> Any:
        execution = request.workflow_execution
        run = self._engine._open(execution.workflow_id, execution.run_id, request.first_execution_run_id)
        self._engine._request_cancel(run, request.reason)
        return pb.RequestCancelWorkflowExecutionResponse()

    async def terminate_workflow_execution(self, request: Any) -> Any:
        execution = request.workflow_execution
        run = self._engine._open(execution.workflow_id, execution.run_id, request.first_execution_run_id)
        self._engine._endings.terminate(run, request.reason)
        if run.failure is not None and run.failure.message == request.reason:
            run.termination_details = request.details if request.HasField("details") else None
        return pb.TerminateWorkflowExecutionResponse()

    async def query_workflow(self, request: Any) -> Any:
        run = self._engine._find(request.execution.workflow_id, request.execution.run_id)
        rejected = (request.query_reject_condition == 2 and not run.is_open) or (
            request.query_reject_condition == 3 and not run.is_open and run.status is not Status.COMPLETED
        )
        response = pb.QueryWorkflowResponse()
        if rejected:
            response.query_rejected.status = int(run.status)  # type: ignore[assignment]
            return response
        query = request.query
        payload = self._engine._query(run, query.query_type, query.query_args.payloads, query.header.fields)
        response.query_result.payloads.append(payload)
        return response

    async def _update(self, run: Run, request: Any) -> Any:
        engine = self._engine
        asked = request.request
        update = engine._admit_update(
            run, asked.input.name, asked.meta.update_id, asked.input.args.payloads, asked.input.header.fields
        )
        stage = request.wait_policy.lifecycle_stage
        if stage < STAGE_ACCEPTED:
            raise NotImplementedError("start_update waiting for the stage ADMITTED")
        await self._await_update(update, stage == STAGE_COMPLETED)
        response = pb.UpdateWorkflowExecutionResponse(stage=STAGE_ACCEPTED)  # type: ignore[arg-type]
        response.update_ref.workflow_execution.workflow_id = run.workflow_id
        response.update_ref.workflow_execution.run_id = update.run.run_id
        response.update_ref.update_id = update.update_id
        if update.settled:
            response.stage = STAGE_COMPLETED  # type: ignore[assignment]
            _fill_outcome(response.outcome, update)
        return response

    async def _await_update(self, update: Update, until_completed: bool) -> None:
        if not update.settled and (until_completed or not update.accepted):
            waiter = Waiter(f"update {update.name} ({update.update_id}) of workflow {update.run.workflow_id}")
            entry = (until_completed, waiter)
            update.waiters.append(entry)
            try:
                await self._engine._wait(waiter)
            finally:
                if entry in update.waiters:
                    update.waiters.remove(entry)
        if update.run.broken is not None and not update.settled:
            raise update.run.broken
        if update.gone:
            raise not_found("workflow execution already completed")

    async def update_workflow_execution(self, request: Any) -> Any:
        execution = request.workflow_execution
        run = self._engine._find(execution.workflow_id, execution.run_id, request.first_execution_run_id)
        return await self._update(run, request)

    async def poll_workflow_execution_update(self, request: Any) -> Any:
        reference = request.update_ref
        execution = reference.workflow_execution
        run = self._engine._find(execution.workflow_id, execution.run_id)
        update = run.updates.get(reference.update_id)
        if update is None:
            raise not_found(f"update {reference.update_id!r} not found")
        await self._await_update(update, True)
        response = pb.PollWorkflowExecutionUpdateResponse()
        _fill_outcome(response.outcome, update)
        return response

    # --- looking ------------------------------------------------------------------------------------------------------

    async def get_workflow_execution_history(self, request: Any) -> Any:
        if request.history_event_filter_type != CLOSE_EVENT or not request.wait_new_event:
            raise NotImplementedError("fetch_history: the engine keeps recordings, not histories (Engine(record=True))")
        run = self._engine._find(request.execution.workflow_id, request.execution.run_id)
        if run.is_open and run.broken is None:
            waiter = Waiter(f"the result of workflow {run.workflow_id}")
            run.waiters.append(waiter)
            try:
                await self._engine._wait(waiter)
            finally:
                if waiter in run.waiters:
                    run.waiters.remove(waiter)
        if run.broken is not None:
            raise run.broken
        response = pb.GetWorkflowExecutionHistoryResponse()
        _close_event(response.history.events.add(), run)
        return response

    async def describe_workflow_execution(self, request: Any) -> Any:
        run = self._engine._find(request.execution.workflow_id, request.execution.run_id)
        response = pb.DescribeWorkflowExecutionResponse(workflow_execution_info=execution_info(run))
        response.execution_config.task_queue.name = run.options.task_queue
        if run.options.user_metadata is not None:
            response.execution_config.user_metadata.CopyFrom(run.options.user_metadata)
        for execution in run.activities.values():
            pending = response.pending_activities.add()
            pending.activity_id = execution.command.activity_id
            pending.activity_type.name = execution.command.activity_type
            pending.attempt = execution.attempt
        for child in run.open_children.values():
            shown = response.pending_children.add()
            shown.workflow_id = child.workflow_id
            shown.workflow_type_name = child.workflow_type
            shown.run_id = child.run.run_id if child.run else ""
        return response

    async def list_workflow_executions(self, request: Any) -> Any:
        keep = Filter(request.query)
        skip = int(request.next_page_token or b"0")
        size = request.page_size or 1000
        found = [run for run in reversed(self._engine._runs.values()) if keep(WorkflowView(run))]
        response = pb.ListWorkflowExecutionsResponse(
            executions=[execution_info(run) for run in found[skip : skip + size]]
        )
        if skip + size < len(found):
            response.next_page_token = str(skip + size).encode()
        return response

    async def count_workflow_executions(self, request: Any) -> Any:
        keep = Filter(request.query)
        return pb.CountWorkflowExecutionsResponse(
            count=sum(1 for run in self._engine._runs.values() if keep(WorkflowView(run)))
        )

    # --- asynchronous completion of activities ------------------------------------------------------------------------

    def _by_token(self, token: bytes) -> ActivityExecution:
        execution = self._engine._activity_tokens.get(token)
        if execution is None or not execution.waiting_async:
            raise not_found("activity not found or already completed")
        return execution

    def _by_id(self, request: Any) -> ActivityExecution:
        run = self._engine._find(request.workflow_id, request.run_id)
        for execution in run.activities.values():
            if execution.command.activity_id == request.activity_id and execution.waiting_async:
                return execution
        raise not_found("activity not found or already completed")

    async def respond_activity_task_completed(self, request: Any) -> Any:
        _complete_async(self._by_token(request.task_token), request)
        return pb.RespondActivityTaskCompletedResponse()

    async def respond_activity_task_completed_by_id(self, request: Any) -> Any:
        _complete_async(self._by_id(request), request)
        return pb.RespondActivityTaskCompletedByIdResponse()

    async def respond_activity_task_failed(self, request: Any) -> Any:
        self._by_token(request.task_token).failed(request.failure)
        return pb.RespondActivityTaskFailedResponse()

    async def respond_activity_task_failed_by_id(self, request: Any) -> Any:
        self._by_id(request).failed(request.failure)
        return pb.RespondActivityTaskFailedByIdResponse()


def _complete_async(execution: ActivityExecution, request: Any) -> None:
    payloads = request.result.payloads
    execution.completed(payloads[0] if payloads else execution.codec.payloads.to_payload(None))


def _fill_outcome(outcome: Any, update: Update) -> None:
    if update.failure is not None:
        outcome.failure.CopyFrom(update.failure)
    elif update.result is not None:
        outcome.success.payloads.append(update.result)


def _close_event(event: Any, run: Run) -> None:
    """The last event of a closed run's history, as the client reads results from it."""
    following = run.next_run.run_id if run.next_run is not None else ""
    match run.status:
        case Status.COMPLETED:
            completed = event.workflow_execution_completed_event_attributes
            completed.SetInParent()
            if run.result is not None:
                completed.result.payloads.append(run.result)
        case Status.FAILED:
            failed = event.workflow_execution_failed_event_attributes
            failed.failure.CopyFrom(run.failure or Failure())
            failed.new_execution_run_id = following
        case Status.CANCELED:
            event.workflow_execution_canceled_event_attributes.SetInParent()
        case Status.TERMINATED:
            terminated = event.workflow_execution_terminated_event_attributes
            terminated.reason = run.failure.message if run.failure is not None else ""
            if run.termination_details is not None:
                terminated.details.CopyFrom(run.termination_details)
        case Status.TIMED_OUT:
            timed_out = event.workflow_execution_timed_out_event_attributes
            timed_out.SetInParent()
            timed_out.new_execution_run_id = following
        case Status.CONTINUED_AS_NEW:
            event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id = following
        case _:
            raise AssertionError(f"{run!r} has not closed")


def _already_started(run: Run) -> RPCError:
    details = details_pb.WorkflowExecutionAlreadyStartedFailure(run_id=run.run_id)
    if "first_execution_run_id" in details.DESCRIPTOR.fields_by_name:
        details.first_execution_run_id = run.first_run_id
    packed = AnyMessage()
    packed.Pack(details)
    message = "Workflow execution already started"
    status = GrpcStatus(code=int(RPCStatusCode.ALREADY_EXISTS), message=message, details=[packed])
    return RPCError(message, RPCStatusCode.ALREADY_EXISTS, status.SerializeToString())


def _multi_failed(error: RPCError, operation: int) -> RPCError:
    """How a server reports that one half of update-with-start failed."""
    details = details_pb.MultiOperationExecutionFailure()
    for number in range(2):
        status = details.statuses.add()
        if number == operation:
            status.code = int(error.status)
            status.message = error.message
            status.details.extend(error.grpc_status.details)
        else:
            status.code = int(RPCStatusCode.ABORTED)
            status.message = "Operation was aborted."
            status.details.add().Pack(MultiOperationExecutionAborted())
    packed = AnyMessage()
    packed.Pack(details)
    whole = GrpcStatus(code=int(error.status), message=error.message, details=[packed])
    return RPCError(error.message, error.status, whole.SerializeToString())
