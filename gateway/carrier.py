"""Carrying a command to a workflow on a Temporal server, and its answer back. Knows nothing of who may send it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from gateway.command import Answer, Command, Outcome, unit_of
from gateway.refusal import unaccepted
from policies.clock import Clock
from workflows.catalogue import TASK_QUEUE
from workflows.facts import Handing
from workflows.messages import BodyBrief, DepartureBrief, RecallBrief, Submission
from workflows.procedure import Procedure
from workflows.search import place

PATIENCE = timedelta(seconds=30)
"""How long an answer is waited for: a worker that is restarting needs a few seconds."""

_LATER = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.ABORTED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.UNKNOWN,
    RPCStatusCode.INTERNAL,
    RPCStatusCode.FAILED_PRECONDITION,  # "not ready": its last task failed and is about to be tried again
}


class NoAnswer(Exception):  # noqa: N818 - named for what happened
    """Nobody answered in time; whether the command took effect is not known. The same key may be sent again."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A workflow to be begun: its run method, what it starts from, its id, and for operators its title and place."""

    run: Any
    brief: BodyBrief | RecallBrief | DepartureBrief
    workflow: str
    title: str
    areas: tuple[str, ...]  # ids from the election down to the unit


class Carrier(Protocol):
    """Whatever brings a command to its workflow."""

    async def carry(self, command: Command) -> Answer:
        """The workflow's answer. The command's key makes carrying it twice harmless. Raises NoAnswer."""
        ...

    async def recall(self, workflow: str, key: str) -> Answer | None:
        """The answer to what was accepted under a key before; None when nothing was. Raises NoAnswer."""
        ...

    async def tell(self, workflow: str, clock: Clock) -> None:
        """Bring a drill's clock, as it runs now, to a workflow; one that is over needs none. Raises NoAnswer."""
        ...

    async def begin(self, beginning: Beginning) -> bool:
        """Begin a workflow; False when one of its id was begun before: nothing is begun then. Raises NoAnswer."""
        ...


class TemporalCarrier:
    """See Carrier. The key is the update's id: a server takes an update of one id once in a workflow's life."""

    def __init__(self, client: Client, patience: timedelta = PATIENCE) -> None:
        self._client, self._patience = client, patience

    async def carry(self, command: Command) -> Answer:
        """See Carrier. What is meant for a body that does not run (yet, or any more) goes to its unit's own workflow."""
        async with self._patient():
            answer = Answer(Outcome.CLOSED)
            for workflow in command.destinations:
                answer = await self._update(workflow, command)
                if answer.outcome is not Outcome.CLOSED:
                    break
            return answer

    async def recall(self, workflow: str, key: str) -> Answer | None:
        """See Carrier."""
        async with self._patient():
            for running in dict.fromkeys((workflow, unit_of(workflow))):
                handle = self._client.get_workflow_handle(running).get_update_handle(key, result_type=Handing)
                answer = await _answer(handle.result())
                if answer.accepted:
                    return answer
        return None

    async def tell(self, workflow: str, clock: Clock) -> None:
        """See Carrier."""
        async with self._patient():
            try:
                await self._client.get_workflow_handle(workflow).signal(Procedure.clock_moved, clock)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    async def begin(self, beginning: Beginning) -> bool:
        """See Carrier."""
        async with self._patient():
            try:
                await self._client.start_workflow(
                    beginning.run,
                    beginning.brief,
                    id=beginning.workflow,
                    task_queue=TASK_QUEUE,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    search_attributes=place((*beginning.areas, beginning.workflow.rpartition("/")[2])),
                    static_summary=beginning.title,
                )
            except WorkflowAlreadyStartedError:
                return False
            return True

    async def _update(self, workflow: str, command: Command) -> Answer:
        message, handle = command.message, self._client.get_workflow_handle(workflow)
        if isinstance(message, Submission) and workflow == command.workflow:  # another one's commits are counted apart
            message = message.model_copy(update={"written": command.written})
        return await _answer(handle.execute_update(command.verb.value, message, id=command.key, result_type=Handing))

    @asynccontextmanager
    async def _patient(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                yield
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # the SDK turns that into an error of its own
                raise asyncio.CancelledError from error
            raise NoAnswer(
                f"等待 {self._patience.total_seconds():.0f} 秒没有答复（工作进程可能正在重启；刚升级过的，请先运行 huanjie live upgrade）"
            ) from error
        except RPCError as error:
            if error.status in _LATER:
                raise NoAnswer(f"换届服务器没有应答（{error.status.name}）") from error
            raise


async def _answer(updated: Awaitable[Handing]) -> Answer:
    try:
        return Answer(Outcome.ACCEPTED, await updated)
    except WorkflowUpdateFailedError as error:
        return unaccepted(error)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return Answer(Outcome.CLOSED)
        raise
