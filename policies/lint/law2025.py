"""The plan held against the two organic laws in force since 2026-01-01: what would be unlawful today, and by which article."""

from collections.abc import Iterator
from datetime import timedelta

from policies.finding import Severity
from policies.lint.context import Context, Found, first_act, poll_window
from policies.lint.dates import days_before_poll, lists_voters, span
from policies.lint.polls import HALF_OF_VOTING, half_of_all
from policies.lint.shares import Demand, shown, weaker
from policies.pack.schema import MISSING, Act, Body, BodyId, Condition, Denominator, PollMode, Step, Threshold
from policies.rule import Law, Rule
from policies.rules import law2025 as law
from policies.rules.polls import R25_8, R25_18, R25_19, R25_27, R25_29, V25_18
from policies.timetable.windows import bounds, poll_of

LIST_DAYS, HANDOVER_DAYS, JOINT_VOTERS = 20, 10, 10
OVER_TWO_THIRDS_OF_DELEGATES = Demand(2, 3, False, (Denominator.REPRESENTATIVES,), "全体居民代表的三分之二")
MEETING = Demand(2, 3, True, (Denominator.REPRESENTATIVES, Denominator.DUE), "组成人员的三分之二以上")
BARRED = (
    ("被开除中国共产党党籍", ("开除",)),
    ("因犯罪受过刑事处罚", ("刑事处罚",)),
    ("利用黑恶势力从事非法活动", ("涉黑涉恶", "黑恶")),
    ("组织或者参加非法宗教活动", ("非法宗教", "地下宗教")),
    ("组织或者参加邪教活动", ("邪教",)),
)


def _residents(context: Context) -> Body | None:
    return context.body(BodyId.RESIDENTS) if context.law is Law.OF_2025 else None


def _pick(context: Context, community: Rule, village: Rule) -> Rule:
    return community if context.community else village


def _speaks_of(body: Body, *words: str) -> bool:
    return any(word in step.text or word in step.title for step in body.steps for word in words)


def voting_mode(context: Context) -> Iterator[Found]:
    """R25-14, V25-14: delegates only by the residents' wish; villagers vote directly."""
    body = _residents(context)
    poll = poll_of(body) if body else None
    if body is None or poll is None or poll.ballot is None:
        return
    mode = poll.ballot.mode
    if not context.community:
        if mode is not PollMode.VOTERS:
            message = f"「{poll.title}」不是由村民直接投票，2025年法第十四条要求村民直接选举。"
            finding = law.V25_14.finding(message, value=mode.value, limit="村民直接选举", step=poll.id)
            yield Found(finding, curable=True)
    elif mode is PollMode.REPRESENTATIVES and not _speaks_of(body, "居民意见", "征求"):
        message = (
            f"「{poll.title}」采取居民代表选举，2025年法第十四条只允许“根据居民意见”这样做；方案没有征求居民意见的步骤，"
            f"请先征求意见并留存记录。"
        )
        severity = Severity.WARNING
        finding = law.R25_14.finding(
            message, value="居民代表选举", limit="根据居民意见", severity=severity, step=poll.id
        )
        yield Found(finding)


def delegates(context: Context) -> Iterator[Found]:
    """R25-13: who sends delegates, how many households each, and group leaders from among them."""
    body = _residents(context)
    step = first_act(body, Act.REPRESENTATIVES) if body else None
    if body is None or step is None or not context.community:
        return
    each = body.delegates.households_each if body.delegates else MISSING
    if isinstance(each, int) and not 20 <= each <= 50:
        message = f"居民代表每 {each} 户推选一人，2025年法第十三条一般为每二十户至五十户推选一人。"
        severity = Severity.WARNING
        finding = law.R25_13.finding(message, value=each, limit="20–50", severity=severity, step=step.id)
        yield Found(finding, topic="households")
    if body.delegates and body.delegates.organizations != MISSING and body.delegates.from_organizations:
        message = (
            f"2025年法第十三条规定居民代表由居民小组推选产生，第四十六条规定驻社区单位不参加本社区的居民委员会；方案中"
            f"“{body.delegates.organizations}”没有法律依据。"
        )
        finding = law.R25_13.finding(message, value="单位代表等", limit="由居民小组推选", step=step.id)
        yield Found(finding, topic="organizations")
    order = {one.id: index for index, one in enumerate(body.steps)}
    for leaders in (one for one in body.steps if "小组长" in one.title and one is not step):
        if order[leaders.id] < order[step.id]:
            message = (
                f"「{leaders.title}」（{span(*bounds(leaders))}）排在「{step.title}」（{span(*bounds(step))}）之前，2025年法第十三条"
                f"规定小组长从居民代表中推选；请对调次序。"
            )
            finding = law.R25_13.finding(message, value=leaders.title, limit=f"{step.title}之后", step=leaders.id)
            yield Found(finding, topic="leaders")


