"""A sheet with one cell put right: a figure changed, or a written-in name's row added or taken off."""

from typing import Literal, TypeVar

from policies.tally.catalogue import LABELS
from policies.tally.figures import Stated, said
from policies.tally.values import BOX_FIELDS, KIND_FIELDS, ROW_FIELDS, BoxSheet, KindSheet, Row, cell_of
from policies.value import Value

V = TypeVar("V", bound=Value)

Absent = Literal["absent"]
ABSENT: Absent = "absent"
Cell = Stated | Absent
"""What a cell holds; `absent` where the sheet has no row of that name."""


def in_words(cell: Cell) -> str:
    """What a cell holds, as people read it."""
    return "没有此行" if cell == ABSENT else said(cell)


def corrected(sheet: BoxSheet, cell: str, now: Cell) -> BoxSheet:
    """The sheet with `cell` holding `now`; the vote of an unknown name adds its row, `absent` takes a written-in one off.

    Raises KeyError for a cell that a sheet cannot have, and for taking off what is no written-in name's 得票数.
    """
    kind, _, rest = cell.partition("/")
    if not rest:
        return _set(sheet, BOX_FIELDS, cell, now)
    place = {each.kind: number for number, each in enumerate(sheet.kinds)}[kind]
    own = sheet.kinds[place]
    mended = _row_set(own, cell, now) if "/" in rest else _set(own, KIND_FIELDS, rest, now)
    return sheet.model_copy(update={"kinds": (*sheet.kinds[:place], mended, *sheet.kinds[place + 1 :])})


def _set(value: V, fields: tuple[str, ...], label: str, now: Cell) -> V:
    field = {LABELS[each]: each for each in fields}[label]
    if now == ABSENT:
        raise KeyError(label)
    return value.model_copy(update={field: now})


def _row_set(sheet: KindSheet, cell: str, now: Cell) -> KindSheet:
    for place, row in enumerate(sheet.rows):
        for field in ROW_FIELDS:
            if cell_of(sheet.kind, row, field) != cell:
                continue
            after = (_set(row, ROW_FIELDS, LABELS[field], now),) if now != ABSENT else _taken_off(row, field)
            return sheet.model_copy(update={"rows": (*sheet.rows[:place], *after, *sheet.rows[place + 1 :])})
    parts = cell.split("/")
    if len(parts) != 4 or parts[3] != LABELS["votes"] or not all(parts) or now == ABSENT:
        raise KeyError(cell)
    added = Row(name=parts[2], post=parts[1], votes=now, write_in=True)
    return sheet.model_copy(update={"rows": (*sheet.rows, added)})


def _taken_off(row: Row, field: str) -> tuple[Row, ...]:
    if not row.write_in or field != "votes":
        raise KeyError(row.name)
    return ()
