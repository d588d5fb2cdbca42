"""The rules that live decisions call, at their limits: P1–P4, P6, P8, P11, P14, P15, R1–R4, R6, R7, S1, S2, X4, X5, V6, V24."""

from datetime import date
from typing import Any

import pytest

from policies.calendar import national_calendar
from policies.eligibility import Nomination, standard_findings
from policies.finding import Severity
from policies.form import Body as FormBody
from policies.form import ResultForm
from policies.pack.schema import Committee, Delegates, NominationRoute, PollMode, Seats
from policies.people import Body, PartyStanding, Person, Sex
from policies.rule import BOOK, LAW_2025_IN_FORCE, Confidence, Law, blocking
from policies.rules import candidacy, conduct, load, party, polls, preparation, residents, supervisory
from tests.policies.packs_under_test import CALENDAR

PLAN = Seats(text="5名", min=5, max=5, part_time_min=3, part_time_max=6)
COMMITTEE = Committee(min=5, max=9, odd=True, chair="书记")
DELEGATES = Delegates(households_each=30, at_least=50)


@pytest.mark.parametrize(
    ("poll", "approved", "refused"),
    [
        (date(2021, 4, 8), False, False),  # the year the term ends
        (date(2020, 5, 1), True, False),
        (date(2020, 5, 1), False, True),
        (date(2022, 3, 1), True, False),
        (date(2022, 6, 1), True, True),  # more than a year late
        (date(2019, 4, 1), True, True),
    ],
)
def test_p1_early_or_late_by_a_year_at_most_and_with_approval(poll: date, approved: bool, refused: bool) -> None:
    """Elected 2016-04-20, so the term ends on 2021-04-20."""
    assert bool(party.term(date(2016, 4, 20), poll, approved=approved)) is refused


def test_p2_delegates_from_500_members_or_dispersed_and_with_approval() -> None:
    """499 may not, 500 may, when approved."""
    assert party.form_of_meeting(499, by_delegates=True, approved=True)[0].limit == 500
    assert not party.form_of_meeting(500, by_delegates=True, approved=True)
    assert party.form_of_meeting(500, by_delegates=True)
    assert not party.form_of_meeting(100, by_delegates=True, dispersed=True, approved=True)
    assert not party.form_of_meeting(100, by_delegates=False)


def test_p3_strikes_everybody_without_a_vote() -> None:
    """Probationary, on probation, in custody; full members stay."""
    people = [
        Person(id=f"m{n}", name=f"党员{n}", sex=Sex.MALE, standing=standing) for n, standing in enumerate(PartyStanding)
    ] + [Person(id="m9", name="党员9", sex=Sex.FEMALE, standing=PartyStanding.FULL)]
    assert [one.value for one in party.roll(people, in_custody={"m9"})] == ["m1", "m2", "m3", "m9"]


def test_p4_seats_by_full_members_and_plan() -> None:
    """Six full members have a secretary only; the plan has five seats and three to six part-time members."""
    assert not party.seats_allowed(5, 3, full_members=7, plan=PLAN)
    assert party.seats_allowed(5, full_members=6)[0].limit == 1
    assert not party.seats_allowed(1, full_members=6, plan=PLAN)
    assert party.seats_allowed(9)[0].limit == "3–7"
    assert party.seats_allowed(4, plan=PLAN)[0].limit == 5
    assert party.seats_allowed(5, 7, plan=PLAN)[0].value == 7


@pytest.mark.parametrize(
    ("posted", "until"),
    [  # procedure.md, "Counting days": fifth working day, start excluded
        (date(2021, 3, 29), date(2021, 4, 6)),
        (date(2021, 4, 30), date(2021, 5, 11)),
        (date(2021, 3, 25), date(2021, 4, 1)),
    ],
)
def test_p6_five_working_days(posted: date, until: date) -> None:
    """The last day is enough, the day before is not, and the message names the day."""
    assert not party.publicity_long_enough(posted, until, CALENDAR)
    short = party.publicity_long_enough(posted, date.fromordinal(until.toordinal() - 1), CALENDAR)
    assert short[0].limit == until.isoformat()


