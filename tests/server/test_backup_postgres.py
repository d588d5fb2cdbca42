"""The same backup where registry and server lie in PostgreSQL: caught at one moment under load, and put back elsewhere.

Needs Debian's package `postgresql`; no Temporal server: two databases with a table each stand for its store.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from activities.registry import Kind, Registry, create_registry, open_registry
from activities.registry.errors import ContradictionError, RegistryUnavailableError
from live.backup import BackupRefused, Moment, Part, Storage, read_manifest, restore, take
from live.backup.taking import quiet as silenced
from live.encryption import new_key
from live.settings import CountySettings
from tests.activities.registry.county import ELECTION, NOW, PARTY, commit, content, election
from tests.server.postgres import WHY_NONE, Postgres, find_postgres, running_postgres
from tests.server.stock import without

pytestmark = pytest.mark.server

SOON = 60.0  # seconds in which anything waited for here must have happened
SERVER, VISIBILITY, REGISTRY = "temporal", "temporal_visibility", "huanjie"


def quiet(line: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if find_postgres() is None or shutil.which("pg_dump") is None:
        without(WHY_NONE)
    with running_postgres() as started:
        yield started


def county(postgres: Postgres, home: Path) -> CountySettings:
    plain = postgres.url(SERVER).replace("+psycopg", "")
    return CountySettings(home=home, registry=postgres.url(REGISTRY), temporal_store=plain, temporal_address="")


def connect(postgres: Postgres, database: str) -> "psycopg.Connection[tuple[int]]":
    return psycopg.connect(postgres.url(database).replace("+psycopg", ""), autocommit=True)


@pytest.fixture
def home(postgres: Postgres, tmp_path: Path) -> Iterator[Path]:
    """A county whose databases are this test's own: an election recorded, nothing ordered yet."""
    for name in (SERVER, VISIBILITY, REGISTRY):
        postgres.create_database(name)
    with connect(postgres, SERVER) as store, connect(postgres, VISIBILITY) as visibility:
        store.execute("CREATE TABLE ordered (number int PRIMARY KEY)")
        store.execute("CREATE TABLE believed (number int PRIMARY KEY)")
        visibility.execute("CREATE TABLE seen (number int PRIMARY KEY)")
    with closing(create_registry(postgres.url(REGISTRY), Kind.LIVE, NOW)) as registry:
        registry.elections.record(election())
    new_key(tmp_path / "county" / "keys")
    yield tmp_path / "county"
    drop(postgres)


def drop(postgres: Postgres) -> None:
    with postgres.admin() as connection:
        for name in (SERVER, VISIBILITY, REGISTRY):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def busy(postgres: Postgres) -> Iterator[threading.Event]:
    """Commit after commit ordered, written, believed. The event is set once a few have been."""
    stop, going = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with connect(postgres, SERVER) as store, closing(open_registry(postgres.url(REGISTRY))) as registry:
                for number in count(1):
                    if stop.is_set():
                        return
                    store.execute("INSERT INTO ordered VALUES (%s)", (number,))
                    registry.store.apply(commit(number), ())
                    store.execute("INSERT INTO believed VALUES (%s)", (number,))
                    if number > 10:
                        going.set()
        except BaseException as error:
            failed.append(error)
            going.set()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield going
    finally:
        stop.set()
        worker.join(SOON)
        assert not worker.is_alive()
        assert failed == []


def numbers(postgres: Postgres, database: str, query: str) -> set[int]:
    with connect(postgres, database) as connection:
        return {number for (number,) in connection.execute(query)}


def test_nobody_writes_while_both_are_pinned(home: Path, postgres: Postgres) -> None:
    """Inside the block a commit and a signature are turned away for now; readers are not."""
    url = postgres.url(REGISTRY)
    with closing(open_registry(url)) as registry, closing(open_registry(url, patience=0.2)) as other:
        with silenced(registry):
            with pytest.raises(RegistryUnavailableError):
                other.store.apply(commit(1), ())
            with pytest.raises(RegistryUnavailableError):
                other.signatures.take(PARTY, "party.meeting")
            assert [one.id for one in other.elections.all()] == [ELECTION]
        assert other.store.apply(commit(1), ())


def test_a_county_at_work_in_postgresql_is_backed_up_consistently_and_comes_back(
    home: Path, postgres: Postgres, tmp_path: Path
) -> None:
    """Believed written ⊆ written ⊆ ordered in what comes back; journals whole; never put over what is there."""
    where, folder = county(postgres, home), tmp_path / "backup"
    with busy(postgres) as going:
        assert going.wait(SOON)
        done = take(where, folder, NOW, tell=quiet)
    assert done.problems == ()
    manifest = read_manifest(folder)
    assert manifest.order == (
        Moment.LOCKED,
        Moment.REGISTRY,
        Moment.SERVER,
        Moment.VISIBILITY,
        Moment.RELEASED,
    )
    assert {(item.part, item.storage, item.database) for item in manifest.items} == {
        (Part.REGISTRY, Storage.POSTGRESQL, REGISTRY),
        (Part.SERVER, Storage.POSTGRESQL, SERVER),
        (Part.VISIBILITY, Storage.POSTGRESQL, VISIBILITY),
    }
    everything = "".join(path.read_text("latin-1") for path in folder.iterdir())
    assert postgres.password not in everything

    elsewhere = county(postgres, tmp_path / "new")
    with pytest.raises(BackupRefused) as refused:
        restore(elsewhere, folder, Kind.LIVE, quiet)
    named = zip((REGISTRY, SERVER, VISIBILITY), refused.value.problems, strict=True)
    assert all(f"数据库 {name} " in problem for name, problem in named)
    assert all("不是空的" in problem for problem in refused.value.problems)

    drop(postgres)
    for name in (SERVER, VISIBILITY, REGISTRY):
        postgres.create_database(name)
    restored = restore(elsewhere, folder, Kind.LIVE, quiet)
    assert len(restored.missing_keys) == 1
    believed = numbers(postgres, SERVER, "SELECT number FROM believed")
    written = numbers(postgres, REGISTRY, "SELECT number FROM commits")
    ordered = numbers(postgres, SERVER, "SELECT number FROM ordered")
    assert believed <= written <= ordered
    assert len(ordered) > 10
    with closing(open_registry(postgres.url(REGISTRY), Kind.LIVE)) as registry:
        goes_on(registry, max(written))


def goes_on(registry: Registry, last: int) -> None:
    """The next commit is taken; rows already written still cannot be changed."""
    assert registry.store.apply(commit(last + 1), ())
    assert registry.journals.verify(ELECTION).problems == ()
    before = content(registry)
    with pytest.raises(ContradictionError, match="只能追加"), registry.database.writing() as connection:
        connection.exec_driver_sql("UPDATE journal SET entry = 'x'")
    assert content(registry) == before
