"""Z6–Z10, Z12: the three lists, the seven signatures, the six rounds, the departments' rows, the reserves, the signed links."""

from collections.abc import Mapping, Sequence
from datetime import date

from policies.finding import Finding
from policies.pack.schema import Round
from policies.preparation import DepartmentRow, PostsList, Signed
from policies.rule import Confidence, Rule, declare

Z6 = declare(
    Rule(
        id="Z6",
        title="“一肩挑”三张清单",
        text="逐村对“一肩挑”人选全面过筛评估，按有确定人选的、有意向人选的、尚无合适人选的形成三张清单；尚无合适人选的村属八类重点难点之一。",
        on_failure="按人选实际情况列入一张清单",
        source="来源文件篇五 三（一）2：“按有确定人选的、有意向人选的、尚无合适人选的形成三张清单”",
        confidence=Confidence.PLAN,
        enforced=("prep.both_posts",),
    )
)
Z7 = declare(
    Rule(
        id="Z7",
        title="七人小组联审签字",
        text="建立“七人小组”联审机制：“一肩挑”初步人选名单经镇党委书记、镇长、副书记、纪委书记、组织委员、分管民政副镇长和派出所长审核签字，"
        "报县委组织部备案。",
        on_failure="七人签齐后备案",
        source="来源文件篇五 三（一）2：“经镇党委书记、镇长、副书记、纪委书记、组织委员、分管民政副镇长和派出所长审核签字，报县委组织部备案”",
        confidence=Confidence.PLAN,
        enforced=("prep.joint_signatures",),
    )
)
Z8 = declare(
    Rule(
        id="Z8",
        title="换届意向人选六轮筛选",
        text="对换届意向人选层层筛选、层层把关，共六轮，依次进行；每轮从上一轮留下的人选开始，记明人数和文号。",
        on_failure="按轮次、人数核对后重报",
        source="来源文件篇二 二（二）3：“对换届意向人选进行层层筛选、层层把关：第一轮……第六轮……”",
        confidence=Confidence.PLAN,
        enforced=("prep.screening",),
    )
)
Z9 = declare(
    Rule(
        id="Z9",
        title="联审一部门一行",
        text="联审征求各部门意见，一个部门一行：意见、签字人、日期、文号；有部门不同意的人选不得作为通过；只记结论和文号，不记敏感内容。",
        on_failure="补齐部门意见；不同意的人选作不通过处理",
        source="来源文件篇一 二（二）：“征求组织部、纪检监察、综治维稳、公安等部门意见,进行联审”；联审表式样",
        confidence=Confidence.PLAN,
        enforced=("party.joint_vetting", "residents.joint_vetting", "supervisory.joint_vetting"),
    )
)
Z10 = declare(
    Rule(
        id="Z10",
        title="后备人选名单",
        text="每村有村级后备力量，后备人选名单报县委组织部；人数由方案写明（来源文件的数字缺失）。",
        on_failure="补充后备人选并报备",
        source="来源文件篇五 三（一）3：“后备人选名单报县委组织部”；篇一 二（一）：“实现村村有村级后备力量*名以上”",
        confidence=Confidence.PLAN,
        enforced=("prep.reserves",),
    )
)
Z12 = declare(
    Rule(
        id="Z12",
        title="关键环节全程签字",
        text="分阶段在6个关键环节（组织准备、选民登记、党员大会选举、村民委员会选举、村务监督委员会选举、总结交接）全覆盖督导并实行全程签字；"
        "各个环节须由乡镇党委书记、组织委员、参与竞争人员等签字认可。",
        on_failure="签齐后再进行下一环节",
        source="来源文件篇二 二（四）1：“全程签字制度，换届选举的各个环节，须由乡镇党委书记、组织委员、参与竞争人员等签字认可”",
        confidence=Confidence.PLAN,
        enforced=("supervised link",),
    )
)


def on_one_list(standing: PostsList, people: int, *, step: str | None = None) -> list[Finding]:
    """Z6: one person where it is decided, at least one where it is intended, nobody where there is nobody suitable."""
    fits = {
        PostsList.DECIDED: people == 1,
        PostsList.INTENDED: people >= 1,
        PostsList.NOBODY: people == 0,
    }
    if fits[standing]:
        return []
    limit = {PostsList.DECIDED: "1人", PostsList.INTENDED: "1人以上", PostsList.NOBODY: "0人"}[standing]
    return [
        Z6.finding(
            f"列入“{standing.label}”清单，人选却有 {people} 人，应为{limit}；请更正（Z6）。",
            value=people,
            limit=limit,
            step=step,
        )
    ]


