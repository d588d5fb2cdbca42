"""A temporal network over whole days: two-variable constraints whose distance may depend on the calendar.

Each constraint says that one day lies not before (or not after) a shift of another; the shift may count working days, so it
is no fixed number but never decreases. Such constraints keep the property that makes simple temporal networks simple: the
days that satisfy all of them have an earliest and a latest solution, and the network can be satisfied exactly when the
earliest solution respects every fixed last day. Days are ordinals (`date.toordinal`). No election words in here.
"""

from collections import deque
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import NamedTuple

LIMIT = 800  # days beyond its fixed bounds at which a network that pushes itself further is given up


class Shift:
    """A never-decreasing move of a day, with its two inverses. `hint` is roughly how far it moves."""

    def __init__(self, ahead: Callable[[int], int], hint: int) -> None:
        self.ahead = lru_cache(maxsize=None)(ahead)
        self._hint = hint

    def latest(self, target: int) -> int:
        """The last day whose shift is not after `target`."""
        day = target - self._hint
        while self.ahead(day) > target:
            day -= 1
        while self._hint < 0 and self.ahead(day + 1) <= target:
            day += 1
        return day

    def earliest(self, target: int) -> int:
        """The first day whose shift is not before `target`."""
        day = target - self._hint
        while self.ahead(day) < target:
            day += 1
        while self.ahead(day - 1) >= target:
            day -= 1
        return day


def days(n: int) -> Shift:
    """A shift by n calendar days; n may be negative."""
    return Shift(lambda day: day + n, n)


class Reason(NamedTuple):
    """Why a day cannot be earlier: the constraint's own words, and the node it came from (None for a fixed day)."""

    why: str
    source: Hashable | None


class Conflict(NamedTuple):
    """A node whose earliest day is later than it may be, with the constraints that lead there, first cause first."""

    node: Hashable
    earliest: int
    last: int
    chain: tuple[str, ...]
    circular: bool


class Solution(NamedTuple):
    """Earliest and latest day of each node; `drivers` names, per node, the reason of its earliest day."""

    earliest: dict[Hashable, int]
    latest: dict[Hashable, int]
    drivers: dict[Hashable, Reason]
    conflicts: tuple[Conflict, ...]


class _Constraint(NamedTuple):
    early: Hashable
    late: Hashable
    shift: Shift
    floor: bool  # True: late >= shift(early); False: late <= shift(early)
    why: str


class Network:
    """Nodes between a first and a last day, joined by constraints; every constraint carries its own words."""

    def __init__(self, first: int, last: int, why_first: str = "最早开始日", why_last: str = "最后期限") -> None:
        self._first, self._last = (first, why_first), (last, why_last)
        self._low: dict[Hashable, tuple[int, str]] = {}
        self._high: dict[Hashable, tuple[int, str]] = {}
        self._constraints: list[_Constraint] = []

    def add(self, node: Hashable) -> None:
        """Enter a node; entering it twice changes nothing."""
        self._low.setdefault(node, self._first)
        self._high.setdefault(node, self._last)

    def not_before(self, node: Hashable, day: int, why: str) -> None:
        """The node's day is `day` or later."""
        self.add(node)
        self._low[node] = max(self._low[node], (day, why), key=lambda bound: bound[0])

    def not_after(self, node: Hashable, day: int, why: str) -> None:
        """The node's day is `day` or earlier."""
        self.add(node)
        self._high[node] = min(self._high[node], (day, why), key=lambda bound: bound[0])

    def at_least(self, early: Hashable, late: Hashable, shift: Shift, why: str) -> None:
        """late ≥ shift(early)"""
        self._join(_Constraint(early, late, shift, True, why))

    def at_most(self, early: Hashable, late: Hashable, shift: Shift, why: str) -> None:
        """late ≤ shift(early)"""
        self._join(_Constraint(early, late, shift, False, why))

    def _join(self, constraint: _Constraint) -> None:
        self.add(constraint.early)
        self.add(constraint.late)
        self._constraints.append(constraint)

    def solve(self, *, pinned: dict[Hashable, int] | None = None) -> Solution:
        """Earliest and latest days, and every node that cannot be kept. `pinned` raises some earliest days for a what-if."""
        earliest, drivers = self._lower(pinned or {})
        latest = self._upper()
        conflicts = tuple(
            Conflict(node, earliest[node], last, *self._chain(node, drivers, why))
            for node, (last, why) in self._high.items()
            if earliest[node] > last
        )
        return Solution(earliest, latest, drivers, conflicts)

    def _lower(self, pinned: dict[Hashable, int]) -> tuple[dict[Hashable, int], dict[Hashable, Reason]]:
        days_, drivers = {}, {}
        for node, (day, why) in self._low.items():
            days_[node] = max(day, pinned.get(node, day))
            drivers[node] = Reason(why, None)
        cap = max((day for day, _ in self._high.values()), default=0) + LIMIT
        outgoing = self._by(lambda c: (c.early,) if c.floor else (c.late,))
        queue, waiting = deque(days_), set(days_)
        while queue:
            node = queue.popleft()
            waiting.discard(node)
            for c in outgoing.get(node, ()):
                target = c.late if c.floor else c.early
                day = c.shift.ahead(days_[node]) if c.floor else c.shift.earliest(days_[node])
                if day > days_[target] and days_[target] < cap:
                    days_[target] = min(day, cap)
                    drivers[target] = Reason(c.why, node)
                    if target not in waiting:
                        waiting.add(target)
                        queue.append(target)
        return days_, drivers

    def _upper(self) -> dict[Hashable, int]:
        days_ = {node: day for node, (day, _) in self._high.items()}
        floor = min((day for day, _ in self._low.values()), default=0) - LIMIT
        outgoing = self._by(lambda c: (c.late,) if c.floor else (c.early,))
        queue, waiting = deque(days_), set(days_)
        while queue:
            node = queue.popleft()
            waiting.discard(node)
            for c in outgoing.get(node, ()):
                target = c.early if c.floor else c.late
                day = c.shift.latest(days_[node]) if c.floor else c.shift.ahead(days_[node])
                if day < days_[target] and days_[target] > floor:
                    days_[target] = max(day, floor)
                    if target not in waiting:
                        waiting.add(target)
                        queue.append(target)
        return days_

    def _by(self, nodes: Callable[[_Constraint], tuple[Hashable, ...]]) -> dict[Hashable, list[_Constraint]]:
        found: dict[Hashable, list[_Constraint]] = {}
        for constraint in self._constraints:
            for node in nodes(constraint):
                found.setdefault(node, []).append(constraint)
        return found

    def _chain(self, node: Hashable, drivers: dict[Hashable, Reason], last: str) -> tuple[tuple[str, ...], bool]:
        words: list[str] = [last]
        seen: set[Hashable] = set()
        current: Hashable | None = node
        while current is not None and current not in seen:
            seen.add(current)
            reason = drivers[current]
            if reason.why and reason.why != words[-1]:
                words.append(reason.why)
            current = reason.source
        return tuple(reversed(words)), current is not None
