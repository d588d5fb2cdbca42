"""A poll's head and a box's sheet as people type them: read whole, or refused with every problem at once."""

import copy
import datetime as dt
import re
from typing import Any

import pytest

from policies.form import FormRefused
from policies.pack.text import read_text
from policies.rule import Law
from policies.tally import About, Poll, Stated, read_cell, read_poll, read_sheet
from policies.tally.guide import as_markdown
from tests.policies.polls_in_boxes import numbers
from tests.policies.polls_in_boxes import sheet as sheet_in_order

TODAY = dt.date(2026, 7, 1)
HEAD: dict[str, Any] = {
    "title": "甲村选举",
    "body": "village",
    "mode": "voters",
    "date": "2026-03-28",
    "rolls": {"registered": 100},
    "surplus_voids": "box",
    "boxes": [{"name": "东站", "kind": "venue"}, "西站"],
    "kinds": [
        {"name": "主任票", "seats": {"主任": 1}, "printed": ["张三", {"name": "李四", "sex": "女"}]},
        {"name": "委员票", "seats": {"委员": 2}, "printed": ["王五", "赵六", {"name": "孙七", "post": "委员"}]},
    ],
}
SHEET: dict[str, Any] = {
    "box": "东站",
    "in_person": 30,
    "by_proxy": 10,
    "present": 40,
    "kinds": [
        {"kind": "主任票", "issued": 40, "collected": 40, "valid": 38, "invalid": 2, "blank": 1,
         "rows": [{"name": "张三", "votes": 25}, {"name": "李四", "votes": 10}]},
        {"kind": "委员票", "issued": 40, "collected": 40, "valid": 38, "invalid": 2, "blank": 1,
         "rows": [{"name": "王五", "post": "委员", "votes": 30}, {"name": "赵六", "votes": 22}, {"name": "孙七", "votes": 5}]},
    ],
}  # fmt: skip


def poll() -> Poll:
    """The head as it stands."""
    return read_poll(HEAD, today=TODAY)


