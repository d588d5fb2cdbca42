"""The county office's four reports as Temporal Schedules of one election: made once, adjusted when asked again, ended with it.

A live election reports by the calendar, in Beijing time. A drill on a compressed calendar reports by an interval: one of its
days takes so many real seconds, which no calendar can say. Whichever it is, a schedule only rings; which period a report is
about, the activity reckons from the instant it rang and the election's own clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from policies.clock import BEIJING, DAY, Clock
from policies.officework import ReportKind, ReportOrder
from workflows.catalogue import TASK_QUEUE
from workflows.officework import OfficeReport
from workflows.search import place

TIME_ZONE = "Asia/Shanghai"

SECOND = timedelta(seconds=1)
"""What a server's intervals are counted in."""
SHORTEST_CATCH_UP = timedelta(seconds=10)
"""Less a server does not take."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SUNDAY, FRIDAY = 0, 5  # as schedules count weekdays
LEAP_YEARS = ScheduleRange(2024, 2096, 4)
LONG_MONTHS = tuple(map(ScheduleRange, (1, 3, 5, 7, 8, 10, 12)))
SHORT_MONTHS = tuple(map(ScheduleRange, (4, 6, 9, 11)))
FEBRUARY = (ScheduleRange(2),)


class Change(StrEnum):
    """What became of a schedule."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ENDED = "ended"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        """In Chinese."""
        return _LABELS[self]


_LABELS = {
    Change.CREATED: "已建立",
    Change.UPDATED: "已更新",
    Change.UNCHANGED: "未变",
    Change.ENDED: "已撤销",
    Change.ABSENT: "本来没有",
}


@dataclass(frozen=True)
class ScheduleStep:
    """One schedule, and what was done to it."""

    id: str
    kind: ReportKind
    change: Change

    @property
    def text(self) -> str:
        """For people: 日反馈：已建立."""
        return f"{self.kind.label}：{self.change.label}"


async def ensure_schedules(client: Client, election: str, clock: Clock | None = None) -> tuple[ScheduleStep, ...]:
    """Bring an election's four schedules to what they have to be; the second time, nothing is done.

    `clock`: a drill's as it runs now. Call again when it was set forward: the intervals then ring at the new hours. A
    schedule that somebody paused stays paused. Raises temporalio.service.RPCError when the server refuses or is away.
    """
    return tuple([await _ensured(client, election, kind, clock) for kind in ReportKind])


async def end_schedules(client: Client, election: str) -> tuple[ScheduleStep, ...]:
    """Take an election's schedules away; its reports stay in the registry. Safe to repeat. Raises RPCError."""
    return tuple([await _ended(client, election, kind) for kind in ReportKind])


def schedule_id(election: str, kind: ReportKind) -> str:
    """The schedule's id; the server appends the instant to it for the workflows it starts."""
    return f"{election}/office/{kind.value}"


# ---------------------------------------------------------------- one schedule


async def _ensured(client: Client, election: str, kind: ReportKind, clock: Clock | None) -> ScheduleStep:
    key = schedule_id(election, kind)
    wanted = _schedule(election, kind, clock)
    try:
        await client.create_schedule(key, wanted, search_attributes=place((election,)))
    except ScheduleAlreadyRunningError:
        return ScheduleStep(key, kind, await _adjusted(client, key, wanted))
    return ScheduleStep(key, kind, Change.CREATED)


async def _adjusted(client: Client, key: str, wanted: Schedule) -> Change:
    change, note = Change.UNCHANGED, wanted.state.note

    async def adjust(given: ScheduleUpdateInput) -> ScheduleUpdate | None:
        nonlocal change
        there = given.description.schedule
        if await _alike(client, there, wanted):
            change = Change.UNCHANGED
            return None
        change = Change.UPDATED
        wanted.state = there.state  # paused by hand: not ours to undo
        wanted.state.note = note
        return ScheduleUpdate(wanted)

    await client.get_schedule_handle(key).update(adjust)
    return change


async def _alike(client: Client, there: Schedule, wanted: Schedule) -> bool:
    """Whether a schedule is as it has to be. Its order is compared as read: encrypted, it is never the same bytes twice."""
    action, asked = there.action, wanted.action
    assert isinstance(asked, ScheduleActionStartWorkflow)
    if not isinstance(action, ScheduleActionStartWorkflow):
        return False
    return (
        there.spec == wanted.spec
        and there.policy == wanted.policy
        and (action.workflow, action.id, action.task_queue) == (asked.workflow, asked.id, asked.task_queue)
        and action.typed_search_attributes == asked.typed_search_attributes
        and await _order(client, action.args) == asked.args[0]
    )


