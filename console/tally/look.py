"""Looking at a tally: where its boxes stand, the poll's answer, and the catalogue of checks by itself."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from console.count import show_findings
from console.output import NO, OK, UNDECIDED, out, print_json
from console.tally.files import BookArgument, JsonOption, open_book, refuse
from console.tally.show import box_record, result_record, show_box, show_boxes, show_result
from policies.finding import Finding
from policies.tally import CATALOGUE, SUMMARY, Book, Result, TallyRefused, judge, link_problems, won_elsewhere
from policies.tally.guide import LEVELS, lines


def register(tally: typer.Typer) -> None:
    """Add the commands to the group."""
    tally.command("status", help="各票箱办到哪一步；写明票箱的，列出差异、错误、提醒和全部留底。")(status_command)
    tally.command("result", help="汇总已确认的票箱，与汇总表核对，按选票种类判定。")(result_command)
    tally.command("catalogue", help="计票核对目录：每一条的编号、公式、内容和处理办法。")(catalogue_command)


def status_command(
    book: BookArgument,
    box: Annotated[str | None, typer.Argument(metavar="[票箱]", help="只看这个票箱。")] = None,
    as_json: JsonOption = False,
) -> None:
    """Exit 0; 1 when there is no such box."""
    opened = open_book(book, as_json=as_json)
    names = (*opened.poll.box_names(), SUMMARY)
    if box is not None:
        try:
            opened.tally(box)
        except TallyRefused as refused:
            refuse(refused.findings, as_json=as_json)
        names = (box,)
    if as_json:
        print_json({"title": opened.poll.title, "boxes": [box_record(opened, name) for name in names]})
    elif box is None:
        show_boxes(opened)
    else:
        show_box(opened, box)


def result_command(
    book: BookArgument,
    after: Annotated[
        Path | None,
        typer.Option("--after", metavar="前次计票簿", help="另行选举或再次投票时，前一次的计票簿：一并核对。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when it may be announced and every kind is valid, 1 when not valid or not in agreement, 3 when undecided."""
    opened = open_book(book, as_json=as_json)
    result = judge(opened)
    links = [] if after is None else _links(open_book(after, as_json=as_json), opened)
    if as_json:
        linked = {} if after is None else {"links": [each.model_dump(mode="json") for each in links]}
        print_json(result_record(result) | linked)
    else:
        show_result(result)
        if links:
            out.print("[bold]与前一次投票核对[/]")
            show_findings(links)
    raise typer.Exit(_code(result, links))


def _links(first: Book, second: Book) -> list[Finding]:
    """Each kind of ballot in both books, by its name; who was elected on another kind takes no seat of this one."""
    before = {kind.kind: kind for kind in judge(first).kinds}
    elected = {kind: each.verdict.elected for kind, each in before.items() if each.verdict is not None}
    return [
        finding
        for kind in judge(second).kinds
        if kind.kind in before
        for finding in link_problems(before[kind.kind].form, kind.form, won_elsewhere(elected, kind.kind))
    ]


def _code(result: Result, links: list[Finding]) -> int:
    if any(kind.valid is False for kind in result.kinds) or result.findings or any(each.blocks for each in links):
        return NO
    return OK if result.final else UNDECIDED


def catalogue_command(as_json: JsonOption = False) -> None:
    """Every numbered check; exit 0."""
    if as_json:
        print_json({"checks": [line._asdict() for line in lines()]})
        return
    table = Table(title=f"计票核对目录（共 {len(CATALOGUE)} 条）", title_justify="left", show_lines=True)
    table.add_column("编号", no_wrap=True)
    for heading in ("级别", "范围", "应当成立", "内容", "处理", "依据"):
        table.add_column(heading, overflow="fold")
    for line in lines():
        table.add_row(*(escape(cell) for cell in line))
    out.print(table)
    out.print("；".join(f"{level}：{meaning}" for level, meaning in LEVELS.items()), style="dim", soft_wrap=True)