def changed(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one value changed; `path` like kinds.0.seats."""
    raw = copy.deepcopy(base)
    place: Any = raw
    *outer, last = path.split(".")
    for part in outer:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = value
    return raw


def refused_head(raw: object) -> list[str]:
    """The numbers of what is wrong with a head."""
    with pytest.raises(FormRefused) as caught:
        read_poll(raw, today=TODAY)
    return numbers(caught.value.findings)


def test_a_head_in_order() -> None:
    """A post left out is the kind's only one, a box named shortly a station, the law that of the poll's day."""
    read = poll()
    assert [(box.name, box.kind.value) for box in read.boxes] == [("东站", "venue"), ("西站", "station")]
    assert [(each.name, each.post) for each in read.kinds[0].printed] == [("张三", "主任"), ("李四", "主任")]
    assert read.law is Law.OF_2025
    assert read_poll(changed(HEAD, "date", None), today=dt.date(2025, 12, 31)).law is Law.OF_2018
    assert read_poll(HEAD | {"law": 2018}, today=TODAY).law is Law.OF_2018


def test_the_example_on_the_page_is_a_head_in_order() -> None:
    """docs/tally.md shows one in full."""
    (example,) = re.findall(r"```yaml\n(.*?)```", as_markdown(), re.DOTALL)
    located, problems = read_text(example)
    assert located is not None
    assert problems == []
    read = read_poll(located.data, today=TODAY)
    assert [kind.name for kind in read.kinds] == ["主任票", "委员票"]
    assert read.boxes[1].kind.label == "流动票箱"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("title", None, ["F.106"]),
        ("body", "council", ["F.108"]),
        ("mode", "plenary", ["F.202"]),
        ("purpose", "fun", ["F.108"]),
        ("round", 3, ["F.108"]),
        ("law", 2010, ["F.108"]),
        ("date", "28 March", ["F.107"]),
        ("rolls", 100, ["F.107"]),
        ("rolls", {"registered": -1}, ["F.201"]),
        ("rolls", {"everybody": 1}, ["F.105"]),
        ("boxes", [], ["F.106"]),
        ("boxes", "东站", ["F.107", "F.106"]),
        ("boxes", ["东站", "东站"], ["F.104"]),
        ("boxes", ["汇总表"], ["F.108"]),
        ("boxes", ["全场"], ["F.108"]),
        ("boxes", ["东/站"], ["F.107"]),
        ("boxes", ["长" * 61], ["F.107"]),
        ("boxes", [{"name": "东站", "kind": "cart"}], ["F.108"]),
        ("kinds", None, ["F.106"]),
        ("kinds.1.name", "主任票", ["F.104"]),
        ("kinds.0.seats", {}, ["F.106"]),
        ("kinds.0.seats", 1, ["F.107"]),
        ("kinds.0.seats", {"主任": 0}, ["F.210"]),
        ("kinds.0.seats", {"主任": "一"}, ["F.107"]),
        ("kinds.0.printed", ["张三", "张 三"], ["F.209"]),
        ("kinds.0.printed", [{"name": "张三", "post": "委员"}], ["F.212"]),
        ("kinds.0.printed", [{"name": "张三", "age": 40}], ["F.105"]),
        ("kinds.0.printed", [3], ["F.107"]),
        ("surplus_voids", "all", ["F.108"]),
        ("colour", "red", ["F.105"]),
    ],
)
def test_each_problem_of_a_head(path: str, value: Any, expected: list[str]) -> None:
    """Found, and nothing else."""
    assert refused_head(changed(HEAD, path, value)) == expected


def test_all_problems_of_a_head_come_at_once() -> None:
    """Not one after the other."""
    raw = HEAD | {"title": 3, "body": None, "boxes": [], "colour": "red", "rolls": {"due": "x"}}
    assert sorted(refused_head(raw)) == ["F.105", "F.106", "F.106", "F.107", "F.107"]
    assert refused_head([1]) == ["F.107"]


def test_only_villages_and_communities_recall() -> None:
    """Elsewhere nobody votes on that."""
    assert refused_head(HEAD | {"purpose": "recall", "body": "party", "mode": "members"}) == ["F.108"]
    assert read_poll(HEAD | {"purpose": "recall"}, today=TODAY).purpose.label == "罢免"


def test_nobody_need_be_printed() -> None:
    """Where every name is written in."""
    assert read_poll(changed(HEAD, "kinds.0.printed", None), today=TODAY).kinds[0].printed == ()


def test_a_sheet_in_order() -> None:
    """The same as built by hand."""
    assert read_sheet(SHEET, poll()) == sheet_in_order()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (0, 0),
        (None, None),
        ("约 25", About(about=25)),
        ("约２５", About(about=25)),
        ({"about": 25}, About(about=25)),
    ],
)
def test_not_stated_nought_and_about_are_read_apart(raw: object, expected: Stated) -> None:
    """None of them becomes another."""
    read = read_sheet(changed(SHEET, "kinds.0.rows.0.votes", raw), poll())
    assert read.kinds[0].rows[0].votes == expected


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("box", "南站", ["F.108"]),
        ("box", None, ["F.106"]),
        ("present", "四十", ["F.107"]),
        ("present", "40", ["F.107"]),
        ("present", 40.5, ["F.107"]),
        ("present", True, ["F.107"]),
        ("present", -40, ["F.201"]),
        ("present", 10**13, ["F.107"]),
        ("present", {"about": -4}, ["F.201"]),
        ("present", {"about": 4, "or": 5}, ["F.107"]),
        ("voters", 40, ["F.105"]),
        ("kinds", {"主任票": 1}, ["F.107"]),
        ("kinds.0.lost", 1, ["F.105"]),
        ("kinds.0.kind", None, ["F.106"]),
        ("kinds.0.kind", "主席票", ["F.108"]),
        ("kinds.0.rows.0.name", "", ["F.107"]),
        ("kinds.0.rows.0.name", "张/三", ["F.107"]),
        ("kinds.0.rows.0.write_in", "yes", ["F.107"]),
        ("kinds.0.rows.0", "张三", ["F.107"]),
    ],
)
def test_each_problem_of_a_sheet(path: str, value: Any, expected: list[str]) -> None:
    """Found, and nothing else."""
    with pytest.raises(FormRefused) as caught:
        read_sheet(changed(SHEET, path, value), poll())
    assert numbers(caught.value.findings) == expected


def test_a_problem_names_its_cell_as_it_stands_on_the_sheet() -> None:
    """In Chinese, with its place."""
    with pytest.raises(FormRefused) as caught:
        read_sheet(changed(SHEET, "kinds.0.collected", "x"), poll(), places={"kinds[0].collected": "选票1 B5"})
    assert "“收回选票数”" in caught.value.findings[0].message
    assert "（选票1 B5）" in caught.value.findings[0].message


@pytest.mark.parametrize(
    ("text", "expected"), [("321", 321), (" ３２１ ", 321), ("0", 0), ("约 300", About(about=300)), ("未填", None)]
)
def test_a_figure_on_the_command_line(text: str, expected: Stated) -> None:
    """As one types it."""
    assert read_cell(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("三", "F.107"), ("-1", "F.201"), ("", "F.107"), ("1.5", "F.107")])
def test_what_is_no_figure_on_the_command_line(text: str, expected: str) -> None:
    """Said by its number."""
    with pytest.raises(FormRefused) as caught:
        read_cell(text)
    assert numbers(caught.value.findings) == [expected]
