"""Election time: the calendar day and the instants a workflow reckons with. The one place that knows the clock.

Live, election time is workflow time; on the in-process engine the engine owns workflow time.
"""

from datetime import date, datetime, time, timedelta, timezone

from temporalio import workflow

BEIJING = timezone(timedelta(hours=8), "CST")


def now() -> datetime:
    """This instant, in Beijing time."""
    return workflow.now().astimezone(BEIJING)


def today() -> date:
    """The calendar day in Beijing."""
    return now().date()


def until(day: date, hour: int = 0) -> timedelta:
    """From now to an hour of a day in Beijing; negative once it has passed."""
    return datetime.combine(day, time(hour), BEIJING) - workflow.now()
