"""Preparation in detail: one part, its steps from the named parts of the source, and the plans that include it."""

import re
from pathlib import Path

import pytest

from console.packs import Bundled, calendar_of, open_pack, pack_text
from policies.calendar import national_calendar
from policies.lint import lint
from policies.lint.live import live_obstacles
from policies.pack.identity import content_hash
from policies.pack.load import PackError, load_pack
from policies.pack.schema import MISSING, Act, BodyId, Pack
from policies.rules import load
from policies.timetable import timetable


def opened(name: str) -> Pack:
    pack = open_pack(name)
    assert isinstance(pack, Pack), pack
    return pack


PREPARED = ("prepared-2021", "village-prepared", "community-prepared")
"""The plans that include the part."""
PLAN = opened("prepared-2021")
STEPS = {step.id: step for body in PLAN.bodies for step in body.steps}
PART = STEPS.keys() - {step.id for body in opened("street-2021").bodies for step in body.steps}
"""The steps that the part adds."""
WRITTEN_OUT = "6485d9e746fd0b9724cf2721602dc9a5128fa29382f2f711c5a6ff85ae1b7a92"
"""Of this plan as it was when its text still repeated the street's, its decisions sorted by rule and step."""


def test_the_plan_is_what_it_was_when_it_was_written_out() -> None:
    """Every field of it, but for the order in which its decisions stand."""
    decisions = sorted(PLAN.resolutions, key=lambda one: (one.rule, one.step, one.finding or "", one.decision))
    assert content_hash(PLAN.model_copy(update={"resolutions": tuple(decisions)})) == WRITTEN_OUT


def unnamed(plan: Pack) -> set[tuple[str, str]]:
    """Rules that the book says are asked at a step, and the step does not name; those of a village but V24 are left out."""
    steps = {step.id: step for body in plan.bodies for step in body.steps}
    asked = [rule for rule in load() if rule.id == "V24" or not rule.id.startswith(("V", "W"))]
    return {
        (rule.id, place)
        for rule in asked
        for place in rule.enforced
        if place in steps and rule.id not in steps[place].rules
    }


def test_a_rule_asked_at_a_step_is_named_there() -> None:
    """As for the street's plan."""
    assert unnamed(PLAN) == {("P9", "residents.poll")}


@pytest.mark.parametrize("name", PREPARED)
def test_the_rules_of_preparation_are_named_where_they_are_asked(name: str) -> None:
    """Z1–Z13, and the rules that the part asks beside them, whatever else the plan it is included in leaves unsaid."""
    here = {(rule, place) for rule, place in unnamed(opened(name)) if rule.startswith("Z")}
    beside = {(rule, place) for rule, place in unnamed(opened(name)) if rule in ("V24", "X4", "X5", "P3", "S1")}
    assert here | beside == set()


@pytest.mark.parametrize("name", PREPARED)
def test_every_plan_has_the_whole_part_in_the_same_words(name: str) -> None:
    """Dates and numbers are the plan's own, and what a village calls its committee; the order is that of the procedure."""
    plan = opened(name)
    steps = {step.id: step for body in plan.bodies for step in body.steps}
    own = {"window": MISSING, "asks": None}
    for step_id in PART:
        mine, theirs = (one.model_copy(update=own) for one in (steps[step_id], STEPS[step_id]))
        if (name, step_id) != ("village-prepared", "residents.committee_training"):
            assert mine == theirs
    prepared = [step.id for step in plan.body(BodyId.PREPARATION).steps]
    assert prepared == [step.id for step in PLAN.body(BodyId.PREPARATION).steps]
    assert "prep.rectification" not in prepared
    assert plan.extra_gates == PLAN.extra_gates


@pytest.mark.parametrize(
    ("name", "base"), [("village-prepared", "village-2025"), ("community-prepared", "community-2025")]
)
def test_a_plan_of_today_is_the_model_with_the_part(name: str, base: str) -> None:
    """Every other step is the model's, but for who waits for what, the rules and rows of a vetting, and one day more."""
    plan, model = opened(name), opened(base)
    touched = {"prep.training", "prep.audit", "party.meeting", "party.plenary", "supervisory.nomination"}
    touched |= {f"{body}.joint_vetting" for body in ("party", "residents", "supervisory", "byelection")}
    for body in model.bodies:
        for step in body.steps:
            if step.id not in touched | {"prep.rectification"}:
                assert plan.step(step.id) == step
            elif step.id in touched:
                assert set(step.rules) <= set(plan.step(step.id).rules)
    assert plan.layers == model.layers
    assert plan.norms == model.norms


