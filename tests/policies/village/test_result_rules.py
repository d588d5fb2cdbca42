"""V10, V19, V20, V22, V23 at their limits. Expected values: 浙江 29, 30, 41; 上海 21, 24; 北京 30; 村组法 17, 20／21, 24."""

from datetime import date, timedelta

import pytest

from policies.finding import Finding
from policies.law.norms import Norms
from policies.rules.law2025 import R25_22, R25_25
from policies.rules.village.handover import Handover, handed_over, handover_due
from policies.rules.village.results import (
    announced_on_the_spot,
    elected_list_posted,
    further_vote_candidates,
    further_vote_in_time,
    seats_left_vacant,
)
from policies.rules.village.wrongful import Authority, Means, Wrong, cannot_void, wins_again
from tests.builders.norms import BEIJING, COMMUNITY_2025, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG

POLL = date(2026, 4, 28)


def limits(found: list[Finding], rule: str) -> list[object]:
    """What each finding says the limit is; all of one rule."""
    assert {one.rule for one in found} <= {rule}
    return [one.limit for one in found]


def test_v10_on_the_spot() -> None:
    """选举结果应当当场公布: the day of the vote, not the next, and not never."""
    assert announced_on_the_spot(POLL, POLL) == []
    assert limits(announced_on_the_spot(POLL, POLL + timedelta(1)), "V10") == [POLL.isoformat()]
    assert announced_on_the_spot(POLL, None)[0].value is None


def test_v10_the_list_of_those_elected_the_same_or_the_next_day_in_zhejiang() -> None:
    """浙江 32: 当日或者次日; two days later is late there, and nobody else names a day."""
    for after, late in ((0, []), (1, []), (2, ["2026-04-29"])):
        day = POLL + timedelta(after)
        assert limits(elected_list_posted(POLL, day, day, ZHEJIANG), "V10") == late
        assert limits(elected_list_posted(POLL, None, day, ZHEJIANG), "V10") == late
        assert elected_list_posted(POLL, day, day, SHANGHAI) == []
    assert elected_list_posted(POLL, POLL - timedelta(1), POLL, ZHEJIANG)


@pytest.mark.parametrize(
    ("after", "zhejiang", "shanghai", "beijing"),
    [
        (-1, False, False, False),
        (0, True, True, True),  # 当日
        (15, True, True, True),
        (16, True, True, False),
        (30, True, True, False),
        (31, False, False, False),
    ],
)
def test_v19_the_window(after: int, zhejiang: bool, shanghai: bool, beijing: bool) -> None:
    """Zhejiang and Shanghai 三十日内, Beijing 十五日内, the nation none."""
    day = POLL + timedelta(after)
    for norms, lawful in ((ZHEJIANG, zhejiang), (SHANGHAI, shanghai), (BEIJING, beijing), (NATION_2025, True)):
        assert (limits(further_vote_in_time(POLL, day, norms), "V19") == []) is lawful
    assert "2026-05-28" in further_vote_in_time(POLL, POLL + timedelta(31), ZHEJIANG)[0].message


def test_v19_the_most_voted_unelected() -> None:
    """第一次投票未当选的人员得票多的为候选人: nobody else, nobody passed over, more than the seats."""
    first = {"甲": 40, "乙": 30, "丙": 20, "丁": 20}
    assert further_vote_candidates(first, ["甲", "乙"], 1) == []
    assert limits(further_vote_candidates(first, ["甲", "丙"], 1), "V19") == ["得票多于 20 票的未当选人员"]
    assert further_vote_candidates(first, ["甲", "丙"], 1, declined=["乙"]) == []
    assert further_vote_candidates(first, ["甲", "乙", "丙"], 2) == []  # 丁 is no better than 丙
    assert limits(further_vote_candidates(first, ["甲", "乙", "新"], 1), "V19") == ["第一次投票未当选的人员"]
    assert limits(further_vote_candidates(first, ["甲"], 1), "V19") == [2]
    assert further_vote_candidates({"甲": 40}, ["甲"], 1) == []  # nobody is left to make a margin


def vacant(elected: int, norms: Norms, **facts: bool) -> list[object]:
    """What stands against leaving the other of five seats vacant, when all else is in order."""
    known = {"chair_elected": True, "further_vote_held": True, "meeting_decided": True, **facts}
    return limits(seats_left_vacant(elected, 5, norms, **known), "V20")


@pytest.mark.parametrize(
    ("elected", "zhejiang", "shanghai", "beijing"),
    [(2, False, False, False), (3, True, True, False), (4, True, True, True)],  # 已选足三人；达到三人；超过三人
)
def test_v20_how_many_must_be_there(elected: int, zhejiang: bool, shanghai: bool, beijing: bool) -> None:
    """Three in Zhejiang and Shanghai, more than three in Beijing; all five leave nothing vacant."""
    for norms, lawful in ((ZHEJIANG, zhejiang), (SHANGHAI, shanghai), (BEIJING, beijing)):
        assert (vacant(elected, norms) == []) is lawful
        assert vacant(5, norms, meeting_decided=False) == []
    assert vacant(0, NATION_2018) == []


