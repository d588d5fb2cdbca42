"""R1–R4, R6, R7 and V6: the residents' committee from its election committee to the handover."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from policies.arithmetic import at_least
from policies.finding import Finding
from policies.pack.schema import Committee, Delegates, NominationRoute
from policies.rule import Confidence, Law, Rule, declare

SEATS_LAW = (5, 9)
LIST_DAYS = 3
ANNOUNCED_WITHIN = 1
HANDOVER_WITHIN = 10
VOTERS_LIST_DAYS = 20
FILED_WITH = ("区民政局", "街道")
ROUTES = {
    "voters": "有选举权的居民",
    "household_representatives": "户代表",
    "group_representatives": "居民小组选举的代表",
    "self": "选民自荐",
    "party_members": "党员",
    "residents": "群众",
    "superior_party": "上级党组织",
    "party_organization": "社区党组织",
}

R1 = declare(
    Rule(
        id="R1",
        title="居民委员会职数和任期",
        text="居民委员会由主任、副主任和委员共五至九人组成（方案：7至9名），每届任期五年。",
        on_failure="按规定职数重新提出方案",
        source="街道方案 二（五）；《城市居民委员会组织法》（2018）第七条、第八条，（2025）第八条、第十四条",
        confidence=Confidence.VERIFIED,
        article="7、8（2018）、8、14（2025）",
        enforced=(
            "lint",
            "prep.plan",
        ),
    )
)
R2 = declare(
    Rule(
        id="R2",
        title="居民选举委员会",
        text="居民选举委员会5至9人、单数，推选社区党组织书记为主任；成为候选人的退出，所缺名额从原推选结果中依次递补；"
        "主任退出后由副主任主持。",
        on_failure="按原推选结果依次递补，由副主任主持",
        source="街道方案 三（二）2（1）",
        confidence=Confidence.PLAN,
        enforced=(
            "lint",
            "residents.election_committee",
            "residents.nomination",
            "residents.prereview",
            "checker",
        ),
    )
)
R3 = declare(
    Rule(
        id="R3",
        title="候选人提名和审查",
        text="有选举权的居民10人以上、户代表5人以上、居民小组选举的代表2人以上联名提名，或选民自荐；经选举委员会预审"
        "（居务监督委员会由街道或社区党组织预审）、街道初审、区级联审、区委常委会讨论通过。",
        on_failure="联名不足的提名不予受理；未经逐级审查的不得列为候选人",
        source="街道方案 三（二）2（4）、3（1）；党组织人选的推荐见 三（二）1（2）一",
        confidence=Confidence.PLAN,
        enforced=(
            "party.recommendation",
            "residents.nomination",
            "supervisory.nomination",
        ),
    )
)
R4 = declare(
    Rule(
        id="R4",
        title="正式候选人张榜三日",
        text="正式候选人于正式选举日的3日前在社区内张榜公布；按日历日计算，张榜当日不计，节假日不顺延也不扣除。",
        on_failure="推后选举日",
        source="街道方案 三（二）2（4）：“并于正式选举日的3日前在社区内张榜公布”",
        confidence=Confidence.PLAN,
        enforced=("lint", "residents.list", "residents.poll", "checker"),
    )
)
R6 = declare(
    Rule(
        id="R6",
        title="公告、备案和移交时限",
        text="当日或次日公告当选名单；结果报告单分别报区民政局和街道备案；自新一届居委会产生之日起10日内完成移交。",
        on_failure="立即公告、移交，并向街道说明原因",
        source="街道方案 三（二）2（5）、（6）",
        confidence=Confidence.PLAN,
        enforced=("lint", "residents.announcement", "residents.handover", "checker"),
    )
)
R7 = declare(
    Rule(
        id="R7",
        title="居民代表人数",
        text="居民代表以每30户推选1名，或由各居民小组推选若干人，一般不得少于50人；机关、企事业单位、部队和较大社会组织、"
        "农民工群体各推选1名。",
        on_failure="补选居民代表后方可投票",
        source="街道方案 三（二）2（3）",
        confidence=Confidence.PLAN,
        enforced=("residents.representatives",),
    )
)
V6 = declare(
    Rule(
        id="V6",
        title="选民名单公布二十日",
        text="登记参加选举的名单应当在选举日的二十日前公布。",
        on_failure="推后选举日",
        source="《村民委员会组织法》（2018）第十四条（全体选民投票的社区参照）",
        confidence=Confidence.VERIFIED,
        law_version=Law.OF_2018,
        article="14",
        national_floor=True,
        enforced=(
            "lint",
            "residents.poll_day",
            "residents.voters_list",
            "byelection.poll_day",
            "byelection.voters_list",
        ),
    )
)


def seats_allowed(seats: int, *, plan: tuple[int, int] | None = None, step: str | None = None) -> list[Finding]:
    """R1: 5–9 by law, and within what the plan gives (7–9 in the street plan)."""
    low, high = plan or SEATS_LAW
    low, high = max(low, SEATS_LAW[0]), min(high, SEATS_LAW[1])
    if low <= seats <= high:
        return []
    return [
        R1.finding(
            f"居民委员会职数 {seats} 名，应为 {low if low == high else f'{low} 至 {high}'} 名；请重新提出方案（R1）。",
            value=seats,
            limit=f"{low}–{high}",
            step=step,
        )
    ]


def committee_composition(
    members: Sequence[str],
    chair: str | None,
    *,
    rule: Committee,
    secretary: str | None = None,
    clause: Rule = R2,
    place: str = "社区",
    names: Mapping[str, str] = MappingProxyType({}),
    step: str | None = None,
) -> list[Finding]:
    """R2: size and oddness; the chair is a member and, where `secretary` is given, that very person (ids).

    `names`: what people are called by id; without one a person is 编号 and the id. In a village `clause` is V2 and `place` 村: the committee is called by it.
    """
    called = "居民选举委员会" if place == "社区" else f"{place}民选举委员会"

    def who(person: str) -> str:
        return names.get(person) or f"编号 {person}"

    found = []
    n = len(set(members))
    if n != len(members):
        found.append(
            clause.finding(f"{called}名单有重复的人，请更正（{clause.id}）。", value=len(members), limit=n, step=step)
        )
    low = rule.min if isinstance(rule.min, int) else 1
    high = rule.max if isinstance(rule.max, int) else n
    if not low <= n <= high:
        found.append(
            clause.finding(
                f"{called} {n} 人，应为 {low} 至 {high} 人；请重新推选（{clause.id}）。",
                value=n,
                limit=f"{low}–{high}",
                step=step,
            )
        )
    if rule.odd is True and n % 2 == 0:
        found.append(
            clause.finding(f"{called} {n} 人，应为单数；请增减一人（{clause.id}）。", value=n, limit="单数", step=step)
        )
    if chair is None or chair not in members:
        nobody = "未推选" if chair is None else f"为 {who(chair)}"
        found.append(
            clause.finding(
                f"{called}主任须由其成员担任，现{nobody}；请重新推选（{clause.id}）。",
                value=None if chair is None else who(chair),
                limit="成员之一",
                step=step,
            )
        )
    elif secretary is not None and chair != secretary:
        found.append(
            clause.finding(
                f"{called}主任应为{place}党组织书记（{who(secretary)}），现为 {who(chair)}；请重新推选（{clause.id}）。",
                value=who(chair),
                limit=who(secretary),
                step=step,
            )
        )
    return found


def members_standing(members: Sequence[str], nominees: Collection[str], *, step: str | None = None) -> list[Finding]:
    """R2: one finding for each member of the election committee who stands for election and has not left it (ids)."""
    return [
        R2.finding(
            f"{member} 已被提名为候选人，仍在居民选举委员会任职；应即退出，所缺名额从原推选结果中依次递补（R2）。",
            value=member,
            limit="退出居民选举委员会",
            step=step,
        )
        for member in members
        if member in nominees
    ]


def replaced_in_order(
    successor: str | None, reserves: Sequence[str], nominees: Collection[str], *, step: str | None = None
) -> list[Finding]:
    """R2: a place left empty goes to the first of the reserves (ids, in order of the original vote) who does not stand.

    `successor` None: nobody has moved up, which is right only where no reserve is left.
    """
    due = next((reserve for reserve in reserves if reserve not in nominees), None)
    if successor == due:
        return []
    if due is None:
        message = f"递补 {successor} 没有依据：原推选结果中已无可以递补的人；请另行推选（R2）。"
    else:
        message = f"居民选举委员会缺额应由原推选结果中的 {due} 依次递补，现{f'由 {successor} ' if successor else '未'}递补；请更正（R2）。"
    return [R2.finding(message, value=successor, limit=due, step=step)]


def presided_by(
    presiding: str, chair: str, deputy: str, nominees: Collection[str], *, step: str | None = None
) -> list[Finding]:
    """R2: the chair presides; the deputy does once the chair stands for election (ids)."""
    due = deputy if chair in nominees else chair
    if presiding == due:
        return []
    why = f"主任 {chair} 已被提名为候选人，应由副主任 {due} 主持" if due == deputy else f"应由主任 {due} 主持"
    return [R2.finding(f"选举工作{why}，现由 {presiding} 主持；请更正（R2）。", value=presiding, limit=due, step=step)]


def nomination_backed(
    route: NominationRoute, supporters: int, *, nominee: str = "", step: str | None = None
) -> list[Finding]:
    """R3: a nomination has as many supporters as its route demands; a route whose number is missing demands one."""
    needed = route.at_least if isinstance(route.at_least, int) else 1
    if supporters >= needed:
        return []
    who = ROUTES.get(route.by, route.by)
    return [
        R3.finding(
            f"{nominee or '该提名'}由{who} {supporters} 人联名，不足 {needed} 人；请补足联名，否则不予受理（R3）。",
            value=supporters,
            limit=needed,
            step=step,
        )
    ]


def reviewed_at_every_level(
    nominee: str, passed: Collection[str], levels: Sequence[str], *, step: str | None = None
) -> list[Finding]:
    """R3: a nominee on the list has passed every level of review (`levels`: their Chinese names, in order)."""
    missing = [level for level in levels if level not in passed]
    if not missing:
        return []
    return [
        R3.finding(
            f"{nominee} 尚未通过{'、'.join(missing)}，不得列为候选人；请逐级审查通过后再列入名单（R3）。",
            value="、".join(missing),
            limit="、".join(levels),
            step=step,
        )
    ]


def list_posted_in_time(
    posted: date, poll_day: date, *, days: int = LIST_DAYS, clear: bool = False, step: str | None = None
) -> list[Finding]:
    """R4: the list is up `days` calendar days before the poll; `clear` asks for so many whole days between the two."""
    latest = poll_day - timedelta(days=days + clear)
    if posted <= latest:
        return []
    earliest = posted + timedelta(days=days + clear)
    how = f"（按 {days} 个整天计）" if clear else ""
    return [
        R4.finding(
            f"正式候选人 {posted} 张榜，选举日 {poll_day}，不足 {days} 日{how}；最迟应于 {latest} 张榜，"
            f"否则选举日最早 {earliest}（R4）。",
            value=posted.isoformat(),
            limit=latest.isoformat(),
            remedy=f"选举日推后到 {earliest} 或以后",
            step=step,
        )
    ]


def announced_in_time(
    poll_day: date, announced: date, *, within: int = ANNOUNCED_WITHIN, step: str | None = None
) -> list[Finding]:
    """R6: announced on the poll day or the next; never before the poll."""
    return _within(poll_day, announced, within, "公告当选名单", "投票", step)


def handed_over_in_time(
    elected_on: date, handed_over: date, *, within: int = HANDOVER_WITHIN, step: str | None = None
) -> list[Finding]:
    """R6: handed over within ten calendar days of the new committee's election; the day of election is not counted."""
    return _within(elected_on, handed_over, within, "移交", "新一届居民委员会产生", step)


