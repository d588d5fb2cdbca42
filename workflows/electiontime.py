"""Election time: the calendar day and the instants a workflow reckons with. The one place that knows the clock.

Live, election time is workflow time; on the in-process engine the engine owns workflow time; a drill on a real server has a
clock of its own (`policies/clock.py`), which the workflow keeps as `clock`.
"""

from datetime import date, datetime, time, timedelta
from typing import Protocol, cast

from temporalio import workflow

from policies.clock import BEIJING, Clock


class Clocked(Protocol):
    """What every election workflow is: the keeper of its clock, None when election time is workflow time."""

    clock: Clock | None


def clock() -> Clock | None:
    """The clock of the workflow that is running."""
    return cast(Clocked, workflow.instance()).clock


def now() -> datetime:
    """This instant, in Beijing time."""
    real, kept = workflow.now(), clock()
    return (real if kept is None else kept.at(real)).astimezone(BEIJING)


def today() -> date:
    """The calendar day in Beijing."""
    return now().date()


def instant(day: date, hour: int = 0) -> datetime:
    """An hour of a day in Beijing."""
    return datetime.combine(day, time(hour), BEIJING)


def until(day: date, hour: int = 0) -> timedelta:
    """Election time from now to an hour of a day in Beijing; negative once it has passed."""
    return instant(day, hour) - now()


def waiting(election: timedelta) -> timedelta:
    """Workflow time that a stretch of election time takes: what a timer is set to."""
    kept = clock()
    return election if kept is None else kept.real_time(election)
