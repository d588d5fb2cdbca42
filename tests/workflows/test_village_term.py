"""Within the term: a member recalled, a vacant seat filled. Expected values from articles 19 and 23 of the 2025 law (V25).

Figures: 1,000 with the right to vote (a fifth: 200), 30 representatives (a third: 10), 900 registered (valid from 451).
"""

from datetime import date, timedelta

import pytest

from policies.people import Kin, Kinship, Post, Sex
from tests.workflows.clerk import Answer
from tests.workflows.villageclerk import NOMINEES, VillageClerk, village, villager
from workflows.byelection import ByElection
from workflows.facts import Task
from workflows.messages import (
    BodyBrief,
    Conclusion,
    Form,
    Nominated,
    Petitioned,
    RecallBrief,
    RecallCounted,
    Reviewed,
    Winner,
)
from workflows.recall import RecallElection

MEMBER = NOMINEES[6][0]


class TermClerk(VillageClerk):
    """A village clerk who also answers a recall: 200 voters ask, 600 of 900 vote, 301 agree."""

    def form(self, task: Task) -> Form:
        """The honest form."""
        match task.step:
            case "recall.petition":
                return Petitioned(submitted_on=self.today, person=MEMBER.id, grounds="长期不在岗", voters=200)
            case "recall.vote":
                return voted(self.today)
        return super().form(task)


def voted(day: date, **changes: object) -> RecallCounted:
    """A recall's count."""
    figures: dict[str, object] = {
        "held_on": day,
        "roll": 900,
        "present": 600,
        "collected": 600,
        "in_favour": 301,
        "against": 290,
        "blank": 5,
        "invalid": 4,
        "declared": True,
    }
    return RecallCounted(**{**figures, **changes})  # type: ignore[arg-type]


def recall(**answers: Answer) -> TermClerk:
    """A recall of one member, with single answers changed."""
    brief = RecallBrief(unit=village(), member=MEMBER, entitled=1000, registered=900, representatives=30)
    given = {gate.replace("_", "."): answer for gate, answer in answers.items()}
    return TermClerk(village(), answers=given, term=(RecallElection.run, brief, "recall-1"))


def petition(**changes: object) -> Answer:
    """Another demand."""
    return lambda task, form: form.model_copy(update=changes)


def count_of(**changes: object) -> Answer:
    """Another count."""

    def answer(task: Task, form: Form) -> Form:
        assert isinstance(form, RecallCounted)
        return voted(form.held_on, **changes)

    return answer


def test_a_member_is_recalled_by_more_than_half_of_those_voting() -> None:
    clerk = recall()
    outcome = clerk.run()
    assert (outcome.person, outcome.valid, outcome.recalled) == (MEMBER.id, True, True)
    assert clerk.refusals == []
    assert [fact.kind for fact in clerk.of_kind("recall_settled")] == ["recall_settled"]


@pytest.mark.parametrize(("voters", "representatives", "accepted"), [(199, 9, False), (200, 0, True), (0, 10, True)])
def test_a_fifth_of_the_voters_or_a_third_of_the_representatives_ask(
    voters: int, representatives: int, accepted: bool
) -> None:
    clerk = recall(recall_petition=petition(voters=voters, representatives=representatives))
    clerk.run()
    assert [refusal.rules for refusal in clerk.refusals] == ([] if accepted else [("V25",)])


def test_exactly_half_of_those_voting_does_not_recall() -> None:
    clerk = recall(recall_vote=count_of(in_favour=300, against=291, declared=False))
    outcome = clerk.run()
    assert (outcome.valid, outcome.recalled) == (True, False)
    refused = recall(recall_vote=count_of(in_favour=300, against=291))
    refused.run()
    assert [refusal.rules for refusal in refused.refusals] == [("V25",)]


@pytest.mark.parametrize(("present", "valid"), [(450, False), (451, True)])
def test_more_than_half_of_the_registered_must_vote(present: int, valid: bool) -> None:
    figures = {"present": present, "collected": present, "in_favour": present - 10, "against": 10, "blank": 0}
    outcome = recall(recall_vote=count_of(**figures, invalid=0, declared=valid)).run()
    assert (outcome.valid, outcome.recalled) == (valid, valid)


