"""The gateway over the in-process engine: an update for each command, refusals journalled at the edge. No tokens: actors are known."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from temporalio.service import RPCError, RPCStatusCode

from gateway.command import Answer, Answered, Command, Outcome
from gateway.refusal import unaccepted
from policies.clock import BEIJING
from workflows.facts import Refusal


class UpdateResult(Protocol):
    """What the engine reports of an update."""

    accepted: bool
    failure: BaseException | None


class Updates(Protocol):
    """What the gateway needs of an engine."""

    @property
    def now(self) -> datetime:
        """This instant, aware."""

    def submit_update(
        self, workflow_id: str, update_name: str, arg: Any, /, *, update_id: str, done: Callable[[Any], None]
    ) -> None:
        """Send an update."""


class EngineGateway:
    """See `gateway.command.Gateway`. The receipts stay behind: actors look at what happens, as people do."""

    def __init__(self, engine: Updates, refuse: Callable[[Refusal, datetime], None]) -> None:
        self._engine, self._refuse = engine, refuse

    def send(self, command: Command, answered: Answered) -> None:
        """See Gateway. What is meant for a body that does not run (yet, or any more) goes to its unit's own workflow."""

        def done(result: UpdateResult) -> None:
            if result.failure is None:
                answered(_ACCEPTED)
                return
            answer = unaccepted(result.failure)
            if answer.outcome is Outcome.REFUSED:
                at = self._engine.now.astimezone(BEIJING)  # as the workflows date their own facts
                refusal = Refusal(workflow=command.workflow, gate=command.gate, by=command.by, findings=answer.findings)
                self._refuse(refusal, at)
            answered(answer)

        for workflow in command.destinations:
            try:
                self._engine.submit_update(workflow, command.verb, command.message, update_id=command.key, done=done)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
            else:
                return
        answered(_CLOSED)


_ACCEPTED, _CLOSED = Answer(Outcome.ACCEPTED), Answer(Outcome.CLOSED)
