"""Where and by whom voters registered vote, recomputed: stations, staff, proxies and roving boxes as published."""

from collections import Counter

from simulation.checker.days import ordinal
from simulation.checker.plan import BOX_MONITORS, PROXIES_EACH
from simulation.checker.report import Invariant
from simulation.checker.state import Context, Gate, Json


def poll_day_set(ctx: Context, fact: Json) -> None:
    """The day of the direct vote, or another after a postponement."""
    ctx.unit.direct.poll_day = fact["poll_day"]


def day_fixed(ctx: Context, gate: Gate, form: Json) -> None:
    """The day lies ahead: a list of voters must be up twenty days before it."""
    if ordinal(form["poll_day"]) - ordinal(form["decided_on"]) < 20:
        message = f"{form['decided_on']}才定投票日{form['poll_day']}，名单不可能提前20日公布"
        ctx.flag(Invariant.DAYS, "V6", message, gate.key)


def stations(ctx: Context, gate: Gate, form: Json) -> None:
    """V10: before the day it names, which is the poll day; every station has a place to write in secret."""
    direct = ctx.unit.direct
    if form["poll_day"] != direct.poll_day:
        ctx.flag(Invariant.DAYS, "V10", f"公布的投票日{form['poll_day']}，实为{direct.poll_day}", gate.key)
    if form["published_on"] >= direct.poll_day:
        ctx.flag(Invariant.DAYS, "V10", f"{form['published_on']}才公布投票地点，投票日{direct.poll_day}", gate.key)
    for station in form["stations"]:
        if station["secret_booths"] < 1:
            ctx.flag(Invariant.SECRECY, "V10", f"{station['id']}没有秘密写票处", gate.key)
    direct.stations = {station["id"] for station in form["stations"]}


def staff(ctx: Context, gate: Gate, form: Json) -> None:
    """V13: nobody who stands, and nobody whose spouse or lineal kin does; provinces bar more, none fewer."""
    unit, standing = ctx.unit, ctx.body.listed
    unit.kin.declare(form.get("kin") or ())
    unit.direct.staff = {one["person"] for one in form["staff"]}
    _apart(ctx, gate, unit.direct.staff, standing)


def _apart(ctx: Context, gate: Gate, people: set[str], standing: set[str]) -> None:
    for person in sorted(people):
        if person in standing:
            ctx.flag(Invariant.KINSHIP, "V13", f"候选人{person}担任选举工作人员", gate.key)
        elif kin := ctx.unit.kin.closest(person) & standing:
            message = f"{person}是候选人{'、'.join(sorted(kin))}的近亲属，担任选举工作人员"
            ctx.flag(Invariant.KINSHIP, "V13", message, gate.key)


def proxies(ctx: Context, gate: Gate, form: Json) -> None:
    """V11, R25-19: written, three at most for one holder, never a candidate, nobody twice, nobody who has himself given one away."""
    unit = ctx.unit
    unit.kin.declare(form.get("kin") or ())
    listed = form["proxies"]
    principals = Counter(proxy["principal"] for proxy in listed)
    holders = Counter(proxy["holder"] for proxy in listed)

    def flag(message: str) -> None:
        ctx.flag(Invariant.MAJORITY, "V11", message, gate.key)

    for holder, many in holders.items():
        if many > PROXIES_EACH:
            flag(f"{holder}接受{many}人委托，多于{PROXIES_EACH}人")
        if holder in ctx.body.listed:
            flag(f"候选人{holder}接受委托")
        if holder in principals:
            flag(f"{holder}既委托他人又接受委托")
    for principal, many in principals.items():
        if many > 1:
            flag(f"{principal}委托{many}次")
    for proxy in listed:
        if not proxy.get("written", True):
            flag(f"{proxy['principal']}没有书面委托")
        if not proxy["received_on"] <= form["published_on"]:
            flag(f"{proxy['principal']}的委托{proxy['received_on']}收到，{form['published_on']}已经公布")
        if proxy["relation"] == "near_relative" and proxy["holder"] not in unit.kin.near(proxy["principal"]):
            flag(f"{proxy['holder']}不是{proxy['principal']}的近亲属")
    if unit.direct.poll_day and form["published_on"] >= unit.direct.poll_day:
        flag(f"{form['published_on']}才公布委托投票名单，投票日{unit.direct.poll_day}")
    unit.direct.proxies, unit.direct.proxies_on = len(listed), form["published_on"]


def boxes(ctx: Context, gate: Gate, form: Json) -> None:
    """V12: three monitors at each roving box, who do not stand and are nobody's near kin who does; its users named."""
    direct = ctx.unit.direct
    for box in form.get("boxes") or ():
        monitors = set(box["monitors"])
        if len(monitors) < BOX_MONITORS:
            message = f"{box['id']}监票人{len(monitors)}人，不足{BOX_MONITORS}人"
            ctx.flag(Invariant.MAJORITY, "V12", message, gate.key)
        _apart(ctx, gate, monitors, ctx.body.listed)
        if not box["users"]:
            ctx.flag(Invariant.MAJORITY, "V12", f"{box['id']}没有公布使用人", gate.key)
        direct.roving[box["id"]] = len(set(box["users"]))
    if form["published_on"] >= direct.poll_day:
        message = f"{form['published_on']}才公布流动票箱，投票日{direct.poll_day}"
        ctx.flag(Invariant.DAYS, "V12", message, gate.key)
