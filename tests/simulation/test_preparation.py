"""Units that prepare in detail, rehearsed by the simulation's own actors: nothing honest is refused, the checker finds nothing."""

from collections import Counter
from pathlib import Path

import pytest

from console.packs import calendar_of, open_pack
from policies.pack.schema import Pack
from policies.preparation import Colour, Difficulty
from simulation.actors import playbook
from simulation.campaign.request import Campaign
from simulation.campaign.run import run
from simulation.checker import check_file
from simulation.population.parameters import load
from workflows.preparationchecks import PAGES

PARAMETERS = load()


def plan() -> Pack:
    pack = open_pack("prepared-2021")
    assert isinstance(pack, Pack), pack
    return pack


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve units, half of them difficult."""
    structure = PARAMETERS.structure
    share = structure.difficult_share.model_copy(update={"value": 0.5, "high": 1.0})
    parameters = PARAMETERS.model_copy(update={"structure": structure.model_copy(update={"difficult_share": share})})
    pack = plan()
    campaign = Campaign(pack=pack, calendar=calendar_of(pack), parameters=parameters, units=12, seed=3, faults={})
    journal = tmp_path_factory.mktemp("prepared") / "journal.jsonl"
    outcome = run(campaign, journal)
    assert [block for part in outcome.parts for block in part.false_blocks] == []
    return journal


def test_the_independent_checker_finds_nothing(rehearsed: Path) -> None:
    report = check_file(rehearsed)
    assert report.violations == ()
    assert report.units == 12
    assert report.completed + report.held == 12


def test_every_colour_was_seen_and_no_red_unit_began(rehearsed: Path) -> None:
    """Read from the journal as text: colours are of units, and the party election opens only where nothing is open."""
    import json

    colours: Counter[str] = Counter()
    newest: dict[str, str] = {}
    began = set()
    for line in rehearsed.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        fact = record["fact"]
        if fact["kind"] == "readiness_changed":
            colours[fact["colour"]] += 1
            newest[record["unit"]] = fact["colour"]
            assert set(fact) == {"kind", "colour", "open"}
            assert set(fact["open"]) <= set(Difficulty)
        elif fact["kind"] == "body_opened" and record["body"] == "party":
            assert newest[record["unit"]] != Colour.RED
            began.add(record["unit"])
    assert set(colours) == set(Colour)
    assert began


def test_every_act_of_preparation_has_its_actor() -> None:
    assert PAGES.keys() <= playbook.BY_ACT.keys()
