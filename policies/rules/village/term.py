"""V25, O2, O3: when a recall or a by-election may begin within the term: who may have it begun, about whom, for which posts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from policies.authority import Signature, outside
from policies.finding import Finding
from policies.pack.schema import Role
from policies.people import Post
from policies.rules import order
from policies.rules.village.recall import V25

MAY_BEGIN = (Role.RESIDENTS_COMMITTEE, Role.STREET_COMMITTEE, Role.STREET_OFFICE, Role.DISTRICT_ORGANIZATION)
"""The committee, which a demand is handed to and which decides on a vacancy, and who supervises it from above."""


def may_begin(
    signature: Signature, what: str, unit: str, areas: tuple[str, ...], roles: Mapping[Role, str]
) -> list[Finding]:
    """O3, O6: whether this signature may begin it there. `areas` are the ids from the unit up to its election."""
    findings = outside(signature, unit, areas)
    if signature.role not in MAY_BEGIN:
        allowed = "、".join(roles.get(one, one.value) for one in MAY_BEGIN)
        findings.append(order.may_not_steer(roles.get(signature.role, signature.role.value), what, allowed))
    return findings


def in_office(unit: str, ended: bool, completed: bool, what: str) -> list[Finding]:
    """O2: the unit's election is over, and it ended with a committee; `ended`: over, however it ended."""
    if completed:
        return []
    still = "换届还在进行，新一届村民委员会尚未全部就任"
    why = "本轮没有选出村民委员会，登记库中没有在任的委员会" if ended else still
    return [order.O2.finding(f"{unit}{why}，不能{what}。", value=unit, remedy="换届完成后再启动")]


def planned(what: str, plan: str) -> Finding:
    """O2: the plan has no steps for it."""
    return order.O2.finding(
        f"方案「{plan}」没有写{what}的步骤，不能启动。", value=plan, remedy=f"在方案中补上{what}的步骤后用于下一次换届"
    )


def member(person: str, members: Mapping[str, str]) -> list[Finding]:
    """V25: only a member in office is recalled. `members`: names by person id."""
    if person in members:
        return []
    sitting = "、".join(f"{name}（{key}）" for key, name in members.items()) or "无"
    message = f"{person} 不是在任的村民委员会成员；在任的有：{sitting}（{V25.id}）。"
    return [V25.finding(message, value=person, limit=sitting, remedy="更正人员编号")]


def not_twice(what: str, workflow: str) -> Finding:
    """O2: the same is under way already, in the workflow named."""
    return order.O2.finding(
        f"{what}已经启动，流程是「{workflow}」，不重复启动。", value=workflow, remedy="在该流程中继续办理"
    )


def departed(people: Sequence[str], members: Mapping[str, str]) -> list[Finding]:
    """V25: whoever is said to have left sat on the committee, each named once."""
    findings = [finding for one in dict.fromkeys(people) for finding in member(one, members)]
    for one, times in Counter(people).items():
        if times > 1:
            findings.append(
                V25.finding(f"离任人员 {one} 写了 {times} 次；请只写一次。", value=times, limit=1, remedy="删去重复")
            )
    return findings


def posts_vacant(wanted: Sequence[Post], seats: Mapping[Post, int], sitting: Sequence[Post]) -> list[Finding]:
    """V25: a by-election fills seats that are vacant: of each post no more than its seats less those who sit.

    `seats` by post as the election filled them; `sitting` the posts of the members still in office.
    """
    held, findings = Counter(sitting), []
    for post, n in Counter(wanted).items():
        vacant = max(seats.get(post, 0) - held[post], 0)
        if n > vacant:
            message = (
                f"{post.label}应有 {seats.get(post, 0)} 名，在任 {held[post]} 名，出缺 {vacant} 名，不能补选 {n} 名；"
                f"请按出缺名额补选，已经离任的成员请一并写明（{V25.id}）。"
            )
            findings.append(V25.finding(message, value=n, limit=vacant, remedy="按出缺名额补选"))
    return findings
