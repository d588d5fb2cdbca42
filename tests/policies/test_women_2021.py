"""The women's federation's plan, held against the words of the source's third part, and its rules at their boundaries."""

import re
from datetime import date

import pytest

from policies.calendar import national_calendar
from policies.counting import NextStep, count
from policies.finding import Severity
from policies.form import Ballots, Body, Candidate, Mode, ResultForm
from policies.lint import lint, live_obstacles
from policies.lint.report import LintFinding
from policies.pack.identity import content_hash
from policies.pack.load import PackError, load_pack
from policies.pack.schema import BodyId, Condition, NominationRoute, Pack, PollMode, Seats
from policies.people import Sex
from policies.rule import Law
from policies.rules import load, women
from tests.policies.packs_under_test import ROOT, STREET, changed, pack

WOMEN = (ROOT / "policies" / "packs" / "women-2021.yaml").read_text(encoding="utf-8")
BARE = WOMEN.partition("\nresolutions:\n")[0] + "\n"
PLAN = pack(WOMEN)
STEPS = {step.id: step for body in PLAN.bodies for step in body.steps}


def plain(text: str) -> str:
    """Without blanks, which the source has in the middle of words."""
    return re.sub(r"\s", "", text)


def found(text: str, *changes: tuple[str, str]) -> dict[str, LintFinding]:
    """The linter's findings by id."""
    return {one.id: one for one in lint(pack(text, *changes), national_calendar([2021]), Law.OF_2018)}


# ---------------------------------------------------------------- the transcription

SAID = {  # step: words of the source's part three, as it prints them
    "prep.institution": "县、乡二级普遍建立换届工作领导机构,普遍实施试点推进,县区妇联普遍建立领导班子包点联系制度",
    "prep.survey": "对农村女党员、农村妇女后备人才进行全面摸排,重点掌握一批综合素质好、群众威信高的妇女骨干",
    "prep.plan": "坚持民主公开、竞争择优的基本方向,认真制定工作方案,精心组织试点,严格把好候选人素质能力关",
    "women.notice": "市委组织部、市妇联联合下发换届通知,编印工作指导手册,建立信息快报制度",
    "women.instructor": "并向村(居)全面派遣妇代会换届工作指导员,保障换届质量",
    "women.nomination": "采取“个人自荐”、“村党组织推荐”和“十名群众举荐”的方式产生候选人",
    "women.review": "注重从女大学生村官、农村女党员、女致富能手、返乡女大中专毕业生等妇女骨干中选配妇代会委员",
    "women.poll": "公推直选方式产生妇代会班子",
    "women.express": "建立信息快报制度",
    "women.pilot_acceptance": "各地均召开换届试点现场会、建立换届工作督查机制",
}


@pytest.mark.parametrize(("step", "words"), SAID.items())
def test_a_step_keeps_the_source_s_words(step: str, words: str) -> None:
    assert plain(words) in plain(STEPS[step].text)


def test_figures_and_dates_as_the_source_has_them() -> None:
    """Late April (from the 21st) to mid-June (to the 20th); the results' figures; what is not said is missing."""
    federation = PLAN.body(BodyId.WOMEN)
    assert (PLAN.starts, PLAN.completed_by) == (date(2021, 4, 21), date(2021, 6, 20))
    assert federation.outer_limit == date(2021, 6, 20)
    assert federation.seats is not None
    assert "1431名" in federation.seats.text
    assert "7130名" in federation.seats.text
    assert (federation.seats.min, federation.seats.max, PLAN.term_years, PLAN.eligibility) == ("missing",) * 4
    assert {step.window for step in STEPS.values()} == {"missing"}
    assert [(route.by, route.at_least) for route in STEPS["women.nomination"].routes] == [
        ("self", 1),
        ("party_organization", 1),
        ("residents", 10),
    ]
    poll = STEPS["women.poll"].ballot
    assert poll is not None
    assert poll.mode is PollMode.VOTERS  # 直选
    assert {poll.secret, poll.quorum, poll.majority, poll.margin, poll.tie, poll.further_vote} == {"missing"}


def test_pilots_and_express_reports_are_said_and_their_figures_are_missing() -> None:
    assert PLAN.pilot is not None
    assert PLAN.express is not None
    assert (PLAN.pilot.units, PLAN.express.within_days) == ("missing", "missing")
    assert STEPS[PLAN.pilot.accepted_at].condition is Condition.PILOT_UNIT


def test_a_plan_without_pilots_has_the_hash_it_always_had() -> None:
    """What a plan does not say is no part of its identity: the street plan's content has no word of pilots."""
    street = pack(STREET)
    assert {"pilot", "express"}.isdisjoint(street.model_dump(mode="json"))
    assert {"pilot", "express"} <= PLAN.model_dump(mode="json").keys()
    assert content_hash(PLAN) != content_hash(pack(WOMEN, ("普遍实施试点推进\n  units", "实施试点推进\n  units")))


