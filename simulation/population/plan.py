"""What the synthesis needs to know of a pack, read once: seats, dates, and by when a rectification must be accepted."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from policies.pack.schema import Absolute, Act, BodyId, Condition, Pack
from simulation.population.parameters import Parameter, Parameters


@dataclass(frozen=True, slots=True)
class Plan:
    """A pack's figures that shape people: seat ranges (both ends included) and dates."""

    starts: date
    ends: date
    party_seats: tuple[int, int]
    residents_seats: tuple[int, int]
    supervisory_seats: tuple[int, int]
    committee_seats: tuple[int, int]
    rectify_from: date
    rectify_by: date
    women_seats: tuple[int, int] | None  # None where the pack does not elect the women's federation
    pilots_first: bool
    is_village: bool = False
    registers: bool = False  # voters are registered, whoever casts the votes


def plan_of(pack: Pack, parameters: Parameters) -> Plan:
    """Read a pack; where it leaves seats open or has no such body, the parameters' seats are taken."""
    opens, closes = _rectification(pack)
    seats = parameters.seats
    return Plan(
        starts=pack.starts,
        ends=pack.completed_by,
        party_seats=_seats(pack, BodyId.PARTY, seats.party),
        residents_seats=_seats(pack, BodyId.RESIDENTS, seats.residents),
        supervisory_seats=_seats(pack, BodyId.SUPERVISORY, seats.supervisory),
        committee_seats=_committee(pack.as_executed(), seats.election_committee),
        rectify_from=opens,
        rectify_by=closes,
        women_seats=_seats(pack, BodyId.WOMEN, seats.women) if any(b.id is BodyId.WOMEN for b in pack.bodies) else None,
        pilots_first=pack.pilot is not None,
        is_village=pack.kind == "village",
        registers=any(step.act is Act.REGISTRATION for body in pack.bodies for step in body.steps),
    )


def draw_seats(rng: Random, limits: tuple[int, int]) -> int:
    """Seats of one unit, anywhere within the plan's limits."""
    return rng.randint(*limits)


def draw_odd(rng: Random, limits: tuple[int, int]) -> int:
    """An odd number within the limits; the lower limit where there is none."""
    odd = [number for number in range(limits[0], limits[1] + 1) if number % 2]
    return rng.choice(odd) if odd else limits[0]


def _seats(pack: Pack, wanted: BodyId, otherwise: Parameter) -> tuple[int, int]:
    for body in pack.bodies:
        if body.id is wanted and body.seats:
            return _limits(body.seats.min, body.seats.max, (otherwise.count, otherwise.count))
    return otherwise.count, otherwise.count


def _committee(pack: Pack, otherwise: Parameter) -> tuple[int, int]:
    usual = round(otherwise.low), round(otherwise.high)
    for body in pack.bodies:
        if body.committee:
            return _limits(body.committee.min, body.committee.max, usual)
    return usual


def _limits(low: int | str, high: int | str, otherwise: tuple[int, int]) -> tuple[int, int]:
    """Both ends as stated; the one end where the other is missing; else the usual ones."""
    stated = [limit for limit in (low, high) if isinstance(limit, int)]
    return (min(stated), max(stated)) if stated else otherwise


def _rectification(pack: Pack) -> tuple[date, date]:
    """From when and by when a difficult unit is put in order; the day everything starts where no limit is given."""
    opens, closes = pack.starts - timedelta(days=14), pack.starts
    for body in pack.as_executed().bodies:
        for step in body.steps:
            for_difficult = step.condition is Condition.DIFFICULT_UNIT or step.act is Act.REMOVAL
            if for_difficult and isinstance(step.window, Absolute):
                closes = step.window.to or pack.starts
                opens = step.window.from_ or closes - timedelta(days=14)
    return min(opens, closes), closes
