"""A village's direct vote recomputed from raw counts: every box and what is mixed, the sum, the majority, the third, who gives way."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.checker import people
from simulation.checker.days import between
from simulation.checker.plan import (
    ACTING,
    CANDIDATE_LIST_DAYS,
    POLL,
    RUNOFF,
    RUNOFF_DAYS,
    VILLAGE,
    VOTERS_LIST_DAYS,
)
from simulation.checker.report import Invariant
from simulation.checker.secrecy import is_count, poll_leaks, small_counts
from simulation.checker.state import Context, Gate, Json, Poll
from simulation.checker.tally import Unreadable, imbalances, sheets, tally

RANKS = {"主任": "chair", "副主任": "deputy_chair", "妇女委员": "women_member", "委员": "committee_member"}
"""A ballot's words for the posts, the higher first, and how a nomination names them."""
_ORDER = tuple(RANKS.values())
_RANK = {"chair": 0, "deputy_chair": 1, "women_member": 2, "committee_member": 2}  # the women's seat is a member's
_FIGURES = ("issued", "collected", "valid", "invalid", "blank")


def counted(ctx: Context, gate: Gate, form: Json) -> None:
    """The counts handed in: judged at once in themselves, and kept until the outcome is told."""
    for leak in (*poll_leaks(form), *small_counts(form)):
        ctx.flag(Invariant.SECRECY, "V10", leak, gate.key)
    sheet = form["form"]
    poll = Poll(gate.key, gate.step, gate.round, form["held_on"])
    ctx.body.pending = poll
    ctx.body.polls.append(poll)
    poll.names = tuple(candidate["name"] for candidate in sheet["candidates"])
    poll.ids = tuple(form["names"])
    if len(poll.ids) != len(poll.names):
        ctx.flag(Invariant.BALLOTS, "form", f"报告单列{len(poll.names)}人，名单{len(poll.ids)}人", gate.key)
        poll.ids = (*poll.ids, *poll.names[len(poll.ids) :])[: len(poll.names)]
    try:
        for wrong in imbalances(sheet):
            ctx.flag(Invariant.BALLOTS, "V16", wrong, gate.key)
        outcome = tally(gate.step, sheet, ctx.law)
        poll.outcome = outcome._replace(failed="V14") if outcome.failed else outcome
        rows = enumerate(zip(poll.ids, sheet["candidates"], strict=True))
        poll.votes = {one: row["votes"] for place, (one, row) in rows if place not in outcome.void}
        poll.passed = frozenset(poll.ids[place] for place in outcome.passed)
        _by_box(ctx, gate, form, poll)
    except Unreadable as gap:
        ctx.flag(Invariant.BALLOTS, "form", f"无法重算：{gap}", gate.key)
    if sheet["roll"] != ctx.unit.direct.roll:
        message = f"登记人数记为{sheet['roll']}，更正后的名单为{ctx.unit.direct.roll}"
        ctx.flag(Invariant.BALLOTS, "denominator", message, gate.key)
    if form.get("by_lot"):
        ctx.flag(Invariant.MAJORITY, "V18", "得票相等以抽签决定，应重新投票", gate.key)
    if (form.get("proxies") or 0) > ctx.unit.direct.proxies:
        message = f"委托投票{form['proxies']}张，公布的只有{ctx.unit.direct.proxies}件"
        ctx.flag(Invariant.MAJORITY, "V11", message, gate.key)
    _seats(ctx, gate, sheet)
    _declared(ctx, gate, form, poll)
    _timing(ctx, gate, poll)
    _on_ballot(ctx, gate, poll, form)