def _within(start: date, day: date, within: int, what: str, since: str, step: str | None) -> list[Finding]:
    last = start + timedelta(days=within)
    if start <= day <= last:
        return []
    if day < start:
        message = f"{what}日期 {day} 早于{since}日 {start}；请更正日期（R6）。"
    else:
        message = f"{since}于 {start}，{what}最迟 {last}，实际 {day}，逾期 {(day - last).days} 日；请立即办理并说明原因（R6）。"
    return [R6.finding(message, value=day.isoformat(), limit=last.isoformat(), step=step)]


def result_filed(
    filed_with: Collection[str], due: Sequence[str] = FILED_WITH, *, step: str | None = None
) -> list[Finding]:
    """R6: the result form goes to the district's civil affairs and to the street, both."""
    missing = [office for office in due if office not in filed_with]
    if not missing:
        return []
    return [
        R6.finding(
            f"选举结果报告单尚未报{'、'.join(missing)}备案；应分别报{'和'.join(due)}备案，请补报（R6）。",
            value="、".join(filed_with) or "未报备案",
            limit="、".join(due),
            remedy="补报备案",
            step=step,
        )
    ]


def representatives_needed(households: int | None, delegates: Delegates) -> int:
    """R7: one for each group of households begun, and not below the floor; a missing number demands nothing."""
    each = delegates.households_each
    by_households = at_least((1, each), households) if isinstance(each, int) and households else 0
    return max(by_households, delegates.at_least if isinstance(delegates.at_least, int) else 0)


