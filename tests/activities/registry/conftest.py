"""A fresh registry for each test: migrated once for a session, then copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.registry import Kind, Registry, create_registry, open_registry
from tests.activities.registry.county import NOW, election

PATIENCE = 0.2  # seconds: no test waits longer for a lock it will not get


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live registry in which one election is recorded."""
    path = tmp_path_factory.mktemp("made") / "registry.sqlite"
    registry = create_registry(path, Kind.LIVE, NOW)
    registry.elections.record(election())
    registry.close()
    return path


@pytest.fixture
def registry(made: Path, tmp_path: Path) -> Iterator[Registry]:
    """A registry of this test's own, on SQLite, with the county's election recorded and nothing committed."""
    path = tmp_path / "registry.sqlite"
    shutil.copy(made, path)
    registry = open_registry(path, patience=PATIENCE)
    yield registry
    registry.close()
