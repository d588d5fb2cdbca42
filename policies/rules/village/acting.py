"""V20: who does a chair's work while the village has none: by the law itself, or by a meeting's choice.

Zhejiang and Shanghai name a deputy; with no deputy Zhejiang lets the representatives choose, Shanghai goes by votes. The
nation and Beijing say nothing: then a deputy acts, for that is what a deputy is for, and with none a meeting chooses, for
no article lets anybody else. Among several deputies it is the one with most votes (Shanghai's words; no other law has an order).
"""

from collections.abc import Mapping

from policies.finding import Finding
from policies.law.norms import Acting, Norms
from policies.rule import Rule
from policies.rules.polls import V20
from policies.rules.village.meetings import Meeting, MeetingVote, meeting_decided
from policies.value import Value

CLAUSES = (
    "浙江省办法第三十条：“主任未选出的，由副主任主持工作。主任、副主任都未选出的，由村民代表会议在当选的委员中推选一人主持工作”；"
    "上海市办法第二十一条：“村民委员会主任暂缺的，由得票多的副主任临时主持村民委员会工作；村民委员会主任、副主任都暂缺的，"
    "由得票多的委员临时主持村民委员会工作；得票相等的，由村民会议或者村民代表会议确定临时主持村民委员会工作的成员”"
)


class Due(Value):
    """Who may act (ids): the one whom the law names, or those among whom one of these meetings chooses."""

    people: tuple[str, ...]
    meetings: tuple[Meeting, ...] = ()  # none: nothing is left to choose


def who_acts(deputies: Mapping[str, int], members: Mapping[str, int], norms: Norms) -> Due | None:
    """V20: who acts without a chair; both map an id to the votes it was elected with. None: nobody is in office.

    `members` are those who are neither chair nor deputies.
    """
    chosen = norms.acting_chair is Acting.CHOSEN
    meetings = (Meeting.REPRESENTATIVES,) if chosen else tuple(Meeting)
    if deputies or norms.acting_chair is Acting.MOST_VOTES:
        first = _first(deputies or members)
        return Due(people=first, meetings=meetings if len(first) > 1 else ()) if first else None
    return Due(people=tuple(members), meetings=meetings) if members else None


def _first(votes: Mapping[str, int]) -> tuple[str, ...]:
    most = max(votes.values(), default=0)
    return tuple(one for one, n in votes.items() if n == most)


def acts_lawfully(
    person: str,
    vote: MeetingVote | None,
    due: Due,
    names: Mapping[str, str],
    norms: Norms,
    *,
    representatives: int,
    members: int,
    rule: Rule = V20,
    step: str | None = None,
) -> list[Finding]:
    """V20, V26: the one who acts is the one whom the law names, or was chosen by the right meeting, which could decide.

    `names`: by id. `representatives` and `members` of the committee make up the representatives' meeting (0: not known).
    """
    found = []

    def wrong(what: str, value: str, limit: str, remedy: str) -> None:
        message = f"主任暂缺，{what}；请{remedy}（{rule.id}）。"
        found.append(rule.finding(message, value=value, limit=limit, remedy=remedy, source=CLAUSES, step=step))

    entitled = "、".join(names.get(one, one) for one in due.people)
    if person not in due.people:
        called = names.get(person, person)
        how = f"应在{entitled}中推选一人主持工作" if due.meetings else f"应由{entitled}主持工作"
        wrong(f"{how}，所写的是 {called}", called, entitled, "更正主持工作的人")
    if not due.meetings:
        return found
    lawful = "、".join(meeting.label for meeting in due.meetings)
    if vote is None:
        wrong(f"应由{lawful}在{entitled}中推选一人主持工作，没有会议的人数和票数", "未推选", lawful, "召开会议推选")
        return found
    if vote.meeting not in due.meetings:
        wrong(f"应由{lawful}推选，所写的是{vote.meeting.label}", vote.meeting.label, lawful, f"由{lawful}推选")
    return [*found, *meeting_decided(vote, norms, representatives=representatives, members=members, step=step)]
