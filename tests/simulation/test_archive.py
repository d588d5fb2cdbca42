"""The archive of a rehearsed unit: what its actors write is written as offices write it (A3), so that only real slips are told."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from activities.commit import Ledger
from activities.registry import Kind, create_registry
from activities.registry.elections import Election
from activities.reports.archive import unit_archives
from console.packs import calendar_of, open_pack, source_text
from gateway.ground import ground_of
from policies.pack.schema import Pack
from simulation.faults import FaultPlan
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import rehearse_district
from workflows.facts import Commit
from workflows.setting import install

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("plan", ["street-2021", "village-zhejiang", "community-2025", "women-2021"])
def test_a_rehearsed_units_archive_has_nothing_mistyped(plan: str, tmp_path: Path) -> None:
    """Numbers, names and ids of every form of two units, under plans with a vote of villagers, of delegates, of women."""
    pack = open_pack(plan)
    assert isinstance(pack, Pack)
    setting, parameters = install(pack, calendar_of(pack)), load()
    district = synthesize_district(7, 1, 2, parameters, pack=pack, setting=setting.hash)
    registry = create_registry(tmp_path / "registry.sqlite", Kind.LIVE, BEGAN)
    ground = ground_of(setting, source_text(plan))
    registry.elections.record(Election("演练", ground, district.brief, "A001", BEGAN))

    class Copying(Ledger):
        def write(self, commit: Commit) -> None:
            super().write(commit)
            registry.store.apply(commit, ())

    rehearsal = rehearse_district(
        district, setting, parameters, seed=7, faults=FaultPlan.none(), journal=lambda _: None, ledger=Copying
    )
    assert asyncio.run(rehearsal).outcome.completed == 2
    archives = unit_archives(registry, district.id, date(2026, 12, 31))
    assert len(archives) == 2
    assert [item for one in archives for item in one.items] != []
    assert [finding.message for one in archives for finding in one.findings if finding.rule == "A3"] == []
    registry.close()
