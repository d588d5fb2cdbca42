"""A roster back into a workbook: for drills and tests, and for a county that wants its roster as the system holds it."""

from datetime import date
from pathlib import Path

from live.roster.columns import (
    COUNTY_WORDS,
    INCUMBENTS,
    NO,
    SHEETS,
    STAFF,
    STREETS,
    UNITS,
    YES,
    Column,
    Kind,
    Sheet,
    label,
)
from live.roster.pages import put_text, save
from live.roster.template import prepared
from live.roster.values import WHOLE_AREA, Roster
from policies.pack.schema import Pack
from policies.value import Value


def write_roster(roster: Roster, path: Path, pack: Pack) -> None:
    """Write a filled workbook that `read_roster` reads back to the same roster.

    Raises OSError, and KeyError when the roster has a role or body that the pack has not.
    """
    book = prepared(pack, first_row=2)
    for sheet, values in _rows(roster):
        page = book[sheet.title]
        for row, value in enumerate(values, 2):
            for place, column in enumerate(sheet.asked(pack), 1):
                content = getattr(value, column.field)
                if content is None:
                    continue
                cell = page.cell(row, place)
                if column.kind is Kind.COUNT:
                    cell.value = content
                else:
                    put_text(cell, _text(column, content, pack))
    save(book, path)


def _rows(roster: Roster) -> tuple[tuple[Sheet, tuple[Value, ...]], ...]:
    rows = ((STREETS, roster.streets), (UNITS, roster.units), (STAFF, roster.staff), (INCUMBENTS, roster.incumbents))
    assert tuple(sheet for sheet, _ in rows) == SHEETS
    return rows


def _text(column: Column, content: object, pack: Pack) -> str:
    if column.kind is Kind.YES_NO:
        return YES if content else NO
    if column.kind is Kind.AREA and content == WHOLE_AREA:
        return COUNTY_WORDS[0]
    if column.choices is not None:
        return label(column.choices, str(content), pack)
    if isinstance(content, date):
        return f"{content:%Y-%m}"
    return str(content)
