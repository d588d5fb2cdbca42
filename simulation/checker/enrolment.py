"""A village's roll, list of voters and objections, recomputed: who may stand on it, how long it is up, how it was corrected."""

from typing import Any

from simulation.checker.days import between, years_before
from simulation.checker.plan import DECISION_DAYS, OBJECTION_DAYS, OUTSIDER_MONTHS, VOTING_AGE
from simulation.checker.report import Invariant
from simulation.checker.state import Context, Gate, Json

_KIND = {"outsider": "outsiders", "away": "away", "resident": "residents"}


def registered(ctx: Context, gate: Gate, form: Json) -> None:
    """V4, V5: every entry that needed a look may vote here and nowhere else; no more entries of a kind than are counted."""
    direct = ctx.unit.direct
    direct.registered = form["residents"] + form["away"] + form["outsiders"]
    direct.households = form.get("households") or 0
    counts: dict[str, int] = {}
    for entry in form.get("entries") or ():
        counts[entry["kind"]] = counts.get(entry["kind"], 0) + 1
        for wrong in _unfit(direct.poll_day, entry):
            ctx.flag(
                Invariant.BALLOTS, "V5" if "周岁" in wrong else "V4", f"{entry['person']}{wrong}，仍登记", gate.key
            )
        where = ctx.district.enrolled.setdefault(entry["person"], ctx.unit.id)
        if where != ctx.unit.id or entry.get("elsewhere"):
            places = "、".join([where, *(entry.get("elsewhere") or ())])
            ctx.flag(Invariant.BALLOTS, "V4", f"{entry['person']}同时登记在{places}", gate.key)
    for kind, many in counts.items():
        if (key := _KIND.get(kind)) is not None and many > form[key]:
            ctx.flag(Invariant.BALLOTS, "V4", f"{key}登记{form[key]}人，列出{many}人", gate.key)


def _unfit(poll_day: str, entry: Json) -> list[str]:
    wrong = []
    born = entry.get("born")
    if born and poll_day and born > years_before(poll_day, VOTING_AGE):
        wrong.append(f"（{born}出生）投票日不满{VOTING_AGE}周岁")
    if entry.get("died"):
        wrong.append("已经死亡")
    if entry.get("deprived") or entry.get("incapable"):
        wrong.append("没有选举权或者不能行使选举权")
    if entry["kind"] == "away" and not entry.get("asked"):
        wrong.append("不在本村居住，没有表示参加选举")
    if entry["kind"] == "outsider":
        months = max(entry.get("months_lived") or 0, entry.get("months_worked") or 0)
        if not entry.get("asked") or not entry.get("agreed") or months < OUTSIDER_MONTHS:
            wrong.append(f"户籍不在本村（满{months}个月），未申请、未经会议同意或者不满一年")
    return wrong


def voters_posted(ctx: Context, gate: Gate, form: Json) -> None:
    """V6: as many names on the list as are registered; how long before the poll is asked when the poll is held."""
    direct = ctx.unit.direct
    direct.posted_on = form["posted_on"]
    direct.voters = form.get("voters")
    if direct.voters != direct.registered:
        message = f"登记{direct.registered}人，名单公布{direct.voters}人"
        ctx.flag(Invariant.BALLOTS, "denominator", message, gate.key)


def received(ctx: Context, fact: Json) -> None:
    """V7: an objection is raised within five days of publication, and its last day is three days on."""
    direct, number = ctx.unit.direct, fact["objection"]
    key = f"objection:{number}"
    if not direct.posted_on or between(direct.posted_on, ctx.day) > OBJECTION_DAYS:
        ctx.flag(
            Invariant.DAYS,
            "V7",
            f"名单{direct.posted_on or '尚未'}公布，{ctx.day}受理异议，已过{OBJECTION_DAYS}日",
            key,
        )
    if between(ctx.day, fact["last_day"]) > DECISION_DAYS:
        ctx.flag(Invariant.DAYS, "V7", f"{ctx.day}收到异议，期限定到{fact['last_day']}，超过{DECISION_DAYS}日", key)
    direct.objections[number] = ctx.day


def answered(ctx: Context, gate: Gate, form: Json) -> None:
    """V7: decided within three days of receipt or flagged; published no earlier than decided, and not in the future."""
    number = gate.key.partition(":")[2]
    since = ctx.unit.direct.objections.get(number)
    if since is None:
        ctx.flag(Invariant.GATES, "V7", "没有受理记录的异议被答复", gate.key)
    elif between(since, form["decided_on"]) > DECISION_DAYS and not gate.overdue:
        message = f"{since}收到异议，{form['decided_on']}才决定，超过{DECISION_DAYS}日，没有逾期标记"
        ctx.flag(Invariant.DEADLINES, "V7", message, gate.key)
    if not form["decided_on"] <= form["published_on"] <= ctx.day:
        message = f"异议{form['decided_on']}决定、{form['published_on']}公布，记录日{ctx.day}"
        ctx.flag(Invariant.DAYS, "date", message, gate.key)
    if not form["upheld"] and (form.get("added") or form.get("removed")):
        ctx.flag(Invariant.BALLOTS, "V7", "异议不成立，名单仍作了增减", gate.key)


def decided(ctx: Context, fact: Json) -> None:
    """What an objection changed of the list."""
    direct = ctx.unit.direct
    if direct.objections.pop(fact["objection"], None) is None:
        ctx.flag(Invariant.GATES, "V7", "没有受理记录的异议已经办结", f"objection:{fact['objection']}")
    direct.added += len(fact["added"])
    direct.removed += len(fact["removed"])


def corrected(ctx: Context, gate: Gate, form: Json) -> None:
    """The corrected list: every objection answered, the figure published plus and minus what they changed."""
    direct = ctx.unit.direct
    for number in direct.objections:
        ctx.flag(Invariant.GATES, "V7", f"异议{number}尚未答复，名单已经更正公布", gate.key)
    due = (direct.voters or 0) + direct.added - direct.removed
    if (form["added"], form["removed"], form["voters"]) != (direct.added, direct.removed, due):
        stated = f"增{form['added']}减{form['removed']}为{form['voters']}人"
        actual = f"增{direct.added}减{direct.removed}为{due}人"
        ctx.flag(Invariant.BALLOTS, "denominator", f"更正后名单记为{stated}，实为{actual}", gate.key)
    if not direct.posted_on or between(direct.posted_on, form["published_on"]) < OBJECTION_DAYS:
        message = f"名单{direct.posted_on or '没有'}公布，异议期未满{OBJECTION_DAYS}日即更正"
        ctx.flag(Invariant.DAYS, "V7", message, gate.key)
    direct.roll = form["voters"]


def delegates(ctx: Context, gate: Gate, form: Json) -> None:
    """V26: of the villagers' delegates a third and more are women; one for every fifteen households at least."""
    total: Any = form["from_households"] + form["from_organizations"]
    women = form.get("women")
    if women is None or 3 * women < total:
        ctx.flag(Invariant.SEATS, "V26", f"村民代表{total}人，妇女{women}人，不足三分之一", gate.key)
    ctx.unit.delegates = total
