"""Opening and making a registry: what is there is looked at first, and every refusal says what to do."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from activities.registry import Kind, Registry, create_registry, open_registry, opened_registry
from activities.registry.database import address
from activities.registry.errors import (
    ContradictionError,
    RegistryAddressError,
    RegistryError,
    RegistryForeignError,
    RegistryMissingError,
    RegistryOutdatedError,
    RegistryTooNewError,
    WrongKindError,
)
from policies.clock import Clock
from tests.activities.registry.county import NOW, election, ground, moved


def execute(path: Path, *statements: str) -> None:
    """Do something to a database file, past the registry."""
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_registry_is_made_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    """It says what it is, and only its owner may read it."""
    path = tmp_path / "county" / "registry.sqlite"
    made = create_registry(path, Kind.DRILL, NOW)
    assert (made.kind, made.drill, made.made_at, len(made.identity)) == (Kind.DRILL, True, NOW, 32)
    made.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_making_it_again_changes_nothing(tmp_path: Path) -> None:
    """Idempotent, whatever is in it; another file gets an identity of its own."""
    path = tmp_path / "registry.sqlite"
    first = create_registry(path, Kind.LIVE, NOW)
    first.elections.record(election())
    first.close()
    again = create_registry(path, Kind.LIVE, NOW + timedelta(days=1))
    assert (again.identity, again.made_at) == (first.identity, NOW)
    assert [one.id for one in again.elections.all()] == [election().id]
    again.close()
    other = create_registry(tmp_path / "other.sqlite", Kind.LIVE, NOW)
    assert other.identity != first.identity
    other.close()


def test_what_is_committed_is_safe_on_every_connection(registry: Registry) -> None:
    """Foreign keys on, write-ahead log, and each commit forced to the disk."""
    with registry.database.reading() as connection:
        said = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout", "recursive_triggers")
        }
    full = 2
    assert said == {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": full,
        "busy_timeout": 200,
        "recursive_triggers": 1,
    }


def test_a_path_with_nothing_is_not_turned_into_an_empty_file(tmp_path: Path) -> None:
    """A mistyped path is told, not filled."""
    path = tmp_path / "registry.sqlite"
    with pytest.raises(RegistryMissingError, match=r"registry\.sqlite.*请先建立"):
        open_registry(path)
    assert not path.exists()


def an_empty_file(path: Path) -> None:
    path.touch()


def another_database(path: Path) -> None:
    execute(path, "CREATE TABLE flowers (name TEXT)")


def another_alembic_database(path: Path) -> None:
    execute(path, "CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('0001')")


def at_version(version: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        create_registry(path, Kind.LIVE, NOW).close()
        execute(path, f"UPDATE alembic_version SET version_num = '{version}'")

    return make


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (an_empty_file, RegistryForeignError),
        (another_database, RegistryForeignError),
        (another_alembic_database, RegistryForeignError),
        (at_version("9999"), RegistryTooNewError),
    ],
)
def test_what_is_no_registry_of_ours_is_left_alone(
    make: Callable[[Path], None], error: type[RegistryError], tmp_path: Path
) -> None:
    """Something else, or something newer: neither opened nor written to."""
    path = tmp_path / "registry.sqlite"
    make(path)
    before = path.read_bytes()
    with pytest.raises(error, match="请"):
        open_registry(path)
    if make is not an_empty_file:
        with pytest.raises(error, match="请"):
            create_registry(path, Kind.LIVE, NOW)
    assert path.read_bytes() == before


def test_making_it_is_all_or_nothing(tmp_path: Path) -> None:
    """Interrupted halfway, what is left is an empty file, which the next attempt makes into a registry."""
    path = tmp_path / "registry.sqlite"

    def interrupted(*about: Any) -> None:
        if "CREATE TABLE journal" in about[2]:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            create_registry(path, Kind.LIVE, NOW)
    finally:
        event.remove(Engine, "before_cursor_execute", interrupted)
    assert path.read_bytes() == b""
    with create_registry(path, Kind.LIVE, NOW).database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM journal")).scalar() == 0


def test_an_older_registry_asks_to_be_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program of tomorrow meets the registry of today: known version, but not the one it needs."""
    path = tmp_path / "registry.sqlite"
    create_registry(path, Kind.LIVE, NOW).close()
    monkeypatch.setattr("activities.registry.schema.HEAD", "0999")
    with pytest.raises(RegistryOutdatedError, match=r"0005.*0999.*备份.*升级"):
        open_registry(path)


def test_live_and_drill_never_mix(tmp_path: Path) -> None:
    """Neither opened nor upgraded as the other; opened without asking, it says what it is."""
    path = tmp_path / "registry.sqlite"
    create_registry(path, Kind.DRILL, NOW).close()
    for way in (lambda: open_registry(path, Kind.LIVE), lambda: create_registry(path, Kind.LIVE, NOW)):
        with pytest.raises(WrongKindError, match="是演练库，不能用于正式"):
            way()
    with opened_registry(path) as registry:
        assert registry.drill


def test_a_drill_has_a_clock_that_may_be_set_forward(tmp_path: Path) -> None:
    """The first clock stays in the setting; the one it runs by now is kept beside it."""
    path = tmp_path / "registry.sqlite"
    registry = create_registry(path, Kind.DRILL, NOW)
    drilled = election(ground=ground(clock_json='{"day":1}'))
    assert registry.elections.record(drilled)
    assert registry.elections.clock(drilled.id) == '{"day":1}'
    assert registry.store.apply(moved(timedelta(seconds=2)), ())
    assert Clock.model_validate_json(registry.elections.clock(drilled.id) or "").day == timedelta(seconds=2)
    assert registry.elections.find(drilled.id) == drilled
    registry.close()


def test_an_election_without_a_clock_gets_none_later(tmp_path: Path) -> None:
    """Not even in a drill: its workflows do not have one either."""
    create_registry(tmp_path / "registry.sqlite", Kind.DRILL, NOW).close()
    with opened_registry(tmp_path / "registry.sqlite") as registry:
        registry.elections.record(election())
        with pytest.raises(ContradictionError):
            registry.store.apply(moved(timedelta(seconds=2)), ())


@pytest.mark.parametrize("given", ["mysql://root@db/x", "sqlite://", "sqlite:///:memory:", "://", "oracle+x://y/z"])
def test_an_address_of_no_registry_is_refused(given: str) -> None:
    """Another kind of database, or one that would be gone with the process."""
    with pytest.raises(RegistryAddressError, match=r"PostgreSQL|postgresql"):
        address(given)


def test_addresses_are_paths_or_urls() -> None:
    """A path is SQLite; PostgreSQL always goes through psycopg 3; a password is not shown."""
    assert str(address("county/registry.sqlite")) == "sqlite:///county/registry.sqlite"
    url = address("postgresql://huanjie:geheim@127.0.0.1:5432/county")
    assert url.drivername == "postgresql+psycopg"
    assert "geheim" not in str(url)


def test_opening_does_not_wait_for_the_migrations_machinery(made: Path) -> None:
    """A command line must not load Alembic to look something up."""
    program = (
        "import sys; from activities.registry import open_registry; "
        f"open_registry({str(made)!r}).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
