"""The elections of a registry: recorded whole before their workflows start, and what they run under, for whoever needs it.

Recording the same again changes nothing; recording something else under the same id is refused with every difference.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Connection, case, func, insert, select

from activities.journal import GENESIS
from activities.registry.database import Database
from activities.registry.errors import RefusedRecordError, UnknownElectionError
from activities.registry.model import (
    ChainRow,
    ElectionRow,
    IncumbentRow,
    Kind,
    StreetRow,
    UnitClosingRow,
    UnitRow,
    table,
)
from activities.registry.record import (
    FEDERATION,
    FIGURES,
    VILLAGE,
    Election,
    Ground,
    Sitting,
    differences_between,
    problems_of,
)
from policies.clock import BEIJING, Clock
from workflows.messages import DistrictBrief, StreetBrief, UnitBrief, VillageFigures

__all__ = ["Election", "Elections", "Ground", "Listed", "Place", "Sitting"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One election in a list, with how many of its units are done."""

    id: str
    title: str
    kind: Kind
    setting: str
    started_at: datetime
    units: int
    completed: int
    held: int  # closed without having been completed


@dataclass(frozen=True, slots=True)
class Place:
    """Where an id belongs: its election, what that runs under, and the ids from the place itself up to the election."""

    election: str
    setting: str
    areas: tuple[str, ...]


