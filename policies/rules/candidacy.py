"""Nominees on their way to the list: named once, reviewed by everybody, fit, committed, and enough of them."""

from collections.abc import Iterable, Mapping

from policies.arithmetic import at_least
from policies.eligibility import X2
from policies.finding import Finding
from policies.rule import Rule
from policies.rules.order import O4
from policies.rules.polls import P5
from policies.rules.residents import R2, R3, ROUTES


def names_needed(seats: int, margin: tuple[int, int]) -> int:
    """P5: seats plus the margin, rounded up: 3 → 4, 5 → 6, 7 → 9 at one fifth."""
    return seats + at_least(margin, seats)


def margin(names: int, seats: int, needed: int) -> list[Finding]:
    """P5: enough names on the list for the seats and the margin."""
    if names >= needed:
        return []
    return [
        P5.finding(
            f"名单共 {names} 人，应选 {seats} 人，按差额要求至少 {needed} 人，差 {needed - names} 人。",
            value=names,
            limit=needed,
        )
    ]


def named_once(names: Iterable[str]) -> list[Finding]:
    """O4: no name twice on one list; result forms could not tell the two apart."""
    seen: set[str] = set()
    findings = []
    for name in names:
        if name in seen:
            findings.append(O4.finding(f"名单中「{name}」出现两次，请核对；同名的两人请注明以示区别。", value=name))
        seen.add(name)
    return findings


def nobody_nominated(title: str, rule: Rule = R3) -> Finding:
    """R3, W2: a nomination step closed without anybody."""
    return rule.finding(f"「{title}」没有提出任何人选。", value=0, limit=1)


def all_concluded(waiting: Mapping[str, str], concluded: list[str]) -> list[Finding]:
    """X2: a review concludes on everybody before it (id → name), once, and on nobody else."""
    findings = [
        X2.finding(f"{name} 缺少本级审查结论。", value=name, remedy="补充审查结论后一并提交")
        for person, name in waiting.items()
        if person not in concluded
    ]
    findings.extend(
        X2.finding(f"{person} 不在本次审查名单内。", value=person, remedy="删去名单外人员的结论")
        for person in concluded
        if person not in waiting
    )
    if len(set(concluded)) < len(concluded):
        findings.append(X2.finding("同一人有两条审查结论。", value=len(concluded), limit=len(set(concluded))))
    return findings


def exclusion_reasoned(name: str, rule: str, evidence: str, reviewer: str) -> list[Finding]:
    """X2: an exclusion names its rule, its evidence (a document number) and its reviewer."""
    missing = [
        label for label, given in (("规则", rule), ("证据文号", evidence), ("审查人", reviewer)) if not given.strip()
    ]
    if not missing:
        return []
    return [
        X2.finding(
            f"{name} 的审查未通过结论缺少{'、'.join(missing)}。",
            value=name,
            limit="规则、证据文号、审查人",
            remedy="补全后提交",
        )
    ]


def passed_with_evidence(name: str, evidence: str) -> Finding:
    """X2: somebody passes although a department reported a prohibited situation."""
    return X2.finding(
        f"{name} 有部门反映禁止情形（{evidence}），却作出通过结论。",
        value=evidence,
        limit="无禁止情形",
        remedy="核实后作出不通过结论，或撤销该反映",
    )


def judge_in_own_case(name: str) -> Finding:
    """R2: a nominee reviews; election-committee members leave once nominated."""
    return R2.finding(
        f"{name} 已被提名为候选人，不得再参与审查。", value=name, remedy="退出选举委员会，由原推选结果依次递补"
    )


def still_eligible(person: str, name: str) -> Finding:
    """X2: somebody on the list who was screened out, withdrew, or was never nominated."""
    return X2.finding(f"{name} 不在通过审查的人选之中，不得列入名单。", value=person, remedy="从名单中删去")


def no_such_route(name: str, route: str, known: tuple[str, ...], rule: Rule = R3) -> Finding:
    """R3, V8, V25-18, W2: nominated by a way the plan does not know."""
    allowed = "、".join(ROUTES.get(one, one) for one in known)
    return rule.finding(
        f"{name} 的提名方式「{ROUTES.get(route, route)}」不在方案规定之内，方案只有：{allowed}。",
        value=route,
        limit=allowed,
        remedy="按方案规定的方式重新提名",
    )


def no_deputy(deputy: str, clause: Rule = R2) -> Finding:
    """R2: the committee needs a deputy from among its members, other than the chair, to preside once the chair steps out."""
    called = "居民选举委员会" if clause is R2 else "村民选举委员会"
    return clause.finding(f"{called}须在成员中另推一名副主任。", value=deputy, limit="主任以外的一名成员")
