"""What each norm is called, which rule it belongs to, and which way it may be moved: composition is a rule, not a list.

A layer below may be stricter than the one above it, never weaker. What `Way.FIXED` says cuts both ways (an earlier deadline
costs one person what it gives another): there the value above stands as it is.
"""

from collections.abc import Hashable
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

from policies.law.norms import (
    Acting,
    Admission,
    Nominator,
    ProxyHolder,
    RovingBox,
    StaffKin,
    SurplusVoids,
    WithdrawsWhen,
)
from policies.shares import Denominator, Threshold
from policies.value import Value

Kind = Literal["village", "community"]


class Way(StrEnum):
    """Which other values keep a norm."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    CHOICE = "choice"  # a stricter choice, in the order of `Term.order`
    FIXED = "fixed"  # no other value


class Term(Value):
    """One norm: its field in `Norms`, its Chinese label and unit, its rule ids, and the way it may be moved.

    `order` lists a choice's values from the weakest to the strictest; values in one group cannot replace each other.
    """

    norm: str
    label: str
    unit: str = ""
    village: str = ""  # rule id for a village under the 2018 law and for its provinces
    village_2025: str = ""
    community: str = ""
    community_2025: str = ""
    way: Way
    order: tuple[tuple[Any, ...], ...] = ()

    def rule(self, kind: Kind, law: str) -> str:
        """The rule this norm belongs to, for a body under a law ("2018", "2025"); the older id where 2025 has none."""
        older, newer = (self.village, self.village_2025) if kind == "village" else (self.community, self.community_2025)
        other = self.village or self.community or self.village_2025 or self.community_2025
        return (newer if law == "2025" else "") or older or newer or other

    def weaker(self, value: Any, than: Any) -> bool:
        """True when `value` does not keep the norm `than`."""
        if value == than:
            return False
        match self.way:
            case Way.AT_LEAST:
                return bool(self._amount(value) < self._amount(than)) or _of(value) != _of(than)
            case Way.AT_MOST:
                return bool(self._amount(value) > self._amount(than))
            case Way.CHOICE:
                return self._rank(value) <= self._rank(than)
            case Way.FIXED:
                return _essence(value) != _essence(than)

    def same(self, value: Any, other: Any) -> bool:
        """True when the two ask the same: a share's words do not count, its figures do."""
        return value == other or not (self.weaker(value, other) or self.weaker(other, value))

    def strictness(self, value: Any) -> tuple[Any, ...]:
        """A key by which the strictest of several values of equal standing is told, the same whatever their order."""
        match self.way:
            case Way.AT_LEAST:
                return (self._amount(value), str(value))
            case Way.AT_MOST:
                return (-self._amount(value), str(value))
            case Way.CHOICE:
                return (self._rank(value), str(value))
            case Way.FIXED:
                return (str(value),)

    def _rank(self, value: Any) -> int:
        return next(index for index, group in enumerate(self.order) if value in group)

    @staticmethod
    def _amount(value: Any) -> Any:
        if isinstance(value, Threshold):
            return _fraction(value)
        return value


def _fraction(share: Threshold) -> tuple[Fraction, bool]:
    """Comparable for shares: of equal ones, "more than" stands above "at least"."""
    return Fraction(share.numerator, share.denominator), share.inclusive is False


def _of(value: Any) -> Denominator | str | None:
    return value.of if isinstance(value, Threshold) else None


def _essence(value: Any) -> Hashable:
    """What counts in a fixed value: a share's figures, not its words."""
    if isinstance(value, Threshold):
        return (*_fraction(value), value.of)
    return value  # type: ignore[no-any-return]


def shown(term: Term, value: Any) -> str:
    """The value as a person reads it: 20 日, 过 1/2（登记选民）, 近亲属或者其他村民, 是."""
    if value is None:
        return "没有规定"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value} {term.unit}".strip()
    if isinstance(value, Threshold):
        sign = "不少于" if value.inclusive is True else "超过" if value.inclusive is False else "（含不含本数没有写明）"
        return f"{sign}{WHOLES[value.of]}的 {value.numerator}/{value.denominator}"
    if isinstance(value, tuple):
        return "、".join(WORDS[one] for one in value)
    return WORDS[value]


WHOLES: dict[str, str] = {
    "registered": "登记选民",
    "due": "应到会人数",
    "present": "参加投票人数",
    "cast": "已投选票",
    "valid": "有效票",
    "representatives": "全体代表",
    "households": "全体户的代表",
    "seats": "应选名额",
    "missing": "（没有写明分母）",
}

