"""Packs that build on packs and on layers of law: what they come to, and every mistake at its own line."""

import json

import pytest

from console.packs import source_text
from policies.law.layer import Level
from policies.pack.identity import content_hash, self_contained
from policies.pack.load import PackError, load_layer, load_pack
from policies.pack.schema import Absolute, BodyId
from tests.policies.law_under_test import BASE_2018, LAYERS, Shelf, loaded, overlay
from tests.policies.packs_under_test import STREET, pack

STREET_HASH = "d67c11c6422a873589f3aaf6febff46e19e006472466936714234720a612e5c9"
"""Of the street plan as it was before packs could be composed: elections run under it."""


def problems(text: str, **packs: str) -> list[str]:
    """All that is wrong with it, in reading order."""
    with pytest.raises(PackError) as refused:
        loaded(text, **packs)
    return [str(problem) for problem in refused.value.problems]


def test_a_pack_without_layers_is_what_it_was() -> None:
    """The hash of the street plan has not moved, and nothing binds it that it does not say."""
    street = pack(STREET)
    assert content_hash(street) == STREET_HASH
    assert street.layers == ()
    assert street.norms.model_dump(exclude_none=True) == {}


def test_an_overlay_keeps_what_it_does_not_change() -> None:
    """Steps changed key by key, ballots too; a new step stands where it is written; a dropped one is gone."""
    mine = loaded(
        overlay(
            """
drops: [residents.review]
extra_gates: []
bodies:
  - id: residents
    title: 我的居委会
    steps:
      - { id: residents.nomination, window: { from: 2021-04-18, to: 2021-04-20 } }
      - id: residents.check
        number: "3.5"
        title: 核对
        text: 核对。
        act: record
        actor: election_committee
        window: { from: 2021-04-21, to: 2021-04-22 }
        after: [residents.nomination]
      - { id: residents.list, after: [residents.check] }
      - id: residents.poll
        ballot: { tie: 抽签以外的办法 }
"""
        )
    )
    base = loaded(BASE_2018)
    ids = [step.id for step in mine.bodies[0].steps]
    expected = [step.id for step in base.bodies[0].steps]
    expected[expected.index("residents.review")] = "residents.check"
    assert ids == expected
    assert mine.id == "mine"
    assert mine.bodies[0].title == "我的居委会"
    assert isinstance(mine.step("residents.nomination").window, Absolute)
    assert mine.step("residents.nomination").text == base.step("residents.nomination").text
    changed, before = mine.step("residents.poll").ballot, base.step("residents.poll").ballot
    assert changed is not None
    assert before is not None
    assert changed.tie == "抽签以外的办法"
    assert changed.quorum == before.quorum
    assert mine.resolutions == base.resolutions


def test_layers_bring_the_floor_with_them() -> None:
    """Naming a province is enough: the nation of the poll's date stands under it."""
    mine = loaded(overlay("layers: [henan-2020]\n"))
    assert [layer.id for layer in mine.layers] == ["henan-2020", "nation-2018-community"]
    assert mine.norms.members_max == 7
    assert mine.norms.term_years == 5


def test_a_county_writes_its_own_clauses() -> None:
    """They become a layer with the plan's name; a pack that extends it speaks for one election."""
    county = overlay(
        "clauses: { candidate_list_days: { value: 6, quote: 六日前张榜, article: 三（二） } }\n", name="county"
    )
    mine = loaded(county)
    assert [layer.level for layer in mine.layers] == [Level.COUNTY, Level.NATION]
    assert mine.composition.binding["candidate_list_days"].article == "三（二）"
    election = overlay(
        "clauses: { candidate_list_days: { value: 7, quote: 七日前张榜 } }\n", extends="county", name="election"
    )
    both = loaded(election, county=county)
    assert [layer.level for layer in both.layers] == [Level.COUNTY, Level.NATION, Level.ELECTION]
    assert both.norms.candidate_list_days == 7


def test_norms_fill_what_the_law_leaves_open_and_give_way_where_it_speaks() -> None:
    """A template's own choice yields to the province of a pack that extends it."""
    base = BASE_2018.replace("bodies:\n", "norms: { members_max: 9, candidate_list_days: 6 }\nbodies:\n", 1)
    mine = loaded(overlay("layers: [henan-2020]\n"), base=base)
    assert mine.norms.candidate_list_days == 6
    assert mine.norms.members_max == 7


def test_norms_written_against_the_law_are_refused() -> None:
    """In the text that names the layers, at their line, with rule and article; the same value is no contradiction."""
    said = problems(overlay("layers: [henan-2020]\nnorms: { members_max: 9, term_years: 5 }\n"))
    assert len(said) == 1
    assert "第 7 行" in said[0]
    assert "R1 委员会成员至多" in said[0]
    assert "第七条" in said[0]


