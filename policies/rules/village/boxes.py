"""V12: polling stations and roving boxes: enough monitors, and a roving box only for whom, and as, the province allows."""

from collections.abc import Sequence
from datetime import date

from policies.finding import Finding
from policies.law.norms import Norms, RovingBox
from policies.people import Labelled
from policies.rule import Confidence, Rule, declare
from policies.value import Value

V12 = declare(
    Rule(
        id="V12",
        title="投票站和流动票箱",
        text="每个流动票箱（北京并及投票站）有三名以上监票人；浙江：居住分散、交通不便确需设立的，报乡镇批准并公告使用人和监票人名单；"
        "北京：限老年人、残疾人等行动困难的；上海没有流动票箱的规定。",
        on_failure="该票箱不得使用",
        source="浙江省办法第二十四条：“每个流动票箱应当有三名以上监票人负责”；北京市办法第二十三条：“每个投票站或者流动票箱必须有"
        "三名以上监票人负责”；上海市办法第十四条、第十八条（只规定选举会场和投票站）",
        confidence=Confidence.VERIFIED,
        enforced=(
            "residents.boxes",
            "residents.poll",
        ),
    )
)


class BoxReason(Labelled):
    """Why a roving box is wanted."""

    IMPAIRED = "impaired", "老年人、残疾人等行动困难"
    DISPERSED = "dispersed", "居住分散、交通不便"
    OTHER = "other", "其他"


class Roving(Value):
    """A roving box as planned. `approval`: number of the township's paper; `published`: when its users were posted."""

    name: str
    reason: BoxReason
    monitors: tuple[str, ...]
    users: tuple[str, ...] = ()
    approval: str | None = None
    published: date | None = None


REASONS = {
    RovingBox.NONE: frozenset[BoxReason](),
    RovingBox.IMPAIRED: frozenset({BoxReason.IMPAIRED}),
    RovingBox.DISPERSED: frozenset({BoxReason.DISPERSED}),
    RovingBox.OPEN: frozenset(BoxReason),
}
"""What each norm lets pass as a reason."""


def enough_monitors(
    box: str, monitors: Sequence[str], norms: Norms, *, rule: Rule = V12, step: str | None = None
) -> list[Finding]:
    """V12: as many different monitors (ids) at a station or box as the province asks."""
    least, there = norms.box_monitors_min, len(set(monitors))
    if least is None or there >= least:
        return []
    message = f"{box} 监票人 {there} 人，应有 {least} 人以上；请增派，否则不得使用（{rule.id}）。"
    return [rule.finding(message, value=there, limit=least, step=step)]


def roving_box_allowed(
    box: Roving, poll_day: date, norms: Norms, *, rule: Rule = V12, step: str | None = None
) -> list[Finding]:
    """V12: a roving box that may go out: lawful at all, for its reason, approved, its users published, watched."""
    if norms.roving_box is RovingBox.NONE:
        message = f"{box.name}：本地没有流动票箱的规定，不得使用；请改到选举会场或者投票站投票（{rule.id}）。"
        return [rule.finding(message, value=box.reason.label, limit="不设流动票箱", step=step)]
    found = []
    if norms.roving_box is not None and box.reason not in (allowed := REASONS[norms.roving_box]):
        names = "、".join(one.label for one in BoxReason if one in allowed)
        message = f"{box.name} 因“{box.reason.label}”设立，本地只可用于{names}；不得使用（{rule.id}）。"
        found.append(rule.finding(message, value=box.reason.label, limit=names, step=step))
    if norms.roving_box_approval and not (box.approval or "").strip():
        message = f"{box.name} 未经乡镇批准；请报批准并注明文号后使用（{rule.id}）。"
        found.append(rule.finding(message, value="未批准", limit="乡镇批准", step=step))
    if norms.roving_box_users_published and (box.published is None or box.published >= poll_day):
        said = "没有公告" if box.published is None else f"{box.published} 才公告"
        message = f"{box.name} 的使用人和监票人名单{said}，应在选举日 {poll_day} 前公告；请公告（{rule.id}）。"
        value = None if box.published is None else box.published.isoformat()
        found.append(rule.finding(message, value=value, limit=poll_day.isoformat(), step=step))
    return [*found, *enough_monitors(box.name, box.monitors, norms, rule=rule, step=step)]


def box_users_counted(
    box: Roving, ballots: int, norms: Norms, *, rule: Rule = V12, step: str | None = None
) -> list[Finding]:
    """V12: no more ballots from a roving box than people listed for it."""
    if not norms.roving_box_users_published or ballots <= len(set(box.users)):
        return []
    listed = len(set(box.users))
    message = f"{box.name} 收回 {ballots} 票，名单上只有 {listed} 人；请查明并封存选票（{rule.id}）。"
    return [rule.finding(message, value=ballots, limit=listed, remedy="封存选票，查明原因", step=step)]
