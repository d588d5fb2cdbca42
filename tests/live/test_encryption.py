"""Payloads are unreadable and unalterable without the key, keys can be changed, and a missing key is named."""

import asyncio
import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.converter import DefaultFailureConverterWithEncodedAttributes
from temporalio.exceptions import ApplicationError

from live.encryption import (
    EncryptionCodec,
    Keyring,
    KeysUnusable,
    PayloadRefused,
    load_keyring,
    make_key_current,
    new_key,
    rotate,
)
from live.plugin import election_converter

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
NAME = "王秀英"


def codec(**keys: bytes) -> EncryptionCodec:
    """A codec whose last key is the current one."""
    return EncryptionCodec(Keyring(list(keys)[-1], keys))


def payload(text: str = NAME) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=text.encode())


def encoded(by: EncryptionCodec, *payloads: Payload) -> list[Payload]:
    return asyncio.run(by.encode(payloads))


def decoded(by: EncryptionCodec, *payloads: Payload) -> list[Payload]:
    return asyncio.run(by.decode(payloads))


payloads = st.builds(
    Payload,
    data=st.binary(max_size=300),
    metadata=st.dictionaries(st.text(max_size=12), st.binary(max_size=12), max_size=3),
)


@given(st.lists(payloads, max_size=5))
def test_what_is_encrypted_comes_back_whole_and_in_order(contents: list[Payload]) -> None:
    """Any payloads, metadata included, return as they were."""
    one = codec(a=OLD)
    assert decoded(one, *encoded(one, *contents)) == contents


def test_only_the_keys_name_is_readable() -> None:
    """Outside stand the encoding, the cipher and the key's id, nothing of the content and not its encoding."""
    (secret,) = encoded(codec(a=OLD), payload())
    assert dict(secret.metadata) == {
        "encoding": b"binary/encrypted",
        "encryption-cipher": b"A256GCM",
        "encryption-key-id": b"a",
    }
    assert NAME.encode() not in secret.data
    assert b"json/plain" not in secret.data


def test_the_cipher_is_aes_gcm_with_the_key_id_bound_to_it() -> None:
    """Decrypted here with nothing but the library: 12 bytes of nonce, and the key id as associated data."""
    (secret,) = encoded(codec(a=OLD), payload())
    plain = AESGCM(OLD).decrypt(secret.data[:12], secret.data[12:], b"huanjie payload 1\na")
    assert Payload.FromString(plain) == payload()


def test_the_same_content_never_looks_the_same() -> None:
    """Nonces are fresh: two encryptions of one payload differ."""
    one = codec(a=OLD)
    assert encoded(one, payload()) != encoded(one, payload())


