"""V1–V3: how many sit on the village committee and on the election committee, and who must leave the latter."""

from collections.abc import Collection, Iterable, Sequence

from policies.finding import Finding, Severity
from policies.kinship import KinGraph, KinPath
from policies.law.norms import Norms, StaffKin, WithdrawsWhen
from policies.rule import Confidence, Rule, declare
from policies.rules.polls import V1
from policies.rules.village.kin import relative
from policies.value import Value

V2 = declare(
    Rule(
        id="V2",
        title="村民选举委员会",
        text="选举由村民选举委员会主持，由村民会议、村民代表会议或者各村民小组会议推选产生；人数依各省规定（浙江、北京5至9人，上海7至9人）。",
        on_failure="按规定人数重新推选",
        source="《村民委员会组织法》（2018）第十二条、（2025）第十五条；浙江省办法第八条、上海市办法第七条、北京市办法第九条",
        confidence=Confidence.VERIFIED,
        article="12（2018）、15（2025）",
        enforced=(
            "residents.election_committee",
            "byelection.election_committee",
        ),
    )
)
V3 = declare(
    Rule(
        id="V3",
        title="退出村民选举委员会和递补",
        text="成员被提名为候选人的（上海：被确定为候选人的），应当退出；2025年法和浙江并及于其近亲属被提名的；"
        "缺额按照原推选结果依次递补，也可以另行推选（北京：没有候补人选的方可另行推选）。",
        on_failure="立即退出，缺额按原推选结果依次递补",
        source="《村民委员会组织法》（2018）第十二条、（2025）第十五条：“按照原推选结果依次递补，也可以另行推选”；"
        "浙江省办法第九条、上海市办法第七条、北京市办法第十一条",
        confidence=Confidence.VERIFIED,
        article="12（2018）、15（2025）",
        enforced=(
            "residents.nomination",
            "byelection.nomination",
        ),
    )
)


class Leaver(Value):
    """A member (id) of the election committee who must leave it because `nominee` stands; `path` where kin is the reason."""

    member: str
    nominee: str
    path: KinPath | None = None


def seats_allowed(seats: int, norms: Norms, *, rule: Rule = V1, step: str | None = None) -> list[Finding]:
    """V1: as many members as the law allows."""
    return _between(rule, "委员会职数", seats, norms.members_min, norms.members_max, "名", "请重新提出方案", step)


def women_possible(women: int, norms: Norms, *, rule: Rule = V1, step: str | None = None) -> list[Finding]:
    """V1: enough women stand; a warning, for voters may write one in."""
    if norms.women_min is None or women >= norms.women_min:
        return []
    return [
        rule.finding(
            f"候选人中妇女 {women} 人，委员会中至少应有妇女 {norms.women_min} 人；请补提妇女候选人或单列妇女名额（{rule.id}）。",
            value=women,
            limit=norms.women_min,
            severity=Severity.WARNING,
            step=step,
        )
    ]


def committee_size(members: Sequence[str], norms: Norms, *, rule: Rule = V2, step: str | None = None) -> list[Finding]:
    """V2: as many different members (ids) as the province says."""
    different = len(set(members))
    found = []
    if different != len(members):
        found.append(
            rule.finding(
                f"选举委员会名单列 {len(members)} 人，实为 {different} 人，有人重复；请更正（{rule.id}）。",
                value=len(members),
                limit=different,
                step=step,
            )
        )
    low, high = norms.committee_min, norms.committee_max
    return found + _between(rule, "选举委员会", different, low, high, "人", "请重新推选", step)


