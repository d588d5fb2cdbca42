"""The poll's answer from its boxes: the verdict of the whole, what is missing while a box is, spellings, surplus, purpose.

Expected results are worked out by hand from the sheets (two boxes of 40 voters, 100 registered), or by counting the whole in
one form.
"""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.counting import NextStep, count, recall
from policies.form import ResultForm
from policies.tally import (
    About,
    Book,
    BoxSheet,
    CannotMerge,
    KindResult,
    KindSheet,
    Merging,
    Result,
    Row,
    TallyRefused,
    blank_sheet,
    explain_result,
    form_of,
    judge,
    merge,
    merged_form,
    with_merging,
)
from policies.tally.spellings import spelled_together
from tests.policies.polls_in_boxes import AT, CHAIR, MEMBERS, counted, kind, numbers, papers, poll, sheet


def answer(*sheets: BoxSheet, **changes: Any) -> Result:
    """The answer on a poll whose boxes were accepted with these sheets."""
    return judge(counted(Book.begun(poll(**changes)), *sheets))


def of(result: Result, name: str) -> KindResult:
    """The answer of one kind of ballot."""
    return next(each for each in result.kinds if each.kind == name)


def test_each_kind_of_ballot_has_its_own_verdict() -> None:
    """80 of 100 voted: 41 votes elect. 张三 has 50; 王五 60, 赵六 44, 孙七 10."""
    result = answer(sheet(), sheet("西站"))
    chair, members = of(result, "主任票").verdict, of(result, "委员票").verdict
    assert chair is not None
    assert members is not None
    assert chair.elected == ("张三",)
    assert members.elected == ("王五", "赵六")
    assert chair.denominators.majority is not None
    assert (chair.denominators.majority.figure, chair.denominators.majority.needed) == (80, 41)
    assert result.final


def test_a_box_not_accepted_has_stated_nothing() -> None:
    """Undecided, and it says which figures are missing; the box is named."""
    result = answer(sheet())
    verdict = of(result, "主任票").verdict
    assert verdict is not None
    assert verdict.valid is None
    assert {"present", "ballots.collected"} <= set(verdict.missing)
    assert result.waiting == ("西站",)
    assert not result.final


def test_an_estimate_decides_nothing() -> None:
    """About 25 votes are no votes that could elect, and none that could not."""
    verdict = of(answer(sheet(chair={"张三": About(about=25), "李四": 10}), sheet("西站")), "主任票").verdict
    assert verdict is not None
    assert verdict.valid is None
    assert verdict.missing == ("candidates[0].votes",)


@pytest.mark.parametrize(
    ("rolls", "needed"), [({"registered": 100}, 51), ({"entitled": 100}, None), ({"due": 100}, None), ({}, None)]
)
def test_the_roll_is_of_the_kind_that_the_quorum_asks_for(rolls: dict[str, int], needed: int | None) -> None:
    """Village: registered (V14). Those entitled are more, those due are others: neither stands for it."""
    verdict = of(answer(sheet(), sheet("西站"), rolls=rolls), "主任票").verdict
    assert verdict is not None
    assert verdict.denominators.quorum is not None
    assert verdict.denominators.quorum.needed == needed
    assert verdict.missing == (() if needed else ("roll",))


def test_who_becomes_chair_is_not_a_member_too() -> None:
    """张三 has most votes for both: the next by votes takes the seat of the members (V16, V21)."""
    kinds = (kind("委员票", {"委员": 2}, "王五", "张三", "孙七"), kind("主任票", {"主任": 1}, "张三", "李四"))
    votes = {"王五": 30, "张三": 21, "孙七": 21}
    both = [
        sheet(box, kinds=(papers("委员票", "委员", votes), papers("主任票", "主任", CHAIR))) for box in ("东站", "西站")
    ]
    verdict = of(answer(*both, kinds=kinds), "委员票").verdict
    assert verdict is not None
    assert verdict.elected == ("王五", "孙七")
    assert "V16" in numbers(verdict.findings)


def test_members_wait_for_a_chair_who_may_be_one_of_them() -> None:
    """The chair's votes are missing, and a candidate for it passes among the members."""
    kinds = (kind("主任票", {"主任": 1}, "张三", "李四"), kind("委员票", {"委员": 2}, "王五", "张三", "孙七"))
    votes = {"王五": 30, "张三": 21, "孙七": 5}
    unknown = {"张三": None, "李四": 10}
    both = [
        sheet(box, kinds=(papers("主任票", "主任", unknown), papers("委员票", "委员", votes)))
        for box in ("东站", "西站")
    ]
    verdict = of(answer(*both, kinds=kinds), "委员票").verdict
    assert verdict is not None
    assert (verdict.valid, verdict.missing) == (None, ("主任票",))
    fewer = {"王五": 30, "张三": 4, "孙七": 25}  # now 张三 is elected by nobody here
    both = [
        sheet(box, kinds=(papers("主任票", "主任", unknown), papers("委员票", "委员", fewer)))
        for box in ("东站", "西站")
    ]
    verdict = of(answer(*both, kinds=kinds), "委员票").verdict
    assert verdict is not None
    assert verdict.elected == ("王五", "孙七")