@given(st.data())
def test_one_changed_bit_is_noticed(data: st.DataObject) -> None:
    """Wherever a bit of nonce, text or tag is turned, the payload is refused."""
    one = codec(a=OLD)
    (secret,) = encoded(one, payload())
    place = data.draw(st.integers(0, len(secret.data) * 8 - 1))
    changed = bytearray(secret.data)
    changed[place // 8] ^= 1 << place % 8
    secret.data = bytes(changed)
    with pytest.raises(PayloadRefused, match=r"密钥 a .*改动过"):
        decoded(one, secret)


def test_a_payload_cannot_be_passed_off_as_another_keys() -> None:
    """Even with the very same key under two names, the name a payload was made with is part of it."""
    (secret,) = encoded(codec(a=OLD), payload())
    secret.metadata["encryption-key-id"] = b"b"
    with pytest.raises(PayloadRefused, match="密钥 b "):
        decoded(codec(a=OLD, b=OLD), secret)


def test_a_cut_payload_is_refused() -> None:
    """Fewer bytes than nonce and tag cannot be a payload."""
    (secret,) = encoded(codec(a=OLD), payload())
    secret.data = secret.data[:27]
    with pytest.raises(PayloadRefused, match="只有 27 字节"):
        decoded(codec(a=OLD), secret)


def test_another_cipher_is_refused_by_name() -> None:
    """Metadata that claims a cipher we do not use is not tried."""
    (secret,) = encoded(codec(a=OLD), payload())
    secret.metadata["encryption-cipher"] = b"ROT13\n"
    with pytest.raises(PayloadRefused, match=r"ROT13\?"):
        decoded(codec(a=OLD), secret)


def test_plain_content_is_refused_unless_asked_for() -> None:
    """Whoever writes into the server's database must not be believed; a migration says so explicitly."""
    with pytest.raises(PayloadRefused, match="未加密"):
        decoded(codec(a=OLD), payload())
    migrating = EncryptionCodec(Keyring("a", {"a": OLD}), accept_plain=True)
    assert decoded(migrating, payload(), *encoded(migrating, payload("乙"))) == [payload(), payload("乙")]


def test_an_unknown_key_is_named_with_those_at_hand() -> None:
    """The message says which key is missing and what to do."""
    (secret,) = encoded(codec(lost=OLD), payload())
    with pytest.raises(PayloadRefused, match="没有密钥 lost（现有：b、c）：请从备份恢复"):
        decoded(codec(b=OLD, c=NEW), secret)


def test_a_refusal_fails_the_task_not_the_election() -> None:
    """An ApplicationError that is not retried would end the workflow: a missing key must only make it wait."""
    assert not issubclass(PayloadRefused, ApplicationError)


def test_texts_of_failures_are_encrypted_too() -> None:
    """A refusal's findings and its message name people; both come back for whoever has the key."""
    one = codec(a=OLD)
    converter = election_converter(one)
    assert converter.failure_converter_class is DefaultFailureConverterWithEncodedAttributes

    async def there_and_back() -> tuple[bytes, BaseException]:
        from temporalio.api.failure.v1 import Failure

        failure = Failure()
        error = ApplicationError(f"{NAME}与监票人有近亲属关系", {"rule": "V9", "message": NAME}, type="refused")
        await converter.encode_failure(error, failure)
        return failure.SerializeToString(), await converter.decode_failure(failure)

    stored, error = asyncio.run(there_and_back())
    assert NAME.encode() not in stored
    assert isinstance(error, ApplicationError)
    assert (error.message, error.type) == (f"{NAME}与监票人有近亲属关系", "refused")
    assert list(error.details) == [{"rule": "V9", "message": NAME}]


# ---------------------------------------------------------------- keys in a folder


def test_a_new_folder_has_one_key_that_is_current_and_private(tmp_path: Path) -> None:
    """The first key encrypts at once; folder and files are for their owner alone."""
    folder = tmp_path / "keys"
    key_id = new_key(folder)
    keyring = load_keyring(folder)
    assert (keyring.current, list(keyring.keys)) == (key_id, [key_id])
    assert len(keyring.keys[key_id]) == 32
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert sorted(file.name for file in folder.iterdir()) == sorted([f"{key_id}.key", "current"])


def test_after_a_rotation_the_new_key_encrypts_and_the_old_one_decrypts(tmp_path: Path) -> None:
    """Nothing encrypted before is lost."""
    first = new_key(tmp_path)
    (before,) = encoded(EncryptionCodec.of(tmp_path), payload())
    second = rotate(tmp_path)
    after = EncryptionCodec.of(tmp_path)
    (secret,) = encoded(after, payload("乙"))
    assert secret.metadata["encryption-key-id"] == second.encode()
    assert second != first
    assert decoded(after, before, secret) == [payload(), payload("乙")]


def test_a_running_process_learns_of_a_rotation_when_it_meets_the_new_key(tmp_path: Path) -> None:
    """No restart: the folder is read again, and from then on the process encrypts with the new key as well."""
    new_key(tmp_path)
    running = EncryptionCodec.of(tmp_path)
    second = rotate(tmp_path)
    (secret,) = encoded(EncryptionCodec.of(tmp_path), payload())
    assert decoded(running, secret) == [payload()]
    assert running.current == second


def test_a_further_key_waits_until_it_is_named(tmp_path: Path) -> None:
    """So that it can be copied to every machine first: it decrypts already, and does not encrypt yet."""
    first = new_key(tmp_path)
    second = new_key(tmp_path)
    assert load_keyring(tmp_path).current == first
    make_key_current(tmp_path, second)
    assert load_keyring(tmp_path).current == second


def test_a_key_that_is_not_there_cannot_become_current(tmp_path: Path) -> None:
    """The folder stays as it was."""
    first = new_key(tmp_path)
    with pytest.raises(KeysUnusable, match="没有这个密钥文件"):
        make_key_current(tmp_path, "nobody")
    assert load_keyring(tmp_path).current == first


def test_everything_wrong_with_a_folder_is_said_at_once(tmp_path: Path) -> None:
    """A short key, one that is no base64, one others can read, a current key that is missing: four problems."""
    (tmp_path / "short.key").write_text(base64.b64encode(b"16 bytes of key.").decode())
    (tmp_path / "garbled.key").write_text("这不是密钥")
    (tmp_path / "open.key").write_text(base64.b64encode(OLD).decode())
    (tmp_path / "current").write_text("gone")
    for file in tmp_path.iterdir():
        file.chmod(0o600)
    (tmp_path / "open.key").chmod(0o644)
    with pytest.raises(KeysUnusable) as refused:
        load_keyring(tmp_path)
    garbled, opened, short, current = refused.value.problems
    assert "garbled.key：不是 base64" in garbled
    assert "open.key：权限为 0644" in opened
    assert "chmod 600" in opened
    assert "密钥为 16 字节，应为 32 字节" in short
    assert "当前密钥 gone 不存在（现有：garbled、open、short）" in current


def test_a_folder_without_keys_or_no_folder_is_refused(tmp_path: Path) -> None:
    """Nothing is made up in silence: a lost folder must not become a new key."""
    with pytest.raises(KeysUnusable, match="没有这个密钥文件夹"):
        load_keyring(tmp_path / "none")
    with pytest.raises(KeysUnusable, match="没有任何密钥"):
        load_keyring(tmp_path)


def test_keys_do_not_show_in_texts() -> None:
    """What ends in a log or a traceback names keys and never shows them."""
    shown = repr(Keyring("a", {"a": OLD}))
    assert shown == "Keyring(current='a', ids=['a'])"


def test_a_folder_read_again_that_is_broken_names_the_missing_key(tmp_path: Path) -> None:
    """A running process whose folder broke still says which key it looked for."""
    new_key(tmp_path)
    running = EncryptionCodec.of(tmp_path)
    (secret,) = encoded(codec(other=NEW), payload())
    (tmp_path / "current").unlink()
    with pytest.raises(PayloadRefused, match="没有密钥 other，重新读取密钥时又遇到"):
        decoded(running, secret)
