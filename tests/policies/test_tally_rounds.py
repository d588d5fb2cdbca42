"""A further vote, or a re-vote, held against the poll it follows: its unelected with most votes, its open seats.

Expected from the clause: 「另行选举的，第一次投票未当选的人员得票多的为候选人」 (village 2018 article 15); 31 of 60 elect in the first poll.
"""

from typing import Any

import pytest

from policies.form import Candidate, ResultForm
from policies.tally import link_problems
from tests.policies.polls_in_boxes import numbers


def form(votes: dict[str, int], **changes: Any) -> ResultForm:
    """A villagers' poll of 100 registered and 60 voting, for three members."""
    base: dict[str, Any] = {
        "body": "village",
        "mode": "voters",
        "law": "2018",
        "date": "2021-04-28",
        "roll": 100,
        "present": 60,
        "ballots": {"issued": 60, "collected": 60, "valid": 60, "invalid": 0, "blank": 0},
        "seats": 3,
        "candidates": tuple(
            Candidate(name=name.removeprefix("+"), votes=n, write_in=name.startswith("+")) for name, n in votes.items()
        ),
    }
    return ResultForm(**(base | changes))


FIRST = {"甲": 40, "乙": 35, "丙": 30, "丁": 28, "+戊": 20, "己": 15}
"""甲 and 乙 are elected, one seat is open."""


def second(*names: str, **changes: Any) -> ResultForm:
    """The further vote for one seat among these."""
    votes = {name: 20 - place for place, name in enumerate(names)}
    return form(votes, **({"seats": 1, "round": 2, "date": "2021-05-05"} | changes))


@pytest.mark.parametrize(
    ("further", "expected"),
    [
        (second("丙", "丁"), []),
        (second("丙", "丁", "戊"), []),
        (second("丙", "丁", date="2021-04-28"), []),
        (second("丙", "丁", "+庚"), []),  # whom voters write in is nobody's candidate
        (second("丁", "戊"), ["W.21"]),  # 丙 has 30, more than 20
        (second("丙", "己"), ["W.21", "W.21"]),  # 丁 28 and 戊 20, more than 15
        (second("甲", "丙"), ["F.23"]),
        (second("丙", "丁", "庚"), ["F.23"]),
        (second("丙", "丁", seats=2), ["F.25"]),
        (second("丙", "丁", round=1), ["F.22"]),
        (second("丙", "丁", date="2021-04-27"), ["F.22"]),
        (second("丙", "丁", law="2025", body="residents"), ["F.22", "F.22"]),
        (second("甲", "己", seats=3, round=1), ["F.22", "F.23", "W.21", "W.21", "W.21", "F.25"]),
    ],
)
def test_a_further_vote_is_among_the_unelected_with_most_votes(further: ResultForm, expected: list[str]) -> None:
    """For the seats left open; everything wrong at once."""
    assert numbers(link_problems(form(FIRST), further)) == expected


def test_equal_votes_pass_nobody_over() -> None:
    """丙 and 丁 have 30 each: one of them may stand without the other only in favour of neither."""
    first = form({**FIRST, "丁": 30})
    assert numbers(link_problems(first, second("丙", "戊"))) == ["W.21"]
    assert numbers(link_problems(first, second("丙"))) == []


TIED = {"甲": 40, "乙": 35, "丙": 32, "丁": 32, "戊": 20}
"""丙 and 丁 tie for the third seat."""


@pytest.mark.parametrize(
    ("names", "changes", "expected"),
    [
        (("丙", "丁"), {}, []),
        (("丙",), {}, ["F.24"]),
        (("丙", "丁", "戊"), {}, ["F.23"]),
        (("丙", "甲"), {}, ["F.23", "F.24"]),
        (("丙", "丁"), {"seats": 2}, ["F.25"]),
        (("丙", "丁"), {"round": 2}, ["F.22"]),
    ],
)
def test_a_revote_is_among_exactly_the_tied(
    names: tuple[str, ...], changes: dict[str, Any], expected: list[str]
) -> None:
    """All of them and nobody else, for the seat they tie for."""
    assert numbers(link_problems(form(TIED), second(*names, **({"round": 1} | changes)))) == expected


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (form({"甲": 40, "乙": 35, "丙": 32}), "名额已满"),
        (form({"甲": 40, "乙": 35}, present=50, ballots=None), "无效"),
        (form({"甲": 40, "乙": 35, "丙": 30}, present=None, ballots=None), "还不能判定"),
        (second("丙", "丁", candidates=({"name": "丙", "votes": 19},)), "名额已满"),  # a seat stays empty after it
    ],
)
def test_nothing_follows_a_poll_that_is_full_void_or_undecided(first: ResultForm, why: str) -> None:
    """One finding that says which."""
    found = link_problems(first, second("丙", "丁"))
    assert numbers(found) == ["F.21"]
    assert why in found[0].message


