"""Working days against known dates, against a second source of the notices, and against their own inverse."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calendar import (
    Calendar,
    CalendarOverride,
    CalendarUnknown,
    DayKind,
    DayUnit,
    OverrideDay,
    OverrideRefused,
    PostingDay,
    national_calendar,
)

CALENDAR = national_calendar(range(2018, 2027))
INCLUDED = national_calendar(range(2018, 2027), posting_day=PostingDay.INCLUDED)
DAYS = st.dates(date(2018, 3, 1), date(2026, 9, 30))
COUNTS = st.integers(1, 40)
UNITS = st.sampled_from(DayUnit)
CALENDARS = st.sampled_from([CALENDAR, INCLUDED])


def county(*days: tuple[date, DayKind]) -> CalendarOverride:
    return CalendarOverride(
        county="甲县", days=tuple(OverrideDay(day=day, kind=kind, reason="甲政办〔2021〕3号") for day, kind in days)
    )


@pytest.mark.parametrize(
    ("start", "fifth"),
    [
        (date(2021, 3, 29), date(2021, 4, 6)),
        (date(2021, 4, 30), date(2021, 5, 11)),
        (date(2026, 2, 11), date(2026, 2, 25)),
        (date(2026, 4, 30), date(2026, 5, 11)),
        (date(2026, 9, 28), date(2026, 10, 10)),
    ],
)
def test_fifth_working_day_start_excluded(start: date, fifth: date) -> None:
    """The reference's own dates, over holidays and make-up days."""
    assert CALENDAR.add_working_days(start, 5) == fifth
    assert CALENDAR.end_of_publicity(start, 5, DayUnit.WORKING) == fifth


@pytest.mark.parametrize("day", [date(2021, 4, 25), date(2021, 5, 8)])
def test_make_up_weekends_are_worked(day: date) -> None:
    """A Sunday and a Saturday that the 2021 notice makes working days."""
    assert day.weekday() >= 5
    assert CALENDAR.is_working_day(day)


def test_posting_for_the_party_meeting_counts_back_to_march_25() -> None:
    """Defect 8: for the meeting of 2021-04-02 the five working days must start with a posting on 03-25."""
    meeting = date(2021, 4, 2)
    assert CALENDAR.latest_posting(meeting, 5, DayUnit.WORKING) == date(2021, 3, 25)
    assert CALENDAR.next_step_day(date(2021, 3, 25), 5, DayUnit.WORKING) == meeting
    assert CALENDAR.end_of_publicity(date(2021, 3, 29), 5, DayUnit.WORKING) == date(2021, 4, 6)


def test_calendar_days_ignore_holidays() -> None:
    """Three clear days after 2021-04-25 end on 04-28, so the poll may be on 04-29; E−20 of 04-30 is 04-10."""
    assert CALENDAR.end_of_publicity(date(2021, 4, 25), 3, DayUnit.CALENDAR) == date(2021, 4, 28)
    assert CALENDAR.next_step_day(date(2021, 4, 25), 3, DayUnit.CALENDAR) == date(2021, 4, 29)
    assert CALENDAR.days_before(date(2021, 4, 30), 20) == date(2021, 4, 10)
    assert CALENDAR.days_before(date(2021, 4, 28), 3) == date(2021, 4, 25)


def test_two_working_days_for_the_supervisory_nominations() -> None:
    """Defect 7: 2021-05-04 to 05-07 holds only two working days (05-01 to 05-05 are off)."""
    assert CALENDAR.working_days_between(date(2021, 5, 4), date(2021, 5, 7)) == 2
    assert CALENDAR.days_between(date(2021, 5, 4), date(2021, 5, 7), DayUnit.CALENDAR) == 4
    assert CALENDAR.working_days_between(date(2021, 5, 7), date(2021, 5, 4)) == 0


def test_posting_day_included_ends_one_day_earlier() -> None:
    """The other way of counting is a setting: the posting day is the first day when it is worked."""
    assert INCLUDED.end_of_publicity(date(2021, 3, 29), 5, DayUnit.WORKING) == date(2021, 4, 2)
    assert INCLUDED.end_of_publicity(date(2021, 4, 25), 3, DayUnit.CALENDAR) == date(2021, 4, 27)


