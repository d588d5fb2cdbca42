"""Complaints and appeals: answered in time, by name, by somebody other than the person complained of."""

from policies.finding import Finding, Severity
from policies.grievance import Effect
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

K3 = declare(
    Rule(
        id="K3",
        title="举报结论对环节的影响",
        text="查核结论写明对所涉环节的影响：不影响、更正办结前暂停后续环节、该环节无效并重新办理；反映不属实的不得影响环节；"
        "登记时指定了承办人的，由该承办人签名。",
        on_failure="更正结论，或先更正、重办所涉环节",
        source="街道方案 四（三）：“查核情况要由具体承办人和负责人签名，对查核结果负责”；四（四）：“对反映问题属实的，坚决予以查处”；三种影响是本项目的执行口径",
        confidence=Confidence.PLAN,
        enforced=("complaint", "every gate", "checker"),
    )
)

NO_VOID_WINS = (
    "依法可以宣布当选无效的，只有村民委员会成员（V22）和2026年起选举的居民委员会成员（R25-22）；"
    "2018年的《城市居民委员会组织法》没有这一规定，党组织、监督委员会和妇联依各自的规定处理"
)
"""Why no win of other bodies, nor of a community under the older law, is void by a conclusion on a complaint."""

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


def named_handler(subject: str, named: str, handler: str) -> list[Finding]:
    """K3: who was named when it was received is who signs; somebody else is a remark, for people fall ill."""
    if not named.strip() or named.strip() == handler.strip():
        return []
    return [
        K3.finding(
            f"{subject}登记的承办人是「{named}」，签名的是「{handler}」；请确认已经改派（K3）。",
            value=handler,
            limit=named,
            severity=Severity.WARNING,
        )
    ]


def effect_follows(subject: str, upheld: bool, effect: Effect) -> list[Finding]:
    """K3: what is not upheld touches no step."""
    if upheld or effect is Effect.NONE:
        return []
    return [
        K3.finding(
            f"{subject}查核不属实，结论却是「{effect.label}」；请更正（K3）。",
            value=effect.label,
            limit=Effect.NONE.label,
        )
    ]


def not_voidable(title: str, why: str) -> Finding:
    """K3: the step cannot be declared void here; `why` says so in Chinese."""
    return K3.finding(f"「{title}」不能宣布无效：{why}（K3）。", value=title, remedy="改为暂停后续环节，更正后再继续")


def blocked(title: str, waits_for: str) -> Finding:
    """K3: nothing goes on before what a complaint found is put right."""
    return K3.finding(f"「{title}」暂停办理：{waits_for}，办结之前不得继续（K3）。", value=title, limit=waits_for)


def already_received(complaint: str) -> Finding:
    """K1: a complaint of this number was received already."""
    return K1.finding(
        f"举报 {complaint} 已经登记，不必重复登记；新的举报请另编号。", value=complaint, remedy="另编号登记"
    )


def not_appealable(person: str) -> Finding:
    """K2: only somebody screened out, and not yet heard, may appeal before the list is made."""
    return K2.finding(f"{person} 未被筛除，或申诉已经受理，或名单已经确定，不能申诉。", value=person)
