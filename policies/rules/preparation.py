"""X4, X5 and V24: what must be done before a unit may begin: rectification accepted, people trained, audit published."""

from collections.abc import Collection, Iterable
from datetime import date

from policies.finding import Finding
from policies.rule import Confidence, Rule, declare

X4 = declare(
    Rule(
        id="X4",
        title="整顿不到位不换届",
        text="重点难点社区（村）须整顿到位并验收合格，不整顿到位不换届。",
        on_failure="暂缓换届，继续整顿，验收合格后再启动",
        source="街道方案 三（一）3：“不整顿到位不换届”",
        confidence=Confidence.PLAN,
        enforced=("prep.rectification", "checker"),
    )
)
X5 = declare(
    Rule(
        id="X5",
        title="业务培训应训尽训",
        text="具体工作人员和选举委员会成员须经培训；不能熟练掌握的，街道干部不得派到社区指导，选举委员会成员不能参与选举工作。",
        on_failure="补训合格前不得参与选举工作",
        source="街道方案 三（一）5：“必须做到应训尽训”",
        confidence=Confidence.PLAN,
        enforced=(
            "prep.training",
            "residents.committee_training",
            "checker",
        ),
    )
)
V24 = declare(
    Rule(
        id="V24",
        title="离任审计结果选举前公布",
        text="离任经济责任审计结果应当在下一届委员会选举之前公布。",
        on_failure="审计结果公布前不进入选举",
        source="《村民委员会组织法》（2018）第三十五条、（2025）第四十条（社区参照；街道方案未安排离任审计）",
        confidence=Confidence.VERIFIED,
        article="35（2018）、40（2025）",
        enforced=(
            "prep.audit",
            "lint",
        ),
    )
)


def rectified(*, difficult: bool, accepted: bool | None, step: str | None = None) -> list[Finding]:
    """X4: a difficult unit does not start until its rectification is accepted (None: not yet inspected)."""
    if not difficult or accepted:
        return []
    said = "尚未验收" if accepted is None else "验收不合格"
    return [
        X4.finding(
            f"本单位列为重点难点，整顿{said}，不整顿到位不换届；请整顿验收合格后再启动（X4）。",
            value=said,
            limit="验收合格",
            step=step,
        )
    ]


def trained(people: Iterable[str], passed: Collection[str], *, step: str | None = None) -> list[Finding]:
    """X5: everybody who takes part has passed the training (ids)."""
    untrained = [person for person in people if person not in passed]
    if not untrained:
        return []
    return [
        X5.finding(
            f"{'、'.join(untrained)} 未经培训合格，不得参与选举工作；请补训（X5）。",
            value="、".join(untrained),
            limit="应训尽训",
            step=step,
        )
    ]


def taught(people: int, *, by_meeting: bool, step: str | None = None) -> list[Finding]:
    """X5: the training was one (「不能采取以会代训形式开展」), and somebody was due to attend it."""
    findings = []
    if by_meeting:
        findings.append(
            X5.finding("培训不能采取以会代训形式；请单独组织（X5）。", value="以会代训", limit="专题培训", step=step)
        )
    if not people:
        findings.append(X5.finding("应训人员名单是空的（0 人）；请列出应训人员（X5）。", value=0, limit=1, step=step))
    return findings


def audited(published: date | None, election_begins: date, *, step: str | None = None) -> list[Finding]:
    """V24: the leaving-office audit is published before the election begins (None: not published)."""
    if published is not None and published < election_begins:
        return []
    said = "尚未公布" if published is None else f"{published} 才公布"
    return [
        V24.finding(
            f"离任经济责任审计结果{said}，应在 {election_begins} 换届开始之前公布；公布前不进入选举（V24）。",
            value=None if published is None else published.isoformat(),
            limit=election_begins.isoformat(),
            step=step,
        )
    ]
