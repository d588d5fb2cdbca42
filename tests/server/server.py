"""A stock Temporal server of our own: found, started on loopback with free ports, waited for, bounded in time, stopped.

Nothing but the settings below differs from what a server does out of the box: one history shard, both stores in memory,
and `frontend.WorkflowTimeSkippingEnabled`, without which the server refuses to skip time.
"""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode

VARIABLE = "HUANJIE_TEMPORAL_SERVER"
COMMAND = "temporal-server"
NAMESPACE = "default"
READY_WITHIN = 60.0  # seconds
LIFETIME = 600  # seconds after which the server ends by itself, whatever became of us
ENDS_WITHIN = 20.0  # seconds

CONFIG = """\
log: {{stdout: true, level: warn}}
persistence:
  defaultStore: default
  visibilityStore: visibility
  numHistoryShards: 1
  datastores:
    default: &memory
      sql:
        pluginName: sqlite
        databaseName: default
        connectAddr: localhost
        connectProtocol: tcp
        connectAttributes: {{mode: memory, cache: private}}
        maxConns: 1
        maxIdleConns: 1
        maxConnLifetime: 1h
    visibility: *memory
global:
  membership: {{maxJoinDuration: 30s, broadcastAddress: 127.0.0.1}}
services:
  frontend: {{rpc: {{grpcPort: {0}, membershipPort: {1}, bindOnLocalHost: true}}}}
  matching: {{rpc: {{grpcPort: {2}, membershipPort: {3}, bindOnLocalHost: true}}}}
  history: {{rpc: {{grpcPort: {4}, membershipPort: {5}, bindOnLocalHost: true}}}}
  worker: {{rpc: {{grpcPort: {6}, membershipPort: {7}, bindOnLocalHost: true}}}}
clusterMetadata:
  enableGlobalNamespace: false
  failoverVersionIncrement: 10
  masterClusterName: active
  currentClusterName: active
  clusterInformation:
    active: {{enabled: true, initialFailoverVersion: 1, rpcName: frontend, rpcAddress: "127.0.0.1:{0}"}}
dcRedirectionPolicy: {{policy: noop}}
dynamicConfigClient: {{filepath: {dynamic}, pollInterval: 1m}}
"""
DYNAMIC = "frontend.WorkflowTimeSkippingEnabled: [{value: true}]\n"


class ServerFailed(Exception):  # noqa: N818 - named for what happened
    """The server did not come up, or ended; the message carries the end of its log."""


def find_server() -> Path | None:
    """The server's binary: named by HUANJIE_TEMPORAL_SERVER, else `temporal-server` on PATH; None when there is none.

    Raises FileNotFoundError when the variable names something that is no executable file.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not os.access(named, os.X_OK) or not Path(named).is_file():
            raise FileNotFoundError(f"{VARIABLE}={named} is not an executable file")
        return Path(named)
    found = shutil.which(COMMAND)
    return None if found is None else Path(found)


WHY_NONE = f"no Temporal server at hand: set {VARIABLE} to a server binary (1.32 or newer) or put `{COMMAND}` on PATH"


@dataclass(frozen=True)
class Server:
    """A running server that serves the default namespace."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    async def connect(self) -> Client:
        """A client as the product uses it."""
        return await Client.connect(self.address, namespace=NAMESPACE, data_converter=pydantic_data_converter)


@contextmanager
def running(binary: Path) -> Iterator[Server]:
    """Start the server, wait until it serves the default namespace, and end it by its own process id on the way out.

    Raises ServerFailed with the end of the server's log.
    """
    with TemporaryDirectory(prefix="huanjie-temporal-") as folder, ExitStack() as stack:
        home = Path(folder)
        ports = _free_ports(8)
        (home / "dynamic.yaml").write_text(DYNAMIC, encoding="utf-8")
        (home / "server.yaml").write_text(CONFIG.format(*ports, dynamic=home / "dynamic.yaml"), encoding="utf-8")
        log = home / "log"
        output = stack.enter_context(log.open("wb"))
        process = subprocess.Popen(
            [*_bound(), str(binary), "--config-file", str(home / "server.yaml"), "--allow-no-auth", "start"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=home,
        )
        stack.callback(_end, process)
        server = Server(f"127.0.0.1:{ports[0]}", process, log)
        asyncio.run(_serve_default(server))
        yield server


def _bound() -> list[str]:
    """Where the system has `timeout`, the server ends by itself even when this process was killed."""
    command = shutil.which("timeout")
    return [] if command is None else [command, "-k", "10", str(LIFETIME)]


def _free_ports(n: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _serve_default(server: Server) -> None:
    """Register the default namespace and wait until the frontend answers for it."""
    deadline = monotonic() + READY_WITHIN
    while True:
        if server.process.poll() is not None:
            raise ServerFailed(f"the server ended with status {server.process.returncode}:\n{_tail(server.log)}")
        try:
            await _try_default(server)
        except (RPCError, RuntimeError) as error:  # RuntimeError: nobody listens yet
            if monotonic() > deadline:
                raise ServerFailed(f"not ready within {READY_WITHIN:.0f} s ({error}):\n{_tail(server.log)}") from error
            await asyncio.sleep(0.2)
        else:
            return


async def _try_default(server: Server) -> None:
    service = (await server.connect()).workflow_service
    soon = timedelta(seconds=5)
    try:
        await service.register_namespace(
            RegisterNamespaceRequest(
                namespace=NAMESPACE, workflow_execution_retention_period=Duration(seconds=24 * 3600)
            ),
            timeout=soon,
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    await service.list_workflow_executions(ListWorkflowExecutionsRequest(namespace=NAMESPACE), timeout=soon)


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3000:]
