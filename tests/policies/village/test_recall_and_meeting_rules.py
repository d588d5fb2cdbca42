"""V25 and V26 under 2018 and 2025, village and community. Expected numbers: the clauses' shares worked out by hand."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.counting import Recall, recall
from policies.finding import Finding, Severity
from policies.form import Ballots, Body, Candidate, Mode, ResultForm
from policies.law.norms import Norms
from policies.pack.schema import Denominator, PollMode
from policies.rule import Law
from policies.rules.polls import R25_29
from policies.rules.village.meetings import (
    assembly_quorate,
    decision_carried,
    meeting_composed,
    representatives_chosen,
    representatives_quorate,
)
from policies.rules.village.recall import (
    by_election_due,
    by_election_last_day,
    majority_missed,
    recall_asked,
    recall_put_to_vote,
    recall_reasoned,
    recall_vote_due,
    rest_of_term,
)
from policies.rules.village.shares import needed, quorum_of
from tests.builders.norms import (
    BEIJING,
    COMMUNITY_2025,
    NATION_2018,
    NATION_2025,
    SHANGHAI,
    SILENT,
    ZHEJIANG,
    share,
)
from tests.builders.steady import STEADY

VILLAGES = (NATION_2018, NATION_2025, ZHEJIANG, SHANGHAI, BEIJING)
MODES = (PollMode.VOTERS, PollMode.HOUSEHOLDS, PollMode.REPRESENTATIVES)


def limits(found: list[Finding], rule: str) -> list[object]:
    """What each finding says the limit is; all of one rule."""
    assert {one.rule for one in found} <= {rule}
    return [one.limit for one in found]


@pytest.mark.parametrize(
    ("voters", "representatives", "village", "community"),
    [
        (200, 0, True, True),  # 五分之一以上 of 1000
        (199, 0, False, True),
        (100, 0, False, True),  # 十分之一以上
        (99, 0, False, False),
        (0, 10, True, True),  # 三分之一以上 of 30
        (0, 9, False, False),
    ],
)
def test_v25_who_may_ask_for_a_recall(voters: int, representatives: int, village: bool, community: bool) -> None:
    """Either share is enough; a village's fifth is a community's tenth (2025)."""
    for norms, lawful in (
        (NATION_2018, village),
        (NATION_2025, village),
        (ZHEJIANG, village),
        (COMMUNITY_2025, community),
    ):
        assert (limits(recall_asked(voters, 1000, representatives, 30, norms), "V25") == []) is lawful
    assert recall_asked(0, 1000, 0, 30, SILENT) == []


def test_v25_a_unit_without_representatives() -> None:
    """None of none is not a third."""
    assert limits(recall_asked(199, 1000, 0, 0, NATION_2018), "V25") == [200]


def vote(
    voted: int, in_favour: int, norms: Norms, mode: Mode = Mode.VOTERS, roll: int = 1000, **changes: Any
) -> Recall:
    """The outcome of a vote on one member: of a village by its voters, of a community by delegates or households too."""
    body = Body.VILLAGE if norms in VILLAGES else Body.RESIDENTS
    form = ResultForm(
        body=body,
        mode=mode,
        law=Law.OF_2025,
        roll=roll,
        present=voted,
        ballots=Ballots(collected=voted, valid=voted, invalid=0, blank=0),
        seats=1,
        candidates=(Candidate(name="甲", votes=in_favour),),
    )
    return recall(form.model_copy(update=changes), norms)


@pytest.mark.parametrize(
    ("voted", "in_favour", "carried"),
    [(500, 300, False), (501, 251, True), (501, 250, False), (1000, 500, False), (1000, 501, True)],
)
def test_v25_more_than_half_of_more_than_half(voted: int, in_favour: int, carried: bool) -> None:
    """须有登记参加选举的村民过半数投票，并须经投票的村民过半数通过: of 1000, and of those voting."""
    for norms in (*VILLAGES, COMMUNITY_2025, SILENT):
        assert (vote(voted, in_favour, norms).removed == ("甲",)) is carried


@pytest.mark.parametrize(("voted", "carried"), [(40, False), (41, True)])
def test_r25_20_delegates_recall_with_more_than_two_thirds(voted: int, carried: bool) -> None:
    """居组法 (2025) 20: 超过三分之二的居民代表投票, of 60 more than 40; 40 households of 60 are more than half, 30 are not."""
    by_delegates = vote(voted, voted, COMMUNITY_2025, Mode.REPRESENTATIVES, 60)
    assert by_delegates.valid is carried
    assert limits(list(by_delegates.findings), "R25-20") == ([] if carried else [41])
    assert vote(voted, voted, COMMUNITY_2025, Mode.HOUSEHOLDS, 60).valid
    assert limits(list(vote(30, 30, COMMUNITY_2025, Mode.HOUSEHOLDS, 60).findings), "R25-20") == [31]


def test_v25_a_higher_quorum_of_the_layers_holds_for_a_recall_too() -> None:
    """Two thirds of 1,000 in a county's layer: 667 must vote, though the nation asks for 501."""
    strict = NATION_2025.model_copy(
        update={"quorum": share("三分之二以上", 2, 3, Denominator.REGISTERED, inclusive=True)}
    )
    body = {"body": Body.VILLAGE}
    assert vote(666, 600, strict, **body).valid is False
    assert vote(667, 334, strict, **body).removed == ("甲",)


