"""Reading a workflow's answer: a refusal's findings out of the failure that carries them."""

from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from gateway.command import Answer, Outcome
from policies.finding import Finding
from workflows.procedure import REFUSED

CLOSED = "AcceptedUpdateCompletedWorkflow"
"""What a server calls an accepted update whose workflow ended before it was done."""


def unaccepted(failure: BaseException) -> Answer:
    """The answer behind a failed update. Raises the failure itself where it is neither a refusal nor a closed workflow."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ApplicationError) and cause.type == REFUSED:
            return Answer(Outcome.REFUSED, findings=tuple(Finding.model_validate(one) for one in cause.details))
        if isinstance(cause, ApplicationError) and cause.type == CLOSED:
            return Answer(Outcome.CLOSED)
        cause = cause.__cause__
    if isinstance(failure, RPCError) and failure.status is RPCStatusCode.NOT_FOUND:
        return Answer(Outcome.CLOSED)
    raise failure
