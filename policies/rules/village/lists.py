"""V6, V9: what is posted so many calendar days before the poll: the voters' list, the candidates' list, time and place."""

from datetime import date, timedelta

from policies.finding import Finding
from policies.law.norms import Norms
from policies.rule import Confidence, Rule, declare
from policies.rules.law2025 import R25_17
from policies.rules.polls import V10
from policies.rules.residents import V6

V9 = declare(
    Rule(
        id="V9",
        title="候选人名单公布五日",
        text="正式候选人名单在选举日的五日前张榜公布；按日历日从选举日倒推。",
        on_failure="推后选举日",
        source="浙江省办法第十八条：“正式候选人名单应当在选举日的五日前按得票多少为序张榜公布”；上海市办法第十二条、北京市办法第二十条",
        confidence=Confidence.VERIFIED,
        enforced=(
            "residents.list",
            "byelection.list",
        ),
    )
)
VENUE = "浙江省办法第二十二条：“应当在选举日的五日前确定并公布投票选举的时间、地点、方式和唱票人、监票人、计票人”"


def latest_posting(poll_day: date, days: int) -> date:
    """「选举日的N日前」: the last day to post; holidays never move it."""
    return poll_day - timedelta(days=days)


def voters_list_posted(
    posted: date, poll_day: date, norms: Norms, *, rule: Rule = V6, step: str | None = None
) -> list[Finding]:
    """V6: the voters' list is up so many days before the poll."""
    return _posted(rule, None, "选民名单", posted, poll_day, norms.voters_list_days, step)


def candidate_list_posted(
    posted: date, poll_day: date, norms: Norms, *, rule: Rule = V9, step: str | None = None
) -> list[Finding]:
    """V9: the list of candidates (or of those who nominated themselves) is up so many days before the poll."""
    return _posted(rule, None, "候选人名单", posted, poll_day, norms.candidate_list_days, step)


def delegates_posted(
    list_posted: date, posted: date | None, norms: Norms, *, rule: Rule = R25_17, step: str | None = None
) -> list[Finding]:
    """R25-17: where delegates vote, their names are published the day the voters' list is (None: not published)."""
    if not norms.delegates_with_list or posted == list_posted:
        return []
    said = "没有公布" if posted is None else f"{posted} 公布"
    message = f"户的代表（居民代表）名单{said}，应与选民名单同时于 {list_posted} 公布；请同时公布（{rule.id}）。"
    value = None if posted is None else posted.isoformat()
    return [rule.finding(message, value=value, limit=list_posted.isoformat(), remedy="与选民名单同时公布", step=step)]


def venue_posted(
    posted: date, poll_day: date, norms: Norms, *, rule: Rule = V10, step: str | None = None
) -> list[Finding]:
    """V10: time, place, ways and staff of the vote are published so many days before it."""
    return _posted(rule, VENUE, "投票时间、地点、方式和工作人员名单", posted, poll_day, norms.venue_days, step)


def _posted(
    rule: Rule, source: str | None, what: str, posted: date, poll_day: date, days: int | None, step: str | None
) -> list[Finding]:
    if days is None or posted <= (latest := latest_posting(poll_day, days)):
        return []
    message = (
        f"{what} {posted} 公布，选举日 {poll_day}，相隔 {(poll_day - posted).days} 日，不足 {days} 日；"
        f"最迟应于 {latest} 公布，否则选举日最早 {posted + timedelta(days=days)}（{rule.id}）。"
    )
    return [
        rule.finding(message, value=(poll_day - posted).days, limit=days, remedy="推后选举日", source=source, step=step)
    ]