def test_p6_an_unannounced_year_is_a_finding() -> None:
    """C1, not a guess."""
    days = (date(2031, 3, 3), date(2031, 3, 10))
    assert [one.rule for one in party.publicity_long_enough(*days, national_calendar([2031]))] == ["C1"]


def test_p6_publicity_then_approval_then_meeting() -> None:
    """Any other order is refused."""
    meeting, ended = date(2021, 4, 2), date(2021, 4, 1)
    assert not party.ready_for_meeting(meeting, publicity_ended=ended, approved_on=meeting)
    assert party.ready_for_meeting(ended, publicity_ended=ended, approved_on=ended)
    assert party.ready_for_meeting(meeting, publicity_ended=ended, approved_on=date(2021, 4, 3))
    assert party.ready_for_meeting(meeting, publicity_ended=ended, approved_on=ended)  # approved before it was over
    assert len(party.ready_for_meeting(meeting, publicity_ended=None, approved_on=None)) == 2
    assert party.commitments_signed(["a", "b"], {"a"})[0].value == "b"


def test_r1_seats() -> None:
    """5–9 by law, 7–9 in the plan."""
    assert not residents.seats_allowed(5)
    assert residents.seats_allowed(4)
    assert residents.seats_allowed(5, plan=(7, 9))
    assert residents.seats_allowed(11, plan=(7, 12))[0].limit == "7–9"


def test_r2_committee() -> None:
    """Five to nine, odd, the secretary in the chair."""
    five = ["a", "b", "c", "d", "e"]
    assert not residents.committee_composition(five, "a", rule=COMMITTEE, secretary="a")
    assert residents.committee_composition([*five, "f"], "a", rule=COMMITTEE)[0].limit == "单数"
    assert residents.committee_composition(five[:3], "a", rule=COMMITTEE)[0].limit == "5–9"
    assert residents.committee_composition(five, "b", rule=COMMITTEE, secretary="a")[0].limit == "编号 a"
    assert residents.committee_composition(five, "z", rule=COMMITTEE)
    assert residents.committee_composition([*five[:4], "a"], "a", rule=COMMITTEE)


def test_r3_supporters() -> None:
    """Nine of ten are not enough; a number the plan leaves out asks for one."""
    route = NominationRoute(by="voters", at_least=10, text="居民10人以上联名")
    assert residents.nomination_backed(route, 9)[0].limit == 10
    assert not residents.nomination_backed(route, 10)
    assert residents.nomination_backed(route.model_copy(update={"at_least": "missing"}), 0)


def test_r4_three_calendar_days_and_three_clear_days() -> None:
    """4-25 is in time for 4-28, with clear days for 4-29; holidays neither help nor hinder."""
    posted = date(2021, 4, 25)
    assert not residents.list_posted_in_time(posted, date(2021, 4, 28))
    assert residents.list_posted_in_time(posted, date(2021, 4, 27))[0].limit == "2021-04-24"
    assert residents.list_posted_in_time(posted, date(2021, 4, 28), clear=True)
    assert not residents.list_posted_in_time(posted, date(2021, 4, 29), clear=True)
    assert not residents.list_posted_in_time(date(2021, 5, 1), date(2021, 5, 4))


def test_r6_the_next_day_and_ten_days() -> None:
    """Day eleven is late, and so is the second day after; nothing comes before the poll."""
    poll = date(2021, 4, 30)
    assert not residents.announced_in_time(poll, date(2021, 5, 1))
    assert residents.announced_in_time(poll, date(2021, 5, 2))
    assert residents.announced_in_time(poll, date(2021, 4, 29))
    assert not residents.handed_over_in_time(poll, date(2021, 5, 10))
    assert residents.handed_over_in_time(poll, date(2021, 5, 11))[0].limit == "2021-05-10"


