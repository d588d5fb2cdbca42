"""Connections to the registry's database: how they are set up, and the two ways to use them, to read and to write.

A transaction asked for inside another one of the same thread joins it: whoever wants several answers of one state, at the
cost of one transaction, opens it around them.

What is committed is on the disk when the commit returns, on both databases (SQLite: write-ahead log with synchronous=FULL).
A workflow forgets a commit once it is known to stand here: after a power failure a registry that had lost it could never catch up.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.registry.errors import RegistryAddressError, RegistryForeignError, RegistryMissingError, translated

PATIENCE = 5.0  # seconds a writer waits for another one's lock before it gives up and says so
BEGIN = {
    (True, "reading"): "BEGIN",
    # The lock at once: a transaction that began as a reader could not wait for it later.
    (True, "writing"): "BEGIN IMMEDIATE",
    (False, "reading"): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    (False, "writing"): "BEGIN",
}
"""How each kind of transaction begins, on SQLite (True) and on PostgreSQL."""


def address(target: str | os.PathLike[str]) -> URL:
    """The database's URL, from a URL or the path of an SQLite file. Raises RegistryAddressError."""
    text = os.fspath(target)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise RegistryAddressError(
            "登记库的地址写法不对：应为文件路径，或 postgresql://用户:口令@主机:端口/库名"
        ) from error
    match url.get_backend_name():
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite" if url.database and url.database != ":memory:":
            return url.set(drivername="sqlite")
    raise RegistryAddressError(f"登记库不能建在 {url.render_as_string()} 上：请用 SQLite 文件或 PostgreSQL")


SIGNATURE = b"SQLite format 3\x00"
"""How every SQLite file begins."""


class Database:
    """An engine with its rules: every transaction is either one that reads or one that writes.

    Safe for many threads. On SQLite writers of this process queue here, in order, instead of polling for the file's lock.
    """

    def __init__(self, url: URL, patience: float = PATIENCE) -> None:
        self.url = url
        self.sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url, patience) if self.sqlite else _postgresql(url, patience)
        self._turn: AbstractContextManager[object] = threading.Lock() if self.sqlite else nullcontext()
        self._open = threading.local()  # `.reading`, `.writing`: the thread's transaction under way, if any

    @property
    def name(self) -> str:
        """Where it is, without a password."""
        return str(self.url.database) if self.sqlite else self.url.render_as_string()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end, rolled back whole on any exception.

        Raises RegistryUnavailableError when locked, full or away, ContradictionError when a constraint says no; nothing is
        changed then.
        """
        outer: Connection | None = getattr(self._open, "writing", None)
        if outer is not None:
            yield outer
            return
        with translated(), self._turn, self._begun("writing") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads, and sees one state throughout. Raises RegistryUnavailableError."""
        outer: Connection | None = getattr(self._open, "writing", None) or getattr(self._open, "reading", None)
        if outer is not None:
            yield outer
            return
        with translated(), self._begun("reading") as connection:
            yield connection

    @contextmanager
    def _begun(self, kind: str) -> Iterator[Connection]:
        """A transaction of a kind: committed at the end, rolled back on any exception."""
        connection, transaction = self._began(BEGIN[self.sqlite, kind])
        setattr(self._open, kind, connection)
        try:
            with connection, transaction:
                yield connection
        finally:
            setattr(self._open, kind, None)

    def _began(self, begin: str, again: bool = True) -> tuple[Connection, RootTransaction]:
        """A connection and its transaction. A connection that the server has cut meanwhile is replaced: to begin shows it,
        and nothing has been said on it yet.
        """
        connection = self.engine.connect()
        try:
            transaction = connection.begin()
            connection.exec_driver_sql(begin)
        except BaseException as error:
            connection.close()
            if again and isinstance(error, DBAPIError) and error.connection_invalidated:
                return self._began(begin, again=False)
            raise
        return connection, transaction

    def exists(self) -> bool:
        """Whether there is something at the address; a PostgreSQL database answers for itself."""
        return not self.sqlite or Path(str(self.url.database)).is_file()

    def recognise(self) -> None:
        """Raises RegistryForeignError for a file that is no SQLite database at all; an empty one may become one."""
        if self.sqlite and self.exists():
            with Path(str(self.url.database)).open("rb") as file:
                start = file.read(len(SIGNATURE))
            if start and start != SIGNATURE:
                raise RegistryForeignError(f"{self.name} 不是登记库（不是 SQLite 数据库）：请更正路径")

    def require(self) -> None:
        """Raises RegistryMissingError where SQLite would silently make an empty file."""
        if not self.exists():
            raise RegistryMissingError(f"没有登记库 {self.name}：请先建立登记库，或更正路径")

    def touch(self) -> None:
        """Make the SQLite file, readable by its owner only: it holds people's names and tokens' digests."""
        if self.sqlite and not self.exists():
            path = Path(str(self.url.database))
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))

    def settle(self) -> None:
        """Turn on SQLite's write-ahead log, once it is known whose file this is: the file itself remembers it."""
        if self.sqlite:
            with translated(), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _sqlite(url: URL, patience: float) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": patience}, pool_timeout=max(1.0, patience * 2)
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:  # noqa: ARG001 - SQLAlchemy's
        connection.isolation_level = None  # sqlite3 says no BEGIN of its own: `Database` does
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql(url: URL, patience: float) -> Engine:
    limits = f"-c lock_timeout={max(1, int(patience * 1000))} -c idle_in_transaction_session_timeout=60000"
    return create_engine(
        url,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",  # psycopg says no BEGIN of its own: `Database` does
        pool_size=10,
        pool_timeout=max(1.0, patience * 2),
        connect_args={"options": limits, "connect_timeout": 10, "application_name": "huanjie"},
    )
