"""A drill's schedules reckoned without a server: whatever its pace, they ring once for each of its days, in their hour."""

import itertools
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from temporalio.client import ScheduleSpec

from live.schedules import by_calendar, by_interval
from policies.clock import BEIJING, DAY, Clock
from policies.officework import ReportKind, latest

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANTS = st.datetimes(datetime(2021, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))


def rings(spec: ScheduleSpec, after: datetime, number: int) -> list[datetime]:
    """The first instants at or after one, as a server reckons them: epoch + n * every + offset."""
    [interval] = spec.intervals
    every, offset = interval.every, interval.offset or timedelta(0)
    assert every % SECOND == offset % SECOND == timedelta(0)
    first = EPOCH + -((EPOCH + offset - after) // every) * every + offset
    return [first + n * every for n in range(number)]


@given(INSTANTS, INSTANTS, st.integers(1, 86_400))
def test_each_day_of_a_drill_has_its_ring(real: datetime, election: datetime, seconds: int) -> None:
    """A day of whole seconds: each ring finds the next day's return due, from the first that is due in the drill on."""
    clock = Clock(real=real, election=election, day=seconds * SECOND)
    found = [
        latest(ReportKind.DAY_RETURN, clock.at(ring))
        for ring in rings(by_interval(ReportKind.DAY_RETURN, clock), real, 20)
    ]
    days = [period.first for period in found]
    assert days[0] - latest(ReportKind.DAY_RETURN, election).first <= DAY
    assert [later - sooner for sooner, later in itertools.pairwise(days)] == [DAY] * 19


@given(INSTANTS, INSTANTS, st.integers(1, 86_400))
def test_each_week_of_a_drill_has_its_ring(real: datetime, election: datetime, seconds: int) -> None:
    """The same for weeks; and the month's is asked about every day."""
    clock = Clock(real=real, election=election, day=seconds * SECOND)
    for kind in (ReportKind.WEEK_TASKS, ReportKind.WEEK_SUMMARY):
        weeks = [latest(kind, clock.at(ring)).first for ring in rings(by_interval(kind, clock), real, 8)]
        assert [later - sooner for sooner, later in itertools.pairwise(weeks)] == [7 * DAY] * 7
    monthly = rings(by_interval(ReportKind.MONTH_DISPATCH, clock), real, 3)
    assert monthly[1] - monthly[0] == clock.day


@given(INSTANTS, INSTANTS, st.timedeltas(timedelta(milliseconds=100), DAY))
def test_a_day_of_odd_length_rings_a_little_late_and_never_early(
    real: datetime, election: datetime, day: timedelta
) -> None:
    """Rounded up to whole seconds: never more often than days pass, and at most a second slower."""
    clock = Clock(real=real, election=election, day=day)
    [interval] = by_interval(ReportKind.DAY_RETURN, clock).intervals
    assert timedelta(0) <= interval.every - clock.day < SECOND or interval.every == SECOND


def test_a_drills_hours_are_its_own() -> None:
    """With an hour for a day, begun at eight on the plan's first morning, five o'clock is nine twenty-fourths of an hour on."""
    real = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
    clock = Clock(real=real, election=datetime(2021, 2, 1, 8, tzinfo=BEIJING), day=timedelta(hours=1))
    [first, second] = rings(by_interval(ReportKind.DAY_RETURN, clock), real, 2)
    assert (first - real, second - first) == (timedelta(minutes=22, seconds=30), timedelta(hours=1))
    assert clock.at(first) == datetime(2021, 2, 1, 17, tzinfo=BEIJING)


def test_a_live_election_reports_by_the_calendar() -> None:
    """No interval, Beijing's time zone, and February's 28th left out in the leap years of this century."""
    for kind in ReportKind:
        spec = by_calendar(kind)
        assert (spec.intervals, spec.time_zone_name) == ([], "Asia/Shanghai")
    [skipped] = by_calendar(ReportKind.MONTH_DISPATCH).skip
    [years] = skipped.year
    leap = [year for year in range(2024, 2100) if date(year, 3, 1) - date(year, 2, 28) == 2 * DAY]
    assert list(range(years.start, years.end + 1, years.step)) == leap
