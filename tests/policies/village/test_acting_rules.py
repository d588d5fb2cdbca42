"""V20, V26: who acts for a village's chair, and how a meeting chooses. Expected values: 浙江 30; 上海 21; 村组法（2025）26, 30.

The meeting: 34 members of a representatives' meeting, of whom 23 make two thirds.
"""

from collections.abc import Mapping

import pytest

from policies.law.norms import Acting, Norms
from policies.rules.village.acting import Due, acts_lawfully, who_acts
from policies.rules.village.meetings import Meeting, MeetingVote, meeting_decided
from tests.builders.norms import BEIJING, NATION_2025, SHANGHAI, ZHEJIANG

NAMES = {"甲": "赵", "乙": "钱", "丙": "孙", "丁": "李"}
EVERY_MEETING = (Meeting.REPRESENTATIVES, Meeting.ADULTS, Meeting.HOUSEHOLDS)
PROVINCES = (ZHEJIANG, SHANGHAI, BEIJING, NATION_2025)


def vote(**changes: object) -> MeetingVote:
    """A representatives' meeting of 34, 23 there, 12 for whoever acts: each figure the least that is enough."""
    figures = {"meeting": Meeting.REPRESENTATIVES, "due": 34, "present": 23, "in_favour": 12}
    return MeetingVote.model_validate({**figures, **changes})


def lawful(person: str, given: MeetingVote | None, due: Due, norms: Norms) -> list[tuple[str, object]]:
    """Rule and limit of each finding, in a village of thirty representatives and four members."""
    found = acts_lawfully(person, given, due, NAMES, norms, representatives=30, members=4)
    assert all(one.blocks for one in found)
    return [(one.rule, one.limit) for one in found]


# ---------------------------------------------------------------- whom the law names


@pytest.mark.parametrize("norms", PROVINCES)
def test_the_deputy_with_most_votes_acts_everywhere(norms: Norms) -> None:
    """浙江: 由副主任主持工作; 上海: 由得票多的副主任临时主持. A member with more votes than any deputy does not."""
    assert who_acts({"甲": 50}, {"丙": 60}, norms) == Due(people=("甲",))
    assert who_acts({"甲": 40, "乙": 50}, {"丙": 60}, norms) == Due(people=("乙",))
    assert lawful("甲", None, Due(people=("甲",)), norms) == []
    assert lawful("丙", vote(), Due(people=("甲",)), norms) == [("V20", "赵")]


def test_without_deputies_the_provinces_part() -> None:
    """浙江: 由村民代表会议在当选的委员中推选一人; 上海: 由得票多的委员; Beijing and the nation say nothing: a meeting chooses."""
    members = {"丙": 60, "丁": 59}
    assert who_acts({}, members, ZHEJIANG) == Due(people=("丙", "丁"), meetings=(Meeting.REPRESENTATIVES,))
    assert who_acts({}, members, SHANGHAI) == Due(people=("丙",))
    for silent in (BEIJING, NATION_2025):
        assert who_acts({}, members, silent) == Due(people=("丙", "丁"), meetings=EVERY_MEETING)


def test_zhejiang_chooses_even_where_one_member_is_left_and_shanghai_does_not() -> None:
    assert who_acts({}, {"丙": 60}, ZHEJIANG) == Due(people=("丙",), meetings=(Meeting.REPRESENTATIVES,))
    assert who_acts({}, {"丙": 60}, SHANGHAI) == Due(people=("丙",))


@pytest.mark.parametrize(("deputies", "members"), [({}, {"丙": 60, "丁": 60}), ({"丙": 50, "丁": 50}, {"甲": 9})])
def test_a_meeting_chooses_between_equals(deputies: Mapping[str, int], members: Mapping[str, int]) -> None:
    """上海: 得票相等的，由村民会议或者村民代表会议确定; Zhejiang knows the representatives' meeting alone."""
    assert who_acts(deputies, members, SHANGHAI) == Due(people=("丙", "丁"), meetings=EVERY_MEETING)
    assert who_acts(deputies, members, ZHEJIANG) == Due(people=("丙", "丁"), meetings=(Meeting.REPRESENTATIVES,))


