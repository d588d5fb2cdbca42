"""How a poll was conducted and declared: the right people, the right denominator, nothing the ballot forbids."""

from collections.abc import Mapping, Sequence

from policies.closing.handover import Part
from policies.counting import Verdict
from policies.finding import Finding
from policies.form import Body, Mode, ResultForm
from policies.kinship import KinPath
from policies.names import unspaced
from policies.pack.schema import Ballot, PollMode
from policies.rule import Law, Rule
from policies.rules.order import O4
from policies.rules.polls import P7, P9, P12, P13, R5, S2, V10, V14, V17, V18
from policies.rules.residents import R6, R7
from policies.rules.village.meetings import V26
from policies.rules.women import W5

HANDED_OVER = tuple(part.label for part in Part)
"""What the plan has the old committee pass on (三（二）2（6）)."""

QUORUM = {
    Body.PARTY: P7,
    Body.PARTY_PLENARY: P7,
    Body.RESIDENTS: R5,
    Body.SUPERVISORY: S2,
    Body.VILLAGE_SUPERVISORY: V26,
    Body.WOMEN: W5,
    Body.VILLAGE: V14,
}
MAJORITY = {
    Body.PARTY: P12,
    Body.PARTY_PLENARY: P12,
    Body.RESIDENTS: R5,
    Body.SUPERVISORY: S2,
    Body.VILLAGE_SUPERVISORY: V26,
    Body.WOMEN: W5,
    Body.VILLAGE: V17,
}
TIE = {
    Body.PARTY: P13,
    Body.PARTY_PLENARY: P13,
    Body.RESIDENTS: R5,
    Body.SUPERVISORY: S2,
    Body.VILLAGE_SUPERVISORY: V18,
    Body.WOMEN: W5,
    Body.VILLAGE: V18,
}
CONDUCT = {
    Body.PARTY: P9,
    Body.PARTY_PLENARY: P9,
    Body.RESIDENTS: R5,
    Body.SUPERVISORY: S2,
    Body.VILLAGE_SUPERVISORY: V26,
    Body.WOMEN: W5,
    Body.VILLAGE: V10,
}
"""Which rule speaks for a body: on the quorum, the majority, ties, and the conduct of the vote."""


def same_names(title: str, given: Sequence[str], expected: Sequence[str]) -> list[Finding]:
    """O4: a paper names exactly the people decided on (ids), in any order."""
    extra = [person for person in given if person not in expected]
    missing = [person for person in expected if person not in given]
    if not extra and not missing and len(given) == len(expected):
        return []
    parts = [f"多列{'、'.join(extra)}"] if extra else []
    parts += [f"漏列{'、'.join(missing)}"] if missing else []
    return [
        O4.finding(
            f"「{title}」的名单与已确定的名单不一致：{'；'.join(parts) or '有人重复'}。",
            value=len(given),
            limit=len(expected),
            remedy="按已确定的名单更正",
        )
    ]


def right_form(sheet: ResultForm, *, body: Body, mode: PollMode, seats: int, vote: int, law: Law) -> list[Finding]:
    """O4: the form is the one for this poll: body, law, way of voting, seats open, first or further vote.

    Which law it is counted by decides which shares it needs, and is the plan's to say, not the form's.
    """
    wrong = []
    if sheet.law is not law:
        wrong.append(("适用法律", f"{sheet.law.value}年法", f"{law.value}年法"))
    if sheet.body is not body:
        wrong.append(("组织", sheet.body.label, f"{body.label}（body: {body.value}）"))
    if sheet.mode != Mode(mode.value):
        wrong.append(("投票方式", sheet.mode.label, Mode(mode.value).label))
    if sheet.total_seats != seats:
        wrong.append(("应选名额", str(sheet.total_seats), str(seats)))
    if sheet.round != vote:
        wrong.append(("轮次", str(sheet.round), str(vote)))
    return [
        O4.finding(f"结果报告单的{what}为「{value}」，本次应为「{limit}」。", value=value, limit=limit)
        for what, value, limit in wrong
    ]


def right_posts(sheet: ResultForm, seats: Mapping[str, int]) -> list[Finding]:
    """O4: the form gives the seats open post by post (Chinese names), as they are."""
    stated = sheet.seats if isinstance(sheet.seats, dict) else {"（未按职务填写）": sheet.seats}
    if stated == dict(seats):
        return []
    value, limit = ("、".join(f"{post} {n}" for post, n in given.items()) for given in (stated, seats))
    return [O4.finding(f"结果报告单的应选名额为「{value}」，本次应为「{limit}」。", value=value, limit=limit)]


def rows_are_of(
    sheet: ResultForm, ids: Sequence[str], printed: Mapping[tuple[str, str], str], written_in: Mapping[str, str]
) -> list[Finding]:
    """O4: each row is of the person whose id stands for it: votes go to nobody else.

    `printed`: names by id and post (Chinese); `written_in`: names by id of those whom voters added, told with the form.
    """
    found = []
    for person, row in zip(ids, sheet.candidates, strict=False):
        known = written_in.get(person) if row.write_in else printed.get((person, row.post or ""))
        if known is not None and unspaced(known) == unspaced(row.name):
            continue
        wanted = "另选他人的人员信息" if row.write_in else "该职务的候选人"
        message = f"结果报告单的「{row.name}（{row.post or '未写职务'}）」所填人员编号 {person} 不是{wanted}；请按报告单次序更正。"
        found.append(O4.finding(message, value=person, limit=row.name, remedy="逐行核对人员编号、姓名和职务"))
    return found


