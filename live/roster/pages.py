"""How we write into a workbook: text stays text, never a formula; rows show all of it; the same content gives the same file
byte for byte."""

import io
import math
import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet.properties import PageSetupProperties

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

TEXT_FORMAT = "@"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINE_POINTS = 16
_SAVED_ON = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def put_text(cell: "Cell | MergedCell", text: str) -> None:
    """Write text that no program will take for a formula, whatever it begins with."""
    assert isinstance(cell, Cell), "only the first of merged cells holds text"
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
    cell.data_type = "s"  # the library would make a formula of “=…” and an error of “#N/A”
    cell.number_format = TEXT_FORMAT
    if text.startswith(_STARTS_A_FORMULA):
        cell.quotePrefix = True  # stays text when the file goes through other programs


def fit_row(page: "Worksheet", row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Make a row tall enough for its wrapped texts: not every program does that by itself when it opens a file."""
    needed = (
        sum(max(1, math.ceil(_width(line) / (width - 1))) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    page.row_dimensions[row].height = _LINE_POINTS * max(1, *needed)


def printed_wide(page: "Worksheet") -> None:
    """Print all columns on one page's width."""
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _width(text: str) -> int:
    """In the width of a digit: a Chinese letter takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def save(book: "Workbook", path: Path) -> None:
    """Write a workbook to a file, whole or not at all; nothing in it depends on when. Raises OSError."""
    made = io.BytesIO()
    book.save(made)
    with NamedTemporaryFile(dir=path.parent, prefix=".huanjie-", suffix=path.suffix, delete=False) as draft:
        place = Path(draft.name)
        try:
            with zipfile.ZipFile(made) as parts, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as final:
                for part in parts.infolist():
                    content = parts.read(part)
                    if part.filename == "docProps/core.xml":
                        content = _DATES.sub(b"", content)
                    final.writestr(zipfile.ZipInfo(part.filename, _SAVED_ON), content, zipfile.ZIP_DEFLATED)
            draft.close()
            umask = os.umask(0)
            os.umask(umask)
            place.chmod(0o666 & ~umask)  # as any new file; a temporary one is private
            place.replace(path)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
