"""Z1, Z2: a unit's readiness colour follows from the eight kinds of difficulty; each has its plan, owner, day and accepted removal."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from policies.finding import Finding
from policies.preparation import Colour, Difficulty, Removal, Trouble
from policies.rule import Confidence, Rule, declare

Z1 = declare(
    Rule(
        id="Z1",
        title="换届预警三色码",
        text="对每个村组织分类定级，评估确定“红、黄、绿”三色码；有八类问题之一的为红码，列为换届重点难点村；红码不转化不脱钩，不整顿到位不换届。"
        "本系统的执行口径：八类问题均无且无须关注的为绿码，问题均已验收销号或另有关注事项的为黄码（原文未写黄、绿两色的标准）。",
        on_failure="按八类问题重新评估定级",
        source="来源文件篇五 二（一）3：“评估确定“红、黄、绿”换届预警动态三色码。将评估为“红码”的村列为换届重点难点村”",
        confidence=Confidence.PLAN,
        enforced=("prep.readiness",),
    )
)
Z2 = declare(
    Rule(
        id="Z2",
        title="一村一策一预案一专班",
        text="重点难点村建立“一村社一策一预案一专班”：联村领导包干负责、驻村干部全程指导、公安干警蹲点；明确整转措施、具体时限和具体责任人；"
        "逐项验收销号，不转化不脱钩。",
        on_failure="补齐后重新报送；未验收的继续整顿",
        source="来源文件篇五 二（一）3：“明确整转措施、具体时限和具体责任人”",
        confidence=Confidence.PLAN,
        enforced=("prep.readiness", "prep.removal"),
    )
)


def colour_of(open_difficulties: Collection[Difficulty], *, removed: bool, watch: bool) -> Colour:
    """Z1: red while one of the eight kinds is open; yellow when all were removed or something else is watched; else green."""
    if open_difficulties:
        return Colour.RED
    return Colour.YELLOW if removed or watch else Colour.GREEN


def coloured(
    stated: Colour,
    found: Sequence[Difficulty],
    *,
    watch: bool = False,
    removed: bool = False,
    listed: bool = False,
    required: Collection[Difficulty] = (),
    step: str | None = None,
) -> list[Finding]:
    """Z1 over an assessment: the stated colour follows from what was found, nothing is named twice, nothing known is left out.

    `listed`: the county's list has the unit as 重点难点; `required`: difficulties that an earlier step has brought to light;
    `removed`: difficulties named before were accepted as removed.
    """
    findings = []
    twice = sorted({one.label for one in found if found.count(one) > 1})
    if twice:
        findings.append(
            Z1.finding(
                f"{'、'.join(twice)} 重复列出，每类问题只列一次；请更正（Z1）。", value="、".join(twice), step=step
            )
        )
    missing = [one.label for one in required if one not in found]
    if missing:
        findings.append(
            Z1.finding(
                f"前面的环节已发现{'、'.join(missing)}，评估没有列出；请列入并定为红码（Z1）。",
                value="未列出",
                limit="、".join(missing),
                step=step,
            )
        )
    if listed and not found and not removed:
        findings.append(
            Z1.finding(
                "本单位已列为重点难点，评估却没有列出八类问题中的任何一类（0 类）；请逐类核对后更正（Z1）。",
                value=0,
                limit=1,
                step=step,
            )
        )
    due = colour_of(found, removed=removed, watch=watch)
    if stated is not due:
        findings.append(
            Z1.finding(
                f"评为{stated.label}码，但列出的问题 {len(found)} 类"
                f"{'、另有关注事项' if watch else ''}{'、有已销号的问题' if removed else ''}，应为{due.label}码；请更正（Z1）。",
                value=stated.label,
                limit=due.label,
                step=step,
            )
        )
    return findings


_PARTS = (
    ("plan", "一村一策文号"),
    ("contingency", "预案文号"),
    ("owner", "包干的联村领导"),
    ("cadre", "驻村干部"),
    ("officer", "蹲点公安干警"),
)


def provided_for(
    troubles: Iterable[Trouble], assessed_on: date, last_day: date, *, step: str | None = None
) -> list[Finding]:
    """Z2: every difficulty has plan, contingency, three names and a day between the assessment and the plan's last day."""
    findings = []
    for trouble in troubles:
        name = trouble.difficulty.label
        missing = [label for part, label in _PARTS if not getattr(trouble, part).strip()]
        if missing:
            findings.append(
                Z2.finding(
                    f"“{name}”缺少：{'、'.join(missing)}；请补齐（Z2）。",
                    value="、".join(missing),
                    limit="一策一预案一专班",
                    step=step,
                )
            )
        if trouble.deadline is None:
            findings.append(Z2.finding(f"“{name}”没有整转时限；请写明具体日期（Z2）。", limit="具体时限", step=step))
        elif not assessed_on <= trouble.deadline <= last_day:
            findings.append(
                Z2.finding(
                    f"“{name}”的整转时限 {trouble.deadline} 应在评估之日 {assessed_on} 至本轮换届最后期限 {last_day} 之间；请更正（Z2）。",
                    value=trouble.deadline.isoformat(),
                    limit=f"{assessed_on}—{last_day}",
                    step=step,
                )
            )
    return findings


def inspected(
    removals: Sequence[Removal], open_difficulties: Collection[Difficulty], *, step: str | None = None
) -> list[Finding]:
    """Z2 over an inspection: each open difficulty is judged once; an acceptance names who accepted and the paper."""
    findings = []
    judged = [one.difficulty for one in removals]
    missing = [one.label for one in open_difficulties if one not in judged]
    if missing:
        findings.append(
            Z2.finding(
                f"{'、'.join(missing)} 没有验收结论；请逐项验收（Z2）。",
                value="、".join(missing),
                limit="逐项验收",
                step=step,
            )
        )
    strange = [one.label for one in judged if one not in open_difficulties or judged.count(one) > 1]
    if strange:
        names = "、".join(dict.fromkeys(strange))
        findings.append(Z2.finding(f"{names} 不在待销号的问题之内，或重复填写；请更正（Z2）。", value=names, step=step))
    findings.extend(
        Z2.finding(
            f"“{one.difficulty.label}”验收合格，但没有写明验收人或验收单文号；请补齐（Z2）。",
            value=one.accepted_by or one.document or None,
            limit="验收人、文号",
            step=step,
        )
        for one in removals
        if one.accepted and not (one.accepted_by.strip() and one.document.strip())
    )
    return findings
