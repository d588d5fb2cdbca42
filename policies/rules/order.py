"""Order and authority: which body before which, which step before which, and who may decide it."""

from datetime import date

from policies.finding import Finding
from policies.pack.schema import Role
from policies.rule import Confidence, Rule, declare

O1 = declare(
    Rule(
        id="O1",
        title="三个组织换届的先后次序",
        text="按照先社区党组织、后居民委员会、再推选居务监督委员会的顺序组织开展；前一组织未完成换届，后一组织不得启动。",
        on_failure="先完成前一组织的换届，再启动本组织",
        source="街道方案 一（四）",
        confidence=Confidence.PLAN,
        enforced=("unit", "checker"),
    )
)
O2 = declare(
    Rule(
        id="O2",
        title="步骤次序",
        text="程序环节不出错：每一步须在前一步完成之后、本步开启之后办理，不得提前、跳过或重复。",
        on_failure="等本步开启后再办理",
        source="街道方案 三",
        confidence=Confidence.PLAN,
        enforced=("every gate", "checker"),
    )
)
O3 = declare(
    Rule(
        id="O3",
        title="经办主体与签字",
        text="每一步由方案写明的主体办理；须两方签字的，由两个不同的人签字。",
        on_failure="由方案写明的主体办理并签字",
        source="街道方案 三",
        confidence=Confidence.PLAN,
        enforced=("every gate", "checker"),
    )
)
O4 = declare(
    Rule(
        id="O4",
        title="文书与日期相符",
        text="每一步交来的表单须与该步相符；落款日期不得早于本步开启之日，也不得晚于办理当日。",
        on_failure="更正表单或日期后重新提交",
        source="街道方案 三",
        confidence=Confidence.PLAN,
        enforced=("every gate",),
    )
)
O5 = declare(
    Rule(
        id="O5",
        title="办理时限",
        text="各步按方案写明的时限办结；逾期的，标明责任主体，继续督办，不因逾期而自动通过或作废。",
        on_failure="责任主体立即办理，并向上一级说明原因",
        source="街道方案 三",
        confidence=Confidence.PLAN,
        enforced=("every gate", "checker"),
    )
)
O6 = declare(
    Rule(
        id="O6",
        title="管辖范围",
        text="各级各部门只办理本辖区、本职责范围内的事项；街道的签字只及于本街道，社区的签字只及于本社区。",
        on_failure="由有管辖权的街道、社区或部门办理",
        source="街道方案 三",
        confidence=Confidence.PLAN,
        enforced=("every gate",),
    )
)
O7 = declare(
    Rule(
        id="O7",
        title="演练时间",
        text="演练可以压缩日程、向前拨动时间，各单位同时拨动；正式换届的时间不得拨动，任何时间不得向后拨。",
        on_failure="正式换届按实际日期办理；演练只能向前拨",
        source="本系统的演练规则",
        confidence=Confidence.GENERAL,
        enforced=("district",),
    )
)


_SUPERIORS = {
    Role.PARTY_BRANCH: Role.STREET_COMMITTEE,
    Role.PARTY_ASSEMBLY: Role.STREET_COMMITTEE,
    Role.RESIDENTS_COMMITTEE: Role.STREET_OFFICE,
    Role.ELECTION_COMMITTEE: Role.STREET_OFFICE,
    Role.RESIDENT_GROUPS: Role.ELECTION_COMMITTEE,
    Role.SUPERVISORY_COMMITTEE: Role.STREET_OFFICE,
    Role.STREET_OFFICE: Role.STREET_COMMITTEE,
    Role.STREET_COMMITTEE: Role.DISTRICT_ORGANIZATION,
    Role.STREET_DISCIPLINE: Role.DISTRICT_ORGANIZATION,
    Role.CIVIL_AFFAIRS: Role.DISTRICT_ORGANIZATION,
    Role.JOINT_VETTING: Role.DISTRICT_ORGANIZATION,
    Role.DISTRICT_ORGANIZATION: Role.STANDING_COMMITTEE,
    Role.WOMEN_COMMITTEE: Role.STREET_WOMEN,
    Role.STREET_WOMEN: Role.DISTRICT_WOMEN,
    Role.DISTRICT_WOMEN: Role.DISTRICT_ORGANIZATION,
}


