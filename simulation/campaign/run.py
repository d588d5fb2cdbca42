"""Districts over processes: run each, join their lines in order into one chained journal, add up their figures."""

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, BinaryIO, Protocol

from activities.journal import JournalWriter
from activities.stores import Entry
from simulation.campaign.district import Part, rehearse_part
from simulation.campaign.request import Campaign, Job, jobs
from simulation.checker import Report, Violation, merged
from simulation.digest import Digest

POLL_SECONDS = 0.2
"""How often the parent looks at its processes' progress."""
UNIT_CLOSED = "unit_closed"
ENDS = ("body_completed", UNIT_CLOSED)
"""Kinds of facts that move the progress bar."""
STAGES = 4
"""A unit's stages on a progress bar: three bodies in office, and the unit closed."""


class Meter(Protocol):
    """Is shown how far the rehearsal is."""

    def show(self, *, stages: int, closed: int, day: date | None) -> None:
        """Stages reached (of `STAGES` a unit), units closed, and the virtual day reported last."""


class Silent:
    """The meter when nobody looks."""

    def show(self, *, stages: int, closed: int, day: date | None) -> None:
        """Nothing to show."""


class WorkerLostError(RuntimeError):
    """A worker process ended by itself, most often because memory ran out."""


@dataclass(frozen=True)
class Outcome:
    """A finished campaign: the districts' figures together, and the journal's hashes."""

    parts: tuple[Part, ...]
    digest: Digest
    report: Report
    journal_sha256: str
    head: str  # the journal's last hash
    seconds: float
    joining: float  # seconds of processor time spent on joining the districts' lines

    @property
    def activations(self) -> int:
        """Workflow activations of all districts."""
        return sum(part.activations for part in self.parts)


def run(campaign: Campaign, journal: Path, *, workers: int = 1, meter: Meter | None = None) -> Outcome:
    """Rehearse a campaign and write its journal to a new file; parts lie beside it until they are joined.

    The journal is the same for any number of workers. Raises WorkerLostError when a process dies, StuckError when a
    procedure stands still, OSError when the disk is full.
    """
    began = perf_counter()
    tally = _Tally.fresh()
    share = jobs(campaign)
    folder = journal.parent
    parts: list[Part] = []
    digest, joining = Digest(), 0.0
    with open(journal, "xb") as file:
        joined = _Hashing(file)
        writer = JournalWriter(joined)  # type: ignore[arg-type]  # it only ever writes
        for part in _rehearsed(share, folder, workers, tally, meter or Silent()):
            arrived = process_time()
            shift = writer.lines
            prepared = _file(folder, part.number)
            with open(prepared, "rb") as lines:
                for line in lines:
                    writer.append_entry(line.rstrip(b"\n"))
            prepared.unlink()
            digest.merge(part.digest)
            parts.append(replace(part, digest=Digest(), report=_numbered(part.report, shift)))
            joining += process_time() - arrived
        head = writer.close(parts[-1].closed_at)
        digest.lines += 1
    return Outcome(
        parts=tuple(parts),
        digest=digest,
        report=merged(part.report for part in parts),
        journal_sha256=joined.digest.hexdigest(),
        head=head,
        seconds=perf_counter() - began,
        joining=joining,
    )


def _file(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05d}"


def _numbered(report: Report, shift: int) -> Report:
    """The report with line numbers as they stand in the joined journal."""
    moved: tuple[Violation, ...] = tuple(replace(each, line=each.line + shift) for each in report.violations)
    return replace(report, violations=moved)


class _Hashing:
    """A file that hashes what it is given."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._file.write(data)


# ---------------------------------------------------------------- progress


@dataclass
class _Tally:
    """Progress as processes share it: three numbers, nothing a bar does not need."""

    stages: Any
    closed: Any
    day: Any

    @classmethod
    def fresh(cls) -> "_Tally":
        context = multiprocessing.get_context("spawn")
        return cls(*(context.Value("q", 0) for _ in range(3)))

    def heard(self, noted: Entry) -> None:
        """A fact was committed; only ends count."""
        if noted.kind not in ENDS:
            return
        with self.stages.get_lock():
            self.stages.value += 1
            self.day.value = noted.at.toordinal()
            self.closed.value += noted.kind == UNIT_CLOSED

    def show(self, meter: Meter) -> None:
        """Tell a meter."""
        day = self.day.value
        meter.show(stages=self.stages.value, closed=self.closed.value, day=date.fromordinal(day) if day else None)


# ---------------------------------------------------------------- processes


def _rehearsed(share: Sequence[Job], folder: Path, workers: int, tally: _Tally, meter: Meter) -> Iterator[Part]:
    """The districts in order, each as soon as it and all before it are done."""
    processes = min(workers, len(share))
    if processes > 1:
        yield from _apart(share, folder, processes, tally, meter)
        return

    def heard(noted: Entry) -> None:
        tally.heard(noted)
        if noted.kind in ENDS:
            tally.show(meter)

    for job in share:
        yield rehearse_part(job, _file(folder, job.number), heard)
        if job is not share[-1]:
            gc.collect()  # the collector would not come by before the next district is made


def _apart(share: Sequence[Job], folder: Path, processes: int, tally: _Tally, meter: Meter) -> Iterator[Part]:
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(tally,))
    finished = False
    try:
        waiting: deque[Future[Part]] = deque(pool.submit(_work, job, _file(folder, job.number)) for job in share)
        while waiting:
            while not waiting[0].done():
                wait([waiting[0]], timeout=POLL_SECONDS)
                tally.show(meter)
            yield waiting.popleft().result()
        finished = True
    except BrokenProcessPool as error:
        raise WorkerLostError("一个演练进程意外结束，多半是内存不足") from error
    finally:
        if not finished:
            _end(set(multiprocessing.active_children()) - others)
        pool.shutdown(wait=True, cancel_futures=True)


def _end(children: set[BaseProcess]) -> None:
    """Stop our own workers at once: nobody waits for a district that will be thrown away."""
    for child in children:
        child.terminate()


_HEARD: list[Callable[[Entry], None]] = []


def _begin(tally: _Tally) -> None:
    """A worker's beginning. The parent alone answers the keyboard; it ends its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HEARD[:] = [tally.heard]
    gc.freeze()  # what was imported stays: the collector need not walk it after every district


def _work(job: Job, path: Path) -> Part:
    gc.collect()  # the district before this one
    return rehearse_part(job, path, _HEARD[0])
