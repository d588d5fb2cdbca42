"""Whatever dies, whenever: every election ends as the undisturbed one did, once, with its journal whole.

Several elections run at once on one county: the production worker in a process of its own, a durable server, the registry on
SQLite. While the conductors play their scripts through the gateway, at moments drawn from a seed and counted in commands
sent and commits written, never in time: the worker is killed and started anew, the server too; the registry is locked by
somebody for longer than a writer waits, or the worker's disk is full until a commit has failed. The gateway's commands are
sent again under their keys when nobody answered, and some are sent twice on purpose. What each election must come to is what
the engine, where nothing dies, came to.

Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_crashes.py`.
"""

import asyncio
import random
import resource
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import cycle
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import func, select
from temporalio.service import RPCError

from activities.registry import Registry, open_registry
from activities.registry.model import DecisionRow, PaperRow, TaskRow, TaskStatus, WorkflowRow, table
from activities.stores.protocol import IssuedPaper
from simulation.checker import Checker
from tests.server.conductor import Conductor, Reader, begin, read_lines, reading
from tests.server.pilot import Pilot, pilot
from tests.server.stock import stock_server
from tests.server.street import Fact, Script, rehearse
from workflows.messages import DistrictOutcome

pytestmark = pytest.mark.server

ELECTIONS, SEED = 6, 27
DAY = timedelta(days=1)  # no slot comes by itself, however long a server takes to come back
GATEWAY_WAITS = timedelta(seconds=5)
EIGHTH = 8  # every eighth command is sent once more under its key
TIMED_OUT = "timeout_failure_info"  # a commit whose worker died: that is no news of a lock or a disk
WITHIN = 60.0  # real seconds in which a lock or a full disk must have hurt somebody


class Harm(StrEnum):
    """What is done."""

    WORKER = "worker killed"
    SERVER = "server killed"
    LOCK = "registry locked"
    FULL = "disk full"


HARMS = {Harm.WORKER: 50, Harm.SERVER: 10, Harm.LOCK: 5, Harm.FULL: 5}
if not hasattr(resource, "prlimit"):  # only Linux limits another process
    HARMS |= {Harm.LOCK: 10, Harm.FULL: 0}


