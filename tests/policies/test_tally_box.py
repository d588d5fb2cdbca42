"""One box: two entries by two people, corrections with both versions, recounts until two agree, warnings explained by name."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from policies.lifecycles import BoxState, ForbiddenTransition
from policies.tally import (
    ABSENT,
    About,
    Book,
    BoxTally,
    TallyRefused,
    accept,
    consecutive,
    correct,
    differences,
    enter,
    explain,
    findings,
    recount,
    unexplained,
)
from tests.policies.polls_in_boxes import AT, CHAIR, MEMBERS, numbers, papers, poll, sheet

POLL = poll()
LI = "主任票/主任/李四/得票数"


def entered(*sheets: Any, tellers: str = "甲乙") -> BoxTally:
    """The east station with these entries."""
    tally = BoxTally(box="东站")
    for teller, each in zip(tellers, sheets, strict=False):
        tally = enter(POLL, tally, each, teller=teller, at=AT)
    return tally


def refused(step: Callable[[], object]) -> list[str]:
    """The numbers for which a step is refused."""
    with pytest.raises(TallyRefused) as caught:
        step()
    return numbers(caught.value.findings)


def put_right(tally: BoxTally, was: Any, now: Any, by: str = "乙", cell: str = LI, why: str = "看错") -> BoxTally:
    """One cell corrected."""
    return correct(tally, cell, was=was, now=now, by=by, why=why, at=AT)


def test_two_entries_that_agree_can_be_accepted() -> None:
    """And only then are there figures."""
    tally = entered(sheet())
    assert (tally.state, tally.sheet) == (BoxState.ENTERED_ONCE, None)
    tally = entered(sheet(), sheet())
    assert (tally.state, tally.sheet) == (BoxState.AGREED, None)
    tally = accept(POLL, tally, by="丙", at=AT)
    assert tally.sheet == sheet()
    assert tally.acceptances[0].by == "丙"


@pytest.mark.parametrize("second", ["甲", " 甲", "甲　"])
def test_the_same_person_is_not_both_tellers(second: str) -> None:
    """However the name is typed."""
    tally = entered(sheet())
    assert refused(lambda: enter(POLL, tally, sheet(), teller=second, at=AT)) == ["F.41"]


def test_a_candidate_counts_no_ballots_and_nobody_counts_unnamed() -> None:
    """P9, V13."""
    assert refused(lambda: enter(POLL, BoxTally(box="东站"), sheet(), teller="王 五", at=AT)) == ["F.48"]
    assert refused(lambda: enter(POLL, BoxTally(box="东站"), sheet(), teller=" ", at=AT)) == ["F.44"]


def test_differences_are_listed_cell_by_cell() -> None:
    """Nought, not stated, about and no row at all are four things."""
    first = sheet(chair={"张三": 0, "李四": None, "+丁": 1}, present=40)
    second = sheet(chair={"张三": None, "李四": About(about=5)}, present=41)
    assert [str(each) for each in differences(first, second)] == [
        "参加投票人数：40 / 41",
        "主任票/主任/张三/得票数：0 / 未填",
        "主任票/主任/李四/得票数：未填 / 约 5",
        "主任票/主任/丁/得票数：1 / 没有此行",
        "主任票/主任/丁/反对票数：未填 / 没有此行",
        "主任票/主任/丁/弃权票数：未填 / 没有此行",
    ]
    assert entered(first, second).state is BoxState.DIFFERENT
    assert differences(first, first) == []


def test_a_third_entry_is_refused_with_what_can_be_done() -> None:
    """Two are two."""
    with pytest.raises(ForbiddenTransition, match="两次录入不一致"):
        enter(POLL, entered(sheet(), sheet(chair={})), sheet(), teller="丙", at=AT)
    with pytest.raises(ForbiddenTransition):
        accept(POLL, entered(sheet(), sheet(chair={})), by="丙", at=AT)


def test_a_correction_keeps_both_versions_and_who_and_why() -> None:
    """The second teller read 01 for 10."""
    tally = put_right(entered(sheet(), sheet(chair={"张三": 25, "李四": 1})), 1, 10)
    assert tally.state is BoxState.AGREED
    entry = tally.current.entries[1]
    assert entry.entered == sheet(chair={"张三": 25, "李四": 1})
    assert entry.sheet == sheet()
    assert [(each.was, each.now, each.by, each.why) for each in entry.corrections] == [(1, 10, "乙", "看错")]


def test_a_correction_of_an_agreed_figure_needs_the_other_teller_too() -> None:
    """One alone makes them differ."""
    tally = put_right(entered(sheet(), sheet()), 10, 9)
    assert tally.state is BoxState.DIFFERENT
    tally = put_right(tally, 10, 9, by="甲")
    assert tally.state is BoxState.AGREED
    assert accept(POLL, tally, by="丙", at=AT).sheet == sheet(chair={"张三": 25, "李四": 9})


def test_a_written_in_row_is_added_and_taken_off() -> None:
    """Printed rows cannot be taken off."""
    forgot, whole = sheet(), sheet(chair={**CHAIR, "+丁": 2})
    cell = "主任票/主任/丁/得票数"
    tally = put_right(entered(whole, forgot), ABSENT, 2, cell=cell)
    assert tally.state is BoxState.AGREED
    assert put_right(tally, 2, ABSENT, cell=cell).current.entries[1].sheet == forgot
    assert refused(lambda: put_right(tally, 10, ABSENT)) == ["F.45"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"was": 2}, ["F.42"]),
        ({"was": None}, ["F.42"]),
        ({"by": "丙"}, ["F.43"]),
        ({"why": ""}, ["F.44"]),
        ({"by": ""}, ["F.44", "F.43"]),
        ({"cell": "主任票/主任/丁/反对票数", "was": ABSENT}, ["F.45"]),
        ({"cell": "主任票/发票数"}, ["F.45"]),
        ({"cell": "副主任票/收回选票数"}, ["F.45"]),
        ({"cell": "得票数"}, ["F.45"]),
        ({"cell": "", "why": " "}, ["F.44", "F.45"]),
    ],
)
def test_a_correction_names_a_cell_its_figure_its_teller_and_a_reason(
    changes: dict[str, Any], expected: list[str]
) -> None:
    """All reasons at once."""
    tally = entered(sheet(), sheet(chair={"张三": 25, "李四": 1}))
    asked: dict[str, Any] = {"was": 1, "now": 10, **changes}
    assert refused(lambda: put_right(tally, asked.pop("was"), asked.pop("now"), **asked)) == expected


def test_an_accepted_box_is_corrected_only_after_a_recount() -> None:
    """What was announced does not change by itself."""
    tally = accept(POLL, entered(sheet(), sheet()), by="丙", at=AT)
    with pytest.raises(ForbiddenTransition, match="重新清点"):
        put_right(tally, 10, 9)
    with pytest.raises(ForbiddenTransition):
        put_right(BoxTally(box="东站"), 10, 9)


def test_errors_stop_acceptance_all_at_once() -> None:
    """Two of them, and a warning that nobody explained."""
    wrong = sheet(
        present=41,
        in_person=20,
        kinds=(papers("主任票", "主任", CHAIR, valid=37), papers("委员票", "委员", MEMBERS, issued=41)),
    )
    tally = entered(wrong, wrong)
    assert refused(lambda: accept(POLL, tally, by="", at=AT)) == ["F.44", "F.01", "F.204", "F.49"]


def test_a_warning_is_explained_by_name_and_anew_when_its_figures_change() -> None:
    """39 of 40 came back; then it is 38."""
    lost = papers("委员票", "委员", MEMBERS, collected=39, valid=37)
    one = sheet(kinds=(papers("主任票", "主任", CHAIR), lost))
    tally = entered(one, one)
    assert numbers(unexplained(POLL, tally)) == ["W.04"]
    assert refused(lambda: accept(POLL, tally, by="丙", at=AT)) == ["F.49"]
    assert refused(lambda: explain(POLL, tally, "W.01", by="丙", why="带走", at=AT)) == ["F.45"]
    assert refused(lambda: explain(POLL, tally, "W.04", by=" ", why=" ", at=AT)) == ["F.44", "F.44"]
    tally = explain(POLL, tally, "W.04", by="丙", why="带走一张", at=AT)
    assert accept(POLL, tally, by="丙", at=AT).sheet == one
    for by in "甲乙":
        tally = put_right(tally, 39, 38, by=by, cell="委员票/收回选票数")
        tally = put_right(tally, 37, 36, by=by, cell="委员票/有效票数")
    assert numbers(unexplained(POLL, tally)) == ["W.04"]
    assert [each.why for each in tally.explanations] == ["带走一张"]


def again(tally: BoxTally, *sheets: Any) -> BoxTally:
    """Counted once more, entered by two others."""
    tally = recount(tally, by="丙", why="有人提出异议", at=AT)
    for teller, each in zip("丁戊", sheets, strict=True):
        tally = enter(POLL, tally, each, teller=teller, at=AT)
    return tally


def test_a_box_counted_again_is_accepted_when_two_consecutive_counts_agree() -> None:
    """A, B: not yet; A, B, A: not yet; A, B, A, A: yes. Every count stays."""
    one, other = sheet(), sheet(chair={"张三": 24, "李四": 11})
    tally = again(entered(one, one), other, other)
    assert refused(lambda: accept(POLL, tally, by="丙", at=AT)) == ["F.47"]
    assert "主任票/主任/张三/得票数：25 / 24" in consecutive(tally)[0].message
    third = again(tally, one, one)
    assert refused(lambda: accept(POLL, third, by="丙", at=AT)) == ["F.47"]
    fourth = accept(POLL, again(third, one, one), by="丙", at=AT)
    assert fourth.sheet == one
    assert [count.sheet for count in fourth.counts] == [one, other, one, one]
    assert len(fourth.recounts) == 3


def test_a_count_never_agreed_upon_confirms_nothing() -> None:
    """The next one needs another beside it."""
    tally = again(entered(sheet(), sheet(chair={})), sheet(), sheet())
    assert refused(lambda: accept(POLL, tally, by="丙", at=AT)) == ["F.47"]
    assert accept(POLL, again(tally, sheet(), sheet()), by="丙", at=AT).sheet == sheet()


def test_a_recount_takes_an_accepted_box_back() -> None:
    """Until it is accepted again it states nothing; a recount without a reason is refused."""
    tally = accept(POLL, entered(sheet(), sheet()), by="丙", at=AT)
    assert refused(lambda: recount(tally, by="丙", why="", at=AT)) == ["F.44"]
    assert recount(tally, by="丙", why="异议", at=AT).sheet is None
    with pytest.raises(ForbiddenTransition):
        recount(BoxTally(box="东站"), by="丙", why="异议", at=AT)


def test_a_book_survives_json_and_knows_its_boxes() -> None:
    """Everything that happened, with who and why."""
    tally = put_right(entered(sheet(present=About(about=40)), sheet()), 10, 9)
    book = Book.begun(POLL).step("东站", lambda _: tally)
    assert Book.model_validate_json(book.model_dump_json()) == book
    assert book.waiting == ("东站", "西站")
    assert refused(lambda: book.tally("南站")) == ["F.46"]


def test_a_book_of_other_boxes_is_none() -> None:
    """A file somebody mended by hand."""
    with pytest.raises(ValueError, match="boxes"):
        Book(poll=POLL, boxes=(BoxTally(box="南站"),))
    with pytest.raises(ValueError, match="boxes"):
        Book(poll=POLL, boxes=(BoxTally(box="东站"), BoxTally(box="西站")), summary=BoxTally(box="东站"))


class BoxWalk(RuleBasedStateMachine):
    """Any people enter, correct, recount and accept any figures, in any order; what must never happen does not."""

    def __init__(self) -> None:
        super().__init__()
        self.tally = BoxTally(box="东站")
        self.past: list[BoxTally] = []

    def attempt(self, step: Callable[[BoxTally], BoxTally]) -> None:
        """A step, or its refusal, which changes nothing."""
        try:
            after = step(self.tally)
        except (TallyRefused, ForbiddenTransition):
            return
        self.past.append(self.tally)
        self.tally = after

    @rule(teller=st.sampled_from("甲乙丙"), li=st.integers(9, 10))
    def enter(self, teller: str, li: int) -> None:
        """One of two sheets."""
        self.attempt(lambda tally: enter(POLL, tally, sheet(chair={"张三": 25, "李四": li}), teller=teller, at=AT))

    @rule(by=st.sampled_from("甲乙丙"), was=st.integers(9, 10), now=st.integers(9, 10))
    def correct(self, by: str, was: int, now: int) -> None:
        """One of two figures."""
        self.attempt(lambda tally: put_right(tally, was, now, by=by))

    @rule()
    def recount(self) -> None:
        """Once more."""
        self.attempt(lambda tally: recount(tally, by="丙", why="异议", at=AT))

    @rule()
    def accept(self) -> None:
        """If it may be."""
        self.attempt(lambda tally: accept(POLL, tally, by="丙", at=AT))

    @invariant()
    def accepted_only_by_two_people_who_agree(self) -> None:
        """And, when counted again, with the count before."""
        for count in self.tally.counts:
            tellers = [entry.teller for entry in count.entries]
            assert len(set(tellers)) == len(tellers)
            for entry in count.entries:
                assert {each.by for each in entry.corrections} <= {entry.teller}
        if self.tally.sheet is not None:
            first, second = self.tally.current.entries
            assert first.sheet == second.sheet == self.tally.sheet
            assert not findings(POLL, self.tally)
            if len(self.tally.counts) > 1:
                assert self.tally.counts[-2].sheet == self.tally.sheet

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """Counts, recounts and acceptances only grow."""
        for before, after in pairwise([*self.past, self.tally]):
            assert after.counts[: len(before.counts) - 1] == before.counts[:-1]
            assert after.recounts[: len(before.recounts)] == before.recounts
            assert after.acceptances[: len(before.acceptances)] == before.acceptances


BoxWalk.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestBoxWalk = BoxWalk.TestCase
