"""`huanjie tally` as people and programs meet it: a whole count from the empty book to the announced result, and every refusal."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from console.tally import register
from policies.tally import Book, differences, read_sheet
from tests.policies.polls_in_boxes import CHAIR, MEMBERS, papers, sheet
from tests.policies.test_tally_reading import HEAD, SHEET

BOX_KEYS = [
    "box",
    "state",
    "count",
    "tellers",
    "differences",
    "findings",
    "unexplained",
    "corrections",
    "explanations",
    "recounts",
    "accepted_by",
]
RESULT_KEYS = ["final", "waiting", "kinds", "findings", "unexplained"]
VERDICT_KEYS = ["valid", "elected", "open_seats", "next", "tied", "denominators", "missing", "findings"]


@pytest.fixture(name="app")
def _app() -> typer.Typer:
    """An application with `tally` alone, as `huanjie` builds it."""
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return app


@pytest.fixture(name="home")
def _home(app: typer.Typer, tmp_path: Path) -> Path:
    """A folder with the poll's head, an empty book and sheets of both boxes."""
    write(tmp_path / "poll.json", HEAD)
    write(tmp_path / "east.json", SHEET)
    write(tmp_path / "west.json", SHEET | {"box": "西站"})
    assert run(app, "open", tmp_path / "poll.json", tmp_path / "book.json").exit_code == 0
    return tmp_path


def write(path: Path, raw: Any) -> Path:
    """A JSON file."""
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return path


def run(app: typer.Typer, *arguments: str | Path) -> Result:
    """One sub-command."""
    return CliRunner().invoke(app, ["tally", *map(str, arguments)], env={"COLUMNS": "200"})


def answer(result: Result) -> dict[str, Any]:
    """What it printed as JSON."""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def accepted(app: typer.Typer, home: Path, *files: str) -> None:
    """Both tellers enter each file, and it is accepted."""
    for file in files:
        for teller in ("甲某", "乙某"):
            assert run(app, "enter", home / "book.json", home / file, "--by", teller).exit_code == 0
        box = json.loads((home / file).read_text(encoding="utf-8"))["box"]
        assert run(app, "accept", home / "book.json", box, "--by", "丙某").exit_code == 0


def test_a_count_from_the_empty_book_to_the_result(app: typer.Typer, home: Path) -> None:
    """Nothing before both boxes are accepted, then the elected of each kind; its verdict has the keys of `count`."""
    early = run(app, "result", home / "book.json", "--json")
    assert early.exit_code == 3
    assert answer(early)["waiting"] == ["东站", "西站"]
    accepted(app, home, "east.json", "west.json")
    result = run(app, "result", home / "book.json", "--json")
    assert result.exit_code == 0, result.output
    found = answer(result)
    assert list(found) == RESULT_KEYS
    assert found["final"] is True
    verdicts = {each["kind"]: each["verdict"] for each in found["kinds"]}
    assert all(list(verdict) == VERDICT_KEYS for verdict in verdicts.values())
    assert {kind: verdict["elected"] for kind, verdict in verdicts.items()} == {
        "主任票": ["张三"],
        "委员票": ["王五", "赵六"],
    }
    shown = run(app, "result", home / "book.json")
    assert shown.exit_code == 0
    assert "可以宣布" in shown.stdout


def test_two_tellers_who_differ(app: typer.Typer, home: Path) -> None:
    """Exit 1 with the cells; the first entry's figures are not shown before; a correction makes them agree."""
    book = home / "book.json"
    first = run(app, "enter", book, home / "east.json", "--by", "甲某", "--json")
    assert list(answer(first)) == BOX_KEYS
    assert "25" not in first.stdout
    assert run(app, "enter", book, home / "east.json", "--by", "甲 某").exit_code == 1
    slip = json.loads(json.dumps(SHEET))
    slip["kinds"][0]["rows"][1]["votes"] = 1
    second = run(app, "enter", book, write(home / "slip.json", slip), "--by", "乙某", "--json")
    assert second.exit_code == 1
    assert answer(second)["differences"] == [{"cell": "主任票/主任/李四/得票数", "first": "10", "second": "1"}]
    assert "主任票/主任/李四/得票数" in run(app, "status", book, "东站").stdout
    assert run(app, "accept", book, "东站", "--by", "丙某").exit_code == 1
    words = ("东站", "主任票/主任/李四/得票数", "--was", "1", "--now", "10", "--why", "看错")
    assert run(app, "correct", book, *words, "--by", "丙某").exit_code == 1
    mended = run(app, "correct", book, *words, "--by", "乙某", "--json")
    assert mended.exit_code == 0
    assert [(each["was"], each["now"], each["by"]) for each in answer(mended)["corrections"]] == [(1, 10, "乙某")]
    assert run(app, "accept", book, "东站", "--by", "丙某").exit_code == 0


