"""`huanjie lint`: a plan read against the rules, in itself and under the law of another date."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding

from console.output import NO, OK, out, print_json, unusable
from console.packs import Unusable, calendar_of, open_pack
from policies.finding import Severity
from policies.lint import LintFinding, Schedule, lint, schedule
from policies.pack.identity import content_hash
from policies.pack.schema import Pack
from policies.rule import Law

WORDS = {Severity.ERROR: "[bold red]错误[/]", Severity.WARNING: "[yellow]提醒[/]", Severity.INFO: "[dim]说明[/]"}
LAWS = tuple(law.value for law in Law)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("lint", help="核对方案：日期、票数、程序有无自相矛盾，是否合于法律。")(lint_command)


def lint_command(
    pack: Annotated[str, typer.Argument(metavar="方案", help="自带方案的名称（如 street-2021），或 YAML 文件的路径。")],
    law: Annotated[
        str | None, typer.Option("--law", metavar="2018|2025", help="按哪一年的法律核对；默认按方案自己写的。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
) -> None:
    """Exit 0 when every error is resolved, 1 when one is not, 2 when the input cannot be used (all problems at once)."""
    problems = [] if law is None or law in LAWS else [f"--law 只能是 {' 或 '.join(LAWS)}，不能是“{law}”"]
    opened = open_pack(pack)
    if isinstance(opened, Unusable):
        problems += opened.problems
    if problems or isinstance(opened, Unusable):
        unusable(problems, as_json=as_json)
    chosen = Law(law) if law else opened.law
    calendar = calendar_of(opened)
    findings = lint(opened, calendar, chosen)
    dates = schedule(opened, calendar)
    if as_json:
        print_json(
            {
                "pack": opened.id,
                "version": opened.version,
                "sha256": content_hash(opened),
                "findings": [finding.model_dump(mode="json") for finding in findings],
                "schedule": dates.model_dump(mode="json"),
            }
        )
    else:
        _show(opened, chosen, findings)
        show_schedule(dates)
    open_errors = [one for one in findings if one.severity is Severity.ERROR and not one.resolved]
    raise typer.Exit(NO if open_errors else OK)


def _show(pack: Pack, law: Law, findings: tuple[LintFinding, ...]) -> None:
    out.print(f"[bold]{escape(pack.title)}[/]（{escape(pack.id)} {escape(pack.version)}，按 {law.value} 年法律核对）")
    if not findings:
        out.print("没有发现问题。")
        return
    for one in sorted(findings, key=lambda one: one.resolved):
        state = "[green]已处理[/]" if one.resolved else "[bold red]待处理[/]"
        out.print(f"{state} {WORDS[one.severity]} [bold]{escape(one.id)}[/]")
        out.print(Padding(escape(one.message), (0, 0, 0, 4)))
        out.print(Padding(f"[dim]依据：{escape(one.source)}[/]", (0, 0, 0, 4)))
    resolved = sum(one.resolved for one in findings)
    errors = sum(one.severity is Severity.ERROR and not one.resolved for one in findings)
    out.print(
        f"共 {len(findings)} 处：已处理 {resolved} 处，待处理 {len(findings) - resolved} 处，其中错误 {errors} 处。"
    )


def show_schedule(dates: Schedule) -> None:
    """Whether the dates can hold, and the latest lawful day of each posting."""
    if dates.feasible:
        out.print("日程：排得出来。", highlight=False)
    for conflict in dates.conflicts:
        out.print(f"日程：[bold red]排不出来[/]。{escape(conflict)}", highlight=False)
    if not dates.deadlines or dates.poll_opens is None:
        return
    several = dates.poll_opens != dates.poll_closes
    out.print(
        f"选举日 {dates.poll_opens}{f' 至 {dates.poll_closes}' if several else ''}，最迟的合法公布日：", highlight=False
    )
    for one in dates.deadlines:
        until = f"{one.first}（选举日为 {dates.poll_closes} 的 {one.last}）" if several else f"{one.first}"
        planned = f"；方案最迟排在 {one.planned}" if one.planned else ""
        out.print(f"· {escape(one.title)} {one.days} 日：{until}{planned}", highlight=False)
        out.print(Padding(f"[dim]{escape(one.rule)}，{escape(one.source)}[/]", (0, 0, 0, 4)))
