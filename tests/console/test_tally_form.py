"""`huanjie tally form`: a count finished in the book goes into the poll's gate, small boxes and spellings included.

The gate's own checks (sums, papers conserved, two tellers) are asked of what was written; figures are those of the sheets.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from gateway.form import read_form
from policies.form import BoxPapers, BoxPapersByKind, ResultForm
from policies.rules.village.mixing import MIXED, mixed_conserved, small_counts
from policies.tally import is_sum, told_by_two
from tests.console.test_tally import _app, accepted, run, write  # noqa: F401 - the fixture `app`
from workflows.messages import Counted

HEAD: dict[str, Any] = {
    "title": "甲村选举",
    "body": "village",
    "mode": "voters",
    "date": "2026-05-16",
    "rolls": {"registered": 150},
    "boxes": [{"name": "中心会场", "kind": "venue"}, "二组投票站"],
    "kinds": [
        {
            "name": "选票",
            "seats": {"主任": 1, "委员": 1},
            "printed": [
                {"name": "张三", "post": "主任"},
                {"name": "李四", "post": "主任"},
                {"name": "王五", "post": "委员"},
                {"name": "赵六", "post": "委员"},
            ],
        }
    ],
}


def sheet(box: str, voters: int, votes: dict[str, int], proxies: int = 2) -> dict[str, Any]:
    """Everybody's ballot came back valid; a name beginning with + was written in for the members' seat."""
    posts = {"张三": "主任", "李四": "主任"}
    rows = [
        {"name": name.removeprefix("+"), "post": posts.get(name, "委员"), "votes": n}
        | ({"write_in": True} if name.startswith("+") else {})
        for name, n in votes.items()
    ]
    kind = {
        "kind": "选票",
        "issued": voters,
        "collected": voters,
        "valid": voters,
        "invalid": 0,
        "blank": 0,
        "rows": rows,
    }
    return {"box": box, "in_person": voters - proxies, "by_proxy": proxies, "present": voters, "kinds": [kind]}


@pytest.fixture(name="home")
def _home(app: typer.Typer, tmp_path: Path) -> Path:
    """Two boxes; 钱小七 is written 钱小七 in one and 钱小柒 in the other, and both names mean him."""
    write(tmp_path / "poll.json", HEAD)
    write(tmp_path / "main.json", sheet("中心会场", 62, {"张三": 40, "李四": 20, "王五": 45, "赵六": 10, "+钱小七": 3}))
    write(
        tmp_path / "two.json", sheet("二组投票站", 40, {"张三": 25, "李四": 10, "王五": 22, "赵六": 15, "+钱小柒": 2})
    )
    assert run(app, "open", tmp_path / "poll.json", tmp_path / "book.json").exit_code == 0
    return tmp_path


def finished(app: typer.Typer, home: Path) -> None:
    """Both boxes accepted, the second one counted again; the spelling brought together; doubts answered."""
    accepted(app, home, "main.json", "two.json")
    book = home / "book.json"
    assert run(app, "recount", book, "二组投票站", "--by", "丙某", "--why", "有人提出异议").exit_code == 0
    accepted(app, home, "two.json")
    words = ("选票", "委员", "钱小柒", "--into", "钱小七", "--by", "丙某", "--why", "同一人")
    assert run(app, "name", book, *words).exit_code == 0
    waiting = json.loads(run(app, "result", book, "--json").stdout)["unexplained"]
    for rule in dict.fromkeys(each["rule"] for each in waiting):
        assert run(app, "explain", book, "全场", rule, "--by", "丙某", "--why", "已核实").exit_code == 0


def counted(file: Path) -> Counted:
    """What was written, the person ids filled in, as the gate reads it."""
    raw = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    assert raw["names"] == [None] * 5
    form = read_form(raw | {"names": ["A", "B", "C", "D", "E"], "roving_boxes": 1})
    assert isinstance(form, Counted), form
    return form


def gates_word(form: Counted) -> list[str]:
    """What the gate says about boxes, sum and tellers."""
    sheets = {box.box: box.form for box in form.boxes}
    counts = {name: one for name, one in (*sheets.items(), (MIXED, form.mixed)) if isinstance(one, ResultForm)}
    found = [*mixed_conserved(sheets, form.mixed), *small_counts(sheets, form.mixed)]
    found += [*is_sum(form.form, list(counts.values())), *told_by_two(form.tellings, counts, ())]
    return [each.message for each in found]


def test_a_finished_count_goes_into_the_gate(app: typer.Typer, home: Path) -> None:
    """The sum of the sheets, who entered each count, and who is elected: 65 and 67 of 102 voters."""
    finished(app, home)
    done = run(app, "form", home / "book.json", home / "gate.yaml")
    assert done.exit_code == 0, done.output
    form = counted(home / "gate.yaml")
    assert gates_word(form) == []
    assert {one.name: one.votes for one in form.form.candidates} == {
        "张三": 65,
        "李四": 30,
        "王五": 67,
        "赵六": 25,
        "钱小七": 5,
    }
    assert (form.form.present, form.form.roll, form.declared, form.proxies) == (102, 150, ("张三", "王五"), 4)
    assert [(one.box, [entry.teller for entry in one.entries]) for one in form.tellings] == [
        ("中心会场", ["甲某", "乙某"]),
        ("二组投票站", ["甲某", "乙某"]),
        ("二组投票站", ["甲某", "乙某"]),
    ]


def test_small_boxes_counted_with_the_main_venue(app: typer.Typer, home: Path) -> None:
    """Twelve of the venue's 62 voted at a roving box: papers of both, one common count."""
    finished(app, home)
    assert run(app, "form", home / "book.json", home / "gate.yaml", "--mixed", "流动一=12/12/12").exit_code == 0
    form = counted(home / "gate.yaml")
    assert gates_word(form) == []
    sheets = {box.box: box.form for box in form.boxes}
    assert sheets["流动一"] == BoxPapers(present=12, issued=12, collected=12)
    assert sheets["中心会场"] == BoxPapers(present=50, issued=50, collected=50)
    assert next(one.box for one in form.tellings) == MIXED


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--mixed", "流动一=63/12/12"), 1, "F.54"),
        (("--mixed", "二组投票站=1/1/1"), 1, "F.54"),
        (("--mixed", "流动一=12/12"), 2, "流动一=12/12"),
        (("--mixed", "流动一=1/1/1", "--mixed", "流动一=1/1/1"), 2, "两次"),
    ],
)
def test_papers_that_cannot_be(app: typer.Typer, home: Path, words: tuple[str, ...], code: int, said: str) -> None:
    """More voters than the venue, a box with a count of its own, figures that are none."""
    finished(app, home)
    result = run(app, "form", home / "book.json", home / "gate.yaml", *words)
    assert result.exit_code == code
    assert said in result.stderr
    assert not (home / "gate.yaml").exists()


