"""V21: who stays of relatives elected together. Expected values: 浙江 31, 上海 2, 村组法 (2025) 8; properties against plain checks."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Severity
from policies.kinship import KinGraph, kin_path
from policies.law.norms import Norms, StaffKin
from policies.people import Post
from policies.rules.village.relatives import Staying, Winner, relatives_declared, relatives_elected, told
from tests.builders.family import family
from tests.builders.norms import BEIJING, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG
from tests.builders.steady import STEADY


def win(person: str, post: Post, votes: int) -> Winner:
    """A winner in a line."""
    return Winner(person=person, post=post, votes=votes)


CHAIR, DEPUTY = win("甲", Post.CHAIR, 60), win("乙", Post.DEPUTY_CHAIR, 90)
FIRST, SECOND, THIRD = (
    win("丙", Post.COMMITTEE_MEMBER, 80),
    win("丁", Post.COMMITTEE_MEMBER, 70),
    win("戊", Post.COMMITTEE_MEMBER, 65),
)


def names(winners: tuple[Winner, ...]) -> str:
    """Ids in order."""
    return "".join(one.person for one in winners)


def test_the_higher_post_stays_with_fewer_votes() -> None:
    """留任其中职务最高的人员: the chair with 60 votes, not his wife, deputy with 90."""
    outcome = relatives_elected([DEPUTY, CHAIR, FIRST], [], family("甲 spouse 乙"), ZHEJIANG)
    assert names(outcome.members) == "甲丙"
    assert [(one.winner.person, one.stays, one.path.text) for one in outcome.yielding] == [("乙", "甲", "乙—丈夫—甲")]


def test_in_one_post_more_votes_stay_and_the_next_moves_up() -> None:
    """职务相同的，留任得票数最多的; 按得票多少依次递补: only from those who passed for that post."""
    waiting = [
        win("庚", Post.COMMITTEE_MEMBER, 55),
        win("己", Post.COMMITTEE_MEMBER, 58),
        win("辛", Post.DEPUTY_CHAIR, 99),
    ]
    outcome = relatives_elected([CHAIR, FIRST, SECOND], waiting, family("丙 sibling 丁"), ZHEJIANG)
    assert names(outcome.members) == "甲丙己"
    assert names(outcome.moved_up) == "己"
    assert [(one.severity, one.rule) for one in told(outcome, family("丙 sibling 丁"))] == [
        (Severity.WARNING, "V21"),
        (Severity.INFO, "V21"),
    ]


def test_equal_post_and_votes_vote_again() -> None:
    """职务相同、票数相同的，应当继续组织投票: neither is on the committee yet, nobody moves up, no lot."""
    kin = family("丙 sibling 丁; 甲 parent 戊")
    outcome = relatives_elected(
        [CHAIR, FIRST, win("丁", Post.COMMITTEE_MEMBER, 80), THIRD],
        [win("己", Post.COMMITTEE_MEMBER, 58)],
        kin,
        ZHEJIANG,
    )
    assert (names(outcome.members), names(outcome.again), names(outcome.moved_up)) == ("甲", "丙丁", "")
    assert "不得抽签" in told(outcome, kin)[-1].message


def test_after_the_vote_again_the_rule_is_applied_to_its_votes() -> None:
    """丙 wins the re-vote 50 to 40: 丁 goes and the next moves up."""
    kin = family("丙 sibling 丁")
    outcome = relatives_elected(
        [CHAIR, win("丙", Post.COMMITTEE_MEMBER, 50), win("丁", Post.COMMITTEE_MEMBER, 40)],
        [win("己", Post.COMMITTEE_MEMBER, 58)],
        kin,
        ZHEJIANG,
    )
    assert names(outcome.members) == "甲己丙"


def test_a_lower_relative_waits_for_the_vote_again() -> None:
    """戊 is 丁's brother: whether he stays depends on 丁."""
    kin = family("丙 spouse 丁; 丁 sibling 戊")
    outcome = relatives_elected([FIRST, win("丁", Post.COMMITTEE_MEMBER, 80), THIRD], [], kin, ZHEJIANG)
    assert (names(outcome.members), names(outcome.again), names(outcome.pending)) == ("", "丙丁", "戊")


def test_three_in_a_row_lose_only_the_middle() -> None:
    """丙 is 丁's father, 丁 戊's husband; 丙 and 戊 are in-laws, which no text here bars."""
    outcome = relatives_elected([FIRST, SECOND, THIRD], [], family("丙 parent 丁; 丁 spouse 戊"), ZHEJIANG)
    assert names(outcome.members) == "丙戊"


def test_who_moves_up_must_be_nobodys_relative_either() -> None:
    """己 is the chair's son: 庚 moves up in his place; equal votes for the last seat are voted on."""
    kin = family("丙 sibling 丁; 甲 parent 己")
    waiting = [win("己", Post.COMMITTEE_MEMBER, 58), win("庚", Post.COMMITTEE_MEMBER, 55)]
    assert names(relatives_elected([CHAIR, FIRST, SECOND], waiting, kin, ZHEJIANG).moved_up) == "庚"
    equal = relatives_elected([CHAIR, FIRST, SECOND], [*waiting, win("辛", Post.COMMITTEE_MEMBER, 55)], kin, ZHEJIANG)
    assert (names(equal.moved_up), names(equal.tied)) == ("", "庚辛")


