"""V22: a win by violence, bribery, forgery or a false count is void once somebody entitled has found it so."""

from collections import Counter
from collections.abc import Collection, Sequence

from policies.finding import Finding
from policies.law.norms import Norms
from policies.people import Labelled
from policies.rule import Confidence, Rule, declare
from policies.value import Value

V22 = declare(
    Rule(
        id="V22",
        title="不正当手段当选无效",
        text="以暴力、威胁、欺骗、贿赂、伪造选票、虚报选举票数等不正当手段当选的，当选无效；由乡级或者县级人民政府负责调查并依法处理"
        "（浙江：在另行选举中再次当选的，其当选无效）。",
        on_failure="宣布当选无效，依法调查处理",
        source="《村民委员会组织法》（2018）第十七条、（2025）第二十一条：“以暴力、威胁、欺骗、贿赂、伪造选票、虚报选举票数等不正当手段"
        "当选村民委员会成员的，当选无效”；浙江省办法第四十一条：“在另行选举中再次当选的，其当选无效”",
        confidence=Confidence.VERIFIED,
        article="17（2018）、21（2025）",
        enforced=("complaint", "residents.runoff"),
    )
)


class Means(Labelled):
    """The means the law names; OTHER stands for its 「等」."""

    VIOLENCE = "violence", "暴力"
    THREAT = "threat", "威胁"
    DECEIT = "deceit", "欺骗"
    BRIBERY = "bribery", "贿赂"
    FORGERY = "forgery", "伪造选票"
    FALSE_COUNT = "false_count", "虚报选举票数"
    OTHER = "other", "其他不正当手段"


class Authority(Labelled):
    """Who looked into a report."""

    ELECTION_COMMITTEE = "election_committee", "选举委员会"
    TOWNSHIP = "township", "乡镇人民政府（街道办事处）"
    COUNTY = "county", "县级人民政府"  # of a community: the city not divided into districts, or the district


class Wrong(Value):
    """What was found about one winner (id): the means, by whom it was found, and the number of the finding's paper."""

    person: str
    means: Means
    found_by: Authority
    paper: str


def cannot_void(
    wrongs: Sequence[Wrong], elected: Collection[str], *, upheld: bool, rule: Rule = V22, step: str | None = None
) -> list[Finding]:
    """V22: why a conclusion voids no win yet, every reason at once. `elected`: ids of those whose win can be void.

    A conclusion needs its paper. The investigation is the township's or the county's, so the election committee's word
    alone voids nothing (Zhejiang lets it declare what they found).
    """
    found = []
    for one in wrongs:

        def wrong(what: str, value: str, limit: str, remedy: str) -> None:
            message = f"{one.person} 以{one.means.label}当选的认定{what}；请{remedy}（{rule.id}）。"  # noqa: B023
            found.append(rule.finding(message, value=value, limit=limit, remedy=remedy, step=step))

        if not upheld:
            wrong("与“不属实”的结论矛盾", "不属实", "属实", "更正结论")
        if one.person not in elected:
            wrong("所写的人没有当选", one.person, "当选人", "核对人员编号")
        if not one.paper.strip():
            wrong("没有文号", "无文号", "调查结论文号", "补充文号")
        if one.found_by is Authority.ELECTION_COMMITTEE:
            entitled = f"{Authority.TOWNSHIP.label}、{Authority.COUNTY.label}"
            wrong("由选举委员会作出", one.found_by.label, entitled, f"报送{entitled}调查")
    twice = [person for person, many in Counter(one.person for one in wrongs).items() if many > 1]
    return [
        *found,
        *(
            rule.finding(f"{one} 的认定写了不止一次（{rule.id}）。", value=one, limit=1, remedy="只留一条")
            for one in twice
        ),
    ]


def wins_again(
    person: str, void: Collection[str], norms: Norms, *, rule: Rule = V22, step: str | None = None
) -> list[Finding]:
    """V22: whose win was `void` (ids) has won the further vote: void too, where the province says so."""
    if not norms.wrongful_win_bars or person not in void:
        return []
    message = f"{person} 前次当选因不正当手段无效，在另行选举中再次当选，其当选无效（{rule.id}）。"
    return [rule.finding(message, value=person, limit="当选无效", step=step)]
