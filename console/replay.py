"""`huanjie replay`: a case captured from a rehearsal runs again, and says whether it is still the same story."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from console.output import NO, OK, err, out, print_json, unusable

if TYPE_CHECKING:
    from simulation.cases import Replayed


def register(app: typer.Typer) -> None:
    """Add the command `replay` to the application."""
    app.command("replay", help="重演：把演练中留存的一个社区再走一遍，核对每一条记录是否与当时相同。")(replay_command)


def replay_command(
    case: Annotated[str, typer.Argument(metavar="留存文件", help="演练结果文件夹里 cases/ 下的 .json 文件。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
) -> None:
    """Exit 0 when the case reproduces, 1 when it differs (saying in what), 2 when the file cannot be used."""
    from simulation.cases import CaseError, read_case, replay
    from simulation.engine import EngineError
    from simulation.population.parameters import load

    try:
        replayed = replay(read_case(Path(case)), load())
    except CaseError as error:
        unusable(error.problems, as_json=as_json)
    except EngineError as error:
        err.print("[bold red]重演没有走完：[/]")
        err.print(str(error), highlight=False, markup=False)
        raise typer.Exit(NO) from None
    if as_json:
        print_json(as_record(replayed))
    else:
        _tell(replayed)
    raise typer.Exit(OK if replayed.reproduces else NO)


def as_record(replayed: "Replayed") -> dict[str, Any]:
    """The answer for programs."""
    return {
        "unit": replayed.case.unit,
        "reproduces": replayed.reproduces,
        "expected": replayed.case.journal_sha256,
        "actual": replayed.journal_sha256,
        "differences": [
            {"what": each.what, "expected": each.expected, "actual": each.actual} for each in replayed.differences
        ],
    }


def _tell(replayed: "Replayed") -> None:
    case = replayed.case
    whose = f"{escape(case.name)}（{escape(case.unit)}）"
    if replayed.reproduces:
        out.print(f"[bold green]{whose}重演一致[/]：{len(case.lines)} 条记录与当时完全相同。")
    else:
        out.print(f"[bold red]{whose}重演不一致[/]：留存 {case.journal_sha256}，现在 {replayed.journal_sha256}")
    if replayed.differences:
        out.print("与当时不同的有：" if not replayed.reproduces else "记录相同，但下列情况与当时不同：")
        for each in replayed.differences:
            out.print(f"  {each}", highlight=False, markup=False)
