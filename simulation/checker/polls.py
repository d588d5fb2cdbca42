"""Polls: quorum, majority, ballots and seats recomputed from raw counts, held against what was declared and settled."""

from collections.abc import Mapping
from typing import Any

from simulation.checker import people
from simulation.checker.days import between, shifted
from simulation.checker.gates import finished
from simulation.checker.plan import (
    ASSEMBLY,
    FORM_BODY,
    LAWFUL_MODES,
    LIST_DAYS,
    MAIN_POLL,
    OFFICER_POSTS,
    PLENARY,
    POLL,
    PUBLICITY,
    RUNOFF,
    SEATS_OF,
    SEATS_RULE,
    SLATE_APPROVAL,
    UNCOUNTED_POST,
    VILLAGE,
    VOTE,
    WOMEN_POLL,
)
from simulation.checker.report import Invariant
from simulation.checker.secrecy import poll_leaks, seat_leaks
from simulation.checker.state import Body, Context, Gate, Json, Poll
from simulation.checker.tally import Unreadable, imbalances, tally

_TIE_RULE = {ASSEMBLY: "P13", PLENARY: "P13", POLL: "V18", RUNOFF: "V18", VOTE: "S2", WOMEN_POLL: "V18"}
_MAJORITY_RULE = {ASSEMBLY: "P12", PLENARY: "P12", POLL: "R5", RUNOFF: "V19", VOTE: "S2", WOMEN_POLL: "W5"}
_SURPLUS_RULE = {ASSEMBLY: "P10", PLENARY: "P10", POLL: "V15", RUNOFF: "V15", VOTE: "V15", WOMEN_POLL: "V15"}
_MANNER_RULE = {ASSEMBLY: "P9", PLENARY: "P9", POLL: "R5", VOTE: "S2", WOMEN_POLL: "W5"}


def _rule(table: Mapping[str, str], ctx: Context, step: str) -> str:
    """The rule of a table for a step; a village's supervisors are chosen by the villagers' law, not by a community's plan."""
    if step == VOTE and ctx.unit.order is VILLAGE:
        return "V18" if table is _TIE_RULE else "V26"
    return table.get(step, "P12")


def counted(ctx: Context, gate: Gate, form: Json) -> None:
    """A poll's counts handed in: judged at once in themselves, and kept until the outcome is told."""
    for leak in poll_leaks(form):
        ctx.flag(Invariant.SECRECY, "P9", leak, gate.key)
    step = gate.step
    sheet = form["form"]
    poll = Poll(gate.key, step, gate.round, form["held_on"])
    ctx.body.pending = poll
    ctx.body.polls.append(poll)
    if step not in FORM_BODY:
        ctx.flag(Invariant.MAJORITY, "order", f"关口{gate.key}不是投票步骤", gate.key)
        return
    poll.names = tuple(candidate["name"] for candidate in sheet["candidates"])
    poll.ids = tuple(form["names"])
    if len(poll.ids) != len(poll.names):
        ctx.flag(Invariant.BALLOTS, "form", f"报告单列{len(poll.names)}人，名单{len(poll.ids)}人", gate.key)
        poll.ids = (*poll.ids, *poll.names[len(poll.ids) :])[: len(poll.names)]
    try:
        for wrong in imbalances(sheet):
            ctx.flag(Invariant.BALLOTS, "P11", wrong, gate.key)
        poll.outcome = tally(step, sheet, ctx.law)
        poll.votes = {one: candidate["votes"] for one, candidate in zip(poll.ids, sheet["candidates"], strict=True)}
        poll.passed = frozenset(poll.ids[place] for place in poll.outcome.passed)
    except Unreadable as gap:
        ctx.flag(Invariant.BALLOTS, "form", f"无法重算：{gap}", gate.key)
    poll.void = _void(ctx, step, sheet)
    _manner(ctx, gate, form, sheet)
    _roll(ctx, gate, sheet)
    _seats(ctx, gate, poll)
    _declared(ctx, gate, form, poll)
    _timing(ctx, gate, poll)
    people.on_ballot(ctx, gate, poll, form)