def test_a_pilot_accepted_at_a_step_that_is_not_there_is_refused() -> None:
    text = changed(WOMEN, ("accepted_at: women.pilot_acceptance", "accepted_at: women.pilot_acceptanse"))
    with pytest.raises(PackError, match=r"pilot\.accepted_at.*women\.pilot_acceptance"):
        load_pack(text, "test")
    text = changed(WOMEN, ("step: women.express", "step: women.expres"))
    with pytest.raises(PackError, match=r"express\.step"):
        load_pack(text, "test")


def test_every_missing_value_keeps_the_plan_from_live_use() -> None:
    told = {finding.value for finding in live_obstacles(PLAN) if finding.blocks}
    assert {"eligibility", "pilot.units", "express.within_days", "women.seats.min", "term_years"} <= told


def test_every_rule_asked_at_a_step_is_named_there() -> None:
    """The federation's own rules; those of the three bodies name their own steps."""
    missing = {
        (rule.id, place)
        for rule in load()
        if rule.id.startswith("W")
        for place in rule.enforced
        if place in STEPS and rule.id not in STEPS[place].rules
    }
    assert missing == set()


# ---------------------------------------------------------------- the linter


def test_every_error_of_the_plan_is_decided_and_without_the_decisions_none_is() -> None:
    """Defects of the source: no dates, no voters, no poll rules, no way to the chair, no acceptance of pilots."""
    decided, bare = found(WOMEN), found(BARE)
    assert [one.id for one in decided.values() if one.severity is Severity.ERROR and not one.resolved] == []
    errors = {one.id for one in bare.values() if one.severity is Severity.ERROR}
    assert {
        "W1:women:chair",
        "W3:women.pilot_acceptance:acceptance",
        "W5:women.poll:electors",
        "T9:women.poll:quorum",
        "T9:women.poll:majority",
        "T9:women.poll:tie",
        "T4:women.poll",
    } <= errors
    assert not any(one.resolved for one in bare.values())


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (("at_least: 10, text: 十名群众举荐", "at_least: 9, text: 九名群众举荐"), "W2:women.nomination:joint"),
        (("condition: pilot_unit\n", "condition: always\n"), "W3:women.pilot_acceptance:step"),
        (("within_days: missing", "within_days: 3"), ""),
    ],
)
def test_a_changed_plan_is_told_so(change: tuple[str, str], finding: str) -> None:
    """Nine instead of ten; a pilot's acceptance asked of everybody; a stated limit ends the finding about it."""
    before, after = found(BARE), found(BARE, change)
    assert finding not in before
    if finding:
        assert finding in after
    else:
        assert "W4:women.express:deadline" in before
        assert "W4:women.express:deadline" not in after


def test_a_plan_of_ten_is_not_told_so() -> None:
    assert "W2:women.nomination:joint" not in found(BARE)


def test_without_pilots_or_express_reports_the_plan_is_asked_for_them() -> None:
    text = re.sub(r"\npilot:\n(  .*\n)+", "\n", re.sub(r"\nexpress:\n(  .*\n)+", "\n", BARE))
    assert {"W3:women:none", "W4:women:none"} <= found(text).keys()


def test_the_street_plan_hears_nothing_of_the_federation() -> None:
    assert not [one for one in found(STREET) if one.startswith("W")]


# ---------------------------------------------------------------- the rules


@pytest.mark.parametrize(("seats", "fine"), [(1, False), (2, True), (3, True), (40, True)])
def test_w1_a_chair_and_a_member_at_least(seats: int, fine: bool) -> None:
    """「主任和委员」: two people; no number above that is given."""
    assert (women.seats_allowed(seats) == []) is fine


@pytest.mark.parametrize(("seats", "fine"), [(4, False), (5, True), (7, True), (8, False)])
def test_w1_within_the_plan_where_it_gives_a_number(seats: int, fine: bool) -> None:
    given = Seats(text="设5至7名", min=5, max=7)
    assert (women.seats_allowed(seats, given) == []) is fine


def test_w1_the_chair_is_who_was_put_forward_and_is_elected_else_who_has_most_votes() -> None:
    """The pack's decision on W1, case by case."""
    a, b, c = women.Elected("a", False, 50), women.Elected("b", True, 40), women.Elected("c", False, 60)
    assert women.chair_of([a, b, c]) == "b"
    assert women.chair_of([a, c]) == "c"
    assert women.chair_of([]) is None


@pytest.mark.parametrize(("supporters", "fine"), [(9, False), (10, True), (11, True)])
def test_w2_ten_of_the_people(supporters: int, fine: bool) -> None:
    """「十名群众举荐」."""
    route = next(route for route in STEPS["women.nomination"].routes if route.by == "residents")
    assert (women.nomination_backed(route, supporters, nominee="甲") == []) is fine


def test_w2_oneself_is_enough_and_nobody_is_not() -> None:
    """「个人自荐」; a number the plan leaves out asks for one."""
    route = NominationRoute(by="self", at_least="missing", text="个人自荐")
    assert women.nomination_backed(route, 1, nominee="甲") == []
    assert len(women.nomination_backed(route, 0, nominee="甲")) == 1


