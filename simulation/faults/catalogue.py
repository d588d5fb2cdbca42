"""The ten procedural faults of the reference (procedure.md) and the ways this plan lets people commit them."""

from collections.abc import Mapping
from types import MappingProxyType

from policies.pack.schema import Pack, PollMode
from simulation.faults import ballots, persons
from simulation.faults.communities import ENROLLED
from simulation.faults.direct import DIRECT
from simulation.faults.federation import FEDERATION
from simulation.faults.variants import FaultVariant, Moment
from simulation.faults.villages import no_proxies_at_the_poll

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "F1": "名单公布不足日数，异议、举报逾期未答",
        "F2": "选民登记错误（两处登记、外来人员未经同意、亡故或未成年）",
        "F3": "违规委托投票",
        "F4": "违规使用流动票箱",
        "F5": "收回选票多于投票人数",
        "F6": "到会人数差一人，恰好一半",
        "F7": "分母用错，另行选举不足三分之一，票数相等抽签",
        "F8": "公示期误算，倒签张榜日期",
        "F9": "回避和审查失守（候选人参与审查、近亲属监票、禁入人员通过、近亲属同列、审查日期在后）",
        "F10": "次序、差额、公告、移交、举报办结失守",
    }
)
"""Every fault's code and Chinese name."""

_F, _A, _X, _L, _U = Moment.FORM, Moment.AHEAD, Moment.EXTRA, Moment.LATE, Moment.UNANSWERED

_COMMUNITY = "community"

