"""What processes need while the bench runs: processor time and the largest memory, read from outside."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil

EVERY = 1.0  # seconds between two looks
MIB = 1 << 20


@dataclass
class Watched:
    """Per process by name: peak resident MiB (sampled), processor seconds between `begin` and `end`.

    A process with children (PostgreSQL) counts with them; its memory is then what is its own (USS) plus one copy of what is
    shared (the largest child's), since every child maps the same buffers.
    """

    processes: dict[str, psutil.Process]
    peak: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)

    def look(self) -> None:
        """Note the memory of this moment."""
        for name, process in self.processes.items():
            try:
                self.peak[name] = max(self.peak.get(name, 0.0), _memory(process) / MIB)
            except psutil.NoSuchProcess:
                continue

    def begin(self) -> None:
        """From here on processor time counts."""
        self._began = {name: _seconds(process) for name, process in self.processes.items()}

    def end(self) -> None:
        """Until here."""
        self.seconds = {name: _seconds(process) - self._began[name] for name, process in self.processes.items()}


@asynccontextmanager
async def watching(pids: Mapping[str, int]) -> AsyncIterator[Watched]:
    """Watch processes, and this one as `driver`."""
    watched = Watched({name: psutil.Process(pid) for name, pid in {**pids, "driver": os.getpid()}.items()})

    async def look() -> None:
        while True:
            await asyncio.to_thread(watched.look)
            await asyncio.sleep(EVERY)

    looking = asyncio.create_task(look())
    try:
        yield watched
    finally:
        looking.cancel()
        watched.look()


def _memory(process: psutil.Process) -> int:
    children = process.children(recursive=True)
    if not children:
        return int(process.memory_info().rss)
    own = shared = 0
    for each in (process, *children):
        try:
            info = each.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        own, shared = own + info.uss, max(shared, info.rss - info.uss)
    return int(own + shared)


def _seconds(process: psutil.Process) -> float:
    """Processor time so far, that of ended children included."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    ended = process.cpu_times()
    return total + float(ended.children_user + ended.children_system)
