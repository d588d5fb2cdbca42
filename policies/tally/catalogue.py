"""The catalogue of plausibility checks: every number once, with its formula, what it says, and what to do about it.

F.nn is an error: while it stands, nothing is accepted. W.nn is a warning: it may be right, but a person says by name why.
Most entries are data, a balance of figures that `policies.tally.checks` holds against each sheet; the others state in words
what the module named beside them looks at. Numbers are stable: none is used again for something else. What a single result
form can get wrong by itself stands in `policies.form.problems` (F.1xx to F.3xx) and is asked there, for every box too.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from policies.ballotsecrecy import FEWEST_COUNTED_APART
from policies.finding import Figure, Finding, Severity
from policies.people import Labelled


class Scope(Labelled):
    """What one check looks at."""

    BOX = "box", "每个票箱"
    KIND = "kind", "每个票箱的每种选票"
    ROW = "row", "每个票箱的每名被选人"
    SHEET = "sheet", "每份计票单"
    POLL = "poll", "全场汇总"
    ROUNDS = "rounds", "前后两次投票"
    NAMES = "names", "另选他人的写法"
    TELLERS = "tellers", "录入、更正与确认"


class Relation(Enum):
    """What must hold between the two sides of a balance."""

    EQUALS = "＝"
    AT_MOST = "≤"


class Term(NamedTuple):
    """A figure, `times` over; its field is one of `LABELS`."""

    field: str
    times: int = 1

    def __str__(self) -> str:
        return LABELS[self.field] if self.times == 1 else f"{self.times}×{LABELS[self.field]}"


class Balance(NamedTuple):
    """What must hold of the figures: the sum of the left terms EQUALS, or is AT_MOST, the sum of the right ones."""

    left: tuple[Term, ...]
    relation: Relation
    right: tuple[Term, ...]

    def __str__(self) -> str:
        left, right = ("＋".join(map(str, side)) or "0" for side in (self.left, self.right))
        return f"{left} {self.relation.value} {right}"


class Entry(NamedTuple):
    """One numbered check. `law` quotes the rule behind it; what has none is arithmetic or experience, and says so."""

    scope: Scope
    formula: Balance | str
    text: str
    remedy: str
    law: str = "计票单填写要求"


LABELS: dict[str, str] = {
    "entitled": "有选举权人数",
    "registered": "登记参加选举人数",
    "due": "应到会人数",
    "in_person": "本人到场投票人数",
    "by_proxy": "委托投票人数",
    "present": "参加投票人数",
    "received": "领取选票数",
    "issued": "发出选票数",
    "unused": "剩余选票数",
    "collected": "收回选票数",
    "valid": "有效票数",
    "invalid": "无效票数",
    "blank": "空白票数",
    "votes": "得票数",
    "against": "反对票数",
    "abstain": "弃权票数",
}
"""Every figure of a sheet with its Chinese name: the same on paper, in a workbook, in a message and on the command line."""


def _sum(*fields: str) -> tuple[Term, ...]:
    return tuple(Term(field) for field in fields)


def _equal(left: tuple[Term, ...], right: tuple[Term, ...]) -> Balance:
    return Balance(left, Relation.EQUALS, right)


def _at_most(left: tuple[Term, ...], right: tuple[Term, ...]) -> Balance:
    return Balance(left, Relation.AT_MOST, right)


EXPERIENCE = "经验值，未见法律规定：提示复核，不影响效力"

CATALOGUE: dict[str, Entry] = {
    # ------------------------------------------------------------ F: one sheet
    "F.01": Entry(
        Scope.BOX,
        _equal(_sum("in_person", "by_proxy"), _sum("present")),
        "本人到场 {in_person} 人，委托 {by_proxy} 人，合计与参加投票 {present} 人不符。",
        "核对签到表和委托投票登记。",
    ),
    "F.02": Entry(
        Scope.BOX,
        _at_most(_sum("registered"), _sum("entitled")),
        "登记参加选举 {registered} 人，多于有选举权的 {entitled} 人。",
        "核对选民登记册。",
    ),
    "F.03": Entry(
        Scope.KIND,
        _equal(_sum("issued", "unused"), _sum("received")),
        "发出 {issued} 张，剩余 {unused} 张，合计与领取的 {received} 张不符。",
        "清点剩余选票，核对领票登记。",
    ),
    "F.04": Entry(
        Scope.ROW,
        _equal(_sum("votes", "against", "abstain"), _sum("valid")),
        "赞成 {votes}、反对 {against}、弃权 {abstain}，合计与有效票 {valid} 张不符（空白票计入弃权）。",
        "重新计票。",
    ),
    "F.05": Entry(
        Scope.SHEET,
        "计票单的选票种类 ＝ 选票样张的种类",
        "选票种类与样张不符：{names}。",
        "缺的补录（没有用到的填 0），多的删去。",
    ),
    "F.06": Entry(
        Scope.SHEET,
        "印在选票上的每个人都列在计票单上，未印的作为另选他人",
        "{names}与选票样张不符。",
        "按样张列出全部被选人，职务相同；没有得票的填 0；样张上没有的作为另选他人。",
    ),
    # ------------------------------------------------------------ F: boxes together
    "F.11": Entry(
        Scope.POLL,
        "各票箱合计 ＝ 汇总表所写",
        "{label}：各票箱合计 {sum}，汇总表写的是 {stated}。",
        "逐箱核对，改正计票单或汇总表。",
    ),
    "F.12": Entry(
        Scope.POLL,
        "已填的各票箱合计 ≤ 汇总表所写",
        "{label}：已填的各票箱合计已有 {sum}，多于汇总表所写的 {stated}。",
        "逐箱核对，并补齐未填的票箱。",
    ),
    "F.13": Entry(Scope.POLL, "至少有一份计票单", "没有可以合并的计票单。", "先录入并确认各票箱的计票单。"),
    "F.14": Entry(
        Scope.POLL,
        "各票箱的机构、方式、法律、轮次、日期、名额相同",
        "各票箱的{what}不一致：{values}。",
        "核对是否同一次选举的计票单，改正后再合并。",
    ),
    "F.15": Entry(
        Scope.POLL,
        "同一人在各票箱要么都印在选票上，要么都是另选他人",
        "{post}{name}在有的票箱印在选票上、在有的票箱却作为另选他人。",
        "核对选票样张；同名的两人请加以区分。",
    ),
    "F.16": Entry(
        Scope.POLL,
        "同一人同一职务在一份计票单上只有一行",
        "{name}在{box}的计票单上列了不止一次。",
        "合为一行，或把同名的两人区分开。",
    ),
    # ------------------------------------------------------------ F: two rounds
    "F.21": Entry(
        Scope.ROUNDS,
        "前一次投票有效且名额未满（或票数相等）",
        "前一次投票{why}，不能接着进行{step}。",
        "先核验前一次的报告单。",
    ),
    "F.22": Entry(
        Scope.ROUNDS,
        "两次投票的机构、方式、法律相同，后一次不早于前一次，轮次相符",
        "前后两次投票的{what}不相符：前一次{first}，后一次{second}。",
        "核对两份报告单是否同一选举。",
    ),
    "F.23": Entry(
        Scope.ROUNDS,
        "后一次的候选人 ∈ 前一次未当选的人",
        "{name}{why}，不能作为{step}的候选人。",
        "按前一次投票的得票另定候选人。",
    ),
    "F.24": Entry(
        Scope.ROUNDS,
        "再次投票的候选人 ＝ 前一次票数相等的人",
        "{name}前一次票数相等，却没有列入再次投票。",
        "再次投票就票数相等的全部人员进行。",
    ),
    "F.25": Entry(
        Scope.ROUNDS,
        "后一次应选名额 ＝ 前一次空缺名额",
        "后一次应选 {seats} 名，前一次空缺 {open} 名。",
        "按前一次的空缺名额改正。",
    ),
    # ------------------------------------------------------------ F: names written in
    "F.31": Entry(Scope.NAMES, "并入的写法都在计票单上", "“{name}”不在计票单上，不能并入“{into}”。", "核对写法。"),
    "F.32": Entry(
        Scope.NAMES,
        "印在选票上的两个人不得合并",
        "“{name}”和“{into}”都印在选票上，是两个人，不能合并。",
        "撤销这次合并。",
    ),
    "F.33": Entry(Scope.NAMES, "一种写法只并入一个人", "“{name}”已由{by}并入“{into}”。", "先撤销原来的合并。"),
    # ------------------------------------------------------------ F: tellers
    "F.41": Entry(
        Scope.TELLERS,
        "首录人 ≠ 复录人",
        "“{box}”已由{teller}首录，同一人不得复录。",
        "换一名计票人独立录入。",
    ),
    "F.42": Entry(
        Scope.TELLERS,
        "更正所写的原数 ＝ 现在的数",
        "“{box}”{cell}现在是“{now}”，不是“{was}”。",
        "查看当前数字后再更正。",
    ),
    "F.43": Entry(
        Scope.TELLERS,
        "更正人 ＝ 该次录入的计票人",
        "“{box}”的录入人是{tellers}，{by}不能代为更正。",
        "由原录入人更正自己录入的数字，或者重新清点。",
    ),
    "F.44": Entry(Scope.TELLERS, "姓名、理由均已写明", "没有写明{what}。", "写明是谁、为什么，再提交一次。"),
    "F.45": Entry(Scope.TELLERS, "更正的格子在计票单上", "“{box}”的计票单上没有“{cell}”这一格。", "可填：{known}。"),
    "F.46": Entry(Scope.TELLERS, "票箱在选举名单上", "没有票箱“{box}”。", "已登记的票箱：{known}。"),
    "F.47": Entry(
        Scope.TELLERS,
        "连续两次清点 结果相同（重新清点过的票箱）",
        "“{box}”重新清点后与上一次不同：{cells}。连续两次清点结果相同，才可确认。",
        "再次清点，直到连续两次相同。",
    ),
    "F.48": Entry(
        Scope.TELLERS,
        "计票人 ∉ 候选人",
        "{teller}是候选人，不得担任计票人。",
        "换一名计票人。",
        "规则 P9、V13",
    ),
    "F.49": Entry(
        Scope.TELLERS,
        "每条提醒都有人具名说明",
        "“{box}”还有提醒没有说明：{numbers}。",
        "核实后逐条具名说明，或者更正数字。",
    ),
    "F.50": Entry(
        Scope.TELLERS,
        "每次清点有两人各自录入",
        "“{box}”第 {count} 次清点有 {entries} 人录入，应由两人各自独立录入。",
        "由两名计票人各自录入，随结果报告单上报每个票箱的录入人。",
    ),
    "F.51": Entry(
        Scope.TELLERS,
        "两人录入 逐格相同",
        "“{box}”{first}与{second}的录入不同：{cells}。",
        "逐格核对后更正，或者重新清点。",
    ),
    "F.52": Entry(
        Scope.TELLERS,
        "上报的票箱数字 ＝ 最后一次清点的数字",
        "“{box}”上报的数字与最后一次清点不同：{cells}。",
        "按最后一次清点的数字更正。",
    ),
    "F.53": Entry(
        Scope.POLL,
        "已完成的选举，每项职务只印在一种选票上",
        "不能写成投票环节的表：{why}。",
        "先完成计票；罢免、推荐不用这张表。",
    ),
    "F.54": Entry(
        Scope.POLL,
        "混合的各箱 ≤ 混合计票",
        "混合计票的各箱不能从计票簿中分出：{why}。",
        "核对各箱的投票人数、发出和收回选票数。",
    ),
    # ------------------------------------------------------------ W: one sheet
    "W.01": Entry(
        Scope.KIND,
        _at_most(_sum("collected"), _sum("issued")),
        "收回 {collected} 张，多于发出的 {issued} 张。",
        "立即重新清点；确实多出的，投票效力按规则认定。",
        "规则 P10、V15",
    ),
    "W.02": Entry(
        Scope.KIND,
        _at_most(_sum("collected"), _sum("present")),
        "收回 {collected} 张，多于参加投票的 {present} 人。",
        "立即重新清点；确实多出的，投票效力按规则认定。",
        "规则 P10、V15",
    ),
    "W.03": Entry(
        Scope.KIND,
        _at_most(_sum("issued"), _sum("present")),
        "发出 {issued} 张，多于参加投票的 {present} 人。",
        "核对领票登记：作废重领的、领票后未投的，各几张。",
    ),
    "W.04": Entry(
        Scope.KIND,
        _at_most(_sum("issued"), _sum("collected")),
        "发出 {issued} 张，只收回 {collected} 张。",
        "说明其余选票的去向；汇总时与最小票差比较。",
    ),
    "W.05": Entry(
        Scope.KIND,
        _at_most((Term("invalid", 10),), _sum("collected")),
        "无效票 {invalid} 张，超过收回 {collected} 张的十分之一。",
        "复核无效票的认定标准。",
        EXPERIENCE,
    ),
    "W.06": Entry(
        Scope.KIND,
        _at_most((Term("blank", 5),), _sum("valid")),
        "空白票 {blank} 张，超过有效票 {valid} 张的五分之一。",
        "复核空白票是否误归。",
        EXPERIENCE,
    ),
    "W.07": Entry(
        Scope.BOX,
        _at_most(_sum("by_proxy"), (Term("in_person", 3),)),
        "委托 {by_proxy} 人，多于本人到场 {in_person} 人的三倍：每人接受委托不得超过三人。",
        "核对委托投票证和受托人名单。",
        "规则 V11",
    ),
    "W.08": Entry(
        Scope.BOX,
        _at_most(_sum("by_proxy"), ()),
        "委托 {by_proxy} 人：党员大会、全体会议、代表投票和举手表决不得委托。",
        "核对签到表；确有委托的，投票效力按规则认定。",
        "规则 P9、R5、R25-19",
    ),
    "W.09": Entry(
        Scope.SHEET,
        "选票数、得票数和参加投票人数不是约数",
        "{cells}只填了约数，不能据以判定。",
        "查明准确数字；查不明的，写明原因。",
    ),
    "W.10": Entry(
        Scope.SHEET,
        "选票数、得票数和参加投票人数已经填写",
        "没有填写：{cells}。",
        "补填；确实没有的，写明原因（不得按 0 处理）。",
    ),
    "W.11": Entry(
        Scope.NAMES,
        "另选他人与其他写法不相近",
        "“{name}”与“{other}”写法相近，可能是同一人。",
        "逐张核对；是同一人的由专人具名合并，不是的写明。",
    ),
    "W.12": Entry(
        Scope.SHEET,
        "同一票箱各种选票发出数相同",
        "各种选票发出数不同：{values}。",
        "每名选民各领一张；不同的写明原因。",
    ),
    "W.13": Entry(
        Scope.SHEET,
        f"单独计票的票箱，参加投票人数 ≥ {FEWEST_COUNTED_APART}",
        "只有 {present} 人投票，单独计票会暴露投票人的选择。",
        "与其他票箱的选票混合以后再计票，选举登记里合为一个票箱。",
        "浙江省办法第二十六条：“集中在选举大会会场或者选举中心投票会场统一开箱”；人数为经验值",
    ),
    # ------------------------------------------------------------ W: two rounds
    "W.21": Entry(
        Scope.ROUNDS,
        "前一次得票更多的未当选人都已列为候选人",
        "{name}前一次得 {votes} 票，多于候选人{listed}的 {less} 票，却没有列为候选人。",
        "本人书面退出的写明；否则按得票多少另定候选人。",
        "规则 V19、R25-19",
    ),
}
"""Every numbered check, in the order of its number."""


def entry_finding(
    number: str,
    words: Mapping[str, object] = MappingProxyType({}),
    *,
    where: str = "",
    figure: Figure = None,
    bound: Figure = None,
) -> Finding:
    """The finding of one entry: an error for F, a warning for W. `words` fill its text, `where` is said in front."""
    entry = CATALOGUE[number]
    return Finding(
        rule=number,
        severity=Severity.ERROR if number.startswith("F.") else Severity.WARNING,
        message=f"{f'“{where}”：' if where else ''}{entry.text.format_map(words)}",
        value=figure,
        limit=bound,
        remedy=entry.remedy.format_map(words),
        source=entry.law,
    )
