"""Office hours as one straight line: how many working hours have passed at an instant, and back again.

Response times and queues are counted in working hours; on this line a wait over a weekend or the Spring Festival is a
plain subtraction. Nothing is searched day by day: a year of days is laid out once per cast.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from policies.calendar import SATURDAY, Calendar, CalendarUnknown
from policies.clock import BEIJING

_MINUTE = 60
_HOUR = 3600
_OFFSET = 8 * _HOUR  # Beijing is eight hours ahead of UTC, all year
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY = 86_400


def beijing_day(instant: datetime) -> date:
    """The calendar day in Beijing of an aware instant."""
    return instant.astimezone(BEIJING).date()


def beijing(day: date, hour: float) -> datetime:
    """An hour (such as 14.5) of a Beijing day, as an aware UTC instant on a whole minute."""
    return _midnight(day) + timedelta(minutes=round(hour * 60)) if hour else _midnight(day)


@lru_cache(maxsize=4096)
def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(seconds=_OFFSET)


def working(calendar: Calendar) -> Callable[[date], bool]:
    """Whether a day is worked; Monday to Friday in years nobody has announced (a rehearsal may overrun its calendar)."""

    def worked(day: date) -> bool:
        try:
            return calendar.is_working_day(day)
        except CalendarUnknown:
            return day.weekday() < SATURDAY

    return worked


class Hours:
    """The hours from `opens` to `closes` (such as 8.5 and 17.5) of the days on which somebody works, laid end to end."""

    def __init__(self, first: date, last: date, works: Callable[[date], bool], opens: float, closes: float) -> None:
        self._opens = round(opens * _HOUR)
        self._long = round(closes * _HOUR) - self._opens
        self.day_hours = self._long / _HOUR
        span = range(first.toordinal(), last.toordinal() + 1)
        self._days = [number - _EPOCH_DAY for number in span if works(date.fromordinal(number))]

    def at(self, instant: datetime) -> float:
        """Working hours passed at an aware instant."""
        seconds = int(instant.timestamp()) + _OFFSET
        today, second = divmod(seconds, _DAY)
        done = bisect_right(self._days, today)
        if done and self._days[done - 1] == today:
            begun = min(max(second - self._opens, 0), self._long)
            return ((done - 1) * self._long + begun) / _HOUR
        return done * self._long / _HOUR

    def instant(self, hours: float) -> datetime:
        """The first whole minute, as an aware UTC instant, at which so many working hours have passed."""
        place, begun = divmod(round(hours * _HOUR), self._long)
        if not begun and place:
            place, begun = place - 1, self._long  # the end of a day rather than the next morning
        day = self._days[min(place, len(self._days) - 1)]
        seconds = day * _DAY + self._opens + begun - _OFFSET
        return datetime.fromtimestamp(seconds + -seconds % _MINUTE, UTC)

    def close(self, day: date) -> float:
        """Working hours passed when a day ends."""
        return bisect_right(self._days, day.toordinal() - _EPOCH_DAY) * self._long / _HOUR