# ---------------------------------------------------------------- sums


def test_the_stated_total_is_held_against_the_boxes() -> None:
    """Cell by cell: 李四 has 20, the summary says 21."""
    right = sheet("汇总表", {"张三": 50, "李四": 20}, {"王五": 60, "赵六": 44, "孙七": 10}, 80)
    right = right.model_copy(update={"in_person": 60, "by_proxy": 20})
    right = right.model_copy(
        update={"kinds": tuple(each.model_copy(update={"valid": 76, "invalid": 4, "blank": 2}) for each in right.kinds)}
    )
    assert answer(sheet(), sheet("西站"), right).findings == ()
    rows = (*right.kinds[0].rows[:1], right.kinds[0].rows[1].model_copy(update={"votes": 21}))
    wrong = right.model_copy(update={"kinds": (right.kinds[0].model_copy(update={"rows": rows}), right.kinds[1])})
    result = answer(sheet(), sheet("西站"), wrong)
    assert [(each.rule, each.value, each.limit) for each in result.findings] == [("F.11", 20, 21)]
    assert "主任票/主任/李四/得票数" in result.findings[0].message
    assert not result.final


def test_a_written_in_name_on_the_summary_waits_for_the_boxes_still_counted() -> None:
    """Three votes for 丁 that no accepted box knows: wrong once every box is in, and may be right before."""
    summary = sheet("汇总表", {"张三": 50, "李四": 20, "+丁": 3}, {"王五": 60, "赵六": 44, "孙七": 10}, 80)

    def of_the_name(*sheets: BoxSheet) -> list[object]:
        return [each.value for each in answer(*sheets, summary).findings if "丁" in each.message]

    assert of_the_name(sheet("东站")) == []
    assert of_the_name(sheet("东站"), sheet("西站")) == [0]


@pytest.mark.parametrize(("roll", "expected"), [(99, ["F.11"]), (100, []), (101, ["F.11"])])
def test_the_boxes_rolls_are_held_against_the_polls(roll: int, expected: list[str]) -> None:
    """50 registered at each station; with a roving box that has no roll, only too many can be noticed."""
    result = answer(sheet(registered=50), sheet("西站", registered=50), rolls={"registered": roll})
    assert numbers(result.findings) == expected
    roving = poll(
        rolls={"registered": roll}, boxes=({"name": "东站"}, {"name": "西站"}, {"name": "流动", "kind": "roving"})
    )
    book = counted(Book.begun(roving), sheet(registered=50), sheet("西站", registered=50), sheet("流动"))
    assert numbers(judge(book).findings) == (["F.12"] if roll < 100 else [])


def test_ballots_unaccounted_for_are_compared_with_the_margin() -> None:
    """张三 has 42 of 41 needed: two votes would change that. One ballot lost is no matter, two must be explained."""
    for lost, final in ((1, True), (2, False)):
        kinds = (
            papers("主任票", "主任", {"张三": 17, "李四": 10}, collected=40 - lost, valid=38 - lost),
            papers("委员票", "委员", MEMBERS),
        )
        book = counted(Book.begun(poll()), sheet(kinds=kinds), sheet("西站"))
        result = judge(book)
        assert result.final is final
        assert numbers(result.unexplained) == ([] if final else ["F.307"])
        if not final:
            with pytest.raises(TallyRefused):
                explain_result(book, "F.307", by="丙某", why=" ", at=AT)
            assert judge(explain_result(book, "F.307", by="丙某", why="两人带走", at=AT)).final


# ---------------------------------------------------------------- spellings


def written(*names: str) -> list[BoxSheet]:
    """Two boxes in which these names got one vote each for chair."""
    return [sheet(box, {"张三": 25, "李四": 9, **{f"+{name}": 1 for name in names}}) for box in ("东站", "西站")]


def merging(spelling: str, into: str, **changes: Any) -> Merging:
    """By 丙某, for the chair."""
    base = {
        "kind": "主任票",
        "post": "主任",
        "spelling": spelling,
        "into": into,
        "by": "丙某",
        "why": "核对选票",
        "at": AT,
    }
    return Merging(**(base | changes))


