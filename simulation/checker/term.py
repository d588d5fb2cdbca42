"""Within the term: who sits, recalls recomputed from raw counts, and a by-election judged as the election it repeats.

A by-election follows the articles on elections (《村民委员会组织法》（2025）第二十三条：“补选程序参照本法第十八条的规定办理”), so
its facts are read as those of an election of fewer seats. What the checker must remember of a closed unit stands here.
"""

from collections import Counter
from typing import Any

from simulation.checker.plan import STEPS, VILLAGE, VILLAGE_ORDER
from simulation.checker.report import Invariant
from simulation.checker.state import Context, District, Json, Unit

RECALL, BY_ELECTION, DEPARTURE = "recall", "byelection", "departure"
STEPS_OF_RECALL = ("recall.petition", "recall.defence", "recall.vote")
_AS = "residents"  # a by-election's steps are those of the committee's election
_POSTS = ("chair", "deputy_chair", "women_member", "committee_member")


class Term:
    """A closed unit within its term."""

    __slots__ = ("by_election", "demands", "district", "members", "open", "repeats", "settling", "unit", "vacant")

    def __init__(self, district: District, unit: Unit) -> None:
        self.unit = unit  # as it closed
        self.district = district
        posts = unit.direct.posts
        self.members = {one: posts.get(one, "") for one in unit.bodies[_AS].elected}  # in office, with the post
        self.demands: dict[str, Json] = {}  # by member: the figures a recall began with
        self.open: Counter[str] = Counter()  # gates of recalls not decided yet; two may run beside one another
        self.settling: Json | None = None  # the count of a recall, until its outcome is told
        self.by_election: Unit | None = None
        self.repeats = district  # for a by-election: the same, its plan that of the by-election
        self.vacant: list[str] = []


def begun(ctx: Context, term: Term, body: str, fact: Json) -> None:
    """What begins is about somebody in office, or about seats that are vacant."""
    if body == RECALL:
        if fact.get("person") not in term.members:
            ctx.flag(Invariant.SEATS, "V25", f"{fact.get('person')}不在任，却被提出罢免")
        term.demands[fact["person"]] = fact
        return
    for one in fact.get("departed") or ():
        if term.members.pop(one["person"], None) is None:
            ctx.flag(Invariant.SEATS, "V25", f"{one['person']}不在任，却写为离任")
        if str(one.get("on") or "") > ctx.day:
            ctx.flag(Invariant.DAYS, "date", f"离任之日{one['on']}晚于记录日{ctx.day}")
    if body == DEPARTURE:
        return
    wanted = Counter(fact.get("posts") or ())
    unit = term.unit
    if unit.order is VILLAGE:
        sitting, seats = Counter(term.members.values()), _seats(unit.brief)
        over = [post for post, n in wanted.items() if n > seats.get(post, 0) - sitting[post]]
    else:
        over = ["all"] if sum(wanted.values()) > int(unit.brief["residents_seats"]) - len(term.members) else []
    for post in over:
        ctx.flag(Invariant.SEATS, "V25", f"{post}没有这么多出缺名额，却要补选{wanted[post]}名")
    _reopen(ctx, term, wanted, fact)


def _seats(brief: Json) -> dict[str, int]:
    village, total = brief["village"], int(brief["residents_seats"])
    deputies, women = village["deputies"], village["women"]
    return dict(zip(_POSTS, (1, deputies, women, total - 1 - deputies - women), strict=True))


def _reopen(ctx: Context, term: Term, wanted: Counter[str], fact: Json) -> None:
    """The by-election as an election of so many seats, whose Party organization is in office and whose kin are known."""
    closed = term.unit
    again = term.by_election = Unit(closed.id, closed.street, {**closed.brief, "residents_seats": wanted.total()})
    again.kin, again.seated = closed.kin, {one: set(bodies) for one, bodies in closed.seated.items()}
    for one in closed.bodies[_AS].elected.keys() - term.members.keys():
        again.seated.pop(one, None)
    again.delegates = fact.get("representatives") or closed.delegates
    again.direct.vacant = dict(wanted)
    votes = closed.bodies[_AS].elected
    again.direct.sitting = {one: (post, votes.get(one) or 0) for one, post in term.members.items()}
    again.bodies["party"].completed = again.bodies[_AS].opened = True
    own = {f"{_AS}.{name}" for name in VILLAGE_ORDER[_AS]} | set(STEPS[_AS])
    asked = {_renamed(step) for step in term.district.steps if step.startswith(f"{BY_ELECTION}.")}
    before = term.district
    omitted = frozenset(own - asked)
    ctx.district = District(before.name, before.days, before.law, None, omitted, acting=before.acting)
    ctx.district.enrolled = before.enrolled
    term.repeats = ctx.district


def as_election(ctx: Context, term: Term, fact: Json) -> Json | None:
    """A by-election's fact as one of an election, with the context set for it; None (and flagged) where none was begun."""
    unit = term.by_election
    if unit is None:
        ctx.flag(Invariant.ORDER, "order", "没有启动补选，却有补选的记录")
        return None
    ctx.district, ctx.unit, ctx.body = term.repeats, unit, unit.bodies[_AS]
    ctx.law = term.district.law
    renamed: dict[str, Any] = dict(fact)
    for key in ("gate", "step", "about"):
        if isinstance(renamed.get(key), str):
            renamed[key] = _renamed(renamed[key])
    return renamed