def _void(ctx: Context, step: str, sheet: Json) -> tuple[str, str]:
    """Why a poll cannot count whatever its votes say: more ballots than there may be, or an unlawful way of voting."""
    rule, ballots = _rule(_MANNER_RULE, ctx, step), sheet.get("ballots")
    if sheet["mode"] not in LAWFUL_MODES[step]:
        return rule, f"{step}不得采用{sheet['mode']}方式"
    if ballots is None or sheet["mode"] == "show_of_hands":
        return "", ""
    collected, issued, present = ballots["collected"], ballots.get("issued"), sheet["present"]
    rule = _SURPLUS_RULE[step]
    if type(collected) is int and type(present) is int and collected > present:
        return rule, f"收回{collected}票，多于投票人数{present}"
    if type(collected) is int and type(issued) is int and collected > issued:
        return rule, f"收回{collected}票，多于发出{issued}票"
    return "", ""


def _manner(ctx: Context, gate: Gate, form: Json, sheet: Json) -> None:
    step, rule = gate.step, _rule(_MANNER_RULE, ctx, gate.step)
    due = "village_supervisory" if step == VOTE and ctx.unit.order is VILLAGE else FORM_BODY[step]
    if sheet["body"] != due:
        ctx.flag(Invariant.MAJORITY, rule, f"报告单写的是{sheet['body']}，关口是{step}", gate.key)
    if str(sheet["law"]) != ctx.law:
        ctx.flag(Invariant.MAJORITY, rule, f"报告单按{sheet['law']}年法，本区适用{ctx.law}年法", gate.key)
    if form.get("by_lot"):
        ctx.flag(Invariant.MAJORITY, _rule(_TIE_RULE, ctx, step), "得票相等以抽签决定，应重新投票", gate.key)
    _proxies(ctx, gate, form)
    if form.get("roving_boxes"):
        ctx.flag(Invariant.MAJORITY, rule, f"有{form['roving_boxes']}个流动票箱，只设中心会场", gate.key)


def _proxies(ctx: Context, gate: Gate, form: Json) -> None:
    """None, but in the residents' own poll as many as were published before it: the plan has a step for them then."""
    direct, used = ctx.unit.direct, form.get("proxies") or 0
    if gate.step == POLL and direct.proxies_on:
        if used > direct.proxies:
            ctx.flag(Invariant.MAJORITY, "V11", f"委托投票{used}张，公布的只有{direct.proxies}件", gate.key)
        if direct.proxies_on >= form["held_on"]:
            message = f"{direct.proxies_on}才公布委托投票名单，投票日{form['held_on']}"
            ctx.flag(Invariant.MAJORITY, "V11", message, gate.key)
    elif used:
        ctx.flag(Invariant.MAJORITY, _MANNER_RULE[gate.step], f"有{used}张委托投票，不得委托", gate.key)


def _roll(ctx: Context, gate: Gate, sheet: Json) -> None:
    """Most real disputes are about a wrong denominator."""
    step, roll, mode = gate.step, sheet["roll"], sheet["mode"]
    if step == ASSEMBLY and mode == "members":
        due, what = ctx.unit.brief["party_due"], "应到党员"
    elif step == PLENARY:
        due, what = len(ctx.body.elected), "当选委员"
    elif step == WOMEN_POLL and mode == "voters":
        due, what = ctx.unit.brief.get("women", 0), "成年妇女"
    elif (step, mode) == (POLL, "voters"):
        due, what = ctx.unit.direct.roll, "更正后名单上的选民"
    elif (step, mode) == (POLL, "households"):
        due, what = ctx.unit.direct.households, "登记选民的户数"
    elif (step, mode) in _OF_DELEGATES:
        if ctx.unit.delegates is None:
            return
        due, what = ctx.unit.delegates, "居民代表"
    else:
        return
    if roll != due:
        ctx.flag(Invariant.BALLOTS, "denominator", f"应到人数记为{roll}，{what}实为{due}", gate.key)


_OF_DELEGATES = {(POLL, "representatives"), (VOTE, "representatives"), (VOTE, "show_of_hands")}


