"""One district of a campaign: rehearsed, written down, checked and digested, all in the process that runs it."""

import asyncio
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import Any

from pydantic_core import from_json

from activities.journal import entry
from activities.stores import Entry
from simulation.campaign.request import Job
from simulation.checker import Checker, Report
from simulation.digest import Digest, Digester, limits_of
from simulation.faults import FaultPlan
from simulation.population.district import SyntheticDistrict
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import DistrictRun, rehearse_district
from workflows.setting import install


@dataclass(frozen=True)
class Part:
    """What one district left: figures, the checker's report, its faults. Its lines lie in a file."""

    number: int
    units: int
    district: str
    places: dict[str, str]  # ids of district and streets → names
    unit_names: dict[str, str]
    digest: Digest
    report: Report
    activations: int
    seconds: float  # of this process's processor: making the people and driving the workflows
    whole_seconds: float  # with writing, checking and digesting
    bytes: int  # of prepared lines
    papers: int
    false_blocks: tuple[tuple[str, str, str], ...]  # (workflow, gate, what it was told): honest forms refused
    planted: dict[str, int]  # by code: faults that were committed
    detected: dict[str, int]
    faults: tuple[tuple[str, str], ...]  # (unit, variant) of every fault planned: what a replay plants again
    committed: dict[str, tuple[str, ...]]  # unit → codes committed there
    missed: tuple[tuple[str, str, str], ...]  # (unit, variant, gate): committed and named by no rule
    idle: tuple[str, ...]  # planned, but the occasion never came
    queues: tuple[dict[str, Any], ...]
    closed_at: str


class FaultsRefusedError(ValueError):
    """The faults asked for do not fit into the units; the message says which, in Chinese."""


@dataclass(frozen=True)
class Driven:
    """A district just rehearsed, with what it was made from."""

    district: SyntheticDistrict
    run: DistrictRun
    faults: FaultPlan


def drive(job: Job, noted: Callable[[Entry], None], *, faults: FaultPlan | None = None, **options: Any) -> Driven:
    """Rehearse one district; facts go to `noted` as they are committed. Faults not given are drawn from the seed.

    `options` go to `rehearse_district`. Raises StuckError when a unit is still open and nothing is scheduled.
    """
    setting = install(job.pack, job.calendar)
    district = synthesize_district(job.seed, job.number, job.units, job.parameters, pack=job.pack, setting=setting.hash)
    plan = _drawn(job, district) if faults is None else faults

    def told(fact: Entry) -> None:
        plan.watch(fact)
        noted(fact)

    run = asyncio.run(
        rehearse_district(district, setting, job.parameters, seed=job.seed, faults=plan, journal=told, **options)
    )
    return Driven(district, run, plan)


def _drawn(job: Job, district: SyntheticDistrict) -> FaultPlan:
    if not job.faults:
        return FaultPlan.none()
    try:
        return FaultPlan.draw(job.seed, tuple(district), job.faults, job.pack)
    except ValueError as error:
        raise FaultsRefusedError(str(error)) from error


def line_of(noted: Entry) -> bytes:
    """A committed fact as its journal line, without number and hash."""
    return entry(
        district=noted.district,
        street=noted.street,
        unit=noted.unit,
        body=noted.body,
        at=noted.at,
        fact=noted.noted.text,
    )


def rehearse_part(job: Job, path: Path, heard: Callable[[Entry], None]) -> Part:
    """Rehearse one district and write its prepared lines to `path`; what was written is then checked and digested.

    `heard` is told of each fact as it is committed, for progress.
    """
    began = process_time()
    lines: list[bytes] = []

    def noted(fact: Entry) -> None:
        lines.append(line_of(fact))
        heard(fact)

    driven = drive(job, noted)
    driving = process_time() - began
    size = path.write_bytes(b"\n".join(lines) + b"\n")
    with _uncollected():
        part = _read(job, driven, lines)
    return replace(part, bytes=size, seconds=driving, whole_seconds=process_time() - began)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector: reading makes no cycles, and the district just run is one large web to walk in vain."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read(job: Job, driven: Driven, lines: Iterable[bytes]) -> Part:
    checker, digester = Checker(), Digester(limits_of(install(job.pack, job.calendar)))
    record: dict[str, Any] = {"at": ""}
    for line in lines:
        record = from_json(b"{" + line)
        checker.feed(record)
        digester.feed(record)
    run, brief = driven.run, driven.district.brief
    summary, committed = driven.faults.summary(), dict[str, tuple[str, ...]]()
    for fired in driven.faults.fired:
        committed[fired.unit] = (*committed.get(fired.unit, ()), fired.code)
    return Part(
        number=job.number,
        units=job.units,
        district=brief.id,
        places={brief.id: brief.name} | {street.id: street.name for street in brief.streets},
        unit_names={unit.id: unit.brief.name for unit in driven.district},
        digest=digester.digest,
        report=checker.finish(),
        activations=run.activations,
        seconds=0.0,
        whole_seconds=0.0,
        bytes=0,
        papers=run.papers,
        false_blocks=tuple((block.workflow, block.gate, "；".join(block.messages)) for block in run.cast.blocks),
        planted=summary.fired,
        detected=summary.detected,
        faults=tuple((each.unit, each.variant.id) for each in driven.faults.planted),
        committed=committed,
        missed=tuple((fired.unit, fired.variant, fired.gate) for fired in summary.missed),
        idle=summary.idle,
        queues=tuple(statistics.as_dict() for statistics in run.cast.queues.values()),
        closed_at=str(record["at"]),
    )