def test_what_is_not_finished_is_not_written(app: typer.Typer, home: Path) -> None:
    """F.53; and nothing already there is written over."""
    result = run(app, "form", home / "book.json", home / "gate.yaml")
    assert result.exit_code == 1
    assert "F.53" in result.stderr
    finished(app, home)
    (home / "gate.yaml").write_text("", encoding="utf-8")
    assert run(app, "form", home / "book.json", home / "gate.yaml").exit_code == 2


APART = HEAD | {
    "kinds": [
        {"name": "委员票", "seats": {"委员": 1}, "printed": ["王五", "赵六"]},
        {"name": "主任票", "seats": {"主任": 1}, "printed": ["张三", "李四"]},
    ]
}


def apart(box: str, voters: int, chair: dict[str, int], members: dict[str, int], lost: int = 0) -> dict[str, Any]:
    """A chair's and a members' ballot for each voter; `lost` chair's ballots did not come back."""

    def kind(name: str, votes: dict[str, int], back: int) -> dict[str, Any]:
        rows = [{"name": one, "post": name.removesuffix("票"), "votes": n} for one, n in votes.items()]
        figures = {"issued": voters, "collected": back, "valid": back, "invalid": 0, "blank": 0}
        return {"kind": name, "rows": rows} | figures

    kinds = [kind("主任票", chair, voters - lost), kind("委员票", members, voters)]
    return {"box": box, "in_person": voters - 2, "by_proxy": 2, "present": voters, "kinds": kinds}


@pytest.fixture(name="apart_home")
def _apart_home(app: typer.Typer, tmp_path: Path) -> Path:
    """张三 is chair with 65 of 102, and stands on the members' ballot in nobody's writing; one chair's ballot is lost."""
    write(tmp_path / "poll.json", APART)
    write(tmp_path / "main.json", apart("中心会场", 62, {"张三": 40, "李四": 20}, {"王五": 45, "赵六": 10}, lost=1))
    write(tmp_path / "two.json", apart("二组投票站", 40, {"张三": 25, "李四": 10}, {"王五": 22, "赵六": 15}))
    assert run(app, "open", tmp_path / "poll.json", tmp_path / "book.json").exit_code == 0
    accepted_with_reasons(app, tmp_path, "main.json", "two.json")
    waiting = json.loads(run(app, "result", tmp_path / "book.json", "--json").stdout)["unexplained"]
    for rule in dict.fromkeys(each["rule"] for each in waiting):
        assert (
            run(app, "explain", tmp_path / "book.json", "全场", rule, "--by", "丙某", "--why", "已核实").exit_code == 0
        )
    return tmp_path


