"""A pilot county for the bench: server, registry and worker as the product runs them, each a process of its own.

Everything is on loopback, made in a temporary folder, bounded in time, and ended by its own process.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from activities.registry import Kind, create_registry
from live.encryption import new_key
from live.server import Binary, Ports, PostgresStore, find_sql_tool, prepare, running, set_up
from live.settings import METRICS_PORT, CountySettings
from live.worker import Size
from tests.server.postgres import Postgres, running_postgres

LIFETIME = 3600  # seconds after which every process ends by itself, whatever became of us
ENDS_WITHIN = 60.0  # seconds
ROOT = Path(__file__).parents[2]
KIND = Kind.DRILL


class Store(StrEnum):
    """Where server and registry keep what they keep."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Place:
    """A county that is up but for its worker. `processes`: what serves it, by name."""

    settings: CountySettings
    store: Store
    processes: dict[str, int]

    @contextmanager
    def worker(self) -> Iterator[int]:
        """The production worker, as `huanjie live` starts it; gives its process id."""
        told = {"HOME": self.settings.home, "FIRST_PORT": self.settings.first_port, "REGISTRY": self.settings.registry}
        environment = {f"HUANJIE_{name}": str(value) for name, value in told.items() if value}
        with _running([sys.executable, "-m", "console.cli", "live", "worker"], environment, self._log("worker")) as pid:
            yield pid

    @contextmanager
    def bare_worker(self) -> Iterator[tuple[int, int]]:
        """The bare workflow's worker, as large as ours; gives its process id and the end of its pipe to read from."""
        size, endpoint = Size(), self.settings.endpoint(KIND)
        numbers = map(str, (size.cached_workflows, size.workflow_tasks, size.activities))
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        command = [sys.executable, "-m", "bench.load.bare", endpoint.address, endpoint.namespace, *numbers]
        try:
            with _running(command, {"BARE_PIPE": str(writing)}, self._log("bare"), (writing,)) as pid:
                yield pid, reading
        finally:
            os.close(reading)
            os.close(writing)

    def _log(self, name: str) -> Path:
        return self.settings.home / "logs" / f"bench-{name}.log"


@contextmanager
def county(store: Store, binary: Binary) -> Iterator[Place]:
    """Bring a county up without its worker, and take it down again, told to end by SIGTERM too.

    Not for use inside a running event loop.
    """
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # else nothing here would be ended
    with TemporaryDirectory(prefix="huanjie-load-", ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        processes: dict[str, int] = {}
        temporal = registry = ""
        if store is Store.POSTGRESQL:
            postgres = stack.enter_context(running_postgres(LIFETIME))
            processes["postgresql"] = _inner(postgres.process.pid)
            temporal, registry = _databases(postgres)
        home = Path(folder)
        settings = CountySettings(
            home=home, first_port=_first_port(), temporal_address="", temporal_store=temporal, registry=registry
        )
        create_registry(settings.registry_target, KIND, datetime.now(UTC)).close()
        new_key(settings.keys)
        configuration = settings.configuration
        (home / "temporal").mkdir(mode=0o700)
        tool = find_sql_tool() if isinstance(configuration.store, PostgresStore) else None
        asyncio.run(set_up(binary, configuration, sql_tool=tool, lifetime=LIFETIME))
        server = stack.enter_context(running(binary, configuration, lifetime=LIFETIME))
        processes["server"] = _inner(server.process.pid)
        endpoint = settings.endpoint(KIND)
        asyncio.run(prepare(endpoint.address, endpoint.namespace))
        yield Place(settings, store, processes)


def _databases(postgres: Postgres) -> tuple[str, str]:
    """Where server and registry go: databases of one PostgreSQL."""
    return postgres.url("temporal"), postgres.create_database("registry")


def _first_port() -> int:
    """The first of nine free ports in a row, the worker's figures behind them."""
    while True:
        first = random.randrange(10_000, 30_000)
        figures = Ports.starting_at(first + METRICS_PORT).frontend  # one more, alike
        if not Ports.starting_at(first).taken() and figures not in Ports.starting_at(first + METRICS_PORT).taken():
            return first


@contextmanager
def _running(
    command: Sequence[str], environment: dict[str, str], log: Path, passed: Sequence[int] = ()
) -> Iterator[int]:
    """A process without our settings, ended by SIGTERM on the way out; gives its id."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUANJIE_", "TEMPORAL_"))}
    timeout = shutil.which("timeout")
    bound = [] if timeout is None else [timeout, "-k", "10", str(LIFETIME)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*bound, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**clean, **environment},
            start_new_session=True,
            pass_fds=tuple(passed),
        )
    try:
        yield _inner(process.pid)
        if process.poll() is not None:
            raise RuntimeError(
                f"{command[2]} ended early:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
            )
    finally:
        process.send_signal(signal.SIGTERM)  # `timeout` passes it on
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _inner(pid: int) -> int:
    """The process behind `timeout`, once it is there; the process itself where there is no `timeout`."""
    outer = psutil.Process(pid)
    if shutil.which("timeout") is None:
        return pid
    while True:
        inner = outer.children()
        if inner:
            return int(inner[0].pid)
        if outer.status() == psutil.STATUS_ZOMBIE:
            return pid
