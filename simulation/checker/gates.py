"""Order, gates and deadlines: nothing before its turn, nothing skipped, nothing late without a flag."""

from simulation.checker import preparation
from simulation.checker.days import between, shifted
from simulation.checker.plan import (
    ACTING,
    BODY_OF,
    COMMITTEE_TRAINING,
    COMMUNITY,
    CONDITIONAL,
    LAW_BOUND,
    MAIN_POLL,
    PILOT_ACCEPTANCE,
    PLENARY,
    POLLS,
    RECTIFICATION,
    REMINDER_DAYS,
    REMOVAL,
    RESIDENTS_LIST,
    RESULT_APPROVAL,
    ROLL,
    RUNOFF,
    VILLAGE,
)
from simulation.checker.report import Invariant
from simulation.checker.state import Body, Context, Gate, Json, Unit

_TURN = {"party": "prep", "residents": "party", "supervisory": "residents", "women": "prep"}
_NAMES = {
    "prep": "换届准备",
    "party": "党组织",
    "residents": "居民委员会",
    "supervisory": "居务监督委员会",
    "women": "妇联组织",
}


def split_key(key: str) -> tuple[str, int]:
    """A gate's step and round: `residents.poll#2` → (`residents.poll`, 2); a round that is no number is 0."""
    step, mark, round_ = key.partition("#")
    if not mark:
        return key, 1
    return step, int(round_) if round_.isdecimal() else 0


def is_other(key: str) -> bool:
    """True for the gates of complaints, appeals and objections, which stand outside the procedure's order."""
    return key.startswith(("complaint:", "appeal:", "objection:"))


# ---------------------------------------------------------------- bodies


def body_opened(ctx: Context, _fact: Json) -> None:
    """A body opens only after the one before it is complete, and never while the unit is held (X4)."""
    body, unit = ctx.body, ctx.unit
    if body.opened:
        ctx.flag(Invariant.ORDER, "order", f"{_NAMES[body.name]}重复开始")
    body.opened = True
    unit.current = body.name
    if unit.held_since and unit.held_since < ctx.day and body.name != "prep":
        ctx.flag(Invariant.ORDER, "X4", f"单位自{unit.held_since}起暂停，{_NAMES[body.name]}不得开始")
    earlier = _TURN.get(body.name)
    if earlier is None:
        return
    before = unit.bodies[earlier]
    if earlier == "prep":
        _preparation_done(ctx, before, _NAMES[body.name])
    elif not before.completed:
        ctx.flag(Invariant.ORDER, "F10", f"{_NAMES[earlier]}尚未完成，{_NAMES[body.name]}已经开始")


def unit_opened(ctx: Context, unit: Unit) -> None:
    """W3: where the plan begins with pilots, another unit opens only after pilot units, every one of them closed."""
    district = ctx.district
    if PILOT_ACCEPTANCE in district.omitted:
        return
    if unit.brief.get("pilot"):
        district.pilots += 1
        return
    open_pilots = sorted(one.id for one in district.units.values() if one.brief.get("pilot"))
    if open_pilots:
        ctx.flag(
            Invariant.ORDER, "W3", f"试点单位{'、'.join(open_pilots)}尚未验收，{unit.id}已经启动", PILOT_ACCEPTANCE
        )
    elif not district.pilots:
        ctx.flag(Invariant.ORDER, "W3", f"没有先行试点，{unit.id}已经启动", PILOT_ACCEPTANCE)


def _preparation_done(ctx: Context, prep: Body, what: str) -> None:
    difficult = bool(ctx.unit.brief.get("difficult"))
    for step in ctx.unit.order.steps["prep"]:
        gate = prep.latest.get(step)
        if step == RECTIFICATION:
            if what == _NAMES["women"]:
                continue  # X4 holds up the three bodies; the federation's plan knows no rectification
            if REMOVAL not in ctx.district.omitted and step in ctx.district.omitted:
                continue  # this plan has its difficulties removed one by one instead
            if difficult and (gate is None or not gate.decided or gate.failed):
                ctx.flag(Invariant.ORDER, "X4", "重点难点社区整顿未经验收合格，换届已经开始", step)
        elif step in ctx.district.omitted or step == REMOVAL:
            continue  # what is left to remove is asked below
        elif gate is None or not gate.decided:
            ctx.flag(Invariant.GATES, "order", f"准备步骤{step}没有办结，{what}换届已经开始", step)
        elif gate.failed:
            ctx.flag(Invariant.ORDER, "X5", f"准备步骤{step}没有完成（{gate.failed}），{what}换届已经开始", step)
    preparation.ready_to_begin(ctx)


