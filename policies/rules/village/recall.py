"""V25: recalling a member and filling the place: who may ask, how many must vote and agree, and for how long the new one serves."""

from datetime import date, timedelta

from policies.finding import Finding
from policies.law.norms import Norms
from policies.people import birthday
from policies.rule import Confidence, Rule, declare
from policies.rules.law2025 import R25_20
from policies.rules.village.shares import needed

V25 = declare(
    Rule(
        id="V25",
        title="罢免和补选",
        text="五分之一以上有选举权的村民或者三分之一以上的村民代表联名，可以要求罢免；须有登记参加选举的村民过半数投票，并须经投票的村民"
        "过半数通过，被提出罢免的成员有权申辩。成员出缺可以补选，程序参照选举，任期到本届届满时止。",
        on_failure="罢免要求不成立、罢免不通过或者补选无效",
        source="《村民委员会组织法》（2018）第十六条、第十九条，（2025）第十九条、第二十三条：“须有登记参加选举的村民过半数投票，"
        "并须经投票的村民过半数通过”“补选的村民委员会成员的任期到本届村民委员会任期届满时止”",
        confidence=Confidence.VERIFIED,
        article="16、19（2018）、19、23（2025）",
        enforced=(
            "recall.petition",
            "recall.vote",
        ),
    )
)
RECALL_VOTE = "浙江省办法第三十五条、上海市办法第二十七条、北京市办法第三十三条（接到罢免要求之日起三十日内）"
BY_ELECTION_DUE = "上海市办法第二十九条：“其成员不满三人的，应当在三个月内由村民会议或者村民代表会议进行补选”"


def recall_clause(kind: str) -> Rule:
    """The clause on recalls for a kind of plan."""
    return R25_20 if kind == "community" else V25


def recall_asked(
    voters_signed: int,
    voters: int,
    representatives_signed: int,
    representatives: int,
    norms: Norms,
    *,
    rule: Rule = V25,
    step: str | None = None,
) -> list[Finding]:
    """V25, R25-20: a recall is asked for by enough voters (or household delegates), or by enough representatives; either is
    enough.

    `voters` are all with the right to vote (the law's denominator here, not those registered for the last poll), where
    households elect their delegates.
    """
    by_voters, by_representatives = norms.recall_voters, norms.recall_representatives
    if by_voters is None or by_representatives is None:
        return []
    least, least_representatives = needed(by_voters, voters), needed(by_representatives, representatives)
    if voters_signed >= least or (representatives > 0 and representatives_signed >= least_representatives):
        return []
    message = (
        f"罢免要求由有选举权的 {voters} 人中 {voters_signed} 人、代表 {representatives} 人中 {representatives_signed} 人联名，"
        f"应有{by_voters.text}（{least} 人）或者代表{by_representatives.text}（{least_representatives} 人）；请补足联名，否则不成立（{rule.id}）。"
    )
    return [rule.finding(message, value=voters_signed, limit=least, remedy="补足联名", step=step)]


def recall_reasoned(reason: str, defence_heard: bool, *, rule: Rule = V25, step: str | None = None) -> list[Finding]:
    """V25: the request says why, and the member could answer before the vote."""
    found = []
    if not reason.strip():
        message = f"罢免要求没有说明理由；请补充书面理由（{rule.id}）。"
        found.append(rule.finding(message, value="无理由", limit="书面理由", remedy="补充书面理由", step=step))
    if not defence_heard:
        message = f"没有给被提出罢免的成员申辩的机会；请在表决前听取申辩（{rule.id}）。"
        found.append(
            rule.finding(message, value="未申辩", limit="有权提出申辩意见", remedy="表决前听取申辩", step=step)
        )
    return found


def recall_vote_due(received: date, norms: Norms) -> date | None:
    """V25: the last day for the vote after a demand received on a day; None where no clause names one."""
    return None if norms.recall_vote_days is None else received + timedelta(days=norms.recall_vote_days)


def recall_put_to_vote(
    received: date, voted_on: date, norms: Norms, *, rule: Rule = V25, step: str | None = None
) -> list[Finding]:
    """V25: the vote follows within so many days after the request."""
    last = recall_vote_due(received, norms)
    if last is None or voted_on <= last:
        return []
    message = f"罢免要求 {received} 收到，最迟 {last} 组织投票表决，{voted_on} 才投票表决（{rule.id}）。"
    return [
        rule.finding(
            message,
            value=voted_on.isoformat(),
            limit=last.isoformat(),
            remedy="写明逾期的原因，由乡镇（街道）督促",
            source=RECALL_VOTE,
            step=step,
        )
    ]


