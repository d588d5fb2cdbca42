"""`huanjie lint`: its JSON, its exit codes, and refusals that name every problem."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from console import lint
from console.packs import pack_text

KEYS = ["id", "rule", "severity", "step", "message", "value", "limit", "source", "resolved"]


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    app = Typer()
    lint.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["lint", *arguments])


def test_the_street_plan_is_resolved_and_its_json_has_exactly_the_promised_keys() -> None:
    """Exit 0; pack, version, hash, findings, and the dates."""
    answer = run("street-2021", "--json")
    assert answer.exit_code == 0
    data = json.loads(answer.stdout)
    assert list(data) == ["pack", "version", "sha256", "findings", "schedule"]
    assert data["pack"] == "street-2021"
    assert len(data["sha256"]) == 64
    assert all(list(finding) == KEYS for finding in data["findings"])
    assert all(finding["resolved"] for finding in data["findings"] if finding["severity"] == "error")


def test_under_the_2025_law_errors_stay_open() -> None:
    """Exit 1, with the article in the source."""
    answer = run("street-2021", "--law", "2025", "--json")
    assert answer.exit_code == 1
    open_ = [one for one in json.loads(answer.stdout)["findings"] if not one["resolved"]]
    assert any("第十七条" in one["source"] for one in open_)
    assert any("第十九条" in one["source"] for one in open_)


def test_without_resolutions_the_plan_is_refused(tmp_path: Path) -> None:
    """The same file without its decisions: exit 1."""
    bare = tmp_path / "bare.yaml"
    bare.write_text(pack_text("street-2021").partition("\nresolutions:")[0], encoding="utf-8")
    assert run(str(bare)).exit_code == 1


def test_people_read_chinese_with_resolved_findings_marked() -> None:
    """Sums at the end."""
    answer = run("street-2021")
    assert answer.exit_code == 0
    assert "已处理" in answer.stdout
    assert "待处理 0 处" in answer.stdout


@pytest.mark.parametrize("arguments", [["street-2012"], ["nowhere/pack.yaml"], ["."], ["street-2021", "--law", "1998"]])
def test_unusable_input_exits_2(arguments: list[str]) -> None:
    """Unknown name, missing file, a folder, an unknown law."""
    assert run(*arguments).exit_code == 2


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """street-2012 → street-2021."""
    assert "street-2021" in json.loads(run("street-2012", "--json").stdout)["error"]["problems"][0]


def test_a_broken_file_shows_every_problem_with_its_line(tmp_path: Path) -> None:
    """Two mistakes, two lines, one answer."""
    broken = tmp_path / "broken.yaml"
    text = pack_text("street-2021").replace("kind: community", "kind: town").replace("2021-02-19", "2021-02-30", 1)
    broken.write_text(text, encoding="utf-8")
    answer = run(str(broken), "--json")
    assert answer.exit_code == 2
    problems = json.loads(answer.stdout)["error"]["problems"]
    assert len(problems) == 2
    assert all("行第" in problem for problem in problems)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Not UTF-8."""
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00bad")
    assert run(str(binary)).exit_code == 2
