"""A report in words, ready to print: plain Chinese in Markdown. Nothing is reckoned here.

What is absent is said: a street with nothing to tell stands there with 「无（零报告）」, never left out. What people typed
(names, reasons) is kept on its line and cannot make a heading or a table of its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from activities.reports.model import (
    Behind,
    Coming,
    DayReturn,
    Done,
    Heading,
    Late,
    Matter,
    MonthDispatch,
    News,
    OfficeReport,
    Paused,
    Returned,
    StreetDay,
    StreetMonth,
    StreetWeek,
    TaskList,
    Vacancy,
    WeekSummary,
)
from policies.clock import BEIJING
from policies.officework import ReportKind
from policies.rule import BOOK
from policies.rules import load

NOTHING = "无（零报告）"
DRILL = "演练"
TITLES = {
    ReportKind.WEEK_TASKS: "周提醒：下周任务清单",
    ReportKind.DAY_RETURN: "日反馈",
    ReportKind.WEEK_SUMMARY: "周末小结",
    ReportKind.MONTH_DISPATCH: "月末调度",
}
NAMED = 8  # units of a step that a month's outlook names; the rest are counted
TOO_SMALL = "成员少于法定人数，须补选"
WEEKDAYS = "一二三四五六日"

_MARKS = re.compile(r"([\\`*_|<>#\[\]])")


def render(report: OfficeReport) -> str:
    """The report's text, ended by a newline."""
    content = report.content
    match content:
        case TaskList():
            body = _tasks(content)
        case DayReturn():
            body = _day(content)
        case WeekSummary():
            body = _week(content)
        case MonthDispatch():
            body = _month(content)
    return "\n".join([*_heading(report.heading), *body, *_end(report.heading)]) + "\n"


# ---------------------------------------------------------------- heading


def _heading(heading: Heading) -> Iterator[str]:
    drill = f"【{DRILL}】" if heading.drill else ""
    yield f"# {drill}{TITLES[heading.period.kind]}（{_span(heading)}）"
    yield ""
    if heading.drill:
        yield f"**【{DRILL}】本报告出自{DRILL}，人员与数据均为{DRILL}所用，不得作为正式换届的依据。**"
        yield ""
    yield f"- 换届：{plain(heading.title)}（{plain(heading.election)}），{plain(heading.district)}"
    yield (
        f"- 方案：{plain(heading.pack_title)}（{plain(heading.pack)}，版本{plain(heading.pack_version)}，"
        f"指纹{heading.pack_sha256[:12]}）"
    )
    yield f"- 适用法律：组织法{plain(heading.law)}年版"
    yield f"- 报告期：{_span(heading)}"
    if heading.period.kind is not ReportKind.WEEK_TASKS:
        merged = "（含此前未单独报告的时段）" if heading.since < heading.period.since else ""
        yield f"- 统计起止：{_when(heading.since)}至{_when(heading.period.until)}{merged}"
    time = f"{DRILL}时间{_when(heading.written_at)}，实际时间" if heading.drill else ""
    yield f"- 形成时间：{time}{_when(heading.written_really_at)}（北京时间）；在办、逾期情况以形成时为准"


def _span(heading: Heading) -> str:
    period = heading.period
    match period.kind:
        case ReportKind.DAY_RETURN:
            return f"{period.first:%Y}年{_month_day(period.first)}，星期{WEEKDAYS[period.first.weekday()]}"
        case ReportKind.MONTH_DISPATCH:
            return f"{period.first.year}年{period.first.month}月"
    year, week, _ = period.first.isocalendar()
    return f"{year}年第{week}周，{_month_day(period.first)}至{_month_day(period.last)}"


def _end(heading: Heading) -> Iterator[str]:
    if heading.drill:
        yield ""
        yield f"**【{DRILL}】{DRILL}报告到此结束。**"


# ---------------------------------------------------------------- 周任务清单