def test_v20_the_conditions_differ() -> None:
    """Zhejiang: after a further vote. Shanghai: a meeting decides. Beijing: both, and the chair is there."""
    assert vacant(4, ZHEJIANG, further_vote_held=False) == ["另行选举后"]
    assert vacant(4, SHANGHAI, further_vote_held=False) == []
    assert vacant(4, SHANGHAI, meeting_decided=False) == ["会议决定"]
    assert vacant(4, ZHEJIANG, meeting_decided=False) == []
    assert vacant(4, BEIJING, chair_elected=False) == ["主任已选出"]
    assert vacant(4, ZHEJIANG, chair_elected=False) == []
    assert len(vacant(2, BEIJING, chair_elected=False, further_vote_held=False, meeting_decided=False)) == 4


def wrong(found_by: Authority = Authority.TOWNSHIP, paper: str = "镇调〔2026〕1号") -> Wrong:
    """A win by bribery, found and numbered."""
    return Wrong(person="甲", means=Means.BRIBERY, found_by=found_by, paper=paper)


def test_v22_a_win_found_wrongful_is_void() -> None:
    """Investigated by township or county, with a paper; the election committee's word or no paper voids nothing yet."""
    for authority in (Authority.TOWNSHIP, Authority.COUNTY):
        assert cannot_void((wrong(authority),), ("甲", "乙"), upheld=True) == []
    assert limits(cannot_void((wrong(Authority.ELECTION_COMMITTEE, paper=" "),), ("甲",), upheld=True), "V22") == [
        "调查结论文号",
        "乡镇人民政府（街道办事处）、县级人民政府",
    ]
    assert cannot_void((wrong(Authority.ELECTION_COMMITTEE),), ("甲",), upheld=True, rule=R25_22)[0].rule == "R25-22"


def test_v22_only_of_somebody_elected_and_found_true_once() -> None:
    """乙 alone is elected; what is found untrue voids nothing; one conclusion a person."""
    assert limits(cannot_void((wrong(),), ("乙",), upheld=True), "V22") == ["当选人"]
    assert limits(cannot_void((wrong(),), ("甲",), upheld=False), "V22") == ["属实"]
    assert limits(cannot_void((wrong(), wrong()), ("甲",), upheld=True), "V22") == [1]


def test_v22_winning_again() -> None:
    """浙江 41: 在另行选举中再次当选的，其当选无效; nobody else's law says so."""
    assert limits(wins_again("甲", {"甲"}, ZHEJIANG), "V22") == ["当选无效"]
    assert wins_again("乙", {"甲"}, ZHEJIANG) == []
    for norms in (SHANGHAI, BEIJING, NATION_2025):
        assert wins_again("甲", {"甲"}, norms) == []


@pytest.mark.parametrize(("after", "lawful"), [(0, True), (9, True), (10, True), (11, False)])
def test_v23_ten_days(after: int, lawful: bool) -> None:
    """自产生之日起十日内, the day itself not counted: elected on 28 April, by 8 May, May holidays or not."""
    for norms in (NATION_2018, NATION_2025, ZHEJIANG, BEIJING, COMMUNITY_2025):
        assert handover_due(POLL, norms) == date(2026, 5, 8)
        done = Handover(seal=POLL, completed=POLL + timedelta(after))
        found = handed_over(done, POLL, POLL + timedelta(after), norms)
        assert limits(found, "V23") == ([] if lawful else ["2026-05-08"])


def test_v23_not_yet_handed_over() -> None:
    """Nothing is late on the tenth day; on the eleventh it is."""
    assert handed_over(Handover(), POLL, POLL + timedelta(10), NATION_2025) == []
    assert limits(handed_over(Handover(), POLL, POLL + timedelta(11), NATION_2025), "V23") == ["2026-05-08"]
    assert handed_over(Handover(), POLL, POLL + timedelta(99), SILENT) == []


def test_v23_the_seal_the_same_day_in_shanghai() -> None:
    """上海 24: 产生当日移交公章; the next day is late there and not in Zhejiang; not handed over that day waits."""
    for seal, shanghai in ((POLL, []), (POLL + timedelta(1), [POLL.isoformat()])):
        done = Handover(seal=seal, completed=POLL + timedelta(5))
        assert limits(handed_over(done, POLL, POLL + timedelta(5), SHANGHAI), "V23") == shanghai
        assert handed_over(done, POLL, POLL + timedelta(5), ZHEJIANG) == []
    assert handed_over(Handover(), POLL, POLL, SHANGHAI) == []
    assert limits(handed_over(Handover(), POLL, POLL + timedelta(1), SHANGHAI), "V23") == [POLL.isoformat()]


def test_v23_presided_supervised_and_not_before_the_election() -> None:
    """由村民选举委员会主持，由乡镇人民政府监督."""
    loose = Handover(seal=POLL, completed=POLL, presided=False, supervised=False)
    assert limits(handed_over(loose, POLL, POLL, NATION_2025), "V23") == ["选举委员会主持", "乡镇（街道）监督"]
    early = Handover(seal=POLL - timedelta(1), completed=POLL - timedelta(1))
    assert limits(handed_over(early, POLL, POLL, NATION_2025, rule=R25_25), "R25-25") == [POLL.isoformat()] * 2
