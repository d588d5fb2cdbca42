"""Why: the only module that touches the SDK's private parts (bridge protobufs, activity context, service client).

Everything else in the engine talks in the functions below, so that a new SDK version breaks one file, and
`tests/engine/test_sdk_contract.py` says which name or field went. Pinned to temporalio 1.35.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar, Token
from datetime import UTC, timedelta
from functools import cached_property
from typing import Any, NoReturn

import temporalio.activity
import temporalio.api.common.v1 as common_pb
import temporalio.api.enums.v1 as enums_pb
import temporalio.api.failure.v1 as failure_pb
import temporalio.bridge.proto.activity_result as activity_result_pb
import temporalio.bridge.proto.child_workflow as child_workflow_pb
import temporalio.bridge.proto.workflow_activation as activation_pb
import temporalio.bridge.proto.workflow_commands as commands_pb
import temporalio.bridge.proto.workflow_completion as completion_pb
import temporalio.common
import temporalio.converter
import temporalio.exceptions
import temporalio.service
import temporalio.workflow
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.worker import (
    UnsandboxedWorkflowRunner,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)

SUPPORTED_SDK = "1.35."
UNSET: Any = temporalio.common._arg_unset
"""The client's mark for an argument that was not given."""

Activation = activation_pb.WorkflowActivation
Completion = completion_pb.WorkflowActivationCompletion
Command = commands_pb.WorkflowCommand
InitializeWorkflow = activation_pb.InitializeWorkflow
WorkflowDefinition = temporalio.workflow._Definition
ActivityDefinition = temporalio.activity._Definition
UpdateDefinition = temporalio.workflow._UpdateDefinition

