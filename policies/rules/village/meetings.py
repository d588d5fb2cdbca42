"""V26: when an assembly or a representatives' meeting can decide, and who sits in the latter."""

from pydantic import Field

from policies.arithmetic import at_least
from policies.finding import Finding, Severity
from policies.law.norms import Norms
from policies.people import Labelled
from policies.rule import Confidence, Rule, declare
from policies.rules.village.shares import needed
from policies.value import Value

V26 = declare(
    Rule(
        id="V26",
        title="村民会议和村民代表会议",
        text="村民会议应有十八周岁以上村民过半数或者三分之二以上的户的代表参加；村民代表会议有三分之二以上的组成人员参加方可召开；"
        "决定经到会人员过半数通过。村民代表占组成人员五分之四以上，妇女村民代表占三分之一以上。",
        on_failure="会议决定无效，重新召集",
        source="《村民委员会组织法》（2018）第二十二条、第二十五条、第二十六条，（2025）第二十六条、第二十九条、第三十条："
        "“村民代表会议有三分之二以上的组成人员参加方可召开，所作决定应当经到会人员的过半数同意”",
        confidence=Confidence.VERIFIED,
        article="22、25、26（2018）、26、29、30（2025）",
        enforced=("residents.representatives", "residents.acting"),
    )
)


class Meeting(Labelled):
    """Who decides for the village, by what its number is counted in."""

    REPRESENTATIVES = "representatives", "村民代表会议"
    ADULTS = "adults", "村民会议（十八周岁以上村民参加）"
    HOUSEHOLDS = "households", "村民会议（户的代表参加）"


class MeetingVote(Value):
    """How a meeting decided: of so many members (adults, households) so many came, and so many of those agreed."""

    meeting: Meeting
    due: int = Field(ge=1)
    present: int = Field(ge=0)
    in_favour: int = Field(ge=0)


def assembly_quorate(
    norms: Norms,
    *,
    adults: int = 0,
    adults_present: int = 0,
    households: int = 0,
    households_present: int = 0,
    rule: Rule = V26,
    step: str | None = None,
) -> list[Finding]:
    """V26: an assembly meets with enough adults, or with enough households' delegates; either is enough."""
    ways = (
        ("十八周岁以上的村（居）民", adults, adults_present, norms.assembly_adults),
        ("户的代表", households, households_present, norms.assembly_households),
    )
    asked = [(what, whole, there, share) for what, whole, there, share in ways if share is not None and whole > 0]
    if not asked or any(there >= needed(share, whole) for _, whole, there, share in asked):
        return []
    said = "；".join(
        f"{what} {whole} 中到会 {there}，未达到{share.text}（{needed(share, whole)}）"
        for what, whole, there, share in asked
    )
    _, whole, there, share = asked[0]
    message = f"会议人数不足：{said}；会议不得举行，请重新召集（{rule.id}）。"
    return [rule.finding(message, value=there, limit=needed(share, whole), remedy="重新召集", step=step)]


def representatives_quorate(
    members: int, present: int, norms: Norms, *, rule: Rule = V26, step: str | None = None
) -> list[Finding]:
    """V26: a representatives' meeting has enough of its members (committee members and representatives) present."""
    share = norms.meeting_quorum
    if share is None or present >= (least := needed(share, members)):
        return []
    message = f"代表会议组成人员 {members} 人，到会 {present} 人，未达到{share.text}（{least} 人）；不得召开，请重新召集（{rule.id}）。"
    return [rule.finding(message, value=present, limit=least, remedy="重新召集", step=step)]


def decision_carried(
    present: int, in_favour: int, norms: Norms, *, rule: Rule = V26, step: str | None = None
) -> list[Finding]:
    """V26: enough of those present agreed."""
    share = norms.meeting_majority
    if share is None or in_favour >= (least := needed(share, present)):
        return []
    message = f"到会 {present} 人中 {in_favour} 人同意，未达到{share.text}（{least} 人），决定不成立（{rule.id}）。"
    return [rule.finding(message, value=in_favour, limit=least, remedy="决定不成立", step=step)]


def meeting_decided(
    vote: MeetingVote,
    norms: Norms,
    *,
    representatives: int = 0,
    members: int = 0,
    rule: Rule = V26,
    step: str | None = None,
) -> list[Finding]:
    """V26: the meeting could decide, and did. `representatives` and `members` of the committee sit in theirs (0: not known).

    A representative elected to the committee is one person of the meeting, not two.
    """
    name, due, present = vote.meeting.label, vote.due, vote.present
    found = []

    def wrong(what: str, value: int, limit: str) -> None:
        message = f"{name}{what}；请核对人数（{rule.id}）。"
        found.append(rule.finding(message, value=value, limit=limit, remedy="核对人数", step=step))

    if vote.meeting is Meeting.REPRESENTATIVES and representatives:
        least, most = representatives, representatives + members
        if not least <= due <= most:
            wrong(
                f"组成人员写为 {due} 人，村民代表 {representatives} 人和村民委员会成员 {members} 人应为 {least} 至 {most} 人",
                due,
                f"{least}–{most}",
            )
    if present > due:
        wrong(f"到会 {present} 人，多于应到的 {due} 人", present, str(due))
    if vote.in_favour > present:
        wrong(f"同意 {vote.in_favour} 人，多于到会的 {present} 人", vote.in_favour, str(present))
    match vote.meeting:
        case Meeting.REPRESENTATIVES:
            found += representatives_quorate(due, present, norms, rule=rule, step=step)
        case Meeting.ADULTS:
            found += assembly_quorate(norms, adults=due, adults_present=present, rule=rule, step=step)
        case Meeting.HOUSEHOLDS:
            found += assembly_quorate(norms, households=due, households_present=present, rule=rule, step=step)
    return [*found, *decision_carried(present, vote.in_favour, norms, rule=rule, step=step)]


def representatives_chosen(
    households: int,
    representatives: int,
    norms: Norms,
    *,
    by_groups: bool = False,
    generally: bool = False,
    rule: Rule = V26,
    step: str | None = None,
) -> list[Finding]:
    """V26: each representative stands for as many households as the law says; chosen by the groups, any number will do.

    One representative is never too many. `generally`: the law says 一般 (a community's does), so the finding only warns.
    """
    few, many = norms.delegate_households_min, norms.delegate_households_max
    if by_groups or few is None or many is None:
        return []
    least, most = at_least((1, many), households), max(1, households // few)
    if least <= representatives <= most:
        return []
    message = (
        f"{households} 户推选代表 {representatives} 人，按每 {few} 户至 {many} 户推选一人应为 {least} 至 {most} 人；"
        f"请补选或调整（{rule.id}）。"
    )
    return [
        rule.finding(
            message,
            value=representatives,
            limit=f"{least}–{most}",
            severity=Severity.WARNING if generally else Severity.ERROR,
            remedy="补选或调整代表",
            step=step,
        )
    ]


def meeting_composed(
    members: int, representatives: int, women: int, norms: Norms, *, rule: Rule = V26, step: str | None = None
) -> list[Finding]:
    """V26: representatives, and women among them, have their shares of all `members` of the meeting."""
    found = []
    for what, n, share in (
        ("代表", representatives, norms.representatives_share),
        ("妇女代表", women, norms.meeting_women),
    ):
        if share is not None and n < (least := needed(share, members)):
            message = f"代表会议组成人员 {members} 人中{what} {n} 人，未达到{share.text}（{least} 人）；请补选代表（{rule.id}）。"
            found.append(rule.finding(message, value=n, limit=least, remedy="补选代表", step=step))
    return found
