"""Reviewers as limited shared resources: whoever comes first is served first, and everybody else waits.

Desks serve one file at a time in working hours; a committee decides in sessions. Each keeps the figures a report needs.
"""

import heapq
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from simulation.actors.hours import Hours


@dataclass(slots=True)
class QueueStatistics:
    """What a queue went through. Waits are in working hours, from arrival until somebody begins (or the session)."""

    name: str
    arrivals: int = 0
    longest: int = 0  # most files waiting at once
    waits: list[float] = field(default_factory=list)

    @property
    def mean_wait(self) -> float:
        """Mean wait in working hours; 0 when nobody came."""
        return sum(self.waits) / len(self.waits) if self.waits else 0.0

    @property
    def worst_wait(self) -> float:
        """Longest wait in working hours."""
        return max(self.waits, default=0.0)

    def wait_within(self, share: float) -> float:
        """The wait that this share of the files stayed within: 0.5 for the median, 0.95 for the slow end."""
        waits = sorted(self.waits)
        return waits[min(int(len(waits) * share), len(waits) - 1)] if waits else 0.0

    def as_dict(self) -> dict[str, float | int | str]:
        """Plain figures for a report, hours rounded to hundredths."""
        return {
            "queue": self.name,
            "arrivals": self.arrivals,
            "max_length": self.longest,
            "mean_wait_hours": round(self.mean_wait, 2),
            "p95_wait_hours": round(self.wait_within(0.95), 2),
            "max_wait_hours": round(self.worst_wait, 2),
        }


class Desks:
    """So many desks with one line before them, first come, first served."""

    def __init__(self, name: str, desks: int, hours: Hours) -> None:
        self.statistics = QueueStatistics(name)
        self._hours = hours
        self._free = [0.0] * max(desks, 1)  # a heap: when each desk is free, in working hours
        self._waiting: deque[float] = deque()  # when those in the line begin, in order

    def serve(self, now: datetime, service: float) -> datetime:
        """Join the line now; the instant at which a file that takes `service` working hours is done."""
        arrival = self._hours.at(now)
        begin = max(arrival, self._free[0])
        heapq.heapreplace(self._free, begin + service)
        while self._waiting and self._waiting[0] <= arrival:
            self._waiting.popleft()
        if begin > arrival:
            self._waiting.append(begin)
        statistics = self.statistics
        statistics.arrivals += 1
        statistics.longest = max(statistics.longest, len(self._waiting))
        statistics.waits.append(begin - arrival)
        return self._hours.instant(begin + service)


class Sessions:
    """A committee that decides everything before it whenever it meets."""

    def __init__(self, name: str, sessions: Iterable[datetime], hours: Hours) -> None:
        self.statistics = QueueStatistics(name)
        self._sessions = sorted(set(sessions))
        self._hours = hours
        self._pending = (-1, 0)  # the next session's place, and how many files wait for it

    def next(self, now: datetime) -> datetime:
        """Join the agenda of the next session after now: when it meets."""
        place = bisect_left(self._sessions, now)
        place = min(place, len(self._sessions) - 1)
        met = self._sessions[place]
        waiting = self._pending[1] + 1 if self._pending[0] == place else 1
        self._pending = (place, waiting)
        statistics = self.statistics
        statistics.arrivals += 1
        statistics.longest = max(statistics.longest, waiting)
        statistics.waits.append(max(self._hours.at(met) - self._hours.at(now), 0.0))
        return max(met, now)
