"""A village without a chair: who acts, in each province's own plan (V20). Expected values: 浙江 30; 上海 21; 村组法（2025）26, 30.

632 vote: nobody has half of them for the chair or the deputy, and no third (211) in the further vote. The women's member
and two members are elected: P15, P17, P18. Every journal goes before the independent checker too.
"""

from datetime import date
from typing import Any

import pytest

from policies.calendar import national_calendar
from policies.people import Post, Sex
from policies.rules.village.meetings import Meeting, MeetingVote
from tests.workflows.checked import checked
from tests.workflows.provinces import Found, clerk_of, setting_of
from tests.workflows.test_village import votes
from tests.workflows.villageclerk import IDS, VillageClerk, village, villager
from workflows.byelection import ByElection
from workflows.messages import BodyBrief, Winner
from workflows.setting import install

ZHEJIANG, SHANGHAI, BEIJING, NATION = (f"village-{name}" for name in ("zhejiang", "shanghai", "beijing", "2025"))
ACTING = "residents.acting"
LOW = dict.fromkeys(IDS.values(), 100)
MEMBERS = ("P15", "P17", "P18")
REPRESENTATIVES = MeetingVote(meeting=Meeting.REPRESENTATIVES, due=33, present=22, in_favour=12)
"""Thirty representatives and three members: two thirds of them, and more than half of those."""
ASSEMBLY = MeetingVote(meeting=Meeting.ADULTS, due=1000, present=501, in_favour=251)


def headless(pack: str, *, deputy: bool = False, meeting: MeetingVote | None = None, **first: int) -> Found:
    """Nobody wins the chair; nor, without `deputy`, the deputy's post. P15 has 421 votes, P17 400, P18 390."""
    given = {"P11": 300, "P12": 290, "P17": 400, "P18": 390, **({} if deputy else {"P13": 300, "P14": 290}), **first}
    polls = {"residents.poll": votes(**given), "residents.runoff": LOW, "residents.runoff#2": LOW}
    return clerk_of(pack, votes=polls, meeting=meeting)


def acts(clerk: VillageClerk) -> list[str | None]:
    """Who was said to act, in order; the election is complete, and the checker agrees with all of it."""
    assert clerk.run().completed_on is not None
    assert [str(one) for one in checked(clerk).violations] == []
    return [one.person for one in clerk.of_kind("acting_chair")]


def refused(clerk: Found, **answer: Any) -> tuple[str, ...]:
    """The rules that refuse another answer where somebody is named; the honest one follows."""
    clerk.answers[ACTING] = lambda task, form: form.model_copy(update=answer)
    acts(clerk)
    (refusal,) = clerk.refusals
    assert refusal.gate == ACTING
    return refusal.rules


def asked(clerk: Found) -> list[tuple[str, ...]]:
    """Among whom somebody was to be named, task by task."""
    return [task.people for task in clerk.tasks if task.step == ACTING]


# ---------------------------------------------------------------- a deputy


@pytest.mark.parametrize("pack", [ZHEJIANG, SHANGHAI, BEIJING, NATION])
def test_a_deputy_acts_without_any_meeting(pack: str) -> None:
    """主任暂缺由副主任主持: everywhere, made known by a notice of its own before the certificates."""
    clerk = headless(pack, deputy=True)
    assert acts(clerk) == ["P13"]
    assert clerk.refusals == []
    (paper,) = [one for one in clerk.store.papers if one.title == "主持村民委员会工作人员公告"]
    assert "村民13" in paper.text
    decided = [fact.gate for fact in clerk.of_kind("decided", "residents")]
    assert decided.index(ACTING) == decided.index("residents.certificates") - 1


@pytest.mark.parametrize("pack", [ZHEJIANG, SHANGHAI])
def test_nobody_acts_past_a_deputy(pack: str) -> None:
    """A member with more votes than the deputy, chosen by a meeting in good order, is refused all the same."""
    clerk = headless(pack, deputy=True, P13=399)
    assert refused(clerk, person="P15", vote=REPRESENTATIVES) == ("V20",)


def test_where_there_is_a_chair_nobody_is_named() -> None:
    clerk = clerk_of(ZHEJIANG)
    assert acts(clerk) == []
    assert asked(clerk) == []


# ---------------------------------------------------------------- neither chair nor deputy: each province its own way


@pytest.mark.parametrize("chosen", MEMBERS)
def test_zhejiang_lets_the_representatives_choose_any_member(chosen: str) -> None:
    """浙江 30: whoever they choose, the women's member too; by votes, as in Shanghai, it could only be P15."""
    clerk = headless(ZHEJIANG, meeting=REPRESENTATIVES)
    clerk.answers[ACTING] = lambda task, form: form.model_copy(update={"person": chosen})
    assert acts(clerk) == [chosen]
    assert asked(clerk) == [MEMBERS]
    assert clerk.refusals == []


