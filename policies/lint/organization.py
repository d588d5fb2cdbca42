"""Checks of who stands where: seats, terms, the election committee and when somebody must leave it."""

from collections.abc import Iterator

from policies.finding import Severity
from policies.lint.context import Context, Found, first_act
from policies.pack.schema import MISSING, Act, Body, BodyId
from policies.rule import Rule
from policies.rules.party import P1, P4, TERM_YEARS
from policies.rules.polls import V1
from policies.rules.residents import R1, R2
from policies.rules.supervisory import S1

MOMENTS = {"nominated": "被提名", "confirmed": "被确定为候选人"}


def seats(context: Context) -> Iterator[Found]:
    """P4, R1, V1, S1: the plan's seats lie within the law's."""
    committee = (R1, 5, 9) if context.community else (V1, 3, 7)
    law: dict[BodyId, tuple[Rule, int, int]] = {
        BodyId.PARTY: (P4, 3, 7),
        BodyId.RESIDENTS: committee,
        BodyId.SUPERVISORY: (S1, 3, 5),
    }
    for body in context.pack.bodies:
        if body.seats is None or body.id not in law:
            continue
        rule, low, high = law[body.id]
        stated = [n for n in (body.seats.min, body.seats.max) if isinstance(n, int)]
        if any(not low <= n <= high for n in stated):
            value = "–".join(dict.fromkeys(str(n) for n in stated))
            message = f"「{body.title}」职数 {value} 名，应在 {low} 至 {high} 名之内；请更正。"
            yield Found(rule.finding(message, value=value, limit=f"{low}–{high}"), topic="seats", place=body.id.value)


def term(context: Context) -> Iterator[Found]:
    """P1: five years."""
    years = context.pack.term_years
    if isinstance(years, int) and years != TERM_YEARS:
        yield Found(P1.finding(f"方案写的任期是 {years} 年，应为 {TERM_YEARS} 年。", value=years, limit=TERM_YEARS))


def withdrawal(context: Context) -> Iterator[Found]:
    """R2: the chair, who is also a member, leaves the election committee at one moment only."""
    for body, place in _committees(context):
        committee = body.committee
        if committee is None:
            continue
        moments = {trigger.when for trigger in committee.withdrawal}
        if not committee.withdrawal:
            message = "方案没有写居民选举委员会成员成为候选人时怎样退出；请补定。"
            yield Found(R2.finding(message, value="missing", limit="写明退出时点", step=place), curable=True)
        elif len(moments) > 1:
            chair = [one for one in committee.withdrawal if one.who == "chair"] or list(committee.withdrawal)
            other = [one for one in committee.withdrawal if one.when != chair[0].when]
            message = (
                f"居民选举委员会主任何时退出前后不一：一句说{MOMENTS[chair[0].when]}后（“{chair[0].text}”），"
                f"另一句说{MOMENTS[other[0].when]}后（“{other[0].text}”）；请写明以哪一个为准。"
            )
            value, limit = MOMENTS[chair[0].when], MOMENTS[other[0].when]
            yield Found(R2.finding(message, value=value, limit=limit, step=place), curable=True)


def committee_size(context: Context) -> Iterator[Found]:
    """R2: five to nine, an odd number, vacancies filled in order of the original vote."""
    for body, place in _committees(context):
        committee = body.committee
        if committee is None:
            continue
        stated = [n for n in (committee.min, committee.max) if isinstance(n, int)]
        if context.community and any(not 5 <= n <= 9 for n in stated):
            value = "–".join(str(n) for n in stated)
            message = f"居民选举委员会 {value} 人，应为 5 至 9 人。"
            yield Found(R2.finding(message, value=value, limit="5–9", step=place), topic="size")
        if context.community and committee.odd is False:
            message = "居民选举委员会人数应为单数，方案没有这样要求。"
            severity = Severity.WARNING
            finding = R2.finding(message, value="不限", limit="单数", severity=severity, step=place)
            yield Found(finding, topic="odd", curable=True)
        if committee.replacement == MISSING:
            message = "方案没有写居民选举委员会缺额怎样递补；请补定。"
            finding = R2.finding(message, value="missing", limit="依次递补", severity=Severity.WARNING, step=place)
            yield Found(finding, topic="replacement", curable=True)


def _committees(context: Context) -> Iterator[tuple[Body, str | None]]:
    for body in context.pack.bodies:
        if body.committee is not None:
            step = first_act(body, Act.COMMITTEE)
            yield body, step.id if step else None


CHECKS = (seats, term, withdrawal, committee_size)
