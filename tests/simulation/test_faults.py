"""The ten faults: the catalogue against the reference, what may be asked for, and that each planted one is named."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from activities.stores import Entry
from console.packs import open_pack
from policies.calendar import national_calendar
from policies.pack.load import load_pack
from policies.pack.schema import Pack
from policies.rule import BOOK
from policies.rules import load as load_rules
from policies.tally import CATALOGUE
from simulation.faults import (
    FAULTS,
    VARIANTS,
    FaultPlan,
    FaultVariant,
    Moment,
    applicability,
    divide,
    parse_faults,
    slips,
    variants_of,
)
from simulation.faults.page import as_markdown
from simulation.population.district import SyntheticDistrict
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import DistrictRun, rehearse_district
from workflows.setting import install

ROOT = Path(__file__).parents[2]
PACK = load_pack((ROOT / "policies/packs/street-2021.yaml").read_text(encoding="utf-8"), "street-2021")
WOMEN = load_pack((ROOT / "policies/packs/women-2021.yaml").read_text(encoding="utf-8"), "women-2021")
VILLAGE = cast(Pack, open_pack("village-2025"))
COMMUNITY = cast(Pack, open_pack("community-voters"))
SETTING = install(PACK, national_calendar([2021]))
PARAMETERS = load()


def under(pack: Pack) -> list[FaultVariant]:
    """Every variant that a pack lets be committed."""
    return [variant for code in FAULTS for variant in variants_of(code, pack)]


STREET = under(PACK)


def district(units: int, seed: int) -> SyntheticDistrict:
    return synthesize_district(seed, 1, units, PARAMETERS, pack=SETTING.pack, setting=SETTING.hash)


def rehearsed(units: int, seed: int, plan: FaultPlan) -> tuple[DistrictRun, list[Entry]]:
    journal: list[Entry] = []
    run = asyncio.run(
        rehearse_district(district(units, seed), SETTING, PARAMETERS, seed=seed, faults=plan, journal=journal.append)
    )
    return run, journal


# ---------------------------------------------------------------- the catalogue


def test_catalogue_has_the_ten_of_the_reference() -> None:
    assert list(FAULTS) == [f"F{number}" for number in range(1, 11)]
    reasons = applicability(PACK)
    assert [code for code, reason in reasons.items() if reason is not None] == ["F2"]
    assert "选民" in (reasons["F2"] or "")
    assert {variant.code for variant in STREET} == set(FAULTS) - {"F2"}
    assert {variant.code for variant in VARIANTS} == set(FAULTS)
    assert applicability(VILLAGE) == applicability(COMMUNITY) == dict.fromkeys(FAULTS)  # every one of them


def test_every_variant_is_well_made() -> None:
    load_rules()
    assert len({variant.id for variant in VARIANTS}) == len(VARIANTS)
    for pack in (PACK, COMMUNITY, VILLAGE, WOMEN):
        steps = {step.id for body in pack.bodies for step in body.steps}
        well_made(pack, steps)
    elsewhere = {variant.id for variant in VARIANTS} - {
        one.id for pack in (PACK, COMMUNITY, VILLAGE, WOMEN) for one in under(pack)
    }
    assert elsewhere == {"F3.no_kin", "F4.forbidden"}  # under the law of 2018, or a province without roving boxes


def well_made(pack: Pack, steps: set[str]) -> None:
    for variant in under(pack):
        assert variant.step in steps, variant.id
        assert variant.rules, variant.id
        assert set(variant.rules) <= BOOK.keys() | CATALOGUE.keys(), variant.id
        assert (variant.moment is Moment.FORM) == (variant.mutate is not None), variant.id
        assert (variant.moment in (Moment.AHEAD, Moment.EXTRA)) == bool(variant.target), variant.id
        assert not variant.target or variant.target in steps, variant.id
    assert all(slip.moment is Moment.FORM for step in steps for slip in slips(step, pack))


def test_page_is_current() -> None:
    assert (ROOT / "docs/faults.md").read_text(encoding="utf-8") == as_markdown(PACK)
    assert (ROOT / "docs/faults-village.md").read_text(encoding="utf-8") == as_markdown(VILLAGE)
    assert (ROOT / "docs/faults-community.md").read_text(encoding="utf-8") == as_markdown(COMMUNITY)


# ---------------------------------------------------------------- what may be asked for


def test_parse_takes_what_is_asked() -> None:
    assert parse_faults(["F10=2", "f5=3", "F2=1", "F3=0"], PACK) == (
        {"F5": 3, "F10": 2},
        [],
        {"F2": applicability(PACK)["F2"]},
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["F11=1"], ["F11"]),
        (["F5=-1"], ["负"]),
        (["F5=two"], ["不是整数"]),
        (["F5=１"], ["不是整数"]),
        (["F5="], ["不是整数"]),
        (["F5"], ["代码=个数"]),
        (["F5=1", "F5=2"], ["重复"]),
        (["F5=99999999999999999999"], ["过大"]),
        (["", "=", "F5=1.5", "F0=x"], ["代码=个数", "不认识", "不是整数", "F0"]),
    ],
)
def test_parse_names_every_problem(asked: list[str], said: list[str]) -> None:
    _, problems, _ = parse_faults(asked, PACK)
    assert problems
    for words in said:
        assert any(words in problem for problem in problems), (words, problems)


def test_shares_add_up() -> None:
    asked = {"F1": 7, "F5": 1, "F10": 40}
    shares = divide(asked, [120, 120, 17])
    assert {code: sum(share.get(code, 0) for share in shares) for code in asked} == asked
    assert divide(asked, []) == []
    assert shares[2].get("F10", 0) <= 3


# ---------------------------------------------------------------- the draw


def test_draw_spreads_faults_over_distinct_places() -> None:
    units = district(30, 4)
    asked = {"F9": 11, "F7": 7, "F10": 6}
    plan = FaultPlan.draw(4, units, asked, PACK)
    assert Counter(each.variant.code for each in plan.planted) == asked
    places = [(each.unit, each.variant.step) for each in plan.planted]
    assert len(set(places)) == len(places)
    assert len({each.unit for each in plan.planted}) == 24  # no unit is used twice while others are free
    again = FaultPlan.draw(4, list(units)[::-1], asked, PACK)
    assert [(each.unit, each.variant.id) for each in again.planted] == [
        (each.unit, each.variant.id) for each in plan.planted
    ]
    other = FaultPlan.draw(5, units, asked, PACK)
    assert [each.unit for each in other.planted] != [each.unit for each in plan.planted]


def test_draw_leaves_out_units_that_start_late_or_never() -> None:
    units = district(60, 7)
    late = {unit.id for unit in units if unit.never_ready or unit.late_by}
    plan = FaultPlan.draw(7, units, {"F9": 60, "F10": 60}, PACK)
    assert late
    assert not late & {each.unit for each in plan.planted}


def test_draw_refuses_more_than_fits() -> None:
    with pytest.raises(ValueError, match=r"F4=9.*F5=9") as caught:
        FaultPlan.draw(1, district(3, 1), {"F4": 9, "F5": 9}, PACK)
    assert "至多" in str(caught.value)
    assert FaultPlan.draw(1, district(3, 1), {}, PACK).planted == ()


def test_two_faults_at_one_step_are_refused() -> None:
    with pytest.raises(ValueError, match="同一步骤"):
        FaultPlan.of([("U", "F5.party"), ("U", "F6.party")])
    with pytest.raises(KeyError):
        FaultPlan.of([("U", "F5.nowhere")])


def test_draw_is_the_same_under_any_hash_seed() -> None:
    code = (
        "from tests.simulation.test_faults import *\n"
        "plan = FaultPlan.draw(9, district(20, 9), {code: 4 for code in FAULTS if code != 'F2'}, PACK)\n"
        "print([(each.unit, each.variant.id) for each in plan.planted])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(said) == 1


# ---------------------------------------------------------------- planted, committed, named


def test_every_variant_is_named_by_its_rule() -> None:
    asked = {code: len(variants_of(code, PACK)) for code in FAULTS if variants_of(code, PACK)}
    plan = FaultPlan.draw(11, district(40, 11), asked, PACK)
    assert {each.variant.id for each in plan.planted} == {variant.id for variant in STREET}
    run, journal = rehearsed(40, 11, plan)
    named = plan.detected_by(journal)
    assert len(named) == len(STREET)
    assert [fired for fired, rule in named.items() if not rule] == []
    summary = plan.summary()
    assert summary.planted == summary.fired == summary.detected == asked
    assert summary.missed == ()
    assert summary.idle == ()
    assert run.cast.false_blocks == 0
    assert run.cast.given_up == []


def test_nothing_planted_nothing_named() -> None:
    plan = FaultPlan.none()
    run, journal = rehearsed(4, 12, plan)
    assert plan.detected_by(journal) == {}
    assert run.cast.counts.refused == 0
    assert plan.summary().planted == {}


def test_detection_wants_the_rule_at_the_gate_of_the_fault() -> None:
    units = district(2, 13)
    first = next(iter(units)).id
    plan = FaultPlan.of([(first, "F5.party")])
    _, journal = rehearsed(2, 13, plan)
    elsewhere = FaultPlan.of([(first, "F5.residents")])
    elsewhere.fire(elsewhere.planted[0], "residents.poll", journal[0].at)
    assert set(plan.detected_by(journal).values()) == {"P10"}
    assert set(elsewhere.detected_by(journal).values()) == {""}
    assert len(elsewhere.summary().missed) == 1