def _tasks(content: TaskList) -> Iterator[str]:
    streets = content.streets
    yield ""
    yield (
        f"下周到期{sum(len(street.due) for street in streets)}项，已逾期须立即办理"
        f"{sum(len(street.overdue) for street in streets)}项。"
    )
    limits = [matter for street in streets for matter in (*street.overdue, *street.due) if matter.statutory]
    yield from _section("法定期限（不因延期而顺延）", [_matter(matter) for matter in limits])
    for number, street in enumerate(streets, start=1):
        yield from _street(number, street.name)
        if street.nothing:
            yield NOTHING
            continue
        yield from _list(TOO_SMALL, map(_vacancy, street.vacancies))
        yield from _list("已逾期，须立即办理", (_matter(matter) for matter in street.overdue))
        yield from _list("下周到期", (_matter(matter) for matter in street.due))
        yield from _list("下周可办，期限在后", (_matter(matter) for matter in street.running))
        yield from _list("落后于方案", (_behind(behind) for behind in street.behind))
        yield from _list("按方案下周开始或到期，尚未轮到", (_coming(coming) for coming in street.coming))
        yield from _list(
            "下周公示期满",
            (
                f"{plain(posting.unit_name)}：{plain(posting.title)}，{_month_day(posting.last_day)}期满"
                for posting in street.postings
            ),
        )


def _matter(matter: Matter) -> str:
    opens = f"{_month_day(matter.opens_on)}起"
    last = "方案未定期限" if matter.last_day is None else f"期限{_month_day(matter.last_day)}"
    late = f"，已逾期{matter.late_by}天" if matter.late_by else ""
    law = "（法定）" if matter.statutory else ""
    held = "；本单位暂停中，解除后办理" if matter.held else ""
    return f"{plain(matter.unit_name)}：{plain(matter.title)}，{plain(matter.role_name)}办理，{opens}，{last}{law}{late}{held}"


def _coming(coming: Coming, most: int | None = None) -> str:
    """`most`: how many units are named; all by default."""
    first = "" if coming.first in (None, coming.last) else f"{_month_day(coming.first)}至"
    named = "、".join(plain(unit) for unit in coming.units[:most])
    number = len(coming.units)
    units = named if len(coming.units[:most]) == number else f"{named}等"
    return (
        f"{plain(coming.title)}（{plain(coming.role_name)}），{first}{_month_day(coming.last)}：{units}（{number}个）"
    )


def _behind(behind: Behind) -> str:
    begun = "" if behind.begun else "尚未启动，"
    return (
        f"{plain(behind.unit_name)}：{begun}{behind.steps}个步骤已过方案期限而未轮到，最早一步为{plain(behind.title)}"
        f"（{plain(behind.role_name)}），期限{_month_day(behind.last_day)}"
    )


# ---------------------------------------------------------------- 日反馈


def _day(content: DayReturn) -> Iterator[str]:
    streets = content.streets
    silent = [street for street in streets if street.nothing]
    yield ""
    yield (
        f"办结{sum(len(street.decided) for street in streets)}项，退回{_refused(streets, content.above)}项，"
        f"新增逾期{sum(len(street.overdue) for street in streets)}项，举报申诉情况"
        f"{sum(len(street.complaints) for street in streets)}条；零报告街道{len(silent)}个。"
    )
    for number, street in enumerate(streets, start=1):
        yield from _street(number, street.name)
        if street.nothing:
            yield f"{NOTHING}。{_standing(street)}"
        else:
            yield from _of_day(street)
    if content.above is not None:
        yield from _street(len(streets) + 1, f"{content.above.name}（区级）")
        yield from _of_day(content.above)


def _of_day(street: StreetDay) -> Iterator[str]:
    yield from _list("办结", (_done(done) for done in street.decided), NOTHING)
    yield from _list("退回", (_returned(returned) for returned in street.refused), NOTHING)
    yield from _list("新增逾期", (_late(late) for late in street.overdue), NOTHING)
    yield from _list("举报申诉", (_news(news) for news in street.complaints), NOTHING)
    yield from _list("其他情况", (_news(news) for news in street.others), NOTHING)
    yield ""
    yield _standing(street)


