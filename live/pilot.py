"""A pilot county on one machine: server, registry, keys and worker brought up in order, watched, and ended in order.

Stop it at any time, in any way; started again it finds what is there and goes on. The worker is a process of its own, started
anew when it dies; the server outlives us when we are killed, and is found again.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from temporalio.service import TLSConfig

from activities.registry import Kind, create_registry, opened_registry
from live.encryption import has_keys, new_key
from live.server import (
    AtAddress,
    Binary,
    Configuration,
    Outcome,
    PostgresStore,
    Server,
    SqliteStore,
    Step,
    find_server,
    find_sql_tool,
    prepare,
    running_process,
    set_up,
    start,
    stop_running,
)
from live.server.problems import ConfigurationWrong, listed
from live.settings import CountySettings
from live.tls import transport

RESTART_PAUSE = 1.0  # seconds before a worker that died is started again
LONGEST_PAUSE = 30.0
ENDS_WITHIN = 60.0  # seconds a worker may take to finish what runs

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """What was done to bring a county's home to order; `server` is the process we started, None where one runs already."""

    steps: tuple[Step, ...]
    server: Server | None

    @property
    def changed(self) -> bool:
        """Whether anything was not as it had to be."""
        return any(step.outcome is not Outcome.KEPT for step in self.steps)


async def bring_up(settings: CountySettings, kind: Kind, tell: Tell) -> Prepared:
    """Everything but the worker: store, server, namespace, registry, keys. Safe to repeat; the second time nothing changes.

    Raises ServerProblem, RegistryError, KeysUnusable, TransportRefused. A server started by us is ended again then.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _nothing_lost(settings)
    steps = [_registry(settings, kind), *_keys(settings.keys)]
    found = find_server(address=settings.temporal_address or None, named=settings.temporal_server, progress=tell)
    server: Server | None = None
    if isinstance(found, Binary):
        configuration = settings.configuration
        if settings.certificates.there():
            steps.append(Step("TLS 证书", Outcome.KEPT, f"至 {settings.certificates.end():%Y-%m-%d}"))
        if running_process(configuration) is None:
            server = await _start(found, configuration, _transport(settings, kind), steps, tell)
        else:
            steps.append(Step("Temporal 服务器", Outcome.KEPT, configuration.address))
    try:
        endpoint = settings.endpoint(kind)
        steps += (await prepare(endpoint.address, endpoint.namespace, tls=_transport(settings, kind))).steps
    except BaseException:
        if server is not None:
            server.stop()
        raise
    return Prepared(tuple(steps), server)


def _transport(settings: CountySettings, kind: Kind) -> TLSConfig | None:
    endpoint = settings.endpoint(kind)
    return transport(endpoint.address, endpoint.tls, allow_plain=endpoint.allow_plain)


def _nothing_lost(settings: CountySettings) -> None:
    """What belongs together is there together: what a lost half would be replaced by is empty, and elections would hang.

    Raises ConfigurationWrong.
    """
    kept = settings.configuration.store
    if settings.registry or settings.temporal_address or not isinstance(kept, SqliteStore):
        return  # elsewhere: whoever keeps them there knows
    registry, store, problems = Path(settings.registry_target), kept.path, []
    if store.exists() and not registry.exists():
        problems.append(f"有服务器的存储 {store}，却没有登记库 {registry}")
    if registry.exists():
        with opened_registry(registry) as opened:
            begun = bool(opened.elections.all())
        if begun and not store.exists():
            problems.append(f"登记库里已有换届，却没有服务器的存储 {store}")
        if begun and not has_keys(settings.keys):
            problems.append(f"登记库里已有换届，{settings.keys} 中却没有内容密钥")
    if problems:
        raise ConfigurationWrong(
            listed("资料不全，没有启动，也没有新建任何东西：", problems)
            + "\n请从备份恢复（huanjie server restore），密钥另行取回。"
        )


def _registry(settings: CountySettings, kind: Kind) -> Step:
    target = settings.registry_target
    there = Path(target).is_file() if not settings.registry else True
    create_registry(target, kind, datetime.now(UTC)).close()
    shown = "PostgreSQL" if settings.registry else target
    return Step(f"登记库（{kind.label}）", Outcome.KEPT if there else Outcome.CREATED, shown)


def _keys(folder: Path) -> list[Step]:
    if has_keys(folder):
        return [Step("内容密钥", Outcome.KEPT, str(folder))]
    return [Step("内容密钥", Outcome.CREATED, f"{folder}（{new_key(folder)}）")]


async def _start(
    found: Binary, configuration: Configuration, tls: TLSConfig | None, steps: list[Step], tell: Tell
) -> Server:
    tool = None
    if isinstance(configuration.store, PostgresStore):
        tool = await asyncio.to_thread(find_sql_tool, progress=tell)
    steps += await set_up(found, configuration, sql_tool=tool)
    server = start(found, configuration)
    try:
        await server.ready(tls=tls)
    except BaseException:
        server.stop()
        raise
    steps.append(Step("Temporal 服务器", Outcome.KEPT, f"{configuration.address}（{found.version}）"))
    return server


async def serve(settings: CountySettings, kind: Kind, tell: Tell, up: Callable[[Prepared], None]) -> None:
    """Bring the county up, call `up`, keep a worker and our server alive until SIGTERM or SIGINT, then end both in order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    prepared = await bring_up(settings, kind, tell)
    server = prepared.server
    try:
        up(prepared)
        async with asyncio.TaskGroup() as group:
            keeping = [group.create_task(_keep_worker(settings, stop, tell))]
            if server is not None:
                keeping.append(group.create_task(_keep_server(settings, kind, server, stop, tell)))
            await stop.wait()
            tell("正在停止：等手头的事务做完……")
    finally:
        if server is not None:  # whichever of ours runs now
            await asyncio.to_thread(stop_running, settings.configuration)


async def _keep_worker(settings: CountySettings, stop: asyncio.Event, tell: Tell) -> None:
    pause = RESTART_PAUSE
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "console.cli", "live", "worker", env=_environment(settings), start_new_session=True
        )
        stopped, ended = asyncio.create_task(stop.wait()), asyncio.create_task(process.wait())
        await asyncio.wait((stopped, ended), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ended.done():
            process.terminate()
            try:
                await asyncio.wait_for(ended, ENDS_WITHIN)
            except TimeoutError:
                process.kill()
                await process.wait()
            return
        pause = (
            RESTART_PAUSE
            if asyncio.get_running_loop().time() - began > LONGEST_PAUSE
            else min(pause * 2, LONGEST_PAUSE)
        )
        tell(f"工作进程意外退出（状态 {process.returncode}），{pause:.0f} 秒后重新启动")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _keep_server(settings: CountySettings, kind: Kind, server: Server, stop: asyncio.Event, tell: Tell) -> None:
    while not stop.is_set():
        if not server.running():
            tell(f"Temporal 服务器意外退出（日志 {server.log}），正在重新启动")
            found = find_server(named=settings.temporal_server, may_build=False)
            assert not isinstance(found, AtAddress)
            server = start(found, settings.configuration)
            await server.ready(tls=_transport(settings, kind))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1.0)


def _environment(settings: CountySettings) -> dict[str, str]:
    """The worker's settings are ours, whatever stood in the environment or on the command line."""
    ours = settings.model_dump(mode="json", exclude={"token"}, exclude_none=True)
    told = {f"HUANJIE_{name.upper()}": str(value) for name, value in ours.items() if value not in ("", None)}
    return {**{name: value for name, value in os.environ.items() if name != "HUANJIE_TOKEN"}, **told}
