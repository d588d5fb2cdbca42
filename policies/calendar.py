"""Working days with make-up days, counted one way everywhere; a year nobody has announced is a finding, never a guess.

Counting follows 民法典 第201条、第203条 by analogy: the posting day is left out, N whole days follow, the next step
is the day after. Publicity under the Party's rules counts working days; lists and notices under the organic laws
count calendar days, which holidays never shorten or stretch.

The days themselves come from the State Council's yearly notices as the `holidays` package carries them. One limit to
know: a notice published late in a year may still name a make-up weekend in that year's last days; a county override
can say so.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Self

from pydantic import Field, model_validator

from policies.finding import Finding
from policies.people import Labelled
from policies.rule import Confidence, Rule, declare
from policies.value import Value

ONE_DAY = timedelta(days=1)
FIRST_NOTICE = 2001  # the first year whose swapped weekends the package carries
SATURDAY = 5

CALENDAR_KNOWN = declare(
    Rule(
        id="C1",
        title="日历已公布",
        text="工作日按国务院办公厅当年放假安排计算（含调休上班日）；当年安排尚未公布的，不得按周一至周五推定。",
        on_failure="等待当年放假安排公布后重新推算，或先改用已公布年份内的日期。",
        source="国务院办公厅年度节假日安排通知；《民法典》第二百零一条、第二百零三条（参照）",
        confidence=Confidence.GENERAL,
        enforced=("calendar", "lint"),
    )
)
COUNTY_DAYS = declare(
    Rule(
        id="C2",
        title="县级日历调整",
        text="县级可另定放假日或上班日，每一日须写明事由或文号；不得与国家安排相抵触，也不得自相矛盾或重复。",
        on_failure="更正县级日历调整文件后重新载入。",
        source="县级日历调整文件；国务院办公厅年度节假日安排通知",
        confidence=Confidence.GENERAL,
        enforced=("calendar",),
    )
)


class DayUnit(Labelled):
    """What is counted: working days (P6) or calendar days (V6, V7, V9, R4, R6, V23)."""

    WORKING = "working", "个工作日"
    CALENDAR = "calendar", "日"


class PostingDay(StrEnum):
    """Whether the day something is posted counts as the first day of its posting."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class DayKind(StrEnum):
    """What a county makes of a day."""

    OFF = "off"
    WORKING = "working"


class OverrideDay(Value):
    """One day a county decides otherwise, with its reason or document number (文号)."""

    day: date
    kind: DayKind
    reason: str = Field(min_length=1)


class CalendarOverride(Value):
    """A county's own days off and working days."""

    county: str = ""
    days: tuple[OverrideDay, ...] = ()


class CalendarUnknown(Exception):  # noqa: N818 - named for what happened, as a reader of a procedure would say it
    """A working day was asked about in a year whose arrangement is not known; carries the day and the C1 finding."""

    def __init__(self, day: date, finding: Finding) -> None:
        super().__init__(finding.message)
        self.day = day
        self.finding = finding


