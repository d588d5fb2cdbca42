"""The street plan's transcription, held against what part four prints (dates, numbers, chains), without the document at hand."""

import re
import unicodedata
from collections import Counter
from datetime import date

import pytest

from policies.eligibility import Situation
from policies.pack.schema import Absolute, Act, BodyId, Role, Step, Threshold
from policies.rules import load
from tests.policies.packs_under_test import STREET, pack

PLAN = pack(STREET)
STEPS = {step.id: step for body in PLAN.bodies for step in body.steps}

WINDOWS = {  # as part four prints them, month.day; 「3月10日前」 has only an end
    "party.meeting party.reply party.method": ("2.19", "2.23"),
    "party.appraisal party.recommendation party.street_review party.secretary_review party.joint_vetting": (
        "2.24",
        "3.10",
    ),
    "party.standing_committee": ("2.24", "3.10"),
    "party.inspection_list party.inspection party.inspection_publicity party.talks": (None, "3.18"),
    "party.slate party.publicity": (None, "3.29"),
    "party.assembly party.plenary party.report": ("4.2", "4.9"),
    "party.result_approval party.filing party.appointment party.archive party.staffing": (None, "5.31"),
    "residents.election_committee": ("4.10", "4.12"),
    "residents.group_leaders": ("4.13", "4.14"),
    "residents.representatives": ("4.15", "4.16"),
    "residents.nomination residents.prereview residents.street_review residents.joint_vetting": ("4.17", "4.25"),
    "residents.standing_committee residents.list": ("4.17", "4.25"),
    "residents.poll": ("4.26", "4.30"),
    "residents.handover": ("5.1", "5.10"),
    "supervisory.nomination supervisory.prereview supervisory.street_review": ("5.4", "5.7"),
    "supervisory.joint_vetting supervisory.standing_committee supervisory.list": ("5.4", "5.7"),
    "supervisory.vote": ("5.8", "5.8"),
    "supervisory.handover supervisory.board": ("5.9", "5.10"),
}


def day(text: str | None) -> date | None:
    """「4.26」 in the plan's year."""
    return None if text is None else date(2021, *map(int, text.split(".")))


def plain(text: str) -> str:
    """Without blanks and without the width of punctuation, which the document and the code write differently."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def test_steps_by_body() -> None:
    """Six of preparation, then the numbered ones; nothing in the plan's own dates is left out."""
    assert {body.id.value: len(body.steps) for body in PLAN.bodies} == {
        "prep": 6,
        "party": 24,
        "residents": 14,
        "supervisory": 10,
    }
    assert Counter(step.window == "missing" for step in STEPS.values())[True] == 7  # preparation, and registration


@pytest.mark.parametrize(("steps", "printed"), WINDOWS.items())
def test_windows_as_printed(steps: str, printed: tuple[str | None, str]) -> None:
    """The literal window, whatever is executed."""
    opens, closes = map(day, printed)
    for step in steps.split():
        window = STEPS[step].window
        assert isinstance(window, Absolute), step
        assert (window.from_, window.to) == (opens, closes), step


def test_every_window_is_accounted_for() -> None:
    """A step is printed with dates, has none (missing), or follows another step."""
    dated = {step for steps in WINDOWS for step in steps.split()}
    assert {one for one, step in STEPS.items() if isinstance(step.window, Absolute)} == dated


def test_executed_windows_stay_inside_the_printed_ones_but_for_the_preparation() -> None:
    """A decision narrows; it never widens. The follow-up phase and postings have only a printed end."""
    executed = PLAN.as_executed()
    for steps, printed in WINDOWS.items():
        opens, closes = map(day, printed)
        for step in steps.split():
            window = executed.step(step).window
            assert isinstance(window, Absolute)
            assert closes is not None
            assert window.to is not None
            assert window.to <= closes, step
            assert opens is None or (window.from_ is not None and opens <= window.from_), step


def test_the_ten_situations_stand_in_the_same_words_in_the_plan_and_in_the_code() -> None:
    """Ten, in order, literally: what reviewers attest is what the plan forbids."""
    assert [plain(one) for one in PLAN.eligibility.prohibited] == [plain(one.label) + "。" for one in Situation]
    assert len(PLAN.eligibility.prohibited) == 10


def test_standards_and_relaxations() -> None:
    """55, about 35, two years; a city's honour, outstanding work, social-work graduates, full-time degrees, new posts."""
    rules = PLAN.eligibility
    assert (rules.age.value, rules.preferred_age.value, rules.experience_months.value) == (55, 35, 24)
    assert "市级以上荣誉" in rules.age.relaxations[0]
    assert all(one in rules.education.relaxations[0] for one in ("市级以上荣誉", "突出贡献", "社会工作专业高校毕业生"))
    assert "“社工岗”人员" in rules.experience_months.relaxations[0]
    assert "区委常委会研究同意可继续提名留任" in rules.retirement_text
    assert "可累计计算" in rules.experience_months.text


def chain(body: str, act: Act) -> list[Role]:
    """Who acts, in order, in the steps of one kind."""
    return [step.actor for step in PLAN.body(BodyId(body)).steps if step.act is act]


