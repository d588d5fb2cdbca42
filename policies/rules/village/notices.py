"""What the numbered announcements before and after a direct vote must say so that nothing is left open on the day itself.

The poll day with room for the list (V6), the roll's figures (V4, V7), stations with a secret place to write (V10), the rules for
ballots that do not count (V16), every box accounted for (V10), no more proxies than were published (V11).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from policies.finding import Finding
from policies.law.norms import Norms
from policies.rule import Rule
from policies.rules.polls import V10, V16
from policies.rules.residents import V6
from policies.rules.village.proxies import V11
from policies.rules.village.register import V4, V7

SECRET = "《村民委员会组织法》（2018）第十五条、（2025）第十八条：“选举时，应当设立秘密写票处”"
BLANK = "空白票是弃权票，计入有效票（结果报告单的填写口径）"


def poll_day_possible(
    decided: date, poll_day: date, first: date | None, last: date | None, norms: Norms, *, step: str | None = None
) -> list[Finding]:
    """V6: the poll day lies in the plan's days and leaves room for the voters' list before it."""
    found = []
    if (first is not None and poll_day < first) or (last is not None and poll_day > last):
        span = f"{first}—{last}"
        message = f"选举日 {poll_day} 不在方案规定的 {span} 之内；请在期间内确定，或先批准延期（{V6.id}）。"
        found.append(
            V6.finding(message, value=poll_day.isoformat(), limit=span, remedy="在期间内确定选举日", step=step)
        )
    if norms.voters_list_days is not None:
        earliest = decided + timedelta(days=norms.voters_list_days)
        if poll_day < earliest:
            message = (
                f"选举日 {poll_day} 距今（{decided}）只有 {(poll_day - decided).days} 日，名单须在 {norms.voters_list_days} 日前公布；"
                f"选举日最早 {earliest}（{V6.id}）。"
            )
            found.append(V6.finding(message, value=poll_day.isoformat(), limit=earliest.isoformat(), step=step))
    return found


def outsiders_named(stated: int, entries: int, *, rule: Rule = V4, step: str | None = None) -> list[Finding]:
    """V4: everybody on the roll whose hukou is elsewhere has an entry that shows on what ground."""
    if stated == entries:
        return []
    message = f"填报户籍不在本村的选民 {stated} 人，附有登记依据的 {entries} 人；请逐人附上申请、年限和会议决定（{rule.id}）。"
    return [rule.finding(message, value=stated, limit=entries, remedy="逐人补齐登记依据", step=step)]


def roll_adds_up(what: str, stated: int, expected: int, *, rule: Rule = V7, step: str | None = None) -> list[Finding]:
    """V7: a figure of the corrected roll is what registration and the decided objections come to."""
    if stated == expected:
        return []
    message = f"{what}填报 {stated} 人，按登记和异议处理决定应为 {expected} 人；请核对后更正（{rule.id}）。"
    return [rule.finding(message, value=stated, limit=expected, remedy="核对后更正", step=step)]


def stations_ready(booths: Mapping[str, int], ids: Sequence[str], *, step: str | None = None) -> list[Finding]:
    """V10: there is a station, each with a secret place to write (`booths` by station), no id twice."""
    found = [
        V10.finding(
            f"{station} 没有设立秘密写票处；请设立后公布（V10）。",
            value=0,
            limit=1,
            remedy="设立秘密写票处",
            source=SECRET,
            step=step,
        )
        for station, many in booths.items()
        if many < 1
    ]
    if not ids:
        found.append(
            V10.finding(
                "没有公布投票会场或者投票站；请补充（V10）。", value=0, limit=1, remedy="补充投票地点", step=step
            )
        )
    twice = [station for station, many in Counter(ids).items() if many > 1]
    if twice:
        names = "、".join(twice)
        found.append(V10.finding(f"票箱编号 {names} 重复；请更正（V10）。", value=names, remedy="更正编号", step=step))
    return found


def poll_day_stated(stated: date, poll_day: date, *, rule: Rule = V10, step: str | None = None) -> list[Finding]:
    """V10: time and place are published for the poll day that was fixed."""
    if stated == poll_day:
        return []
    message = f"公布的投票日期为 {stated}，已确定的选举日为 {poll_day}；请更正（{rule.id}）。"
    return [rule.finding(message, value=stated.isoformat(), limit=poll_day.isoformat(), remedy="更正日期", step=step)]


def ballot_rules_lawful(
    *, over_marked_void: bool, two_posts_void: bool, blank_abstains: bool, norms: Norms, step: str | None = None
) -> list[Finding]:
    """V16: the published rules void what the law voids and nothing else."""
    found = []

    def wrong(what: str, value: str, limit: str, source: str | None = None) -> None:
        message = f"无效票认定规则：{what}；请更正后重新公布（{V16.id}）。"
        found.append(V16.finding(message, value=value, limit=limit, remedy="更正后重新公布", source=source, step=step))

    if not over_marked_void:
        wrong("所选人数多于应选名额的选票应为无效票", "有效", "无效")
    if norms.two_posts_void is not None and two_posts_void is not norms.two_posts_void:
        said, due = ("无效", "有效") if two_posts_void else ("有效", "无效")
        wrong(f"选举同一人担任两项职务的选票写为{said}，本地规定为{due}", said, due)
    if not blank_abstains:
        wrong("空白票应为弃权票，不是无效票", "无效", "弃权", BLANK)
    return found


def boxes_accounted(
    counted: Sequence[str], known: Collection[str], *, rule: Rule = V10, step: str | None = None
) -> list[Finding]:
    """V10: every box that was set up is opened and counted once, and no other box is."""
    found = []
    for what, boxes, remedy in (
        ("没有清点", [box for box in known if box not in counted], "全部票箱集中开箱清点"),
        ("不在公布的票箱之内", [box for box in counted if box not in known], "查明该票箱的来历，其选票不得计入"),
        ("清点了两次", [box for box, many in Counter(counted).items() if many > 1], "删去重复的一份"),
    ):
        if boxes:
            names = "、".join(boxes)
            message = f"票箱 {names} {what}；请{remedy}（{rule.id}）。"
            found.append(rule.finding(message, value=names, limit="、".join(known), remedy=remedy, step=step))
    return found


def proxies_used(used: int, listed: int, *, rule: Rule = V11, step: str | None = None) -> list[Finding]:
    """V11: no more votes are cast by proxy than proxies were examined and published."""
    if used <= listed:
        return []
    message = f"委托投票 {used} 张，审核公布的委托只有 {listed} 份；未经公布的委托无效，请查明后更正（{rule.id}）。"
    return [rule.finding(message, value=used, limit=listed, step=step)]
