"""Why: application code must not know whether it talks to a server or to the engine. So the facade *is* Temporal's own
client, on a service that answers in process: same methods, same handles, same exceptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import temporalio.client
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateInput,
    WorkflowUpdateHandle,
)

if TYPE_CHECKING:
    from simulation.engine.engine import Engine
    from simulation.engine.sdk import InProcessServiceClient


class _DeterministicUpdateIds(Interceptor):
    """The SDK invents random update ids; a number in order of arrival keeps runs repeatable."""

    def __init__(self) -> None:
        self.count = 0

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        numbering = self

        class Outbound(OutboundInterceptor):
            async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
                numbering._number(input)
                return await super().start_workflow_update(input)

            async def start_update_with_start_workflow(
                self, input: temporalio.client.StartWorkflowUpdateWithStartInput
            ) -> WorkflowUpdateHandle[Any]:
                numbering._number(input.update_workflow_input)
                return await super().start_update_with_start_workflow(input)

        return Outbound(next)

    def _number(self, given: Any) -> None:
        if not given.update_id:
            self.count += 1
            given.update_id = f"update-{self.count}"


class EngineClient(Client):
    """`temporalio.client.Client` whose server is the engine. Waiting for an answer drives the virtual clock."""

    def __init__(self, engine: Engine, service: InProcessServiceClient) -> None:
        super().__init__(
            service,
            namespace=engine.namespace,
            data_converter=engine.data_converter,
            interceptors=[_DeterministicUpdateIds()],
        )
        self.engine = engine

    def __getstate__(self) -> NoReturn:
        raise TypeError("an EngineClient cannot be pickled")
