"""`huanjie count SHEET`: reads a result form, has it counted, and says who is elected, to people or to programs."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from console.output import NO, OK, UNDECIDED, UNUSABLE, err, out, print_json
from console.typed import parse, text_of
from policies.counting import Denominator, Denominators, NextStep, Quorum, Verdict, count
from policies.finding import Finding, Severity
from policies.form import FormRefused, ResultForm, read_form
from policies.tally.catalogue import CATALOGUE
from policies.tally.rounds import link_problems


def register(app: typer.Typer) -> None:
    """Add the command `count` to the application."""

    @app.command("count", help="核验选举结果报告单：选举是否有效、谁当选、下一步做什么。")
    def command(
        sheet: Annotated[
            str, typer.Argument(metavar="报告单", help="报告单文件（YAML 或 JSON）；“-”表示从标准输入读取。")
        ],
        as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
        after: Annotated[
            str | None,
            typer.Option(
                "--after", metavar="前次报告单", help="另行选举或再次投票时，前一次的报告单：一并核对候选人和名额。"
            ),
        ] = None,
    ) -> None:
        verdict = judge(sheet, today=date.today(), after=after)
        if as_json:
            print_json(verdict.answer())
        else:
            _show(verdict)
        raise typer.Exit(exit_code(verdict))


def judge(sheet: str, *, today: date, after: str | None = None) -> Verdict:
    """The verdict on the form in file `sheet` ("-": stdin); it is `unusable` for one that cannot be read.

    With the form of the poll before it in file `after`, what does not follow from that poll is said as well (F.21–F.25,
    W.21).
    """
    found: list[Finding] = []
    forms: list[ResultForm] = []
    for each in (sheet,) if after is None else (sheet, after):
        try:
            forms.append(_form(each, today))
        except FormRefused as refused:
            found += refused.findings
    if found:
        return Verdict(valid=None, findings=tuple(found))
    verdict = count(forms[0])
    if after is None or verdict.unusable:
        return verdict
    return verdict.model_copy(update={"findings": (*verdict.findings, *link_problems(forms[1], forms[0]))})


def _form(sheet: str, today: date) -> ResultForm:
    raw, lines, broken = parse(text_of(sheet))
    return read_form(raw, today=today, lines=lines, earlier=broken)


def exit_code(verdict: Verdict) -> int:
    """0 valid, 1 not valid or not what the poll before it calls for, 3 cannot be decided, 2 a form that contradicts itself or cannot be read."""
    if verdict.valid is None:
        return UNUSABLE if verdict.unusable else UNDECIDED
    unlinked = any(each.blocks and each.rule in CATALOGUE for each in verdict.findings)
    return OK if verdict.valid and not unlinked else NO


# --- Showing ---

VERDICTS: dict[bool | None, str] = {
    True: "[bold green]选举有效[/]",
    False: "[bold red]选举无效[/]",
    None: "[bold yellow]不能判定[/]",
}
STEPS = {
    NextStep.REVOTE_TIED: "就票数相等的人再次投票（不得抽签）",
    NextStep.REVOTE_VOID: "选票无效的职务重新投票，其他职务的结果有效",
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
    show_shares(verdict.denominators)
    show_findings(verdict.findings)


def show_shares(shares: Denominators) -> None:
    """A table of the fractions applied, each with its denominator."""
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


def show_findings(findings: Sequence[Finding]) -> None:
    """A table of findings: how each binds, what it says, what to do, and why."""
    if not findings:
        return
    table = Table(title="核验意见", title_justify="left", show_lines=True)
    table.add_column("级别", no_wrap=True)
    table.add_column("规则", no_wrap=True)
    for heading in ("情况", "处理", "依据"):
        table.add_column(heading, overflow="fold")
    for each in findings:
        row = (each.rule, each.message, each.remedy, each.source)
        table.add_row(SEVERITIES[each.severity], *(escape(cell) for cell in row))
    out.print(table)


def _figure(figure: int | None, unstated: str = "未填") -> str:
    return unstated if figure is None else str(figure)
