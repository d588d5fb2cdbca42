"""The SDK's sandbox, entered to run workflow code and for nothing else.

For every single payload, in and out, the SDK asks the workflow's instance in which context it is encoded, and its sandbox
answers from inside: imports swapped, builtins restricted, some code compiled, several times a payload. That took a fifth of
a worker's time. Our converter and codec know of no context (whatever they encode, any part of an election may read) and
nothing is stored outside of the payloads, so the answer is always the same and needs no sandbox.
"""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info


class ElectionRunner(SandboxedWorkflowRunner):
    """The sandboxed runner, for a data converter that knows of no context."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See WorkflowRunner."""
        return _WithoutContext(super().create_instance(det))


class _WithoutContext(WorkflowInstance):
    """A sandboxed instance, spared the questions."""

    def __init__(self, inner: WorkflowInstance) -> None:
        self._inner = inner

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """See WorkflowInstance."""
        return self._inner.activate(act)

    def get_serialization_context(self, command_info: object) -> SerializationContext | None:  # noqa: ARG002
        """None: encoded as it is everywhere."""
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:  # noqa: ARG002
        """Nothing is stored outside."""
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        """See WorkflowInstance."""
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        """See WorkflowInstance."""
        return self._inner.get_thread_id()
