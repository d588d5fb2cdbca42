"""W1–W7: the women's federation of a village or community re-elects itself, in the words of the source's third part.

That part is a report on how it was done, not a plan: it names the ways and leaves the numbers out. What it does not say is
asked of the county (lint), and where a poll cannot be counted without it the village's rules stand in by analogy, saying so.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from policies.finding import Finding, Severity
from policies.pack.schema import NominationRoute, Seats
from policies.people import Sex
from policies.rule import Confidence, Rule, declare
from policies.rules.polls import V14, V17, V19

LEAST_SEATS = 2
"""A chair and one member: the report names both, and gives no number."""
PART_THREE = "来源文件篇三（某市村（社区）妇联组织换届工作情况综述）"
BY_ANALOGY = "（篇三只写“直选”，对此未作规定，参照村委会选举规则）"

W1 = declare(
    Rule(
        id="W1",
        title="妇联组织的组成",
        text="村（社区）妇代会（妇联）由主任（主席）和委员组成，由选举产生；职数和主任怎样产生，原文没有写。",
        on_failure="按方案写明的职数重新提出",
        source=f"{PART_THREE}一：“共选出妇代会主任(社区妇联主席)1431名,选出村妇代会(社区妇联)委员7130名”",
        confidence=Confidence.PLAN,
        enforced=("lint", "prep.plan", "checker"),
    )
)
W2 = declare(
    Rule(
        id="W2",
        title="候选人产生的三种方式",
        text="候选人由个人自荐、村党组织推荐或者十名群众举荐产生。",
        on_failure="举荐不足的不予受理，补足后再提出",
        source=f"{PART_THREE}二（三）：“采取“个人自荐”、“村党组织推荐”和“十名群众举荐”的方式产生候选人”",
        confidence=Confidence.PLAN,
        enforced=("lint", "women.nomination", "checker"),
    )
)
W3 = declare(
    Rule(
        id="W3",
        title="先行试点",
        text="县、乡普遍实施试点推进：试点单位先换届，召开试点现场会验收，其他单位随后启动。",
        on_failure="试点单位全部验收之后，其他单位方可启动",
        source=f"{PART_THREE}二：“普遍实施试点推进”“先行试点”“精心组织试点”“各地均召开换届试点现场会”",
        confidence=Confidence.PLAN,
        enforced=("lint", "district", "women.pilot_acceptance", "checker"),
    )
)
W4 = declare(
    Rule(
        id="W4",
        title="信息快报",
        text="建立信息快报制度：选举结果及时以快报上报；期限原文没有写。",
        on_failure="立即补报，并说明原因",
        source=f"{PART_THREE}二（一）：“建立信息快报制度,统筹指导换届工作有序开展”",
        confidence=Confidence.PLAN,
        enforced=("lint", "women.express"),
    )
)
W5 = declare(
    Rule(
        id="W5",
        title="妇联组织直选",
        text="妇代会（妇联）班子由直选产生；由谁投票、多少人投票有效、得多少票当选，原文没有写，参照村委会选举："
        "过半数参加投票有效，得参加投票人员过半数当选，另行选举不少于已投选票总数的三分之一。",
        on_failure="未达人数的选举无效，重新投票；未达票数的不得当选",
        source=f"{PART_THREE}二（三）：“公推直选方式产生妇代会班子”，三：“仍有少数村(居)未普遍实施妇代会换届直选工作”",
        confidence=Confidence.PLAN,
        enforced=("lint", "count", "women.poll", "checker"),
    )
)
W6 = declare(
    Rule(
        id="W6",
        title="候选人素质能力关",
        text="严格把好候选人素质能力关，从女大学生村官、农村女党员、女致富能手、返乡女大中专毕业生等妇女骨干中选配。",
        on_failure="不列为候选人",
        source=f"{PART_THREE}二（三）：“严格把好候选人素质能力关”“注重从女大学生村官、农村女党员、女致富能手、返乡女大中专毕业生等"
        "妇女骨干中选配妇代会委员”",
        confidence=Confidence.PLAN,
        enforced=("women.review", "checker"),
    )
)

W7 = declare(
    Rule(
        id="W7",
        title="候选人名单公开",
        text="坚持民主公开、竞争择优：候选人名单公开之后方可投票；公开几天，原文没有写。",
        on_failure="公开满规定天数之后再投票",
        source=f"{PART_THREE}二（三）：“各县(区)坚持民主公开、竞争择优的基本方向”",
        confidence=Confidence.PLAN,
        enforced=("women.list", "checker"),
    )
)

QUORUM_SOURCE = V14.source + BY_ANALOGY
MAJORITY_SOURCE = V17.source + BY_ANALOGY
FURTHER_SOURCE = V19.source + BY_ANALOGY


def seats_allowed(seats: int, plan: Seats | None = None, *, step: str | None = None) -> list[Finding]:
    """W1: a chair and a member at least, and within what the plan gives where it gives a number."""
    low = plan.min if plan is not None and isinstance(plan.min, int) else LEAST_SEATS
    high = plan.max if plan is not None and isinstance(plan.max, int) else None
    low = max(low, LEAST_SEATS)
    if low <= seats and (high is None or seats <= high):
        return []
    limit = f"不少于 {low}" if high is None else f"{low}" if low == high else f"{low} 至 {high}"
    return [
        W1.finding(
            f"妇代会（妇联）职数 {seats} 名（含主任一名），应为{limit} 名；请重新提出（W1）。",
            value=seats,
            limit=limit,
            step=step,
        )
    ]


class Elected(NamedTuple):
    """Somebody elected (id): whether put forward for the chair, and the votes of the last poll she stood in."""

    person: str
    for_chair: bool
    votes: int | None


def chair_of(elected: Sequence[Elected]) -> str | None:
    """W1: who becomes chair, by the pack's own decision, as the source is silent: who was put forward for it and is elected.

    Should nobody be, the one with the most votes; of equals, the first on the list. None when nobody was elected.
    """
    named = [one for one in elected if one.for_chair] or list(elected)
    return max(named, key=lambda one: one.votes or 0).person if named else None


def nomination_backed(
    route: NominationRoute, supporters: int, *, nominee: str, step: str | None = None
) -> list[Finding]:
    """W2: as many supporters as the route demands (ten for a nomination by the people); a missing number demands one."""
    needed = route.at_least if isinstance(route.at_least, int) else 1
    if supporters >= needed:
        return []
    return [
        W2.finding(
            f"{nominee} 由 {supporters} 人举荐（{route.text}），不足 {needed} 人；请补足举荐人，否则不予受理（W2）。",
            value=supporters,
            limit=needed,
            step=step,
        )
    ]


def women_only(name: str, sex: Sex, *, step: str | None = None) -> list[Finding]:
    """W6: those chosen are women (妇女骨干)."""
    if sex is Sex.FEMALE:
        return []
    return [
        W6.finding(f"{name} 不是妇女，不得列为妇代会（妇联）人选（W6）。", value=sex.label, limit="妇女", step=step)
    ]


def others_may_begin(pilots: int, accepted: int) -> list[Finding]:
    """W3: there are pilot units, and every one of them is accepted, before any other unit begins."""
    if not pilots:
        return [W3.finding("方案要求先行试点，却没有指定试点单位；请先指定试点（W3）。", value=0, limit=1)]
    if accepted >= pilots:
        return []
    return [
        W3.finding(
            f"试点单位 {pilots} 个，验收 {accepted} 个，还有 {pilots - accepted} 个没有验收，其他单位不得启动（W3）。",
            value=accepted,
            limit=pilots,
        )
    ]


def express_due(poll_day: date, within: int | None) -> date | None:
    """W4: the last day of the express report; None where the plan sets no number of days (calendar days, poll day not counted)."""
    return None if within is None else poll_day + timedelta(days=within)


def plan_silent() -> Finding:
    """W5: the source gives no figures for the poll; what is applied instead."""
    return W5.finding(
        "原文只写妇联组织“直选”，没有写投票人数、当选票数、票数相等和另行选举，参照村委会选举规则核计。",
        severity=Severity.INFO,
        remedy="请在换届办法中写明投票规则，并报县（区）妇联确认。",
        source=W5.source + BY_ANALOGY,
    )
