"""When a recall or a by-election may begin in a community (R25-20, R25-24): the roll by mode, the seats that are vacant."""

from datetime import date

import pytest

from policies.pack.schema import PollMode
from policies.people import Post
from policies.rules.law2025 import R25_20, R25_24
from policies.rules.village.term import delegates_stated, roll_stated, seats_vacant, vacant_already

MEMBER, CHAIR = Post.COMMITTEE_MEMBER, Post.CHAIR


@pytest.mark.parametrize(
    ("mode", "registered", "representatives", "wrong"),
    [
        (PollMode.VOTERS, 900, 0, False),
        (PollMode.VOTERS, 0, 60, True),
        (PollMode.HOUSEHOLDS, 1, 0, False),
        (PollMode.HOUSEHOLDS, 0, 0, True),
        (PollMode.REPRESENTATIVES, 0, 60, False),
        (PollMode.REPRESENTATIVES, 60, 60, False),
        (PollMode.REPRESENTATIVES, 61, 60, True),
        (PollMode.REPRESENTATIVES, 0, 0, True),
    ],
)
def test_the_roll_of_a_recall_is_stated(mode: PollMode, registered: int, representatives: int, wrong: bool) -> None:
    """按照产生时的选举方式组织进行投票: who elected votes, and how many they are is known."""
    found = roll_stated(mode, registered, representatives, rule=R25_20)
    assert [one.rule for one in found] == (["R25-20"] if wrong else [])


def test_the_delegates_who_elect_are_counted() -> None:
    """居民委员会成员出缺，可以通过居民代表会议补选: their number is the roll."""
    assert [one.rule for one in delegates_stated(PollMode.REPRESENTATIVES, 0, rule=R25_24)] == ["R25-24"]
    assert delegates_stated(PollMode.REPRESENTATIVES, 60, rule=R25_24) == []
    assert delegates_stated(PollMode.VOTERS, 0, rule=R25_24) == []


@pytest.mark.parametrize(
    ("wanted", "sitting", "limits"),
    [
        ((MEMBER,), (CHAIR, *(MEMBER,) * 5), []),  # six of seven sit
        ((MEMBER, MEMBER), (CHAIR, *(MEMBER,) * 5), [1]),
        ((MEMBER,), (CHAIR, *(MEMBER,) * 6), [0]),
        ((CHAIR,), (MEMBER,) * 6, []),
        ((CHAIR,), (CHAIR, *(MEMBER,) * 5), [0]),
        ((CHAIR, CHAIR), (MEMBER,) * 5, [1]),
    ],
)
def test_no_more_seats_are_filled_than_are_vacant(
    wanted: tuple[Post, ...], sitting: tuple[Post, ...], limits: list[int]
) -> None:
    """Of seven seats; one of them the chair's."""
    found = seats_vacant(wanted, 7, sitting, rule=R25_24)
    assert [(one.rule, one.limit) for one in found] == [("R25-24", limit) for limit in limits]


@pytest.mark.parametrize(("since", "wrong"), [(None, False), (date(2026, 9, 1), False), (date(2026, 9, 2), True)])
def test_a_seat_is_vacant_by_today(since: date | None, wrong: bool) -> None:
    assert bool(vacant_already(since, date(2026, 9, 1))) is wrong