def _by_box(ctx: Context, gate: Gate, form: Json, poll: Poll) -> None:
    """Every box conserves its ballots, none has more than voters; the counts together are the sum, figure by figure."""
    direct, sheet, boxes = ctx.unit.direct, form["form"], form.get("boxes") or ()
    opened = [box["box"] for box in boxes]
    if set(opened) != direct.stations | direct.roving.keys() or len(set(opened)) != len(opened):
        message = (
            f"开箱{'、'.join(opened) or '无'}，公布的票箱是{'、'.join(sorted(direct.stations | direct.roving.keys()))}"
        )
        ctx.flag(Invariant.BALLOTS, "V10", message, gate.key)
    for box in boxes:
        one = box["form"]
        for wrong in imbalances(one) if is_count(one) else ():
            ctx.flag(Invariant.BALLOTS, "V16", f"{box['box']}{wrong}", gate.key)
        for kind, papers in sheets(one):
            too_many = papers["collected"] > one["present"] or papers["collected"] > papers["issued"]
            if too_many and not kind:
                poll.void = (
                    "V15",
                    f"{box['box']}收回{papers['collected']}票，投票{one['present']}人、发出{papers['issued']}票",
                )
        users = direct.roving.get(box["box"])
        if users is not None and one["present"] > users:
            message = f"{box['box']}投票{one['present']}人，公布的使用人{users}人"
            ctx.flag(Invariant.MAJORITY, "V12", message, gate.key)
    _told(ctx, gate, form)
    _mixed(ctx, gate, [box["form"] for box in boxes if not is_count(box["form"])], form.get("mixed"))
    parts = [one for one in (*(box["form"] for box in boxes), form.get("mixed")) if is_count(one)]
    sums = [("present", sum(one["present"] for one in parts), sheet["present"])]
    opened_by_kind = [dict(sheets(one)) for one in parts]
    sums += [
        (f"{kind}{name}", sum(one[kind][name] for one in opened_by_kind), papers[name])
        for kind, papers in sheets(sheet)
        for name in _FIGURES
    ]
    for candidate in sheet["candidates"]:
        key = (candidate["name"], candidate.get("post"))
        votes = [x["votes"] for one in parts for x in one["candidates"] if (x["name"], x.get("post")) == key]
        sums.append((f"{key[0]}得票", sum(votes), candidate["votes"]))
    for name, total, stated in sums:
        if total != stated:
            ctx.flag(Invariant.BALLOTS, "V10", f"{name}各次计票合计{total}，汇总为{stated}", gate.key)
    most = [papers["collected"] for _, papers in sheets(sheet)]
    if min(most) > sheet["present"]:
        poll.void = ("V15", f"收回{most[0]}票，多于投票人数{sheet['present']}")


def _told(ctx: Context, gate: Gate, form: Json) -> None:
    """Each count was entered by two different people to the same figures, which are the box's; a recount to those before.

    A form that tells of no entry is of a plan that asks for none: only its gate knows the plan.
    """
    if not form.get("tellings"):
        return
    opened = [(box["box"], box["form"]) for box in form.get("boxes") or ()]
    for box, sheet in [*opened, ("混合计票", form.get("mixed"))]:
        if not is_count(sheet):
            continue
        counts = [telling["entries"] for telling in form.get("tellings") or () if telling["box"] == box]
        if not counts:
            ctx.flag(Invariant.BALLOTS, "F.50", f"{box}没有两人录入的记录", gate.key)
        due = _entered(sheet)
        for entries in counts[-2:]:
            tellers = ["".join(entry["teller"].split()) for entry in entries]
            if len(tellers) != 2:
                ctx.flag(Invariant.BALLOTS, "F.50", f"{box}由{len(tellers)}人录入", gate.key)
            elif tellers[0] == tellers[1]:
                ctx.flag(Invariant.BALLOTS, "F.41", f"{box}两次都由{tellers[0]}录入", gate.key)
            told = [_entered(entry.get("form") or sheet) for entry in entries]
            if any(one != told[0] for one in told):
                ctx.flag(Invariant.BALLOTS, "F.51", f"{box}两人录入不同", gate.key)
            elif told and told[0] != due:
                rule = "F.52" if entries is counts[-1] else "F.47"
                ctx.flag(Invariant.BALLOTS, rule, f"{box}录入的数字不是上报的数字", gate.key)


