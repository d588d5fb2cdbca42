"""What the county office owes: four kinds of reports, the period each is about, the hour it is due, and the order for one.

The plan's 「四项制度」 are 周提醒、日反馈、周末小结、月末调度 (source document, part two), with 「零报告」: who has nothing to tell
says so. The hours are this project's own; the source names none. All days and hours are Beijing time, in a drill those of
the drill's clock.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from policies.calendar import ONE_DAY
from policies.clock import BEIJING, Instant
from policies.people import Labelled
from policies.value import Value

WRITE_REPORT = "write_office_report"
"""The activity that writes one report."""

A_WEEK = timedelta(days=7)
SUNDAY = 7
FRIDAY_AFTER_MONDAY = timedelta(days=4)
LONGEST_MONTH = timedelta(days=31)


class ReportKind(Labelled):
    """The four reports; the label is what people call them."""

    WEEK_TASKS = "week_tasks", "周任务清单"
    DAY_RETURN = "day_return", "日反馈"
    WEEK_SUMMARY = "week_summary", "周末小结"
    MONTH_DISPATCH = "month_dispatch", "月末调度"

    @property
    def due(self) -> time:
        """The hour at which it is written, on the last day of its period; a task list, on the Friday before."""
        return _DUE[self]


_DUE = {
    ReportKind.WEEK_TASKS: time(16),
    ReportKind.DAY_RETURN: time(17),
    ReportKind.WEEK_SUMMARY: time(17),
    ReportKind.MONTH_DISPATCH: time(16),
}


class Period(Value):
    """One report's period: the days it is about, both inclusive, and what belongs into it.

    News belongs into the report whose `since` ≤ news < `until`: from the hour the last one was due to the hour this one
    is, so that nothing falls between two reports. `key` tells it from others of its kind: 2026-03-06, 2026-W10, 2026-03.
    """

    kind: ReportKind
    key: str
    first: date
    last: date
    since: Instant
    until: Instant  # when it is due


def period_of(kind: ReportKind, day: date) -> Period:
    """The period of a kind that a day lies in."""
    match kind:
        case ReportKind.DAY_RETURN:
            return _period(kind, day.isoformat(), day, day, before=day - ONE_DAY)
        case ReportKind.WEEK_SUMMARY:
            first, last = _week(day)
            return _period(kind, _week_key(day), first, last, before=first - ONE_DAY)
        case ReportKind.WEEK_TASKS:
            first, last = _week(day)
            due = first - A_WEEK + FRIDAY_AFTER_MONDAY
            return _period(kind, _week_key(day), first, last, before=due - A_WEEK, due=due)
        case ReportKind.MONTH_DISPATCH:
            first = day.replace(day=1)
            last = (first + LONGEST_MONTH).replace(day=1) - ONE_DAY
            return _period(kind, f"{day:%Y-%m}", first, last, before=first - ONE_DAY)


def latest(kind: ReportKind, now: datetime) -> Period:
    """The newest period whose report is due at an instant: one that is still going on is never reported as if it were over."""
    today = now.astimezone(BEIJING).date()
    period = period_of(kind, today + A_WEEK)  # a task list is due before its week begins
    while period.until > now:
        period = period_of(kind, period.first - ONE_DAY)
    return period


def _period(kind: ReportKind, key: str, first: date, last: date, *, before: date, due: date | None = None) -> Period:
    return Period(
        kind=kind,
        key=key,
        first=first,
        last=last,
        since=datetime.combine(before, kind.due, BEIJING),
        until=datetime.combine(due or last, kind.due, BEIJING),
    )


def _week(day: date) -> tuple[date, date]:
    """Monday and Sunday."""
    last = day + timedelta(days=SUNDAY - day.isoweekday())
    return last - A_WEEK + ONE_DAY, last


def _week_key(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


# ---------------------------------------------------------------- the order for a report


class ReportOrder(Value):
    """What a schedule asks for."""

    election: str
    kind: ReportKind


class DueReport(Value):
    """A report asked for at a real instant; which period that is, the election's own clock tells."""

    election: str
    kind: ReportKind
    at: Instant


class Filing(StrEnum):
    """What became of an order."""

    FILED = "filed"
    KEPT = "kept"  # the period's report was there already and stays what it is
    NOT_YET = "not_yet"  # the election had not begun when the last report was due
    OVER = "over"  # it had ended before the period began


class Filed(Value):
    """What became of an order, and for which period."""

    outcome: Filing
    period: str
