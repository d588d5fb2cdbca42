"""Which report is due when: periods that adjoin, keys that tell them apart, and never one that is still going on."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.clock import BEIJING
from policies.officework import ReportKind, latest, period_of

DAYS = st.dates(date(2000, 1, 1), date(2095, 12, 31))
KINDS = st.sampled_from(ReportKind)
A_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("kind", "day", "key", "days", "due"),
    [
        (ReportKind.DAY_RETURN, "2021-03-04", "2021-03-04", ("2021-03-04", "2021-03-04"), "2021-03-04T17"),
        (ReportKind.WEEK_SUMMARY, "2021-03-04", "2021-W09", ("2021-03-01", "2021-03-07"), "2021-03-07T17"),
        (ReportKind.WEEK_TASKS, "2021-03-04", "2021-W09", ("2021-03-01", "2021-03-07"), "2021-02-26T16"),
        (ReportKind.WEEK_SUMMARY, "2021-01-03", "2020-W53", ("2020-12-28", "2021-01-03"), "2021-01-03T17"),
        (ReportKind.MONTH_DISPATCH, "2021-02-15", "2021-02", ("2021-02-01", "2021-02-28"), "2021-02-28T16"),
        (ReportKind.MONTH_DISPATCH, "2024-02-29", "2024-02", ("2024-02-01", "2024-02-29"), "2024-02-29T16"),
    ],
)
def test_periods_as_on_the_wall_calendar(kind: ReportKind, day: str, key: str, days: tuple[str, str], due: str) -> None:
    """Weeks run from Monday to Sunday; a task list is due on the Friday before its week, the others on their last day."""
    period = period_of(kind, date.fromisoformat(day))
    assert (period.key, str(period.first), str(period.last)) == (key, *days)
    assert period.until == datetime.fromisoformat(f"{due}:00:00+08:00")


@given(KINDS, DAYS)
def test_nothing_falls_between_two_reports(kind: ReportKind, day: date) -> None:
    """One period begins, in days and in news, where the one before it ended, and keys grow with time."""
    period = period_of(kind, day)
    following = period_of(kind, period.last + timedelta(days=1))
    assert period.first <= day <= period.last
    assert following.first == period.last + timedelta(days=1)
    assert following.since == period.until
    assert following.key > period.key


@given(KINDS, DAYS)
def test_a_report_is_due_from_its_hour_on(kind: ReportKind, day: date) -> None:
    """At its hour it is the newest that is due, until the next one's hour; a moment before, the one before it is."""
    period = period_of(kind, day)
    following = period_of(kind, period.last + timedelta(days=1))
    assert latest(kind, period.until) == period == latest(kind, following.until - A_MOMENT)
    assert latest(kind, period.until - A_MOMENT) == period_of(kind, period.first - timedelta(days=1))


def test_the_hour_is_beijings() -> None:
    """Nine in the morning in Greenwich is when a day's return is due."""
    due = datetime.fromisoformat("2021-03-04T09:00:00+00:00")
    assert latest(ReportKind.DAY_RETURN, due).key == "2021-03-04"
    assert latest(ReportKind.DAY_RETURN, due.astimezone(BEIJING) - A_MOMENT).key == "2021-03-03"