class OverrideRefused(Exception):  # noqa: N818
    """A county override cannot be used; carries every problem at once as C2 (or C1) findings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))


class Calendar(Value):
    """The days of some years: which weekdays are off, which weekend days are worked, and how a posting is counted.

    `years` are the years covered, `announced_through` the last year whose arrangement is known at all. Every method
    that needs working days raises `CalendarUnknown` for a day outside `years`; calendar-day counts never do. `n` is a
    number of days.
    """

    years: tuple[int, ...]
    announced_through: int
    off_days: tuple[date, ...] = ()  # Monday to Friday, not worked
    working_weekends: tuple[date, ...] = ()  # Saturday or Sunday, worked
    posting_day: PostingDay = PostingDay.EXCLUDED
    overrides: tuple[OverrideDay, ...] = ()  # already applied above; kept to say why

    @model_validator(mode="after")
    def _days_are_what_they_say(self) -> Self:
        wrong = [day for day in self.off_days if day.weekday() >= SATURDAY]
        wrong += [day for day in self.working_weekends if day.weekday() < SATURDAY]
        wrong += [day for day in (*self.off_days, *self.working_weekends) if day.year not in self.years]
        if wrong:
            raise ValueError(f"日历中的日期放错了类别或年份：{'、'.join(str(day) for day in wrong)}")
        return self

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(self.off_days)

    @cached_property
    def _worked(self) -> frozenset[date]:
        return frozenset(self.working_weekends)

    @cached_property
    def _covered(self) -> frozenset[int]:
        return frozenset(self.years)

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked, make-up days and county days included. Raises CalendarUnknown."""
        if isinstance(day, datetime):
            raise TypeError(f"is_working_day takes a date, not the datetime {day!r}: pass day.date()")
        if day.year not in self._covered:
            raise CalendarUnknown(day, self._unknown(day))
        if day.weekday() < SATURDAY:
            return day not in self._off
        return day in self._worked

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`, start excluded (n = 0 gives start).

        Raises CalendarUnknown, and ValueError when n < 0.
        """
        _at_least(0, n)
        day = start
        while n:
            day += ONE_DAY
            n -= self.is_working_day(day)
        return day

    def subtract_working_days(self, end: date, n: int) -> date:
        """The n-th working day before `end`, end excluded (n = 0 gives end).

        Raises CalendarUnknown, and ValueError when n < 0.
        """
        _at_least(0, n)
        day = end
        while n:
            day -= ONE_DAY
            n -= self.is_working_day(day)
        return day

    def add_days(self, start: date, n: int, unit: DayUnit) -> date:
        """The n-th day of `unit` after `start`, start excluded."""
        return self.add_working_days(start, n) if unit is DayUnit.WORKING else start + timedelta(days=n)

    def working_days_between(self, first: date, last: date) -> int:
        """Working days from `first` to `last`, both included; 0 when last is earlier. Raises CalendarUnknown."""
        return sum(self.is_working_day(first + timedelta(days=i)) for i in range((last - first).days + 1))

    def days_between(self, first: date, last: date, unit: DayUnit) -> int:
        """Days of `unit` from `first` to `last`, both included; 0 when last is earlier."""
        if unit is DayUnit.WORKING:
            return self.working_days_between(first, last)
        return max((last - first).days + 1, 0)

    def days_before(self, poll: date, n: int) -> date:
        """E−n: the calendar day n days before the poll day (V6 E−20, V9 E−5, R4 E−3); holidays never move it."""
        return poll - timedelta(days=n)

    def end_of_publicity(self, posted: date, n: int, unit: DayUnit) -> date:
        """The last day of a posting of n days put up on `posted`.

        Raises ValueError when n < 1, and CalendarUnknown for working days.
        """
        _at_least(1, n)
        start = posted - ONE_DAY if self.posting_day is PostingDay.INCLUDED else posted
        return self.add_days(start, n, unit)

    def next_step_day(self, posted: date, n: int, unit: DayUnit) -> date:
        """The first day on which the step after the posting may happen: the day after the posting's last day."""
        return self.end_of_publicity(posted, n, unit) + ONE_DAY

    def latest_posting(self, before: date, n: int, unit: DayUnit) -> date:
        """The last day to post so that n days of `unit` are over before `before` (the day of the next step).

        Counted back: it is the greatest day whose `next_step_day` is not after `before`. It may itself be a day off.
        """
        _at_least(1, n)
        first = self.subtract_working_days(before, n) if unit is DayUnit.WORKING else before - timedelta(days=n)
        return first if self.posting_day is PostingDay.INCLUDED else first - ONE_DAY

    def reason(self, day: date) -> str | None:
        """Why the county decided otherwise about `day`; None when it did not."""
        return next((other.reason for other in self.overrides if other.day == day), None)

    def unknown(self, days: Iterable[date]) -> list[Finding]:
        """One C1 finding for each year among `days` that this calendar does not cover, naming its first such day."""
        first_of_year = {day.year: day for day in sorted(days, reverse=True) if day.year not in self._covered}
        return [self._unknown(first_of_year[year]) for year in sorted(first_of_year)]

    def _unknown(self, day: date) -> Finding:
        if day.year > self.announced_through:
            why = f"{day.year} 年放假安排尚未公布"
        elif day.year < FIRST_NOTICE:
            why = f"{day.year} 年早于可查的放假安排（{FIRST_NOTICE} 年起）"
        else:
            why = f"本日历未收录 {day.year} 年"
        return CALENDAR_KNOWN.finding(
            f"日历未公布：{why}，不能判断 {day.isoformat()} 是否为工作日，也不按周一至周五推定；"
            f"请待安排公布并更新日历后再推算（已公布至 {self.announced_through} 年）。",
            value=day.isoformat(),
            limit=f"已公布至 {self.announced_through} 年",
        )


def national_calendar(
    years: Iterable[int],
    override: CalendarOverride | None = None,
    *,
    posting_day: PostingDay = PostingDay.EXCLUDED,
) -> Calendar:
    """The announced calendar of `years` and of the year on each side, so that counts may cross New Year.

    A year whose notice is not known is simply not covered: days in it raise CalendarUnknown. `override` adds a county's
    own days; raises OverrideRefused with every problem at once when one repeats, contradicts another, contradicts a
    statutory holiday, or lies in a year that is not covered. Raises ValueError when `years` is empty.
    """
    asked = sorted(set(years))
    if not asked:
        raise ValueError("national_calendar needs at least one year, for example national_calendar([2021])")
    span = range(asked[0] - 1, asked[-1] + 2)
    known = {year: days for year in span if (days := _announced(year)) is not None}
    calendar = Calendar(
        years=tuple(known),
        announced_through=_announced_through(),
        off_days=tuple(day for off, _ in known.values() for day in off),
        working_weekends=tuple(day for _, worked in known.values() for day in worked),
        posting_day=posting_day,
    )
    return _overridden(calendar, override) if override is not None and override.days else calendar


@lru_cache(maxsize=64)
def _announced(year: int) -> tuple[tuple[date, ...], tuple[date, ...]] | None:
    """(weekdays off, weekend days worked) of a year, sorted; None when its notice is not known.

    The package extrapolates the festivals of years to come, but only a notice can swap weekends, and every notice since
    2001 has swapped some: a year without a single make-up day is a guess, not an announcement.
    """
    if year < FIRST_NOTICE:
        return None
    import holidays  # here, because the package is large and only builders of calendars need it

    china = holidays.country_holidays("CN", years=year)
    worked = tuple(sorted(day for day in china.weekend_workdays if day.year == year))
    if not worked:
        return None
    return tuple(sorted(day for day in china if day.year == year and day.weekday() < SATURDAY)), worked


@lru_cache(maxsize=1)
def _announced_through() -> int:
    year = FIRST_NOTICE + 20  # the package has carried 2021 in every version the project accepts
    while _announced(year + 1) is not None:
        year += 1
    return year


def _overridden(calendar: Calendar, override: CalendarOverride) -> Calendar:
    problems = _override_problems(calendar, override)
    if problems:
        raise OverrideRefused(problems)
    off, worked = set(calendar.off_days), set(calendar.working_weekends)
    for other in override.days:
        if other.kind is DayKind.WORKING:
            worked.add(other.day)
        elif other.day in worked:
            worked.remove(other.day)
        else:
            off.add(other.day)
    return Calendar(
        years=calendar.years,
        announced_through=calendar.announced_through,
        off_days=tuple(sorted(off)),
        working_weekends=tuple(sorted(worked)),
        posting_day=calendar.posting_day,
        overrides=tuple(sorted(override.days, key=lambda other: other.day)),
    )


def _override_problems(calendar: Calendar, override: CalendarOverride) -> list[Finding]:
    found: list[Finding] = []
    seen: dict[date, DayKind] = {}

    def refuse(other: OverrideDay, why: str) -> None:
        message = f"县级日历调整 {other.day.isoformat()}（{other.reason}）不能采用：{why}。"
        found.append(COUNTY_DAYS.finding(message, value=other.day.isoformat()))

    for other in override.days:
        day = other.day
        if day in seen:
            refuse(other, "同一天重复列出" if seen[day] is other.kind else "同一天既列为放假又列为上班")
            continue
        seen[day] = other.kind
        if day.year not in calendar.years:
            found.extend(calendar.unknown([day]))
        elif other.kind is DayKind.OFF and not calendar.is_working_day(day):
            refuse(other, "国家安排中这一天本来就不上班，属重复")
        elif other.kind is DayKind.WORKING and calendar.is_working_day(day):
            refuse(other, "国家安排中这一天本来就是工作日，属重复")
        elif other.kind is DayKind.WORKING and day.weekday() < SATURDAY:
            refuse(other, "国家安排中这一天放假，县级不得改为上班")
    return found


def _at_least(least: int, n: int) -> None:
    if n < least:
        raise ValueError(f"a count of days must be at least {least}, not {n}")