def leavers(
    members: Iterable[str], nominated: Iterable[str], confirmed: Collection[str], graph: KinGraph, norms: Norms
) -> tuple[Leaver, ...]:
    """V3: the members (ids) who must leave, in the members' order, each with the first reason.

    `nominated` are all nominees, `confirmed` those already on the list of candidates: which of them counts is the norms'.
    """
    if norms.committee_withdraws is None:
        return ()
    nominees = list(dict.fromkeys(confirmed))
    if norms.committee_withdraws is WithdrawsWhen.NOMINATED:
        nominees = list(dict.fromkeys([*nominated, *confirmed]))
    found = []
    for member in members:
        if member in nominees:
            found.append(Leaver(member=member, nominee=member))
        elif norms.committee_kin_withdraws:
            circle = norms.committee_kin or StaffKin.NEAR
            paths = ((nominee, relative(circle, graph, member, nominee)) for nominee in nominees)
            first = next(((nominee, path) for nominee, path in paths if path is not None), None)
            if first is not None:
                found.append(Leaver(member=member, nominee=first[0], path=first[1]))
    return tuple(found)


def members_standing(
    members: Iterable[str],
    nominated: Iterable[str],
    confirmed: Collection[str],
    graph: KinGraph,
    norms: Norms,
    *,
    rule: Rule = V3,
    step: str | None = None,
) -> list[Finding]:
    """V3: one finding for each member who should have left the election committee and has not."""
    return [
        rule.finding(
            f"{graph.name(one.member)} {_reason(one, norms)}，仍在选举委员会任职；应即退出，缺额依次递补（{rule.id}）。",
            value=one.member if one.path is None else one.path.text,
            limit="退出选举委员会",
            step=step,
        )
        for one in leavers(members, nominated, confirmed, graph, norms)
    ]


def reserves_due(places: int, reserves: Iterable[str], barred: Collection[str]) -> tuple[str, ...]:
    """V3: who moves up into `places` empty seats: the next by the original vote who need not leave at once."""
    return tuple([one for one in reserves if one not in barred][:places])


def replaced_in_order(
    successors: Sequence[str],
    places: int,
    reserves: Sequence[str],
    barred: Collection[str],
    norms: Norms,
    *,
    chosen_anew: bool = False,
    rule: Rule = V3,
    step: str | None = None,
) -> list[Finding]:
    """V3: places left empty go to the next of the original vote (ids, in its order), or are chosen anew where that is allowed.

    `barred` are reserves who would have to leave at once. Chosen anew, only the reserves still left are asked for, and
    only where the norms put them first; nobody chosen anew may be barred.
    """
    due = reserves_due(places, reserves, barred)
    wrong = [one for one in successors if one in barred]
    found = [
        rule.finding(
            f"{one} 本人或其近亲属已被提名为候选人，不得递补进入选举委员会；请更正（{rule.id}）。", value=one, step=step
        )
        for one in wrong
    ]
    if chosen_anew:
        if due and norms.committee_reserves_first:
            message = (
                f"原推选结果中尚有 {'、'.join(due)} 可以递补，没有候补人选的方可另行推选；请依次递补（{rule.id}）。"
            )
            found.append(rule.finding(message, value="另行推选", limit="、".join(due), step=step))
        return found
    if tuple(one for one in successors if one not in wrong) != due:
        message = (
            f"选举委员会缺额 {places} 人，应按原推选结果依次由 {'、'.join(due) or '（已无候补人选）'} 递补，"
            f"实际为 {'、'.join(successors) or '未递补'}；请更正或另行推选（{rule.id}）。"
        )
        found.append(rule.finding(message, value="、".join(successors), limit="、".join(due), step=step))
    return found


def _reason(one: Leaver, norms: Norms) -> str:
    stands = "确定" if norms.committee_withdraws is WithdrawsWhen.CONFIRMED else "提名"
    if one.path is None:
        return f"已被{stands}为候选人"
    return f"的近亲属已被{stands}为候选人（{one.path.text}）"


def _between(
    rule: Rule, what: str, n: int, low: int | None, high: int | None, unit: str, remedy: str, step: str | None
) -> list[Finding]:
    if (low is None or n >= low) and (high is None or n <= high):
        return []
    limit = f"{low}–{high}" if low is not None and high is not None else low if high is None else high
    span = (
        f"{low} 至 {high}"
        if low is not None and high is not None
        else f"至少 {low}"
        if high is None
        else f"至多 {high}"
    )
    return [
        rule.finding(f"{what} {n} {unit}，应为 {span} {unit}；{remedy}（{rule.id}）。", value=n, limit=limit, step=step)
    ]
