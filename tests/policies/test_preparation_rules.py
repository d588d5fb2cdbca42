"""Z1–Z13 and the further questions of X5, V24, P3, S1 at their limits: on the boundary and one either side.

Expected values come from the clauses of the source document (篇一, 篇二, 篇五) or from arithmetic written out beside them.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Finding, Severity
from policies.pack.schema import CleanUp, Denominator, Round, Threshold
from policies.people import PartyStanding
from policies.preparation import (
    Circle,
    Cleaned,
    Colour,
    Contingency,
    DepartmentRow,
    Difficulty,
    Opinion,
    PostsList,
    Removal,
    RollMember,
    Signed,
    Trouble,
)
from policies.rules import groundwork, party, preparation, readiness, screening, supervisory

DAY = date(2021, 1, 8)
LAST = date(2021, 5, 31)
SIXTY = Threshold(text="不能低于60%", numerator=3, denominator=5, inclusive=True, of=Denominator.HOUSEHOLDS)


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


# ---------------------------------------------------------------- readiness


def test_the_source_names_eight_kinds() -> None:
    """篇五 二（一）3 ①–⑧."""
    assert [one.label for one in Difficulty] == [
        "新村融合质量不高",
        "村内派系斗争",
        "信访矛盾纠纷集中",
        "“三宗”等势力干扰渗透严重",
        "村务财务管理混乱",
        "村干部不作为乱作为",
        "预计选举竞争激烈易引起纠纷",
        "无“一肩挑”合适人选",
    ]


@pytest.mark.parametrize(
    ("found", "removed", "watch", "colour"),
    [
        ([], False, False, Colour.GREEN),
        ([], False, True, Colour.YELLOW),
        ([], True, False, Colour.YELLOW),
        ([Difficulty.CLANS], False, False, Colour.RED),
        ([Difficulty.CLANS], True, True, Colour.RED),  # one open kind is enough, whatever else was removed
    ],
)
def test_the_colour_follows(found: list[Difficulty], removed: bool, watch: bool, colour: Colour) -> None:
    for stated in Colour:
        findings = readiness.coloured(stated, found, removed=removed, watch=watch)
        assert rules(findings) == ([] if stated is colour else ["Z1"])
        assert all(finding.limit == colour.label for finding in findings)


def test_what_is_known_is_not_left_out() -> None:
    """A unit on the county's list has a kind named; what a later step found is named; nothing is named twice."""
    assert rules(readiness.coloured(Colour.GREEN, [], listed=True)) == ["Z1"]
    assert not readiness.coloured(Colour.RED, [Difficulty.FACTIONS], listed=True)
    assert rules(readiness.coloured(Colour.GREEN, [], required=[Difficulty.NO_CANDIDATE])) == ["Z1"]
    assert not readiness.coloured(Colour.RED, [Difficulty.NO_CANDIDATE], required=[Difficulty.NO_CANDIDATE])
    assert rules(readiness.coloured(Colour.RED, [Difficulty.CLANS, Difficulty.CLANS])) == ["Z1"]


def trouble(**changes: object) -> Trouble:
    facts: dict[str, object] = {
        "difficulty": Difficulty.PETITIONS,
        "plan": "策1",
        "contingency": "预1",
        "owner": "联村领导",
        "cadre": "驻村干部",
        "officer": "民警",
        "deadline": DAY,
    }
    return Trouble(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["plan", "contingency", "owner", "cadre", "officer"])
def test_a_plan_a_contingency_and_three_names(part: str) -> None:
    """一策、一预案、一专班: each missing part is named."""
    assert not readiness.provided_for([trouble()], DAY, LAST)
    (finding,) = readiness.provided_for([trouble(**{part: " "})], DAY, LAST)
    assert finding.rule == "Z2"


@pytest.mark.parametrize(
    ("deadline", "refused"),
    [
        (None, True),
        (DAY - timedelta(days=1), True),
        (DAY, False),
        (LAST, False),
        (LAST + timedelta(days=1), True),
    ],
)
def test_a_day_between_the_assessment_and_the_plans_last(deadline: date | None, refused: bool) -> None:
    assert rules(readiness.provided_for([trouble(deadline=deadline)], DAY, LAST)) == ["Z2"] * refused