@pytest.mark.parametrize(("households", "needed"), [(900, 50), (1500, 50), (1501, 51), (3000, 100), (None, 50)])
def test_r7_one_for_thirty_households_and_fifty_at_least(households: int | None, needed: int) -> None:
    """A group of households begun counts whole; chosen by groups only the floor binds."""
    assert not residents.representatives_enough(households, needed, delegates=DELEGATES)
    assert residents.representatives_enough(households, needed - 1, delegates=DELEGATES)[0].limit == needed
    assert not residents.representatives_enough(households, 50, delegates=DELEGATES, by_groups=True)


def test_v6_twenty_days() -> None:
    """Nineteen are one too few."""
    assert not residents.voters_list_in_time(date(2021, 4, 10), date(2021, 4, 30))
    assert residents.voters_list_in_time(date(2021, 4, 11), date(2021, 4, 30))[0].value == 19


def test_s1_members() -> None:
    """Number, incompatibility, near relatives, finance; the chair's two rules only warn."""
    three = ["a", "b", "c"]
    assert not supervisory.members_allowed(three, chair="a", discipline_member="a", finance=True)
    assert supervisory.members_allowed(three[:2])
    assert supervisory.members_allowed(three, committee_members={"b"})[0].value == "b"
    assert supervisory.members_allowed(three, near_relatives={"c": "d"})[0].value == "c"
    assert supervisory.members_allowed(three, finance=False)
    warned = supervisory.members_allowed(three, chair="a", secretary="a")
    assert [one.severity for one in warned] == [Severity.WARNING]


def test_preparation_holds_a_unit_back() -> None:
    """Rectification accepted, everybody trained, audit published before the election begins."""
    assert preparation.rectified(difficult=True, accepted=False)
    assert preparation.rectified(difficult=True, accepted=None)
    assert not preparation.rectified(difficult=True, accepted=True)
    assert not preparation.rectified(difficult=False, accepted=None)
    assert preparation.trained(["a", "b"], {"a"})[0].value == "b"
    assert not preparation.audited(date(2021, 2, 18), date(2021, 2, 19))
    assert preparation.audited(date(2021, 2, 19), date(2021, 2, 19))
    assert preparation.audited(None, date(2021, 2, 19))


def test_p8_leaving_members_out_needs_consent_and_a_vote() -> None:
    assert party.due_to_attend(40, 3, superior_consents=True, meeting_agreed=True) == []
    assert party.due_to_attend(40, 0, superior_consents=False, meeting_agreed=False) == []
    (finding,) = party.due_to_attend(40, 3, superior_consents=True, meeting_agreed=False)
    assert (finding.rule, finding.value, finding.limit) == ("P8", 37, 40)
    assert "党员大会表决通过" in finding.message


def test_p11_marks_are_held_against_the_seats() -> None:
    """Five of five is fine, six void; a blank ballot is an abstention and stays valid."""
    assert not polls.marks_within_seats(5, 5)
    assert not polls.marks_within_seats(0, 5)
    (finding,) = polls.marks_within_seats(6, 5)
    assert (finding.rule, finding.value, finding.limit) == ("P11", 6, 5)


@pytest.mark.parametrize(
    ("elected", "agreed", "recorded", "limits"),
    [
        (5, 0, False, []),  # every seat filled: nothing to decide
        (4, 16, True, []),
        (4, 15, True, [16]),  # exactly half of 30 is not more than half
        (4, 16, False, ["写入会议记录"]),
        (0, 30, True, [5]),
        (0, 3, False, [5, 16, "写入会议记录"]),
    ],
)
def test_p14_fewer_seats_need_a_recorded_majority(
    elected: int, agreed: int, recorded: bool, limits: list[int | str]
) -> None:
    """More than half of the thirty present, written down, and somebody elected at all."""
    found = party.fewer_seats(elected, 5, present=30, agreed=agreed, recorded=recorded)
    assert [one.limit for one in found] == limits
    assert {one.rule for one in found} <= {"P14"}