def _remaining(ctx: Context, body: Body) -> int:
    return int(ctx.unit.brief[SEATS_OF[body.name]]) - len(body.elected)


def _seats(ctx: Context, gate: Gate, poll: Poll) -> None:
    body = ctx.body
    if poll.outcome is None:
        return
    seats = poll.outcome.seats
    if gate.step == PLENARY:
        if seats > len(body.elected):
            ctx.flag(Invariant.SEATS, "P15", f"应选{seats}名书记、副书记，多于委员{len(body.elected)}名", gate.key)
        return
    remaining = _remaining(ctx, body)
    if seats != remaining:
        rule = SEATS_RULE[body.name]
        ctx.flag(Invariant.SEATS, rule, f"应选名额记为{seats}，尚缺{remaining}名", gate.key)


def _declared(ctx: Context, gate: Gate, form: Json, poll: Poll) -> None:
    if poll.outcome is None:
        return
    due = [] if poll.void[0] else sorted(poll.names[place] for place in poll.outcome.elected)
    if sorted(form["declared"]) != due:
        ctx.flag(
            Invariant.MAJORITY,
            poll.outcome.failed or _rule(_MAJORITY_RULE, ctx, gate.step),
            f"宣布当选{_people(form['declared'])}，按票数应为{_people(due)}{_because(poll)}",
            gate.key,
        )


def _because(poll: Poll) -> str:
    return f"（{poll.outcome.why}）" if poll.outcome is not None and poll.outcome.why else ""


def _people(names: Any) -> str:
    return "、".join(str(name) for name in names) or "无人"


def _timing(ctx: Context, gate: Gate, poll: Poll) -> None:
    body, held_on, unit = ctx.body, poll.held_on, ctx.unit
    if held_on > ctx.day or held_on < gate.opens:
        within = f"关口打开（{gate.opens}）与决定（{ctx.day}）之间"
        ctx.flag(Invariant.DAYS, "date", f"投票日{held_on}不在{within}", gate.key)
    if unit.held_since and held_on > unit.held_since:
        ctx.flag(Invariant.GATES, "held", f"单位自{unit.held_since}起暂停，{held_on}仍投票", gate.key)
    if gate.step == ASSEMBLY:
        last = body.posted.get(PUBLICITY)
        if last is None:
            ctx.flag(Invariant.DAYS, "P6", "预备人选没有公示就召开党员大会", gate.key)
        elif held_on <= last:
            ctx.flag(Invariant.DAYS, "P6", f"公示到{last}才满，{held_on}已召开党员大会", gate.key)
        approval = body.latest.get(SLATE_APPROVAL)
        if approval is None or not approval.decided or approval.decided > held_on:
            ctx.flag(Invariant.DAYS, "P6", f"预备人选名单没有在党员大会（{held_on}）之前批准", gate.key)
    elif gate.step == POLL and (not body.listed_on or between(body.listed_on, held_on) < LIST_DAYS):
        posted = f"{body.listed_on}张榜" if body.listed_on else "没有张榜"
        ctx.flag(Invariant.DAYS, "R4", f"{posted}，{held_on}投票，应提前{LIST_DAYS}日", gate.key)


# ---------------------------------------------------------------- outcomes


def failed(ctx: Context, fact: Json) -> None:
    """A poll is declared void exactly when it fell short or was void."""
    body, key = ctx.body, fact["gate"]
    gate = body.gates.get(key)
    poll = _pending(ctx, key)
    if gate is not None:
        gate.failed = "选举无效"
    if poll is None:
        return
    poll.next = "new_poll"
    outcome = poll.outcome
    unfilled = (
        poll.step == PLENARY and outcome is not None and outcome.open_seats > 0
    )  # 等额: voted on again as a whole
    if outcome is not None and not outcome.failed and not poll.void[0] and not unfilled:
        ctx.flag(Invariant.MAJORITY, _rule(_MAJORITY_RULE, ctx, poll.step), "投票有效，却宣布选举无效", key)


