"""From a pack to its temporal network: two nodes a step (its first and its last day), every constraint in its own words."""

from collections.abc import Callable, Iterable
from datetime import date

from policies.calendar import Calendar, DayUnit
from policies.pack.schema import Act, Condition, Gap, Lasting, Pack, RelativeToPoll, RelativeToStep, Step
from policies.timetable.network import Network, Shift, days
from policies.timetable.windows import ORDINARY, bounds, counted_from, poll_of, predecessors

Node = tuple[str, str]


def first(step_id: str) -> Node:
    """The step's first day; for a posting, the day it goes up."""
    return step_id, "first"


def last(step_id: str) -> Node:
    """The step's last day; for a posting, the last day it must stay up."""
    return step_id, "last"


def shift(calendar: Calendar, n: int, unit: DayUnit) -> Shift:
    """A move by n days of a unit, forwards or back."""
    if unit is DayUnit.CALENDAR or n == 0:
        return days(n)
    return _by_date(lambda day: counted_from(calendar, day, n, unit), n)


def posting(calendar: Calendar, step: Step) -> Shift | None:
    """From the day a posting goes up to its last day; None when the step posts nothing for a stated time."""
    n = step.publicity_days
    if not isinstance(n, int) or n == 0:
        return None
    return _by_date(lambda day: calendar.end_of_publicity(day, n, step.publicity_unit), n)


def distance(calendar: Calendar, gap: Gap) -> Shift:
    """From the end of `gap.after` to the first day its `at_least` allows; an unstated `clear` counts as not clear."""
    n = gap.at_least or 0
    if gap.clear is not True:
        return shift(calendar, n, gap.unit)
    if gap.unit is DayUnit.CALENDAR:
        return days(n + 1)
    inner = shift(calendar, n, gap.unit)
    return Shift(lambda day: inner.ahead(day) + 1, n + 1)


def network(pack: Pack, calendar: Calendar, conditions: Iterable[Condition] = ORDINARY) -> Network:
    """The pack's steps as a network, between `starts` and `completed_by`. Steps that do not apply are left out."""
    return _Builder(pack, calendar, frozenset(conditions)).build()


class _Builder:
    def __init__(self, pack: Pack, calendar: Calendar, conditions: frozenset[Condition]) -> None:
        self.pack, self.calendar = pack, calendar
        self.before = predecessors(pack, conditions)
        self.net = Network(
            pack.starts.toordinal(),
            pack.completed_by.toordinal(),
            f"方案最早自 {pack.starts} 开始",
            f"方案最后期限 {pack.completed_by}",
        )

    def build(self) -> Network:
        for body in self.pack.bodies:
            poll = poll_of(body)
            for step in body.steps:
                if step.id in self.before:
                    self._length(step)
                    self._window(step, poll)
                    self._order(step)
        return self.net

    def _length(self, step: Step) -> None:
        begin, end = first(step.id), last(step.id)
        posted = posting(self.calendar, step)
        if posted is not None:
            words = f"「{step.title}」须满 {step.publicity_days} {step.publicity_unit.label}"
            self.net.at_least(begin, end, posted, words)
            self.net.at_most(begin, end, posted, words)
        elif isinstance(step.window, Lasting):
            n, unit = step.window.lasts, step.window.unit
            inner = shift(self.calendar, n, unit)
            lasting = Shift(lambda day: inner.ahead(day - 1), n - 1)
            words = f"「{step.title}」历时 {n} {unit.label}"
            self.net.at_least(begin, end, lasting, words)
            self.net.at_most(begin, end, lasting, words)
        else:
            self.net.at_least(begin, end, days(0), "")
            if not step.occupies:
                self.net.at_most(begin, end, days(0), "")

    def _window(self, step: Step, poll: Step | None) -> None:
        begin, end = first(step.id), last(step.id)
        opens, closes = bounds(step)
        # A posting's window says when it goes up; how long it stays up is its own matter.
        closing = begin if step.act is Act.PUBLICITY else end
        if opens:
            self.net.not_before(begin, opens.toordinal(), f"「{step.title}」{opens} 起")
        if closes:
            self.net.not_after(closing, closes.toordinal(), f"「{step.title}」{closes} 止")
            if step.occupies:
                self.net.not_before(end, closes.toordinal(), f"「{step.title}」持续到 {closes}")
        window = step.window
        if isinstance(window, RelativeToStep) and window.after in self.before:
            words = f"「{step.title}」在「{self._title(window.after)}」之后 {window.from_} {window.unit.label}起"
            self.net.at_least(last(window.after), begin, shift(self.calendar, window.from_, window.unit), words)
            if window.to is not None:
                words = f"「{step.title}」在「{self._title(window.after)}」之后 {window.to} {window.unit.label}内"
                self.net.at_most(last(window.after), closing, shift(self.calendar, window.to, window.unit), words)
        if isinstance(window, RelativeToPoll) and poll is not None and poll.id in self.before and poll.id != step.id:
            for n, low in ((window.poll_from, True), (window.poll_to, False)):
                if n is None:
                    continue
                move = shift(self.calendar, n, window.unit)
                words = f"「{step.title}」在投票日{'前' if n < 0 else '后'} {abs(n)} {window.unit.label}{'起' if low else '止'}"
                if low:
                    self.net.at_least(first(poll.id), begin, move, words)
                else:
                    self.net.at_most(first(poll.id), closing, move, words)

    def _order(self, step: Step) -> None:
        for other in self.before[step.id]:
            earlier = self.pack.step(other)
            if posting(self.calendar, earlier) is not None:
                words = f"「{step.title}」在「{earlier.title}」期满的次日起"
                self.net.at_least(last(other), first(step.id), days(1), words)
            else:
                words = f"「{step.title}」在「{earlier.title}」之后"
                self.net.at_least(last(other), first(step.id), days(0), words)
        for gap in step.gaps:
            if gap.after not in self.before:
                continue
            between = f"「{self._title(gap.after)}」到「{step.title}」"
            if gap.at_least is not None:
                words = f"{between}至少 {gap.at_least} {gap.unit.label}（{gap.rule}）"
                self.net.at_least(last(gap.after), first(step.id), distance(self.calendar, gap), words)
            if gap.at_most is not None:
                words = f"{between}至多 {gap.at_most} {gap.unit.label}（{gap.rule}）"
                self.net.at_most(last(gap.after), last(step.id), shift(self.calendar, gap.at_most, gap.unit), words)

    def _title(self, step_id: str) -> str:
        return self.pack.step(step_id).title


def _by_date(move: Callable[[date], date], hint: int) -> Shift:
    return Shift(lambda day: move(date.fromordinal(day)).toordinal(), hint)
