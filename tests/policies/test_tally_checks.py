"""The catalogue: each balance at its limit and one beyond, nothing said that a missing figure could still put right.

What must hold is taken from the formula as the catalogue prints it and worked out by hand for each case.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.tally import CATALOGUE, LABELS, About, BoxSheet, KindSheet, Row, Stated, sheet_findings
from policies.tally.catalogue import Balance, Relation
from policies.tally.checks import holds
from policies.tally.guide import as_markdown, lines
from tests.policies.polls_in_boxes import CHAIR, MEMBERS, kind, numbers, papers, poll, sheet


def found(one: BoxSheet, **changes: Any) -> list[str]:
    """The numbers found on a sheet of the poll."""
    return numbers(sheet_findings(poll(**changes), one))


def chair(**changes: Any) -> BoxSheet:
    """The sheet with other figures for the chair's ballots."""
    return sheet(kinds=(papers("主任票", "主任", CHAIR, **changes), papers("委员票", "委员", MEMBERS)))


def test_a_sheet_in_order_has_nothing() -> None:
    """The base of all other cases."""
    assert found(sheet()) == []


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (sheet(present=39), ["F.01", "W.02", "W.02", "W.03", "W.03"]),  # 30 + 10 ≠ 39, and 40 ballots
        (sheet(present=None), []),  # 30 + 10 says it
        (sheet(in_person=None, by_proxy=41), ["F.01"]),  # 41 alone is more than 40
        (sheet(in_person=None, by_proxy=40), []),
        (sheet(registered=50, entitled=50), []),
        (sheet(registered=51, entitled=50), ["F.02"]),
        (chair(received=45, unused=5), []),
        (chair(received=45, unused=4), ["F.03"]),
        (chair(received=45, unused=6), ["F.03"]),
        (chair(received=45), []),
        (chair(received=39), ["F.03"]),  # 40 were issued
        (chair(issued=41), ["W.03", "W.04", "W.12"]),
        (chair(issued=39), ["W.01", "W.12"]),
        (chair(collected=41, valid=39), ["W.01", "W.02"]),
        (chair(collected=39, valid=37), ["W.04"]),
        (chair(valid=36, invalid=4), []),  # a tenth of 40
        (chair(valid=35, invalid=5, blank=0), ["W.05"]),
        (chair(blank=3, valid=38), []),
        (chair(blank=7, valid=38), ["F.208"]),  # 38 - 7 = 31 marks for one seat, 35 votes; 5×7 ≤ 38
        (sheet(by_proxy=30, in_person=10), []),  # three each
        (sheet(by_proxy=31, in_person=9), ["W.07"]),
        (sheet(by_proxy=31, in_person=10, present=41), ["W.07"]),
    ],
)
def test_each_balance_at_its_limit(one: BoxSheet, expected: list[str]) -> None:
    """Allowed, and one beyond."""
    assert sorted(found(one)) == expected


@pytest.mark.parametrize(("blank", "expected"), [(7, []), (8, ["W.06"])])
def test_blank_ballots_beyond_a_fifth(blank: int, expected: list[str]) -> None:
    """5×7 ≤ 38 < 5×8, with few votes."""
    few: dict[str, Stated] = {"张三": 20, "李四": 5}
    one = sheet(kinds=(papers("主任票", "主任", few, blank=blank), papers("委员票", "委员", MEMBERS)))
    assert found(one) == expected


@pytest.mark.parametrize(
    ("against", "abstain", "expected"),
    [(10, 3, []), (10, 4, ["F.04"]), (10, 2, ["F.04"]), (10, None, []), (14, None, ["F.04"]), (13, None, [])],
)
def test_for_against_and_abstain_make_up_the_valid(against: int, abstain: int | None, expected: list[str]) -> None:
    """25 for, of 38 valid."""
    rows = (
        Row(name="张三", post="主任", votes=25, against=against, abstain=abstain),
        Row(name="李四", post="主任", votes=10),
    )
    base = papers("主任票", "主任", CHAIR).model_copy(update={"rows": rows})
    assert found(sheet(kinds=(base, papers("委员票", "委员", MEMBERS)))) == expected


