"""V11 at its limits: to whom, how many, until when. Expected values: 村组法 15 (2018), 18 (2025), 浙江 25, 上海 16, 北京 25."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.kinship import KinGraph
from policies.law.norms import Norms
from policies.pack.schema import PollMode
from policies.rules.law2025 import R25_17
from policies.rules.village.proxies import Proxy, last_notice, proxies_lawful
from tests.builders.family import family
from tests.builders.norms import BEIJING, COMMUNITY_2025, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG
from tests.builders.steady import STEADY

POLL = date(2026, 4, 28)
EARLY = POLL - timedelta(10)
KIN = family("甲 parent 乙; 甲 parent 丙; 甲 parent 丁; 甲 parent 戊", "外人")


def proxy(principal: str = "乙", holder: str = "甲", **facts: object) -> Proxy:
    """A lawful proxy between father and child, changed by the facts."""
    known = {"principal": principal, "holder": holder, "noticed": EARLY, "written": True, "published": EARLY}
    return Proxy.model_validate({**known, **facts})


def limits(proxies: list[Proxy], norms: Norms, graph: KinGraph = KIN, **facts: object) -> list[object]:
    """What each finding says the limit is."""
    found = proxies_lawful(proxies, POLL, norms, graph, **facts)  # type: ignore[arg-type]
    assert {one.rule for one in found} <= {"V11"}
    return [one.limit for one in found]


@pytest.mark.parametrize("norms", [NATION_2018, NATION_2025, ZHEJIANG, SHANGHAI, BEIJING, COMMUNITY_2025])
def test_a_lawful_proxy_passes_everywhere(norms: Norms) -> None:
    """In writing, early, published, to the father, who votes here and does not stand."""
    assert limits([proxy()], norms, candidates=["外人"], registered={"甲", "乙"}) == []


def test_three_and_the_fourth() -> None:
    """每一村民接受委托不得超过三人; the 2018 law itself gives no number."""
    three = [proxy(name) for name in ("乙", "丙", "丁")]
    for norms in (NATION_2025, ZHEJIANG, SHANGHAI, BEIJING, COMMUNITY_2025):
        assert limits(three, norms) == []
        (found,) = proxies_lawful([*three, proxy("戊")], POLL, norms, KIN)
        assert (found.value, found.limit) == (4, 3)
    assert limits([*three, proxy("戊")], NATION_2018) == []


@pytest.mark.parametrize(
    ("kin", "near"),
    [
        (family("乙 spouse 甲"), True),
        (family("乙 sibling 甲"), True),
        (family("乙 parent 中; 中 parent 甲"), True),  # grandfather for grandson, and the other way round
        (family("甲 parent 中; 中 parent 乙"), True),
        (family("甲 sibling 中; 中 parent 乙"), False),  # uncle
        (family("乙 spouse 中; 甲 parent 中"), False),  # son-in-law
        (family("", "甲", "乙"), False),
    ],
)
def test_near_relatives_only_before_2026(kin: KinGraph, near: bool) -> None:
    """2018, Zhejiang, Shanghai, Beijing: near relatives (民法典 1045, as Zhejiang lists them); 2025: other villagers too."""
    for norms in (NATION_2018, ZHEJIANG, SHANGHAI, BEIJING):
        assert limits([proxy()], norms, kin) == ([] if near else ["近亲属"])
    for norms in (NATION_2025, COMMUNITY_2025):
        assert limits([proxy()], norms, kin) == []


def test_a_candidate_holds_none() -> None:
    """不得接受委托: 2025, Zhejiang, Beijing; Shanghai and the 2018 law do not say so."""
    for norms in (NATION_2025, COMMUNITY_2025, ZHEJIANG, BEIJING):
        assert limits([proxy()], norms, candidates=["甲"]) == ["候选人以外的人"]
    for norms in (SHANGHAI, NATION_2018):
        assert limits([proxy()], norms, candidates=["甲"]) == []


@pytest.mark.parametrize(
    ("before", "zhejiang", "shanghai", "beijing"),
    [
        (5, True, True, True),
        (4, True, False, True),
        (3, True, False, True),
        (2, False, False, True),
        (0, False, False, False),
    ],
)
def test_the_last_day_of_notice(before: int, zhejiang: bool, shanghai: bool, beijing: bool) -> None:
    """Zhejiang three days before, Shanghai five, Beijing 在投票选举日前; the nation names no day."""
    one = [proxy(noticed=POLL - timedelta(before))]
    for norms, in_time in ((ZHEJIANG, zhejiang), (SHANGHAI, shanghai), (BEIJING, beijing), (NATION_2025, True)):
        assert (limits(one, norms) == []) is in_time
    assert last_notice(POLL, ZHEJIANG) == date(2026, 4, 25)
    assert last_notice(POLL, SHANGHAI) == date(2026, 4, 23)


@pytest.mark.parametrize(
    ("published", "zhejiang", "shanghai", "nation"),
    [
        (POLL - timedelta(2), True, True, True),
        (POLL - timedelta(1), True, False, True),
        (POLL, False, False, True),
        (POLL + timedelta(1), False, False, False),
        (None, False, False, False),
    ],
)
def test_both_names_are_published(published: date | None, zhejiang: bool, shanghai: bool, nation: bool) -> None:
    """Zhejiang 选举日前, Shanghai 选举日二日前, the nation at the latest when it is used."""
    one = [proxy(published=published)]
    for norms, lawful in ((ZHEJIANG, zhejiang), (SHANGHAI, shanghai), (NATION_2025, nation)):
        assert (limits(one, norms) == []) is lawful


def test_in_writing_to_somebody_else_on_the_roll() -> None:
    """Each fault by itself."""
    assert limits([proxy(written=False)], NATION_2025) == ["书面委托"]
    assert limits([proxy("甲", "甲")], NATION_2025) == ["委托他人"]
    assert limits([proxy()], NATION_2025, registered={"乙"}) == ["本地登记的选民"]
    assert limits([proxy()], NATION_2025, registered={"甲"}) == ["本地登记的选民"]
    assert limits([proxy()], NATION_2025, registered=set()) == ["本地登记的选民"] * 2


def test_no_chain_and_no_second_proxy() -> None:
    """受委托人不得再委托: 乙 gave his vote to 甲 and holds 己's; one voter gives one proxy."""
    chain = [proxy("乙", "甲"), proxy("己", "乙")]
    (found,) = proxies_lawful(chain, POLL, NATION_2025, KIN)
    assert (found.value, found.limit) == ("乙", "不得再委托")
    assert limits([proxy("乙", "甲"), proxy("乙", "丙")], NATION_2025) == [1]
    assert len(limits([proxy("乙", "丙"), proxy("丙", "乙")], NATION_2025)) == 2  # each for the other: nobody is there