def accepted_with_reasons(app: typer.Typer, home: Path, *files: str) -> None:
    """As `accepted`, every warning answered by name first."""
    book = home / "book.json"
    for file in files:
        box = json.loads((home / file).read_text(encoding="utf-8"))["box"]
        for teller in ("甲某", "乙某"):
            assert run(app, "enter", book, home / file, "--by", teller).exit_code == 0
        for rule in ("W.04", "W.12"):
            run(app, "explain", book, box, rule, "--by", "丙某", "--why", "已核实")
        assert run(app, "accept", book, box, "--by", "丙某").exit_code == 0


def read(file: Path) -> Counted:
    """What was written, the person ids filled in."""
    raw = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    form = read_form(raw | {"names": ["A", "B", "C", "D"], "roving_boxes": 1})
    assert isinstance(form, Counted), form
    return form


def test_ballots_of_their_own_go_into_the_gate_whole(app: typer.Typer, apart_home: Path) -> None:
    """Each kind's papers by box and in all; the persons once; who is elected, the chair first."""
    done = run(app, "form", apart_home / "book.json", apart_home / "gate.yaml")
    assert done.exit_code == 0, done.output
    form = read(apart_home / "gate.yaml")
    assert gates_word(form) == []
    papers = {kind.kind: (kind.posts, kind.ballots.issued, kind.ballots.collected) for kind in form.form.kinds}
    assert papers == {"委员票": (("委员",), 102, 102), "主任票": (("主任",), 102, 101)}
    assert (form.form.ballots, form.form.present, form.form.seats) == (None, 102, {"委员": 1, "主任": 1})
    assert form.declared == ("张三", "王五")
    assert [one.name for one in form.form.candidates] == ["王五", "赵六", "张三", "李四"]
    venue = form.boxes[0].form
    assert isinstance(venue, ResultForm)
    assert [kind.ballots.collected for kind in venue.kinds] == [62, 61]


def test_small_boxes_with_ballots_of_their_own(app: typer.Typer, apart_home: Path) -> None:
    """Eleven of the twelve chair's ballots of the roving box came back; the venue's rest is what is left of each kind."""
    words = ("--mixed", "流动一=12/主任票:12/11/委员票：12/12")
    assert run(app, "form", apart_home / "book.json", apart_home / "gate.yaml", *words).exit_code == 0
    form = read(apart_home / "gate.yaml")
    assert gates_word(form) == []
    sheets = {box.box: box.form for box in form.boxes}
    kinds = {"流动一": {"主任票": (12, 11), "委员票": (12, 12)}, "中心会场": {"主任票": (50, 50), "委员票": (50, 50)}}
    for box, due in kinds.items():
        papers = sheets[box]
        assert isinstance(papers, BoxPapersByKind)
        assert {one.kind: (one.issued, one.collected) for one in papers.kinds} == due


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("流动一=12/12/12", 1, "F.54"),  # no kind named
        ("流动一=12/主任票:12/12", 1, "F.54"),  # a kind left out
        ("流动一=12/主任票:12/62/委员票:12/12", 1, "主任票的收回选票"),  # 62 of the venue's 61
        ("流动一=12/主任票:12/委员票:12/12", 2, "流动一=12/主任票:12"),
        ("流动一=12/主任票:1/1/主任票:1/1", 2, "流动一=12"),
    ],
)
def test_papers_by_kind_that_cannot_be(app: typer.Typer, apart_home: Path, words: str, code: int, said: str) -> None:
    result = run(app, "form", apart_home / "book.json", apart_home / "gate.yaml", "--mixed", words)
    assert result.exit_code == code
    assert said in result.stderr
    assert not (apart_home / "gate.yaml").exists()


def test_a_post_on_two_kinds_of_ballot(app: typer.Typer, tmp_path: Path) -> None:
    """Its seats cannot be counted apart: F.53, beside the count not being finished."""
    kinds = [
        {"name": name, "seats": {"委员": 1}, "printed": [one]} for name, one in (("甲票", "张三"), ("乙票", "王五"))
    ]
    write(tmp_path / "poll.json", HEAD | {"kinds": kinds})
    run(app, "open", tmp_path / "poll.json", tmp_path / "book.json")
    result = run(app, "form", tmp_path / "book.json", tmp_path / "gate.yaml", "--json")
    assert [one["rule"] for one in json.loads(result.stdout)["findings"]] == ["F.53", "F.53"]
