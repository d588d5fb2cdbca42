"""V8 and what the law bars: who may nominate, how many candidates each post needs, who may not stand, and until when."""

from collections.abc import Mapping
from datetime import date, timedelta

from policies.finding import Finding, Severity
from policies.law.norms import Nominator, Norms
from policies.people import Labelled, Post
from policies.rule import Law, Rule
from policies.rules.polls import R25_18, V25_18
from policies.rules.village.shares import needed

BY_VOTE = "浙江省办法第十八条：“由过半数选民参加投票提名的，按得票多少直接确定正式候选人”；北京市办法第十六条"
DECLINING = "浙江省办法第十九条：“正式候选人不愿接受提名的，应当在选举日的三日前以书面形式向村民选举委员会提出”"
SELF_NOMINATED = "浙江省办法第二十条：“自荐竞职的选民，应当在选举日的十日前报名参选村民委员会中的一个职位”"


NOMINATORS = {
    Nominator.PARTY_ORGANIZATION: "党组织",
    Nominator.VOTERS: "登记参加选举的选民",
    Nominator.HOUSEHOLDS: "户的代表",
    Nominator.GROUP_REPRESENTATIVES: "居民小组选举的代表",
}


class Bar(Labelled):
    """The grounds on which the 2025 laws keep somebody off the list; a community's law does not name the clan."""

    EXPELLED = "expelled", "被开除中国共产党党籍"
    CRIMINAL = "criminal", "因犯罪受过刑事处罚"
    CLAN = "clan", "利用宗族势力从事非法活动"
    UNDERWORLD = "underworld", "利用黑恶势力从事非法活动"
    CULT = "cult", "组织或者参加非法宗教活动或者邪教活动"


def nomination_backed(
    nominee: str, by: Nominator, voters: int, norms: Norms, *, rule: Rule = V25_18, step: str | None = None
) -> list[Finding]:
    """V8: nominated by those who may, and by as many voters jointly as the law asks; `voters` counts for VOTERS only."""
    if norms.nominators is not None and by not in norms.nominators:
        allowed = "、".join(NOMINATORS[one] for one in norms.nominators)
        message = f"{nominee} 由{NOMINATORS[by]}提名，本次选举只能由{allowed}提名；请重新提名（{rule.id}）。"
        return [rule.finding(message, value=NOMINATORS[by], limit=allowed, remedy="重新提名", step=step)]
    least = norms.joint_nominators or 1
    if by is not Nominator.VOTERS or voters >= least:
        return []
    message = f"{nominee} 由选民 {voters} 人提名，不足 {least} 人；请补足联名，否则不予受理（{rule.id}）。"
    return [rule.finding(message, value=voters, limit=least, remedy="补足联名", step=step)]


def nomination_quorate(
    registered: int, took_part: int, norms: Norms, *, rule: Rule = V25_18, step: str | None = None
) -> list[Finding]:
    """V8: where nominees are found by a vote or at a meeting, enough of those registered take part."""
    share = norms.nomination_quorum
    if share is None or took_part >= (least := needed(share, registered)):
        return []
    message = (
        f"投票提名（预选、提名会议）：登记 {registered} 人中 {took_part} 人参加，未达到{share.text}（{least} 人）；"
        f"请重新组织提名（{rule.id}）。"
    )
    return [rule.finding(message, value=took_part, limit=least, remedy="重新组织提名", source=BY_VOTE, step=step)]


def not_barred(
    name: str, ground: Bar | None, evidence: str, law: Law, *, rule: Rule = V25_18, step: str | None = None
) -> list[Finding]:
    """Barred by law (2025: V 18, R 18; the 2018 laws bar nobody): `ground` as concluded, `evidence` the paper's number."""
    if ground is None or law is not Law.OF_2025 or (rule is R25_18 and ground is Bar.CLAN):
        return []
    message = (
        f"{name} 经审查{ground.label}（{evidence or '未注明文号'}），不得作为候选人；请从名单中删去（{rule.id}）。"
    )
    return [rule.finding(message, value=ground.label, limit="不得作为候选人", remedy="从名单中删去", step=step)]


