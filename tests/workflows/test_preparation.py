"""A unit that prepares in detail: each gate asks its rule, difficulties hold it, and what a step brings to light comes back."""

from datetime import date, timedelta
from typing import Any

import pytest

from policies.preparation import Circle, Colour, Difficulty, PostsList, Removal
from tests.workflows.clerk import COMMITTEE, Answer
from tests.workflows.prepared import DEPARTMENTS, PreparedClerk, clerk, trouble, unit
from workflows.facts import Task
from workflows.messages import Form, Reviewed
from workflows.preparationforms import BothPostsListed, ReadinessAssessed, RemovalInspected, Trained

PREPARATION = [
    "prep.institution",
    "prep.survey",
    "prep.household_survey",
    "prep.satisfaction",
    "prep.readiness",
    "prep.cleanup",
    "prep.plan",
    "prep.emergency_plans",
    "prep.training",
    "prep.audit",
    "prep.both_posts",
    "prep.joint_signatures",
    *("prep.screening", "prep.screening#2", "prep.screening#3"),
    *("prep.screening#4", "prep.screening#5", "prep.screening#6"),
    "prep.reserves",
    "prep.double_check",
    "prep.supervised",
]
LINKS = [
    "prep.supervised",
    "residents.registration_supervised",
    "party.assembly_supervised",
    "residents.poll_supervised",
    "supervisory.vote_supervised",
    "supervisory.closing_supervised",
]


PLANS = ("prepared-2021", "village-prepared")
"""A community and a village: what both include from one part, both ask."""


def changed(**values: Any) -> Answer:
    """The honest form with some fields replaced."""
    return lambda task, form: form.model_copy(update=values)


def decided(clerk: PreparedClerk, prefix: str) -> list[str]:
    return [fact.gate for fact in clerk.of_kind("decided") if fact.gate.startswith(prefix)]


@pytest.mark.parametrize("plan", PLANS)
def test_a_whole_election_after_a_whole_preparation(plan: str) -> None:
    """Every gate once, in order; every supervised link signed; nothing refused; the colour told."""
    asked = clerk(plan)
    assert asked.run().completed_on is not None
    assert asked.refusals == []
    assert decided(asked, "prep.") == PREPARATION
    assert sorted(fact.gate for fact in asked.of_kind("decided") if fact.gate.endswith("supervised")) == sorted(LINKS)
    assert [fact.colour for fact in asked.of_kind("readiness_changed")] == [Colour.GREEN]


@pytest.mark.parametrize("plan", PLANS)
def test_every_joint_vetting_has_a_row_a_department(plan: str) -> None:
    """Z9 of the Party organization, the committee and the supervisors, the committee of a village too."""
    asked = clerk(plan)
    asked.run()
    vetted = [fact for fact in asked.of_kind("decided") if fact.gate.endswith("joint_vetting")]
    assert [fact.gate.partition(".")[0] for fact in vetted] == ["party", "residents", "supervisory"]
    for fact in vetted:
        assert tuple(row.department for row in fact.form.departments) == DEPARTMENTS


