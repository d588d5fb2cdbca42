"""A real PostgreSQL of our own from the distribution's packages: made in a temporary folder, on loopback, ended again.

PostgreSQL refuses to run as root, so where the tests do, it runs as `postgres` or `nobody`. The settings are what it does
out of the box: what survives a crash or how fast it answers is not flattered.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import BinaryIO

import psycopg
from psycopg import sql

VARIABLE = "HUANJIE_POSTGRES_BIN"
PACKAGED = Path("/usr/lib/postgresql")
USER = "huanjie"
READY_WITHIN = 60.0  # seconds
LIFETIME = 900  # seconds
ENDS_WITHIN = 20.0  # seconds

WHY_NONE = f"no PostgreSQL at hand: install the package `postgresql`, or name the folder of its binaries in {VARIABLE}"


class PostgresFailed(Exception):  # noqa: N818 - named for what happened
    """PostgreSQL did not come up; the message carries the end of its log."""


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's binaries: named by HUANJIE_POSTGRES_BIN, else the newest packaged; None when there is none.

    Raises FileNotFoundError when the variable names a folder without them.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not _whole(Path(named)):
            raise FileNotFoundError(f"{VARIABLE}={named} holds no initdb and postgres")
        return Path(named)
    packaged = [path for path in PACKAGED.glob("*/bin") if path.parent.name.isdigit() and _whole(path)]
    if packaged:
        return max(packaged, key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).parent if found and _whole(Path(found).parent) else None


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL with one superuser and a password; every database is made on request."""

    port: int
    user: str
    password: str = field(repr=False)
    process: subprocess.Popen[bytes]
    log: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database, with the password."""
        return f"postgresql+psycopg://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Make an empty database and return its SQLAlchemy URL. Raises psycopg.errors.DuplicateDatabase when it is there."""
        with self.admin() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def admin(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection, to the database `postgres`, on which every statement commits by itself."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )


@contextmanager
def running_postgres(lifetime: int = LIFETIME) -> Iterator[Postgres]:
    """Make a cluster, start it, wait until it answers, and end it by its own process id on the way out.

    `lifetime`: seconds after which it ends by itself, whatever became of us.

    Raises FileNotFoundError when there is no PostgreSQL, PostgresFailed with the end of its log when it does not come up.
    """
    binaries = find_postgres()
    if binaries is None:
        raise FileNotFoundError(WHY_NONE)
    with TemporaryDirectory(prefix="huanjie-postgres-", ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        home, owner = Path(folder), _unprivileged()
        password = secrets.token_hex(16)
        (home / "password").write_text(password, encoding="utf-8")
        if owner is not None:
            for path in (home, home / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        data, log = home / "data", home / "log"
        with log.open("wb") as output:
            kind = ["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]
            command = [str(binaries / "initdb"), "-D", str(data), *kind, f"--pwfile={home / 'password'}"]
            made = _run(command, owner, output).wait()
            if made != 0:
                raise PostgresFailed(f"initdb ended with status {made}:\n{_tail(log)}")
            port = _free_port()
            settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": ""}
            options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            process = _run([*_bound(lifetime), str(binaries / "postgres"), "-D", str(data), *options], owner, output)
        stack.callback(_end, process)
        postgres = Postgres(port, USER, password, process, log)
        _wait(postgres)
        yield postgres


def _whole(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run as when we are root, else None: ourselves."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresFailed("we are root, PostgreSQL must not be, and there is neither a user `postgres` nor `nobody`")


def _run(command: list[str], owner: pwd.struct_passwd | None, output: BinaryIO) -> subprocess.Popen[bytes]:
    """Start a command as the given user in its home folder, in a session of its own: a Ctrl-C here is not its end."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",
        user=None if owner is None else owner.pw_uid,
        group=None if owner is None else owner.pw_gid,
        extra_groups=None if owner is None else [],
        start_new_session=True,
    )


def _bound(lifetime: int) -> list[str]:
    """Where the system has `timeout`, PostgreSQL ends by itself even when this process was killed."""
    command = shutil.which("timeout")
    return [] if command is None else [command, "-s", "INT", "-k", "10", str(lifetime)]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGINT is its fast shutdown; what does not end by then, with all its children, is one session of ours."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(postgres: Postgres) -> None:
    deadline = monotonic() + READY_WITHIN
    while True:
        if postgres.process.poll() is not None:
            raise PostgresFailed(f"ended with status {postgres.process.returncode}:\n{_tail(postgres.log)}")
        try:
            with postgres.admin() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if monotonic() > deadline:
                raise PostgresFailed(
                    f"not ready within {READY_WITHIN:.0f} s ({error}):\n{_tail(postgres.log)}"
                ) from error
            sleep(0.05)
        else:
            return


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3000:]
