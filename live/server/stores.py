"""Where a server keeps its workflows: in memory, in one file, or in PostgreSQL. What differs between them stands here."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from live.server.problems import ConfigurationWrong, listed

PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
"""Names of users and databases: the server writes them into an address and into SQL without quoting."""

TLS_ATTRIBUTES = {"sslmode", "sslrootcert", "sslcert", "sslkey"}


class Plugin(StrEnum):
    """Which of the stock server's two PostgreSQL drivers is used."""

    PGX = "postgres12_pgx"
    PQ = "postgres12"


@dataclass(frozen=True)
class MemoryStore:
    """Gone with the process; for tests."""

    template = "store-memory.yaml"
    default_shards = 1

    def values(self) -> dict[str, str]:
        """What the template's placeholders become, as YAML."""
        return {}


@dataclass(frozen=True)
class SqliteStore:
    """One file on this machine. `setup` only while the file is made, see `live.server.schema`."""

    path: Path
    setup: bool = False

    template = "store-sqlite.yaml"
    default_shards = 1

    def values(self) -> dict[str, str]:
        """What the template's placeholders become, as YAML. The path goes into a URI, where three signs mean something."""
        path = str(self.path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        return {
            "database": quoted(path),
            "mode": "rwc" if self.setup else "rw",
            "setup": "true" if self.setup else "false",
        }


@dataclass(frozen=True)
class PostgresStore:
    """Two databases of one PostgreSQL. `attributes` are the sslmode, sslrootcert, sslcert, sslkey of its connections."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    visibility_database: str
    attributes: tuple[tuple[str, str], ...] = ()
    plugin: Plugin = Plugin.PGX

    template = "store-postgresql.yaml"
    default_shards = 8

    @classmethod
    def from_url(cls, url: str, *, plugin: Plugin = Plugin.PGX) -> "PostgresStore":
        """From postgresql://user:password@host:port/name?sslmode=…; visibility goes into name_visibility.

        Raises ConfigurationWrong with everything that is wrong in it; the password is never shown.
        """
        try:
            parts = make_url(url)
        except ArgumentError as error:
            raise ConfigurationWrong(
                "PostgreSQL 的地址无法读懂：应为 postgresql://用户:密码@主机:端口/数据库。"
            ) from error
        database, user = parts.database or "", parts.username or ""
        problems = []
        if parts.get_backend_name() != "postgresql":
            problems.append(f"「{parts.drivername}」不是 PostgreSQL：应以 postgresql:// 开头")
        for what, name in (("用户名", user), ("数据库名", database)):
            if not PLAIN_NAME.fullmatch(name):
                problems.append(
                    f"{what}「{name}」不可用：只能由字母、数字、_、- 组成，以字母或 _ 开头，不超过 63 个字符"
                )
        if len(f"{database}_visibility") > 63:
            problems.append(f"数据库名「{database}」过长：加上 _visibility 后不得超过 63 个字符")
        attributes = {key: value for key, value in parts.query.items() if isinstance(value, str)}
        unknown = sorted(set(parts.query) - TLS_ATTRIBUTES)
        if unknown:
            problems.append(f"不认识的参数 {'、'.join(unknown)}：只能用 {'、'.join(sorted(TLS_ATTRIBUTES))}")
        if problems:
            raise ConfigurationWrong(listed("PostgreSQL 的地址有问题：", problems))
        return cls(
            host=parts.host or "127.0.0.1",
            port=parts.port or 5432,
            user=user,
            password=parts.password or "",
            database=database,
            visibility_database=f"{database}_visibility",
            attributes=tuple(sorted(attributes.items())),
            plugin=plugin,
        )

    def values(self) -> dict[str, str]:
        """What the template's placeholders become, as YAML."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return {
            "plugin": self.plugin.value,
            "database": quoted(self.database),
            "visibility_database": quoted(self.visibility_database),
            "endpoint": quoted(f"{host}:{self.port}"),
            "user": quoted(self.user),
            "password": quoted(self.password),
            "attributes": quoted(dict(self.attributes)),
        }


Store = MemoryStore | SqliteStore | PostgresStore


def release(version: str) -> tuple[int, int]:
    """The first two numbers of a version such as 1.32.0: tables change only between those."""
    major, minor, *_ = version.split(".")
    return int(major), int(minor)


def mark_release(connection: sqlite3.Connection, version: str) -> None:
    """Write into a SQLite file by which release its tables were made, where neither SQLite nor the server keep anything."""
    major, minor = release(version)
    connection.execute(f"PRAGMA user_version = {major * 1000 + minor}")


def release_of(path: Path) -> tuple[int, int] | None:
    """By which release a SQLite file's tables were made; None when nobody wrote it down. Raises sqlite3.Error.

    Nobody may be serving the file: what a killed server left beside it is brought in.
    """
    with closing(sqlite3.connect(path)) as connection:
        number = int(connection.execute("PRAGMA user_version").fetchone()[0])
    return divmod(number, 1000) if number else None


def quoted(value: object) -> str:
    """A value as JSON, which is YAML too, whatever signs are in it."""
    return json.dumps(value, ensure_ascii=False)
