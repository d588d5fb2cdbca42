"""What every store must do: apply a commit once, keep the inbox, the registry and the papers, and journal refusals."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from workflows.facts import Commit, FactBody, Noted, Refusal, Refused, Task


class Entry(NamedTuple):
    """One fact on its way into the journal, with where and when it happened."""

    district: str
    street: str
    unit: str
    body: str
    at: datetime
    noted: Noted

    @property
    def kind(self) -> str:
        """The fact's kind, without reading it."""
        return self.noted.kind

    @property
    def fact(self) -> FactBody:
        """The fact itself, read from its text."""
        return self.noted.read()


class IssuedPaper(NamedTuple):
    """A paper as issued; (workflow, series, number) is its natural key."""

    workflow: str
    series: str
    number: int
    kind: str
    title: str
    text: str


def refused_fact(refusal: Refusal) -> Refused:
    """What the journal says of a refused submission, whichever store writes it."""
    return Refused(gate=refusal.gate, role=refusal.by.role, by=refusal.by.text, findings=refusal.findings)


class Store(Protocol):
    """Commits are delivered at least once: the natural key (workflow, number) makes the second delivery change nothing."""

    def apply(self, commit: Commit, papers: Iterable[IssuedPaper]) -> bool:
        """Write everything of one commit in one transaction; False (and no change) when it was written before."""
        ...

    def refuse(self, refusal: Refusal, at: datetime) -> None:
        """Journal a refused submission; the workflow's own history knows nothing of it."""
        ...

    def written(self, workflow: str) -> int:
        """The number of a workflow's last commit that is written; 0 where none is."""
        ...

    def inbox(self) -> list[Task]:
        """The gates that wait for a decision, oldest first."""
        ...
