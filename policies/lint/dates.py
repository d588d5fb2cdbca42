"""Checks of a plan's dates: headings and limits, steps without a window, distances and postings, room for reviews, order."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import networkx as nx

from policies.calendar import CalendarUnknown, DayUnit
from policies.finding import Severity
from policies.lint.context import Context, Found, poll_window
from policies.pack.schema import MISSING, Act, Body, BodyId, Condition, Gap, PollMode, RelativeToPoll, Step
from policies.rule import BOOK, Law
from policies.rules.party import P6, PUBLICITY_DAYS
from policies.rules.residents import V6, VOTERS_LIST_DAYS
from policies.rules.timetable import BODY_ORDER, CAPACITY, FEASIBLE, HEADING, OUTER_LIMIT, SCHEDULED
from policies.timetable.build import distance, posting, shift
from policies.timetable.windows import bounds


def span(opens: date | None, closes: date | None) -> str:
    """2021-02-19 至 2021-02-23"""
    if opens and closes:
        return f"{opens}" if opens == closes else f"{opens} 至 {closes}"
    return f"{opens} 起" if opens else f"{closes} 前" if closes else "没有写明"


def feasible(context: Context) -> Iterator[Found]:
    """T1, C1: the plan's own dates can be kept together, in years whose calendar is known."""
    for finding in context.timetable.findings:
        yield Found(finding, topic="" if finding.step else str(finding.value)[:4], curable=True)


def headings(context: Context) -> Iterator[Found]:
    """T2, T3: no step lies outside its section's printed dates or after the section's last limit."""
    for body in context.pack.bodies:
        late = [s for s in body.steps if body.outer_limit and (c := bounds(s)[1]) and c > body.outer_limit]
        outside = [s for s in body.steps if s not in late and _outside(s, body)]
        if outside and body.heading:
            step = outside[0]
            heading = span(body.heading.from_, body.heading.to)
            limit = f"，总时限为 {body.outer_limit}" if body.outer_limit else ""
            message = (
                f"「{body.title}」标题写的是 {heading}{limit}，而「{step.title}」等 {len(outside)} 步定在 "
                f"{span(*bounds(step))}，在标题期间之外，日期互不一致；请写明以哪一个为准。"
            )
            yield Found(HEADING.finding(message, value=span(*bounds(step)), limit=heading), place=body.id.value)
        if late:
            latest = max(closes for step in late if (closes := bounds(step)[1]))
            message = (
                f"「{body.title}」总时限为 {body.outer_limit}，而「{late[0].title}」等 {len(late)} 步可以做到 {latest}；"
                f"请提前，或写明哪些步骤不受总时限约束。"
            )
            yield Found(
                OUTER_LIMIT.finding(message, value=latest.isoformat(), limit=str(body.outer_limit)), place=body.id.value
            )


def _outside(step: Step, body: Body) -> bool:
    opens, closes = bounds(step)
    if body.heading is None:
        return False
    early = body.heading.from_ and any(day < body.heading.from_ for day in (opens, closes) if day)
    late = body.heading.to and any(day > body.heading.to for day in (opens, closes) if day)
    return bool(early or late)


def scheduled(context: Context) -> Iterator[Found]:
    """T4: every step the plan names says when it happens."""
    for step in context.steps:
        if step.window == MISSING:
            message = f"方案提到「{step.title}」（{step.number}），却没有安排时间；请补定期间。"
            yield Found(SCHEDULED.finding(message, value="missing", limit="写明期间", step=step.id), curable=True)


def distances(context: Context) -> Iterator[Found]:
    """R4, P6, R6 and every other distance: following the plan's own limits must not break them."""
    try:
        for step in context.steps:
            for gap in step.gaps:
                yield from _too_close(context, step, gap)
                yield from _too_late(context, step, gap)
            yield from _posting_runs_on(context, step)
    except CalendarUnknown:
        return  # C1 is reported by `feasible`


