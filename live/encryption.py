"""Nothing a workflow receives, keeps or answers stands readable in the Temporal server's database: payloads are encrypted.

AES-256-GCM with a random 96-bit nonce a payload. Each payload names its key and is bound to that name, so it cannot be
passed off as another key's. It is deliberately *not* bound to a workflow id: a child's input is written by its parent and
read by the child. Live and drill never mix because their home folders, and so their keys, are apart.

Keys live in one folder: `<id>.key` holds 32 random bytes in base64, `current` names the key that encrypts; every key there
decrypts. A key file is never rewritten. A rotation writes a new key first and names it last, so a crash in between costs
nothing. Processes that run meanwhile read the folder again when they meet a key they do not know.

A key must be kept as long as any history encrypted with it, and be backed up apart from the databases.
"""

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SUFFIX = ".key"
CURRENT = "current"

ENCODING = b"binary/encrypted"
CIPHER = b"A256GCM"
ENCODING_FIELD, CIPHER_FIELD, KEY_FIELD = "encoding", "encryption-cipher", "encryption-key-id"
_BOUND_TO = b"huanjie payload 1\n"
"""What is authenticated beside the text: the format, then the key's id."""


class KeysUnusable(Exception):  # noqa: N818 - named for what happened, as a reader would say it
    """A folder's keys cannot be used; `problems` are Chinese sentences, all of them at once."""

    def __init__(self, *problems: str) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


class PayloadRefused(Exception):  # noqa: N818
    """A payload that cannot be trusted or read: plain, altered, or under a key that is not here.

    Deliberately no ApplicationError. In a worker this fails the workflow *task*, which the server tries again for ever: the
    election stands still until the key is back, and then goes on. A non-retryable ApplicationError would end the election.
    """


# ---------------------------------------------------------------- keys


@dataclass(frozen=True, repr=False)
class Keyring:
    """Keys by id, 32 bytes each; `current` encrypts, all of them decrypt."""

    current: str
    keys: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise KeysUnusable(f"当前密钥 {self.current} 不在密钥之中（现有：{'、'.join(sorted(self.keys)) or '无'}）")

    def __repr__(self) -> str:
        return f"Keyring(current={self.current!r}, ids={sorted(self.keys)!r})"  # never the keys themselves


def new_key(folder: Path) -> str:
    """Write a new random key into the folder (made when missing, mode 0700) and return its id.

    It decrypts from now on; it encrypts once `make_key_current` names it, which happens at once where no key is current yet.
    Raises KeysUnusable when the folder cannot be written.
    """
    key_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / f"{key_id}{SUFFIX}", base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
    except OSError as error:
        raise KeysUnusable(f"{folder}：无法写入密钥（{_reason(error)}）") from error
    if not (folder / CURRENT).exists():
        make_key_current(folder, key_id)
    return key_id


def make_key_current(folder: Path, key_id: str) -> None:
    """Let a key of the folder encrypt from now on. Raises KeysUnusable when it is not there or cannot be used."""
    problems: list[str] = []
    _read_key(folder / f"{key_id}{SUFFIX}", problems)
    if problems:
        raise KeysUnusable(*problems)
    try:
        _write(folder / CURRENT, f"{key_id}\n".encode())
    except OSError as error:
        raise KeysUnusable(f"{folder / CURRENT}：无法写入（{_reason(error)}）") from error


def rotate(folder: Path) -> str:
    """Make a new key and let it encrypt from now on; older keys still decrypt. Returns the new id; raises KeysUnusable.

    Where several machines share an election, copy the key `new_key` makes to each of them before `make_key_current`.
    """
    load_keyring(folder)  # never rotate a folder whose older keys cannot be read
    key_id = new_key(folder)
    make_key_current(folder, key_id)
    return key_id


def has_keys(folder: Path) -> bool:
    """Whether any key lies there, usable or not."""
    return any(folder.glob(f"*{SUFFIX}"))


def load_keyring(folder: Path) -> Keyring:
    """Every key of the folder. Raises KeysUnusable with all that is wrong: missing, malformed, readable by others."""
    if not folder.is_dir():
        raise KeysUnusable(f"{folder}：没有这个密钥文件夹；请先生成密钥，或从备份恢复")
    problems: list[str] = []
    try:
        files = sorted(folder.glob(f"*{SUFFIX}"))
        current = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        current = ""
        problems.append(f"{folder / CURRENT}：没有这个文件，不知道用哪个密钥加密；请写入一个密钥编号")
    except (OSError, UnicodeDecodeError) as error:
        raise KeysUnusable(f"{folder}：无法读取（{_reason(error)}）") from error
    keys = {file.name.removesuffix(SUFFIX): _read_key(file, problems) for file in files}
    if not files:
        problems.append(f"{folder}：没有任何密钥（*{SUFFIX}）；请先生成密钥，或从备份恢复")
    elif current and current not in keys:
        problems.append(f"{folder / CURRENT}：当前密钥 {current} 不存在（现有：{'、'.join(keys)}）")
    if problems:
        raise KeysUnusable(*problems)
    return Keyring(current, keys)


