"""One plugin for client, worker and replayer: how contents travel (pydantic, encrypted), the sandbox, logs and figures.

Give it to the *client*: a worker made from that client takes it over, and the SDK warns when it is given to both. A
replayer has no client and takes it itself. Everything it sets is set, not added, so that applying it twice changes nothing;
its interceptors are one object each, which the SDK adds once.
"""

import dataclasses
from typing import Any

import structlog
from temporalio import activity, workflow
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    HandleUpdateInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from live.metrics import Counting, rules_in
from live.sandbox import ElectionRunner
from workflows.catalogue import PASSED_THROUGH

NAME = "huanjie.elections"
SHARED = (*PASSED_THROUGH, "live", "structlog", "cryptography")
"""Modules that sandboxed workflow code shares with the worker: what the workflows need, and what the interceptors use."""


def election_plugin(codec: PayloadCodec | None) -> SimplePlugin:
    """The plugin; `codec` is `EncryptionCodec.of(folder)`, or None for plain payloads (tests and benches only)."""
    return SimplePlugin(
        NAME,
        data_converter=election_converter(codec),
        interceptors=[Telling(), Counting()],
        workflow_runner=_sandbox,
    )


def election_converter(codec: PayloadCodec | None) -> DataConverter:
    """Pydantic values as JSON, through the codec. The texts of failures too: findings name people."""
    if codec is None:
        return pydantic_data_converter
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=codec,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def _sandbox(chosen: WorkflowRunner | None) -> WorkflowRunner:
    """The sandbox with our shared modules, unless somebody chose to run without one."""
    if isinstance(chosen, UnsandboxedWorkflowRunner):
        return chosen
    base = chosen if isinstance(chosen, SandboxedWorkflowRunner) else SandboxedWorkflowRunner()
    return ElectionRunner(base.restrictions.with_passthrough_modules(*SHARED), base.runner_class)


# ---------------------------------------------------------------- telling the logs


class Telling(Interceptor):
    """Every log line written inside an activity says where it belongs; refusals are logged by their rules, without words."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See Interceptor."""
        return _ToldActivity(next)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: ARG002
    ) -> type[WorkflowInboundInterceptor]:
        """See Interceptor."""
        return _ToldWorkflow


class _ToldActivity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """Bind what the activity is about for as long as it runs."""
        info = activity.info()
        about = {"activity": info.activity_type, "attempt": info.attempt}
        if info.workflow_id is not None:
            about |= {"workflow": info.workflow_id, "unit": info.workflow_id.split("/", 1)[0]}
        with structlog.contextvars.bound_contextvars(**about):
            return await super().execute_activity(input)


class _ToldWorkflow(WorkflowInboundInterceptor):
    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        """A refusal, by the rules that refused; its words, which name people, stay between the two who speak."""
        try:
            super().handle_update_validator(input)
        except ApplicationError as error:
            workflow.logger.info("update refused", extra={"update": input.update, "rules": rules_in(error)})
            raise
