"""The honest forms of a unit's preparation: surveys, colours, clean-up, signatures, screening, training.

What an office cannot know from the unit's figures it draws from the gate's own stream; what one form says of an earlier one
(who was left by the last round) is drawn anew from the same stream, so that they agree.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from policies.arithmetic import at_least
from policies.pack.schema import MISSING, Act, Asks, ExtraGate, Threshold
from policies.people import PartyStanding
from policies.preparation import (
    Circle,
    Cleaned,
    Colour,
    Contingency,
    DepartmentRow,
    Difficulty,
    Opinion,
    PostsList,
    Removal,
    RollMember,
    Signed,
    Trouble,
)
from simulation.actors.scene import Scene
from simulation.population.chance import stream
from workflows import preparationforms as forms
from workflows.messages import Conclusion, Form

_FOUND = tuple(one for one in Difficulty if one is not Difficulty.NO_CANDIDATE)
_MOST_TROUBLES = 3
_NOBODY_AT_FIRST = 0.1  # units with nobody suitable for both posts when first looked at
_WATCHED = 0.2  # units without difficulties where something is watched
_PER_SEAT = 2  # persons who enter the first round of screening, for each seat
_STRUCK_AT_MOST = 2  # in one round
_STAFF = 6
_DUE_WITHIN = timedelta(days=21)  # the day the township sets itself where the plan's own is past


def asks(scene: Scene) -> Asks:
    """What the plan wants this step's form to show."""
    return (scene.step.asks if scene.step is not None else None) or Asks()


def lot(scene: Scene, what: str) -> Random:
    """A stream of the unit's own, the same at every gate that asks for it."""
    return stream(scene.seed, scene.unit.id, "preparation", what)


def household_survey(scene: Scene) -> forms.HouseholdsSurveyed:
    """As many as the plan wants, and some more."""
    share, households = asks(scene).share, scene.unit.brief.households
    least = at_least((share.numerator, share.denominator), households) if isinstance(share, Threshold) else 0
    return forms.HouseholdsSurveyed(
        held_on=scene.day, surveyed=scene.rng.randint(least, households), document=scene.number("入户")
    )


def satisfaction(scene: Scene) -> forms.SatisfactionReviewed:
    """Three circles, each with sheets that add up."""
    return forms.SatisfactionReviewed(
        held_on=scene.day,
        opinions=tuple(_opinion(scene.rng, circle) for circle in Circle),
        promises_checked=True,
        document=scene.number("测评"),
    )


def _opinion(rng: Random, circle: Circle) -> Opinion:
    satisfied, fairly, dissatisfied, blank = (rng.randint(*span) for span in ((20, 60), (5, 20), (0, 5), (0, 2)))
    return Opinion(
        circle=circle,
        collected=satisfied + fairly + dissatisfied + blank,
        satisfied=satisfied,
        fairly=fairly,
        dissatisfied=dissatisfied,
        blank=blank,
    )


def troubles_of(scene: Scene) -> tuple[Difficulty, ...]:
    """What an assessment finds: some kinds in a difficult unit; in a later round, that nobody suitable was found."""
    if scene.task.step == "prep.readiness" and scene.task.round > 1:
        return (Difficulty.NO_CANDIDATE,)
    if not scene.unit.brief.difficult:
        return ()
    rng = lot(scene, "troubles")
    return tuple(sorted(rng.sample(_FOUND, rng.randint(1, _MOST_TROUBLES)), key=list(Difficulty).index))


