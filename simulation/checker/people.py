"""People: who was put forward, passed every level, signed, sits on a committee, stepped back, may not sit together."""

from typing import Any

from simulation.checker.plan import (
    INSPECTION_LIST,
    JOINT_NOMINATION,
    PLENARY,
    POLL,
    RUNOFF,
    SECRETARY_REVIEW,
    SLATE,
    UNCOUNTED_POST,
    VILLAGE,
)
from simulation.checker.report import Invariant
from simulation.checker.state import Body, Context, Gate, Json, Poll

_COMMITTEE_MIN, _COMMITTEE_MAX = 5, 9


def _names(people: Any) -> str:
    return "、".join(sorted(people))


def nominated(ctx: Context, gate: Gate, form: Json) -> None:
    """Nominees and the kinship they declare."""
    body = ctx.body
    ctx.unit.kin.declare(form["kin"])
    for nominee in form["nominees"]:
        if body.name == "women":
            _of_the_federation(ctx, gate, nominee)
        person = nominee["person"]["id"]
        body.nominees[person] = nominee["post"]
        if person not in body.excluded and person not in body.withdrawn:
            body.passing.add(person)


def _of_the_federation(ctx: Context, gate: Gate, nominee: Json) -> None:
    """W2: ten people behind a joint nomination; W6: the review is to leave out who is no woman."""
    name = nominee["person"]["id"]
    if nominee["person"]["sex"] != "female":
        ctx.body.men.add(name)
    if nominee["route"] == "residents" and nominee["supporters"] < JOINT_NOMINATION:
        backed = f"{name}由{nominee['supporters']}名群众举荐，应不少于{JOINT_NOMINATION}名"
        ctx.flag(Invariant.COMMITMENT, "W2", backed, gate.key)


def reviewed(ctx: Context, gate: Gate, form: Json) -> None:
    """A level of review has a conclusion on everybody before it; who fails goes no further."""
    body = ctx.body
    concluded: dict[str, bool] = {one["person"]: bool(one["passed"]) for one in form["conclusions"]}
    gate.examined = True
    cleared = body.cleared.setdefault(gate.step, set())
    # Whoever came back on appeal may be examined in the level's next round: the list asks for every level.
    due = (body.passing & gate.before) - cleared - body.excluded_at.keys()
    if gate.step == SECRETARY_REVIEW:
        due = {person for person in due if body.nominees.get(person) == "secretary"}
    if missing := due - concluded.keys():
        ctx.flag(Invariant.COMMITMENT, "R3", f"{gate.step}没有对{_names(missing)}作出结论", gate.key)
    for person, passed in concluded.items():
        if passed:
            if person in body.men:
                ctx.flag(Invariant.COMMITMENT, "W6", f"{person}不是妇女，通过了{gate.step}", gate.key)
            cleared.add(person)
        else:
            body.passing.discard(person)
    signed = form["signed_on"]
    body.reviewed_on = max(body.reviewed_on, signed)
    if signed > ctx.day:
        ctx.flag(Invariant.DAYS, "date", f"{gate.step}签署日{signed}晚于记录日{ctx.day}", gate.key)


def listed(ctx: Context, gate: Gate, names: list[str], day: str, committed: list[str] | None) -> None:
    """A list holds only those who passed every level and is no older than the last signature.

    The Party's slate also has its margin (P5) and everybody's commitment (P6); `committed` is None for other lists.
    """
    body = ctx.body
    people = set(names)
    if len(people) != len(names):
        ctx.flag(Invariant.SEATS, "P5", "名单上有人重复", gate.key)
    if excluded := people & body.excluded.keys():
        ctx.flag(Invariant.KINSHIP, "X2", f"已被排除的{_names(excluded)}列入名单", gate.key)
    fit = _fit(body)
    neglected = set() if gate.step == INSPECTION_LIST else body.passing - fit
    if neglected:
        ctx.flag(Invariant.COMMITMENT, "R3", f"{_names(neglected)}没有经过每一级审查，名单已经确定", gate.key)
    if unfit := people - fit - neglected - body.excluded.keys() - body.withdrawn:
        ctx.flag(Invariant.COMMITMENT, "R3", f"{_names(unfit)}没有通过全部审查就列入名单", gate.key)
    if body.reviewed_on > day:
        ctx.flag(Invariant.COMMITMENT, "F9", f"名单日期{day}早于审查签署日{body.reviewed_on}", gate.key)
    if gate.step == SLATE:
        if committed is not None and (unsigned := people - set(committed)):
            ctx.flag(Invariant.COMMITMENT, "P6", f"{_names(unsigned)}没有签订承诺书", gate.key)
        _margin(ctx, gate, people)
    if gate.step == INSPECTION_LIST:
        body.passing &= people or body.passing  # whom the list leaves out is no longer in the running
        return
    body.listed = (people or set(body.passing)) - body.withdrawn
    body.listed_on = day


