"""The checker's own day counting, from the days off and make-up days that the journal itself states."""

from calendar import isleap
from collections.abc import Iterable
from datetime import date

SATURDAY = 5


def ordinal(day: str) -> int:
    """A day written 2021-03-29 (or a time that begins so) as a day number. Raises ValueError for anything else."""
    return date.fromisoformat(day[:10]).toordinal()


def iso(number: int) -> str:
    """A day number written 2021-03-29."""
    return date.fromordinal(number).isoformat()


def between(first: str, last: str) -> int:
    """Calendar days from the first day to the last."""
    return ordinal(last) - ordinal(first)


def shifted(day: str, days: int) -> str:
    """The day so many calendar days later."""
    return iso(ordinal(day) + days)


def years_before(day: str, years: int) -> str:
    """The day so many years before: who was born on it or earlier has that age on `day`; 29 February becomes the 28th."""
    year = f"{int(day[:4]) - years:04d}"
    return f"{year}-02-28" if day[4:] == "-02-29" and not isleap(int(year)) else year + day[4:]


class Days:
    """Working days under one district's arrangement."""

    __slots__ = ("_known", "_off", "_worked")

    def __init__(self, off_days: Iterable[str] = (), working_weekends: Iterable[str] = ()) -> None:
        self._off = {ordinal(day) for day in off_days}
        self._worked = {ordinal(day) for day in working_weekends}
        self._known: dict[tuple[str, int, str], str] = {}

    def last_whole_day(self, posted_on: str, days: int, unit: str) -> str:
        """The last of so many whole days after the posting day, which itself does not count."""
        key = (posted_on, days, unit)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = iso(self._count(ordinal(posted_on), min(days, 1000), unit))
        return known

    def _count(self, number: int, days: int, unit: str) -> int:
        if unit != "working":
            return number + days
        while days > 0:
            number += 1
            weekday = (number - 1) % 7  # day 1 was a Monday
            if number in self._worked or (weekday < SATURDAY and number not in self._off):
                days -= 1
        return number
