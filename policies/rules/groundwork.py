"""Z3–Z5, Z11, Z13: the clean-up actions, the households asked, the satisfaction review, plans for risks, the double check."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from policies.arithmetic import at_least
from policies.finding import Finding, Severity
from policies.pack.schema import MISSING, CleanUp, Threshold
from policies.preparation import Circle, Cleaned, Contingency, Opinion
from policies.rule import Confidence, Rule, declare

Z3 = declare(
    Rule(
        id="Z3",
        title="六项“清”行动",
        text="“清底”“清风”“清障”“清账”“清仓”“清心”六项行动各有牵头单位和时限，逐项完成。",
        on_failure="按牵头单位和时限逐项完成",
        source="来源文件篇五 二（一）至（六）：“由镇纪委监委牵头”“由派出所牵头”“由镇农业公共服务中心牵头”等",
        confidence=Confidence.PLAN,
        enforced=("prep.cleanup",),
    )
)
Z4 = declare(
    Rule(
        id="Z4",
        title="入户调查率",
        text="各行政村的入户调查率原则上不能低于60%；分母为登记的总户数。",
        on_failure="继续入户，达到比例后再报",
        source="来源文件篇五 二（一）2：“各行政村的入户调查率原则上不能低于 60%”",
        confidence=Confidence.PLAN,
        enforced=("prep.household_survey",),
    )
)
Z5 = declare(
    Rule(
        id="Z5",
        title="班子满意度测评",
        text="组织党员、村民代表、群众对村组织班子进行满意度测评，并检查创业承诺目标的完成情况；只记票数，分母为收回的测评票。",
        on_failure="补齐后重新报送",
        source="来源文件篇五 二（一）2：“组织党员、村民代表、群众对村组织班子及成员进行满意度测评”",
        confidence=Confidence.PLAN,
        enforced=("prep.satisfaction",),
    )
)
Z11 = declare(
    Rule(
        id="Z11",
        title="风险应急预案",
        text="对换届中可能出现的信访矛盾风险、舆论炒作风险、疫情风险、宗教势力干扰破坏选举风险加强预判、做好预案。",
        on_failure="逐项制定预案并明确负责人",
        source="街道方案 四（四）：“加强预判、做好预案”",
        confidence=Confidence.PLAN,
        enforced=("prep.emergency_plans",),
    )
)
Z13 = declare(
    Rule(
        id="Z13",
        title="换届防疫双检查",
        text="确立换届防疫双检查、督查清单每日报、督查问题现场改、整改问题回头看四项工作原则。",
        on_failure="两项检查都完成，问题改完并回头看",
        source="来源文件篇一 一（四）：“确立换届防疫双检查、督查清单每日报、督查问题现场改、整改问题回头看四项工作原则”",
        confidence=Confidence.PLAN,
        enforced=("prep.double_check",),
    )
)


def cleaned_up(asked: Sequence[CleanUp], done: Sequence[Cleaned], *, step: str | None = None) -> list[Finding]:
    """Z3: each action the plan names was done once, led by the plan's department, in its time, with a paper.

    A day the plan leaves open is not judged. Late is a finding that blocks nothing: what is done late is still done.
    """
    findings = []
    by_name: dict[str, list[Cleaned]] = {}
    for one in done:
        by_name.setdefault(one.action, []).append(one)
    known = {action.name for action in asked}
    for name, reports in by_name.items():
        if name not in known or len(reports) > 1:
            findings.append(
                Z3.finding(f"“{name}”不在方案的行动之内，或重复填写；请更正（Z3）。", value=name, step=step)
            )
    for action in asked:
        report = next(iter(by_name.get(action.name, ())), None)
        if report is None or report.done_on is None or not report.document.strip():
            findings.append(
                Z3.finding(
                    f"“{action.name}”（{action.lead}牵头）没有完成日期或文号；请完成后再报（Z3）。",
                    value="未完成",
                    limit=action.name,
                    step=step,
                )
            )
            continue
        if report.lead.strip() != action.lead:
            findings.append(
                Z3.finding(
                    f"“{action.name}”应由{action.lead}牵头，填写的是“{report.lead}”；请更正（Z3）。",
                    value=report.lead,
                    limit=action.lead,
                    step=step,
                )
            )
        if action.by != MISSING and report.done_on > action.by:
            findings.append(_late(action, report.done_on, action.by, step))
    return findings


def _late(action: CleanUp, done_on: date, by: date, step: str | None) -> Finding:
    return Z3.finding(
        f"“{action.name}”{done_on} 完成，超过方案时限 {by}；请说明原因（Z3）。",
        value=done_on.isoformat(),
        limit=by.isoformat(),
        severity=Severity.WARNING,
        step=step,
    )


def households_surveyed(surveyed: int, households: int, share: Threshold, *, step: str | None = None) -> list[Finding]:
    """Z4: households asked, of the households registered; neither more than there are nor fewer than the share."""
    if surveyed > households:
        return [
            Z4.finding(
                f"入户 {surveyed} 户，多于登记的 {households} 户；请核对（Z4）。",
                value=surveyed,
                limit=households,
                step=step,
            )
        ]
    needed = at_least((share.numerator, share.denominator), households)
    if surveyed >= needed:
        return []
    return [
        Z4.finding(
            f"入户 {surveyed} 户，登记 {households} 户，应不少于 {needed} 户（{share.text}）；请继续入户（Z4）。",
            value=surveyed,
            limit=needed,
            step=step,
        )
    ]


def satisfaction(opinions: Sequence[Opinion], *, promises: bool, step: str | None = None) -> list[Finding]:
    """Z5: all three circles were asked, each circle's sheets add up, and the promises of the term were looked into."""
    asked = [one.circle for one in opinions if one.collected]
    findings = [
        Z5.finding(
            f"{circle.label}的测评票应有一行且不为 0，现有 {asked.count(circle)} 行；请补齐（Z5）。",
            value=asked.count(circle),
            limit=1,
            step=step,
        )
        for circle in Circle
        if asked.count(circle) != 1
    ]
    for one in opinions:
        total = one.satisfied + one.fairly + one.dissatisfied + one.blank
        if total != one.collected:
            findings.append(
                Z5.finding(
                    f"{one.circle.label}：各项合计 {total} 票，收回 {one.collected} 票；请核对（Z5）。",
                    value=total,
                    limit=one.collected,
                    step=step,
                )
            )
    if not promises:
        findings.append(Z5.finding("没有检查创业承诺目标的完成情况；请检查后再报（Z5）。", value="未检查", step=step))
    return findings


