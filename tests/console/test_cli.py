"""`huanjie` as a whole: mistakes on the command line are answered in Chinese, and no terminal can make it fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HUANJIE = str(Path(sys.executable).parent / "huanjie")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The installed command, its output as bytes."""
    return subprocess.run([HUANJIE, *arguments], capture_output=True, check=False, env={**os.environ, **environment})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cuont"], "没有“cuont”这个命令"),
        (["count"], "缺少“报告单”"),
        (["count", "a", "b"], "多出的内容：b"),
        (["rules", "--jsno"], "没有“--jsno”这个选项，是不是 --json？"),
        (["lint", "street-2021", "--law"], "选项 --law 后面缺少值"),
    ],
)
def test_a_mistake_on_the_command_line_is_answered_in_chinese(arguments: list[str], said: str) -> None:
    """Exit code 2, nothing on stdout, the way to the help."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert "--help" in done.stderr.decode()


def test_no_command_shows_the_help() -> None:
    """And is not a success."""
    done = run()
    assert done.returncode == 2
    assert "timetable" in done.stdout.decode()


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1", "utf-8"])
def test_every_encoding_gets_an_answer(encoding: str) -> None:
    """JSON is JSON in all of them, Chinese comes out readable or replaced, never a traceback."""
    done = run("rules", "P6", "--json", PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout.decode())["rules"][0]["title"] == "候选人预备人选公示"
    assert run("rules", "P6", PYTHONIOENCODING=encoding).returncode == 0
    refused = run("rules", "没有", PYTHONIOENCODING=encoding)
    assert refused.returncode == 2
    assert b"Traceback" not in refused.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_full_disk_is_no_answer(options: list[str]) -> None:
    """Exit code 2 (not 1, which would say no) and one sentence."""
    with open("/dev/full", "wb") as full:
        command = [HUANJIE, "rules", *options]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert "磁盘已满" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