def test_spellings_are_brought_together_and_all_kept() -> None:
    """Two votes each: 李小明 has four, 李四 with one more spelling 20."""
    book = counted(Book.begun(poll()), *written("李小明", "李小名", "李肆"))
    book = with_merging(with_merging(book, merging("李小名", "李小明")), merging("李肆", "李四"))
    chair = of(judge(book), "主任票")
    assert {each.name: each.votes for each in chair.form.candidates} == {"张三": 50, "李四": 20, "李小明": 4}
    assert chair.spellings == {"李小明": ("李小名",), "李四": ("李肆",)}
    assert [(each.spelling, each.by) for each in book.mergings] == [("李小名", "丙某"), ("李肆", "丙某")]
    assert {each.name for each in merged_form(book, "主任票").candidates} == {
        "张三",
        "李四",
        "李小明",
        "李小名",
        "李肆",
    }


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (merging("丁", "李四"), ["F.31"]),
        (merging("李小名", "丁"), ["F.31"]),
        (merging("戊", "丁"), ["F.31", "F.31"]),
        (merging("李四", "张三"), ["F.32"]),
        (merging("李肆", "李小明"), ["F.33"]),
        (merging("李四 ", "李肆"), ["F.32", "F.33"]),
        (merging("李小名", "李小明", by=" ", why=""), ["F.44", "F.44"]),
        (merging("李小名", "李小明", kind="委员票"), ["F.31", "F.31"]),
        (merging("李小名", "李小明", kind="副主任票"), ["F.05"]),
    ],
)
def test_what_cannot_be_brought_together(new: Merging, expected: list[str]) -> None:
    """After 李肆 was merged into 李四."""
    book = with_merging(counted(Book.begun(poll()), *written("李小明", "李小名", "李肆")), merging("李肆", "李四"))
    with pytest.raises(TallyRefused) as caught:
        with_merging(book, new)
    assert numbers(caught.value.findings) == expected


NAMES = ["甲一", "乙一", "丙一", "丁一", "戊一"]


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=5, max_size=5), st.permutations(NAMES), st.randoms())
def test_merging_spellings_conserves_votes_in_any_order(votes: list[int], ring: list[str], random: Any) -> None:
    """A chain a→b→c… merged in any order gives its end all the votes; nobody's are lost or counted twice."""
    rows = {f"+{name}": n for name, n in zip(NAMES, votes, strict=True)}
    form = form_of(poll(), sheet(chair=rows), "主任票")
    chain = [merging(one, other) for one, other in pairwise(ring)]
    cut = random.randint(0, len(chain))
    merged = spelled_together(form, random.sample(chain[:cut], cut))
    got = {each.name: each.votes for each in merged.candidates}
    heir = ring[cut]
    expected = {name: n for name, n in zip(NAMES, votes, strict=True) if name not in ring[: cut + 1]}
    assert got == expected | {heir: sum(n for name, n in zip(NAMES, votes, strict=True) if name in ring[: cut + 1])}


# ---------------------------------------------------------------- a box with more ballots than voters


def stuffed() -> list[BoxSheet]:
    """East: 41 ballots of 40 voters; west: 39 of 40. Together nobody would notice."""
    east = (papers("主任票", "主任", CHAIR, issued=41, collected=41, valid=39), papers("委员票", "委员", MEMBERS))
    west = (papers("主任票", "主任", CHAIR, collected=39, valid=37), papers("委员票", "委员", MEMBERS))
    return [sheet(kinds=east), sheet("西站", kinds=west)]


@pytest.mark.parametrize(
    ("voids", "valid", "following"),
    [("poll", True, None), ("box", True, NextStep.FURTHER_VOTE), (None, None, None)],
)
def test_a_surplus_in_one_box_is_not_made_up_for_by_another(
    voids: str | None, valid: bool | None, following: NextStep | None
) -> None:
    """V15, by province: only the total binds, 80 of 80; or the box is void, and 25 votes of 80 elect nobody; or nobody says.

    In every case it is said.
    """
    result = answer(*stuffed(), surplus_voids=voids)
    verdict = of(result, "主任票").verdict
    assert verdict is not None
    assert (verdict.valid, verdict.next) == (valid, following)
    assert "V15" in numbers(verdict.findings)
    assert ("surplus_voids" in verdict.missing) is (voids is None)
    members = of(result, "委员票").verdict
    assert members is not None
    assert members.elected == ("王五", "赵六")