def readiness(scene: Scene) -> forms.ReadinessAssessed:
    """The colour that follows, and for each difficulty a plan, a contingency plan, three names and a day."""
    found = troubles_of(scene)
    watch = "外出人员较多，提前联系" if lot(scene, "watch").random() < _WATCHED else ""
    return forms.ReadinessAssessed(
        held_on=scene.day,
        colour=Colour.RED if found else Colour.YELLOW if watch or scene.task.round > 1 else Colour.GREEN,
        troubles=tuple(
            Trouble(
                difficulty=one,
                plan=scene.number(f"一策{number}"),
                contingency=scene.number(f"预案{number}"),
                owner="联村领导",
                cadre="驻村干部",
                officer="蹲点民警",
                deadline=_deadline(scene),
            )
            for number, one in enumerate(found, 1)
        ),
        watch=watch,
        document=scene.number("评估"),
    )


def _deadline(scene: Scene) -> date:
    """The last day the plan gives for it; three weeks where that is past, but never beyond the plan's own end."""
    slot, shift = scene.setting.slots.get("prep.removal"), timedelta(days=scene.memory.shift)
    planned = slot.window_end + shift if slot is not None and slot.window_end is not None else scene.day
    last = scene.setting.pack.completed_by + shift
    return planned if planned > scene.day else min(scene.day + _DUE_WITHIN, last)


def removal(scene: Scene) -> forms.RemovalInspected:
    """Accepted once the rectification really is complete; a candidate found is accepted at once."""
    ready = scene.unit.rectified_on
    rectified = not scene.unit.brief.difficult or (ready is not None and scene.day >= ready)
    return forms.RemovalInspected(
        held_on=scene.day,
        removals=tuple(
            Removal(
                difficulty=one,
                accepted=rectified or one is Difficulty.NO_CANDIDATE,
                accepted_by="街道党工委验收组" if rectified or one is Difficulty.NO_CANDIDATE else "",
                document=scene.number("验收"),
            )
            for one in scene.memory.troubles
        ),
    )


def cleanup(scene: Scene) -> forms.CleanedUp:
    """Every action, led as planned, done today or by its day."""
    return forms.CleanedUp(
        held_on=scene.day,
        actions=tuple(
            Cleaned(
                action=action.name,
                lead=action.lead,
                done_on=scene.day if action.by == MISSING else min(scene.day, action.by),
                document=scene.number(f"清{number}"),
            )
            for number, action in enumerate(asks(scene).actions, 1)
        ),
    )


def both_posts(scene: Scene) -> forms.BothPostsListed:
    """Mostly somebody intended or decided on; in a few units nobody at first."""
    rng = lot(scene, "both posts")
    if rng.random() < _NOBODY_AT_FIRST and scene.task.round == 1:
        standing, people = PostsList.NOBODY, 0
    else:
        standing, people = rng.choice(((PostsList.DECIDED, 1), (PostsList.INTENDED, 1), (PostsList.INTENDED, 2)))
    return forms.BothPostsListed(held_on=scene.day, standing=standing, people=people, document=scene.number("清单"))


def signatures(scene: Scene, offices: tuple[str, ...]) -> tuple[Signed, ...]:
    """Everybody signs today, each under a name of their own."""
    return tuple(Signed(office=office, name=f"{office}签字人", signed_on=scene.day) for office in offices)


def joint_signatures(scene: Scene) -> forms.JointlySigned:
    """All of them, and the filing's number."""
    signed = signatures(scene, asks(scene).signed_by)
    return forms.JointlySigned(held_on=scene.day, signatures=signed, filing=scene.number("备"))


def screening(scene: Scene) -> forms.Screened:
    """One round: those left by the rounds before, less a few."""
    brief, rng = scene.unit.brief, lot(scene, "screening")
    left, round_ = _PER_SEAT * (brief.party_seats + brief.residents_seats), scene.task.round
    struck = 0
    for _ in range(round_):
        left -= struck
        struck = min(rng.randint(0, _STRUCK_AT_MOST), left)
    return forms.Screened(
        held_on=scene.day,
        lead=asks(scene).rounds[round_ - 1].lead,
        entered=left,
        struck=struck,
        document=scene.number("筛"),
    )


