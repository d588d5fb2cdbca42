"""The closing statistics in SQL: who sat before and who sits after, how polls went, by unit, street and county.

One set of statements for SQLite and PostgreSQL, sums of whole numbers only; shares and words come later
(`activities/reports/closing.py`). Only units whose election is complete are counted, before and after alike, so that both
sides speak of the same places. Before, a person is a name with sex and birth within a unit; after, a person's id.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Executable,
    Integer,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import Text as TextType
from sqlalchemy.sql.elements import KeyedColumnElement

from activities.registry.database import Database
from activities.registry.errors import UnknownElectionError
from activities.registry.model import (
    ElectionRow,
    IncumbentRow,
    PollRow,
    SeatOriginRow,
    SeatRow,
    StreetRow,
    UnitClosingRow,
    UnitRow,
    table,
)
from policies.closing.benches import FEDERATION_SCHOOLED, FEDERATION_YOUNG, HIGH, SEATS, YOUNG, Bench
from policies.form.values import Body as BallotOf
from policies.pack.schema import BodyId
from policies.people import PartyStanding, Sex


class Level(StrEnum):
    """How far figures are summed up."""

    COUNTY = "county"
    STREET = "street"
    UNIT = "unit"


class Side(StrEnum):
    """Before the election (incumbents as the roster had them) or after it (seats filled)."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class AreaCount:
    """An area of a level and its units: all, closed as complete, closed as held; registered voters where the roster says."""

    area: str
    name: str
    units: int
    completed: int
    held: int
    voters: int
    voters_not_stated: int  # units


@dataclass(frozen=True, slots=True)
class BenchCount:
    """A bench of an area on one side: persons, and of how many of them what is known. Ages are full years."""

    area: str
    side: Side
    bench: Bench
    persons: int
    aged: int  # whose birth is stated
    years: int  # the sum of their ages
    young: int
    schooled: int  # whose education is stated
    high: int
    sexed: int  # whose sex is stated
    women: int
    units: int  # with anybody on this bench
    units_with_woman: int
    units_unclear: int  # no woman known, and somebody whose sex is not stated


@dataclass(frozen=True, slots=True)
class PostsCount:
    """People with several posts in an area: units where one person is secretary and chair, persons in both committees."""

    area: str
    side: Side
    both_filled: int  # units with a secretary and a chair
    one_person: int  # of them, where it is the same person
    persons: int  # of the two committees
    crossing: int  # of them, those who sit in both


@dataclass(frozen=True, slots=True)
class OriginCount:
    """Members of the new two committees who come from somewhere; "" for those of whom nothing is stated."""

    area: str
    origin: str
    persons: int


@dataclass(frozen=True, slots=True)
class FirstPollCount:
    """Bodies of an area by how their first polls went. `judged` + `not_judged` are all that have voted."""

    area: str
    body: str
    judged: int
    at_once: int  # first poll valid, every seat filled
    not_judged: int


@dataclass(frozen=True, slots=True)
class TurnoutCount:
    """First valid polls of a body in one way of voting: persons on the roll and voting; polls where a figure is missing."""

    area: str
    body: str
    mode: str
    polls: int  # with both figures stated
    roll: int
    present: int
    not_stated: int


@dataclass(frozen=True, slots=True)
class ChairsCount:
    """The women's federation's new chairs in an area, and of how many of them what is known (篇三一)."""

    area: str
    persons: int
    stated: int  # whose standing is stated
    party_members: int
    aged: int  # whose birth is stated
    young: int  # up to 45
    schooled: int  # whose education is stated
    senior: int  # senior high school and above
    placed: int  # of whom it is stated what posts they held
    in_two_committees: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything of one level."""

    areas: tuple[AreaCount, ...]
    benches: tuple[BenchCount, ...]
    posts: tuple[PostsCount, ...]
    origins: tuple[OriginCount, ...]
    first_polls: tuple[FirstPollCount, ...]
    turnouts: tuple[TurnoutCount, ...]
    federation_chairs: tuple[ChairsCount, ...]


class Statistics:
    """The statistics of a registry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_seated(self, election: str) -> datetime | None:
        """When the election filled the last seat in a unit that is complete; None before. Raises UnknownElectionError."""
        query = (
            select(func.max(SeatRow.at))
            .join(UnitRow, UnitRow.id == SeatRow.unit)
            .join(UnitClosingRow, UnitClosingRow.unit == UnitRow.id)
            .where(
                UnitRow.election == election,
                UnitClosingRow.completed_on.is_not(None),
                SeatRow.body != BodyId.BY_ELECTION.value,
            )
        )
        with self._database.reading() as connection:
            _require(connection, election)
            seated: datetime | None = connection.execute(query).scalar()
        return seated

    def counts(self, election: str, level: Level, on: date) -> Counts:
        """The figures of an election, ages as of a day. Areas in their recorded order. Raises UnknownElectionError."""
        with self._database.reading() as connection:
            _require(connection, election)
            return Counts(
                areas=tuple(AreaCount(*row) for row in connection.execute(_areas(election, level))),
                benches=tuple(
                    BenchCount(row.area, Side(row.side), Bench(row.bench), *row[3:])
                    for row in connection.execute(_benches(election, level, on))
                ),
                posts=tuple(
                    PostsCount(row.area, Side(row.side), *row[2:])
                    for row in connection.execute(_posts(election, level))
                ),
                origins=tuple(OriginCount(*row) for row in connection.execute(_origins(election, level))),
                first_polls=tuple(FirstPollCount(*row) for row in connection.execute(_first_polls(election, level))),
                turnouts=tuple(TurnoutCount(*row) for row in connection.execute(_turnouts(election, level))),
                federation_chairs=tuple(
                    ChairsCount(*row) for row in connection.execute(_federation_chairs(election, level, on))
                ),
            )