def _entered(sheet: Mapping[str, Any]) -> dict[object, object]:
    """A sheet's figures by what they are of; nobody's noughts."""
    found: dict[object, object] = {"present": sheet["present"]}
    found |= {(kind, name): n for kind, said in sheets(sheet) for name, n in (said or {}).items()}
    votes = ((("".join(x["name"].split()), x.get("post")), x["votes"]) for x in sheet["candidates"])
    return found | {key: n for key, n in votes if n != 0}


def _mixed(ctx: Context, gate: Gate, parts: Sequence[Json], mixed: Json | None) -> None:
    """The common count has the voters and the papers of the boxes that state nothing else, and is there only for them."""
    if not parts and mixed is None:
        return
    if mixed is None:
        ctx.flag(Invariant.BALLOTS, "V10", "有票箱只写选票张数，却没有混合计票", gate.key)
        return
    for wrong in imbalances(mixed):
        ctx.flag(Invariant.BALLOTS, "V16", f"混合计票{wrong}", gate.key)
    handed = [dict(sheets(one)) for one in parts]
    sums = [("present", sum(one["present"] for one in parts), mixed["present"])]
    sums += [
        (f"{kind}{key}", sum(one[kind][key] for one in handed if kind in one), papers[key])
        for kind, papers in sheets(mixed)
        for key in ("issued", "collected")
    ]
    for name, total, stated in sums:
        if total != stated:
            ctx.flag(Invariant.BALLOTS, "V10", f"{name}混合的票箱合计{total}，混合计票为{stated}", gate.key)


def _open_by_post(ctx: Context) -> dict[str, int]:
    """Seats still open, by the nomination's word for the post."""
    brief, body, vacant = ctx.unit.brief, ctx.body, ctx.unit.direct.vacant
    village = brief["village"]
    deputies, women = village["deputies"], village["women"]
    whole = (1, deputies, women, brief["residents_seats"] - 1 - deputies - women)
    seats = dict(zip(_ORDER, whole, strict=True)) if vacant is None else dict(vacant)
    for person in body.elected:
        post = ctx.unit.direct.posts.get(person, "")
        if post in seats:
            seats[post] -= 1
    return {post: number for post, number in seats.items() if number > 0}


def _seats(ctx: Context, gate: Gate, sheet: Json) -> None:
    stated, remaining = sheet["seats"], _open_by_post(ctx)
    if not isinstance(stated, dict):
        ctx.flag(Invariant.SEATS, "V1", "报告单没有按职务写应选名额", gate.key)
        return
    for post, number in stated.items():
        due = remaining.get(RANKS.get(post, ""), 0)
        if number != due:
            ctx.flag(Invariant.SEATS, "V1", f"{post}应选{number}名，尚缺{due}名", gate.key)


def _declared(ctx: Context, gate: Gate, form: Json, poll: Poll) -> None:
    if poll.outcome is None:
        return
    due = [] if poll.void[0] else sorted(poll.names[place] for place in poll.outcome.elected)
    if sorted(form["declared"]) != due:
        rule = poll.outcome.failed or ("V19" if gate.step == RUNOFF else "V17")
        told, ought = "、".join(form["declared"]) or "无人", "、".join(due) or "无人"
        ctx.flag(Invariant.MAJORITY, rule, f"宣布当选{told}，按票数应为{ought}", gate.key)


