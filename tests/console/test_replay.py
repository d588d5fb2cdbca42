"""`huanjie replay`: a captured case reproduces, or says what differs first; a file that is no case is refused whole."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import console.replay
from simulation.campaign.write import rehearse
from simulation.cases import story_hash
from tests.simulation.test_campaign import campaign


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of a small rehearsal, with a fault."""
    folder = tmp_path_factory.mktemp("rehearsal")
    rehearse(campaign(3, per_district=120, faults={"F5": 1}), folder, pack_name="street-2021")
    cases = sorted((folder / "cases").iterdir())
    return next(path for path in cases if "植入" in path.read_text(encoding="utf-8")[:200])


def replay(path: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of `huanjie replay PATH --json`."""
    app = typer.Typer()
    app.callback()(lambda: None)
    console.replay.register(app)
    result = CliRunner().invoke(app, ["replay", str(path), "--json"])
    return result.exit_code, json.loads(result.stdout)


def bent(captured: Path, tmp_path: Path, **changes: object) -> Path:
    """A copy of the case with some of its values changed."""
    case = json.loads(captured.read_text(encoding="utf-8"))
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case | changes, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_case_reproduces_wherever_it_lies(captured: Path, tmp_path: Path) -> None:
    """The file alone is enough: moved elsewhere, it gives the same hash."""
    alone = tmp_path / "moved.json"
    shutil.copy(captured, alone)
    code, answer = replay(alone)
    assert (code, answer["reproduces"], answer["differences"]) == (0, True, [])
    assert answer["actual"] == answer["expected"] == json.loads(alone.read_text(encoding="utf-8"))["journal_sha256"]


def test_the_first_line_that_differs_is_shown(captured: Path, tmp_path: Path) -> None:
    """With what was kept and what came now."""
    lines = json.loads(captured.read_text(encoding="utf-8"))["lines"]
    lines[4] = lines[4].replace('"kind":"', '"kind":"un')
    code, answer = replay(bent(captured, tmp_path, lines=lines, journal_sha256=story_hash(lines)))
    assert (code, answer["reproduces"]) == (1, False)
    (difference,) = answer["differences"]
    assert difference["what"] == "第 5 条记录"
    assert '"kind":"un' in difference["expected"]
    assert '"kind":"un' not in difference["actual"]


def test_missing_lines_are_counted(captured: Path, tmp_path: Path) -> None:
    """A story that stops early differs in its length."""
    lines = json.loads(captured.read_text(encoding="utf-8"))["lines"][:-1]
    code, answer = replay(bent(captured, tmp_path, lines=lines, journal_sha256=story_hash(lines)))
    assert code == 1
    assert [each["what"] for each in answer["differences"]] == ["记录条数"]


def test_another_seed_is_another_story(captured: Path, tmp_path: Path) -> None:
    """The seed is part of the case: with another one the journal differs from some line on."""
    code, answer = replay(bent(captured, tmp_path, seed=12))
    assert code == 1
    assert answer["differences"]


def test_versions_are_compared(captured: Path, tmp_path: Path) -> None:
    """A version that changed is told, though the journal is the same."""
    versions = json.loads(captured.read_text(encoding="utf-8"))["versions"]
    code, answer = replay(bent(captured, tmp_path, versions=versions | {"numpy": "1.0"}))
    assert code == 0
    assert [each["what"] for each in answer["differences"]] == ["版本 numpy"]


def test_a_pack_that_was_changed_is_told(captured: Path, tmp_path: Path) -> None:
    """The pack's hash no longer fits what the case carries."""
    code, answer = replay(bent(captured, tmp_path, pack_sha256="0" * 64))
    assert code == 0
    assert [each["what"] for each in answer["differences"]] == ["方案校验"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "不是完整的 JSON"),
        ("[]", "填写有误"),
        ("{}", "缺少“seed”"),
        ('{"kind":"something","surprise":1}', "多出不认识的“surprise”"),
    ],
)
def test_a_file_that_is_no_case_is_refused_whole(tmp_path: Path, text: str, said: str) -> None:
    """Exit code 2, every problem at once."""
    path = tmp_path / "case.json"
    path.write_text(text, encoding="utf-8")
    code, answer = replay(path)
    assert code == 2
    assert any(said in problem for problem in answer["error"]["problems"])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Neither nothing nor a folder is a case."""
    for path in (tmp_path / "nothing.json", tmp_path):
        code, answer = replay(path)
        assert (code, len(answer["error"]["problems"])) == (2, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"faults": [["D01-S01-U001", "F99.none"]]}, "F99.none"),
        ({"pack": {"id": "x"}}, "所带方案不能用"),
        ({"unit": "D09-S01-U001"}, "D09-S01-U001"),
        ({"units": 100_000}, "100000"),
    ],
)
def test_a_case_that_contradicts_itself_is_refused(
    captured: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    """Before anything is run, with what is wrong."""
    code, answer = replay(bent(captured, tmp_path, **changes))
    assert code == 2
    assert any(said in problem for problem in answer["error"]["problems"]), answer