def _refused(streets: Sequence[StreetDay], above: StreetDay | None) -> int:
    return sum(len(street.refused) for street in streets) + (0 if above is None else len(above.refused))


def _standing(street: StreetDay) -> str:
    idle = f"尚未启动的单位{street.not_begun}个。" if street.not_begun else ""
    return f"现有在办{street.waiting}项，其中逾期{street.still_overdue}项。{idle}"


def _done(done: Done) -> str:
    late = f"，逾期{done.late_by}天办结" if done.late_by else ""
    return f"{plain(done.unit_name)}：{plain(done.title)}，{plain(done.role_name)}，{_when(done.at)}{late}"


def _returned(returned: Returned) -> str:
    load()
    rules = "、".join(f"{rule}{BOOK[rule].title}" if rule in BOOK else plain(rule) for rule in returned.rules)
    return (
        f"{plain(returned.unit_name)}：{plain(returned.title)}，{plain(returned.role_name)}所报，"
        f"{_when(returned.at)}，不符合{rules or '要求'}"
    )


def _late(late: Late) -> str:
    now = "，现已办结" if late.settled else "，尚未办结"
    return (
        f"{plain(late.unit_name)}：{plain(late.title)}，期限{_month_day(late.last_day)}，"
        f"责任主体{plain(late.owner_name)}，督办{plain(late.superior_name)}{now}"
    )


def _news(news: News) -> str:
    return f"{plain(news.unit_name)}：{plain(news.text)}，{_when(news.at)}"


# ---------------------------------------------------------------- 周末小结


def _week(content: WeekSummary) -> Iterator[str]:
    streets = content.streets
    above = f"，另有区级退回{content.refused_above}项" if content.refused_above else ""
    yield ""
    yield (
        f"本周办结{sum(street.decided for street in streets)}项，完成换届的组织"
        f"{sum(len(street.bodies) for street in streets)}个、单位{sum(len(street.completed) for street in streets)}个；"
        f"现逾期{sum(len(street.overdue) for street in streets)}项，暂停{sum(len(street.paused) for street in streets)}个单位"
        f"{above}。"
    )
    for number, street in enumerate(streets, start=1):
        yield from _street(number, street.name)
        yield from _of_week(street)


def _of_week(street: StreetWeek) -> Iterator[str]:
    yield from _list("办结事项", (f"{plain(step.title)}：{step.decided}项" for step in street.steps), NOTHING)
    yield from _list(
        "完成换届的组织",
        (
            f"{plain(body.unit_name)}：{plain(body.body_name)}，选出{body.seats}名"
            + (f"，缺额{body.open_seats}名" if body.open_seats else "")
            for body in street.bodies
        ),
        NOTHING,
    )
    yield from _list("完成换届的单位", (plain(unit) for unit in street.completed), NOTHING)
    yield from _list("逾期", (_owed(matter) for matter in street.overdue), NOTHING)
    yield from _list("落后于方案的单位", (_behind(behind) for behind in street.behind), NOTHING)
    yield from _list("暂停的单位", (_paused(paused) for paused in street.paused), NOTHING)
    yield from _list(TOO_SMALL, map(_vacancy, street.vacancies))
    yield from _list("举报申诉", (_news(news) for news in street.complaints), NOTHING)
    yield from _list("其他情况", (_news(news) for news in street.others), NOTHING)
    yield ""
    yield f"本周退回{street.refused}项；现有在办{street.waiting}项。"


def _owed(matter: Matter) -> str:
    held = "；本单位暂停中" if matter.held else ""
    last = "" if matter.last_day is None else f"，期限{_month_day(matter.last_day)}"
    return (
        f"{plain(matter.unit_name)}：{plain(matter.title)}{last}，逾期{matter.late_by}天，"
        f"责任主体{plain(matter.role_name)}，督办{plain(matter.superior_name)}{held}"
    )