@dataclass
class Disturber:
    """Does one harm after the other, each some commands or commits after everybody has recovered from the last."""

    county: Pilot
    reader: Reader
    workflows: tuple[str, ...]  # whose commits may fail
    rng: random.Random
    done: Counter[Harm] = field(default_factory=Counter)
    failures: int = 0  # locks and full disks over which a commit failed
    refusals: Callable[[], int] = lambda: 0
    commands: int = 0  # sent so far, by all
    _seen: set[tuple[str, str, int]] = field(default_factory=set)  # failures: workflow, activity, attempt
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def told(self) -> None:
        """A command goes out."""
        self.commands += 1
        self._more.set()

    def heard(self) -> None:
        """A commit was written."""
        self._more.set()

    async def work(self) -> None:
        """Every harm, in a seeded order, at seeded moments."""
        harms = [harm for harm, times in HARMS.items() for _ in range(times)]
        self.rng.shuffle(harms)
        acts = {Harm.WORKER: self._worker, Harm.SERVER: self._server, Harm.LOCK: self._lock, Harm.FULL: self._full}
        for harm in harms:
            if self.rng.random() < 0.5:
                await self._until_commands(self.commands + self.rng.randint(1, 4))
            else:
                await self._until_lines(self.reader.lines + self.rng.randint(1, 6))
            lines = await acts[harm]()
            self.done[harm] += 1
            await self._until_lines(lines + 1)  # everybody is back

    async def watch(self) -> None:
        """Raises AssertionError when the worker or the server ends and it was not we who ended it."""
        while True:
            for process in (self.county.worker, self.county.server.process):
                assert process.poll() is None or process.returncode == -signal.SIGKILL, process
            await asyncio.sleep(0.5)

    async def _until_commands(self, number: int) -> None:
        while self.commands < number:
            await self._next()

    async def _until_lines(self, number: int) -> None:
        while self.reader.lines < number:
            await self._next()

    async def _next(self) -> None:
        await self._more.wait()
        self._more.clear()

    async def _worker(self) -> int:
        self.county.kill_worker()
        lines = self.reader.lines
        self.county.start_worker()
        return lines

    async def _server(self) -> int:
        await self.county.restart_server()
        return self.reader.lines

    async def _lock(self) -> int:
        """Somebody else writes, and takes his time: until a commit has failed, or the gateway has."""
        before = self.refusals()
        with closing(
            sqlite3.connect(self.county.settings.registry_target, timeout=WITHIN, check_same_thread=False)
        ) as other:
            other.isolation_level = None
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            await self._hurts(lambda: self.refusals() > before)
            other.execute("ROLLBACK")
        return self.reader.lines

    async def _full(self) -> int:
        """The worker can write no further byte into any file, until a commit has failed."""
        pid = self.county.worker.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        await self._hurts(lambda: False)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        return self.reader.lines

    async def _hurts(self, otherwise: Callable[[], bool]) -> None:
        """Wait until a commit has failed. Raises TimeoutError."""
        async with asyncio.timeout(WITHIN):
            while not otherwise():
                for workflow in self.workflows:
                    if await self._failed(workflow):
                        self.failures += 1
                        return
                await asyncio.sleep(0.05)

    async def _failed(self, workflow: str) -> bool:
        """Whether a commit has failed since the last time somebody looked, and is to be tried again."""
        try:
            described = await self.county.client.get_workflow_handle(workflow).describe()
        except RPCError:  # not begun
            return False
        failed = {
            (workflow, pending.activity_id, pending.attempt)
            for pending in described.raw_description.pending_activities
            if pending.HasField("last_failure") and pending.last_failure.WhichOneof("failure_info") != TIMED_OUT
        }
        news = failed - self._seen
        self._seen |= failed
        return bool(news)


# ---------------------------------------------------------------- the elections


@dataclass(frozen=True)
class Aftermath:
    """Everything that is left, and what it cost."""

    scripts: tuple[Script, ...]
    outcomes: tuple[DistrictOutcome, ...]
    conductors: tuple[Conductor, ...]
    disturber: Disturber
    registry: Registry
    seconds: float


FAULTS = cycle(({"F6": 1}, {"F9": 1}, {"F5": 1}, {"F1": 1}, {"F10": 1}, {}))


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    scripts = tuple(
        rehearse(units=1, seed=SEED, number=number, faults=next(FAULTS), postponed=[(0, 2, "2021-03-10")])
        for number in range(1, ELECTIONS + 1)
    )
    home = tmp_path_factory.mktemp("crashes") / "county"
    began = monotonic()
    outcomes, conductors, disturber = asyncio.run(play(scripts, home))
    registry = open_registry(home / "registry.sqlite")
    yield Aftermath(scripts, outcomes, conductors, disturber, registry, monotonic() - began)
    registry.close()


async def play(
    scripts: tuple[Script, ...], home: Path
) -> tuple[tuple[DistrictOutcome, ...], tuple[Conductor, ...], Disturber]:
    """All scripts at once, disturbed."""
    units = tuple(unit.id for script in scripts for unit in script.district)
    bodies = tuple(f"{unit}/{body}" for unit in units for body in ("party", "residents", "supervisory"))
    async with pilot(stock_server(), home, patience=GATEWAY_WAITS) as county, reading(county.registry) as reader:
        workflows = (*(script.district.id for script in scripts), *units, *bodies)
        disturber = Disturber(county, reader, workflows, random.Random(SEED))
        reader.heard = disturber.heard
        conductors = [
            Conductor(
                script,
                await begin(county.registry, county.client, script, DAY),
                county.registry,
                reader,
                county.door,
                county.client,
                told=disturber.told,
                twice=lambda number: number % EIGHTH == 0,
            )
            for script in scripts
        ]
        disturber.refusals = lambda: sum(each.unavailable for each in conductors)
        async with asyncio.TaskGroup() as group:
            disturbing = [group.create_task(disturber.work()), group.create_task(disturber.watch())]
            playing = [group.create_task(each.play()) for each in conductors]
            await asyncio.wait(playing)
            for each in disturbing:
                each.cancel()
        return tuple(each.result() for each in playing), tuple(conductors), disturber


