"""`huanjie closing handover`: the handover lists of a unit to print, filled in from the record or empty."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from console.closing.chosen import election_of
from console.county import JsonOption, at_registry, banner
from console.live.tables import folded
from console.output import out, print_json, reason, unusable
from console.workbook import ForceOption, target_problems

if TYPE_CHECKING:
    from activities.registry import Registry
    from activities.reports.handover import HandoverList


def register(closing: typer.Typer) -> None:
    """Add the command to the group."""
    closing.command("handover", help="移交清单：公章、公共财产、财务账目、档案资料，三方签字，可打印。")(
        handover_command
    )


def handover_command(
    unit: Annotated[str, typer.Argument(metavar="单位编号")],
    workbook: Annotated[
        Path | None, typer.Option("--excel", metavar="文件", help="写成可打印的 Excel 工作簿（.xlsx），每份清单一张。")
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 with the lists, those not handed over yet left empty to be filled in; 2 for what is no unit."""
    problems = [] if workbook is None else target_problems(workbook, "--excel", force=force)
    if problems:
        unusable(problems, as_json=as_json)

    def listed(registry: "Registry") -> "tuple[HandoverList, ...]":
        from activities.reports.handover import handover_lists

        election = election_of(registry, unit, "", as_json=as_json)
        lists = handover_lists(registry, election, unit, registry.elections.instant(election, datetime.now(UTC)).date())
        if not as_json:
            banner(registry)
        return lists

    lists = at_registry(listed, as_json=as_json)
    if workbook is not None:
        from console.closing.workbook import write_handovers

        try:
            write_handovers(lists, workbook)
        except OSError as failed:
            unusable([f"{workbook}：无法写入（{reason(failed)}）"], as_json=as_json)
    if as_json:
        print_json({"lists": [one.model_dump(mode="json") for one in lists]})
        return
    for one in lists:
        _show(one)
    if not lists:
        out.print("方案没有规定移交。")
    if workbook is not None:
        out.print(f"已写入 {escape(str(workbook))}。", highlight=False, soft_wrap=True)


def _show(one: "HandoverList") -> None:
    out.print(f"[bold]{escape(one.unit_name)}　{escape(one.title)}[/]", highlight=False)
    done = "尚未移交（空白清单）" if one.completed_on is None else f"移交完成日期：{one.completed_on}"
    out.print(f"{done}　监交单位：{escape(one.supervised_by) or '＿＿＿＿'}", highlight=False)
    table = folded("类别", "名称", "数量", "单位", "备注")
    for line in one.lines:
        quantity = "" if line.quantity is None else str(line.quantity)
        table.add_row(escape(line.part), escape(line.name), quantity, escape(line.unit), escape(line.note))
    out.print(table)
    for place in one.signatures:
        day = "" if place.signed_on is None else f"（{place.signed_on}）"
        out.print(f"{place.label}：{escape(place.name) or '＿＿＿＿＿＿'}{day}", highlight=False)
