"""What the rules say about the forms of preparation: translates each form into the policies' questions, as `examination` does.

No rule is stated here. `PAGES` tells for each kind of act which form its gate wants and how that form is examined.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.finding import Finding
from policies.pack.schema import Act, Asks, Step, Threshold
from policies.preparation import Difficulty
from policies.rules import groundwork, party, preparation, readiness, screening
from workflows import preparationforms as forms
from workflows.messages import Reviewed, UnitBrief

NOTHING = Asks()


@dataclass
class Preparedness:
    """What a unit's preparation has brought to light so far."""

    open: tuple[Difficulty, ...] = ()  # named and not yet accepted as removed
    removed: tuple[Difficulty, ...] = ()
    required: tuple[Difficulty, ...] = ()  # brought to light by a step after the last assessment
    left: int | None = None  # persons left by the last round of screening
    round: int = 1  # of screening
    deadline: date | None = None  # the earliest day set for an open difficulty
    watched: bool = False  # something outside the eight kinds is watched


@dataclass(frozen=True)
class Question:
    """What a check knows besides the form: the step, the unit, how far preparation is, the plan's last day, today."""

    step: Step
    unit: UnitBrief
    so_far: Preparedness
    last_day: date
    election_begins: date

    @property
    def asks(self) -> Asks:
        """What the plan wants the form to show."""
        return self.step.asks or NOTHING


def households(form: forms.HouseholdsSurveyed, asked: Question) -> list[Finding]:
    """Z4, of the households registered for the unit."""
    share = asked.asks.share
    assert isinstance(share, Threshold), f"{asked.step.id} asks for no share"
    return groundwork.households_surveyed(form.surveyed, asked.unit.households, share, step=asked.step.id)


def satisfaction(form: forms.SatisfactionReviewed, asked: Question) -> list[Finding]:
    """Z5."""
    return groundwork.satisfaction(form.opinions, promises=form.promises_checked, step=asked.step.id)


def assessment(form: forms.ReadinessAssessed, asked: Question) -> list[Finding]:
    """Z1, Z2."""
    so_far, step = asked.so_far, asked.step.id
    found = [trouble.difficulty for trouble in form.troubles]
    return [
        *readiness.coloured(
            form.colour,
            found,
            watch=bool(form.watch.strip()),
            removed=bool(so_far.removed),
            listed=asked.unit.difficult,
            required=so_far.required,
            step=step,
        ),
        *readiness.provided_for(form.troubles, form.held_on, asked.last_day, step=step),
    ]


def removal(form: forms.RemovalInspected, asked: Question) -> list[Finding]:
    """Z2: every open difficulty has its conclusion."""
    return readiness.inspected(form.removals, asked.so_far.open, step=asked.step.id)


def cleanup(form: forms.CleanedUp, asked: Question) -> list[Finding]:
    """Z3."""
    return groundwork.cleaned_up(asked.asks.actions, form.actions, step=asked.step.id)


def both_posts(form: forms.BothPostsListed, asked: Question) -> list[Finding]:
    """Z6."""
    return screening.on_one_list(form.standing, form.people, step=asked.step.id)


def joint_signatures(form: forms.JointlySigned, asked: Question) -> list[Finding]:
    """Z7."""
    return [
        *screening.signatures_complete(
            screening.Z7, asked.asks.signed_by, form.signatures, form.held_on, step=asked.step.id
        ),
        *screening.filed(form.filing, step=asked.step.id),
    ]


def screened(form: forms.Screened, asked: Question) -> list[Finding]:
    """Z8: this round begins with whom the round before left."""
    so_far = asked.so_far
    return screening.screened(
        asked.asks.rounds, so_far.round, form.lead, form.entered, form.struck, so_far.left, step=asked.step.id
    )


def reserves(form: forms.ReservesListed, asked: Question) -> list[Finding]:
    """Z10."""
    least = asked.asks.at_least
    return screening.reserves_enough(form.people, least if isinstance(least, int) else None, step=asked.step.id)


def training(form: forms.Trained, asked: Question) -> list[Finding]:
    """X5: all of those due have passed, by a training that was one."""
    return [
        *preparation.taught(len(form.due), by_meeting=form.by_meeting, step=asked.step.id),
        *preparation.trained(form.due, form.passed, step=asked.step.id),
    ]


def committee_training(form: forms.Trained, members: dict[str, str], step: str) -> list[Finding]:
    """X5: every member of the election committee (name by id) has passed, and whoever else was due."""
    passed = set(form.passed)
    return [
        *preparation.taught(len(form.due) + len(members), by_meeting=form.by_meeting, step=step),
        *preparation.trained(
            [members.get(one, one) for one in dict.fromkeys((*members, *form.due)) if one not in passed], (), step=step
        ),
    ]


def audit(form: forms.Audited, asked: Question) -> list[Finding]:
    """V24: published before the election begins; what is to be published some day is not published."""
    published = form.published_on
    if published is not None and published > form.held_on:
        published = None
    return preparation.audited(published, asked.election_begins, step=asked.step.id)


def contingencies(form: forms.ContingenciesPlanned, asked: Question) -> list[Finding]:
    """Z11."""
    return groundwork.planned_for(asked.asks.risks, form.plans, step=asked.step.id)


def double_check(form: forms.DoubleChecked, asked: Question) -> list[Finding]:
    """Z13."""
    return groundwork.double_checked(
        form.election_check, form.prevention_check, form.problems, form.mended, form.looked_again, step=asked.step.id
    )


def link(form: object, signed_by: tuple[str, ...], step: str) -> list[Finding]:
    """Z12: everybody named has signed."""
    assert isinstance(form, forms.LinkSigned)
    return screening.signatures_complete(screening.Z12, signed_by, form.signatures, form.held_on, step=step)


def roll(form: forms.RollMade, unit: UnitBrief) -> list[Finding]:
    """P3: nobody on the roll who has no vote, nobody twice, as many as the unit has full members."""
    custody = [member.id for member in form.members if member.in_custody]
    return [
        *party.roll(form.members, custody),
        *party.roll_complete([member.id for member in form.members], unit.party_members),
    ]


def departments(form: Reviewed, step: Step, names: dict[str, str]) -> list[Finding]:
    """Z9: where the plan names the departments of the joint vetting, each has its row; `names` by id, of those before it."""
    if step.asks is None or not step.asks.departments:
        return []
    return screening.departments_heard(
        step.asks.departments,
        form.departments,
        {one.person: one.passed for one in form.conclusions},
        names,
        form.signed_on,
        step=step.id,
    )


PAGES: dict[Act, tuple[type, Callable[[Any, Question], list[Finding]]]] = {
    Act.HOUSEHOLD_SURVEY: (forms.HouseholdsSurveyed, households),
    Act.SATISFACTION: (forms.SatisfactionReviewed, satisfaction),
    Act.READINESS: (forms.ReadinessAssessed, assessment),
    Act.REMOVAL: (forms.RemovalInspected, removal),
    Act.CLEANUP: (forms.CleanedUp, cleanup),
    Act.BOTH_POSTS: (forms.BothPostsListed, both_posts),
    Act.JOINT_SIGNATURES: (forms.JointlySigned, joint_signatures),
    Act.SCREENING: (forms.Screened, screened),
    Act.RESERVES: (forms.ReservesListed, reserves),
    Act.TRAINING: (forms.Trained, training),
    Act.AUDIT: (forms.Audited, audit),
    Act.EMERGENCY_PLANS: (forms.ContingenciesPlanned, contingencies),
    Act.DOUBLE_CHECK: (forms.DoubleChecked, double_check),
}
