"""A finished rehearsal as a registry: what the closing statistics ask for, so that the same SQL answers for both.

The journal tells who was elected and how polls went; who sat before is told by the population, made again from the seed.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from activities.journal import JournalLine, read_journal
from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election, Sitting
from gateway.ground import ground_of
from policies.calendar import Calendar
from policies.pack.identity import content_hash
from policies.pack.schema import BodyId, Pack
from policies.people import Body
from simulation.campaign.folder import JOURNAL, SUMMARY
from simulation.campaign.request import Campaign, jobs
from simulation.population.district import SyntheticDistrict
from simulation.population.parameters import Parameters
from simulation.population.synthesis import synthesize_district
from workflows.facts import Commit, Noted
from workflows.setting import install

ENDS = ("body_completed", "unit_closed", "recall_settled")
TOLD = ("poll_settled", "poll_failed", "begun_on_demand", *ENDS)
"""Kinds of facts that tell who was elected, and who sits since; beside decisions on these forms:"""
FORMS = ("nominated", "counted")
BY = "演练"


class RehearsalUnusableError(Exception):
    """The folder holds no rehearsal, or another one than its pack would give; the message says why, in Chinese."""


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal's folder says of itself."""

    journal: Path
    pack: str
    pack_sha256: str
    units: int
    seed: int


def rehearsed(folder: Path) -> Rehearsed:
    """Read a rehearsal's summary. Raises RehearsalUnusableError."""
    try:
        summary: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        found = Rehearsed(
            folder / JOURNAL,
            str(summary["pack"]),
            str(summary["pack_sha256"]),
            int(summary["units"]),
            int(summary["seed"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RehearsalUnusableError(f"{folder} 不是演练的结果文件夹（{SUMMARY} 没有或读不出来）") from error
    if not found.journal.is_file():
        raise RehearsalUnusableError(f"{folder} 里没有演练日志 {JOURNAL}")
    return found


@contextmanager
def registry_of(
    rehearsal: Rehearsed, pack: Pack, pack_text: str, calendar: Calendar, parameters: Parameters
) -> Iterator[Registry]:
    """A registry for drills with the rehearsal's elections, gone when the block ends.

    Raises RehearsalUnusableError when the pack or the population is not the one that was rehearsed, or a line is unreadable.
    """
    if content_hash(pack) != rehearsal.pack_sha256:
        raise RehearsalUnusableError(f"演练所用的方案不是现在的 {pack.id}：请用 --pack 指明当时的方案文件")
    with TemporaryDirectory(prefix="huanjie-") as folder:
        began = datetime.fromisoformat(next(_lines(rehearsal)).at)
        registry = create_registry(Path(folder) / "registry.sqlite", Kind.DRILL, began)
        try:
            for district in _districts(rehearsal, pack, calendar, parameters):
                registry.elections.record(_election(district, pack, pack_text, calendar, began))
            _fill(registry, rehearsal)
            yield registry
        finally:
            registry.close()


def _lines(rehearsal: Rehearsed) -> Iterator[JournalLine]:
    try:
        yield from read_journal(rehearsal.journal)
    except ValueError as error:
        raise RehearsalUnusableError(f"{rehearsal.journal} 有一行读不出来：{error}") from error


def _districts(
    rehearsal: Rehearsed, pack: Pack, calendar: Calendar, parameters: Parameters
) -> Iterator[SyntheticDistrict]:
    setting = install(pack, calendar).hash
    for job in jobs(Campaign(pack, calendar, parameters, rehearsal.units, rehearsal.seed)):
        yield synthesize_district(job.seed, job.number, job.units, parameters, pack=pack, setting=setting)


def _election(district: SyntheticDistrict, pack: Pack, pack_text: str, calendar: Calendar, began: datetime) -> Election:
    ground = ground_of(install(pack, calendar), pack_text)
    return Election(
        title=f"{district.brief.name}演练",
        ground=ground,
        brief=district.brief,
        started_by=BY,
        started_at=began,
        incumbents=() if pack.kind == "women" else tuple(incumbents(district)),  # it says nothing of former federations
    )


def incumbents(district: SyntheticDistrict) -> Iterator[Sitting]:
    """The posts of the three bodies held in a synthetic district when its election begins, as a roster would have them."""
    for unit in district:
        for person in unit.people:
            assert person.born is not None, "a synthetic person has a birthday"
            for post in person.incumbent:
                body = Body.PARTY if post.in_party else Body.SUPERVISORY if post.in_supervisory else Body.RESIDENTS
                education = None if person.education is None else person.education.value
                yield Sitting(
                    unit.id,
                    body.value,
                    post.value,
                    person.name,
                    person.sex.value,
                    person.born,
                    education,
                    person.standing.value,
                )


def _fill(registry: Registry, rehearsal: Rehearsed) -> None:
    """Commit what the statistics are made from through the store that real commits go through, a body's lines together."""
    numbers: Counter[str] = Counter()
    waiting: dict[str, list[JournalLine]] = {}

    def write(workflow: str) -> None:
        numbers[workflow] += 1
        registry.store.apply(_commit(workflow, numbers[workflow], waiting.pop(workflow)), ())

    for line in _lines(rehearsal):
        if not line.unit or not _is_told(line):
            continue
        if registry.elections.place(line.unit) is None:
            raise RehearsalUnusableError(f"日志里的单位「{line.unit}」不在由种子 {rehearsal.seed} 生成的单位之中")
        workflow = line.unit if line.body == BodyId.PREPARATION.value else f"{line.unit}/{line.body}"
        waiting.setdefault(workflow, []).append(line)
        if line.kind in ENDS:
            write(workflow)
    for workflow in list(waiting):
        write(workflow)


def _commit(workflow: str, number: int, lines: Sequence[JournalLine]) -> Commit:
    last = lines[-1]
    return Commit(
        workflow=workflow,
        number=number,
        district=last.district,
        street=last.street,
        unit=last.unit,
        body=last.body,
        at=datetime.fromisoformat(last.at),
        facts=tuple(
            Noted(kind=line.kind, text=json.dumps(line.fact, ensure_ascii=False, separators=(",", ":")))
            for line in lines
        ),
    )


def _is_told(line: JournalLine) -> bool:
    return line.kind in TOLD or (line.kind == "decided" and line.fact["form"]["kind"] in FORMS)