def test_delegates_vote_in_person() -> None:
    """居组法 (2025) 19: 采取居民代表选举方式的，不实行委托投票; households and voters may."""
    (found,) = proxies_lawful([proxy(), proxy("丙")], POLL, COMMUNITY_2025, KIN, mode=PollMode.REPRESENTATIVES)
    assert (found.value, found.limit) == (2, 0)
    assert limits([], COMMUNITY_2025, mode=PollMode.REPRESENTATIVES) == []
    for mode in (PollMode.VOTERS, PollMode.HOUSEHOLDS):
        assert limits([proxy()], COMMUNITY_2025, mode=mode) == []


def test_everything_at_once_under_the_callers_article() -> None:
    """Five faults in one proxy, named by the article the caller gives."""
    late = POLL - timedelta(1)
    bad = proxy(holder="外人", noticed=late, published=None, written=False)
    found = proxies_lawful([bad], POLL, ZHEJIANG, KIN, candidates=["外人"], rule=R25_17)
    assert [one.limit for one in found] == ["近亲属", "书面委托", "候选人以外的人", "2026-04-25", "2026-04-27"]
    assert {one.rule for one in found} == {"R25-17"}


@STEADY
@given(st.lists(st.integers(0, 4), max_size=20), st.integers(1, 5))
def test_a_holder_is_named_exactly_when_he_has_too_many(holders: list[int], most: int) -> None:
    """Counted here without the rule; every principal is another person, so nothing else is found."""
    norms = SILENT.model_copy(update={"proxies_per_holder": most})
    proxies = [proxy(f"委托人{n}", f"受托人{holder}") for n, holder in enumerate(holders)]
    found = proxies_lawful(proxies, POLL, norms, family())
    assert sorted(str(one.value) for one in found) == sorted(
        str(holders.count(holder)) for holder in set(holders) if holders.count(holder) > most
    )


def test_people_are_called_by_the_names_published() -> None:
    """Ids are the register's; a county reads names, in the message and as the offending value."""
    one = proxy("P901", "P902", principal_name="张三", holder_name="李四", written=False)
    chained = proxy("P902", "P903", principal_name="李四", holder_name="王五")
    found = proxies_lawful([one, chained], POLL, NATION_2025, KIN)
    assert [each.value for each in found] == ["口头", "李四"]
    assert not any("P90" in each.message for each in found)
