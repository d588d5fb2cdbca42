"""Shares and means of whole numbers, compared with exact fractions; benches partition the posts of a body."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.closing.benches import HIGH, SEATS, Bench
from policies.closing.figures import Mean, Share, rounded, tenths
from policies.people import Body, Education, Post
from tests.recount import on_bench, permille

COUNTS = st.integers(0, 10**9)


@given(COUNTS, st.integers(1, 10**9))
def test_rounding_is_exact_to_half_a_unit(numerator: int, denominator: int) -> None:
    """Never further off than a half, and a half goes up."""
    difference = Fraction(rounded(numerator, denominator)) - Fraction(numerator, denominator)
    assert -Fraction(1, 2) < difference <= Fraction(1, 2)


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), COUNTS)
def test_a_share_is_the_fraction_rounded(pair: tuple[int, int], unknown: int) -> None:
    """In tenths of a percent, between 0 and 1000; who is not stated changes nothing in it; all but the part is the rest."""
    part, whole = pair
    share = Share(part=part, whole=whole, of="成员", not_stated=unknown)
    assert share.permille == permille(part, whole)
    assert 0 <= (share.permille or 0) <= 1000
    rest = Share(part=whole - part, whole=whole, of="成员").permille
    assert (share.permille or 0) + (rest or 0) in (1000, 1001)  # both halves went up


@given(st.lists(st.integers(18, 90), min_size=1, max_size=50))
def test_a_mean_lies_between_the_youngest_and_the_oldest(ages: list[int]) -> None:
    """And is within a twentieth of a year of the exact one."""
    mean = Mean(total=sum(ages), count=len(ages)).tenths
    assert mean is not None
    assert 10 * min(ages) <= mean <= 10 * max(ages)
    assert abs(Fraction(mean, 10) - Fraction(sum(ages), len(ages))) <= Fraction(1, 20)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Share(part=143, whole=200, of="成员"), "71.5%（143/200）"),
        (Share(part=0, whole=3, of="成员", not_stated=2), "0.0%（0/3，另有2未注明）"),
        (Share(part=3, whole=3, of="成员"), "100.0%（3/3）"),
        (Share(part=0, whole=0, of="成员"), "无"),
        (Share(part=0, whole=0, of="成员", not_stated=4), "无（4未注明）"),
    ],
)
def test_a_share_in_words(share: Share, text: str) -> None:
    """Zero of three is not the same as nothing to divide, and neither is the same as not stated."""
    assert share.text == text


def test_a_mean_in_words() -> None:
    """The source's 40.9; nobody's age known; a decimal below one and below zero."""
    assert Mean(total=818, count=20).text == "40.9岁"
    assert Mean(total=0, count=0, not_stated=3).text == "无"
    assert (tenths(5), tenths(-40), tenths(-5), tenths(0)) == ("0.5", "-4.0", "-0.5", "0.0")


@pytest.mark.parametrize("bench", Bench)
def test_benches_are_the_sources_groups(bench: Bench) -> None:
    """Every seat there could be, against the recount's own grouping."""
    for body in Body:
        for post in Post:
            expected = on_bench(bench.value, body.value, post.value)
            assert ((body, post) in SEATS[bench]) == expected, (body, post)


def test_college_and_above() -> None:
    """大专及以上: the boundary, one below, one above."""
    assert Education.COLLEGE in HIGH
    assert Education.SENIOR not in HIGH
    assert Education.BACHELOR in HIGH