def majority_missed(
    voted: int, in_favour: int, needed: int, *, rule: Rule = V25, step: str | None = None
) -> list[Finding]:
    """V25: too few of those voting agreed; `needed` as counted (`policies.counting.recall`)."""
    if in_favour >= needed:
        return []
    message = f"罢免投票：投票 {voted} 人中 {in_favour} 人赞成，至少须 {needed} 人，罢免不通过（{rule.id}）。"
    return [rule.finding(message, value=in_favour, limit=needed, remedy="罢免不通过", step=step)]


def recall_of(named: str, member: str, *, rule: Rule = V25, step: str | None = None) -> list[Finding]:
    """V25: the demand is about the member (id) whose recall was begun."""
    if named == member:
        return []
    message = f"罢免要求写的是 {named}，本件是对 {member} 的罢免；请更正（{rule.id}）。"
    return [rule.finding(message, value=named, limit=member, remedy="更正被提出罢免的人", step=step)]


def recall_counted(
    registered: int,
    roll: int,
    voted: int,
    collected: int,
    marked: int,
    *,
    rule: Rule = V25,
    step: str | None = None,
) -> list[Finding]:
    """V25: the figures of a recall's count agree: the roll is that of the vote, no more ballots than voters, all marked.

    `marked`: ballots in favour, against, blank and invalid together.
    """
    found = []
    for what, value, limit, wrong in (
        ("应有投票权的人数", roll, registered, roll != registered),
        ("投票人数（应不多于有投票权的人数）", voted, roll, voted > roll),
        ("收回票数（应不多于投票人数）", collected, voted, collected > voted),
        ("赞成、反对、弃权、无效票之和（应等于收回票数）", marked, collected, marked != collected),
    ):
        if wrong:
            message = f"罢免投票：{what}为 {value}，应与 {limit} 相符；请核对后更正（{rule.id}）。"
            found.append(rule.finding(message, value=value, limit=limit, remedy="核对后更正", step=step))
    return found


def recall_declared(
    declared: bool, failures: list[Finding], *, rule: Rule = V25, step: str | None = None
) -> list[Finding]:
    """V25: what is declared is what was voted; `failures` say why it did not carry, empty when the member is recalled."""
    if declared:
        return failures
    if failures:
        return []
    message = f"罢免已获法定人数通过，却宣布不通过；请更正（{rule.id}）。"
    return [rule.finding(message, value="不通过", limit="通过", remedy="更正宣布的结果", step=step)]


def by_election_last_day(members: int, vacant_since: date, norms: Norms) -> date | None:
    """V25: with fewer members left than a committee needs, the last day for the by-election (Shanghai: three months).

    None where enough are left, or where no clause names a day.
    """
    months, least = norms.by_election_months, norms.members_min
    return None if months is None or least is None or members >= least else _months_later(vacant_since, months)


def by_election_due(
    members: int, vacant_since: date, held_on: date, norms: Norms, *, rule: Rule = V25, step: str | None = None
) -> list[Finding]:
    """V25: the by-election of a committee that has become too small comes in time."""
    last = by_election_last_day(members, vacant_since, norms)
    if last is None or held_on <= last:
        return []
    message = (
        f"成员只余 {members} 人，不满 {norms.members_min} 人，{vacant_since} 出缺，最迟 {last} 补选，投票日却在 {held_on}；"
        f"请提前投票日（{rule.id}）。"
    )
    return [
        rule.finding(
            message,
            value=held_on.isoformat(),
            limit=last.isoformat(),
            remedy="提前投票日",
            source=BY_ELECTION_DUE,
            step=step,
        )
    ]


def rest_of_term(ends: date, term_ends: date, *, rule: Rule = V25, step: str | None = None) -> list[Finding]:
    """V25: who is elected in between serves until the current term ends, neither longer nor shorter."""
    if ends == term_ends:
        return []
    message = f"补选成员的任期到 {ends}，应到本届任期届满之日 {term_ends}；请更正（{rule.id}）。"
    return [rule.finding(message, value=ends.isoformat(), limit=term_ends.isoformat(), remedy="更正任期", step=step)]


def _months_later(day: date, months: int) -> date:
    """The same day so many months on; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = birthday(day.replace(day=1), years).replace(month=month + 1)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))
