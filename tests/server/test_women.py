"""The women's federation begun by its roster on a real server does what it does on the engine; pilots first, express reports.

As in `test_street.py`, but begun as a county begins: a workbook is filled in, read, and handed to `live.county.begin`.

Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_women.py`.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from activities.registry import Registry, open_registry
from activities.registry.model import PaperRow, table
from activities.reports.archive import unit_archives
from activities.reports.closing import closing_statistics
from activities.stores.protocol import IssuedPaper
from console.synthetic import synthetic_roster
from live.county import County, Plan
from live.county import begin as begin_live
from live.roster import read_roster, write_roster
from policies.clock import BEIJING
from tests.server.conductor import Begun, Conductor, Reader, reading, staff
from tests.server.pilot import Pilot, pilot
from tests.server.stock import stock_server
from tests.server.street import DISTRICT, Fact, Script, plan, rehearse
from workflows.messages import DistrictOutcome

pytestmark = pytest.mark.server

PACK_ID = "women-2021"
DAY = timedelta(minutes=30)
"""Real time that a day of this drill takes: its first slot is entered an hour of election time before its end."""
UNITS, SEED = 3, 8
FAULTS = {"F1": 1, "F5": 1}


@dataclass(frozen=True)
class Federation:
    """A district's federations, rehearsed and played on the server."""

    script: Script
    outcome: DistrictOutcome
    registry: Registry
    facts: dict[str, list[Fact]]  # by unit, as the server's worker wrote them


async def begun(county: Pilot, script: Script, folder: Path) -> Begun:
    """The election as a county begins it: from a filled workbook. The script's offices are its staff."""
    pack, text, calendar = plan(PACK_ID)
    filled = synthetic_roster(script.district, pack).model_copy(update={"staff": ()})
    write_roster(filled, folder / "roster.xlsx", pack)
    roster = read_roster(folder / "roster.xlsx", pack).roster
    assert roster is not None
    now, brief = datetime.now(UTC), script.district.brief
    wanted = Plan(
        id=brief.id,
        title=brief.name,
        pack=pack,
        pack_text=text,
        calendar=calendar,
        roster=roster,
        day=DAY,
        begins=script.starts.astimezone(BEIJING).date(),
    )
    election = await begin_live(County(county.registry, county.client, county.door), wanted, now)
    clock = county.registry.elections.running_clock(election.id)
    assert clock is not None
    return Begun(election, clock, staff(county.registry, script, now))


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    script = rehearse(units=UNITS, seed=SEED, faults=FAULTS, pack_id=PACK_ID)
    folder = tmp_path_factory.mktemp("women")
    binary = stock_server()

    async def play() -> tuple[DistrictOutcome, Reader]:
        async with pilot(binary, folder / "county") as county, reading(county.registry) as reader:
            there = await begun(county, script, folder)
            conductor = Conductor(script, there, county.registry, reader, county.door, county.client)
            return await conductor.play(), reader

    outcome, reader = asyncio.run(play())
    registry = open_registry(folder / "county" / "registry.sqlite")
    found = {unit: facts for (_, unit), facts in reader.facts.items()}
    yield Federation(script, outcome, registry, found)
    registry.close()


def papers(registry: Registry) -> set[IssuedPaper]:
    """Every paper issued."""
    columns = [table(PaperRow).c[name] for name in IssuedPaper._fields]
    with registry.database.reading() as connection:
        return {IssuedPaper(*row) for row in connection.execute(select(*columns))}


def test_the_roster_recorded_is_the_district_rehearsed(federation: Federation) -> None:
    """Every unit with its seats, its women of age and its pilot's mark, as the workbook carried them."""
    recorded = federation.registry.elections.find(federation.script.district.id)
    assert recorded is not None
    units = [unit for street in recorded.brief.streets for unit in street.units]
    rehearsed = [unit for street in federation.script.district.brief.streets for unit in street.units]
    assert [(one.women_seats, one.women, one.pilot) for one in units] == [
        (one.women_seats, one.women, one.pilot) for one in rehearsed
    ]
    assert {one.pilot for one in units} == {True, False}


def test_every_unit_has_the_same_facts_in_the_same_order(federation: Federation) -> None:
    """Kind, body, slot and content; what nobody votes on in the federation (seats of the three bodies) is not in its roster."""
    rehearsed = federation.script.facts()
    assert set(federation.facts) == set(rehearsed)
    for unit, facts in rehearsed.items():
        here = [fact for fact in federation.facts[unit] if unit != DISTRICT or fact.kind != "clock_moved"]
        for number, (one, other) in enumerate(zip(here, facts, strict=True)):
            if one.kind != "unit_opened":
                assert one == other, f"{unit}, fact {number}"


def test_every_unit_sends_its_express_report_and_has_the_same_papers(federation: Federation) -> None:
    """One report a unit (W4), issued as a paper; every paper to the letter."""
    issued = papers(federation.registry)
    assert issued == set(federation.script.papers)
    assert sorted(one.workflow for one in issued if one.kind == "快报") == sorted(
        f"{unit.id}/women" for unit in federation.script.district
    )


def test_the_others_begin_once_the_pilot_is_accepted(federation: Federation) -> None:
    """W3, in the server's own journal: no other unit has a fact in a slot before the pilot's last one."""
    pilots = {unit.id for unit in federation.script.district if unit.brief.pilot}
    last = max(fact.slot for unit in pilots for fact in federation.facts[unit])
    others = [unit for unit in federation.facts if unit and unit not in pilots]
    assert others
    assert all(federation.facts[unit][0].slot >= last for unit in others)


def test_the_federation_is_closed_with_its_own_figures(federation: Federation) -> None:
    """Everybody complete; a chair in each unit; figures of the two committees are not made up; the archives are whole."""
    assert federation.outcome == federation.script.outcome
    assert federation.outcome.completed == UNITS
    county = closing_statistics(federation.registry, federation.script.district.id, datetime.now(UTC)).county
    chairs = {row.key: row.share for row in county.federation_chairs}
    assert {share.whole + share.not_stated for share in chairs.values()} == {UNITS}
    assert [row.bench.value for row in county.benches if row.after is not None] == [
        "federation",
        "federation_chair",
        "federation_member",
    ]
    archives = unit_archives(federation.registry, federation.script.district.id, datetime.now(BEIJING).date())
    assert [finding.message for one in archives for finding in one.findings if finding.rule in ("A1", "A2", "A3")] == []
    assert federation.registry.journals.verify(federation.script.district.id).problems == ()
