"""Who acts for a village's chair (V20), recomputed: by votes, or by a meeting whose figures are reckoned again."""

from simulation.checker.report import Invariant
from simulation.checker.state import Context, Gate, Json

_CHAIR, _DEPUTY = "chair", "deputy_chair"


def named(ctx: Context, _gate: Gate, form: Json) -> None:
    """The form is kept until the outcome is told: only then is it known whether a meeting had to choose."""
    ctx.unit.direct.acting = form


def acting(ctx: Context, fact: Json) -> None:
    """V20: nobody where there is a chair; the deputy with most votes; else as the province says, a meeting where it is for one."""
    direct, person, law = ctx.unit.direct, fact.get("person"), ctx.district.acting
    form, direct.acting = direct.acting, None
    sitting = direct.sitting | {one: (direct.posts.get(one, ""), n or 0) for one, n in ctx.body.elected.items()}
    if any(post == _CHAIR for post, _ in sitting.values()):
        ctx.flag(Invariant.SEATS, "V20", "主任已经选出，却有人主持工作")
        return
    deputies = {one: n for one, (post, n) in sitting.items() if post == _DEPUTY}
    pool = deputies or {one: n for one, (_, n) in sitting.items()}
    by_votes = bool(deputies) or law == "most_votes"
    able = {one for one, n in pool.items() if not by_votes or n == max(pool.values())}
    by_law = by_votes and len(able) == 1
    whose = "、".join(sorted(able)) or "无人"
    if person is None and by_law:
        ctx.flag(Invariant.SEATS, "V20", f"应由{whose}主持工作，没有写明")
    elif person is not None and person not in able:
        ctx.flag(Invariant.SEATS, "V20", f"{person}主持工作，应为{whose}")
    elif person is not None and not by_law:
        _chosen(ctx, (form or {}).get("vote"), len(sitting), only_representatives=law == "chosen")


def _chosen(ctx: Context, vote: Json | None, members: int, *, only_representatives: bool) -> None:
    """V26: two thirds of the representatives' meeting, half of the adults and more or two thirds of the households; over half agree."""
    if vote is None:
        ctx.flag(Invariant.MAJORITY, "V20", "主持工作的人应由会议推选，没有会议的人数和票数")
        return
    meeting, due, present, favour = vote["meeting"], vote["due"], vote["present"], vote["in_favour"]
    if only_representatives and meeting != "representatives":
        ctx.flag(Invariant.MAJORITY, "V20", "主持工作的人应由村民代表会议推选")
    if favour > present or present > due:
        ctx.flag(Invariant.BALLOTS, "V26", f"应到{due}、到会{present}、同意{favour}，数字不平")
    if not (2 * present > due if meeting == "adults" else 3 * present >= 2 * due):
        ctx.flag(Invariant.MAJORITY, "V26", f"应到{due}人，到会{present}人，会议不得召开")
    if 2 * favour <= present:
        ctx.flag(Invariant.MAJORITY, "V26", f"到会{present}人，{favour}人同意，没有过半数")
    delegates = ctx.unit.delegates
    first = ctx.unit.direct.vacant is None  # in a by-election nobody has told how many there still are
    if meeting == "representatives" and first and delegates and not delegates <= due <= delegates + members:
        message = f"代表会议组成人员记为{due}人，村民代表{delegates}人、委员会成员{members}人"
        ctx.flag(Invariant.BALLOTS, "denominator", message)
