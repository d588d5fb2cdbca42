"""Postings: how long a paper stays up, counted again from the journal's own days."""

from simulation.checker.plan import PUBLICITY, PUBLICITY_DAYS, WOMEN_LIST
from simulation.checker.report import Invariant
from simulation.checker.state import Context, Json


def published(ctx: Context, fact: Json) -> None:
    """A posting's last whole day is no earlier than its days demand; P6 demands five working days of the slate."""
    key = fact["gate"]
    step = key.partition("#")[0]
    posted_on, last, days, unit = fact["posted_on"], fact["last_day"], fact["days"], fact["unit"]
    gate = ctx.body.gates.get(key)
    if gate is None:
        ctx.flag(Invariant.GATES, "order", f"公示{key}没有对应的关口", key)
    elif posted_on < gate.opens:
        ctx.flag(Invariant.DAYS, "P6", f"公示日{posted_on}早于关口打开日{gate.opens}", key)
    if posted_on > ctx.day:
        ctx.flag(Invariant.DAYS, "date", f"公示日{posted_on}晚于记录日{ctx.day}", key)
    if step not in _WATCHED:
        return
    rule = "W7" if step == WOMEN_LIST else "公示"
    if step == PUBLICITY:
        rule = "P6"
        if days < PUBLICITY_DAYS or unit != "working":
            ctx.flag(Invariant.DAYS, rule, f"公示{days}日（{unit}），应不少于{PUBLICITY_DAYS}个工作日", key)
            days, unit = max(days, PUBLICITY_DAYS), "working"
    due = ctx.district.days.last_whole_day(posted_on, days, unit)
    if last < due:
        ctx.flag(Invariant.DAYS, rule, f"{posted_on}公示{days}日，应到{due}，只到{last}", key)
    ctx.body.posted[step] = max(due, last)


_WATCHED = frozenset({"party.publicity", "party.inspection_publicity", WOMEN_LIST})
