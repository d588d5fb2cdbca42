"""V13: candidates and their relatives neither watch, call nor count the vote."""

from collections.abc import Collection, Iterable

from policies.finding import Finding
from policies.kinship import KinGraph
from policies.law.norms import Norms
from policies.rule import Confidence, Rule, declare
from policies.rules.village.kin import CIRCLES, relative

V13 = declare(
    Rule(
        id="V13",
        title="选举工作人员回避",
        text="候选人（自荐人）及其配偶、父母子女、兄弟姐妹（浙江），配偶、直系亲属（上海、北京），不得担任监票人、唱票人、计票人"
        "（上海并及发票、代书，北京并及其他选举工作人员）。",
        on_failure="更换工作人员",
        source="浙江省办法第二十二条：“正式候选人或者自荐人及其配偶、父母子女、兄弟姐妹不得担任唱票人、监票人、计票人”；"
        "上海市办法第十四条、北京市办法第二十一条",
        confidence=Confidence.VERIFIED,
        enforced=(
            "residents.staff",
            "residents.boxes",
            "residents.poll",
        ),
    )
)


def staff_unrelated(
    staff: Iterable[str],
    candidates: Collection[str],
    graph: KinGraph,
    norms: Norms,
    *,
    rule: Rule = V13,
    step: str | None = None,
) -> list[Finding]:
    """V13: one finding for each of the staff (ids) who stands, or is a relative of somebody who does within the norms' circle."""
    if norms.staff_kin is None:
        return []
    found = []
    for person in dict.fromkeys(staff):
        if person in candidates:
            message = f"{graph.name(person)} 是候选人，不得担任监票人、唱票人、计票人等工作人员；请更换（{rule.id}）。"
            found.append(rule.finding(message, value=graph.name(person), limit="候选人以外的人", step=step))
            continue
        paths = (relative(norms.staff_kin, graph, person, candidate) for candidate in candidates)
        path = next((one for one in paths if one is not None), None)
        if path is not None:
            circle = CIRCLES[norms.staff_kin]
            message = f"{graph.name(person)} 是候选人的亲属（{path.text}），候选人的{circle}不得担任工作人员；请更换（{rule.id}）。"
            found.append(rule.finding(message, value=path.text, limit=circle, step=step))
    return found