def finished(ctx: Context) -> None:
    """When a body is declared complete: every required gate decided and done, none open, no poll left hanging."""
    body = ctx.body
    if body.completed:
        ctx.flag(Invariant.GATES, "order", f"{_NAMES[body.name]}重复完成")
    if not body.opened and body.name != "prep":
        ctx.flag(Invariant.ORDER, "order", f"{_NAMES[body.name]}没有开始就已完成")
    for step in ctx.unit.order.steps[body.name]:
        gate = body.latest.get(step)
        if gate is None:
            if step == PILOT_ACCEPTANCE and ctx.unit.brief.get("pilot") and step not in ctx.district.omitted:
                ctx.flag(Invariant.GATES, "W3", "试点单位没有验收就已完成", step)
            if step not in CONDITIONAL and not _left_out(ctx, step):
                ctx.flag(Invariant.GATES, "order", f"{_NAMES[body.name]}完成时缺少步骤{step}", step)
        elif gate.decided and (why := not_done(body, gate)) and not (gate.stale and step in CONDITIONAL):
            ctx.flag(Invariant.GATES, "order", f"{_NAMES[body.name]}完成时步骤{step}{why}", gate.key)
    for gate in body.gates.values():
        if not gate.decided:
            ctx.flag(Invariant.GATES, "order", f"{_NAMES[body.name]}完成时关口{gate.key}尚未决定", gate.key)
    for key in (
        *(f"complaint:{one}" for one in sorted(body.complaints)),
        *(f"appeal:{one}" for one in sorted(body.appeals)),
    ):
        ctx.flag(Invariant.GATES, key.partition(":")[0], f"{_NAMES[body.name]}完成时{key}尚未办结", key)
    pending_poll(ctx)
    body.completed = True


def _left_out(ctx: Context, step: str) -> bool:
    """Whether this unit's plan or law asks for no such step."""
    unasked = (
        step in ROLL and ctx.unit.order is COMMUNITY and ctx.district.law == "2018" and step not in ctx.body.latest
    )
    return step in ctx.district.omitted or unasked


def pending_poll(ctx: Context) -> None:
    """A counted poll must be settled or declared failed before anything else goes on."""
    poll = ctx.body.pending
    if poll is not None:
        ctx.flag(Invariant.MAJORITY, "result", "计票之后没有宣布结果或选举无效", poll.gate)
        ctx.body.pending = None


def not_done(body: Body, gate: Gate, by: str = "") -> str:
    """Why a step cannot be built upon yet by the step `by`, or empty."""
    if not gate.decided:
        return "尚未决定"
    if gate.failed:
        return f"没有通过（{gate.failed}）"
    if gate.stale and not gate.examined:
        return "在前面步骤重做之后没有重做"
    if gate.step in POLLS:
        held = [poll for poll in body.polls if poll.step == gate.step and poll.next != "new_poll"]
        follows = held[-1].next if held else None
        if follows in ("revote_tied", "revote_void"):
            return "有人得票相等，没有重新投票" if follows == "revote_tied" else "有一种选票无效，没有重新投票"
        again = by == RUNOFF or any(poll.step == RUNOFF for poll in body.polls)
        if follows is not None and len(held) == 1 and not again:
            return "名额没有选满，没有另行选举"
    return ""


# ---------------------------------------------------------------- gates


def gate_opened(ctx: Context, fact: Json) -> None:
    """A gate opens once, in its body, in its turn, and its further rounds one after another."""
    key = fact["gate"]
    last_day = fact.get("last_day")
    opens = max(ctx.day, fact.get("opens_on") or "")
    unit, body = ctx.unit, ctx.body
    unit.gates += 1
    if is_other(key):
        if key in body.other:
            ctx.flag(Invariant.GATES, "order", f"关口{key}重复打开", key)
        body.other[key] = Gate(key, key, 1, fact["role"], opens, last_day)
        return
    step, round_ = split_key(key)
    gate = Gate(key, step, round_, fact["role"], opens, last_day)
    if key in body.gates:
        ctx.flag(Invariant.GATES, "order", f"关口{key}重复打开", key)
    if body.name != BODY_OF.get(step, body.name):
        ctx.flag(Invariant.ORDER, "order", f"关口{key}记在{_NAMES[body.name]}名下", key)
    if body.completed:
        ctx.flag(Invariant.ORDER, "order", f"{_NAMES[body.name]}已经完成，关口{key}才打开", key)
    elif not body.opened and body.name != "prep":
        ctx.flag(Invariant.ORDER, "order", f"{_NAMES[body.name]}尚未开始，关口{key}已经打开", key)
    pending_poll(ctx)
    if round_ != 1:
        _further_round(ctx, gate)
    if step in ctx.unit.order.rank:
        _in_turn(ctx, gate)
        if body.name == "residents":
            preparation.committee_trained(ctx, gate)
    gate.before = frozenset(body.passing)
    body.gates[key] = gate
    body.latest[step] = gate


