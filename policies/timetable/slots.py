"""The timetable people and workflows read: for each step its window, its earliest and latest day, slack and what it waits for."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from policies.calendar import Calendar, CalendarUnknown
from policies.finding import Finding
from policies.pack.schema import BodyId, Condition, Pack, RelativeToPoll, RelativeToStep, Role, Step
from policies.rules.timetable import FEASIBLE
from policies.timetable.build import first, last, network, shift
from policies.timetable.network import Conflict, Solution
from policies.timetable.windows import bounds, holding, poll_of, predecessors
from policies.value import Value


class Slot(Value):
    """One step in time. `earliest` and `latest` are the first and last day on which the step can begin (a posting: go up).

    `window_start` and `window_end` are the window as written (or, for a relative window, as it follows from the days
    around it); None where the plan gives no such bound. `slack_days` is `latest - earliest` in calendar days, negative when
    the plan cannot be kept. Everything is None where the step does not apply or the calendar is not known.
    """

    step: str
    body: BodyId
    title: str
    actor: Role
    window_start: date | None
    window_end: date | None
    earliest: date | None
    latest: date | None
    ends_latest: (
        date | None
    )  # the last day on which the step can end: differs from `latest` for postings and open windows
    slack_days: int | None
    critical: bool
    applies: bool
    depends_on: tuple[str, ...]
    rules: tuple[str, ...]


class Timetable(Value):
    """All slots in the pack's order; `findings` says why the plan cannot be kept (T1) or the calendar is not known (C1).

    `critical_path` is the chain of steps that decides when the last step can be done, first step first.
    """

    slots: tuple[Slot, ...]
    critical_path: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Slot]:
        return {slot.step: slot for slot in self.slots}

    def slot(self, step_id: str) -> Slot:
        """The slot of a step. Raises KeyError when the pack has no such step."""
        return self._by_id[step_id]

    @property
    def feasible(self) -> bool:
        """True when every constraint can be kept at once."""
        return not self.findings


def timetable(
    pack: Pack, calendar: Calendar, *, resolved: bool = True, conditions: Iterable[Condition] | None = None
) -> Timetable:
    """The pack's timetable. `resolved` applies the pack's resolutions (what workflows execute); False reads it literally.

    `conditions` are those that hold for the unit (default: all that may, see `windows.holding`). A plan that cannot be kept gives
    findings, never an exception, and so does a year whose holidays are not announced.
    """
    view = pack.as_executed() if resolved else pack
    given = holding(view) if conditions is None else frozenset(conditions) | {Condition.ALWAYS}
    try:
        solution = network(view, calendar, given).solve()
    except CalendarUnknown as unknown:
        return Timetable(slots=_slots(view, calendar, given, None, ()), findings=(unknown.finding,))
    path = _critical_path(solution, predecessors(view, given))
    return Timetable(
        slots=_slots(view, calendar, given, solution, path),
        critical_path=path,
        findings=tuple(infeasible(view, conflict) for conflict in _foremost(solution)),
    )


def infeasible(pack: Pack, conflict: Conflict) -> Finding:
    """T1: this step cannot be done in time, with the chain of constraints that prevents it."""
    step = pack.step(_step_of(conflict.node))
    chain = " → ".join(conflict.chain)
    if conflict.circular:
        message = f"日程排不出来：「{step.title}」前后的间隔互相矛盾（{chain}）。"
    else:
        message = f"日程排不出来：「{step.title}」最早 {_day(conflict.earliest)}，但不得晚于 {_day(conflict.last)}。链条：{chain}。"
    return FEASIBLE.finding(
        message,
        value=None if conflict.circular else _day(conflict.earliest).isoformat(),
        limit=_day(conflict.last).isoformat(),
        step=step.id,
    )


def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def _step_of(node: object) -> str:
    assert isinstance(node, tuple)
    return str(node[0])


def _foremost(solution: Solution) -> list[Conflict]:
    """One conflict per step, leaving out those that only follow from an earlier one."""
    stuck = {conflict.node for conflict in solution.conflicts}
    kept: dict[str, Conflict] = {}
    for conflict in solution.conflicts:
        source, seen = solution.drivers[conflict.node].source, {conflict.node}
        while source is not None and source not in seen and source not in stuck:
            seen.add(source)
            source = solution.drivers[source].source
        if source is None or source in seen or _step_of(source) == _step_of(conflict.node):
            kept.setdefault(_step_of(conflict.node), conflict)
    return list(kept.values())


def _slots(
    pack: Pack, calendar: Calendar, given: frozenset[Condition], solution: Solution | None, path: tuple[str, ...]
) -> tuple[Slot, ...]:
    before = predecessors(pack, given)
    found: list[Slot] = []
    for body in pack.bodies:
        poll = poll_of(body)
        for step in body.steps:
            applies = step.id in before
            timed = solution if applies else None
            opens, closes = bounds(step)
            if timed is not None and opens is None and closes is None:
                opens, closes = _follows(step, poll, calendar, timed, before)
            low = timed.earliest[first(step.id)] if timed else None
            high = timed.latest[first(step.id)] if timed else None
            found.append(
                Slot(
                    step=step.id,
                    body=body.id,
                    title=step.title,
                    actor=step.actor,
                    window_start=opens,
                    window_end=closes,
                    earliest=None if low is None else _day(low),
                    latest=None if high is None else _day(high),
                    ends_latest=_day(timed.latest[last(step.id)]) if timed else None,
                    slack_days=None if low is None or high is None else high - low,
                    critical=step.id in path,
                    applies=applies,
                    depends_on=_waits_for(step, before),
                    rules=step.rules,
                )
            )
    return tuple(found)


def _waits_for(step: Step, before: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    others = [*before.get(step.id, step.after), *(gap.after for gap in step.gaps)]
    if isinstance(step.window, RelativeToStep):
        others.append(step.window.after)
    return tuple(dict.fromkeys(other for other in others if other in before or step.id not in before))


def _follows(
    step: Step, poll: Step | None, calendar: Calendar, solution: Solution, before: dict[str, tuple[str, ...]]
) -> tuple[date | None, date | None]:
    """The window that a relative form amounts to, from the earliest to the latest day of what it counts from."""
    window = step.window
    low: int | None
    if isinstance(window, RelativeToStep) and window.after in before:
        anchor, low, high = last(window.after), window.from_, window.to
    elif isinstance(window, RelativeToPoll) and poll is not None and poll.id in before:
        anchor, low, high = first(poll.id), window.poll_from, window.poll_to
    else:
        return None, None
    opens = None if low is None else shift(calendar, low, window.unit).ahead(solution.earliest[anchor])
    closes = None if high is None else shift(calendar, high, window.unit).ahead(solution.latest[anchor])
    return None if opens is None else _day(opens), None if closes is None else _day(closes)


def _critical_path(solution: Solution, before: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if not before:
        return ()
    current: str | None = max(before, key=lambda step: solution.earliest[last(step)])
    path: list[str] = []
    while current is not None and current not in path:
        path.append(current)
        node: object = first(current)
        seen: set[object] = set()
        while node not in seen and isinstance(node, tuple) and node[0] == current:
            seen.add(node)
            node = solution.drivers[node].source
        if isinstance(node, tuple) and node[0] != current:
            current = str(node[0])
        else:  # held by its own window: the predecessor that ends last comes before it
            current = max(before[current], key=lambda step: solution.earliest[last(step)], default=None)
    return tuple(reversed(path))
