"""A process that ends at once: what it printed is there, its exit code is the one it was to have."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import atexit, sys
atexit.register(print, "taken down")
print("done")
print("told", file=sys.stderr)
from live.ending import end
end({code})
"""


@pytest.mark.parametrize("code", [0, 3])
def test_what_was_said_is_written_and_nothing_runs_after(code: int) -> None:
    """Through pipes, which are buffered: Python's own exit would have written them, and called what was registered."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(code=code)], capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("done\n", "told\n", code)


def test_the_command_line_ends_so_where_it_may_have_connected(tmp_path: Path) -> None:
    """`huanjie live where` where nothing is: its message, exit code 2, and Python is not taken down; `huanjie rules` is plain."""
    program = """
import atexit
atexit.register(print, "taken down")
from console.cli import main
main()
"""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "HUANJIE_HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False, env=environment
        )

    live, plain = run("live", "where"), run("rules", "P5")
    assert live.returncode == 2
    assert "登记库" in live.stderr
    assert "taken down" not in live.stdout
    assert plain.returncode == 0
    assert plain.stdout.endswith("taken down\n")
