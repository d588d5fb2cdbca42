"""The `huanjie` command: one Typer application, each command in its own module, loaded only when it is called."""

import importlib
import sys

import typer
from typer.exceptions import TyperException

from console.output import UNUSABLE, err, reason, tolerate_any_terminal, unusable

INTERRUPTED = 130
COMMANDS = (
    "lint",
    "diff",
    "pack",
    "timetable",
    "count",
    "tally",
    "rules",
    "rehearse",
    "replay",
    "roster",
    "server",
    "live",
    "closing",
)


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 the answer is no, 2 the input cannot be used, 3 it cannot be decided."""
    try:
        code = run()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    if "live.connection" in sys.modules:
        from live.ending import end

        end(code)
    sys.exit(code)


def run() -> int:
    """The command's exit code. Raises SystemExit too."""
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
    tolerate_any_terminal()
    try:
        if not sys.argv[1:]:
            app(["--help"], standalone_mode=False)
            sys.exit(UNUSABLE)
        code = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except TyperException as refused:
        unusable([said(refused)], as_json="--json" in sys.argv)
    except OSError as failed:
        unusable([f"读写失败：{failed.filename or '输出'}（{reason(failed)}）"])
    if code == INTERRUPTED:
        err.print("已中止，未留下半成品。")
    return code if isinstance(code, int) else 0


def said(refused: TyperException) -> str:
    """A mistake on the command line in Chinese, with the way to the help."""
    command = getattr(getattr(refused, "ctx", None), "command_path", "huanjie")
    param = getattr(refused, "param", None)
    name = (getattr(param, "metavar", None) or getattr(param, "name", None) or "") if param is not None else ""
    if param is not None and getattr(param, "param_type_name", "") == "option":
        name = "、".join(param.opts)
    message = refused.format_message()
    match type(refused).__name__:
        case "NoSuchOption":
            near = "、".join(getattr(refused, "possibilities", None) or ())
            what = f"没有“{getattr(refused, 'option_name', '')}”这个选项" + (f"，是不是 {near}？" if near else "。")
        case "MissingParameter":
            what = f"缺少“{name}”。"
        case "BadOptionUsage" if "requires" in message:
            what = f"选项 {getattr(refused, 'option_name', '')} 后面缺少值。"
        case "BadOptionUsage":
            what = f"选项 {getattr(refused, 'option_name', '')} 的用法不对。"
        case "BadParameter":
            what = f"“{name}”的值不对（{getattr(refused, 'message', message)}）。"
        case _ if message.startswith("No such command"):
            word = message.split("'")[1] if "'" in message else ""
            what = f"没有“{word}”这个命令；可用的命令：{'、'.join(COMMANDS)}。"
        case _ if "extra argument" in message:
            what = f"多出的内容：{message.rpartition('(')[2].rstrip(').')}。"
        case _:
            what = message
    return f"{what}用法见 {command} --help"


if __name__ == "__main__":
    main()
