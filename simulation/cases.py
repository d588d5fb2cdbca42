"""One unit's whole story in a file of its own, so that it can be run again elsewhere and compared line by line.

A case carries everything its district's rehearsal depends on: seed, pack, calendar, fault plan, versions. Its hash is the
SHA-256 over the unit's journal lines without `n` and `hash`, each followed by a newline.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from activities.stores import Entry
from policies.calendar import Calendar
from policies.pack.identity import content_hash
from policies.pack.schema import Pack
from policies.value import Value
from simulation.campaign.district import drive, line_of
from simulation.campaign.request import Job
from simulation.campaign.versions import versions
from simulation.faults import FaultPlan
from simulation.population.parameters import Parameters

KIND: Literal["huanjie-case"] = "huanjie-case"
MOST_CASES = 50
"""Beside these, one ordinary unit is kept."""
ORDINARY = "普通样本"


class Case(Value):
    """A captured case as it stands in its file."""

    kind: Literal["huanjie-case"]
    format: Literal[1]
    why: tuple[str, ...]
    seed: int
    versions: dict[str, str]
    pack_id: str
    pack_sha256: str
    pack: dict[str, Any]  # the pack itself, so that the case runs where the pack is not at hand
    calendar: Calendar
    district: int = Field(ge=1)
    units: int = Field(ge=1)
    faults: tuple[tuple[str, str], ...]  # (unit, variant) of every fault planned in the district
    unit: str
    name: str
    journal_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    lines: tuple[str, ...]


class CaseError(ValueError):
    """A case file cannot be used; `problems` says everything that is wrong, in Chinese."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(problems))


@dataclass(frozen=True)
class Difference:
    """What does not match: what was compared, what the case says, what is so now."""

    what: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.what}：留存的是 {self.expected}，现在是 {self.actual}"


@dataclass(frozen=True)
class Replayed:
    """A case run again. It reproduces when the journal of its unit is the same; other differences may explain why not."""

    case: Case
    reproduces: bool
    journal_sha256: str
    differences: tuple[Difference, ...]


def story_hash(lines: Iterable[str]) -> str:
    """The hash of a unit's lines (JSON objects without `n` and `hash`)."""
    digest = sha256()
    for line in lines:
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def story_line(line: bytes) -> str:
    """A line of the journal file without its number and hash. Raises ValueError for anything else."""
    return (b"{" + line[line.index(b",") + 1 : line.rindex(b',"hash":"')] + b"}").decode()


# ---------------------------------------------------------------- capture


def capture(
    job: Job, *, faults: Iterable[tuple[str, str]], unit: str, name: str, why: Sequence[str], lines: Sequence[str]
) -> str:
    """The text of a case file."""
    case = {
        "kind": KIND,
        "format": 1,
        "why": list(why),
        "seed": job.seed,
        "versions": versions(job.pack, job.parameters),
        "pack_id": job.pack.id,
        "pack_sha256": content_hash(job.pack),
        "pack": job.pack.model_dump(mode="json", by_alias=True),
        "calendar": job.calendar.model_dump(mode="json"),
        "district": job.number,
        "units": job.units,
        "faults": [list(pair) for pair in faults],
        "unit": unit,
        "name": name,
        "journal_sha256": story_hash(lines),
        "lines": list(lines),
    }
    return json.dumps(case, ensure_ascii=False, indent=1) + "\n"


# ---------------------------------------------------------------- replay


def read_case(path: Path) -> Case:
    """The case in a file. Raises CaseError with every problem at once."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CaseError([f"{path}：没有这个文件"]) from None
    except IsADirectoryError:
        raise CaseError([f"{path}：是文件夹，请给出其中的一个 .json 文件"]) from None
    except UnicodeDecodeError:
        raise CaseError([f"{path}：不是 UTF-8 编码的文本"]) from None
    except (OSError, ValueError) as error:
        raise CaseError([f"{path}：无法读取（{getattr(error, 'strerror', None) or error}）"]) from error
    try:
        return Case.model_validate_json(text)
    except ValidationError as error:
        raise CaseError([f"{path}：{_said(problem)}" for problem in error.errors()]) from error


_SAID = {
    "json_invalid": "不是完整的 JSON",
    "missing": "缺少“{field}”",
    "extra_forbidden": "多出不认识的“{field}”",
}


def _said(problem: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    said = _SAID.get(problem["type"])
    if said:
        return said.format(field=where)
    return f"“{where}”填写有误（{problem['msg']}）"


def usable_pack(case: Case) -> Pack:
    """The pack a case carries. Raises CaseError when it is no pack."""
    try:
        return Pack.model_validate_json(json.dumps(case.pack), strict=True)
    except ValidationError as error:
        raise CaseError([f"所带方案不能用：{_said(problem)}" for problem in error.errors()]) from error


def replay(case: Case, parameters: Parameters) -> Replayed:
    """Run the case's district again with the same faults and compare its unit's lines.

    Raises CaseError when the case contradicts itself so that it cannot be run.
    """
    pack = usable_pack(case)
    job = Job(case.district, case.units, case.seed, pack, case.calendar, parameters, {})
    lines: list[str] = []

    def noted(fact: Entry) -> None:
        if fact.unit == case.unit:
            lines.append("{" + line_of(fact).decode())

    try:
        faults = FaultPlan.of(case.faults)
    except (KeyError, ValueError) as error:
        raise CaseError([f"植入的程序错误无法还原：{error.args[0]}"]) from error
    try:
        drive(job, noted, faults=faults)
    except ValueError as error:
        raise CaseError([f"不能照此重演：{error}"]) from error
    if not lines:
        raise CaseError([f"第 {case.district} 区的 {case.units} 个社区中没有 {case.unit}"])
    now = story_hash(lines)
    differences = [*_circumstances(case, pack, parameters), *_first_line(case, lines)]
    return Replayed(case, now == case.journal_sha256, now, tuple(differences))


def _circumstances(case: Case, pack: Pack, parameters: Parameters) -> list[Difference]:
    found = []
    for name, version in versions(pack, parameters).items():
        kept = case.versions.get(name, "（未写）")
        if kept != version:
            found.append(Difference(f"版本 {name}", kept, version))
    if (now := content_hash(pack)) != case.pack_sha256:
        found.append(Difference("方案校验", case.pack_sha256, now))
    if (told := story_hash(case.lines)) != case.journal_sha256:
        found.append(Difference("留存的日志自身的校验", case.journal_sha256, told))
    return found


def _first_line(case: Case, lines: Sequence[str]) -> list[Difference]:
    for number, (kept, now) in enumerate(zip(case.lines, lines, strict=False), 1):
        if kept != now:
            return [Difference(f"第 {number} 条记录", *_apart(kept, now))]
    if len(case.lines) != len(lines):
        return [Difference("记录条数", str(len(case.lines)), str(len(lines)))]
    return []


_AROUND, _LONGEST = 60, 240


def _apart(kept: str, now: str) -> tuple[str, str]:
    """Both lines from a little before where they part, cut to a length people read."""
    at = next((place for place, (a, b) in enumerate(zip(kept, now, strict=False)) if a != b), min(len(kept), len(now)))
    start = max(at - _AROUND, 0)
    lead = "…" if start else ""
    return lead + kept[start : start + _LONGEST], lead + now[start : start + _LONGEST]
