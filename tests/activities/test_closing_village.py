"""A finished village: its archive lacks nothing though every numbered announcement is another act, and its figures name it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from activities.commit import Ledger
from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election
from activities.reports.archive import Status, unit_archives
from activities.reports.closing import closing_statistics, sentences
from console.packs import source_text
from gateway.ground import ground_of
from tests.workflows.villageclerk import VillageClerk, village, village_2025, village_setting
from workflows.facts import Commit
from workflows.messages import DistrictBrief, StreetBrief

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
UNIT = village()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with one village's whole election. What only a village's rules ask is left out: no table has it yet."""
    setting = village_setting()
    unit = UNIT.model_copy(update={"village": None})
    street = StreetBrief(id=unit.street, name="甲镇", district=unit.district, units=(unit,), setting=setting.hash)
    made = create_registry(tmp_path_factory.mktemp("village") / "registry.sqlite", Kind.LIVE, BEGAN)
    ground = ground_of(setting, source_text("village-2025"))
    district = DistrictBrief(id=unit.district, name="千山县", streets=(street,), setting=setting.hash)
    made.elections.record(Election("千山县村换届", ground, district, "A001", BEGAN))

    class Copying(Ledger):
        def write(self, commit: Commit) -> None:
            super().write(commit)
            Ledger(made.store).write(commit)

    clerk = VillageClerk(UNIT, ledger=Copying)
    assert clerk.run().completed_on is not None
    assert clerk.refusals == []
    yield made
    made.close()


def test_a_villages_archive_lacks_nothing(registry: Registry) -> None:
    """Every announcement of the plan is there, in order, and agrees; the clerk's own slips of the pen (A3) are all that is
    found: names with digits, and numbers of another year."""
    (found,) = unit_archives(registry, UNIT.district, date(2026, 8, 1))
    assert [one.message for one in found.findings if one.rule != "A3"] == []
    assert found.count(Status.MISSING) == 0
    announced = {item.title for item in found.items if item.kind == "公告" and item.status is Status.PRESENT}
    expected = {
        paper.title
        for body in village_2025().bodies
        if body.id.value not in ("recall", "byelection")
        for step in body.steps
        for paper in step.papers
        if paper.kind == "公告" and step.condition.value == "always"
    }
    assert len(expected) >= 17
    assert expected <= announced


def test_a_villages_figures_speak_of_a_village(registry: Registry) -> None:
    """Its committee by name, and a turnout of registered voters: 632 of the clerk's 900."""
    statistics = closing_statistics(registry, UNIT.district, datetime(2027, 1, 1, tzinfo=UTC))
    (turnout,) = [one for one in statistics.county.turnout if one.key == "residents/voters"]
    assert (turnout.label, turnout.share.part, turnout.share.whole) == ("村民委员会（全体选民投票）", 632, 900)
    assert turnout.share.of == "登记选民"
    text = "".join(sentences(statistics))
    assert "应换届村1个" in text
    assert "居民委员会" not in text.replace("村（居）民委员会", "")