@pytest.mark.parametrize(
    ("name", "base"), [("village-prepared", "village-2025"), ("community-prepared", "community-2025")]
)
def test_a_plan_of_today_leaves_nothing_open_that_its_model_does_not(name: str, base: str) -> None:
    """No date or number of the part is missing, so that a county can use it live as it can the model; its days can be kept."""
    plan, model = opened(name), opened(base)
    assert [one.value for one in live_obstacles(plan)] == [one.value for one in live_obstacles(model)]
    assert timetable(plan, calendar_of(plan)).findings == ()


@pytest.mark.parametrize("name", PREPARED)
@pytest.mark.parametrize("body", ["party", "residents", "supervisory"])
def test_every_vetting_asks_a_row_of_each_department(name: str, body: str) -> None:
    """Z9: the four that the source names."""
    vetting = opened(name).step(f"{body}.joint_vetting")
    assert vetting.asks is not None
    assert vetting.asks.departments == ("组织部", "纪检监察", "综治维稳", "公安")
    assert "Z9" in vetting.rules


def test_numbers_that_the_source_leaves_out_are_missing() -> None:
    """「*名以上」 and 「x月底前」 are not guessed."""
    reserves, cleanup = STEPS["prep.reserves"].asks, STEPS["prep.cleanup"].asks
    assert reserves is not None
    assert reserves.at_least == MISSING
    assert cleanup is not None
    assert {action.by for action in cleanup.actions} == {MISSING}


def test_names_that_the_source_gives() -> None:
    """Six actions with their leads, seven signatures, six rounds, six supervised links."""
    asks = {step.act: step.asks for step in STEPS.values() if step.asks is not None}
    assert [action.lead for action in asks[Act.CLEANUP].actions] == [
        "联村领导",
        "镇纪委监委",
        "派出所",
        "镇农业公共服务中心",
        "镇综合信息指挥室",
        "镇党建办",
    ]
    assert len(asks[Act.JOINT_SIGNATURES].signed_by) == 7
    assert len(asks[Act.SCREENING].rounds) == 6
    assert [extra.title.removesuffix("环节督导签字") for extra in PLAN.extra_gates] == [
        "组织准备",
        "选民登记",
        "党员大会选举",
        "居（村）民委员会选举",
        "监督委员会选举",
        "总结交接",
    ]
    assert {extra.signed_by for extra in PLAN.extra_gates} == {
        ("县督导组", "乡镇党委书记", "组织委员", "参与竞争人员代表")
    }


def test_every_defect_has_its_decision() -> None:
    assert [one.id for one in lint(PLAN, national_calendar([2020, 2021])) if not one.resolved] == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("          rounds:\n", "          risks: [疫情风险]\n          rounds_:\n", "rounds"),
        (
            "        asks:\n          risks: [信访矛盾风险, 舆论炒作风险, 疫情风险, 宗教势力干扰破坏选举风险]\n",
            "",
            "asks.risks",
        ),
        ("      - id: prep.removal\n", "      - id: prep.removed\n", "prep.removal"),
    ],
)
def test_what_a_form_needs_must_be_said(old: str, new: str, says: str) -> None:
    """A step whose form could not be judged, and a colour whose difficulties nobody would ever inspect."""
    part = Bundled().part("preparation")
    assert part is not None
    assert old in part

    class Altered(Bundled):
        def part(self, name: str) -> str | None:
            return part.replace(old, new) if part and name == "preparation" else super().part(name)

    with pytest.raises(PackError) as refused:
        load_pack(pack_text("prepared-2021"), "test", Altered())
    assert says in str(refused.value)


def test_the_example_of_the_docs_is_a_plan() -> None:
    """A county that leaves the double check out, moves the signed link and asks for two in reserve."""
    page = (Path(__file__).parents[2] / "docs" / "preparation.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```\n(extends: .*?)```", page, re.S)
    mine = load_pack(example, "docs", Bundled())
    steps = {step.id: step for body in mine.bodies for step in body.steps}
    assert steps.keys() == {step.id for body in opened("village-prepared").bodies for step in body.steps} - {
        "prep.double_check"
    }
    reserves = steps["prep.reserves"].asks
    assert reserves is not None
    assert reserves.at_least == 2
    assert {gate.id: gate.after for gate in mine.extra_gates}["prep.supervised"] == "prep.reserves"
    assert len(mine.extra_gates) == 6
    assert timetable(mine, calendar_of(mine)).findings == ()