def planned_for(risks: Sequence[str], plans: Iterable[Contingency], *, step: str | None = None) -> list[Finding]:
    """Z11: every risk the plan names has its own paper and somebody who carries it out."""
    by_risk: Mapping[str, Contingency] = {one.risk: one for one in plans}
    findings = []
    for risk in risks:
        plan = by_risk.get(risk)
        if plan is None or not (plan.document.strip() and plan.owner.strip()):
            findings.append(
                Z11.finding(f"“{risk}”没有预案文号或负责人；请补齐（Z11）。", value="缺预案", limit=risk, step=step)
            )
    return findings


def double_checked(
    election_check: str, prevention_check: str, found: int, mended: int, looked_again: int, *, step: str | None = None
) -> list[Finding]:
    """Z13: both checks have their papers; every problem found was mended, every mended one looked at again."""
    findings = [
        Z13.finding(f"没有{name}检查清单的文号；两项检查都要做（Z13）。", value="未检查", limit=name, step=step)
        for name, paper in (("换届", election_check), ("防疫", prevention_check))
        if not paper.strip()
    ]
    for name, count in (("改正", mended), ("回头看", looked_again)):
        if count != found:
            findings.append(
                Z13.finding(
                    f"发现问题 {found} 个，{name} {count} 个；请逐个办完（Z13）。", value=count, limit=found, step=step
                )
            )
    return findings
