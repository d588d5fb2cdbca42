"""Counting by example: each case's expected values come from the clause it names, worked out by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from policies.counting import NextStep, Verdict, count
from policies.finding import Severity
from policies.form import Ballots, Candidate, ResultForm
from policies.rule import BOOK

Votes = Sequence[int | None]


def form(votes: Votes | Sequence[Candidate], **changes: Any) -> ResultForm:
    """A party members' meeting of 37, 30 present, all ballots valid, unless changed; `collected` follows `present`."""
    base: dict[str, Any] = {"body": "party", "mode": "members", "law": "2018", "roll": 37, "present": 30, "seats": 3}
    base.update(changes)
    if "ballots" not in changes and base["mode"] != "show_of_hands":
        present = base["present"]
        base["ballots"] = Ballots(issued=present, collected=present, valid=present, invalid=0, blank=0)
    people = tuple(
        each if isinstance(each, Candidate) else Candidate(name=name, votes=each)
        for name, each in zip("甲乙丙丁戊己庚辛壬癸", votes, strict=False)
    )
    return ResultForm(candidates=people, **base)


def papers(collected: int, *, invalid: int = 0, blank: int = 0, issued: int | None = None) -> Ballots:
    """Ballots that add up."""
    return Ballots(
        issued=collected if issued is None else issued,
        collected=collected,
        valid=collected - invalid,
        invalid=invalid,
        blank=blank,
    )


def rules(verdict: Verdict) -> set[str]:
    """The ids of the rules that spoke."""
    return {finding.rule for finding in verdict.findings}


# --- Quorum ---


@pytest.mark.parametrize(
    ("changes", "valid", "rule"),
    [
        ({"roll": 37, "present": 30}, True, "P7"),  # 5*30 >= 4*37
        ({"roll": 37, "present": 29}, False, "P7"),  # the near miss of the reference
        ({"roll": 40, "present": 32}, True, "P7"),  # exactly four fifths is enough
        ({"roll": 40, "present": 31}, False, "P7"),
        ({"mode": "representatives", "roll": 100, "present": 79}, False, "P7"),
        ({"body": "party_plenary", "mode": "plenary", "roll": 5, "present": 3, "seats": 1}, False, "P7"),
        ({"body": "residents", "mode": "representatives", "roll": 60, "present": 30}, False, "R5"),  # exactly half
        ({"body": "residents", "mode": "representatives", "roll": 60, "present": 31}, True, "R5"),
        ({"body": "residents", "mode": "representatives", "roll": 60, "present": 40, "law": "2025"}, False, "R25-19"),
        ({"body": "residents", "mode": "representatives", "roll": 60, "present": 41, "law": "2025"}, True, "R25-19"),
        ({"body": "residents", "mode": "households", "roll": 60, "present": 30, "law": "2025"}, False, "R25-19"),
        ({"body": "residents", "mode": "households", "roll": 60, "present": 31, "law": "2025"}, True, "R25-19"),
        ({"body": "residents", "mode": "voters", "roll": 1001, "present": 500, "law": "2025"}, False, "R25-19"),
        ({"body": "village", "mode": "voters", "roll": 1000, "present": 500}, False, "V14"),
        ({"body": "village", "mode": "voters", "roll": 1000, "present": 501}, True, "V14"),
        ({"body": "supervisory", "mode": "show_of_hands", "roll": 60, "present": 30}, False, "S2"),
        ({"body": "supervisory", "mode": "show_of_hands", "roll": 60, "present": 31}, True, "S2"),
        ({"body": "supervisory", "mode": "show_of_hands", "roll": 60, "present": 39, "law": "2025"}, False, "R25-29"),
        ({"body": "supervisory", "mode": "show_of_hands", "roll": 60, "present": 40, "law": "2025"}, True, "R25-29"),
        ({"body": "village_supervisory", "mode": "show_of_hands", "roll": 60, "present": 39}, False, "V26"),
        ({"body": "village_supervisory", "mode": "show_of_hands", "roll": 60, "present": 40}, True, "V26"),
        ({"body": "village_supervisory", "mode": "households", "roll": 60, "present": 39, "law": "2025"}, False, "V26"),
        ({"body": "village_supervisory", "mode": "households", "roll": 60, "present": 40, "law": "2025"}, True, "V26"),
        ({"body": "village_supervisory", "mode": "voters", "roll": 60, "present": 30, "law": "2025"}, False, "V26"),
        ({"body": "village_supervisory", "mode": "voters", "roll": 60, "present": 31, "law": "2025"}, True, "V26"),
        ({"body": "supervisory", "mode": "households", "roll": 60, "present": 30, "law": "2025"}, False, "R25-27"),
    ],
)
def test_quorum_near_misses(changes: dict[str, Any], valid: bool, rule: str) -> None:
    """One person decides; each failure is named by its rule and asks for a new poll."""
    present = changes["present"]
    verdict = count(form([present, present, present][: changes.get("seats", 3)], **changes))
    assert verdict.valid is valid
    assert (rule in rules(verdict)) is not valid
    if not valid:
        assert verdict.next is NextStep.NEW_POLL
        assert verdict.elected == ()


