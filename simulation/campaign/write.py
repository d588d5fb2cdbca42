"""A whole rehearsal written down: journal, captured cases, summary and report, in one folder."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activities.journal import Chain
from policies.pack.identity import content_hash
from policies.rules import load
from simulation import cases
from simulation.campaign.district import Part
from simulation.campaign.folder import CASES, JOURNAL, REPORT, SUMMARY
from simulation.campaign.projection import project
from simulation.campaign.request import Campaign, jobs
from simulation.campaign.run import Meter, Outcome, run
from simulation.campaign.versions import versions
from simulation.checker import Invariant, Violation
from simulation.digest import limits_of
from simulation.faults import FAULTS, together
from simulation.report import CaseRow, FaultRow, Material, render
from workflows.setting import install

MOST_NAMED = 200
"""So many violations and false blocks are spelled out in summary.json; all are counted."""


@dataclass(frozen=True)
class Written:
    """A rehearsal as written: the summary, and what the report was made from."""

    summary: dict[str, Any]
    material: Material

    @property
    def sound(self) -> bool:
        """True when the checker found no violation and every committed fault was named."""
        return not self.material.broken and not self.summary["missed"]


def rehearse(
    campaign: Campaign,
    folder: Path,
    *,
    pack_name: str,
    workers: int = 1,
    not_applicable: Mapping[str, str] | None = None,
    meter: Meter | None = None,
    projected: int | None = None,
) -> Written:
    """Rehearse a campaign and write everything into an empty folder; `pack_name` is how the pack was asked for.

    `projected`: also say what so many units would take.
    """
    outcome = run(campaign, folder / JOURNAL, workers=workers, meter=meter)
    wanted = _worth_keeping(outcome)
    chain, stories = _read_again(folder / JOURNAL, {unit for unit, _, _ in wanted})
    rows = _capture(campaign, wanted, stories, folder / CASES)
    violations = (*outcome.report.violations, *chain)
    not_applicable = not_applicable or {}
    summary = _summary(campaign, outcome, violations, not_applicable, pack_name, rows)
    if projected is not None:
        summary["projection"] = project(outcome.parts, outcome.joining, projected).as_dict()
    material = _material(campaign, outcome, violations, not_applicable, summary, rows)
    (folder / REPORT).write_text(render(material), encoding="utf-8")
    (folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return Written(summary, material)


# ---------------------------------------------------------------- cases


def _worth_keeping(outcome: Outcome) -> list[tuple[str, str, Part]]:
    """(unit, why, part) of the units whose story is kept: what went wrong first, then faults, the held, the late."""
    reasons: dict[str, list[str]] = {}
    part_of: dict[str, Part] = {}

    def note(unit: str, why: str, part: Part) -> None:
        if unit:
            part_of[unit] = part
            said = reasons.setdefault(unit, [])
            if why not in said:
                said.append(why)

    for part in outcome.parts:
        for violation in part.report.violations[: cases.MOST_CASES]:
            note(violation.unit, "复核发现违规", part)
        for unit, variant, _ in part.missed:
            note(unit, f"{variant} 没有发现", part)
    for part in outcome.parts:
        for workflow, _, _ in part.false_blocks:
            note(workflow.partition("/")[0], "正常办理被误拦", part)
    by_district = {part.district: part for part in outcome.parts}
    for part in outcome.parts:
        for unit, codes in part.committed.items():
            note(unit, f"植入 {'、'.join(codes)}", part)
    for trouble in sorted(outcome.digest.troubles, key=lambda each: not each.held):
        note(trouble.unit, "暂缓" if trouble.held else "超过期限", by_district[trouble.district])
    chosen = [(unit, "；".join(why), part_of[unit]) for unit, why in list(reasons.items())[: cases.MOST_CASES]]
    ordinary = next(
        ((unit, cases.ORDINARY, part) for part in outcome.parts for unit in part.unit_names if unit not in reasons),
        None,
    )
    return [*chosen, ordinary] if ordinary else chosen


def _read_again(journal: Path, units: set[str]) -> tuple[list[Violation], dict[str, list[str]]]:
    """Read the finished file once more: follow its chain, and take the wanted units' lines out of it."""
    chain = Chain()
    stories: dict[str, list[str]] = {unit: [] for unit in units}
    with open(journal, "rb") as file:
        for line in file:
            record, _ = chain.follow(line.rstrip(b"\n"))
            if record is not None and record["unit"] in stories:
                stories[record["unit"]].append(cases.story_line(line))
    broken = [
        Violation("", "", "", Invariant.CHAIN, "chain", problem.message, "", problem.line)
        for problem in chain.finish().problems
    ]
    return broken, stories


def _capture(
    campaign: Campaign,
    wanted: Iterable[tuple[str, str, Part]],
    stories: Mapping[str, list[str]],
    folder: Path,
) -> tuple[CaseRow, ...]:
    folder.mkdir()
    job_of = {job.number: job for job in jobs(campaign)}
    rows = []
    for unit, why, part in wanted:
        name = part.unit_names[unit]
        text = cases.capture(
            job_of[part.number], faults=part.faults, unit=unit, name=name, why=why.split("；"), lines=stories[unit]
        )
        (folder / f"{unit}.json").write_text(text, encoding="utf-8")
        rows.append(CaseRow(f"{CASES}/{unit}.json", unit, name, why))
    return tuple(rows)


# ---------------------------------------------------------------- summary and report


