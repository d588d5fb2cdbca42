"""A community's committee by every voter or one delegate a household: another denominator, another roll, the same workflow.

Packs here are the street plan with its residents' poll in another mode and a year of its own for the list.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from policies.calendar import national_calendar
from policies.form import Body, Mode
from policies.law.norms import Norms
from policies.pack.schema import Absolute, Act, Condition, Pack, PollMode, Role, Step
from policies.rule import Law
from tests.workflows.clerk import Answer, Clerk, brief, street_2021
from workflows.facts import Task
from workflows.messages import Form, ListCorrected, Posted, Registered
from workflows.setting import Setting, install

VOTERS, HOUSEHOLDS = 3000, 1400
NORMS = Norms(voting_age=18, voters_list_days=20, objection_days=5, decision_days=3)


def step(name: str, title: str, act: Act, first: date, last: date, after: str, condition: Condition) -> Step:
    """One of the roll's steps."""
    return Step(
        id=f"residents.{name}",
        number="另定",
        title=title,
        text=title,
        act=act,
        actor=Role.ELECTION_COMMITTEE,
        window=Absolute(**{"from": first, "to": last}),
        after=(f"residents.{after}",),
        condition=condition,
    )


@cache
def setting(mode: PollMode, law: Law = Law.OF_2018) -> Setting:
    """The street plan with another mode: registration, list and objections before the nomination."""
    pack = street_2021().as_executed()
    always = Condition.EVERY_VOTER if mode is PollMode.VOTERS else Condition.ALWAYS
    roll = (
        step(
            "registration",
            "选民登记",
            Act.REGISTRATION,
            date(2021, 4, 10),
            date(2021, 4, 17),
            "election_committee",
            always,
        ),
        step(
            "voters_list", "选民名单公布", Act.PUBLICITY, date(2021, 4, 10), date(2021, 4, 18), "registration", always
        ),
        step("objections", "名单异议处理", Act.CORRECTION, date(2021, 4, 10), date(2021, 4, 28), "voters_list", always),
    )
    bodies = []
    for body in pack.bodies:
        steps: list[Step] = []
        for one in body.steps:
            if one.id == "residents.registration":
                continue
            if one.id == "residents.nomination":
                steps += roll
            if one.id == "residents.poll":
                assert one.ballot is not None
                one = one.model_copy(update={"ballot": one.ballot.model_copy(update={"mode": mode})})
            if one.id.startswith(("residents.", "supervisory.")):
                one = later(one)
            steps.append(one)
        bodies.append(body.model_copy(update={"steps": tuple(steps)}))
    changed: Pack = pack.model_copy(
        update={
            "bodies": tuple(bodies),
            "norms": NORMS,
            "law": law,
            "completed_by": date(2021, 8, 31),
            "resolutions": (),
        }
    )
    return install(changed, national_calendar([2021]))


def later(one: Step) -> Step:
    """A month's room after the list; the first steps keep their days."""
    keep = ("election_committee", "group_leaders", "representatives", "registration", "voters_list", "objections")
    if one.id.split(".")[1] in keep or not isinstance(one.window, Absolute):
        return one.model_copy(update={"after": tuple(a for a in one.after if a != "residents.registration")})
    ends = None if one.window.to is None else one.window.to + timedelta(days=40)
    return one.model_copy(update={"window": one.window.model_copy(update={"to": ends})})


class ModeClerk(Clerk):
    """The community's clerk with a roll, and the residents' poll by whoever votes."""

    def form(self, task: Task) -> Form:
        """The honest form."""
        match task.step:
            case "residents.registration":
                return Registered(closed_on=self.today, residents=VOTERS, away=0, outsiders=0, households=HOUSEHOLDS)
            case "residents.voters_list":
                return Posted(posted_on=self.today, place="公示栏", voters=VOTERS)
            case "residents.objections":
                return ListCorrected(published_on=self.today, added=0, removed=0, voters=VOTERS)
            case "residents.poll":
                return self.by_mode(task, self.mode, self.entitled)
        return super().form(task)

    def by_mode(self, task: Task, mode: Mode, roll: int) -> Form:
        """Just over half of those entitled vote."""
        present = roll // 2 + 1
        votes = [present * 3 // 4 if n < task.seats else 5 for n in range(len(task.people))]
        return self.counted(task, Body.RESIDENTS, mode, roll, present, votes)

    mode: Mode
    entitled: int


def clerk(mode: PollMode, entitled: int, law: Law = Law.OF_2018, **answers: Answer) -> ModeClerk:
    """An election in a mode."""
    given: dict[str, Any] = {gate.replace("_", ".", 1): answer for gate, answer in answers.items()}
    made = ModeClerk(brief(setting=setting(mode, law).hash), answers=given)
    made.mode, made.entitled = Mode(mode.value), entitled
    return made


@pytest.mark.parametrize(("mode", "entitled"), [(PollMode.VOTERS, VOTERS), (PollMode.HOUSEHOLDS, HOUSEHOLDS)])
def test_the_denominator_is_the_roll_of_the_mode(mode: PollMode, entitled: int) -> None:
    right = clerk(mode, entitled)
    assert right.run().completed_on is not None
    assert right.refusals == []
    wrong = clerk(mode, entitled, residents_poll=lambda task, form: wrong.by_mode(task, wrong.mode, 56))
    wrong.run()
    assert [refusal.rules[0] for refusal in wrong.refusals] == ["R5"]


def test_the_poll_waits_for_the_lists_twenty_days() -> None:
    done = clerk(PollMode.VOTERS, VOTERS)
    done.run()
    listed, polled = done.day("decided", "residents.voters_list"), done.day("decided", "residents.poll")
    assert (polled - listed).days >= 20


def test_a_communitys_list_is_judged_by_its_own_articles() -> None:
    """Under the 2025 law: article 17, not the villages' V6 and V7; under the older law those by analogy."""
    short: Answer = lambda task, form: form.model_copy(update={"voters": VOTERS - 1})
    for law, rule in ((Law.OF_2018, "V7"), (Law.OF_2025, "R25-17")):
        judged = clerk(PollMode.VOTERS, VOTERS, law, residents_voters_list=short)
        judged.run()
        assert [refusal.rules for refusal in judged.refusals] == [(rule,)]


def test_a_step_for_every_voter_stays_away_where_representatives_vote() -> None:
    plain = Clerk(brief())
    plain.run()
    assert "residents.registration" not in [fact.gate for fact in plain.of_kind("gate_opened")]