def test_v25_too_few_in_favour() -> None:
    """251 of 501 are more than half, 250 are not."""
    assert majority_missed(501, 251, 251) == []
    assert limits(majority_missed(501, 250, 251), "V25") == [251]


def test_v25_reason_and_answer() -> None:
    """并说明要求罢免的理由；有权提出申辩意见."""
    assert recall_reasoned("长期不履行职责", True) == []
    assert limits(recall_reasoned(" ", False), "V25") == ["书面理由", "有权提出申辩意见"]


def test_v25_the_vote_within_thirty_days() -> None:
    """Zhejiang, Shanghai and Beijing: asked on 1 March, by 31 March; the nation names no day."""
    asked = date(2026, 3, 1)
    for norms in (ZHEJIANG, SHANGHAI, BEIJING):
        assert recall_vote_due(asked, norms) == date(2026, 3, 31)
        assert recall_put_to_vote(asked, date(2026, 3, 31), norms) == []
        assert limits(recall_put_to_vote(asked, date(2026, 4, 1), norms), "V25") == ["2026-03-31"]
    assert recall_vote_due(asked, NATION_2025) is None
    assert recall_put_to_vote(asked, date(2027, 1, 1), NATION_2025) == []


@pytest.mark.parametrize(
    ("vacant", "last"),
    [
        (date(2026, 1, 15), date(2026, 4, 15)),
        (date(2025, 11, 30), date(2026, 2, 28)),
        (date(2026, 10, 31), date(2027, 1, 31)),
    ],
)
def test_v25_a_by_election_within_three_months_in_shanghai(vacant: date, last: date) -> None:
    """上海 29: 其成员不满三人的，应当在三个月内补选; three members may wait, Zhejiang's two as well."""
    after = date.fromordinal(last.toordinal() + 1)
    assert by_election_last_day(2, vacant, SHANGHAI) == last
    assert by_election_due(2, vacant, last, SHANGHAI) == []
    assert limits(by_election_due(2, vacant, after, SHANGHAI), "V25") == [last.isoformat()]
    assert by_election_due(3, vacant, after, SHANGHAI) == []
    assert by_election_due(2, vacant, after, ZHEJIANG) == []


def test_v25_for_the_rest_of_the_term() -> None:
    """任期到本届村民委员会任期届满时止: that day, neither earlier nor later."""
    end = date(2030, 12, 31)
    assert rest_of_term(end, end) == []
    for day in (date(2030, 12, 30), date(2031, 1, 1)):
        assert limits(rest_of_term(day, end), "V25") == ["2030-12-31"]


@pytest.mark.parametrize(
    ("adults", "households", "village", "community"),
    [
        (500, 0, False, False),
        (501, 0, True, True),  # 过半数 of 1000
        (0, 150, False, False),
        (0, 151, False, True),  # a community: 户的代表的过半数 of 300
        (0, 199, False, True),
        (0, 200, True, True),  # a village: 三分之二以上的户的代表
    ],
)
def test_v26_an_assembly(adults: int, households: int, village: bool, community: bool) -> None:
    """村组法 22／26 and 居组法 (2025) 27: adults or households, either is enough."""
    for norms, lawful in ((NATION_2018, village), (NATION_2025, village), (COMMUNITY_2025, community)):
        found = assembly_quorate(
            norms, adults=1000, adults_present=adults, households=300, households_present=households
        )
        assert (limits(found, "V26") == []) is lawful
    assert assembly_quorate(SILENT, adults=1000) == []
    assert assembly_quorate(NATION_2025) == []  # nothing is known of either


