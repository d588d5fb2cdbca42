"""What a rehearsal costs beyond the SDK: everything around the workflows against feeding them their activations bare.

Both sides are measured in turn, several times, in one process, with the garbage collector set alike, on the same
activations: one rehearsal is recorded first and then set aside from the collector. The medians are compared.
"""

import gc
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.measure import Measure
from console.packs import pack_text
from policies.calendar import national_calendar
from policies.pack.load import load_pack
from simulation.campaign.district import drive, rehearse_part
from simulation.campaign.request import Campaign, Job, jobs
from simulation.engine import Engine, Recording, bare_cost
from simulation.population.parameters import load

THRESHOLDS = (50_000, 20, 50)
"""The collector's thresholds while the engine drives; the bare side gets the same."""
TARGET = 1.6
PACK = "street-2021"


def campaign(units: int, seed: int = 2021) -> Campaign:
    """The street plan for so many units."""
    pack = load_pack(pack_text(PACK), PACK)
    calendar = national_calendar(range(pack.starts.year, pack.completed_by.year + 1))
    return Campaign(pack, calendar, load(), units, seed)


def engine_cost(units: int, rounds: int) -> list[Measure]:
    """The ratio, with activations per unit and units per second from the same runs."""
    (job, *_) = jobs(campaign(units))
    recordings = _recorded(job)
    activations = sum(len(recording.steps) for recording in recordings)
    totals, bares = [], []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "part"
        rehearse_part(job, path, lambda _: None)  # once for nothing: imports, caches
        gc.collect()
        gc.freeze()
        for _ in range(rounds):
            gc.collect()
            with _alike():
                bares.append(bare_cost(recordings))
            gc.collect()
            with _alike():
                began = perf_counter()
                part = rehearse_part(job, path, lambda _: None)
                totals.append(perf_counter() - began)
            if part.activations != activations:
                raise RuntimeError(f"{part.activations} activations, {activations} were recorded: not the same run")
        gc.unfreeze()
    total, bare = statistics.median(totals), statistics.median(bares)
    each = f"{job.units} units in one process, median of {rounds} runs"
    return [
        Measure(
            "engine_cost_ratio",
            total / activations * 1e6,
            "µs per activation: whole rehearsal with synthesis, actors, activities, journal, checker and digest",
            f"{bare / activations * 1e6:.1f} µs: the same {activations} recorded activations fed to fresh SDK "
            f"WorkflowInstances; {each}; target ratio ≤ {TARGET}",
            total / bare,
        ),
        Measure("activations_per_unit", activations / job.units, "activations", f"{job.units} units", None),
        Measure("units_per_second", job.units / total, "units/s", each, None),
    ]


def _recorded(job: Job) -> list[Recording]:
    engines: list[Engine] = []
    drive(job, lambda _: None, record=True, prepared=lambda engine, _: engines.append(engine))
    return engines[0].recordings


@contextmanager
def _alike() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
