"""From a roster to what an election starts with: the briefs of its workflows, and who may sign for which area."""

from live.roster.values import WHOLE_AREA, Roster, Staff, Unit
from policies.authority import Signature
from workflows.messages import DistrictBrief, StreetBrief, UnitBrief, VillageFigures


def district_brief(roster: Roster, *, election: str, name: str, setting: str) -> DistrictBrief:
    """The brief of the whole election: streets and units in the roster's order.

    `election` is the district workflow's id, `name` the county's, `setting` the hash of pack and calendar
    (`workflows.setting`). Ids are `{election}-{street}` and `{election}-{street}-{unit}`, codes as typed.
    """
    return DistrictBrief(
        id=election,
        name=name,
        streets=tuple(
            StreetBrief(
                id=area_id(election, street.code),
                name=street.name,
                district=election,
                units=tuple(
                    _unit_brief(unit, election, setting) for unit in roster.units if unit.street == street.code
                ),
                setting=setting,
            )
            for street in roster.streets
        ),
        setting=setting,
    )


def _unit_brief(unit: Unit, election: str, setting: str) -> UnitBrief:
    return UnitBrief(
        id=area_id(election, unit.reference),
        name=unit.name,
        street=area_id(election, unit.street),
        district=election,
        households=unit.households,
        residents=unit.residents,
        party_members=unit.party_members,
        party_due=unit.party_due,
        organizations=unit.organizations,
        difficult=unit.difficult,
        party_seats=unit.party_seats,
        residents_seats=unit.residents_seats,
        supervisory_seats=unit.supervisory_seats,
        women_seats=unit.federation_seats or 0,
        women=unit.adult_women or 0,
        pilot=unit.pilot,
        village=_village(unit),
        setting=setting,
    )


def _village(unit: Unit) -> VillageFigures | None:
    """A village's own figures, where the roster gives any."""
    stated = {"groups": unit.groups, "deputies": unit.deputies, "women": unit.women_seats}
    if all(figure is None for figure in stated.values()):
        return None
    return VillageFigures(**{"groups": 0} | {name: figure for name, figure in stated.items() if figure is not None})


def unit_row(brief: UnitBrief) -> Unit:
    """The roster's row that says what a brief says; its codes are the last two parts of the brief's id."""
    _, street, code = brief.id.rsplit("-", 2)
    village = brief.village
    return Unit(
        street=street,
        code=code,
        name=brief.name,
        households=brief.households,
        residents=brief.residents,
        difficult=brief.difficult,
        party_members=brief.party_members,
        party_due=brief.party_due,
        organizations=brief.organizations,
        party_seats=brief.party_seats,
        residents_seats=brief.residents_seats,
        supervisory_seats=brief.supervisory_seats,
        groups=None if village is None else village.groups,
        deputies=None if village is None else village.deputies,
        women_seats=None if village is None else village.women,
        federation_seats=brief.women_seats or None,
        adult_women=brief.women or None,
        pilot=brief.pilot,
    )


def area_id(election: str, area: str) -> str:
    """The id of a roster's area (the whole county, a street's code, a unit's reference) within an election."""
    return election if area == WHOLE_AREA else f"{election}-{area}"


def signature(staff: Staff, election: str) -> Signature:
    """The signature that a row of the roster entitles its person to give: role and scope as the registry grants them."""
    return Signature(person=staff.person, name=staff.name, role=staff.role, scope=area_id(election, staff.scope))