def _require(connection: Connection, election: str) -> None:
    if connection.execute(select(ElectionRow.id).where(ElectionRow.id == election)).first() is None:
        raise UnknownElectionError(f"登记库中没有换届「{election}」")


# ---------------------------------------------------------------- building blocks

Column = KeyedColumnElement[Any]
Statement = Executable


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where it holds, 0 where it does not or nobody knows."""
    return case((condition, 1), else_=0)


def _total(term: Any) -> ColumnElement[int]:
    """A sum that is 0 over nothing, a whole number on both databases."""
    return cast(func.coalesce(func.sum(term), 0), Integer)


def _complete(election: str) -> CTE:
    """The units counted, with the street and the election they belong to."""
    return (
        select(UnitRow.id.label("unit"), UnitRow.street, UnitRow.election)
        .join(UnitClosingRow, UnitClosingRow.unit == UnitRow.id)
        .where(UnitRow.election == election, UnitClosingRow.completed_on.is_not(None))
        .cte("complete")
    )


def _area(units: CTE, level: Level) -> Column:
    return {Level.COUNTY: units.c.election, Level.STREET: units.c.street, Level.UNIT: units.c.unit}[level]


def _holders(units: CTE) -> CTE:
    """Every post held, before and after, by whom; what is not stated is NULL."""
    who = (IncumbentRow.name, IncumbentRow.sex, cast(IncumbentRow.born, TextType))
    person = who[0] + literal("|") + who[1] + literal("|") + who[2]
    before = select(
        literal(Side.BEFORE.value).label("side"),
        IncumbentRow.unit,
        person.label("person"),
        IncumbentRow.body,
        IncumbentRow.post,
        IncumbentRow.sex,
        IncumbentRow.born,
        IncumbentRow.education,
    ).join(units, units.c.unit == IncumbentRow.unit)
    after = select(
        literal(Side.AFTER.value),
        SeatRow.unit,
        SeatRow.person,
        SeatRow.body,
        SeatRow.post,
        SeatRow.sex,
        SeatRow.born,
        SeatRow.education,
    ).join(units, units.c.unit == SeatRow.unit)
    return union_all(before, after).cte("holders")


def _bench_seats() -> CTE:
    names = ("bench", "body", "post")
    seats = [(bench, *seat) for bench, of_bench in SEATS.items() for seat in of_bench]
    return union_all(
        *(select(*(literal(value.value).label(name) for name, value in zip(names, row, strict=True))) for row in seats)
    ).cte("bench_seats")


def _sits(body: Any, post: Any, bench: Bench) -> ColumnElement[bool]:
    """Whether a seat belongs to a bench."""
    by_body: dict[str, list[str]] = {}
    for one, of_post in SEATS[bench]:
        by_body.setdefault(one.value, []).append(of_post.value)
    return or_(*(and_(body == one, post.in_(posts)) for one, posts in by_body.items()))


def _age(born: Column, on: date) -> ColumnElement[int]:
    """Full years on a day, as `policies.people.age_on`: who was born on 29 February completes a year on the 28th at least."""
    latest = 229 if (on.month, on.day) == (2, 28) and not isleap(on.year) else on.month * 100 + on.day
    birthday = cast(extract("month", born), Integer) * 100 + cast(extract("day", born), Integer)
    return on.year - cast(extract("year", born), Integer) - case((birthday > latest, 1), else_=0)


# ---------------------------------------------------------------- statements


def _areas(election: str, level: Level) -> Statement:
    completed = _number(UnitClosingRow.completed_on.is_not(None))
    held = _number(and_(UnitClosingRow.unit.is_not(None), UnitClosingRow.completed_on.is_(None)))
    own: dict[Level, tuple[Any, Any, tuple[Any, ...]]] = {
        Level.COUNTY: (ElectionRow.id, ElectionRow.name, ()),
        Level.STREET: (StreetRow.id, StreetRow.name, (StreetRow.position,)),
        Level.UNIT: (UnitRow.id, UnitRow.name, (StreetRow.position, UnitRow.position)),
    }
    area, name, order = own[level]
    return (
        select(
            area,
            name,
            func.count(UnitRow.id),
            _total(completed),
            _total(held),
            _total(UnitRow.voters),
            _total(_number(UnitRow.voters.is_(None))),
        )
        .select_from(UnitRow)
        .join(StreetRow, StreetRow.id == UnitRow.street)
        .join(ElectionRow, ElectionRow.id == UnitRow.election)
        .outerjoin(UnitClosingRow, UnitClosingRow.unit == UnitRow.id)
        .where(UnitRow.election == election)
        .group_by(area, name, *order)
        .order_by(*order, area)
    )


def _benches(election: str, level: Level, on: date) -> Statement:
    """Persons first, each once; then units, so that one with a woman can be told; then areas."""
    units, benches = _complete(election), _bench_seats()
    holders = _holders(units)
    persons = (
        select(
            holders.c.side,
            holders.c.unit,
            benches.c.bench,
            holders.c.person,
            func.max(holders.c.sex).label("sex"),
            func.max(holders.c.born).label("born"),
            func.max(holders.c.education).label("education"),
        )
        .join(benches, and_(benches.c.body == holders.c.body, benches.c.post == holders.c.post))
        .group_by(holders.c.side, holders.c.unit, benches.c.bench, holders.c.person)
        .cte("persons")
    )
    age = _age(persons.c.born, on)
    sums = {
        "persons": func.count(),
        "aged": func.count(persons.c.born),
        "years": _total(age),
        "young": _total(_number(age <= YOUNG)),
        "schooled": func.count(persons.c.education),
        "high": _total(_number(persons.c.education.in_([one.value for one in HIGH]))),
        "sexed": func.count(persons.c.sex),
        "women": _total(_number(persons.c.sex == Sex.FEMALE.value)),
    }
    by_unit = (
        select(persons.c.side, persons.c.unit, persons.c.bench, *(term.label(name) for name, term in sums.items()))
        .group_by(persons.c.side, persons.c.unit, persons.c.bench)
        .cte("by_unit")
    )
    unclear = and_(by_unit.c.women == 0, by_unit.c.sexed < by_unit.c.persons)
    area = _area(units, level)
    return (
        select(
            area.label("area"),
            by_unit.c.side,
            by_unit.c.bench,
            *(_total(by_unit.c[name]) for name in sums),
            func.count(),
            _total(_number(by_unit.c.women > 0)),
            _total(_number(unclear)),
        )
        .join(units, units.c.unit == by_unit.c.unit)
        .group_by(area, by_unit.c.side, by_unit.c.bench)
        .order_by(area, by_unit.c.side, by_unit.c.bench)
    )


def _posts(election: str, level: Level) -> Statement:
    units = _complete(election)
    holders = _holders(units)

    def holds(bench: Bench) -> ColumnElement[int]:
        return func.max(_number(_sits(holders.c.body, holders.c.post, bench)))

    persons = (
        select(
            holders.c.side,
            holders.c.unit,
            holds(Bench.SECRETARY).label("secretary"),
            holds(Bench.CHAIR).label("chair"),
            holds(Bench.PARTY).label("party"),
            holds(Bench.COMMITTEE).label("committee"),
        )
        .group_by(holders.c.side, holders.c.unit, holders.c.person)
        .cte("persons")
    )
    one = persons.c
    by_unit = (
        select(
            one.side,
            one.unit,
            (func.max(one.secretary) * func.max(one.chair)).label("both_filled"),
            func.max(one.secretary * one.chair).label("one_person"),
            _total(_number(or_(one.party == 1, one.committee == 1))).label("persons"),
            _total(one.party * one.committee).label("crossing"),
        )
        .group_by(one.side, one.unit)
        .cte("by_unit")
    )
    area = _area(units, level)
    figures = ("both_filled", "one_person", "persons", "crossing")
    return (
        select(area.label("area"), by_unit.c.side, *(_total(by_unit.c[name]) for name in figures))
        .join(units, units.c.unit == by_unit.c.unit)
        .group_by(area, by_unit.c.side)
        .order_by(area, by_unit.c.side)
    )


def _origins(election: str, level: Level) -> Statement:
    """Each person of the two committees once for each origin; once for "" where none is stated in any of their seats."""
    units = _complete(election)
    seated = _sits(SeatRow.body, SeatRow.post, Bench.TWO_COMMITTEES)
    stated = (
        select(SeatRow.unit, SeatRow.person, SeatOriginRow.origin)
        .join(
            SeatOriginRow,
            and_(
                SeatOriginRow.unit == SeatRow.unit,
                SeatOriginRow.body == SeatRow.body,
                SeatOriginRow.number == SeatRow.number,
            ),
        )
        .where(seated)
        .distinct()
        .cte("stated")
    )
    people = select(SeatRow.unit, SeatRow.person).where(seated).distinct().cte("people")
    told = (
        select(people.c.unit, func.coalesce(stated.c.origin, "").label("origin"))
        .outerjoin(stated, and_(stated.c.unit == people.c.unit, stated.c.person == people.c.person))
        .cte("told")
    )
    area = _area(units, level)
    return (
        select(area.label("area"), told.c.origin, func.count())
        .select_from(told)
        .join(units, units.c.unit == told.c.unit)
        .group_by(area, told.c.origin)
        .order_by(area, told.c.origin)
    )


_ELECTS = and_(
    PollRow.ballot != BallotOf.PARTY_PLENARY.value,  # a committee's own meeting elects nobody new
    PollRow.body != BodyId.BY_ELECTION.value,  # within the term: the election's figures stand as they closed
)


def _first_polls(election: str, level: Level) -> Statement:
    """A body whose members are elected in several polls succeeds at once when each of them does."""
    units = _complete(election)
    judged = _number(PollRow.valid.is_not(None))
    at_once = _number(and_(PollRow.valid.is_(True), PollRow.open_seats == 0))
    bodies = (
        select(
            PollRow.unit,
            PollRow.body,
            func.min(judged).label("judged"),
            func.min(at_once).label("at_once"),
        )
        .where(PollRow.round == 1, _ELECTS)
        .group_by(PollRow.unit, PollRow.body)
        .cte("bodies")
    )
    area = _area(units, level)
    return (
        select(
            area.label("area"),
            bodies.c.body,
            _total(bodies.c.judged),
            _total(bodies.c.judged * bodies.c.at_once),
            _total(1 - bodies.c.judged),
        )
        .join(units, units.c.unit == bodies.c.unit)
        .group_by(area, bodies.c.body)
        .order_by(area, bodies.c.body)
    )


def _turnouts(election: str, level: Level) -> Statement:
    units = _complete(election)
    first = (
        select(PollRow.workflow, func.min(PollRow.line).label("line"))
        .where(PollRow.valid.is_(True), PollRow.vote == 1, _ELECTS)
        .group_by(PollRow.workflow)
        .cte("first")
    )
    stated = and_(PollRow.roll.is_not(None), PollRow.present.is_not(None))

    def known(figure: Any) -> ColumnElement[int]:
        return _total(case((stated, figure), else_=null()))

    area = _area(units, level)
    return (
        select(
            area.label("area"),
            PollRow.body,
            PollRow.mode,
            _total(_number(stated)),
            known(PollRow.roll),
            known(PollRow.present),
            _total(_number(~stated)),
        )
        .select_from(PollRow)
        .join(first, and_(first.c.workflow == PollRow.workflow, first.c.line == PollRow.line))
        .join(units, units.c.unit == PollRow.unit)
        .group_by(area, PollRow.body, PollRow.mode)
        .order_by(area, PollRow.body, PollRow.mode)
    )


def _federation_chairs(election: str, level: Level, on: date) -> Statement:
    units = _complete(election)
    area = _area(units, level)
    return (
        select(
            area.label("area"),
            func.count(),
            func.count(SeatRow.standing),
            _total(_number(SeatRow.standing != PartyStanding.NONE.value)),
            func.count(SeatRow.born),
            _total(_number(_age(table(SeatRow).c.born, on) <= FEDERATION_YOUNG)),
            func.count(SeatRow.education),
            _total(_number(SeatRow.education.in_([one.value for one in FEDERATION_SCHOOLED]))),
            func.count(SeatRow.in_two_committees),
            _total(_number(SeatRow.in_two_committees.is_(True))),
        )
        .join(units, units.c.unit == SeatRow.unit)
        .where(_sits(SeatRow.body, SeatRow.post, Bench.FEDERATION_CHAIR))
        .group_by(area)
        .order_by(area)
    )
