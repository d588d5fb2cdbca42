"""Units that prepare in detail, rehearsed by the simulation's own actors: nothing honest is refused, the checker finds nothing."""

import json
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
from simulation.faults import FAULTS, applicability
from simulation.population.parameters import load
from workflows.preparationchecks import PAGES

PARAMETERS = load()


PLANS = ("prepared-2021", "village-prepared", "community-prepared")
"""A street of 2021, villages and communities under the law of today."""


def plan(name: str) -> Pack:
    pack = open_pack(name)
    assert isinstance(pack, Pack), pack
    return pack


def campaign(name: str, units: int, seed: int, **faults: int) -> Campaign:
    """A county of so many units, half of them difficult."""
    structure = PARAMETERS.structure
    share = structure.difficult_share.model_copy(update={"value": 0.5, "high": 1.0})
    parameters = PARAMETERS.model_copy(update={"structure": structure.model_copy(update={"difficult_share": share})})
    pack = plan(name)
    return Campaign(pack, calendar_of(pack), parameters, units, seed, faults)


@pytest.fixture(scope="module", params=PLANS)
def rehearsed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve units, nobody refused an honest form, every one in time."""
    journal = tmp_path_factory.mktemp("prepared") / "journal.jsonl"
    outcome = run(campaign(request.param, 12, 3), journal)
    assert [block for part in outcome.parts for block in part.false_blocks] == []
    assert outcome.digest.on_time == outcome.digest.completed
    return journal


def test_the_independent_checker_finds_nothing(rehearsed: Path) -> None:
    report = check_file(rehearsed)
    assert report.violations == ()
    assert report.units == 12
    assert report.completed + report.held == 12


def test_every_colour_was_seen_and_no_red_unit_began(rehearsed: Path) -> None:
    """Read from the journal as text: colours are of units, and the party election opens only where nothing is open."""
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


def test_every_joint_vetting_in_the_county_has_its_rows(rehearsed: Path) -> None:
    """Read from the journal as text: of the Party, of the committee, of the supervisors, of a by-election where one was held."""
    rows: dict[str, set[tuple[str, ...]]] = {}
    for line in rehearsed.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)["fact"]
        if fact["kind"] == "decided" and fact["gate"].partition("#")[0].endswith(".joint_vetting"):
            said = tuple(row["department"] for row in fact["form"]["departments"])
            rows.setdefault(fact["gate"].partition(".")[0], set()).add(said)
    departments = ("组织部", "纪检监察", "综治维稳", "公安")
    assert {*rows} - {"byelection"} == {"party", "residents", "supervisory"}
    assert all(said == {departments} for said in rows.values())


@pytest.mark.parametrize("name", PLANS)
def test_every_fault_is_named_in_units_that_prepare_in_detail(name: str, tmp_path: Path) -> None:
    """Two of each kind that the plan lets be committed: planted, committed, named by its rule; nothing honest is refused."""
    kinds = {code: 2 for code, reason in applicability(plan(name)).items() if reason is None}
    assert kinds.keys() >= FAULTS.keys() - {"F2"}
    done = run(campaign(name, 10, 9, **kinds), tmp_path / "journal.jsonl")
    assert [str(violation) for violation in done.report.violations] == []
    assert [block for part in done.parts for block in part.false_blocks] == []
    (part,) = done.parts
    assert part.planted == part.detected == kinds
    assert (part.missed, part.idle) == ((), ())


def test_every_act_of_preparation_has_its_actor() -> None:
    assert PAGES.keys() <= playbook.BY_ACT.keys()
