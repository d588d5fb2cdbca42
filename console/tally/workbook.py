"""A box's sheet as a workbook: made empty with everything printed on the ballots in it, and read back cell by cell."""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from live.roster.cells import Raw, clean, is_blank, plain
from live.roster.opening import Table, UnreadableError, open_book, reference
from live.roster.pages import fit_row, put_text, save
from policies.finding import Finding
from policies.form import FormRefused, problem
from policies.tally import BOX_FIELDS, KIND_FIELDS, LABELS, ROW_FIELDS, Poll

BOX_PAGE, KIND_PAGE = "票箱", "选票"
NAME, POST, WRITE_IN = "姓名", "职务", "另选他人"
YES, NO = "是", "否"
WRITE_IN_ROWS = 30
"""Rows left for names that voters write in."""

NOTE = "只填整数；不清楚的留空（不填 0），估计数写作“约 300”；没有就填 0。"

Places = dict[str, str]


def write_workbook(file: Path, poll: Poll, box: str) -> None:
    """The empty workbook for one box: a page of persons, and one for each kind of ballot. Raises OSError."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = BOX_PAGE
    _head(page, [("选举", poll.title), (BOX_PAGE, box)], BOX_FIELDS)
    for number, kind in enumerate(poll.kinds, 1):
        page = book.create_sheet(f"{KIND_PAGE}{number}")
        row = _head(page, [(KIND_PAGE, kind.name)], KIND_FIELDS) + 1
        for place, title in enumerate((NAME, POST, *(LABELS[field] for field in ROW_FIELDS), WRITE_IN), 1):
            put_text(page.cell(row, place), title)
            page.cell(row, place).font = Font(bold=True)
        for person in kind.printed:
            row += 1
            for place, text in ((1, person.name), (2, person.post), (6, NO)):
                put_text(page.cell(row, place), text)
        choice = DataValidation("list", formula1=f'"{YES},{NO}"', allow_blank=True)
        choice.add(f"F{row + 1}:F{row + WRITE_IN_ROWS}")
        page.add_data_validation(choice)
    save(book, file)


def read_workbook(file: Path) -> tuple[dict[str, Any], Places, list[Finding]]:
    """Plain data as `read_sheet` takes it, the cell of every path, and what is wrong with cells themselves.

    Raises FormRefused when the file cannot be read as a workbook.
    """
    try:
        book = open_book(file)
    except OSError as failed:
        why = failed.strerror or str(failed)
        raise FormRefused([problem("F.101", {"path": file, "why": why}, figure=str(file))]) from failed
    except UnreadableError as refused:
        found = refused.problem
        remedy = "用 huanjie tally template 生成的工作簿填写"
        raise FormRefused([problem("F.101", {"path": file, "why": f"{found.message}；{remedy}"})]) from refused
    reader = _Pages()
    tables = {plain(table.title): table for table in book.tables}
    box = tables.get(BOX_PAGE)
    if box is None:
        words = {"path": f"工作表“{BOX_PAGE}”", "where": "", "known": "用 huanjie tally template 生成的工作簿"}
        raise FormRefused([problem("F.106", words, figure=BOX_PAGE)])
    data, _ = reader.figures(box, "", {BOX_PAGE: "box", "选举": "title"}, BOX_FIELDS)
    data.pop("title", None)
    pages = [table for title, table in tables.items() if title.startswith(KIND_PAGE)]
    data["kinds"] = [reader.kind(table, f"kinds[{place}]") for place, table in enumerate(pages)]
    return data, reader.places, reader.findings


class _Pages:
    """Reads page by page, noting each problem with its cell."""

    def __init__(self) -> None:
        self.places: Places = {}
        self.findings: list[Finding] = []

    def figures(
        self, table: Table, path: str, named: dict[str, str], fields: tuple[str, ...]
    ) -> tuple[dict[str, Any], int]:
        """Label and value side by side, down to the header of the persons' table; and the row after the last."""
        known = named | {LABELS[field]: field for field in fields}
        data: dict[str, Any] = {}
        for row, cells in enumerate(table.rows):
            label = plain(str(cells[0])) if cells and not is_blank(cells[0]) else ""
            if label == NAME:
                return data, row
            raw = self._value(table, row, 1)
            if not label and raw is None:
                continue
            where = f"{table.title} {reference(row, 0)}"
            if label not in known:
                if raw is not None:
                    self._note("F.105", {"path": label or "（空）", "where": f"（{where}）", "known": "、".join(known)})
                continue
            key = f"{path}{known[label]}"
            self.places[key] = f"{table.title} {reference(row, 1)}"
            if known[label] in data:
                self._note("F.104", {"path": label, "where": f"（{where}）"})
            data[known[label]] = raw
        return data, len(table.rows)

    def kind(self, table: Table, path: str) -> dict[str, Any]:
        """One kind of ballot: its figures and its persons."""
        data, header = self.figures(table, f"{path}.", {KIND_PAGE: "kind"}, KIND_FIELDS)
        self.places[path] = table.title
        data["rows"] = []
        if header >= len(table.rows):
            self._note("F.106", {"path": NAME, "where": f"（{table.title}）", "known": "各人得票表的表头"})
            return data
        columns = self._columns(table, header)
        for row in range(header + 1, len(table.rows)):
            cells = {field: self._value(table, row, place) for field, place in columns.items()}
            if all(cells.get(field) is None for field in ("name", *ROW_FIELDS)):
                continue
            own = f"{path}.rows[{len(data['rows'])}]"
            self.places[own] = f"{table.title} 第 {row + 1} 行"
            for field, place in columns.items():
                self.places[f"{own}.{field}"] = f"{table.title} {reference(row, place)}"
            cells["write_in"] = self._yes(cells.get("write_in"), self.places.get(f"{own}.write_in", ""))
            data["rows"].append(cells)
        return data

    def _columns(self, table: Table, header: int) -> dict[str, int]:
        titles = {NAME: "name", POST: "post", WRITE_IN: "write_in"} | {LABELS[field]: field for field in ROW_FIELDS}
        found: dict[str, int] = {}
        for place, raw in enumerate(table.rows[header]):
            field = titles.get(plain(str(raw)))
            if field is not None and field not in found:
                found[field] = place
        for title in (NAME, LABELS["votes"]):
            if titles[title] not in found:
                self._note("F.106", {"path": title, "where": f"（{table.title} 第 {header + 1} 行）", "known": title})
        return found

    def _yes(self, raw: object, where: str) -> bool | None:
        if raw is None or isinstance(raw, bool):
            return raw
        if raw in (YES, NO):
            return raw == YES
        self._note("F.108", {"path": WRITE_IN, "value": f"“{raw}”", "where": f"（{where}）", "known": f"{YES}、{NO}"})
        return None

    def _value(self, table: Table, row: int, place: int) -> str | int | float | bool | date | None:
        if (row, place) in table.valueless:
            where = f"{table.title} {reference(row, place)}"
            self._note("F.103", {"why": f"{where} 是没有结果的公式或错误值，请改填数字"})
            return None
        cells = table.rows[row]
        raw: Raw | None = cells[place] if place < len(cells) else None
        if raw is None or is_blank(raw):
            return None
        if isinstance(raw, float) and raw.is_integer():
            return int(raw)
        if isinstance(raw, str):
            digits = "".join(unicodedata.normalize("NFKC", raw).split())
            return int(digits) if re.fullmatch(r"[-+]?[0-9]{1,12}", digits) else clean(raw)
        return raw if isinstance(raw, str | int | float | bool | date) else str(raw)

    def _note(self, number: str, words: dict[str, object]) -> None:
        self.findings.append(problem(number, words, figure=str(words.get("path", ""))))


def _head(page: Worksheet, lines: list[tuple[str, str]], fields: tuple[str, ...]) -> int:
    """Labels in the first column, room for figures in the second; returns the row after them."""
    widths = (20, 16, 10, 10, 10, 10)
    for place, width in zip("ABCDEF", widths, strict=True):
        page.column_dimensions[place].width = width
    row = 0
    for label, text in lines:
        row += 1
        put_text(page.cell(row, 1), label)
        put_text(page.cell(row, 2), text)
        page.cell(row, 1).font = page.cell(row, 2).font = Font(bold=True)
    put_text(page.cell(1, 4), NOTE)
    fit_row(page, 1, [lines[0][0], lines[0][1]], widths[:2])
    allowed = DataValidation("custom", formula1="TRUE", allow_blank=True)
    allowed.prompt, allowed.showInputMessage = NOTE, True
    for field in fields:
        row += 1
        put_text(page.cell(row, 1), LABELS[field])
        allowed.add(f"B{row}")
    page.add_data_validation(allowed)
    return row + 1
