"""The checker on a unit's preparation: colours, removals, households, signatures, screening, training, the audit's day."""

from collections.abc import Iterable

from simulation.checker.plan import COMMITTEE_TRAINING
from simulation.checker.report import Invariant
from simulation.checker.state import Context, Gate, Json

HOUSEHOLD_SHARE = (3, 5)  # Z4: at least 60% of the households registered
WHOLE_CIRCLES = frozenset({"members", "representatives", "residents"})


def households(ctx: Context, gate: Gate, form: Json) -> None:
    """Z4: of the households registered when the unit was opened."""
    part, whole = HOUSEHOLD_SHARE
    registered, surveyed = ctx.unit.brief["households"], form["surveyed"]
    if surveyed * whole < registered * part or surveyed > registered:
        ctx.flag(Invariant.BALLOTS, "Z4", f"入户{surveyed}户，登记{registered}户，不足六成或多于登记", gate.key)


def satisfaction(ctx: Context, gate: Gate, form: Json) -> None:
    """Z5: three circles, sheets that add up."""
    if {one["circle"] for one in form["opinions"] if one["collected"]} != WHOLE_CIRCLES:
        ctx.flag(Invariant.COMMITMENT, "Z5", "满意度测评没有包括党员、代表、群众三方面", gate.key)
    for one in form["opinions"]:
        if one["collected"] != one["satisfied"] + one["fairly"] + one["dissatisfied"] + one["blank"]:
            ctx.flag(Invariant.BALLOTS, "Z5", f"{one['circle']}的测评票不平衡", gate.key)


def readiness(ctx: Context, gate: Gate, form: Json) -> None:
    """Z1, Z2: red exactly where difficulties are open; each with its papers, names and day."""
    found = {one["difficulty"] for one in form["troubles"]}
    ctx.unit.troubles = found
    if (form["colour"] == "red") != bool(found):
        ctx.flag(Invariant.ORDER, "Z1", f"评为{form['colour']}，列出的问题有{len(found)}类", gate.key)
    for one in form["troubles"]:
        if not all(one[part] for part in ("plan", "contingency", "owner", "cadre", "officer", "deadline")):
            ctx.flag(Invariant.COMMITMENT, "Z2", f"{one['difficulty']}没有写明措施、责任人或时限", gate.key)


def removal(ctx: Context, gate: Gate, form: Json) -> None:
    """Z2: what is accepted names who accepted it; what is not stays open."""
    for one in form["removals"]:
        if not one["accepted"]:
            continue
        if not one["accepted_by"] or not one["document"]:
            ctx.flag(Invariant.COMMITMENT, "Z2", f"{one['difficulty']}验收合格，没有验收人或文号", gate.key)
        ctx.unit.troubles.discard(one["difficulty"])


def colour_changed(ctx: Context, fact: Json) -> None:
    """Z1: the colour noted follows from what the forms left open."""
    if set(fact["open"]) != ctx.unit.troubles or (fact["colour"] == "red") != bool(ctx.unit.troubles):
        ctx.flag(Invariant.ORDER, "Z1", f"记为{fact['colour']}，未销号的问题有{len(ctx.unit.troubles)}类")


def ready_to_begin(ctx: Context) -> None:
    """X4, V24: nothing of what stood in the way is left, and an audit reported was published the day before at the latest."""
    unit = ctx.unit
    if unit.troubles:
        left = "、".join(sorted(unit.troubles))
        ctx.flag(Invariant.ORDER, "X4", f"重点难点问题（{left}）未经验收销号，换届已经开始", "prep.removal")
    if unit.published and unit.published >= ctx.day:
        ctx.flag(Invariant.ORDER, "V24", f"离任审计结果{unit.published}公布，换届{ctx.day}已经开始", "prep.audit")


def audited(ctx: Context, gate: Gate, form: Json) -> None:
    """V24: published, not in the future."""
    published = form["published_on"] or ""
    ctx.unit.published = published
    if not published or published > ctx.day:
        ctx.flag(Invariant.ORDER, "V24", "离任审计结果没有公布", gate.key)


def screened(ctx: Context, gate: Gate, form: Json) -> None:
    """Z8: a round begins with whom the round before left."""
    left = ctx.unit.left
    if form["struck"] > form["entered"] or (left is not None and form["entered"] != left):
        ctx.flag(
            Invariant.BALLOTS, "Z8", f"进入{form['entered']}人、筛除{form['struck']}人，上一轮留下{left}人", gate.key
        )
    ctx.unit.left = form["entered"] - form["struck"]


def trained(ctx: Context, gate: Gate, form: Json) -> None:
    """X5: everybody due passed."""
    missing = set(form["due"]) - set(form["passed"])
    if missing:
        ctx.flag(Invariant.ORDER, "X5", f"{len(missing)}人未经培训合格", gate.key)
    if gate.step == COMMITTEE_TRAINING:
        ctx.unit.trained.update(form["passed"])


def committee_trained(ctx: Context, gate: Gate) -> None:
    """X5: the residents' election goes on only with an election committee whose every member is trained."""
    if gate.step == COMMITTEE_TRAINING or COMMITTEE_TRAINING in ctx.district.omitted:
        return
    untrained = set(ctx.unit.committee) - ctx.unit.trained
    if untrained:
        names = "、".join(sorted(untrained))
        ctx.flag(Invariant.ORDER, "X5", f"选举委员会成员{names}未经培训，{gate.step}已经开始", gate.key)


def signed(ctx: Context, gate: Gate, form: Json) -> None:
    """Z7, Z12: every signature named and dated, nobody twice, no day ahead."""
    _signatures(ctx, gate, form["signatures"])


def _signatures(ctx: Context, gate: Gate, signatures: Iterable[Json]) -> None:
    names = [one["name"] for one in signatures]
    if not names or not all(names) or len(set(names)) != len(names):
        ctx.flag(Invariant.COMMITMENT, "Z12", "签字不全，或一人签了两处", gate.key)
    for one in signatures:
        if not one["signed_on"] or one["signed_on"] > ctx.day:
            ctx.flag(Invariant.DAYS, "date", f"{one['office']}的签字没有日期，或晚于记录日", gate.key)


def departments(ctx: Context, gate: Gate, form: Json) -> None:
    """Z9: whom a department objects to did not pass; every row is signed."""
    passed = {one["person"] for one in form["conclusions"] if one["passed"]}
    for row in form.get("departments", ()):
        if passed.intersection(row["against"]):
            ctx.flag(Invariant.KINSHIP, "Z9", f"{row['department']}不同意的人选作了通过处理", gate.key)
        if not (row["signer"] and row["document"] and row["signed_on"]):
            ctx.flag(Invariant.COMMITMENT, "Z9", f"{row['department']}一行没有签字、日期或文号", gate.key)


def on_the_roll(ctx: Context, gate: Gate, form: Json) -> None:
    """P3: full members at liberty only, each once, as many as the unit has."""
    members = form["members"]
    if any(one["standing"] != "full" or one["in_custody"] for one in members):
        ctx.flag(Invariant.BALLOTS, "P3", "名册中有没有选举权的党员", gate.key)
    if len({one["id"] for one in members}) != ctx.unit.brief["party_members"] or len(members) != len(
        {one["id"] for one in members}
    ):
        ctx.flag(Invariant.BALLOTS, "P3", f"名册{len(members)}名，与登记的正式党员不符", gate.key)


def nothing_more(_ctx: Context, _gate: Gate, _form: Json) -> None:
    """A form whose figures nothing later is built upon."""