def test_one_vote_more_is_no_tie() -> None:
    assert who_acts({}, {"丙": 60, "丁": 59, "甲": 60}, SHANGHAI) == Due(people=("丙", "甲"), meetings=EVERY_MEETING)
    assert who_acts({}, {"丙": 60, "丁": 61, "甲": 60}, SHANGHAI) == Due(people=("丁",))


@pytest.mark.parametrize("norms", PROVINCES)
def test_nobody_acts_where_nobody_is_in_office(norms: Norms) -> None:
    assert who_acts({}, {}, norms) is None


def test_the_norms_are_the_provinces_own() -> None:
    assert [one.acting_chair for one in PROVINCES] == [Acting.CHOSEN, Acting.MOST_VOTES, None, None]


# ---------------------------------------------------------------- the meeting's choice

IN_ZHEJIANG = Due(people=("丙", "丁"), meetings=(Meeting.REPRESENTATIVES,))
IN_SHANGHAI = Due(people=("丙", "丁"), meetings=EVERY_MEETING)


def test_a_choice_needs_its_meeting() -> None:
    """Somebody elected, by the meeting the article names: Zhejiang's assembly is not it, Shanghai's is."""
    assert lawful("丁", vote(), IN_ZHEJIANG, ZHEJIANG) == []
    assert lawful("丁", None, IN_ZHEJIANG, ZHEJIANG) == [("V20", "村民代表会议")]
    assert lawful("甲", vote(), IN_ZHEJIANG, ZHEJIANG) == [("V20", "孙、李")]
    assembly = vote(meeting=Meeting.HOUSEHOLDS, due=300, present=200, in_favour=101)
    assert lawful("丁", assembly, IN_ZHEJIANG, ZHEJIANG) == [("V20", "村民代表会议")]
    assert lawful("丁", assembly, IN_SHANGHAI, SHANGHAI) == []


def test_everything_wrong_is_said_at_once() -> None:
    """Somebody who was not elected, and a meeting that could not be held and did not agree."""
    found = lawful("甲", vote(present=22, in_favour=11), IN_ZHEJIANG, ZHEJIANG)
    assert found == [("V20", "孙、李"), ("V26", 23), ("V26", 12)]


@pytest.mark.parametrize(
    ("meeting", "due", "present", "enough"),
    [
        (Meeting.REPRESENTATIVES, 34, 22, False),  # 三分之二以上: 3*23 = 69 >= 68
        (Meeting.REPRESENTATIVES, 34, 23, True),
        (Meeting.REPRESENTATIVES, 33, 22, True),
        (Meeting.ADULTS, 900, 450, False),  # 过半数
        (Meeting.ADULTS, 900, 451, True),
        (Meeting.HOUSEHOLDS, 300, 199, False),  # 三分之二以上的户的代表
        (Meeting.HOUSEHOLDS, 300, 200, True),
    ],
)
def test_v26_the_meeting_can_be_held(meeting: Meeting, due: int, present: int, enough: bool) -> None:
    given = vote(meeting=meeting, due=due, present=present, in_favour=present)
    assert [one.rule for one in meeting_decided(given, NATION_2025, representatives=30, members=4)] == (
        [] if enough else ["V26"]
    )


@pytest.mark.parametrize(("present", "in_favour", "carried"), [(24, 12, False), (24, 13, True), (25, 13, True)])
def test_v26_more_than_half_of_those_present(present: int, in_favour: int, carried: bool) -> None:
    """经到会人员的过半数同意: exactly half is not enough."""
    found = meeting_decided(vote(present=present, in_favour=in_favour), NATION_2025)
    assert [one.rule for one in found] == ([] if carried else ["V26"])


@pytest.mark.parametrize(("due", "right"), [(29, False), (30, True), (34, True), (35, False)])
def test_v26_the_meeting_is_representatives_and_committee(due: int, right: bool) -> None:
    """Thirty representatives and four members: a representative on the committee is one person, so thirty is the least."""
    given = vote(due=due, present=due, in_favour=due)
    assert (meeting_decided(given, NATION_2025, representatives=30, members=4) == []) is right
    assert meeting_decided(given, NATION_2025) == []  # nobody knows how many there are


@pytest.mark.parametrize("changes", [{"present": 35, "in_favour": 30}, {"present": 30, "in_favour": 31}])
def test_v26_figures_agree(changes: dict[str, object]) -> None:
    assert [one.rule for one in meeting_decided(vote(**changes), NATION_2025)] == ["V26"]
