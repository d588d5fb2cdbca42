"""A county's own certificates: who checks them is the library's verifier, and the settings that find them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from activities.registry import Kind
from live.certificates import LASTS, NAME, Certificates
from live.server.configuration import LOOPBACK
from live.settings import CountySettings
from live.tls import TransportRefused, transport

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    certificates = Certificates(tmp_path / "tls")
    certificates.make(NOW)
    return certificates


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def verified(certificates: Certificates, server: x509.Certificate, client: x509.Certificate, at: datetime) -> None:
    """Raises VerificationError where the authority did not sign both, each for its use."""
    policy = PolicyBuilder().store(Store([read(certificates.authority)])).time(at)
    policy.build_server_verifier(x509.DNSName(NAME)).verify(server, [])
    policy.build_client_verifier().verify(server, [])  # the server's parts call each other with it
    policy.build_client_verifier().verify(client, [])


def test_both_sides_are_signed_for_their_days_and_no_longer(made: Certificates) -> None:
    """The verifier takes them from the day they are made to their last, and not a second after."""
    server, client = read(made.of_server().certificate), read(made.folder / "client.pem")
    for at in (NOW, NOW + LASTS):
        verified(made, server, client, at)
    with pytest.raises(VerificationError):
        verified(made, server, client, NOW + LASTS + timedelta(seconds=1))
    assert made.end() == NOW + LASTS


def test_only_the_owner_reads_them_and_nobody_signs_a_third(made: Certificates) -> None:
    """The authority's key is kept nowhere."""
    assert made.folder.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "ca.pem",
        "client.key",
        "client.pem",
        "server.key",
        "server.pem",
    ]
    assert {path.stat().st_mode & 0o777 for path in made.folder.iterdir()} == {0o600}


def test_made_anew_the_old_ones_count_no_more(made: Certificates) -> None:
    """Renewal replaces all five; nothing of the old set is left beside them."""
    server, client = read(made.of_server().certificate), read(made.folder / "client.pem")
    made.make(NOW)
    with pytest.raises(VerificationError):
        verified(made, server, client, NOW)
    assert [path.name for path in made.folder.parent.iterdir()] == ["tls"]


def test_the_county_uses_them_for_its_own_server_alone(made: Certificates) -> None:
    """Both sides find them in the home folder; a server elsewhere is spoken to with what is set for it."""
    home = made.folder.parent
    own = CountySettings(home=home)
    assert own.configuration.tls == made.of_server()
    endpoint = own.endpoint(Kind.DRILL)
    used = transport(endpoint.address, endpoint.tls, now=NOW)
    assert used is not None
    assert used.domain == NAME
    away = CountySettings(home=home, temporal_address="temporal.example.gov.cn:7233", tls_ca=Path("ca.pem"))
    assert away.endpoint(Kind.DRILL).tls != made.of_clients()
    assert CountySettings(home=home / "other").configuration.tls is None


def test_expired_ones_are_told_as_such(made: Certificates) -> None:
    """Before anything is connected."""
    with pytest.raises(TransportRefused, match="过期"):
        transport(f"{LOOPBACK}:7233", made.of_clients(), now=NOW + LASTS + timedelta(days=1))


def test_settings_for_another_server_are_refused_for_our_own(tmp_path: Path) -> None:
    """It would be spoken to in a way it does not answer, for as long as patience lasts."""
    with pytest.raises(TransportRefused, match="huanjie server certificates"):
        CountySettings(home=tmp_path, tls_ca=tmp_path / "ca.pem").endpoint(Kind.LIVE)