def settled(ctx: Context, fact: Json) -> None:
    """A valid poll's outcome is what the raw counts say: who is elected by how many votes, what stays open, what next."""
    key = fact["gate"]
    for leak in seat_leaks(fact["elected"]):
        ctx.flag(Invariant.SECRECY, "P9", leak, key)
    poll = _pending(ctx, key)
    if poll is None:
        return
    poll.next = fact.get("next")
    seated = {seat["person"]: seat.get("votes") for seat in fact["elected"]}
    if len(seated) != len(fact["elected"]):
        ctx.flag(Invariant.SEATS, "P4", "同一人在一次投票中当选两次", key)
    rule = _rule(_MAJORITY_RULE, ctx, poll.step)
    void_by, why = poll.void
    if void_by:
        broken = Invariant.BALLOTS if void_by == _SURPLUS_RULE[poll.step] else Invariant.MAJORITY
        ctx.flag(broken, void_by, f"{why}，仍按有效处理", key)
    outcome = poll.outcome
    if outcome is not None:
        due = {poll.ids[place] for place in outcome.elected}
        if outcome.failed:
            if not void_by:
                ctx.flag(Invariant.MAJORITY, outcome.failed, f"{outcome.why}，仍宣布有效", key)
        elif seated.keys() != due:
            ctx.flag(Invariant.MAJORITY, rule, f"当选{_people(seated)}，按票数应为{_people(sorted(due))}", key)
        else:
            _what_follows(ctx, poll, fact, len(seated))
        # A village votes again on some posts only: what stays open is told of all of them.
        direct = ctx.unit.order is VILLAGE and ctx.body.name == "residents"
        due_seats = _remaining(ctx, ctx.body) if direct else outcome.seats
        if len(seated) + fact["open_seats"] != due_seats:
            ctx.flag(Invariant.SEATS, "P14", f"当选{len(seated)}＋空缺{fact['open_seats']}≠应选{due_seats}", key)
        for person, votes in seated.items():
            if votes is not None and votes != poll.votes.get(person):
                ctx.flag(Invariant.BALLOTS, rule, f"{person}当选票数记为{votes}，计票为{poll.votes.get(person)}", key)
    _take_seats(ctx, poll, seated)


def _pending(ctx: Context, key: str) -> Poll | None:
    poll = ctx.body.pending
    if poll is None or poll.gate != key:
        ctx.flag(Invariant.MAJORITY, "result", "没有计票就宣布了结果", key)
        return None
    ctx.body.pending = None
    return poll


def _what_follows(ctx: Context, poll: Poll, fact: Json, seated: int) -> None:
    outcome = poll.outcome
    if outcome is None:
        return
    follows, tied = fact.get("next"), set(fact.get("tied") or ())
    key, tie_rule = poll.gate, _rule(_TIE_RULE, ctx, poll.step)
    due_ids = {poll.ids[place] for place in outcome.tied}
    due_names = {poll.names[place] for place in outcome.tied}
    if outcome.tied:
        if follows != "revote_tied" or tied not in (due_ids, due_names):
            message = f"{_people(sorted(due_names))}在名额末位得票相等，应在其中重新投票"
            ctx.flag(Invariant.MAJORITY, tie_rule, message, key)
    elif outcome.void:
        if follows != "revote_void":
            ctx.flag(Invariant.BALLOTS, _SURPLUS_RULE[poll.step], "有一种选票无效，应就其职务重新投票", key)
    elif tied or follows in ("revote_tied", "revote_void"):
        ctx.flag(Invariant.MAJORITY, tie_rule, "没有得票相等，却要重新投票", key)
    elif seated == outcome.seats and follows is not None:
        ctx.flag(Invariant.MAJORITY, "P14", f"名额已经选满，却要{follows}", key)
    elif seated < outcome.seats and follows is None and poll.round == 1 and poll.step != RUNOFF:
        ctx.flag(Invariant.MAJORITY, "P14", f"名额空缺{outcome.seats - seated}名，没有另行选举", key)


