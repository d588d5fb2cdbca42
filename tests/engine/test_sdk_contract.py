"""What the engine needs of the SDK's private parts. When one of these fails, `simulation/engine/sdk.py` is the place."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from pathlib import Path

import pytest
import temporalio.activity
import temporalio.service
import temporalio.worker
import temporalio.workflow
from temporalio.worker import WorkflowInstanceDetails

import simulation.engine
from simulation.engine import sdk

ENGINE = Path(simulation.engine.__file__).parent


def test_the_sdk_version_is_the_one_the_engine_was_written_for() -> None:
    assert temporalio.service.__version__.startswith(sdk.SUPPORTED_SDK)


@pytest.mark.parametrize("message", list(sdk.USED_FIELDS), ids=lambda each: each.DESCRIPTOR.name)
def test_messages_have_the_fields_we_use(message: type) -> None:
    missing = set(sdk.USED_FIELDS[message].split()) - set(message.DESCRIPTOR.fields_by_name)
    assert not missing, f"{message.DESCRIPTOR.full_name} lost {missing}"


def test_every_command_is_handled_or_refused_on_purpose() -> None:
    engine = simulation.engine.Engine(workflows=[])
    handled = engine._handlers.keys() | engine._closers.keys()
    assert handled <= sdk.KNOWN_COMMANDS
    assert sdk.KNOWN_COMMANDS - handled == {
        "respond_to_query",  # comes only from query activations, read there
        "schedule_nexus_operation",
        "request_cancel_nexus_operation",
    }


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (temporalio.workflow._Definition, "must_from_class"),
        (temporalio.activity._Definition, "must_from_callable"),
        (temporalio.activity._Context, "set current"),
        (temporalio.activity, "_CompleteAsyncError _ActivityCancellationDetailsHolder"),
        (temporalio.service.ServiceClient, "_rpc_call worker_service_client update_rpc_metadata update_api_key"),
        (temporalio.common.Priority, "_from_proto"),
        (temporalio.converter.DataConverter, "_new_payload_converter"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_private_names_exist(owner: object, names: str) -> None:
    missing = [name for name in names.split() if not hasattr(owner, name)]
    assert not missing, f"{owner} lost {missing}"


@pytest.mark.parametrize(
    ("dataclass", "known"),
    [
        (
            WorkflowInstanceDetails,
            "payload_converter_factory failure_converter_class interceptor_classes defn info randomness_seed "
            "extern_functions disable_eager_activity_execution worker_level_failure_exception_types "
            "patch_activation_callback last_completion_result last_failure default_workflow_logic_flags",
        ),
        (
            temporalio.workflow.Info,
            "attempt continued_run_id cron_schedule execution_timeout first_execution_run_id headers namespace "
            "original_execution_run_id parent root priority raw_memo retry_policy run_id run_timeout search_attributes "
            "start_time task_queue task_timeout typed_search_attributes workflow_id workflow_start_time workflow_type",
        ),
        (
            temporalio.activity.Info,
            "activity_id activity_type attempt current_attempt_scheduled_time heartbeat_details heartbeat_timeout "
            "is_local namespace schedule_to_close_timeout scheduled_time start_to_close_timeout started_time task_queue "
            "task_token workflow_id workflow_namespace workflow_run_id workflow_type priority retry_policy "
            "activity_run_id",
        ),
        (
            temporalio.activity._Context,
            "info heartbeat cancelled_event worker_shutdown_event shield_thread_cancel_exception "
            "payload_converter_class_or_instance runtime_metric_meter client cancellation_details _logger_details "
            "_payload_converter _metric_meter",
        ),
    ],
    ids=lambda each: getattr(each, "__qualname__", "fields"),
)
def test_records_have_exactly_the_fields_we_fill(dataclass: type, known: str) -> None:
    fields = {each.name for each in dataclasses.fields(dataclass)}
    assert fields == set(known.split()), f"{dataclass} changed: {fields ^ set(known.split())}"


def test_activate_is_synchronous_and_leaves_the_running_loop_to_us() -> None:
    assert not inspect.iscoroutinefunction(temporalio.worker.WorkflowInstance.activate)


def test_only_one_module_touches_the_private_protobufs() -> None:
    for path in ENGINE.rglob("*.py"):
        if path.name == "sdk.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [each for each in names if "temporalio.bridge" in each], path
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                text = ast.unparse(node)
                assert not text.startswith("temporalio."), f"{path.name} touches {text}"


def test_the_engine_knows_no_application() -> None:
    banned = ("elect", "village", "ballot", "candidate", "township", "party committee", "huanjie", "换届")
    for path in ENGINE.rglob("*"):
        if path.suffix in (".py", ".md"):
            text = path.read_text().lower().replace("selection", "").replace("selected", "").replace("select", "")
            assert not [word for word in banned if word in text], path
