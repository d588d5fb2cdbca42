"""Where every unit stands and what waits for whom, each in one query: what county pages, lists and reports are made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, or_, select

from activities.registry.database import Database
from activities.registry.errors import UnknownElectionError
from activities.registry.model import (
    ElectionRow,
    PaperRow,
    StreetRow,
    TaskRow,
    TaskStatus,
    UnitClosingRow,
    UnitRow,
    WorkflowRow,
    table,
)
from activities.registry.people import Grant
from activities.registry.store import task_of
from activities.stores.protocol import IssuedPaper
from policies.pack.schema import Role
from workflows.facts import Task


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A gate that waits, of a unit's body; `overdue` as of the day asked about."""

    task: Task
    opened_at: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class BodyStanding:
    """One of a unit's workflows that has begun: its body, its lifecycle's state, its open gates in the order they opened."""

    workflow: str
    body: str
    state: str
    tasks: tuple[OpenTask, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """How a unit's election ended: complete on a day, or held by a rule for a reason."""

    completed_on: date | None
    held_by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """One unit: the bodies begun so far in their order (the preparation first), and its end once it is over."""

    id: str
    name: str
    street: str
    street_name: str
    difficult: bool
    bodies: tuple[BodyStanding, ...]
    closing: Closing | None

    @property
    def begun(self) -> bool:
        """Whether anything of it was committed yet."""
        return bool(self.bodies)

    @property
    def state(self) -> str:
        """The unit's own lifecycle state; "" before it began."""
        return self.bodies[0].state if self.bodies else ""

    @property
    def tasks(self) -> tuple[OpenTask, ...]:
        """Every open gate of the unit."""
        return tuple(task for body in self.bodies for task in body.tasks)

    @property
    def overdue(self) -> bool:
        """Whether any of its gates is overdue."""
        return any(task.overdue for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of an inbox: a gate that waits, and where it belongs. A gate of no unit has "" for unit and its name."""

    task: Task
    election: str
    street: str
    street_name: str
    unit: str
    unit_name: str
    body: str
    opened_at: datetime
    overdue: bool


class Standings:
    """What stands in a registry now. `on` is the election's day, by which overdue is judged: a last day is not yet late."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def units(self, election: str, on: date, *, street: str = "", unit: str = "") -> tuple[UnitStanding, ...]:
        """Every unit of an election, or of one street, or one, in the order recorded. Raises UnknownElectionError."""
        query = (
            select(
                UnitRow.id.label("unit_id"),
                UnitRow.name.label("unit_name"),
                UnitRow.street.label("unit_street"),
                UnitRow.difficult,
                StreetRow.name.label("street_name"),
                WorkflowRow.workflow.label("of_workflow"),
                WorkflowRow.body,
                WorkflowRow.state,
                *table(TaskRow).columns,
                UnitClosingRow.completed_on,
                UnitClosingRow.held_by,
                UnitClosingRow.reason,
                UnitClosingRow.at.label("ended_at"),
            )
            .select_from(UnitRow)
            .join(StreetRow, StreetRow.id == UnitRow.street)
            .outerjoin(UnitClosingRow, UnitClosingRow.unit == UnitRow.id)
            .outerjoin(WorkflowRow, WorkflowRow.unit == UnitRow.id)
            .outerjoin(TaskRow, and_(TaskRow.workflow == WorkflowRow.workflow, TaskRow.status == TaskStatus.OPEN))
            .where(UnitRow.election == election)
            .order_by(
                StreetRow.position,
                UnitRow.position,
                WorkflowRow.began_line,
                TaskRow.opened_at,
                TaskRow.opened_line,
                TaskRow.position,
            )
        )
        if street:
            query = query.where(UnitRow.street == street)
        if unit:
            query = query.where(UnitRow.id == unit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            if (
                not rows
                and connection.execute(select(ElectionRow.id).where(ElectionRow.id == election)).first() is None
            ):
                raise UnknownElectionError(f"登记库中没有换届「{election}」")
        return tuple(_standing(list(of_unit), on) for _, of_unit in groupby(rows, lambda row: str(row.unit_id)))

    def inbox(
        self,
        on: date,
        *,
        election: str = "",
        street: str = "",
        unit: str = "",
        roles: Iterable[Role] | None = None,
        grants: Iterable[Grant] | None = None,
        overdue_only: bool = False,
    ) -> tuple[Waiting, ...]:
        """The gates that wait, oldest first; every argument given narrows them.

        `roles`: those any of these must decide. `grants`: those that somebody with these grants may decide, by role and
        area; none of either gives nothing.
        """
        query = _INBOX
        if election:
            query = query.where(WorkflowRow.election == election)
        if street:
            query = query.where(WorkflowRow.street == street)
        if unit:
            query = query.where(WorkflowRow.unit == unit)
        if roles is not None:
            query = query.where(TaskRow.role.in_([role.value for role in roles]))
        if grants is not None:
            query = _held(query, grants)
        if overdue_only:
            query = query.where(TaskRow.last_day < on)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Waiting(
                task=task_of(row),
                election=row.of_election,
                street=row.of_street,
                street_name=row.street_name or "",
                unit=row.of_unit or "",
                unit_name=row.unit_name or "",
                body=row.body,
                opened_at=row.opened_at,
                overdue=_late(row.last_day, on),
            )
            for row in rows
        )

    def papers(self, workflow: str) -> tuple[IssuedPaper, ...]:
        """The papers of a body's workflow, or of a unit and all its bodies, each series in its order."""
        kept = table(PaperRow)
        columns = [kept.c[name] for name in IssuedPaper._fields]
        query = (
            select(*columns)
            .where(or_(kept.c.workflow == workflow, kept.c.workflow.startswith(f"{workflow}/", autoescape=True)))
            .order_by(kept.c.workflow, kept.c.series, kept.c.number)
        )
        with self._database.reading() as connection:
            return tuple(IssuedPaper(*row) for row in connection.execute(query))


_INBOX = (
    select(
        *table(TaskRow).columns,
        WorkflowRow.election.label("of_election"),
        WorkflowRow.street.label("of_street"),
        WorkflowRow.unit.label("of_unit"),
        WorkflowRow.body,
        UnitRow.name.label("unit_name"),
        StreetRow.name.label("street_name"),
    )
    .select_from(TaskRow)
    .join(WorkflowRow, WorkflowRow.workflow == TaskRow.workflow)
    .outerjoin(UnitRow, UnitRow.id == WorkflowRow.unit)
    .outerjoin(StreetRow, StreetRow.id == WorkflowRow.street)
    .where(TaskRow.status == TaskStatus.OPEN)
    .order_by(TaskRow.opened_at, TaskRow.opened_line, TaskRow.position, TaskRow.workflow)
)


def _held(query: Select[Any], grants: Iterable[Grant]) -> Select[Any]:
    areas: dict[Role, list[str]] = {}
    for grant in grants:
        areas.setdefault(grant.role, []).append(grant.scope)
    return query.where(
        or_(
            False,
            *(
                and_(
                    TaskRow.role == role.value,
                    or_(
                        WorkflowRow.unit.in_(scopes),
                        WorkflowRow.street.in_(scopes),
                        WorkflowRow.election.in_(scopes),
                    ),
                )
                for role, scopes in areas.items()
            ),
        )
    )


def _late(last_day: date | None, on: date) -> bool:
    return last_day is not None and last_day < on


def _standing(rows: list[Any], on: date) -> UnitStanding:
    first = rows[0]
    bodies = tuple(
        _body(list(of_body), on)
        for workflow, of_body in groupby(rows, lambda row: row.of_workflow)
        if workflow is not None
    )
    closing = (
        None if first.ended_at is None else Closing(first.completed_on, first.held_by, first.reason, first.ended_at)
    )
    return UnitStanding(
        id=first.unit_id,
        name=first.unit_name,
        street=first.unit_street,
        street_name=first.street_name,
        difficult=first.difficult,
        bodies=bodies,
        closing=closing,
    )


def _body(rows: list[Any], on: date) -> BodyStanding:
    first = rows[0]
    tasks = tuple(
        OpenTask(task_of(row), row.opened_at, _late(row.last_day, on)) for row in rows if row.gate is not None
    )
    return BodyStanding(first.of_workflow, first.body, first.state, tasks)
