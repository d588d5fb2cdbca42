"""`huanjie closing archive`: what a unit's archive holds and lacks, and what in it contradicts itself or is mistyped."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from console.closing.chosen import ElectionOption, chosen_election, election_of
from console.county import JsonOption, at_registry, banner
from console.live.tables import folded
from console.output import NO, OK, out, print_json, reason, unusable
from console.workbook import ForceOption, target_problems

if TYPE_CHECKING:
    from activities.registry import Registry
    from activities.reports.archive import UnitArchive


def register(closing: typer.Typer) -> None:
    """Add the command to the group."""
    closing.command("archive", help="归档核对：每个单位应有的文书和表单，缺漏、前后不一和写错的地方。")(archive_command)


def archive_command(
    unit: Annotated[str, typer.Argument(metavar="单位编号", help="一个单位；全部单位用 --all。")] = "",
    everything: Annotated[bool, typer.Option("--all", help="一场换届的全部单位。")] = False,
    election: ElectionOption = "",
    workbook: Annotated[
        Path | None, typer.Option("--excel", metavar="文件", help="另存为 Excel 工作簿（.xlsx）。")
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when every archive asked for is complete, 1 when there are gaps, 2 for input that cannot be used."""
    problems = []
    if bool(unit) == everything:
        problems.append("请写明一个单位编号，或用 --all 核对全部单位（二者选一）")
    if workbook is not None:
        problems += target_problems(workbook, "--excel", force=force)
    if problems:
        unusable(problems, as_json=as_json)

    def checked(registry: "Registry") -> "tuple[UnitArchive, ...]":
        from activities.reports.archive import unit_archives

        chosen = (
            election_of(registry, unit, election, as_json=as_json)
            if unit
            else chosen_election(registry, election, as_json=as_json)
        )
        on = registry.elections.instant(chosen, datetime.now(UTC)).date()
        archives = unit_archives(registry, chosen, on, unit)
        if not as_json:
            banner(registry)
        return archives

    archives = at_registry(checked, as_json=as_json)
    if workbook is not None:
        from console.closing.workbook import write_archives

        try:
            write_archives(archives, workbook)
        except OSError as failed:
            unusable([f"{workbook}：无法写入（{reason(failed)}）"], as_json=as_json)
    if as_json:
        print_json({"complete": all(one.complete for one in archives), "units": [_record(one) for one in archives]})
    else:
        _show(archives, detailed=bool(unit))
        if workbook is not None:
            out.print(f"已写入 {escape(str(workbook))}。", highlight=False, soft_wrap=True)
    raise typer.Exit(OK if all(one.complete for one in archives) else NO)


def _record(archive: "UnitArchive") -> dict[str, Any]:
    return {**archive.model_dump(mode="json"), "complete": archive.complete}


def _show(archives: "tuple[UnitArchive, ...]", *, detailed: bool) -> None:
    from activities.reports.archive import Status

    table = folded("街道", "单位", "编号", "结果", *(status.label for status in Status), "问题")
    for one in archives:
        result = "[green]完整[/]" if one.complete else "[bold red]有缺漏或差错[/]"
        counts = (str(one.count(status)) for status in Status)
        wrong = sum(finding.blocks for finding in one.findings)
        table.add_row(escape(one.street_name), escape(one.name), escape(one.unit), result, *counts, str(wrong))
    out.print(table)
    for one in archives:
        if detailed:
            items = folded("步骤", "种类", "材料", "状态", "所在")
            for item in one.items:
                cells = (item.step_title, item.kind, item.title, item.status.label, item.detail)
                items.add_row(*map(escape, cells))
            out.print(items)
        if one.findings:
            out.print(f"[bold]{escape(one.name)}[/]（{escape(one.unit)}）", highlight=False)
        for finding in one.findings:
            out.print(f"  [bold]{escape(finding.rule)}[/] {escape(finding.message)}", highlight=False, soft_wrap=True)
            out.print(f"     [dim]办法：{escape(finding.remedy)}[/]", highlight=False, soft_wrap=True)
