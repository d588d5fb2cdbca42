"""The first half of `huanjie tally`: a book begun, empty sheets made, each box entered twice and accepted."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from console.output import NO, OK, out, print_json, reason, unusable
from console.tally.files import (
    BookArgument,
    BoxArgument,
    ByOption,
    JsonOption,
    change,
    now,
    open_book,
    open_poll,
    open_sheet,
    save_new,
)
from console.tally.show import box_record, show_box
from console.workbook import ForceOption, target_problems
from policies.lifecycles import BoxState
from policies.tally import SUMMARY, Book, TallyRefused, accept, enter


def register(tally: typer.Typer) -> None:
    """Add the commands to the group."""
    tally.command("open", help="按选举登记（票箱、选票样张、名额）建立一本空的计票簿。")(open_command)
    tally.command("template", help="生成一个票箱的空白计票单（Excel），候选人已印好。")(template_command)
    tally.command("enter", help="录入一份计票单：先首录，再由另一人独立复录，不一致的逐格列出。")(enter_command)
    tally.command("accept", help="确认一个票箱：两录一致、没有错误、提醒都有人说明。")(accept_command)


def open_command(
    poll: Annotated[str, typer.Argument(metavar="选举登记", help="YAML 或 JSON 文件；“-”表示从标准输入读取。")],
    book: BookArgument,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when the book is begun, 2 when it cannot be (every problem at once)."""
    begun = Book.begun(open_poll(poll, as_json=as_json))
    save_new(begun, book, as_json=as_json)
    if as_json:
        print_json({"title": begun.poll.title, "boxes": list(begun.poll.box_names())})
    else:
        names = "、".join(begun.poll.box_names())
        out.print(
            f"已建立计票簿 {escape(str(book))}：{escape(begun.poll.title)}，票箱：{escape(names)}。", soft_wrap=True
        )


def template_command(
    book: BookArgument,
    box: BoxArgument,
    file: Annotated[Path, typer.Argument(metavar="文件", help="计票单写到哪里，以 .xlsx 结尾。")],
    force: ForceOption = False,
) -> None:
    """Exit 0 when the sheet is written, 2 when it cannot be (every reason at once)."""
    from console.tally.workbook import write_workbook

    opened = open_book(book)
    problems = target_problems(file, "文件", force=force, source=book)
    try:
        opened.tally(box)
    except TallyRefused as refused:
        problems += [each.message + each.remedy for each in refused.findings]
    if problems:
        unusable(problems)
    try:
        write_workbook(file, opened.poll, box)
    except OSError as failed:
        unusable([f"{file}：无法写入（{reason(failed)}）"])
    out.print(f"已生成“{escape(box)}”的计票单 {escape(str(file))}。", soft_wrap=True)


def enter_command(
    book: BookArgument,
    sheet: Annotated[Path, typer.Argument(metavar="计票单", help="填好的计票单：Excel、YAML 或 JSON 文件。")],
    by: ByOption,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when it is entered (and agrees), 1 when refused or when the two entries differ, 2 when it cannot be read."""
    filled = open_sheet(sheet, open_book(book, as_json=as_json).poll, as_json=as_json)
    after = change(
        book,
        lambda each: each.step(filled.box, lambda tally: enter(each.poll, tally, filled, teller=by.strip(), at=now())),
        as_json=as_json,
    )
    tally = after.tally(filled.box)
    if as_json:
        print_json(box_record(after, filled.box))
    else:
        show_box(after, filled.box)
    raise typer.Exit(NO if tally.state is BoxState.DIFFERENT else OK)


def accept_command(book: BookArgument, box: BoxArgument, by: ByOption, as_json: JsonOption = False) -> None:
    """Exit 0 when the box is accepted, 1 when it is refused (every reason at once)."""
    after = change(
        book,
        lambda each: each.step(box, lambda tally: accept(each.poll, tally, by=by.strip(), at=now())),
        as_json=as_json,
    )
    if as_json:
        print_json(box_record(after, box))
        return
    left = [name for name in after.waiting if name != SUMMARY]
    then = f"尚待确认：{'、'.join(left)}。" if left else "全部票箱已确认，可运行 huanjie tally result。"
    out.print(f"“{escape(box)}”已由{escape(by.strip())}确认。{escape(then)}", soft_wrap=True)
