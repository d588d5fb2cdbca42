"""From a roster to the briefs an election starts with, and to who may sign where."""

from live.roster import area_id, district_brief, signature
from policies.authority import Signature
from policies.pack.schema import Role
from tests.live.roster_books import ROSTER
from workflows.messages import UnitBrief


def test_the_brief_says_what_the_roster_says() -> None:
    """Ids are built of the codes as typed; every figure arrives in its field; streets keep their units."""
    brief = district_brief(ROSTER, election="qianshan-2026", name="前山区", setting="abc")
    assert (brief.id, brief.name, brief.setting) == ("qianshan-2026", "前山区", "abc")
    assert [(street.id, street.name, street.district) for street in brief.streets] == [
        ("qianshan-2026-S01", "前山街道", "qianshan-2026"),
        ("qianshan-2026-S02", "香湾街道", "qianshan-2026"),
    ]
    assert [[unit.id for unit in street.units] for street in brief.streets] == [
        ["qianshan-2026-S01-U001", "qianshan-2026-S01-U002"],
        ["qianshan-2026-S02-U001"],
    ]
    assert brief.streets[0].units[1] == UnitBrief(
        id="qianshan-2026-S01-U002",
        name="梅溪社区",
        street="qianshan-2026-S01",
        district="qianshan-2026",
        households=900,
        residents=2100,
        party_members=6,
        party_due=6,
        organizations=0,
        difficult=True,
        party_seats=1,
        residents_seats=9,
        supervisory_seats=3,
        setting="abc",
    )


def test_areas_have_the_ids_of_their_workflows() -> None:
    """The whole county is the election itself."""
    assert [area_id("e", area) for area in ("", "S01", "S01-U002")] == ["e", "e-S01", "e-S01-U002"]


def test_a_row_of_staff_is_a_signature() -> None:
    """Person, name, role and the scope's id."""
    assert [signature(one, "e") for one in ROSTER.staff[:3]] == [
        Signature(person="P0001", name="李明", role=Role.STREET_COMMITTEE, scope="e-S01"),
        Signature(person="P0001", name="李明", role=Role.STREET_OFFICE, scope="e-S01"),
        Signature(person="P0002", name="王芳", role=Role.DISTRICT_ORGANIZATION, scope="e"),
    ]