def test_p15_as_many_names_as_posts_and_approval_before_office() -> None:
    """Three posts, three names; nobody is in office before the street approves; the secretary is filed."""
    assert not party.equal_number(3, 3)
    assert party.equal_number(4, 3)[0].limit == 3
    assert party.equal_number(2, 3)[0].value == 2
    day, before = date(2021, 4, 8), date(2021, 4, 7)
    assert not party.in_office("甲", day, approved_on=day, filed=True)
    assert not party.in_office("甲", day, approved_on=before)
    assert party.in_office("甲", before, approved_on=day)[0].limit == "2021-04-08"
    assert party.in_office("甲", day, approved_on=None)[0].limit == "批复之后"
    assert "备案" in party.in_office("甲", day, approved_on=day, filed=False)[0].message


def test_r2_candidates_leave_and_places_are_filled_in_order() -> None:
    """A nominated member may not sit; the next of the original vote who does not stand moves up; the deputy presides."""
    assert [one.value for one in residents.members_standing(["a", "b", "c"], {"b", "x"})] == ["b"]
    reserves = ["r1", "r2"]
    assert not residents.replaced_in_order("r1", reserves, ())
    assert not residents.replaced_in_order("r2", reserves, {"r1"})
    assert not residents.replaced_in_order(None, reserves, {"r1", "r2"})
    assert residents.replaced_in_order("r2", reserves, ())[0].limit == "r1"
    assert residents.replaced_in_order(None, reserves, ())[0].limit == "r1"
    assert residents.replaced_in_order("z", (), ())[0].value == "z"
    assert not residents.presided_by("chair", "chair", "deputy", ())
    assert not residents.presided_by("deputy", "chair", "deputy", {"chair"})
    assert residents.presided_by("chair", "chair", "deputy", {"chair"})[0].limit == "deputy"
    assert residents.presided_by("deputy", "chair", "deputy", ())[0].limit == "chair"


def test_r3_every_level_of_review() -> None:
    """Whoever lacks a level is not a candidate; the message names the level."""
    levels = ("选举委员会预审", "街道初审", "区级联审", "区委常委会讨论")
    assert not residents.reviewed_at_every_level("甲", levels, levels)
    assert residents.reviewed_at_every_level("甲", levels[:2], levels)[0].value == "区级联审、区委常委会讨论"


def test_r3_an_unknown_route_is_named_in_chinese() -> None:
    """People read the way of nominating, not its key."""
    finding = candidacy.no_such_route("甲", "superior_party", ("voters", "self"))
    assert "「上级党组织」" in finding.message
    assert finding.limit == "有选举权的居民、选民自荐"


def test_r6_the_result_form_goes_to_both_offices() -> None:
    """The district's civil affairs and the street."""
    assert not residents.result_filed(["街道", "区民政局"])
    assert "区民政局" in residents.result_filed(["街道"])[0].message
    assert residents.result_filed([])[0].value == "未报备案"


def test_r7_by_groups_only_the_floor_is_spoken_of() -> None:
    """Nobody is told of thirty households where groups chose."""
    (finding,) = residents.representatives_enough(3000, 49, delegates=DELEGATES, by_groups=True)
    assert "30 户" not in finding.message


def test_s1_seats_of_a_plan_that_gives_one_number() -> None:
    """Three, not 「3 至 3」."""
    (finding,) = supervisory.seats_allowed(4, Seats(text="3人", min=3, max=3))
    assert finding.limit == "3"
    assert "3 至 3" not in finding.message


def test_s2_by_hands_and_announced_on_the_spot() -> None:
    """The next day is too late."""
    day = date(2021, 5, 8)
    assert not supervisory.chosen_openly(day, day, by_show_of_hands=True)
    assert supervisory.chosen_openly(day, date(2021, 5, 9), by_show_of_hands=True)[0].limit == "2021-05-08"
    assert supervisory.chosen_openly(day, None, by_show_of_hands=True)[0].value is None
    assert supervisory.chosen_openly(day, day, by_show_of_hands=False)[0].limit == "举手表决"