def test_nobody_makes_no_poll_and_no_vote_elects_no_one() -> None:
    """Four fifths of nobody is nobody, and a third of no ballots is no vote: neither is enough."""
    assert count(form([0, 0], roll=0, present=0)).valid is False
    base = {"body": "village", "mode": "voters", "roll": 3, "present": 2, "seats": 1, "round": 2}
    empty = count(form([0, 0], ballots=papers(0), **base))
    assert (empty.valid, empty.elected, empty.tied, empty.open_seats) == (True, (), (), 1)


def test_a_denominator_says_what_it_is() -> None:
    """The quorum of 29 among 37, spelled out."""
    answer = count(form([20, 19, 18], present=29)).answer()
    assert answer["denominators"]["quorum"] == {
        "of": "due",
        "label": "应到会党员",
        "figure": 37,
        "share": "4/5",
        "inclusive": True,
        "needed": 30,
        "reached": 29,
    }
    assert answer["denominators"]["majority"] == {
        "of": "present",
        "label": "到会有表决权的人数",
        "figure": 29,
        "share": "1/2",
        "inclusive": False,
        "needed": 15,
    }


# --- Majority, cut-off, ties ---


def test_party_majority_is_of_those_present_not_of_ballots() -> None:
    """P12: 15 of 30 present is not more than half, though it is of the 28 valid ballots; and the answer says so."""
    verdict = count(form([16, 15], seats=2, ballots=papers(29, invalid=1)))
    assert verdict.elected == ("甲",)
    assert verdict.next is NextStep.FURTHER_VOTE
    assert {"P12", "P14"} <= rules(verdict)


def test_most_votes_win_when_too_many_pass() -> None:
    """P13: four pass for three seats."""
    verdict = count(form([16, 20, 25, 18]))
    assert verdict.elected == ("丙", "乙", "丁")
    assert verdict.open_seats == 0
    assert verdict.next is None


def test_a_tie_at_the_cut_off_is_voted_again_and_never_drawn() -> None:
    """P13: the one above is in, the three equal wait."""
    verdict = count(form([20, 18, 18, 18]))
    assert verdict.elected == ("甲",)
    assert verdict.tied == ("乙", "丙", "丁")
    assert verdict.open_seats == 2
    assert verdict.next is NextStep.REVOTE_TIED
    assert "抽签" in next(each.remedy for each in verdict.findings if each.rule == "P13")


def test_a_tie_inside_the_seats_needs_no_revote() -> None:
    """Equal votes above the cut-off harm nobody."""
    verdict = count(form([20, 20, 18, 17]))
    assert verdict.elected == ("甲", "乙", "丙")
    assert verdict.next is None


@pytest.mark.parametrize(
    ("body", "mode", "rule"), [("village", "voters", "V18"), ("residents", "representatives", "V18")]
)
def test_ties_elsewhere_are_voted_again_too(body: str, mode: str, rule: str) -> None:
    """The village rule, and the community by analogy."""
    verdict = count(form([24, 17, 17], body=body, mode=mode, seats=2))
    assert verdict.next is NextStep.REVOTE_TIED
    assert rule in rules(verdict)


def test_write_ins_win_by_the_same_majority() -> None:
    """A name the voters added counts like any other."""
    people = [Candidate(name="甲", votes=10), Candidate(name="乙", votes=17, write_in=True)]
    assert count(form(people, seats=1)).elected == ("乙",)