def right_roll(sheet: ResultForm, body: Body, roll: int) -> list[Finding]:
    """The denominator of the quorum is the roll the unit is known by, not another figure."""
    if sheet.roll is None or sheet.roll == roll:
        return []
    return [
        QUORUM[body].finding(
            f"结果报告单的应到（登记）人数为 {sheet.roll}，与名册的 {roll} 人不符，分母有误。",
            value=sheet.roll,
            limit=roll,
            remedy="按名册人数更正应到（登记）人数",
        )
    ]


def forbidden_means(body: Body, proxies: int, roving_boxes: int, ballot: Ballot) -> list[Finding]:
    """No proxy and no roving box where the ballot does not allow them (P9, R5)."""
    rule = CONDUCT[body]
    findings = []
    if proxies and ballot.proxies_allowed is not True:
        findings.append(
            rule.finding(
                f"有 {proxies} 张委托投票，本次选举不办理委托投票。",
                value=proxies,
                limit=0,
                remedy="委托票不得计入，重新核计",
            )
        )
    if roving_boxes and ballot.roving_boxes_allowed is not True:
        findings.append(
            rule.finding(
                f"使用了 {roving_boxes} 个流动票箱，本次选举只设立中心会场。",
                value=roving_boxes,
                limit=0,
                remedy="流动票箱的票不得计入",
            )
        )
    return findings


_MONITORS_BY_ANALOGY = "参照党内选举规定和各省村民委员会选举办法：候选人及其近亲属不得担任监票人、计票人"


def _monitors_source(body: Body) -> str | None:
    return None if body in (Body.PARTY, Body.PARTY_PLENARY) else _MONITORS_BY_ANALOGY


def monitor_stands(body: Body, name: str) -> Finding:
    """P9: a candidate counts or watches the vote (other bodies by analogy: the plan is silent)."""
    return P9.finding(
        f"{name} 是候选人，不得担任监票人、计票人。",
        value=name,
        remedy="更换监票、计票人后重新计票",
        source=_monitors_source(body),
    )


def monitor_kin(body: Body, path: KinPath) -> Finding:
    """P9: a candidate's near relative counts or watches the vote (other bodies by analogy: the plan is silent)."""
    return P9.finding(
        f"监票人或计票人是候选人近亲属：{path.text}。",
        value=path.text,
        remedy="更换监票、计票人后重新计票",
        source=_monitors_source(body),
    )


def declared_as_counted(declared: Sequence[str], verdict: Verdict, body: Body, *, by_lot: bool) -> list[Finding]:
    """What the officers declare against the count: winners of a void poll, losers declared, ties settled by lot."""
    findings: list[Finding] = []
    if by_lot:
        findings.append(
            TIE[body].finding("票数相等的，不得以抽签决定当选人。", value="抽签", limit="就票数相等的人重新投票")
        )
    if verdict.valid is None:
        return [*findings, *verdict.findings]
    if not verdict.valid:
        return [*findings, *verdict.findings] if declared else findings
    findings.extend(_not_elected(name, MAJORITY[body], verdict) for name in declared if name not in verdict.elected)
    findings.extend(
        MAJORITY[body].finding(f"{name} 已达到当选票数，却未列为当选。", value=name, remedy="更正当选名单")
        for name in verdict.elected
        if name not in declared
    )
    findings.extend(finding for finding in verdict.findings if not finding.blocks)
    return findings


def _not_elected(name: str, rule: Rule, verdict: Verdict) -> Finding:
    share = verdict.denominators.further or verdict.denominators.majority
    base = f"（以{share.label} {share.figure} 人为分母，须 {share.needed} 票）" if share is not None else ""
    tied = "，且因票数相等须重新投票" if name in verdict.tied else ""
    return rule.finding(
        f"{name} 未达到当选条件{base}{tied}，不得宣布当选。",
        value=name,
        limit=None if share is None else share.needed,
        remedy="更正当选名单",
    )


def handover_complete(items: Sequence[str]) -> list[Finding]:
    """R6: seals, property, accounts and files are all handed over."""
    missing = [item for item in HANDED_OVER if item not in items]
    if not missing:
        return []
    return [
        R6.finding(
            f"移交清单缺少{'、'.join(missing)}。", value=len(items), limit="、".join(HANDED_OVER), remedy="补齐移交"
        )
    ]


def delegates_as_registered(
    households: int, stated_households: int, organizations: int, from_organizations: int
) -> list[Finding]:
    """R7: households as registered, and one representative for each organization entitled to send one."""
    findings = []
    if stated_households != households:
        findings.append(
            R7.finding(
                f"填报户数 {stated_households} 与登记户数 {households} 不符。",
                value=stated_households,
                limit=households,
                remedy="按登记户数更正",
            )
        )
    if from_organizations != organizations:
        findings.append(
            R7.finding(
                f"驻社区单位等应各推选 1 名代表，共 {organizations} 名，现有 {from_organizations} 名。",
                value=from_organizations,
                limit=organizations,
            )
        )
    return findings


def members_as_registered(members: int, due: int, stated_members: int, excused: int) -> list[Finding]:
    """P7: full members and members due to attend are those on the roll; every later quorum is taken of them."""
    findings = []
    if stated_members != members:
        findings.append(
            P7.finding(
                f"请示填报正式党员 {stated_members} 名，与名册 {members} 名不符。",
                value=stated_members,
                limit=members,
                remedy="按名册更正",
            )
        )
    elif members - excused != due:
        findings.append(
            P7.finding(
                f"请示填报不计入应到会的党员 {excused} 名，应到会应为 {members - excused} 名，名册为 {due} 名。",
                value=members - excused,
                limit=due,
                remedy="按名册更正",
            )
        )
    return findings