def _too_close(context: Context, step: Step, gap: Gap) -> Iterator[Found]:
    """The earlier step on its last permitted day leaves no room before the later step's first permitted day."""
    earlier = context.pack.step(gap.after)
    last, opens = bounds(earlier)[1], bounds(step)[0]
    rule = BOOK.get(gap.rule, FEASIBLE)
    if gap.at_least is None or last is None or opens is None:
        return
    end = last
    if (posted := posting(context.calendar, earlier)) is not None:
        end = date.fromordinal(posted.ahead(last.toordinal()))
    plain = gap.model_copy(update={"clear": gap.clear is True})
    clear = gap.model_copy(update={"clear": True})
    first = date.fromordinal(distance(context.calendar, plain).ahead(end.toordinal()))
    first_clear = date.fromordinal(distance(context.calendar, clear).ahead(end.toordinal()))
    undecided = gap.clear == MISSING
    if first <= opens and not (undecided and first_clear > opens):
        return
    if _room_for_all(last, opens, first_clear if undecided else first, bounds(step)[1]) and not _impossible(
        context, step, opens
    ):
        return
    needed = date.fromordinal(distance(context.calendar, plain).latest(opens.toordinal()))
    needed_clear = date.fromordinal(distance(context.calendar, clear).latest(opens.toordinal()))
    days = f"{gap.at_least} {gap.unit.label}"
    by_clear = f"（按 {gap.at_least} 个整天计算为 {first_clear}）" if undecided else ""
    back = f"（按整天计算 {needed_clear}）" if undecided else ""
    message = (
        f"「{earlier.title}」可以到 {last}，「{step.title}」自 {opens} 起，两者须相隔 {days}：{last} 办理前者的，"
        f"后者最早 {first}{by_clear}；要在 {opens} 办理后者，前者最迟 {needed}{back}。"
    )
    severe = first > opens
    yield Found(
        rule.finding(
            message + f"原文：“{gap.text}”",
            value=opens.isoformat(),
            limit=(first if first > opens else first_clear).isoformat(),
            remedy=f"推后「{step.title}」到 {first_clear if undecided else first}，或提前「{earlier.title}」到 {needed}",
            severity=Severity.ERROR if severe else Severity.WARNING,
            step=step.id,
        ),
        curable=True,
    )


def _room_for_all(last: date, opens: date, first: date, closes: date | None) -> bool:
    """True for windows that overlap on purpose: whenever the earlier step is done, a permitted day is left for the later."""
    return last >= opens and (closes is None or first <= closes)


def _impossible(context: Context, step: Step, opens: date) -> bool:
    earliest = context.timetable.slot(step.id).earliest
    return earliest is not None and earliest > opens


def _too_late(context: Context, step: Step, gap: Gap) -> Iterator[Found]:
    """One last day for all, which is within the limit only for those who began last."""
    begins, closes = bounds(context.pack.step(gap.after))[0], bounds(step)[1]
    if gap.at_most is None or begins is None or closes is None:
        return
    limit = date.fromordinal(shift(context.calendar, gap.at_most, gap.unit).ahead(begins.toordinal()))
    if closes <= limit:
        return
    earlier = context.pack.step(gap.after)
    message = (
        f"「{step.title}」一律可以到 {closes}，但须在「{earlier.title}」之后 {gap.at_most} {gap.unit.label}内："
        f"{begins} 办理前者的，最迟 {limit}；请按各单位自己的日期起算。"
    )
    rule = BOOK.get(gap.rule, FEASIBLE)
    yield Found(
        rule.finding(
            message, value=closes.isoformat(), limit=limit.isoformat(), severity=Severity.WARNING, step=step.id
        )
    )


