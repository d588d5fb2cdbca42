"""Forms that contradict themselves or cannot be read: every problem is named, and none that is not there."""

import datetime as dt
from typing import Any

import pytest

from policies.counting import count
from policies.form import FORM_PROBLEMS, FormRefused, ResultForm, contradictions, read_form
from policies.rule import Law

TODAY = dt.date(2026, 7, 1)


def sheet(**changes: Any) -> dict[str, Any]:
    """A residents' poll that is in order."""
    base: dict[str, Any] = {
        "body": "residents",
        "mode": "representatives",
        "law": 2018,
        "roll": 60,
        "present": 50,
        "ballots": {"issued": 50, "collected": 50, "valid": 48, "invalid": 2, "blank": 1},
        "seats": 2,
        "candidates": [{"name": "甲", "votes": 40}, {"name": "乙", "votes": 30}, {"name": "丙", "votes": 20}],
    }
    return base | changes


def ballots(**changes: int | None) -> dict[str, Any]:
    """The sheet with other ballot figures."""
    return sheet(ballots={**sheet()["ballots"], **changes})


def problems(raw: object) -> list[str]:
    """The numbers of the problems found, in order; empty for a usable form."""
    try:
        read_form(raw, today=TODAY)
    except FormRefused as refused:
        return [finding.rule for finding in refused.findings]
    return []


def test_a_form_in_order_has_no_problems() -> None:
    """The base of all other cases."""
    assert problems(sheet()) == []


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (sheet(roll=-1), "F.201"),
        (ballots(blank=-3), "F.201"),
        (sheet(body="party", mode="households"), "F.202"),
        (sheet(body="village", mode="plenary"), "F.202"),
        (sheet(body="party_plenary", mode="members"), "F.202"),
        (sheet(body="supervisory", mode="show_of_hands"), "F.203"),
        (ballots(valid=49, blank=0), "F.204"),
        (ballots(valid=51, invalid=None), "F.204"),
        (ballots(valid=None, invalid=51, blank=None), "F.204"),
        (ballots(blank=49), "F.205"),
        (sheet(present=61), "F.206"),
        (sheet(candidates=[{"name": "甲", "votes": 48}]), "F.207"),  # 48 valid, 1 blank: 47 marked
        (sheet(candidates=[{"name": name, "votes": 40} for name in "甲乙丙"]), "F.208"),  # 120 > 2 × 47
        (sheet(candidates=[{"name": "甲", "votes": 4}, {"name": "甲", "votes": 5}]), "F.209"),
        (sheet(seats=0), "F.210"),
        (sheet(seats={"主任": 1, "委员": 0}, candidates=[{"name": "甲", "post": "主任"}]), "F.210"),
        (sheet(candidates=[]), "F.211"),
        (sheet(candidates=None), "F.211"),
        (sheet(seats={"主任": 1}, candidates=[{"name": "甲", "post": "委员"}]), "F.212"),
        (sheet(seats=1, candidates=[{"name": "甲", "post": "委员"}, {"name": "乙", "post": "主任"}]), "F.212"),
        ({"body": "residents", "candidates": [{"name": "甲"}]}, "F.106"),
        (sheet(colour="red"), "F.105"),
        (sheet(ballots={"lost": 3}), "F.105"),
        (sheet(candidates=[{"name": "甲", "votes": 3, "age": 40}]), "F.105"),
        (sheet(present=50.0), "F.107"),
        (sheet(present="50"), "F.107"),
        (sheet(present=True), "F.107"),
        (sheet(ballots=50), "F.107"),
        (sheet(candidates={"甲": 40}), "F.107"),
        (sheet(candidates=[{"name": 3, "votes": 1}]), "F.107"),
        (sheet(candidates=[{"name": "甲", "write_in": "yes"}]), "F.107"),
        (sheet(date="28 April"), "F.107"),
        (sheet(date=20210428), "F.107"),
        (sheet(body="council"), "F.108"),
        (sheet(law=2010), "F.108"),
        (sheet(round=3), "F.108"),
        (sheet(candidates=[{"name": "甲", "sex": "?"}]), "F.108"),
        ([1, 2], "F.107"),
        (None, "F.107"),
    ],
)
def test_each_problem_has_its_number(raw: object, number: str) -> None:
    """Found, and nothing of another kind beside it."""
    assert set(problems(raw)) == {number}


def test_all_problems_come_at_once() -> None:
    """What cannot be read and what contradicts the rest, together."""
    raw = sheet(roll="60", present=-4, foo=1, seats=0, body="residence")
    assert sorted(problems(raw)) == ["F.105", "F.107", "F.108", "F.201", "F.210"]


def test_unstated_figures_contradict_nothing() -> None:
    """Every figure null, or left out, is no contradiction."""
    bare = {"body": "village", "mode": "voters", "candidates": [{"name": "甲"}]}
    assert problems(bare) == []
    nothing = {"issued": None, "collected": None, "valid": None, "invalid": None, "blank": None}
    assert problems({**bare, "roll": None, "present": None, "seats": None, "round": None, "ballots": nothing}) == []


def test_an_empty_ballots_table_does_no_harm_to_a_show_of_hands() -> None:
    """Null is not a number of ballots."""
    raw = sheet(body="supervisory", mode="show_of_hands", ballots={"collected": None})
    assert problems(raw) == []


@pytest.mark.parametrize(
    ("law", "date", "expected"),
    [
        (2018, None, Law.OF_2018),
        ("2025", None, Law.OF_2025),
        (None, "2025-12-31", Law.OF_2018),
        (None, dt.date(2026, 1, 1), Law.OF_2025),
        (None, None, Law.OF_2025),
        (2018, "2026-05-01", Law.OF_2018),
    ],
)
def test_the_law_is_named_or_follows_the_date(law: object, date: object, expected: Law) -> None:
    """Named, else in force on the poll's date, else today's."""
    assert read_form(sheet(law=law, date=date), today=TODAY).law is expected


def test_lines_are_given_where_they_are_known() -> None:
    """The message names the line of the offending value."""
    with pytest.raises(FormRefused) as caught:
        read_form(sheet(roll="x"), today=TODAY, lines={"roll": 7})
    assert "第 7 行" in caught.value.findings[0].message


def test_counting_a_contradictory_form_asks_no_law() -> None:
    """The core answers with the contradictions and marks the form unusable."""
    form = ResultForm(**sheet(present=61, law="2018"))
    verdict = count(form)
    assert verdict.unusable
    assert verdict.valid is None
    assert list(verdict.findings) == contradictions(form)


def test_every_problem_text_is_filled_from_known_words() -> None:
    """The table holds text and remedy for each number, grouped by hundreds."""
    assert all(entry.text and entry.remedy for entry in FORM_PROBLEMS.values())
    assert {number[:3] for number in FORM_PROBLEMS} == {"F.1", "F.2", "F.3"}
