"""What is sent through the gateway and what comes back: the same for the command line, the console, and the actors."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from policies.authority import Signature
from policies.finding import Finding
from workflows.messages import (
    Appeal,
    ByElectionCall,
    Complaint,
    DepartureCall,
    Hold,
    Move,
    Objection,
    Postponement,
    RecallCall,
    Receipt,
    Release,
    Submission,
    Withdrawal,
)

Message = (
    Submission
    | Complaint
    | Appeal
    | Objection
    | Withdrawal
    | Hold
    | Release
    | Postponement
    | Move
    | RecallCall
    | ByElectionCall
    | DepartureCall
)


class Verb(StrEnum):
    """What may be asked of an election: the names of the workflows' updates, and what begins a workflow of its own."""

    DECIDE = "decide"
    COMPLAIN = "complain"
    APPEAL = "appeal"
    OBJECT = "objection"
    WITHDRAW = "withdraw"
    HOLD = "order_hold"
    RELEASE = "order_release"
    POSTPONE = "order_postponement"
    MOVE = "order_move"
    RECALL = "begin_recall"
    BY_ELECTION = "begin_by_election"
    DEPARTURE = "record_departure"


BEGINNING = frozenset({Verb.RECALL, Verb.BY_ELECTION, Verb.DEPARTURE})
"""What begins a workflow within the term of a unit whose election is over (see `gateway/term.py`)."""
OF_UNIT = frozenset({Verb.DECIDE, Verb.COMPLAIN})
"""What a unit answers for a body of its own that does not run (yet, or any more)."""


def unit_of(workflow: str) -> str:
    """The unit a workflow belongs to, which is the id of the unit's own workflow."""
    return workflow.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Command:
    """One signed message for one workflow. `key` makes it idempotent: the same key twice has one effect and one answer.

    `written`, of a decision whose sender writes what it leads to: the number of the workflow's last commit in the registry.
    """

    workflow: str
    verb: Verb
    message: Message
    key: str
    written: int | None = None

    @property
    def gate(self) -> str:
        """What it is about: the gate's key, or the verb where it answers no gate."""
        return self.message.gate if isinstance(self.message, Submission) else self.verb.value

    @property
    def destinations(self) -> tuple[str, ...]:
        """The workflows to try, in order: where it is meant for, then, for what a unit answers too, the unit's own."""
        unit = unit_of(self.workflow)
        return (self.workflow,) if unit == self.workflow or self.verb not in OF_UNIT else (self.workflow, unit)

    @property
    def by(self) -> Signature:
        """Who signs."""
        return self.message.by


class Outcome(StrEnum):
    """How a command ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CLOSED = "closed"  # nobody waits for it: no such election, or it is over
    AWAITS_SECOND = "awaits_second"  # the first of two signatures is kept; nothing is decided yet


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender hears. Refused, `findings` say why, all at once; accepted, the receipt carries what the rules remark."""

    outcome: Outcome
    receipt: Receipt | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the command took effect."""
        return self.outcome is Outcome.ACCEPTED


Answered = Callable[[Answer], None]


class Gateway(Protocol):
    """The interface: `answered` is called exactly once, sooner or later. Refusals have been journalled by then."""

    def send(self, command: Command, answered: Answered) -> None:
        """Send a command on its way."""
        ...
