"""The workbook that a county fills in: headers, drop-downs, formats and its own guide, all generated from the declaration."""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from live.roster import guide
from live.roster.columns import (
    EXAMPLE_MARK,
    GUIDE,
    LISTS,
    NO,
    SHEETS,
    STREETS,
    YES,
    Choices,
    Column,
    Kind,
    options,
)
from live.roster.pages import TEXT_FORMAT, fit_row, printed_wide, put_text, save
from policies.pack.schema import Pack

READY_ROWS = 20_000
"""Drop-downs and formats reach down to this row."""
_MOST_PROMPT = 255  # letters that Excel shows beside a cell

_FONT = "等线"
_HEADER = PatternFill("solid", fgColor="1F4E78")
_OPTIONAL = PatternFill("solid", fgColor="7F7F7F")
_LINE = Side(style="thin", color="BFBFBF")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAP = Alignment(vertical="top", wrap_text=True)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_GUIDE_WIDTHS = (12, 18, 6, 46, 20, 40, 60)


def write_template(path: Path, pack: Pack) -> None:
    """Write the empty workbook with one example row a sheet, which the reader passes over. Raises OSError."""
    book = prepared(pack, first_row=3)
    for sheet in SHEETS:
        page = book[sheet.title]
        for place, column in enumerate(sheet.asked(pack), 1):
            cell = page.cell(2, place)
            text = guide.example(column, pack)
            put_text(cell, f"{EXAMPLE_MARK}：{text}" if place == 1 else text)
            cell.font = Font(name=_FONT, italic=True, color="7F7F7F")
    save(book, path)


def prepared(pack: Pack, *, first_row: int) -> Workbook:
    """The workbook without rows; data begin in `first_row`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _guide(book.create_sheet(GUIDE), pack)
    lists = _lists(book, pack)
    for sheet in SHEETS:
        _sheet(book.create_sheet(sheet.title), sheet.asked(pack), lists, first_row)
    book.move_sheet(LISTS, len(book.sheetnames))
    return book


# ---------------------------------------------------------------- the sheets to fill in


def _sheet(page: Worksheet, columns: tuple[Column, ...], lists: dict[Choices | Kind, str], first_row: int) -> None:
    for place, column in enumerate(columns, 1):
        letter = get_column_letter(place)
        dimension = page.column_dimensions[letter]
        dimension.width = column.width
        dimension.number_format = "0" if column.kind is Kind.COUNT else TEXT_FORMAT
        dimension.font = Font(name=_FONT)
        head = page.cell(1, place)
        put_text(head, column.title)
        head.font = Font(name=_FONT, bold=True, color="FFFFFF")
        head.fill = _HEADER if column.required else _OPTIONAL
        head.alignment, head.border = _CENTRE, _GRID
        allowed = _validation(column, lists, first_row)
        allowed.add(f"{letter}{first_row}:{letter}{READY_ROWS}")
        page.add_data_validation(allowed)
    page.row_dimensions[1].height = 32
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    printed_wide(page)


def _validation(column: Column, lists: dict[Choices | Kind, str], first_row: int) -> DataValidation:
    """What the spreadsheet itself lets people type, with the help shown beside the cell."""
    match column.kind:
        case Kind.COUNT:
            rule = DataValidation(
                "whole", formula1=str(column.lowest), formula2=str(column.highest), operator="between"
            )
            rule.error = f"只填整数，{column.lowest} 至 {column.highest}"
        case Kind.CHOICE if column.choices is not None:
            rule = DataValidation("list", formula1=lists[column.choices])
            rule.error = "请从下拉选项中选"
        case Kind.YES_NO:
            rule = DataValidation("list", formula1=lists[Kind.YES_NO])
            rule.error = f"请选“{YES}”或“{NO}”"
        case Kind.STREET:
            rule = DataValidation("list", formula1=f"'{STREETS.title}'!$A${first_row}:$A$1000")
            rule.error = f"“{STREETS.title}”表中还没有这个代码"
            rule.errorStyle = "warning"  # the sheets may be filled in any order
        case _:
            longest = {Kind.CODE: "12", Kind.TEXT: "60"}.get(column.kind, "30")
            rule = DataValidation("textLength", formula1="1", formula2=longest, operator="between")
            rule.error = f"不超过 {longest} 个字"
    rule.errorTitle = rule.promptTitle = column.title
    rule.prompt = column.help[:_MOST_PROMPT]
    rule.showErrorMessage = rule.showInputMessage = True
    rule.allow_blank = True
    return rule


def _lists(book: Workbook, pack: Pack) -> dict[Choices | Kind, str]:
    """A hidden sheet with the options of every drop-down; returns where each list stands."""
    page = book.create_sheet(LISTS)
    page.sheet_state = "hidden"
    offered: dict[Choices | Kind, tuple[str, ...]] = {choices: tuple(options(choices, pack)) for choices in Choices}
    offered[Kind.YES_NO] = (YES, NO)
    places: dict[Choices | Kind, str] = {}
    for place, (name, words) in enumerate(offered.items(), 1):
        for row, word in enumerate((name.value, *words), 1):
            put_text(page.cell(row, place), word)
        letter = get_column_letter(place)
        places[name] = f"'{LISTS}'!${letter}$2:${letter}${len(words) + 1}"
    return places


# ---------------------------------------------------------------- the guide


def _guide(page: Worksheet, pack: Pack) -> None:
    put_text(page["A1"], "换届名册填写说明")
    page["A1"].font = Font(name=_FONT, bold=True, size=16)
    put_text(page["A2"], f"适用方案：{pack.title}（{pack.id} {pack.version}）")
    page["A2"].font = Font(name=_FONT, color="595959")
    row = 3
    for number, note in enumerate(guide.NOTES, 1):
        put_text(page.cell(row, 1), f"{number}. {note}")
        page.cell(row, 1).font = Font(name=_FONT)
        row += 1
    row += 1
    for place, (title, width) in enumerate(zip(guide.HEADINGS, _GUIDE_WIDTHS, strict=True), 1):
        page.column_dimensions[get_column_letter(place)].width = width
        head = page.cell(row, place)
        put_text(head, title)
        head.font = Font(name=_FONT, bold=True, color="FFFFFF")
        head.fill, head.alignment, head.border = _HEADER, _CENTRE, _GRID
    for line in guide.lines(pack):
        row += 1
        for place, text in enumerate(line.cells, 1):
            cell = page.cell(row, place)
            put_text(cell, text)
            cell.font, cell.alignment, cell.border = Font(name=_FONT), _WRAP, _GRID
        fit_row(page, row, line.cells, _GUIDE_WIDTHS)
    page.sheet_view.showGridLines = False
    printed_wide(page)
