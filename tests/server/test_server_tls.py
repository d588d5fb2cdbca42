"""A real server that demands certificates: who has none is turned away, and the server's own parts still find each other."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from temporalio.client import Client, Schedule, ScheduleActionStartWorkflow, ScheduleSpec
from temporalio.service import TLSConfig

from activities.registry import Kind
from live.pilot import bring_up
from live.server import Configuration, MemoryStore, MutualTls, Ports, prepare, running
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
    authority, signing = certificate("county")
    issued, key = certificate("localhost", authority, signing)
    files = {"ca.pem": pem(authority), "cert.pem": pem(issued), "key.pem": pem(key)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    demanded = MutualTls(tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "ca.pem")
    shown = TLSConfig(
        server_root_ca_cert=files["ca.pem"], client_cert=files["cert.pem"], client_private_key=files["key.pem"]
    )
    nothing_shown = TLSConfig(server_root_ca_cert=files["ca.pem"])

    configuration = Configuration(tmp_path / "county", MemoryStore(), Ports.free(), tls=demanded)
    address = f"localhost:{configuration.ports.frontend}"
    with running(stock_server(), configuration, tls=replaced(shown), lifetime=LIFETIME):
        for without in (None, nothing_shown):
            with pytest.raises(PreparationFailed):
                asyncio.run(prepare(address, NAMESPACE, tls=without, within=3))
        assert asyncio.run(prepare(address, NAMESPACE, tls=shown)).changed is True
        assert asyncio.run(actions_of_a_schedule(address, shown)) == 1


def replaced(tls: TLSConfig) -> TLSConfig:
    """The same for a server called by its number: the name in its certificate is said."""
    return TLSConfig(tls.server_root_ca_cert, "localhost", tls.client_cert, tls.client_private_key)


async def actions_of_a_schedule(address: str, tls: TLSConfig) -> int:
    client = await Client.connect(address, namespace=NAMESPACE, tls=tls)
    action = ScheduleActionStartWorkflow("Any", id="report", task_queue=TASK_QUEUE)
    handle = await client.create_schedule("daily", Schedule(action, ScheduleSpec()), trigger_immediately=True)
    deadline = monotonic() + 60
    while not (done := (await handle.describe()).info.num_actions) and monotonic() < deadline:
        await asyncio.sleep(0.1)
    return done


def certificate(
    name: str, issuer: x509.Certificate | None = None, signing: ec.EllipticCurvePrivateKey | None = None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate with its key: an authority's own, or one an authority signs."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key if signing is None else signing, hashes.SHA256())
    )
    return built, key


def pem(thing: x509.Certificate | ec.EllipticCurvePrivateKey) -> bytes:
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(Encoding.PEM)
    return thing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


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
