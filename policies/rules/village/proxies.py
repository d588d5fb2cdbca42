"""V11: voting for somebody away: in writing, to whom the law allows, for three at most, in time, and published."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from policies.finding import Finding
from policies.kinship import KinGraph, near_relative_path
from policies.law.norms import Norms, ProxyHolder
from policies.pack.schema import PollMode
from policies.rule import Confidence, Rule, declare
from policies.value import Value

V11 = declare(
    Rule(
        id="V11",
        title="委托投票",
        text="选举期间外出不能参加投票的，可以书面委托本村有选举权的近亲属（2025年法：或者其他村民）代为投票；每人接受委托不超过三人；"
        "候选人不得接受委托（2025年法、浙江、北京）；不得再委托；公布委托人和受委托人名单；办理期限依各省（浙江三日前，上海五日前，北京选举日前）。",
        on_failure="该委托无效",
        source="《村民委员会组织法》（2018）第十五条：“可以书面委托本村有选举权的近亲属代为投票”，（2025）第十八条：“每一村民接受委托"
        "不得超过三人。候选人不得接受委托投票”；浙江省办法第二十五条、上海市办法第十六条、北京市办法第二十五条",
        confidence=Confidence.VERIFIED,
        article="15（2018）、18（2025）",
        enforced=(
            "residents.proxies",
            "residents.poll",
        ),
    )
)
CHAIN = "浙江省办法第二十五条：“受委托人不得再委托其他选民代为投票”；上海市办法第十六条：“接受委托投票的村民不得再委托其他村民投票”"
NO_PROXY = "《城市居民委员会组织法》（2025）第十九条：“采取居民代表选举方式的，不实行委托投票”"


class Proxy(Value):
    """Who votes for whom (ids): both names are published by law, the choice is nobody's to know.

    `noticed`: the day the election committee was told; `published`: the day both names were posted (None: not yet).
    """

    principal: str
    holder: str
    noticed: date
    written: bool
    published: date | None = None
    principal_name: str = ""  # as published; "": known by id only
    holder_name: str = ""


def proxies_lawful(
    proxies: Sequence[Proxy],
    poll_day: date,
    norms: Norms,
    graph: KinGraph,
    *,
    candidates: Collection[str] = (),
    registered: Collection[str] | None = None,
    mode: PollMode = PollMode.VOTERS,
    rule: Rule = V11,
    step: str | None = None,
) -> list[Finding]:
    """V11 over all proxies of one poll, every problem at once; a finding's `value` is the offending figure, day or name.

    What the holder is to the voter away is asked of the kinship declared. `candidates` (ids) include those who nominated
    themselves. `registered` None: the register is checked elsewhere. Who gave his own vote away is absent and cannot hold
    another's: no chain, whatever the province.
    """
    if mode is PollMode.REPRESENTATIVES and norms.proxy_in_delegates_mode is False:
        return [_none_at_all(len(proxies), rule, step)] if proxies else []
    found: list[Finding] = []
    names = _names(proxies, graph)
    for proxy in proxies:
        found += _one(proxy, poll_day, norms, graph, names, candidates, registered, rule, step)
    found += _too_many(proxies, norms, names, rule, step)
    found += _given_twice(proxies, names, rule, step)
    found += _chains(proxies, names, rule, step)
    return found


def _names(proxies: Sequence[Proxy], graph: KinGraph) -> dict[str, str]:
    """What people are called by id: as published, else as the kinship declared knows them."""
    named = [
        pair
        for proxy in proxies
        for pair in ((proxy.principal, proxy.principal_name), (proxy.holder, proxy.holder_name))
    ]
    return {person: graph.name(person) for person, _ in named} | {person: name for person, name in named if name}


def last_notice(poll_day: date, norms: Norms) -> date | None:
    """The last day on which a proxy can be arranged."""
    return None if norms.proxy_notice_days is None else poll_day - timedelta(days=norms.proxy_notice_days)


def _one(
    proxy: Proxy,
    poll_day: date,
    norms: Norms,
    graph: KinGraph,
    names: Mapping[str, str],
    candidates: Collection[str],
    registered: Collection[str] | None,
    rule: Rule,
    step: str | None,
) -> list[Finding]:
    principal, holder = names[proxy.principal], names[proxy.holder]
    found = []

    def wrong(what: str, value: str, limit: str | None) -> None:
        message = f"{principal} 委托 {holder} 投票：{what}；该委托无效（{rule.id}）。"
        found.append(rule.finding(message, value=value, limit=limit, step=step))

    if proxy.principal == proxy.holder:
        wrong("委托人和受委托人是同一人", holder, "委托他人")
    elif norms.proxy_holder is ProxyHolder.NEAR_RELATIVE and not near_relative_path(
        graph, proxy.principal, proxy.holder
    ):
        wrong("受委托人不是委托人的近亲属", holder, "近亲属")
    if not proxy.written:
        wrong("没有书面委托", "口头", "书面委托")
    if norms.proxy_candidate_holds is False and proxy.holder in candidates:
        wrong("受委托人是候选人", holder, "候选人以外的人")
    if registered is not None:
        for person, who in ((proxy.principal, "委托人"), (proxy.holder, "受委托人")):
            if person not in registered:
                wrong(f"{who}不在选民名单上", names[person], "本地登记的选民")
    latest = last_notice(poll_day, norms)
    if latest is not None and proxy.noticed > latest:
        wrong(f"{proxy.noticed} 才办理，最迟应于 {latest} 办理", proxy.noticed.isoformat(), latest.isoformat())
    days = norms.proxy_published_days
    publish_by = poll_day if days is None else poll_day - timedelta(days=days)
    if proxy.published is None:
        wrong(f"双方姓名没有公布，最迟应于 {publish_by} 公布", "未公布", publish_by.isoformat())
    elif proxy.published > publish_by:
        wrong(
            f"{proxy.published} 才公布，最迟应于 {publish_by} 公布", proxy.published.isoformat(), publish_by.isoformat()
        )
    return found


def _too_many(
    proxies: Sequence[Proxy], norms: Norms, names: Mapping[str, str], rule: Rule, step: str | None
) -> list[Finding]:
    most = norms.proxies_per_holder
    held: dict[str, list[str]] = {}
    for proxy in proxies:
        held.setdefault(proxy.holder, []).append(names[proxy.principal])
    return [
        rule.finding(
            f"{names[holder]} 接受 {len(principals)} 人委托（{'、'.join(principals)}），至多 {most} 人；"
            f"第 {most + 1} 人起的委托无效（{rule.id}）。",
            value=len(principals),
            limit=most,
            remedy="超过的委托无效，由委托人另行委托",
            step=step,
        )
        for holder, principals in held.items()
        if most is not None and len(principals) > most
    ]


def _given_twice(proxies: Sequence[Proxy], names: Mapping[str, str], rule: Rule, step: str | None) -> list[Finding]:
    given = [proxy.principal for proxy in proxies]
    return [
        rule.finding(
            f"{names[one]} 委托了 {given.count(one)} 次，一人只能委托一次；请由本人确认其一（{rule.id}）。",
            value=given.count(one),
            limit=1,
            remedy="由委托人确认其一，其余无效",
            step=step,
        )
        for one in dict.fromkeys(given)
        if given.count(one) > 1
    ]


def _chains(proxies: Sequence[Proxy], names: Mapping[str, str], rule: Rule, step: str | None) -> list[Finding]:
    to = {proxy.principal: proxy.holder for proxy in proxies if proxy.principal != proxy.holder}
    holders = dict.fromkeys(proxy.holder for proxy in proxies if proxy.principal != proxy.holder)
    return [
        rule.finding(
            f"{names[holder]} 已把自己的一票委托给 {names[to[holder]]}，又接受他人委托，构成再委托；"
            f"其接受的委托无效（{rule.id}）。",
            value=names[holder],
            limit="不得再委托",
            remedy="由原委托人另行委托",
            source=CHAIN,
            step=step,
        )
        for holder in holders
        if holder in to
    ]


def _none_at_all(many: int, rule: Rule, step: str | None) -> Finding:
    message = f"有 {many} 份委托，本次选举不实行委托投票；委托一律无效（{rule.id}）。"
    return rule.finding(message, value=many, limit=0, source=NO_PROXY, step=step)