def test_chains_of_review_and_approval() -> None:
    """Street, district organization, joint vetting, standing committee; four levels for each of the other two bodies."""
    assert chain("party", Act.REVIEW) == [
        Role.STREET_COMMITTEE,
        Role.DISTRICT_ORGANIZATION,
        Role.JOINT_VETTING,
        Role.STANDING_COMMITTEE,
        Role.STREET_COMMITTEE,  # 组织考察
    ]
    assert chain("party", Act.APPROVAL) == [Role.STREET_COMMITTEE] * 3
    levels = [Role.STREET_COMMITTEE, Role.JOINT_VETTING, Role.STANDING_COMMITTEE]
    assert chain("residents", Act.REVIEW) == [Role.ELECTION_COMMITTEE, *levels]
    assert chain("supervisory", Act.REVIEW) == [Role.PARTY_BRANCH, *levels]
    assert Role.DISTRICT_ORGANIZATION in STEPS["party.filing"].countersigned_by
    assert set(STEPS["residents.filing"].countersigned_by) == {Role.CIVIL_AFFAIRS, Role.STREET_OFFICE}


def share(threshold: object) -> tuple[int, int, bool | str, str]:
    """A threshold's fraction, inclusiveness and denominator."""
    assert isinstance(threshold, Threshold)
    return (threshold.numerator, threshold.denominator, threshold.inclusive, str(threshold.of))


def test_numbers() -> None:
    """Seats, thresholds, days and supporters."""
    seats = {body.id.value: (body.seats.min, body.seats.max) for body in PLAN.bodies if body.seats}
    assert seats == {"party": (5, 5), "residents": (7, 9), "supervisory": (3, 3)}
    committee = PLAN.body(BodyId.RESIDENTS).committee
    assert committee is not None
    assert (committee.min, committee.max, committee.odd) == (5, 9, True)
    assembly, poll, vote = (STEPS[one].ballot for one in ("party.assembly", "residents.poll", "supervisory.vote"))
    assert assembly is not None
    assert poll is not None
    assert vote is not None
    assert share(assembly.margin) == (1, 5, True, "seats")
    assert share(poll.quorum) == (1, 2, True, "representatives")
    assert share(poll.majority) == (1, 2, "missing", "missing")
    assert (poll.secret, poll.proxies_allowed, vote.mode.value) == (True, False, "show_of_hands")
    assert STEPS["party.publicity"].publicity_days == 5
    gaps = {one: (gap.at_least, gap.at_most) for one, step in STEPS.items() for gap in step.gaps}
    assert gaps == {"residents.poll": (3, None), "residents.announcement": (None, 1), "residents.handover": (None, 10)}
    for one in ("residents.nomination", "supervisory.nomination"):
        assert [route.at_least for route in STEPS[one].routes] == [10, 5, 2, 1]


def test_clauses_that_are_no_steps() -> None:
    """Aims, standards, training, discipline, supervision, complaints and reporting are kept in the plan's words."""
    assert [one.number for one in PLAN.provisions] == [
        "引言",
        *("一(一)", "一(二)", "一(三)", "一(四)"),
        *("二", "二(一)一", "二(二)", "二(三)", "二(四)", "二(五)", "二(六)"),
        "三",
        *("四", "四(一)", "四(二)", "四(三)", "四(四)"),
        *("五", "五(一)", "五(二)"),
    ]
    supervision = next(one.text for one in PLAN.provisions if one.number == "四(三)")
    for duty in ("换届举报电话", "限时办结", "由具体承办人和负责人签名", "重大问题随时报送"):
        assert duty in supervision
    training = STEPS["prep.training"].text
    for duty in ("不能采取以会代训形式开展", "必须做到应训尽训", "居民选举委员会成员不能参与选举工作"):
        assert duty in training


def test_what_is_not_from_part_four_says_so() -> None:
    """The audit is no step of this plan: its number and its decision name the other source."""
    others = [step.id for step in STEPS.values() if not re.match(r"[一三四]\(", step.number)]
    assert others == ["prep.audit"]
    assert "篇四未列" in STEPS["prep.audit"].number
    (decided,) = (one for one in PLAN.resolutions if one.step == "prep.audit")
    assert "没有安排离任审计" in decided.decision


def asks(step: Step) -> set[str]:
    """The rules named at a step."""
    return set(step.rules)


def test_a_rule_asked_at_a_step_is_named_there() -> None:
    """`huanjie timetable` and the inbox name every rule that the book says is asked at the step.

    Left out: P9 at the residents' poll, which holds there by analogy only, the rules of a village and of the federation
    (W1), which their own plans name, and Z9 and S1 where a plan has to ask for the departments' rows and for somebody who
    knows accounts, as this one does not.
    """
    unasked = {("Z9", f"{body}.joint_vetting") for body in ("party", "residents", "supervisory")}
    missing = {
        (rule.id, place)
        for rule in load()
        for place in rule.enforced
        if place in STEPS and rule.id not in asks(STEPS[place]) and not rule.id.startswith("V")
    }
    analogy = {("P9", "residents.poll"), ("W1", "prep.plan"), ("S1", "supervisory.nomination")}
    assert missing == analogy | unasked
    assert {one for step in STEPS.values() for one in step.rules} <= {rule.id for rule in load()}
