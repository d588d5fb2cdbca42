"""The statistics' SQL against a recount in plain Python, over counties that hypothesis makes up; ages against the calendar."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, insert, literal, select

from activities.registry import Kind, Registry, create_registry, open_registry
from activities.registry.elections import Sitting
from activities.registry.errors import UnknownElectionError
from activities.registry.model import (
    CommitRow,
    JournalRow,
    PollRow,
    SeatOriginRow,
    SeatRow,
    UnitClosingRow,
    WorkflowRow,
)
from activities.registry.statistics import Level, _age
from activities.reports.closing import AreaFigures, closing_statistics
from policies.people import Education, Origin, Post, Sex, age_on
from tests.activities.registry.county import DAY, ELECTION, NOW, STREETS, UNITS, election, ground
from tests.recount import Holder, Vote, agrees
from tests.recount import age as age_by_hand

PACK = Path(__file__).parents[3] / "policies" / "packs" / "street-2021.yaml"
BODIES = ("party", "residents", "supervisory")
DAYS = st.dates(date(1940, 1, 1), date(2008, 12, 31))
LEAP = date(2024, 2, 29)


def county() -> Any:
    """The county's election under the street plan, which the statistics ask for its kind."""
    return election(ground=ground(pack_text=PACK.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry without an election."""
    path = tmp_path_factory.mktemp("fresh") / "registry.sqlite"
    create_registry(path, Kind.LIVE, NOW).close()
    return path


@contextmanager
def filled(
    fresh: Path, before: list[Holder], after: list[Holder], votes: list[Vote], done: set[str]
) -> Iterator[Registry]:
    """A registry with these people and polls, the units in `done` closed as complete, the others as held."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "registry.sqlite"
        shutil.copy(fresh, path)
        registry = open_registry(path)
        sitting = tuple(
            Sitting(one.unit, one.body, one.post, one.person, one.sex or "", one.born or DAY, one.education, "full")
            for one in before
        )
        registry.elections.record(replace(county(), incumbents=sitting))
        with registry.database.writing() as connection:
            for unit in UNITS:
                held = {"held_by": "" if unit in done else "X4", "reason": "", "at": NOW}
                connection.execute(
                    insert(UnitClosingRow), {"unit": unit, "completed_on": DAY if unit in done else None, **held}
                )
            for number, one in enumerate(after, start=1):
                row = {
                    "unit": one.unit,
                    "body": one.body,
                    "number": number,
                    "person": one.person,
                    "name": one.person,
                    "post": one.post,
                    "votes": None,
                    "at": NOW,
                    "sex": one.sex,
                    "born": one.born,
                    "education": one.education,
                    "standing": None,
                }
                connection.execute(insert(SeatRow), row)
                for origin in one.origins:
                    key = {"unit": one.unit, "body": one.body, "number": number, "origin": origin}
                    connection.execute(insert(SeatOriginRow), key)
            _votes(connection, votes)
        try:
            yield registry
        finally:
            registry.close()


def _votes(connection: Any, votes: list[Vote]) -> None:
    for number, one in enumerate(votes, start=100):
        workflow = f"{one.unit}/{one.body}"
        if not connection.execute(select(WorkflowRow.workflow).where(WorkflowRow.workflow == workflow)).first():
            row = {"workflow": workflow, "election": ELECTION, "street": "", "unit": one.unit, "body": one.body}
            connection.execute(
                insert(WorkflowRow), {**row, "state": "", "commits": 1, "began_line": 0, "changed_at": NOW}
            )
            connection.execute(
                insert(CommitRow), {"workflow": workflow, "number": 1, "at": NOW, "first_line": 1, "lines": 0}
            )
        line = {"election": ELECTION, "n": number, "entry": "", "hash": "", "kind": "", "at": NOW, "street": ""}
        connection.execute(insert(JournalRow), {**line, "unit": one.unit, "body": one.body, "workflow": workflow})
        connection.execute(
            insert(PollRow),
            {
                "workflow": workflow,
                "gate": f"{one.body}.poll#{number}",
                "unit": one.unit,
                "body": one.body,
                "ballot": one.body if one.elects else "party_plenary",
                "mode": one.mode,
                "round": one.round,
                "vote": one.vote,
                "held_on": DAY,
                "roll": one.roll,
                "present": one.present,
                "valid": one.valid,
                "open_seats": one.open_seats,
                "election": ELECTION,
                "line": number,
            },
        )


def holders(*, known: bool) -> st.SearchStrategy[list[Holder]]:
    """Posts held by a few people in several bodies; `known`: sex and birth are always stated, as in a roster.

    A person is described alike in every seat, once here and once by the same draw again.
    """
    maybe: Any = (lambda strategy: strategy) if known else (lambda strategy: st.none() | strategy)
    person = st.tuples(
        maybe(st.sampled_from([one.value for one in Sex])),
        maybe(DAYS | st.sampled_from([LEAP.replace(year=1988), date(1990, 3, 2), date(1990, 3, 1), date(1991, 3, 3)])),
        st.none() | st.sampled_from([one.value for one in Education]),
        st.frozensets(st.sampled_from([one.value for one in Origin]), max_size=2),
    )
    seat = st.tuples(
        st.sampled_from(UNITS), st.integers(0, 4), st.sampled_from(BODIES), st.sampled_from([one.value for one in Post])
    )

    def made(drawn: tuple[list[Any], list[Any]]) -> list[Holder]:
        people, seats = drawn
        unique = {(unit, number, body): (unit, number, body, post) for unit, number, body, post in seats}
        return [
            Holder(unit, f"P{number}", body, post, *people[number][:3], people[number][3])
            for unit, number, body, post in unique.values()
        ]

    return st.tuples(st.lists(person, min_size=5, max_size=5), st.lists(seat, max_size=25)).map(made)


def votes() -> st.SearchStrategy[list[Vote]]:
    figure = st.none() | st.integers(0, 3000)
    poll = st.builds(
        Vote,
        unit=st.sampled_from(UNITS),
        body=st.sampled_from(BODIES),
        mode=st.sampled_from(["members", "representatives", "voters"]),
        round=st.integers(1, 2),
        vote=st.integers(1, 2),
        elects=st.booleans(),
        roll=figure,
        present=figure,
        valid=st.booleans(),
        open_seats=st.integers(0, 2),
    )
    return st.lists(poll, max_size=12)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    holders(known=True),
    holders(known=False),
    votes(),
    st.sets(st.sampled_from(UNITS)),
    DAYS | st.just(date(2026, 3, 2)),
)
def test_every_figure_of_every_level_is_the_recounts(
    fresh: Path, before: list[Holder], after: list[Holder], polls: list[Vote], done: set[str], on: date
) -> None:
    """Units, streets and the county, whatever is not stated; of units that were held nothing is counted."""
    polls = [one if one.valid else replace(one, open_seats=None) for one in polls]  # void: nothing was filled
    with filled(fresh, before, after, polls, done) as registry:
        statistics = closing_statistics(registry, ELECTION, NOW, on)
    assert [area.area for area in statistics.areas] == [ELECTION, *STREETS, *UNITS]
    for area in statistics.areas:
        of_area = [unit for unit in UNITS if unit in done and _within(area, unit)]
        agrees(
            area,
            [_person_before(one) for one in before if one.unit in of_area],
            [one for one in after if one.unit in of_area],
            [one for one in polls if one.unit in of_area],
            on,
        )
        assert area.completed == len(of_area)
        assert area.completed + area.held == area.units


def _within(area: AreaFigures, unit: str) -> bool:
    return unit == area.area or unit.startswith(f"{area.area}-")


def _person_before(one: Holder) -> Holder:
    """Before, a person is known by name, sex and birth alone."""
    return replace(one, person=f"{one.person}|{one.sex}|{one.born}")


@settings(max_examples=100, deadline=None)
@given(DAYS, DAYS)
def test_ages_are_those_of_the_calendar(born: date, on: date) -> None:
    """The SQL's full years, the rule book's, and those reckoned by hand."""
    with memory() as connection:
        found = connection.execute(select(_age(literal(born, Date()).label("born"), on))).scalar_one()
    assert found == age_on(born, on) == age_by_hand(born, on)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1990, 3, 2), date(2025, 3, 1), 34),
        (date(1990, 3, 2), date(2025, 3, 2), 35),
        (date(1990, 3, 2), date(2026, 3, 1), 35),
        (date(1990, 3, 2), date(2026, 3, 2), 36),
        (date(1988, 2, 29), date(2023, 2, 27), 34),
        (date(1988, 2, 29), date(2023, 2, 28), 35),
        (date(1988, 2, 29), date(2024, 2, 28), 35),
        (date(1988, 2, 29), date(2024, 2, 29), 36),
    ],
)
def test_a_year_is_complete_on_the_birthday(born: date, on: date, age: int) -> None:
    """35岁以下 hangs on a day: the birthday itself and one either side; 29 February in common and leap years."""
    with memory() as connection:
        assert connection.execute(select(_age(literal(born, Date()).label("born"), on))).scalar_one() == age


@contextmanager
def memory() -> Iterator[Any]:
    """A database with nothing in it."""
    from sqlalchemy import create_engine

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_reference_day_is_that_of_the_last_seat_filled(fresh: Path) -> None:
    """However late one asks; while nothing is complete it is today. A unit that is held sets no day."""
    seat = Holder(UNITS[0], "P1", "party", "secretary", "male", date(1980, 1, 1), None)
    later = NOW + timedelta(days=400)
    with filled(fresh, [], [seat], [], {UNITS[0]}) as registry:
        assert closing_statistics(registry, ELECTION, later).on == date(2026, 3, 2)
        assert closing_statistics(registry, ELECTION, later, date(2025, 1, 1)).on == date(2025, 1, 1)
    with filled(fresh, [], [seat], [], set()) as registry:
        assert (
            closing_statistics(registry, ELECTION, later).on
            == (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(400)).date()
        )


def test_an_unknown_election(registry: Registry) -> None:
    """Named."""
    with pytest.raises(UnknownElectionError, match="nirgends"):
        closing_statistics(registry, "nirgends", NOW)
    with pytest.raises(UnknownElectionError, match="nirgends"):
        registry.statistics.counts("nirgends", Level.COUNTY, DAY)
