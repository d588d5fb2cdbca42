"""A1–A3: a unit's archive is complete, consistent, and correctly written. Each function judges one thing that was filed."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from policies.finding import Finding
from policies.rule import Confidence, Rule, declare

LAW = "《村民委员会组织法》（2025）第三十九条、《城市居民委员会组织法》（2025）第三十九条：档案“应当真实、准确、完整和规范”（2018年的《村民委员会组织法》第三十四条相同，当时的社区法没有此条）"
EARLIEST = timedelta(days=366)
"""No form of an election is dated longer before the plan's first day: a slip of the year is, and nothing else."""

A1 = declare(
    Rule(
        id="A1",
        title="档案完整",
        text="方案规定的每一步都已办结，每一份文书、表单都在案，编号连续。",
        on_failure="补办或补齐材料后归档",
        source=f"{LAW}；来源文件篇二 二（六）4：“材料缺漏”",
        confidence=Confidence.TRANSCRIBED,
        article="39",
        enforced=("archive",),
    )
)
A2 = declare(
    Rule(
        id="A2",
        title="档案前后一致",
        text="公告名单、结果报告单、选出人员和在任人员一致；各步办理日期先后有序，不晚于提交之日；同一人员前后信息一致。",
        on_failure="查明原因，以原始记录为准更正并写明理由",
        source=f"{LAW}；来源文件篇二 二（六）4：“整理不规范”",
        confidence=Confidence.TRANSCRIBED,
        article="39",
        enforced=("archive",),
    )
)
A3 = declare(
    Rule(
        id="A3",
        title="档案书写规范",
        text="文号写作“机关代字〔四位年份〕顺序号号”，年份与落款一致；人员编号、姓名没有空格、全角数字等错漏；日期在换届期间之内。",
        on_failure="更正书写后归档",
        source=f"{LAW}；来源文件篇二 二（六）4：“文字错漏”",
        confidence=Confidence.TRANSCRIBED,
        article="39",
        enforced=("archive",),
    )
)


# ---------------------------------------------------------------- complete


def step_undone(title: str, step: str) -> Finding:
    """A1: a step the plan demands of this unit was never decided."""
    return A1.finding(f"「{title}」没有办结的记录。", value=title, remedy="办结后归档", step=step)


def paper_missing(title: str, paper: str, step: str) -> Finding:
    """A1: a step was decided, but a paper it issues is not there."""
    return A1.finding(f"「{title}」已办结，缺少文书“{paper}”。", value=paper, remedy="补出文书后归档", step=step)


def not_closed(unit: str) -> Finding:
    """A1: the unit's election has not ended."""
    return A1.finding(f"{unit}的换届尚未办结，不能归档。", value=unit, remedy="办结全部步骤后归档")


def series_broken(series: str, numbers: Collection[int], where: str) -> list[Finding]:
    """A1: the numbers of a series of papers run from 1 without a gap."""
    gone = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    return [
        A1.finding(f"{where}的“{series}”缺第{number}号。", value=number, remedy="查找缺号的文书，或说明作废原因")
        for number in gone
    ]


# ---------------------------------------------------------------- consistent


def names_differ(
    what: str, given: Collection[str], against: str, expected: Collection[str], *, step: str | None = None
) -> list[Finding]:
    """A2: two papers must name the same people; says who is in only one of them."""
    extra, missing = sorted(set(given) - set(expected)), sorted(set(expected) - set(given))
    parts = [f"多{'、'.join(extra)}"] if extra else []
    parts += [f"少{'、'.join(missing)}"] if missing else []
    if not parts:
        return []
    message = f"{what}与{against}不一致：{'；'.join(parts)}。"
    return [A2.finding(message, value="、".join(extra or missing), limit=against, step=step)]


def never_posted(
    what: str, names: Collection[str], posted: Collection[str], *, step: str | None = None
) -> list[Finding]:
    """A2: whoever stood in a poll stood on a posted list."""
    extra = sorted(set(names) - set(posted))
    if not extra:
        return []
    message = f"{what}的{'、'.join(extra)}没有在张榜的名单中。"
    return [A2.finding(message, value="、".join(extra), limit="张榜名单", step=step)]