def test_shanghai_goes_by_votes() -> None:
    """上海 21: P15 has most and needs no meeting, which Zhejiang would refuse."""
    clerk = headless(SHANGHAI)
    assert acts(clerk) == ["P15"]
    assert asked(clerk) == [("P15",)]
    assert clerk.refusals == []


def test_shanghai_refuses_what_zhejiang_lets_the_representatives_choose() -> None:
    assert refused(headless(SHANGHAI), person="P18", vote=REPRESENTATIVES) == ("V20",)


@pytest.mark.parametrize("meeting", [REPRESENTATIVES, ASSEMBLY])
def test_a_meeting_of_shanghais_decides_between_equals(meeting: MeetingVote) -> None:
    """上海 21: 得票相等的，由村民会议或者村民代表会议确定: P15 and P17 have 400 each, P18 has 390."""
    clerk = headless(SHANGHAI, meeting=meeting, P15=400)
    clerk.answers[ACTING] = lambda task, form: form.model_copy(update={"person": "P17"})
    assert acts(clerk) == ["P17"]
    assert asked(clerk) == [("P15", "P17")]
    assert clerk.refusals == []


@pytest.mark.parametrize("answer", [{"person": "P18"}, {"vote": None}])
def test_between_equals_nobody_else_and_nobody_without_a_meeting(answer: dict[str, Any]) -> None:
    assert refused(headless(SHANGHAI, meeting=REPRESENTATIVES, P15=400), **answer) == ("V20",)


def test_zhejiang_wants_its_representatives() -> None:
    """浙江 30 speaks of the 村民代表会议 alone; Shanghai's assembly would do. Nor does anybody act without a meeting."""
    assert refused(headless(ZHEJIANG, meeting=REPRESENTATIVES), vote=ASSEMBLY) == ("V20",)
    assert refused(headless(ZHEJIANG, meeting=REPRESENTATIVES), vote=None) == ("V20",)


@pytest.mark.parametrize(
    ("figures", "rules"),
    [
        ({"present": 21}, ("V26",)),  # three times 21 are not twice 33
        ({"in_favour": 11}, ("V26",)),  # exactly half of 22
        ({"due": 34, "present": 23}, ("V26",)),  # there are only 33
        ({"present": 21, "in_favour": 10}, ("V26", "V26")),
    ],
)
def test_the_meeting_must_be_able_to_decide(figures: dict[str, int], rules: tuple[str, ...]) -> None:
    """村组法（2025）30: 三分之二以上的组成人员参加, 经到会人员的过半数同意."""
    clerk = headless(ZHEJIANG, meeting=REPRESENTATIVES)
    assert refused(clerk, vote=REPRESENTATIVES.model_copy(update=figures)) == rules


@pytest.mark.parametrize("pack", [BEIJING, NATION])
@pytest.mark.parametrize("meeting", [REPRESENTATIVES, ASSEMBLY])
def test_where_no_law_says_either_meeting_chooses(pack: str, meeting: MeetingVote) -> None:
    clerk = headless(pack, meeting=meeting)
    clerk.answers[ACTING] = lambda task, form: form.model_copy(update={"person": "P18"})
    assert acts(clerk) == ["P18"]
    assert clerk.refusals == []


def test_a_plan_without_the_step_says_that_a_meeting_must_choose() -> None:
    """A county's older plan goes on: a deputy is told, a choice is told as still to be made."""
    whole = setting_of(ZHEJIANG).pack
    bodies = tuple(
        body.model_copy(update={"steps": tuple(step for step in body.steps if step.id != ACTING)})
        for body in whole.bodies
    )
    older = install(whole.model_copy(update={"bodies": bodies}), national_calendar([2026]))
    for deputy, told in ((True, "P13"), (False, None)):
        clerk = Found(village(setting=older.hash), votes=headless(ZHEJIANG, deputy=deputy).votes)
        assert acts(clerk) == [told]
        assert asked(clerk) == []


# ---------------------------------------------------------------- what is found out afterwards


def test_a_deputy_whose_win_is_void_acts_no_more() -> None:
    """浙江 30, 41: P13 was named; found out before the handover, the representatives choose among the three members."""
    clerk = headless(ZHEJIANG, deputy=True, meeting=REPRESENTATIVES)
    clerk.finds("J1", "residents.filing", "residents.handover", "P13")
    assert acts(clerk) == ["P13", "P15"]
    assert asked(clerk) == [("P13",), MEMBERS]
    assert clerk.of_kind("body_completed", "residents")[0].open_seats == 2