def test_the_whole_text_reads_back_as_the_same_pack() -> None:
    """An election keeps one text that needs no other file: same pack, same hash, no library."""
    mine = loaded(overlay("layers: [henan-2020]\nclauses: { candidate_list_days: { value: 6, quote: 六日前 } }\n"))
    again = load_pack(self_contained(mine), "registry")
    assert again == mine
    assert content_hash(again) == content_hash(mine)
    assert content_hash(loaded(overlay("layers: [henan-2020]\n"))) != content_hash(mine)


# ---------------------------------------------------------------- refusals


def test_every_weakened_value_is_refused_at_once() -> None:
    """Two values below the law, two lines, rule ids and values in each."""
    said = problems(
        overlay(
            "clauses:\n  members_min: { value: 4, quote: 试 }\n  members_max: { value: 9, quote: 试 }\n"
            "  term_years: { value: 3, quote: 试 }\n"
        )
    )
    assert [one.partition("：")[0] for one in said] == [
        "第 7 行第 3 列（clauses.members_min）",
        "第 9 行第 3 列（clauses.term_years）",
    ]
    assert all("R1 " in one for one in said)
    assert "4 人" in said[0]
    assert "5 人" in said[0]
    assert "3 年" in said[1]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("layers: [henan-2021]\n", "找不到法律层“henan-2021”，是不是“henan-2020”？"),
        ("layers: [zhejiang-2020]\n", "法律层“zhejiang-2020”是村的规定，方案是社区的"),
        ("layers: [nation-2025-community]\n", "属于 2025 年的法律，方案适用 2018 年的法律"),
        ("layers: [nation-2018-community, nation-2025-community]\n", "国家法律只能有一层"),
        ('layers: [henan-2020]\nlaw: "2025"\n', "投票日（2021-05-08）适用 2018 年的法律"),
        ("clauses: { members_mn: { value: 5, quote: 试 } }\n", "不认识的键“members_mn”，是不是“members_min”？"),
        ("clauses: { members_min: { value: five, quote: 试 } }\n", "“five”应为整数"),
        ("clauses: { members_min: { value: 5 } }\n", "缺少必填项“quote”"),
        ("drops: [residents.nothing]\n", "drops 写的“residents.nothing”不是所继承方案的步骤"),
        ("drops: [residents.list]\n", "引用了不存在的步骤“residents.list”"),
        ("bodies: [{ id: residents, steps: [{ id: residents.poll, windw: missing }] }]\n", "不认识的键“windw”"),
        ("layers: henan-2020\n", "应为列表"),
    ],
)
def test_mistakes_are_told_in_chinese(extra: str, expected: str) -> None:
    """One mistake, one problem, its place."""
    assert any(expected in one for one in problems(overlay(extra))), problems(overlay(extra))


def test_what_a_pack_extends_must_be_there_and_sound() -> None:
    """An unknown name, a pack with a mistake of its own, and a circle of packs."""
    assert "找不到所继承的方案“nothing”" in problems(overlay(extends="nothing"))[0]
    broken = problems(overlay(), base=BASE_2018.replace("kind: community", "kind: town"))
    assert "所继承的方案“base”不能用" in broken[0]
    assert "town" in broken[0]
    circle = problems(overlay(extends="base"), base=overlay(extends="base", name="base"))
    assert any("找不到所继承的方案“base”" in one for one in circle)


def test_an_overlay_has_a_name_of_its_own() -> None:
    """Id, version, title and source are never taken over."""
    said = problems("extends: base\n")
    assert [field for field in ("id", "version", "title", "source") if any(f"“{field}”" in one for one in said)] == [
        "id",
        "version",
        "title",
        "source",
    ]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_checked_as_packs_are(name: str) -> None:
    """A wrong type and an unknown norm: both at their lines."""
    text = Shelf().layer(name)
    assert text is not None
    broken = text.replace("term_years: { value: 5", "term_years: { value: 五", 1).replace(
        "  voting_age:", "  voting_aeg:", 1
    )
    broken = broken.replace("term_years: { value: 3", "term_years: { value: 五", 1)
    with pytest.raises(PackError) as refused:
        load_layer(broken, name)
    lines = {str(problem).partition("：")[2] for problem in refused.value.problems}
    assert "“五”应为整数" in lines
    assert any("不认识的键“voting_aeg”，是不是“voting_age”？" in line for line in lines)
    assert len(lines) == 2
    assert all(problem.line > 1 for problem in refused.value.problems)


# ---------------------------------------------------------------- parts that packs include

PART = """
title: 附则
source: 《附则》
drops: [residents.review, residents.unheard_of]
bodies:
  - id: residents
    steps:
      - { id: residents.first, number: "4.1", title: 甲, text: 甲。, act: record, actor: election_committee, window: missing, after: [residents.nomination] }
      - { id: residents.second, number: "4.2", title: 乙, text: 乙。, act: record, actor: election_committee, window: missing, after: [residents.nomination] }
      - { id: residents.list, after: [residents.first, residents.second], rules: [Z9, R4] }
"""
"""In place of the street's review: two steps, and one rule more at the list."""
INCLUDED = "includes: [part]\n"


