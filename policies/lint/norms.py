"""The plan held against the law it names in layers: what gave way to the floor, and where its steps fall short of what binds."""

from collections.abc import Iterator
from datetime import date, timedelta

from policies.finding import Finding, Severity
from policies.law.compose import gave_way
from policies.law.norms import RovingBox
from policies.law.terms import TERMS, shown
from policies.lint.context import Context, Found, poll_window
from policies.lint.dates import days_before_poll
from policies.pack.schema import Act, BodyId, Step
from policies.rules.layers import FLOOR
from policies.timetable.windows import bounds

POSTINGS = ("candidate_list_days", "venue_days", "proxy_published_days")
"""Norms of what is posted so many days before the poll; the voters' list has a check of its own (V6, R25-17, V25-17)."""


def floor(context: Context) -> Iterator[Found]:
    """L1: an older provincial rule below the floor; the floor stands."""
    for below in context.pack.composition.gave_way:
        finding = gave_way(below, context.pack.governed, context.pack.law.value)
        yield Found(finding.model_copy(update={"remedy": f"{finding.remedy}（{FLOOR.id}）"}), topic=below.lower.norm)


def asks(context: Context, norm: str) -> str:
    """Which clause gives the norm."""
    stated = context.pack.composition.binding.get(norm)
    return stated.source if stated else "方案自定"


def postings(context: Context) -> Iterator[Found]:
    """V9, V11, V13: lists, venue, staff and proxies are posted in time for the first poll day."""
    body = context.body(BodyId.RESIDENTS)
    dated = poll_window(body) if body else None
    if body is None or dated is None:
        return
    _, opens, _ = dated
    for norm in POSTINGS:
        days: int | None = getattr(context.pack.norms, norm)
        if days is None:
            continue
        for step in body.steps:
            left = _days_left(context, step, opens) if posts(step) == norm else None
            if left is not None and left < days:
                last = opens - timedelta(days=days)
                message = f"「{step.title}」可以迟至选举日前 {left} 日，须在选举日 {days} 日前公布；选举日为 {opens} 的，最迟 {last}。"
                yield Found(_finding(context, norm, message, left, days, step.id), topic=norm, curable=True)


def _days_left(context: Context, step: Step, opens: date) -> int | None:
    relative = days_before_poll(context, step, opens)
    closes = bounds(step)[1]
    return relative if relative is not None else (opens - closes).days if closes else None


def posts(step: Step) -> str | None:
    """Which norm a step's posting answers to, told from its act and title; None where it posts nothing of the kind."""
    if step.act is Act.PUBLICITY and "候选人" in step.title and "初步" not in step.title and "见面" not in step.title:
        return "candidate_list_days"
    if step.act is Act.PROXIES or ("委托" in step.title and "公" in step.title):
        return "proxy_published_days"
    if step.act in (Act.STATIONS, Act.STAFF) or ("投票时间" in step.title) or ("工作人员" in step.title):
        return "venue_days"
    return None


def sizes(context: Context) -> Iterator[Found]:
    """V1, R1, V2, R2: seats and the election committee's size lie within what binds."""
    body = context.body(BodyId.RESIDENTS)
    if body is None:
        return
    for low, high, stated, topic in (
        ("members_min", "members_max", body.seats, "seats"),
        ("committee_min", "committee_max", body.committee, "committee"),
    ):
        numbers = [] if stated is None else [n for n in (stated.min, stated.max) if isinstance(n, int)]
        for norm, wrong in (
            (low, [n for n in numbers if _limit(context, low) is not None and n < (_limit(context, low) or 0)]),
            (high, [n for n in numbers if _limit(context, high) is not None and n > (_limit(context, high) or n)]),
        ):
            if wrong:
                limit = _limit(context, norm)
                message = f"{TERMS[norm].label} {limit} 人，方案写的是 {wrong[0]} 人；请更正。"
                yield Found(
                    _finding(context, norm, message, wrong[0], limit, None),
                    topic=f"{topic}.{norm}",
                    place=body.id.value,
                )


def _limit(context: Context, norm: str) -> int | None:
    limit: int | None = getattr(context.pack.norms, norm)
    return limit


def after_the_poll(context: Context) -> Iterator[Found]:
    """V19, V23, R6: the further vote and the handover keep within their days."""
    body = context.body(BodyId.RESIDENTS)
    if body is None:
        return
    polls = [step for step in body.steps if step.act is Act.POLL]
    for norm, steps in (
        ("further_vote_days", polls[1:]),
        ("handover_days", [step for step in body.steps if step.act is Act.HANDOVER]),
    ):
        limit = _limit(context, norm)
        for step in steps:
            within = [gap.at_most for gap in step.gaps if gap.at_most is not None and gap.after == polls[0].id]
            if limit is not None and within and min(within) > limit:
                message = f"「{step.title}」可以迟至投票后 {min(within)} 日，应在 {limit} 日内；请更正。"
                yield Found(_finding(context, norm, message, min(within), limit, step.id), topic=norm, curable=True)


def boxes(context: Context) -> Iterator[Found]:
    """V12: no roving box where the province has none."""
    body = context.body(BodyId.RESIDENTS)
    if body is None or context.pack.norms.roving_box is not RovingBox.NONE:
        return
    for step in body.steps:
        if step.ballot is not None and step.ballot.roving_boxes_allowed is True:
            message = (
                f"「{step.title}」允许流动票箱，本地规定{shown(TERMS['roving_box'], RovingBox.NONE)}；请改为不允许。"
            )
            yield Found(
                _finding(context, "roving_box", message, "允许", "不允许", step.id), topic="roving_box", curable=True
            )


def _finding(
    context: Context, norm: str, message: str, value: int | str | None, limit: int | str | None, step: str | None
) -> Finding:
    term = TERMS[norm]
    return Finding(
        rule=term.rule(context.pack.governed, context.pack.law.value),
        severity=Severity.ERROR,
        message=message,
        value=value,
        limit=limit,
        remedy=f"按{term.label}的规定更正",
        source=asks(context, norm),
        step=step,
    )


CHECKS = (floor, postings, sizes, after_the_poll, boxes)
