"""A stock Temporal server for the conformance tests: the product's own, in memory, skipping time, its namespace prepared.

`frontend.WorkflowTimeSkippingEnabled` is what differs from a county's: without it the server refuses to skip time.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from live.server import Binary, Configuration, MemoryStore, Ports, find_server, prepare
from live.server import running as running_server
from live.server.problems import ServerMissing

NAMESPACE = "default"
LIFETIME = 900  # seconds after which the server ends by itself, whatever became of us


@dataclass(frozen=True)
class Server:
    """A running server that serves the default namespace."""

    address: str

    async def connect(self) -> Client:
        """A client without encryption, so that histories can be compared."""
        return await Client.connect(self.address, namespace=NAMESPACE, data_converter=pydantic_data_converter)


def server_at_hand() -> Binary | None:
    """The server's binary where there is one without building it; None where there is none."""
    try:
        found = find_server(may_build=False)
    except ServerMissing:
        return None
    assert isinstance(found, Binary)
    return found


@contextmanager
def running(binary: Binary) -> Iterator[Server]:
    """A prepared server, ended on the way out. Raises ServerProblem."""
    with TemporaryDirectory(prefix="huanjie-temporal-") as folder:
        configuration = Configuration(Path(folder), MemoryStore(), Ports.free(), time_skipping=True)
        with running_server(binary, configuration, lifetime=LIFETIME) as server:
            asyncio.run(prepare(server.address, NAMESPACE))
            yield Server(server.address)