@pytest.mark.parametrize(("present", "lawful"), [(19, False), (20, True), (21, True)])
def test_v26_representatives_meet_with_two_thirds(present: int, lawful: bool) -> None:
    """三分之二以上的组成人员 of 30 is 20, itself included."""
    for norms in (*VILLAGES, COMMUNITY_2025):
        assert limits(representatives_quorate(30, present, norms), "V26") == ([] if lawful else [20])
    assert representatives_quorate(30, 1, COMMUNITY_2025, rule=R25_29)[0].rule == "R25-29"


@pytest.mark.parametrize(("in_favour", "carried"), [(10, False), (11, True)])
def test_v26_decided_by_more_than_half_of_those_present(in_favour: int, carried: bool) -> None:
    """到会人员的过半数: of 20, and not of the 30 who might have come."""
    for norms in (*VILLAGES, COMMUNITY_2025):
        assert limits(decision_carried(20, in_favour, norms), "V26") == ([] if carried else [11])


@pytest.mark.parametrize(
    ("households", "representatives", "lawful"),
    [
        (300, 19, False),
        (300, 20, True),
        (300, 60, True),
        (300, 61, False),
        (301, 20, False),
        (301, 21, True),
        (3, 1, True),
    ],
)
def test_v26_five_to_fifteen_households_a_representative(households: int, representatives: int, lawful: bool) -> None:
    """按每五户至十五户推选一人: of 300 households 20 to 60; 或者由各村民小组推选若干人: any number."""
    assert (limits(representatives_chosen(households, representatives, NATION_2025), "V26") == []) is lawful
    assert representatives_chosen(households, representatives, NATION_2025, by_groups=True) == []
    assert representatives_chosen(households, representatives, COMMUNITY_2025) == []
    found = representatives_chosen(households, representatives, NATION_2025, generally=True)
    assert [one.severity for one in found] == ([] if lawful else [Severity.WARNING])


@STEADY
@given(st.integers(1, 3000), st.integers(1, 400))
def test_v26_each_representative_for_five_to_fifteen_households(households: int, representatives: int) -> None:
    """Some way of dealing the households out gives each representative 5 to 15, or there is only one."""
    can = 5 * representatives <= households <= 15 * representatives or (representatives == 1 and households < 5)
    assert (representatives_chosen(households, representatives, NATION_2018) == []) is can


def test_v26_who_sits_there() -> None:
    """Of 30: at least 24 representatives (五分之四), in a village 10 of them women (三分之一); a community's law names none."""
    assert meeting_composed(30, 24, 10, NATION_2025) == []
    assert limits(meeting_composed(30, 23, 9, NATION_2025), "V26") == [24, 10]
    assert meeting_composed(30, 24, 0, COMMUNITY_2025) == []


@STEADY
@given(st.integers(1, 9), st.integers(1, 9), st.booleans(), st.integers(1, 5000))
def test_needed_is_the_smallest_number_that_reaches_the_share(
    top: int, bottom: int, inclusive: bool, whole: int
) -> None:
    """Against exact fractions (民法典 1259: 以上 includes the number, 过 does not)."""
    least = needed(share("比例", top, bottom, Denominator.PRESENT, inclusive=inclusive), whole)

    def reaches(n: int) -> bool:
        part = Fraction(n, whole)
        return part >= Fraction(top, bottom) if inclusive else part > Fraction(top, bottom)

    assert reaches(least)
    assert not reaches(least - 1)


def test_the_quorum_of_each_way_of_voting() -> None:
    """A share that does not say whether the number counts is read strictly; a show of hands has none here."""
    assert [quorum_of(mode, COMMUNITY_2025).text for mode in MODES] == ["过半数", "过半数", "超过三分之二"]  # type: ignore[union-attr]
    assert quorum_of(PollMode.SHOW_OF_HANDS, COMMUNITY_2025) is None
    unclear = share("半数", 1, 2, Denominator.PRESENT, inclusive=True).model_copy(update={"inclusive": "missing"})
    assert needed(unclear, 50) == 26
    assert isinstance(COMMUNITY_2025, Norms)
