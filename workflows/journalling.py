"""What happened, noted as facts and written by one commit a step: by the workflow's own activity, or by whoever decided.

A commit is numbered, and written exactly once however often it is delivered; so it does not matter who writes it, or whether
two do. A gateway that keeps the registry says so with its decision: the number of this workflow's last commit it found
written there. It gets what the decision led to with its receipt and writes it before it answers, so that whoever decided sees
the next task at once, and the workflow is spared an activity. The next decision confirms it. What nothing has confirmed in
time the workflow writes itself: nothing depends on a gateway that lives.

What others are about to build upon (a body's end, before the next begins) the workflow always writes itself, and waits.
"""

import asyncio
from contextlib import suppress
from datetime import date, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from policies.pack.schema import BodyId, Pack, Step
from workflows import electiontime
from workflows.facts import Commit, FactBody, Noted, PaperRequest, Task
from workflows.messages import UnitBrief

COMMIT = "commit"
COMMIT_TIMEOUT = timedelta(seconds=30)
COMMIT_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
CONFIRMED_WITHIN = timedelta(minutes=2)
"""How long what was handed out may stay unconfirmed before the workflow writes it itself; real time, in drills too."""
_A_MOMENT = timedelta(seconds=1)
"""A decision is followed by a commit in the same instant; its sender is not kept waiting should one ever not be."""


async def deliver(commit: Commit) -> None:
    """Have a commit written by the activity, however long that takes."""
    await workflow.execute_activity(COMMIT, commit, start_to_close_timeout=COMMIT_TIMEOUT, retry_policy=COMMIT_RETRY)


class Journalling:
    """What an election workflow notes, and how it is written. The heir has `unit`, `body`, `pack` and `stage`."""

    unit: UnitBrief
    body: BodyId
    pack: Pack
    stage: str

    def begin_journal(self) -> None:
        """Set up; called from `Procedure.begin`."""
        self.commits = 0
        self.papers: dict[str, int] = {}  # papers issued in each series
        self._facts: list[Noted] = []
        self._opened: list[Task] = []
        self._closed: list[str] = []
        self._papers: list[PaperRequest] = []
        self._collectors = 0  # senders of decisions who now wait for what these lead to
        self._handed: list[Commit] = []  # handed to a sender, not known to be written
        self._in_flight: list[Commit] = []  # given to an activity that has not ended
        self._watched = False

    # ------------------------------------------------------------ noting

    def note(self, *facts: FactBody) -> None:
        """Keep facts for the next commit."""
        self._facts.extend(Noted.of(fact) for fact in facts)

    def issue(self, step: Step, *, names: tuple[str, ...] = (), until: date | None = None) -> None:
        """Ask, with the next commit, for the papers of a step; numbers run through each series of this body."""
        for paper in step.papers:
            series = paper.series or paper.kind
            self.papers[series] = self.papers.get(series, 0) + 1
            self._papers.append(
                PaperRequest(
                    number=self.papers[series],
                    kind=paper.kind,
                    title=paper.title,
                    series=series,
                    unit=self.unit.name,
                    issuer=self.pack.roles.get(step.actor, step.actor.value),
                    basis=f"{self.pack.title}{step.number}",
                    names=names,
                    until=until,
                )
            )

    # ------------------------------------------------------------ writing

    async def commit(self) -> None:
        """See everything noted since the last commit written in one transaction; natural key (workflow id, number).

        Where a decision's sender waits to write it, the sender gets it, and the workflow goes on at once.
        """
        commit = self._gathered()
        if commit is None:
            return
        if self._collectors:
            self._handed.append(commit)
            self._watch()
        else:
            await self._write(commit)

    async def commit_and_wait(self) -> None:
        """The same, and return only when that and all before it is written: others are about to build upon it."""
        await self._write(self._gathered())
        await workflow.wait_condition(lambda: not self._in_flight)

    def _gathered(self) -> Commit | None:
        """What was noted, as the next commit; None where nothing was."""
        if not (self._facts or self._opened or self._closed or self._papers):
            return None
        self.commits += 1
        commit = Commit(
            workflow=workflow.info().workflow_id,
            number=self.commits,
            district=self.unit.district,
            street=self.unit.street,
            unit=self.unit.id,
            body=self.body.value,
            at=electiontime.now(),
            facts=tuple(self._facts),
            opened=tuple(self._opened),
            closed=tuple(self._closed),
            papers=tuple(self._papers),
            state=self.stage,
        )
        self._facts, self._opened, self._closed, self._papers = [], [], [], []
        return commit

    async def _write(self, commit: Commit | None) -> None:
        """By activities, in order: what was handed out and not confirmed, then this."""
        waiting, self._handed = self._handed, []
        if commit is not None:
            waiting.append(commit)
        self._in_flight.extend(waiting)
        for one in waiting:
            await deliver(one)
            self._in_flight = [other for other in self._in_flight if other is not one]

    # ------------------------------------------------------------ handing out

    async def handed_out(self, written: int) -> tuple[Commit, ...]:
        """For a sender who found so many commits written: what its decision leads to, behind all that is not known to be written."""
        self._handed = [one for one in self._handed if one.number > written]
        before = self.commits
        self._collectors += 1
        try:
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.commits > before, timeout=_A_MOMENT)
            await self.commit()
        finally:
            self._collectors -= 1
        return tuple(sorted((*self._in_flight, *self._handed), key=lambda one: one.number))

    def _watch(self) -> None:
        if not self._watched:
            self._watched = True
            asyncio.create_task(self._write_unconfirmed())  # noqa: RUF006 - the workflow keeps its tasks, and may end before

    async def _write_unconfirmed(self) -> None:
        """From time to time, while anything is."""
        while self._handed:
            await workflow.sleep(CONFIRMED_WITHIN, summary="登记确认")
            await self._write(None)
        self._watched = False