WORDS: dict[Any, str] = {
    WithdrawsWhen.NOMINATED: "被提名时",
    WithdrawsWhen.CONFIRMED: "被确定为候选人时",
    ProxyHolder.NEAR_RELATIVE: "本村有选举权的近亲属",
    ProxyHolder.RELATIVE_OR_VILLAGER: "近亲属或者其他村民",
    ProxyHolder.VOTER: "本社区其他选民",
    RovingBox.NONE: "不设流动票箱",
    RovingBox.IMPAIRED: "限行动困难不便到场的人",
    RovingBox.DISPERSED: "限居住分散、交通不便等特殊情况",
    RovingBox.OPEN: "不限",
    SurplusVoids.POLL: "全场",
    SurplusVoids.BOX: "该票箱",
    Admission.ELECTION_COMMITTEE: "选举委员会",
    Admission.MEETING: "村民会议或者村民代表会议",
    Acting.CHOSEN: "村民代表会议在当选的委员中推选",
    Acting.MOST_VOTES: "得票多的委员",
    StaffKin.SPOUSE_LINEAL: "配偶、直系亲属",
    StaffKin.SPOUSE_LINEAL_SIBLINGS: "配偶、父母子女、兄弟姐妹",
    StaffKin.NEAR: "近亲属",
    Nominator.PARTY_ORGANIZATION: "党组织",
    Nominator.VOTERS: "登记的选民（村民）",
    Nominator.HOUSEHOLDS: "户的代表",
    Nominator.GROUP_REPRESENTATIVES: "居民小组选举的代表",
}

_MUST: tuple[tuple[Any, ...], ...] = ((False,), (True,))
_MUST_NOT: tuple[tuple[Any, ...], ...] = ((True,), (False,))
_KIN = ((StaffKin.SPOUSE_LINEAL, StaffKin.SPOUSE_LINEAL_SIBLINGS), (StaffKin.NEAR,))
_AT_LEAST, _AT_MOST, _CHOICE, _FIXED = Way.AT_LEAST, Way.AT_MOST, Way.CHOICE, Way.FIXED


def _term(
    norm: str,
    label: str,
    way: Way,
    *rules: str,
    unit: str = "",
    order: tuple[tuple[Any, ...], ...] = (),
) -> Term:
    """`rules`: village, village of 2025, community, community of 2025."""
    village, village_2025, community, community_2025 = (*rules, "", "", "", "")[:4]
    return Term(
        norm=norm,
        label=label,
        unit=unit,
        way=way,
        order=order,
        village=village,
        village_2025=village_2025,
        community=community,
        community_2025=community_2025,
    )