@pytest.mark.parametrize(("mode", "expected"), [("voters", []), ("households", []), ("representatives", ["W.08"])])
def test_no_proxies_where_nobody_votes_for_another(mode: str, expected: list[str]) -> None:
    """Delegates come themselves (community 2025 article 19)."""
    one = sheet()
    assert found(one, body="residents", mode=mode, rolls={"due": 100}) == expected
    assert found(sheet(by_proxy=0, in_person=40), body="residents", mode=mode) == []


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((papers("主任票", "主任", CHAIR),), ["F.05"]),
        (
            (papers("主任票", "主任", CHAIR), papers("委员票", "委员", MEMBERS), papers("副主任票", "副主任", {})),
            ["F.05"],
        ),
        (
            (papers("主任票", "主任", CHAIR), papers("主任票", "主任", CHAIR), papers("委员票", "委员", MEMBERS)),
            ["F.05"],
        ),
        ((papers("主任票", "主任", {"张三": 25}), papers("委员票", "委员", MEMBERS)), ["F.06"]),
        ((papers("主任票", "主任", {**CHAIR, "丁": 1}), papers("委员票", "委员", MEMBERS)), ["F.06"]),
        ((papers("主任票", "主任", {"张三": 25, "+李四": 1}), papers("委员票", "委员", MEMBERS)), ["F.06"]),
        ((papers("主任票", "委员", CHAIR), papers("委员票", "委员", MEMBERS)), ["F.06"]),
        ((papers("主任票", "主任", {**CHAIR, "+丁": 1, "+ 丁": 1}), papers("委员票", "委员", MEMBERS)), ["F.16"]),
        ((papers("主任票", "主任", {**CHAIR, "+丁": 1}), papers("委员票", "委员", MEMBERS)), []),
    ],
)
def test_a_sheet_has_what_the_ballots_have(kinds: tuple[KindSheet, ...], expected: list[str]) -> None:
    """Kinds, names and posts as printed; other names as written in."""
    assert sorted(set(found(sheet(kinds=kinds)))) == expected


@pytest.mark.parametrize(("figure", "expected"), [(None, ["W.10"]), (About(about=25), ["W.09"]), (0, []), (25, [])])
def test_not_stated_nought_and_about_are_three_things(figure: Stated, expected: list[str]) -> None:
    """Only a number is a number; nought is one."""
    assert found(sheet(chair={"张三": figure, "李四": 10})) == expected


def test_what_a_form_contradicts_is_said_of_each_box_and_kind() -> None:
    """F.2xx with the box and the ballot in front."""
    findings = sheet_findings(poll(), chair(valid=37))
    assert numbers(findings) == ["F.204"]
    assert findings[0].message.startswith("“东站/主任票”：")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("李小名", ["W.11"]),  # one letter changed
        ("李小", ["W.11"]),  # one left out
        ("小李明", ["W.11"]),  # two changed places
        ("王小明", ["W.11"]),
        ("王大明", []),
        ("李大", []),  # two letters have too little in common to be told apart
        ("李", []),
    ],
)
def test_spellings_that_may_be_one_person(written: str, expected: list[str]) -> None:
    """Beside 李小明, also written in."""
    assert found(sheet(chair={**CHAIR, "+李小明": 1, f"+{written}": 1}, voters=40)) == expected


def test_two_printed_names_are_two_people() -> None:
    """However alike they look."""
    kinds = (kind("主任票", {"主任": 1}, "李小明", "李小名"),)
    one = sheet(kinds=(papers("主任票", "主任", {"李小明": 25, "李小名": 10}),))
    assert numbers(sheet_findings(poll(kinds=kinds), one)) == []


