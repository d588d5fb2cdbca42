"""The page itself: plots drawn, rows put in order (exceptions first), the template filled. No request leaves the reader's machine."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from policies.form.problems import FORM_PROBLEMS
from policies.rule import Confidence
from simulation.digest import HOW, Trouble
from simulation.report import plots
from simulation.report.material import Material
from simulation.report.sentences import explain, headline, sentences

MOST_ROWS = 400
"""So many units stand in the table, the held first; of a very large rehearsal the rest is a number."""
MOST_VIOLATIONS = 200
SHARED = ("joint_vetting", "standing_committee")
CONFIDENCE = {
    Confidence.VERIFIED: "已核对法律全文",
    Confidence.PLAN: "出自来源文件原文",
    Confidence.EXCERPT: "仅见摘录或范本",
    Confidence.GENERAL: "一般经验，未经核对",
    Confidence.TRANSCRIBED: "第三方转录，未与公报核对",
}
SECTIONS = {
    "structure": "规模",
    "seats": "职数",
    "party": "党员与党员大会",
    "residents": "居民代表与会议",
    "people": "人选",
    "polls": "投票",
    "response": "各方办理快慢",
    "work": "上班与差错",
    "vetting": "联审与常委会",
    "events": "途中变故",
    "villages": "村的登记、代表与票箱",
    "in_villages": "村与社区不同的数值",
}


@dataclass(frozen=True)
class Row:
    """One late or held unit."""

    unit: str
    name: str
    held: bool
    completed_on: str
    why: str


@dataclass(frozen=True)
class Street:
    """A street's late and held units, the held first."""

    name: str
    held: int
    late: int
    rows: tuple[Row, ...]


def render(material: Material) -> str:
    """The whole report as one HTML text; the same material gives the same text."""
    environment = Environment(
        loader=PackageLoader("simulation.report", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = chinese_day
    environment.filters["figure"] = figure
    digest = material.digest
    streets, hidden = by_street(material)
    return environment.get_template("report.html.j2").render(
        material=material,
        summary=material.summary,
        digest=digest,
        words=material.words,
        headline=headline(material),
        sentences=sentences(material),
        verdict=verdict(material),
        streets=streets,
        hidden=hidden,
        findings=findings(material),
        parameters=parameter_rows(material),
        confidence=CONFIDENCE,
        violations=material.violations[:MOST_VIOLATIONS],
        peak=plots.peak(digest, SHARED[0]),
        slowest=plots.slowest(digest),
        plots={
            name: Markup(drawn) if drawn else None  # drawn by us; the drawing escapes names
            for name, drawn in {
                "finished": plots.finished(digest, material.limits.bodies, material.words),
                "queues": plots.queues(digest, material.roles, SHARED),
                "waits": plots.waits(digest, material.titles),
                "overdue": plots.overdue(digest, material.roles),
                "faults": plots.faults(
                    {fault.code: fault.planted for fault in material.faults if fault.planted},
                    {fault.code: fault.detected for fault in material.faults},
                    {fault.code: fault.title for fault in material.faults},
                ),
            }.items()
        },
    )


def verdict(material: Material) -> str:
    """good, mixed or bad: what colour the headline stands on. Bad is the checker's word or a fault that slipped through."""
    slipped = any(fault.detected < fault.planted for fault in material.faults)
    if material.broken or slipped or material.false_blocks:
        return "bad"
    return "good" if material.digest.on_time == material.digest.units else "mixed"


def by_street(material: Material) -> tuple[list[Street], int]:
    """Late and held units by street, the street with the most held first; and how many were left out."""
    troubles = sorted(material.digest.troubles, key=lambda each: (not each.held, each.street, each.unit))
    shown = sorted(troubles[:MOST_ROWS], key=lambda each: each.street)
    streets = [
        _street(street, sorted(members, key=lambda each: (not each.held, each.unit)), material)
        for street, members in groupby(shown, key=lambda each: each.street)
    ]
    streets.sort(key=lambda street: (-street.held, -street.late, street.name))
    return streets, len(troubles) - len(shown)


def _street(street: str, troubles: list[Trouble], material: Material) -> Street:
    held = sum(trouble.held for trouble in troubles)
    district = material.places.get(troubles[0].district, troubles[0].district)
    return Street(
        name=f"{district}{material.places.get(street, street)}",
        held=held,
        late=len(troubles) - held,
        rows=tuple(
            Row(trouble.unit, trouble.name, trouble.held, trouble.completed_on, explain(trouble, material))
            for trouble in troubles
        ),
    )


def findings(material: Material) -> list[dict[str, object]]:
    """One row a rule that made itself felt: its text, and how often it was met in each way, the busiest first."""
    rows: list[dict[str, object]] = []
    for rule, total in sorted(material.digest.findings_by_rule().items(), key=lambda item: (-item[1], item[0])):
        title, text, source = _worded(rule, material)
        counts = [material.digest.findings[rule, how] for how in HOW]
        rows.append({"id": rule, "title": title, "text": text, "source": source, "counts": counts, "total": total})
    return rows


def _worded(rule: str, material: Material) -> tuple[str, str, str]:
    """Title, text and source: a rule's own, or those of a numbered remark about a result form."""
    known, remark = material.rules.get(rule), FORM_PROBLEMS.get(rule)
    if known is not None:
        return known.title, known.text, known.source
    if remark is not None:
        return "结果报告单填写", re.sub(r"\{\w+\}", "…", remark.text), "结果报告单填写要求"
    return "", "规则手册中没有这一条。", ""


def parameter_rows(material: Material) -> list[tuple[str, list[dict[str, object]]]]:
    """The parameters by section, each as a table row."""
    items = material.parameters.items()
    return [
        (
            SECTIONS.get(section, section),
            [
                {
                    "path": path,
                    "text": parameter.text,
                    "value": figure(parameter.value),
                    "range": f"{figure(parameter.low)}–{figure(parameter.high)}",
                    "unit": parameter.unit,
                    "confidence": parameter.confidence.value,
                    "source": parameter.source,
                }
                for path, parameter in members
            ],
        )
        for section, members in groupby(items, key=lambda item: item[0].partition(".")[0])
    ]


def chinese_day(day: str | date) -> str:
    """2021-04-09 as 2021年4月9日; empty stays empty."""
    if not day:
        return ""
    given = day if isinstance(day, date) else date.fromisoformat(day)
    return f"{given.year}年{given.month}月{given.day}日"


def figure(value: float) -> str:
    """A number as people read it: thousands apart, no trailing zeros."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.3f}".rstrip("0").rstrip(".")
