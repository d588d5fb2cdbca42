"""Posts voted on apart: each kind of ballot by its own papers, one roll and one number of voters for all of them.

Expected from the clauses: more than half of those voting elects (village 2025 article 18), a third of the votes cast in a
further vote, more ballots than voters void (the provinces' measures) that ballot whose papers they are. The
checker's own arithmetic is the second computation.
"""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.counting import NextStep, count
from policies.form import Ballots, Candidate, KindPapers, ResultForm, contradictions
from policies.form.sheet import FormRefused, read_form
from policies.law.norms import Norms, SurplusVoids
from policies.rules.village.ballots import surplus
from simulation.checker.tally import tally
from tests.builders.steady import STEADY

CHAIR, DEPUTY, MEMBER = "主任", "副主任", "委员"


def sheets(collected: int, invalid: int = 0, issued: int | None = None) -> Ballots:
    """Papers of one kind; as many issued as came back unless said."""
    return Ballots(
        issued=max(collected, issued or 0), collected=collected, valid=collected - invalid, invalid=invalid, blank=0
    )


def kinds(chair: Ballots, members: Ballots) -> tuple[KindPapers, ...]:
    """A chair's ballot, and one for the members."""
    return (
        KindPapers(kind="委员票", posts=(MEMBER,), ballots=members),
        KindPapers(kind="主任票", posts=(CHAIR,), ballots=chair),
    )


def form(chair: dict[str, int], members: dict[str, int], **changes: Any) -> ResultForm:
    """A village of 100 registered, 61 of whom vote for a chair and two members on a ballot each."""
    rows = [Candidate(name=name, votes=n, post=MEMBER) for name, n in members.items()]
    rows += [Candidate(name=name, votes=n, post=CHAIR) for name, n in chair.items()]
    base: dict[str, Any] = {
        "body": "village",
        "mode": "voters",
        "law": "2025",
        "roll": 100,
        "present": 61,
        "kinds": kinds(sheets(61), sheets(61)),
        "seats": {MEMBER: 2, CHAIR: 1},
        "candidates": tuple(rows),
    }
    return ResultForm(**(base | changes))


@pytest.mark.parametrize(("votes", "elected"), [(30, False), (31, True), (32, True)])
def test_half_of_those_voting_and_not_of_its_own_ballots(votes: int, elected: bool) -> None:
    """V17: 61 vote, so 31 elect; that only 55 ballots for chair came back, 5 of them invalid, changes nothing."""
    own = kinds(sheets(55, invalid=5, issued=61), sheets(61))
    verdict = count(form({"甲": votes, "乙": 10}, {"丙": 40, "丁": 35, "戊": 3}, kinds=own))
    assert verdict.valid
    assert ("甲" in verdict.elected) is elected
    assert (verdict.open_seats, verdict.next) == ((0, None) if elected else (1, NextStep.FURTHER_VOTE))


@pytest.mark.parametrize(("present", "valid"), [(50, False), (51, True)])
def test_one_quorum_for_all_kinds(present: int, valid: bool) -> None:
    """V14: more than half of the registered voted, or nothing is valid."""
    own = kinds(sheets(present), sheets(present))
    verdict = count(form({"甲": 40}, {"丙": 40, "丁": 39, "戊": 3}, present=present, kinds=own))
    assert verdict.valid is valid
    assert verdict.next == (None if valid else NextStep.NEW_POLL)


@pytest.mark.parametrize(("collected", "void"), [(60, ()), (61, ()), (62, (CHAIR,))])
def test_more_ballots_of_one_kind_than_voters_void_that_kind(collected: int, void: tuple[str, ...]) -> None:
    """V15: the members' vote stands; the chair is voted on anew."""
    own = kinds(sheets(collected), sheets(61))
    verdict = count(form({"甲": 50, "乙": 10}, {"丙": 40, "丁": 35, "戊": 3}, kinds=own))
    assert (verdict.valid, verdict.void_posts) == (True, void)
    assert verdict.elected == (("丙", "丁") if void else ("甲", "丙", "丁"))
    assert verdict.next == (NextStep.REVOTE_VOID if void else None)
    assert verdict.open_seats == len(void)
    assert verdict.needed(CHAIR) == (None if void else 31)
    assert [each.message.startswith("“主任票”") for each in verdict.findings if each.rule == "V15"] == [True] * len(
        void
    )


def test_every_kind_in_surplus_is_a_void_poll() -> None:
    verdict = count(form({"甲": 50}, {"丙": 40, "丁": 35}, kinds=kinds(sheets(62), sheets(62))))
    assert (verdict.valid, verdict.elected, verdict.next) == (False, (), NextStep.NEW_POLL)