class Elections:
    """The elections of a registry of one kind."""

    def __init__(self, database: Database, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        self._places: dict[str, Place] = {}  # what is recorded stays where it is: looked up once

    def record(self, election: Election) -> bool:
        """Record an election with its streets and units, all or nothing; False when it is there already, the same.

        Who started it and when are kept from the first time and not compared. Raises RefusedRecordError with every
        problem of the record, or every difference from the one there is.
        """
        problems = problems_of(election, self._kind)
        if problems:
            raise RefusedRecordError(f"换届「{election.id}」不能登记", tuple(problems))
        with self._database.writing() as connection:
            known = _read(connection, election.id)
            if known is not None:
                differences = differences_between(known, election)
                if differences:
                    raise RefusedRecordError(f"换届「{election.id}」已经登记，内容不同，未作改动", tuple(differences))
                return False
            taken = _taken(connection, election.brief)
            if taken:
                raise RefusedRecordError(f"换届「{election.id}」不能登记", tuple(taken))
            _insert(connection, election, self._kind)
        return True

    def find(self, election: str) -> Election | None:
        """An election as recorded."""
        with self._database.reading() as connection:
            return _read(connection, election)

    def all(self) -> tuple[Listed, ...]:
        """Every election, in order of start."""
        done = func.sum(case((UnitClosingRow.completed_on.is_not(None), 1), else_=0))
        closed = func.count(UnitClosingRow.unit)
        query = (
            select(
                ElectionRow.id,
                ElectionRow.title,
                ElectionRow.kind,
                ElectionRow.setting,
                ElectionRow.started_at,
                func.count(UnitRow.id).label("units"),
                done.label("completed"),
                (closed - done).label("held"),
            )
            .outerjoin(UnitRow, UnitRow.election == ElectionRow.id)
            .outerjoin(UnitClosingRow, UnitClosingRow.unit == UnitRow.id)
            .group_by(ElectionRow.id, ElectionRow.title, ElectionRow.kind, ElectionRow.setting, ElectionRow.started_at)
            .order_by(ElectionRow.started_at, ElectionRow.id)
        )
        with self._database.reading() as connection:
            return tuple(Listed(**row._mapping) for row in connection.execute(query))

    def incumbents(self, election: str) -> tuple[Sitting, ...]:
        """The posts held when an election began, by unit."""
        kept = table(IncumbentRow)
        columns = [kept.c[each.name] for each in fields(Sitting)]
        query = (
            select(*columns)
            .join(UnitRow, UnitRow.id == kept.c.unit)
            .where(UnitRow.election == election)
            .order_by(kept.c.unit, kept.c.number)
        )
        with self._database.reading() as connection:
            return tuple(Sitting(*row) for row in connection.execute(query))

    def ground(self, setting: str) -> Ground | None:
        """What any election with this setting's hash runs under: whoever installs it must find the same hash."""
        query = select(table(ElectionRow)).where(ElectionRow.setting == setting).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _ground(row)

    def known(self, area: str) -> Place | None:
        """`place` where it was looked up before: without asking the database."""
        return self._places.get(area)

    def place(self, area: str) -> Place | None:
        """Where the unit, street or election of this id belongs; None when nothing of that id is recorded."""
        if area not in self._places:
            found = self._place(area)
            if found is None:
                return None
            self._places[area] = found
        return self._places[area]

    def _place(self, area: str) -> Place | None:
        unit = select(UnitRow.id, UnitRow.street, UnitRow.election).where(UnitRow.id == area)
        street = select(StreetRow.id, StreetRow.election).where(StreetRow.id == area)
        election = select(ElectionRow.id).where(ElectionRow.id == area)
        with self._database.reading() as connection:
            for query in (unit, street, election):
                row = connection.execute(query).first()
                if row is not None:
                    areas = tuple(str(each) for each in row)
                    setting = select(ElectionRow.setting).where(ElectionRow.id == areas[-1])
                    return Place(areas[-1], str(connection.execute(setting).scalar_one()), areas)
        return None

    # ------------------------------------------------------------ a drill's clock

    def clock(self, election: str) -> str | None:
        """A drill's clock as JSON, as it was last set; None where election time is real time. Raises UnknownElectionError."""
        query = select(ElectionRow.clock_json, ElectionRow.clock_now_json).where(ElectionRow.id == election)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownElectionError(f"登记库中没有换届「{election}」")
        return cast("str | None", row.clock_json if row.clock_now_json is None else row.clock_now_json)

    def running_clock(self, election: str) -> Clock | None:
        """`clock`, read. Raises UnknownElectionError."""
        kept = self.clock(election)
        return None if kept is None else Clock.model_validate_json(kept)

    def instant(self, election: str, real: datetime) -> datetime:
        """The election's own instant, in Beijing, at a real one: the same, or a drill's. Raises UnknownElectionError."""
        clock = self.running_clock(election)
        return (real if clock is None else clock.at(real)).astimezone(BEIJING)


# ---------------------------------------------------------------- reading and writing


def _insert(connection: Connection, election: Election, kind: Kind) -> None:
    ground, brief, voters = election.ground, election.brief, dict(election.voters)
    row = {
        "id": election.id,
        "kind": kind,
        "title": election.title,
        "name": brief.name,
        "pack_id": ground.pack_id,
        "pack_version": ground.pack_version,
        "pack_sha256": ground.pack_sha256,
        "pack_text": ground.pack_text,
        "calendar_json": ground.calendar_json,
        "clock_json": ground.clock_json,
        "clock_now_json": None,
        "setting": ground.setting,
        "law": ground.law,
        "started_by": election.started_by,
        "started_at": election.started_at,
    }
    connection.execute(insert(ElectionRow), row)
    connection.execute(insert(ChainRow), {"election": election.id, "lines": 0, "hash": GENESIS})
    streets = [
        {"id": street.id, "election": election.id, "position": position, "name": street.name}
        for position, street in enumerate(brief.streets)
    ]
    units = [
        {
            "id": unit.id,
            "election": election.id,
            "street": street.id,
            "position": position,
            "name": unit.name,
            **{figure: getattr(unit, figure) for figure in FIGURES},
            **{f"village_{name}": unit.village and getattr(unit.village, name) for name in VILLAGE},
            **{column: getattr(unit, figure) or None for figure, column in FEDERATION.items()},
            "voters": voters.get(unit.id),
        }
        for street in brief.streets
        for position, unit in enumerate(street.units)
    ]
    connection.execute(insert(StreetRow), streets)
    connection.execute(insert(UnitRow), units)
    sitting = [
        {"number": number, **asdict(one)}
        for _, of_unit in groupby(sorted(election.incumbents, key=lambda one: one.unit), lambda one: one.unit)
        for number, one in enumerate(of_unit, start=1)
    ]
    if sitting:
        connection.execute(insert(IncumbentRow), sitting)


def _read(connection: Connection, election: str) -> Election | None:
    row = connection.execute(select(table(ElectionRow)).where(ElectionRow.id == election)).first()
    if row is None:
        return None
    streets = select(table(StreetRow)).where(StreetRow.election == election).order_by(StreetRow.position)
    units = select(table(UnitRow)).where(UnitRow.election == election).order_by(UnitRow.position)
    of_street: dict[str, list[UnitBrief]] = {}
    for unit in connection.execute(units):
        of_street.setdefault(unit.street, []).append(
            UnitBrief(
                id=unit.id,
                name=unit.name,
                street=unit.street,
                district=election,
                setting=row.setting,
                village=_village(unit),
                **{figure: getattr(unit, figure) for figure in FIGURES},
                **{figure: getattr(unit, column) or 0 for figure, column in FEDERATION.items()},
            )
        )
    brief = DistrictBrief(
        id=election,
        name=row.name,
        streets=tuple(
            StreetBrief(
                id=street.id,
                name=street.name,
                district=election,
                units=tuple(of_street.get(street.id, ())),
                setting=row.setting,
            )
            for street in connection.execute(streets)
        ),
        setting=row.setting,
    )
    return Election(row.title, _ground(row), brief, row.started_by, row.started_at)


def _village(unit: Any) -> VillageFigures | None:
    if unit.village_groups is None:
        return None
    return VillageFigures(**{name: getattr(unit, f"village_{name}") for name in VILLAGE})


def _ground(row: Any) -> Ground:
    return Ground(
        setting=row.setting,
        pack_id=row.pack_id,
        pack_version=row.pack_version,
        pack_sha256=row.pack_sha256,
        pack_text=row.pack_text,
        calendar_json=row.calendar_json,
        clock_json=row.clock_json,
        law=row.law,
    )


def _taken(connection: Connection, brief: DistrictBrief) -> list[str]:
    """Ids of streets and units that another election of this registry has."""
    streets = {street.id for street in brief.streets}
    units = {unit.id for street in brief.streets for unit in street.units}
    found = []
    for what, ids, row_of in (("街道", streets, StreetRow), ("单位", units, UnitRow)):
        rows = connection.execute(select(row_of.id, row_of.election).order_by(row_of.id))
        found += [f"{what}编号「{row.id}」已用于换届「{row.election}」" for row in rows if row.id in ids]
    return found