def _posting_runs_on(context: Context, step: Step) -> Iterator[Found]:
    """A posting put up on its last permitted day is not over when the next dated step may begin."""
    posted = posting(context.calendar, step)
    last = bounds(step)[1]
    if posted is None or last is None:
        return
    rule = BOOK.get(step.rules[0], FEASIBLE) if step.rules else FEASIBLE
    end = date.fromordinal(posted.ahead(last.toordinal()))
    for later in _next_dated(context, step):
        opens, closes = bounds(later)
        if opens is None or end < opens or _room_for_all(last, opens, end + timedelta(days=1), closes):
            continue
        needed = date.fromordinal(posted.latest(opens.toordinal() - 1))
        message = (
            f"「{step.title}」须满 {step.publicity_days} {step.publicity_unit.label}，可以迟至 {last} 张榜，公示就到 {end} 才满，"
            f"而「{later.title}」自 {opens} 起；要在 {opens} 召开，最迟 {needed} 张榜；{last} 张榜的，最早 "
            f"{end + timedelta(days=1)}。"
        )
        yield Found(
            rule.finding(
                message,
                value=last.isoformat(),
                limit=needed.isoformat(),
                remedy=f"张榜提前到 {needed}，或把「{later.title}」推后到 {end + timedelta(days=1)}",
                step=step.id,
            ),
            curable=True,
        )
        return


def _next_dated(context: Context, step: Step) -> list[Step]:
    """The nearest followers whose windows have a first day; undated steps in between are looked through."""
    found: list[Step] = []
    waiting, seen = list(context.followers[step.id]), set[str]()
    while waiting:
        own = waiting.pop(0)
        if own in seen:
            continue
        seen.add(own)
        later = context.pack.step(own)
        if bounds(later)[0] is not None:
            found.append(later)
        else:
            waiting += context.followers[own]
    return found


def publicity_days(context: Context) -> Iterator[Found]:
    """P6: the posting before the Party's meeting is at least five working days."""
    for step in context.steps:
        n = step.publicity_days
        if P6.id not in step.rules or step.act is not Act.PUBLICITY or not isinstance(n, int):
            continue
        if n < PUBLICITY_DAYS or step.publicity_unit is not DayUnit.WORKING:
            said = f"{n} {step.publicity_unit.label}"
            message = f"「{step.title}」公示 {said}，应不少于 {PUBLICITY_DAYS} 个工作日。"
            limit = f"{PUBLICITY_DAYS} 个工作日"
            yield Found(P6.finding(message, value=said, limit=limit, step=step.id), topic="days", curable=True)


def voters_list(context: Context) -> Iterator[Found]:
    """V6: where every voter votes, the list must fit twenty days before the poll (the 2025 law: R25-17)."""
    body = context.body(BodyId.RESIDENTS)
    dated = poll_window(body) if body else None
    if context.law is not Law.OF_2018 or body is None or dated is None:
        return
    poll, opens, closes = dated
    direct = poll.ballot is not None and poll.ballot.mode is PollMode.VOTERS
    listing = sorted(
        (s for s in body.steps if V6.id in s.rules or s.condition is Condition.EVERY_VOTER or lists_voters(s)),
        key=lambda s: not lists_voters(s),
    )
    if not direct and not listing:
        return
    step = listing[0] if listing else poll
    if (days := days_before_poll(context, step, opens)) is not None:
        if days < VOTERS_LIST_DAYS:
            message = f"「{step.title}」可以迟至选举日前 {days} 日，选民名单须在选举日 {VOTERS_LIST_DAYS} 日前公布；请提前公布或推后选举日。"
            yield Found(V6.finding(message, value=days, limit=VOTERS_LIST_DAYS, step=step.id))
        return
    begins = (bounds(step)[1] or bounds(step)[0]) if listing else None
    begins = begins or context.opening(body)
    if begins is None or begins + timedelta(days=VOTERS_LIST_DAYS) <= opens:
        return
    low, high = (opens - begins).days, (closes - begins).days
    unplanned = "，而方案只提到选民登记，没有安排时间" if listing and step.window == MISSING else ""
    message = (
        f"采用全体选民投票的，选民名单须在选举日 {VOTERS_LIST_DAYS} 日前公布：自 {begins} 到投票期间 {span(opens, closes)} 只有 "
        f"{low} 至 {high} 日，放不下{unplanned}；{begins} 公布的，选举日最早 {begins + timedelta(days=VOTERS_LIST_DAYS)}。"
    )
    severity = Severity.ERROR if direct else Severity.WARNING
    finding = V6.finding(message, value=f"{low}–{high}", limit=VOTERS_LIST_DAYS, severity=severity, step=step.id)
    yield Found(finding)