def test_equal_numbers_are_allowed_in_the_plenary() -> None:
    """P15: one candidate for one seat, no remark on the margin, and the street must approve."""
    people = [Candidate(name="甲", votes=5, post="书记"), Candidate(name="乙", votes=4, post="副书记")]
    verdict = count(form(people, body="party_plenary", mode="plenary", roll=5, present=5, seats=2))
    assert verdict.elected == ("甲", "乙")
    assert rules(verdict) == {"P15"}


# --- Further votes ---


@pytest.mark.parametrize(
    ("body", "law", "rule"),
    [
        ("village", "2018", "V19"),
        ("village", "2025", "V19"),
        ("residents", "2025", "R25-19"),
        ("residents", "2018", "R5"),
    ],
)
def test_one_third_of_the_ballots_cast_elects_in_a_further_vote(body: str, law: str, rule: str) -> None:
    """Exactly a third is enough, one less leaves the seat empty; the denominator is the ballots, not the persons."""
    base = {"body": body, "mode": "voters", "law": law, "roll": 100, "present": 95, "round": 2, "seats": 1}
    enough = count(form([30, 29], ballots=papers(90), **base))
    assert enough.elected == ("甲",)
    assert enough.answer()["denominators"]["further"]["needed"] == 30
    assert enough.answer()["denominators"]["further"]["of"] == "collected"
    assert "majority" not in enough.answer()["denominators"]
    short = count(form([29, 28], ballots=papers(90), **base))
    assert short.valid is True
    assert short.elected == ()
    assert short.open_seats == 1
    assert short.next is None
    assert rule in rules(short)


def test_the_party_keeps_the_majority_in_a_further_vote() -> None:
    """P14: no third for the Party; still short, it may vote again or leave a seat out by a recorded decision."""
    verdict = count(form([15], seats=1, round=2))
    assert verdict.elected == ()
    assert verdict.next is NextStep.FURTHER_VOTE
    assert "P14" in rules(verdict)


def test_the_silent_plan_is_said_to_be_silent() -> None:
    """Defect 6: under the 2018 law a residents' further vote is counted by analogy, and says so."""
    verdict = count(form([20], body="residents", mode="representatives", seats=1, round=2))
    assert any("参照" in each.message for each in verdict.findings if each.rule == "R5")


# --- Ballots and forms of vote ---


@pytest.mark.parametrize(
    ("body", "mode", "rule"),
    [("party", "members", "P10"), ("village", "voters", "V15"), ("residents", "representatives", "V15")],
)
def test_one_ballot_too_many_voids_the_poll(body: str, mode: str, rule: str) -> None:
    """31 ballots from 30 persons; 30 are fine."""
    void = count(form([20], body=body, mode=mode, seats=1, ballots=papers(31)))
    assert void.valid is False
    assert void.next is NextStep.NEW_POLL
    assert rule in rules(void)
    assert count(form([20], body=body, mode=mode, seats=1, ballots=papers(30))).valid is True


def test_more_ballots_than_were_issued_void_the_poll() -> None:
    """Fewer than the persons present, but one came from nowhere."""
    verdict = count(form([20], seats=1, ballots=papers(29, issued=28)))
    assert verdict.valid is False
    assert "P10" in rules(verdict)


@pytest.mark.parametrize(
    ("body", "law", "rule"),
    [("party", "2018", "P9"), ("residents", "2018", "R5"), ("residents", "2025", "R25-19"), ("village", "2018", "V10")],
)
def test_a_show_of_hands_is_no_secret_ballot(body: str, law: str, rule: str) -> None:
    """Only the supervisory committee may be elected by hands."""
    verdict = count(form([20], body=body, law=law, mode="show_of_hands", seats=1))
    assert verdict.valid is False
    assert rule in rules(verdict)


@pytest.mark.parametrize("mode", ["households", "representatives"])
def test_villagers_vote_directly(mode: str) -> None:
    """No delegates in a village, under either law, whatever the figures (even unstated ones)."""
    verdict = count(form([20], body="village", mode=mode, seats=1, roll=None))
    assert verdict.valid is False
    assert any("直接选举" in each.message for each in verdict.findings)


def test_all_failures_come_at_once() -> None:
    """Quorum missed and a box too full: both are named."""
    verdict = count(form([20], body="village", mode="voters", roll=100, seats=1, ballots=papers(31)))
    assert {"V14", "V15"} <= rules(verdict)


