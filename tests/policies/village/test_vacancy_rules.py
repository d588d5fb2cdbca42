"""V25, R25-24: a committee smaller than the law has it (三至七人; 五至九人), and the three months that Shanghai gives.

Shanghai's clause: 上海市办法第二十九条 “其成员不满三人的，应当在三个月内由村民会议或者村民代表会议进行补选”.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Finding, Severity
from policies.law.norms import Norms
from policies.rules.law2025 import R25_24
from policies.rules.village.vacancy import too_few, too_few_since
from tests.builders.norms import COMMUNITY_2025, NATION_2025, SHANGHAI, ZHEJIANG

ELECTED, FIRST, SECOND, THIRD = date(2026, 5, 20), date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 31)


def told(members: int, since: date, today: date, norms: Norms) -> list[Finding]:
    """What is said of a village's committee."""
    return too_few("甲村", "村民委员会", members, since, today, norms, owner="村民委员会", superior="镇政府")


def test_since_the_departure_that_left_fewer_than_three() -> None:
    """Five were elected; with three it is enough, the third to leave makes it too small."""
    assert too_few_since(3, [FIRST, SECOND], ELECTED, 3) is None
    assert too_few_since(2, [FIRST, SECOND, THIRD], ELECTED, 3) == THIRD
    assert too_few_since(1, [FIRST, SECOND, THIRD, THIRD], ELECTED, 3) == THIRD
    assert too_few_since(2, [SECOND], ELECTED, 3) == SECOND  # three were elected


def test_a_committee_elected_too_small_is_so_since_its_election() -> None:
    assert too_few_since(2, [], ELECTED, 3) == ELECTED
    assert too_few_since(1, [FIRST], ELECTED, 3) == ELECTED


@given(st.integers(0, 9), st.lists(st.dates(date(2026, 6, 1), date(2030, 1, 1)), max_size=6), st.integers(1, 9))
def test_the_day_is_that_on_which_the_number_fell_below(members: int, days: list[date], least: int) -> None:
    """Recounted day by day: on the day told fewer are left than needed, before it there were enough."""
    days.sort()
    since = too_few_since(members, days, ELECTED, least)
    if since is None:
        assert members >= least
        return
    left = members + sum(day > since for day in days)
    before = members + sum(day >= since for day in days)
    assert left < least
    assert since == ELECTED or before >= least


@pytest.mark.parametrize("norms", [NATION_2025, ZHEJIANG, SHANGHAI])
def test_three_are_enough_and_two_are_not(norms: Norms) -> None:
    assert told(3, FIRST, FIRST, norms) == []
    (finding,) = told(2, FIRST, FIRST, norms)
    assert (finding.rule, finding.value, finding.limit, finding.severity) == ("V25", 2, 3, Severity.WARNING)


def test_five_are_enough_in_a_community_and_four_are_not() -> None:
    """第八条: 居民委员会由主任、副主任和委员共五至九人组成."""
    about = ("甲社区", "居民委员会")
    who = {"owner": "居民委员会", "superior": "街道办事处"}
    assert too_few(*about, 5, FIRST, FIRST, COMMUNITY_2025, **who, rule=R25_24) == []
    (finding,) = too_few(*about, 4, FIRST, date(2030, 1, 1), COMMUNITY_2025, **who, rule=R25_24)
    assert (finding.rule, finding.limit, finding.severity) == ("R25-24", 5, Severity.WARNING)
    assert "法律没有规定补选的期限" in finding.message


@pytest.mark.parametrize(
    ("today", "severity"), [(date(2026, 11, 30), Severity.WARNING), (date(2026, 12, 1), Severity.ERROR)]
)
def test_three_months_in_shanghai(today: date, severity: Severity) -> None:
    """Too small since 31 August: November has no 31st, its last day is the last; the day after it is late, and said."""
    (finding,) = told(2, THIRD, today, SHANGHAI)
    assert finding.severity is severity
    assert "最迟 2026-11-30 补选" in finding.message
    assert ("逾期" in finding.message) is (severity is Severity.ERROR)
    assert "上海市办法第二十九条" in finding.source


def test_nowhere_else_does_a_clause_name_a_day() -> None:
    for norms in (NATION_2025, ZHEJIANG):
        (finding,) = told(2, FIRST, date(2030, 1, 1), norms)
        assert finding.severity is Severity.WARNING
        assert "法律没有规定补选的期限" in finding.message


def test_without_a_number_nothing_is_said() -> None:
    assert told(0, FIRST, FIRST, Norms()) == []
