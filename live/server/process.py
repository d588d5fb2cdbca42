"""A server's process of our own: started once for a home folder, waited for, and ended by its own process id.

The server outlives whoever started it when that one is killed, so a lock that the server itself holds keeps a second one
off the same store.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import ConnectConfig, RPCError, ServiceClient, TLSConfig

from live.server.configuration import LOOPBACK, Configuration, write
from live.server.find import Binary, Kind
from live.server.problems import ConfigurationWrong, ServerFailed, listed, tail
from live.server.stores import MemoryStore, PostgresStore, SqliteStore, release, release_of

READY_WITHIN = 90.0  # seconds
ENDS_WITHIN = 30.0  # seconds that an orderly end may take before it is killed
LONGEST_LOG = 20_000_000  # bytes; a longer one is put aside when the server starts
SYSTEM_NAMESPACE = "temporal-system"


@dataclass(frozen=True)
class Server:
    """A process of ours. `address` is its frontend's; `lock` the file it holds; the log's bytes before `began` are older."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    lock: Path
    began: int

    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    async def ready(self, *, tls: TLSConfig | None = None, within: float = READY_WITHIN) -> None:
        """Wait until the frontend serves and answers from its store.

        Raises ServerFailed, with the end of the log, when the process ends first or `within` seconds have passed.
        """
        deadline = monotonic() + within
        while True:
            if not self.running():
                raise ServerFailed(f"Temporal 服务器已退出（状态 {self.process.returncode}）。{self._last()}")
            try:
                await asyncio.wait_for(_ask(self.address, tls), timeout=10)
            except (RPCError, RuntimeError, TimeoutError) as error:  # RuntimeError: nobody listens yet
                if monotonic() > deadline:
                    raise ServerFailed(
                        f"Temporal 服务器 {within:.0f} 秒内没有就绪（{error}）。{self._last()}"
                    ) from error
                await asyncio.sleep(0.1)
            else:
                return

    def stop(self, within: float = ENDS_WITHIN) -> None:
        """End it in order; kill it when it has not ended within so many seconds. Does nothing when it has ended."""
        if not self.running():
            return
        self.process.terminate()
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a crash would: it leads a session of its own, so its group is it and `timeout` alone.

        Returns when its lock is free: behind `timeout`, the server itself may need a moment longer to be gone.
        """
        if not self.running():
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        deadline = monotonic() + ENDS_WITHIN
        while _is_held(self.lock) and monotonic() < deadline:
            sleep(0.01)

    def _last(self) -> str:
        return f"日志 {self.log} 的结尾：\n{tail(self.log, self.began) or '（空）'}"


def start(binary: Binary, configuration: Configuration, *, lifetime: int | None = None) -> Server:
    """Render the settings and start the server; returns at once, see `Server.ready`.

    `lifetime`: seconds after which it ends by itself whatever became of us, where the system has `timeout`; for tests.
    Raises ConfigurationWrong when settings are wrong, ports taken, the store not made yet, or a server of this home runs;
    ServerFailed when the binary cannot be run.
    """
    write(configuration)
    with held(_lock_file(configuration), _runs_already(configuration)) as lock:
        os.ftruncate(lock, 0)
        _check(binary, configuration)
        try:
            log, began = _open_log(configuration.log)
            with log:
                process = subprocess.Popen(
                    [*_bound(lifetime), *_command(binary, configuration)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=configuration.folder,
                    env={name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
                    start_new_session=True,  # Ctrl-C is for us: we end the server in order
                    pass_fds=(lock,),  # the server holds the lock from now on
                )
            os.pwrite(lock, str(process.pid).encode(), 0)
        except OSError as error:
            raise ServerFailed(f"无法启动 {binary.path}：{error}。") from error
    return Server(configuration.address, process, configuration.log, _lock_file(configuration), began)


def running_process(configuration: Configuration) -> int | None:
    """The process id of a server that serves this home, whoever started it; None when none does.

    Raises ConfigurationWrong when one does and its number was not written down: its starter was killed at that moment.
    """
    path = _lock_file(configuration)
    if not path.exists() or not _is_held(path):
        return None
    number = path.read_text(encoding="ascii", errors="replace")
    if not number.isdigit():
        raise ConfigurationWrong(_runs_already(configuration))
    return int(number)


def stop_running(configuration: Configuration, within: float = ENDS_WITHIN) -> bool:
    """End the server of this home, whoever started it; whether there was one.

    Raises ServerFailed when it has not ended within so many seconds; it is not killed.
    """
    number = running_process(configuration)
    if number is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGTERM)
    deadline = monotonic() + within
    while running_process(configuration) == number:
        if monotonic() > deadline:
            raise ServerFailed(
                f"Temporal 服务器（进程 {number}）{within:.0f} 秒内没有停下，日志见 {configuration.log}。"
            )
        sleep(0.05)
    return True


@contextmanager
def held(path: Path, message: str) -> Iterator[int]:
    """A file lock, as its open file: whoever inherits that holds the lock on.

    Raises ConfigurationWrong with the message when somebody else holds it.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationWrong(message) from error
        yield lock
    finally:
        os.close(lock)


