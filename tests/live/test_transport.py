"""Plain text stays on this machine; certificates are checked before anything is sent, all problems at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from live.tls import TlsFiles, TransportRefused, transport

NOW = datetime(2026, 5, 1, tzinfo=UTC)
FAR = "temporal.example.cn:7233"


def pair(folder: Path, name: str, *, days: int = 30, password: bytes | None = None) -> tuple[Path, Path]:
    """A self-signed certificate valid for `days` from a day before NOW, and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{name}.pem", folder / f"{name}.key.pem"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    key_file.touch(mode=0o600)
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    return cert_file, key_file


@pytest.mark.parametrize("address", ["127.0.0.1:7233", "localhost:7233", "[::1]:7233", "127.8.9.1:1"])
def test_plain_text_is_for_this_machine(address: str) -> None:
    """Loopback needs no TLS."""
    assert transport(address, None) is None


@pytest.mark.parametrize(
    "address", [FAR, "10.0.0.5:7233", "127.0.0.1.example.cn:7233", "[fe80::1]:7233", "0.0.0.0:7233"]
)
def test_plain_text_to_elsewhere_is_refused_unless_allowed(address: str) -> None:
    """Names that only look local are elsewhere too."""
    with pytest.raises(TransportRefused, match="已拒绝明文连接"):
        transport(address, None)
    assert transport(address, None, allow_plain=True) is None


@pytest.mark.parametrize("address", ["", "7233", "host", "host:port", "http://host:1/x", "host:99999", "a@host:1"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    """Host and port, nothing else."""
    with pytest.raises(TransportRefused, match="应为 主机:端口"):
        transport(address, None)


def test_mutual_tls_carries_the_files_contents(tmp_path: Path) -> None:
    """The authority, this side's certificate and key, and the server's name reach the SDK."""
    ca, _ = pair(tmp_path, "ca")
    cert, key = pair(tmp_path, "client")
    config = transport(FAR, TlsFiles(ca, cert, key, "temporal"), now=NOW)
    assert config is not None
    assert config.server_root_ca_cert == ca.read_bytes()
    assert (config.client_cert, config.client_private_key) == (cert.read_bytes(), key.read_bytes())
    assert config.domain == "temporal"


def test_the_systems_authorities_serve_where_none_is_given() -> None:
    """An empty TlsFiles is TLS all the same."""
    config = transport(FAR, TlsFiles(), now=NOW)
    assert config is not None
    assert config.server_root_ca_cert is None


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    """An authority that is missing, an expired certificate, a key of another pair that others can read."""
    cert, _ = pair(tmp_path, "client", days=0)
    _, other = pair(tmp_path, "other")
    other.chmod(0o640)
    with pytest.raises(TransportRefused) as refused:
        transport(FAR, TlsFiles(tmp_path / "none.pem", cert, other), now=NOW + timedelta(hours=1))
    missing, expired, readable, unpaired = refused.value.problems
    assert "none.pem：无法读取" in missing
    assert "2026-05-01 00:00 UTC 过期" in expired
    assert "chmod 600" in readable
    assert "不是一对" in unpaired


def test_half_a_pair_is_refused(tmp_path: Path) -> None:
    """A certificate without its key proves nothing."""
    cert, key = pair(tmp_path, "client")
    with pytest.raises(TransportRefused, match="没有客户端私钥"):
        transport(FAR, TlsFiles(client_cert=cert), now=NOW)
    with pytest.raises(TransportRefused, match="没有客户端证书"):
        transport(FAR, TlsFiles(client_key=key), now=NOW)


def test_a_key_behind_a_password_and_files_that_are_no_pem_are_named(tmp_path: Path) -> None:
    """A service cannot type a password."""
    cert, key = pair(tmp_path, "client", password=b"geheim")
    with pytest.raises(TransportRefused, match="带有口令"):
        transport(FAR, TlsFiles(None, cert, key), now=NOW)
    for file in (cert, key):
        file.write_text("x")
    with pytest.raises(TransportRefused) as refused:
        transport(FAR, TlsFiles(None, cert, key), now=NOW)
    assert [problem.rsplit("：", 1)[1] for problem in refused.value.problems] == [
        "不是 PEM 格式的证书",
        "不是 PEM 格式的私钥",
    ]


def test_a_certificate_of_tomorrow_is_named(tmp_path: Path) -> None:
    """Not yet valid: the certificate or this machine's clock is wrong."""
    ca, _ = pair(tmp_path, "ca")
    with pytest.raises(TransportRefused, match="起才有效"):
        transport(FAR, TlsFiles(ca), now=NOW - timedelta(days=2))
