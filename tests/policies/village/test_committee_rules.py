"""V1–V3 at their limits: seats, the election committee's size, who leaves it and who moves up. Expected values: the clauses."""

import pytest

from policies.finding import Severity
from policies.kinship import KinGraph
from policies.law.norms import Norms
from policies.rules.village.committee import (
    committee_size,
    leavers,
    members_standing,
    replaced_in_order,
    reserves_due,
    seats_allowed,
    women_possible,
)
from tests.builders.family import family
from tests.builders.norms import BEIJING, COMMUNITY_2025, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG

NOBODY = family()


def members(n: int) -> list[str]:
    """So many different ids."""
    return [f"m{k}" for k in range(n)]


@pytest.mark.parametrize(
    ("norms", "low", "high"),
    [(NATION_2018, 3, 7), (NATION_2025, 3, 7), (COMMUNITY_2025, 5, 9)],  # 村组法 6／8；居组法 8
)
def test_v1_seats(norms: Norms, low: int, high: int) -> None:
    """The least and the most are lawful, one below and one above are not."""
    assert not seats_allowed(low, norms)
    assert not seats_allowed(high, norms)
    for wrong in (low - 1, high + 1):
        (found,) = seats_allowed(wrong, norms)
        assert (found.rule, found.value, found.limit, found.severity) == ("V1", wrong, f"{low}–{high}", Severity.ERROR)
    assert not seats_allowed(99, SILENT)


def test_v1_a_law_that_gives_one_end_only() -> None:
    """At least three, or at most seven: the other end is open, and the message says which."""
    (few,) = seats_allowed(2, Norms(members_min=3))
    assert (few.limit, "至少 3" in few.message) == (3, True)
    assert not seats_allowed(3, Norms(members_min=3))
    (many,) = seats_allowed(8, Norms(members_max=7))
    assert (many.limit, "至多 7" in many.message) == (7, True)
    assert not seats_allowed(7, Norms(members_max=7))


def test_v1_a_woman_must_be_possible() -> None:
    """None among the candidates warns, one does not."""
    assert women_possible(0, NATION_2018)[0].severity is Severity.WARNING
    assert not women_possible(1, NATION_2018)
    assert not women_possible(0, SILENT)


@pytest.mark.parametrize(("norms", "low", "high"), [(ZHEJIANG, 5, 9), (BEIJING, 5, 9), (SHANGHAI, 7, 9)])
def test_v2_size_by_province(norms: Norms, low: int, high: int) -> None:
    """Zhejiang and Beijing 5–9, Shanghai 7–9; the national law gives no number."""
    assert not committee_size(members(low), norms)
    assert not committee_size(members(high), norms)
    assert committee_size(members(low - 1), norms)[0].rule == "V2"
    assert committee_size(members(high + 1), norms)[0].value == high + 1
    assert not committee_size(members(2), NATION_2018)


def test_v2_six_members_pass_in_zhejiang_and_fail_in_shanghai() -> None:
    """The same committee under the neighbour's rule."""
    assert not committee_size(members(6), ZHEJIANG)
    assert committee_size(members(6), SHANGHAI)[0].limit == "7–9"


def test_v2_a_member_counts_once() -> None:
    """Seven lines with one name twice are six members: wrong as a list, and too few for Shanghai."""
    assert [one.limit for one in committee_size([*members(6), "m0"], SHANGHAI)] == [6, "7–9"]


def test_v3_nominated_in_the_nation_confirmed_in_shanghai() -> None:
    """A nominee must go everywhere but in Shanghai, where only being put on the list makes him go."""
    for norms in (NATION_2018, ZHEJIANG, BEIJING, NATION_2025):
        (found,) = members_standing(["甲", "乙"], ["甲"], [], NOBODY, norms)
        assert (found.rule, found.value) == ("V3", "甲")
        assert "已被提名" in found.message
    assert not members_standing(["甲", "乙"], ["甲"], [], NOBODY, SHANGHAI)
    (confirmed,) = members_standing(["甲", "乙"], ["甲"], ["甲"], NOBODY, SHANGHAI)
    assert confirmed.value == "甲"
    assert "已被确定" in confirmed.message
    assert not members_standing(["甲", "乙"], ["丙"], ["丙"], NOBODY, NATION_2025)
    assert not members_standing(["甲"], ["甲"], ["甲"], NOBODY, SILENT)


@pytest.mark.parametrize(
    ("kin", "of_2018", "zhejiang", "of_2025"),
    [
        (family("甲 spouse 候选"), False, True, True),
        (family("甲 parent 候选"), False, True, True),
        (family("甲 sibling 候选"), False, True, True),
        (family("甲 parent 中; 中 parent 候选"), False, False, True),  # grandparent: 近亲属, not in Zhejiang's list
        (family("甲 sibling 中; 中 parent 候选"), False, False, False),  # uncle: no 近亲属 (民法典 1045)
        (family("甲 spouse 中; 候选 parent 中"), False, False, False),  # parent-in-law
    ],
)
def test_v3_kin_of_a_nominee(kin: KinGraph, of_2018: bool, zhejiang: bool, of_2025: bool) -> None:
    """2018: only the nominee; Zhejiang: spouse, parents, children, siblings; 2025: every near relative (民法典 1045)."""
    for norms, leaves in ((NATION_2018, of_2018), (BEIJING, of_2018), (ZHEJIANG, zhejiang), (NATION_2025, of_2025)):
        found = leavers(["甲", "乙"], ["候选"], [], kin, norms)
        assert [(one.member, one.nominee) for one in found] == ([("甲", "候选")] if leaves else [])
    if of_2025:
        (told,) = members_standing(["甲", "乙"], ["候选"], [], kin, NATION_2025)
        assert str(told.value).startswith("甲—")


def test_v3_the_next_of_the_original_vote_moves_up() -> None:
    """In its order, past those who would have to leave at once."""
    assert reserves_due(2, ["一", "二", "三"], {"二"}) == ("一", "三")
    assert not replaced_in_order(["一", "三"], 2, ["一", "二", "三"], {"二"}, ZHEJIANG)
    (wrong,) = replaced_in_order(["三", "一"], 2, ["一", "二", "三"], {"二"}, ZHEJIANG)
    assert (wrong.rule, wrong.value, wrong.limit) == ("V3", "三、一", "一、三")
    assert [one.value for one in replaced_in_order(["二"], 1, ["一", "二"], {"二"}, ZHEJIANG)] == ["二", "二"]
    assert replaced_in_order([], 1, ["一"], set(), ZHEJIANG)[0].limit == "一"
    assert not replaced_in_order([], 1, [], set(), ZHEJIANG)


def test_v3_chosen_anew_although_a_reserve_is_left() -> None:
    """The nation, Zhejiang and Shanghai allow it (也可以另行推选), Beijing only where no reserve is left."""
    for norms in (NATION_2018, ZHEJIANG, SHANGHAI):
        assert not replaced_in_order(["新"], 1, ["一"], set(), norms, chosen_anew=True)
    assert replaced_in_order(["新"], 1, ["一"], set(), BEIJING, chosen_anew=True)[0].limit == "一"
    assert not replaced_in_order(["新"], 1, ["一"], {"一"}, BEIJING, chosen_anew=True)
    assert replaced_in_order(["新"], 1, [], {"新"}, ZHEJIANG, chosen_anew=True)[0].value == "新"
