"""Gives a workbook back with its problems marked: cells coloured, a comment on each, and a list that leads to them.

It works on a copy. A copy that is mended and checked again is marked afresh: marks of an earlier round are taken off first.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from live.roster.columns import FOUND
from live.roster.opening import Format, open_book
from live.roster.pages import fit_row, printed_wide, put_text, save
from live.roster.problem import Problem

AUTHOR = "换届核对"
MARK = f"【{AUTHOR}】"
_ERROR, _WARNING = "FFFFC7CE", "FFFFEB9C"
_HEADINGS = ("序号", "级别", "工作表", "单元格", "填写内容", "问题", "处理办法")
_WIDTHS = (6, 8, 14, 10, 22, 56, 56)
_TOP = Alignment(vertical="top", wrap_text=True)
_COMMENT_WIDTH, _LINE_HEIGHT, _LETTERS_A_LINE = 320, 22, 22  # pixels, pixels, Chinese letters


def annotate(source: Path, problems: Sequence[Problem], target: Path) -> None:
    """Write a copy of `source` to `target` (.xlsx) with every problem marked.

    An .xlsx keeps what is in it, as far as the library can; of an .xls or .ods the values are copied.
    Raises OSError, and `live.roster.opening.UnreadableError` when the source is no workbook.
    """
    book = _copy(source)
    _clear(book)
    marked: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.cell and problem.sheet in book.sheetnames:
            marked[problem.sheet, problem.cell].append(problem)
    for (sheet, place), found in marked.items():
        _mark(_cell(book[sheet], place), found)
    _list(book, problems)
    save(book, target)


def _copy(source: Path) -> Workbook:
    opened = open_book(source)
    if opened.format is Format.XLSX:
        try:
            return openpyxl.load_workbook(source)
        except Exception:  # some part beyond the cells that the library cannot read: the values will do
            pass
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in opened.tables:
        page = book.create_sheet(table.title)
        for row, raws in enumerate(table.rows, 1):
            for place, raw in enumerate(raws, 1):
                if isinstance(raw, str):
                    if raw:
                        put_text(page.cell(row, place), raw)
                else:
                    page.cell(row, place, raw)
    return book


# ---------------------------------------------------------------- marks


def _clear(book: Workbook) -> None:
    """Take off the marks of an earlier round."""
    if FOUND in book.sheetnames:
        book.remove(book[FOUND])
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.comment is None or MARK not in cell.comment.text:
                    continue
                own = cell.comment.text.partition(MARK)[0].rstrip()
                cell.comment = Comment(own, cell.comment.author) if own else None
                if cell.fill.fgColor.rgb in (_ERROR, _WARNING):
                    cell.fill = PatternFill()


def _cell(page: Worksheet, place: str) -> Cell:
    """The cell of that name; of merged cells the one that shows."""
    for merged in page.merged_cells.ranges:
        if place in merged:
            place = merged.coord.partition(":")[0]
    cell = page[place]
    assert isinstance(cell, Cell)
    return cell


def _mark(cell: Cell, problems: Sequence[Problem]) -> None:
    text = MARK + "\n".join(f"{problem.message}。\n办法：{problem.remedy}。" for problem in problems)
    theirs = cell.comment
    comment = Comment(text, AUTHOR) if theirs is None else Comment(f"{theirs.text.rstrip()}\n{text}", theirs.author)
    lines = sum(len(line) // _LETTERS_A_LINE + 1 for line in comment.text.splitlines())
    comment.width, comment.height = _COMMENT_WIDTH, _LINE_HEIGHT * (lines + 1)
    cell.comment = comment
    cell.fill = PatternFill("solid", fgColor=_ERROR if any(problem.blocks for problem in problems) else _WARNING)


def _list(book: Workbook, problems: Sequence[Problem]) -> None:
    """The list of all problems, first in the workbook, each leading to its cell."""
    page = book.create_sheet(FOUND, 0)
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is page
    book.active = page
    for place, (title, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True), 1):
        head = page.cell(1, place)
        put_text(head, title)
        head.font = Font(bold=True)
        page.column_dimensions[head.column_letter].width = width
    page.freeze_panes = "A2"
    printed_wide(page)
    for row, problem in enumerate(problems, 2):
        level = "错误" if problem.blocks else "提醒"
        page.cell(row, 1, row - 1).alignment = _TOP
        texts = (level, problem.sheet, problem.cell, problem.value, problem.message, problem.remedy)
        for place, text in enumerate(texts, 2):
            cell = page.cell(row, place)
            put_text(cell, text)
            cell.alignment = _TOP
        fit_row(page, row, (str(row - 1), *texts), _WIDTHS)
        page.cell(row, 2).fill = PatternFill("solid", fgColor=_ERROR if problem.blocks else _WARNING)
        if problem.sheet in book.sheetnames:
            link = page.cell(row, 4)
            if not problem.cell:
                put_text(link, "A1")
            location = f"{quote_sheetname(problem.sheet)}!{problem.cell or 'A1'}"
            link.hyperlink = Hyperlink(ref=link.coordinate, location=location)
            link.font = Font(color="0563C1", underline="single")