def test_a_refused_step_leaves_the_book_as_it_was(app: typer.Typer, home: Path) -> None:
    """Byte for byte, and says why."""
    book = home / "book.json"
    run(app, "enter", book, home / "east.json", "--by", "甲某")
    before = book.read_bytes()
    for words in (
        ("enter", book, home / "east.json", "--by", "甲某"),
        ("enter", book, home / "east.json", "--by", "张三"),
        ("enter", book, home / "east.json", "--by", " "),
        ("accept", book, "东站", "--by", "丙某"),
        ("accept", book, "南站", "--by", "丙某"),
        ("explain", book, "东站", "W.04", "--by", "丙某", "--why", "已核实"),
        ("explain", book, "全场", "F.307", "--by", "丙某", "--why", "已核实"),
        ("recount", book, "东站", "--by", "丙某", "--why", ""),
        ("name", book, "主任票", "主任", "丁", "--into", "张三", "--by", "丙某", "--why", "同一人"),
        ("status", book, "南站"),
    ):
        result = run(app, *words)
        assert result.exit_code == 1, words
        assert result.stderr.strip()
        assert book.read_bytes() == before
    assert (
        answer(run(app, "enter", book, home / "east.json", "--by", "甲某", "--json"))["findings"][0]["rule"] == "F.41"
    )
    too_long = run(app, "enter", book, home / "east.json", "--by", "长" * 61)
    assert too_long.exit_code == 2
    assert "过长" in too_long.stderr


def test_a_recount_and_an_explanation(app: typer.Typer, home: Path) -> None:
    """One ballot did not come back: explained by name, counted again, accepted when the counts agree."""
    book = home / "book.json"
    lost = json.loads(json.dumps(SHEET))
    lost["kinds"][0] |= {"collected": 39, "valid": 37}
    write(home / "lost.json", lost)
    for teller in ("甲某", "乙某"):
        run(app, "enter", book, home / "lost.json", "--by", teller)
    assert run(app, "accept", book, "东站", "--by", "丙某").exit_code == 1
    assert run(app, "explain", book, "东站", "w.04", "--by", "丙某", "--why", "带走一张").exit_code == 0
    assert run(app, "recount", book, "东站", "--by", "丁某", "--why", "有人提出异议").exit_code == 0
    for teller in ("乙某", "甲某"):
        again = run(app, "enter", book, home / "lost.json", "--by", teller, "--json")
    assert answer(again)["count"] == 2
    assert run(app, "accept", book, "东站", "--by", "丙某").exit_code == 0
    record = answer(run(app, "status", book, "东站", "--json"))["boxes"][0]
    assert (record["state"], record["accepted_by"]) == ("accepted", "丙某")
    assert [(each["by"], each["why"]) for each in record["explanations"]] == [("丙某", "带走一张")]
    assert [(each["by"], each["why"]) for each in record["recounts"]] == [("丁某", "有人提出异议")]


def test_spellings_are_merged_by_name(app: typer.Typer, home: Path) -> None:
    """Both stay on record."""
    book = home / "book.json"
    for name, box in (("east.json", "东站"), ("west.json", "西站")):
        raw = json.loads(json.dumps(SHEET | {"box": box}))
        spelling = "李小明" if box == "东站" else "李小名"
        raw["kinds"][0]["rows"].append({"name": spelling, "votes": 2, "write_in": True})
        write(home / name, raw)
    accepted(app, home, "east.json", "west.json")
    doubtful = run(app, "result", book, "--json")
    assert doubtful.exit_code == 3
    assert [each["rule"] for each in answer(doubtful)["unexplained"]] == ["W.11"]
    words = ("主任票", "主任", "李小名", "--into", "李小明", "--by", "丙某", "--why", "逐张核对")
    assert run(app, "name", book, *words).exit_code == 0
    found = answer(run(app, "result", book, "--json"))
    assert found["final"] is True
    assert found["kinds"][0]["spellings"] == {"李小明": ["李小名"]}
    assert {each["name"]: each["votes"] for each in found["kinds"][0]["form"]["candidates"]}["李小明"] == 4
    assert "写法合并" in run(app, "result", book).stdout


