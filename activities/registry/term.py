"""A unit within its term: who sits on its committee now, and which recalls and by-elections were begun. Read from the facts."""

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select

from activities.registry import outcomes
from activities.registry.database import Database
from activities.registry.errors import ContradictionError
from activities.registry.model import JournalRow, StreetRow, UnitClosingRow, UnitRow, table
from policies.clock import BEIJING
from policies.pack.schema import BodyId
from policies.people import Kinship, Person, Post
from policies.rules.village.vacancy import too_few_since
from workflows.facts import BegunOnDemand, BodyCompleted, RecallSettled, Seat
from workflows.messages import Winner

_JOURNAL = table(JournalRow)
_KINDS = ("begun_on_demand", "recall_settled", "body_completed")
_FACTS = (
    select(_JOURNAL.c.unit, _JOURNAL.c.entry, _JOURNAL.c.workflow, _JOURNAL.c.body, _JOURNAL.c.at)
    .where(_JOURNAL.c.kind.in_(_KINDS))
    .order_by(_JOURNAL.c.n)
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A recall (of `person`), a by-election or the record of a departure that was begun, and whether it is still under way."""

    workflow: str
    body: str
    person: str
    key: str
    running: bool


@dataclass(frozen=True, slots=True)
class Term:
    """How a unit stands within its term. `ended`: its election is over; `completed_on` is None when it was held instead."""

    ended: bool
    completed_on: date | None
    committee: tuple[Winner, ...]  # members in office now, in the order in which they were elected
    party: tuple[Winner, ...]
    kin: tuple[Kinship, ...]  # every relationship declared so far
    begun: tuple[Begun, ...]
    vacated: tuple[
        date, ...
    ] = ()  # when each seat that was given up and not filled since became vacant, the earliest first

    def running(self, body: BodyId, person: str = "") -> str:
        """The workflow of a recall of this person, or of a by-election, that is under way; "" for none."""
        return next(
            (one.workflow for one in self.begun if one.running and (one.body, one.person) == (body, person)), ""
        )

    def under(self, key: str, body: BodyId) -> str:
        """The workflow that was begun under a command's key; "" for none."""
        return next((one.workflow for one in self.begun if (one.key, one.body) == (key, body)), "")

    def count(self, body: BodyId) -> int:
        """How many of the kind were begun."""
        return sum(one.body == body for one in self.begun)


@dataclass(frozen=True, slots=True)
class TooSmall:
    """A unit whose committee has fewer members than it must have, since a day, with no by-election under way."""

    unit: str
    unit_name: str
    street: str
    members: int
    since: date


class Terms:
    """The terms of a registry's units."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, unit: str) -> Term:
        """A unit's term as of now. Raises ContradictionError for somebody elected whom no form describes."""
        closing = select(UnitClosingRow.completed_on).where(UnitClosingRow.unit == unit)
        with self._database.reading() as connection:
            rows = connection.execute(_FACTS.where(_JOURNAL.c.unit == unit)).all()
            ended = connection.execute(closing).first()
            people, kin = outcomes.nominated(connection, unit), outcomes.declared(connection, unit)
        course = _Course.of(rows)
        return Term(
            ended=ended is not None,
            completed_on=None if ended is None else ended.completed_on,
            committee=tuple(_winner(seat, people) for seat in course.committee.values()),
            party=tuple(_winner(seat, people) for seat in course.party.values()),
            kin=kin,
            begun=tuple(course.begun.values()),
            vacated=tuple(course.vacated),
        )

    def under_way(self, election: str) -> tuple[str, ...]:
        """The recalls and by-elections of an election that are under way, in the order in which they were begun."""
        with self._database.reading() as connection:
            rows = connection.execute(_FACTS.where(_JOURNAL.c.election == election)).all()
        return tuple(one.workflow for one in _Course.of(rows).begun.values() if one.running)

    def too_small(self, election: str, least: int) -> tuple[TooSmall, ...]:
        """The units of an election, in the order recorded, whose committee has fewer than `least` members left.

        Of units whose election is complete; one whose by-election is under way is none of them.
        """
        closed = (
            select(UnitRow.id, UnitRow.name, UnitRow.street, UnitClosingRow.completed_on)
            .join(StreetRow, StreetRow.id == UnitRow.street)
            .join(UnitClosingRow, UnitClosingRow.unit == UnitRow.id)
            .where(UnitRow.election == election, UnitClosingRow.completed_on.is_not(None))
            .order_by(StreetRow.position, UnitRow.position)
        )
        with self._database.reading() as connection:
            units = connection.execute(closed).all()
            rows = connection.execute(_FACTS.where(_JOURNAL.c.election == election)).all() if units else []
        of_unit = {unit: list(facts) for unit, facts in groupby(sorted(rows, key=_unit), key=_unit)}
        found = []
        for unit in units:
            course = _Course.of(of_unit.get(unit.id, []))
            filling = any(one.running and one.body == BodyId.BY_ELECTION for one in course.begun.values())
            members = len(course.committee)
            since = too_few_since(members, course.vacated, unit.completed_on, least)
            if course.elected and since is not None and not filling:
                found.append(TooSmall(unit.id, unit.name, unit.street, members, since))
        return tuple(found)


def _unit(row: Any) -> str:
    return str(row.unit)


@dataclass(slots=True)
class _Course:
    """What a unit's facts tell, one after another: who sits, by person id, and what was begun, by workflow."""

    committee: dict[str, Seat] = field(default_factory=dict)
    party: dict[str, Seat] = field(default_factory=dict)
    begun: dict[str, Begun] = field(default_factory=dict)
    vacated: list[date] = field(default_factory=list)
    elected: bool = False  # a committee came into office

    @classmethod
    def of(cls, rows: Iterable[Any]) -> "_Course":
        """From a unit's rows, in the journal's order."""
        course = cls()
        for row in rows:
            course._take(row)
        return course

    def _take(self, row: Any) -> None:
        fact, day = outcomes.fact_of(row.entry), row.at.astimezone(BEIJING).date()
        match fact:
            case BodyCompleted():
                seated = {seat.person: seat for seat in fact.seats}
                if row.body in (BodyId.RESIDENTS, BodyId.BY_ELECTION):
                    self.committee |= seated
                    self.elected = True
                    del self.vacated[
                        max(len(self.vacated) - len(seated), 0) :
                    ]  # whichever are filled, the oldest tell since when
                elif row.body == BodyId.PARTY:
                    self.party |= seated
            case RecallSettled(recalled=True):
                self._leaves(fact.person, day)
            case BegunOnDemand():
                waits = row.body != BodyId.DEPARTURE
                self.begun[row.workflow] = Begun(row.workflow, row.body, fact.person, fact.key, waits)
                for one in fact.departed:
                    self._leaves(one.person, one.on or day)
        if isinstance(fact, BodyCompleted | RecallSettled) and row.workflow in self.begun:
            self.begun[row.workflow] = replace(self.begun[row.workflow], running=False)

    def _leaves(self, person: str, on: date) -> None:
        if self.committee.pop(person, None) is not None:
            insort(self.vacated, on)


def _winner(seat: Seat, people: Mapping[str, Person]) -> Winner:
    if seat.person not in people:
        raise ContradictionError(f"登记库中没有当选人「{seat.name}」（{seat.person}）的提名材料：请联系技术人员核查")
    return Winner(person=people[seat.person], post=Post(seat.post), votes=seat.votes)