def withdrawal(context: Context) -> Iterator[Found]:
    """R25-15, V25-15: a member leaves when he or a near relative is nominated, not only when confirmed."""
    body = _residents(context)
    if body is None or body.committee is None:
        return
    rule = _pick(context, law.R25_15, law.V25_15)
    step = first_act(body, Act.COMMITTEE)
    place = step.id if step else None
    late = [one for one in body.committee.withdrawal if one.when == "confirmed"]
    if late or not body.committee.withdrawal:
        said = f"“{late[0].text}”" if late else "没有规定退出"
        message = f"方案{said}，2025年法第十五条要求自被提名时就退出选举委员会；请改为提名时退出。"
        value = "确定为候选人" if late else "missing"
        yield Found(rule.finding(message, value=value, limit="被提名", step=place), topic="moment")
    if not any("近亲属" in one.text for one in body.committee.withdrawal):
        message = "方案只写本人成为候选人时退出，2025年法第十五条规定近亲属被提名的也应当退出选举委员会；请补上近亲属。"
        yield Found(rule.finding(message, value="本人", limit="本人或者其近亲属", step=place), topic="relatives")


def registration(context: Context) -> Iterator[Found]:
    """R25-16, V25-16: registration is a step with a time, whatever the mode."""
    body = _residents(context)
    if body is None:
        return
    steps = [step for step in body.steps if "登记" in step.title]
    if any(step.condition is Condition.ALWAYS and step.window != MISSING for step in steps):
        return
    rule = _pick(context, law.R25_16, law.V25_16)
    message = "2025年法第十六条要求选举前进行登记，各种选举方式都要；方案没有在确定的时间安排登记，请补上步骤和期间。"
    finding = rule.finding(message, value="missing", limit="选举前登记", step=steps[0].id if steps else None)
    yield Found(finding, place=body.id.value)


def lists(context: Context) -> Iterator[Found]:
    """R25-17, V25-17: voters, household delegates and residents' delegates are listed twenty days before the poll."""
    body = _residents(context)
    dated = poll_window(body) if body else None
    if body is None:
        return
    rule = _pick(context, law.R25_17, law.V25_17)
    if dated is not None:
        yield from _list_in_time(context, body, rule, dated[0])
    if not _speaks_of(body, "异议", "申诉"):
        message = "2025年法第十七条规定对名单有异议的自公布之日起五日内申诉，选举委员会三日内作出处理决定并公布；方案没有安排这一步。"
        step = first_act(body, Act.REPRESENTATIVES) or poll_of(body)
        finding = rule.finding(message, value="missing", limit="5 日内申诉、3 日内处理", step=step.id if step else None)
        yield Found(finding, topic="objection", place=body.id.value)


def _list_in_time(context: Context, body: Body, rule: Rule, poll: Step) -> Iterator[Found]:
    poll_opens, poll_closes = bounds(poll)
    for posted in (one for one in body.steps if lists_voters(one)):
        days = None if poll_opens is None else days_before_poll(context, posted, poll_opens)
        closes = bounds(posted)[1]
        if days is None and closes and poll_opens:
            days = (poll_opens - closes).days
        if days is not None and days < LIST_DAYS:
            message = (
                f"「{posted.title}」可以迟至选举日前 {days} 日，名单须在选举日的二十日前公布；请提前公布或推后选举日。"
            )
            yield Found(
                rule.finding(message, value=days, limit=LIST_DAYS, step=posted.id), topic="posted", curable=True
            )
    chosen = first_act(body, Act.REPRESENTATIVES)
    by_delegates = poll.ballot is not None and poll.ballot.mode is PollMode.REPRESENTATIVES and chosen is not None
    registers = [one for one in body.steps if "登记" in one.title]
    step = chosen if by_delegates and chosen else registers[0] if registers else poll
    slot = context.timetable.slot(step.id)
    first, last = (slot.window_start, slot.window_end) if step is not poll else (None, None)
    first = first or context.opening(body)
    last = last or first
    if first is None or last is None or poll_opens is None or poll_closes is None:
        return
    if last + timedelta(days=LIST_DAYS) <= poll_opens:
        return
    what = "新一届居民代表名单（与选民名单同时公布）" if by_delegates else "登记的名单"
    message = (
        f"{what}须在选举日的二十日前公布，而「{step.title}」定在 {span(first, last)}，投票在 {span(poll_opens, poll_closes)}，"
        f"相隔最多 {(poll_closes - first).days} 日；{span(first, last)} 产生名单的，选举日最早 "
        f"{span(first + timedelta(days=LIST_DAYS), last + timedelta(days=LIST_DAYS))}。"
    )
    yield Found(rule.finding(message, value=(poll_closes - first).days, limit=LIST_DAYS, step=step.id))


