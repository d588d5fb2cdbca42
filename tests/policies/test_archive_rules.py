"""A1–A3 at their boundaries and one either side; what counts as well written comes from the rules' own text and the source."""

from datetime import date, timedelta

import pytest

from policies.rules.archive import (
    before_publicity_ended,
    date_plausible,
    dated_later,
    document_written,
    evidence_written,
    names_differ,
    never_posted,
    not_closed,
    out_of_order,
    paper_missing,
    person_differs,
    person_written,
    series_broken,
    step_undone,
)

DAY = date(2021, 4, 28)
NEXT, BEFORE = DAY + timedelta(days=1), DAY - timedelta(days=1)


def test_what_is_missing_is_named() -> None:
    """Step, paper and unit stand in the sentence; each refuses."""
    for finding, word in (
        (step_undone("选民登记", "residents.registration"), "选民登记"),
        (paper_missing("公告当选名单", "当选名单公告", "residents.announcement"), "当选名单公告"),
        (not_closed("甲社区"), "甲社区"),
    ):
        assert finding.rule == "A1"
        assert finding.blocks
        assert word in finding.message


@pytest.mark.parametrize(
    ("numbers", "gone"), [((), []), ((1,), []), ((1, 2, 3), []), ((2,), [1]), ((1, 3), [2]), ((4, 1), [2, 3])]
)
def test_a_series_has_no_gap(numbers: tuple[int, ...], gone: list[int]) -> None:
    """From 1 to the last one; the first may be what is gone, the last one never is."""
    assert [finding.value for finding in series_broken("公告", numbers, "居委会")] == gone


def test_names_are_compared_as_sets() -> None:
    """Order does not matter; one more and one fewer are both said."""
    assert names_differ("公告", ["甲", "乙"], "报告单", ["乙", "甲"]) == []
    (finding,) = names_differ("公告", ["甲", "丙"], "报告单", ["甲", "乙"])
    assert finding.rule == "A2"
    assert "多丙；少乙" in finding.message


def test_whoever_stood_was_posted() -> None:
    """Fewer may stand than were posted: one stepped back. Not one more."""
    assert never_posted("报告单", ["甲"], ["甲", "乙"]) == []
    assert [one.value for one in never_posted("报告单", ["甲", "丙"], ["甲", "乙"])] == ["丙"]


@pytest.mark.parametrize(("day", "count"), [(BEFORE, 1), (DAY, 0), (NEXT, 0)])
def test_steps_in_order(day: date, count: int) -> None:
    """The same day is in order, the day before is not."""
    assert len(out_of_order("备案", day, "公告", DAY)) == count


@pytest.mark.parametrize(("day", "count"), [(BEFORE, 1), (DAY, 1), (NEXT, 0)])
def test_the_next_step_is_the_day_after_the_last_whole_day(day: date, count: int) -> None:
    """The last whole day of a posting is not yet the day of what follows (design: counting days)."""
    assert len(before_publicity_ended("审批", day, "公示", DAY)) == count


@pytest.mark.parametrize(("day", "count"), [(BEFORE, 0), (DAY, 0), (NEXT, 1)])
def test_nothing_is_dated_ahead(day: date, count: int) -> None:
    """On the day it was handed in, yes; the day after, no."""
    assert len(dated_later("批复", day, DAY)) == count


def test_a_slip_of_the_year() -> None:
    """366 days before the plan's first day pass, 367 do not; 2012 for 2021 certainly does not."""
    starts = date(2021, 2, 1)
    assert date_plausible("会议", starts - timedelta(days=366), starts) == []
    assert [one.rule for one in date_plausible("会议", starts - timedelta(days=367), starts)] == ["A3"]
    assert date_plausible("会议", date(2012, 2, 20), starts)


@pytest.mark.parametrize(
    "number",
    ["", "街发〔2021〕1号", "街党工发〔2021〕120号", "中共X区委组〔2020〕9号", "审〔2021〕D01-S01-U001-P003号"],
)
def test_numbers_well_written(number: str) -> None:
    """The usual form, of this year or the last; one that is not stated is no slip."""
    assert document_written("批复", number, DAY) == []


@pytest.mark.parametrize(
    "number",
    [
        "街发[2021]1号",
        "街发（2021）1号",
        "街发〔21〕1号",
        "街发〔2021〕01号",
        "街发〔2021〕0号",
        "街发〔2021〕1",
        "街发〔2021〕号",
        "〔2021〕1号",
        "街发〔2021〕 1号",
        " 街发〔2021〕1号",
        "街发2021年1号",
        "同意",
    ],
)
def test_numbers_badly_written(number: str) -> None:
    """Other brackets, a short year, a leading zero, blanks, no sign, no number."""
    (finding,) = document_written("批复", number, DAY)
    assert (finding.rule, finding.value) == ("A3", number)


def test_a_number_of_another_year() -> None:
    """Last year's may be signed in spring; the year before that and next year's may not. Evidence may be old, not young."""
    assert document_written("批复", "街发〔2020〕8号", DAY) == []
    assert [one.value for one in document_written("批复", "街发〔2019〕8号", DAY)] == [2019]
    assert [one.value for one in document_written("批复", "街发〔2022〕8号", DAY)] == [2022]
    assert evidence_written("联审", "法判〔2009〕8号", DAY) == []
    assert evidence_written("联审", "法判〔2021〕8号", DAY) == []
    assert [one.value for one in evidence_written("联审", "法判〔2022〕8号", DAY)] == [2022]
    assert evidence_written("联审", "法判(2009)8号", DAY)
    assert document_written("批复", "街发〔1999〕8号", None) == []


@pytest.mark.parametrize("name", ["王芳", "欧阳建国", "买买提·吐尔逊", "𠮷田", "Anna"])
def test_names_well_written(name: str) -> None:
    """Two characters, four, a minority's name with its dot, a rare character, letters."""
    assert person_written("D01-S01-U001-P003", name) == []


@pytest.mark.parametrize(
    "name", ["", "王 芳", "王芳 ", "王芳。", "王芳1", "王芳\uff11", "\uff21nna", "买买提•吐尔逊", "王(芳)"]
)
def test_names_badly_written(name: str) -> None:
    """Blanks, punctuation, digits, full-width letters, another dot."""
    assert [one.rule for one in person_written("P1", name)] == ["A3"]


@pytest.mark.parametrize("person", ["", " P1", "P1 ", "P\uff11", "甲1", "-P1", "P/1"])
def test_ids_badly_written(person: str) -> None:
    """Blanks, full-width digits, other characters."""
    assert [one.rule for one in person_written(person, "王芳")] == ["A3"]


def test_one_id_is_one_person() -> None:
    """The same twice is nothing; two spellings are named in the order they came."""
    assert person_differs("P1", "姓名", ["王芳", "王芳"]) == []
    assert person_differs("P1", "姓名", []) == []
    (finding,) = person_differs("P1", "姓名", ["王芳", "王方", "王芳"])
    assert "王芳、王方" in finding.message
