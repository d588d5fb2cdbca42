"""V10, V19, V20: announced on the spot, the further vote in its window among the right people, and seats left vacant."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from policies.finding import Finding
from policies.law.norms import Norms
from policies.rule import Rule
from policies.rules.polls import V10, V19, V20

WINDOW = "浙江省办法第二十九条（当日或者三十日内）、上海市办法第二十一条（三十日内）、北京市办法第三十条（十五日内）"
ELECTED = "浙江省办法第三十二条：“于投票选举当日或者次日公布当选人名单”"
VACANT = "浙江省办法第三十条、上海市办法第二十一条、北京市办法第三十条"


def announced_on_the_spot(
    voted_on: date, announced_on: date | None, *, rule: Rule = V10, step: str | None = None
) -> list[Finding]:
    """V10: the votes are made public the day they are counted (None: not announced)."""
    if announced_on == voted_on:
        return []
    said = "没有公布" if announced_on is None else f"{announced_on} 才公布"
    message = f"{voted_on} 投票，选举结果{said}，应当当场公布；请立即公布并说明原因（{rule.id}）。"
    value = None if announced_on is None else announced_on.isoformat()
    return [rule.finding(message, value=value, limit=voted_on.isoformat(), remedy="立即公布并说明原因", step=step)]


def elected_list_posted(
    voted_on: date, posted: date | None, today: date, norms: Norms, *, rule: Rule = V10, step: str | None = None
) -> list[Finding]:
    """V10: the list of those elected is up within so many days after the poll; not up by `today` counts as late after them."""
    if norms.elected_list_days is None:
        return []
    last = voted_on + timedelta(days=norms.elected_list_days)
    if voted_on <= (posted or today) <= last:
        return []
    said = f"到 {today} 尚未公布" if posted is None else f"{posted} 公布"
    message = f"{voted_on} 投票，当选人名单{said}，应于 {voted_on} 至 {last} 公布；请立即公布或更正日期（{rule.id}）。"
    return [
        rule.finding(
            message,
            value=(posted or today).isoformat(),
            limit=last.isoformat(),
            remedy="立即公布并说明原因",
            source=ELECTED,
            step=step,
        )
    ]


def further_vote_in_time(
    poll_day: date, further_day: date, norms: Norms, *, rule: Rule = V19, step: str | None = None
) -> list[Finding]:
    """V19: the further vote falls on the poll day or within so many days after it."""
    if norms.further_vote_days is None:
        return []
    last = poll_day + timedelta(days=norms.further_vote_days)
    if poll_day <= further_day <= last:
        return []
    what = (
        f"早于选举日 {poll_day}" if further_day < poll_day else f"最迟应于 {last}，逾期 {(further_day - last).days} 日"
    )
    message = (
        f"另行选举定于 {further_day}，{what}；应在选举日后 {norms.further_vote_days} 日内举行，请改期（{rule.id}）。"
    )
    return [
        rule.finding(
            message,
            value=further_day.isoformat(),
            limit=last.isoformat(),
            remedy="在期限内举行另行选举",
            source=WINDOW,
            step=step,
        )
    ]


def further_vote_candidates(
    unelected: Mapping[str, int],
    candidates: Sequence[str],
    seats: int,
    *,
    declined: Sequence[str] = (),
    rule: Rule = V19,
    step: str | None = None,
) -> list[Finding]:
    """V19: the further vote is among those of the first one who were not elected, most votes first, and more than the seats.

    `unelected` maps a name to its votes in the first vote; who `declined` is passed over.
    """
    found = []
    strangers = [name for name in candidates if name not in unelected]
    if strangers:
        message = f"{'、'.join(strangers)} 不是第一次投票未当选的人员，不得列为另行选举候选人；请删去（{rule.id}）。"
        found.append(rule.finding(message, value="、".join(strangers), limit="第一次投票未当选的人员", step=step))
    chosen = [unelected[name] for name in candidates if name in unelected]
    if chosen:
        over = [
            name
            for name, votes in unelected.items()
            if name not in candidates and name not in declined and votes > min(chosen)
        ]
        if over:
            message = f"{'、'.join(over)} 第一次投票得票较多，却未列为另行选举候选人；应按得票多少确定（{rule.id}）。"
            limit = f"得票多于 {min(chosen)} 票的未当选人员"
            found.append(
                rule.finding(message, value="、".join(over), limit=limit, remedy="按得票多少重定名单", step=step)
            )
    possible = len([name for name in unelected if name not in declined])
    if len(set(candidates)) <= seats < possible:
        message = f"另行选举应选 {seats} 名，候选人 {len(set(candidates))} 名，应当实行差额；请补足（{rule.id}）。"
        found.append(rule.finding(message, value=len(set(candidates)), limit=seats + 1, remedy="按得票补足", step=step))
    return found


def seats_left_vacant(
    elected: int,
    seats: int,
    norms: Norms,
    *,
    chair_elected: bool,
    further_vote_held: bool,
    meeting_decided: bool,
    rule: Rule = V20,
    step: str | None = None,
) -> list[Finding]:
    """V20: whether the seats still open may stay vacant; `elected` are all members elected so far, of `seats`."""
    if elected >= seats or norms.vacant_from is None:
        return []
    found = []

    def wrong(what: str, value: int | str, limit: int | str, remedy: str) -> None:
        message = f"应选 {seats} 名，选出 {elected} 名，{what}，不足的名额不得暂缺；{remedy}（{rule.id}）。"
        found.append(rule.finding(message, value=value, limit=limit, remedy=remedy, source=VACANT, step=step))

    if elected < norms.vacant_from:
        wrong(f"未满 {norms.vacant_from} 人", elected, norms.vacant_from, "请继续另行选举")
    if norms.vacant_after_further_vote and not further_vote_held:
        wrong("尚未另行选举", "未另行选举", "另行选举后", "请先另行选举")
    if norms.vacant_needs_chair and not chair_elected:
        wrong("主任尚未选出", "主任未选出", "主任已选出", "请继续另行选举主任")
    if norms.vacant_needs_vote and not meeting_decided:
        wrong("未经村民会议或者村民代表会议决定", "未决定", "会议决定", "请提交会议决定")
    return found