# --- Missing figures ---


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"roll": None}, ("roll",)),
        ({"present": None}, ("present",)),
        ({"ballots": None}, ("ballots.collected",)),
        ({"ballots": Ballots(issued=30, valid=30)}, ("ballots.collected",)),
        ({"seats": None}, ("seats",)),
        ({"roll": None, "seats": None, "ballots": None}, ("roll", "ballots.collected", "seats")),
    ],
)
def test_a_missing_figure_is_named_and_not_guessed(changes: dict[str, Any], missing: tuple[str, ...]) -> None:
    """Undecided, with the paths of what is wanted."""
    changes = {"ballots": papers(30), **changes}
    verdict = count(form([20, 19, 18], **changes))
    assert verdict.valid is None
    assert not verdict.unusable
    assert verdict.missing == missing
    assert verdict.open_seats is None


def test_a_missing_vote_is_named() -> None:
    """Its bearer might win."""
    assert count(form([20, None, 18])).missing == ("candidates[1].votes",)


def test_a_missing_vote_that_cannot_matter_is_not_asked_for() -> None:
    """One seat, 30 ballots, 20 marks given away: 10 are left, and 16 would be needed."""
    verdict = count(form([20, None], seats=1))
    assert verdict.valid is True
    assert verdict.elected == ("甲",)


def test_a_definite_failure_needs_no_missing_figure() -> None:
    """29 of 37 fails whatever the votes were."""
    assert count(form([None, None], present=29)).valid is False


def test_collected_is_derived_from_its_parts() -> None:
    """Valid and invalid given: nothing is missing."""
    assert count(form([20, 19, 18], ballots=Ballots(valid=29, invalid=1))).valid is True


def test_unreconciled_papers_are_only_remarked_upon() -> None:
    """Issued, valid, invalid, blank unknown: the verdict stands."""
    verdict = count(form([20, 19, 18, 10], ballots=Ballots(collected=30)))
    assert verdict.valid is True
    assert [each.severity for each in verdict.findings if each.rule == "F.302"] == [Severity.INFO]


# --- Posts ---


def people(*entries: tuple[str, str, int]) -> list[Candidate]:
    """(name, post, votes) each."""
    return [Candidate(name=name, post=post, votes=votes) for name, post, votes in entries]


def test_the_chair_has_one_seat_and_one_other_group_the_rest() -> None:
    """Three seats: one chair, two members."""
    verdict = count(
        form(
            people(("甲", "主任", 18), ("乙", "主任", 12), ("丙", "委员", 25), ("丁", "委员", 20), ("戊", "委员", 10)),
            body="residents",
            mode="representatives",
        )
    )
    assert verdict.elected == ("甲", "丙", "丁")
    assert verdict.next is None


def test_seats_by_post_bind() -> None:
    """A deputy short, the rest full."""
    verdict = count(
        form(
            people(("甲", "主任", 18), ("乙", "副主任", 15), ("丙", "委员", 25)),
            body="residents",
            mode="representatives",
            seats={"主任": 1, "副主任": 1, "委员": 1},
        )
    )
    assert verdict.elected == ("甲", "丙")
    assert verdict.open_seats == 1
    assert verdict.next is NextStep.FURTHER_VOTE


def test_several_groups_share_a_total_only_when_that_is_certain() -> None:
    """Three winners for three seats: elected, with a warning. One more winner than seats: the parts are needed."""
    base = {"body": "residents", "mode": "representatives"}
    fits = people(("甲", "主任", 18), ("乙", "副主任", 17), ("丙", "委员", 25), ("丁", "委员", 9))
    verdict = count(form(fits, **base))
    assert verdict.elected == ("甲", "乙", "丙")
    assert "F.309" in rules(verdict)
    crowded = people(("甲", "主任", 18), ("乙", "副主任", 17), ("丙", "委员", 25), ("丁", "委员", 16))
    assert count(form(crowded, **base)).missing == ("seats.副主任", "seats.委员")


def test_one_person_keeps_the_higher_post() -> None:
    """V16: passing for chair and for member, one takes the chair; the next by votes gets the seat."""
    entries = people(("甲", "主任", 18), ("甲", "委员", 22), ("乙", "委员", 20), ("丙", "委员", 17))
    verdict = count(form(entries, body="village", mode="voters"))
    assert verdict.elected == ("甲", "乙", "丙")
    assert "V16" in rules(verdict)


# --- Remarks ---