def _paused(paused: Paused) -> str:
    how = "本轮未完成，已结束" if paused.closed else "暂停中"
    return f"{plain(paused.unit_name)}：{how}（{plain(paused.rule)}），{_month_day(paused.since)}起，{plain(paused.reason)}"


# ---------------------------------------------------------------- 月末调度


def _month(content: MonthDispatch) -> Iterator[str]:
    streets = content.streets
    yield ""
    yield (
        f"共{sum(street.units for street in streets)}个单位，已完成{sum(street.completed for street in streets)}个"
        f"（本月{sum(street.completed_now for street in streets)}个，超过方案期限完成"
        f"{sum(street.completed_late for street in streets)}个），现有逾期的单位"
        f"{sum(street.units_late for street in streets)}个。"
    )
    yield from _section("一、各街道进度（单位数）")
    stages = [stage.name for stage in streets[0].stages] if streets else []
    yield from _table(
        ("街道", "单位", *stages),
        ((street.name, street.units, *(stage.units for stage in street.stages)) for street in streets),
    )
    yield from _section("二、本月办理情况（项）")
    yield from _table(
        ("街道", "办结", "其中逾期办结", "退回", "新增逾期", "现逾期", "本月完成单位"),
        (
            (
                street.name,
                street.decided,
                street.decided_late,
                street.refused,
                street.flagged,
                street.overdue,
                street.completed_now,
            )
            for street in streets
        ),
    )
    if content.refused_above:
        yield ""
        yield f"另有区级退回{content.refused_above}项。"
    yield from _section("三、积压情况（在办事项，按责任主体）")
    if content.piles:
        yield from _table(
            ("责任主体", "在办", "其中逾期", "最早开启"),
            ((pile.role_name, pile.waiting, pile.overdue, f"{pile.oldest}") for pile in content.piles),
        )
    else:
        yield NOTHING
    yield from _section("四、暂停的单位", [f"{plain(s.name)}{_paused(one)}" for s in streets for one in s.paused])
    yield from _section("五、落后于方案的单位", [f"{plain(s.name)}{_behind(one)}" for s in streets for one in s.behind])
    yield from _section("六、按方案下月到期")
    for number, street in enumerate(streets, start=1):
        yield from _due_next(number, street)
    small = [f"{plain(s.name)}{_vacancy(one)}" for s in streets for one in s.vacancies]
    if small:
        yield from _section(f"七、{TOO_SMALL}", small)


def _vacancy(vacancy: Vacancy) -> str:
    return plain(vacancy.finding.message.rstrip("。"))


def _due_next(number: int, street: StreetMonth) -> Iterator[str]:
    yield from _list(f"{number}. {plain(street.name)}", (_coming(coming, NAMED) for coming in street.due), NOTHING)


# ---------------------------------------------------------------- pieces


def plain(text: str) -> str:
    """What somebody typed, on one line and without meaning to Markdown."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _street(number: int, name: str) -> Iterator[str]:
    yield ""
    yield f"## {number}. {plain(name)}"
    yield ""


def _section(title: str, lines: Sequence[str] | None = None) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    if lines is not None:
        yield from (f"- {line}" for line in lines) if lines else (NOTHING,)


def _list(title: str, lines: Iterable[str], otherwise: str = "") -> Iterator[str]:
    """A titled list; when it is empty, `otherwise`, or nothing at all where that is ""."""
    given = list(lines)
    if given:
        yield f"- {title}（{len(given)}）"
        yield from (f"  - {line}" for line in given)
    elif otherwise:
        yield f"- {title}：{otherwise}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(plain(str(cell)) for cell in row)} |"


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _when(instant: datetime) -> str:
    here = instant.astimezone(BEIJING)
    return f"{here:%Y-%m-%d %H:%M}"