def test_figures_of_a_recall_agree() -> None:
    for wrong in ({"roll": 901}, {"collected": 601, "against": 291}, {"against": 289}):
        clerk = recall(recall_vote=count_of(**wrong))
        clerk.run()
        assert [set(refusal.rules) for refusal in clerk.refusals] == [{"V25"}], wrong


def by_election(kin: tuple[Kinship, ...] = (), **answers: Answer) -> VillageClerk:
    """One member's seat is vacant; four are in office; two stand."""
    seated = tuple(Winner(person=one, post=post, votes=400) for one, post in NOMINEES[:7:2])
    brief = BodyBrief(unit=village(), seated=seated, vacant=(Post.COMMITTEE_MEMBER,), representatives=30)
    stand = ((villager(71, sex=Sex.MALE), Post.COMMITTEE_MEMBER), (villager(72, sex=Sex.MALE), Post.COMMITTEE_MEMBER))
    poll_day = date(2026, 3, 1)  # any day with room for the list
    clerk = VillageClerk(
        village(), kin=kin, nominees=stand, term=(ByElection.run, brief, "byelection-1"), answers=dict(answers)
    )
    clerk.answers["byelection.poll_day"] = lambda task, form: form.model_copy(update={"poll_day": poll_day})
    clerk.answers["byelection.proxies"] = lambda task, form: form.model_copy(
        update={
            "proxies": tuple(
                one.model_copy(update={"received_on": poll_day - timedelta(days=4)}) for one in form.proxies[:3]
            )
        }
    )
    clerk.answers["byelection.poll"] = clerk.answers.get("byelection.poll", at_two_stations(clerk))
    return clerk


def at_two_stations(clerk: VillageClerk) -> Answer:
    """No roving box in a by-election of this plan."""

    def answer(task: Task, form: Form) -> Form:
        boxes = {"中心会场": 400, "二组投票站": 220}
        return clerk.polled(task, boxes).model_copy(update={"proxies": 3, "roving_boxes": 0})

    return answer


def test_a_vacant_seat_is_filled_for_the_rest_of_the_term() -> None:
    clerk = by_election()
    outcome = clerk.run()
    assert clerk.refusals == []
    assert [winner.person.id for winner in outcome.elected] == ["P71"]
    assert outcome.open_seats == 0


def test_no_relative_of_a_member_in_office_is_a_candidate() -> None:
    """V21: one of two is the chair's brother. The list is refused; screened out at the review, he leaves room for a third."""
    third = villager(73, sex=Sex.MALE)
    kin = (Kinship(a="P71", b="P11", relation=Kin.SIBLING),)
    screened = by_election(kin)
    screened.people[third.id] = third

    def review(task: Task, form: Form) -> Form:
        assert isinstance(form, Reviewed)
        out = Conclusion(
            person="P71", passed=False, rule="V21", reason="近亲属在任", evidence="审〔2026〕1号", reviewer="审查人"
        )
        return form.model_copy(
            update={"conclusions": tuple(out if one.person == "P71" else one for one in form.conclusions)}
        )

    def another(task: Task, form: Form) -> Form:
        assert isinstance(form, Nominated)
        if task.gate == "byelection.nomination":
            return form
        return form.model_copy(update={"nominees": (form.nominees[0].model_copy(update={"person": third}),), "kin": ()})

    screened.answers["byelection.prereview"] = review
    screened.answers["byelection.nomination"] = another
    outcome = screened.run()
    assert screened.refusals == []
    assert {winner.person.id for winner in outcome.elected} <= {"P72", "P73"}

    listed = by_election(kin)
    with pytest.raises(Exception, match=r"byelection\.candidates"):  # nobody screens him out, so no list is possible
        listed.run()
    assert {(one.gate, one.rules) for one in listed.refusals} == {("byelection.candidates", ("V21",))}
