"""V25, R25-24: a committee that has become smaller than the law has it: since when, who must have it filled, until when.

Nothing is refused here: whoever follows the units is told, and told otherwise once the law's last day has passed. Villages
and communities share it; `rule` is the clause on by-elections that speaks of the unit at hand.
"""

from collections.abc import Sequence
from datetime import date

from policies.finding import Finding, Severity
from policies.law.norms import Norms
from policies.rule import Rule
from policies.rules.law2025 import R25_24
from policies.rules.village.recall import BY_ELECTION_DUE, V25, by_election_last_day


def by_election_clause(kind: str) -> Rule:
    """The clause on by-elections for a kind of plan."""
    return R25_24 if kind == "community" else V25


def too_few_since(members: int, vacated: Sequence[date], completed_on: date, least: int) -> date | None:
    """The day since which a committee has fewer than `least` members; None where it has enough.

    `vacated`: when each seat that is vacant now became so, the earliest first; a committee elected too small has been so
    since its election was complete.
    """
    if members >= least:
        return None
    spare = members + len(vacated) - least  # how many may leave before it is too small
    return vacated[spare] if spare >= 0 else completed_on


def too_few(
    unit: str,
    committee: str,
    members: int,
    since: date,
    today: date,
    norms: Norms,
    *,
    owner: str,
    superior: str,
    rule: Rule = V25,
) -> list[Finding]:
    """V25, R25-24: a by-election is due: a warning, an error once the last day that a clause names has passed.

    `owner` must have it begun, `superior` sees to it (Chinese names). Without a clause that names a day there is none.
    """
    least = norms.members_min
    if least is None or members >= least:
        return []
    last = by_election_last_day(members, since, norms)
    late = last is not None and today > last
    by = "法律没有规定补选的期限" if last is None else f"最迟 {last} 补选" + ("，已经逾期" if late else "")
    message = (
        f"{unit}{committee}在任 {members} 人，少于法定的 {least} 人（自 {since} 起），{by}；"
        f"请由{owner}启动补选，{superior}督促（{rule.id}）。"
    )
    return [
        rule.finding(
            message,
            value=members,
            limit=least,
            remedy="启动补选",
            severity=Severity.ERROR if late else Severity.WARNING,
            source=None if last is None else BY_ELECTION_DUE,
        )
    ]