def _in_turn(ctx: Context, gate: Gate) -> None:
    body, rank = ctx.body, ctx.unit.order.rank
    latest, done = body.latest, body.done
    for step in ctx.unit.order.before[gate.step]:
        if step in done or _left_out(ctx, step):
            continue
        earlier = latest.get(step)
        if earlier is None:
            ctx.flag(Invariant.ORDER, "order", f"步骤{step}还没有进行，{gate.step}已经开始", gate.key)
        elif earlier.decided and body.name == "prep":
            done.add(step)  # whether each was accepted is asked when the first body opens
        elif why := not_done(body, earlier, gate.step):
            ctx.flag(Invariant.ORDER, "order", f"步骤{step}{why}，{gate.step}已经开始", gate.key)
        else:
            done.add(step)
    for posting, last in body.posted.items():
        if gate.opens <= last and rank[gate.step] > rank[posting] and gate.step not in _BESIDE_POSTING:
            rule = _POSTING_RULE.get(posting, "公示")
            ctx.flag(Invariant.DAYS, rule, f"{posting}公示到{last}才满，{gate.step}在{gate.opens}已经开始", gate.key)


_POSTING_RULE = {"party.publicity": "P6", "women.list": "W7"}
_BESIDE_POSTING = frozenset({"party.talks"})


def _further_round(ctx: Context, gate: Gate) -> None:
    body, step = ctx.body, gate.step
    body.done.clear()  # what was done may have to be done again
    previous = body.latest.get(step)
    if previous is None or previous.round != gate.round - 1 or not previous.decided:
        ctx.flag(Invariant.GATES, "order", f"关口{gate.key}之前的一轮没有办结", gate.key)
    if step in POLLS:
        held = [poll for poll in body.polls if poll.step == step]
        counts = bool(previous and previous.decided and not previous.failed)
        approval = body.latest.get(RESULT_APPROVAL)
        returned = step == PLENARY and approval is not None and approval.failed != ""
        if counts and held and held[-1].next is None and not (body.withdrawn or body.displaced or returned):
            ctx.flag(Invariant.GATES, "V17", f"{step}已有完整结果，又再投票", gate.key)
    elif step == RESIDENTS_LIST and ctx.unit.order is VILLAGE:
        pass  # a list corrected after a complaint: what was published beside it stands
    elif step in (COMMITTEE_TRAINING, ACTING, *ctx.unit.redone):
        pass  # done again by itself
    elif step in ctx.unit.order.rank and body.name != "prep":
        for later in ctx.unit.order.steps[body.name][ctx.unit.order.rank[step] + 1 :]:
            done = body.latest.get(later)
            if done is not None:
                done.stale = True


def decide(ctx: Context, fact: Json) -> Gate:
    """A decision meets an open gate, from the role it was opened for, in time or flagged. Returns the gate."""
    key = fact["gate"]
    gate = ctx.body.gate(key)
    if gate is None:
        ctx.flag(Invariant.GATES, "order", f"关口{key}没有打开就被决定", key)
        step, round_ = split_key(key)
        gate = Gate(key, step, round_, fact["role"], ctx.day, None)
        if is_other(key):
            ctx.body.other[key] = gate
        else:
            ctx.body.gates[key] = ctx.body.latest[step] = gate
    elif gate.decided:
        ctx.flag(Invariant.GATES, "order", f"关口{key}已在{gate.decided}决定，又被决定一次", key)
    if fact["role"] != gate.role:
        ctx.flag(Invariant.GATES, "role", f"关口{key}应由{gate.role}决定，实由{fact['role']}决定", key)
    second = fact.get("second")
    if second and second == fact["by"]:
        ctx.flag(Invariant.COMMITMENT, "signatures", f"关口{key}两处签名是同一人（{second}）", key)
    if gate.limit is not None and ctx.day > gate.limit and not gate.overdue:
        ctx.flag(Invariant.DEADLINES, "deadline", f"关口{key}期限{gate.limit}，{ctx.day}才决定，没有逾期标记", key)
    for complaint, step in ctx.body.stops.items():
        if not is_other(key) and gate.step != step:
            ctx.flag(Invariant.ORDER, "K3", f"举报{complaint}的结论尚未更正，关口{key}已经决定", key)
    if ctx.day < gate.opens:
        ctx.flag(Invariant.DAYS, "window", f"关口{key}自{gate.opens}起办理，{ctx.day}已经决定", key)
    gate.decided = ctx.day
    return gate


# ---------------------------------------------------------------- deadlines


def reminded(ctx: Context, fact: Json) -> None:
    """A reminder names an open gate."""
    gate = ctx.body.gate(fact["gate"])
    if gate is None:
        ctx.flag(Invariant.DEADLINES, "reminder", "提醒的关口没有打开", fact["gate"])
    else:
        gate.reminded = True


