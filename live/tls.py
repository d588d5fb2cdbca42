"""How the connection to the Temporal server is secured: TLS with a client certificate, and no plain text off this machine."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from temporalio.service import TLSConfig

from live.encryption import open_to_others


class TransportRefused(Exception):  # noqa: N818 - named for what happened
    """The server would be spoken to in a way that is not safe, or cannot be; `problems` are Chinese sentences, all at once."""

    def __init__(self, *problems: str) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the authority that signs the server's certificate (None: the system's authorities), this side's own
    certificate with its key (both or neither), and the name in the server's certificate where it is not the address's.
    """

    server_ca: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    server_name: str = ""


def host_of(address: str) -> str:
    """The host in `host:port` or `[ipv6]:port`. Raises TransportRefused when it is neither."""
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.path or parts.query or parts.fragment or parts.username is not None:
        raise TransportRefused(f"服务器地址“{address}”不对：应为 主机:端口，例如 127.0.0.1:7233")
    return host


def on_this_machine(host: str) -> bool:
    """Whether a host is a loopback address; of names only `localhost` is."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def transport(
    address: str, tls: TlsFiles | None, *, allow_plain: bool = False, now: datetime | None = None
) -> TLSConfig | None:
    """What `Client.connect(tls=…)` takes; None is plain text, which only loopback gets unless `allow_plain` says otherwise.

    `now`: the instant certificates must be valid at. Raises TransportRefused with everything that is wrong.
    """
    host = host_of(address)
    if tls is None:
        if on_this_machine(host) or allow_plain:
            return None
        raise TransportRefused(
            f"服务器 {address} 不在本机，未设置 TLS，已拒绝明文连接：请给出服务器 CA 证书与本机客户端证书；"
            "确在可信内网中使用明文的，须显式允许"
        )
    problems: list[str] = []
    ca = _pem(tls.server_ca, "服务器 CA 证书", problems)
    cert = _pem(tls.client_cert, "客户端证书", problems)
    key = _pem(tls.client_key, "客户端私钥", problems)
    if (tls.client_cert is None) != (tls.client_key is None):
        given, missing = ("证书", "私钥") if tls.client_key is None else ("私钥", "证书")
        problems.append(f"只给出了客户端{given}，没有客户端{missing}：双向认证两者缺一不可")
    instant = now or datetime.now(UTC)
    for path, text, what in ((tls.server_ca, ca, "服务器 CA 证书"), (tls.client_cert, cert, "客户端证书")):
        if text is not None:
            problems.extend(_certificate_problems(text, f"{what} {path}", instant))
    if key is not None:
        problems.extend(_key_problems(key, cert, tls.client_key))
    if problems:
        raise TransportRefused(*problems)
    return TLSConfig(server_root_ca_cert=ca, client_cert=cert, client_private_key=key, domain=tls.server_name or None)


def _pem(path: Path | None, what: str, problems: list[str]) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        problems.append(f"{what} {path}：无法读取（{error.strerror or error}）")
        return None


def _certificate_problems(text: bytes, what: str, now: datetime) -> list[str]:
    try:
        certificates = x509.load_pem_x509_certificates(text)
    except ValueError:
        return [f"{what}：不是 PEM 格式的证书"]
    first = certificates[0]
    if now > first.not_valid_after_utc:
        return [f"{what}：已于 {first.not_valid_after_utc:%Y-%m-%d %H:%M} UTC 过期，请换发新证书"]
    if now < first.not_valid_before_utc:
        return [f"{what}：{first.not_valid_before_utc:%Y-%m-%d %H:%M} UTC 起才有效，请核对证书与本机时间"]
    return []


def _key_problems(key: bytes, cert: bytes | None, path: Path | None) -> list[str]:
    problems = []
    if path is not None and open_to_others(path.stat().st_mode):
        problems.append(f"客户端私钥 {path}：本机其他用户可读写；请执行 chmod 600 {path}")
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except TypeError:
        return [*problems, f"客户端私钥 {path}：带有口令，服务无法自动使用；请换成不带口令、权限为 0600 的私钥"]
    except ValueError:
        return [*problems, f"客户端私钥 {path}：不是 PEM 格式的私钥"]
    try:
        public = None if cert is None else x509.load_pem_x509_certificates(cert)[0].public_key()
    except ValueError:
        public = None  # said already
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if public is not None and public.public_bytes(*form) != private.public_key().public_bytes(*form):
        problems.append(f"客户端私钥 {path} 与客户端证书不是一对")
    return problems