def margins(
    candidates: Mapping[Post, int],
    seats: Mapping[Post, int],
    norms: Norms,
    *,
    rule: Rule = V25_18,
    step: str | None = None,
) -> list[Finding]:
    """V8: more candidates than seats in all, and for each post the margin its province asks for."""
    found = []
    total, places = sum(candidates.values()), sum(seats.values())
    if norms.more_than_seats and total <= places:
        message = f"候选人共 {total} 名，应选 {places} 名，候选人应当多于应选名额；请补足（{rule.id}）。"
        found.append(rule.finding(message, value=total, limit=places + 1, step=step))
    for post in dict.fromkeys([*seats, *candidates]):
        stand, open_ = candidates.get(post, 0), seats.get(post, 0)
        if norms.margin_min is not None and stand < open_ + norms.margin_min:
            message = f"{post.label}应选 {open_} 名，候选人 {stand} 名，应比应选名额至少多 {norms.margin_min} 名；请补足（{rule.id}）。"
            found.append(rule.finding(message, value=stand, limit=open_ + norms.margin_min, step=step))
        ordinary = post not in (Post.CHAIR, Post.DEPUTY_CHAIR) and norms.margin_max_members is not None
        most = norms.margin_max_members if ordinary else norms.margin_max
        if most is not None and stand > open_ + most:
            message = f"{post.label}应选 {open_} 名，候选人 {stand} 名，至多比应选名额多 {most} 名；请按得票从高到低确定（{rule.id}）。"
            found.append(
                rule.finding(message, value=stand, limit=open_ + most, remedy="按得票从高到低减少候选人", step=step)
            )
    return found


def named_by_one_voter(
    named: Mapping[Post, tuple[str, ...]],
    seats: Mapping[Post, int],
    norms: Norms,
    *,
    rule: Rule = V25_18,
    step: str | None = None,
) -> list[Finding]:
    """V8: one nomination paper names no more people than seats; one person for two posts spoils it where a ballot would be."""
    names = [name for many in named.values() for name in many]
    found = []
    if len(names) > (places := sum(seats.values())):
        message = f"一张提名票提名 {len(names)} 人，多于应选名额 {places} 名，该票无效（{rule.id}）。"
        found.append(rule.finding(message, value=len(names), limit=places, remedy="该提名票不计", step=step))
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice and norms.two_posts_void:
        message = f"一张提名票把 {'、'.join(twice)} 提名为两项以上职务的候选人，该提名无效（{rule.id}）。"
        found.append(rule.finding(message, value="、".join(twice), limit=1, remedy="该提名不计", step=step))
    return found


def met_voters(
    met_on: date | None, poll_day: date, norms: Norms, *, rule: Rule = V25_18, step: str | None = None
) -> list[Finding]:
    """V8: the candidates have met the voters before the poll day (None: not held)."""
    if not norms.meets_voters or (met_on is not None and met_on < poll_day):
        return []
    said = "尚未组织" if met_on is None else f"定于 {met_on}"
    message = f"候选人与选民见面{said}，应在选举日 {poll_day} 之前组织，选举日停止介绍候选人；请安排（{rule.id}）。"
    value = None if met_on is None else met_on.isoformat()
    return [rule.finding(message, value=value, limit=poll_day.isoformat(), remedy="在选举日前组织见面", step=step)]


def declined_in_time(
    name: str, received: date, poll_day: date, norms: Norms, *, rule: Rule = V25_18, step: str | None = None
) -> list[Finding]:
    """A candidate who declines says so in writing so many days before the poll; a warning, nobody is held to stand."""
    if norms.declining_days is None or received <= (latest := poll_day - timedelta(days=norms.declining_days)):
        return []
    message = f"{name} {received} 提出不接受提名，最迟应于 {latest} 提出；名单已定，请当场向选民说明（{rule.id}）。"
    return [
        rule.finding(
            message,
            value=received.isoformat(),
            limit=latest.isoformat(),
            remedy="向选民说明，不再补足候选人",
            severity=Severity.WARNING,
            source=DECLINING,
            step=step,
        )
    ]


def self_nominated_in_time(
    name: str, received: date, poll_day: date, norms: Norms, *, rule: Rule = V25_18, step: str | None = None
) -> list[Finding]:
    """Who stands without nomination (自荐直选) applies so many days before the poll; no such day, no such way to stand."""
    days = norms.self_nominated_days
    if days is None:
        message = f"{name} 自荐报名，本地没有无候选人自荐直选的规定；请改由规定的方式提名（{rule.id}）。"
        return [rule.finding(message, value="自荐", limit="提名", remedy="重新提名", step=step)]
    if received <= (latest := poll_day - timedelta(days=days)):
        return []
    message = f"{name} {received} 自荐报名，最迟应于 {latest} 报名，逾期不列入名单（{rule.id}）。"
    return [
        rule.finding(
            message,
            value=received.isoformat(),
            limit=latest.isoformat(),
            remedy="不列入自荐人名单",
            source=SELF_NOMINATED,
            step=step,
        )
    ]
