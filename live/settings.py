"""Where a county's home lies and what is set for it: from the environment (HUANJIE_…), with defaults for one machine."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from activities.registry import Kind
from live.certificates import Certificates
from live.connection import Endpoint
from live.server import Configuration, PostgresStore, SqliteStore
from live.server.configuration import FIRST_PORT, Ports
from live.tls import TlsFiles, TransportRefused
from live.worker import WorkerSettings

NAMESPACES = {Kind.LIVE: "huanjie-live", Kind.DRILL: "huanjie-drill"}
METRICS_PORT = 10
"""The worker's figures are read at the first port plus this, beside the server's own."""


class CountySettings(BaseSettings):
    """One county's home folder. Everything it holds (registry, server's store, keys, logs) lies there unless said otherwise."""

    model_config = SettingsConfigDict(env_prefix="HUANJIE_", extra="ignore", frozen=True)

    home: Path = Path("county")
    first_port: int = Field(FIRST_PORT, ge=1024, le=32_000)
    temporal_address: str = ""  # a server that somebody else runs, host:port
    temporal_server: Path | None = None  # a server's binary
    temporal_store: str = ""  # postgresql://…; else a file in the home folder
    registry: str = ""  # postgresql+psycopg://…; else a file in the home folder
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_server_name: str = ""
    allow_plain: bool = False
    build_id: str = ""
    token: str = ""  # the personal token of whoever works at this terminal

    @field_validator("home")
    @classmethod
    def _whole(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @property
    def registry_target(self) -> str:
        """The registry's URL, or its file."""
        return self.registry or str(self.home / "registry.sqlite")

    @property
    def keys(self) -> Path:
        """The folder of the payload keys."""
        return self.home / "keys"

    @property
    def certificates(self) -> Certificates:
        """Those of a server of our own; it asks for them once they were made (`huanjie server certificates`)."""
        return Certificates(self.home / "tls")

    @property
    def configuration(self) -> Configuration:
        """What a server of our own runs with. Raises ConfigurationWrong."""
        store = (
            PostgresStore.from_url(self.temporal_store)
            if self.temporal_store
            else SqliteStore(self.home / "temporal.sqlite")
        )
        tls = self.certificates.of_server() if self.certificates.there() else None
        return Configuration(self.home, store, Ports.starting_at(self.first_port), tls=tls)

    @property
    def address(self) -> str:
        """Where the server is found."""
        return self.temporal_address or f"127.0.0.1:{self.first_port}"

    def endpoint(self, kind: Kind) -> Endpoint:
        """The server and the namespace of a registry's kind: live elections and drills never meet.

        Raises TransportRefused for certificates set for somebody else's server where it is our own.
        """
        files = TlsFiles(self.tls_ca, self.tls_cert, self.tls_key, self.tls_server_name)
        tls = files if files != TlsFiles() else None
        if tls is not None and not self.temporal_address:
            raise TransportRefused(
                "HUANJIE_TLS_ 开头的设置只用于别处的服务器（HUANJIE_TEMPORAL_ADDRESS）：自带的服务器请删去这些设置，"
                "改用 huanjie server certificates 制发证书"
            )
        if not self.temporal_address and self.certificates.there():
            tls = self.certificates.of_clients()
        return Endpoint(self.address, NAMESPACES[kind], tls, self.allow_plain)

    def worker(self, kind: Kind) -> WorkerSettings:
        """What the worker process needs."""
        return WorkerSettings(
            endpoint=self.endpoint(kind),
            keys=self.keys,
            metrics_address=f"127.0.0.1:{self.first_port + METRICS_PORT}",
            build_id=self.build_id,
        )
