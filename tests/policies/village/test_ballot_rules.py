"""V15, V16. No text here voids a single box: BOX is tried as a norm a province could set (procedure.md, V15)."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Severity
from policies.form.values import Ballots, Body, Mode, ResultForm
from policies.law.norms import Norms, SurplusVoids
from policies.people import Post
from policies.rule import Law
from policies.rules.village.ballots import ballot_valid, surplus, void_boxes
from tests.builders.norms import BEIJING, NATION_2018, SHANGHAI, SILENT, ZHEJIANG
from tests.builders.steady import STEADY

BY_BOX = Norms(surplus_voids=SurplusVoids.BOX)
SEATS = {Post.CHAIR: 1, Post.COMMITTEE_MEMBER: 2}


def form(present: int | None, collected: int | None, **facts: object) -> ResultForm:
    """A box's form with its two figures."""
    known = {"body": Body.VILLAGE, "mode": Mode.VOTERS, "law": Law.OF_2025, "date": date(2026, 4, 28)}
    ballots = Ballots(collected=collected)
    return ResultForm.model_validate({**known, "present": present, "ballots": ballots, **facts})


def boxes(*figures: tuple[int | None, int | None]) -> dict[str, ResultForm]:
    """Boxes 1, 2 … with (voters, ballots)."""
    return {f"{n}号": form(*one) for n, one in enumerate(figures, 1)}


def told(found: list) -> list[tuple[object, object, Severity]]:  # type: ignore[type-arg]
    """Value, limit and weight of each finding."""
    return [(one.value, one.limit, one.severity) for one in found]


@pytest.mark.parametrize("collected", [49, 50])
def test_v15_as_many_ballots_as_voters_will_do(collected: int) -> None:
    """等于或者少于投票人数的有效."""
    for norms in (ZHEJIANG, SHANGHAI, BEIJING, BY_BOX, SILENT):
        assert surplus(boxes((50, collected), (30, 30)), norms) == []
        assert void_boxes(boxes((50, collected), (30, 30)), norms) == ()


def test_v15_one_ballot_more_in_all() -> None:
    """多于投票人数的无效: 81 of 80. The whole poll, or only the box with its surplus."""
    stuffed = boxes((50, 51), (30, 30))
    for norms in (ZHEJIANG, SHANGHAI, BEIJING):
        assert told(surplus(stuffed, norms)) == [(51, 50, Severity.WARNING), (81, 80, Severity.ERROR)]
        assert void_boxes(stuffed, norms) == ("1号", "2号")
    assert told(surplus(stuffed, BY_BOX)) == [(51, 50, Severity.ERROR)]
    assert void_boxes(stuffed, BY_BOX) == ("1号",)


def test_v15_a_surplus_in_one_box_made_up_by_another() -> None:
    """51 of 50 and 29 of 30: 80 of 80 in all stands where the poll counts, and the box falls where the box counts."""
    shifted = boxes((50, 51), (30, 29))
    for norms in (ZHEJIANG, SHANGHAI, BEIJING):
        assert told(surplus(shifted, norms)) == [(51, 50, Severity.WARNING)]
        assert void_boxes(shifted, norms) == ()
    assert void_boxes(shifted, BY_BOX) == ("1号",)


def test_v15_what_is_not_stated_is_no_surplus() -> None:
    """A box without its number of voters: nothing can be said of it or of the whole."""
    assert surplus(boxes((None, 51), (30, 30)), ZHEJIANG) == []
    assert surplus(boxes((50, None), (30, 30)), BY_BOX) == []


@pytest.mark.parametrize(
    ("marks", "zhejiang", "beijing"),
    [
        ({}, True, True),  # blank: an abstention
        ({Post.CHAIR: ("甲",), Post.COMMITTEE_MEMBER: ("乙", "丙")}, True, True),
        ({Post.CHAIR: ("甲",), Post.COMMITTEE_MEMBER: ("乙",)}, True, True),
        ({Post.CHAIR: ("甲",), Post.COMMITTEE_MEMBER: ("乙", "丙", "丁")}, False, False),
        ({Post.CHAIR: ("甲", "乙")}, False, False),
        (
            {Post.CHAIR: ("甲",), Post.COMMITTEE_MEMBER: ("甲", "乙")},
            False,
            True,
        ),  # 选举同一人为两项以上职务的无效: Zhejiang 27 alone
    ],
)
def test_v16_one_ballot(marks: Mapping[Post, tuple[str, ...]], zhejiang: bool, beijing: bool) -> None:
    """等于或者少于应选名额的有效，多于应选名额的无效, post by post."""
    assert (not ballot_valid(marks, SEATS, ZHEJIANG)) is zhejiang
    for norms in (BEIJING, SHANGHAI, NATION_2018):
        assert (not ballot_valid(marks, SEATS, norms)) is beijing


def test_v16_a_post_that_is_not_open() -> None:
    """Marks for a post without seats are marks too many."""
    assert ballot_valid({Post.DEPUTY_CHAIR: ("甲",)}, SEATS, BEIJING)[0].limit == 0


@STEADY
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=5))
def test_v15_by_counting(figures: list[tuple[int, int]]) -> None:
    """Void boxes against plain sums, under both rules."""
    parts = boxes(*figures)
    more = [name for name, (voters, ballots) in zip(parts, figures, strict=True) if ballots > voters]
    in_all = sum(ballots for _, ballots in figures) > sum(voters for voters, _ in figures)
    assert void_boxes(parts, BY_BOX) == tuple(more)
    assert void_boxes(parts, ZHEJIANG) == (tuple(parts) if in_all else ())
    assert any(one.blocks for one in surplus(parts, ZHEJIANG)) is in_all