def _summary(
    campaign: Campaign,
    outcome: Outcome,
    violations: tuple[Violation, ...],
    not_applicable: Mapping[str, str],
    pack_name: str,
    rows: tuple[CaseRow, ...],
) -> dict[str, Any]:
    digest, seconds = outcome.digest, outcome.seconds
    broken = outcome.report.broken + len(violations) - len(outcome.report.violations)
    blocks = [block for part in outcome.parts for block in part.false_blocks]
    return {
        "units": digest.units,
        "completed": digest.completed,
        "held": digest.held,
        "late": digest.late,
        "further_votes": digest.further_votes,
        "findings_by_rule": digest.findings_by_rule(),
        "planted": _total(part.planted for part in outcome.parts),
        "detected": _total(part.detected for part in outcome.parts),
        "false_blocks": len(blocks),
        "activations": outcome.activations,
        "seconds": round(seconds, 3),
        "units_per_second": round(digest.units / seconds, 2) if seconds else 0.0,
        "journal_sha256": outcome.journal_sha256,
        "pack_sha256": content_hash(campaign.pack),
        "versions": versions(campaign.pack, campaign.parameters),
        "pack": campaign.pack.id,
        "seed": campaign.seed,
        "command": _command(campaign, not_applicable, pack_name),
        "on_time": digest.on_time,
        "activations_per_unit": round(outcome.activations / digest.units, 1) if digest.units else 0.0,
        "districts": len(outcome.parts),
        "journal_lines": digest.lines,
        "journal_head": outcome.head,
        "violations": broken,
        "violations_listed": [str(violation) for violation in violations[:MOST_NAMED]],
        "missed": [f"{variant}@{unit} {gate}" for part in outcome.parts for unit, variant, gate in part.missed],
        "idle": [name for part in outcome.parts for name in part.idle],
        "not_applicable": dict(not_applicable),
        "false_blocks_listed": [f"{workflow} {gate}：{told}" for workflow, gate, told in blocks[:MOST_NAMED]],
        "overdue": digest.overdue.total(),
        "failed_polls": digest.failed_polls,
        "revotes": digest.revotes,
        "papers": sum(part.papers for part in outcome.parts),
        "queues": _queues(outcome.parts),
        "cases": [row.file for row in rows],
    }


def _total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        for code, number in count.items():
            total[code] += number
    return {code: total[code] for code in FAULTS if code in total}


def _queues(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Each shared queue over all districts: arrivals added, waits averaged over arrivals, the longest of each."""
    merged: dict[str, dict[str, Any]] = {}
    for part in parts:
        for one in part.queues:
            name = one["queue"].partition(" ")[0]  # a street's own desk is named with the street: all streets together
            total = merged.setdefault(
                name, {"queue": name, "arrivals": 0, "max_length": 0, "hours": 0.0, "max_wait_hours": 0.0}
            )
            total["arrivals"] += one["arrivals"]
            total["hours"] += one["mean_wait_hours"] * one["arrivals"]
            for figure in ("max_length", "max_wait_hours"):
                total[figure] = max(total[figure], one[figure])
    for total in merged.values():
        hours = total.pop("hours")
        total["mean_wait_hours"] = round(hours / total["arrivals"], 2) if total["arrivals"] else 0.0
    return list(merged.values())


def _command(campaign: Campaign, not_applicable: Mapping[str, str], pack_name: str) -> str:
    """How to ask for this rehearsal again. A pack given as a file is named without its folder."""
    faults = "".join(f" --fault {code}={count}" for code, count in campaign.faults.items())
    faults += "".join(f" --fault {code}=1" for code in not_applicable)
    name = Path(pack_name).name
    return f"huanjie rehearse {name} --units {campaign.units} --seed {campaign.seed}{faults} --out 输出文件夹"


def _material(
    campaign: Campaign,
    outcome: Outcome,
    violations: tuple[Violation, ...],
    not_applicable: Mapping[str, str],
    summary: dict[str, Any],
    rows: tuple[CaseRow, ...],
) -> Material:
    setting = install(campaign.pack, campaign.calendar)
    pack = setting.pack
    planted = {one for code in campaign.faults for one in together(code)}
    asked = [code for code in FAULTS if code in planted or code in not_applicable]
    return Material(
        title=pack.title,
        kind=pack.kind,
        summary=summary,
        digest=outcome.digest,
        limits=limits_of(setting),
        parameters=campaign.parameters,
        rules={rule.id: rule for rule in load()},
        bodies={body.id.value: body.title for body in pack.bodies},
        titles={step.id: step.title for step in setting.steps.values()}
        | {extra.id: extra.title for extra in pack.extra_gates}
        | {"complaint": "举报查核", "appeal": "申诉复核"},
        roles={role.value: name for role, name in pack.roles.items()},
        places={place: name for part in outcome.parts for place, name in part.places.items()},
        violations=violations,
        broken=summary["violations"],
        false_blocks=summary["false_blocks"],
        faults=tuple(
            FaultRow(
                code=code,
                title=FAULTS[code],
                planted=summary["planted"].get(code, 0),
                detected=summary["detected"].get(code, 0),
                why_not=not_applicable.get(code, ""),
                idle=sum(name.startswith(f"{code}.") for name in summary["idle"]),
            )
            for code in asked
        ),
        cases=rows,
        planted_in={unit: codes for part in outcome.parts for unit, codes in part.committed.items()},
    )