@pytest.mark.parametrize(("voters", "expected"), [(29, ["W.13"]), (30, []), (0, [])])
def test_a_box_with_too_few_voters_would_tell_how_they_voted(voters: int, expected: list[str]) -> None:
    """Twenty-nine are warned about; a single box of a small poll has no other to hide in."""
    none: dict[str, Stated] = {"张三": 0, "李四": 0}
    nobody: dict[str, Stated] = {"王五": 0, "赵六": 0, "孙七": 0}
    kinds = tuple(
        papers(name, post, votes, voters, valid=voters, invalid=0, blank=voters // 10)
        for name, post, votes in (("主任票", "主任", none), ("委员票", "委员", nobody))
    )
    one = sheet(kinds=kinds, in_person=voters, by_proxy=0, present=voters)
    assert found(one) == expected
    assert found(one, boxes=({"name": "东站"},)) == []
    summary = one.model_copy(update={"box": "汇总表"})
    assert found(summary) == []


def test_nobody_is_written_in_on_a_recall() -> None:
    """Only those proposed are voted on (village 2018 article 16)."""
    kinds = (kind("罢免票", {"主任": None}, "张三"),)
    for votes, expected in (({"张三": 30}, []), ({"张三": 30, "+丁": 3}, ["F.06"])):
        one = sheet(kinds=(papers("罢免票", "主任", votes),))
        assert found(one, kinds=kinds, purpose="recall") == expected


BALANCES = {number: entry.formula for number, entry in CATALOGUE.items() if isinstance(entry.formula, Balance)}


@settings(deadline=None)
@given(
    st.sampled_from(sorted(BALANCES)), st.dictionaries(st.sampled_from(sorted(LABELS)), st.integers(0, 9)), st.data()
)
def test_a_broken_balance_cannot_be_mended_by_filling_in(
    number: str, full: dict[str, int], data: st.DataObject
) -> None:
    """The interpreter against plain arithmetic; with figures erased it only ever says less."""
    figures = dict.fromkeys(LABELS, 0) | full
    balance = BALANCES[number]
    left, right = (sum(figures[term.field] * term.times for term in side) for side in (balance.left, balance.right))
    expected = left == right if balance.relation is Relation.EQUALS else left <= right
    assert holds(balance, figures) is expected
    erased = data.draw(st.sets(st.sampled_from(sorted(LABELS))))
    partial: dict[str, Stated] = {
        field: (data.draw(st.sampled_from([None, About(about=n)])) if field in erased else n)
        for field, n in figures.items()
    }
    assert holds(balance, partial) or not expected


def test_numbers_are_stable() -> None:
    """A number that was given out keeps its formula; extend this list, never change it."""
    formulas = {line.number: line.formula for line in lines()}
    assert list(formulas) == sorted(formulas)
    assert {number: formulas[number] for number in ("F.01", "F.11", "F.41", "W.01", "W.04", "W.21")} == {
        "F.01": "本人到场投票人数＋委托投票人数 ＝ 参加投票人数",
        "F.11": "各票箱合计 ＝ 汇总表所写",
        "F.41": "首录人 ≠ 复录人",
        "W.01": "收回选票数 ≤ 发出选票数",
        "W.04": "发出选票数 ≤ 收回选票数",
        "W.21": "前一次得票更多的未当选人都已列为候选人",
    }
    assert " ".join(formulas) == (
        "F.01 F.02 F.03 F.04 F.05 F.06 F.11 F.12 F.13 F.14 F.15 F.16 F.21 F.22 F.23 F.24 F.25 F.31 F.32 F.33 F.41 F.42 "
        "F.43 F.44 F.45 F.46 F.47 F.48 F.49 F.50 F.51 F.52 F.53 F.54 W.01 W.02 W.03 W.04 W.05 W.06 W.07 W.08 W.09 W.10 W.11 W.12 W.13 W.21"
    )


def test_the_page_has_every_check_and_every_figure() -> None:
    """With its formula; no placeholder is left in English."""
    page = as_markdown()
    for line in lines():
        assert f"| {line.number} | {line.level} |" in page
        assert "{" not in line.text + line.remedy
        assert not any(letter.isascii() and letter.isalpha() for letter in line.text), line.text
    assert all(f"| {label} |" in page for label in LABELS.values())
