"""Forms out of plain data: what is right comes through, what is wrong is told in Chinese, with its place, all at once."""

import re
from datetime import date

import pytest

from gateway.form import read_form
from gateway.wording import Fault
from workflows.messages import Nominated, Recorded


def told(raw: object) -> list[str]:
    """What is wrong with it."""
    read = read_form(raw)
    assert isinstance(read, tuple), read
    return [str(fault) for fault in read]


def test_a_form_in_order() -> None:
    """Dates may be text, as JSON has them, or dates, as YAML reads them."""
    wanted = Recorded(held_on=date(2021, 3, 1), document="街发〔2021〕1号")
    for day in ("2021-03-01", date(2021, 3, 1)):
        assert read_form({"kind": "recorded", "held_on": day, "document": "街发〔2021〕1号"}) == wanted


@pytest.mark.parametrize("raw", [None, [], "kind: recorded", 7, True])
def test_what_is_no_table_of_values(raw: object) -> None:
    """One sentence that says what a form is."""
    assert told(raw) == ["表单应为“键: 值”的一组内容，最前面写明 kind（表单的种类）"]


PERSON = {"id": "P01", "name": "居民", "sex": "female"}
NOMINEE = {
    "person": PERSON,
    "post": "committee_member",
    "route": "party_members",
    "supporters": 20,
}


def test_places_are_told_as_they_were_written() -> None:
    """Through lists and unions, without the names that only the program knows; every fault once."""
    good = {"kind": "nominated", "nominees": [NOMINEE], "closed_on": "2021-03-01"}
    assert isinstance(read_form(good), Nominated)
    bad = {
        **good,
        "nominees": [
            NOMINEE,
            {**NOMINEE, "person": {**PERSON, "born": "1985-02-30"}, "supporters": -1},
        ],
        "kin": [{"a": "P01", "b": "P01", "relation": "spouse"}],
        "closed_on": None,
        "chair": "P01",
    }
    assert told(bad) == [
        "nominees[1].person.born：“1985-02-30”应为真实的日期，写作 2021-04-26",
        "nominees[1].supporters：“-1”不能小于 0",
        "kin[0]：亲属关系申报中，同一人（P01）不能与自己构成配偶关系",
        "closed_on：空值应为真实的日期，写作 2021-04-26",
        "chair：没有这一项，请删去或更正名称",
    ]


def test_a_long_value_is_not_quoted_whole() -> None:
    """Forty characters of it, whatever was pasted in."""
    (one,) = told({"kind": "recorded", "held_on": "日" * 100_000})
    assert one == f"held_on：“{'日' * 40}…”应为真实的日期，写作 2021-04-26"


@pytest.mark.parametrize(
    "values",
    [
        {"held_on": 1.5},
        {"held_on": "2021-03-01T09:30:00"},
        {"held_on": []},
        {"held_on": "2021-03-01", "complete": 7},
        {"held_on": "2021-03-01", "document": 7},
        {"held_on": "2021-03-01", "document": {}},
        {},
        {"kind": "ruled", "approved": "x", "document": "", "signed_on": "x"},
        {"kind": "ruled", "approved": True, "document": "号" * 501, "signed_on": "2021-03-01"},
        {"kind": "posted", "posted_on": "2021-03-01", "place": "公示栏", "names": "P01"},
        {"kind": "posted", "posted_on": "2021-03-01", "place": "公示栏", "names": [1]},
        {"kind": "delegated", "households": "x", "from_households": 10**30, "held_on": "2021-03-01"},
        {"kind": ["recorded"]},
        {"kind": None},
    ],
    ids=repr,
)
def test_no_english(values: dict[str, object]) -> None:
    """Nobody in a county reads the library's own sentences: of its words none is left."""
    faults = told({"kind": "recorded", **values})
    assert faults
    for one in faults:
        assert not re.search(r"\b(input|should|valid|must|required|field|expected|unable|at (least|most))\b", one, re.I)
        assert re.search("[一-龥]", one)


def test_a_fault_without_a_place() -> None:
    """Is told without one."""
    assert str(Fault((), "说明")) == "说明"
