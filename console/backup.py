"""`huanjie server backup` and `restore`: server and registry saved together while they run, and put back together."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.markup import escape

from console.county import JsonOption, guarded, settings
from console.live.serve import DrillOption, tell
from console.output import NO, out, print_json, unusable

if TYPE_CHECKING:
    from live.backup import Manifest

T = TypeVar("T")

FolderArgument = Annotated[Path, typer.Argument(metavar="文件夹", help="备份所在的文件夹。")]


def register(server: typer.Typer) -> None:
    """Add the commands to the group."""
    server.command("backup", help="把服务器和登记库在同一时刻的状态备份到一个新文件夹；运行中即可，不影响办理。")(
        backup_command
    )
    server.command("restore", help="把一份备份恢复到空的 HUANJIE_HOME；核对清单、类别和日志，不启动任何东西。")(
        restore_command
    )


def backup_command(
    folder: FolderArgument,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="连内容密钥一并备份：得到备份的人就能读懂其中的一切，须另行保管。")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when it was taken, 1 when it was taken of a registry whose journal is broken, 2 when it could not be."""
    from live.backup import take

    county = settings()
    taken = _told(
        lambda: take(county, folder.absolute(), datetime.now(UTC), with_keys=with_keys, tell=tell), as_json=as_json
    )
    if as_json:
        print_json({"folder": str(taken.folder), "problems": list(taken.problems), "manifest": _plain(taken.manifest)})
    else:
        _summary(taken.manifest)
        out.print(f"已备份到 {escape(str(taken.folder))}。", highlight=False, soft_wrap=True)
        if not with_keys:
            out.print("备份不含内容密钥：请确认密钥另有一份离线保管，没有它，这份备份读不出来。", highlight=False)
        for problem in taken.problems:
            out.print(f"[bold red]日志不完整[/] {escape(problem)}", highlight=False, soft_wrap=True)
    raise typer.Exit(NO if taken.problems else 0)


def restore_command(folder: FolderArgument, drill: DrillOption = False, as_json: JsonOption = False) -> None:
    """Exit 0 when everything is in its place, 2 when nothing was put there (every reason at once)."""
    from activities.registry import Kind
    from live.backup import restore

    county = settings()
    kind = Kind.DRILL if drill else Kind.LIVE
    restored = _told(lambda: restore(county, folder.absolute(), kind, tell), as_json=as_json)
    if as_json:
        print_json(
            {
                "home": str(county.home),
                "missing_keys": list(restored.missing_keys),
                "other_program": restored.other_program,
                "manifest": _plain(restored.manifest),
            }
        )
        return
    _summary(restored.manifest)
    out.print(f"已恢复到 {escape(str(county.home))}，日志完整。接下来：", highlight=False, soft_wrap=True)
    for number, step in enumerate(_next(restored.missing_keys, restored.other_program, county.keys, drill=drill), 1):
        out.print(f"  {number}. {escape(step)}", highlight=False, soft_wrap=True)


def _told(act: Callable[[], T], *, as_json: bool) -> T:
    """Run it; every reason against it is told at once, each by itself."""
    from live.backup import BackupRefused

    def attempt() -> T:
        try:
            return act()
        except BackupRefused as error:
            unusable(error.problems, as_json=as_json)

    return guarded(attempt, as_json=as_json)


def _summary(manifest: "Manifest") -> None:
    from live.backup.manifest import instant

    out.print(
        f"{manifest.kind.label}，{instant(manifest):%Y-%m-%d %H:%M:%S}，程序 {escape(manifest.build)}", highlight=False
    )
    for head in manifest.elections:
        out.print(
            f"  换届 {escape(head.election)}：日志 {head.lines} 行，末行哈希 {head.hash}",
            highlight=False,
            soft_wrap=True,
        )


def _next(missing: tuple[str, ...], other: bool, keys: Path, *, drill: bool) -> list[str]:
    """What is still to be done, in order."""
    steps = ["确认原来那台机器上的服务已经停止，并且不会再启动：同一场换届不能有两处在办。"]
    if missing:
        steps.append(
            f"先把密钥放回 {keys}（目录 0700、文件 0600，含 current 文件），缺：{'、'.join(missing)}。"
            "没有密钥就启动，流程会停着等，还会另生成一把新密钥。"
        )
    steps.append(f"启动：huanjie live{' --drill' if drill else ''}")
    if other:
        steps.append(
            "备份由另一版本的程序作成：启动后先用 huanjie live upgrade --check 核对，能接着办再用 huanjie live upgrade 移过来；"
            "不能的，换用原版本的程序。"
        )
    return [
        *steps,
        "备份之后作废的令牌又有效了：把当时作废的再作废一次（huanjie live revoke）；之后新发的令牌、新授的职责须重办。",
        "备份之后办过的环节又打开了：看 huanjie live inbox，凭纸面材料重新办理；之后出具的文书收回作废，重办时会用到同样的编号。",
    ]


def _plain(manifest: "Manifest") -> object:
    return manifest.model_dump(mode="json")
