"""`huanjie count` as other programs meet it: exit codes, the shape of the JSON, every problem named."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from console.count import register

KEYS = ["valid", "elected", "open_seats", "next", "tied", "denominators", "missing", "findings"]
FINDING_KEYS = {"rule", "severity", "message", "value", "limit", "remedy", "source", "step"}

PARTY = """\
body: party
mode: members
date: 2021-04-02
roll: 37
present: {present}
ballots: {{issued: {present}, collected: {present}, valid: {present}, invalid: 0, blank: 0}}
seats: 1
candidates:
  - {{name: 张三, votes: {votes}}}
  - {{name: 李四, votes: 9}}
"""


@pytest.fixture(name="app")
def _app() -> typer.Typer:
    """An application with `count` alone, as `huanjie` builds it."""
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return app


def run(app: typer.Typer, text: str | bytes, *options: str) -> Result:
    """Run the command on a form given on stdin."""
    return CliRunner().invoke(app, ["count", "-", *options], input=text)


def answer(result: Result) -> dict[str, Any]:
    """The JSON answer; its keys are a contract."""
    found: dict[str, Any] = json.loads(result.stdout)
    assert list(found) == KEYS
    assert all(set(each) == FINDING_KEYS for each in found["findings"])
    return found


@pytest.mark.parametrize(
    ("present", "votes", "code", "valid"),
    [(30, 16, 0, True), (29, 16, 1, False), (30, "null", 3, None), (38, 16, 2, None)],
)
def test_each_verdict_has_its_exit_code(
    app: typer.Typer, present: int, votes: int | str, code: int, valid: bool | None
) -> None:
    """Valid, not valid, undecided, contradictory: `valid` and the exit code say the same, in JSON and in Chinese."""
    text = PARTY.format(present=present, votes=votes)
    result = run(app, text, "--json")
    assert result.exit_code == code
    assert answer(result)["valid"] is valid
    assert run(app, text).exit_code == code


def test_a_valid_answer_names_the_elected_and_the_denominators(app: typer.Typer) -> None:
    """张三 has 16 of 30 present."""
    found = answer(run(app, PARTY.format(present=30, votes=16), "--json"))
    assert found["elected"] == ["张三"]
    assert found["open_seats"] == 0
    assert found["denominators"]["majority"]["needed"] == 16
    shown = run(app, PARTY.format(present=30, votes=16)).stdout
    assert "选举有效" in shown
    assert "张三" in shown
    assert "应到会党员" in shown


def test_missing_figures_are_listed(app: typer.Typer) -> None:
    """What to fill in, by path and in words."""
    found = answer(run(app, PARTY.format(present="null", votes="null"), "--json"))
    assert found["missing"] == ["present", "ballots.collected", "candidates[0].votes"]
    assert "张三的得票数" in run(app, PARTY.format(present="null", votes="null")).stdout


@pytest.mark.parametrize(
    "text",
    [
        "body: [party\nmode: members\n",  # broken YAML
        '{"body": "party", ',  # broken JSON
        "",  # nothing
        "- 1\n- 2\n",  # no form
        "body: party\nbody: party\nmode: members\ncandidates: [{name: 甲}]\n",  # a key twice
        '{"body": "party", "body": "party", "mode": "members", "candidates": [{"name": "甲"}]}',
        "body: party\nmode: members\nroll: 3.0\ncandidates: [{name: 甲}]\n",
        "body: party\nmode: members\nroll: '3'\ncandidates: [{name: 甲}]\n",
        '{"body": "party", "mode": "members", "roll": 3.0, "candidates": [{"name": "甲"}]}',
        '{"body": "party", "mode": "members", "roll": true, "candidates": [{"name": "甲"}]}',
        "&a [*a]\n",  # a list that contains itself
        b"body: \xb5\xb3",  # GBK
        "[" * 5000,
        '{"roll": ' + "9" * 5000 + "}",
    ],
)
def test_unusable_input_is_exit_2_with_findings(app: typer.Typer, text: str | bytes) -> None:
    """Never a traceback, always the same shape, in both outputs."""
    result = run(app, text, "--json")
    assert result.exit_code == 2
    found = answer(result)
    assert found["valid"] is None
    assert found["findings"]
    assert all(each["rule"].startswith(("F.1", "F.2")) for each in found["findings"])
    plain = run(app, text)
    assert plain.exit_code == 2
    assert plain.stdout == ""
    assert "报告单无法使用" in plain.stderr


def test_broken_text_names_its_line(app: typer.Typer) -> None:
    """The unclosed bracket is noticed on line 2."""
    found = answer(run(app, "body: [party\nmode: members\n", "--json"))
    assert "第 2 行" in found["findings"][0]["message"]


def test_every_problem_is_listed_with_its_line(app: typer.Typer) -> None:
    """Four mistakes, four findings."""
    text = "body: party\nmode: members\nroll: yes please\npresent: -3\ncolour: red\ncandidates: []\n"
    found = answer(run(app, text, "--json"))
    assert [each["rule"] for each in found["findings"]] == ["F.105", "F.107", "F.211", "F.201"]
    assert "第 3 行" in found["findings"][1]["message"]


def test_a_missing_file_or_a_directory_is_exit_2(app: typer.Typer, tmp_path: Path) -> None:
    """With a finding, like everything else."""
    for path in (tmp_path / "none.yaml", tmp_path):
        result = CliRunner().invoke(app, ["count", str(path), "--json"])
        assert result.exit_code == 2
        assert answer(result)["findings"][0]["rule"] == "F.101"


def test_rare_characters_survive_json_escapes(app: typer.Typer) -> None:
    """A name outside the basic plane, escaped the way other programs write JSON."""
    form = {
        "body": "supervisory",
        "mode": "show_of_hands",
        "law": 2018,
        "roll": 50,
        "present": 40,
        "seats": 1,
        "candidates": [{"name": "𠮷田", "votes": 30}],
    }
    assert answer(run(app, json.dumps(form), "--json"))["elected"] == ["𠮷田"]


def test_markup_in_a_name_is_only_text(app: typer.Typer) -> None:
    """Rich must not read a name as style."""
    text = "body: supervisory\nmode: show_of_hands\nlaw: 2018\nroll: 5\npresent: 4\nseats: 1\n"
    result = run(app, text + "candidates: [{name: '[red]甲[/]', votes: 3}]\n")
    assert result.exit_code == 0
    assert "[red]甲[/]" in result.stdout


def test_the_installed_command_answers(tmp_path: Path) -> None:
    """Through the real entry point, from a file."""
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(PARTY.format(present=30, votes=16), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "huanjie"), "count", str(sheet), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["elected"] == ["张三"]


YAML_NAME = "body: supervisory\nmode: show_of_hands\nlaw: 2018\nroll: 5\npresent: 4\nseats: 1\ncandidates: [{name: NAME, votes: 3}]\n"
JSON_NAME = """{"body": "supervisory", "mode": "show_of_hands", "law": 2018, "roll": 5, "present": 4, "seats": 1,
"candidates": [{"name": NAME, "votes": 3}]}"""


@pytest.mark.parametrize(
    "name",
    [
        r'"\ud800"',  # half of a surrogate pair: no text at all
        r'"甲\u001b[31m"',  # a terminal would obey it
        r'"甲\n乙"',  # one row, two names
        r'"甲\u202e"',  # turns the text around
    ],
)
@pytest.mark.parametrize("form", [YAML_NAME, JSON_NAME])
def test_a_name_that_cannot_be_shown_is_refused_where_it_stands(app: typer.Typer, name: str, form: str) -> None:
    """In JSON and in YAML alike; what is printed holds none of it."""
    text = form.replace("NAME", name)
    for options in ((), ("--json",)):
        result = run(app, text, *options)
        assert result.exit_code == 2, result.output
        assert not set(result.output) & set("\ud800\x1b\u202e")
    assert any("candidates[0].name" in each["message"] for each in answer(run(app, text, "--json"))["findings"])


def test_the_same_name_with_a_space_in_it_is_the_same_name(app: typer.Typer) -> None:
    """王 五 and 王五 must not both be elected."""
    text = "body: supervisory\nmode: show_of_hands\nlaw: 2018\nroll: 5\npresent: 4\nseats: 2\n"
    result = run(app, text + "candidates: [{name: 王 五, votes: 3}, {name: 王五, votes: 4}]\n", "--json")
    assert [each["rule"] for each in answer(result)["findings"]] == ["F.209"]


def test_json_with_comments_is_told_so(app: typer.Typer) -> None:
    """One remark with its line; an address inside quotation marks is no comment."""
    found = answer(run(app, '{"body": "party",\n "mode": "members", // 党员大会\n "roll": 3}', "--json"))["findings"]
    assert len(found) == 1
    assert "第 2 行：JSON 里不能写注释" in found[0]["message"]
    found = answer(run(app, '{"body": "http://a", "roll": }', "--json"))["findings"]
    assert not any("注释" in each["message"] for each in found)


@pytest.mark.parametrize("write", ["roll: {}\n", '{{"roll": {}}}'])
def test_a_figure_of_more_than_twelve_digits_is_a_slip_of_the_key(app: typer.Typer, write: str) -> None:
    """The same answer for YAML and JSON."""
    found = answer(run(app, write.format("1" * 20), "--json"))["findings"]
    assert any("roll" in each["message"] and "12 位" in each["message"] for each in found)


def test_a_name_left_out_is_shown_at_its_candidate(app: typer.Typer) -> None:
    """The line of the candidate, there being none of the name."""
    found = answer(run(app, "body: party\nmode: members\ncandidates:\n  - {votes: 3}\n", "--json"))["findings"]
    assert "第 4 行" in found[0]["message"]


def test_an_undecided_poll_does_not_say_that_nobody_is_elected(app: typer.Typer) -> None:
    """未定 is not （无）."""
    assert "未定" in run(app, PARTY.format(present=30, votes="null")).stdout
    assert "（无）" in run(app, PARTY.format(present=29, votes=16)).stdout


FIRST_ROUND = """\
body: village
mode: voters
law: 2018
roll: 100
present: 60
ballots: {issued: 60, collected: 60, valid: 60, invalid: 0, blank: 0}
seats: 2
candidates: [{name: 甲, votes: 40}, {name: 乙, votes: 30}, {name: 丙, votes: 25}, {name: 丁, votes: 5}]
"""


@pytest.mark.parametrize(("names", "code", "expected"), [("乙丙", 0, []), ("甲乙", 1, ["F.23"]), ("乙丁", 0, ["W.21"])])
def test_a_further_vote_is_held_against_the_poll_before_it(
    app: typer.Typer, tmp_path: Path, names: str, code: int, expected: list[str]
) -> None:
    """甲 is elected, one seat is open: 乙 has most votes of the others. Without --after nothing is asked."""
    first = tmp_path / "first.yaml"
    first.write_text(FIRST_ROUND, encoding="utf-8")
    head, _, _ = FIRST_ROUND.partition("seats")
    people = ", ".join(f"{{name: {name}, votes: {votes}}}" for name, votes in zip(names, (35, 20), strict=True))
    text = f"{head}seats: 1\nround: 2\ncandidates: [{people}]\n"
    result = run(app, text, "--json", "--after", str(first))
    assert result.exit_code == code
    linked = [each["rule"] for each in answer(result)["findings"] if each["rule"][:3] in ("F.2", "W.2")]
    assert linked == expected
    alone = run(app, text, "--json")
    assert alone.exit_code == 0
    assert not any(each["rule"] in expected for each in answer(alone)["findings"])


def test_both_forms_are_read_before_anything_is_said(app: typer.Typer, tmp_path: Path) -> None:
    """What is wrong with either, at once."""
    first = tmp_path / "first.yaml"
    first.write_text(FIRST_ROUND.replace("roll: 100", "roll: x"), encoding="utf-8")
    result = run(app, FIRST_ROUND.replace("present: 60", "present: y"), "--json", "--after", str(first))
    assert result.exit_code == 2
    assert [each["value"] for each in answer(result)["findings"]] == ["present", "roll"]