def _read_key(file: Path, problems: list[str]) -> bytes:
    """The key in a file, and what is wrong with it added to `problems`."""
    try:
        mode = file.stat().st_mode
        text = file.read_bytes()
    except FileNotFoundError:
        problems.append(f"{file}：没有这个密钥文件")
        return b""
    except OSError as error:
        problems.append(f"{file}：无法读取（{_reason(error)}）")
        return b""
    if open_to_others(mode):
        problems.append(f"{file}：权限为 {stat.S_IMODE(mode):04o}，本机其他用户可读写；请执行 chmod 600 {file}")
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        problems.append(f"{file}：不是 base64 编码；请从备份恢复")
        return b""
    if len(key) != KEY_BYTES:
        problems.append(f"{file}：密钥为 {len(key)} 字节，应为 {KEY_BYTES} 字节；请从备份恢复")
    return key


def open_to_others(mode: int) -> bool:
    """Whether a file's mode lets anybody but its owner read or change it; only POSIX modes say so."""
    return os.name == "posix" and bool(stat.S_IMODE(mode) & 0o077)


def _write(file: Path, content: bytes) -> None:
    """Put a file of mode 0600 in place whole, or not at all."""
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as whole:  # mode 0600
        try:
            whole.write(content)
            whole.flush()
            os.fsync(whole.fileno())
            os.replace(whole.name, file)
        except BaseException:
            os.unlink(whole.name)
            raise
    if os.name == "posix":  # the name must survive a power cut too
        entry = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


# ---------------------------------------------------------------- payloads


class EncryptionCodec(PayloadCodec):
    """Encrypts every payload with the current key, decrypts with the key a payload names.

    `reload` is asked for the keys anew when a payload names an unknown one, so that a rotation needs no restart.
    `accept_plain` also lets unencrypted payloads in, for an explicit migration only: whoever can write to the server's
    database could then put anything there.

    A payload takes microseconds and cannot exceed the server's 2 MB, so the work stays on the event loop.
    """

    def __init__(
        self, keyring: Keyring, *, reload: Callable[[], Keyring] | None = None, accept_plain: bool = False
    ) -> None:
        self._reload = reload
        self._accept_plain = accept_plain
        self._use(keyring)

    @classmethod
    def of(cls, folder: Path, *, accept_plain: bool = False) -> "EncryptionCodec":
        """A codec with the keys of a folder, which it reads again when needed. Raises KeysUnusable."""
        return cls(load_keyring(folder), reload=lambda: load_keyring(folder), accept_plain=accept_plain)

    @property
    def current(self) -> str:
        """The id of the key that encrypts now."""
        return self._keyring.current

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See PayloadCodec."""
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See PayloadCodec. Raises PayloadRefused."""
        return [self._decrypt(payload) for payload in payloads]

    def _use(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keyring.keys.items()}

    def _encrypt(self, payload: Payload) -> Payload:
        key_id = self._keyring.current
        nonce = secrets.token_bytes(NONCE_BYTES)
        text = self._ciphers[key_id].encrypt(nonce, payload.SerializeToString(), _BOUND_TO + key_id.encode())
        return Payload(
            metadata={ENCODING_FIELD: ENCODING, CIPHER_FIELD: CIPHER, KEY_FIELD: key_id.encode()}, data=nonce + text
        )

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get(ENCODING_FIELD) != ENCODING:
            if self._accept_plain:
                return payload
            raise PayloadRefused("收到未加密的内容，已拒绝：正式数据一律加密；确需迁移旧数据时，请显式允许未加密内容")
        key_id = _shown(payload.metadata.get(KEY_FIELD, b""))
        cipher = payload.metadata.get(CIPHER_FIELD, b"")
        if cipher != CIPHER:
            raise PayloadRefused(f"内容的加密方式为 {_shown(cipher) or '空'}，本系统只用 {CIPHER.decode()}")
        data = payload.data
        if len(data) < NONCE_BYTES + TAG_BYTES:
            raise PayloadRefused(f"以密钥 {key_id} 加密的内容只有 {len(data)} 字节，不完整：内容被截断或改动过")
        try:
            text = self._cipher(key_id).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _BOUND_TO + key_id.encode())
            return Payload.FromString(text)
        except (InvalidTag, DecodeError) as error:
            raise PayloadRefused(
                f"以密钥 {key_id} 加密的内容通不过校验：内容或密钥编号被改动过，或密钥文件不是原来的"
            ) from error

    def _cipher(self, key_id: str) -> AESGCM:
        """The cipher of a key, the keys read again when it is not among those at hand. Raises PayloadRefused."""
        if key_id not in self._ciphers and self._reload is not None:
            try:
                self._use(self._reload())
            except KeysUnusable as error:
                raise PayloadRefused(f"没有密钥 {key_id}，重新读取密钥时又遇到：{error}") from error
        try:
            return self._ciphers[key_id]
        except KeyError:
            known = "、".join(sorted(self._ciphers))
            raise PayloadRefused(
                f"没有密钥 {key_id or '（未写明编号）'}（现有：{known}）：请从备份恢复该密钥文件，恢复后自动继续"
            ) from None


def _shown(text: bytes) -> str:
    """What somebody wrote into a payload's metadata, fit for a message."""
    return "".join(char if char.isprintable() else "?" for char in text[:64].decode("utf-8", "replace"))
