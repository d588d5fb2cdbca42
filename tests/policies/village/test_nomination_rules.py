"""V8 and the bars of the 2025 laws: who nominates, the margin post by post, who may not stand. Expected values: the clauses."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from policies.finding import Severity
from policies.law.norms import Nominator, Norms
from policies.people import Post
from policies.rule import Law
from policies.rules.polls import R25_18, V8, V25_18
from policies.rules.village.nomination import (
    Bar,
    declined_in_time,
    margins,
    met_voters,
    named_by_one_voter,
    nomination_backed,
    nomination_quorate,
    not_barred,
    self_nominated_in_time,
)
from tests.builders.norms import BEIJING, COMMUNITY_2025, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG

POLL = date(2026, 4, 28)
SEATS = {Post.CHAIR: 1, Post.DEPUTY_CHAIR: 1, Post.COMMITTEE_MEMBER: 3}


def test_v8_the_party_nominates_since_2026() -> None:
    """2018: 由登记参加选举的村民直接提名; 2025: 由村党组织或者登记参加选举的村民提名推荐."""
    (found,) = nomination_backed("张三", Nominator.PARTY_ORGANIZATION, 0, NATION_2018, rule=V8)
    assert (found.rule, found.value) == ("V8", "党组织")
    assert not nomination_backed("张三", Nominator.PARTY_ORGANIZATION, 0, NATION_2025)
    assert nomination_backed("张三", Nominator.HOUSEHOLDS, 5, COMMUNITY_2025, rule=R25_18)[0].rule == "R25-18"


@pytest.mark.parametrize(("voters", "backed"), [(9, False), (10, True), (11, True)])
def test_r25_18_ten_voters_jointly(voters: int, backed: bool) -> None:
    """十名以上选民联合提名 includes ten; a village asks for one voter."""
    found = nomination_backed("张三", Nominator.VOTERS, voters, COMMUNITY_2025, rule=R25_18)
    assert [(one.value, one.limit) for one in found] == ([] if backed else [(voters, 10)])
    assert not nomination_backed("张三", Nominator.VOTERS, 1, NATION_2025)
    assert nomination_backed("张三", Nominator.VOTERS, 0, NATION_2025)[0].limit == 1


@pytest.mark.parametrize(("took_part", "enough"), [(500, False), (501, True)])
def test_v8_nominating_by_vote(took_part: int, enough: bool) -> None:
    """Zhejiang 18 and Beijing 16: more than half of 1000 take part; Shanghai 12 asks for no number."""
    for norms in (ZHEJIANG, BEIJING):
        assert [one.limit for one in nomination_quorate(1000, took_part, norms)] == ([] if enough else [501])
    assert not nomination_quorate(1000, took_part, SHANGHAI)


@pytest.mark.parametrize("ground", list(Bar))
def test_the_grounds_of_2025(ground: Bar) -> None:
    """村组法 18 bars all of them, 居组法 18 all but the clan, the 2018 laws none."""
    (found,) = not_barred("张三", ground, "组审〔2026〕3号", Law.OF_2025)
    assert (found.rule, found.value) == ("V25-18", ground.label)
    assert "组审〔2026〕3号" in found.message
    assert bool(not_barred("张三", ground, "3号", Law.OF_2025, rule=R25_18)) is (ground is not Bar.CLAN)
    assert not not_barred("张三", ground, "3号", Law.OF_2018)
    assert not not_barred("张三", None, "", Law.OF_2025)


@pytest.mark.parametrize("law", [V8, V25_18, R25_18])
def test_v8_more_candidates_than_seats(law: object) -> None:
    """候选人的名额应当多于应选名额: five for five seats are too few, six will do; the nation does not say for which post."""
    rule = V8 if law is V8 else V25_18 if law is V25_18 else R25_18
    (short,) = margins({Post.CHAIR: 1, Post.DEPUTY_CHAIR: 1, Post.COMMITTEE_MEMBER: 3}, SEATS, NATION_2018, rule=rule)
    assert (short.rule, short.value, short.limit) == (rule.id, 5, 6)
    assert not margins({Post.CHAIR: 1, Post.DEPUTY_CHAIR: 1, Post.COMMITTEE_MEMBER: 4}, SEATS, NATION_2018, rule=rule)
    assert not margins({}, SEATS, SILENT)


@pytest.mark.parametrize(
    ("candidates", "beijing", "shanghai"),
    [
        ({Post.CHAIR: 2, Post.DEPUTY_CHAIR: 2, Post.COMMITTEE_MEMBER: 4}, True, True),
        ({Post.CHAIR: 1, Post.DEPUTY_CHAIR: 2, Post.COMMITTEE_MEMBER: 6}, False, False),  # no margin for the chair
        (
            {Post.CHAIR: 3, Post.DEPUTY_CHAIR: 2, Post.COMMITTEE_MEMBER: 4},
            True,
            False,
        ),  # two more for the chair: Beijing 一至二人, Shanghai 一人
        (
            {Post.CHAIR: 2, Post.DEPUTY_CHAIR: 2, Post.COMMITTEE_MEMBER: 6},
            False,
            True,
        ),  # three more members: Shanghai 一至三人
        ({Post.CHAIR: 2, Post.DEPUTY_CHAIR: 2, Post.COMMITTEE_MEMBER: 7}, False, False),
        ({Post.CHAIR: 2, Post.DEPUTY_CHAIR: 2, Post.COMMITTEE_MEMBER: 3}, False, False),
    ],
)
def test_v8_margins_by_province(candidates: Mapping[Post, int], beijing: bool, shanghai: bool) -> None:
    """Beijing 16 and Shanghai 12, each list under the neighbour's rule as well."""
    assert (not margins(candidates, SEATS, BEIJING)) is beijing
    assert (not margins(candidates, SEATS, SHANGHAI)) is shanghai