_STREET: tuple[FaultVariant, ...] = (
    FaultVariant(
        "F1",
        "early_poll",
        "张榜未满三日即投票",
        "候选人名单张榜的第三个整天尚未过完，就交来选举结果。",
        step="residents.list",
        moment=_A,
        rules=("R4",),
        target="residents.poll",
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F1",
        "unanswered",
        "对名单的异议第四日才答复",
        "居民对张榜名单提出异议，办理期限的次日才签字答复。",
        step="residents.list",
        moment=_U,
        rules=("K1",),
    ),
    FaultVariant(
        "F3",
        "residents",
        "居民代表委托投票",
        "居民代表选举不办理委托投票，结果报告单却有委托票三张。",
        step="residents.poll",
        moment=_F,
        rules=("R5",),
        mutate=ballots.proxies,
        where=no_proxies_at_the_poll,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F3",
        "party",
        "党员委托投票",
        "党员大会不得委托投票，结果报告单却有委托票三张。",
        step="party.assembly",
        moment=_F,
        rules=("P9",),
        mutate=ballots.proxies,
    ),
    FaultVariant(
        "F4",
        "residents",
        "居委会选举使用流动票箱",
        "方案只设立中心会场，却使用了一个流动票箱。",
        step="residents.poll",
        moment=_F,
        rules=("R5",),
        mutate=ballots.roving_box,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F4",
        "party",
        "党员大会使用流动票箱",
        "党员大会到会投票，却使用了一个流动票箱。",
        step="party.assembly",
        moment=_F,
        rules=("P9",),
        mutate=ballots.roving_box,
    ),
    FaultVariant(
        "F5",
        "party",
        "党员大会多出一张选票",
        "收回选票比投票人数多一张，仍宣布当选。",
        step="party.assembly",
        moment=_F,
        rules=("P10",),
        mutate=ballots.surplus_ballot,
    ),
    FaultVariant(
        "F5",
        "residents",
        "居委会选举多出一张选票",
        "收回选票比投票人数多一张，仍宣布当选。",
        step="residents.poll",
        moment=_F,
        rules=("V15",),  # by analogy: the community's own rules and the plan are silent (defect 6)
        mutate=ballots.surplus_ballot,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F6",
        "party",
        "党员大会差一人到五分之四",
        "到会人数比应到会人数的五分之四少一人，仍投票并宣布当选。",
        step="party.assembly",
        moment=_F,
        rules=("P7",),
        mutate=ballots.one_short_of_four_fifths,
    ),
    FaultVariant(
        "F6",
        "residents",
        "居委会选举恰好一半投票",
        "参加投票的人恰好一半（单数时为不足一半的整数），仍宣布当选。",
        step="residents.poll",
        moment=_F,
        rules=("R5", "R25-19"),
        mutate=ballots.exactly_half,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F6",
        "supervisory",
        "监督委员会推选会议恰好一半到会",
        "居民代表恰好一半到会，仍举手推选并宣布当选。",
        step="supervisory.vote",
        moment=_F,
        rules=("S2", "R25-29", "V26"),
        mutate=ballots.exactly_half,
    ),
    FaultVariant(
        "F7",
        "party_roll",
        "党员大会少报应到会人数",
        "到会人数不足，把应到会人数改小，使其看似达到五分之四。",
        step="party.assembly",
        moment=_F,
        rules=("P7",),
        mutate=ballots.roll_of_those_who_came,
    ),
    FaultVariant(
        "F7",
        "residents_roll",
        "居委会选举少报有权投票的总数",
        "参加投票的不足一半，把有权投票的总数改小，使其看似过半数。",
        step="residents.poll",
        moment=_F,
        rules=("R5",),
        mutate=ballots.roll_of_those_who_came,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F7",
        "party_valid",
        "党员大会以有效票为分母",
        "得票过有效票半数、未过到会人数半数的人被宣布当选。",
        step="party.assembly",
        moment=_F,
        rules=("P12",),
        mutate=ballots.half_of_the_valid,
    ),
    FaultVariant(
        "F7",
        "residents_valid",
        "居委会选举以有效票为分母",
        "得票过有效票半数、未过投票人数半数的人被宣布当选。",
        step="residents.poll",
        moment=_F,
        rules=("R5",),
        mutate=ballots.half_of_the_valid,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F7",
        "party_lot",
        "党员大会票数相等抽签决定",
        "末位名额两人得票相等，以抽签决定当选人。",
        step="party.assembly",
        moment=_F,
        rules=("P13",),
        mutate=ballots.tie_by_lot,
    ),
    FaultVariant(
        "F7",
        "residents_lot",
        "居委会选举票数相等抽签决定",
        "末位名额两人得票相等，以抽签决定当选人。",
        step="residents.poll",
        moment=_F,
        rules=("R5",),
        mutate=ballots.tie_by_lot,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F7",
        "third",
        "另行选举不足三分之一",
        "另行选举的得票不足已投选票的三分之一，仍宣布当选。",
        step="residents.poll",
        moment=_F,
        rules=("R5",),
        mutate=ballots.below_a_third,
        lead_in=ballots.one_seat_short,
        vote=2,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F8",
        "early_approval",
        "公示五个工作日未满即审批",
        "把休息日或张榜当日算作公示日，公示最后一天就交来审批。",
        step="party.publicity",
        moment=_A,
        rules=("P6",),
        target="party.slate_approval",
    ),
    FaultVariant(
        "F8",
        "early_talks",
        "考察公示未满即进入下一步",
        "考察结果公示的最后一天就交来下一步的记录。",
        step="party.inspection_publicity",
        moment=_A,
        rules=("P6",),
        target="party.talks",
    ),
    FaultVariant(
        "F8",
        "backdated",
        "倒签公示日期",
        "名单确定之前一天即落款张榜。",
        step="party.publicity",
        moment=_F,
        rules=("O4",),
        mutate=persons.posted_before_decided,
    ),
    FaultVariant(
        "F9",
        "nominee_reviews",
        "被提名人参与预审",
        "已被提名的人仍在选举委员会预审其他人选。",
        step="residents.prereview",
        moment=_F,
        rules=("R2",),
        mutate=persons.nominee_reviews,
    ),
    FaultVariant(
        "F9",
        "even_committee",
        "选举委员会人数为双数",
        "推选产生的居民选举委员会为双数。",
        step="residents.election_committee",
        moment=_F,
        rules=("R2", "V2"),
        mutate=persons.even_committee,
    ),
    FaultVariant(
        "F9",
        "wrong_chair",
        "选举委员会主任不是党组织书记",
        "由副主任人选担任居民选举委员会主任。",
        step="residents.election_committee",
        moment=_F,
        rules=("R2", "V2"),
        mutate=persons.deputy_in_the_chair,
    ),
    FaultVariant(
        "F9",
        "party_monitor",
        "党员大会候选人计票",
        "候选人担任监票人、计票人。",
        step="party.assembly",
        moment=_F,
        rules=("P9",),
        mutate=ballots.candidate_counts,
    ),
    FaultVariant(
        "F9",
        "party_monitor_kin",
        "党员大会候选人近亲属计票",
        "候选人的兄弟姐妹担任监票人、计票人。",
        step="party.assembly",
        moment=_F,
        rules=("P9",),
        mutate=ballots.kin_counts,
        fits=persons.has_party_kin_to_be,
        prepare=persons.party_teller_is_kin,
    ),
    FaultVariant(
        "F9",
        "residents_monitor_kin",
        "居委会选举候选人近亲属计票",
        "候选人的兄弟姐妹担任监票人、计票人。",
        step="residents.poll",
        moment=_F,
        rules=("P9", "R5"),
        mutate=ballots.kin_counts,
        fits=persons.has_residents_kin_to_be,
        prepare=persons.residents_teller_is_kin,
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F9",
        "party_barred",
        "禁入人员通过党组织人选联审",
        "有关部门反映禁止情形并附文号，仍作出通过结论。",
        step="party.joint_vetting",
        moment=_F,
        rules=("X2",),
        mutate=persons.barred_passes,
    ),
    FaultVariant(
        "F9",
        "residents_barred",
        "禁入人员通过居委会人选联审",
        "有关部门反映禁止情形并附文号，仍作出通过结论。",
        step="residents.joint_vetting",
        moment=_F,
        rules=("X2",),
        mutate=persons.barred_passes,
    ),
    FaultVariant(
        "F9",
        "kin",
        "近亲属同列候选人预备人选",
        "兄弟姐妹二人同时列入候选人预备人选名单。",
        step="party.slate",
        moment=_F,
        rules=("X1",),
        mutate=persons.kin_on_the_slate,
        fits=persons.has_siblings_to_be,
        prepare=persons.siblings_among_members,
    ),
    FaultVariant(
        "F9",
        "signed_later",
        "联审落款晚于办理当日",
        "联审表落款日期在办理当日之后，准备张榜后补签。",
        step="residents.joint_vetting",
        moment=_F,
        rules=("O4",),
        mutate=persons.signed_tomorrow,
    ),
    FaultVariant(
        "F9",
        "list_first",
        "联审未完先行张榜",
        "区级联审尚未办结，就交来候选人张榜。",
        step="residents.joint_vetting",
        moment=_X,
        rules=("O2",),
        target="residents.list",
    ),
    FaultVariant(
        "F10",
        "residents_first",
        "党组织未完成即启动居委会换届",
        "党员大会尚未召开，就交来居民选举委员会推选结果。",
        step="party.assembly",
        moment=_X,
        rules=("O1",),
        target="residents.election_committee",
    ),
    FaultVariant(
        "F10",
        "supervisory_first",
        "居委会未完成即推选监督委员会",
        "居民委员会尚未选出，就交来监督委员会候选人提名。",
        step="residents.representatives",
        moment=_X,
        rules=("O1",),
        target="supervisory.nomination",
    ),
    FaultVariant(
        "F10",
        "margin",
        "差额不足",
        "候选人预备人选与应选名额相等。",
        step="party.slate",
        moment=_F,
        rules=("P5",),
        mutate=persons.no_margin,
    ),
    FaultVariant(
        "F10",
        "late_announcement",
        "当选名单迟迟不公告",
        "当选名单在投票日的次日之后才公告。",
        step="residents.announcement",
        moment=_L,
        rules=("R6",),
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F10",
        "late_handover",
        "第十一日才移交",
        "新一届居民委员会产生后第十一日才办理移交。",
        step="residents.handover",
        moment=_L,
        rules=("R6",),
        kind=_COMMUNITY,
    ),
    FaultVariant(
        "F10",
        "bribery",
        "贿选举报逾期未答",
        "反映拉票贿选的举报，办理期限的次日才签字答复。",
        step="party.recommendation",
        moment=_U,
        rules=("K1",),
    ),
    *FEDERATION,
)
"""What the street's plan lets people commit. F2 needs a register of voters, which the residents' delegates' vote has not."""