async def _order(client: Client, args: Sequence[Any]) -> ReportOrder | None:
    """The order in a schedule; None when it is none that we can read."""
    try:
        [order] = await client.data_converter.decode(list(args), [ReportOrder])
    except Exception:  # whatever it is, it is to be replaced
        return None
    return order if isinstance(order, ReportOrder) else None


async def _ended(client: Client, election: str, kind: ReportKind) -> ScheduleStep:
    key = schedule_id(election, kind)
    try:
        await client.get_schedule_handle(key).delete()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return ScheduleStep(key, kind, Change.ABSENT)
    return ScheduleStep(key, kind, Change.ENDED)


# ---------------------------------------------------------------- what a schedule has to be


def _schedule(election: str, kind: ReportKind, clock: Clock | None) -> Schedule:
    note = f"换届办{kind.label}" + ("" if clock is None else "（演练）")
    return Schedule(
        action=ScheduleActionStartWorkflow(
            OfficeReport.run,
            ReportOrder(election=election, kind=kind),
            id=schedule_id(election, kind),
            task_queue=TASK_QUEUE,
            typed_search_attributes=place((election,)),
        ),
        spec=by_calendar(kind) if clock is None else by_interval(kind, clock),
        # One report at a time; one missed is made up for within a day. What a longer absence left out, the next one tells.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_catch_up(clock)),
        state=ScheduleState(note=note),  # what people see who look at the server itself
    )


def _catch_up(clock: Clock | None) -> timedelta:
    """One day of the election."""
    return DAY if clock is None else max(SHORTEST_CATCH_UP, _whole_seconds(clock.real_time(DAY)))


def by_calendar(kind: ReportKind) -> ScheduleSpec:
    """When a live election's reports are due.

    The last day of a month is 31, 30, 29 or 28 by the month; February 28 is left out in leap years. So nothing rings in vain.
    """
    hour = kind.due
    match kind:
        case ReportKind.WEEK_TASKS:
            calendars = [_at(hour, day_of_week=(ScheduleRange(FRIDAY),))]
        case ReportKind.DAY_RETURN:
            calendars = [_at(hour)]
        case ReportKind.WEEK_SUMMARY:
            calendars = [_at(hour, day_of_week=(ScheduleRange(SUNDAY),))]
        case ReportKind.MONTH_DISPATCH:
            calendars = [
                _at(hour, day_of_month=(ScheduleRange(31),), month=LONG_MONTHS),
                _at(hour, day_of_month=(ScheduleRange(30),), month=SHORT_MONTHS),
                _at(hour, day_of_month=(ScheduleRange(28, 29),), month=FEBRUARY),
            ]
    skip = []
    if kind is ReportKind.MONTH_DISPATCH:
        skip = [_at(hour, day_of_month=(ScheduleRange(28),), month=FEBRUARY, year=(LEAP_YEARS,))]
    return ScheduleSpec(calendars=calendars, skip=skip, time_zone_name=TIME_ZONE)


def _at(hour: time, **days: Any) -> ScheduleCalendarSpec:
    return ScheduleCalendarSpec(hour=(ScheduleRange(hour.hour),), minute=(ScheduleRange(hour.minute),), **days)


def by_interval(kind: ReportKind, clock: Clock) -> ScheduleSpec:
    """When a drill's reports are due: at the hour of its own day, every so many real seconds, rounded up to whole ones.

    A month has no fixed length: its report is looked for once a day, which finds on most days that it is there already. A
    day shorter than a second, or of a fraction of one, makes a report now and then tell of several days.
    """
    first = _first_due(kind, clock.election.astimezone(BEIJING))
    weekly = kind in (ReportKind.WEEK_TASKS, ReportKind.WEEK_SUMMARY)
    every = _whole_seconds(clock.real_time(7 * DAY if weekly else DAY))
    rings = _whole_seconds(clock.real + clock.real_time(first - clock.election) - EPOCH)
    return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every, offset=rings % every or None)])


def _first_due(kind: ReportKind, start: datetime) -> datetime:
    """The first instant from the start on that is the kind's hour, on its weekday where it has one; Beijing time."""
    due = datetime.combine(start.date(), kind.due, BEIJING)
    weekday = {ReportKind.WEEK_TASKS: 5, ReportKind.WEEK_SUMMARY: 7}.get(kind)
    while due < start or weekday not in (None, due.isoweekday()):
        due += DAY
    return due


def _whole_seconds(span: timedelta) -> timedelta:
    """Rounded up, one at least."""
    return max(SECOND, -(-span // SECOND) * SECOND)