@pytest.mark.parametrize(("votes", "elected"), [(19, False), (20, True)])
def test_a_third_of_its_own_ballots_in_a_further_vote(votes: int, elected: bool) -> None:
    """V19: 60 ballots for chair were cast, so 20 elect; of the members' 45 it takes 15."""
    own = kinds(sheets(60, issued=61), sheets(45, issued=61))
    verdict = count(
        form({"甲": votes, "乙": 10}, {"丙": 15, "丁": 14}, round=2, kinds=own, seats={CHAIR: 1, MEMBER: 1})
    )
    assert verdict.elected == (("甲", "丙") if elected else ("丙",))
    assert (verdict.needed(CHAIR), verdict.needed(MEMBER)) == (20, 15)
    assert verdict.denominators.further is None, "no one figure is the denominator of both"


def test_who_becomes_chair_takes_no_seat_of_a_member() -> None:
    """The next by votes does, who has enough of them himself."""
    verdict = count(form({"甲": 40, "乙": 10}, {"甲": 40, "丙": 35, "丁": 31, "戊": 16}))
    assert verdict.elected == ("甲", "丙", "丁")
    one_fewer = count(form({"甲": 40, "乙": 10}, {"甲": 40, "丙": 35, "丁": 30, "戊": 16}))
    assert (one_fewer.elected, one_fewer.open_seats) == (("甲", "丙"), 1)


def test_members_wait_for_a_chair_who_is_tied() -> None:
    """甲 has votes enough for both posts, and as many as 乙 for chair."""
    verdict = count(
        form({"甲": 20, "乙": 20}, {"甲": 40, "丙": 40, "丁": 31}, round=2, kinds=kinds(sheets(60), sheets(61)))
    )
    assert (verdict.valid, verdict.missing) == (None, ("主任票",))


def test_a_missing_figure_is_named_with_its_kind() -> None:
    """The denominator of the chair's third is not stated."""
    own = kinds(Ballots(issued=61), sheets(61))
    verdict = count(form({"甲": 25}, {"丙": 40, "丁": 35}, round=2, kinds=own))
    assert (verdict.valid, verdict.missing) == (None, ("kinds.主任票.collected",))
    assert any("主任票的收回选票数" in each.message for each in verdict.findings)
    unstated = form({"甲": 25}, {"丙": 40, "丁": 35})
    rows = [one.model_copy(update={"votes": None}) if one.name == "甲" else one for one in unstated.candidates]
    assert count(unstated.model_copy(update={"candidates": tuple(rows)})).missing == ("candidates[2].votes",)


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"ballots": sheets(61)}, ["F.213"]),
        ({"seats": 3}, ["F.213"]),
        ({"seats": {CHAIR: 1, MEMBER: 2, DEPUTY: 1}}, ["F.213"]),
        ({"kinds": kinds(sheets(61), sheets(61))[:1]}, ["F.213"]),
        ({"kinds": (*kinds(sheets(61), sheets(61)), kinds(sheets(61), sheets(61))[0])}, ["F.213", "F.213"]),
        ({"mode": "show_of_hands"}, ["F.203"]),
        ({"kinds": kinds(Ballots(collected=61, valid=50, invalid=10), sheets(61))}, ["F.204"]),
        ({"kinds": kinds(sheets(61, invalid=12), sheets(61))}, ["F.207", "F.208"]),
        ({"kinds": kinds(Ballots(collected=-1), sheets(61))}, ["F.201"]),
        ({"present": 101}, ["F.206"]),
    ],
)
def test_what_contradicts_itself(changes: dict[str, Any], rules: list[str]) -> None:
    """Every post on one kind of ballot, the papers with the kinds, each kind's figures in order."""
    found = contradictions(form({"甲": 50}, {"丙": 40, "丁": 35, "戊": 3}, **changes))
    assert [each.rule for each in found] == rules


WRITTEN: dict[str, Any] = {
    "body": "village",
    "mode": "voters",
    "law": "2025",
    "roll": 100,
    "present": 61,
    "kinds": [
        {"kind": "主任票", "posts": ["主任"], "issued": 61, "collected": 60, "valid": 58, "invalid": 2, "blank": 1},
        {"kind": "委员票", "posts": ["委员"], "issued": 61, "collected": 61, "valid": 61, "invalid": 0, "blank": 0},
    ],
    "seats": {"主任": 1, "委员": 1},
    "candidates": [
        {"name": "甲", "post": "主任", "votes": 40},
        {"name": "丙", "post": "委员", "votes": 35},
        {"name": "丁", "post": "委员", "votes": 20},
    ],
}