def test_v8_a_post_nobody_stands_for() -> None:
    """It is named, with the number it needs."""
    found = margins({Post.CHAIR: 2, Post.COMMITTEE_MEMBER: 5}, SEATS, BEIJING)
    assert [(one.value, one.limit) for one in found] == [(0, 2)]
    assert "副主任" in found[0].message


def test_v8_one_nomination_paper() -> None:
    """Zhejiang 17: no more names than seats, nobody for two posts; Beijing asks for the first only."""
    full = {Post.CHAIR: ("甲",), Post.DEPUTY_CHAIR: ("乙",), Post.COMMITTEE_MEMBER: ("丙", "丁", "戊")}
    assert not named_by_one_voter(full, SEATS, ZHEJIANG)
    (over,) = named_by_one_voter({**full, Post.COMMITTEE_MEMBER: ("丙", "丁", "戊", "己")}, SEATS, BEIJING)
    assert (over.value, over.limit) == (6, 5)
    twice = {Post.CHAIR: ("甲",), Post.DEPUTY_CHAIR: ("甲",)}
    assert named_by_one_voter(twice, SEATS, ZHEJIANG)[0].value == "甲"
    assert not named_by_one_voter(twice, SEATS, BEIJING)


def test_v8_meeting_the_voters() -> None:
    """Before the poll day: the day before will do, the day itself will not (上海 13: 在选举日应当停止)."""
    assert not met_voters(POLL - timedelta(1), POLL, NATION_2018)
    assert met_voters(POLL, POLL, NATION_2018)
    assert met_voters(None, POLL, NATION_2025)[0].rule == "V25-18"
    assert not met_voters(None, POLL, SILENT)


def test_v8_declining_three_days_before() -> None:
    """Zhejiang 19: on 25 April for a poll on the 28th; a day later only warns, for nobody is made to stand."""
    assert not declined_in_time("张三", date(2026, 4, 25), POLL, ZHEJIANG)
    (late,) = declined_in_time("张三", date(2026, 4, 26), POLL, ZHEJIANG)
    assert (late.limit, late.severity) == ("2026-04-25", Severity.WARNING)
    assert not declined_in_time("张三", POLL, POLL, SHANGHAI)


def test_v8_standing_by_oneself_ten_days_before() -> None:
    """Zhejiang 20: on 18 April for a poll on the 28th; the other provinces do not know the way."""
    assert not self_nominated_in_time("张三", date(2026, 4, 18), POLL, ZHEJIANG)
    assert self_nominated_in_time("张三", date(2026, 4, 19), POLL, ZHEJIANG)[0].limit == "2026-04-18"
    assert self_nominated_in_time("张三", date(2026, 4, 1), POLL, SHANGHAI)[0].value == "自荐"


def test_the_provinces_keep_their_norms_typed() -> None:
    """The builder's updates are what the model would accept."""
    for norms in (ZHEJIANG, SHANGHAI, BEIJING, NATION_2025):
        assert Norms.model_validate(norms.model_dump()) == norms
