"""A real server on a real PostgreSQL: tables made by the stock tool, again and again without harm."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from live.server import Configuration, Outcome, Ports, PostgresStore, prepare, running
from live.server.problems import StoreFailed
from live.server.schema import set_up_postgres
from tests.server.postgres import Postgres, running_postgres
from tests.server.stock import LIFETIME, need_postgres_and_tool, stock_server
from workflows.catalogue import TASK_QUEUE

pytestmark = pytest.mark.server

NAMESPACE = "huanjie-live"


@pytest.fixture(scope="module")
def sql_tool() -> Path:
    return need_postgres_and_tool()


@pytest.fixture(scope="module")
def postgres(sql_tool: Path) -> Iterator[Postgres]:
    with running_postgres() as started:
        yield started


def test_a_county_on_postgresql(postgres: Postgres, sql_tool: Path, tmp_path: Path) -> None:
    """Both databases are made once; the server keeps a workflow there over SIGKILL; preparing again changes nothing."""
    binary = stock_server()
    store = PostgresStore.from_url(postgres.url("county"))
    made = set_up_postgres(store, sql_tool)
    assert [step.outcome for step in made] == [Outcome.CREATED, Outcome.CREATED]
    again = set_up_postgres(store, sql_tool)
    assert [step.outcome for step in again] == [Outcome.KEPT, Outcome.KEPT]

    configuration = Configuration(tmp_path / "county", store, Ports.free())
    with running(binary, configuration, lifetime=LIFETIME) as server:
        assert asyncio.run(prepare(server.address, NAMESPACE)).changed is True
        asyncio.run(begin(server.address))
        server.kill()
    with running(binary, configuration, lifetime=LIFETIME) as server:
        assert asyncio.run(prepare(server.address, NAMESPACE)).changed is False
        assert asyncio.run(status(server.address)) is WorkflowExecutionStatus.RUNNING


async def begin(address: str) -> None:
    client = await Client.connect(address, namespace=NAMESPACE)
    await client.start_workflow("Any", id="u1", task_queue=TASK_QUEUE)


async def status(address: str) -> WorkflowExecutionStatus | None:
    client = await Client.connect(address, namespace=NAMESPACE)
    return (await client.get_workflow_handle("u1").describe()).status


def test_a_set_up_that_was_cut_off_goes_on(postgres: Postgres, sql_tool: Path) -> None:
    """Databases without tables, or with the tool's own tables and no version written yet, are finished."""
    store = PostgresStore.from_url(postgres.create_database("halfway"))
    with psycopg.connect(postgres.url("halfway").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE schema_version (version_partition INT NOT NULL, db_name VARCHAR(255) NOT NULL,"
            " creation_time TIMESTAMP, curr_version VARCHAR(64), min_compatible_version VARCHAR(64),"
            " PRIMARY KEY (version_partition, db_name))"
        )
    assert [step.outcome for step in set_up_postgres(store, sql_tool)] == [Outcome.CREATED, Outcome.CREATED]
    assert [step.outcome for step in set_up_postgres(store, sql_tool)] == [Outcome.KEPT, Outcome.KEPT]


def test_a_wrong_password_is_refused_without_showing_it(postgres: Postgres, sql_tool: Path) -> None:
    """The message names user and place, and neither the wrong password nor the right one."""
    store = replace(PostgresStore.from_url(postgres.url("county")), password="not-the-password")
    with pytest.raises(StoreFailed) as refused:
        set_up_postgres(store, sql_tool)
    text = str(refused.value)
    assert f"{postgres.user}@127.0.0.1:{postgres.port}" in text
    assert "not-the-password" not in text
    assert postgres.password not in text
