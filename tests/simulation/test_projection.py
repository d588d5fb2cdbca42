"""What a larger rehearsal would take: in proportion to what was measured, and nothing else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from simulation.campaign.folder import JOURNAL, SUMMARY
from simulation.campaign.projection import CORES, project
from simulation.campaign.run import Outcome, run
from simulation.campaign.write import rehearse
from tests.simulation.test_campaign import campaign


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(campaign(3), tmp_path_factory.mktemp("projection") / JOURNAL)


def test_time_and_journal_are_in_proportion_to_the_units(outcome: Outcome) -> None:
    """By hand: 10 s for the districts and 2 s for joining them, over 3 units, are 4 s a unit; 3600 units on 2 cores: 2 h."""
    sizes = [part.units for part in outcome.parts]
    assert (sizes, CORES) == ([2, 1], 2)
    parts = [
        replace(outcome.parts[0], seconds=6.0, whole_seconds=7.0, bytes=3 << 20, activations=400),
        replace(outcome.parts[1], seconds=3.0, whole_seconds=3.0, bytes=0, activations=200),
    ]
    found = project(parts, 2.0, 3600)
    assert found.hours == pytest.approx(2.0)
    assert found.gib == pytest.approx(3600 / 1024)  # 1 MiB a unit
    assert (found.driving, found.reading, found.joining) == pytest.approx((9 / 12, 1 / 12, 2 / 12))
    assert found.activations == 200
    assert project(parts, 2.0, 7200).hours == pytest.approx(4.0)
    for words in (
        "3600 个单位在 2 个处理器上约需 2.0 小时",
        "日志约 4 GiB",
        "4000 毫秒",
        "工作流激活和参与人办理占 75%",
    ):
        assert words in found.sentence


def test_what_is_measured_covers_the_whole_rehearsal(outcome: Outcome) -> None:
    """Driving is a part of a district's time, the districts and their joining are parts of the whole; bytes are the lines'."""
    assert all(0 < part.seconds < part.whole_seconds for part in outcome.parts)
    assert outcome.joining > 0
    assert all(part.bytes > 100 * part.report.lines > 0 for part in outcome.parts)


@pytest.mark.parametrize(("parts", "units"), [(0, 10), (2, 0)])
def test_nothing_measured_or_asked_for_is_an_error(outcome: Outcome, parts: int, units: int) -> None:
    with pytest.raises(ValueError, match="至少要有 1 个单位"):
        project(outcome.parts[:parts], 0.0, units)


def test_the_summary_and_the_report_say_it_only_when_asked(tmp_path: Path) -> None:
    for folder, asked in ((tmp_path / "with", 600_000), (tmp_path / "without", None)):
        folder.mkdir()
        written = rehearse(campaign(1), folder, pack_name="street-2021", projected=asked)
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        assert summary == written.summary
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert ("600000 个单位在" in page) == ("projection" in summary) == (asked is not None)
        if asked:
            assert summary["projection"]["units"] == 600_000
            assert summary["projection"]["hours"] > 0