def overdue(ctx: Context, fact: Json) -> None:
    """A flag comes after the last day, names who must act and who is told, and follows a reminder where there was time for one."""
    key = fact["gate"]
    gate = ctx.body.gate(key)
    if gate is None:
        ctx.flag(Invariant.DEADLINES, "deadline", "标记逾期的关口没有打开", key)
        return
    last = fact["last_day"]
    if ctx.day <= last:
        ctx.flag(Invariant.DEADLINES, "deadline", f"{ctx.day}尚未超过期限{last}，已标记逾期", key)
    if gate.limit is None or gate.last_day is None or not gate.last_day <= last <= gate.limit:
        ctx.flag(Invariant.DEADLINES, "deadline", f"逾期标记的期限{last}与关口的期限{gate.limit}不符", key)
    if not fact.get("owner") or not fact.get("escalated_to"):
        ctx.flag(Invariant.DEADLINES, "owner", "逾期标记没有写明责任人或上报的上级", key)
    elif not (gate.reminded or gate.decided or ctx.unit.was_held) and between(gate.opens, last) >= REMINDER_DAYS:
        ctx.flag(Invariant.DEADLINES, "reminder", f"关口{key}标记逾期之前没有提醒过", key)
    gate.overdue = True


def held(ctx: Context, _fact: Json) -> None:
    """A hold stops the unit until released."""
    ctx.unit.held_since = ctx.unit.held_since or ctx.day
    ctx.unit.was_held = True


def released(ctx: Context, _fact: Json) -> None:
    """A release gives open gates the days of the hold back."""
    since = ctx.unit.held_since
    if not since:
        return
    ctx.unit.held_since = ""
    _move(ctx, between(since, ctx.day), since, law_too=True)


def postponed(ctx: Context, fact: Json) -> None:
    """A postponement moves every limit still ahead; told by unit and body alike, it counts once."""
    move = (ctx.at, fact["days"])
    if move in ctx.unit.moves:
        return
    ctx.unit.moves.add(move)
    if fact["days"] <= 0:
        ctx.flag(Invariant.DEADLINES, "deadline", f"延期天数{fact['days']}不是正数")
        return
    _move(ctx, fact["days"], ctx.day, law_too=False)


def _move(ctx: Context, days: int, ahead_of: str, *, law_too: bool) -> None:
    for body in ctx.unit.bodies.values():
        for gate in body.every_gate():
            if gate.decided:
                continue
            if gate.opens > ctx.day and not law_too:
                gate.opens = shifted(gate.opens, days)
            if gate.limit is None or gate.limit < ahead_of:
                continue
            if law_too or not (gate.step in LAW_BOUND or is_other(gate.key)):
                gate.limit = shifted(gate.limit, days)


# ---------------------------------------------------------------- the unit's end


def unit_closed(ctx: Context, fact: Json) -> bool:
    """A unit ends complete with the plan's bodies and nothing open, or held by a named rule. Returns whether complete."""
    unit = ctx.unit
    completed = fact.get("completed_on")
    for gate in (gate for body in unit.bodies.values() for gate in body.every_gate() if not gate.decided):
        if completed:
            ctx.flag(Invariant.GATES, "order", f"单位完成时关口{gate.key}尚未决定", gate.key)
        if gate.limit is not None and gate.limit < ctx.day and not gate.overdue and not unit.held_since:
            ctx.flag(Invariant.DEADLINES, "deadline", f"关口{gate.key}期限{gate.limit}已过，没有逾期标记", gate.key)
    if not completed:
        if not fact.get("held_by"):
            ctx.flag(Invariant.GATES, "held", "单位没有完成，也没有写明依哪条规则暂停")
        return False
    for name in ctx.district.bodies:
        if not unit.bodies[name].completed:
            ctx.flag(Invariant.GATES, "order", f"单位完成时{_NAMES[name]}尚未完成", MAIN_POLL[name])
    for complaint in sorted(one for body in unit.bodies.values() for one in body.complaints):
        ctx.flag(Invariant.GATES, "complaint", f"单位完成时举报{complaint}尚未办结", f"complaint:{complaint}")
    for complaint in sorted(one for body in unit.bodies.values() for one in body.corrections):
        ctx.flag(Invariant.GATES, "K3", f"单位完成时举报{complaint}的结论尚未更正", f"complaint:{complaint}")
    for person in sorted(one for body in unit.bodies.values() for one in body.appeals):
        ctx.flag(Invariant.GATES, "appeal", f"单位完成时{person}的申诉尚未办结", f"appeal:{person}")
    if completed > ctx.day:
        ctx.flag(Invariant.DAYS, "date", f"完成日期{completed}晚于记录日期{ctx.day}")
    return True
