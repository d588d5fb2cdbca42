"""Checks of a women's federation's plan: who votes, how the chair is found, the ways to nominate, pilots, express reports."""

from collections.abc import Iterator

from policies.finding import Severity
from policies.lint.context import Context, Found, first_act
from policies.pack.schema import MISSING, Act, Body, BodyId, Condition
from policies.rules.women import W1, W2, W3, W4, W5
from policies.timetable.windows import poll_of

CHAIR_FOUND = ("主任由", "主席由", "选举主任", "选举主席")
JOINT = 10


def _federation(context: Context) -> Body | None:
    return context.body(BodyId.WOMEN)


def chair(context: Context) -> Iterator[Found]:
    """W1: the plan says how the chair is found among those elected, or beside them."""
    body = _federation(context)
    if body is None or any(words in step.text for step in body.steps for words in CHAIR_FOUND):
        return
    message = "方案写了选出主任（主席）和委员，却没有写主任是另行选举，还是从当选的委员中产生；请补定。"
    yield Found(W1.finding(message, value="missing", limit="写明主任怎样产生"), topic="chair", place=body.id.value)


def routes(context: Context) -> Iterator[Found]:
    """W2: the nomination names its ways; where the people nominate jointly, ten of them."""
    body = _federation(context)
    step = first_act(body, Act.NOMINATION) if body else None
    if step is None:
        return
    if not step.routes:
        message = f"「{step.title}」没有写候选人怎样提出；来源文件写的是个人自荐、村党组织推荐、十名群众举荐。"
        yield Found(W2.finding(message, value="missing", limit="写明提名方式", step=step.id), topic="routes")
    for route in step.routes:
        if route.by == "residents" and isinstance(route.at_least, int) and route.at_least < JOINT:
            message = f"「{step.title}」由群众 {route.at_least} 人举荐即可，来源文件写的是十名群众举荐；请写明理由。"
            finding = W2.finding(
                message, value=route.at_least, limit=JOINT, severity=Severity.WARNING, step=step.id, source=W2.source
            )
            yield Found(finding, topic="joint")


def pilots(context: Context) -> Iterator[Found]:
    """W3: a plan that begins with pilots says how they are accepted, at a step that pilot units alone have."""
    body, pilot = _federation(context), context.pack.pilot
    if body is None:
        return
    if pilot is None:
        message = "方案没有安排先行试点；来源文件的做法是县、乡普遍实施试点推进。"
        finding = W3.finding(message, value="missing", limit="先行试点", severity=Severity.WARNING)
        yield Found(finding, topic="none", place=body.id.value)
        return
    step = context.pack.step(pilot.accepted_at)
    if step.condition is not Condition.PILOT_UNIT or step.act is not Act.APPROVAL:
        message = f"试点在「{step.title}」验收，但这一步不是只对试点单位的审批（act: approval，condition: pilot_unit）；请更正。"
        yield Found(W3.finding(message, value=step.condition.value, limit="pilot_unit", step=step.id), topic="step")
    elif "验收" not in step.text:
        message = f"方案写了先行试点和「{step.title}」，却没有写试点由谁验收、验收不合格怎样办；请补定。"
        yield Found(W3.finding(message, value="missing", limit="写明怎样验收", step=step.id), topic="acceptance")


def express(context: Context) -> Iterator[Found]:
    """W4: express reports have a last day."""
    body, reports = _federation(context), context.pack.express
    if body is None:
        return
    if reports is None:
        message = "方案没有写信息快报；来源文件的做法是建立信息快报制度。"
        finding = W4.finding(message, value="missing", limit="信息快报", severity=Severity.WARNING)
        yield Found(finding, topic="none", place=body.id.value)
    elif reports.within_days == MISSING:
        message = "方案写了信息快报，却没有写投票之后几日内报；没有期限，逾期无从标记，请补定。"
        finding = W4.finding(message, value="missing", limit="写明几日", severity=Severity.WARNING, step=reports.step)
        yield Found(finding, topic="deadline")


def electors(context: Context) -> Iterator[Found]:
    """W5: 「直选」 alone does not say who votes; a stated quorum, with its denominator, does."""
    body = _federation(context)
    poll = poll_of(body) if body else None
    if poll is None or poll.ballot is None or poll.ballot.quorum != MISSING:
        return
    message = f"「{poll.title}」只写“直选”，没有写哪些人有选举权（全体成年妇女，还是妇女代表），投票人数的分母无从确定；请补定。"
    yield Found(W5.finding(message, value="missing", limit="写明谁投票", step=poll.id), topic="electors", curable=True)


CHECKS = (chair, routes, pilots, express, electors)
