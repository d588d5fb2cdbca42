"""A client of a county's Temporal server: the one way by which worker, gateway and schedules reach it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client, GrpcCompression
from temporalio.converter import PayloadCodec
from temporalio.runtime import Runtime

from live.logs import logger
from live.plugin import election_plugin
from live.tls import TlsFiles, transport

PATIENCE = timedelta(seconds=60)
"""How long a server that is still coming up is waited for."""
_PAUSE = 1.0  # seconds between two attempts

log = logger(__name__)


class ServerUnreachable(Exception):  # noqa: N818 - named for what happened
    """Nobody answered at the server's address in time."""


@dataclass(frozen=True)
class Endpoint:
    """Where the server is and which elections it holds: `address` host:port, the namespace, how the way there is secured."""

    address: str
    namespace: str
    tls: TlsFiles | None = None
    allow_plain: bool = False  # plain text off this machine, in a network that is trusted


async def connect(
    endpoint: Endpoint,
    codec: PayloadCodec | None,
    *,
    runtime: Runtime | None = None,
    identity: str = "",
    patience: timedelta = PATIENCE,
) -> Client:
    """A client with the election plugin; a worker made from it needs nothing more.

    `identity` stands in the histories beside what this process does: a name of a process, never of a person. Raises
    TransportRefused for an endpoint that must not or cannot be used, ServerUnreachable when nobody answers within `patience`.
    """
    tls = transport(endpoint.address, endpoint.tls, allow_plain=endpoint.allow_plain)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    while True:
        try:
            return await Client.connect(
                endpoint.address,
                namespace=endpoint.namespace,
                tls=tls or False,
                runtime=runtime,
                identity=identity or None,
                grpc_compression=GrpcCompression.NONE,  # what is encrypted does not shrink, and trying costs both ends
                plugins=[election_plugin(codec)],
            )
        except RuntimeError as error:  # what the SDK raises when nobody listens, or the certificates do not match
            if loop.time() + _PAUSE > deadline:
                raise ServerUnreachable(
                    f"连不上换届服务器 {endpoint.address}（等待 {patience.total_seconds():.0f} 秒）：请确认服务器已启动、"
                    f"地址与证书正确。原因：{error}"
                ) from error
            log.warning("server not reachable yet", address=endpoint.address, error=str(error))
            await asyncio.sleep(_PAUSE)
