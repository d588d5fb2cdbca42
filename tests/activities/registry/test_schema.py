"""The migrations give exactly the model, on the database at hand."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, inspect, text

from activities.registry import Registry, schema
from activities.registry.model import Base


def constraints(connection: Connection) -> dict[str, set[tuple[Any, ...]]]:
    """Names and texts of each table's check constraints, which Alembic does not compare."""
    inspector = inspect(connection)
    return {
        table: {(one["name"], " ".join(str(one["sqltext"]).split())) for one in inspector.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


def test_the_migrations_give_exactly_the_model(registry: Registry) -> None:
    """No column, index, key or type differs between what the migrations made and what the model says."""
    with registry.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_give_the_models_checks(registry: Registry) -> None:
    """Check constraints too, by name and by text."""
    with registry.database.engine.begin() as connection:
        migrated = constraints(connection)
        drop_everything(connection)
        Base.metadata.create_all(connection)
        assert migrated == constraints(connection)
        connection.rollback()
    assert sum(len(checks) for checks in migrated.values()) >= 6


def drop_everything(connection: Connection) -> None:
    """Drop every table in one transaction, which is the caller's to roll back."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN")
    there = MetaData()
    there.reflect(connection)
    there.drop_all(connection)


def test_the_newest_migration_is_the_version_the_program_needs(registry: Registry) -> None:
    """Whoever adds a migration raises HEAD with it."""
    assert schema.revisions()[0] == schema.HEAD
    with registry.database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [schema.HEAD]
