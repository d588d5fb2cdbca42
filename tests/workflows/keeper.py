"""A clerk who keeps the registry: hands in decisions as a county's gateway does, and writes what these lead to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from activities.commit import Ledger
from tests.workflows.clerk import Clerk
from workflows.facts import Commit, Handing
from workflows.messages import Submission


@dataclass(frozen=True)
class Taken:
    """A decision taken: when it was sent and answered, and what came with the answer."""

    workflow: str
    gate: str
    sent: datetime
    answered: datetime
    commits: tuple[Commit, ...]


@dataclass
class Keeper(Clerk):
    """See above. `forgets`: gates whose answer is lost, with all that came with it; `knows` what it says is written."""

    forgets: frozenset[str] = frozenset()
    knows: Callable[[int], int] = lambda written: written
    taken: list[Taken] = field(default_factory=list)

    sent: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def send(self, workflow: str, submission: Submission, refused: Callable[[], Any] = lambda: None) -> None:
        """See Clerk."""
        self.sent[workflow, submission.gate] = self.engine.now
        written = self.knows(self.store.written(workflow))
        super().send(workflow, submission.model_copy(update={"written": written}), refused)

    def accepted(self, workflow: str, submission: Submission, receipt: Handing) -> None:
        """See Clerk."""
        sent = self.sent[workflow, submission.gate]
        self.taken.append(Taken(workflow, submission.gate, sent, self.engine.now, receipt.commits))
        if submission.gate not in self.forgets:
            for commit in receipt.commits:
                Ledger(self.store).write(commit)