def test_all_troubles_are_judged_at_once() -> None:
    two = [trouble(plan="", deadline=None), trouble(difficulty=Difficulty.CLANS, owner="")]
    assert rules(readiness.provided_for(two, DAY, LAST)) == ["Z2", "Z2", "Z2"]


def test_an_inspection_judges_each_open_difficulty_once() -> None:
    opened = (Difficulty.CLANS, Difficulty.ACCOUNTS)
    good = [Removal(difficulty=one, accepted=True, accepted_by="验收组", document="验1") for one in opened]
    assert not readiness.inspected(good, opened)
    assert rules(readiness.inspected(good[:1], opened)) == ["Z2"]
    assert rules(readiness.inspected([*good, good[0]], opened)) == ["Z2"]
    assert rules(readiness.inspected(good, opened[:1])) == ["Z2"]
    unsigned = [good[0].model_copy(update={"accepted_by": ""}), good[1].model_copy(update={"document": " "})]
    assert rules(readiness.inspected(unsigned, opened)) == ["Z2", "Z2"]
    refused = [Removal(difficulty=one, accepted=False) for one in opened]
    assert not readiness.inspected(refused, opened)  # a refusal needs no signature of acceptance


# ---------------------------------------------------------------- groundwork


@pytest.mark.parametrize(
    ("households", "surveyed", "refused"),
    [
        (1000, 599, True),
        (1000, 600, False),  # 60% exactly: 「不能低于」 includes it
        (1000, 601, False),
        (1001, 600, True),  # 600.6: 600 are fewer than 60%
        (1001, 601, False),
        (3, 1, True),
        (3, 2, False),
        (1000, 1000, False),
        (1000, 1001, True),  # more than there are
    ],
)
def test_sixty_of_a_hundred_households(households: int, surveyed: int, refused: bool) -> None:
    assert rules(groundwork.households_surveyed(surveyed, households, SIXTY)) == ["Z4"] * refused


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_the_share_is_taken_in_integers(households: int, surveyed: int) -> None:
    """Independent of `at_least`: 100 surveyed ≥ 60 households, and no more than there are."""
    fits = surveyed * 100 >= households * 60 and surveyed <= households
    assert (not groundwork.households_surveyed(surveyed, households, SIXTY)) == fits


ACTIONS = (CleanUp(name="清底", lead="联村领导", by=DAY), CleanUp(name="清账", lead="农业中心", by="missing"))


def cleaned(**changes: object) -> list[Cleaned]:
    first = Cleaned(action="清底", lead="联村领导", done_on=DAY, document="清1").model_copy(update=changes)
    return [first, Cleaned(action="清账", lead="农业中心", done_on=DAY, document="清2")]


def test_every_action_is_done_by_its_department() -> None:
    assert not groundwork.cleaned_up(ACTIONS, cleaned())
    assert rules(groundwork.cleaned_up(ACTIONS, cleaned(done_on=None))) == ["Z3"]
    assert rules(groundwork.cleaned_up(ACTIONS, cleaned(document=""))) == ["Z3"]
    assert rules(groundwork.cleaned_up(ACTIONS, cleaned(lead="派出所"))) == ["Z3"]
    assert rules(groundwork.cleaned_up(ACTIONS, cleaned()[:1])) == ["Z3"]
    assert rules(groundwork.cleaned_up(ACTIONS, [*cleaned(), *cleaned()[:1]])) == ["Z3"]
    assert rules(groundwork.cleaned_up(ACTIONS, cleaned(action="清零"))) == ["Z3", "Z3"]  # unknown, and one missing


def test_late_is_told_and_blocks_nothing() -> None:
    assert not groundwork.cleaned_up(ACTIONS, cleaned(done_on=DAY - timedelta(days=1)))
    (late,) = groundwork.cleaned_up(ACTIONS, cleaned(done_on=DAY + timedelta(days=1)))
    assert (late.rule, late.severity) == ("Z3", Severity.WARNING)


def opinion(circle: Circle, **changes: int) -> Opinion:
    figures = {"collected": 10, "satisfied": 6, "fairly": 2, "dissatisfied": 1, "blank": 1}
    return Opinion(circle=circle, **{**figures, **changes})


