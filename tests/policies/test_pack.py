"""The loader refuses everything at once with line numbers, never with another exception; the street pack says what the plan says."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.finding import Severity
from policies.lint import live_obstacles
from policies.pack.identity import content_hash
from policies.pack.load import PackError, Problem, load_pack
from policies.pack.schema import Absolute, BodyId, Condition, PollMode, Role
from tests.policies.packs_under_test import BARE_STREET, EXAMPLE, STREET, changed, pack

STEP_IDS = [
    "prep.institution",
    "prep.survey",
    "prep.rectification",
    "prep.plan",
    "prep.training",
    "prep.audit",
    "party.meeting",
    "party.reply",
    "party.method",
    "party.appraisal",
    "party.recommendation",
    "party.street_review",
    "party.secretary_review",
    "party.joint_vetting",
    "party.standing_committee",
    "party.inspection_list",
    "party.inspection",
    "party.inspection_publicity",
    "party.talks",
    "party.slate",
    "party.publicity",
    "party.slate_approval",
    "party.assembly",
    "party.plenary",
    "party.report",
    "party.result_approval",
    "party.filing",
    "party.appointment",
    "party.archive",
    "party.staffing",
    "residents.election_committee",
    "residents.group_leaders",
    "residents.representatives",
    "residents.registration",
    "residents.nomination",
    "residents.prereview",
    "residents.street_review",
    "residents.joint_vetting",
    "residents.standing_committee",
    "residents.list",
    "residents.poll",
    "residents.announcement",
    "residents.filing",
    "residents.handover",
    "supervisory.nomination",
    "supervisory.prereview",
    "supervisory.street_review",
    "supervisory.joint_vetting",
    "supervisory.standing_committee",
    "supervisory.list",
    "supervisory.vote",
    "supervisory.filing",
    "supervisory.handover",
    "supervisory.board",
]


def refused(text: str) -> PackError:
    """The error with which a text is refused."""
    with pytest.raises(PackError) as caught:
        load_pack(text, "test")
    return caught.value


def line_of(text: str, needle: str) -> int:
    """The line on which `needle` first stands, counted from 1."""
    return text[: text.index(needle)].count("\n") + 1


# ---------------------------------------------------------------- the street plan


def test_the_street_plan_has_every_step_in_the_plans_order() -> None:
    """Workflows bind to these ids."""
    assert [step.id for body in pack(STREET).bodies for step in body.steps] == STEP_IDS


def test_the_street_plan_is_transcribed_literally() -> None:
    """Dates, seats and shares as part four prints them, contradictions included."""
    street = pack(STREET)
    party, residents, supervisory = (street.body(one) for one in list(BodyId)[1:4])
    assert party.heading == Absolute.model_validate({"from": date(2021, 2, 24), "to": date(2021, 4, 9)})
    assert (party.outer_limit, residents.outer_limit, supervisory.outer_limit) == (
        date(2021, 4, 20),
        date(2021, 5, 20),
        date(2021, 5, 20),
    )
    assert party.seats is not None
    assert (party.seats.min, party.seats.max, party.seats.part_time_min, party.seats.part_time_max) == (5, 5, 3, 6)
    assert residents.delegates is not None
    assert (residents.delegates.households_each, residents.delegates.at_least) == (30, 50)
    assert street.eligibility != "missing"
    assert len(street.eligibility.prohibited) == 10
    assert street.step("party.publicity").publicity_days == 5
    poll = street.step("residents.poll").ballot
    assert poll is not None
    assert poll.mode is PollMode.REPRESENTATIVES
    assert poll.quorum != "missing"
    assert poll.majority != "missing"
    assert poll.quorum.inclusive is True
    assert (poll.majority.inclusive, poll.majority.of) == ("missing", "missing")
    assert [route.at_least for route in street.step("residents.nomination").routes] == [10, 5, 2, 1]
    assert street.step("prep.rectification").condition is Condition.DIFFICULT_UNIT
    assert street.step("residents.registration").condition is Condition.EVERY_VOTER
    assert street.step("party.staffing").record_only
    assert all(street.step(one).window == "missing" for one in STEP_IDS if one.startswith("prep."))
    assert set(street.roles) == {role for role in Role if "women" not in role}  # theirs is a plan of its own


def test_resolutions_stand_beside_the_plan_and_change_only_what_is_executed() -> None:
    """The literal window stays 4-26, the executed one begins on 4-28."""
    street = pack(STREET)
    literal, executed = street.step("residents.poll"), street.as_executed().step("residents.poll")
    assert literal.window == Absolute.model_validate({"from": date(2021, 4, 26), "to": date(2021, 4, 30)})
    assert executed.window == Absolute.model_validate({"from": date(2021, 4, 28), "to": date(2021, 4, 30)})
    assert executed.ballot is not None
    assert executed.ballot.quorum != "missing"
    assert executed.ballot.quorum.inclusive is False
    assert executed.gaps[0].clear is True
    assert literal.text == executed.text
    committee = street.as_executed().body(BodyId.RESIDENTS).committee
    assert committee is not None
    assert {trigger.when for trigger in committee.withdrawal} == {"nominated"}
    assert all(resolution.decided_by for resolution in street.resolutions)


def test_a_missing_value_forbids_live_use_and_names_its_path() -> None:
    """Undecided values are errors, those a resolution supplies warnings to confirm."""
    bare = {str(one.value): one for one in live_obstacles(pack(BARE_STREET))}
    assert bare["prep.survey.window"].severity is Severity.ERROR
    assert bare["eligibility.retirement.male"].severity is Severity.ERROR
    assert bare["residents.poll.ballot.majority.of"].severity is Severity.ERROR
    decided = {str(one.value): one for one in live_obstacles(pack(STREET))}
    assert decided["prep.survey.window"].severity is Severity.WARNING
    assert decided["eligibility.retirement.male"].severity is Severity.ERROR
    assert set(bare) == set(decided)


def test_unknown_ids_raise_key_error() -> None:
    """Both lookups say which id is unknown."""
    with pytest.raises(KeyError, match=r"residents\.pol"):
        pack(STREET).step("residents.pol")
    with pytest.raises(KeyError):
        pack(EXAMPLE).body(BodyId.PARTY)


# ---------------------------------------------------------------- content hash


def test_comments_and_spacing_do_not_change_the_hash_and_any_value_does() -> None:
    """The hash identifies what an election ran under."""
    plain = content_hash(pack(EXAMPLE))
    assert content_hash(pack("# 说明\n\n" + EXAMPLE.replace("{ text: ", "{   text:   "))) == plain
    assert content_hash(pack(EXAMPLE, ("at_least: 50", "at_least: 51"))) != plain
    assert content_hash(pack(EXAMPLE, ("月上旬，", "月上旬,"))) != plain


def test_the_order_of_keys_does_not_change_the_hash() -> None:
    """JSON is YAML, so the same pack with its keys sorted and reversed must hash alike."""
    street = pack(STREET)
    data = street.model_dump(mode="json", by_alias=True, exclude_none=True)
    backwards = json.dumps(dict(reversed(list(data.items()))), ensure_ascii=False)
    assert content_hash(load_pack(backwards, "json")) == content_hash(street)


# ---------------------------------------------------------------- refusals


def test_every_problem_is_reported_at_once_in_reading_order() -> None:
    """One run names the duplicate key, the impossible date, the wrong type, the dangling reference and the unknown role."""
    text = changed(
        STREET,
        ("kind: community", "kind: community\nkind: village\ncolour: red"),
        ("from: 2021-02-19", "from: 2021-02-30"),
        ("after: [party.reply]", "after: [party.repyl]"),
        ("      min: 7", '      min: "7"'),
        ("        actor: resident_groups", "        actor: neighbours"),
        ("household_representatives, at_least: 5", "household_representatives, at_leest: 5"),
    )
    error = refused(text)
    said = {problem.line: problem.message for problem in error.problems}
    assert "重复" in said[line_of(text, "kind: village")]
    assert "colour" in said[line_of(text, "colour")]
    assert "2021-02-30" in said[line_of(text, "2021-02-30")]
    assert "party.reply" in said[line_of(text, "party.repyl")]
    assert "整数" in said[line_of(text, 'min: "7"')]
    assert line_of(text, "neighbours") in said
    assert "at_least" in said[line_of(text, "at_leest")]
    assert [problem.line for problem in error.problems] == sorted(problem.line for problem in error.problems)
    assert all(problem.column > 0 for problem in error.problems)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from: 2021-05-06, to: 2021-05-08", "from: 2021-05-08, to: 2021-05-06", "晚于"),
        ("from: 2021-05-06, to: 2021-05-08", "from: 2021-13-06, to: 2021-05-08", "日期"),
        ("from: 2021-05-06, to: 2021-05-08", "from: 0021-05-06, to: 2021-05-08", "下限"),
        ("{ from: 2021-05-06, to: 2021-05-08 }", "{}", "missing"),
        ("{ from: 2021-05-06, to: 2021-05-08 }", "soon", "missing"),
        ("after: [residents.list]", "after: [residents.poll]", "自己"),
        ("after: [residents.nomination]", "after: [residents.poll]", "成环"),
        ("month: 2021-04", "month: 2021-14", "写法"),
        ("third: early", "third: first", "early"),
        ("id: residents.handover", "id: residents.poll", "重复"),
        ("id: residents.handover", "id: party.handover", "开头"),
        ("  street_committee: 街道党工委\n", "", "中文名称"),
        ("    before: residents.list", "    before: residents.lists", "residents.list"),
        ("    before: residents.list\n", "", "before"),
        ("    step: residents.poll\n    decision", "    step: residents.polls\n    decision", "residents.poll"),
        ("at_most: 10,", "at_most: -10,", "下限"),
        ("at_most: 10,", "", "at_least"),
        ("at_least: 5, rule", "at_least: 5, at_most: 4, rule", "大于"),
        ("min: 7, max: 9", "min: 9, max: 7", "大于"),
        ("numerator: 1, denominator: 2", "numerator: 3, denominator: 2", "大于"),
        ("numerator: 1, denominator: 2", "numerator: 0.5, denominator: 2", "整数"),
        ("act: poll", "act: record", "E−n"),
        ("starts: 2021-04-01", "starts: 2021-06-01", "早于"),
        ("odd: true", "odd: maybe", "true"),
        ("format: 1", "format: 2", "1"),
        ("decided_by: 街道换届办", "", "decided_by"),
        ("title: 示例社区换届方案", "title: !!python/object:os.system x", "标签"),
        ("title: 示例社区换届方案", "title: [a, b", "语法"),
        ("title: 示例社区换届方案", "title: *nobody", "锚点"),
        ("title: 示例社区换届方案", 'title: ""', "空"),
        ("bodies:\n", "bodies: []\nothers:\n", "至少"),
    ],
)
def test_each_kind_of_mistake_is_named_in_chinese(old: str, new: str, said: str) -> None:
    """Every refusal says what is wrong."""
    problems = refused(changed(EXAMPLE, (old, new))).problems
    assert any(said in problem.message for problem in problems), problems


@pytest.mark.parametrize("text", ["", "# nothing", "just words", "- a\n- b", "a: &x [*x]", "\0", "a: 1\n---\nb: 2"])
def test_what_is_no_pack_at_all_is_refused(text: str) -> None:
    """Empty, not a mapping, circular, unprintable or two documents."""
    assert refused(text).problems


def test_a_bomb_of_aliases_is_refused() -> None:
    """Ten levels of ten references would be ten thousand million values."""
    levels = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11)]
    assert any("引用" in problem.message for problem in refused("\n".join(levels)).problems)


LINES = EXAMPLE.splitlines()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1),
            st.sampled_from(["drop", "repeat", "replace", "cut", "indent"]),
            st.text(st.characters(codec="utf-8"), max_size=12)
            | st.sampled_from(["missing", "2021-02-30", "null", "[]", "{}", "&a", "*a", "-1", "true", "1.5", "'"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_pack_is_a_pack_or_a_pack_error(damage: list[tuple[int, str, str]]) -> None:
    """Whatever is done to the text, nothing but PackError comes out, and never without a problem."""
    lines = list(LINES)
    for index, how, junk in damage:
        index %= max(len(lines), 1)
        line = lines[index]
        key = line.partition(":")[0]
        lines[index : index + 1] = {
            "drop": [],
            "repeat": [line, line],
            "replace": [f"{key}: {junk}"],
            "cut": [line[: len(line) // 2]],
            "indent": [f" {line}"],
        }[how]
        lines = lines or [""]
    problems: tuple[Problem, ...] = ()
    try:
        load_pack("\n".join(lines), "damaged")
    except PackError as error:
        problems = error.problems or (Problem(line=0, column=0, path="", message=""),)
    assert all(problem.message for problem in problems)


def test_a_problem_inside_a_body_does_not_empty_the_bodies() -> None:
    """One mistake, one problem: the list of bodies is not too short because one of them is unsound."""
    with pytest.raises(PackError) as refused:
        pack(EXAMPLE, ("min: 7, max: 9", "min: seven, max: 9"))
    assert [problem.path for problem in refused.value.problems] == ["bodies[0].seats.min"]


def test_a_month_that_does_not_exist_is_shown_at_the_month() -> None:
    """Not at `third`, and with the way to write it."""
    with pytest.raises(PackError) as refused:
        pack(EXAMPLE, ("month: 2021-04,", "month: 2021-13,"))
    (problem,) = refused.value.problems
    assert problem.path == "bodies[0].steps[0].window.month"
    assert "2021-03" in problem.message


def test_the_law_may_be_written_without_quotation_marks() -> None:
    """2018 and "2018" are the same plan; a year without a law is refused."""
    assert content_hash(pack(EXAMPLE, ('law: "2018"', "law: 2018"))) == content_hash(pack(EXAMPLE))
    for year in ("2030", '"2030"'):
        with pytest.raises(PackError) as refused:
            pack(EXAMPLE, ('law: "2018"', f"law: {year}"))
        assert "2018、2025" in refused.value.problems[0].message


@pytest.mark.parametrize("word", [r'"\ud800"', r'"a\e[31m"', r'"\u202e甲"'])
def test_characters_nobody_can_see_are_refused_where_they_stand(word: str) -> None:
    """A terminal would obey some of them, and half a surrogate pair cannot be written at all."""
    with pytest.raises(PackError) as refused:
        pack(EXAMPLE, ("title: 工作移交", f"title: {word}"))
    assert [problem.path for problem in refused.value.problems] == ["bodies[0].steps[6].title"]


def test_a_rare_character_in_two_escaped_halves_is_one_character() -> None:
    """As JSON writes it."""
    assert pack(EXAMPLE, ("title: 工作移交", r'title: "\ud842\udfb7田"')).step("residents.handover").title == "𠮷田"


def test_an_anchor_used_twice_is_no_warning_in_english(recwarn: pytest.WarningsRecorder) -> None:
    """YAML allows it; county staff must not read about it."""
    pack(EXAMPLE, ("title: 公布候选人名单", "title: &a 公布候选人名单"), ("title: 投票选举", "title: &a 投票选举"))
    assert not recwarn.list
