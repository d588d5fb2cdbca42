"""A real server that demands certificates: who has none is turned away, and the server's own parts still find each other."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from temporalio.client import Client, Schedule, ScheduleActionStartWorkflow, ScheduleSpec
from temporalio.service import TLSConfig

from activities.registry import Kind
from live.certificates import Certificates
from live.pilot import bring_up
from live.server import Configuration, MemoryStore, Ports, prepare, running
from live.server.problems import PreparationFailed
from live.settings import CountySettings
from live.tls import transport
from tests.console.test_server import run
from tests.server.pilot import free_ports
from tests.server.stock import LIFETIME, stock_server
from workflows.catalogue import TASK_QUEUE

pytestmark = pytest.mark.server

NAMESPACE = "huanjie-live"


def test_only_certificates_of_the_county_come_in(tmp_path: Path) -> None:
    """With a certificate everything works, schedules too, which the server's own worker runs; without one, nothing."""
    certificates = Certificates(tmp_path / "tls")
    certificates.make(datetime.now(UTC))
    demanded, shown = certificates.of_server(), transport("localhost:7233", certificates.of_clients())
    assert shown is not None
    nothing_shown = TLSConfig(server_root_ca_cert=shown.server_root_ca_cert)

    configuration = Configuration(tmp_path / "county", MemoryStore(), Ports.free(), tls=demanded)
    address = f"localhost:{configuration.ports.frontend}"
    with running(stock_server(), configuration, tls=shown, lifetime=LIFETIME):
        for without in (None, nothing_shown):
            with pytest.raises(PreparationFailed):
                asyncio.run(prepare(address, NAMESPACE, tls=without, within=3))
        assert asyncio.run(prepare(address, NAMESPACE, tls=shown)).changed is True
        assert asyncio.run(actions_of_a_schedule(address, shown)) == 1


async def actions_of_a_schedule(address: str, tls: TLSConfig) -> int:
    client = await Client.connect(address, namespace=NAMESPACE, tls=tls)
    action = ScheduleActionStartWorkflow("Any", id="report", task_queue=TASK_QUEUE)
    handle = await client.create_schedule("daily", Schedule(action, ScheduleSpec()), trigger_immediately=True)
    deadline = monotonic() + 60
    while not (done := (await handle.describe()).info.num_actions) and monotonic() < deadline:
        await asyncio.sleep(0.1)
    return done


def test_a_county_with_certificates_comes_up_and_answers_nobody_else(tmp_path: Path) -> None:
    """As `huanjie live` brings it up: its own programs need no setting, whoever shows nothing is turned away."""
    settings = CountySettings(home=tmp_path, first_port=free_ports(), temporal_server=stock_server().path)
    settings.certificates.make(datetime.now(UTC))
    prepared = asyncio.run(bring_up(settings, Kind.DRILL, lambda line: None))
    assert prepared.server is not None
    try:
        endpoint = settings.endpoint(Kind.DRILL)
        tls = transport(endpoint.address, endpoint.tls)
        assert asyncio.run(prepare(endpoint.address, endpoint.namespace, tls=tls)).changed is False
        with pytest.raises(PreparationFailed):
            asyncio.run(prepare(endpoint.address, endpoint.namespace, within=3))
        told = run("certificates", home=settings.home, first_port=settings.first_port)
        assert told.exit_code == 2
        assert "正在运行" in told.output
    finally:
        prepared.server.stop()