@pytest.mark.parametrize(("pilots", "accepted", "fine"), [(0, 0, False), (3, 2, False), (3, 3, True), (1, 1, True)])
def test_w3_all_pilots_before_any_other(pilots: int, accepted: int, fine: bool) -> None:
    """「先行试点」: there is a pilot, and none is outstanding."""
    assert (women.others_may_begin(pilots, accepted) == []) is fine


def test_w4_days_count_from_the_day_after_the_poll() -> None:
    """Poll on 1 June, two days: the 3rd; no number, no last day."""
    assert women.express_due(date(2021, 6, 1), 2) == date(2021, 6, 3)
    assert women.express_due(date(2021, 6, 1), 0) == date(2021, 6, 1)
    assert women.express_due(date(2021, 6, 1), None) is None


def test_w6_women_only() -> None:
    assert women.women_only("甲", Sex.FEMALE) == []
    assert [one.rule for one in women.women_only("乙", Sex.MALE)] == ["W6"]


# ---------------------------------------------------------------- the count


def form(
    present: int, *votes: int, roll: int = 101, seats: int = 1, round_: int = 1, mode: Mode = Mode.VOTERS
) -> ResultForm:
    """A poll in which every ballot came back valid."""
    ballots = (
        None
        if mode is Mode.SHOW_OF_HANDS
        else Ballots(issued=present, collected=present, valid=present, invalid=0, blank=0)
    )
    return ResultForm(
        body=Body.WOMEN,
        mode=mode,
        law=Law.OF_2018,
        roll=roll,
        present=present,
        ballots=ballots,
        seats=seats,
        candidates=tuple(Candidate(name=f"候选人{n}", votes=one) for n, one in enumerate(votes, 1)),
        round=1 if round_ == 1 else 2,
    )


@pytest.mark.parametrize(
    ("roll", "present", "valid"), [(101, 50, False), (101, 51, True), (100, 50, False), (100, 51, True)]
)
def test_w5_more_than_half_vote(roll: int, present: int, valid: bool) -> None:
    """By analogy with the village: 「过半数」 excludes exactly half."""
    verdict = count(form(present, present, roll=roll))
    assert verdict.valid is valid
    if not valid:
        assert [one.rule for one in verdict.findings if one.blocks] == ["W5"]
        assert verdict.next is NextStep.NEW_POLL


@pytest.mark.parametrize(("votes", "elected"), [(29, False), (30, False), (31, True)])
def test_w5_more_than_half_of_those_voting_elect(votes: int, elected: bool) -> None:
    """Sixty voting: thirty is exactly half."""
    assert count(form(60, votes, 5)).elected == (("候选人1",) if elected else ())


def test_w5_exactly_half_leads_to_a_further_vote() -> None:
    verdict = count(form(60, 30, 30))
    assert (verdict.elected, verdict.next) == ((), NextStep.FURTHER_VOTE)


@pytest.mark.parametrize(("votes", "elected"), [(19, 0), (20, 1), (21, 1)])
def test_w5_a_third_of_the_ballots_cast_in_the_further_vote(votes: int, elected: int) -> None:
    """Sixty ballots cast: twenty is a third."""
    assert len(count(form(60, votes, 2, round_=2)).elected) == elected


def test_w5_a_tie_at_the_last_seat_is_voted_on_again() -> None:
    verdict = count(form(60, 45, 35, 35, seats=2))
    assert (verdict.elected, verdict.next) == (("候选人1",), NextStep.REVOTE_TIED)
    assert verdict.tied == ("候选人2", "候选人3")


def test_one_ballot_too_many_voids_the_poll() -> None:
    """V15 by analogy, and the finding says that it is one."""
    sheet = form(60, 40).model_copy(update={"ballots": Ballots(issued=61, collected=61, valid=61, invalid=0, blank=0)})
    (surplus,) = [one for one in count(sheet).findings if one.blocks]
    assert surplus.rule == "V15"
    assert "篇三只写“直选”" in surplus.source


def test_every_verdict_says_that_the_source_is_silent() -> None:
    """As the residents' further vote does: an information, no objection."""
    silent = [one for one in count(form(60, 40)).findings if one.rule == "W5"]
    assert [one.severity for one in silent] == [Severity.INFO]
    assert "没有写投票人数" in silent[0].message


def test_women_s_delegates_are_another_denominator() -> None:
    """Where a county lets delegates of the women vote: half of them, named so."""
    verdict = count(form(26, 20, roll=50, mode=Mode.REPRESENTATIVES))
    assert verdict.valid
    assert verdict.denominators.quorum is not None
    assert (verdict.denominators.quorum.of.value, verdict.denominators.quorum.label) == ("representatives", "妇女代表")


def test_a_pack_of_the_federation_has_no_three_bodies() -> None:
    assert isinstance(PLAN, Pack)
    assert [body.id for body in PLAN.bodies] == [BodyId.PREPARATION, BodyId.WOMEN]
