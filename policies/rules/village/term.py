"""V25, R25-20, R25-24, O2, O3: when a recall or a by-election may begin within the term: who may have it begun, about whom,
for which posts.

Villages and communities share it; `rule` is the clause that speaks of the unit at hand.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from policies.authority import Signature, outside
from policies.finding import Finding
from policies.pack.schema import PollMode, Role
from policies.people import Post
from policies.rule import Rule
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


def in_office(unit: str, committee: str, ended: bool, completed: bool, what: str) -> list[Finding]:
    """O2: the unit's election is over, and it ended with a committee; `ended`: over, however it ended."""
    if completed:
        return []
    still = f"换届还在进行，新一届{committee}尚未全部就任"
    why = f"本轮没有选出{committee}，登记库中没有在任的委员会" if ended else still
    return [order.O2.finding(f"{unit}{why}，不能{what}。", value=unit, remedy="换届完成后再启动")]


def planned(what: str, plan: str) -> Finding:
    """O2: the plan has no steps for it."""
    return order.O2.finding(
        f"方案「{plan}」没有写{what}的步骤，不能启动。", value=plan, remedy=f"在方案中补上{what}的步骤后用于下一次换届"
    )


def member(person: str, committee: str, members: Mapping[str, str], *, rule: Rule = V25) -> list[Finding]:
    """V25: only a member in office is recalled. `members`: names by person id."""
    if person in members:
        return []
    sitting = "、".join(f"{name}（{key}）" for key, name in members.items()) or "无"
    message = f"{person} 不是在任的{committee}成员；在任的有：{sitting}（{rule.id}）。"
    return [rule.finding(message, value=person, limit=sitting, remedy="更正人员编号")]


def roll_stated(mode: PollMode, registered: int, representatives: int, *, rule: Rule = V25) -> list[Finding]:
    """R25-20: the vote is taken as the members were elected, so its roll is stated: voters or households registered, or the
    delegates, who are then the only roll there is.
    """
    if mode is not PollMode.REPRESENTATIVES:
        if registered:
            return []
        message = f"没有写登记参加投票的人数（户代表投票的写户数）；请写明（{rule.id}）。"
        return [rule.finding(message, value=0, limit=1, remedy="写明登记参加投票的人数")]
    if representatives and registered in (0, representatives):
        return []
    message = (
        f"本届由居民代表选举产生，罢免由居民代表投票：代表写 {representatives} 人，登记投票写 {registered} 人；"
        f"请只写居民代表人数（{rule.id}）。"
    )
    return [rule.finding(message, value=registered, limit=representatives, remedy="只写居民代表人数")]


def not_twice(what: str, workflow: str) -> Finding:
    """O2: the same is under way already, in the workflow named."""
    return order.O2.finding(
        f"{what}已经启动，流程是「{workflow}」，不重复启动。", value=workflow, remedy="在该流程中继续办理"
    )


def delegates_stated(mode: PollMode, representatives: int, *, rule: Rule) -> list[Finding]:
    """R25-24: where residents' delegates elect, how many they are is stated: they are the roll of the by-election."""
    if mode is not PollMode.REPRESENTATIVES or representatives:
        return []
    message = f"本届由居民代表选举产生，补选由居民代表投票，没有写居民代表人数；请写明（{rule.id}）。"
    return [rule.finding(message, value=0, limit=1, remedy="写明居民代表人数")]


def departed(people: Sequence[str], committee: str, members: Mapping[str, str], *, rule: Rule = V25) -> list[Finding]:
    """V25: whoever is said to have left sat on the committee, each named once."""
    findings = [finding for one in dict.fromkeys(people) for finding in member(one, committee, members, rule=rule)]
    for one, times in Counter(people).items():
        if times > 1:
            findings.append(
                rule.finding(f"离任人员 {one} 写了 {times} 次；请只写一次。", value=times, limit=1, remedy="删去重复")
            )
    return findings


def posts_vacant(
    wanted: Sequence[Post], seats: Mapping[Post, int], sitting: Sequence[Post], *, rule: Rule = V25
) -> list[Finding]:
    """V25: a by-election fills seats that are vacant: of each post no more than its seats less those who sit.

    `seats` by post as the election filled them; `sitting` the posts of the members still in office.
    """
    held, findings = Counter(sitting), []
    for post, n in Counter(wanted).items():
        vacant = max(seats.get(post, 0) - held[post], 0)
        if n > vacant:
            findings.append(
                _too_many(f"{post.label}应有 {seats.get(post, 0)} 名，在任 {held[post]} 名", vacant, n, rule)
            )
    return findings


def seats_vacant(wanted: Sequence[Post], seats: int, sitting: Sequence[Post], *, rule: Rule) -> list[Finding]:
    """R25-24: where only the chair's seat is one by its post: no more are filled than are vacant in all, one chair at most."""
    chairs = sum(post is Post.CHAIR for post in wanted)
    vacant, open_chairs = max(seats - len(sitting), 0), 1 - min(sitting.count(Post.CHAIR), 1)
    findings = []
    if len(wanted) > vacant:
        findings.append(_too_many(f"委员会应有 {seats} 名，在任 {len(sitting)} 名", vacant, len(wanted), rule))
    if chairs > open_chairs:
        findings.append(_too_many(f"主任应有 1 名，在任 {1 - open_chairs} 名", open_chairs, chairs, rule))
    return findings


def left_already(on: date, today: date, *, rule: Rule = V25) -> list[Finding]:
    """V25: who has left office has left it by now."""
    if on <= today:
        return []
    message = f"离任之日 {on} 晚于今天 {today}，尚未离任；请更正，或者到时再登记（{rule.id}）。"
    return [rule.finding(message, value=on.isoformat(), limit=today.isoformat(), remedy="更正离任之日")]


def _too_many(seats: str, vacant: int, wanted: int, rule: Rule) -> Finding:
    message = (
        f"{seats}，出缺 {vacant} 名，不能补选 {wanted} 名；请按出缺名额补选，已经离任的成员请一并写明（{rule.id}）。"
    )
    return rule.finding(message, value=wanted, limit=vacant, remedy="按出缺名额补选")


def vacant_already(since: date | None, today: date, *, rule: Rule = V25) -> list[Finding]:
    """V25: a by-election fills what is vacant by now."""
    if since is None or since <= today:
        return []
    message = f"出缺之日 {since} 晚于今天 {today}；请更正（{rule.id}）。"
    return [rule.finding(message, value=since.isoformat(), limit=today.isoformat(), remedy="更正出缺之日")]