def _fit(body: Body) -> set[str]:
    """Those in the running who passed every level of review their post has to pass."""
    fit = set(body.passing)
    for step, cleared in body.cleared.items():
        if step == SECRETARY_REVIEW:
            fit -= {person for person in fit - cleared if body.nominees.get(person) == "secretary"}
        else:
            fit &= cleared
    return fit


def _margin(ctx: Context, gate: Gate, people: set[str]) -> None:
    seats = int(ctx.unit.brief["party_seats"])
    nominees = ctx.body.nominees
    standing = sum(1 for person in people if nominees.get(person) != UNCOUNTED_POST)
    more = -(-seats // 5)
    if standing - seats < more:
        ctx.flag(Invariant.SEATS, "P5", f"应选{seats}名，预备人选{standing}名，差额不足{more}名", gate.key)


def excluded(ctx: Context, fact: Json) -> None:
    """Somebody is screened out, with the rule, the evidence and the reviewer named."""
    body, person = ctx.body, fact["person"]
    body.excluded[person] = fact["reviewer"]
    body.excluded_at[person] = fact["gate"].partition("#")[0]
    body.passing.discard(person)
    body.listed.discard(person)
    if not (fact["rule"] and fact["evidence"] and fact["reviewer"]):
        ctx.flag(Invariant.COMMITMENT, "X2", f"排除{person}没有写明规则、依据文号或审查人", fact["gate"])


def appealed(ctx: Context, fact: Json) -> None:
    """Only somebody excluded appeals; the appeal stays open until decided."""
    ctx.body.appeals.add(fact["person"])


def appeal_decided(ctx: Context, fact: Json) -> None:
    """An appeal is decided by two people, neither of them the reviewer who excluded; upheld, the person is back."""
    body, person = ctx.body, fact["person"]
    key = f"appeal:{person}"
    if person not in body.appeals:
        ctx.flag(Invariant.GATES, "appeal", f"{person}没有申诉，却有申诉结论", key)
    body.appeals.discard(person)
    _signed(ctx, fact, key)
    reviewer = body.excluded.get(person)
    if reviewer and reviewer in (fact["handler"], fact["head"]):
        ctx.flag(Invariant.COMMITMENT, "appeal", f"{person}的申诉由原审查人{reviewer}处理", key)
    if fact["upheld"]:
        body.excluded.pop(person, None)
        body.cleared.setdefault(body.excluded_at.get(person, ""), set()).add(person)
        if person in body.nominees and person not in body.withdrawn:
            body.passing.add(person)


def complaint_received(ctx: Context, fact: Json) -> None:
    """A complaint stays open until signed off."""
    ctx.body.complaints.add(fact["complaint"])


def complaint_decided(ctx: Context, fact: Json) -> None:
    """A complaint is signed off by two different people, at its own gate."""
    complaint, body = fact["complaint"], ctx.body
    key = f"complaint:{complaint}"
    if complaint not in body.complaints:
        ctx.flag(Invariant.GATES, "complaint", f"举报{complaint}没有受理记录，却有结论", key)
    body.complaints.discard(complaint)
    gate = body.other.get(key)
    if gate is None or not gate.decided:
        ctx.flag(Invariant.GATES, "complaint", f"举报{complaint}没有签字就已办结", key)
    _signed(ctx, fact, key)
    if fact["upheld"]:
        body.upheld.add(complaint)
    if fact.get("effect") and not fact["upheld"]:
        ctx.flag(Invariant.GATES, "K3", f"举报{complaint}不属实，却影响环节{fact.get('about')}", key)
    if fact.get("effect") == "void":
        ctx.unit.redone.add(fact["about"])
    if fact.get("effect"):
        body.corrections[complaint] = fact["about"]
        if fact["effect"] == "block" or not fact["about"].endswith(_POSTINGS):
            body.stops[complaint] = fact["about"]


_POSTINGS = (".list", ".preliminary", "publicity")
"""Steps declared void while they are up go up anew by themselves: what follows waits for them anyway."""


def complaint_corrected(ctx: Context, fact: Json) -> None:
    """What a complaint stopped goes on."""
    ctx.body.stops.pop(fact["complaint"], None)
    if ctx.body.corrections.pop(fact["complaint"], None) is None:
        ctx.flag(Invariant.GATES, "K3", f"举报{fact['complaint']}没有须更正的结论", f"complaint:{fact['complaint']}")


def poll_annulled(ctx: Context, fact: Json) -> None:
    """A poll declared void: nobody is elected by it, what waited on it is gone, and it is held anew."""
    body = ctx.body
    body.stops.pop(fact["complaint"], None)
    if body.corrections.pop(fact["complaint"], None) != fact["step"]:
        ctx.flag(Invariant.GATES, "K3", f"{fact['step']}宣布无效，没有举报结论作依据", fact["step"])
    for poll in body.polls:
        if poll.step in (fact["step"], RUNOFF):
            poll.next = "new_poll"
    body.displaced.clear()
    body.elected.clear()
    body.officers.clear()
    for key in fact["closed"]:
        gate = body.gates.get(key)
        if gate is None or gate.decided:
            ctx.flag(Invariant.GATES, "K3", f"关口{key}已经决定，不能依法终止", key)
        else:
            gate.decided, gate.failed, gate.stale = ctx.day, "依法终止", gate.step == RUNOFF


def signed_off(ctx: Context, gate: Gate, form: Json) -> None:
    """A sign-off carries two different signatures."""
    _signed(ctx, form, gate.key)


def _signed(ctx: Context, holder: Json, key: str) -> None:
    handler, head = holder["handler"], holder["head"]
    if not handler or not head or handler == head:
        ctx.flag(Invariant.COMMITMENT, "signatures", f"承办人“{handler}”、负责人“{head}”应为两个人", key)


# ---------------------------------------------------------------- the election committee


def chosen(ctx: Context, gate: Gate, form: Json) -> None:
    """R2: five to nine members, an odd number; chair and deputy among them."""
    unit = ctx.unit
    unit.committee = [member["id"] for member in form["members"]]
    unit.reserves = [member["id"] for member in form["reserves"]]
    unit.chair, unit.deputy = form["chair"], form["deputy"]
    size = len(set(unit.committee))
    if size % 2 == 0 or not _COMMITTEE_MIN <= size <= _COMMITTEE_MAX or size != len(unit.committee):
        ctx.flag(Invariant.KINSHIP, "R2", f"居民选举委员会{size}人，应为5至9人单数", gate.key)
    if unit.chair not in unit.committee or unit.deputy not in unit.committee or unit.chair == unit.deputy:
        ctx.flag(Invariant.KINSHIP, "R2", "主任、副主任应是居民选举委员会的两名成员", gate.key)


def stepped_out(ctx: Context, fact: Json) -> None:
    """R2: who is nominated leaves; the next in order of the original vote moves up; the deputy presides for the chair."""
    unit, person, successor = ctx.unit, fact["person"], fact.get("successor")
    if person not in unit.committee:
        ctx.flag(Invariant.KINSHIP, "R2", f"{person}不是居民选举委员会成员，却有退出记录")
        return
    unit.committee.remove(person)
    nominees = ctx.body.passing
    ready = [
        reserve
        for reserve in unit.reserves
        if reserve not in nominees and unit.kin.barred(reserve).keys().isdisjoint(nominees)
    ]
    if successor is None:
        if ready:
            ctx.flag(Invariant.SEATS, "R2", f"{person}退出后应由{ready[0]}依次递补")
    else:
        first = next((reserve for reserve in unit.reserves if reserve not in nominees), None)
        if successor not in unit.reserves or successor not in (first, *ready[:1]):
            ctx.flag(Invariant.SEATS, "R2", f"{successor}递补选举委员会，依次应为{ready[0] if ready else '无人'}")
        unit.committee.append(successor)
        if successor in unit.reserves:
            unit.reserves.remove(successor)
    presides = fact["presides"]
    if person == unit.chair and unit.deputy in unit.committee and presides != unit.deputy:
        ctx.flag(Invariant.KINSHIP, "R2", f"主任退出后应由副主任{unit.deputy}主持，实由{presides}主持")
    if presides not in unit.committee:
        ctx.flag(Invariant.KINSHIP, "R2", f"主持人{presides}不在居民选举委员会")
    if person == unit.chair:
        unit.chair = presides


# ---------------------------------------------------------------- withdrawal and replacement


def withdrew(ctx: Context, fact: Json) -> None:
    """Somebody steps back; once polled, only the next by votes with enough of them moves up (V21)."""
    body, person, successor = ctx.body, fact["person"], fact.get("successor")
    was_elected = person in body.elected
    body.withdrawn.add(person)
    body.passing.discard(person)
    body.listed.discard(person)
    body.elected.pop(person, None)
    body.officers.pop(person, None)
    if successor is None:
        return
    if successor in body.excluded or successor in body.withdrawn:
        ctx.flag(Invariant.KINSHIP, "X2", f"已被排除或退出的{successor}递补")
    if not was_elected:
        if body.listed_on and successor not in _fit(body):
            ctx.flag(Invariant.COMMITMENT, "R3", f"{successor}没有通过全部审查就递补进名单")
        body.listed.add(successor)
        return
    moves_up(ctx, person, successor)


def moves_up(ctx: Context, person: str, successor: str | None) -> None:
    """V21: a seat given up goes to the next by votes with enough of them, who is no kin of a member; or stays open."""
    body = ctx.body
    if successor is None:
        return
    ready = _in_order(ctx, body, person)
    if successor in body.elected:
        ctx.flag(Invariant.SEATS, "V21", f"{successor}已经当选，不能再递补")
    elif not ready or successor not in ready[0][1]:
        due = _names(ready[0][1]) if ready else "无人（没有过半数的落选人）"
        ctx.flag(Invariant.SEATS, "V21", f"{successor}递补{person}，按得票依次应为{due}")
    body.successors.add(successor)
    votes = [poll.votes[successor] for poll in body.polls if successor in poll.votes and poll.step != PLENARY]
    body.elected[successor] = votes[-1] if votes else None


def _in_order(ctx: Context, body: Body, left: str) -> list[tuple[int, set[str]]]:
    """Those with enough votes and no seat, most votes first, equals together; kin of the seated are passed over.

    In a village they stood for the post that `left` leaves.
    """
    posts = ctx.unit.direct.posts
    votes: dict[str, int] = {}
    for poll in body.polls:
        if poll.step != PLENARY and poll.next != "new_poll":
            votes.update((person, poll.votes.get(person, 0)) for person in poll.passed)
    seated = body.elected.keys() | ctx.unit.seated.keys()
    order: dict[int, set[str]] = {}
    for person, count in votes.items():
        if person in body.elected or person in body.withdrawn or person in body.excluded or person in body.displaced:
            continue
        if posts.get(person) != posts.get(left):
            continue
        if (seated - {person}).isdisjoint(ctx.unit.kin.barred(person)):
            order.setdefault(count, set()).add(person)
    return sorted(order.items(), reverse=True)


# ---------------------------------------------------------------- on the ballot, and in office


def on_ballot(ctx: Context, gate: Gate, poll: Poll, form: Json) -> None:
    """Only those listed stand; nobody excluded, on the election committee, or counting their own votes."""
    body, unit = ctx.body, ctx.unit
    candidates = form["form"]["candidates"]
    everybody = set(poll.ids)
    standing = {one for one, candidate in zip(poll.ids, candidates, strict=True) if not candidate.get("write_in")}
    if barred := everybody & body.excluded.keys():
        ctx.flag(Invariant.KINSHIP, "X2", f"已被排除的{_names(barred)}列入选票", gate.key)
    if gate.step == PLENARY:
        if outside := standing - body.elected.keys():
            ctx.flag(Invariant.SEATS, "P15", f"{_names(outside)}不是当选委员", gate.key)
    else:
        _against_list(ctx, gate, standing, everybody, form)
    if gate.step == POLL and (both := everybody & set(unit.committee)):
        ctx.flag(Invariant.KINSHIP, "R2", f"候选人{_names(both)}仍在居民选举委员会", gate.key)
    for monitor in form.get("monitors") or ():
        if monitor in everybody:
            ctx.flag(Invariant.KINSHIP, "P9", f"候选人{monitor}担任监票、计票", gate.key)
        elif kin := everybody & unit.kin.barred(monitor).keys():
            ctx.flag(Invariant.KINSHIP, "V13", f"{monitor}是候选人{_names(kin)}的近亲属，担任监票、计票", gate.key)


def _against_list(ctx: Context, gate: Gate, standing: set[str], everybody: set[str], form: Json) -> None:
    body = ctx.body
    if unlisted := standing - body.listed - body.excluded.keys():
        ctx.flag(Invariant.COMMITMENT, "R3", f"{_names(unlisted)}不在名单上，却列入选票", gate.key)
    earlier = [poll for poll in body.polls[:-1] if poll.step == gate.step]
    valid = [poll for poll in earlier if poll.next != "new_poll"]
    vote = 2 if body.displaced or any(poll.next == "further_vote" for poll in valid) else 1  # a void win's seat, too
    if form["form"]["round"] != vote:
        ctx.flag(Invariant.MAJORITY, "V19", f"报告单按第{form['form']['round']}次投票计，应为第{vote}次", gate.key)
    if not valid:
        if left_out := body.listed - standing:
            ctx.flag(Invariant.COMMITMENT, "R3", f"名单上的{_names(left_out)}没有列入选票", gate.key)
        return
    if again := everybody & body.elected.keys():
        ctx.flag(Invariant.SEATS, "V17", f"{_names(again)}已经当选，又列入选票", gate.key)
    last = valid[-1]
    if last.next == "revote_tied" and last.outcome is not None:
        tied = {last.ids[place] for place in last.outcome.tied} - body.withdrawn
        if everybody != tied:
            ctx.flag(Invariant.MAJORITY, "P13", f"重新投票应只在{_names(tied)}之间进行", gate.key)


def seated(ctx: Context, persons: list[str]) -> None:
    """X1: no two people of a unit's bodies are kin, whichever bodies they sit in; nobody excluded takes a seat."""
    unit, body = ctx.unit, ctx.body
    new = set(persons)
    direct = unit.order is VILLAGE and body.name == "residents"
    for person in persons:
        if person in body.excluded:
            ctx.flag(Invariant.KINSHIP, "X2", f"已被排除的{person}任职")
        barred = unit.kin.barred(person)
        if direct:  # the law of a direct vote knows near relatives; who was elected before was compared by every review
            near = unit.kin.near(person)
            barred = {other: how for other, how in barred.items() if other in near or other not in new}
        if not barred or body.name == "women":  # the federation's source knows no recusal of relatives
            continue
        for other in sorted(barred.keys() & (new | unit.seated.keys())):
            if other not in new or other > person:
                where = "、".join(sorted(unit.seated.get(other, ()))) or body.name
                ctx.flag(Invariant.KINSHIP, "X1", f"{person}（{body.name}）与{other}（{where}）有{barred[other]}关系")
    if ctx.law == "2025" and body.name == "supervisory":
        for person in persons:
            if "residents" in unit.seated.get(person, ()):
                ctx.flag(Invariant.KINSHIP, "S1", f"居民委员会成员{person}任居务监督委员会成员")
    for person in persons:
        unit.seated.setdefault(person, set()).add(body.name)