def _timing(ctx: Context, gate: Gate, poll: Poll) -> None:
    direct, body, held_on = ctx.unit.direct, ctx.body, poll.held_on
    if held_on > ctx.day or held_on < gate.opens:
        ctx.flag(Invariant.DAYS, "date", f"投票日{held_on}不在{gate.opens}与{ctx.day}之间", gate.key)
    if held_on < direct.poll_day:
        ctx.flag(Invariant.DAYS, "V10", f"公布的投票日是{direct.poll_day}，{held_on}已经投票", gate.key)
    for posted, days, rule, what in (
        (direct.posted_on, VOTERS_LIST_DAYS, "V6", "选民名单"),
        (body.listed_on, CANDIDATE_LIST_DAYS, "V9", "候选人名单"),
    ):
        if not posted or between(posted, held_on) < days:
            ctx.flag(Invariant.DAYS, rule, f"{what}{posted or '没有'}公布，{held_on}投票，应提前{days}日", gate.key)
    if gate.step == RUNOFF:
        first = next((one.held_on for one in body.polls if one.step == POLL and one.next != "new_poll"), "")
        if (not first or between(first, held_on) > RUNOFF_DAYS) and not gate.overdue:
            message = f"{first or '没有'}首次投票，{held_on}另行选举，超过{RUNOFF_DAYS}日，没有逾期标记"
            ctx.flag(Invariant.DAYS, "V19", message, gate.key)


def _on_ballot(ctx: Context, gate: Gate, poll: Poll, form: Json) -> None:
    """Only those listed stand, for the post they were nominated for; those tied stand again, the unelected in a run-off."""
    body, unit, candidates = ctx.body, ctx.unit, form["form"]["candidates"]
    rows = list(zip(poll.ids, candidates, strict=True))
    printed = {one for one, candidate in rows if not candidate.get("write_in")}
    if barred := printed & body.excluded.keys():
        ctx.flag(Invariant.KINSHIP, "X2", f"已被排除的{_names(barred)}列入选票", gate.key)
    if unlisted := printed - body.listed - body.excluded.keys():
        ctx.flag(Invariant.COMMITMENT, "V8", f"{_names(unlisted)}不在名单上，却列入选票", gate.key)
    for person, candidate in rows:
        post = RANKS.get(candidate.get("post") or "", "")
        unit.direct.posts[person] = post
        if person in printed and body.nominees.get(person) not in (None, post):
            message = f"{person}提名为{body.nominees[person]}，选票上为{post}"
            ctx.flag(Invariant.SEATS, "V8", message, gate.key)
    if again := {one for one, _ in rows} & body.elected.keys():
        ctx.flag(Invariant.SEATS, "V17", f"{_names(again)}已经当选，又列入选票", gate.key)
    if both := printed & set(unit.committee):
        ctx.flag(Invariant.KINSHIP, "V3", f"候选人{_names(both)}仍在村民选举委员会", gate.key)
    for monitor in form.get("monitors") or ():
        if monitor in printed or unit.kin.closest(monitor) & printed:
            ctx.flag(Invariant.KINSHIP, "V13", f"{monitor}是候选人或其近亲属，担任监票、计票", gate.key)
    _right_field(ctx, gate, printed)


def _right_field(ctx: Context, gate: Gate, printed: set[str]) -> None:
    body = ctx.body
    held = [poll for poll in body.polls[:-1] if poll.step in (POLL, RUNOFF) and poll.next != "new_poll"]
    if not held:
        if left_out := body.listed - printed:
            ctx.flag(Invariant.COMMITMENT, "V8", f"名单上的{_names(left_out)}没有列入选票", gate.key)
        return
    last = held[-1]
    if last.next in ("revote_tied", "revote_void") and last.outcome is not None:
        again = {last.ids[place] for place in (*last.outcome.tied, *last.outcome.void)} - body.withdrawn
        if printed != again:
            ctx.flag(Invariant.MAJORITY, "V18", f"重新投票应只在{_names(again)}之间进行", gate.key)
        return
    votes: dict[str, int] = {}
    for poll in held:
        votes.update(poll.votes)
    for post in {ctx.unit.direct.posts.get(person, "") for person in printed}:
        standing = [votes.get(one, 0) for one in printed if ctx.unit.direct.posts.get(one) == post]
        out = body.listed - printed - body.elected.keys() - body.withdrawn - body.displaced
        passed_over = [one for one in out if body.nominees.get(one) == post and votes.get(one, 0) > min(standing)]
        if passed_over:
            message = f"另行选举的候选人应为得票多的，{_names(set(passed_over))}得票更多而未列入"
            ctx.flag(Invariant.MAJORITY, "V19", message, gate.key)


