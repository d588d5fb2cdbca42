"""Which values keep a norm: at the value itself and one either side, as each clause words it."""

import pytest

from policies.law.norms import Norms, ProxyHolder, RovingBox, StaffKin, SurplusVoids, WithdrawsWhen
from policies.law.terms import TERMS, Way, shown
from policies.shares import Denominator, Threshold


def share(numerator: int, denominator: int, *, inclusive: bool, of: str = "registered", text: str = "试") -> Threshold:
    """A share."""
    return Threshold(text=text, numerator=numerator, denominator=denominator, inclusive=inclusive, of=Denominator(of))


def test_every_norm_has_its_term_and_no_term_is_without_a_norm() -> None:
    """The table and the values are two views of one list."""
    assert set(TERMS) == set(Norms.model_fields)
    assert all(term.label and (term.village or term.community or term.community_2025) for term in TERMS.values())


HALF, TWO_THIRDS = share(1, 2, inclusive=False), share(2, 3, inclusive=False)


@pytest.mark.parametrize(
    ("norm", "than", "kept", "weaker"),
    [
        # 二十日前公布：多一天可以，少一天不行
        ("voters_list_days", 20, [20, 21], [19]),
        # 三日内作出决定：早一天可以，晚一天不行
        ("decision_days", 3, [3, 2], [4]),
        ("handover_days", 10, [10, 9], [11]),
        # 不得超过三人
        ("proxies_per_holder", 3, [3, 2], [4]),
        # 每届任期五年：不多不少
        ("term_years", 5, [5], [4, 6]),
        # 十名以上联合提名：要求更多是剥夺，要求更少不合法
        ("joint_nominators", 10, [10], [9, 11]),
        # 被提名时退出严于被确定为候选人时退出
        ("committee_withdraws", WithdrawsWhen.NOMINATED, [WithdrawsWhen.NOMINATED], [WithdrawsWhen.CONFIRMED]),
        ("committee_withdraws", WithdrawsWhen.CONFIRMED, [WithdrawsWhen.CONFIRMED, WithdrawsWhen.NOMINATED], []),
        # 过半数：含本数的一半不够，三分之二够；换了分母不算同一个比例
        ("quorum", HALF, [HALF, TWO_THIRDS], [share(1, 2, inclusive=True), share(2, 3, inclusive=False, of="cast")]),
        # 超过三分之二严于三分之二以上
        (
            "quorum_delegates",
            TWO_THIRDS,
            [TWO_THIRDS, share(3, 4, inclusive=True)],
            [share(2, 3, inclusive=True), HALF],
        ),
        # 委托其他村民是法律给村民的权利，不得收窄到近亲属
        (
            "proxy_holder",
            ProxyHolder.RELATIVE_OR_VILLAGER,
            [ProxyHolder.RELATIVE_OR_VILLAGER],
            [ProxyHolder.NEAR_RELATIVE],
        ),
        # 不设流动票箱严于一切；行动困难和居住分散互不能代替
        ("roving_box", RovingBox.IMPAIRED, [RovingBox.NONE, RovingBox.IMPAIRED], [RovingBox.DISPERSED, RovingBox.OPEN]),
        ("roving_box", RovingBox.NONE, [RovingBox.NONE], [RovingBox.IMPAIRED]),
        ("staff_kin", StaffKin.SPOUSE_LINEAL, [StaffKin.NEAR], [StaffKin.SPOUSE_LINEAL_SIBLINGS]),
        ("surplus_voids", SurplusVoids.POLL, [SurplusVoids.POLL], [SurplusVoids.BOX]),
        ("proxy_candidate_holds", False, [False], [True]),
        ("more_than_seats", True, [True], [False]),
    ],
)
def test_a_value_keeps_a_norm_or_not(norm: str, than: object, kept: list[object], weaker: list[object]) -> None:
    """The boundary and one either side."""
    term = TERMS[norm]
    assert [value for value in kept if term.weaker(value, than)] == []
    assert [value for value in weaker if not term.weaker(value, than)] == []


def test_the_words_of_a_share_do_not_matter_its_figures_do() -> None:
    """2/4 is 1/2."""
    term = TERMS["quorum"]
    assert term.same(HALF, share(2, 4, inclusive=False, text="别的话"))
    assert not term.same(HALF, share(1, 2, inclusive=True))


def test_choices_order_every_value_they_can_have() -> None:
    """No value of a choice is forgotten in its order."""
    from typing import get_args

    for norm, field in Norms.model_fields.items():
        term = TERMS[norm]
        if term.way is not Way.CHOICE:
            continue
        kind = next(one for one in get_args(field.annotation) if one is not type(None))
        values = {True, False} if kind is bool else set(kind)
        assert {value for group in term.order for value in group} == values, norm


@pytest.mark.parametrize(
    ("norm", "value", "words"),
    [
        ("voters_list_days", 20, "20 日"),
        ("more_than_seats", True, "是"),
        ("quorum", HALF, "超过登记选民的 1/2"),
        ("further_vote_share", share(1, 3, inclusive=True, of="cast"), "不少于已投选票的 1/3"),
        ("nominators", Norms(nominators=("party_organization", "voters")).nominators, "党组织、登记的选民（村民）"),
        ("members_min", None, "没有规定"),
    ],
)
def test_values_are_shown_in_chinese(norm: str, value: object, words: str) -> None:
    """As a county office reads them."""
    assert shown(TERMS[norm], value) == words
