"""Puts a backup back into an empty home (and empty PostgreSQL databases), after everything in it has been looked at.

Nothing is put over anything. The files are made ready beside their place and moved there last; what was cut off in between
is recognised the next time.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from activities.registry import Kind, open_registry
from activities.registry.errors import RegistryError
from live.backup.manifest import Item, Manifest, Part, differences, read_manifest
from live.backup.places import registry_source, server_sources
from live.backup.problems import BackupRefused
from live.backup.sources import PostgresSource, Source, SqliteSource, private, program, settled
from live.encryption import SUFFIX
from live.settings import CountySettings
from live.versions import build_id

STAGE = ".restoring"
MAY_BE_THERE = {"keys", "lost+found"}
"""What an empty home may hold: keys that were brought back first, and what a file system puts at its root."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What was put back. `missing_keys`: keys without which nothing goes on; `other_program`: it was made by other code."""

    manifest: Manifest
    missing_keys: tuple[str, ...]
    other_program: bool


def restore(settings: CountySettings, folder: Path, kind: Kind, tell: Tell) -> Restored:
    """Put a backup of this kind into the settings' home and databases. Nothing is started.

    Raises BackupRefused with everything that is wrong; the home is as it was then. Only where PostgreSQL is concerned may a
    database have been filled already, which the message says.
    """
    head = f"{folder} 不能恢复到 {settings.home}："
    manifest = read_manifest(folder)
    places = {Part.REGISTRY: registry_source(settings), **server_sources(settings)}
    tell("正在核对备份的文件……")
    problems = [*differences(manifest, folder), *_obstacles(settings, manifest, kind, places)]
    if problems:
        raise BackupRefused(head, *problems)
    stage = settings.home / STAGE
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        stage.mkdir(mode=0o700)
        try:
            moves = list(_prepared(manifest, folder, places, stage, settings, head, tell))
            for ready, place in moves:
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                ready.rename(place)
            _sync(settings.home)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except (OSError, sqlite3.Error, RegistryError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BackupRefused(head, f"没有做完（{reason}）：请改正后清空 {settings.home} 重试") from error
    there = {file.name.removesuffix(SUFFIX) for file in settings.keys.glob(f"*{SUFFIX}")}
    return Restored(
        manifest, tuple(sorted(set(manifest.keys) - there)), manifest.build != (settings.build_id or build_id())
    )


# ---------------------------------------------------------------- before anything is touched


def _obstacles(settings: CountySettings, manifest: Manifest, kind: Kind, places: dict[Part, Source]) -> Iterator[str]:
    if manifest.kind is not kind:
        yield (
            f"这是{manifest.kind.label}的备份，要恢复的是{kind.label}："
            + ("演练须写明 --drill" if manifest.kind is Kind.DRILL else "正式的备份不能加 --drill")
        )
    if (settings.home / STAGE).exists():
        yield f"{settings.home} 里有上次没有做完的恢复：请清空它（密钥除外）后重试"
    found = sorted(each.name for each in settings.home.iterdir()) if settings.home.is_dir() else []
    allowed = MAY_BE_THERE - ({"keys"} if manifest.with_keys else set())
    in_the_way = [name for name in found if name not in allowed and name != STAGE]
    if in_the_way:
        yield (
            f"{settings.home} 不是空的（{'、'.join(in_the_way[:5])}）：恢复从不覆盖，请把它改名保留，另用一个空文件夹"
        )
    yield from (
        problem for part in (Part.REGISTRY, Part.SERVER, Part.VISIBILITY) for problem in _misfit(manifest, part, places)
    )


def _misfit(manifest: Manifest, part: Part, places: dict[Part, Source]) -> Iterator[str]:
    """Why what the backup has of a part cannot go where the settings put it."""
    items, place = list(manifest.of(part)), places.get(part)
    if place is None and not items:
        return
    if place is None or len(items) != 1 or items[0].storage is not place.storage:
        yield f"{part.label}：备份里是 {_storages(items)}，设置里是 {'无' if place is None else place.storage.value}，两者须一致"
        return
    if not isinstance(place, PostgresSource):
        if isinstance(place, SqliteSource) and place.path.exists():
            yield f"{part.label} {place.path} 已经存在：恢复从不覆盖"
        return
    if part is not Part.REGISTRY and items[0].database != place.database:
        yield f"{part.label}：备份自数据库 {items[0].database}，设置里是 {place.database}：服务器认库名，两者须相同"
    try:
        program("pg_restore")
        if not place.empty():
            yield f"{part.label}：数据库 {place.database} 不是空的：恢复从不覆盖，请另建一个空库"
    except BackupRefused as error:
        yield from error.problems
    except psycopg.Error as error:
        yield f"{part.label}：连不上数据库 {place.database}（{error}）"


def _storages(items: list[Item]) -> str:
    return "、".join(item.storage.value for item in items if item.storage is not None) or "无"


# ---------------------------------------------------------------- putting it there


def _prepared(
    manifest: Manifest,
    folder: Path,
    places: dict[Part, Source],
    stage: Path,
    settings: CountySettings,
    head: str,
    tell: Tell,
) -> Iterator[tuple[Path, Path]]:
    """Every file made ready, with its place; databases are filled. The registry comes first, because its journals are followed.

    A county is begun anew by `huanjie live` where one of both is missing, so nothing is moved before all is ready.
    """
    for item in sorted(manifest.items, key=lambda one: list(Part).index(one.part)):
        if item.part is Part.KEY:
            ready = stage / item.name
            ready.parent.mkdir(exist_ok=True, mode=0o700)
            _copy(folder / item.name, ready)
            yield ready, settings.home / item.name
            continue
        place = places[item.part]
        tell(f"正在恢复{item.part.label}……")
        if isinstance(place, PostgresSource):
            place.put_back(folder / item.name)
            if item.part is Part.REGISTRY:
                _check_registry(settings.registry_target, manifest, head)
            continue
        assert isinstance(place, SqliteSource)
        ready = stage / item.name
        _copy(folder / item.name, ready)
        if item.part is Part.REGISTRY:
            _check_registry(str(ready), manifest, head)
        with closing(sqlite3.connect(ready, isolation_level=None)) as connection:
            settled(connection)
        yield ready, place.path


def _copy(file: Path, to: Path) -> None:
    private(to)
    shutil.copyfile(file, to)
    _sync(to)


def _check_registry(target: str, manifest: Manifest, head: str) -> None:
    """The registry is the one the manifest speaks of, its journals whole and as long. Raises BackupRefused, RegistryError."""
    registry = open_registry(target, manifest.kind)
    try:
        problems = []
        if registry.identity != manifest.registry:
            problems.append("登记库与清单不是同一个：备份被拼凑过")
        recorded = {one.id for one in registry.elections.all()}
        named = {one.election for one in manifest.elections}
        problems += [f"换届「{one}」在登记库与清单中只有一处有" for one in sorted(recorded ^ named)]
        for one in manifest.elections:
            if one.election not in recorded:
                continue
            report = registry.journals.verify(one.election)
            problems += [f"换届「{one.election}」的日志第 {each.line} 行：{each.message}" for each in report.problems]
            if (report.lines, report.head) != (one.lines, one.hash):
                problems.append(f"换届「{one.election}」的日志止于第 {report.lines} 行，清单记为第 {one.lines} 行")
    finally:
        registry.close()
    if problems:
        raise BackupRefused(head, *problems)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
