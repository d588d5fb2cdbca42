"""A unit within its term: who sits on its committee now, and which recalls and by-elections were begun. Read from the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from activities.registry import outcomes
from activities.registry.database import Database
from activities.registry.errors import ContradictionError
from activities.registry.model import JournalRow, UnitClosingRow, table
from policies.clock import BEIJING
from policies.pack.schema import BodyId
from policies.people import Kinship, Person, Post
from workflows.facts import BegunOnDemand, BodyCompleted, RecallSettled, Seat
from workflows.messages import Winner

_JOURNAL = table(JournalRow)
_KINDS = ("begun_on_demand", "recall_settled", "body_completed")


@dataclass(frozen=True, slots=True)
class Begun:
    """A recall (of `person`) or a by-election that was begun, and whether it is still under way."""

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
    recalled_on: date | None = None  # the day of the first recall whose seat no by-election has filled since

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


class Terms:
    """The terms of a registry's units."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, unit: str) -> Term:
        """A unit's term as of now. Raises ContradictionError for somebody elected whom no form describes."""
        facts = (
            select(_JOURNAL.c.entry, _JOURNAL.c.workflow, _JOURNAL.c.body, _JOURNAL.c.at)
            .where(_JOURNAL.c.unit == unit, _JOURNAL.c.kind.in_(_KINDS))
            .order_by(_JOURNAL.c.n)
        )
        closing = select(UnitClosingRow.completed_on).where(UnitClosingRow.unit == unit)
        with self._database.reading() as connection:
            rows = connection.execute(facts).all()
            ended = connection.execute(closing).first()
            people, kin = outcomes.nominated(connection, unit), outcomes.declared(connection, unit)
        committee: dict[str, Winner] = {}
        party: dict[str, Winner] = {}
        begun: dict[str, Begun] = {}
        recalled_on: date | None = None
        for row in rows:
            fact = outcomes.fact_of(row.entry)
            match fact:
                case BodyCompleted():
                    seated = {seat.person: _winner(seat, people) for seat in fact.seats}
                    if row.body in (BodyId.RESIDENTS, BodyId.BY_ELECTION):
                        committee |= seated
                        recalled_on = None
                    elif row.body == BodyId.PARTY:
                        party |= seated
                case RecallSettled(recalled=True):
                    committee.pop(fact.person, None)
                    recalled_on = recalled_on or row.at.astimezone(BEIJING).date()
                case BegunOnDemand():
                    begun[row.workflow] = Begun(row.workflow, row.body, fact.person, fact.key, True)
                    for one in fact.departed:
                        committee.pop(one.person, None)
            if isinstance(fact, BodyCompleted | RecallSettled) and row.workflow in begun:
                begun[row.workflow] = replace(begun[row.workflow], running=False)
        return Term(
            ended=ended is not None,
            completed_on=None if ended is None else ended.completed_on,
            committee=tuple(committee.values()),
            party=tuple(party.values()),
            kin=kin,
            begun=tuple(begun.values()),
            recalled_on=recalled_on,
        )


def _winner(seat: Seat, people: Mapping[str, Person]) -> Winner:
    if seat.person not in people:
        raise ContradictionError(f"登记库中没有当选人「{seat.name}」（{seat.person}）的提名材料：请联系技术人员核查")
    return Winner(person=people[seat.person], post=Post(seat.post), votes=seat.votes)