def reserves(scene: Scene) -> forms.ReservesListed:
    """As many as the plan wants, or one, and perhaps two more."""
    least = asks(scene).at_least
    people = (least if isinstance(least, int) else 1) + scene.rng.randrange(3)
    return forms.ReservesListed(held_on=scene.day, people=people, document=scene.number("后备"))


def training(scene: Scene) -> forms.Trained:
    """Everybody due has passed: the street's staff, or the election committee with its reserves."""
    due = scene.task.people
    if due:
        due = tuple(dict.fromkeys((*due, *scene.unit.pools.election_committee)))
    else:
        due = tuple(f"{scene.unit.id}工作人员{number}" for number in range(1, _STAFF + 1))
    return forms.Trained(held_on=scene.day, due=due, passed=due, by_meeting=False, document=scene.number("训"))


def audit(scene: Scene) -> forms.Audited:
    """Published the day it is reported."""
    place = f"{scene.unit.brief.name}公开栏"
    return forms.Audited(held_on=scene.day, published_on=scene.day, place=place, document=scene.number("审计"))


def emergency_plans(scene: Scene) -> forms.ContingenciesPlanned:
    """One for each risk."""
    return forms.ContingenciesPlanned(
        held_on=scene.day,
        plans=tuple(
            Contingency(risk=risk, document=scene.number(f"预案{number}"), owner="街道换届办主任")
            for number, risk in enumerate(asks(scene).risks, 1)
        ),
    )


def double_check(scene: Scene) -> forms.DoubleChecked:
    """Both lists, every problem mended and looked at again."""
    problems = scene.rng.randrange(4)
    return forms.DoubleChecked(
        held_on=scene.day,
        election_check=scene.number("换查"),
        prevention_check=scene.number("防查"),
        problems=problems,
        mended=problems,
        looked_again=problems,
    )


def roll(scene: Scene) -> forms.RollMade:
    """Every full member of the unit by an id; only some of them exist as synthetic persons with a name."""
    members = range(1, scene.unit.brief.party_members + 1)
    return forms.RollMade(
        held_on=scene.day,
        members=tuple(
            RollMember(id=f"{scene.unit.id}-M{number:03}", name=f"党员{number:03}", standing=PartyStanding.FULL)
            for number in members
        ),
    )


def link(scene: Scene) -> forms.LinkSigned | None:
    """A supervised link is signed by everybody it names; None where the gate is none."""
    extra = _extra(scene)
    if extra is None or not extra.signed_by:
        return None
    return forms.LinkSigned(held_on=scene.day, signatures=signatures(scene, extra.signed_by))


def _extra(scene: Scene) -> ExtraGate | None:
    return next((one for one in scene.setting.pack.extra_gates if one.id == scene.task.step), None)


def department_rows(scene: Scene, conclusions: tuple[Conclusion, ...]) -> tuple[DepartmentRow, ...]:
    """A row for each department the plan names; whom the level screened out, the first of them objects to."""
    against = tuple(one.person for one in conclusions if not one.passed)
    return tuple(
        DepartmentRow(
            department=department,
            against=() if number else against,
            signer=f"{department}签字人",
            signed_on=scene.day,
            document=scene.number(f"联{number + 1}"),
        )
        for number, department in enumerate(asks(scene).departments)
    )


PAGES: dict[Act, Callable[[Scene], Form]] = {
    Act.HOUSEHOLD_SURVEY: household_survey,
    Act.SATISFACTION: satisfaction,
    Act.READINESS: readiness,
    Act.REMOVAL: removal,
    Act.CLEANUP: cleanup,
    Act.BOTH_POSTS: both_posts,
    Act.JOINT_SIGNATURES: joint_signatures,
    Act.SCREENING: screening,
    Act.RESERVES: reserves,
    Act.TRAINING: training,
    Act.AUDIT: audit,
    Act.EMERGENCY_PLANS: emergency_plans,
    Act.DOUBLE_CHECK: double_check,
    Act.ROLL: roll,
}
