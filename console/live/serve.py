"""Bringing a county up and keeping it up: `huanjie live`, and the worker it starts."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from console.county import guarded, settings
from console.output import err, out

if TYPE_CHECKING:
    from live.pilot import Prepared

DrillOption = Annotated[
    bool, typer.Option("--drill", help="用于演练：登记库、命名空间与正式换届完全分开（请另用一个 HUANJIE_HOME）。")
]


def register(live: typer.Typer) -> None:
    """Add the commands to the group."""
    live.callback()(live_command)
    live.command("worker", help="只运行工作进程（一般由 huanjie live 自动启动）。")(worker_command)


def live_command(context: typer.Context, drill: DrillOption = False) -> None:
    """Without a command of its own: server, registry, keys and worker, until stopped."""
    if context.invoked_subcommand is not None:
        return
    from activities.registry import Kind
    from live.pilot import serve

    county = settings()
    kind = Kind.DRILL if drill else Kind.LIVE
    guarded(lambda: asyncio.run(serve(county, kind, tell, lambda prepared: up(prepared, str(county.home)))))


def tell(line: str) -> None:
    """Progress, as it comes."""
    err.print(escape(line), highlight=False, soft_wrap=True)


def up(prepared: "Prepared", home: str) -> None:
    """What was brought up, and what to do next."""
    steps(prepared)
    out.print(
        f"换届服务已就绪，资料在 {escape(home)}。另开一个终端：huanjie live start 开始换届，huanjie live inbox 看待办。"
        "按 Ctrl-C 停止；随时可停，再启动时接着办。",
        highlight=False,
        soft_wrap=True,
    )


def steps(prepared: "Prepared") -> None:
    """Each step with what became of it."""
    from live.server import Outcome

    words = {Outcome.CREATED: "[green]新建[/]", Outcome.CHANGED: "[yellow]更改[/]", Outcome.KEPT: "[dim]已有[/]"}
    for step in prepared.steps:
        out.print(
            f"{words[step.outcome]} {escape(step.subject)}：{escape(step.detail)}", highlight=False, soft_wrap=True
        )


def worker_command() -> None:
    """Serve until SIGTERM or SIGINT; the registry says whether these are live elections or drills."""
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import nullcontext

    from activities.registry import opened_registry
    from gateway.ground import supplier, under_way
    from live.logs import configure_logging
    from live.office import OfficeAtWork
    from live.worker import run_worker
    from workflows.setting import supply

    county = settings()

    def run() -> None:
        configure_logging(file=county.home / "logs" / "worker.log")
        with (
            opened_registry(county.registry_target) as registry,
            ThreadPoolExecutor(1, thread_name_prefix="office") as office,
        ):
            fetch = supplier(registry)
            for setting in under_way(registry):
                fetch(setting)
            supply(fetch)
            reports = OfficeAtWork(registry, office)
            run_worker(county.worker(registry.kind), lambda: nullcontext(registry.store), lambda _: [reports.write])

    guarded(run)