def nomination(context: Context) -> Iterator[Found]:
    """R25-18, V25-18: routes, more candidates than seats, a meeting with the voters, who is barred by law."""
    body = _residents(context)
    if body is None:
        return
    rule = _pick(context, R25_18, V25_18)
    step = first_act(body, Act.NOMINATION)
    if step is not None:
        allowed = "社区党组织或者十名以上选民联合" if context.community else "村党组织或者登记参加选举的村民"
        wrong = [one for one in step.routes if not _route_allowed(context, one.by, one.at_least)]
        if wrong:
            texts = "；".join(f"“{one.text}”" for one in wrong)
            message = f"2025年法第十八条只允许由{allowed}提名推荐；方案的 {texts} 没有法律依据。"
            value = "、".join(one.by for one in wrong)
            yield Found(rule.finding(message, value=value, limit=allowed, step=step.id), topic="routes")
    if not _speaks_of(body, "见面"):
        message = (
            "2025年法第十八条要求选举委员会组织候选人与选民见面，介绍设想、回答问题；方案没有这一步，请在投票前安排。"
        )
        place = step or poll_of(body)
        finding = rule.finding(message, value="missing", limit="投票前见面", step=place.id if place else None)
        yield Found(finding, topic="meeting", place=body.id.value)
    poll = poll_of(body)
    if poll is not None and poll.ballot is not None and poll.ballot.margin in ("none", MISSING):
        said = "写明等额选举" if poll.ballot.margin == "none" else "没有写差额"
        message = f"「{poll.title}」{said}，2025年法第十八条要求候选人的名额应当多于应选名额；请写明差额。"
        value = "等额" if poll.ballot.margin == "none" else "missing"
        yield Found(rule.finding(message, value=value, limit="多于应选名额", step=poll.id), topic="margin")
    stated = context.pack.eligibility
    prohibited = "" if stated == MISSING else "".join(stated.prohibited)
    absent = [words for words, marks in BARRED if not any(mark in prohibited for mark in marks)]
    if absent:
        message = f"2025年法第十八条规定不得作为候选人的情形中，方案没有写：{'、'.join(absent)}；请补入禁入情形。"
        finding = rule.finding(message, value="、".join(absent), limit="列入禁入情形", step=step.id if step else None)
        yield Found(finding, topic="barred", place=body.id.value)


def _route_allowed(context: Context, by: str, number: int | str) -> bool:
    if by == "party_organization":
        return True
    if by != "voters":
        return False
    return not context.community or (isinstance(number, int) and number >= JOINT_VOTERS)


def ballot(context: Context) -> Iterator[Found]:
    """R25-19, V25-18: valid poll, majority, secret vote, open count, no proxies for delegates, result on the spot."""
    body = _residents(context)
    poll = poll_of(body) if body else None
    if body is None or poll is None or poll.ballot is None:
        return
    rule = _pick(context, R25_19, V25_18)
    article = "第十九条" if context.community else "第十八条"
    by_delegates = poll.ballot.mode is PollMode.REPRESENTATIVES
    quorum = OVER_TWO_THIRDS_OF_DELEGATES if by_delegates and context.community else half_of_all(poll.ballot.mode)
    for topic, demand in (("quorum", quorum), ("majority", HALF_OF_VOTING)):
        stated = getattr(poll.ballot, topic)
        if isinstance(stated, Threshold) and (why := weaker(stated, demand)):
            limit = f"超过{demand.words}" if demand.numerator == 2 else demand.words
            message = f"「{poll.title}」写的是“{stated.text}”：{why}；2025年法{article}要求{limit}{_of_fifty(demand)}。"
            yield Found(rule.finding(message, value=shown(stated), limit=limit, step=poll.id), topic=topic)
    if by_delegates and poll.ballot.proxies_allowed is True:
        message = f"采取居民代表选举方式的，不实行委托投票（2025年法{article}）；方案允许委托。"
        yield Found(rule.finding(message, value="允许", limit="不实行委托投票", step=poll.id), topic="proxies")
    if poll.ballot.secret is not True:
        message = f"选举实行无记名投票（2025年法{article}）；方案没有这样规定。"
        yield Found(rule.finding(message, value="未写明", limit="无记名投票", step=poll.id), topic="secret")
    if not _speaks_of(body, "公开计票"):
        message = f"2025年法{article}要求公开计票；方案没有写，请补上。"
        finding = rule.finding(message, value="missing", limit="公开计票", severity=Severity.WARNING, step=poll.id)
        yield Found(finding, topic="open_count")
    announced = first_act(body, Act.ANNOUNCEMENT)
    if announced is not None and not _on_the_spot(announced, poll):
        message = (
            f"2025年法{article}要求选举结果当场公布；方案写的是“{announced.text}”，次日公布不合法，请改为当场公布。"
        )
        yield Found(rule.finding(message, value="当日或次日", limit="当场公布", step=announced.id), topic="announced")


