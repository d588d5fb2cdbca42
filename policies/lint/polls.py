"""Checks of how a plan votes: shares against the law's, and the rules a poll cannot do without."""

from collections.abc import Iterator

from policies.finding import Severity
from policies.lint.context import Context, Found
from policies.lint.shares import Demand, shown, weaker
from policies.pack.schema import MISSING, Act, Ballot, BodyId, Condition, Denominator, PollMode, Step, Threshold
from policies.rule import Law, Rule
from policies.rules.polls import P5, P7, P12, P14, R5, R25_18, R25_19, S2, V8, V14, V17, V18, V19, V25_18
from policies.rules.residents import R7
from policies.rules.timetable import BALLOT_RULES
from policies.timetable.windows import poll_of

VOTING = (Denominator.PRESENT, Denominator.CAST)
ELIGIBLE = {
    PollMode.REPRESENTATIVES: (Denominator.REPRESENTATIVES,),
    PollMode.HOUSEHOLDS: (Denominator.HOUSEHOLDS,),
    PollMode.VOTERS: (Denominator.REGISTERED,),
}
"""Who could have voted, by mode; a show of hands may be one of representatives or of everybody."""
HALF_OF_VOTING = Demand(1, 2, False, VOTING, "参加投票人员的过半数")
HALF_OF_MEMBERS = Demand(1, 2, False, (Denominator.PRESENT,), "实到会有选举权人数的一半")
FOUR_FIFTHS = Demand(4, 5, True, (Denominator.DUE,), "应到会人数的五分之四以上")
THIRD_OF_CAST = Demand(1, 3, True, (Denominator.CAST,), "已投选票总数的三分之一以上")
ONE_FIFTH = Demand(1, 5, True, (Denominator.SEATS,), "应选人数的20%")


def half_of_all(mode: PollMode) -> Demand:
    """More than half of those entitled to vote in a poll of this mode."""
    anybody = (Denominator.REPRESENTATIVES, Denominator.HOUSEHOLDS, Denominator.REGISTERED, Denominator.DUE)
    return Demand(1, 2, False, ELIGIBLE.get(mode, anybody), "过半数")


LABELS = {
    "quorum": "多少人到会或参加投票才有效",
    "majority": "得多少票当选",
    "margin": "差额（候选人比应选名额多多少）",
    "tie": "票数相等怎样处理",
    "further_vote": "当选人数不足怎样另行选举",
    "surplus_ballots": "收回的选票多于投票人数怎样处理",
}


def _polls(context: Context) -> Iterator[tuple[BodyId, Step, Ballot]]:
    for body in context.pack.bodies:
        for step in body.steps:
            if step.ballot is not None:
                yield body.id, step, step.ballot


def shares(context: Context) -> Iterator[Found]:
    """P5, P7, P12, R5, S2, V14, V17: a share the plan states is not weaker than the law's, and says what it is a share of.

    The residents' shares under the 2025 law are R25-19's and stand with that law's checks.
    """
    for body, step, ballot in _polls(context):
        for topic, rule, demand in _demands(context, body, step, ballot):
            stated = getattr(ballot, topic)
            if isinstance(stated, Threshold) and (why := weaker(stated, demand)):
                yield _weak(step, topic, rule, stated, demand, why)
        if body is BodyId.PARTY and ballot.mode is PollMode.MEMBERS and ballot.margin == "none":
            message = f"「{step.title}」写明等额选举，党员大会选举委员须差额，差额不少于应选人数的20%。"
            finding = P5.finding(message, value="等额", limit="20%", step=step.id)
            yield Found(finding, topic="margin", curable=True)


def _demands(context: Context, body: BodyId, step: Step, ballot: Ballot) -> list[tuple[str, Rule, Demand]]:
    if body is BodyId.PARTY:
        margin = [("margin", P5, ONE_FIFTH)] if ballot.mode is PollMode.MEMBERS else []
        return [("quorum", P7, FOUR_FIFTHS), ("majority", P12, HALF_OF_MEMBERS), *margin]
    if body is BodyId.SUPERVISORY:
        return [("quorum", S2, half_of_all(ballot.mode)), ("majority", S2, HALF_OF_VOTING)]
    if body is BodyId.WOMEN:
        return []  # no law speaks of its poll: see policies/lint/women.py
    if not context.community and step is not poll_of(context.pack.body(body)):  # a further vote
        return [("quorum", V14, half_of_all(ballot.mode)), ("majority", V19, THIRD_OF_CAST)]
    if not context.community:
        return [("quorum", V14, half_of_all(ballot.mode)), ("majority", V17, HALF_OF_VOTING)]
    if context.law is Law.OF_2018:
        return [("quorum", R5, half_of_all(ballot.mode)), ("majority", R5, HALF_OF_VOTING)]
    return []


