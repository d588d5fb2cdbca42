"""Reads a county's workbook: either a whole roster or every problem at once, never half of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from live.roster.areas import Areas
from live.roster.cells import plain
from live.roster.checks import check
from live.roster.columns import GUIDE, INCUMBENTS, OWN, SHEETS, STAFF, STREETS, UNITS, Sheet, post_in
from live.roster.opening import Book, Table, UnreadableError, open_book
from live.roster.problem import Problem
from live.roster.rows import Row, Rows, rows_of
from live.roster.values import Roster
from policies.finding import Severity
from policies.pack.schema import Pack
from policies.people import Body, Post
from policies.value import Value


@dataclass(frozen=True)
class Reading:
    """What came of reading a workbook. `roster` is None exactly when one of the problems is an error.

    `readable` is False when the file could not even be opened as a workbook: there is nothing to annotate then.
    """

    roster: Roster | None
    problems: tuple[Problem, ...] = ()
    readable: bool = True


def read_roster(path: Path, pack: Pack) -> Reading:
    """The roster in a workbook (.xlsx, .xls or .ods), judged by the pack's roles and seats. Raises OSError only."""
    try:
        book = open_book(path)
    except UnreadableError as refused:
        return Reading(None, (refused.problem,), readable=False)
    return read_book(book, pack)


def read_book(book: Book, pack: Pack) -> Reading:
    """The same for an opened workbook."""
    streets, units, staff, incumbents = (rows_of(sheet, book.tables, pack) for sheet in SHEETS)
    problems = [problem for rows in (streets, units, staff, incumbents) for problem in rows.problems]
    problems += _strangers(book.tables)
    problems += check(streets, units, staff, incumbents, pack)
    roster: Roster | None = None
    if not any(problem.blocks for problem in problems):
        roster = _roster(streets, units, staff, incumbents, problems)
    return Reading(roster, _in_order(problems, book.tables))


def _strangers(tables: Sequence[Table]) -> list[Problem]:
    """A warning for every sheet with content that is neither declared nor our own."""
    known = {*OWN, *(sheet.title for sheet in SHEETS)}
    return [
        Problem(
            sheet=table.title,
            cell="",
            value="",
            message="不认识的工作表，没有读取",
            remedy="不需要的可以不管",
            severity=Severity.WARNING,
        )
        for table in tables
        if table.rows and plain(table.title) not in known
    ]


def _in_order(problems: Sequence[Problem], tables: Sequence[Table]) -> tuple[Problem, ...]:
    """Each problem once, by sheet as the workbook has them (missing ones first), then by row and column."""
    titles = [table.title for table in tables]

    def place(problem: Problem) -> tuple[int, int, int, str]:
        letters = problem.cell.rstrip("0123456789")
        row = int(problem.cell[len(letters) :] or 0)
        sheet = titles.index(problem.sheet) if problem.sheet in titles else -1
        return sheet, row, len(letters), letters

    return tuple(sorted(dict.fromkeys(problems), key=place))


# ---------------------------------------------------------------- values


def _roster(streets: Rows, units: Rows, staff: Rows, incumbents: Rows, problems: list[Problem]) -> Roster | None:
    """The typed values of rows in which nothing is wrong. A value that still refuses its row becomes a problem of it."""
    areas = Areas(streets, units)
    made: dict[str, list[Value]] = {}
    for sheet, rows in ((STREETS, streets), (UNITS, units), (STAFF, staff), (INCUMBENTS, incumbents)):
        made[sheet.title] = []
        for row in rows.rows:
            try:
                made[sheet.title].append(_value(sheet, row, areas))
            except ValidationError as error:
                problems += [
                    row.problem(str(item["loc"][0]), "不符合格式", f"按“{GUIDE}”更正") for item in error.errors()
                ]
    if any(problem.blocks for problem in problems):
        return None
    return Roster.model_validate(
        {
            "streets": made[STREETS.title],
            "units": made[UNITS.title],
            "staff": made[STAFF.title],
            "incumbents": made[INCUMBENTS.title],
        }
    )


def _value(sheet: Sheet, row: Row, areas: Areas) -> Value:
    """One row's value, its references written out in full and its post as its body has it. Raises ValidationError."""
    values = {name: row.value(name) for name in row.cells}
    if sheet is STAFF:
        (values["scope"],) = areas.meant(str(values["scope"]))
    if sheet is INCUMBENTS:
        (values["unit"],) = areas.units(str(values["unit"]))
        values["post"] = post_in(Body(str(values["body"])), Post(str(values["post"])))
    return sheet.value.model_validate(values)