def _names(persons: set[str]) -> str:
    return "、".join(sorted(persons)) or "无人"


def displaced(ctx: Context, fact: Json) -> None:
    """Of two near relatives elected the higher post stays, or more votes for the same; the next by votes moves up."""
    body, posts, person, stays = ctx.body, ctx.unit.direct.posts, fact["person"], fact["stays"]
    if person not in body.elected or (stays not in body.elected and stays not in ctx.unit.seated):
        ctx.flag(Invariant.SEATS, "V21", f"{person}或{stays}没有当选，却有近亲属回避记录")
        return
    if stays not in ctx.unit.kin.barred(person):
        ctx.flag(Invariant.KINSHIP, "V21", f"{person}与{stays}没有近亲属关系，却让出职位")
    if stays in body.elected:
        lower, higher = _RANK[posts[person]], _RANK[posts[stays]]
        fewer = (body.elected[person] or 0) <= (body.elected[stays] or 0)
        if lower < higher or (lower == higher and not fewer):
            ctx.flag(Invariant.SEATS, "V21", f"{person}职务较高或者得票较多，却为{stays}让出职位")
    del body.elected[person]
    body.displaced.add(person)
    people.moves_up(ctx, person, fact.get("successor"))


def win_voided(ctx: Context, fact: Json) -> None:
    """V22, R25-22: somebody elected loses the seat on the finding of those entitled, with its paper, as a complaint upheld says.

    A community's law knows of it since 2026. With the last member gone nobody is left whom a gate could name to act.
    """
    body, person = ctx.body, fact["person"]
    rule = "V22" if ctx.unit.order is VILLAGE else "R25-22"
    if body.name != "residents" or (rule == "R25-22" and ctx.law != "2025"):
        ctx.flag(Invariant.SEATS, rule, f"{person}当选无效，所依据的法律没有这一规定")
    if fact["found_by"] not in ("township", "county") or not fact["paper"].strip():
        ctx.flag(Invariant.COMMITMENT, rule, f"{person}当选无效，没有乡级或者县级人民政府的调查结论", "")
    if fact["complaint"] not in body.upheld:
        ctx.flag(Invariant.GATES, rule, f"{person}当选无效，没有查实的举报{fact['complaint']}", "")
    if person not in body.elected:
        ctx.flag(Invariant.SEATS, rule, f"{person}没有当选，却宣布当选无效")
    body.elected.pop(person, None)
    body.displaced.add(person)
    for gate in body.gates.values():
        if gate.step == ACTING and not gate.decided and not (body.elected or ctx.unit.direct.sitting):
            gate.decided, gate.failed, gate.stale = ctx.day, "依法终止", True


def margins(ctx: Context, gate: Gate, form: Json) -> None:
    """V8: for each post more candidates than seats."""
    nominees = ctx.body.nominees
    for post, seats in _open_by_post(ctx).items():
        standing = sum(1 for person in set(form["names"]) if nominees.get(person) == post)
        if standing <= seats:
            ctx.flag(Invariant.SEATS, "V8", f"{post}应选{seats}名，候选人{standing}名，没有差额", gate.key)


def listed(ctx: Context, gate: Gate, form: Json) -> None:
    """V9: the list posted is the list decided on, but for who stepped back since."""
    body, names = ctx.body, set(form["names"])
    if (names ^ body.listed) - body.withdrawn:
        ctx.flag(Invariant.COMMITMENT, "V9", "公布的候选人名单与确定的名单不一致", gate.key)
    people.listed(ctx, gate, form["names"], form["posted_on"], None)
