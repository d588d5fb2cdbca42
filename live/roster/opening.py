"""Opens a workbook as plain rows, or says in one problem why that cannot be done.

The file comes from outside: it is measured before it is unpacked. A sheet with two cells far apart would make the reader
ask for half a terabyte and take the process down with it, so every sheet's extent is looked at cell by cell beforehand.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from live.roster.cells import Raw, is_blank
from live.roster.problem import Problem

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 256
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the part in which an encrypted .xlsx lies; it is a compound file like an old .xls."""
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SAVE_AS = "用 Excel 或 WPS 打开，另存为 .xlsx 后再试"


class Format(StrEnum):
    """What kind of workbook a file is, by its content and not by its name."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"


@dataclass(frozen=True)
class Table:
    """One sheet: its rows from the first, and the cells (row, column from 0) that hold something we cannot see the value of."""

    title: str
    rows: tuple[tuple[Raw, ...], ...]
    valueless: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Book:
    """An opened workbook."""

    format: Format
    tables: tuple[Table, ...]


class UnreadableError(Exception):
    """The file cannot be read as a workbook; `problem` says why."""

    def __init__(self, message: str, remedy: str) -> None:
        self.problem = Problem(sheet="", cell="", value="", message=message, remedy=remedy)
        super().__init__(str(self.problem))


def reference(row: int, column: int) -> str:
    """A cell's name, like C7; row and column count from 0."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def open_book(path: Path) -> Book:
    """The workbook in a file.

    Raises OSError when the file cannot be read, UnreadableError when it is no workbook, locked, damaged or too large.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise UnreadableError(
            f"文件有 {size / 1024 / 1024:.0f} MB，超过 {MOST_BYTES // 1024 // 1024} MB",
            "名册只要四张表，删去图片、附件和无关的工作表后另存",
        )
    data = path.read_bytes()
    kind = _format(data)
    valueless: dict[str, frozenset[tuple[int, int]]] = {}
    if kind is Format.XLSX:
        valueless = _look_over(data)
    elif kind is Format.ODS:
        _measure_ods(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            tables = tuple(
                Table(title, tuple(_rows(book, title)), valueless.get(title, frozenset())) for title in book.sheet_names
            )
    except PasswordError:
        raise _locked() from None
    except CalamineError:
        raise _damaged() from None
    except BaseException as failed:  # the reader's own panics derive from BaseException and have no public name
        if type(failed).__name__ != "PanicException":
            raise
        raise _damaged() from None
    return Book(kind, tuple(_without_seen(table) for table in tables))


def _rows(book: CalamineWorkbook, title: str) -> Iterator[tuple[Raw, ...]]:
    try:
        sheet = book.get_sheet_by_name(title)
    except CalamineError:  # a chart or a dialog: no cells
        return
    _small_enough(title, sheet.total_height, sheet.total_width)
    for row in sheet.to_python(skip_empty_area=False):
        yield tuple(row)


def _without_seen(table: Table) -> Table:
    """The same table, only those cells kept as valueless that the reader found nothing in."""
    unseen = frozenset(
        (row, column)
        for row, column in table.valueless
        if row >= len(table.rows) or column >= len(table.rows[row]) or is_blank(table.rows[row][column])
    )
    return Table(table.title, table.rows, unseen)


def _small_enough(title: str, rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise UnreadableError(
            f"工作表“{title}”用到第 {rows} 行，超过 {MOST_ROWS} 行",
            "删去数据下面多余的行（选中整行后删除，不只是清除内容）再另存",
        )
    if columns > MOST_COLUMNS:
        raise UnreadableError(
            f"工作表“{title}”用到第 {columns} 列，超过 {MOST_COLUMNS} 列",
            "删去数据右边多余的列（选中整列后删除，不只是清除内容）再另存",
        )


def _locked() -> UnreadableError:
    return UnreadableError("工作簿有密码", "在 Excel 或 WPS 中取消打开密码后再试")


def _damaged() -> UnreadableError:
    return UnreadableError("文件已损坏，或不是标准的工作簿", _SAVE_AS)


# ---------------------------------------------------------------- before unpacking


def _format(data: bytes) -> Format:
    if data.startswith(_COMPOUND):
        if _ENCRYPTED in data:
            raise _locked()
        return Format.XLS
    if not data.startswith(b"PK"):
        raise UnreadableError("不是 Excel 文件", f"请用 huanjie roster template 生成的模板填写；其他格式的，{_SAVE_AS}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > MOST_UNPACKED:
                raise UnreadableError(
                    f"文件解开后有 {unpacked / 1024 / 1024:.0f} MB，超过 {MOST_UNPACKED // 1024 // 1024} MB",
                    "删去图片、附件、多余的行列和无关的工作表后另存",
                )
            if parts.testzip() is not None:  # a part longer than it says fails its checksum here
                raise _damaged()
            names = set(parts.namelist())
            if "xl/workbook.xml" in names:
                return Format.XLSX
            if "mimetype" in names and parts.read("mimetype").decode("ascii", "replace").startswith(_ODS):
                return Format.ODS
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _damaged() from None
    raise UnreadableError("不是 Excel 工作簿", _SAVE_AS)


def _look_over(data: bytes) -> dict[str, frozenset[tuple[int, int]]]:
    """By sheet, the cells that hold a formula or an error. Raises UnreadableError when a sheet reaches too far or is damaged."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    except Exception:  # the library raises whatever its parts raise on a damaged file
        raise _damaged() from None
    try:
        return {sheet.title: frozenset(_formulas(sheet)) for sheet in book.worksheets}
    except UnreadableError:
        raise
    except Exception:
        raise _damaged() from None
    finally:
        book.close()


def _formulas(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, int]]:
    sheet.reset_dimensions()  # the extent a file states may be wrong
    for number, row in enumerate(sheet.iter_rows()):
        _small_enough(sheet.title, number + 1, len(row))
        for place, cell in enumerate(row):
            if cell.value is not None and cell.data_type in ("f", "e"):
                yield number, place


def _measure_ods(data: bytes) -> None:
    """Raises UnreadableError when a sheet repeats its cells too far: a few bytes may stand for a hundred million of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts, parts.open("content.xml") as content:
            title, rows = "", 0
            for event, element in ElementTree.iterparse(content, events=("start", "end")):
                if event == "start" and element.tag == f"{_TABLE}table":
                    title, rows = element.get(f"{_TABLE}name", ""), 0
                elif event == "end" and element.tag == f"{_TABLE}table-row":
                    rows += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                    columns = _filled(element)
                    if columns:  # the empty rows at the end of a sheet repeat a million times
                        _small_enough(title, rows, columns)
                    element.clear()
    except (ElementTree.ParseError, KeyError, ValueError):
        raise _damaged() from None


def _filled(row: Iterable[ElementTree.Element]) -> int:
    """Columns of a row up to its last cell that holds something."""
    place = last = 0
    for cell in row:
        place += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        if len(cell) or any("value" in name for name in cell.attrib):
            last = place
    return last