def superior(role: Role) -> Role:
    """O5: who is told when somebody's limit has passed; the standing committee has nobody above it here."""
    return _SUPERIORS.get(role, Role.STANDING_COMMITTEE)


def not_yet(body: str, before: str) -> Finding:
    """O1: `body` may not begin before `before` is complete (Chinese names)."""
    return O1.finding(f"{before}换届尚未完成，不得启动{body}换届。", value=body, limit=before)


def not_open(title: str, waiting_for: str) -> Finding:
    """O2: the step is not open; `waiting_for` says in Chinese what the election waits for instead."""
    return O2.finding(f"「{title}」尚未开启或已经办结。目前：{waiting_for}。", value=title, limit=waiting_for)


def window_not_open(title: str, opens_on: date, today: date) -> Finding:
    """O2: the step's window has not begun."""
    return O2.finding(
        f"「{title}」自 {opens_on} 起办理，今天是 {today}。", value=today.isoformat(), limit=opens_on.isoformat()
    )


def wrong_role(title: str, role: str, expected: str) -> Finding:
    """O3: decided by somebody other than the plan names."""
    return O3.finding(f"「{title}」应由{expected}办理，不能由{role}办理。", value=role, limit=expected)


def second_signature_missing(title: str, first: str) -> Finding:
    """O3: two different people must sign."""
    return O3.finding(f"「{title}」须由两个不同的人签字，目前只有{first}签字。", value=first, limit="两人签字")


def wrong_countersigner(title: str, role: str, expected: str) -> Finding:
    """O3: the second signature is not of a role that the plan names."""
    return O3.finding(f"「{title}」的第二签字应由{expected}签署，不能由{role}签署。", value=role, limit=expected)


def outside_scope(name: str, area: str) -> Finding:
    """O6: somebody signs for a place outside the area for which the role is held."""
    return O6.finding(f"{name}的职责范围不包括{area}，不能办理。", value=name, limit=area)


def wrong_form(title: str, kind: str) -> Finding:
    """O4: the form handed in belongs to another kind of step."""
    return O4.finding(f"「{title}」交来的表单类型不符（{kind}）。", value=kind)


def dated_within(title: str, signed: date | None, opened: date, today: date) -> list[Finding]:
    """O4: a form is dated between the opening of its step and today, both included."""
    if signed is None or opened <= signed <= today:
        return []
    return [
        O4.finding(
            f"「{title}」的落款日期 {signed} 不在本步开启之日 {opened} 至办理当日 {today} 之间。",
            value=signed.isoformat(),
            limit=f"{opened}—{today}",
        )
    ]


def may_not_steer(role: str, what: str, allowed: str) -> Finding:
    """O3: holding, releasing and postponing belong to the street's working committee or the district's office."""
    return O3.finding(f"{role}无权{what}，应由{allowed}决定。", value=role, limit=allowed)


def nothing_to_release(name: str) -> Finding:
    """O2: a release without a hold."""
    return O2.finding(f"{name}没有暂停，无须解除。", value=name)


def clock_is_real(name: str) -> Finding:
    """O7: a live election's time cannot be moved."""
    return O7.finding(f"{name}是正式换届，时间不能拨动。", value=name)


def not_forward(name: str, to: str, now: str) -> Finding:
    """O7: a drill's clock moves forward only."""
    return O7.finding(f"{name}现在是 {now}，不能拨到更早的 {to}。", value=to, limit=now)


def already_held(name: str, reason: str) -> Finding:
    """O2: a hold on what is held."""
    return O2.finding(f"{name}已经暂停（{reason}），不必重复暂停。", value=name, limit=reason)