TRY_CANCEL = int(commands_pb.ActivityCancellationType.TRY_CANCEL)
WAIT_CANCELLATION_COMPLETED = int(commands_pb.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
ABANDON = int(commands_pb.ActivityCancellationType.ABANDON)

CHILD_ABANDON = int(child_workflow_pb.ChildWorkflowCancellationType.ABANDON)
CHILD_TRY_CANCEL = int(child_workflow_pb.ChildWorkflowCancellationType.TRY_CANCEL)
CHILD_WAIT_COMPLETED = int(child_workflow_pb.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
CHILD_WAIT_REQUESTED = int(child_workflow_pb.ChildWorkflowCancellationType.WAIT_CANCELLATION_REQUESTED)

ALREADY_EXISTS = child_workflow_pb.StartChildWorkflowExecutionFailedCause.Value(
    "START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS"
)
CLOSE_ABANDON = int(child_workflow_pb.ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
CLOSE_REQUEST_CANCEL = int(child_workflow_pb.ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)

USED_FIELDS: dict[type[Message], str] = {
    activation_pb.WorkflowActivation: "run_id timestamp is_replaying history_length history_size_bytes "
    "continue_as_new_suggested available_internal_flags jobs",
    activation_pb.WorkflowActivationJob: "initialize_workflow fire_timer query_workflow cancel_workflow "
    "signal_workflow resolve_activity notify_has_patch resolve_child_workflow_execution_start "
    "resolve_child_workflow_execution resolve_signal_external_workflow resolve_request_cancel_external_workflow "
    "do_update remove_from_cache",
    activation_pb.InitializeWorkflow: "workflow_type workflow_id arguments randomness_seed headers "
    "parent_workflow_info workflow_execution_timeout workflow_run_timeout workflow_task_timeout "
    "continued_from_execution_run_id continued_initiator continued_failure last_completion_result "
    "first_execution_run_id retry_policy attempt cron_schedule memo search_attributes start_time root_workflow "
    "priority original_execution_run_id",
    activation_pb.DoUpdate: "id protocol_instance_id name input headers run_validator",
    activation_pb.SignalWorkflow: "signal_name input headers originating_event_id",
    activation_pb.QueryWorkflow: "query_id query_type arguments headers",
    activation_pb.ResolveActivity: "seq result is_local",
    completion_pb.WorkflowActivationCompletion: "successful failed",
    completion_pb.Success: "commands used_internal_flags",
    commands_pb.WorkflowCommand: "start_timer schedule_activity respond_to_query request_cancel_activity cancel_timer "
    "complete_workflow_execution fail_workflow_execution continue_as_new_workflow_execution cancel_workflow_execution "
    "set_patch_marker start_child_workflow_execution cancel_child_workflow_execution "
    "request_cancel_external_workflow_execution signal_external_workflow_execution cancel_signal_workflow "
    "schedule_local_activity request_cancel_local_activity upsert_workflow_search_attributes "
    "modify_workflow_properties update_response schedule_nexus_operation request_cancel_nexus_operation",
    commands_pb.ScheduleActivity: "seq activity_id activity_type task_queue arguments schedule_to_close_timeout "
    "schedule_to_start_timeout start_to_close_timeout heartbeat_timeout retry_policy cancellation_type priority",
    commands_pb.ScheduleLocalActivity: "seq activity_id activity_type arguments schedule_to_close_timeout "
    "start_to_close_timeout retry_policy cancellation_type",
    commands_pb.StartChildWorkflowExecution: "seq workflow_id workflow_type task_queue input "
    "workflow_execution_timeout workflow_run_timeout workflow_task_timeout parent_close_policy "
    "workflow_id_reuse_policy retry_policy cron_schedule headers memo search_attributes cancellation_type priority",
    commands_pb.CancelChildWorkflowExecution: "child_workflow_seq reason",
    commands_pb.SignalExternalWorkflowExecution: "seq workflow_execution child_workflow_id signal_name args headers",
    commands_pb.RequestCancelExternalWorkflowExecution: "seq workflow_execution reason",
    commands_pb.ContinueAsNewWorkflowExecution: "workflow_type task_queue arguments workflow_run_timeout "
    "workflow_task_timeout memo headers search_attributes retry_policy backoff_start_interval",
    commands_pb.UpdateResponse: "protocol_instance_id accepted rejected completed",
    commands_pb.QueryResult: "query_id succeeded failed",
    commands_pb.StartTimer: "seq start_to_fire_timeout",
    commands_pb.CancelTimer: "seq",
    activity_result_pb.ActivityResolution: "completed failed cancelled",
    child_workflow_pb.ChildWorkflowResult: "completed failed cancelled",
}
"""Protobuf fields the engine reads or writes, by message; the contract test checks each."""

KNOWN_COMMANDS = frozenset(each.name for each in Command.DESCRIPTOR.oneofs_by_name["variant"].fields)


# --- converters -------------------------------------------------------------------------------------------------------


class Codec:
    """The data converter's synchronous half: values to payloads and back, exceptions to failures and back."""

    def __init__(self, data_converter: temporalio.converter.DataConverter, namespace: str) -> None:
        self.data_converter = data_converter
        self.namespace = namespace
        self.new_payload_converter: Callable[[], temporalio.converter.PayloadConverter] = (
            data_converter._new_payload_converter
        )
        self.payloads = data_converter.payload_converter
        self.failures = data_converter.failure_converter
        probe = temporalio.converter.WorkflowSerializationContext(namespace=namespace, workflow_id="probe")
        # Composite converters always offer `with_context`; they return themselves when no part of them cares.
        self.context_aware = any(
            isinstance(each, temporalio.converter.WithSerializationContext) and each.with_context(probe) is not each
            for each in (self.payloads, self.failures)
        )

    @cached_property
    def nothing(self) -> Payload:
        """What None is encoded as, which is all that most activities return. Copied wherever it goes."""
        return self.payloads.to_payload(None)

    def for_workflow(self, workflow_id: str) -> temporalio.converter.PayloadConverter:
        """Payload converter for values that belong to one workflow."""
        if not self.context_aware:
            return self.payloads
        context = temporalio.converter.WorkflowSerializationContext(namespace=self.namespace, workflow_id=workflow_id)
        return self.data_converter.with_context(context).payload_converter

    def for_activity(self, context: temporalio.converter.ActivitySerializationContext) -> Codec:
        """Codec for values that belong to one activity; the same object when the converters do not care."""
        if not self.context_aware:
            return self
        return Codec(self.data_converter.with_context(context), self.namespace)

    def failure(self, error: BaseException) -> Failure:
        """An exception as a failure message."""
        failure = Failure()
        self.failures.to_failure(error, self.payloads, failure)
        return failure

    def exception(self, failure: Failure) -> BaseException:
        """A failure message as an exception, causes included."""
        return self.failures.from_failure(failure, self.payloads)


# --- instances --------------------------------------------------------------------------------------------------------


class Instances:
    """Creates SDK workflow instances the way the SDK's own worker does; the running loop is saved and restored."""

    def __init__(
        self,
        runner: WorkflowRunner | None,
        codec: Codec,
        failure_exception_types: Sequence[type[BaseException]],
        interceptor_classes: Sequence[type],
        known_activities: Callable[[str], bool],
    ) -> None:
        self._plain = UnsandboxedWorkflowRunner()
        self._runner = runner or self._plain
        self._codec = codec
        self._failure_types = list(failure_exception_types)
        self._interceptors = list(interceptor_classes)
        self._runner.set_worker_level_failure_exception_types(self._failure_types)

        def assert_local_activity_valid(name: str) -> None:
            if not known_activities(name):
                raise ValueError(f"Activity function {name} is not registered on this engine")

        self._externs: Mapping[str, Callable[..., Any]] = {
            "__temporal_get_metric_meter": lambda: temporalio.common.MetricMeter.noop,
            "__temporal_assert_local_activity_valid": assert_local_activity_valid,
        }

    def prepare(self, definition: WorkflowDefinition) -> None:
        """Let the runner validate a definition once (a sandbox imports its module here)."""
        saved = asyncio._get_running_loop()
        try:
            if saved is None:
                # Without a loop the sandbox cannot build its trial instance; lend it one that never runs.
                loop = asyncio.new_event_loop()
                asyncio._set_running_loop(loop)
                try:
                    self._pick(definition).prepare_workflow(definition)
                finally:
                    asyncio._set_running_loop(None)
                    loop.close()
            else:
                self._pick(definition).prepare_workflow(definition)
        finally:
            asyncio._set_running_loop(saved)

    def _pick(self, definition: WorkflowDefinition) -> WorkflowRunner:
        return self._runner if definition.sandboxed else self._plain

    def create(self, definition: WorkflowDefinition, activation: Activation, task_queue: str) -> WorkflowInstance:
        """A fresh instance from the activation that carries its `initialize_workflow` job."""
        init = next(job.initialize_workflow for job in activation.jobs if job.HasField("initialize_workflow"))
        saved = asyncio._get_running_loop()
        parent = root = None
        if init.HasField("parent_workflow_info"):
            parent = temporalio.workflow.ParentInfo(
                namespace=init.parent_workflow_info.namespace,
                run_id=init.parent_workflow_info.run_id,
                workflow_id=init.parent_workflow_info.workflow_id,
            )
        if init.HasField("root_workflow"):
            root = temporalio.workflow.RootInfo(
                run_id=init.root_workflow.run_id, workflow_id=init.root_workflow.workflow_id
            )
        info = temporalio.workflow.Info(
            attempt=init.attempt,
            continued_run_id=init.continued_from_execution_run_id or None,
            cron_schedule=init.cron_schedule or None,
            execution_timeout=optional_delta(init, "workflow_execution_timeout"),
            first_execution_run_id=init.first_execution_run_id,
            headers=dict(init.headers),
            namespace=self._codec.namespace,
            original_execution_run_id=init.original_execution_run_id or activation.run_id,
            parent=parent,
            root=root,
            raw_memo=dict(init.memo.fields),
            retry_policy=temporalio.common.RetryPolicy.from_proto(init.retry_policy)
            if init.HasField("retry_policy")
            else None,
            run_id=activation.run_id,
            run_timeout=optional_delta(init, "workflow_run_timeout"),
            search_attributes=temporalio.converter.decode_search_attributes(init.search_attributes),
            start_time=activation.timestamp.ToDatetime(UTC),
            workflow_start_time=init.start_time.ToDatetime(UTC),
            task_queue=task_queue,
            task_timeout=init.workflow_task_timeout.ToTimedelta(),
            typed_search_attributes=temporalio.converter.decode_typed_search_attributes(init.search_attributes),
            workflow_id=init.workflow_id,
            workflow_type=init.workflow_type,
            priority=temporalio.common.Priority._from_proto(init.priority),
        )
        details = WorkflowInstanceDetails(
            payload_converter_factory=self._codec.new_payload_converter,
            failure_converter_class=self._codec.data_converter.failure_converter_class,
            interceptor_classes=self._interceptors,
            defn=definition,
            info=info,
            randomness_seed=init.randomness_seed,
            extern_functions=self._externs,
            disable_eager_activity_execution=False,
            worker_level_failure_exception_types=self._failure_types,
            patch_activation_callback=None,
            last_completion_result=init.last_completion_result,
            last_failure=init.continued_failure if init.HasField("continued_failure") else None,
        )
        try:
            with LoopLoan():
                return self._pick(definition).create_instance(details)
        finally:
            asyncio._set_running_loop(saved)


def activate(instance: WorkflowInstance, activation: Activation) -> Completion:
    """One activation; restores the running loop, which the SDK leaves unset."""
    saved = asyncio._get_running_loop()
    try:
        return instance.activate(activation)
    finally:
        asyncio._set_running_loop(saved)


def evict(instance: WorkflowInstance, run_id: str) -> None:
    """Tear an instance down so that its tasks and coroutines do not leak."""
    activation = Activation(run_id=run_id)
    activation.jobs.add().remove_from_cache.SetInParent()
    saved = asyncio._get_running_loop()
    try:
        instance.activate(activation)
    finally:
        asyncio._set_running_loop(saved)


class LoopLoan:
    """Lends a never-run event loop while instances are created outside asyncio (replay, benches)."""

    def __enter__(self) -> None:
        self._saved = asyncio._get_running_loop()
        self._loop: asyncio.AbstractEventLoop | None = None
        if self._saved is None:
            self._loop = asyncio.new_event_loop()
            asyncio._set_running_loop(self._loop)

    def __exit__(self, *_: object) -> None:
        asyncio._set_running_loop(self._saved)
        if self._loop is not None:
            self._loop.close()


# --- activation jobs --------------------------------------------------------------------------------------------------


def stamp(activation: Activation, ns: int, events: int, size: int, suggest_continue_as_new: bool) -> None:
    """Fill in time and history facts of an activation that already holds its jobs."""
    timestamp = activation.timestamp
    timestamp.seconds = ns // 1_000_000_000
    timestamp.nanos = ns % 1_000_000_000
    activation.history_length = events
    activation.history_size_bytes = size
    if suggest_continue_as_new:
        activation.continue_as_new_suggested = True


def add_fire_timer(activation: Activation, seq: int) -> None:
    activation.jobs.add().fire_timer.seq = seq


def add_signal(
    activation: Activation, name: str, payloads: Sequence[Payload], headers: Mapping[str, Payload], event_id: int
) -> None:
    job = activation.jobs.add().signal_workflow
    job.signal_name = name
    job.input.extend(payloads)
    copy_map(headers, job.headers)
    job.originating_event_id = event_id


def add_update(
    activation: Activation,
    update_id: str,
    protocol_id: str,
    name: str,
    payloads: Sequence[Payload],
    headers: Mapping[str, Payload],
) -> None:
    job = activation.jobs.add().do_update
    job.id = update_id
    job.protocol_instance_id = protocol_id
    job.name = name
    job.input.extend(payloads)
    copy_map(headers, job.headers)
    job.run_validator = True


def add_query(
    activation: Activation, query_id: str, name: str, payloads: Sequence[Payload], headers: Mapping[str, Payload]
) -> None:
    job = activation.jobs.add().query_workflow
    job.query_id = query_id
    job.query_type = name
    job.arguments.extend(payloads)
    copy_map(headers, job.headers)


def add_cancel(activation: Activation, reason: str) -> None:
    activation.jobs.add().cancel_workflow.reason = reason


def add_patch(activation: Activation, patch_id: str) -> None:
    activation.jobs.add().notify_has_patch.patch_id = patch_id


def add_activity_completed(activation: Activation, seq: int, local: bool, payload: Payload) -> None:
    job = activation.jobs.add().resolve_activity
    job.seq = seq
    if local:
        job.is_local = True
    job.result.completed.result.CopyFrom(payload)


def add_activity_failed(activation: Activation, seq: int, local: bool, failure: Failure) -> None:
    job = activation.jobs.add().resolve_activity
    job.seq = seq
    job.is_local = local
    job.result.failed.failure.CopyFrom(failure)


def add_activity_cancelled(activation: Activation, seq: int, local: bool, failure: Failure) -> None:
    job = activation.jobs.add().resolve_activity
    job.seq = seq
    job.is_local = local
    job.result.cancelled.failure.CopyFrom(failure)


def add_child_started(activation: Activation, seq: int, run_id: str) -> None:
    job = activation.jobs.add().resolve_child_workflow_execution_start
    job.seq = seq
    job.succeeded.run_id = run_id


def add_child_already_started(activation: Activation, seq: int, workflow_id: str, workflow_type: str) -> None:
    job = activation.jobs.add().resolve_child_workflow_execution_start
    job.seq = seq
    job.failed.workflow_id = workflow_id
    job.failed.workflow_type = workflow_type
    job.failed.cause = ALREADY_EXISTS


def add_child_start_cancelled(activation: Activation, seq: int, failure: Failure) -> None:
    job = activation.jobs.add().resolve_child_workflow_execution_start
    job.seq = seq
    job.cancelled.failure.CopyFrom(failure)


def add_child_completed(activation: Activation, seq: int, payload: Payload | None) -> None:
    job = activation.jobs.add().resolve_child_workflow_execution
    job.seq = seq
    if payload is None:
        job.result.completed.SetInParent()
    else:
        job.result.completed.result.CopyFrom(payload)


def add_child_failed(activation: Activation, seq: int, failure: Failure) -> None:
    job = activation.jobs.add().resolve_child_workflow_execution
    job.seq = seq
    job.result.failed.failure.CopyFrom(failure)


def add_child_cancelled(activation: Activation, seq: int, failure: Failure) -> None:
    job = activation.jobs.add().resolve_child_workflow_execution
    job.seq = seq
    job.result.cancelled.failure.CopyFrom(failure)


def add_external_signal_resolved(activation: Activation, seq: int, failure: Failure | None) -> None:
    job = activation.jobs.add().resolve_signal_external_workflow
    job.seq = seq
    if failure is not None:
        job.failure.CopyFrom(failure)


def add_external_cancel_resolved(activation: Activation, seq: int, failure: Failure | None) -> None:
    job = activation.jobs.add().resolve_request_cancel_external_workflow
    job.seq = seq
    if failure is not None:
        job.failure.CopyFrom(failure)


# --- reading ----------------------------------------------------------------------------------------------------------


def failed_task(completion: Completion) -> Failure | None:
    """The failure of a failed workflow task, or None when the activation succeeded."""
    return completion.failed.failure if completion.HasField("failed") else None


def optional_delta(message: Message, field: str) -> timedelta | None:
    """A duration field as a timedelta; None when unset or zero, as Temporal reads it."""
    if not message.HasField(field):
        return None
    value = getattr(message, field)
    return value.ToTimedelta() if value.seconds or value.nanos else None


def duration_ns(message: Message, field: str) -> int:
    """A duration field in nanoseconds; 0 when unset."""
    if not message.HasField(field):
        return 0
    value = getattr(message, field)
    return value.seconds * 1_000_000_000 + value.nanos  # type: ignore[no-any-return]


def copy_map(source: Mapping[str, Payload], target: Any) -> None:
    """Copy a map of payloads (headers, memo fields, search attributes)."""
    if source:
        for key in source:
            target[key].CopyFrom(source[key])


def is_null(payload: Payload) -> bool:
    """Whether a payload is the encoding of None; a memo upsert means removal by it."""
    return payload.metadata.get("encoding") == b"binary/null"


def is_unset(payload: Payload) -> bool:
    """Whether a search attribute upsert removes the attribute."""
    return is_null(payload) or payload.data in (b"null", b"[]")


def update_definition(definition: WorkflowDefinition, name: str) -> UpdateDefinition | None:
    """How the class declares an update, or None (dynamic or registered at run time)."""
    return definition.updates.get(name)


# --- failures ---------------------------------------------------------------------------------------------------------


def activity_failure(
    message: str, activity_type: str, activity_id: str, retry_state: int, cause: Failure, event_id: int
) -> Failure:
    """What a workflow sees of a failed activity: an activity failure around the real cause."""
    failure = Failure(message=message, cause=cause)
    info = failure.activity_failure_info
    info.scheduled_event_id = event_id
    info.identity = "engine"
    info.activity_type.name = activity_type
    info.activity_id = activity_id
    info.retry_state = retry_state  # type: ignore[assignment]
    return failure


def child_failure(
    message: str, workflow_type: str, workflow_id: str, run_id: str, namespace: str, retry_state: int, cause: Failure
) -> Failure:
    """What a parent sees of a child that did not complete."""
    failure = Failure(message=message, cause=cause)
    info = failure.child_workflow_execution_failure_info
    info.namespace = namespace
    info.workflow_execution.workflow_id = workflow_id
    info.workflow_execution.run_id = run_id
    info.workflow_type.name = workflow_type
    info.retry_state = retry_state  # type: ignore[assignment]
    return failure


def timeout_failure(message: str, timeout_type: int, cause: Failure | None = None) -> Failure:
    failure = Failure(message=message)
    failure.timeout_failure_info.timeout_type = timeout_type  # type: ignore[assignment]
    if cause is not None:
        failure.cause.CopyFrom(cause)
    return failure


def cancelled_failure(message: str = "") -> Failure:
    failure = Failure(message=message)
    failure.canceled_failure_info.SetInParent()
    return failure


def terminated_failure(message: str) -> Failure:
    failure = Failure(message=message)
    failure.terminated_failure_info.SetInParent()
    return failure


def application_failure(message: str, kind: str, non_retryable: bool = True) -> Failure:
    failure = Failure(message=message)
    failure.application_failure_info.type = kind
    failure.application_failure_info.non_retryable = non_retryable
    return failure


class Retry:
    """A retry policy read once: when is the next attempt, or why is there none."""

    __slots__ = ("coefficient", "forbidden", "initial_ns", "limit", "maximum_ns")

    IN_PROGRESS = int(enums_pb.RetryState.RETRY_STATE_IN_PROGRESS)
    NON_RETRYABLE = int(enums_pb.RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE)
    TIMEOUT = int(enums_pb.RetryState.RETRY_STATE_TIMEOUT)
    EXHAUSTED = int(enums_pb.RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED)
    NOT_SET = int(enums_pb.RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET)
    CANCELLED = int(enums_pb.RetryState.RETRY_STATE_CANCEL_REQUESTED)

    def __init__(self, policy: common_pb.RetryPolicy | None) -> None:
        policy = policy or common_pb.RetryPolicy()
        self.initial_ns = duration_ns(policy, "initial_interval") or 1_000_000_000
        self.coefficient = policy.backoff_coefficient or 2.0
        self.maximum_ns = duration_ns(policy, "maximum_interval") or self.initial_ns * 100
        self.limit = policy.maximum_attempts
        self.forbidden = frozenset(policy.non_retryable_error_types)

    def after(self, failure: Failure, attempt: int, left_ns: int | None) -> tuple[int | None, int]:
        """Backoff in ns before the next attempt and IN_PROGRESS, or (None, why there is none).

        `left_ns` is the time left to the overall deadline, None when there is none.
        """
        delay: int | None = None
        if failure.HasField("application_failure_info"):
            info = failure.application_failure_info
            if info.non_retryable or info.type in self.forbidden:
                return None, self.NON_RETRYABLE
            if info.HasField("next_retry_delay"):
                delay = duration_ns(info, "next_retry_delay")
        elif (
            failure.HasField("canceled_failure_info")
            or failure.HasField("terminated_failure_info")
            or (failure.HasField("server_failure_info") and failure.server_failure_info.non_retryable)
            or (
                failure.HasField("timeout_failure_info")
                and failure.timeout_failure_info.timeout_type
                not in (
                    TIMEOUT_START_TO_CLOSE,
                    TIMEOUT_HEARTBEAT,
                )
            )
        ):
            return None, self.NON_RETRYABLE
        if self.limit and attempt >= self.limit:
            return None, self.EXHAUSTED
        if delay is None:
            try:
                delay = min(int(self.initial_ns * self.coefficient ** (attempt - 1)), self.maximum_ns)
            except OverflowError:
                delay = self.maximum_ns
        if left_ns is not None and delay >= left_ns:
            return None, self.TIMEOUT
        return delay, self.IN_PROGRESS


TIMEOUT_START_TO_CLOSE = int(enums_pb.TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE)
TIMEOUT_SCHEDULE_TO_START = int(enums_pb.TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START)
TIMEOUT_SCHEDULE_TO_CLOSE = int(enums_pb.TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE)
TIMEOUT_HEARTBEAT = int(enums_pb.TimeoutType.TIMEOUT_TYPE_HEARTBEAT)


# --- activity context -------------------------------------------------------------------------------------------------


class CancelEvent:
    """Stands in for the SDK's composite event; the asyncio half is made only when somebody waits."""

    __slots__ = ("_event", "_set")

    def __init__(self) -> None:
        self._set = False
        self._event: asyncio.Event | None = None

    def set(self) -> None:
        self._set = True
        if self._event is not None:
            self._event.set()

    def is_set(self) -> bool:
        return self._set

    async def wait(self) -> None:
        if self._event is None:
            self._event = asyncio.Event()
            if self._set:
                self._event.set()
        await self._event.wait()

    def wait_sync(self, timeout: float | None = None) -> None:  # noqa: ARG002
        """A synchronous activity runs in one go on the engine, so nobody could ever set the event meanwhile."""
        if not self._set:
            raise RuntimeError("wait_for_cancelled_sync would never return: the engine runs sync activities in one go")


NEVER = CancelEvent()
CancellationDetails = temporalio.activity.ActivityCancellationDetails
CompleteAsync = temporalio.activity._CompleteAsyncError


def new_details_holder() -> Any:
    return temporalio.activity._ActivityCancellationDetailsHolder()


def enter_activity(
    info: Callable[[], temporalio.activity.Info],
    heartbeat: Callable[..., None],
    cancelled: CancelEvent,
    details: Any,
    codec: Codec,
    client: Any,
) -> Token[Any]:
    """Make `temporalio.activity.info()`, `heartbeat()` and friends work in the current context."""
    return temporalio.activity._Context.set(
        temporalio.activity._Context(
            info=info,
            heartbeat=heartbeat,
            cancelled_event=cancelled,  # type: ignore[arg-type]
            worker_shutdown_event=NEVER,  # type: ignore[arg-type]
            shield_thread_cancel_exception=None,
            payload_converter_class_or_instance=codec.payloads,
            runtime_metric_meter=temporalio.common.MetricMeter.noop,
            client=client,
            cancellation_details=details,
        )
    )


def activity_info(**fields: Any) -> temporalio.activity.Info:
    return temporalio.activity.Info(**fields)


def priority(message: Any) -> temporalio.common.Priority:
    return temporalio.common.Priority._from_proto(message)


current_step: ContextVar[Any] = ContextVar("engine_activity_step", default=None)
"""The engine's own record of the activity coroutine that runs in this context."""


# --- stepping coroutines without a loop hop ---------------------------------------------------------------------------


MAY_STEP_AT_ONCE = sys.version_info < (3, 14)
"""From 3.14 on asyncio forbids entering a task inside another task's step."""


class StandInTask:
    """What `asyncio.current_task()` is while an activity runs its first step outside a real task.

    When the coroutine really suspends, a real task takes over and everything said to the stand-in goes to that one; so
    `asyncio.timeout` and task groups entered before the first suspension keep working.
    """

    __slots__ = ("__weakref__", "cancelled_early", "real")

    def __init__(self) -> None:
        self.real: asyncio.Task[Any] | None = None
        self.cancelled_early: tuple[Any, ...] | None = None

    def cancel(self, msg: Any = None) -> bool:
        if self.real is not None:
            return self.real.cancel(msg)
        self.cancelled_early = (msg,)
        return True

    def uncancel(self) -> int:
        return self.real.uncancel() if self.real is not None else 0

    def cancelling(self) -> int:
        if self.real is not None:
            return self.real.cancelling()
        return 1 if self.cancelled_early is not None else 0

    def done(self) -> bool:
        return self.real is not None and self.real.done()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def get_name(self) -> str:
        return "engine activity"

    def add_done_callback(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise RuntimeError("not available before the activity's first suspension")


def swap_current_task(loop: asyncio.AbstractEventLoop, old: Any, new: Any) -> None:
    """Replace the loop's current task, so that code in an activity never takes the driver's task for its own."""
    if old is not None:
        asyncio.tasks._leave_task(loop, old)
    if new is not None:
        asyncio.tasks._enter_task(loop, new)


def ready_queue(loop: asyncio.AbstractEventLoop) -> Any | None:
    """The loop's queue of callbacks that are ready to run, None when the loop does not show it."""
    return getattr(loop, "_ready", None)


# --- service ----------------------------------------------------------------------------------------------------------


class InProcessServiceClient(temporalio.service.ServiceClient):
    """A service client whose calls are answered by Python functions instead of gRPC."""

    def __init__(self, answer: Callable[[str, str, Any], Any], identity: str) -> None:
        super().__init__(temporalio.service.ConnectConfig(target_host="in-process", identity=identity, lazy=True))
        self._answer = answer

    @property
    def worker_service_client(self) -> NoReturn:
        raise NotImplementedError("worker_service_client: the engine has no workers")

    def update_rpc_metadata(self, metadata: Mapping[str, str | bytes]) -> None:
        """No metadata travels in process."""

    def update_api_key(self, api_key: str | None) -> None:
        """No key is needed in process."""

    async def _rpc_call(
        self,
        rpc: str,
        req: Any,
        resp_type: type[Any],
        *,
        service: str,
        retry: bool,
        metadata: Mapping[str, str | bytes],
        timeout: timedelta | None,
    ) -> Any:
        del resp_type, retry, metadata, timeout
        return await self._answer(service, rpc, req)


def format_failure(failure: failure_pb.Failure) -> str:
    """The stack traces of a failure and its causes, innermost last."""
    parts = []
    current: failure_pb.Failure | None = failure
    while current is not None:
        parts.append(f"{current.message}\n{current.stack_trace}".rstrip())
        current = current.cause if current.HasField("cause") else None
    return "\n".join(parts)


def format_exception(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
