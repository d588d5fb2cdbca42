"""What the registry keeps of elected people and of polls, as commits arrive and as migration 0002 reads it out of a journal."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from activities.registry import Registry
from activities.registry.statistics import Level
from policies.closing.benches import Bench
from policies.form import Body as FormBody
from policies.form import Mode, ResultForm
from policies.pack.schema import Role
from policies.people import Education, Origin, PartyStanding, Person, Post, Sex
from tests.activities.registry.county import (
    DAY,
    ELECTION,
    STREETS,
    UNITS,
    closed,
    commit,
    completed,
    content,
    migrate,
    of_unit,
    rows_of,
)
from workflows.facts import BodyCompleted, Decided, FactBody, PollFailed, PollSettled, Seat
from workflows.messages import Counted, Form, Nominated, Nominee

KNOWN = Person(
    id="P1",
    name="居民P1",
    sex=Sex.FEMALE,
    born=date(1990, 2, 28),
    standing=PartyStanding.FULL,
    education=Education.COLLEGE,
    incumbent=(Post.PARTY_MEMBER,),
    origins=(Origin.VETERAN,),
)
BARE = Person(id="P2", name="居民P2", sex=Sex.MALE)


def decision(gate: str, form: Form) -> Decided:
    return Decided(gate=gate, role=Role.PARTY_BRANCH, by="张三", form=form)


def nominated(*people: Person) -> Decided:
    nominees = tuple(Nominee(person=one, post=Post.PARTY_MEMBER, route="self", supporters=1) for one in people)
    return decision("party.recommendation", Nominated(nominees=nominees, closed_on=DAY))


def counted(gate: str, **changes: Any) -> Decided:
    sheet = ResultForm(
        **{"body": FormBody.PARTY, "mode": Mode.MEMBERS, "law": "2025", "roll": 75, "present": 70, **changes}
    )
    return decision(gate, Counted(held_on=DAY, form=sheet, declared=(), names=()))


def settled(gate: str, open_seats: int = 0) -> PollSettled:
    return PollSettled(gate=gate, elected=(), open_seats=open_seats, next=None)


def rows(registry: Registry, query: str) -> list[tuple[Any, ...]]:
    with registry.database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


SEATS = "SELECT person, sex, CAST(born AS TEXT), education, standing FROM seats ORDER BY number"
ORIGINS = "SELECT number, origin FROM seat_origins ORDER BY number, origin"
POLLS = "SELECT gate, round, vote, roll, present, valid, open_seats FROM polls ORDER BY line"


def test_who_is_elected_is_described_as_nominated(registry: Registry) -> None:
    """Somebody known, somebody of whom only the sex is stated, and somebody nominated nowhere: three different silences."""
    registry.store.apply(commit(1, nominated(KNOWN, BARE)), ())
    registry.store.apply(commit(2, completed("P1", "P2", "P9")), ())
    assert rows(registry, SEATS) == [
        ("P1", "female", "1990-02-28", "college", "full"),
        ("P2", "male", None, None, "none"),
        ("P9", None, None, None, None),
    ]
    assert rows(registry, ORIGINS) == [(1, "incumbent"), (1, "veteran")]


def test_the_last_nomination_of_the_unit_describes(registry: Registry) -> None:
    """A correction in a later form holds, another body's too; another unit's does not."""
    party, residents = UNITS[0] + "/party", UNITS[0] + "/residents"
    corrected = KNOWN.model_copy(update={"education": Education.BACHELOR})
    registry.store.apply(commit(1, nominated(KNOWN)), ())
    registry.store.apply(commit(1, nominated(corrected), workflow=residents, body="residents"), ())
    elsewhere = KNOWN.model_copy(update={"education": Education.PRIMARY})
    other = {"workflow": UNITS[1] + "/party", "unit": UNITS[1]}
    registry.store.apply(commit(1, nominated(elsewhere), **other), ())
    registry.store.apply(commit(2, completed("P1"), workflow=party), ())
    assert rows(registry, SEATS)[0][3] == "bachelor"


def test_a_poll_is_kept_with_its_counts_and_judged_later(registry: Registry) -> None:
    """Not judged yet, void, settled with a seat open, a further vote; not stated stays NULL, zero stays zero."""
    registry.store.apply(commit(1, counted("party.assembly", present=None)), ())
    assert rows(registry, POLLS) == [("party.assembly", 1, 1, 75, None, None, None)]
    registry.store.apply(commit(2, PollFailed(gate="party.assembly", findings=())), ())
    registry.store.apply(commit(3, counted("party.assembly#2", present=0), settled("party.assembly#2", 1)), ())
    registry.store.apply(commit(4, counted("party.assembly#3", round=2), settled("party.assembly#3")), ())
    assert rows(registry, POLLS) == [
        ("party.assembly", 1, 1, 75, None, False, None),
        ("party.assembly#2", 2, 1, 75, 0, True, 1),
        ("party.assembly#3", 3, 2, 75, 70, True, 0),
    ]


@pytest.mark.parametrize("times", [1, 2])
def test_the_migration_reads_the_same_out_of_the_journal(registry: Registry, times: int) -> None:
    """Down to the version before and up again: every row of every table as the store had written it."""
    facts: tuple[tuple[FactBody, ...], ...] = (
        (nominated(KNOWN, BARE),),
        (counted("party.assembly", roll=None), PollFailed(gate="party.assembly", findings=())),
        (counted("party.assembly#2"), settled("party.assembly#2")),
        (counted("party.plenary", body=FormBody.PARTY_PLENARY, mode=Mode.PLENARY),),
        (completed("P1", "P2", "P9"),),
    )
    for number, of_commit in enumerate(facts, start=1):
        registry.store.apply(commit(number, *of_commit), ())
    before = whole(registry)
    assert len(before["polls"]) == 3
    assert len(before["seat_origins"]) == 2
    for _ in range(times):
        migrate(registry, "downgrade", "0001")
        assert "sex" not in rows_of(registry, "seats")
        migrate(registry, "upgrade", "head")
    assert whole(registry) == before


def whole(registry: Registry) -> dict[str, list[tuple[Any, ...]]]:
    return {
        **content(registry),
        **{name: rows(registry, f"SELECT * FROM {name}") for name in ("polls", "seat_origins")},
    }


def test_the_statistics_are_the_same_on_this_database(registry: Registry) -> None:
    """A small bench at each level, from commits: on whichever database these tests run. Reckoned by hand."""
    feb29 = KNOWN.model_copy(update={"born": date(1988, 2, 29)})
    registry.store.apply(commit(1, nominated(feb29, BARE)), ())
    registry.store.apply(commit(2, counted("party.assembly"), settled("party.assembly")), ())
    seats = tuple(Seat(person=one, name=one, post=Post.PARTY_MEMBER, votes=40) for one in ("P1", "P2", "P9"))
    registry.store.apply(commit(3, BodyCompleted(seats=seats, open_seats=0)), ())
    registry.store.apply(of_unit(UNITS[0], 1, closed()), ())
    for level, area in ((Level.COUNTY, ELECTION), (Level.STREET, STREETS[0]), (Level.UNIT, UNITS[0])):
        found = registry.statistics.counts(ELECTION, level, date(2023, 2, 28))
        (party,) = [one for one in found.benches if (one.area, one.bench) == (area, Bench.PARTY)]
        assert (party.persons, party.aged, party.years, party.young) == (3, 1, 35, 1)
        assert (party.schooled, party.high, party.sexed, party.women) == (1, 1, 2, 1)
        assert (party.units, party.units_with_woman, party.units_unclear) == (1, 1, 0)
        (both,) = [one for one in found.posts if one.area == area]
        assert (both.both_filled, both.one_person, both.persons, both.crossing) == (0, 0, 3, 0)
        origins = {one.origin: one.persons for one in found.origins if one.area == area}
        assert origins == {"incumbent": 1, "veteran": 1, "": 2}
        (first,) = found.first_polls
        assert (first.area, first.judged, first.at_once, first.not_judged) == (area, 1, 1, 0)
        (turnout,) = found.turnouts
        assert (turnout.mode, turnout.polls, turnout.roll, turnout.present) == ("members", 1, 75, 70)
        assert sum(one.completed for one in found.areas) == 1
        assert sum(one.units for one in found.areas) == len(UNITS)
    assert registry.statistics.last_seated(ELECTION) == commit(3).at