def test_the_party_margin_is_a_warning_about_the_list() -> None:
    """P5: three seats need four candidates; with four the rule is silent, and write-ins are not candidates."""
    short = count(form([20, 19, 18]))
    assert short.valid is True
    assert [each.severity for each in short.findings if each.rule == "P5"] == [Severity.WARNING]
    assert "P5" not in rules(count(form([20, 19, 18, 9])))
    added = [*people(("甲", "委员", 20), ("乙", "委员", 19), ("丙", "委员", 18))]
    added.append(Candidate(name="丁", post="委员", votes=9, write_in=True))
    assert "P5" in rules(count(form(added)))


def test_more_candidates_than_seats_under_the_2025_law() -> None:
    """R25-18 and V25-18; the 2018 community law asks for nothing of the kind."""
    base = {"mode": "voters", "seats": 1}
    assert "R25-18" in rules(count(form([20], body="residents", law="2025", **base)))
    assert "V25-18" in rules(count(form([20], body="village", law="2025", **base)))
    assert "V8" in rules(count(form([20], body="village", law="2018", **base)))
    assert not rules(count(form([30], body="residents", law="2018", **base)))


def test_a_village_without_a_woman_is_warned() -> None:
    """V1: only when everyone's sex is stated."""
    men = [Candidate(name="甲", votes=20, sex="男"), Candidate(name="乙", votes=10, sex="女")]
    base = {"body": "village", "mode": "voters", "seats": 1}
    assert "V1" in rules(count(form(men, **base)))
    unstated = [Candidate(name="甲", votes=20), Candidate(name="乙", votes=10)]
    assert "V1" not in rules(count(form(unstated, **base)))


def test_unreturned_ballots_are_compared_with_the_closest_result() -> None:
    """Two ballots are gone and the margin is one vote: a warning. One gone and the margin five: only a note."""
    close = count(form([16, 8], seats=1, ballots=papers(28, issued=30)))
    assert [each.severity for each in close.findings if each.rule == "F.307"] == [Severity.WARNING]
    wide = count(form([20, 8], seats=1, ballots=papers(29, issued=30)))
    assert [each.severity for each in wide.findings if each.rule == "F.307"] == [Severity.INFO]


def test_too_many_issued_ballots_and_a_foreign_law_are_warned() -> None:
    """Issued above the persons and above the roll; the 2018 law on a 2026 date."""
    verdict = count(form([20, 9], seats=1, ballots=papers(30, issued=38), date="2026-03-01"))
    assert {"F.303", "F.305", "F.306"} <= rules(verdict)


def test_votes_for_nobody_listed_are_noticed() -> None:
    """One seat, 30 ballots, 25 marks: five went elsewhere."""
    assert "F.308" in rules(count(form([16, 9], seats=1)))


def test_a_village_supervisory_committee_may_need_more() -> None:
    """V26: the same body's name covers villages, whose representatives meet with two thirds."""
    base = {"body": "supervisory", "mode": "representatives", "roll": 60, "seats": 1}
    assert "S2" in rules(count(form([35], present=39, **base)))
    assert "S2" not in rules(count(form([35], present=40, **base)))


def test_every_rule_that_speaks_is_in_the_book() -> None:
    """The floor is marked, and 2025 clauses carry their date."""
    for rule in ("V14", "V17", "V19", "R25-19"):
        assert BOOK[rule].national_floor
    assert str(BOOK["R25-19"].effective_from) == "2026-01-01"
    assert all(BOOK[rule].text and BOOK[rule].source for rule in ("P7", "P12", "R5", "S2", "V25-18"))


# --- Separate ballots ---


@pytest.mark.parametrize(
    ("held", "elected", "tied"),
    [
        ({}, ("甲", "乙"), ()),
        ({"甲": "主任"}, ("乙", "丙"), ()),
        ({"丁": "主任"}, ("甲", "乙"), ()),  # who did not pass loses nothing
        ({"甲": "主任", "乙": "副主任"}, ("丙",), ()),
    ],
)
def test_who_won_a_higher_ballot_goes_on_to_the_next_by_votes(
    held: dict[str, str], elected: tuple[str, ...], tied: tuple[str, ...]
) -> None:
    """V16, V21: 30 present, 16 elect; 甲 20, 乙 18, 丙 16, 丁 6 for two seats."""
    verdict = count(form([20, 18, 16, 6], seats=2), held)
    assert (verdict.elected, verdict.tied) == (elected, tied)
    assert ("V16" in rules(verdict)) is any(name in held for name in "甲乙丙")