@pytest.mark.parametrize("year", [2018, 2020, 2021, 2023, 2024, 2025, 2026])
def test_agrees_with_chinese_calendar(year: int) -> None:
    """Every day of the year, against an independent transcription of the State Council's notices."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days)]
    assert [CALENDAR.is_working_day(day) for day in days] == [chinese_calendar.is_workday(day) for day in days]


def test_an_unannounced_year_is_a_finding_and_never_a_guess() -> None:
    """2027 is extrapolated by the package; here it is unknown, even on a plain Wednesday."""
    assert CALENDAR.announced_through == 2026
    with pytest.raises(CalendarUnknown) as caught:
        CALENDAR.is_working_day(date(2027, 3, 10))
    assert caught.value.day == date(2027, 3, 10)
    assert caught.value.finding.rule == "C1"
    assert "2027" in caught.value.finding.message
    with pytest.raises(CalendarUnknown):
        CALENDAR.add_working_days(date(2026, 12, 30), 5)
    assert CALENDAR.add_days(date(2026, 12, 30), 5, DayUnit.CALENDAR) == date(2027, 1, 4)


def test_unknown_names_each_year_once() -> None:
    """One finding a year, with its first day."""
    found = CALENDAR.unknown([date(2027, 3, 1), date(2021, 1, 1), date(2028, 1, 5), date(2027, 1, 2)])
    assert [each.value for each in found] == ["2027-01-02", "2028-01-05"]


def test_a_wholly_unannounced_request_still_builds() -> None:
    """A plan for 2027 gets a calendar in which 2027 is unknown."""
    calendar = national_calendar([2027])
    assert calendar.years == (2026,)
    assert len(calendar.unknown([date(2027, 5, 1)])) == 1


def test_a_county_adds_days_off_and_working_days() -> None:
    """A flood day off, and a Saturday worked; each keeps its document."""
    calendar = national_calendar([2021], county((date(2021, 4, 27), DayKind.OFF), (date(2021, 4, 24), DayKind.WORKING)))
    assert not calendar.is_working_day(date(2021, 4, 27))
    assert calendar.is_working_day(date(2021, 4, 24))
    assert calendar.reason(date(2021, 4, 27)) == "甲政办〔2021〕3号"
    assert calendar.reason(date(2021, 4, 28)) is None


def test_a_county_may_give_a_make_up_day_back() -> None:
    """A make-up Sunday becomes a day off again."""
    calendar = national_calendar([2021], county((date(2021, 4, 25), DayKind.OFF)))
    assert not calendar.is_working_day(date(2021, 4, 25))


def test_override_problems_come_all_at_once() -> None:
    """Repeats, contradictions, a statutory holiday abolished, an unknown year: five findings in one refusal."""
    override = county(
        (date(2021, 4, 27), DayKind.OFF),
        (date(2021, 4, 27), DayKind.OFF),
        (date(2021, 4, 27), DayKind.WORKING),
        (date(2021, 5, 3), DayKind.WORKING),
        (date(2021, 4, 24), DayKind.OFF),
        (date(2027, 4, 1), DayKind.OFF),
    )
    with pytest.raises(OverrideRefused) as caught:
        national_calendar([2021], override)
    assert [each.rule for each in caught.value.findings] == ["C2", "C2", "C2", "C2", "C1"]


def test_a_calendar_is_a_small_value() -> None:
    """It travels as JSON and comes back equal, in the same bytes."""
    text = CALENDAR.model_dump_json()
    assert Calendar.model_validate_json(text) == CALENDAR
    assert len(text) < 6000


def test_bad_arguments_are_refused_with_a_reason() -> None:
    """Negative counts, datetimes and misplaced days do not pass silently."""
    with pytest.raises(ValueError, match="at least 0"):
        CALENDAR.add_working_days(date(2021, 4, 1), -1)
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.end_of_publicity(date(2021, 4, 1), 0, DayUnit.CALENDAR)
    with pytest.raises(TypeError, match="date"):
        CALENDAR.is_working_day(datetime(2021, 4, 1, 9))
    with pytest.raises(ValueError, match="放错"):
        Calendar(years=(2021,), announced_through=2026, off_days=(date(2021, 4, 3),))
    with pytest.raises(ValueError, match="at least one year"):
        national_calendar([])


@given(DAYS, COUNTS)
def test_adding_and_counting_agree(start: date, n: int) -> None:
    """The n-th working day after start is worked, and exactly n working days lie in between."""
    if start > date(2026, 6, 30):
        return
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start + timedelta(days=1), end) == n


@given(CALENDARS, DAYS, COUNTS, UNITS)
def test_latest_posting_is_the_latest(calendar: Calendar, before: date, n: int, unit: DayUnit) -> None:
    """Posting on it is in time; posting a day later is not."""
    posted = calendar.latest_posting(before, n, unit)
    assert calendar.next_step_day(posted, n, unit) <= before
    assert calendar.next_step_day(posted + timedelta(days=1), n, unit) > before


@given(CALENDARS, DAYS, DAYS, COUNTS, UNITS)
def test_publicity_is_monotone(calendar: Calendar, one: date, other: date, n: int, unit: DayUnit) -> None:
    """Posting later never ends earlier, and a longer posting ends later."""
    first, last = sorted((one, other))
    if last > date(2026, 6, 30):
        return
    assert calendar.end_of_publicity(first, n, unit) <= calendar.end_of_publicity(last, n, unit)
    assert calendar.end_of_publicity(first, n, unit) < calendar.end_of_publicity(first, n + 1, unit)


@given(DAYS, COUNTS)
def test_working_days_never_come_before_calendar_days(start: date, n: int) -> None:
    """Holidays only ever stretch a count of working days."""
    if start <= date(2026, 6, 30):
        assert CALENDAR.add_days(start, n, DayUnit.WORKING) >= CALENDAR.add_days(start, n, DayUnit.CALENDAR)
