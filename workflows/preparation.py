"""How a unit prepares: one act after another, the readiness colour, the removal of what stands in the way, the rounds of screening.

Each verb passes by what the plan does not have. What a form must show is judged in `workflows/preparationchecks.py`.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from policies.lifecycles import Track, UnitState, UnitTrigger
from policies.pack.schema import BodyId, Step
from policies.preparation import Difficulty, PostsList
from policies.rules.preparation import V24, X4
from policies.rules.readiness import colour_of
from workflows import electiontime
from workflows.facts import Held, ReadinessChanged, Released
from workflows.grievances import Grievances
from workflows.messages import Recorded
from workflows.preparationchecks import PAGES, Preparedness, Question
from workflows.preparationforms import Audited, BothPostsListed, ReadinessAssessed, RemovalInspected, Screened
from workflows.procedure import Check

PREPARED_BY = "区换届办"
ASSESSED, REMOVED = "prep.readiness", "prep.removal"


class Preparation(Grievances):
    """The preparation of one unit; the unit's own workflow has the lifecycle it moves along."""

    track: Track[UnitState, UnitTrigger]

    def enters(self, trigger: UnitTrigger) -> None:
        """Move along the unit's lifecycle."""
        raise NotImplementedError

    def prepares(self) -> None:
        """Set up; called from the workflow's `__init__`."""
        self.so_far = Preparedness()
        self.published: date | None = None  # the leaving-office audit's result

    def question(self, step: Step) -> Question:
        """What a form of this step is examined against, today."""
        return Question(
            step=step, unit=self.unit, so_far=self.so_far, last_day=self.last_start(), election_begins=self.begins()
        )

    def begins(self) -> date:
        """The first day on which the first body's election may begin: its plan's first day, or tomorrow when that is past."""
        first = next(body for body in self.pack.bodies if body.id is not BodyId.PREPARATION).steps[0]
        return max(self.opens(first.id), electiontime.today() + timedelta(days=1))

    def last_start(self) -> date:
        """The last day on which starting still makes sense: the plan's own last limit."""
        return self.pack.completed_by + timedelta(days=self.shift)

    # ------------------------------------------------------------ one act

    async def prepared(self, step_id: str, check: Check | None = None) -> None:
        """One preparation: it must be complete before the next, however often that takes (X5)."""
        complete = not self.applies(step_id)
        while not complete:
            form = await self.act(step_id, check)
            complete = not isinstance(form, Recorded) or form.complete
            if complete:
                self.issue(self.step(step_id))
                if isinstance(form, Audited):
                    self.published = form.published_on

    async def act(self, step_id: str, check: Check | None = None, last_day: date | None = None) -> Any:
        """One gate with the form that the step's act wants, examined as that act is; something recorded where it is no other."""
        step = self.step(step_id)
        page = PAGES.get(step.act)
        if page is None:
            return await self.gate(step_id, Recorded, check=check)
        form, examine = page
        return await self.gate(
            step_id, form, check=lambda given: examine(given, self.question(step)), last_day=last_day
        )

    async def audit_out(self) -> None:
        """An audit published today is not published before an election that begins today (V24)."""
        if self.published is not None:
            after = self.published + timedelta(days=1)
            await self.until(lambda: after, f"离任审计结果{self.published}公布，次日起方可开始选举", V24)

    # ------------------------------------------------------------ 不整顿到位不换届

    async def ready(self, assessed: str, removed: str) -> bool:
        """The readiness colour; while difficulties are open, their removal is inspected (Z1, Z2, X4).

        False when the plan's last day comes before the last of them is accepted as removed.
        """
        if not self.applies(assessed):
            return True
        so_far, form = self.so_far, await self.act(assessed)
        assert isinstance(form, ReadinessAssessed)
        so_far.open = tuple(trouble.difficulty for trouble in form.troubles)
        so_far.deadline = min((trouble.deadline for trouble in form.troubles if trouble.deadline), default=None)
        so_far.watched = bool(form.watch.strip())
        so_far.required = ()
        self.note_readiness()
        self.issue(self.step(assessed))
        return not so_far.open or await self.accepted(lambda: self.inspected(removed))

    async def inspected(self, step_id: str) -> bool:
        """One inspection: what is accepted is removed; True when nothing is left."""
        so_far, form = self.so_far, await self.act(step_id, last_day=self.so_far.deadline)
        assert isinstance(form, RemovalInspected)
        gone = tuple(one.difficulty for one in form.removals if one.accepted)
        so_far.open = tuple(one for one in so_far.open if one not in gone)
        so_far.removed = (*so_far.removed, *gone)
        self.note_readiness()
        if not so_far.open:
            self.issue(self.step(step_id))
        return not so_far.open

    def note_readiness(self) -> None:
        """The colour as it is now."""
        so_far = self.so_far
        colour = colour_of(so_far.open, removed=bool(so_far.removed), watch=so_far.watched)
        self.note(ReadinessChanged(colour=colour, open=so_far.open))

    async def rectified(self, step_id: str) -> bool:
        """A difficult unit is held until its rectification is accepted (X4); False when the plan's last day comes first."""
        if not self.applies(step_id):
            return True

        async def inspect() -> bool:
            return (await self.gate(step_id, Recorded)).complete

        return await self.accepted(inspect)

    async def accepted(self, inspect: Callable[[], Awaitable[bool]]) -> bool:
        """Inspect until accepted; the unit is held from the first refusal on (X4). False when the plan's last day is there."""
        held = False
        while not await inspect():
            if not held:
                held = True
                if self.track.allows(UnitTrigger.HOLD):
                    self.enters(UnitTrigger.HOLD)
                self.note(Held(rule=X4.id, reason="整顿验收未通过，不整顿到位不换届", by=PREPARED_BY))
            if electiontime.today() >= self.last_start():
                return False
        if held:
            if self.track.allows(UnitTrigger.RELEASE):
                self.enters(UnitTrigger.RELEASE)
            self.note(Released(reason="整顿验收通过", by=PREPARED_BY))
        return True

    # ------------------------------------------------------------ persons, as numbers and signatures

    async def both_posts_listed(self, step_id: str) -> bool:
        """The three lists (Z6). A unit with nobody suitable is a difficult one: assessed anew, and listed again afterwards."""
        while self.applies(step_id):
            listed = await self.act(step_id)
            assert isinstance(listed, BothPostsListed)
            if listed.standing is not PostsList.NOBODY or not self.applies(ASSESSED):
                self.issue(self.step(step_id))
                break
            self.so_far.required = (Difficulty.NO_CANDIDATE,)
            if not await self.ready(ASSESSED, REMOVED):
                return False
        return True

    async def screened(self, step_id: str) -> None:
        """The rounds of screening, each beginning with whom the round before left (Z8)."""
        if not self.applies(step_id):
            return
        step, so_far = self.step(step_id), self.so_far
        for number in range(1, len(step.asks.rounds if step.asks else ()) + 1):
            so_far.round = number
            form = await self.act(step_id)
            assert isinstance(form, Screened)
            so_far.left = form.entered - form.struck
        self.issue(step)