def _weak(step: Step, topic: str, rule: Rule, stated: Threshold, demand: Demand, why: str) -> Found:
    message = f"「{step.title}」写的是“{stated.text}”：{why}；请按{demand.words}执行，并写明分母。"
    return Found(
        rule.finding(message, value=shown(stated), limit=demand.words, remedy=f"按{demand.words}执行", step=step.id),
        topic=topic,
        curable=True,
    )


def unanswered(context: Context) -> Iterator[Found]:
    """T9: a poll says what to do about ties, too few winners, the margin and too many ballots, unless a clause does."""
    for step in context.steps:
        if step.act is Act.POLL and step.ballot is None:
            message = f"「{step.title}」是投票，却没有写投票办法（ballot）：谁投票、多少人有效、多少票当选都无从核对；请照原文补上。"
            severity = Severity.WARNING if step.condition is Condition.NOMINEES_EXCEED else Severity.ERROR
            finding = BALLOT_RULES.finding(message, value="missing", limit="写明", severity=severity, step=step.id)
            yield Found(finding, topic="ballot", curable=True)
    for body, step, ballot in _polls(context):
        supplied = _supplied(context, body, ballot)
        missing = [topic for topic in LABELS if getattr(ballot, topic) == MISSING]
        if context.law is Law.OF_2025 and body is BodyId.RESIDENTS and step is poll_of(context.pack.body(body)):
            missing = [topic for topic in missing if topic != "margin"]  # R25-18, V25-18: see law2025.nomination
        filled = [topic for topic in missing if topic in supplied]
        for topic in missing:
            if topic not in supplied:
                yield _unanswered(step, body, topic)
        if filled:
            rules = "、".join(dict.fromkeys(supplied[topic] for topic in filled))
            message = f"「{step.title}」没有写{'、'.join(LABELS[topic] for topic in filled)}，依 {rules} 执行。"
            finding = BALLOT_RULES.finding(message, limit=rules, severity=Severity.INFO, step=step.id)
            yield Found(finding, curable=True)


def _unanswered(step: Step, body: BodyId, topic: str) -> Found:
    message = f"「{step.title}」没有写{LABELS[topic]}，法律也没有替它写；投票前必须补定，否则一旦出现无所依据。"
    severity = Severity.WARNING if body is BodyId.SUPERVISORY else Severity.ERROR
    finding = BALLOT_RULES.finding(message, value="missing", limit="写明", severity=severity, step=step.id)
    return Found(finding, topic=topic, curable=True)


def _supplied(context: Context, body: BodyId, ballot: Ballot) -> dict[str, str]:
    """What the plan may leave out, because a clause already says it: topic to rule id."""
    if body is BodyId.PARTY:
        return {
            "quorum": P7.id,
            "majority": P12.id,
            "margin": P5.id,
            "tie": "P13",
            "further_vote": P14.id,
            "surplus_ballots": "P10",
        }
    if body is BodyId.SUPERVISORY:
        hands = {"surplus_ballots": S2.id} if ballot.mode is PollMode.SHOW_OF_HANDS else {}
        return {"quorum": S2.id, "majority": S2.id, **hands}
    if body is BodyId.WOMEN:
        return {}
    if not context.community:
        margin = V8.id if context.law is Law.OF_2018 else V25_18.id
        return {"quorum": V14.id, "majority": V17.id, "further_vote": V19.id, "margin": margin, "tie": V18.id}
    if context.law is Law.OF_2018:
        return {"quorum": R5.id, "majority": R5.id}
    return {"quorum": R25_19.id, "majority": R25_19.id, "further_vote": R25_19.id, "margin": R25_18.id}


def modes(context: Context) -> Iterator[Found]:
    """R7: a poll by representatives needs a rule for choosing them."""
    body = context.body(BodyId.RESIDENTS)
    for step in body.steps if body else ():
        if step.ballot is None or step.ballot.mode is not PollMode.REPRESENTATIVES or body is None:
            continue
        if body.delegates is None or not any(one.act is Act.REPRESENTATIVES for one in body.steps):
            message = f"「{step.title}」由居民代表投票，方案却没有写居民代表怎样推选；请补写推选步骤和人数。"
            yield Found(R7.finding(message, value="missing", limit="写明推选办法", step=step.id))


CHECKS = (shares, unanswered, modes)
