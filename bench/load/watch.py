"""What processes need while the bench runs: processor time and the largest memory, read from outside."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import psutil

EVERY = 5.0  # seconds between two looks: what children of PostgreSQL share is slow to read, and the looker decides too
MIB = 1 << 20


@dataclass
class Watched:
    """Processes by name; `peak`: the largest resident MiB seen, sampled.

    A process with children (PostgreSQL) counts with them; its memory is then what is its own (USS) plus one copy of what is
    shared (the largest child's), since every child maps the same buffers. The driver counts alone: its children are the others.
    """

    processes: dict[str, psutil.Process]
    peak: dict[str, float] = field(default_factory=dict)

    def look(self) -> None:
        """Note the memory of this moment."""
        for name, process in self.processes.items():
            try:
                self.peak[name] = max(self.peak.get(name, 0.0), _memory(process) / MIB)
            except psutil.NoSuchProcess:
                continue

    @contextmanager
    def spending(self, spent: dict[str, float]) -> Iterator[None]:
        """Add the processor seconds of a stretch, by process."""
        before = {name: _seconds(process) for name, process in self.processes.items()}
        yield
        for name, process in self.processes.items():
            spent[name] = spent.get(name, 0.0) + _seconds(process) - before[name]


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


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [] if process.pid == os.getpid() else process.children(recursive=True)


def _memory(process: psutil.Process) -> int:
    family = _family(process)
    if not family:
        return int(process.memory_info().rss)
    own = shared = 0
    for each in (process, *family):
        try:
            info = each.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        own, shared = own + info.uss, max(shared, info.rss - info.uss)
    return int(own + shared)


def _seconds(process: psutil.Process) -> float:
    """Processor time so far, that of children included, ended ones too, where children count."""
    times, family = process.cpu_times(), _family(process)
    total = float(times.user + times.system)
    if not family:
        return total
    for each in family:
        try:
            of_child = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += of_child.user + of_child.system
    return total + float(times.children_user + times.children_system)