_ALL = (
    _term("members_min", "委员会成员至少", _AT_LEAST, "V1", "", "R1", "R25-8", unit="人"),
    _term("members_max", "委员会成员至多", _AT_MOST, "V1", "", "R1", "R25-8", unit="人"),
    _term("women_min", "妇女成员至少", _AT_LEAST, "V1", "", "R1", "R25-8", unit="人"),
    _term("term_years", "任期", _FIXED, "V1", "", "R1", unit="年"),
    _term("members_kin", "成员之间回避的亲属", _CHOICE, "V21", "", "X1", "R25-8", order=_KIN),
    _term("committee_min", "选举委员会至少", _AT_LEAST, "V2", "", "R2", unit="人"),
    _term("committee_max", "选举委员会至多", _AT_MOST, "V2", "", "R2", unit="人"),
    _term(
        "committee_withdraws",
        "选举委员会成员退出的时点",
        _CHOICE,
        "V3",
        "V25-15",
        "R2",
        "R25-15",
        order=((WithdrawsWhen.CONFIRMED,), (WithdrawsWhen.NOMINATED,)),
    ),
    _term(
        "committee_kin_withdraws",
        "近亲属被提名的，选举委员会成员也退出",
        _CHOICE,
        "V3",
        "V25-15",
        "R2",
        "R25-15",
        order=_MUST,
    ),
    _term("committee_kin", "上述近亲属的范围", _CHOICE, "V3", "V25-15", "R2", "R25-15", order=_KIN),
    _term("committee_reserves_first", "没有候补人选的才另行推选", _CHOICE, "V3", "", "R2", order=_MUST),
    _term("voting_age", "选举权年龄", _FIXED, "V5", "V25-16", "V5", "R25-16", unit="周岁"),
    _term("outsider_months", "外来人员居住满", _FIXED, "V4", "V25-16", unit="个月"),
    _term("outsider_work_counts", "从事村务工作的时间也算", _CHOICE, "V4", "V25-16", order=_MUST),
    _term("outsider_needs_vote", "外来人员须经村民会议或者村民代表会议同意", _CHOICE, "V4", "V25-16", order=_MUST),
    _term(
        "related_admitted_by",
        "与本村有关的人员由谁同意登记",
        _CHOICE,
        "V4",
        "V25-16",
        order=((Admission.ELECTION_COMMITTEE,), (Admission.MEETING,)),
    ),
    _term("incapable_left_out", "丧失行为能力的人不列入名单", _FIXED, "V4", "V25-16"),
    _term("worker_months", "社区工作者在本社区工作满", _FIXED, "", "", "", "R25-16", unit="个月"),
    _term("voters_list_days", "选民（村民）名单在选举日前公布", _AT_LEAST, "V6", "V25-17", "V6", "R25-17", unit="日"),
    _term(
        "delegates_with_list", "户的代表、居民代表名单与选民名单同时公布", _CHOICE, "", "", "", "R25-17", order=_MUST
    ),
    _term("objection_days", "名单公布后可以提出异议", _AT_LEAST, "V7", "V25-17", "V7", "R25-17", unit="日"),
    _term("decision_days", "收到异议后作出处理决定", _AT_MOST, "V7", "V25-17", "V7", "R25-17", unit="日"),
    _term("delegate_households_min", "推选一名代表的户数至少", _AT_LEAST, "V26", "", "R7", "R25-13", unit="户"),
    _term("delegate_households_max", "推选一名代表的户数至多", _AT_MOST, "V26", "", "R7", "R25-13", unit="户"),
    _term("meeting_quorum", "代表会议到会人数", _AT_LEAST, "V26", "", "S2", "R25-29"),
    _term("meeting_women", "代表会议中的妇女代表", _AT_LEAST, "V26", "", "", ""),
    _term("assembly_adults", "村民（居民）会议到会的成年人", _AT_LEAST, "V26", "", "R25-27", "R25-27"),
    _term("assembly_households", "村民（居民）会议到会的户的代表", _AT_LEAST, "V26", "", "R25-27", "R25-27"),
    _term("meeting_majority", "会议决定的通过人数", _AT_LEAST, "V26", "", "S2", "R25-29"),
    _term("representatives_share", "代表会议中的代表", _AT_LEAST, "V26", "", "R25-29", "R25-29"),
    _term("nominators", "由谁提名候选人", _FIXED, "V8", "V25-18", "R3", "R25-18"),
    _term("joint_nominators", "选民联合提名的人数", _FIXED, "V8", "V25-18", "R3", "R25-18", unit="人"),
    _term("nomination_quorum", "投票提名（预选）的参加人数", _AT_LEAST, "V8"),
    _term("more_than_seats", "候选人多于应选名额", _CHOICE, "V8", "V25-18", "R3", "R25-18", order=_MUST),
    _term("margin_min", "每个职位的差额至少", _AT_LEAST, "V8", "", "R3", unit="人"),
    _term("margin_max", "每个职位的差额至多", _AT_MOST, "V8", "", "R3", unit="人"),
    _term("margin_max_members", "委员的差额至多", _AT_MOST, "V8", "", "R3", unit="人"),
    _term("candidate_list_days", "候选人名单在选举日前公布", _AT_LEAST, "V9", "", "R4", unit="日"),
    _term("declining_days", "不愿接受提名的在选举日前提出", _FIXED, "V9", unit="日"),
    _term("self_nominated_days", "自荐的在选举日前报名", _FIXED, "V9", unit="日"),
    _term("meets_voters", "组织候选人与选民见面", _CHOICE, "V8", "V25-18", "R3", "R25-18", order=_MUST),
    _term("venue_days", "投票时间、地点、方式和工作人员在选举日前公布", _AT_LEAST, "V13", "", "R4", unit="日"),
    _term("proxies_per_holder", "一人接受委托至多", _AT_MOST, "V11", "V25-18", "R5", "R25-19", unit="人"),
    _term(
        "proxy_holder",  # a voter's right by law: the wider circle may not be narrowed from below
        "可以委托谁",
        _CHOICE,
        "V11",
        "V25-18",
        "R5",
        "R25-19",
        order=((ProxyHolder.NEAR_RELATIVE,), (ProxyHolder.RELATIVE_OR_VILLAGER, ProxyHolder.VOTER)),
    ),
    _term("proxy_in_delegates_mode", "居民代表选举可以委托投票", _CHOICE, "", "", "R5", "R25-19", order=_MUST_NOT),
    _term("proxy_candidate_holds", "候选人可以接受委托", _CHOICE, "V11", "V25-18", "R5", "R25-19", order=_MUST_NOT),
    _term("proxy_notice_days", "委托在选举日前办理", _FIXED, "V11", unit="日"),
    _term("proxy_published_days", "委托人和受委托人名单在选举日前公布", _AT_LEAST, "V11", "", "R5", unit="日"),
    _term(
        "roving_box",
        "流动票箱的使用范围",
        _CHOICE,
        "V12",
        order=((RovingBox.OPEN,), (RovingBox.IMPAIRED, RovingBox.DISPERSED), (RovingBox.NONE,)),
    ),
    _term("roving_box_approval", "流动票箱须经乡镇同意", _CHOICE, "V12", order=_MUST),
    _term("roving_box_users_published", "公告使用流动票箱的选民和监票人名单", _CHOICE, "V12", order=_MUST),
    _term("box_monitors_min", "每个流动票箱的监票人至少", _AT_LEAST, "V12", unit="人"),
    _term("staff_kin", "选举工作人员须回避的候选人亲属", _CHOICE, "V13", order=_KIN),
    _term("quorum", "全体选民投票的有效人数", _AT_LEAST, "V14", "", "R5", "R25-19"),
    _term("quorum_households", "户的代表投票的有效人数", _AT_LEAST, "", "", "R5", "R25-19"),
    _term("quorum_delegates", "居民代表投票的有效人数", _AT_LEAST, "", "", "R5", "R25-19"),
    _term("majority", "当选票数", _AT_LEAST, "V17", "", "R5", "R25-19"),
    _term(
        "surplus_voids",
        "选票多于投票人数时无效的范围",
        _CHOICE,
        "V15",
        order=((SurplusVoids.BOX,), (SurplusVoids.POLL,)),
    ),
    _term("spoiled_counted", "废票计入选票总数", _CHOICE, "V16", order=_MUST),
    _term("two_posts_void", "同一人被选为两项以上职务的，选票无效", _CHOICE, "V16", order=_MUST),
    _term("further_vote_share", "另行选举的得票", _AT_LEAST, "V19", "", "R5", "R25-19"),
    _term("further_vote_days", "另行选举在选举日后", _AT_MOST, "V19", unit="日内"),
    _term("vacant_from", "选出多少人以后名额可以空缺", _AT_LEAST, "V20", unit="人"),
    _term("vacant_after_further_vote", "另行选举以后名额才可以空缺", _CHOICE, "V20", order=_MUST),
    _term("vacant_needs_chair", "主任选出以后名额才可以空缺", _CHOICE, "V20", order=_MUST),
    _term("vacant_needs_vote", "名额空缺须经村民会议或者村民代表会议决定", _CHOICE, "V20", order=_MUST),
    _term("acting_chair", "主任、副主任都没有选出时主持工作的人", _FIXED, "V20"),
    _term("elected_list_days", "当选人名单在选举日后公布", _AT_MOST, "V10", "", "R6", unit="日内"),
    _term("wrongful_win_bars", "当选无效的人另行选举再次当选也无效", _CHOICE, "V22", "", "R25-22", order=_MUST),
    _term("handover_days", "新一届产生后完成移交", _AT_MOST, "V23", "V25-24", "R6", "R25-25", unit="日内"),
    _term("seal_same_day", "公章在产生当日移交", _CHOICE, "V23", order=_MUST),
    _term("recall_voters", "联名要求罢免的选民", _FIXED, "V25", "V25-19", "", "R25-20"),
    _term("recall_representatives", "联名要求罢免的代表", _FIXED, "V25", "V25-19", "", "R25-20"),
    _term("recall_vote_days", "接到罢免要求后投票表决", _AT_MOST, "V25", unit="日内"),
    _term("by_election_months", "不足三人的补选", _AT_MOST, "V25", unit="个月内"),
    _term("by_election_representatives", "由代表会议补选的参加人数", _AT_LEAST, "V25"),
)

TERMS: dict[str, Term] = {term.norm: term for term in _ALL}
"""Every norm, in the order of a procedure; a test holds it against the fields of `Norms`."""