def out_of_order(title: str, day: date, before: str, earliest: date, *, step: str | None = None) -> list[Finding]:
    """A2: a step is not dated before the one that the plan puts before it; the same day is in order."""
    if day >= earliest:
        return []
    message = f"「{title}」的日期{day}早于它之前的「{before}」（{earliest}）。"
    return [A2.finding(message, value=day.isoformat(), limit=earliest.isoformat(), step=step)]


def before_publicity_ended(
    title: str, day: date, posting: str, last_day: date, *, step: str | None = None
) -> list[Finding]:
    """A2: what follows a posting is dated after its last whole day."""
    if day > last_day:
        return []
    message = f"「{title}」的日期{day}在「{posting}」公示期满（{last_day}）之前或当日。"
    earliest = last_day + timedelta(days=1)
    return [A2.finding(message, value=day.isoformat(), limit=earliest.isoformat(), step=step)]


def dated_later(title: str, day: date, submitted: date, *, step: str | None = None) -> list[Finding]:
    """A2: nothing is dated after the day it was handed in."""
    if day <= submitted:
        return []
    message = f"「{title}」写的日期{day}晚于提交之日{submitted}。"
    return [A2.finding(message, value=day.isoformat(), limit=submitted.isoformat(), step=step)]


def person_differs(person: str, what: str, values: Sequence[str]) -> list[Finding]:
    """A2: one id, one name, one sex, one birthday."""
    different = list(dict.fromkeys(values))
    if len(different) < 2:
        return []
    return [A2.finding(f"编号{person}的{what}前后不一：{'、'.join(different)}。", value=person, limit=different[0])]


# ---------------------------------------------------------------- correctly written

_NUMBER = re.compile(r"[^\s〔〕\[\]()（）［］]+〔(\d{4})〕(?:[1-9]\d*|[^\s〔〕]*[^\s〔〕\d]\d+)号")
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def document_written(title: str, number: str, day: date | None, *, step: str | None = None) -> list[Finding]:
    """A3: a document's number (文号) as `街发〔2021〕1号`, of the form's year or one before; "" states none and is no slip."""
    if not number:
        return []
    found = _NUMBER.fullmatch(number)
    if found is None:
        remedy = "写作“机关代字〔四位年份〕顺序号号”，如“街发〔2021〕1号”"
        return [A3.finding(f"「{title}」的文号“{number}”写法不对。", value=number, remedy=remedy, step=step)]
    year = int(found[1])
    if day is None or day.year - 1 <= year <= day.year:
        return []
    message = f"「{title}」的文号“{number}”是{year}年的，落款是{day.year}年。"
    return [A3.finding(message, value=year, limit=day.year, step=step)]


def evidence_written(title: str, number: str, day: date | None, *, step: str | None = None) -> list[Finding]:
    """A3: the number of an older document quoted as evidence: written alike, of any year up to the form's."""
    found = _NUMBER.fullmatch(number)
    if found is not None and day is not None and int(found[1]) < day.year:
        return []
    return document_written(title, number, day, step=step)


def person_written(person: str, name: str) -> list[Finding]:
    """A3: an id of plain letters, digits and hyphens; a name of letters and the middle dot, without spaces or full-width forms."""
    findings = []
    if _PERSON.fullmatch(person) is None:
        remedy = "只用半角字母、数字、连字符"
        findings.append(A3.finding(f"{name}的人员编号“{person}”有空格或其他字符。", value=person, remedy=remedy))
    if not name or any(letter != "·" and not _plain(letter) for letter in name):
        remedy = "更正姓名，只用汉字（或字母）和间隔号“·”"
        findings.append(
            A3.finding(f"编号{person}的姓名“{name}”有空格、标点、数字或全角字符。", value=name, remedy=remedy)
        )
    return findings


def _plain(letter: str) -> bool:
    return unicodedata.category(letter).startswith("L") and unicodedata.normalize("NFKC", letter) == letter


def date_plausible(title: str, day: date, starts: date, *, step: str | None = None) -> list[Finding]:
    """A3: no form is dated more than a year before the plan begins."""
    earliest = starts - EARLIEST
    if day >= earliest:
        return []
    message = f"「{title}」的日期{day}远早于方案的第一天{starts}，年份可能写错。"
    return [A3.finding(message, value=day.isoformat(), limit=starts.isoformat(), step=step)]
