"""Takes a backup while everything runs: registry and server caught at one moment, then copied without holding anybody up.

What must hold of a backup: every commit that the server believes written is in the registry, and every commit in the
registry is one that the server has ordered. Else a restored county stands still: a registry that is behind lacks a number, and
one that is ahead holds, under a number, what the server will now fill with something else (another decision, or the same one
at another instant); both are contradictions that no retry heals. So neither copying the server first nor the registry first
will do while anybody writes in between.

Therefore the registry's writers wait for the few milliseconds in which both databases are pinned. Nothing can be written then,
so nothing can be reported as written that is not; and what was written before had been ordered before. A commit that waited
fails or goes through a moment later, and is delivered again as after any other fault.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import text

from activities.registry import Registry, open_registry
from activities.registry.model import Base
from live.backup.manifest import Head, Item, Manifest, Moment, Part, Storage, item_of, write_manifest
from live.backup.places import registry_source, server_sources
from live.backup.problems import BackupRefused
from live.backup.sources import Pinned, Source
from live.encryption import CURRENT, SUFFIX, load_keyring
from live.server.stores import release_of
from live.settings import CountySettings
from live.versions import DISTRIBUTION, build_id

PATIENCE = 30.0  # seconds that the registry's lock is waited for
KEYS = "keys"
ENDINGS = {Storage.SQLITE: "sqlite", Storage.POSTGRESQL: "dump"}
MOMENTS = {Part.SERVER: Moment.SERVER, Part.VISIBILITY: Moment.VISIBILITY}

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Taken:
    """A backup that was taken. `problems`: what is wrong with the journals in it, and so with the registry itself."""

    folder: Path
    manifest: Manifest
    problems: tuple[str, ...]


def take(settings: CountySettings, folder: Path, now: datetime, *, with_keys: bool = False, tell: Tell) -> Taken:
    """Back a county up into a folder that is not there yet; server and worker may run or not.

    Raises BackupRefused, RegistryError, ConfigurationWrong, KeysUnusable; nothing of that name is left then.
    """
    if folder.exists():
        raise BackupRefused("不能备份：", f"{folder} 已经存在，不覆盖：请换一个文件夹名")
    registry = open_registry(settings.registry_target, patience=PATIENCE)
    with ExitStack() as stack:
        stack.callback(registry.close)
        sources = {Part.REGISTRY: registry_source(settings), **server_sources(settings)}
        try:
            making = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            stack.callback(shutil.rmtree, making, ignore_errors=True)
            manifest = _copied(settings, registry, sources, making, now, with_keys=with_keys, tell=tell)
            write_manifest(manifest, making)
            making.rename(folder)
        except OSError as error:
            raise BackupRefused(
                "不能备份：", f"{folder} 写不进去（{error.strerror}）：请检查上级文件夹、权限和磁盘空间"
            ) from error
        return Taken(folder, manifest, _journal_problems(registry, manifest.elections))


def _copied(
    settings: CountySettings,
    registry: Registry,
    sources: Mapping[Part, Source],
    folder: Path,
    now: datetime,
    *,
    with_keys: bool,
    tell: Tell,
) -> Manifest:
    with ExitStack() as stack:
        pinned = {part: stack.enter_context(source.opened()) for part, source in sources.items()}
        order = caught(registry, pinned)
        tell("登记库和服务器已定格在同一时刻，正在复制；办理照常进行。")
        heads = pinned[Part.REGISTRY].heads()
        items = []
        for part, source in sources.items():
            file = folder / f"{part.value}.{ENDINGS[source.storage]}"
            pinned[part].copy(file)
            items.append(item_of(part, file, folder, source.storage, source.database))
    # After the moment itself: keys are only ever added, so every key that the server's copy needs is among them.
    keys = tuple(sorted(load_keyring(settings.keys).keys))
    if with_keys:
        items += _keys(settings.keys, folder)
    server = folder / f"{Part.SERVER.value}.{ENDINGS[Storage.SQLITE]}"
    release = release_of(server) if server.exists() else None
    return Manifest(
        kind=registry.kind,
        registry=registry.identity,
        taken_at=now,
        order=order,
        program=metadata.version(DISTRIBUTION),
        build=settings.build_id or build_id(),
        server_release="" if release is None else ".".join(map(str, release)),
        elections=heads,
        items=tuple(items),
        keys=keys,
    )


def caught(registry: Registry, pinned: Mapping[Part, Pinned]) -> tuple[Moment, ...]:
    """Pin everything at one moment, see the module; what was done, in order. Raises BackupRefused, RegistryUnavailableError."""
    order = []
    with quiet(registry):
        order.append(Moment.LOCKED)
        pinned[Part.REGISTRY].pin()
        order.append(Moment.REGISTRY)
        for part, moment in MOMENTS.items():
            if part in pinned:
                pinned[part].pin()
                order.append(moment)
    return (*order, Moment.RELEASED)


@contextmanager
def quiet(registry: Registry) -> Iterator[None]:
    """Nobody writes into the registry inside the block; whoever wants to waits. Raises RegistryUnavailableError."""
    with registry.database.writing() as connection:  # on SQLite that is the one writer there may be
        if not registry.database.sqlite:
            # The heads first, as every commit does: whoever holds one is let finish. Readers and copies are not held up.
            connection.execute(text("LOCK TABLE chains IN EXCLUSIVE MODE"))
            names = ", ".join(one.name for one in Base.metadata.sorted_tables if one.name != "chains")
            connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
        yield


def _keys(keys: Path, folder: Path) -> list[Item]:
    """Copies of every key file, for their owner alone."""
    target = folder / KEYS
    target.mkdir(mode=0o700)
    items = []
    for file in sorted([*keys.glob(f"*{SUFFIX}"), keys / CURRENT]):
        copy = target / file.name
        copy.touch(mode=0o600, exist_ok=False)
        copy.write_bytes(file.read_bytes())
        items.append(item_of(Part.KEY, copy, folder))
    return items


def _journal_problems(registry: Registry, heads: tuple[Head, ...]) -> tuple[str, ...]:
    """What is wrong with the journals that were copied. A backup of a broken one is kept: it may be all there is to look at."""
    return tuple(
        f"换届「{head.election}」的日志第 {problem.line} 行：{problem.message}"
        for head in heads
        for problem in registry.journals.verify(head.election).problems
    )
