"""`huanjie roster` as a person and as a program see it."""

import json
from pathlib import Path

import openpyxl
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

import console.output
import console.roster
from tests.live.roster_books import FILES, Edits, edited

WRONG: Edits = {("村社区", "K3"): 5, ("工作人员", "A4"): 7, ("工作人员", "F1"): "手机"}


def run(*words: str | Path) -> Result:
    """Exit code and output of `huanjie roster …`."""
    app = typer.Typer()
    app.callback()(lambda: None)
    console.roster.register(app)
    return CliRunner().invoke(app, ["roster", *map(str, words)])


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal wide enough that nothing is folded."""
    monkeypatch.setattr(console.roster, "out", Console(width=400))
    monkeypatch.setattr(console.roster, "err", Console(width=400, stderr=True))


def test_a_template_is_written_once(tmp_path: Path) -> None:
    """A second time only with --force: somebody's filled workbook is not lost."""
    path = tmp_path / "名册.xlsx"
    assert run("template", path).exit_code == 0
    assert openpyxl.load_workbook(path).sheetnames[:2] == ["填写说明", "街道"]
    path.write_bytes(b"filled in")
    refused = run("template", path)
    assert (refused.exit_code, "已存在，不覆盖" in refused.stderr) == (2, True)
    assert path.read_bytes() == b"filled in"
    assert run("template", path, "--force").exit_code == 0
    assert path.read_bytes() != b"filled in"


def test_everything_wrong_with_the_words_is_said_at_once(tmp_path: Path) -> None:
    """A wrong name and an unknown pack together."""
    refused = run("template", tmp_path / "名册.csv", "--pack", "street-2012")
    assert refused.exit_code == 2
    assert "共 2 处问题" in refused.stderr
    assert "应以 .xlsx 结尾" in refused.stderr
    assert "没有名为“street-2012”的方案" in refused.stderr


@pytest.mark.parametrize("where", ["nowhere/名册.xlsx", "folder.xlsx"])
def test_places_that_cannot_take_a_template(tmp_path: Path, where: str) -> None:
    """A folder that does not exist, a folder in the file's place."""
    (tmp_path / "folder.xlsx").mkdir()
    assert run("template", tmp_path / where).exit_code == 2


def test_a_roster_in_order(tmp_path: Path) -> None:
    """Exit 0 and its counts: people once each, whatever roles they hold."""
    path = edited(tmp_path / "roster.xlsx", {})
    fine = run("check", path)
    assert fine.exit_code == 0
    assert "街道 2 个，村、社区 3 个，工作人员 4 人（职责 5 项），现任成员 3 人次" in fine.stdout
    answer = run("check", path, "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {"units": 3, "streets": 2, "staff": 4, "incumbents": 3, "problems": []}


def test_a_roster_that_cannot_be_used(tmp_path: Path) -> None:
    """Exit 2, every problem with sheet, cell, value, problem and remedy; warnings apart."""
    refused = run("check", edited(tmp_path / "roster.xlsx", WRONG))
    assert refused.exit_code == 2
    assert "共 2 处问题" in refused.stderr
    assert "提醒 1 处" in refused.stderr
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in refused.stderr.splitlines() if "│" in line]
    assert [row[:3] for row in rows] == [["村社区", "K3", "5"], ["工作人员", "A4", "7"], ["工作人员", "F1", "手机"]]
    assert all(row[3] and row[4] for row in rows)


def test_a_program_gets_the_problems_as_fields(tmp_path: Path) -> None:
    """No counts: nothing of it is taken over."""
    refused = run("check", edited(tmp_path / "roster.xlsx", WRONG), "--json")
    assert refused.exit_code == 2
    answer = json.loads(refused.stdout)
    problems = answer.pop("problems")
    assert answer == {"units": None, "streets": None, "staff": None, "incumbents": None}
    assert [(one["sheet"], one["cell"], one["value"], one["severity"]) for one in problems] == [
        ("村社区", "K3", "5", "error"),
        ("工作人员", "F1", "手机", "warning"),
        ("工作人员", "A4", "7", "error"),
    ]
    assert all(one["message"] and one["remedy"] for one in problems)


def test_a_warning_does_not_refuse(tmp_path: Path) -> None:
    """Exit 0, said nevertheless."""
    fine = run("check", edited(tmp_path / "roster.xlsx", {("工作人员", "F1"): "手机"}))
    assert fine.exit_code == 0
    assert "不认识的列" in fine.stderr


def test_the_annotated_copy_is_written_only_when_asked(tmp_path: Path) -> None:
    """Where it is asked to be, never over a file that is there, never over the roster itself."""
    path = edited(tmp_path / "roster.xlsx", WRONG)
    before = path.read_bytes()
    run("check", path)
    assert [file.name for file in tmp_path.iterdir()] == ["roster.xlsx"]
    copy = tmp_path / "roster-已标注.xlsx"
    assert run("check", path, "--annotated", copy).exit_code == 2
    assert openpyxl.load_workbook(copy).sheetnames[0] == "问题清单"
    again = run("check", path, "--annotated", copy)
    assert (again.exit_code, "已存在，不覆盖" in again.stderr) == (2, True)
    assert "问题清单" in openpyxl.load_workbook(copy).sheetnames
    assert run("check", path, "--annotated", copy, "--force").exit_code == 2
    itself = run("check", path, "--annotated", path, "--force")
    assert (itself.exit_code, "同一个文件" in itself.stderr) == (2, True)
    assert path.read_bytes() == before


def test_nothing_to_annotate(tmp_path: Path) -> None:
    """A roster in order, and a file that is no workbook, leave no copy and say so."""
    copy = tmp_path / "copy.xlsx"
    fine = run("check", edited(tmp_path / "roster.xlsx", {}), "--annotated", copy)
    assert (fine.exit_code, "未另存副本" in fine.stderr) == (0, True)
    locked = run("check", FILES / "locked.xlsx", "--annotated", copy)
    assert (locked.exit_code, "工作簿有密码" in locked.stderr) == (2, True)
    assert not copy.exists()


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    """Said in Chinese, as JSON too."""
    refused = run("check", tmp_path / "nowhere.xlsx", "--json")
    assert refused.exit_code == 2
    (problem,) = json.loads(refused.stdout)["error"]["problems"]
    assert problem.endswith("无法读取（没有这个文件或文件夹）")


def test_markup_in_a_cell_is_shown_as_it_is(tmp_path: Path) -> None:
    """Square brackets are the terminal's markup; a name in brackets is not swallowed."""
    refused = run("check", edited(tmp_path / "roster.xlsx", {("工作人员", "D2"): "[bold]党工委[/]"}))
    assert "[bold]党工委[/]" in refused.stderr