def lists_voters(step: Step) -> bool:
    """True for the posting of the list of voters, told from its title: 选民名单, 登记的村民名单, never a list of candidates."""
    named = "名单" in step.title and any(word in step.title for word in ("选民", "村民", "登记"))
    return step.act is Act.PUBLICITY and named and "候选人" not in step.title


def days_before_poll(context: Context, step: Step, opens: date) -> int | None:
    """How many days before a poll on `opens` a step counted from the poll day may be done at the latest; None for other windows."""
    window = step.window
    if not isinstance(window, RelativeToPoll) or window.poll_to is None:
        return None
    try:
        last = shift(context.calendar, window.poll_to, window.unit).ahead(opens.toordinal())
    except CalendarUnknown:
        return None  # C1 is reported by `feasible`
    return opens.toordinal() - last


def review_capacity(context: Context) -> Iterator[Found]:
    """T6: between nomination and list there is at least one working day for each level of review."""
    for step in context.steps:
        if step.act is not Act.NOMINATION:
            continue
        levels = _review_levels(context, step)
        own = {one.id for one in (step, *levels)}
        ahead = own.union(*(context.followers[one] for one in own))
        gates = [g for g in context.pack.extra_gates if g.before in ahead or g.after in own]
        needed = len(levels) + len(gates)
        days = [day for one in (step, *levels) for day in bounds(one) if day]
        if needed == 0 or not days:
            continue
        opens, closes = min(days), max(days)
        try:
            worked = context.calendar.working_days_between(opens, closes)
            own_end = bounds(step)[1]
            after = context.calendar.working_days_between(own_end, closes) if step.occupies and own_end else worked
        except CalendarUnknown:
            continue  # C1 is reported by `feasible`
        names = "、".join([*(one.title for one in levels), *(gate.title for gate in gates)])
        if worked < needed:
            message = (
                f"「{step.title}」到审查完毕定在 {span(opens, closes)}，其中工作日只有 {worked} 个，却要经过 {needed} 级审查"
                f"（{names}）；请延长期间，或写明各级审查在哪一天办理。"
            )
            yield Found(CAPACITY.finding(message, value=worked, limit=needed, step=step.id))
        elif after < needed:
            message = (
                f"「{step.title}」开放到 {own_end}，截止后到 {closes} 只剩 {after} 个工作日，最后提名的人仍要经过 {needed} 级审查"
                f"（{names}）；请提前截止提名。"
            )
            yield Found(
                CAPACITY.finding(message, value=after, limit=needed, severity=Severity.WARNING, step=step.id),
                topic="last_day",
                curable=True,
            )


def _review_levels(context: Context, nomination: Step) -> list[Step]:
    levels: list[Step] = []
    waiting = list(context.followers[nomination.id])
    while waiting:
        step = context.pack.step(waiting.pop(0))
        if step.act is Act.REVIEW and step not in levels:
            levels.append(step)
            waiting += context.followers[step.id]
    return levels


def body_order(context: Context) -> Iterator[Found]:
    """T7: Party organization, then residents' committee, then supervisory committee."""
    graph: nx.DiGraph[object] = nx.DiGraph((other, step.id) for step in context.steps for other in step.after)
    graph.add_nodes_from(step.id for step in context.steps)
    order = [body for one in (BodyId.PARTY, BodyId.RESIDENTS, BodyId.SUPERVISORY) if (body := context.body(one))]
    for former, latter in pairwise(order):
        polls = {step.id for step in former.steps if step.act is Act.POLL}
        own = {step.id for step in latter.steps}
        for step in latter.steps:
            if own & set(step.after):
                continue
            if polls and not polls & nx.ancestors(graph, step.id):
                message = (
                    f"「{latter.title}」的「{step.title}」没有写明在「{former.title}」选出之后；"
                    f"请在该步骤的 after 里写明前一组织的步骤。"
                )
                limit = former.title
                yield Found(BODY_ORDER.finding(message, value=step.title, limit=limit, step=step.id))


CHECKS = (
    feasible,
    headings,
    scheduled,
    distances,
    publicity_days,
    voters_list,
    review_capacity,
    body_order,
)
