"""V6, V9, V10 on the days before the poll. Expected days are counted by hand: E−20 of 28 April is 8 April."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Finding
from policies.law.norms import Norms
from policies.rules.law2025 import R25_17
from policies.rules.village.lists import (
    candidate_list_posted,
    delegates_posted,
    latest_posting,
    venue_posted,
    voters_list_posted,
)
from tests.builders.norms import BEIJING, COMMUNITY_2025, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG
from tests.builders.steady import STEADY

POLL = date(2026, 4, 28)
Posting = Callable[[date, date, Norms], list[Finding]]


@pytest.mark.parametrize(
    ("check", "rule", "norms", "last"),
    [
        (voters_list_posted, "V6", NATION_2018, date(2026, 4, 8)),  # 二十日前
        (voters_list_posted, "V6", NATION_2025, date(2026, 4, 8)),
        (candidate_list_posted, "V9", ZHEJIANG, date(2026, 4, 23)),  # 五日前
        (candidate_list_posted, "V9", SHANGHAI, date(2026, 4, 23)),
        (candidate_list_posted, "V9", BEIJING, date(2026, 4, 23)),
        (venue_posted, "V10", ZHEJIANG, date(2026, 4, 23)),
    ],
)
def test_posted_on_the_last_day_and_a_day_later(check: Posting, rule: str, norms: Norms, last: date) -> None:
    """The last day is enough, the day after is not; the message names the day, and the poll day that would do."""
    assert not check(last, POLL, norms)
    assert not check(last - timedelta(1), POLL, norms)
    (late,) = check(last + timedelta(1), POLL, norms)
    assert (late.rule, late.value, late.limit) == (rule, (POLL - last).days - 1, (POLL - last).days)
    assert str(last) in late.message
    assert str(POLL + timedelta(1)) in late.message
    assert not check(POLL, POLL, SILENT)


def test_v10_the_venue_is_zhejiangs_alone() -> None:
    """Published the day before: late in Zhejiang (22), no rule of the neighbour's."""
    day = POLL - timedelta(1)
    assert venue_posted(day, POLL, ZHEJIANG)
    assert not venue_posted(day, POLL, SHANGHAI)


def test_r25_17_delegates_with_the_list() -> None:
    """应当同时公布户的代表或者新一届居民代表名单: the same day, in communities since 2026 only."""
    posted = date(2026, 4, 8)
    assert not delegates_posted(posted, posted, COMMUNITY_2025)
    for other in (posted + timedelta(1), posted - timedelta(1), None):
        assert [one.rule for one in delegates_posted(posted, other, COMMUNITY_2025)] == ["R25-17"]
        assert not delegates_posted(posted, other, NATION_2025)


def test_a_community_answers_to_its_own_article() -> None:
    """The caller names the article; the days are the norms'."""
    (late,) = voters_list_posted(date(2026, 4, 9), POLL, COMMUNITY_2025, rule=R25_17)
    assert late.rule == "R25-17"
    assert "居民委员会组织法" in late.source


@STEADY
@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(-5, 70))
def test_late_exactly_when_fewer_days_lie_between(poll: date, days: int, before: int) -> None:
    """By the difference of dates, not by the rule's own subtraction; 1 October or New Year move nothing."""
    norms = Norms(voters_list_days=days)
    posted = poll - timedelta(before)
    assert bool(voters_list_posted(posted, poll, norms)) is (before < days)
    assert (poll - latest_posting(poll, days)).days == days
