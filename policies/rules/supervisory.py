"""S1: who may sit on the supervisory committee; S2: how it is chosen (its count is in policies/rules/polls.py)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from policies.finding import Finding, Severity
from policies.pack.schema import Seats
from policies.rule import Confidence, Rule, declare
from policies.rules.polls import S2

LAW = (3, 5)

S1 = declare(
    Rule(
        id="S1",
        title="监督委员会组成",
        text="由居民会议或居民代表会议推选3至5人（社区一般3人），其中应有具备财会、管理知识的人员；居（村）委会成员及其近亲属"
        "不得担任；书记原则上不兼主任，主任原则上由党组织纪检委员担任。",
        on_failure="另行推选",
        source="《村民委员会组织法》（2018）第三十二条、（2025）第三十七条（社区参照）；街道方案 二（五）、（六）；"
        "3至5人、书记不兼主任：仅见摘录",
        confidence=Confidence.VERIFIED,
        article="32（2018）、37（2025）",
        enforced=(
            "lint",
            "prep.plan",
            "supervisory.nomination",
            "supervisory.list",
            "supervisory.vote",
        ),
    )
)


def seats_allowed(seats: int, plan: Seats | None = None) -> list[Finding]:
    """S1: three to five seats by law, and within what the plan gives."""
    low, high, limit = _span(plan)
    if low <= seats <= high:
        return []
    return [S1.finding(f"监督委员会职数 {seats} 名，应为 {limit} 名；请按方案重提。", value=seats, limit=limit)]


def _span(plan: Seats | None) -> tuple[int, int, str]:
    """Fewest and most members by law and plan, and how people say it."""
    low, high = LAW
    if plan is not None and isinstance(plan.min, int) and isinstance(plan.max, int):
        low, high = max(low, plan.min), min(high, plan.max)
    return low, high, f"{low}" if low == high else f"{low} 至 {high}"


def members_allowed(
    members: Sequence[str],
    *,
    committee_members: Collection[str] = (),
    near_relatives: Mapping[str, str] | None = None,
    plan: Seats | None = None,
    chair: str | None = None,
    discipline_member: str | None = None,
    secretary: str | None = None,
    finance: bool | None = None,
    step: str | None = None,
) -> list[Finding]:
    """S1 over the members' ids.

    `near_relatives` maps a member to the committee member he is near kin of; `finance` says whether somebody knows
    finance or management (None: not stated). The chair's two rules hold "in principle" and give warnings.
    """
    found = []
    low, high, limit = _span(plan)
    if not low <= len(members) <= high:
        found.append(
            S1.finding(
                f"监督委员会 {len(members)} 人，应为 {limit} 人；请重新推选（S1）。",
                value=len(members),
                limit=limit,
                step=step,
            )
        )
    for member in members:
        if member in committee_members:
            found.append(
                S1.finding(
                    f"{member} 是居民委员会成员，不得担任监督委员会成员；请另行推选（S1）。", value=member, step=step
                )
            )
        elif member in (near_relatives or {}):
            other = (near_relatives or {})[member]
            found.append(
                S1.finding(
                    f"{member} 是居民委员会成员 {other} 的近亲属，不得担任监督委员会成员；请另行推选（S1）。",
                    value=member,
                    step=step,
                )
            )
    if finance is not None:
        found.extend(somebody_knows_accounts([finance], step=step))
    return [*found, *chair_in_principle(chair, secretary=secretary, discipline_member=discipline_member, step=step)]


def somebody_knows_accounts(knowing: Sequence[bool], *, step: str | None = None) -> list[Finding]:
    """S1: at least one of them knows finance or management."""
    if any(knowing):
        return []
    return [
        S1.finding(
            "监督委员会成员中没有具备财会、管理知识的人员（0 人），至少应有 1 人；请另行推选（S1）。",
            value=0,
            limit=1,
            step=step,
        )
    ]


def chair_in_principle(
    chair: str | None, *, secretary: str | None = None, discipline_member: str | None = None, step: str | None = None
) -> list[Finding]:
    """S1: in principle the secretary is not the chair and the discipline member is: warnings, no more (None: not known)."""
    found = []
    if chair is not None and chair == secretary:
        found.append(
            S1.finding(
                f"{chair} 任党组织书记，原则上不兼任监督委员会主任；请另选主任或说明理由（S1）。",
                value=chair,
                severity=Severity.WARNING,
                step=step,
            )
        )
    elif chair is not None and discipline_member is not None and chair != discipline_member:
        found.append(
            S1.finding(
                f"监督委员会主任 {chair} 不是党组织纪检委员（{discipline_member}）；原则上由纪检委员担任，请说明理由（S1）。",
                value=chair,
                limit=discipline_member,
                severity=Severity.WARNING,
                step=step,
            )
        )
    return found


def chosen_openly(
    voted_on: date, announced_on: date | None, *, by_show_of_hands: bool, step: str | None = None
) -> list[Finding]:
    """S2: chosen by a show of hands, the result announced on the spot (None: not announced)."""
    found = []
    if not by_show_of_hands:
        found.append(
            S2.finding(
                "监督委员会没有以举手表决方式推选；方案规定举手表决，请重新推选（S2）。",
                value="未举手表决",
                limit="举手表决",
                step=step,
            )
        )
    if announced_on != voted_on:
        said = "没有公布" if announced_on is None else f"到 {announced_on} 才公布"
        found.append(
            S2.finding(
                f"{voted_on} 推选监督委员会，结果{said}；应当场公布，请立即公布并说明原因（S2）。",
                value=None if announced_on is None else announced_on.isoformat(),
                limit=voted_on.isoformat(),
                remedy="立即公布并说明原因",
                step=step,
            )
        )
    return found
