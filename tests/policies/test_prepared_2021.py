"""The plan of preparation in detail: its own steps come from the named parts of the source, the rest is the street's plan."""

import pytest

from console.packs import open_pack, pack_text
from policies.calendar import national_calendar
from policies.lint import lint
from policies.pack.load import PackError, load_pack
from policies.pack.schema import MISSING, Act, Body, BodyId, Pack, Step
from policies.rules import load


def opened(name: str) -> Pack:
    pack = open_pack(name)
    assert isinstance(pack, Pack), pack
    return pack


PLAN, STREET = opened("prepared-2021"), opened("street-2021")
STEPS = {step.id: step for body in PLAN.bodies for step in body.steps}
ADDED = {"party.roll", "residents.committee_training"}
OUR_OWN = {"asks": None, "rules": (), "after": ()}


def bare(body: Body) -> list[Step]:
    """A body's steps without what this plan adds to them."""
    return [step.model_copy(update=OUR_OWN) for step in body.steps if step.id not in ADDED]


@pytest.mark.parametrize("body", [BodyId.PARTY, BodyId.RESIDENTS, BodyId.SUPERVISORY])
def test_the_three_bodies_are_the_streets(body: BodyId) -> None:
    """Word for word: a correction of one plan that the other does not get fails here."""
    assert bare(PLAN.body(body)) == bare(STREET.body(body))
    heads = {"steps": ()}
    assert PLAN.body(body).model_copy(update=heads) == STREET.body(body).model_copy(update=heads)


def test_a_rule_asked_at_a_step_is_named_there() -> None:
    """As for the street's plan; the rules of a village (but for V24) and of the federation are named by their own plans."""
    missing = {
        (rule.id, place)
        for rule in load()
        for place in rule.enforced
        if place in STEPS and rule.id not in STEPS[place].rules
        if rule.id == "V24" or not rule.id.startswith(("V", "W"))
    }
    assert missing == {("P9", "residents.poll")}


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
    text = pack_text("prepared-2021")
    assert old in text
    with pytest.raises(PackError) as refused:
        load_pack(text.replace(old, new), "test")
    assert says in str(refused.value)