@pytest.mark.parametrize(
    ("gate", "answer", "rules"),
    [
        (
            "prep.household_survey",  # one household below 60%
            lambda task, form: form.model_copy(update={"surveyed": form.surveyed - 1}),
            ("Z4",),
        ),
        ("prep.satisfaction", changed(promises_checked=False), ("Z5",)),
        ("prep.readiness", changed(colour=Colour.RED), ("Z1",)),
        ("prep.cleanup", lambda task, form: form.model_copy(update={"actions": form.actions[:-1]}), ("Z3",)),
        ("prep.emergency_plans", lambda task, form: form.model_copy(update={"plans": form.plans[1:]}), ("Z11",)),
        ("prep.training", changed(passed=("甲",)), ("X5",)),
        ("prep.training", changed(by_meeting=True), ("X5",)),
        ("prep.audit", changed(published_on=None), ("V24",)),
        ("prep.both_posts", changed(people=2), ("Z6",)),
        (
            "prep.joint_signatures",
            lambda task, form: form.model_copy(update={"signatures": form.signatures[1:]}),
            ("Z7",),
        ),
        ("prep.joint_signatures", changed(filing=""), ("Z7",)),
        (
            "prep.screening",
            lambda task, form: form.model_copy(update={"lead": "乡镇党委"}) if task.round == 1 else form,
            ("Z8",),
        ),
        ("prep.screening#2", changed(entered=19), ("Z8",)),  # 20 entered, 2 were struck: 18 are left
        ("prep.reserves", changed(people=0), ("Z10",)),
        ("prep.double_check", changed(looked_again=0), ("Z13",)),
        ("prep.supervised", lambda task, form: form.model_copy(update={"signatures": form.signatures[1:]}), ("Z12",)),
        ("party.roll", lambda task, form: form.model_copy(update={"members": form.members[1:]}), ("P3",)),
        (
            "party.joint_vetting",
            lambda task, form: form.model_copy(update={"departments": form.departments[1:]}),
            ("Z9",),
        ),
        (
            "residents.joint_vetting",
            lambda task, form: form.model_copy(update={"departments": form.departments[1:]}),
            ("Z9",),
        ),
        (
            "residents.committee_training",
            lambda task, form: form.model_copy(update={"due": (), "passed": form.passed[1:]}),
            ("X5",),
        ),
        (
            "residents.registration_supervised",
            lambda task, form: form.model_copy(update={"signatures": form.signatures[1:]}),
            ("Z12",),
        ),
        (
            "supervisory.nomination",
            lambda task, form: form.model_copy(
                update={"nominees": tuple(one.model_copy(update={"finance": False}) for one in form.nominees)}
            ),
            ("S1",),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
@pytest.mark.parametrize("plan", PLANS)
def test_each_gate_asks_its_rule(plan: str, gate: str, answer: Answer, rules: tuple[str, ...]) -> None:
    """One wrong form, refused with the rule; the honest one passes and the election completes."""
    asked = clerk(plan, answers={gate: answer})
    assert asked.run().completed_on is not None
    (refusal,) = asked.refusals
    assert (refusal.gate, refusal.rules) == (gate, rules)


def test_everything_wrong_with_a_form_is_told_at_once() -> None:
    answer: Answer = lambda task, form: form.model_copy(
        update={"opinions": form.opinions[:1], "promises_checked": False}
    )
    clerk = PreparedClerk(unit(), answers={"prep.satisfaction": answer})
    clerk.run()
    (refusal,) = clerk.refusals
    assert refusal.rules == ("Z5", "Z5", "Z5")  # two circles missing, and the promises
    assert len(Circle) == 3


def test_whom_a_department_objects_to_does_not_pass() -> None:
    """Z9: the row's objection and the conclusion must agree."""

    def answer(task: Task, form: Form) -> Form:
        assert isinstance(form, Reviewed)
        first = form.departments[0].model_copy(update={"against": (task.people[0],)})
        return form.model_copy(update={"departments": (first, *form.departments[1:])})

    clerk = PreparedClerk(unit(), answers={"party.joint_vetting": answer})
    clerk.run()
    assert [refusal.rules for refusal in clerk.refusals] == [("Z9",)]


# ---------------------------------------------------------------- readiness


def red(clerk_of: list[PreparedClerk], *found: Difficulty) -> Answer:
    """An assessment that finds these."""
    return lambda task, form: clerk_of[0].assessed(found)


def test_a_red_unit_is_held_until_every_difficulty_is_removed() -> None:
    """One accepted, one not: held (X4); the second inspection is about the one left; then it is yellow and goes on."""
    holder: list[PreparedClerk] = []

    def first(task: Task, form: Form) -> Form:
        assert isinstance(form, RemovalInspected)
        if task.round == 2:  # only what is left
            return RemovalInspected(held_on=form.held_on, removals=form.removals[1:])
        one, other = form.removals
        return form.model_copy(update={"removals": (one, Removal(difficulty=other.difficulty, accepted=False))})

    clerk = PreparedClerk(
        unit(difficult=True),
        answers={
            "prep.readiness": red(holder, Difficulty.CLANS, Difficulty.ACCOUNTS),
            "prep.removal": first,
        },
    )
    holder.append(clerk)
    assert clerk.run().completed_on is not None
    assert clerk.refusals == []
    assert decided(clerk, "prep.removal") == ["prep.removal", "prep.removal#2"]
    told = [(fact.colour, fact.open) for fact in clerk.of_kind("readiness_changed")]
    assert told == [
        (Colour.RED, (Difficulty.CLANS, Difficulty.ACCOUNTS)),
        (Colour.RED, (Difficulty.ACCOUNTS,)),
        (Colour.YELLOW, ()),
    ]
    assert [fact.rule for fact in clerk.of_kind("held")] == ["X4"]
    assert len(clerk.of_kind("released")) == 1


def test_a_unit_never_put_in_order_does_not_start() -> None:
    """不整顿到位不换届: nothing accepted by the plan's last day closes the unit as held."""
    holder: list[PreparedClerk] = []
    clerk = PreparedClerk(
        unit(difficult=True),
        answers={
            "prep.readiness": red(holder, Difficulty.FACTIONS),
            "prep.removal": lambda task, form: form.model_copy(
                update={"removals": (Removal(difficulty=Difficulty.FACTIONS, accepted=False),)}
            ),
        },
        delay=lambda task: timedelta(days=30 if task.step == "prep.removal" else 0, hours=10),
    )
    holder.append(clerk)
    outcome = clerk.run()
    assert (outcome.completed_on, outcome.held_by) == (None, "X4")
    assert clerk.of_kind("body_opened") == []


def test_the_day_set_for_a_difficulty_is_the_gates_last_day() -> None:
    """Past it the inspection is overdue, with an owner."""
    holder: list[PreparedClerk] = []
    clerk = PreparedClerk(
        unit(),
        answers={"prep.readiness": red(holder, Difficulty.PETITIONS)},
        delay=lambda task: timedelta(days=12 if task.step == "prep.removal" else 0, hours=10),
    )
    holder.append(clerk)
    assert clerk.run().completed_on is not None
    (assessed,) = [fact.form for fact in clerk.of_kind("decided") if isinstance(fact.form, ReadinessAssessed)]
    (opened,) = [fact for fact in clerk.of_kind("gate_opened") if fact.gate == "prep.removal"]
    assert opened.last_day == assessed.troubles[0].deadline
    assert [fact.gate for fact in clerk.of_kind("overdue") if fact.gate.startswith("prep.")] == ["prep.removal"]


def test_a_difficult_unit_names_its_difficulty_and_each_has_its_plan() -> None:
    """A listed unit cannot be green (Z1); a difficulty without plan and day is refused (Z2); all at once."""
    clerk = PreparedClerk(unit(difficult=True))
    honest = clerk.form
    clerk.form = lambda task: (  # type: ignore[method-assign]
        clerk.assessed((Difficulty.CLANS,)) if task.step == "prep.readiness" else honest(task)
    )
    bad = trouble(Difficulty.CLANS, date(2021, 1, 20)).model_copy(update={"plan": "", "deadline": None})
    clerk.answers["prep.readiness"] = lambda task, form: form.model_copy(
        update={"colour": Colour.GREEN, "troubles": (bad,)}
    )
    assert clerk.run().completed_on is not None
    (refusal,) = clerk.refusals
    assert refusal.rules == ("Z1", "Z2", "Z2")


def test_nobody_suitable_for_both_posts_makes_the_unit_difficult() -> None:
    """The eighth kind of difficulty: assessed anew, refused while it is not named, removed, and listed again."""

    def nobody(task: Task, form: Form) -> Form:
        assert isinstance(form, BothPostsListed)
        return form.model_copy(update={"standing": PostsList.NOBODY, "people": 0}) if task.round == 1 else form

    clerk = PreparedClerk(unit(), answers={"prep.both_posts": nobody})
    honest = clerk.form

    def form(task: Task) -> Form:
        if task.gate == "prep.readiness#2":
            return clerk.assessed((Difficulty.NO_CANDIDATE,))
        return honest(task)

    clerk.form = form  # type: ignore[method-assign]
    clerk.answers["prep.readiness#2"] = lambda task, form: clerk.assessed(()).model_copy(
        update={"colour": Colour.GREEN}
    )
    assert clerk.run().completed_on is not None
    assert [(one.gate, one.rules) for one in clerk.refusals] == [("prep.readiness#2", ("Z1",))]
    assert decided(clerk, "prep.both_posts") == ["prep.both_posts", "prep.both_posts#2"]
    assert decided(clerk, "prep.removal") == ["prep.removal"]


# ---------------------------------------------------------------- the audit, the training of the committee


@pytest.mark.parametrize(
    ("published", "begins"), [(date(2021, 2, 18), date(2021, 2, 19)), (date(2021, 2, 19), date(2021, 2, 20))]
)
def test_an_election_begins_the_day_after_its_audit_at_the_earliest(published: date, begins: date) -> None:
    """V24: published before the election; what comes after it in the preparation is done the same day."""
    clerk = PreparedClerk(unit())
    late = ("prep.audit", "prep.both_posts", "prep.joint_signatures", "prep.screening", "prep.reserves")

    def delay(task: Task) -> timedelta:
        if task.step == "prep.audit":
            wait = published - clerk.today
            return timedelta(days=wait.days, hours=1)
        return (
            timedelta(minutes=5)
            if task.step in (*late, "prep.double_check", "prep.supervised")
            else timedelta(hours=10)
        )

    clerk.delay = delay
    assert clerk.run().completed_on is not None
    assert clerk.day("decided", "prep.supervised") <= published
    (opened,) = [entry.at for entry in clerk.facts if entry.fact.kind == "body_opened" and entry.body == "party"]
    assert (opened + timedelta(hours=8)).date() == begins


def test_the_election_committee_is_trained_before_anything_else() -> None:
    """X5: a member left out is refused by name; the reserve who moves up is trained before going on."""

    def untrained(task: Task, form: Form) -> Form:
        assert isinstance(form, Trained)
        return form.model_copy(update={"due": (), "passed": form.passed[1:]})

    clerk = PreparedClerk(unit(), answers={"residents.committee_training": untrained})
    assert clerk.run().completed_on is not None
    assert [(one.gate, one.rules) for one in clerk.refusals] == [("residents.committee_training", ("X5",))]
    order = [fact.gate for fact in clerk.of_kind("decided", "residents")]
    assert order.index("residents.committee_training") == order.index("residents.election_committee") + 1


def test_who_moves_up_into_the_election_committee_is_trained_too() -> None:
    """A member is nominated and leaves; the next by votes was not trained: a second training before the review."""
    member = COMMITTEE[0]
    clerk = PreparedClerk(unit())
    honest = clerk.form

    def form(task: Task) -> Form:
        given = honest(task)
        if task.gate == "residents.nomination":
            nominee = given.nominees[0].model_copy(update={"person": member})  # type: ignore[union-attr]
            return given.model_copy(update={"nominees": (*given.nominees, nominee)})  # type: ignore[union-attr]
        return given

    clerk.form = form  # type: ignore[method-assign]
    assert clerk.run().completed_on is not None
    (left,) = clerk.of_kind("stepped_out")
    trained = [
        fact.form for fact in clerk.of_kind("decided") if isinstance(fact.form, Trained) and "residents" in fact.gate
    ]
    assert [one.due for one in trained][1] == (left.successor,)
    order = [fact.gate for fact in clerk.of_kind("decided", "residents")]
    assert order.index("residents.committee_training#2") == order.index("residents.nomination") + 1
