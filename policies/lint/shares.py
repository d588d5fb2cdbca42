"""Comparing a share as a plan words it with the share a clause demands."""

from typing import NamedTuple

from policies.pack.schema import MISSING, Denominator, Threshold

WHOLES = {
    Denominator.REGISTERED: "登记选民",
    Denominator.DUE: "应到会人数",
    Denominator.PRESENT: "实到会（参加投票）人数",
    Denominator.CAST: "收回选票数",
    Denominator.VALID: "有效票数",
    Denominator.REPRESENTATIVES: "全体居民代表",
    Denominator.HOUSEHOLDS: "全体户代表",
    Denominator.SEATS: "应选名额",
}
EXAMPLE = 50


class Demand(NamedTuple):
    """At least (`inclusive`) or more than numerator/denominator of one of `of`, in the clause's own words."""

    numerator: int
    denominator: int
    inclusive: bool
    of: tuple[Denominator, ...]
    words: str

    def needed(self, whole: int) -> int:
        """The smallest number out of `whole` that satisfies the clause."""
        return _needed(self.numerator, self.denominator, self.inclusive, whole)


def _needed(numerator: int, denominator: int, inclusive: bool, whole: int) -> int:
    return -(-whole * numerator // denominator) if inclusive else whole * numerator // denominator + 1


def weaker(threshold: Threshold, demand: Demand) -> str | None:
    """Why the plan's share falls short of the demand or cannot be judged, in Chinese; None when it is strong enough."""
    why: list[str] = []
    left = threshold.numerator * demand.denominator
    right = demand.numerator * threshold.denominator
    if left < right:
        why.append(f"低于{demand.words}")
    elif left == right and not demand.inclusive:
        if threshold.inclusive is True:
            mine = _needed(threshold.numerator, threshold.denominator, True, EXAMPLE)
            why.append(
                f"“以上”含本数，与{demand.words}（不含本数）不一致：{EXAMPLE} 人时方案只要 {mine} 人，"
                f"应为 {demand.needed(EXAMPLE)} 人"
            )
        elif threshold.inclusive == MISSING:
            why.append("没有写明含不含本数")
    if threshold.of == MISSING:
        why.append("没有写明以什么为分母")
    elif threshold.of not in demand.of:
        why.append(f"分母是{WHOLES[threshold.of]}，应为{'或'.join(WHOLES[one] for one in demand.of)}")
    return "；".join(why) or None


def shown(threshold: Threshold) -> str:
    """The plan's words with the share in figures: 有半数以上居民代表投票（≥1/2）."""
    sign = "≥" if threshold.inclusive is True else ">" if threshold.inclusive is False else ""
    return f"{threshold.text}（{sign}{threshold.numerator}/{threshold.denominator}）"