def _of_fifty(demand: Demand) -> str:
    return f"（50 名代表至少 {demand.needed(50)} 人投票）" if demand.numerator == 2 else ""


def _on_the_spot(announced: Step, poll: Step) -> bool:
    if "当场" in announced.text or "当场" in poll.text:
        return True
    return any(gap.after == poll.id and gap.at_most == 0 for gap in announced.gaps)


def handover(context: Context) -> Iterator[Found]:
    """R25-25, V25-24: handed over within ten days of the new committee's election."""
    body = _residents(context)
    step = first_act(body, Act.HANDOVER) if body else None
    if body is None or step is None:
        return
    rule = _pick(context, law.R25_25, law.V25_24)
    polls = {one.id for one in body.steps if one.act is Act.POLL}
    within = [gap.at_most for gap in step.gaps if gap.after in polls and gap.at_most is not None]
    if not within or min(within) > HANDOVER_DAYS:
        value = f"{min(within)} 日" if within else "missing"
        message = (
            f"「{step.title}」应在新一届产生之日起十日内完成，方案写的是{value if within else '没有期限'}；请更正。"
        )
        yield Found(rule.finding(message, value=value, limit=f"{HANDOVER_DAYS} 日", step=step.id))


def women(context: Context) -> Iterator[Found]:
    """R25-8: the committee has a woman; the plan must leave room for that."""
    body = _residents(context)
    if body is None or body.seats is None or not context.community:
        return
    if "妇女" not in body.seats.text and not _speaks_of(body, "妇女"):
        message = "2025年法第八条规定居民委员会成员中应当有妇女成员；方案没有写怎样保证，请写明保留名额的办法。"
        yield Found(
            R25_8.finding(message, value="missing", limit="至少 1 名妇女", severity=Severity.WARNING),
            place=body.id.value,
        )


def supervisory_meeting(context: Context) -> Iterator[Found]:
    """R25-29 (R25-27): the meeting that chooses the supervisory committee has its own quorum by law."""
    body = context.body(BodyId.SUPERVISORY) if context.law is Law.OF_2025 and context.community else None
    poll = poll_of(body) if body else None
    if poll is None or poll.ballot is None:
        return
    stated = poll.ballot.quorum
    why = "没有写到会人数" if stated == MISSING else weaker(stated, MEETING) if isinstance(stated, Threshold) else None
    if why is None:
        return
    message = (
        f"「{poll.title}」{why}；2025年法第二十九条要求居民代表会议有三分之二以上的组成人员参加方可召开、到会人员过半数通过"
        f"（召开居民会议的，第二十七条要求过半数参加，{R25_27.id}）。"
    )
    value = shown(stated) if isinstance(stated, Threshold) else "missing"
    yield Found(R25_29.finding(message, value=value, limit="三分之二以上", step=poll.id), topic="quorum")


def audit(context: Context) -> Iterator[Found]:
    """R25-38: the leaving-office audit is published before the election, so the plan must give it a time."""
    body = _residents(context)
    if body is None or not context.community:
        return
    steps = [step for step in context.steps if "审计" in step.title]
    poll = poll_window(body)
    if any(poll and (end := bounds(step)[1]) and end < poll[1] for step in steps):
        return
    message = "2025年法第三十八条规定离任经济责任审计结果应当在下一届选举之前公布；方案没有给出审计公布的时间，请补上。"
    step_id = steps[0].id if steps else None
    yield Found(law.R25_38.finding(message, value="missing", limit="选举之前公布", step=step_id), place=body.id.value)


CHECKS = (
    voting_mode,
    delegates,
    withdrawal,
    registration,
    lists,
    nomination,
    ballot,
    handover,
    women,
    supervisory_meeting,
    audit,
)
