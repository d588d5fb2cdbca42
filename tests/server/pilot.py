"""A pilot county for tests: a home folder, a durable server and a worker process, each started and killed as one likes.

Made of the product's own parts, as `huanjie live` makes them, but for who watches over the processes: here the test does.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from activities.registry import Kind, Registry, create_registry, open_registry
from gateway.carrier import TemporalCarrier
from gateway.door import Door
from gateway.ground import supplier
from live.connection import connect
from live.encryption import EncryptionCodec
from live.pilot import bring_up
from live.server import Binary, Server, set_up, start
from live.settings import METRICS_PORT, CountySettings
from live.versions import current_version

LIFETIME = 900  # seconds after which what was started here ends by itself, whatever became of us
REPOSITORY = Path(__file__).parents[2]
BUILD = "test"


def free_ports() -> int:
    """The first of so many free ports in a row that a county has room."""
    while True:
        first = random.randrange(10_000, 31_000)
        if all(_free(port) for port in range(first, first + METRICS_PORT + 1)):
            return first


def _free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@dataclass
class Pilot:
    """One county's processes. `worker` and `server` are those that run, or ran last."""

    binary: Binary
    settings: CountySettings
    server: Server
    registry: Registry
    client: Client
    door: Door
    worker: subprocess.Popen[bytes]
    workers: int = 1  # started so far
    servers: int = 1

    def kill_worker(self) -> None:
        """End the worker at once, as a crash would."""
        self.worker.kill()
        self.worker.wait()

    def start_worker(self) -> None:
        """Start another one."""
        self.worker = worker_process(self.settings)
        self.workers += 1

    async def restart_server(self) -> None:
        """Kill the server, as a crash would, and start it on the same store; returns when it is ready."""
        await asyncio.to_thread(self.server.kill)
        self.server = start(self.binary, self.settings.configuration, lifetime=LIFETIME)
        await self.server.ready()
        self.servers += 1


def worker_process(settings: CountySettings) -> subprocess.Popen[bytes]:
    """`huanjie live worker` as `huanjie live` starts it, in a session of its own."""
    log = settings.home / "logs" / "worker.out"
    log.parent.mkdir(parents=True, exist_ok=True)
    ours = {
        "HUANJIE_HOME": str(settings.home),
        "HUANJIE_FIRST_PORT": str(settings.first_port),
        "HUANJIE_BUILD_ID": BUILD,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUANJIE_")}
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "console.cli", "live", "worker"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**inherited, **ours},
            cwd=REPOSITORY,
            start_new_session=True,
        )


@asynccontextmanager
async def pilot(binary: Binary, home: Path, *, patience: timedelta = timedelta(seconds=30)) -> AsyncIterator[Pilot]:
    """A drill county at work, ended on the way out. `patience`: how long its gateway waits for an answer."""
    home.mkdir(parents=True, exist_ok=True)
    settings = CountySettings(home=home, first_port=free_ports(), temporal_server=binary.path, build_id=BUILD)
    create_registry(settings.registry_target, Kind.DRILL, datetime.now(UTC)).close()  # never the server's store first
    await set_up(binary, settings.configuration)
    server = start(binary, settings.configuration, lifetime=LIFETIME)
    county: Pilot | None = None
    registry: Registry | None = None
    try:
        await server.ready()
        await bring_up(settings, Kind.DRILL, lambda line: None)  # finds the server, does the rest
        registry = open_registry(settings.registry_target, Kind.DRILL)
        client = await connect(settings.endpoint(Kind.DRILL), EncryptionCodec.of(settings.keys), identity="test")
        door = Door(registry, TemporalCarrier(client, patience), supplier(registry))
        county = Pilot(binary, settings, server, registry, client, door, worker_process(settings))
        async with asyncio.timeout(60):
            while await current_version(client) is None:
                await asyncio.sleep(0.05)
        yield county
    finally:
        if county is not None:
            county.kill_worker()
            server = county.server
        if registry is not None:
            registry.close()
        server.stop()
