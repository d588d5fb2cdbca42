"""What a rehearsal costs beyond the SDK: everything around the workflows against feeding them their activations bare.

Both sides are measured in turn, several times, in one process, with the garbage collector set alike, on the same
activations: one rehearsal is recorded first and then set aside from the collector. A processor's speed may change within
seconds, so turns are short (one street), many, and each rehearsal is held against the mean of the bare runs just before and
just after it; the median of these ratios is reported, with the middle half of them.
"""

import asyncio
import gc
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from time import perf_counter

from pydantic_core import from_json

from bench.measure import Measure
from console.packs import calendar_of, pack_text
from policies.pack.load import load_pack
from simulation.campaign.district import drive, line_of
from simulation.campaign.request import Campaign, Job, jobs
from simulation.checker import Checker
from simulation.engine import Engine, Recording, bare_cost
from simulation.faults import FaultPlan
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import rehearse_district
from workflows.setting import install

THRESHOLDS = (50_000, 20, 50)
"""The collector's thresholds while the engine drives; the bare side gets the same."""
TARGET = 1.6
PACK = "street-2021"


def campaign(units: int, seed: int = 2021) -> Campaign:
    """The street plan for so many units."""
    pack = load_pack(pack_text(PACK), PACK)
    calendar = calendar_of(pack)
    return Campaign(pack, calendar, load(), units, seed)


def engine_cost(units: int, rounds: int) -> list[Measure]:
    """The ratio, with activations per unit and units per second from the same runs."""
    (job, *_) = jobs(campaign(units))
    recordings = _recorded(job)
    activations = sum(len(recording.steps) for recording in recordings)
    rehearse = _Rehearsal(job)
    totals, bares = [], []
    rehearse()  # once for nothing: imports, caches
    gc.collect()
    gc.freeze()
    gc.collect()
    with _alike():
        bares.append(bare_cost(recordings))
    for _ in range(rounds):
        gc.collect()
        with _alike():
            began = perf_counter()
            done = rehearse()
            totals.append(perf_counter() - began)
        if done != activations:
            raise RuntimeError(f"{done} activations, {activations} were recorded: not the same run")
        gc.collect()
        with _alike():
            bares.append(bare_cost(recordings))
    gc.unfreeze()
    total, bare = statistics.median(totals), statistics.median(bares)
    around = [statistics.mean(pair) for pair in pairwise(bares)]
    ratios = [one / beside for one, beside in zip(totals, around, strict=True)]
    each = f"{job.units} units in one process, median of {rounds} runs"
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive") if rounds > 1 else ratios * 3
    return [
        Measure(
            "engine_cost_ratio",
            total / activations * 1e6,
            "µs per activation: engine, workflows, actors, activities, journal lines and checker",
            f"{bare / activations * 1e6:.1f} µs: the same {activations} recorded activations fed to fresh SDK "
            f"WorkflowInstances; {each}, each between two of the other; half of the ratios lie in {low:.2f}–{high:.2f}; target ratio ≤ {TARGET}",
            statistics.median(ratios),
        ),
        Measure("activations_per_unit", activations / job.units, "activations", f"{job.units} units", None),
        Measure("units_per_second", job.units / total, "units/s", each, None),
    ]


class _Rehearsal:
    """One district driven to its end, its journal lines written and checked; the people are made beforehand."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._setting = install(job.pack, job.calendar)
        self._district = synthesize_district(
            job.seed, job.number, job.units, job.parameters, pack=job.pack, setting=self._setting.hash
        )

    def __call__(self) -> int:
        """Run it; returns the number of activations."""
        lines: list[bytes] = []
        job = self._job
        run = asyncio.run(
            rehearse_district(
                self._district,
                self._setting,
                job.parameters,
                seed=job.seed,
                faults=FaultPlan.none(),
                journal=lambda entry: lines.append(line_of(entry)),
            )
        )
        checker = Checker()
        for line in lines:
            checker.feed(from_json(b"{" + line))
        if checker.finish().broken:
            raise RuntimeError("the checker found a violation in a clean rehearsal")
        return run.activations


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
