"""The certificates of a server of our own: made in the county's home folder, and from then on asked of whoever connects.

The server listens on loopback only, where every user of the machine can reach it; with these only the county's own programs
get an answer. One authority signs both sides and is forgotten at once: nobody can sign a third. To renew, make all anew.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from live.server import MutualTls
from live.server.configuration import LOOPBACK
from live.tls import TlsFiles, TransportRefused

LASTS = timedelta(days=825)
"""Longer than one round of elections, and what browsers once allowed at most."""
NAME = "localhost"
_EARLIER = timedelta(hours=1)  # a clock may be a little behind


@dataclass(frozen=True)
class Certificates:
    """PEM files in one folder (0700, each file 0600): the authority's certificate, and the server's and the clients' pairs."""

    folder: Path

    @property
    def authority(self) -> Path:
        """Signed both others; its key is nowhere."""
        return self.folder / "ca.pem"

    def there(self) -> bool:
        """Whether they were made."""
        return self.authority.is_file()

    def of_server(self) -> MutualTls:
        """What the server shows and demands."""
        return MutualTls(self.folder / "server.pem", self.folder / "server.key", self.authority, NAME)

    def of_clients(self) -> TlsFiles:
        """What the county's programs show and demand."""
        return TlsFiles(self.authority, self.folder / "client.pem", self.folder / "client.key", NAME)

    def end(self) -> datetime:
        """When they expire. Raises TransportRefused when they cannot be read."""
        try:
            return x509.load_pem_x509_certificate(self.authority.read_bytes()).not_valid_after_utc
        except (OSError, ValueError) as error:
            raise TransportRefused(f"证书 {self.authority} 无法读取（{error}）：请停下服务器后重新制发") from error

    def make(self, now: datetime) -> None:
        """Make all anew, in place of what was there, all or nothing. Raises TransportRefused when the folder cannot be written."""
        signing = generate_private_key(SECP256R1())
        authority = _certificate("huanjie county", signing.public_key(), signing, now, None)
        files = {"ca.pem": authority.public_bytes(Encoding.PEM)}
        for side in ("server", "client"):
            key = generate_private_key(SECP256R1())
            certificate = _certificate(side, key.public_key(), signing, now, authority)
            files[f"{side}.pem"] = certificate.public_bytes(Encoding.PEM)
            files[f"{side}.key"] = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        new, old = self.folder.with_name(f"{self.folder.name}.new"), self.folder.with_name(f"{self.folder.name}.old")
        try:
            for left in (new, old):
                shutil.rmtree(left, ignore_errors=True)
            new.mkdir(parents=True, mode=0o700)
            for name, content in files.items():
                with os.fdopen(os.open(new / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
            if self.folder.exists():
                self.folder.rename(old)
            new.rename(self.folder)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise TransportRefused(f"{self.folder}：无法写入证书（{error.strerror or error}）") from error


def _certificate(
    name: str,
    key: EllipticCurvePublicKey,
    signing: EllipticCurvePrivateKey,
    now: datetime,
    authority: x509.Certificate | None,
) -> x509.Certificate:
    """One certificate: the authority's own where there is none yet, else one for either end of a connection on this machine."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = now.astimezone(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if authority is None else authority.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - _EARLIER)
        .not_valid_after(start + LASTS)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=0 if authority is None else None), True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
        .add_extension(_usage(signs=authority is None), True)
    )
    if authority is not None:
        names = [x509.DNSName(NAME), x509.IPAddress(ip_address(LOOPBACK))]
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]  # the server's parts call each other
        built = built.add_extension(x509.SubjectAlternativeName(names), False).add_extension(
            x509.ExtendedKeyUsage(uses), False
        )
    return built.sign(signing, hashes.SHA256())


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