VARIANTS: tuple[FaultVariant, ...] = tuple(
    each for code in FAULTS for each in (*_STREET, *ENROLLED, *DIRECT) if each.code == code
)
"""Every variant, in the order of the faults."""

_NO_REGISTER = "本方案的居民委员会由居民代表投票选举，不办理选民登记，没有选民名册，无从植入登记类差错"
_NO_STEP = "方案中没有可植入此类差错的步骤"
_REGISTERED = frozenset({PollMode.VOTERS, PollMode.HOUSEHOLDS})


def variants_of(code: str, pack: Pack | None = None) -> tuple[FaultVariant, ...]:
    """The variants of one fault; given a pack, only those that it lets be committed."""
    if pack is None:
        return tuple(each for each in VARIANTS if each.code == code)
    steps = {step.id for body in pack.bodies for step in body.steps}
    return tuple(each for each in VARIANTS if each.code == code and each.possible(pack, steps))


def variant(variant_id: str) -> FaultVariant:
    """The variant with this id (F5.residents). Raises KeyError when there is none."""
    return _BY_ID[variant_id]


_BY_ID = {each.id: each for each in VARIANTS}


def applicability(pack: Pack) -> dict[str, str | None]:
    """For each fault: None where it can be planted under this pack, else the reason, in Chinese, why it cannot."""
    registered = any(
        step.ballot is not None and step.ballot.mode in _REGISTERED for body in pack.bodies for step in body.steps
    )
    found: dict[str, str | None] = {}
    for code in FAULTS:
        if variants_of(code, pack):
            found[code] = None
        else:
            found[code] = _NO_REGISTER if code == "F2" and not registered else _NO_STEP
    return found


def together(code: str) -> tuple[str, ...]:
    """The faults that one code plants in the same unit: F5 alone, F3+F5 both."""
    return tuple(one.strip() for one in code.split("+"))


def in_order(code: str) -> list[int]:
    """Sorts codes as the reference numbers them, pairs beside the first of the two."""
    return [list(FAULTS).index(one) for one in together(code)]


def slips(step: str, pack: Pack) -> tuple[FaultVariant, ...]:
    """The faulty forms of a step that somebody may also hand in by mistake under a pack."""
    steps = {step}
    return tuple(each for each in _SLIPS.get(step, ()) if each.possible(pack, steps))


_SLIPS: dict[str, tuple[FaultVariant, ...]] = {
    step: tuple(
        each
        for each in VARIANTS
        if each.step == step and each.moment is Moment.FORM and each.prepare is None and each.vote == 1
    )
    for step in {each.step for each in VARIANTS}
}
