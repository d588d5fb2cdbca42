"""Makes a server's store, once, with nothing but the stock server and the stock SQL tool, and never half of it.

SQLite: the server makes the tables statement by statement when it opens a file with `setup`, and takes any table that is
there already for all of them. Cut off in the middle, such a file would stay broken for good. So the tables are made in a
file of another name by a server that is waited for and ended, and the file gets its name when it is whole.

PostgreSQL: the SQL tool records versions and goes on from the one it finds.
"""

import asyncio
import os
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from live.server.configuration import Configuration
from live.server.find import Binary
from live.server.problems import StoreFailed
from live.server.process import READY_WITHIN, held, start
from live.server.stores import PostgresStore, SqliteStore, mark_release

NEW = ".new"
MAKING = ".making"
BESIDE = ("", "-wal", "-shm", "-journal")
SCHEMAS = "postgresql/v12"
TOOL_WITHIN = 300.0  # seconds for one run of the SQL tool


class Outcome(StrEnum):
    """What became of one thing that was to be there."""

    CREATED = "created"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True)
class Step:
    """One thing that was to be there: its name for people, what became of it, and how it stands now."""

    subject: str
    outcome: Outcome
    detail: str


def set_up_postgres(store: PostgresStore, sql_tool: Path) -> list[Step]:
    """Make both databases and their tables, or bring them up to the tool's version; one step a database.

    Safe to repeat, also after being cut off. Raises StoreFailed with the end of the tool's output, without the password.
    """
    return [
        _database(store, sql_tool, store.database, f"{SCHEMAS}/temporal"),
        _database(store, sql_tool, store.visibility_database, f"{SCHEMAS}/visibility"),
    ]


async def set_up_sqlite(binary: Binary, configuration: Configuration, *, lifetime: int | None = None) -> Step:
    """Make the file of a configuration's SQLite store when it is not there; an existing one is not touched.

    Starts and ends a server on the configuration's ports. Raises StoreFailed, ServerFailed or ConfigurationWrong.
    """
    store = configuration.store
    assert isinstance(store, SqliteStore)
    if store.path.exists():
        return Step("Temporal 存储", Outcome.KEPT, str(store.path))
    new = store.path.with_name(store.path.name + NEW)
    try:
        store.path.parent.mkdir(parents=True, exist_ok=True)
        with held(store.path.with_name(store.path.name + MAKING), f"另一个进程正在建立 {store.path}：请等它做完。"):
            await _make(binary, replace(configuration, store=SqliteStore(new, setup=True), tls=None), new, lifetime)
            _finish(new, store.path, binary.version)
    except (OSError, sqlite3.Error) as error:
        raise StoreFailed(f"无法建立存储 {store.path}：{error}。请检查文件夹的权限和磁盘空间后重试。") from error
    return Step("Temporal 存储", Outcome.CREATED, str(store.path))


async def set_up(
    binary: Binary, configuration: Configuration, *, sql_tool: Path | None = None, lifetime: int | None = None
) -> list[Step]:
    """Make whatever store the configuration names; memory needs nothing.

    PostgreSQL is made with `sql_tool`; without one it is left as it is. Raises as the functions above.
    """
    match configuration.store:
        case SqliteStore():
            return [await set_up_sqlite(binary, configuration, lifetime=lifetime)]
        case PostgresStore() as store if sql_tool is not None:
            return await asyncio.to_thread(set_up_postgres, store, sql_tool)
        case _:
            return []


async def _make(binary: Binary, configuration: Configuration, new: Path, lifetime: int | None) -> None:
    """Let a server make the tables in the new file; what an attempt that was cut off left goes first: nobody ever used it."""
    for ending in BESIDE:
        new.with_name(new.name + ending).unlink(missing_ok=True)
    server = start(binary, configuration, lifetime=lifetime)
    try:
        await server.ready(within=READY_WITHIN)
    finally:
        await asyncio.to_thread(server.stop)


def _finish(new: Path, path: Path, version: str) -> None:
    """Bring everything into the one file, see that it is sound and on disk, and only then give it its name."""
    with closing(sqlite3.connect(new)) as connection:
        mark_release(connection, version)
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        sound = connection.execute("PRAGMA quick_check").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
    if busy or sound != "ok" or not tables:
        raise sqlite3.DatabaseError(f"checkpoint {busy}, check {sound}, {tables} tables")
    _sync(new)
    os.link(new, path)  # unlike a rename, never over a file that is there
    new.unlink()
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _database(store: PostgresStore, sql_tool: Path, name: str, schema: str) -> Step:
    problem = _unreachable(store, name)
    if problem is not None:
        _tool(store, sql_tool, name, "create-database", hint=problem)
    before = _version(store, name)
    if before is None:
        _tool(store, sql_tool, name, "setup-schema", "-v", "0.0")
    _tool(store, sql_tool, name, "update-schema", "--schema-name", schema)
    after = _version(store, name)
    subject = f"PostgreSQL 数据库 {name}"
    if before is None:
        return Step(subject, Outcome.CREATED, f"表结构 {after}")
    if before != after:
        return Step(subject, Outcome.CHANGED, f"表结构 {before} → {after}")
    return Step(subject, Outcome.KEPT, f"表结构 {after}")


def _connect(store: PostgresStore, name: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection on which every statement commits by itself."""
    where = make_conninfo(
        host=store.host,
        port=store.port,
        user=store.user,
        password=store.password,
        dbname=name,
        connect_timeout=10,
        **dict(store.attributes),
    )
    return psycopg.connect(where, autocommit=True)


def _unreachable(store: PostgresStore, name: str) -> str | None:
    """Why a database cannot be connected to, in PostgreSQL's words, or None. Most often it is not there yet."""
    try:
        _connect(store, name).close()
    except psycopg.OperationalError as error:
        return str(error).strip()
    return None


def _version(store: PostgresStore, name: str) -> str | None:
    """The version of a database's tables; None when there are none, or making them was cut off before it was written."""
    try:
        with _connect(store, name) as connection:
            row = connection.execute(
                "SELECT curr_version FROM schema_version WHERE version_partition = 0 AND db_name = %s", (name,)
            ).fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    except psycopg.Error as error:
        raise StoreFailed(f"无法读取数据库 {name}（{store.host}:{store.port}）：{error}") from error
    return None if row is None else str(row[0])


def _tool(store: PostgresStore, sql_tool: Path, name: str, *words: str, hint: str = "") -> None:
    command = [str(sql_tool), "--plugin", store.plugin.value, "--endpoint", store.host, "--port", str(store.port)]
    command += ["--user", store.user, "--database", name]
    if store.attributes:
        command += ["--connect-attributes", "&".join(f"{key}={value}" for key, value in store.attributes)]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SQL_")}
    environ["SQL_PASSWORD"] = store.password  # not on the command line, where every user of this machine reads it
    try:
        done = subprocess.run(
            [*command, *words],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TOOL_WITHIN,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreFailed(f"SQL 工具 {sql_tool} 无法运行：{type(error).__name__}。") from error
    if done.returncode != 0:
        said = done.stdout[-2000:].replace(store.password, "…") if store.password else done.stdout[-2000:]
        reason = f"（此前连接时：{hint}）" if hint else ""
        raise StoreFailed(
            f"数据库 {name}（{store.user}@{store.host}:{store.port}）{words[0]} 失败{reason}："
            f"请核对地址、用户、密码，以及该用户能否建库。\n{said.strip()}"
        )
