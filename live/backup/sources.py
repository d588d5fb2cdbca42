"""A database of which a copy is wanted as it is at one moment, while others go on writing: pinned at once, copied at leisure.

SQLite: a read transaction on a write-ahead log keeps seeing the state in which it began, and the online backup interface
copies through it. PostgreSQL: a transaction exports its snapshot, and `pg_dump` takes it over.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from live.backup.manifest import Head, Storage
from live.backup.problems import BackupRefused
from live.server.stores import PostgresStore

WAITS = 10  # seconds for a lock or a connection
HEADS = "SELECT election, lines, hash FROM chains ORDER BY election"


class Pinned(Protocol):
    """A database open for copying. Everything read and copied after `pin` is of that moment."""

    def pin(self) -> None:
        """Fix the moment: quick, whatever the size. Raises BackupRefused."""
        ...

    def heads(self) -> tuple[Head, ...]:
        """Where each election's journal ended then; only of a registry."""
        ...

    def copy(self, to: Path) -> None:
        """Write the copy into a file that is not there yet, for its owner alone. Raises BackupRefused, OSError."""
        ...


class Source(Protocol):
    """A database that can be opened for copying, and where copies of it can be put back."""

    @property
    def storage(self) -> Storage:
        """What it is in."""
        ...

    @property
    def database(self) -> str:
        """The name of a PostgreSQL database, else ""."""
        ...

    def opened(self) -> AbstractContextManager[Pinned]:
        """Open it, for a `with` block. Raises BackupRefused."""
        ...


def private(file: Path) -> None:
    """Make an empty file that only its owner may read. Raises FileExistsError."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


# ---------------------------------------------------------------- SQLite


@dataclass(frozen=True)
class SqliteSource:
    """One file, which may be in use."""

    path: Path
    what: str

    storage = Storage.SQLITE
    database = ""

    @contextmanager
    def opened(self) -> Iterator[Pinned]:
        """See Source."""
        if not self.path.is_file():
            raise BackupRefused("不能备份：", f"没有{self.what} {self.path}：请核对 HUANJIE_HOME")
        try:
            with closing(
                sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=WAITS)
            ) as connection:
                yield _PinnedSqlite(self, connection)
        except sqlite3.Error as error:
            raise BackupRefused("不能备份：", f"{self.what} {self.path} 不能复制（{error}）") from error


@dataclass(frozen=True)
class _PinnedSqlite:
    source: SqliteSource
    connection: sqlite3.Connection

    def pin(self) -> None:
        self.connection.execute("BEGIN")
        self.connection.execute(
            "SELECT count(*) FROM sqlite_master"
        ).fetchone()  # a transaction begins with its first read

    def heads(self) -> tuple[Head, ...]:
        rows = self.connection.execute(HEADS).fetchall()
        return tuple(Head(election=election, lines=lines, hash=last) for election, lines, last in rows)

    def copy(self, to: Path) -> None:
        """One plain file at the end: nothing lies beside it that could be forgotten."""
        private(to)
        with closing(sqlite3.connect(to, isolation_level=None)) as copy:
            self.connection.backup(copy)
            settled(copy)


def settled(copy: sqlite3.Connection) -> None:
    """Bring a copy into one file and see that it is sound. Raises sqlite3.DatabaseError."""
    mode = copy.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    sound = copy.execute("PRAGMA quick_check").fetchone()[0]
    if mode != "delete" or sound != "ok":
        raise sqlite3.DatabaseError(f"journal mode {mode}, check {sound}")


# ---------------------------------------------------------------- PostgreSQL


@dataclass(frozen=True)
class PostgresSource:
    """One database, reached by libpq's own words; the password goes into the environment of its tools, never into a command."""

    database: str
    words: tuple[tuple[str, str], ...]
    password: str = field(repr=False)

    storage = Storage.POSTGRESQL

    @classmethod
    def of_store(cls, store: PostgresStore, database: str) -> "PostgresSource":
        """One of a server's two databases."""
        words = (("host", store.host), ("port", str(store.port)), ("user", store.user), *store.attributes)
        return cls(database, words, store.password)

    @classmethod
    def of_url(cls, url: URL) -> "PostgresSource":
        """A registry's."""
        given = {"host": url.host, "port": url.port, "user": url.username, **url.query}
        words = tuple((name, str(value)) for name, value in given.items() if value)
        return cls(url.database or "", words, url.password or "")

    @property
    def conninfo(self) -> str:
        """How to reach it, without the password."""
        return make_conninfo(dbname=self.database, connect_timeout=WAITS, **dict(self.words))

    def connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection on which every statement commits by itself. Raises psycopg.Error."""
        return psycopg.connect(self.conninfo, password=self.password or None, autocommit=True)

    @contextmanager
    def opened(self) -> Iterator[Pinned]:
        """See Source."""
        program("pg_dump")
        try:
            with self.connect() as connection:
                yield _PinnedPostgres(self, connection)
        except psycopg.Error as error:
            raise BackupRefused("不能备份：", f"PostgreSQL 数据库 {self.database} 不能读取（{error}）") from error

    def empty(self) -> bool:
        """Whether it has no table yet. Raises psycopg.Error."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchone()
        return row is not None and row[0] == 0

    def put_back(self, file: Path) -> None:
        """Restore a dump, whole or not at all. Raises BackupRefused."""
        self.run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(file))

    def run(self, name: str, *words: str) -> None:
        """One of PostgreSQL's own tools on this database. Raises BackupRefused with the end of what it said."""
        done = subprocess.run(
            [program(name), f"--dbname={self.conninfo}", "--no-password", *words],
            env={**os.environ, "PGPASSWORD": self.password},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if done.returncode != 0:
            said = done.stdout.strip()[-2000:]
            raise BackupRefused(f"{name} 未能完成：", f"数据库 {self.database}（状态 {done.returncode}）：{said}")


@dataclass
class _PinnedPostgres:
    source: PostgresSource
    connection: "psycopg.Connection[tuple[Any, ...]]"
    snapshot: str = ""

    def pin(self) -> None:
        for setting in ("idle_in_transaction_session_timeout", "statement_timeout"):
            self.connection.execute(f"SET {setting} = 0")  # a large copy takes its time
        self.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = self.connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        self.snapshot = str(row[0])

    def heads(self) -> tuple[Head, ...]:
        rows = self.connection.execute(HEADS).fetchall()
        return tuple(Head(election=election, lines=lines, hash=last) for election, lines, last in rows)

    def copy(self, to: Path) -> None:
        private(to)
        self.source.run("pg_dump", "--format=custom", f"--snapshot={self.snapshot}", f"--file={to}")


def program(name: str) -> str:
    """The path of one of PostgreSQL's tools. Raises BackupRefused when there is none."""
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            f"缺少 {name}：", "备份和恢复 PostgreSQL 要用它：请安装 postgresql-client，版本不低于服务器"
        )
    return found
