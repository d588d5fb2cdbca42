"""Villages rehearsed whole: clean runs, every fault named by its rule, pairs of them, the same journal everywhere, no secrets."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import pytest

from console.packs import bundled_packs, calendar_of, open_pack
from policies.pack.schema import BodyId, Condition, Pack
from simulation.actors import Cast
from simulation.campaign.request import Campaign, unfit
from simulation.campaign.run import run
from simulation.checker import Invariant
from simulation.faults import FAULTS, FaultPlan, parse_faults, variants_of
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from tests.simulation.rehearsing import Record, check, driven
from workflows.setting import install

ROOT = Path(__file__).parents[2]
PARAMETERS = load()


def village_plan() -> Pack:
    """The model plan for villages that comes with the product."""
    pack = open_pack("village-2025")
    assert isinstance(pack, Pack)
    return pack


PACK = village_plan()
SETTING = install(PACK, calendar_of(PACK))


def rehearsed(units: int, seed: int, plan: FaultPlan | None = None) -> tuple[Cast, list[Record]]:
    """A county driven to its end, with the journal's records as a file would hold them."""
    found = synthesize_district(seed, 1, units, PARAMETERS, pack=PACK, setting=SETTING.hash)
    return driven(SETTING, found, PARAMETERS, seed, plan or FaultPlan.none())


@pytest.fixture(scope="module")
def clean() -> tuple[Cast, list[Record]]:
    return rehearsed(6, 5)


def planted(pairs: list[tuple[str, str]], seed: int = 11) -> tuple[FaultPlan, Cast, list[Record]]:
    plan = FaultPlan.of(pairs)
    cast, records = rehearsed(len({unit for unit, _ in pairs}), seed, plan)
    return plan, cast, records


# ---------------------------------------------------------------- a clean county


def test_the_plan_can_be_rehearsed() -> None:
    assert unfit(PACK, calendar_of(PACK)) == []


def test_a_clean_county_is_neither_blocked_nor_found_wrong(clean: tuple[Cast, list[Record]]) -> None:
    cast, records = clean
    assert [(block.gate, block.messages) for block in cast.blocks] == []
    assert cast.given_up == []
    report = check(records)
    assert [str(violation) for violation in report.violations] == []
    assert report.units == 6
    assert report.completed + report.held == 6
    assert report.completed > 0


def test_every_numbered_announcement_is_decided_in_every_village(clean: tuple[Cast, list[Record]]) -> None:
    """The plan's own list of steps, not the checker's: whatever is not conditional was decided in each completed unit."""
    _, records = clean
    completed = {r["unit"] for r in records if r["fact"]["kind"] == "unit_closed" and r["fact"].get("completed_on")}
    wanted = {step.id for step in PACK.body(BodyId.RESIDENTS).steps if step.condition is Condition.ALWAYS}
    assert len(wanted) > 20
    for unit in completed:
        decided = {
            r["fact"]["gate"].partition("#")[0] for r in records if r["unit"] == unit and r["fact"]["kind"] == "decided"
        }
        assert wanted <= decided, unit


def test_the_vote_is_counts_and_the_names_the_law_publishes(clean: tuple[Cast, list[Record]]) -> None:
    """No voter's id stands beside a result form, and none of the voters named for a proxy or a box stands anywhere else."""
    _, records = clean
    for record in records:
        text = json.dumps(record["fact"], ensure_ascii=False)
        form = record["fact"].get("form", {})
        if "-V0" in text and record["fact"]["kind"] == "decided":
            assert form["kind"] in ("registered", "objection_answered", "proxies_listed", "boxes_listed")
        if form.get("kind") == "counted":
            assert "-V0" not in text
            assert all(set(box) == {"box", "form"} for box in form.get("boxes", ()))


def test_no_form_says_how_a_small_box_voted(clean: tuple[Cast, list[Record]]) -> None:
    """Thirty ballots written out here. Roving boxes are small by the drawn figures, so there is something to see."""
    _, records = clean
    polls = [r["fact"]["form"] for r in records if r["fact"].get("form", {}).get("kind") == "counted"]
    polls = [form for form in polls if form.get("boxes")]
    assert any(form.get("mixed") for form in polls)
    for form in polls:
        counts = counts_of(form)
        assert len(counts) == 1 or all(sheet["ballots"]["collected"] >= 30 for sheet in counts)
        for box in form["boxes"]:
            if box["form"] not in counts:
                assert set(box["form"]) == {"present", "issued", "collected"}
        mixed = [box["form"]["collected"] for box in form["boxes"] if box["form"] not in counts]
        assert sum(mixed) == (form["mixed"]["ballots"]["collected"] if mixed else 0)


