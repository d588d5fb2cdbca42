"""The women's federation in the registry, from its first commit to its closing figures, as the source publishes them (篇三一).

Expected figures are counted by hand from the candidates written here: boundaries of age, schooling, standing and posts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from activities.commit import Ledger
from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election
from activities.registry.model import PaperRow
from activities.reports.archive import unit_archives
from activities.reports.closing import ClosingStatistics, closing_statistics, sentences
from console.packs import pack_text
from gateway.ground import ground_of
from policies.closing.benches import Bench
from policies.people import Education, PartyStanding, Post
from tests.workflows.clerk import at
from tests.workflows.test_women import CANDIDATES, Office, setting
from workflows.facts import Commit

ON = date(2021, 6, 20)
UNITS = (("D01-S01-U001", True), ("D01-S01-U002", False))
PUBLISHED = {"party_members", "young", "senior", "in_two_committees"}


@contextmanager
def closed(folder: Path, **chair: Any) -> Iterator[Registry]:
    """A registry with the whole election of a pilot and another unit, whose chair is described so."""
    ground = setting()
    registry = create_registry(folder / "registry.sqlite", Kind.LIVE, at("2021-04-20"))
    people = [CANDIDATES[0].model_copy(update=chair), *CANDIDATES[1:]]

    class Copying(Ledger):
        def write(self, commit: Commit) -> None:
            super().write(commit)
            Ledger(registry.store).write(commit)

    office = Office(units=UNITS, people=people, ledger=Copying)
    recorded = ground_of(ground, pack_text("women-2021"))
    registry.elections.record(Election("某区妇联组织换届", recorded, office.district, "管理员", at("2021-04-20")))
    try:
        assert office.run().completed == len(UNITS)
        assert office.refusals == []
        yield registry
    finally:
        registry.close()


def figures(registry: Registry) -> ClosingStatistics:
    """The statistics, ages as of a day."""
    return closing_statistics(registry, "D01", at("2021-07-01"), ON)


LEAST: dict[str, Any] = {
    "standing": PartyStanding.PROBATIONARY,
    "born": date(1975, 6, 21),  # 45 on the day, 46 the day after
    "education": Education.SENIOR,
    "incumbent": (Post.COMMITTEE_MEMBER,),
}
"""Just inside every one of the source's figures."""


@pytest.mark.parametrize(
    ("changes", "without"),
    [
        ({}, None),
        ({"standing": PartyStanding.NONE}, "party_members"),
        ({"born": date(1975, 6, 20)}, "young"),
        ({"education": Education.JUNIOR}, "senior"),
        ({"incumbent": (Post.SUPERVISORY_CHAIR,)}, "in_two_committees"),
        (
            {"incumbent": (Post.PART_TIME_MEMBER,)},
            "in_two_committees",
        ),  # no member of the Party organization's bench (P4)
    ],
)
def test_the_chairs_are_counted_as_the_source_counts_them(
    tmp_path: Path, changes: dict[str, Any], without: str | None
) -> None:
    """“党员占”“45岁以下的占”“高中以上文化占”“目前已在村‘两委’任职占”: at each boundary, and one beyond it."""
    with closed(tmp_path, **LEAST | changes) as registry:
        found = figures(registry).county
    counted = {row.key: (row.share.part, row.share.whole, row.share.not_stated) for row in found.federation_chairs}
    assert counted == {key: (0 if key == without else 2, 2, 0) for key in PUBLISHED}


def test_what_is_not_stated_is_counted_apart(tmp_path: Path) -> None:
    """Birth and schooling of nobody are guessed."""
    with closed(tmp_path, born=None, education=None) as registry:
        shares = {row.key: row.share for row in figures(registry).county.federation_chairs}
    assert (shares["young"].whole, shares["young"].not_stated) == (0, 2)
    assert (shares["senior"].whole, shares["senior"].not_stated) == (0, 2)


def test_the_registry_knows_the_federation_from_its_opening_to_its_archive(tmp_path: Path) -> None:
    """Where every unit stands, its express report as a paper, its benches and no others, its own electorate, its archive."""
    with closed(tmp_path, **LEAST) as registry:
        known = registry.elections.find("D01")
        assert known is not None
        assert [unit.pilot for unit in known.brief.streets[0].units] == [True, False]
        standings = registry.standings.units("D01", ON)
        assert [one.closing is not None and one.closing.completed_on is not None for one in standings] == [True, True]
        with registry.database.reading() as connection:
            express = select(PaperRow.workflow).where(PaperRow.kind == "快报").order_by(PaperRow.workflow)
            assert connection.execute(express).scalars().all() == [f"{unit}/women" for unit, _ in UNITS]
        statistics = figures(registry)
        county = statistics.county
        there = {row.bench: row.after.persons for row in county.benches if row.after is not None}
        assert there == {Bench.FEDERATION: 10, Bench.FEDERATION_CHAIR: 2, Bench.FEDERATION_MEMBER: 8}
        assert statistics.main is Bench.FEDERATION
        (turnout,) = county.turnout
        assert (turnout.share.part, turnout.share.whole, turnout.share.of) == (1200, 2002, "年满十八周岁的妇女")
        said = "".join(sentences(statistics))
        assert "应换届村（社区）妇联组织2个，完成2个" in said
        assert "共选出妇代会主任（妇联主席）2名、委员8名" in said
        assert "两委”至少" not in said
        found = [finding.rule for one in unit_archives(registry, "D01", ON) for finding in one.findings]
        assert not {"A1", "A2"} & set(found)
