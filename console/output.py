"""How commands speak: JSON for programs on stdout, Chinese for people, every problem at once, exit code 2 for unusable input."""

import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from rich.console import Console

out = Console()
err = Console(stderr=True)

OK, NO, UNUSABLE, UNDECIDED = 0, 1, 2, 3


def print_json(answer: Any) -> None:
    """Write one JSON document to stdout, readable as it is (no ASCII escapes), keys in the order given."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def unusable(problems: Sequence[str], *, as_json: bool = False) -> NoReturn:
    """Refuse the input with every problem at once; never returns (exit code 2)."""
    if as_json:
        print_json({"error": {"problems": list(problems)}})
    err.print(f"[bold red]输入无法使用，共 {len(problems)} 处问题：[/]")
    for number, problem in enumerate(problems, 1):
        err.print(f"  {number}. {problem}", highlight=False, markup=False)
    sys.exit(UNUSABLE)
