"""What is peculiar to a village: who is registered, by kind; its delegates, boxes, proxies and objections. Numbers only.

Everybody who votes is part of a number. Only those whom a paper names one by one (staff, proxy holders, outsiders) are
persons, and those are made with the unit's other people.
"""

from dataclasses import dataclass
from random import Random

from policies.arithmetic import at_least
from simulation.population.parameters import Parameters


@dataclass(frozen=True, slots=True)
class VillageFigures:
    """One village's figures. Registered persons by the law's three kinds; boxes with their share of those who vote."""

    resident: int  # 户籍在本村并且在本村居住, registered
    away: int  # 户籍在本村、不在本村居住, registered because they say they take part
    asked: int  # outsiders of a year's residence or work who apply
    agreed: int  # of those: the assembly or the delegates agree
    groups: int  # 村民小组
    delegates: int  # 村民代表
    women_delegates: int
    proxies: int  # voters who vote by proxy
    stations: int  # beside the central venue
    roving_boxes: int  # where the rules allow any
    roving_users: int  # of each roving box
    box_staff: int  # who watch and count at each box
    objections: int  # to the voters' list
    objections_upheld: int

    @property
    def registered(self) -> int:
        """The roll of the direct vote."""
        return self.resident + self.away + self.agreed

    @property
    def boxes(self) -> int:
        """Every box there can be: the central venue's, the stations' and the roving ones."""
        return 1 + self.stations + self.roving_boxes


def draw_village(rng: Random, households: int, adults: int, parameters: Parameters) -> VillageFigures:
    """One village's figures from its own stream; `adults` are those of 18 and over whose hukou is here."""
    known = parameters.villages
    gone = round(adults * known.away_share.draw(rng))
    asked = known.outsiders.draw_count(rng)
    agreed = sum(known.outsider_agreed.happens(rng) for _ in range(asked))
    delegates = max(round(households / known.households_per_delegate.draw(rng)), 15)
    objections = max(known.objections.draw_count(rng), 1) if known.objection_rate.happens(rng) else 0
    return VillageFigures(
        resident=round((adults - gone) * known.home_registers.draw(rng)),
        away=round(gone * known.away_registers.draw(rng)),
        asked=asked,
        agreed=agreed,
        groups=known.groups.draw_count(rng),
        delegates=delegates,
        women_delegates=max(round(delegates * known.women_delegates.draw(rng)), at_least((1, 3), delegates)),
        proxies=known.proxies.draw_count(rng),
        stations=known.stations.draw_count(rng),
        roving_boxes=known.roving_boxes.draw_count(rng),
        roving_users=known.roving_users.draw_count(rng),
        box_staff=known.box_staff.draw_count(rng),
        objections=objections,
        objections_upheld=sum(known.objection_upheld.happens(rng) for _ in range(objections)),
    )
