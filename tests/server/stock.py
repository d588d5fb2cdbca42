"""The stock server's binary for tests, as the product finds it: without one a test is skipped, but in CI it fails."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from live.server.find import Binary, find_server, find_sql_tool
from live.server.problems import ServerMissing
from tests.server.postgres import WHY_NONE, find_postgres

LIFETIME = 300  # seconds after which a test's server ends by itself, whatever became of the test


def stock_server() -> Binary:
    """Named, on PATH or in the cache; never built here."""
    try:
        found = find_server(may_build=False)
    except ServerMissing as error:
        without(str(error))
    assert isinstance(found, Binary)
    return found


def need_postgres_and_tool() -> Path:
    """The SQL tool's path, once a PostgreSQL is at hand too."""
    if find_postgres() is None:
        without(WHY_NONE)
    try:
        return find_sql_tool(may_build=False)
    except ServerMissing as error:
        without(str(error))


def without(reason: str) -> NoReturn:
    """A visible skip, but in CI a failure: there everything is installed."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
