"""Who votes in a village, and what its direct vote needs: voters by kind, delegates, boxes, proxies, objections.

Whoever votes is part of a number. Only those whom a paper names one by one (outsiders, proxies, users of a roving box, who
objects) have an id and a name, and nothing more.
"""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from policies.arithmetic import at_least
from policies.people import Kin, Sex
from simulation.population.names import person_name
from simulation.population.parameters import Parameters

_FEWEST_DELEGATES = 15
_ALONE_SHARE = 0.7  # holders who carry one proxy only; the others carry two


class Voter(NamedTuple):
    """Somebody a paper names."""

    id: str
    name: str


class Outsider(NamedTuple):
    """Somebody from elsewhere who applies: age in years, months lived here, whether assembly or delegates agree."""

    voter: Voter
    age: int
    months: int
    agreed: bool


class Proxy(NamedTuple):
    """A voter away and the near relative who votes for him: the holder is the principal's `kin`."""

    principal: Voter
    holder: Voter
    kin: Kin


class Objection(NamedTuple):
    """Somebody objects that `about` is not on the list of voters; whether that is so."""

    about: Voter
    upheld: bool


@dataclass(frozen=True, slots=True)
class Electorate:
    """One village's voters. Registered persons by the law's three kinds; boxes and those who serve at them by number."""

    resident: int  # 户籍在本村并且在本村居住, registered
    away: int  # 户籍在本村、不在本村居住, registered because they say they take part
    outsiders: tuple[Outsider, ...]
    groups: int  # 村民小组
    delegates: int  # 村民代表
    women_delegates: int
    proxies: tuple[Proxy, ...]
    stations: int  # beside the main venue
    roving: tuple[tuple[Voter, ...], ...]  # the users of each roving box, where the rules allow any
    box_staff: int  # who watch and count at each box
    objections: tuple[Objection, ...]

    @property
    def accepted(self) -> int:
        """Outsiders who are registered."""
        return sum(outsider.agreed for outsider in self.outsiders)

    @property
    def registered(self) -> int:
        """The roll as first published."""
        return self.resident + self.away + self.accepted

    @property
    def boxes(self) -> int:
        """Every box there can be: the main venue's, the stations' and the roving ones."""
        return 1 + self.stations + len(self.roving)


def draw_electorate(
    rng: Random, unit: str, households: int, adults: int, parameters: Parameters, taken: set[str]
) -> Electorate:
    """One village's voters from its own stream; `adults` are those of 18 and over whose hukou is here.

    The names of those named are added to `taken`.
    """
    known, people = parameters.villages, _Namer(unit, rng, taken)
    gone = round(adults * known.away_share.draw(rng))
    delegates = max(round(households / known.households_per_delegate.draw(rng)), _FEWEST_DELEGATES)
    women = round(delegates * known.women_delegates.draw(rng))
    objections = max(known.objections.draw_count(rng), 1) if known.objection_rate.happens(rng) else 0
    return Electorate(
        resident=round((adults - gone) * known.home_registers.draw(rng)),
        away=round(gone * known.away_registers.draw(rng)),
        outsiders=tuple(
            Outsider(people.voter(), rng.randint(22, 65), rng.randint(13, 180), known.outsider_agreed.happens(rng))
            for _ in range(known.outsiders.draw_count(rng))
        ),
        groups=known.groups.draw_count(rng),
        delegates=delegates,
        women_delegates=max(women, at_least((1, 3), delegates)),
        proxies=tuple(_proxies(people, known.proxies.draw_count(rng))),
        stations=known.stations.draw_count(rng),
        roving=tuple(
            tuple(people.voter() for _ in range(known.roving_users.draw_count(rng)))
            for _ in range(known.roving_boxes.draw_count(rng))
        ),
        box_staff=known.box_staff.draw_count(rng),
        objections=tuple(Objection(people.voter(), known.objection_upheld.happens(rng)) for _ in range(objections)),
    )


class _Namer:
    """Gives ids and names in order, unlike those of the unit's persons."""

    def __init__(self, unit: str, rng: Random, taken: set[str]) -> None:
        self.unit, self.rng, self.taken = unit, rng, taken
        self.made = 0

    def voter(self) -> Voter:
        self.made += 1
        sex = Sex.FEMALE if self.rng.random() < 0.5 else Sex.MALE
        return Voter(f"{self.unit}-V{self.made:03d}", "".join(person_name(self.rng, sex, self.taken)))


def _proxies(people: _Namer, wanted: int) -> list[Proxy]:
    found: list[Proxy] = []
    while len(found) < wanted:
        holder = people.voter()
        carries = 1 if people.rng.random() < _ALONE_SHARE else 2
        found += [Proxy(people.voter(), holder, people.rng.choice((Kin.PARENT, Kin.SIBLING))) for _ in range(carries)]
    return found[:wanted]
