"""Election time as a function of real time. Live they are the same; a drill on a real server lets election days pass faster."""

from datetime import datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator, Field

from policies.value import Value

BEIJING = timezone(timedelta(hours=8), "CST")
"""Every day and hour of an election is Beijing's."""
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("an instant needs its offset from UTC")
    return instant


Instant = Annotated[datetime, AfterValidator(_aware)]


class Clock(Value):
    """From the real instant `real` on, election time runs from `election`; an election day takes `day` of real time.

    Whole microseconds throughout, so that every process reckons alike.
    """

    real: Instant
    election: Instant
    day: Annotated[timedelta, Field(ge=timedelta(milliseconds=100), le=DAY)]

    def at(self, real: datetime) -> datetime:
        """The election's instant at a real instant."""
        return self.election + (real - self.real) // TICK * (DAY // TICK) // (self.day // TICK) * TICK

    def real_time(self, election: timedelta) -> timedelta:
        """How long a stretch of election time really takes, rounded up: nobody wakes before the hour."""
        return -(-(election // TICK) * (self.day // TICK) // (DAY // TICK)) * TICK

    def moved(self, real: datetime, election: datetime) -> "Clock":
        """The clock set, at a real instant, to a later instant of the election. Raises ValueError when that lies behind."""
        if election < self.at(real):
            raise ValueError(f"{election} lies behind {self.at(real)}")
        return Clock(real=real, election=election, day=self.day)

    def or_later(self, other: "Clock | None") -> "Clock":
        """Of two clocks of one drill the one that was set later: who hears of an older one afterwards keeps his own."""
        return self if other is None or self.real > other.real else other
