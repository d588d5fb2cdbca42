"""Complaints and appeals: answered in time, by name, by somebody other than the person complained of."""

from policies.finding import Finding
from policies.rule import Confidence, Rule, declare

K1 = declare(
    Rule(
        id="K1",
        title="举报查核与签名负责",
        text="线索清楚、内容具体的举报，组织专门力量限时办结；查核情况由具体承办人和负责人签名。",
        on_failure="由承办人和负责人两人签名，限时办结",
        source="街道方案 四（三）",
        confidence=Confidence.PLAN,
        enforced=("complaint", "checker"),
    )
)
K2 = declare(
    Rule(
        id="K2",
        title="被筛除人员的申诉",
        text="被审查筛除的人员可以申诉，由原审查主体以外的人复核并签名。",
        on_failure="另行指定复核人并签名",
        source="项目规定：凡筛除必有规则、证据、审查人，并可申诉",
        confidence=Confidence.GENERAL,
        enforced=("appeal", "checker"),
    )
)

ANSWER_DAYS = 3
"""Calendar days for an answer: the plan says 「限时办结」 without a figure; the three days are those of the law's voter-list
appeals (村民委员会组织法 2018 第14条), a working value until the county confirms its own."""


def signed_by_two(subject: str, handler: str, head: str) -> list[Finding]:
    """K1: who handled it and who answers for it are two different people."""
    if handler.strip() and head.strip() and handler.strip() != head.strip():
        return []
    return [
        K1.finding(
            f"{subject}的查核结论须由承办人和负责人两人签名，现为「{handler}」「{head}」。",
            value=handler,
            limit="两人签名",
        )
    ]


def already_received(complaint: str) -> Finding:
    """K1: a complaint of this number was received already."""
    return K1.finding(
        f"举报 {complaint} 已经登记，不必重复登记；新的举报请另编号。", value=complaint, remedy="另编号登记"
    )


def not_appealable(person: str) -> Finding:
    """K2: only somebody screened out, and not yet heard, may appeal before the list is made."""
    return K2.finding(f"{person} 未被筛除，或申诉已经受理，或名单已经确定，不能申诉。", value=person)
