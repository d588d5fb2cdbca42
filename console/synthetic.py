"""A synthetic roster for drills: a district's units and offices, made from a seed, in the workbook a county would hand in."""

from typing import TYPE_CHECKING

from policies.pack.schema import Pack, Role


if TYPE_CHECKING:
    from live.roster import Roster
    from simulation.population.district import SyntheticDistrict

OF_DISTRICT = (Role.DISTRICT_ORGANIZATION, Role.JOINT_VETTING, Role.STANDING_COMMITTEE, Role.CIVIL_AFFAIRS)
OF_STREET = (Role.STREET_COMMITTEE, Role.STREET_OFFICE, Role.STREET_DISCIPLINE)
DRILL_UNITS = 6


def synthetic_district(pack: Pack, units: int, seed: int) -> "SyntheticDistrict":
    """The first district of a seed. Its units' people are the actors' to know; the roster names offices and counts."""
    from policies.calendar import national_calendar
    from simulation.population.parameters import load
    from simulation.population.synthesis import synthesize_district
    from workflows.setting import install

    setting = install(pack, national_calendar(range(pack.starts.year, pack.completed_by.year + 1)))
    return synthesize_district(seed, 1, units, load(), pack=pack, setting=setting.hash)


def synthetic_roster(district: "SyntheticDistrict", pack: Pack) -> "Roster":
    """Units and streets as they are; one synthetic clerk for each role in each area; incumbents by their bodies."""
    from live.roster import Roster, Staff, Street, Unit
    from live.roster.values import WHOLE_AREA

    brief, streets, units, staff = district.brief, [], [], []
    names = pack.roles

    def clerk(role: Role, scope: str, where: str) -> None:
        number = f"P{len(staff) + 1:04}"
        name = names.get(role, role.value)
        staff.append(Staff(person=number, name=f"演练人员{number[1:]}", organization=f"{where}{name}"[:60], role=role, scope=scope))

    for role in OF_DISTRICT:
        clerk(role, WHOLE_AREA, brief.name)
    for street in brief.streets:
        code = street.id.rpartition("-")[2]
        streets.append(Street(code=code, name=street.name))
        for role in OF_STREET:
            clerk(role, code, street.name)
        for unit in street.units:
            reference = unit.id.rpartition("-")[2]
            figures = unit.model_dump(exclude={"id", "street", "district", "setting"})
            units.append(Unit(street=code, code=reference, **figures))
            for role in Role:
                if role not in (*OF_DISTRICT, *OF_STREET):
                    clerk(role, f"{code}-{reference}", unit.name)
    return Roster(streets=tuple(streets), units=tuple(units), staff=tuple(staff))


