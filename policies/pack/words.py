"""A pack's values in plain Chinese: windows, shares, ways of nominating, what a form must show, as an official reads them side by side."""

from policies.law.terms import WHOLES
from policies.pack.schema import (
    MISSING,
    Absolute,
    Act,
    Asks,
    Condition,
    Gap,
    Lasting,
    MonthThird,
    NominationRoute,
    PollMode,
    RelativeToPoll,
    RelativeToStep,
    Third,
    Threshold,
    Window,
)

NOT_WRITTEN = "没有写明"
THIRDS = {Third.EARLY: "上旬", Third.MIDDLE: "中旬", Third.LATE: "下旬"}

CONDITIONS = {
    Condition.ALWAYS: "一律适用",
    Condition.DIFFICULT_UNIT: "重点难点单位",
    Condition.EVERY_VOTER: "全体选民投票的",
    Condition.SECRETARY_NOMINATED: "有书记人选的",
    Condition.NOMINEES_EXCEED: "提名人数超过规定的（预选）",
    Condition.SEATS_OPEN: "名额没有选足的",
    Condition.ON_DEMAND: "任期内依申请",
}
MODES = {
    PollMode.MEMBERS: "党员大会",
    PollMode.PLENARY: "委员会全体会议",
    PollMode.REPRESENTATIVES: "代表投票",
    PollMode.HOUSEHOLDS: "户的代表投票",
    PollMode.VOTERS: "全体选民投票",
    PollMode.SHOW_OF_HANDS: "举手表决",
}
ROUTES = {
    "voters": "选民（村民）",
    "household_representatives": "户代表",
    "group_representatives": "居民小组代表",
    "self": "自荐",
    "party_organization": "党组织",
    "party_members": "党员",
    "superior_party": "上级党组织",
    "residents": "群众",
}
ACTS = {
    Act.RECORD: "办理",
    Act.MEETING: "会议",
    Act.REQUEST: "请示",
    Act.APPROVAL: "批复",
    Act.NOMINATION: "提名",
    Act.REVIEW: "审查",
    Act.SLATE: "确定名单",
    Act.PUBLICITY: "张榜公示",
    Act.COMMITTEE: "推选选举委员会",
    Act.REPRESENTATIVES: "推选代表",
    Act.POLL: "投票",
    Act.POLL_DAY: "确定选举日",
    Act.REGISTRATION: "登记",
    Act.CORRECTION: "处理异议",
    Act.STATIONS: "公布投票地点",
    Act.STAFF: "公布工作人员",
    Act.PROXIES: "审核公布委托",
    Act.ROVING_BOXES: "公布流动票箱",
    Act.BALLOT_RULES: "公布选票规则",
    Act.PETITION: "提出要求",
    Act.RECALL: "罢免表决",
    Act.ANNOUNCEMENT: "公告结果",
    Act.ACTING: "明确主持工作的人",
    Act.FILING: "备案",
    Act.HANDOVER: "移交",
    Act.HOUSEHOLD_SURVEY: "入户调查",
    Act.SATISFACTION: "满意度测评",
    Act.READINESS: "评估三色码",
    Act.REMOVAL: "逐项验收销号",
    Act.CLEANUP: "逐项完成行动",
    Act.BOTH_POSTS: "列入“一肩挑”清单",
    Act.JOINT_SIGNATURES: "联审签字",
    Act.SCREENING: "逐轮筛选",
    Act.RESERVES: "后备人选报备",
    Act.TRAINING: "逐人培训",
    Act.AUDIT: "公布离任审计",
    Act.EMERGENCY_PLANS: "制定应急预案",
    Act.DOUBLE_CHECK: "换届防疫双检查",
    Act.ROLL: "造册",
}


def window_words(window: Window) -> str:
    """2026-04-01 至 2026-04-03；选举日前 20 日；「名单公布」之后 0 至 5 日."""
    match window:
        case Absolute():
            if window.from_ and window.to:
                return str(window.from_) if window.from_ == window.to else f"{window.from_} 至 {window.to}"
            return f"{window.from_} 起" if window.from_ else f"{window.to} 前"
        case RelativeToPoll():
            return _span(window.poll_from, window.poll_to, window.unit.label)
        case RelativeToStep():
            until = "" if window.to is None else f" 至 {window.to}"
            return f"{window.after} 之后 {window.from_}{until} {window.unit.label}{'起' if window.to is None else ''}"
        case Lasting():
            return f"前面的步骤完成后历时 {window.lasts} {window.unit.label}"
        case MonthThird():
            return f"{window.month} {THIRDS[window.third]}"
        case _:
            return NOT_WRITTEN


def _span(first: int | None, last: int | None, unit: str) -> str:
    def day(n: int) -> str:
        return "选举日" if n == 0 else f"选举日{'前' if n < 0 else '后'} {abs(n)} {unit}"

    if first is not None and last is not None:
        return day(first) if first == last else f"{day(first)}至{day(last)}"
    if last is not None:
        return f"不迟于{day(last)}"
    return f"{day(first)}起" if first is not None else NOT_WRITTEN


def share_words(share: Threshold | str) -> str:
    """“有半数以上居民代表投票”（不少于全体代表的 1/2）."""
    if isinstance(share, str):
        return {"none": "等额", MISSING: NOT_WRITTEN}.get(share, share)
    sign = "不少于" if share.inclusive is True else "超过" if share.inclusive is False else "（含不含本数没有写明）"
    return f"“{share.text}”（{sign}{WHOLES[share.of]}的 {share.numerator}/{share.denominator}）"


def gap_words(gap: Gap) -> str:
    """residents.list 之后至少 5 日."""
    parts = [
        f"{word} {days} {gap.unit.label}"
        for word, days in (("至少", gap.at_least), ("至多", gap.at_most))
        if days is not None
    ]
    clear = "（整天）" if gap.clear is True else "（是否整天没有写明）" if gap.clear == MISSING else ""
    return f"{gap.after} 之后{'、'.join(parts)}{clear}"


def route_words(routes: tuple[NominationRoute, ...]) -> str:
    """选民 10 人以上、党组织."""
    return "、".join(
        ROUTES.get(one.by, one.by)
        + (
            f"（人数{NOT_WRITTEN}）"
            if one.at_least == MISSING
            else f" {one.at_least} 人以上"
            if one.at_least != 1
            else ""
        )
        for one in routes
    )


def asks_words(asks: Asks | None) -> str:
    """部门 组织部、公安；至少 1 人."""
    if asks is None:
        return "没有"
    actions = [
        f"{one.name}（{one.lead}，{NOT_WRITTEN if one.by == MISSING else f'{one.by} 前'}）" for one in asks.actions
    ]
    listed = {
        "行动": actions,
        "签字": asks.signed_by,
        "筛选": [f"{one.title}（{one.lead}）" for one in asks.rounds],
        "部门": asks.departments,
        "风险": asks.risks,
    }
    parts = [f"{name} {'、'.join(values)}" for name, values in listed.items() if values]
    parts += [] if asks.share is None else [share_words(asks.share)]
    parts += [] if asks.at_least is None else [f"至少 {plain(asks.at_least)} 人"]
    parts += ["人选中有懂财会、管理的人"] if asks.finance else []
    return "；".join(parts) or "没有"


def plain(value: object) -> str:
    """Any small value: 是, 否, 没有写明, a number, a text."""
    if value is None or value == MISSING:
        return NOT_WRITTEN
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
