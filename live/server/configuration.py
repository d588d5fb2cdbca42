"""The server's settings of one home folder, rendered from the readable templates in deploy/temporal/.

The same files serve the program and the administrator; nothing is set that is not written there with its reason.
"""

import os
import random
import socket
from dataclasses import dataclass, field, fields
from pathlib import Path
from string import Template

from live.server.problems import ConfigurationWrong, listed
from live.server.stores import SqliteStore, Store, quoted

TEMPLATES = Path(__file__).parents[2] / "deploy" / "temporal"
FIRST_PORT = 7233
LOWEST_PORT = 1024
HIGHEST_PORT = 32767
"""PostgreSQL's tables keep a server's gossip port in a signed 16-bit number: a higher one keeps the server from starting."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Every port the server listens on, all on loopback. Clients need `frontend`; watchers read `metrics`."""

    frontend: int
    history: int
    matching: int
    worker: int
    frontend_gossip: int
    history_gossip: int
    matching_gossip: int
    worker_gossip: int
    metrics: int

    @classmethod
    def starting_at(cls, first: int = FIRST_PORT) -> "Ports":
        """Nine ports in a row: one number to set, so that a live and a drill server stand on one machine.

        Raises ConfigurationWrong when they do not all lie between 1024 and 32767.
        """
        last = first + len(fields(cls)) - 1
        if first < LOWEST_PORT or last > HIGHEST_PORT:
            raise ConfigurationWrong(
                f"端口 {first} 不可用：从它起要连用 {len(fields(cls))} 个（到 {last}），"
                f"须在 {LOWEST_PORT} 至 {HIGHEST_PORT} 之间。"
            )
        return cls(*range(first, last + 1))

    @classmethod
    def free(cls) -> "Ports":
        """Ports nobody uses at this moment, for tests: drawn, because the system hands out only ones that are too high."""
        candidates = random.sample(range(10_000, HIGHEST_PORT), 500)
        free = (port for port in candidates if not _taken(port))
        return cls(*(next(free) for _ in fields(cls)))

    def taken(self) -> list[int]:
        """Those that somebody listens on now."""
        return [port for port in self.all() if _taken(port)]

    def all(self) -> list[int]:
        """Every one, in order."""
        return [int(getattr(self, each.name)) for each in fields(self)]


@dataclass(frozen=True)
class MutualTls:
    """Certificates with which the server shows itself and demands one of every client: files in PEM.

    One authority signs the server's certificate, which names `server_name` and serves as a client's too, and the clients'.
    """

    certificate: Path
    key: Path
    authority: Path
    server_name: str = "localhost"

    def values(self) -> dict[str, object]:
        """The server's own words for it; between its services the same certificate is used."""
        certificate, key, authority = (str(path.absolute()) for path in (self.certificate, self.key, self.authority))
        listening = {"certFile": certificate, "keyFile": key, "requireClientAuth": True, "clientCaFiles": [authority]}
        calling = {"serverName": self.server_name, "rootCaFiles": [authority]}
        return {
            "frontend": {"server": listening, "client": calling},
            "internode": {"server": listening, "client": calling},
            "systemWorker": {"certFile": certificate, "keyFile": key, "client": calling},
        }


@dataclass(frozen=True)
class Configuration:
    """Everything that decides how a home folder's server runs.

    `shards` is fixed when a store is made; None means the store's own number. `time_skipping` is for tests alone.
    """

    home: Path
    store: Store
    ports: Ports = field(default_factory=Ports.starting_at)
    shards: int | None = None
    tls: MutualTls | None = None
    time_skipping: bool = False
    log_level: str = "warn"

    @classmethod
    def pilot(cls, home: Path, first_port: int = FIRST_PORT) -> "Configuration":
        """One machine, one file."""
        return cls(home, SqliteStore(home / "temporal.sqlite"), Ports.starting_at(first_port))

    @property
    def address(self) -> str:
        """Where clients find the server."""
        return f"{LOOPBACK}:{self.ports.frontend}"

    @property
    def folder(self) -> Path:
        """Where the rendered files lie."""
        return self.home / "temporal"

    @property
    def server_file(self) -> Path:
        """The rendered settings."""
        return self.folder / "server.yaml"

    @property
    def dynamic_file(self) -> Path:
        """The rendered settings that may change while the server runs."""
        return self.folder / "dynamic.yaml"

    @property
    def log(self) -> Path:
        """Where the server's output goes."""
        return self.home / "logs" / "temporal-server.log"


def render(configuration: Configuration) -> str:
    """The whole of server.yaml. Raises ConfigurationWrong when the templates or the TLS files are not there."""
    _check(configuration)
    ports = {f"{each.name}_port": str(getattr(configuration.ports, each.name)) for each in fields(Ports)}
    shards = configuration.shards or configuration.store.default_shards
    values = {
        **configuration.store.values(),
        **ports,
        "shards": str(shards),
        "tls": quoted({} if configuration.tls is None else configuration.tls.values()),
        "log_level": configuration.log_level,
        "dynamic_file": quoted(str(configuration.dynamic_file.absolute())),
    }
    return "\n".join(_filled(name, values) for name in (configuration.store.template, "server.yaml"))


def render_dynamic(configuration: Configuration) -> str:
    """The whole of dynamic.yaml."""
    return _filled("dynamic.yaml", {"time_skipping": "true" if configuration.time_skipping else "false"})


def write(configuration: Configuration) -> None:
    """Render both files into the home folder, readable by the owner alone: one may hold a password.

    Raises ConfigurationWrong as `render` does, or when the folder cannot be written.
    """
    texts = {
        configuration.server_file: render(configuration),
        configuration.dynamic_file: render_dynamic(configuration),
    }
    try:
        configuration.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path, text in texts.items():
            _replace(path, text)
    except OSError as error:
        raise ConfigurationWrong(f"无法写入 {configuration.folder}：{error}。请检查文件夹的权限和磁盘空间。") from error


def _check(configuration: Configuration) -> None:
    problems = []
    if configuration.shards is not None and configuration.shards < 1:
        problems.append(f"分片数 {configuration.shards} 不对：至少为 1")
    if configuration.tls is not None:
        files = (configuration.tls.certificate, configuration.tls.key, configuration.tls.authority)
        problems += [f"TLS 文件 {path} 不存在" for path in files if not path.is_file()]
    if problems:
        raise ConfigurationWrong(listed("服务器的设置有问题：", problems))


def _filled(name: str, values: dict[str, str]) -> str:
    path = TEMPLATES / name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationWrong(f"找不到配置模板 {path}：请从完整的源码目录安装（pip install -e .）。") from error
    return Template(text).substitute(values)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, 0600 from its first byte."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(new, path)


def _taken(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: what is closing does not count
        try:
            one.bind((LOOPBACK, port))
        except OSError:
            return True
        return False
