"""A registry that cannot be written just now, and a process that dies: nothing half done, and the next delivery succeeds."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from activities.registry import Registry, RegistryUnavailableError, open_registry
from tests.activities.registry.county import (
    ELECTION,
    NOW,
    PARTY,
    UNITS,
    commit,
    content,
    decided,
    of_unit,
    paper,
    refusal,
    task,
)

ROOT = Path(__file__).parents[3]


def step(number: int) -> Any:
    """A commit as most are: one gate decided, the next one opened."""
    gate = task(f"party.g{number}")
    return commit(number, decided(f"party.g{number - 1}"), opened=(gate,), closed=(f"party.g{number - 1}",))


@contextmanager
def locked(registry: Registry) -> Iterator[None]:
    """Somebody else holds the file's only write lock."""
    other = sqlite3.connect(str(registry.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(registry: Registry) -> Iterator[None]:
    """No page more than there is: what SQLite says when the disk is full."""

    def limited(connection: Any, record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    registry.database.engine.dispose()
    event.listen(registry.database.engine, "connect", limited)
    try:
        yield
    finally:
        event.remove(registry.database.engine, "connect", limited)
        registry.database.engine.dispose()


def written(registry: Registry, number: int) -> bool:
    """Whether there was still room for it."""
    try:
        return registry.store.apply(step(number), [paper(number)])
    except RegistryUnavailableError:
        return False


@pytest.mark.parametrize("trouble", [locked, full])
def test_a_commit_that_cannot_be_written_leaves_nothing_and_succeeds_when_repeated(
    registry: Registry, trouble: Any
) -> None:
    """Ten times in a row: refused as a whole, then written as a whole, and the chain is one."""
    with trouble(registry):
        number = 1
        while written(registry, number):  # on a full disk, what still fits into the pages there are is written
            number += 1
        before = content(registry)
        for _ in range(10):
            with pytest.raises(RegistryUnavailableError, match=r"(locked|full).*未作任何改动"):
                registry.store.apply(step(number), [paper(number)])
            assert content(registry) == before
    assert registry.store.apply(step(number), [paper(number)])
    assert not registry.store.apply(step(number), [paper(number)])
    report = registry.journals.verify(ELECTION)
    assert (report.lines, report.problems) == (number, ())


def test_readers_do_not_wait_for_a_writer(registry: Registry) -> None:
    """Lists are shown while somebody writes; only another writer has to wait, and says so."""
    registry.store.apply(commit(1, opened=(task("party.meeting"),)), ())
    with locked(registry):
        assert [one.gate for one in registry.store.inbox()] == ["party.meeting"]
        with pytest.raises(RegistryUnavailableError, match="locked"):
            registry.store.refuse(refusal(), NOW)
        with pytest.raises(RegistryUnavailableError, match="locked"):
            registry.commands.begin("key", "A001", PARTY, "decide", "c" * 64, NOW)
    registry.store.refuse(refusal(), NOW)


def test_an_error_does_not_show_what_was_to_be_written(registry: Registry) -> None:
    """Names do not get into a log, or into a workflow's history, by way of an error."""
    with locked(registry), pytest.raises(RegistryUnavailableError) as caught:
        registry.store.apply(commit(1, decided("party.meeting")), ())
    assert "张三" not in f"{caught.value}{caught.value.__cause__}"


WORKER = """
import sys
from activities.registry import open_registry
from tests.activities.registry.county import of_unit
registry = open_registry(sys.argv[1])
for number in range(int(sys.argv[3]), 100000):
    registry.store.apply(of_unit(sys.argv[2], number), ())
    print(number, flush=True)
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_killed_process_loses_nothing_it_was_told_is_written(registry: Registry, seed: int) -> None:
    """Killed in full flight, twice; a successor begins with what the dead one may or may not have written."""
    path = str(registry.database.url.database)
    chance = random.Random(seed)
    told = 0
    for _ in range(2):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, path, UNITS[0], str(told + 1)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert worker.stdout is not None
        for _ in range(chance.randint(1, 12)):
            told = int(worker.stdout.readline())
        worker.kill()
        rest = worker.stdout.read().split()
        told = int(rest[-1]) if rest else told
        worker.stdout.close()
        worker.wait()
        after = open_registry(path)
        report = after.journals.verify(ELECTION)
        assert report.problems == ()
        assert report.lines in (told, told + 1)
        after.close()
    assert registry.store.apply(of_unit(UNITS[0], told + 1), ()) is (report.lines == told)
    assert registry.store.apply(of_unit(UNITS[0], told + 2), ())
