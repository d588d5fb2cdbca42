"""Why: one place owns virtual time. A heap of due things, in a stable order that never depends on hashing.

Order: instant, then rank (callbacks and sleepers first, workflows' own events next, "instant is over" marks last),
then the sequence number in which they were added. Instants are integer nanoseconds since the Unix epoch, UTC.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

CALLBACK, EVENT, AFTERWARDS = 0, 1, 2
"""Ranks within one instant."""

Entry = list[Any]
"""[instant in ns, rank, sequence, function or None when cancelled, arguments]"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ns(instant: datetime) -> int:
    """Nanoseconds since the epoch of an aware datetime (exact to the microsecond). Raises ValueError when naive."""
    if instant.tzinfo is None:
        raise ValueError(f"an aware datetime is needed, got {instant!r}")
    return delta_ns(instant - _EPOCH)


def to_datetime(ns: int) -> datetime:
    """Aware UTC datetime; sub-microsecond parts are dropped."""
    return _EPOCH + timedelta(microseconds=ns // 1000)


def delta_ns(delta: timedelta) -> int:
    """Exact integer nanoseconds of a timedelta."""
    return (delta.days * 86_400_000_000 + delta.seconds * 1_000_000 + delta.microseconds) * 1000


class Agenda:
    """The heap. Entries are cancelled in place and dropped when they surface (or when they outnumber the living)."""

    __slots__ = ("_cancelled", "_sequence", "heap", "now")

    def __init__(self, start_ns: int) -> None:
        self.now = start_ns
        self.heap: list[Entry] = []
        self._sequence = 0
        self._cancelled = 0

    def add(self, ns: int, rank: int, fn: Callable[..., Any], *args: Any) -> Entry:
        """Schedule `fn(*args)`; an instant in the past counts as now. Returns the entry, which `cancel` accepts."""
        self._sequence += 1
        entry: Entry = [ns if ns > self.now else self.now, rank, self._sequence, fn, args]
        heapq.heappush(self.heap, entry)
        return entry

    def cancel(self, entry: Entry) -> None:
        """Forget an entry; harmless when it has fired or was cancelled already."""
        if entry[3] is None:
            return
        entry[3] = None
        entry[4] = ()
        self._cancelled += 1
        if self._cancelled > 64 and self._cancelled * 2 > len(self.heap):
            self.heap[:] = [each for each in self.heap if each[3] is not None]
            heapq.heapify(self.heap)
            self._cancelled = 0

    def peek(self) -> Entry | None:
        """The earliest living entry, left in place."""
        heap = self.heap
        while heap:
            entry = heap[0]
            if entry[3] is not None:
                return entry
            heapq.heappop(heap)
            self._cancelled -= 1
        return None

    def pop(self) -> Entry:
        """Take the entry that `peek` has just shown."""
        return heapq.heappop(self.heap)

    def spend(self, entry: Entry) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Function and arguments of a popped entry, which from now on can no longer be cancelled."""
        fn, args = entry[3], entry[4]
        entry[3] = None
        entry[4] = ()
        return fn, args

    def __len__(self) -> int:
        return len(self.heap) - self._cancelled