def test_a_part_is_laid_between_the_base_and_the_packs_own_words() -> None:
    """What it drops is gone, its steps stand as written, its rules are asked beside the step's own; the pack speaks last."""
    own = "bodies: [{ id: residents, steps: [{ id: residents.first, window: { to: 2021-04-22 } }] }]\n"
    mine, base = loaded(overlay(INCLUDED + own), part=PART), loaded(BASE_2018)
    ids = [step.id for step in base.bodies[0].steps]
    place = ids.index("residents.review")
    ids[place : place + 1] = ["residents.first", "residents.second"]
    assert [step.id for step in mine.bodies[0].steps] == ids
    assert (mine.id, mine.title) == ("mine", "我的方案")
    assert mine.step("residents.list").rules == ("R4", "Z9")
    assert isinstance(mine.step("residents.first").window, Absolute)
    assert mine.step("residents.second").window == "missing"
    assert mine.step("residents.poll") == base.step("residents.poll")
    assert load_pack(self_contained(mine), "registry") == mine


def test_an_entry_takes_the_place_of_the_inherited_one_that_it_answers() -> None:
    """A gate under the same id, a decision on the same question; others are added behind."""
    mine = loaded(
        overlay(
            "extra_gates: [{ id: residents.extra_check, title: 我的关口, actor: street_committee, after: residents.list, text: 试。 }]\n"
            "resolutions:\n"
            "  - { rule: T9, step: residents.poll, decision: 我的决定, decided_by: 我 }\n"
            "  - { rule: T4, step: residents.poll, decision: 另一个, decided_by: 我 }\n"
        )
    )
    assert [(gate.id, gate.before, gate.after) for gate in mine.extra_gates] == [
        ("residents.extra_check", None, "residents.list")
    ]
    assert [one.decision for one in mine.resolutions] == ["我的决定", "另一个"]


def test_what_is_dropped_takes_its_decisions_along() -> None:
    """A gate can be dropped as a step can; what was decided of a dropped step is not left dangling."""
    base = BASE_2018 + "  - { rule: T4, step: residents.review, decision: 试, decided_by: 试 }\n"
    dropped = "drops: [residents.review, residents.extra_check]\nbodies: [{ id: residents, steps: [{ id: residents.list, after: [residents.nomination] }] }]\n"
    assert [one.step for one in loaded(overlay(), base=base).resolutions] == ["residents.poll", "residents.review"]
    mine = loaded(overlay(dropped), base=base)
    assert [one.step for one in mine.resolutions] == ["residents.poll"]
    assert mine.extra_gates == ()


@pytest.mark.parametrize(
    ("extra", "part", "expected"),
    [
        ("includes: [prat]\n", PART, "找不到并入的部分“prat”，是不是“part”？"),
        ("includes: part\n", PART, "includes 应为列表"),
        (INCLUDED, PART + "layers: [henan-2020]\nextends: base\n", "并入的部分不能写“extends”"),
        (INCLUDED, PART.replace("title: 附则", "title: 附则\ntitle: 附则"), "键“title”重复"),
        (INCLUDED, PART.replace("act: record, actor", "act: recrod, actor", 1), "“recrod”不在允许的值之内"),
        (
            INCLUDED,
            PART.replace("drops: [residents.review", "drops: [residents.list"),
            "要改“residents.list”，所继承的方案没有",
        ),
        (INCLUDED, "bodies: { id: residents }\n", "bodies）：应为列表"),
        (INCLUDED, "bodies: [{ id: residents, steps: [residents.poll] }]\n", "steps）：应为列表"),
        (INCLUDED + "drops: [{ id: residents.poll }]\n", "bodies: [{ id: new }]\n", "不是所继承方案的步骤"),
        (INCLUDED, PART.replace("- id: residents\n", "- id: party\n"), "要改“party”，所继承的方案没有"),
    ],
)
def test_mistakes_with_parts_are_told(extra: str, part: str, expected: str) -> None:
    """A name that is not there, what a part must not say, and what it comes to in the pack."""
    said = problems(overlay(extra), part=part)
    assert any(expected in one for one in said), said


def test_a_part_alone_is_no_pack() -> None:
    """Nothing is included where nothing is extended: a plan written out whole says everything itself."""
    said = problems(BASE_2018 + INCLUDED, part=PART)
    assert any("includes 须与 extends 同写" in one for one in said), said


def test_a_by_election_is_voted_on_as_the_committee_was_elected() -> None:
    """R25-24: a plan whose by-election goes by households where delegates elected is refused, at the line of its mode."""
    text = source_text("community-2025")
    plan = json.loads(text)
    (poll,) = (step for body in plan["bodies"] for step in body["steps"] if step["id"] == "byelection.poll")
    poll["ballot"]["mode"] = "households"
    with pytest.raises(PackError) as refused:
        load_pack(json.dumps(plan, ensure_ascii=False), "community-2025")
    assert [one.message for one in refused.value.problems] == [
        "补选按产生时的方式投票：residents.poll 是 representatives，这里是 households"
    ]
    assert load_pack(text, "community-2025").body(BodyId.BY_ELECTION).steps
