"""What the checker says: which invariant broke, where, by which rule of the procedure, in plain Chinese."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Invariant(StrEnum):
    """What must hold of every journal. The value is the id used in reports; `heading` its Chinese name."""

    heading: str
    guards: str

    ORDER = "I1", "三个组织依次进行，组织内步骤依次进行", "X4、F10"
    GATES = "I2", "每道关口都打开过、由该负责的人决定过，且只一次", "流程顺序"
    MAJORITY = "I3", "到会、过半与表决方式", "P7、P9、P12、P13、R5、S2、V18、V19"
    BALLOTS = "I4", "选票收支平衡", "P10、P11、V15、V16"
    SEATS = "I5", "名额、差额与递补", "P4、P5、P14、P15、R1、V21"
    KINSHIP = "I6", "近亲属回避、排除人员与选举委员会回避", "X1、X2、R2、V13"
    DAYS = "I7", "公示、张榜、公告与移交的天数", "P6、R4、R6"
    DEADLINES = "I8", "期限内办结，或已标记逾期", "架构：逾期是一种状态"
    SECRECY = "I9", "任何记录都不能把投票人与选择联系起来", "P9、R5"
    CHAIN = "I10", "日志完整：编号、哈希、时间、结束记录", "日志格式"
    COMMITMENT = "I11", "承诺、审查与签字齐全", "P6、R3、V22"

    def __new__(cls, code: str, heading: str, guards: str) -> Self:
        """A member whose value is its id; the heading and the rules it guards stand beside it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.heading = heading
        member.guards = guards
        return member


@dataclass(frozen=True, slots=True)
class Violation:
    """One invariant broken at one line: what should have been and what was. `line` is its number in the journal."""

    unit: str
    body: str
    gate: str
    invariant: Invariant
    rule: str
    message: str
    at: str
    line: int

    def __str__(self) -> str:
        place = " ".join(part for part in (self.unit, self.body, self.gate) if part)
        return f"[{self.invariant.value} {self.rule}] 第{self.line}行 {place}：{self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict over everything fed. `broken` counts every violation; `violations` keeps the first ones only."""

    violations: tuple[Violation, ...]
    broken: int
    lines: int
    districts: int
    units: int
    completed: int
    held: int
    gates: int
    polls: int
    overdue: int
    findings_by_rule: dict[str, int]  # refused at the door, and overdue
    caught_by_rule: dict[str, int]  # held, excluded, polls that failed, lots

    @property
    def ok(self) -> bool:
        """True when no invariant is broken."""
        return self.broken == 0

    def by_invariant(self) -> dict[str, int]:
        """How many of the kept violations each invariant has, by its id."""
        return dict(Counter(violation.invariant.value for violation in self.violations))


def merged(reports: Iterable[Report]) -> Report:
    """One verdict over parts checked apart (districts on several processes), in the order given."""
    parts = list(reports)
    findings: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for part in parts:
        findings.update(part.findings_by_rule)
        caught.update(part.caught_by_rule)
    return Report(
        violations=tuple(violation for part in parts for violation in part.violations),
        broken=sum(part.broken for part in parts),
        lines=sum(part.lines for part in parts),
        districts=sum(part.districts for part in parts),
        units=sum(part.units for part in parts),
        completed=sum(part.completed for part in parts),
        held=sum(part.held for part in parts),
        gates=sum(part.gates for part in parts),
        polls=sum(part.polls for part in parts),
        overdue=sum(part.overdue for part in parts),
        findings_by_rule=dict(sorted(findings.items())),
        caught_by_rule=dict(sorted(caught.items())),
    )
