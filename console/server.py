"""`huanjie server`: the Temporal server under a county, prepared or stopped by hand."""

import asyncio

import typer
from rich.markup import escape

from console import backup
from console.county import JsonOption, guarded, settings
from console.live.serve import DrillOption, steps, tell
from console.output import out, print_json, unusable


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    server = typer.Typer(no_args_is_help=True, help="换届所用的 Temporal 服务器：准备、停止、备份、恢复。")
    server.command(
        "prepare", help="准备服务器：建库、命名空间、检索属性、保留期、登记库、密钥；重复执行不会改变什么。"
    )(prepare_command)
    server.command("find", help="找到（没有则编译一次）服务器和它的 SQL 工具，说出在哪里。")(find_command)
    server.command("rotate-key", help="更换内容密钥：新内容用新密钥加密，旧密钥留着，旧内容照常可读。")(rotate_command)
    server.command(
        "certificates", help="为自带的服务器制发证书：从下次启动起，本机上只有换届自己的程序连得上它；重做即换发。"
    )(certificates_command)
    server.command("stop", help="停止本机为换届运行的 Temporal 服务器。")(stop_command)
    backup.register(server)
    app.add_typer(server, name="server")


def prepare_command(drill: DrillOption = False, as_json: JsonOption = False) -> None:
    """Bring everything to order once; a server that was started for it is stopped again."""
    from activities.registry import Kind
    from live.pilot import bring_up

    county = settings()
    prepared = guarded(lambda: asyncio.run(bring_up(county, Kind.DRILL if drill else Kind.LIVE, tell)), as_json=as_json)
    if prepared.server is not None:
        prepared.server.stop()
    if as_json:
        print_json(
            {
                "changed": prepared.changed,
                "steps": [
                    {"subject": step.subject, "outcome": step.outcome.value, "detail": step.detail}
                    for step in prepared.steps
                ],
            }
        )
        return
    steps(prepared)
    out.print("已准备好。" if prepared.changed else "早已准备好，没有改动。")


def find_command(as_json: JsonOption = False) -> None:
    """Exit 0 with both paths; 2 when one is not to be had, with every way to install it."""
    from live.server import AtAddress, find_server, find_sql_tool

    county = settings()
    found = guarded(
        lambda: find_server(address=county.temporal_address or None, named=county.temporal_server, progress=tell),
        as_json=as_json,
    )
    tool = guarded(lambda: find_sql_tool(progress=tell), as_json=as_json)
    server = found.address if isinstance(found, AtAddress) else str(found.path)
    if as_json:
        print_json({"server": server, "sql_tool": str(tool)})
    else:
        out.print(f"服务器：{escape(server)}\nSQL 工具：{escape(str(tool))}", highlight=False, soft_wrap=True)


def rotate_command() -> None:
    """The running worker reads the new key by itself; an old key is never deleted while anything it encrypted is kept."""
    from live.encryption import rotate

    county = settings()
    key = guarded(lambda: rotate(county.keys))
    out.print(f"已更换为密钥 {escape(key)}。请另行备份 {escape(str(county.keys))}。", highlight=False, soft_wrap=True)


def certificates_command() -> None:
    """Exit 0 when they are made; 2 while the server runs, which would go on with the old ones."""
    from datetime import UTC, datetime

    from live.server import running_process

    county = settings()
    if county.temporal_address:
        unusable(["服务器由别处运行（HUANJIE_TEMPORAL_ADDRESS）：证书由那里的管理员签发，见 docs/operations.md 第七节"])
    if guarded(lambda: running_process(county.configuration)) is not None:
        unusable(["服务器正在运行，未制发：请先停下 huanjie live（或 huanjie server stop），制发后再启动"])
    guarded(lambda: county.certificates.make(datetime.now(UTC)))
    end = guarded(county.certificates.end)
    out.print(
        f"已制发到 {escape(str(county.certificates.folder))}，有效至 {end:%Y-%m-%d}。到期前停下服务器，再执行一次即换发。",
        highlight=False,
        soft_wrap=True,
    )


def stop_command() -> None:
    """Exit 0 whether there was one or not."""
    from live.server import stop_running

    county = settings()
    stopped = guarded(lambda: stop_running(county.configuration))
    out.print("服务器已停止。" if stopped else "没有在运行的服务器。")
