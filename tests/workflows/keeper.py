"""A clerk who keeps the registry: hands in decisions as a county's gateway does, and writes what these lead to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from activities.commit import Ledger
from tests.workflows.clerk import Clerk, Refusal, rules_of
from workflows.facts import Commit
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

    def send(self, workflow: str, submission: Submission, refused: Callable[[], Any] = lambda: None) -> None:
        """See Clerk."""
        sent = self.engine.now

        def done(outcome: Any) -> None:
            if not outcome.accepted or outcome.failure is not None:
                self.refusals.append(Refusal(submission.gate, rules_of(outcome.failure)))
                refused()
                return
            commits = outcome.result.commits
            self.taken.append(Taken(workflow, submission.gate, sent, self.engine.now, commits))
            if submission.gate not in self.forgets:
                for commit in commits:
                    Ledger(self.store).write(commit)

        said = submission.model_copy(update={"written": self.knows(self.store.written(workflow))})
        self.engine.submit_update(
            workflow, "decide", said, update_id=f"{submission.gate}:{len(self.refusals)}", done=done
        )
