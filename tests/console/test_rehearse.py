"""`huanjie rehearse` as people and programs meet it: exit codes, every problem at once, nothing half-written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

import console.rehearse
from simulation.campaign.write import Written

KEYS = (
    "units completed held late further_votes findings_by_rule planted detected false_blocks activations seconds "
    "units_per_second journal_sha256 pack_sha256 versions"
)


def call(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `huanjie rehearse …`."""
    app = typer.Typer()
    app.callback()(lambda: None)
    console.rehearse.register(app)
    result = CliRunner().invoke(app, ["rehearse", *words])
    return result.exit_code, result.stdout, result.stderr


def problems(*words: str) -> list[str]:
    """What is wrong with a request; it must be refused with exit code 2."""
    code, text, _ = call(*words, "--json")
    assert code == 2
    return list(json.loads(text)["error"]["problems"])


def test_a_rehearsal_through_the_real_entry_point(tmp_path: Path) -> None:
    """Nothing but the summary on stdout, progress on stderr, the four things in the folder."""
    out = tmp_path / "out"
    code = "import sys; sys.argv[:] = ['huanjie', *sys.argv[1:]]; from console.cli import main; main()"
    words = ["rehearse", "street-2021", "--units", "3", "--seed", "5", "--out", str(out), "--workers", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--fault", "F6=1", "--fault", "F2=1"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    summary = json.loads(done.stdout)
    assert done.returncode == (1 if summary["violations"] or summary["missed"] else 0), done.stderr
    assert list(summary)[:15] == KEYS.split()
    assert summary["units"] == 3
    assert (summary["planted"], summary["detected"]) == ({"F6": 1}, {"F6": 1})
    assert list(summary["not_applicable"]) == ["F2"]
    assert "F2" in done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["cases", "journal.jsonl", "report.html", "summary.json"]


def test_people_read_the_sentence_that_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many finished, where the report lies, how to replay a case."""
    wide = Console(width=200, record=True)
    monkeypatch.setattr(console.rehearse, "out", wide)
    call("street-2021", "--units", "2", "--out", str(tmp_path / "out"), "--workers", "1")
    shown = wide.export_text()
    assert "2 个社区" in shown
    assert "report.html" in shown
    assert "huanjie replay" in shown


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Unknown pack with a guess, bad numbers, bad faults, a folder with somebody's files: one answer."""
    (tmp_path / "mine.txt").write_bytes(b"")
    told = problems(
        "stret-2021",
        *("--units", "0", "--seed", "x", "--workers", "0", "--out", str(tmp_path)),
        *("--fault", "F99=1", "--fault", "F6", "--fault", "F5=-1"),
    )
    text = "\n".join(told)
    for part in ("stret-2021", "street-2021", "--units", "--seed", "--workers", "mine.txt", "F99", "F6", "F5"):
        assert part in text, part
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("units", ["-3", "0", "1.5", "", "1e3", "三", "9" * 40])
def test_units_must_be_a_positive_whole_number(tmp_path: Path, units: str) -> None:
    """Refused with the value as typed; nothing is written."""
    (told,) = problems("street-2021", f"--units={units}", "--out", str(tmp_path / "out"))
    assert "--units" in told
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named() -> None:
    """No pack, no folder: both in one answer, in Chinese."""
    told = problems()
    assert any("--out" in one for one in told)
    assert any("缺少方案" in one for one in told)


def test_a_broken_pack_is_told_with_its_lines(tmp_path: Path) -> None:
    """Every problem of the YAML with its line; nothing is rehearsed."""
    broken = tmp_path / "plan.yaml"
    broken.write_text("format: 1\nid: x\nunknown: 3\nstarts: 2021-02-30\n", encoding="utf-8")
    told = problems(str(broken), "--out", str(tmp_path / "out"))
    assert any("第 3 行" in one for one in told)
    assert any("第 4 行" in one for one in told)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.yaml"]


def test_too_many_faults_are_refused_without_a_trace(tmp_path: Path) -> None:
    """More than fit: exit code 2, the code named, no folder."""
    (told,) = problems("street-2021", "--units", "1", "--fault", "F6=500", "--out", str(tmp_path / "out"))
    assert "F6" in told
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at any moment: exit code 130, no folder, no half-written one beside it."""

    def interrupted(self: object, **_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(console.rehearse._Bar, "show", interrupted)
    code, text, told = call("street-2021", "--units", "2", "--out", str(tmp_path / "out"), "--workers", "1", "--json")
    assert (code, text) == (130, "")
    assert "没有留下半成品" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("sound", "expected"), [(True, 0), (False, 1)])
def test_the_exit_code_is_the_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: bool, expected: int
) -> None:
    """0 when nothing is wrong, 1 for a violation or a fault that slipped through."""

    class Verdict(Written):
        """A rehearsal whose verdict is given."""

        @property
        def sound(self) -> bool:
            return sound

    monkeypatch.setattr(console.rehearse, "perform", lambda *_, **__: Verdict({}, None))  # type: ignore[arg-type]
    assert call("street-2021", "--out", str(tmp_path / "out"), "--json")[0] == expected


@pytest.mark.parametrize("project", ["0", "many", "-5", "1000000000"])
def test_a_projection_is_of_a_sensible_number_of_units(tmp_path: Path, project: str) -> None:
    told = problems("street-2021", "--units", "1", "--out", str(tmp_path / "out"), "--project", project)
    assert len(told) == 1
    assert "--project（推算的单位数）" in told[0]
    assert not (tmp_path / "out").exists()


def test_people_read_what_a_larger_rehearsal_would_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Console(width=400, record=True)
    monkeypatch.setattr(console.rehearse, "out", wide)
    call("street-2021", "--units", "1", "--out", str(tmp_path / "out"), "--workers", "1", "--project", "600000")
    assert "600000 个单位在 2 个处理器上约需" in wide.export_text()
