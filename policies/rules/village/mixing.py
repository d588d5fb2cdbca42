"""V10: no count by itself stands on so few ballots that it tells its voters' choices; those ballots are mixed first.

Every province opens all boxes together at one place. There the ballots of a small box go among the main venue's, and only
their common count is written down; of each box mixed in only its papers are.
"""

from collections.abc import Mapping, Sequence

from policies.ballotsecrecy import FEWEST_COUNTED_APART
from policies.finding import Finding
from policies.form.values import Ballots, Mixed, ResultForm, papers
from policies.rule import Rule
from policies.rules.polls import V10

TOGETHER = (
    "村民委员会组织法（2018）第十五条、（2025）第十八条：“选举实行无记名投票”；浙江省办法第二十六条：“集中在选举大会会场"
    "或者选举中心投票会场统一开箱”；上海市办法第十八条：“集中到选举会场统一启封”；北京市办法第二十七条：“集中到选举大会"
    "会场，当众开箱”；张数下限是本系统的设定"
)
MIXED = "混合计票"


def ballots_hiding(form: ResultForm) -> int:
    """Ballots among which each voter's is hidden: what is not stated, and ballots beyond the voters, hide nobody."""
    return min(form.present or 0, *(papers(part.form).collected or 0 for part in form.parts()))


def small_counts(
    boxes: Mapping[str, ResultForm | Mixed],
    mixed: ResultForm | None,
    entered: Sequence[ResultForm] = (),
    *,
    rule: Rule = V10,
    step: str | None = None,
) -> list[Finding]:
    """V10: every count, a box's own or the common one, stands on enough ballots; a poll's only count is spared.

    `boxes` by name: counted by itself, or papers only and in the common count `mixed`. `entered`: what tellers entered
    that is not the count's own. The findings tell ballots, no votes.
    """
    counts = [(name, form) for name, form in (*boxes.items(), (MIXED, mixed)) if isinstance(form, ResultForm)]
    if len(counts) == 1:
        return []
    counts += [("计票人录入的一次清点", form) for form in entered]
    return [
        rule.finding(
            f"{name}只有 {few} 张选票，少于 {FEWEST_COUNTED_APART} 张，单独写明得票和有效票、无效票会暴露投票人的选择；"
            f"请与中心会场的选票混合后一并计票，各箱只写投票人数、发出和收回选票数（{rule.id}）。",
            value=few,
            limit=FEWEST_COUNTED_APART,
            remedy="与中心会场的选票混合后一并计票，混合的各箱只报投票人数、发出和收回选票数",
            source=TOGETHER,
            step=step,
        )
        for name, form in counts
        if (few := ballots_hiding(form)) < FEWEST_COUNTED_APART
    ]


def mixed_conserved(
    boxes: Mapping[str, ResultForm | Mixed], mixed: ResultForm | None, *, rule: Rule = V10, step: str | None = None
) -> list[Finding]:
    """V10: the common count has the voters and ballots of the boxes mixed in, no more and no fewer; none without the other."""
    parts = {name: form for name, form in boxes.items() if isinstance(form, Mixed)}
    names = "、".join(parts)
    remedy = "核对混合的各箱，更正混合计票的数字"
    if mixed is None:
        message = f"{names} 只写了选票张数，没有混合计票的结果；请补填（{rule.id}）。"
        return [rule.finding(message, value=names, remedy="补填混合计票", source=TOGETHER, step=step)] if parts else []
    found = []
    figures = [("投票人数", sum(box.present for box in parts.values()), mixed.present)]
    counted = {part.kind: part.form.ballots or Ballots() for part in mixed.parts()}
    for kind in dict.fromkeys([*counted, *(one.kind for box in parts.values() for one in box.parts())]):
        sheets = [one for box in parts.values() for one in box.parts() if one.kind == kind]
        said, stands = f"“{kind}”" if kind else "", counted.get(kind, Ballots())
        figures.append((f"{said}发出选票", sum(one.issued for one in sheets), stands.issued))
        figures.append((f"{said}收回选票", sum(one.collected for one in sheets), stands.collected))
    for label, total, stated in figures:
        if stated != total:
            told = "未填" if stated is None else stated
            message = f"{MIXED}的{label}：混合的各箱（{names or '无'}）合计 {total}，混合计票为 {told}；请核对后更正（{rule.id}）。"
            found.append(rule.finding(message, value=stated, limit=total, remedy=remedy, source=TOGETHER, step=step))
    return found