def _renamed(step: str) -> str:
    return step.replace(f"{BY_ELECTION}.", f"{_AS}.", 1)


def filled(term: Term) -> None:
    """A by-election is over: whoever was elected is in office."""
    unit = term.by_election
    assert unit is not None
    for one in unit.bodies[_AS].elected:
        term.members[one] = unit.direct.posts.get(one, "")
        term.unit.bodies[_AS].elected[one] = unit.bodies[_AS].elected[one]
        term.unit.seated.setdefault(one, set()).add(_AS)
    term.by_election = None


# ---------------------------------------------------------------- recalls


def recall(ctx: Context, term: Term, kind: str, fact: Json) -> None:
    """A recall's facts: gates in their order, enough who ask, and the outcome recomputed."""
    match kind:
        case "gate_opened":
            term.open[_step(fact)] += 1
        case "decided":
            _decided(ctx, term, fact)
        case "recall_proposed":
            _proposed(ctx, term, fact)
        case "recall_settled":
            _settled(ctx, term, fact)
        case "reminded" | "overdue" | "held" | "released" | "postponed":
            pass
        case _:
            ctx.flag(Invariant.CHAIN, "form", f"罢免中不认识的记录种类“{kind}”", "")


def _step(fact: Json) -> str:
    return str(fact["gate"]).partition("#")[0]


def _decided(ctx: Context, term: Term, fact: Json) -> None:
    step, form = _step(fact), fact["form"]
    if step not in STEPS_OF_RECALL or term.open[step] < 1:
        ctx.flag(Invariant.GATES, "order", f"关口{fact['gate']}没有打开就被决定", fact["gate"])
    term.open[step] -= 1
    if form["kind"] == "recall_counted":
        term.settling = form


def _proposed(ctx: Context, term: Term, fact: Json) -> None:
    """V25: a fifth of the voters or a third of the representatives ask; in a community a tenth, or a third (R25-20)."""
    figures = term.demands.get(fact["person"])
    if figures is None:
        ctx.flag(Invariant.ORDER, "order", f"没有启动对{fact['person']}的罢免，却有罢免要求", STEPS_OF_RECALL[0])
        return
    share = 5 if term.unit.order is VILLAGE else 10
    voters, delegates = figures.get("entitled") or 0, figures.get("representatives") or 0
    by_voters = share * fact["voters"] >= voters > 0
    by_delegates = 3 * fact["representatives"] >= delegates > 0
    if not (by_voters or by_delegates):
        told = f"{voters}人中{fact['voters']}人、代表{delegates}人中{fact['representatives']}人联名"
        ctx.flag(Invariant.MAJORITY, "V25", f"罢免要求联名不足：{told}", STEPS_OF_RECALL[0])


def _settled(ctx: Context, term: Term, fact: Json) -> None:
    """V25: more than half of the roll vote (delegates: more than two thirds), more than half of those voting agree."""
    form, term.settling = term.settling, None
    person, gate = fact["person"], STEPS_OF_RECALL[2]
    figures = term.demands.pop(person, None)
    if form is None or figures is None:
        ctx.flag(Invariant.MAJORITY, "result", "没有罢免表决就宣布了结果", gate)
        return
    roll, present, favour = form["roll"], form["present"], form["in_favour"]
    marked = favour + form["against"] + form.get("blank", 0) + form.get("invalid", 0)
    delegates = not figures.get("registered")
    due_roll = figures.get("representatives") if delegates else figures["registered"]
    if roll != due_roll:
        ctx.flag(Invariant.BALLOTS, "denominator", f"罢免表决的人数记为{roll}，应为{due_roll}", gate)
    if marked != form["collected"] or form["collected"] > present or present > roll:
        told = f"到{present}、收回{form['collected']}、各项合计{marked}、应到{roll}"
        ctx.flag(Invariant.BALLOTS, "V25", f"罢免表决的票数不平：{told}", gate)
    if form["held_on"] > ctx.day:
        ctx.flag(Invariant.DAYS, "date", f"罢免表决日{form['held_on']}晚于记录日{ctx.day}", gate)
    valid = 3 * present > 2 * roll if delegates else 2 * present > roll
    recalled = valid and 2 * favour > present
    if (fact["valid"], fact["recalled"]) != (valid, recalled) or form["declared"] != recalled:
        told = f"有效{fact['valid']}、罢免{fact['recalled']}"
        message = (
            f"{person}的罢免记为{told}，按{roll}人中{present}人投票、{favour}票赞成应为有效{valid}、罢免{recalled}"
        )
        ctx.flag(Invariant.MAJORITY, "V25", message, gate)
    if fact["recalled"]:
        term.members.pop(person, None)


def finish(ctx: Context, term: Term) -> None:
    """The journal ends: what was begun within the term was seen to its end."""
    if term.by_election is not None:
        ctx.flag(Invariant.GATES, "order", f"{term.unit.id}的补选没有结束记录", "")
    for person in term.demands:
        ctx.flag(Invariant.GATES, "order", f"对{person}的罢免没有结束记录", "")
