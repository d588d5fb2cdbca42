"""`huanjie roster`: the workbook in which a county hands in its units, staff and incumbents, made and checked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from console import synthetic
from console.output import OK, UNUSABLE, err, out, print_json, reason, unusable
from console.packs import Unusable, open_pack
from console.workbook import ForceOption, target_problems
from policies.pack.schema import Pack

if TYPE_CHECKING:
    from live.roster import Problem, Reading

DEFAULT_PACK = "street-2021"

PackOption = Annotated[
    str, typer.Option("--pack", metavar="方案", help="自带方案的名称，或 YAML 文件的路径；职责和职数按它核对。")
]


def register(app: typer.Typer) -> None:
    """Add the commands `roster template` and `roster check` to the application."""
    roster = typer.Typer(no_args_is_help=True)
    roster.command("template", help="生成名册模板：街道、村社区、工作人员、现任成员四张表和填写说明。")(
        template_command
    )
    roster.command("check", help="核对填好的名册：所有问题一次列出，可另存一份标注了问题的副本。")(check_command)
    synthetic.register(roster)
    app.add_typer(roster, name="roster", help="名册：生成 Excel 模板，核对填好的工作簿。")


def template_command(
    file: Annotated[Path, typer.Argument(metavar="文件", help="模板写到哪里，以 .xlsx 结尾。")],
    pack: PackOption = DEFAULT_PACK,
    force: ForceOption = False,
) -> None:
    """Exit 0 when the template is written, 2 when it cannot be (every reason at once)."""
    problems = target_problems(file, "文件", force=force)
    opened = open_pack(pack)
    if isinstance(opened, Unusable):
        problems += opened.problems
    if problems or isinstance(opened, Unusable):
        unusable(problems)

    from live.roster import write_template

    try:
        write_template(file, opened)
    except OSError as failed:
        unusable([f"{file}：无法写入（{reason(failed)}）"])
    out.print(f"已生成名册模板 {escape(str(file))}；填好后运行 huanjie roster check 核对。", soft_wrap=True)


def check_command(
    file: Annotated[Path, typer.Argument(metavar="文件", help="填好的名册（.xlsx、.xls 或 .ods）。")],
    pack: PackOption = DEFAULT_PACK,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
    annotated: Annotated[
        Path | None, typer.Option("--annotated", metavar="文件", help="有问题时，另存一份标注了问题的副本（.xlsx）。")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Exit 0 when the roster can be used, 2 when it cannot (every problem at once)."""
    opened = open_pack(pack)
    problems = list(opened.problems) if isinstance(opened, Unusable) else []
    problems += _source_problems(file)
    if annotated is not None:
        problems += target_problems(annotated, "--annotated", force=force, source=file)
    if problems or isinstance(opened, Unusable):
        unusable(problems, as_json=as_json)
    reading = _read(file, opened, as_json=as_json)
    written = annotated is not None and bool(reading.problems) and reading.readable
    if annotated is not None and written:
        _annotate(file, reading, annotated, as_json=as_json)
    if as_json:
        print_json(_as_json(reading))
    else:
        _show(file, reading)
        if annotated is not None:
            where = f"已另存标注了问题的副本 {annotated}。" if written else "没有可以标注的问题，未另存副本。"
            err.print(where, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE if reading.roster is None else OK)


# ---------------------------------------------------------------- files


def _source_problems(file: Path) -> list[str]:
    try:
        with file.open("rb"):
            return []
    except OSError as failed:
        return [f"{file}：无法读取（{reason(failed)}）"]


def _read(file: Path, pack: Pack, *, as_json: bool) -> "Reading":
    from live.roster import read_roster

    try:
        return read_roster(file, pack)
    except OSError as failed:
        unusable([f"{file}：无法读取（{reason(failed)}）"], as_json=as_json)


def _annotate(file: Path, reading: "Reading", target: Path, *, as_json: bool) -> None:
    from live.roster import annotate

    try:
        annotate(file, reading.problems, target)
    except OSError as failed:
        unusable([f"{target}：无法写入（{reason(failed)}）"], as_json=as_json)


# ---------------------------------------------------------------- answers


def _as_json(reading: "Reading") -> dict[str, object]:
    """Counts are null when the roster cannot be used: nothing of it is taken over."""
    roster = reading.roster
    return {
        "units": None if roster is None else len(roster.units),
        "streets": None if roster is None else len(roster.streets),
        "staff": None if roster is None else len({one.person for one in roster.staff}),
        "incumbents": None if roster is None else len(roster.incumbents),
        "problems": [
            {
                "sheet": problem.sheet,
                "cell": problem.cell,
                "value": problem.value,
                "message": problem.message,
                "remedy": problem.remedy,
                "severity": problem.severity.value,
            }
            for problem in reading.problems
        ],
    }


def _show(file: Path, reading: "Reading") -> None:
    errors = [problem for problem in reading.problems if problem.blocks]
    warnings = [problem for problem in reading.problems if not problem.blocks]
    roster = reading.roster
    if roster is None:
        err.print(f"[bold red]名册无法使用，共 {len(errors)} 处问题：[/]{escape(str(file))}", soft_wrap=True)
    else:
        people = len({one.person for one in roster.staff})
        out.print(
            f"名册可以使用：街道 {len(roster.streets)} 个，村、社区 {len(roster.units)} 个，工作人员 {people} 人"
            f"（职责 {len(roster.staff)} 项），现任成员 {len(roster.incumbents)} 人次。",
            soft_wrap=True,
        )
    if errors:
        err.print(_table(errors))
    if warnings:
        err.print(f"[yellow]提醒 {len(warnings)} 处（不影响使用）：[/]")
        err.print(_table(warnings))


def _table(problems: "list[Problem]") -> Table:
    table = Table(show_lines=True)
    for title in ("工作表", "单元格", "填写内容", "问题", "处理办法"):
        table.add_column(title, overflow="fold")
    for problem in problems:
        cells = (problem.sheet, problem.cell, problem.value, problem.message, problem.remedy)
        table.add_row(*(escape(cell) for cell in cells))
    return table