def test_seats_by_post_leave_what_is_open_in_all() -> None:
    """A chair is elected, one of two members: one seat is open; whoever stood for chair only is no rival of the members."""
    people = (("甲", 40, "主任"), ("乙", 20, "主任"), ("丙", 35, "委员"), ("丁", 22, "委员"), ("戊", 21, "委员"))
    first = form(
        {}, seats={"主任": 1, "委员": 2}, candidates=tuple({"name": n, "votes": v, "post": p} for n, v, p in people)
    )
    further = second(seats={"委员": 1}, candidates=({"name": "丁", "post": "委员"}, {"name": "戊", "post": "委员"}))
    assert link_problems(first, further) == []
    cross = second(seats={"委员": 1}, candidates=({"name": "丁", "post": "委员"}, {"name": "乙", "post": "委员"}))
    assert numbers(link_problems(first, cross)) == ["F.23"]


def test_one_person_for_two_posts_leaves_the_seats_at_stake_open() -> None:
    """Two tie for chair, one of them also stands as a member: which seat he has the answer does not say."""
    people = (
        ("甲", 31, "主任"),
        ("乙", 29, "主任"),
        ("甲", 15, "委员"),
        ("丙", 35, "委员"),
        ("丁", 35, "委员"),
        ("戊", 35, "委员"),
    )
    tie = form(
        {}, seats={"主任": 1, "委员": 2}, candidates=tuple({"name": n, "votes": v, "post": p} for n, v, p in people)
    )
    again = second(round=1, seats={"委员": 2}, candidates=tuple({"name": n, "post": "委员"} for n in "丙丁戊"))
    assert link_problems(tie, again) == []


def test_who_has_a_seat_from_another_ballot_takes_none_of_this_one() -> None:
    """甲 is chair by the chair's ballot: 乙 and 丙 are then the members, one seat of three is open, nobody is passed over."""
    votes = {"甲": 40, "乙": 35, "丙": 31, "丁": 28, "己": 15}
    after = {"seats": 1, "round": 2, "date": "2021-05-05"}
    assert numbers(link_problems(form(votes), form({"丁": 20, "己": 19}, **after))) == ["F.21"], (
        "all three seats are filled"
    )
    assert numbers(link_problems(form(votes), form({"丁": 20, "己": 19}, **after), {"甲": "主任"})) == []
    again = link_problems(form(votes), form({"甲": 20, "丁": 19}, **after), {"甲": "主任"})
    assert [(each.rule, each.value) for each in again] == [("F.23", "甲")]


def apart(chair: dict[str, int], members: dict[str, int], **changes: Any) -> ResultForm:
    """A poll of 60 on a chair's ballot and a members' one."""
    papers = {"issued": 60, "collected": 60, "valid": 60, "invalid": 0, "blank": 0}
    whole = form({}, **changes)
    rows = [Candidate(name=name, votes=n, post="主任") for name, n in chair.items()]
    rows += [Candidate(name=name, votes=n, post="委员") for name, n in members.items()]
    kinds = [{"kind": f"{post}票", "posts": [post], "ballots": papers} for post in whole.seats_by_post()]
    update = {"ballots": None, "candidates": tuple(rows), "kinds": kinds}
    return ResultForm.model_validate(whole.model_dump() | update)


@pytest.mark.parametrize(
    ("chair", "members", "expected"),
    [
        ({"丙": 20, "丁": 19}, {"己": 20, "庚": 19}, []),
        (
            {"丙": 20, "丁": 19},
            {"甲": 20, "庚": 19},
            [("F.23", "甲"), ("W.21", 30)],
        ),  # 甲 is a member already; 己 with 30 gave way to 庚
        ({"丙": 20, "丁": 19}, {"己": 20}, []),
        ({"丁": 20, "戊": 19}, {"己": 20, "庚": 19}, [("W.21", 28)]),  # 丙 had 28 for chair
    ],
)
def test_each_kind_of_ballot_follows_from_its_own(
    chair: dict[str, int], members: dict[str, int], expected: list[tuple[str, object]]
) -> None:
    """No chair with 31 of 60, one member of two: both go on, each among its own unelected."""
    first = apart({"丙": 28, "丁": 20, "戊": 12}, {"甲": 40, "己": 30, "庚": 20}, seats={"主任": 1, "委员": 2})
    second = apart(chair, members, seats={"主任": 1, "委员": 1}, round=2, date="2021-05-05")
    assert [(each.rule, each.value) for each in link_problems(first, second)] == expected


def test_a_further_vote_on_one_ballot_follows_from_the_kind_with_its_post() -> None:
    """Only the chair is open; a poll that does not say its posts follows from none."""
    first = apart({"丙": 28, "丁": 20}, {"甲": 40, "己": 35}, seats={"主任": 1, "委员": 2})
    only = form(
        {}, seats={"主任": 1}, round=2, date="2021-05-05", candidates=(Candidate(name="丙", votes=30, post="主任"),)
    )
    assert numbers(link_problems(first, only)) == []
    assert numbers(link_problems(first, second("丙"))) == ["F.22"]
