"""The closing statistics a second time, in plain Python from people and polls: what the SQL must agree with.

Nothing of the statistics' own code is used: posts are grouped here by hand, ages reckoned on the wall calendar.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from activities.reports.closing import AreaFigures, BenchFigures
from policies.closing.figures import Share

PARTY_OFFICERS = ("secretary", "deputy_secretary")
COMMITTEE_OFFICERS = ("chair", "deputy_chair")
COLLEGE = ("college", "bachelor", "graduate")


@dataclass(frozen=True)
class Holder:
    """One post held by somebody; None: not stated."""

    unit: str
    person: str
    body: str
    post: str
    sex: str | None
    born: date | None
    education: str | None
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vote:
    """One poll as it was held. `elects`: False for a committee's own meeting."""

    unit: str
    body: str
    mode: str
    round: int
    vote: int
    elects: bool
    roll: int | None
    present: int | None
    valid: bool
    open_seats: int | None


def on_bench(bench: str, body: str, post: str) -> bool:
    """Whether a seat belongs to a bench, by the words of the source's tables."""
    party = body == "party" and post != "part_time_member"
    committee = body in ("residents", "village")
    head = post in ("chair", "supervisory_chair")
    return {
        "two_committees": party or committee,
        "leaders": (party and post == "secretary") or (committee and post == "chair"),
        "party": party,
        "secretary": party and post == "secretary",
        "deputy_secretary": party and post == "deputy_secretary",
        "party_member": party and post not in PARTY_OFFICERS,
        "committee": committee,
        "chair": committee and post == "chair",
        "deputy_chair": committee and post == "deputy_chair",
        "committee_member": committee and post not in COMMITTEE_OFFICERS,
        "supervisory": body == "supervisory",
        "supervisory_chair": body == "supervisory" and head,
        "supervisory_member": body == "supervisory" and not head,
        "federation": body == "women",
        "federation_chair": body == "women" and post == "federation_chair",
        "federation_member": body == "women" and post != "federation_chair",
    }[bench]


def age(born: date, on: date) -> int:
    """Full years; somebody born on 29 February completes one on the 28th of a common year."""
    leapling = (born.month, born.day) == (2, 29) and not (on.year % 4 == 0 and (on.year % 100 or on.year % 400 == 0))
    birthday = (2, 28) if leapling else (born.month, born.day)
    return on.year - born.year - ((on.month, on.day) < birthday)


def bench(holders: Iterable[Holder], name: str, on: date) -> dict[str, Any] | None:
    """A bench's figures; None when nobody sits there."""
    seats = [one for one in holders if on_bench(name, one.body, one.post)]
    people = {(one.unit, one.person): one for one in seats}
    if not people:
        return None
    born = [one.born for one in people.values() if one.born is not None]
    schooled = [one.education for one in people.values() if one.education is not None]
    sexes = [one.sex for one in people.values() if one.sex is not None]
    units = {unit for unit, _ in people}
    with_woman = {one.unit for one in people.values() if one.sex == "female"}
    unclear = {one.unit for one in people.values() if one.sex is None} - with_woman
    return {
        "persons": len(people),
        "age": (sum(age(day, on) for day in born), len(born)),
        "young": (sum(age(day, on) <= 35 for day in born), len(born)),
        "high": (sum(one in COLLEGE for one in schooled), len(schooled)),
        "women": (sexes.count("female"), len(sexes)),
        "with_woman": (len(with_woman), len(units - unclear)),
    }


def posts(holders: Iterable[Holder]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """One person in both heads' posts of units with both; persons in both committees of all in either."""
    held: dict[tuple[str, str], set[str]] = {}
    for one in holders:
        marks = held.setdefault((one.unit, one.person), set())
        marks |= {name for name in ("secretary", "chair", "party", "committee") if on_bench(name, one.body, one.post)}
    if not held:
        return None
    heads = {unit: {name for (of, _), marks in held.items() if of == unit for name in marks} for unit, _ in held}
    both = {unit for unit, names in heads.items() if {"secretary", "chair"} <= names}
    same = {unit for (unit, _), marks in held.items() if {"secretary", "chair"} <= marks}
    members = [marks for marks in held.values() if marks & {"party", "committee"}]
    return (len(same), len(both)), (sum({"party", "committee"} <= marks for marks in members), len(members))


def origins(holders: Iterable[Holder]) -> Counter[str]:
    """Where the new two committees come from."""
    told: dict[tuple[str, str], set[str]] = {}
    for one in holders:
        if on_bench("two_committees", one.body, one.post):
            told.setdefault((one.unit, one.person), set()).update(one.origins)
    return Counter(origin for given in told.values() for origin in (given or {"not_stated"}))


def first_polls(votes: Iterable[Vote]) -> dict[str, tuple[int, int]]:
    """By body: units where the first poll filled every seat, of those that voted."""
    bodies: dict[tuple[str, str], list[bool]] = {}
    for one in votes:
        if one.elects and one.round == 1:
            bodies.setdefault((one.body, one.unit), []).append(one.valid and one.open_seats == 0)
    found: dict[str, tuple[int, int]] = {}
    for (body, _), went in bodies.items():
        part, whole = found.get(body, (0, 0))
        found[body] = (part + all(went), whole + 1)
    return found


def turnouts(votes: Iterable[Vote]) -> dict[str, tuple[int, int, int]]:
    """By body and way of voting: voting, on the roll, and polls where either is not stated; first valid polls only."""
    first: dict[tuple[str, str], Vote] = {}
    for one in votes:
        if one.elects and one.valid and one.vote == 1:
            first.setdefault((one.unit, one.body), one)
    found: dict[str, tuple[int, int, int]] = {}
    for one in first.values():
        present, roll, missing = found.get(f"{one.body}/{one.mode}", (0, 0, 0))
        if one.roll is None or one.present is None:
            missing += 1
        else:
            present, roll = present + one.present, roll + one.roll
        found[f"{one.body}/{one.mode}"] = (present, roll, missing)
    return found


def agrees(area: AreaFigures, before: list[Holder], after: list[Holder], votes: list[Vote], on: date) -> None:
    """Asserts that an area's figures are those of the people and polls given."""
    for row in area.benches:
        for given, holders in ((row.before, before), (row.after, after)):
            assert figures(given) == bench(holders, row.bench.value, on), (area.area, row.bench)
    for place, compared in enumerate((area.one_person, area.crossing)):
        for share, holders in ((compared.before, before), (compared.after, after)):
            expected = posts(holders)
            assert pair(share) == (None if expected is None else expected[place]), (area.area, compared.label)
    assert {one.key: one.share.part for one in area.origins} == dict(origins(after))
    assert {one.key: (one.share.part, one.share.whole) for one in area.at_once} == first_polls(votes)
    told = {one.key: (one.share.part, one.share.whole, one.share.not_stated) for one in area.turnout}
    assert told == turnouts(votes)


def figures(given: BenchFigures | None) -> dict[str, Any] | None:
    """Comparable with `bench`."""
    if given is None:
        return None
    shares = {name: pair(getattr(given, name)) for name in ("young", "high", "women", "with_woman")}
    return {"persons": given.persons, "age": (given.age.total, given.age.count), **shares}


def pair(share: Share | None) -> tuple[int, int] | None:
    """Part and whole."""
    return None if share is None else (share.part, share.whole)


def permille(part: int, whole: int) -> int:
    """A share in tenths of a percent, halves up, by fractions."""
    return int(Fraction(1000 * part, whole) + Fraction(1, 2))