def representatives_enough(
    households: int | None, count: int, *, delegates: Delegates, by_groups: bool = False, step: str | None = None
) -> list[Finding]:
    """R7: enough representatives; chosen `by_groups` only the floor binds. `households` None: not stated, floor only."""
    needed = representatives_needed(None if by_groups else households, delegates)
    if count >= needed:
        return []
    return [
        R7.finding(
            f"居民代表 {count} 人，应不少于 {needed} 人"
            + (
                f"（{households} 户，每 {delegates.households_each} 户 1 名，且不少于 {delegates.at_least} 人）"
                if households and not by_groups
                else ""
            )
            + "；请补选后再投票（R7）。",
            value=count,
            limit=needed,
            step=step,
        )
    ]


def voters_list_in_time(
    posted: date, poll_day: date, *, days: int = VOTERS_LIST_DAYS, step: str | None = None
) -> list[Finding]:
    """V6: the voters' list is up 20 calendar days before the poll."""
    latest = poll_day - timedelta(days=days)
    if posted <= latest:
        return []
    return [
        V6.finding(
            f"选民名单 {posted} 公布，选举日 {poll_day}，相隔 {(poll_day - posted).days} 日，不足 {days} 日；"
            f"最迟应于 {latest} 公布，否则选举日最早 {posted + timedelta(days=days)}（V6）。",
            value=(poll_day - posted).days,
            limit=days,
            step=step,
        )
    ]
