"""The `huanjie` command: one Typer application, each command in its own module, loaded only when it is called."""

import importlib
import sys

import typer
from rich.console import Console

COMMANDS = ("lint", "timetable", "count", "rules", "rehearse", "replay")


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 the answer is no, 2 the input cannot be used, 3 it cannot be decided."""
    app = typer.Typer(
        name="huanjie",
        help="换届：村（社区）换届选举的流程核对、计票核验与全流程演练。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    wanted = next((word for word in sys.argv[1:] if word in COMMANDS), None)
    for name in COMMANDS if wanted is None else (wanted,):
        importlib.import_module(f"console.{name}").register(app)
    app.callback()(lambda: None)
    try:
        app()
    except KeyboardInterrupt:
        Console(stderr=True).print("已中止，未留下半成品。")
        sys.exit(130)