def test_the_journal_is_the_same_in_another_process_under_another_hash_seed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from simulation.campaign.run import run;"
        "from tests.simulation.test_villages import campaign; run(campaign(), Path(sys.argv[1]))"
    )
    run(campaign(), tmp_path / "here.jsonl")
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there.jsonl")], check=True, env=environment, cwd=ROOT)
    assert (tmp_path / "here.jsonl").read_bytes() == (tmp_path / "there.jsonl").read_bytes()


def campaign() -> Campaign:
    """Two villages with a pair of faults in one of them."""
    return Campaign(PACK, calendar_of(PACK), PARAMETERS, 2, 11, {"F3+F5": 1})


@pytest.mark.parametrize("name", bundled_packs())
def test_every_plan_that_comes_with_the_product_rehearses_clean(name: str, tmp_path: Path) -> None:
    pack = open_pack(name)
    assert isinstance(pack, Pack)
    done = run(Campaign(pack, calendar_of(pack), PARAMETERS, 2, 5), tmp_path / "journal.jsonl")
    assert [str(violation) for violation in done.report.violations] == []
    assert [block for part in done.parts for block in part.false_blocks] == []
    assert done.digest.completed + done.digest.held == 2


# ---------------------------------------------------------------- faults


def test_every_variant_is_named_by_its_rule_even_beside_others() -> None:
    """Fifty and more variants over twenty villages: two and more in each, all named, nothing honest refused."""
    seed, units = 11, 20
    county = synthesize_district(seed, 1, units, PARAMETERS, pack=PACK, setting=SETTING.hash)
    asked = {code: len(variants_of(code, PACK)) for code in FAULTS}
    plan = FaultPlan.draw(seed, tuple(county), asked, PACK)
    assert {each.variant.id for each in plan.planted} == {one.id for code in FAULTS for one in variants_of(code, PACK)}
    cast, records = rehearsed(units, seed, plan)
    summary = plan.summary()
    assert [(fired.variant, fired.unit) for fired in summary.missed] == []
    assert summary.idle == ()
    assert summary.planted == summary.fired == summary.detected == asked
    assert [(block.gate, block.messages) for block in cast.blocks] == []
    assert cast.given_up == []
    assert [str(violation) for violation in check(records).violations] == []


def test_pairs_are_planted_in_one_unit_and_named_each_by_its_own_rule() -> None:
    requested, problems, refused = parse_faults(["F10+F2=1", "f3+f5=2"], PACK)
    assert (requested, problems, refused) == ({"F3+F5": 2, "F10+F2": 1}, [], {})
    county = synthesize_district(3, 1, 8, PARAMETERS, pack=PACK, setting=SETTING.hash)
    plan = FaultPlan.draw(3, tuple(county), {"F3+F5": 2}, PACK)
    by_unit: dict[str, list[str]] = {}
    for each in plan.planted:
        by_unit.setdefault(each.unit, []).append(each.variant.code)
    assert list(by_unit.values()) == [["F3", "F5"]] * 2
    steps = [(each.unit, each.variant.step) for each in plan.planted]
    assert len(set(steps)) == len(steps)


@pytest.mark.parametrize("asked", ["F3+=1", "F3+F99=1", "+F3=1"])
def test_a_pair_of_unknown_faults_is_refused(asked: str) -> None:
    requested, problems, _ = parse_faults([asked], PACK)
    assert requested == {}
    assert len(problems) == 1
    assert "不认识的差错代码" in problems[0]


# ---------------------------------------------------------------- the checker's own eyes


def form_of(records: list[Record], gate: str) -> Record:
    """The form with which this gate was decided in the first village that completed without a further round of it."""
    found: Record = next(
        r["fact"]["form"] for r in records if r["fact"]["kind"] == "decided" and r["fact"]["gate"] == gate
    )
    return found


