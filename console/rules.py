"""`huanjie rules`: the rule book for people and programs, told from the rules themselves."""

from difflib import get_close_matches
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from console.output import out, print_json, unusable
from policies.rule import Confidence, Rule
from policies.rules import load

CONFIDENCE = {
    Confidence.VERIFIED: "已核对法律全文",
    Confidence.PLAN: "出自来源文件原文",
    Confidence.EXCERPT: "仅见摘录或范本",
    Confidence.GENERAL: "一般知识，未经核对",
    Confidence.TRANSCRIBED: "第三方完整转录，未与公报核对",
}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("rules", help="查看规则：内容、依据、可信程度、在何处核对。")(rules)


def rules(
    rule_id: Annotated[str | None, typer.Argument(metavar="[编号]", help="规则编号，如 P6；不填则列出全部。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
) -> None:
    """List every rule, or show one; an unknown id is refused (exit code 2) with the ids that look like it."""
    book = {rule.id: rule for rule in load()}
    chosen = list(book.values())
    if rule_id is not None:
        found = book.get(rule_id) or book.get(rule_id.strip().upper())
        if found is None:
            unusable([_unknown(rule_id, list(book))], as_json=as_json)
        chosen = [found]
    if as_json:
        print_json({"rules": [as_record(rule) for rule in chosen]})
    elif rule_id is None:
        out.print(_overview(chosen))
        out.print("“huanjie rules 编号”可查看一条规则的全文。", style="dim")
    else:
        out.print(_details(chosen[0]))


def as_record(rule: Rule) -> dict[str, Any]:
    """A rule as JSON-ready data: dates as YYYY-MM-DD, confidence as its letter, what is not known as null."""
    return rule.model_dump(mode="json")


def _unknown(rule_id: str, known: list[str]) -> str:
    near = get_close_matches(rule_id.strip().upper(), known, n=3, cutoff=0.3)
    hint = f"相近的编号：{'、'.join(near)}。" if near else ""
    return f"没有编号为“{rule_id}”的规则。{hint}“huanjie rules”可列出全部规则。"


def _overview(chosen: list[Rule]) -> Table:
    table = Table(title=f"规则一览（共 {len(chosen)} 条）", title_justify="left", expand=True)
    table.add_column("编号", no_wrap=True)
    table.add_column("名称", ratio=2, overflow="fold")
    table.add_column("依据", ratio=3, overflow="fold")
    table.add_column("可信程度", ratio=2, overflow="fold")
    table.add_column("法律版本", no_wrap=True)
    table.add_column("不得减损", no_wrap=True)
    for rule in chosen:
        table.add_row(
            rule.id,
            Text(rule.title),
            Text(_source(rule).partition("：“")[0]),
            CONFIDENCE[rule.confidence],
            rule.law_version.value if rule.law_version else "通用",
            "是" if rule.national_floor else "",
        )
    return table


def _details(rule: Rule) -> Table:
    table = Table(title=Text(f"{rule.id} {rule.title}", style="bold"), title_justify="left", show_header=False)
    table.add_column("项目", style="bold", no_wrap=True)
    table.add_column("内容", overflow="fold")
    for name, content in (
        ("内容", rule.text),
        ("不符合时", rule.on_failure),
        ("依据", _source(rule)),
        ("可信程度", CONFIDENCE[rule.confidence]),
        ("法律版本", f"{rule.law_version.value} 年文本" if rule.law_version else "两个版本均适用"),
        ("施行日期", str(rule.effective_from) if rule.effective_from else "未载明"),
        ("全国底线", "是：方案不得放宽，也不得特批" if rule.national_floor else "否"),
        ("在何处核对", "、".join(_place(place) for place in rule.enforced) or "未载明"),
    ):
        table.add_row(name, Text(content))
    return table


PLACES = {
    "lint": "方案核对",
    "timetable": "日程推算",
    "calendar": "工作日计算",
    "count": "计票核验",
    "unit": "换届总流程",
    "district": "全区总流程",
    "every gate": "每一步",
    "complaint": "举报查核",
    "supervised link": "关键环节签字",
    "appeal": "申诉复核",
    "checker": "事后独立复核",
    "live": "正式换届开始之前",
    "handover": "移交时（方案要求或已填写的）",
    "archive": "归档核对",
}
"""Where a rule is asked, other than at a step of the plan."""


def _source(rule: Rule) -> str:
    if rule.article is None or rule.article in rule.source or f"第{_chinese(rule.article)}条" in rule.source:
        return rule.source
    return f"{rule.source}第{rule.article}条" if rule.article.isdigit() else f"{rule.source}，条文 {rule.article}"


def _chinese(article: str) -> str:
    """An article's number as statutes write it: 19 is 十九, 20 is 二十; anything but 1 to 99 stays as it is."""
    if not (article.isascii() and article.isdigit() and 0 < int(article) < 100):
        return article
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(int(article), 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


def _place(place: str) -> str:
    return PLACES.get(place, f"步骤 {place}")
