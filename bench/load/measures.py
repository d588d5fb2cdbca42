"""Many units at once on a server, against bare workflows on the same server and against the in-process engine.

Each store has a server, a registry and workers of its own, as the product runs them; nothing is left when a store is done.
"""

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from temporalio.client import Client

from activities.registry import Registry, open_registry
from activities.registry.model import DecisionRow, table
from bench.load.drive import Bares, Driven, Elections, Load, Timings, in_turns
from bench.load.engine import OnEngine, on_engine
from bench.load.place import KIND, Place, Store, county
from bench.load.plan import ELECTION, record, staff
from bench.load.watch import watching
from bench.measure import Measure
from live.connection import connect
from live.encryption import EncryptionCodec
from tests.server.server import server_at_hand

LANES, ALONE = 32, 100
"""Decisions under way at once, and how many are first made one at a time."""
WAITING = 3
"""Units for each lane at least: with fewer, a gate would be decided the moment it opens, and workflow tasks would be spared."""
TARGET = 1.3
HANDFUL = 12
"""Units on the engine."""
OURS, THEIRS = "worker", "bare_worker"


@dataclass(frozen=True)
class Kept:
    """What the registry holds in the end."""

    finished: int
    decisions: int
    lines: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """Everything one store showed; `peak` in MiB by process."""

    store: Store
    load: Load
    ours: Driven
    bare: Driven
    peak: dict[str, float]
    kept: Kept


