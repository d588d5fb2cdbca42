"""A district put together: which unit lies in which street under which name, the same however many are asked for."""

from random import Random

from policies.pack.schema import Pack
from simulation.population.chance import stream
from simulation.population.district import SyntheticDistrict, SyntheticStreet, SyntheticUnit
from simulation.population.names import MOST_UNITS, district_name, street_names, unit_names
from simulation.population.parameters import Parameters
from simulation.population.plan import plan_of
from simulation.population.unit import synthesize_unit
from workflows.messages import DistrictBrief, StreetBrief


def districts_for(total_units: int, parameters: Parameters) -> list[tuple[int, int]]:
    """Districts (number from 1, units) that together hold so many units: full ones, then the remainder.

    Raises ValueError when no unit is asked for.
    """
    if total_units < 1:
        raise ValueError(f"社区数应至少为 1，填的是 {total_units}")
    most = parameters.structure.units_per_district.count
    full, rest = divmod(total_units, most)
    return [(number + 1, most) for number in range(full)] + ([(full + 1, rest)] if rest else [])


def synthesize_district(
    seed: int, number: int, units: int, parameters: Parameters, *, pack: Pack, setting: str
) -> SyntheticDistrict:
    """District `number` with its first `units` units; unit k is the same for any number of units.

    `setting` is handed on in the briefs (hash of pack, calendar and timetable). Raises ValueError when the number of
    units is below 1 or beyond the names a district has.
    """
    if not 1 <= units <= MOST_UNITS:
        raise ValueError(f"一个区的社区数应为 1 至 {MOST_UNITS}，填的是 {units}")
    parameters = parameters.of(pack.kind)
    district, plan = f"D{number:02d}", plan_of(pack, parameters)
    communities = unit_names(stream(seed, district, "communities"), units, pack.kind)
    sizes = _street_sizes(stream(seed, district, "streets"), units, parameters)
    names = street_names(stream(seed, district, "street names"), len(sizes), pack.kind)
    streets: list[SyntheticStreet] = []
    made = 0
    for place, size in enumerate(sizes):
        street = f"{district}-S{place + 1:02d}"
        members = tuple(
            synthesize_unit(
                seed,
                f"{street}-U{k + 1:03d}",
                communities[k],
                street,
                district,
                parameters,
                plan,
                setting,
                first=k == made,
            )
            for k in range(made, made + size)
        )
        made += size
        briefs = tuple(unit.brief for unit in members)
        brief = StreetBrief(id=street, name=names[place], district=district, units=briefs, setting=setting)
        streets.append(SyntheticStreet(brief, members))
    by_id: dict[str, SyntheticUnit] = {unit.id: unit for street in streets for unit in street.units}
    brief_of_all = DistrictBrief(
        id=district,
        name=district_name(seed, number, pack.kind),
        streets=tuple(street.brief for street in streets),
        setting=setting,
    )
    return SyntheticDistrict(brief_of_all, tuple(streets), by_id)


def _street_sizes(rng: Random, units: int, parameters: Parameters) -> list[int]:
    """Units of each street in turn; only the last one is cut short."""
    sizes: list[int] = []
    while (left := units - sum(sizes)) > 0:
        sizes.append(min(left, max(1, parameters.structure.units_per_street.draw_count(rng))))
    return sizes
