"""What a poll's form says of its tellers: two entries of every count alike, a recount like the count before (F.41, F.46–F.52).

Expected numbers are read off the catalogue's formulas: 首录人 ≠ 复录人, 两人录入逐格相同, 连续两次清点相同.
"""

import pytest

from policies.form import ResultForm
from policies.tally import BoxTelling, TellerEntry, told_by_two
from tests.policies.test_tally_merge import box

BOX = box({"甲": 30, "乙": 15})
OTHER = box({"甲": 29, "乙": 15})
NAMES = ("甲", "乙")


def told(*entries: tuple[str, ResultForm | None], where: str = "东站") -> BoxTelling:
    """One count."""
    return BoxTelling(box=where, entries=tuple(TellerEntry(teller=name, form=form) for name, form in entries))


ALIKE = told(("子", None), ("丑", None))


def numbers(*tellings: BoxTelling) -> list[str]:
    """Rule ids over one box."""
    return [found.rule for found in told_by_two(tellings, {"东站": BOX}, NAMES)]


@pytest.mark.parametrize(
    ("tellings", "expected"),
    [
        ((ALIKE,), []),
        ((told(("子", BOX), ("丑", BOX)),), []),  # the same figures, written out
        ((), ["F.50"]),
        ((told(("子", None)),), ["F.50"]),
        ((told(("子", None), ("子", None)),), ["F.41"]),
        ((told(("张 三", None), ("张三", None)),), ["F.41"]),
        ((told(("甲", None), ("丑", None)),), ["F.48"]),
        ((told(("子", None), ("丑", OTHER)),), ["F.51"]),
        ((told(("子", OTHER), ("丑", OTHER)),), ["F.52"]),  # both alike, and not what is handed in
        ((ALIKE, told(("子", None), ("丑", None), where="西站")), ["F.46"]),
    ],
)
def test_one_count(tellings: tuple[BoxTelling, ...], expected: list[str]) -> None:
    """Every way in which one count falls short of two people entering it alike."""
    assert numbers(*tellings) == expected


def test_both_figures_are_named() -> None:
    """30 against 29 votes, by whom, in which box."""
    (found,) = told_by_two([told(("子", None), ("丑", OTHER))], {"东站": BOX}, NAMES)
    assert found.message == "“东站”子与丑的录入不同：甲的得票数：30 / 29。"
    assert (found.value, found.limit, found.blocks) == (1, 0, True)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([OTHER, BOX], ["F.47"]),  # counted again, and not as before
        ([BOX, BOX], []),
        ([OTHER, BOX, BOX], []),  # two consecutive counts agree
        ([BOX, OTHER, BOX], ["F.47"]),
        ([BOX, BOX, OTHER], ["F.52", "F.47"]),
    ],
)
def test_a_box_counted_again(counts: list[ResultForm], expected: list[str]) -> None:
    """The last two counts bear each other and the form out."""
    assert numbers(*(told(("子", each), ("丑", each)) for each in counts)) == expected


def test_a_count_never_agreed_upon_is_no_earlier_count() -> None:
    """The one before the last differs in itself: the next count is still the first of two; agreed twice after it, it is over."""
    apart = told(("子", None), ("丑", OTHER))
    assert numbers(apart, ALIKE) == ["F.51"]
    assert numbers(apart, ALIKE, ALIKE) == []


def test_a_name_that_one_teller_left_out_has_no_vote_with_him() -> None:
    """丁 written in with three votes, and not listed: 3 against 0; with none, they say the same."""
    with_name = box({"甲": 30, "乙": 15}, written={"丁": 3})
    assert [found.rule for found in told_by_two([told(("子", None), ("丑", BOX))], {"东站": with_name}, NAMES)] == [
        "F.51"
    ]
    without = box({"甲": 30, "乙": 15}, written={"丁": 0})
    assert told_by_two([told(("子", None), ("丑", BOX))], {"东站": without}, NAMES) == []


def test_what_is_alike_takes_two_names() -> None:
    """An entry that repeats nothing writes nothing but its teller: journals stay small."""
    assert ALIKE.model_dump() == {"box": "东站", "entries": ({"teller": "子"}, {"teller": "丑"})}
