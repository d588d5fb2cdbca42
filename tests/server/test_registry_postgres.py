"""The registry on PostgreSQL: the very tests it passes on SQLite, and what only a server can do to it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from activities.registry import Kind, Registry, RegistryUnavailableError, create_registry, open_registry
from activities.registry.errors import RegistryForeignError, WrongKindError
from tests.activities.registry import (
    test_append_only,
    test_edge,
    test_elections,
    test_journals,
    test_outcomes,
    test_people,
    test_schema,
    test_store,
)
from tests.activities.registry.county import ELECTION, NOW, UNITS, commit, content, election, of_unit
from tests.server.postgres import WHY_NONE, Postgres, find_postgres, running_postgres

pytestmark = pytest.mark.server

for module in (
    test_append_only,
    test_edge,
    test_elections,
    test_journals,
    test_outcomes,
    test_people,
    test_schema,
    test_store,
):
    globals().update({name: test for name, test in vars(module).items() if name.startswith("test_")})
"""Collected here again, with this module's `registry`."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One server for this module."""
    if find_postgres() is None:
        pytest.skip(WHY_NONE)
    with running_postgres() as running:
        yield running


@pytest.fixture(scope="module")
def shared(postgres: Postgres) -> str:
    """One database for all tests in turn: a database each would be thousands of files to write when the server ends."""
    return postgres.create_database("registry")


@pytest.fixture
def url(shared: str) -> str:
    """A database in which nothing is."""
    engine = create_engine(shared)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return shared


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    """A registry with the county's election recorded and nothing committed."""
    create_registry(url, Kind.LIVE, NOW).close()
    registry = open_registry(url, patience=0.2)
    registry.elections.record(election())
    yield registry
    registry.close()


def test_two_programs_may_make_it_at_once(url: str) -> None:
    """They take turns; both find one registry."""
    made: list[Registry] = []
    threads = [threading.Thread(target=lambda: made.append(create_registry(url, Kind.DRILL, NOW))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len({one.identity for one in made}) == 1
    assert len(made) == 2
    for one in made:
        one.close()
    with pytest.raises(WrongKindError):
        open_registry(url, Kind.LIVE)


def test_another_database_is_left_alone(url: str) -> None:
    """Neither an empty one nor somebody else's is opened; somebody else's is not made into a registry."""
    with pytest.raises(RegistryForeignError, match="空的"):
        open_registry(url)
    registry = create_registry(url, Kind.LIVE, NOW)
    with registry.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE registry RENAME TO flowers"))
    registry.close()
    with pytest.raises(RegistryForeignError, match="别的数据"):
        create_registry(url, Kind.LIVE, NOW)


def test_a_database_of_another_encoding_is_refused(postgres: Postgres) -> None:
    """Chinese must come out as it went in."""
    with postgres.admin() as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(RegistryForeignError, match="LATIN1"):
        create_registry(postgres.url("latin"), Kind.LIVE, NOW)


def test_a_chain_locked_by_another_is_unavailable_for_now(registry: Registry) -> None:
    """A writer that hangs elsewhere is not waited for without end; afterwards the same commit is written."""
    before = content(registry)
    with registry.database.engine.begin() as other:
        other.exec_driver_sql("BEGIN")
        other.execute(text("SELECT * FROM chains FOR UPDATE"))
        for _ in range(10):
            with pytest.raises(RegistryUnavailableError, match="lock"):
                registry.store.apply(commit(1), ())
        assert content(registry) == before
    assert registry.store.apply(commit(1), ())


def test_connections_cut_by_the_server_are_replaced(registry: Registry) -> None:
    """The server ended every session, in the middle of a transaction or between two: nothing half done, then it goes on."""
    registry.store.apply(of_unit(UNITS[0], 1), ())

    def cut() -> Iterator[Any]:
        end_sessions(registry)
        yield from ()

    before = content(registry)
    with pytest.raises(RegistryUnavailableError):
        registry.store.apply(of_unit(UNITS[0], 2), cut())
    assert content(registry) == before
    end_sessions(registry)
    assert registry.store.apply(of_unit(UNITS[0], 2), ())
    assert registry.journals.verify(ELECTION).ok


def end_sessions(registry: Registry) -> None:
    """As an administrator does, or a restart."""
    with registry.database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
