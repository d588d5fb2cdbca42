"""The seats of a unit against the rules P4, R1 (V1 in a village), S1 and W1, asked of the one place where they stand.

That is the door of `prep.plan`.
"""

from policies.finding import Finding
from policies.pack.schema import Pack
from workflows import examination
from workflows.messages import UnitBrief

COLUMNS = {
    "P4": ("party_seats", "party_members"),
    "R1": ("residents_seats",),
    "V1": ("residents_seats",),
    "S1": ("supervisory_seats",),
    "W1": ("federation_seats",),
}
"""The fields each rule judges, its own seats first."""
IN_A_VILLAGE = {"R1": "V1"}
"""What a village is asked instead of a community's rule."""

MOST = 30
"""Seats tried; a rule that admits so many has no upper limit."""
_MANY = 1000  # full members: enough for a committee


def findings(
    pack: Pack,
    *,
    party_members: int | None = None,
    party_seats: int | None = None,
    residents_seats: int | None = None,
    supervisory_seats: int | None = None,
    federation_seats: int | None = None,
) -> list[Finding]:
    """What the rules say about a unit's seats. A rule whose own figures are not known (None) says nothing."""
    known = {
        "party_members": party_members,
        "party_seats": party_seats,
        "residents_seats": residents_seats,
        "supervisory_seats": supervisory_seats,
        "federation_seats": federation_seats,
    }
    brief = UnitBrief(
        id="-",
        name="-",
        street="-",
        district="-",
        households=0,
        residents=0,
        party_members=party_members or 0,
        party_due=0,
        organizations=0,
        difficult=False,
        party_seats=party_seats or 0,
        residents_seats=residents_seats or 0,
        supervisory_seats=supervisory_seats or 0,
        women_seats=federation_seats or 0,
        setting="-",
    )
    return [
        finding
        for finding in examination.plan(brief, pack)
        if all(known[field] is not None for field in COLUMNS[finding.rule])
    ]


def allowed(rule: str, pack: Pack) -> tuple[int, int] | None:
    """Fewest and most seats that this rule admits under the pack, for a unit with enough Party members for a committee.

    A village's committee is judged by the village's own rule (V1).
    """
    rule = IN_A_VILLAGE.get(rule, rule) if pack.kind == "village" else rule
    fits = [
        seats
        for seats in range(1, MOST + 1)
        if not any(
            finding.rule == rule
            for finding in findings(
                pack,
                party_members=_MANY,
                party_seats=seats,
                residents_seats=seats,
                supervisory_seats=seats,
                federation_seats=seats,
            )
        )
    ]
    return (fits[0], fits[-1]) if fits else None
