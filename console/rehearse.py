"""`huanjie rehearse`: a whole district's election with synthetic people, through the workflows that real ones use."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.output import NO, OK, err, out, print_json, unusable
from console.packs import Unusable, calendar_of, open_pack
from policies.pack.schema import Pack

if TYPE_CHECKING:
    from simulation.campaign.folder import Folder
    from simulation.campaign.request import Campaign
    from simulation.campaign.write import Written

INTERRUPTED = 130
MOST_UNITS = 1_000_000
MOST_PROJECTED = 100_000_000
MOST_WORKERS = 64
MOST_SEED = 2**63 - 1


def register(app: typer.Typer) -> None:
    """Add the command `rehearse` to the application."""
    app.command("rehearse", help="演练：合成的社区（村）按方案走完换届全程，得到中文报告、统计和日志。")(
        rehearse_command
    )


def rehearse_command(
    pack: Annotated[
        str, typer.Argument(metavar="方案", help="自带方案的名称（如 street-2021），或 YAML 文件的路径。")
    ] = "",
    units: Annotated[str, typer.Option("--units", metavar="N", help="社区（村）数。")] = "60",
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="随机种子：相同的种子得到相同的日志。")] = "2021",
    folder: Annotated[
        str, typer.Option("--out", metavar="文件夹", help="结果放在哪里：新的、空的，或上一次演练的文件夹。")
    ] = "",
    workers: Annotated[
        str, typer.Option("--workers", metavar="K", help="用几个进程；不影响结果。默认与处理器数相同。")
    ] = "",
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="代码=个数", help="植入程序错误，如 F6=2；可以写多次，代码 F1 至 F10。"),
    ] = None,
    project: Annotated[
        str, typer.Option("--project", metavar="N", help="按本次实测推算 N 个单位需要多少时间，瓶颈在哪里。")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="在标准输出上输出 summary.json，供程序读取。")] = False,
) -> None:
    """Exit 0 when the checker found nothing wrong, 1 when it did or a planted fault slipped through, 2 for unusable input."""
    asked = read(pack, units, seed, folder, workers, fault or [], project)
    if isinstance(asked, Unusable):
        unusable(asked.problems, as_json=as_json)
    for code, reason in asked.not_applicable.items():
        err.print(f"{code} 不适用于本方案：{reason}", highlight=False, markup=False)
    written = perform(asked, as_json=as_json)
    if as_json:
        print_json(written.summary)
    else:
        _tell(written, asked)
    raise typer.Exit(OK if written.sound else NO)


# ---------------------------------------------------------------- reading what is asked for


@dataclass(frozen=True)
class Asked:
    """A request that can be carried out."""

    campaign: "Campaign"
    folder: "Folder"
    pack_name: str
    workers: int
    projected: int | None = None
    not_applicable: dict[str, str] = field(default_factory=dict)


def read(
    pack_name: str, units: str, seed: str, folder: str, workers: str, faults: list[str], project: str = ""
) -> Asked | Unusable:
    """Check everything that was typed; every problem at once."""
    from simulation.campaign.folder import Folder

    problems: list[str] = []
    count = _number("--units（社区、村数）", units, 1, MOST_UNITS, problems)
    start = _number("--seed（随机种子）", seed, 0, MOST_SEED, problems)
    processes = _number("--workers（进程数）", workers or str(_processors()), 1, MOST_WORKERS, problems)
    projected = _number("--project（推算的单位数）", project, 1, MOST_PROJECTED, problems) if project else None
    place = Folder(folder) if folder else None
    if place is None:
        problems.append("缺少 --out：请写明结果放在哪个文件夹")
    elif (wrong := place.problem()) is not None:
        problems.append(wrong)
    opened = _opened(pack_name, problems)
    if opened is None:
        problems += _fault_codes(faults)
        return Unusable(tuple(problems))
    campaign, not_applicable = _campaign(opened, count, start, faults, problems)
    if problems or place is None or campaign is None:
        return Unusable(tuple(problems))
    return Asked(campaign, place, pack_name, processes or 1, projected, not_applicable)


def _campaign(
    pack: Pack, units: int | None, seed: int | None, asked: list[str], problems: list[str]
) -> tuple["Campaign | None", dict[str, str]]:
    from simulation.campaign.request import Campaign, unfit
    from simulation.faults import parse_faults
    from simulation.population.parameters import load

    calendar = calendar_of(pack)
    problems += unfit(pack, calendar)
    faults, wrong, not_applicable = parse_faults(asked, pack)
    problems += wrong
    if units is None or seed is None or problems:
        return None, not_applicable
    return Campaign(pack, calendar, load(), units, seed, faults), not_applicable


def _opened(name: str, problems: list[str]) -> Pack | None:
    if not name:
        problems.append("缺少方案：请写出自带方案的名称（如 street-2021）或 YAML 文件的路径")
        return None
    opened = open_pack(name)
    if isinstance(opened, Unusable):
        problems += opened.problems
        return None
    return opened


def _fault_codes(asked: list[str]) -> list[str]:
    """What can be said of the faults without knowing the pack: taken from the pack that comes with Huanjie."""
    from simulation.faults import parse_faults

    example = open_pack("street-2021")
    return [] if isinstance(example, Unusable) else parse_faults(asked, example)[1]


def _number(name: str, text: str, least: int, most: int, problems: list[str]) -> int | None:
    digits = text.strip().removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 30):
        problems.append(f"{name}应为整数，填的是“{text}”")
        return None
    number = int(text)
    if not least <= number <= most:
        problems.append(f"{name}应在 {least} 至 {most} 之间，填的是 {text}")
        return None
    return number


def _processors() -> int:
    import os

    return min(os.cpu_count() or 1, MOST_WORKERS)


# ---------------------------------------------------------------- carrying it out


def perform(asked: Asked, *, as_json: bool = False) -> "Written":
    """Rehearse and write; on any failure or interruption nothing is left behind."""
    from simulation.campaign.district import FaultsRefusedError
    from simulation.campaign.folder import FolderError
    from simulation.campaign.run import WorkerLostError
    from simulation.campaign.write import rehearse
    from simulation.engine import EngineError

    try:
        with _interruptible(), asked.folder as place, _bar(asked.campaign) as meter:
            written = rehearse(
                asked.campaign,
                place.work,
                pack_name=asked.pack_name,
                workers=asked.workers,
                not_applicable=asked.not_applicable,
                meter=meter,
                projected=asked.projected,
            )
            place.finish()
            return written
    except (FolderError, FaultsRefusedError) as error:
        unusable([str(error)], as_json=as_json)
    except OSError as error:
        unusable([f"写入 {asked.folder.out} 失败：{error.strerror or error}；没有留下半成品"], as_json=as_json)
    except KeyboardInterrupt:
        err.print("已中止，没有留下半成品。")
        sys.exit(INTERRUPTED)
    except (EngineError, WorkerLostError) as error:
        err.print("[bold red]演练没有走完，没有留下半成品：[/]")
        err.print(str(error), highlight=False, markup=False)
        sys.exit(NO)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C and a polite request to end both unwind at once, wherever the rehearsal stands."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Bar:
    """A progress bar on stderr: whole units finished, and the day the rehearsal has come to."""

    def __init__(self, progress: Any, campaign: "Campaign") -> None:
        from simulation.campaign.run import STAGES
        from simulation.report.wording import wording

        self._progress = progress
        self._units, self._unit = campaign.units, wording(campaign.pack.kind).unit
        self._task = progress.add_task("", total=campaign.units * STAGES, said=f"0/{campaign.units} 个{self._unit}")

    def show(self, *, stages: int, closed: int, day: date | None) -> None:
        """Redraw."""
        said = f"{closed}/{self._units} 个{self._unit}" + (f"，演练到 {day}" if day else "")
        self._progress.update(self._task, completed=stages, said=said)


@contextmanager
def _bar(campaign: "Campaign") -> Iterator[_Bar]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("演练"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        yield _Bar(progress, campaign)


# ---------------------------------------------------------------- telling


def _tell(written: "Written", asked: Asked) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from simulation.report.page import verdict
    from simulation.report.sentences import headline, sentences

    style = {"good": "bold green", "mixed": "bold yellow", "bad": "bold red"}[verdict(written.material)]
    out.print(Text(headline(written.material), style=style))
    for sentence in sentences(written.material):
        out.print(Padding(Text(sentence), (0, 0, 0, 2)))
    summary, unit = written.summary, written.material.words.unit
    out.print(
        f"用时 {summary['seconds']:.1f} 秒，每秒 {summary['units_per_second']:.1f} 个{unit}；"
        f"每个{unit} {summary['activations_per_unit']:.0f} 次工作流激活。",
        style="dim",
        highlight=False,
    )
    out.print(f"报告：{asked.folder.out / 'report.html'}", highlight=False, markup=False, soft_wrap=True)
    if written.material.cases:
        example = asked.folder.out / written.material.cases[0].file
        out.print(f"重演一例：huanjie replay {example}", highlight=False, markup=False, soft_wrap=True)
