"""The written forms of a window as days: thirds of a month, and which steps of a pack apply to a unit."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from policies.calendar import Calendar, DayUnit
from policies.pack.schema import (
    Absolute,
    Act,
    Body,
    BodyId,
    Condition,
    MonthThird,
    Pack,
    PollMode,
    RelativeToPoll,
    Step,
    Third,
)

ORDINARY = frozenset(Condition) - {Condition.EVERY_VOTER, Condition.ON_DEMAND}
"""Conditions that may hold for some unit of any plan: all except polls by every voter and what only a later demand begins."""


def bounds(step: Step) -> tuple[date | None, date | None]:
    """First and last day of an absolute window (or third of a month); (None, None) for every other form."""
    window = step.window
    if isinstance(window, Absolute):
        return window.from_, window.to
    if isinstance(window, MonthThird):
        year, month = (int(part) for part in window.month.split("-"))
        first, last = {
            Third.EARLY: (1, 10),
            Third.MIDDLE: (11, 20),
            Third.LATE: (21, monthrange(year, month)[1]),
        }[window.third]
        return date(year, month, first), date(year, month, last)
    return None, None


def poll_of(body: Body) -> Step | None:
    """The body's poll, from which E−n counts: its first step whose act is a poll, a primary (预选) only where there is no other."""
    polls = [step for step in body.steps if step.act is Act.POLL]
    return next(
        (step for step in polls if step.condition is not Condition.NOMINEES_EXCEED), polls[0] if polls else None
    )


def every_voter(pack: Pack) -> bool:
    """Whether the pack has its residents' or villagers' committee elected by every registered voter."""
    body = next((one for one in pack.bodies if one.id is BodyId.RESIDENTS), None)
    poll = None if body is None else poll_of(body)
    return poll is not None and poll.ballot is not None and poll.ballot.mode is PollMode.VOTERS


def holding(pack: Pack) -> frozenset[Condition]:
    """The conditions under which a pack is timed unless told otherwise: the ordinary ones, and every voter where they vote."""
    return ORDINARY | {Condition.EVERY_VOTER} if every_voter(pack) else ORDINARY


def counted_from(calendar: Calendar, day: date, n: int, unit: DayUnit) -> date:
    """So many days after a day (as E+n) or, with n below 0, before it (E−n).

    Raises CalendarUnknown where working days of an unannounced year are counted.
    """
    if unit is DayUnit.CALENDAR or n == 0:
        return day + timedelta(days=n)
    return calendar.add_working_days(day, n) if n > 0 else calendar.subtract_working_days(day, -n)


def days_from_poll(step: Step, poll_day: date, calendar: Calendar) -> tuple[date | None, date | None]:
    """First and last day of a step that the plan counts from the poll day; None for an end that it counts otherwise."""
    window = step.window
    if not isinstance(window, RelativeToPoll):
        return None, None
    first, last = (
        None if n is None else counted_from(calendar, poll_day, n, window.unit)
        for n in (window.poll_from, window.poll_to)
    )
    return first, last


def predecessors(pack: Pack, conditions: Iterable[Condition] = ORDINARY) -> dict[str, tuple[str, ...]]:
    """For each step that applies, the steps it waits for.

    A step that does not apply, or that only records, holds nothing up: what waits for it waits for its predecessors.
    """
    given = frozenset(conditions)
    steps = {step.id: step for body in pack.bodies for step in body.steps}

    def expand(step_id: str, seen: frozenset[str]) -> list[str]:
        step = steps[step_id]
        if step.condition in given and not step.record_only:
            return [step_id]
        return [one for other in step.after if other not in seen for one in expand(other, seen | {other})]

    return {
        step.id: tuple(dict.fromkeys(one for other in step.after for one in expand(other, frozenset({other}))))
        for step in steps.values()
        if step.condition in given
    }