@pytest.mark.parametrize("voids", ["poll", None])
def test_a_surplus_in_all_voids_the_poll(voids: str | None) -> None:
    """81 ballots of 80 voters (Zhejiang article 27, Beijing 28, Shanghai 19: 「多于投票人数的无效」)."""
    verdict = of(answer(stuffed()[0], sheet("西站"), surplus_voids=voids), "主任票").verdict
    assert verdict is not None
    assert (verdict.valid, verdict.next) == (False, NextStep.NEW_POLL)


# ---------------------------------------------------------------- recall and recommendation


@pytest.mark.parametrize(
    ("first", "second", "removed", "kept"), [(20, 20, (), ("张三",)), (20, 21, ("张三",), ()), (21, 21, ("张三",), ())]
)
def test_a_recall_needs_more_than_half_of_those_voting(
    first: int, second: int, removed: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    """80 voted: 40 votes are half, 41 more than half (village 2018 article 16)."""
    kinds = (kind("罢免票", {"主任": None}, "张三"),)
    sheets = [
        sheet(box, kinds=(papers("罢免票", "主任", {"张三": n}),)) for box, n in (("东站", first), ("西站", second))
    ]
    result = answer(*sheets, kinds=kinds, purpose="recall")
    answered = of(result, "罢免票").recall
    assert answered is not None
    assert (answered.valid, answered.removed, answered.kept) == (True, removed, kept)
    assert result.final


@pytest.mark.parametrize(("registered", "valid"), [(159, True), (160, False)])
def test_a_recall_needs_more_than_half_of_the_registered(registered: int, valid: bool) -> None:
    """80 voted: of 159 that is more than half, of 160 it is half."""
    kinds = (kind("罢免票", {"主任": None}, "张三"),)
    sheets = [sheet(box, kinds=(papers("罢免票", "主任", {"张三": 30}),)) for box in ("东站", "西站")]
    answered = of(answer(*sheets, kinds=kinds, purpose="recall", rolls={"registered": registered}), "罢免票").recall
    assert answered is not None
    assert answered.valid is valid
    assert valid or "第十六条" in answered.findings[0].source


def recall_form(**changes: Any) -> ResultForm:
    """A recall by delegates under the law of 2025: more than two thirds of 60 are 41."""
    base: dict[str, Any] = {
        "body": "residents",
        "mode": "representatives",
        "law": "2025",
        "roll": 60,
        "present": 41,
        "ballots": {"issued": 41, "collected": 41, "valid": 41, "invalid": 0, "blank": 0},
        "seats": 2,
        "candidates": ({"name": "甲", "votes": 21}, {"name": "乙", "votes": 20}),
    }
    return ResultForm(**(base | changes))


def test_delegates_recall_with_more_than_two_thirds() -> None:
    """Community 2025 article 20: 41 of 60 come, 40 would not do; 21 of 41 remove, 20 do not."""
    answered = recall(recall_form())
    assert (answered.valid, answered.removed, answered.kept) == (True, ("甲",), ("乙",))
    short = recall(recall_form(present=40, ballots=None))
    assert short.valid is False
    assert "第二十条" in short.findings[0].source
    unknown = ({"name": "甲", "votes": None}, {"name": "乙", "votes": 20})
    assert recall(recall_form(candidates=unknown)).missing == ("candidates[0].votes",)
    assert recall(recall_form(present=None, ballots=None)).missing == ("present", "ballots.collected")
    assert recall(recall_form(present=61)).valid is None
    with pytest.raises(ValueError, match="recall"):
        recall(recall_form(body="party", mode="members"))


def test_a_recommendation_knows_neither_quorum_nor_majority() -> None:
    """Ten of a hundred voted; equal votes share a place, a name that voters added stands with the others."""
    votes = {"王五": 3, "赵六": 4, "孙七": 1, "+丁": 3}
    kinds = (kind("推荐票", {"委员": 3}, "王五", "赵六", "孙七"),)
    boxes = ({"name": "东站"},)
    one = sheet(
        kinds=(papers("推荐票", "委员", votes, 10, invalid=0, valid=10, blank=0),), voters=10, in_person=10, by_proxy=0
    )
    result = answer(one, kinds=kinds, boxes=boxes, purpose="recommendation")
    ranking = of(result, "推荐票").ranking
    assert [(each.place, each.name, each.votes) for each in ranking] == [
        (1, "赵六", 4),
        (2, "王五", 3),
        (2, "丁", 3),
        (4, "孙七", 1),
    ]
    assert of(result, "推荐票").verdict is None
    assert result.final
    unknown = one.model_copy(
        update={"kinds": (papers("推荐票", "委员", {**votes, "孙七": None}, 10, invalid=0, valid=10, blank=0),)}
    )
    result = answer(unknown, kinds=kinds, boxes=boxes, purpose="recommendation")
    assert {each.place for each in of(result, "推荐票").ranking} == {None}
    assert not result.final


# ---------------------------------------------------------------- what must always hold


@st.composite
def polls(draw: st.DrawFn) -> tuple[Book, Book]:
    """A book whose boxes are all accepted, and the same with some figures or whole boxes missing."""
    names = [f"{n}站" for n in "东西南"][: draw(st.integers(1, 3))]
    voters = {name: draw(st.integers(10, 30)) for name in names}
    voted = sum(voters.values())
    base = poll(
        boxes=tuple({"name": name} for name in names),
        rolls={"registered": draw(st.integers(voted, 2 * voted + 1))},  # fewer would contradict the boxes
        surplus_voids=draw(st.sampled_from(["poll", "box", None])),
    )
    full, partial = Book.begun(base), Book.begun(base)
    for name in names:
        present = voters[name]
        collected = present + draw(st.sampled_from([-1, 0, 0, 0, 1]))
        invalid = draw(st.integers(0, 2))
        cap = collected - invalid
        most = min(cap, present)  # with the ballots not stated, more votes than voters would be an error
        first = draw(st.integers(0, most))
        chair = {"张三": first, "李四": draw(st.integers(0, most - first))}
        one = draw(st.integers(0, most))
        other = draw(st.integers(0, most))
        members = {"王五": one, "赵六": other, "孙七": draw(st.integers(0, min(most, 2 * most - one - other)))}
        kinds = tuple(
            papers(
                title,
                post,
                votes,
                issued=max(present, collected),
                collected=collected,
                valid=cap,
                invalid=invalid,
                blank=0,
            )
            for title, post, votes in (("主任票", "主任", chair), ("委员票", "委员", members))
        )
        whole = sheet(name, kinds=kinds, in_person=present, by_proxy=0, present=present)
        full = counted(full, whole)
        if draw(st.integers(0, 4)):
            partial = counted(partial, _erased(draw, whole))
    return full, partial


def _erased(draw: st.DrawFn, whole: BoxSheet) -> BoxSheet:
    def kept(n: Any) -> Any:
        return n if draw(st.integers(0, 6)) else draw(st.sampled_from([None, About(about=3)]))

    kinds = tuple(
        KindSheet(
            kind=each.kind,
            issued=each.issued,
            collected=kept(each.collected),
            valid=kept(each.valid),
            invalid=kept(each.invalid),
            blank=each.blank,
            rows=tuple(Row(name=row.name, post=row.post, votes=kept(row.votes)) for row in each.rows),
        )
        for each in whole.kinds
    )
    return whole.model_copy(update={"present": kept(whole.present), "in_person": None, "kinds": kinds})


@settings(max_examples=60, deadline=None)
@given(polls())
def test_no_definite_verdict_is_refuted_by_what_comes_in_later(books: tuple[Book, Book]) -> None:
    """Missing boxes, missing figures and estimates: what is said stands when everything is known."""
    full, partial = books
    for whole, part in zip(judge(full).kinds, judge(partial).kinds, strict=True):
        assert whole.verdict is not None
        assert part.verdict is not None
        if part.verdict.valid is not None:
            same = ("valid", "elected", "tied", "next")
            assert [getattr(part.verdict, name) for name in same] == [getattr(whole.verdict, name) for name in same]


@settings(max_examples=60, deadline=None)
@given(polls())
def test_without_surpluses_the_verdict_is_that_of_the_boxes_merged(books: tuple[Book, Book]) -> None:
    """Nobody stands on both ballots here, so each kind is counted as if it had lain in one box."""
    full, _ = books
    sheets = [each.sheet or blank_sheet(full.poll, each.box) for each in full.boxes]
    for each in judge(full).kinds:
        assert each.verdict is not None
        if any(kind.kind == each.kind and kind.collected > sheet.present for sheet in sheets for kind in sheet.kinds):  # type: ignore[operator]
            continue
        forms = [form_of(full.poll, sheet, each.kind) for sheet in sheets]
        assert each.verdict == count(merge(forms, roll=full.poll.rolls["registered"]))  # type: ignore[index]


def test_a_head_that_does_not_fit_is_no_merge() -> None:
    """Boxes of one book share their poll; forms from elsewhere do not."""
    one = form_of(poll(), sheet(), "主任票")
    with pytest.raises(CannotMerge):
        merge([one, form_of(poll(body="residents"), sheet(), "主任票")])
