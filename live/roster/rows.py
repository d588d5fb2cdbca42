"""From a sheet's cells to rows of read values: finds the headers, reads each cell, and collects everything that is wrong.

A cell that cannot be read leaves its row standing without that value, so that the rest of the workbook is still checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from live.roster.cells import Raw, Read, Wrong, clean, is_blank, plain, read, shown
from live.roster.columns import EXAMPLE_MARK, GUIDE, Column, Sheet
from live.roster.opening import Table, reference
from live.roster.problem import Problem
from policies.finding import Severity
from policies.pack.schema import Pack

HEADERS_WITHIN = 10
"""Headers are looked for in so many rows: people put a title above them."""


@dataclass(frozen=True)
class Cell:
    """One cell of a known column: where it is, what stands there, and its value (None: blank or not usable)."""

    place: str
    raw: str
    value: Read | None


@dataclass(frozen=True)
class Row:
    """One row of a sheet by the fields of its columns."""

    sheet: str
    number: int  # as people count, from 1
    cells: dict[str, Cell]

    def value(self, name: str) -> Read | None:
        """The value of a field; None where it is blank, unusable or its column is missing."""
        cell = self.cells.get(name)
        return None if cell is None else cell.value

    def text(self, name: str) -> str | None:
        """A field that holds text; None where there is none."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def number_of(self, name: str) -> int | None:
        """A field that holds a number; None where there is none."""
        value = self.value(name)
        return value if isinstance(value, int) else None

    def problem(self, name: str, message: str, remedy: str, severity: Severity = Severity.ERROR) -> Problem:
        """A problem at the cell of this field, or at the row's first cell when its column is missing."""
        cell = self.cells.get(name) or next(iter(self.cells.values()))
        return Problem(
            sheet=self.sheet, cell=cell.place, value=cell.raw, message=message, remedy=remedy, severity=severity
        )


@dataclass(frozen=True)
class Rows:
    """All rows of a sheet. `sheet` is its title in the workbook; `has` the fields whose columns are there."""

    sheet: str
    has: frozenset[str] = frozenset()
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = field(default_factory=tuple)


def rows_of(sheet: Sheet, tables: Sequence[Table], pack: Pack) -> Rows:
    """The rows of a declared sheet, found among a workbook's tables by its title, with everything wrong in its cells."""
    table = next((table for table in tables if plain(table.title) == sheet.title), None)
    if table is None:
        near = [one.title for one in tables if get_close_matches(plain(one.title), [sheet.title], 1, 0.5)]
        guess = f"；是不是“{near[0]}”？" if near else ""
        missing = Problem(
            sheet=sheet.title,
            cell="",
            value="",
            message=f"缺少工作表“{sheet.title}”",
            remedy=f"补上这张表，表名须一字不差；可从模板中复制{guess}",
        )
        return Rows(sheet.title, problems=(missing,))
    header, places, problems = _headers(sheet, table, pack)
    found: list[Row] = []
    for number in range(header + 1, len(table.rows)):
        row = _row(sheet, table, number, places, pack, problems)
        if row is not None:
            found.append(row)
    return Rows(table.title, frozenset(places), tuple(found), tuple(problems))


# ---------------------------------------------------------------- headers


def _headers(sheet: Sheet, table: Table, pack: Pack) -> tuple[int, dict[str, int], list[Problem]]:
    """The row of the headers, the place of each field's column, and what is wrong with them."""
    titles = {column.title: column for column in sheet.columns}
    header = _header_row(titles, table)
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for place, raw in enumerate(table.rows[header] if table.rows else ()):
        if is_blank(raw):
            continue
        column = titles.get(_title(raw))
        here = reference(header, place)
        if column is not None and pack.kind not in column.plans:
            problems.append(_not_asked(table.title, here, column))
        elif column is None:
            problems.append(_unknown(table.title, here, raw, sheet))
        elif column.field in places:
            first = reference(header, places[column.field])
            problems.append(
                Problem(
                    sheet=table.title,
                    cell=here,
                    value=shown(raw),
                    message=f"列“{column.title}”重复，{first} 已有",
                    remedy="删去或改名其中一列",
                )
            )
        else:
            places[column.field] = place
    problems += [
        Problem(
            sheet=table.title,
            cell=reference(header, 0),
            value="",
            message=f"缺少列“{column.title}”",
            remedy=f"在这一行补上表头“{column.title}”和这一列的内容（{column.help.rstrip('。')}）",
        )
        for column in sheet.asked(pack)
        if column.field not in places and column.required
    ]
    return header, places, problems


def _header_row(titles: dict[str, Column], table: Table) -> int:
    best, most = 0, 0
    for number, row in enumerate(table.rows[:HEADERS_WITHIN]):
        known = len({_title(raw) for raw in row} & titles.keys())
        if known > most:
            best, most = number, known
    return best


def _title(raw: Raw) -> str:
    return plain(raw).strip("*:") if isinstance(raw, str) else ""


def _not_asked(sheet: str, cell: str, column: Column) -> Problem:
    return Problem(
        sheet=sheet,
        cell=cell,
        value=column.title,
        message="这份方案不用这一列，没有读取",
        remedy="可以不管",
        severity=Severity.WARNING,
    )


def _unknown(sheet: str, cell: str, raw: Raw, declared: Sheet) -> Problem:
    near = get_close_matches(_title(raw), [column.title for column in declared.columns], 1, 0.6)
    guess = f"如果是“{near[0]}”，请改成这个表头" if near else f"不需要的可以不管；可用的表头见模板的“{GUIDE}”"
    return Problem(
        sheet=sheet,
        cell=cell,
        value=shown(raw),
        message="不认识的列，没有读取",
        remedy=guess,
        severity=Severity.WARNING,
    )


# ---------------------------------------------------------------- rows


def _row(
    sheet: Sheet, table: Table, number: int, places: dict[str, int], pack: Pack, problems: list[Problem]
) -> Row | None:
    raws = table.rows[number]
    read_here = {place: raws[place] if place < len(raws) else "" for place in places.values()}
    if all(is_blank(raw) and (number, place) not in table.valueless for place, raw in read_here.items()):
        return None
    if _is_example(raws):
        return None
    cells: dict[str, Cell] = {}
    for column in sheet.columns:
        if column.field not in places:
            continue
        place = places[column.field]
        raw = read_here[place]
        value: Read | Wrong | None = None
        if (number, place) in table.valueless:
            value = Wrong("是公式或错误值，没有可用的结果", "换成内容本身：复制后用“选择性粘贴—数值”，或重新填写")
        elif not is_blank(raw):
            value = read(column, raw, pack)
        elif column.required:
            value = Wrong(f"“{column.title}”没有填写", column.help)
        where = reference(number, place)
        if isinstance(value, Wrong):
            problems.append(
                Problem(sheet=table.title, cell=where, value=shown(raw), message=value.message, remedy=value.remedy)
            )
            value = None
        cells[column.field] = Cell(where, shown(raw), value)
    return Row(table.title, number + 1, cells)


def _is_example(raws: Sequence[Raw]) -> bool:
    first = next((raw for raw in raws if not is_blank(raw)), "")
    return isinstance(first, str) and clean(first).startswith(EXAMPLE_MARK)
