"""`huanjie count SHEET`: reads a result form, has it counted, and says who is elected, to people or to programs."""

import json
import re
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from console.output import NO, OK, UNDECIDED, UNUSABLE, err, out, print_json, reason
from policies.counting import Denominator, NextStep, Quorum, Verdict, count
from policies.finding import Finding, Severity
from policies.form import FormRefused, problem, read_form
from policies.pack.text import read_text, written


def register(app: typer.Typer) -> None:
    """Add the command `count` to the application."""

    @app.command("count", help="核验选举结果报告单：选举是否有效、谁当选、下一步做什么。")
    def command(
        sheet: Annotated[
            str, typer.Argument(metavar="报告单", help="报告单文件（YAML 或 JSON）；“-”表示从标准输入读取。")
        ],
        as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
    ) -> None:
        verdict = judge(sheet, today=date.today())
        if as_json:
            print_json(verdict.answer())
        else:
            _show(verdict)
        raise typer.Exit(exit_code(verdict))


def judge(sheet: str, *, today: date) -> Verdict:
    """The verdict on the form in file `sheet` ("-": stdin); it is `unusable` for one that cannot be read."""
    try:
        raw, lines, broken = _parse(_text(sheet))
        form = read_form(raw, today=today, lines=lines, earlier=broken)
    except FormRefused as refused:
        return Verdict(valid=None, findings=refused.findings)
    return count(form)


def exit_code(verdict: Verdict) -> int:
    """0 valid, 1 not valid, 3 cannot be decided, 2 a form that contradicts itself or cannot be read."""
    if verdict.valid is None:
        return UNUSABLE if verdict.unusable else UNDECIDED
    return OK if verdict.valid else NO


# --- Reading ---


def _text(sheet: str) -> str:
    try:
        data = sys.stdin.buffer.read() if sheet == "-" else Path(sheet).read_bytes()
    except (OSError, ValueError) as failed:
        raise FormRefused([problem("F.101", {"path": sheet, "why": reason(failed)}, figure=sheet)]) from failed
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failed:
        line = data.count(b"\n", 0, failed.start) + 1
        raise FormRefused([problem("F.102", {"where": f"（第 {line} 行）"}, figure=line)]) from failed


def _parse(text: str) -> tuple[object, dict[str, int], list[Finding]]:
    """The data, the line of each path, and what is wrong with the text. Raises FormRefused when nothing can be read.

    JSON is read as JSON where it is sound (its escapes are not YAML's); everything else, broken JSON too, by the reader
    of packs, which knows the lines.
    """
    braces = text.lstrip()[:1] == "{"
    if braces:
        with suppress(ValueError, RecursionError):
            found = json.loads(text, object_pairs_hook=_once)
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair (an escape cut in two) is no text
            return found, {}, []
    located, problems = read_text(text)
    findings = [problem("F.103", {"why": str(each)}, figure=each.line or None) for each in problems]
    if braces and (comment := _COMMENT.search(text)):
        line = text.count("\n", 0, comment.start()) + 1
        findings = [problem("F.103", {"why": f"第 {line} 行：JSON 里不能写注释（// 或 /*）"}, figure=line)]
        raise FormRefused(findings)
    if located is None:
        raise FormRefused(findings)
    return located.data, {written(path): line for path, (line, _) in located.places.items()}, findings


_COMMENT = re.compile(r"^(?:[^\"\n]|\"(?:[^\"\\\n]|\\.)*\")*?(?://|/\*)", re.MULTILINE)
"""A comment as JSON with comments has it, outside quotation marks."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


# --- Showing ---

VERDICTS = {True: "[bold green]选举有效[/]", False: "[bold red]选举无效[/]", None: "[bold yellow]不能判定[/]"}
STEPS = {
    NextStep.REVOTE_TIED: "就票数相等的人再次投票（不得抽签）",
    NextStep.FURTHER_VOTE: "不足的名额另行选举",
    NextStep.NEW_POLL: "重新组织选举",
}
SEVERITIES = {Severity.ERROR: "[red]错误[/]", Severity.WARNING: "[yellow]提醒[/]", Severity.INFO: "[cyan]说明[/]"}


def _show(verdict: Verdict) -> None:
    if verdict.unusable:
        err.print(f"[bold red]报告单无法使用，共 {len(verdict.findings)} 处问题：[/]")
        for number, finding in enumerate(verdict.findings, 1):
            said = f"  {number}. {finding.rule} {finding.message}{finding.remedy}"
            err.print(said, highlight=False, markup=False, soft_wrap=True)
        return
    out.print(VERDICTS[verdict.valid])
    table = Table(show_header=False, box=None, pad_edge=False)
    nobody = "未定" if verdict.valid is None else "（无）"
    table.add_row("当选", escape("、".join(verdict.elected)) or nobody)
    if verdict.tied:
        table.add_row("票数相等", escape("、".join(verdict.tied)))
    table.add_row("空缺名额", "—" if verdict.open_seats is None else str(verdict.open_seats))
    if verdict.next is not None:
        table.add_row("下一步", STEPS[verdict.next])
    out.print(table)
    _show_shares(verdict)
    _show_findings(verdict)


def _show_shares(verdict: Verdict) -> None:
    shares = verdict.denominators
    rows: list[tuple[str, Denominator | None]] = [
        ("选举有效", shares.quorum),
        ("当选", shares.majority),
        ("另行选举当选", shares.further),
    ]
    table = Table(title="所用分母", title_justify="left")
    for heading in ("事项", "分母", "数", "比例", "至少", "实际"):
        table.add_column(heading)
    for name, share in rows:
        if share is None:
            continue
        reached = _figure(share.reached) if isinstance(share, Quorum) else "各人得票"
        ratio = f"{'不少于' if share.inclusive else '超过'} {share.share}"
        table.add_row(name, share.label, _figure(share.figure), ratio, _figure(share.needed, "—"), reached)
    out.print(table)


def _show_findings(verdict: Verdict) -> None:
    if not verdict.findings:
        return
    table = Table(title="核验意见", title_justify="left", show_lines=True)
    table.add_column("级别", no_wrap=True)
    table.add_column("规则", no_wrap=True)
    for heading in ("情况", "处理", "依据"):
        table.add_column(heading, overflow="fold")
    for each in verdict.findings:
        row = (each.rule, each.message, each.remedy, each.source)
        table.add_row(SEVERITIES[each.severity], *(escape(cell) for cell in row))
    out.print(table)


def _figure(figure: int | None, unstated: str = "未填") -> str:
    return unstated if figure is None else str(figure)