def first_box(records: list[Record]) -> Record:
    found: Record = form_of(records, "residents.poll")["boxes"][0]["form"]
    return found


def counts_of(form: Record) -> list[Record]:
    """Every count of a poll that says how votes fell: the boxes' own and the common one."""
    sheets = [box["form"] for box in form["boxes"]] + [form.get("mixed") or {}]
    return [sheet for sheet in sheets if sheet.get("candidates")]


def _posted_late(records: list[Record]) -> None:
    held = date.fromisoformat(form_of(records, "residents.poll")["held_on"])
    form_of(records, "residents.voters_list")["posted_on"] = (held - timedelta(days=19)).isoformat()


def _listed_late(records: list[Record]) -> None:
    held = date.fromisoformat(form_of(records, "residents.poll")["held_on"])
    form_of(records, "residents.list")["posted_on"] = (held - timedelta(days=4)).isoformat()


def _four_in_one_hand(records: list[Record]) -> None:
    proxies = form_of(records, "residents.proxies")["proxies"]
    for proxy in proxies[:4]:
        proxy["holder"] = proxies[0]["holder"]


def _minor(records: list[Record]) -> None:
    form = next(
        r["fact"]["form"]
        for r in records
        if r["fact"]["kind"] == "decided" and r["fact"]["form"]["kind"] == "registered" and r["fact"]["form"]["entries"]
    )
    form["entries"][0]["born"] = "2009-01-01"


def _two_monitors(records: list[Record]) -> None:
    form = next(
        r["fact"]["form"]
        for r in records
        if r["fact"]["kind"] == "decided"
        and r["fact"]["form"].get("kind") == "boxes_listed"
        and r["fact"]["form"].get("boxes")
    )
    form["boxes"][0]["monitors"] = form["boxes"][0]["monitors"][:2]


def _choice_beside_a_proxy(records: list[Record]) -> None:
    form_of(records, "residents.proxies")["proxies"][0]["for"] = "甲"


def _margin_gone(records: list[Record]) -> None:
    form = form_of(records, "residents.candidates")
    form["names"] = form["names"][1:]


def _one_more_in_the_box(records: list[Record]) -> None:
    box = first_box(records)
    box.get("ballots", box)["collected"] += 1


def _roll_smaller(records: list[Record]) -> None:
    form_of(records, "residents.poll")["form"]["roll"] -= 1


def _vote_moved(records: list[Record]) -> None:
    counts_of(form_of(records, "residents.poll"))[0]["candidates"][0]["votes"] -= 1


def _loser_declared(records: list[Record]) -> None:
    form = form_of(records, "residents.poll")
    names = [one["name"] for one in form["form"]["candidates"]]
    form["declared"] = [next(name for name in names if name not in form["declared"]), *form["declared"][1:]]


def mixed_poll(records: list[Record]) -> Record:
    found: Record = next(
        r["fact"]["form"] for r in records if r["fact"]["kind"] == "decided" and r["fact"]["form"].get("mixed")
    )
    return found


def _small_box_counted(records: list[Record]) -> None:
    """The last box states its votes; papers and sums stay right."""
    form = mixed_poll(records)
    mixed, box = form["mixed"], form["boxes"][-1]
    papers = box["form"]
    none = {"valid": papers["collected"], "invalid": 0, "blank": papers["collected"]}
    for figure in ("present", "roll"):
        mixed[figure] -= papers["present"]
    for figure, number in {"issued": papers["issued"], "collected": papers["collected"], **none}.items():
        mixed["ballots"][figure] -= number
    box["form"] = {
        **mixed,
        "present": papers["present"],
        "roll": papers["present"],
        "ballots": {"issued": papers["issued"], "collected": papers["collected"], **none},
        "candidates": [{**one, "votes": 0} for one in mixed["candidates"]],
    }


def _ballot_lost_in_mixing(records: list[Record]) -> None:
    form = mixed_poll(records)
    form["boxes"][-1]["form"]["collected"] -= 1


def _split_beside_the_papers(records: list[Record]) -> None:
    box = mixed_poll(records)["boxes"][-1]["form"]
    box["valid"] = box["collected"]


def _list_figure_wrong(records: list[Record]) -> None:
    form_of(records, "residents.objections")["voters"] += 1


