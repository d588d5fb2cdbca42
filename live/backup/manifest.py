"""What a backup says of itself: of which registry, from which moment, which files with their hashes, which program made it.

The manifest is written last, and the folder gets its name last of all: a backup that was cut off is none.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError

from activities.registry import Kind
from live.backup.problems import BackupRefused
from policies.value import Value

FORMAT: Literal[1] = 1
MANIFEST = "manifest.json"
_AT_ONCE = 1 << 20


class Part(StrEnum):
    """What a file of a backup is."""

    REGISTRY = "registry"
    SERVER = "server"
    VISIBILITY = "visibility"  # the server's second database, where it is PostgreSQL
    KEY = "key"

    @property
    def label(self) -> str:
        """As people call it."""
        return _LABELS[self]


_LABELS = {
    Part.REGISTRY: "登记库",
    Part.SERVER: "Temporal 存储",
    Part.VISIBILITY: "Temporal 检索库",
    Part.KEY: "内容密钥",
}


class Storage(StrEnum):
    """What a database was in, and must be put back into."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class Moment(StrEnum):
    """The steps by which both are caught at one moment, as they came."""

    LOCKED = "registry_locked"
    REGISTRY = "registry_pinned"
    SERVER = "server_pinned"
    VISIBILITY = "visibility_pinned"
    RELEASED = "registry_released"


class Item(Value):
    """One file of a backup. `database`: the name of the PostgreSQL database it came from, "" for none."""

    part: Part
    name: str = Field(pattern=r"^(keys/)?[A-Za-z0-9][A-Za-z0-9._-]*$")  # nothing outside the folder can be meant
    storage: Storage | None = None
    database: str = ""
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Head(Value):
    """Where an election's journal ended."""

    election: str
    lines: int = Field(ge=0)
    hash: str


class Manifest(Value):
    """A backup. `keys`: the ids of the payload keys there were; the keys themselves are there only among the items."""

    format: Literal[1] = FORMAT
    kind: Kind
    registry: str  # its identity
    taken_at: AwareDatetime
    order: tuple[Moment, ...]
    program: str  # version of this program
    build: str  # version of the code that decides
    server_release: str  # which server's tables a SQLite store has, such as 1.32; "" where unknown
    elections: tuple[Head, ...]
    items: tuple[Item, ...]
    keys: tuple[str, ...]

    def of(self, part: Part) -> Iterator[Item]:
        """Its files of one part."""
        return (item for item in self.items if item.part is part)

    @property
    def with_keys(self) -> bool:
        """Whether whoever holds it can read everything in it."""
        return any(self.of(Part.KEY))


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Into a backup's folder. Raises OSError."""
    text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """A backup's manifest. Raises BackupRefused when it is not there or cannot be understood."""
    path = folder / MANIFEST
    head = f"{folder} 不能用来恢复："
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BackupRefused(head, f"读不到清单 {path}（{error.strerror}）：这不是备份，或备份没有做完") from error
    except ValidationError as error:
        wrong = "、".join(sorted({".".join(map(str, one["loc"])) or "全文" for one in error.errors()}))
        raise BackupRefused(head, f"清单 {path} 读不懂（{wrong}）：被改动过，或由更新版本的程序写成") from error


def item_of(part: Part, file: Path, folder: Path, storage: Storage | None = None, database: str = "") -> Item:
    """A file as the manifest names it. Raises OSError."""
    name = file.relative_to(folder).as_posix()
    return Item(
        part=part,
        name=name,
        storage=storage,
        database=database,
        size=file.stat().st_size,
        sha256=digest(file),
    )


def differences(manifest: Manifest, folder: Path) -> list[str]:
    """What the files of a backup are not as the manifest says, in Chinese; empty when all are."""
    return [problem for item in manifest.items for problem in _difference(item, folder / item.name)]


def _difference(item: Item, file: Path) -> Iterator[str]:
    what = f"{item.part.label} {item.name}"
    try:
        size = file.stat().st_size
        if size != item.size:
            yield f"{what} 有 {size} 字节，清单记为 {item.size} 字节：文件不完整或被改动过"
        elif digest(file) != item.sha256:
            yield f"{what} 的 SHA-256 与清单不符：文件损坏或被改动过"
    except OSError as error:
        yield f"{what} 读不到（{error.strerror}）"


def digest(file: Path) -> str:
    """SHA-256 of a file. Raises OSError."""
    found = sha256()
    with file.open("rb") as stream:
        while block := stream.read(_AT_ONCE):
            found.update(block)
    return found.hexdigest()


def instant(manifest: Manifest) -> datetime:
    """When it was taken, in this machine's time zone: as people read it."""
    return manifest.taken_at.astimezone()