@contextmanager
def running(
    binary: Binary,
    configuration: Configuration,
    *,
    tls: TLSConfig | None = None,
    lifetime: int | None = None,
    within: float = READY_WITHIN,
) -> Iterator[Server]:
    """A server that is ready, ended on the way out. Not for use inside a running event loop; raises as `start` and `ready`."""
    server = start(binary, configuration, lifetime=lifetime)
    try:
        asyncio.run(server.ready(tls=tls, within=within))
        yield server
    finally:
        server.stop()


async def _ask(address: str, tls: TLSConfig | None) -> None:
    client = await ServiceClient.connect(ConnectConfig(target_host=address, tls=tls or False))
    if not await client.check_health():
        raise RuntimeError("not serving")
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=SYSTEM_NAMESPACE))


def _check(binary: Binary, configuration: Configuration) -> None:
    """What would make the server fail late and oddly, said at once."""
    problems = []
    taken = configuration.ports.taken()
    if taken:
        numbers = "、".join(map(str, taken))
        problems.append(f"端口 {numbers} 已被占用：请停掉占用它的程序，或在设置中换一个起始端口")
    store = configuration.store
    if isinstance(store, SqliteStore) and not store.setup:
        problems += _store_problems(store.path, binary)
    if binary.kind is Kind.DEV:
        if isinstance(store, PostgresStore):
            problems.append(f"{binary.path} 内带的开发服务器不支持 PostgreSQL：请改用 temporal-server")
        if configuration.tls is not None:
            problems.append(f"{binary.path} 内带的开发服务器不支持 TLS：请改用 temporal-server")
    if problems:
        raise ConfigurationWrong(listed("Temporal 服务器不能启动：", problems))


def _store_problems(path: Path, binary: Binary) -> list[str]:
    """Why a file cannot be served by a binary. The stock server never brings a file's tables up to date by itself."""
    if not path.is_file():
        return [f"存储文件 {path} 不存在：首次使用请先建库（huanjie server prepare）；曾经用过的，请从备份恢复"]
    try:
        made_by = release_of(path)
    except sqlite3.Error as error:
        return [f"存储文件 {path} 无法读取（{error}）：请从备份恢复"]
    if made_by is None or made_by == release(binary.version):
        return []
    return [
        f"存储文件 {path} 由 {made_by[0]}.{made_by[1]} 版服务器建立，{binary.path} 是 {binary.version}："
        "服务器不会自行升级文件中的表结构，请用环境变量 HUANJIE_TEMPORAL_SERVER 指明同一版本的服务器"
    ]


def _command(binary: Binary, configuration: Configuration) -> list[str]:
    if binary.kind is Kind.SERVER:
        # Who may connect is decided by loopback and TLS; what they may decide, by the gateway.
        return [
            str(binary.path),
            "--config-file",
            str(configuration.server_file.absolute()),
            "--allow-no-auth",
            "start",
        ]
    ports = configuration.ports
    command = [str(binary.path), "server", "start-dev", "--headless", "--ip", LOOPBACK]
    command += ["--port", str(ports.frontend), "--metrics-port", str(ports.metrics)]
    command += ["--log-level", configuration.log_level]
    if configuration.time_skipping:
        command += ["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"]
    store = configuration.store
    if not isinstance(store, MemoryStore):
        assert isinstance(store, SqliteStore)
        command += ["--db-filename", str(store.path.absolute())]
        command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"]
    return command


def _bound(lifetime: int | None) -> list[str]:
    command = None if lifetime is None else shutil.which("timeout")
    return [] if command is None else [command, "-k", "10", str(lifetime)]


def _is_held(path: Path) -> bool:
    try:
        with held(path, ""):
            return False
    except ConfigurationWrong:
        return True


def _lock_file(configuration: Configuration) -> Path:
    return configuration.folder / "lock"


def _runs_already(configuration: Configuration) -> str:
    return (
        f"{configuration.home} 的 Temporal 服务器已在运行：同一份存储不能由两台服务器使用。"
        f"请直接使用它（{configuration.address}），或先停掉它（huanjie server stop）。"
    )


def _open_log(path: Path) -> tuple[BinaryIO, int]:
    """The log to append to and where it ends now; a very long one is put aside first, as `….1`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LONGEST_LOG:
        os.replace(path, path.with_name(path.name + ".1"))
    log = path.open("ab")
    return log, log.tell()
