"""A real server on one file: made once and whole, prepared once, and a crash loses nothing."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from live.server import (
    SEARCH_ATTRIBUTES,
    Configuration,
    MemoryStore,
    Outcome,
    Ports,
    Server,
    SqliteStore,
    prepare,
    running,
    set_up,
    start,
)
from live.server.problems import PreparationFailed
from live.server.stores import release, release_of
from tests.server.stock import LIFETIME, stock_server
from workflows.catalogue import TASK_QUEUE

pytestmark = pytest.mark.server

NAMESPACE = "huanjie-drill"


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    home = tmp_path / "县 #1 ?50%"
    return Configuration(home, SqliteStore(home / "temporal.sqlite"), Ports.free())


def test_a_killed_server_has_lost_nothing(configuration: Configuration) -> None:
    """What a client was told is done is there after SIGKILL and a restart; preparing again finds nothing to do."""
    binary = stock_server()
    [made] = asyncio.run(set_up(binary, configuration, lifetime=LIFETIME))
    assert made.outcome is Outcome.CREATED
    assert [path.name for path in configuration.home.glob("temporal.sqlite*")].count("temporal.sqlite") == 1
    assert not (configuration.home / "temporal.sqlite.new").exists()
    assert release_of(configuration.home / "temporal.sqlite") == release(binary.version)

    with running(binary, configuration, lifetime=LIFETIME) as server:
        first = asyncio.run(prepare(server.address, NAMESPACE))
        assert {step.outcome for step in first.steps} == {Outcome.CREATED}
        assert len(first.steps) == 1 + len(SEARCH_ATTRIBUTES)
        before = asyncio.run(begin_and_signal(server))
        server.kill()

    [kept] = asyncio.run(set_up(binary, configuration, lifetime=LIFETIME))
    assert kept.outcome is Outcome.KEPT
    with running(binary, configuration, lifetime=LIFETIME) as server:
        assert asyncio.run(prepare(server.address, NAMESPACE)).changed is False
        assert asyncio.run(history_of(server)) == before


async def begin_and_signal(server: Server) -> list[int]:
    client = await Client.connect(server.address, namespace=NAMESPACE)
    handle = await client.start_workflow("Any", id="u1", task_queue=TASK_QUEUE)
    for n in range(20):
        await handle.signal("word", n)
    return await history_of(server)


async def history_of(server: Server) -> list[int]:
    """The kinds of its events, in order; it must be running."""
    client = await Client.connect(server.address, namespace=NAMESPACE)
    handle = client.get_workflow_handle("u1")
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    kinds = [int(event.event_type) for event in (await handle.fetch_history()).events]
    assert len(kinds) >= 21
    return kinds


def test_a_set_up_that_was_cut_off_begins_anew(configuration: Configuration) -> None:
    """Half the tables, left by a killed set-up, are thrown away: the server itself would take them for all."""
    configuration.home.mkdir()
    with closing(sqlite3.connect(configuration.home / "temporal.sqlite.new")) as half:
        half.execute("CREATE TABLE namespaces (id INT)")
    asyncio.run(set_up(stock_server(), configuration, lifetime=LIFETIME))
    with closing(sqlite3.connect(configuration.home / "temporal.sqlite")) as whole:
        columns = [row[1] for row in whole.execute("PRAGMA table_info(namespaces)")]
        tables = {row[0] for row in whole.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "notification_version" in columns
    assert {"executions", "history_node", "shards", "executions_visibility"} <= tables


def test_a_set_up_is_killed_at_any_moment(configuration: Configuration) -> None:
    """The file has its name only when it is whole: a set-up whose server dies leaves none."""
    binary = stock_server()
    making = Configuration(
        configuration.home, SqliteStore(configuration.home / "temporal.sqlite.new", setup=True), configuration.ports
    )
    configuration.home.mkdir()
    server = start(binary, making, lifetime=LIFETIME)
    try:
        while server.running() and not (configuration.home / "temporal.sqlite.new").exists():
            pass
    finally:
        server.kill()
    assert not (configuration.home / "temporal.sqlite").exists()
    [made] = asyncio.run(set_up(binary, configuration, lifetime=LIFETIME))
    assert made.outcome is Outcome.CREATED


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    configuration = Configuration(tmp_path_factory.mktemp("memory"), MemoryStore(), Ports.free(), time_skipping=True)
    with running(stock_server(), configuration, lifetime=LIFETIME) as server:
        yield server


def test_another_retention_is_put_right(in_memory: Server) -> None:
    """A namespace somebody made with fewer days is changed, told as such, and only the first time."""

    async def thrice() -> list[list[Outcome]]:
        short = timedelta(days=3)
        reports = [await prepare(in_memory.address, "other", retention=short)]
        reports += [await prepare(in_memory.address, "other") for _ in range(2)]
        return [[step.outcome for step in report.steps] for report in reports]

    made, changed, kept = asyncio.run(thrice())
    attributes = len(SEARCH_ATTRIBUTES)
    assert made == [Outcome.CREATED] * (1 + attributes)
    assert changed == [Outcome.CHANGED] + [Outcome.KEPT] * attributes
    assert kept == [Outcome.KEPT] * (1 + attributes)


def test_two_may_prepare_at_once(in_memory: Server) -> None:
    """Neither fails, and afterwards nothing is left to do."""

    async def both() -> bool:
        await asyncio.gather(*(prepare(in_memory.address, "shared") for _ in range(2)))
        return (await prepare(in_memory.address, "shared")).changed

    assert asyncio.run(both()) is False


def test_nobody_there_is_said(tmp_path: Path) -> None:
    """Preparing a server that does not run names the address."""
    address = Configuration(tmp_path, MemoryStore(), Ports.free()).address
    with pytest.raises(PreparationFailed, match=address):
        asyncio.run(prepare(address, NAMESPACE, within=2))