def test_a_form_as_people_write_it() -> None:
    """`huanjie count` takes the kinds of ballot as a list."""
    read = read_form(WRITTEN, today=dt.date(2026, 5, 1))
    assert read.kinds[0] == KindPapers(
        kind="主任票", posts=("主任",), ballots=Ballots(issued=61, collected=60, valid=58, invalid=2, blank=1)
    )
    verdict = count(read)
    assert verdict.elected == ("甲", "丙")
    assert list(verdict.answer()["kinds"]) == ["主任票", "委员票"]


@pytest.mark.parametrize(
    ("kinds_", "wrong"),
    [
        ("主任票", [("F.107", "kinds")]),
        ([3], [("F.107", "kinds[0]")]),
        ([{"kind": "主任票", "posts": [], "number": 3}], [("F.105", "kinds[0].number"), ("F.107", "kinds[0].posts")]),
        ([{"posts": ["主任"], "valid": "许多"}], [("F.107", "kinds[0].kind"), ("F.107", "kinds[0].valid")]),
    ],
)
def test_kinds_that_cannot_be_read(kinds_: object, wrong: list[tuple[str, str]]) -> None:
    """Every slip at its place, and no echo of it."""
    with pytest.raises(FormRefused) as refused:
        read_form(WRITTEN | {"kinds": kinds_}, today=dt.date(2026, 5, 1))
    assert [(each.rule, each.value) for each in refused.value.findings] == wrong


VOTES = st.integers(0, 61)


@st.composite
def forms(draw: st.DrawFn) -> ResultForm:
    """Forms of two kinds, often with somebody on both, each kind's votes within its ballots."""
    papers = [draw(st.sampled_from((59, 60, 61, 61, 61, 62))) for _ in range(2)]
    names = draw(st.lists(st.sampled_from("甲乙丙丁戊"), min_size=2, max_size=4, unique=True))
    chair = draw(VOTES.map(lambda n: min(n, papers[0])))
    members = {name: draw(st.integers(0, papers[1] // 2)) + draw(st.integers(0, 10)) for name in names}
    own = kinds(sheets(papers[0]), sheets(papers[1]))
    return form(
        {"甲": chair, "己": min(papers[0] - chair, draw(VOTES))},
        members,
        kinds=own,
        round=draw(st.sampled_from((1, 2))),
    )


@STEADY
@given(forms())
def test_the_checkers_own_arithmetic_agrees(sheet: ResultForm) -> None:
    """Elected, tied, void posts and open seats; where members wait for the chair nothing is said."""
    verdict = count(sheet)
    if verdict.valid is None:
        return
    recomputed = tally(
        "residents.runoff" if sheet.round == 2 else "residents.poll", sheet.model_dump(mode="json"), "2025"
    )
    if not verdict.valid:
        assert recomputed.elected == ()
        return
    assert sorted(sheet.candidates[i].name for i in recomputed.elected) == sorted(verdict.elected)
    assert sorted(sheet.candidates[i].name for i in recomputed.tied) == sorted(verdict.tied)
    assert {sheet.candidates[i].post for i in recomputed.void} == set(verdict.void_posts)
    assert recomputed.open_seats == verdict.open_seats


@STEADY
@given(forms())
def test_papers_alike_are_one_ballot(sheet: ResultForm) -> None:
    """Where every kind has the same papers, the verdict is that of one ballot with all posts on it."""
    papers = sheet.kinds[0].ballots
    alike = tuple(kind.model_copy(update={"ballots": papers}) for kind in sheet.kinds)
    apart = count(sheet.model_copy(update={"kinds": alike}))
    if apart.valid is None:  # waits for the chair, where one ballot would go on
        return
    one = count(sheet.model_copy(update={"kinds": (), "ballots": papers}))
    assert (apart.valid, apart.elected, apart.open_seats, apart.next, apart.tied) == (
        one.valid,
        one.elected,
        one.open_seats,
        one.next,
        one.tied,
    )


BY_POLL = Norms(surplus_voids=SurplusVoids.POLL)


@pytest.mark.parametrize(("collected", "rules"), [(61, []), (62, ["V15", "V15"])])
def test_a_surplus_is_told_of_its_kind(collected: int, rules: list[str]) -> None:
    """V15 by box and in all, of the chair's ballot; `only` leaves out a kind by which nobody is declared."""
    box = {"会场": form({"甲": 50}, {"丙": 40, "丁": 35}, kinds=kinds(sheets(collected), sheets(61)))}
    found = surplus(box, BY_POLL)
    assert [each.rule for each in found] == rules
    assert all(each.message.startswith("“主任票”") for each in found)
    assert surplus(box, BY_POLL, only={"委员票"}) == []