def test_the_summary_is_held_against_the_boxes(app: typer.Typer, home: Path) -> None:
    """The summary says 81 voted, the boxes 80: exit 1."""
    summary = json.loads(json.dumps(SHEET | {"box": "汇总表", "in_person": 61, "by_proxy": 20, "present": 81}))
    for kind in summary["kinds"]:
        kind |= {"issued": 80, "collected": 80, "valid": 76, "invalid": 4, "blank": 2}
        for row in kind["rows"]:
            row["votes"] *= 2
    accepted(app, home, "east.json", "west.json")
    write(home / "summary.json", summary)
    accepted(app, home, "summary.json")
    result = run(app, "result", home / "book.json", "--json")
    assert result.exit_code == 1
    assert [(each["rule"], each["value"], each["limit"]) for each in answer(result)["findings"]] == [
        ("F.11", 60, 61),
        ("F.11", 80, 81),
    ]
    assert "还不能宣布" in run(app, "result", home / "book.json").stdout


def test_a_further_vote_is_held_against_the_book_before_it(app: typer.Typer, home: Path) -> None:
    """赵六 has 40 of 80: not elected, one seat open; 王五, who is elected, may not stand again."""
    lower = json.loads(json.dumps(SHEET))
    lower["kinds"][1]["rows"][1]["votes"] = 20
    write(home / "east.json", lower)
    write(home / "west.json", lower | {"box": "西站"})
    accepted(app, home, "east.json", "west.json")
    for name, standing, expected in (("good", ["赵六", "孙七"], []), ("bad", ["王五", "赵六"], ["F.23"])):
        head = HEAD | {
            "round": 2,
            "boxes": ["东站"],
            "kinds": [{"name": "委员票", "seats": {"委员": 1}, "printed": standing}],
        }
        second = home / f"{name}.json"
        assert run(app, "open", write(home / "head.json", head), second).exit_code == 0
        found = answer(run(app, "result", second, "--after", home / "book.json", "--json"))
        assert [each["rule"] for each in found["links"]] == expected


def filled(path: Path, **cells: Any) -> Path:
    """The template filled in as `SHEET` has it; `cells` like 选票1_B5 are written over it."""
    book = openpyxl.load_workbook(path)
    figures = {"本人到场投票人数": 30, "委托投票人数": 10, "参加投票人数": 40, "发出选票数": 40, "收回选票数": 40}
    figures |= {"有效票数": 38, "无效票数": "２", "空白票数": 1.0}
    votes = {"张三": 25, "李四": 10, "王五": 30, "赵六": "22", "孙七": 5}
    for page in book.worksheets:
        for row in range(1, page.max_row + 1):
            label = page.cell(row, 1).value
            if label in figures:
                page.cell(row, 2).value = figures[label]
            elif label in votes:
                page.cell(row, 3).value = votes[label]
    for place, value in cells.items():
        title, cell = place.split("_")
        book[title][cell] = value
    target = path.with_name(f"filled-{len(list(path.parent.iterdir()))}.xlsx")
    book.save(target)
    return target


def test_a_workbook_is_made_filled_in_and_read(app: typer.Typer, home: Path) -> None:
    """With everything printed on the ballots in it; digits typed as text or full width are digits."""
    book, template = home / "book.json", home / "east.xlsx"
    assert run(app, "template", book, "东站", template).exit_code == 0
    assert run(app, "template", book, "东站", template).exit_code == 2
    assert run(app, "template", book, "东站", template, "--force").exit_code == 0
    assert run(app, "enter", book, home / "east.json", "--by", "甲某").exit_code == 0
    agreed = run(app, "enter", book, filled(template), "--by", "乙某", "--json")
    assert agreed.exit_code == 0, agreed.output
    entries = Book.model_validate_json(book.read_bytes()).tally("东站").current.entries
    assert differences(*(entry.sheet for entry in entries)) == []


def test_an_empty_cell_is_not_nought_and_a_written_name_is_read(app: typer.Typer, home: Path) -> None:
    """Rows below those printed are other names."""
    book, template = home / "book.json", home / "east.xlsx"
    run(app, "template", book, "东站", template)
    sheet_of = {
        "选票1_B5": None,
        "票箱_B7": "约 10",
        "选票1_A20": "丁某",
        "选票1_C20": 3,
        "选票1_F20": "是",
        "选票1_B20": "主任",
    }
    assert run(app, "enter", book, filled(template, **sheet_of), "--by", "甲某").exit_code == 0
    entered = Book.model_validate_json(book.read_bytes()).tally("东站").current.entries[0].sheet
    unlike = {each.cell: str(each).partition("：")[2] for each in differences(sheet(), entered)}
    assert unlike == {
        "委托投票人数": "10 / 约 10",
        "主任票/收回选票数": "40 / 未填",
        "主任票/主任/丁某/得票数": "没有此行 / 3",
        "主任票/主任/丁某/反对票数": "没有此行 / 未填",
        "主任票/主任/丁某/弃权票数": "没有此行 / 未填",
    }