@pytest.mark.parametrize(
    ("kin", "zhejiang", "shanghai", "of_2025"),
    [
        (family("甲 spouse 丙"), True, True, True),
        (family("甲 parent 丙"), True, True, True),
        (family("甲 sibling 丙"), True, False, True),  # 兄弟姐妹: Zhejiang and 近亲属, no 直系亲属
        (family("甲 parent 中; 中 parent 丙"), False, True, True),  # grandparents
        (family("甲 parent 祖; 祖 parent 父; 父 parent 丙"), False, True, False),
        (family("甲 sibling 中; 中 parent 丙"), False, False, False),
    ],
)
def test_which_relatives_by_province(kin: KinGraph, zhejiang: bool, shanghai: bool, of_2025: bool) -> None:
    """浙江: 夫妻、父母子女、兄弟姐妹; 上海: 夫妻、直系亲属; 2025: 近亲属; Beijing and the 2018 law: none."""
    for norms, kept in (
        (ZHEJIANG, zhejiang),
        (SHANGHAI, shanghai),
        (NATION_2025, of_2025),
        (BEIJING, False),
        (NATION_2018, False),
        (SILENT, False),
    ):
        assert names(relatives_elected([CHAIR, FIRST], [], kin, norms).members) == ("甲" if kept else "甲丙")
        assert [one.rule for one in relatives_declared([CHAIR, FIRST], kin, norms)] == (["V21"] if kept else [])


def test_an_equal_waits_with_whoever_waits() -> None:
    """甲 and 乙 must be voted on again; 丙, with fewer votes, is 乙's relative and waits; so does 丁, equal to 丙 and his relative,
    in whatever order the two are named.
    """
    equals = [win(name, Post.COMMITTEE_MEMBER, 60) for name in "甲乙"]
    behind = [win(name, Post.COMMITTEE_MEMBER, 55) for name in "丙丁"]
    kin = family("甲 spouse 乙; 乙 sibling 丙; 丙 parent 丁")
    for order in (behind, behind[::-1]):
        outcome = relatives_elected([*equals, *order], [], kin, ZHEJIANG)
        assert names(outcome.again) == "甲乙"
        assert sorted(names(outcome.pending)) == ["丁", "丙"]
        assert outcome.members == ()


PEOPLE = "甲乙丙丁戊己庚辛"
ALL_NEAR = Norms(members_kin=StaffKin.NEAR)


@st.composite
def elections(draw: st.DrawFn) -> tuple[list[Winner], list[Winner], KinGraph]:
    """Winners and those behind them with few different votes, and spouses among them, so that kin and ties are common."""
    split = draw(st.integers(1, len(PEOPLE)))
    posts = st.sampled_from((Post.CHAIR, Post.DEPUTY_CHAIR, Post.COMMITTEE_MEMBER, Post.COMMITTEE_MEMBER))
    everybody = [win(name, draw(posts), draw(st.integers(50, 53))) for name in PEOPLE]
    pairs = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=6))
    links = "; ".join(f"{a} spouse {b}" for a, b in pairs if a != b)
    return everybody[:split], everybody[split:], family(links, *PEOPLE)


def spouses(graph: KinGraph, a: str, b: str) -> bool:
    """Declared so: only spouses are declared here, and in-laws are no near relatives."""
    return b in graph.spouses(a)


def higher(one: Winner, other: Winner) -> bool:
    """A higher post, or the same and more votes."""
    order = (Post.CHAIR, Post.DEPUTY_CHAIR, Post.COMMITTEE_MEMBER)
    a, b = order.index(one.post), order.index(other.post)
    return a < b or (a == b and one.votes > other.votes)


@STEADY
@given(elections(), st.randoms(use_true_random=False))
def test_nobody_stays_beside_a_relative_and_nobody_goes_without_one(
    given_: tuple[list[Winner], list[Winner], KinGraph], random: object
) -> None:
    """What the clause says of any outcome, checked pair by pair; the order of the lists decides nothing."""
    elected, passed, graph = given_
    outcome = relatives_elected(elected, passed, graph, ALL_NEAR)
    for one, other in combinations(outcome.members, 2):
        assert not spouses(graph, one.person, other.person)
    for gone in outcome.yielding:
        keeper = next(one for one in outcome.members if one.person == gone.stays)
        assert spouses(graph, gone.winner.person, keeper.person)
        assert higher(keeper, gone.winner)
    for one in outcome.again:
        equals = [other for other in outcome.again if spouses(graph, one.person, other.person)]
        assert equals
        assert all((other.post, other.votes) == (one.post, one.votes) for other in equals)
    accounted = [*outcome.members, *(one.winner for one in outcome.yielding), *outcome.again, *outcome.pending]
    moved = set(outcome.moved_up)
    assert sorted(names((one,)) for one in accounted if one not in moved) == sorted(one.person for one in elected)
    for post in (Post.CHAIR, Post.DEPUTY_CHAIR, Post.COMMITTEE_MEMBER):
        free = sum(one.winner.post == post for one in outcome.yielding)
        assert sum(one.post == post for one in outcome.moved_up) <= free
    random.shuffle(elected)  # type: ignore[attr-defined]
    random.shuffle(passed)  # type: ignore[attr-defined]
    assert same(relatives_elected(elected, passed, graph, ALL_NEAR), outcome)


def same(one: Staying, other: Staying) -> bool:
    """The same people in each part, whoever is named first among equals."""
    parts = ("members", "moved_up", "again", "tied", "pending")
    return all(set(getattr(one, part)) == set(getattr(other, part)) for part in parts)


def test_the_family_builder_declares_what_it_says() -> None:
    """The tests above rest on it."""
    assert kin_path(family("甲 parent 乙"), "甲", "乙") is not None
    assert kin_path(family("", "甲", "乙"), "甲", "乙") is None
