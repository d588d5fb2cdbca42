"""Readiness of an election's units, read from the journal: the colour as last noted, what is open, and by when it must be gone.

About villages, never about persons: a row has no name but the unit's.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select

from activities.registry.database import Database
from activities.registry.errors import UnknownElectionError
from activities.registry.model import ElectionRow, JournalRow, TaskRow, TaskStatus, UnitRow, WorkflowRow, table
from policies.preparation import Colour, Difficulty

REMOVAL = "prep.removal"


@dataclass(frozen=True, slots=True)
class UnitReadiness:
    """One unit: no colour before it was assessed; `last_day` is that of the inspection that waits, if one does."""

    unit: str
    name: str
    street: str
    colour: Colour | None
    open: tuple[Difficulty, ...]
    last_day: date | None

    def overdue(self, on: date) -> bool:
        """Whether the day set for its difficulties has passed."""
        return self.last_day is not None and self.last_day < on


def readiness(database: Database, election: str, street: str = "") -> tuple[UnitReadiness, ...]:
    """Every unit of an election (or of one street) in the order of their ids. Raises UnknownElectionError."""
    newest = (
        select(JournalRow.unit, func.max(JournalRow.n).label("n"))
        .where(JournalRow.election == election, JournalRow.kind == "readiness_changed")
        .group_by(JournalRow.unit)
        .subquery()
    )
    told = (
        select(newest.c.unit, JournalRow.entry)
        .join(JournalRow, (JournalRow.n == newest.c.n) & (JournalRow.election == election))
        .subquery()
    )
    waiting = (
        select(WorkflowRow.unit, func.min(TaskRow.last_day).label("last_day"))
        .join(TaskRow, TaskRow.workflow == WorkflowRow.workflow)
        .where(TaskRow.step == REMOVAL, TaskRow.status == TaskStatus.OPEN)
        .group_by(WorkflowRow.unit)
        .subquery()
    )
    query = (
        select(UnitRow.id, UnitRow.name, UnitRow.street, told.c.entry, waiting.c.last_day)
        .select_from(table(UnitRow))
        .outerjoin(told, told.c.unit == UnitRow.id)
        .outerjoin(waiting, waiting.c.unit == UnitRow.id)
        .where(UnitRow.election == election)
        .order_by(UnitRow.id)
    )
    if street:
        query = query.where(UnitRow.street == street)
    with database.reading() as connection:
        known = connection.execute(select(ElectionRow.id).where(ElectionRow.id == election)).first()
        if known is None:
            raise UnknownElectionError(f"登记库中没有换届「{election}」")
        rows = connection.execute(query).all()
    return tuple(_row(row) for row in rows)


def _row(row: Row[Any]) -> UnitReadiness:
    fact = None if row.entry is None else json.loads("{" + row.entry)["fact"]
    return UnitReadiness(
        unit=row.id,
        name=row.name,
        street=row.street,
        colour=None if fact is None else Colour(fact["colour"]),
        open=() if fact is None else tuple(Difficulty(one) for one in fact["open"]),
        last_day=row.last_day,
    )