def signatures_complete(
    rule: Rule, offices: Sequence[str], signatures: Sequence[Signed], on: date, *, step: str | None = None
) -> list[Finding]:
    """Z7, Z12: every office signed once by name on or before a day, and nobody signed for two offices."""
    findings = []
    by_office: dict[str, list[Signed]] = {}
    for one in signatures:
        by_office.setdefault(one.office, []).append(one)
    for office in offices:
        rows = by_office.get(office, [])
        if len(rows) != 1 or not rows[0].name.strip() or rows[0].signed_on is None:
            findings.append(
                rule.finding(
                    f"{office}没有签字（应有姓名和日期，一处）；请补签（{rule.id}）。",
                    value="未签字",
                    limit=office,
                    step=step,
                )
            )
        elif rows[0].signed_on > on:
            findings.append(
                rule.finding(
                    f"{office}签于 {rows[0].signed_on}，晚于办理之日 {on}；请更正（{rule.id}）。",
                    value=rows[0].signed_on.isoformat(),
                    limit=on.isoformat(),
                    step=step,
                )
            )
    strange = [office for office in by_office if office not in offices]
    if strange:
        findings.append(
            rule.finding(
                f"{'、'.join(strange)} 不在应签字的人员之内；请更正（{rule.id}）。", value="、".join(strange), step=step
            )
        )
    names = [one.name.strip() for one in signatures if one.name.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        findings.append(
            rule.finding(
                f"{'、'.join(twice)} 代签了不止一处，应由不同的人签字（{rule.id}）。",
                value="、".join(twice),
                limit="不同的人",
                step=step,
            )
        )
    return findings


def filed(document: str, *, step: str | None = None) -> list[Finding]:
    """Z7: the signed list is filed with the county's organization department, under a number."""
    if document.strip():
        return []
    return [Z7.finding("签字后没有报县委组织部备案的文号；请备案后再报（Z7）。", limit="备案文号", step=step)]


def screened(
    rounds: Sequence[Round],
    number: int,
    lead: str,
    entered: int,
    struck: int,
    left: int | None,
    *,
    step: str | None = None,
) -> list[Finding]:
    """Z8 over round `number` (from 1): led as planned, begun with those `left` by the round before (None: the first)."""
    findings = []
    planned = rounds[number - 1]
    if lead.strip() != planned.lead:
        findings.append(
            Z8.finding(
                f"第{number}轮（{planned.title}）应由{planned.lead}牵头，填写的是“{lead}”；请更正（Z8）。",
                value=lead,
                limit=planned.lead,
                step=step,
            )
        )
    if left is not None and entered != left:
        findings.append(
            Z8.finding(
                f"第{number}轮进入 {entered} 人，上一轮留下 {left} 人；请核对（Z8）。",
                value=entered,
                limit=left,
                step=step,
            )
        )
    if struck > entered:
        findings.append(
            Z8.finding(
                f"第{number}轮筛除 {struck} 人，多于进入的 {entered} 人；请核对（Z8）。",
                value=struck,
                limit=entered,
                step=step,
            )
        )
    return findings


def departments_heard(
    departments: Sequence[str],
    rows: Sequence[DepartmentRow],
    passed: Mapping[str, bool],
    names: Mapping[str, str],
    signed_on: date,
    *,
    step: str | None = None,
) -> list[Finding]:
    """Z9: one complete row for each department by the day of the conclusion; whom a department objects to has not passed.

    `passed` tells for each person id before this level whether the conclusion is a pass, `names` their names.
    """
    findings = []
    by_department: dict[str, list[DepartmentRow]] = {}
    for row in rows:
        by_department.setdefault(row.department, []).append(row)
    for department in departments:
        found = by_department.get(department, [])
        if len(found) != 1:
            findings.append(
                Z9.finding(
                    f"联审表中{department}有 {len(found)} 行，应为 1 行；请补齐（Z9）。",
                    value=len(found),
                    limit=1,
                    step=step,
                )
            )
            continue
        row = found[0]
        if not row.signer.strip() or not row.document.strip() or row.signed_on is None:
            findings.append(
                Z9.finding(
                    f"{department}一行缺签字人、日期或文号；请补齐（Z9）。",
                    value=row.signer or row.document or None,
                    limit="签字人、日期、文号",
                    step=step,
                )
            )
        elif row.signed_on > signed_on:
            findings.append(
                Z9.finding(
                    f"{department}签于 {row.signed_on}，晚于联审结论 {signed_on}；请更正（Z9）。",
                    value=row.signed_on.isoformat(),
                    limit=signed_on.isoformat(),
                    step=step,
                )
            )
    findings.extend(
        Z9.finding(f"{department}不在联审部门之内；请更正（Z9）。", value=department, step=step)
        for department in by_department
        if department not in departments
    )
    for row in rows:
        for person in row.against:
            if person not in passed:
                findings.append(
                    Z9.finding(
                        f"{row.department}不同意的 {person} 不在本次联审的人选之内；请更正（Z9）。",
                        value=person,
                        step=step,
                    )
                )
            elif passed[person]:
                findings.append(
                    Z9.finding(
                        f"{row.department}不同意 {names.get(person, person)}，结论却是通过；请作不通过处理（Z9）。",
                        value=names.get(person, person),
                        limit="不通过",
                        step=step,
                    )
                )
    return findings


def reserves_enough(people: int, at_least: int | None, *, step: str | None = None) -> list[Finding]:
    """Z10: as many in reserve as the plan says (None: the plan does not say, then at least one)."""
    needed = 1 if at_least is None else at_least
    if people >= needed:
        return []
    return [
        Z10.finding(
            f"后备人选 {people} 人，应不少于 {needed} 人；请补充（Z10）。", value=people, limit=needed, step=step
        )
    ]