def test_every_bad_cell_of_a_workbook_is_named_at_once(app: typer.Typer, home: Path) -> None:
    """By sheet and cell, in Chinese; nothing is entered."""
    book, template = home / "book.json", home / "east.xlsx"
    run(app, "template", book, "东站", template)
    before = book.read_bytes()
    bad = filled(
        template, 票箱_B2="南站", 票箱_B6="三十", 票箱_B8="-4", 票箱_A12="电话", 票箱_B12=1, 选票1_C11="=1/0", 选票2_C12=2.5, 选票2_F20="也许", 选票2_A20="丁某"
    )  # fmt: skip
    result = run(app, "enter", book, bad, "--by", "甲某", "--json")
    assert result.exit_code == 2
    messages = [each["message"] for each in answer(result)["findings"]]
    for place in ("票箱 B2", "票箱 B6", "票箱 B8", "票箱 A12", "选票1 C11", "选票2 C12", "选票2 F20"):
        assert any(place in message for message in messages), (place, messages)
    assert not any("null" in each["remedy"] for each in answer(result)["findings"])
    assert book.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04"])
def test_what_is_no_workbook_is_exit_2(app: typer.Typer, home: Path, content: bytes) -> None:
    """Never a traceback."""
    (home / "x.xlsx").write_bytes(content)
    result = run(app, "enter", home / "book.json", home / "x.xlsx", "--by", "甲某")
    assert result.exit_code == 2
    assert "F.101" in result.stderr
    assert run(app, "enter", home / "book.json", home / "none.xlsx", "--by", "甲某").exit_code == 2


def test_files_that_cannot_be_used_are_exit_2(app: typer.Typer, home: Path) -> None:
    """The head, the book, the sheet; a book is not begun over another."""
    assert run(app, "open", home / "none.yaml", home / "new.json").exit_code == 2
    assert run(app, "open", home / "east.json", home / "new.json").exit_code == 2
    assert run(app, "open", home / "poll.json", home / "book.json").exit_code == 2
    assert run(app, "open", home / "poll.json", home / "none" / "book.json").exit_code == 2
    assert not (home / "new.json").exists()
    for broken in (home / "none.json", home, write(home / "broken.json", {"format": 1}), home / "east.json"):
        for command in (("status", broken), ("result", broken), ("accept", broken, "东站", "--by", "丙某")):
            result = run(app, *command)
            assert result.exit_code == 2, (command, result.output)
            assert result.stderr.strip()
    yaml = home / "sheet.yaml"
    yaml.write_text("box: 东站\npresent: 四十\nkinds: 3\n", encoding="utf-8")
    result = run(app, "enter", home / "book.json", yaml, "--by", "甲某")
    assert result.exit_code == 2
    assert "第 2 行" in result.stderr
    assert "第 3 行" in result.stderr


def test_the_catalogue_shows_every_check(app: typer.Typer) -> None:
    """For people and for programs."""
    checks = answer(run(app, "catalogue", "--json"))["checks"]
    assert [each["number"] for each in checks][:2] == ["F.01", "F.02"]
    assert set(checks[0]) == {"number", "level", "scope", "formula", "text", "remedy", "law"}
    assert all(each["number"] in run(app, "catalogue").stdout for each in checks)


def test_the_book_joins_no_voter_to_a_choice(app: typer.Typer, home: Path) -> None:
    """Besides the tellers' and candidates' names it holds counts only."""
    accepted(app, home, "east.json", "west.json")
    book = Book.model_validate_json((home / "book.json").read_bytes())
    poll = book.poll
    assert set(type(read_sheet(SHEET, poll)).model_fields) == {
        "box",
        "entitled",
        "registered",
        "due",
        "in_person",
        "by_proxy",
        "present",
        "kinds",
    }
    assert set(type(papers("主任票", "主任", CHAIR)).model_fields) == {
        "kind", "received", "issued", "unused", "collected", "valid", "invalid", "blank", "rows",
    }  # fmt: skip
    assert set(type(papers("委员票", "委员", MEMBERS).rows[0]).model_fields) == {
        "name",
        "post",
        "votes",
        "against",
        "abstain",
        "write_in",
    }