def _handed_over_late(records: list[Record]) -> None:
    held = date.fromisoformat(form_of(records, "residents.poll")["held_on"])
    form_of(records, "residents.handover")["completed_on"] = (held + timedelta(days=45)).isoformat()


def _few_women(records: list[Record]) -> None:
    form_of(records, "residents.representatives")["women"] = 1


MUTATIONS: list[tuple[str, Callable[[list[Record]], None], Invariant, str]] = [
    ("list nineteen days before", _posted_late, Invariant.DAYS, "V6"),
    ("candidates four days before", _listed_late, Invariant.DAYS, "V9"),
    ("four proxies in one hand", _four_in_one_hand, Invariant.MAJORITY, "V11"),
    ("a minor on the roll", _minor, Invariant.BALLOTS, "V5"),
    ("a roving box with two monitors", _two_monitors, Invariant.MAJORITY, "V12"),
    ("a choice beside a proxy", _choice_beside_a_proxy, Invariant.SECRECY, "V10"),
    ("no margin for the chair", _margin_gone, Invariant.SEATS, "V8"),
    ("a ballot more in one box", _one_more_in_the_box, Invariant.BALLOTS, "V10"),
    ("the roll written down", _roll_smaller, Invariant.BALLOTS, "denominator"),
    ("boxes that do not add up", _vote_moved, Invariant.BALLOTS, "V10"),
    ("a small box counted by itself", _small_box_counted, Invariant.SECRECY, "V10"),
    ("valid ballots of a small box", _split_beside_the_papers, Invariant.SECRECY, "V10"),
    ("a ballot lost in mixing", _ballot_lost_in_mixing, Invariant.BALLOTS, "V10"),
    ("a loser declared", _loser_declared, Invariant.MAJORITY, "V17"),
    ("a corrected list that does not add up", _list_figure_wrong, Invariant.BALLOTS, "denominator"),
    ("handover after the tenth day", _handed_over_late, Invariant.DAYS, "V23"),
    ("too few women among the delegates", _few_women, Invariant.SEATS, "V26"),
]


@pytest.mark.parametrize(
    ("mutate", "invariant", "rule"), [each[1:] for each in MUTATIONS], ids=[m[0] for m in MUTATIONS]
)
def test_the_checker_sees_what_the_journal_must_not_say(
    clean: tuple[Cast, list[Record]], mutate: Callable[[list[Record]], None], invariant: Invariant, rule: str
) -> None:
    records = deepcopy(clean[1])
    mutate(records)
    assert (invariant, rule) in {(violation.invariant, violation.rule) for violation in check(records).violations}


def test_a_voter_on_two_villages_rolls_is_seen_over_the_county(clean: tuple[Cast, list[Record]]) -> None:
    """Neither village's own form says so: the checker compares the rolls of the whole county."""
    records = deepcopy(clean[1])
    forms = [
        r["fact"]["form"]
        for r in records
        if r["fact"]["kind"] == "decided" and r["fact"]["form"]["kind"] == "registered" and r["fact"]["form"]["entries"]
    ]
    assert len(forms) > 1
    forms[1]["entries"][0]["person"] = forms[0]["entries"][0]["person"]
    found = [violation for violation in check(records).violations if violation.rule == "V4"]
    assert len(found) == 1
    assert "同时登记" in found[0].message


def test_a_run_off_winner_below_a_third_is_seen() -> None:
    """The further vote is planted; its honest form is then written down to less than a third of the ballots cast."""
    county = synthesize_district(11, 1, 1, PARAMETERS, pack=PACK, setting=SETTING.hash)
    unit = next(iter(county)).id
    plan, _, records = planted([(unit, "F7.village_third")])
    assert plan.summary().detected == {"F7": 1}
    assert check(records).broken == 0
    form = form_of(records, "residents.runoff")
    cast = form["form"]["ballots"]["collected"]
    winner = next(one for one in form["form"]["candidates"] if one["name"] in form["declared"])
    taken = winner["votes"] - (-(-cast // 3) - 1)
    winner["votes"] -= taken
    for sheet in counts_of(form):
        one = next(x for x in sheet["candidates"] if x["name"] == winner["name"])
        here = min(taken, one["votes"])
        one["votes"] -= here
        taken -= here
    assert "V19" in {violation.rule for violation in check(records).violations}