def test_a_member_who_does_not_act_may_be_found_out_without_another_choice() -> None:
    clerk = headless(ZHEJIANG, meeting=REPRESENTATIVES)
    clerk.finds("J1", "residents.filing", "residents.handover", "P17")
    assert acts(clerk) == ["P15"]


def test_a_chair_found_out_after_everything_is_done_leaves_somebody_to_act() -> None:
    """The complaint is answered after the handover: the election is complete only once the deputy is named."""
    clerk = clerk_of(SHANGHAI)
    clerk.finds("J1", "residents.filing", "complaint:J1", "P11")
    assert acts(clerk) == ["P13"]


def test_the_choice_waits_with_whoever_is_left() -> None:
    """P15 is found out while the representatives are asked: the task names the other two."""
    clerk = headless(ZHEJIANG, meeting=REPRESENTATIVES.model_copy(update={"due": 32}))
    clerk.finds("J1", "residents.announcement", ACTING, "P15")
    assert acts(clerk) == ["P17"]
    assert asked(clerk) == [MEMBERS, ("P17", "P18")]


def test_nobody_is_named_where_nobody_is_left() -> None:
    """All three are found out while the representatives are asked: the gate ends, every seat waits for a by-election."""
    clerk = headless(ZHEJIANG, meeting=REPRESENTATIVES)
    clerk.finds("J1", "residents.announcement", ACTING, *MEMBERS)
    assert acts(clerk) == []
    assert asked(clerk) == [MEMBERS]
    assert clerk.of_kind("body_completed", "residents")[0].seats == ()


# ---------------------------------------------------------------- within the term


def by_election(pack: str, *posts: Post, meeting: MeetingVote | None = None) -> Found:
    """The chair's seat is vacant, and nobody wins it; those of these posts are in office, with 400 votes, 399 and so on."""
    seated = tuple(
        Winner(person=villager(80 + place), post=post, votes=400 - place) for place, post in enumerate(posts)
    )
    unit, day = village(setting=setting_of(pack).hash), date(2026, 3, 1)
    stand = tuple((villager(number, sex=Sex.MALE), Post.CHAIR) for number in (71, 72))
    low = {"P71": 100, "P72": 90}
    polls = dict.fromkeys(("byelection.poll", "byelection.runoff", "byelection.runoff#2"), low)
    brief = BodyBrief(unit=unit, seated=seated, vacant=(Post.CHAIR,))
    clerk = Found(unit, nominees=stand, votes=polls, meeting=meeting, term=(ByElection.run, brief, "byelection-1"))
    clerk.answers["byelection.poll_day"] = lambda task, form: form.model_copy(update={"poll_day": day})
    clerk.answers["byelection.proxies"] = lambda task, form: form.model_copy(update={"proxies": ()})
    for step in ("byelection.poll", "byelection.runoff"):
        clerk.answers[step] = lambda task, form: form.model_copy(update={"proxies": 0})
    return clerk


@pytest.mark.parametrize(
    ("pack", "posts", "named"),
    [
        (ZHEJIANG, (Post.COMMITTEE_MEMBER, Post.DEPUTY_CHAIR), ["P81"]),
        (SHANGHAI, (Post.COMMITTEE_MEMBER, Post.COMMITTEE_MEMBER), ["P80"]),
        (SHANGHAI, (Post.COMMITTEE_MEMBER, Post.DEPUTY_CHAIR), ["P81"]),
    ],
)
def test_a_by_election_without_a_winner_looks_at_those_in_office(
    pack: str, posts: tuple[Post, ...], named: list[str]
) -> None:
    """V25, V20: the deputy who sits there acts, else (Shanghai) the member with most votes; nobody of the vote itself."""
    clerk = by_election(pack, *posts)
    clerk.run()
    assert [one.person for one in clerk.of_kind("acting_chair")] == named
    assert clerk.refusals == []


def test_after_a_by_election_zhejiangs_representatives_choose() -> None:
    meeting = MeetingVote(meeting=Meeting.REPRESENTATIVES, due=33, present=22, in_favour=12)
    clerk = by_election(ZHEJIANG, Post.COMMITTEE_MEMBER, Post.WOMEN_MEMBER, meeting=meeting)
    clerk.answers["byelection.acting"] = lambda task, form: form.model_copy(update={"person": "P81"})
    clerk.run()
    assert [one.person for one in clerk.of_kind("acting_chair")] == ["P81"]
    assert clerk.refusals == []