def test_x3_binds_the_two_committees_not_their_supervisors() -> None:
    """The plan's 二（一） speaks of the 「两委」: an experienced retiree may supervise, nobody under eighteen may."""
    retiree = Person(id="n1", name="张三", sex=Sex.MALE, born=date(1958, 3, 1), retired=True, experience_months=0)
    poll = date(2021, 5, 8)
    of = {body: standard_findings(Nomination(person=retiree, body=body), poll_day=poll) for body in Body}
    assert blocking(of[Body.RESIDENTS])
    assert blocking(of[Body.PARTY])
    assert not of[Body.SUPERVISORY]
    young = retiree.model_copy(update={"born": date(2003, 5, 9), "retired": False})
    (finding,) = standard_findings(Nomination(person=young, body=Body.SUPERVISORY), poll_day=poll)
    assert (finding.rule, finding.value) == ("X3", 17)


# ---------------------------------------------------------------- the book against the reference

CONFIDENCE = (
    {
        f"P{n}": "S" for n in (1, 4, 7, 8, 9, 10, 11, 12, 13, 14)
    }  # P1 S/V, P4 S/P4, P9 S/G: one letter, the source says which part
    | {"P2": "V", "P3": "V", "P5": "P4", "P6": "P4", "P15": "P4", "R1": "V", "S1": "V", "S2": "P4"}
    | {f"R{n}": "P4" for n in range(2, 8)}
    | {f"X{n}": "P4" for n in range(1, 6)}
)


def test_every_rule_of_the_plan_is_in_the_book_with_its_confidence() -> None:
    """P1–P15, R1–R7, S1–S2, X1–X5, none more and none less in these families."""
    load()
    assert {one: BOOK[one].confidence.value for one in CONFIDENCE} == CONFIDENCE
    assert {one for one in BOOK if one[0] in "PRSX" and "-" not in one} == set(CONFIDENCE)


def test_an_article_is_given_only_where_a_statute_was_read() -> None:
    """Party rules and the plan have none; the ones of 2025 are those of their ids."""
    for rule in load():
        if rule.id[0] in "PX" or rule.confidence in (Confidence.EXCERPT, Confidence.GENERAL):
            assert rule.article is None, rule.id
        if rule.law_version is Law.OF_2025:
            assert (rule.article, rule.confidence, rule.effective_from) == (
                rule.id.partition("-")[2],
                Confidence.TRANSCRIBED,
                LAW_2025_IN_FORCE,
            )


def test_the_national_floor() -> None:
    """The list and its objections, the quorum, the majority and the third, the handover, and registration."""
    floor = {rule.id for rule in load() if rule.national_floor}
    assert floor == {"V4", "V6", "V7", "V14", "V17", "V19", "V23"} | {
        *(f"R25-{n}" for n in (16, 17, 19, 25)),
        *(f"V25-{n}" for n in (16, 17, 24)),
    }


def test_a_form_of_the_communitys_kind_is_told_what_a_village_writes() -> None:
    """Written before a village's supervisors were a body of their own: refused with the word to write (V26)."""
    given: dict[str, Any] = {"mode": PollMode.SHOW_OF_HANDS, "seats": 3, "vote": 1, "law": Law.OF_2025}
    form = ResultForm(body="supervisory", mode="show_of_hands", law="2025", seats=3)
    (found,) = conduct.right_form(form, body=FormBody.VILLAGE_SUPERVISORY, **given)
    assert found.rule == "O4"
    assert "「监督委员会」" in found.message
    assert "村务监督委员会（body: village_supervisory）" in found.message
    assert conduct.right_form(form, body=FormBody.SUPERVISORY, **given) == []


def test_who_chairs_the_election_committee_is_said_by_name() -> None:
    """R2: the secretary by name, somebody nobody knows by the form's own number."""
    names = {"A": "王书记", "B": "李委员"}
    five = ["A", "B", "C", "D", "E"]
    (found,) = residents.committee_composition(five, "B", rule=COMMITTEE, secretary="A", names=names)
    assert (found.value, found.limit) == ("李委员", "王书记")
    assert "王书记" in found.message
    (found,) = residents.committee_composition(five, "X9", rule=COMMITTEE, names=names)
    assert (found.value, "编号 X9" in found.message) == ("编号 X9", True)
