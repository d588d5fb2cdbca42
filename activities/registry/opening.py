"""Opening and making a registry: what is at the address is looked at before anything is read or written.

`open_registry` never changes anything; `create_registry` makes a registry or brings an older one up to date.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from activities.registry import schema
from activities.registry.commands import Commands
from activities.registry.database import PATIENCE, Database, address
from activities.registry.elections import Elections
from activities.registry.journal import Journals
from activities.registry.model import Kind
from activities.registry.people import People
from activities.registry.reports import Reports
from activities.registry.signatures import Signatures
from activities.registry.standing import Standings
from activities.registry.statistics import Statistics
from activities.registry.store import SqlStore
from activities.registry.term import Terms


@dataclass(frozen=True)
class Registry:
    """An open registry: what it is, and everything that can be asked of it. Safe for many threads; close it in the end."""

    database: Database
    identity: str  # random, of this registry and every copy of it
    kind: Kind
    made_at: datetime
    store: SqlStore
    elections: Elections
    standings: Standings
    journals: Journals
    people: People
    commands: Commands
    signatures: Signatures
    reports: Reports
    statistics: Statistics
    terms: Terms

    @property
    def drill(self) -> bool:
        """Whether everything shown from it must say 演练."""
        return self.kind is Kind.DRILL

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()


def open_registry(target: str | os.PathLike[str], kind: Kind | None = None, *, patience: float = PATIENCE) -> Registry:
    """Open the registry at a URL or in an SQLite file; `kind`, where given, is what it must be.

    `patience` is how many seconds a writer waits for another one before it gives up (RegistryUnavailableError).
    Raises RegistryAddressError, RegistryMissingError, RegistryForeignError, RegistryOutdatedError, RegistryTooNewError,
    WrongKindError or RegistryUnavailableError.
    """
    database = Database(address(target), patience)
    try:
        database.require()
        database.recognise()
        with database.reading() as connection:
            schema.check(connection, database)
            row = schema.read(connection)
        if kind is not None:
            schema.require_kind(row, kind, database)
        database.settle()
    except BaseException:
        database.close()
        raise
    return Registry(
        database=database,
        identity=row.identity,
        kind=row.kind,
        made_at=row.made_at,
        store=SqlStore(database),
        elections=Elections(database, row.kind),
        standings=Standings(database),
        journals=Journals(database),
        people=People(database),
        commands=Commands(database),
        signatures=Signatures(database),
        reports=Reports(database),
        statistics=Statistics(database),
        terms=Terms(database),
    )


def create_registry(target: str | os.PathLike[str], kind: Kind, now: datetime) -> Registry:
    """Make a registry at a URL or in an SQLite file, or bring the one there up to date, and open it. Idempotent.

    `now` is the instant written down as its making. Raises what `open_registry` raises, but for RegistryMissingError and
    RegistryOutdatedError; nothing is changed then. A PostgreSQL database must exist already, empty.
    """
    database = Database(address(target))
    try:
        database.recognise()
        schema.upgrade(database, kind, now)
    finally:
        database.close()
    return open_registry(target, kind)


@contextmanager
def opened_registry(target: str | os.PathLike[str], kind: Kind | None = None) -> Iterator[Registry]:
    """`open_registry` for a `with` block, closed at its end."""
    registry = open_registry(target, kind)
    try:
        yield registry
    finally:
        registry.close()
