"""The store in memory: for rehearsals and tests. It tells listeners what changed, so that actors see their tasks."""

from collections.abc import Callable, Iterable
from datetime import datetime

from activities.stores.protocol import Entry, IssuedPaper, refused_fact
from workflows.facts import Commit, Noted, Refusal, Task


class MemoryStore:
    """Keeps the inbox, the registry's states and the papers; facts go straight to `journal`, one call each, in order.

    `on_task` hears of each task once its commit is written; `papers` may be dropped by passing keep_papers=False.
    """

    def __init__(
        self,
        journal: Callable[[Entry], None],
        on_task: Callable[[Task], None] | None = None,
        *,
        keep_papers: bool = True,
    ) -> None:
        self._journal = journal
        self._on_task = on_task
        self._keep_papers = keep_papers
        self._written: dict[str, int] = {}
        self._tasks: dict[tuple[str, str], Task] = {}
        self._places: dict[str, tuple[str, str, str, str]] = {}
        self.states: dict[str, str] = {}
        self.papers: list[IssuedPaper] = []
        self.papers_issued = 0

    def apply(self, commit: Commit, papers: Iterable[IssuedPaper]) -> bool:
        """See `Store.apply`. A workflow's commits are numbered without gaps, so the last number is all there is to keep."""
        if commit.number <= self.written(commit.workflow):
            return False
        self._written[commit.workflow] = commit.number
        place = (commit.district, commit.street, commit.unit, commit.body)
        self._places[commit.workflow] = place
        for noted in commit.facts:
            self._journal(Entry(*place, commit.at, noted))
        for gate in commit.closed:
            self._tasks.pop((commit.workflow, gate), None)
        self.papers_issued += len(commit.papers)
        if self._keep_papers:
            self.papers.extend(papers)
        if commit.state:
            self.states[commit.workflow] = commit.state
        for task in commit.opened:
            self._tasks[commit.workflow, task.gate] = task
            if self._on_task is not None:
                self._on_task(task)
        return True

    def refuse(self, refusal: Refusal, at: datetime) -> None:
        """See `Store.refuse`. A refusal for a body that never began is journalled under its unit."""
        unit = refusal.workflow.rsplit("/", 1)[0]
        place = self._places.get(refusal.workflow) or self._places[unit]
        self._journal(Entry(*place, at, Noted.of(refused_fact(refusal))))

    def written(self, workflow: str) -> int:
        """See `Store.written`."""
        return self._written.get(workflow, 0)

    def inbox(self) -> list[Task]:
        """See `Store.inbox`."""
        return list(self._tasks.values())