def load_measures(units: int, stores: Sequence[Store]) -> Iterator[Measure]:
    """`measures` with as many lanes as the units allow."""
    return measures(Load(units, min(LANES, max(1, units // WAITING)), min(ALONE, units)), stores)


def measures(load: Load, stores: Sequence[Store]) -> Iterator[Measure]:
    """All measures of each store, as soon as it is done; nothing where no server is at hand.

    Raises when a decision is refused, a unit does not finish, or the registry does not hold every decision once.
    """
    binary = server_at_hand()
    if binary is None:
        return
    engine = on_engine(HANDFUL)
    for store in stores:
        with county(store, binary) as place, place.worker() as worker, place.bare_worker() as (bare, pipe):
            processes = {OURS: worker, THEIRS: bare, **place.processes}
            outcome = asyncio.run(_run(place, load, engine.gates, processes, pipe))
        yield from _told(outcome, engine)


async def _run(place: Place, load: Load, gates: int, processes: dict[str, int], pipe: int) -> Outcome:
    endpoint, began = place.settings.endpoint(KIND), datetime.now(UTC)
    client = await connect(endpoint, EncryptionCodec.of(place.settings.keys), identity="bench")
    registry = open_registry(place.settings.registry_target)
    try:
        brief, people = record(registry, load.units, began).brief, staff(registry, began)
        ours = Elections(load, client, registry, brief, people)
        plain = await Client.connect(endpoint.address, namespace=endpoint.namespace)
        bare = Bares(load, plain, pipe, gates)
        async with watching(processes) as watched:
            await in_turns((ours, bare), load.units * gates, watched)
        kept = _kept(registry)
    finally:
        registry.close()
    wanted = (load.units, load.units, load.units * gates)
    if kept.problems or (ours.outcome.completed, kept.finished, kept.decisions) != wanted:
        raise RuntimeError(f"{load.units} units with {gates} gates each were to be decided: {ours.outcome}, {kept}")
    return Outcome(place.store, load, ours.driven, bare.driven, watched.peak, kept)


def _kept(registry: Registry) -> Kept:
    """Units complete, decisions (the database holds one a gate at most), the chain followed to its head."""
    (listed,) = registry.elections.all()
    report = registry.journals.verify(ELECTION)
    with registry.database.reading() as connection:
        query = select(func.count()).select_from(table(DecisionRow)).where(DecisionRow.election == ELECTION)
        decisions = int(connection.execute(query).scalar_one())
    return Kept(listed.completed, decisions, report.lines, tuple(problem.message for problem in report.problems))


# ---------------------------------------------------------------- told


def _told(outcome: Outcome, engine: OnEngine) -> Iterator[Measure]:
    store, load, ours, bare, kept = outcome.store, outcome.load, outcome.ours, outcome.bare, outcome.kept
    size = f"{load.units} units at once, {load.lanes} decisions under way"
    pairs = [one / other for (_, one), (_, other) in zip(ours.stretches, bare.stretches, strict=True)]
    yield Measure(
        f"load_decisions_per_second_{store}",
        ours.rate,
        f"decisions/s through the gateway: {size}; {ours.decisions} decisions in {ours.seconds:.0f} s",
        f"{bare.rate:.1f}/s: as many bare workflows with one update and one activity a gate, in turns on the same server, "
        f"{bare.decisions} decisions in {bare.seconds:.0f} s; turn by turn the ratio is {min(pairs):.2f} to {max(pairs):.2f}, "
        f"median {statistics.median(pairs):.2f}; forms of {ours.sent_bytes // kept.decisions} and "
        f"{bare.sent_bytes // kept.decisions} bytes on average; target ratio ≤ {TARGET}",
        bare.rate / ours.rate,
    )
    for what, infix, timings, against in (
        ("loaded", "", ours.loaded, bare.loaded),
        ("one decision at a time", "unloaded_", ours.alone, bare.alone),
    ):
        for percent in (50, 95):
            yield _answered(f"load_{infix}p{percent}_ms_{store}", what, percent, timings, against)
        for percent in (50, 95):
            yield _next(f"load_{infix}next_gate_p{percent}_ms_{store}", what, percent, timings, against)
    for name, mib in outcome.peak.items():
        compared = outcome.peak[THEIRS] if name == OURS else None
        yield Measure(
            f"load_peak_mib_{name}_{store}",
            mib,
            f"MiB resident at most: {size}",
            "for both sides" if compared is None else f"{compared:.0f} MiB: the bare worker",
            None if compared is None else mib / compared,
        )
    spent, spent_bare = _spent(ours), _spent(bare)
    yield Measure(
        f"load_cpu_ms_per_decision_{store}",
        sum(spent.values()),
        f"ms of processor time: {_list(spent)}",
        f"{sum(spent_bare.values()):.1f} ms bare: {_list(spent_bare)}",
        sum(spent.values()) / sum(spent_bare.values()),
    )
    yield Measure(
        f"load_started_in_seconds_{store}",
        ours.started_in,
        f"s until the first gate of all {load.units} units was open",
        f"{bare.started_in:.1f} s: bare",
        ours.started_in / bare.started_in,
    )
    yield Measure(
        f"load_finished_units_{store}",
        kept.finished,
        "units complete",
        f"{load.units} started; {kept.decisions} decisions in the registry, {engine.gates} a unit, one a gate; chain of "
        f"{kept.lines} lines whole, no commit missing",
        kept.finished / load.units,
    )
    yield Measure(
        f"load_server_over_engine_{store}",
        1000 / ours.rate,
        "ms of wall time per decision on the server",
        f"{engine.each * 1000:.2f} ms: {engine.units} units of the same election by the same clerk on the engine",
        1 / ours.rate / engine.each,
    )


def _answered(name: str, what: str, percent: int, timings: Timings, against: Timings) -> Measure:
    return _latency(name, f"the answer, {what}", percent, timings.answered, against.answered)


def _next(name: str, what: str, percent: int, timings: Timings, against: Timings) -> Measure:
    return _latency(name, f"the sight of the unit's next open gate, {what}", percent, timings.next, against.next)


def _latency(name: str, until: str, percent: int, ours: Sequence[float], bare: Sequence[float]) -> Measure:
    one, other = (
        statistics.quantiles(each, n=100, method="inclusive")[percent - 1] * 1000 if len(each) > 1 else 0.0
        for each in (ours, bare)
    )
    return Measure(
        name, one, f"ms from an update's sending to {until}", f"{other:.1f} ms: bare", one / other if other else None
    )


def _spent(side: Driven) -> dict[str, float]:
    """Milliseconds of processor time a decision, by process; the other side's idle worker is left out when it is idle."""
    spent = {name: seconds * 1000 / side.decisions for name, seconds in side.spent.items()}
    return {name: ms for name, ms in spent.items() if ms >= 0.05}


def _list(spent: dict[str, float]) -> str:
    return ", ".join(f"{name} {ms:.1f}" for name, ms in spent.items())