def test_every_harm_was_done_and_hurt(aftermath: Aftermath, capsys: pytest.CaptureFixture[str]) -> None:
    """The counts: how often what was done, how many commands were sent again, how many sent twice."""
    disturber, county = aftermath.disturber, aftermath.disturber.county
    again = sum(each.again for each in aftermath.conductors)
    repeated = sum(each.repeated for each in aftermath.conductors)
    with capsys.disabled():
        print(
            f"\n{', '.join(f'{harm} {times}' for harm, times in disturber.done.items())}; workers {county.workers}, servers {county.servers}; "
            f"commands {disturber.commands}, of them again for want of an answer {again}, twice on purpose {repeated}; "
            f"gateway without registry {disturber.refusals()}, commits failed {disturber.failures}; "
            f"{disturber.reader.lines} journal lines, {aftermath.seconds:.0f} s"
        )
    assert dict(disturber.done) == {harm: times for harm, times in HARMS.items() if times}
    assert county.workers == 1 + HARMS[Harm.WORKER]
    assert county.servers == 1 + HARMS[Harm.SERVER]
    assert disturber.failures >= HARMS[Harm.FULL]
    assert again > 0
    assert repeated > 0


def test_every_election_ended_as_the_undisturbed_one(aftermath: Aftermath) -> None:
    """Outcome, facts in order with their content, papers, states: as on the engine, where nothing died.

    The answers were compared as they came; a difference there would have ended the conductor.
    """
    papers, workflows = table(PaperRow), table(WorkflowRow)
    with aftermath.registry.database.reading() as connection:
        columns = [papers.c[name] for name in IssuedPaper._fields]
        issued = {IssuedPaper(*row) for row in connection.execute(select(*columns))}
        states = {row.workflow: row.state for row in connection.execute(select(workflows)) if row.state}
    for script, outcome in zip(aftermath.scripts, aftermath.outcomes, strict=True):
        assert outcome == script.outcome
        facts: dict[str, list[Fact]] = {}
        for line in read_lines(aftermath.registry.journals.text(script.district.id))[:-1]:
            if line["fact"]["kind"] != "clock_moved":
                facts.setdefault(line["unit"], []).append(Fact.read(line))
        assert facts == script.facts()
    assert issued == {paper for script in aftermath.scripts for paper in script.papers}
    assert states == {workflow: state for script in aftermath.scripts for workflow, state in script.states.items()}


def test_no_gate_was_decided_twice_and_none_is_open(aftermath: Aftermath) -> None:
    """As many decisions as on the engine, each gate once; no task open; no first signature left waiting."""
    decisions, tasks = table(DecisionRow), table(TaskRow)
    with aftermath.registry.database.reading() as connection:
        decided = [(row.workflow, row.gate) for row in connection.execute(select(decisions))]
        (still_open,) = connection.execute(select(func.count()).where(tasks.c.status == TaskStatus.OPEN)).one()
    assert len(decided) == len(set(decided))
    assert len(decided) == sum(entry.kind == "decided" for script in aftermath.scripts for entry in script.entries)
    assert still_open == 0
    assert aftermath.registry.signatures.all() == ()


def test_every_journal_is_whole_and_passes_the_checker(aftermath: Aftermath) -> None:
    """Numbers, hashes, head, no commit missing; and what the checker recomputes agrees."""
    for script in aftermath.scripts:
        assert aftermath.registry.journals.verify(script.district.id).problems == ()
        checker = Checker()
        for line in aftermath.registry.journals.text(script.district.id).splitlines():
            checker.feed_line(line)
        assert [str(one) for one in checker.finish().violations] == []
