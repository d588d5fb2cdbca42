"""The schema's version: read it, judge it, bring it up to date. Alembic runs the migrations, on our connection, in one transaction."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, inspect, select, text

from activities.registry.database import Database
from activities.registry.errors import (
    RegistryForeignError,
    RegistryOutdatedError,
    RegistryTooNewError,
    WrongKindError,
)
from activities.registry.model import Kind, RegistryRow, table

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
"""The version this program works with; a test holds it to be the newest migration."""
_MIGRATIONS = "activities.registry:migrations"
_UPGRADING = 0x68756A  # PostgreSQL: two processes that upgrade at once take turns


def upgrade(database: Database, kind: Kind, now: datetime) -> None:
    """Make the registry, or bring an older one up to date; one that is up to date stays as it is.

    Raises WrongKindError when there is one of the other kind, RegistryTooNewError, RegistryForeignError when the database
    holds something else. Nothing is changed then.
    """
    from alembic import command  # here: it costs a tenth of a second, and opening does not need it

    database.touch()
    with database.writing() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADING})
            _require_unicode(connection, database)
        revision = _revision(connection, database)
        if revision is not None:
            _require_known(revision, database)
            require_kind(read(connection), kind, database)
        if revision != HEAD:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        if revision is None:
            row = {"id": 1, "identity": secrets.token_hex(16), "kind": kind, "made_at": now}
            connection.execute(insert(RegistryRow), row)


def check(connection: Connection, database: Database) -> None:
    """Raises RegistryForeignError, RegistryOutdatedError or RegistryTooNewError unless the schema is what this program needs."""
    revision = _revision(connection, database)
    if revision is None:
        raise RegistryForeignError(f"{database.name} 是空的，不是登记库：请先建立登记库，或更正地址")
    if revision != HEAD:
        _require_known(revision, database)
        raise RegistryOutdatedError(
            f"登记库 {database.name} 的版本是 {revision}，本程序需要 {HEAD}：请先备份，再升级登记库"
        )


def read(connection: Connection) -> RegistryRow:
    """The registry's own row, detached."""
    row = connection.execute(select(table(RegistryRow))).one()
    return RegistryRow(**row._mapping)


def require_kind(row: RegistryRow, kind: Kind, database: Database) -> None:
    """Raises WrongKindError."""
    if row.kind is not kind:
        raise WrongKindError(
            f"登记库 {database.name} 是{row.kind.label}库，不能用于{kind.label}：正式与演练不得混用，请更正目录或地址"
        )


def _revision(connection: Connection, database: Database) -> str | None:
    """The schema's version; None for an empty database. Raises RegistryForeignError when it holds something else."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables or RegistryRow.__tablename__ not in tables:
        raise RegistryForeignError(f"{database.name} 里已有别的数据，不是登记库：请更正地址，或另用一个空库")
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _require_known(revision: str, database: Database) -> None:
    if revision != HEAD and revision not in revisions():
        raise RegistryTooNewError(
            f"登记库 {database.name} 的版本是 {revision}，比本程序（{HEAD}）新：请换用升级后的程序，不要用旧程序打开"
        )


def revisions() -> tuple[str, ...]:
    """Every version there is a migration for, newest first."""
    from alembic.script import ScriptDirectory

    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    return config


def _require_unicode(connection: Connection, database: Database) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise RegistryForeignError(
            f"数据库 {database.name} 的编码是 {encoding}：登记库需要 UTF8，请用 UTF8 编码新建一个库"
        )
