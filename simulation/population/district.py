"""What a synthetic district is made of: the briefs a workflow starts with, plus what only the simulation knows.

The second half (who is barred, when a rectification will be accepted) is the answer key: actors consult it the way a
real department consults its files, and it never enters a workflow except through their conclusions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from policies.eligibility import Aspect, Relaxation, Situation
from policies.people import Kinship, Person
from simulation.population.electorate import Electorate
from workflows.messages import DistrictBrief, StreetBrief, UnitBrief


@dataclass(frozen=True, slots=True)
class Bar:
    """A prohibited situation (X2) that a reviewer finds, and the number of the document that says so."""

    situation: Situation
    evidence: str


@dataclass(frozen=True, slots=True)
class Sanction:
    """An incumbent under a light sanction (X2): the street working committee decides whether they may stand."""

    evidence: str
    allowed: bool  # what the street working committee will decide
    document: str  # the number of that decision


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A nominee who does not meet a standard (X3) and has no ground for a relaxation: which one, in which words."""

    aspect: Aspect
    reason: str


@dataclass(frozen=True, slots=True)
class Pools:
    """Who is available for what: person ids, the likeliest first; only people willing to stand.

    Whoever is elected to one body may be put forward for the next (一肩挑): the actors add the new secretary to the
    residents' nominees and to the election committee as its chair, and the new discipline member to the supervisors'.
    The election committee and the tellers never overlap the other pools and are nobody's declared kin.
    """

    incumbents: tuple[str, ...]  # members of the three bodies when the election begins, standing again or not
    party: tuple[str, ...]  # full members who could stand for the Party organization, incumbents first
    residents: tuple[str, ...]  # who could stand for the residents' committee, incumbents first
    supervisory: tuple[str, ...]  # who could stand as supervisor, incumbents first
    election_committee: tuple[str, ...]  # without its chair: deputy, members, then reserves, in the order of the votes
    tellers: tuple[str, ...]  # tellers and monitors
    part_time: tuple[str, ...]  # who could serve as part-time members of the Party committee, from local organizations
    finance: tuple[str, ...]  # of the supervisory pool: who knows accounts (S1)
    women: tuple[str, ...] = ()  # who could stand for the women's federation, the likeliest chair first


@dataclass(frozen=True, slots=True)
class SyntheticUnit:
    """One unit with the people looked at one by one; everybody else exists as a number in `brief`."""

    brief: UnitBrief
    people: tuple[Person, ...]
    relatives: tuple[Person, ...]  # persons who only link others, such as a shared parent
    kin: tuple[Kinship, ...]  # declared; every nominee declares their own edges
    pools: Pools
    barred: Mapping[str, Bar]  # person id → the prohibited situation that review must find
    sanctioned: Mapping[str, Sanction]  # person id → light sanction, for the street to decide
    unqualified: Mapping[str, Shortfall]  # person id → the condition not met, which review must find
    relaxed: Mapping[str, Relaxation]  # person id → the recorded relaxation that makes them eligible (X3)
    committee_seats: int  # members of the election committee, its chair included: odd
    adults: int  # residents of 18 and over, for polls of every voter or household
    rectified_on: date | None  # difficult units: the day the rectification is accepted; None when it never is
    late_by: int  # days by which that day misses the limit; 0 when in time, or for units that are not difficult
    electorate: Electorate | None = None  # None where no voters are registered

    @property
    def id(self) -> str:
        """The unit's id, such as D01-S03-U007."""
        return self.brief.id

    @property
    def never_ready(self) -> bool:
        """True for a difficult unit whose rectification is never accepted (X4: it does not start)."""
        return self.brief.difficult and self.rectified_on is None

    def person(self, person_id: str) -> Person:
        """The person with this id, relatives included. Raises KeyError when the unit has none."""
        for person in (*self.people, *self.relatives):
            if person.id == person_id:
                return person
        raise KeyError(person_id)

    def named(self, ids: tuple[str, ...]) -> tuple[Person, ...]:
        """The persons with these ids, in the order asked for. Raises KeyError for an unknown id."""
        known = {person.id: person for person in (*self.people, *self.relatives)}
        return tuple(known[one] for one in ids)


@dataclass(frozen=True, slots=True)
class SyntheticStreet:
    """One street with its units, in the order of their numbers."""

    brief: StreetBrief
    units: tuple[SyntheticUnit, ...]


@dataclass(frozen=True, slots=True)
class SyntheticDistrict:
    """One district with its streets; `units` finds a unit by its id."""

    brief: DistrictBrief
    streets: tuple[SyntheticStreet, ...]
    units: Mapping[str, SyntheticUnit]

    @property
    def id(self) -> str:
        """The district's id, such as D01."""
        return self.brief.id

    def __iter__(self) -> Iterator[SyntheticUnit]:
        """The units in the order of their numbers."""
        return iter(self.units.values())