def test_three_circles_with_sheets_that_add_up() -> None:
    whole = [opinion(circle) for circle in Circle]
    assert not groundwork.satisfaction(whole, promises=True)
    assert rules(groundwork.satisfaction(whole, promises=False)) == ["Z5"]
    assert rules(groundwork.satisfaction(whole[:2], promises=True)) == ["Z5"]
    assert rules(groundwork.satisfaction([*whole, whole[0]], promises=True)) == ["Z5"]
    nobody = opinion(Circle.RESIDENTS, collected=0, satisfied=0, fairly=0, dissatisfied=0, blank=0)
    assert rules(groundwork.satisfaction([*whole[:2], nobody], promises=True)) == ["Z5"]
    for collected in (9, 11):
        uneven = [*whole[:2], opinion(Circle.RESIDENTS, collected=collected)]
        (finding,) = groundwork.satisfaction(uneven, promises=True)
        assert (finding.value, finding.limit) == (10, collected)


def test_every_risk_has_its_plan() -> None:
    risks = ("疫情风险", "信访矛盾风险")
    plans = [Contingency(risk=risk, document="预1", owner="主任") for risk in risks]
    assert not groundwork.planned_for(risks, plans)
    assert rules(groundwork.planned_for(risks, plans[:1])) == ["Z11"]
    assert rules(groundwork.planned_for(risks, [plans[0].model_copy(update={"owner": ""}), plans[1]])) == ["Z11"]


@pytest.mark.parametrize(("mended", "again", "refused"), [(3, 3, 0), (2, 2, 2), (3, 2, 1), (4, 3, 1)])
def test_every_problem_is_mended_and_looked_at_again(mended: int, again: int, refused: int) -> None:
    assert rules(groundwork.double_checked("换1", "防1", 3, mended, again)) == ["Z13"] * refused
    assert len(groundwork.double_checked("", " ", 3, mended, again)) == refused + 2


# ---------------------------------------------------------------- persons as numbers and signatures


@pytest.mark.parametrize(
    ("standing", "people", "refused"),
    [
        (PostsList.DECIDED, 0, True),
        (PostsList.DECIDED, 1, False),
        (PostsList.DECIDED, 2, True),
        (PostsList.INTENDED, 0, True),
        (PostsList.INTENDED, 1, False),
        (PostsList.INTENDED, 2, False),
        (PostsList.NOBODY, 0, False),
        (PostsList.NOBODY, 1, True),
    ],
)
def test_a_village_stands_in_one_list(standing: PostsList, people: int, refused: bool) -> None:
    assert rules(screening.on_one_list(standing, people)) == ["Z6"] * refused


SEVEN = ("镇党委书记", "镇长", "副书记", "纪委书记", "组织委员", "分管民政副镇长", "派出所长")


def signatures(**changes: object) -> list[Signed]:
    signed = [Signed(office=office, name=f"{office}甲", signed_on=DAY) for office in SEVEN]
    return [signed[0].model_copy(update=changes), *signed[1:]]


@pytest.mark.parametrize(
    ("given_", "refused"),
    [
        (signatures(), 0),
        (signatures()[1:], 1),  # six of seven
        (signatures(name=" "), 1),
        (signatures(signed_on=None), 1),
        (signatures(signed_on=DAY - timedelta(days=1)), 0),
        (signatures(signed_on=DAY + timedelta(days=1)), 1),
        (signatures(name="镇长甲"), 1),  # one person for two offices
        (signatures(office="村书记"), 2),  # one too few, one too many
    ],
)
def test_seven_people_sign(given_: list[Signed], refused: int) -> None:
    assert rules(screening.signatures_complete(screening.Z7, SEVEN, given_, DAY)) == ["Z7"] * refused


def test_the_list_is_filed() -> None:
    assert not screening.filed("备1")
    assert rules(screening.filed(" ")) == ["Z7"]


ROUNDS = (Round(title="对标筛选", lead="县乡联合"), Round(title="全面初审", lead="乡镇党委"))