def _take_seats(ctx: Context, poll: Poll, seated: dict[str, int | None]) -> None:
    body = ctx.body
    if poll.step == PLENARY:
        body.officers.clear()
        for person in seated:
            if person not in body.elected:
                ctx.flag(Invariant.SEATS, "P15", f"{person}不是当选委员，却当选书记或副书记", poll.gate)
            body.officers[person] = poll.votes.get(person, 0)
        return
    for person, votes in seated.items():
        if person in body.elected:
            ctx.flag(Invariant.SEATS, "P4", f"{person}在同一组织当选两次", poll.gate)
        if person in body.excluded:
            ctx.flag(Invariant.KINSHIP, "X2", f"已被排除的{person}当选", poll.gate)
        body.elected[person] = votes


# ---------------------------------------------------------------- in office


def body_completed(ctx: Context, fact: Json) -> None:
    """Who is in office is who was elected or moved up; no more than the seats; nobody kin to anybody seated."""
    body, unit = ctx.body, ctx.unit
    finished(ctx)
    for leak in seat_leaks(fact["seats"]):
        ctx.flag(Invariant.SECRECY, "P9", leak)
    if body.name == "prep":
        return
    seats = fact["seats"]
    persons = [seat["person"] for seat in seats]
    members = [seat["person"] for seat in seats if seat.get("post") != UNCOUNTED_POST]
    rule = SEATS_RULE[body.name]
    due = int(unit.brief[SEATS_OF[body.name]])
    if len(set(persons)) != len(persons):
        ctx.flag(Invariant.SEATS, rule, "同一人在一个组织内占两个名额")
    if len(members) + fact["open_seats"] != due:
        ctx.flag(Invariant.SEATS, rule, f"任职{len(members)}人＋空缺{fact['open_seats']}≠应设{due}名")
    for seat in seats:
        person = seat["person"]
        if person not in body.elected:
            ctx.flag(Invariant.SEATS, _rule(_MAJORITY_RULE, ctx, MAIN_POLL[body.name]), f"{person}没有当选就任职")
        elif seat.get("votes") is not None and seat["votes"] not in (body.elected[person], body.officers.get(person)):
            ctx.flag(Invariant.SEATS, rule, f"{person}任职票数记为{seat['votes']}，当选票数为{body.elected[person]}")
        if seat.get("post") in OFFICER_POSTS and person not in body.officers:
            ctx.flag(Invariant.SEATS, "P15", f"{person}任{seat['post']}，没有经委员会全体会议选举")
    for person in body.elected:
        if person not in persons:
            ctx.flag(Invariant.SEATS, rule, f"{person}当选而没有任职，也没有退出记录")
    people.seated(ctx, persons)


def announced(ctx: Context, gate: Gate, form: Json, within: int) -> None:
    """R6: the result is announced the same or the next day, or the lateness is flagged; and it names those elected."""
    body = ctx.body
    _within(ctx, gate, form["announced_on"], within, "公告当选名单")
    named = set(form["names"])
    if named and named != body.elected.keys():
        due = _people(sorted(body.elected))
        ctx.flag(Invariant.MAJORITY, "R6", f"公告当选{_people(sorted(named))}，实为{due}", gate.key)


def handed_over(ctx: Context, gate: Gate, form: Json, within: int) -> None:
    """R6: handover within ten calendar days of the committee's election, or the lateness is flagged."""
    _within(ctx, gate, form["completed_on"], within, "移交")


def _within(ctx: Context, gate: Gate, day: str, within: int, what: str) -> None:
    held = [poll.held_on for poll in ctx.body.polls if poll.step in (POLL, RUNOFF) and poll.next != "new_poll"]
    rule = ("V10" if not within else "V23") if ctx.unit.order is VILLAGE else "R6"
    if not held:
        return
    limit = shifted(held[-1], within)
    if day > limit and not gate.overdue:
        late = f"{held[-1]}选举产生，{day}{what}，超过{within}日（{limit}）"
        ctx.flag(Invariant.DAYS, rule, f"{late}，没有逾期标记", gate.key)
    if day < held[-1]:
        ctx.flag(Invariant.DAYS, rule, f"{what}日期{day}早于选举日{held[-1]}", gate.key)