@pytest.mark.parametrize(
    ("number", "lead", "entered", "struck", "left", "refused"),
    [
        (1, "县乡联合", 20, 3, None, 0),
        (1, "乡镇党委", 20, 3, None, 1),
        (2, "乡镇党委", 17, 17, 17, 0),
        (2, "乡镇党委", 17, 18, 17, 1),
        (2, "乡镇党委", 16, 0, 17, 1),
        (2, "乡镇党委", 18, 0, 17, 1),
    ],
)
def test_a_round_begins_with_whom_the_last_left(
    number: int, lead: str, entered: int, struck: int, left: int | None, refused: int
) -> None:
    assert rules(screening.screened(ROUNDS, number, lead, entered, struck, left)) == ["Z8"] * refused


DEPARTMENTS = ("组织部", "公安")
NAMES = {"P1": "甲", "P2": "乙"}


def rows(**changes: object) -> list[DepartmentRow]:
    made = [DepartmentRow(department=one, signer=f"{one}甲", signed_on=DAY, document="联1") for one in DEPARTMENTS]
    return [made[0].model_copy(update=changes), made[1]]


@pytest.mark.parametrize(
    ("given_", "passed", "refused"),
    [
        (rows(), {"P1": True, "P2": True}, 0),
        (rows()[:1], {"P1": True, "P2": True}, 1),
        ([*rows(), rows()[0]], {"P1": True, "P2": True}, 1),
        (rows(signer=""), {"P1": True, "P2": True}, 1),
        (rows(document=""), {"P1": True, "P2": True}, 1),
        (rows(signed_on=None), {"P1": True, "P2": True}, 1),
        (rows(signed_on=DAY + timedelta(days=1)), {"P1": True, "P2": True}, 1),
        (rows(department="税务"), {"P1": True, "P2": True}, 2),
        (rows(against=("P1",)), {"P1": False, "P2": True}, 0),
        (rows(against=("P1",)), {"P1": True, "P2": True}, 1),
        (rows(against=("P9",)), {"P1": True, "P2": True}, 1),
    ],
)
def test_one_row_a_department(given_: list[DepartmentRow], passed: dict[str, bool], refused: int) -> None:
    assert rules(screening.departments_heard(DEPARTMENTS, given_, passed, NAMES, DAY)) == ["Z9"] * refused


@pytest.mark.parametrize(("people", "least", "refused"), [(0, None, 1), (1, None, 0), (1, 2, 1), (2, 2, 0), (3, 2, 0)])
def test_enough_in_reserve(people: int, least: int | None, refused: int) -> None:
    assert rules(screening.reserves_enough(people, least)) == ["Z10"] * refused


# ---------------------------------------------------------------- older rules asked at last


def test_training_is_no_meeting_and_has_somebody() -> None:
    assert not preparation.taught(1, by_meeting=False)
    assert rules(preparation.taught(0, by_meeting=False)) == ["X5"]
    assert rules(preparation.taught(1, by_meeting=True)) == ["X5"]


def member(number: int, **changes: object) -> RollMember:
    facts: dict[str, object] = {"id": f"M{number}", "name": f"党员{number}", "standing": PartyStanding.FULL}
    return RollMember(**{**facts, **changes})  # type: ignore[arg-type]


def test_only_full_members_at_liberty_are_on_the_roll() -> None:
    """P3: 预备党员、留党察看 have no vote; suspended while in custody."""
    assert not party.roll([member(1), member(2)])
    for standing in (PartyStanding.PROBATIONARY, PartyStanding.ON_PROBATION, PartyStanding.NONE):
        assert rules(party.roll([member(1), member(2, standing=standing)])) == ["P3"]
    assert rules(party.roll([member(1), member(2)], ["M2"])) == ["P3"]


@pytest.mark.parametrize(("ids", "refused"), [(["a"], 1), (["a", "b"], 0), (["a", "b", "c"], 1), (["a", "a"], 1)])
def test_the_roll_is_as_long_as_the_register(ids: list[str], refused: int) -> None:
    assert rules(party.roll_complete(ids, 2)) == ["P3"] * refused


def test_one_who_knows_accounts_and_a_chair_who_is_not_the_secretary() -> None:
    """S1: the first binds, the second holds in principle."""
    assert rules(supervisory.somebody_knows_accounts([False, False])) == ["S1"]
    assert not supervisory.somebody_knows_accounts([False, True])
    (remark,) = supervisory.chair_in_principle("甲", secretary="甲")
    assert (remark.rule, remark.severity) == ("S1", Severity.WARNING)
    assert not supervisory.chair_in_principle("乙", secretary="甲")
