"""A backup holds server and registry of one moment, whole or not at all, and goes back only where nothing is."""

import json
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from activities.registry import Kind, create_registry, open_registry
from activities.registry.errors import ContradictionError, RegistryUnavailableError
from live.backup import MANIFEST, BackupRefused, Head, Manifest, Moment, Part, read_manifest, restore, take
from live.backup.taking import caught
from live.encryption import CURRENT, new_key
from live.settings import CountySettings
from tests.activities.registry.county import ELECTION, NOW, PARTY, commit, content, decided, election, task

SOON = 30.0  # seconds in which anything waited for here must have happened


def quiet(line: str) -> None:
    """Progress that nobody watches."""


def county(home: Path) -> CountySettings:
    """Settings of a home, whatever stands in the environment."""
    return CountySettings(home=home, registry="", temporal_store="", temporal_address="")


class Engine:
    """What a backup needs of a server: a database that says which commits were ordered and which are believed written."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection.execute("PRAGMA journal_mode=WAL")
        for table in ("ordered", "written"):
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (number INTEGER PRIMARY KEY)")

    def order(self, number: int) -> None:
        self._connection.execute("INSERT INTO ordered VALUES (?)", (number,))

    def believe(self, number: int) -> None:
        self._connection.execute("INSERT INTO written VALUES (?)", (number,))

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live county: one election recorded, two commits ordered, written and believed, one key."""
    home = tmp_path_factory.mktemp("made") / "county"
    home.mkdir()
    new_key(home / "keys")
    with closing(create_registry(home / "registry.sqlite", Kind.LIVE, NOW)) as registry:
        registry.elections.record(election())
        registry.store.apply(commit(1, opened=(task("party.meeting"),)), ())
        registry.store.apply(commit(2, decided("party.meeting"), closed=("party.meeting",)), ())
    with closing(Engine(home / "temporal.sqlite")) as engine:
        for number in (1, 2):
            engine.order(number)
            engine.believe(number)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """The county, for this test alone."""
    return Path(shutil.copytree(made, tmp_path / "county"))


def taken(home: Path, name: str = "backup", *, with_keys: bool = False) -> Path:
    """A backup of a home, beside it."""
    folder = home.parent / name
    take(county(home), folder, NOW, with_keys=with_keys, tell=quiet)
    return folder


def bring_back(folder: Path, home: Path, kind: Kind = Kind.LIVE) -> tuple[str, ...]:
    """Restore; returns the keys that are missing."""
    return restore(county(home), folder, kind, quiet).missing_keys


def problems(folder: Path, home: Path, kind: Kind = Kind.LIVE) -> tuple[str, ...]:
    """Why it is refused; the home must be as it was."""
    before = listing(home)
    with pytest.raises(BackupRefused) as refused:
        restore(county(home), folder, kind, quiet)
    assert listing(home) == before
    return refused.value.problems


def listing(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*"))


def numbers(file: Path, query: str) -> set[int]:
    with closing(sqlite3.connect(file)) as connection:
        return {number for (number,) in connection.execute(query)}


# ---------------------------------------------------------------- there and back


def test_what_was_backed_up_comes_back(home: Path, tmp_path: Path) -> None:
    """Registry and server hold afterwards, in another home, what they held before."""
    folder = taken(home)
    bring_back(folder, tmp_path / "new")
    with (
        closing(open_registry(home / "registry.sqlite")) as old,
        closing(open_registry(tmp_path / "new" / "registry.sqlite", Kind.LIVE)) as new,
    ):
        assert content(new) == content(old)
        assert new.identity == old.identity
        assert new.journals.verify(ELECTION).problems == ()
    assert numbers(tmp_path / "new" / "temporal.sqlite", "SELECT number FROM written") == {1, 2}


def test_a_backup_is_three_private_files_without_keys(home: Path) -> None:
    """Two databases, each one plain file, and the manifest; nobody else may read the databases, and no key is among them."""
    folder = taken(home)
    assert listing(folder) == [MANIFEST, "registry.sqlite", "server.sqlite"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("registry.sqlite", "server.sqlite")} == {0o600}
    manifest = read_manifest(folder)
    assert not manifest.with_keys
    (key,) = (home / "keys").glob("*.key")
    assert manifest.keys == (key.stem,)


def test_the_manifest_says_in_which_order_and_where_the_journal_ended(home: Path) -> None:
    """Both were pinned under the registry's lock, and the journal's head is written down."""
    manifest = read_manifest(taken(home))
    assert manifest.order == (Moment.LOCKED, Moment.REGISTRY, Moment.SERVER, Moment.RELEASED)
    assert manifest.kind is Kind.LIVE
    with closing(open_registry(home / "registry.sqlite")) as registry:
        last = registry.journals.lines(ELECTION)[-1]
    assert manifest.elections == (Head(election=ELECTION, lines=2, hash=last.hash),)


def test_keys_go_along_only_when_asked_and_stay_private(home: Path, tmp_path: Path) -> None:
    """With keys, every key and which one is current come back, readable by their owner alone."""
    folder = taken(home, with_keys=True)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (folder / "keys").iterdir()} == {0o600}
    assert bring_back(folder, tmp_path / "new") == ()
    for file in (home / "keys").iterdir():
        back = tmp_path / "new" / "keys" / file.name
        assert back.read_bytes() == file.read_bytes()
        assert stat.S_IMODE(back.stat().st_mode) == 0o600
    assert (tmp_path / "new" / "keys" / CURRENT).exists()


def test_missing_keys_are_named_and_keys_brought_back_first_are_left_alone(home: Path, tmp_path: Path) -> None:
    """Without them nothing goes on, so they are told; a home that holds nothing but keys counts as empty."""
    folder = taken(home)
    (key,) = (home / "keys").glob("*.key")
    assert bring_back(folder, tmp_path / "without") == (key.stem,)
    shutil.copytree(home / "keys", tmp_path / "with" / "keys")
    assert bring_back(folder, tmp_path / "with") == ()


def test_an_election_recorded_but_not_begun_comes_back_too(tmp_path: Path) -> None:
    """An empty journal is whole."""
    home = tmp_path / "county"
    home.mkdir()
    new_key(home / "keys")
    with closing(create_registry(home / "registry.sqlite", Kind.DRILL, NOW)) as registry:
        registry.elections.record(election())
    Engine(home / "temporal.sqlite").close()
    bring_back(taken(home), tmp_path / "new", Kind.DRILL)
    with closing(open_registry(tmp_path / "new" / "registry.sqlite", Kind.DRILL)) as registry:
        assert [one.id for one in registry.elections.all()] == [ELECTION]


# ---------------------------------------------------------------- one moment


def test_nobody_writes_while_both_are_pinned(home: Path) -> None:
    """At the instant the server is pinned a commit is turned away for now; afterwards it goes through."""
    path = home / "registry.sqlite"

    class Pin:
        def pin(self) -> None:
            pass

        def heads(self) -> tuple[Head, ...]:
            return ()

        def copy(self, to: Path) -> None:
            pass

    class Intruding(Pin):
        turned_away = False

        def pin(self) -> None:
            with (
                closing(open_registry(path, patience=0.05)) as other,
                pytest.raises(RegistryUnavailableError),
            ):
                other.store.apply(commit(3), ())
            self.turned_away = True

    server = Intruding()
    with closing(open_registry(path)) as registry:
        order = caught(registry, {Part.REGISTRY: Pin(), Part.SERVER: server})
        assert server.turned_away
        assert order[-1] is Moment.RELEASED
        assert registry.store.apply(commit(3), ())


@contextmanager
def busy(home: Path) -> Iterator[threading.Event]:
    """A county at work: commit after commit ordered, written, believed. The event is set once a few have been."""
    stop, going = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with (
                closing(Engine(home / "temporal.sqlite")) as engine,
                closing(open_registry(home / "registry.sqlite")) as at,
            ):
                for number in count(3):
                    if stop.is_set():
                        return
                    engine.order(number)
                    at.store.apply(commit(number), ())
                    engine.believe(number)
                    if number > 10:
                        going.set()
        except BaseException as error:
            failed.append(error)
            going.set()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield going
    finally:
        stop.set()
        worker.join(SOON)
        assert not worker.is_alive()
        assert failed == []


def test_a_backup_of_a_county_at_work_is_consistent(home: Path) -> None:
    """In every one of five backups under load: believed written, then written, then ordered, each within the next."""
    with busy(home) as going:
        assert going.wait(SOON)
        folders = [taken(home, f"backup-{number}") for number in range(5)]
    sizes = []
    for folder in folders:
        believed = numbers(folder / "server.sqlite", "SELECT number FROM written")
        written = numbers(folder / "registry.sqlite", f"SELECT number FROM commits WHERE workflow = '{PARTY}'")
        ordered = numbers(folder / "server.sqlite", "SELECT number FROM ordered")
        assert believed <= written <= ordered
        assert len(ordered) - len(believed) <= 1
        sizes.append(len(written))
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0] > 10, "nothing was written meanwhile"


def test_why_neither_order_of_copies_alone_will_do(home: Path, tmp_path: Path) -> None:
    """A registry ahead of the server refuses what is then decided anew, one behind it refuses what comes next: for good."""
    behind = tmp_path / "behind.sqlite"
    shutil.copy(home / "registry.sqlite", behind)  # the server goes on from here to the third commit …
    with closing(open_registry(home / "registry.sqlite")) as ahead:
        ahead.store.apply(commit(3), ())
        again = commit(3, at=NOW + timedelta(hours=1))  # … or, restored, decides the third anew: an hour later
        with pytest.raises(ContradictionError, match="内容不同"):
            ahead.store.apply(again, ())
    with closing(open_registry(behind)) as registry, pytest.raises(ContradictionError, match="旧备份"):
        registry.store.apply(commit(4), ())


# ---------------------------------------------------------------- refused


def test_a_folder_that_is_there_is_not_touched(home: Path, tmp_path: Path) -> None:
    """A backup never overwrites, and leaves nothing half made behind."""
    (tmp_path / "backup").mkdir()
    with pytest.raises(BackupRefused, match="已经存在"):
        taken(home)
    assert listing(tmp_path / "backup") == []
    assert sorted(each.name for each in tmp_path.iterdir()) == ["backup", "county"]


def test_without_the_servers_store_there_is_no_backup(home: Path, tmp_path: Path) -> None:
    """A registry alone is of no use: nothing is written, also where the server is somebody else's."""
    (home / "temporal.sqlite").unlink()
    with pytest.raises(BackupRefused, match=r"没有Temporal 存储"):
        taken(home)
    elsewhere = CountySettings(home=home, registry="", temporal_store="", temporal_address="10.0.0.8:7233")
    with pytest.raises(BackupRefused, match="由别处运行"):
        take(elsewhere, tmp_path / "backup", NOW, tell=quiet)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["county"]


def test_every_damaged_file_is_named_and_nothing_restored(home: Path, tmp_path: Path) -> None:
    """One byte changed, and a file cut short: both are told at once."""
    folder = taken(home)
    registry = bytearray((folder / "registry.sqlite").read_bytes())
    registry[-1] ^= 1
    (folder / "registry.sqlite").write_bytes(registry)
    server = folder / "server.sqlite"
    server.write_bytes(server.read_bytes()[:-1])
    found = problems(folder, tmp_path / "new")
    assert len(found) == 2
    assert "registry.sqlite 的 SHA-256 与清单不符" in found[0]
    assert "server.sqlite" in found[1]
    assert "字节" in found[1]


def test_a_home_that_is_in_use_a_wrong_kind_and_damage_are_told_at_once(home: Path) -> None:
    """Restoring never overwrites, and never mixes drills with the real thing."""
    folder = taken(home)
    (folder / "server.sqlite").unlink()
    found = problems(folder, home, Kind.DRILL)
    assert [any(word in each for each in found) for word in ("读不到", "这是正式的备份", "不是空的", "已经存在")] == [
        True
    ] * 4


def test_a_backup_that_was_cut_off_is_none(home: Path, tmp_path: Path) -> None:
    """Without its manifest, which is written last, nothing is restored."""
    folder = taken(home)
    (folder / MANIFEST).unlink()
    assert "没有做完" in problems(folder, tmp_path / "new")[0]


def test_a_restore_that_was_cut_off_is_recognised(home: Path, tmp_path: Path) -> None:
    """What it left is not built upon."""
    folder = taken(home)
    (tmp_path / "new" / ".restoring").mkdir(parents=True)
    assert problems(folder, tmp_path / "new") == (
        f"{tmp_path / 'new'} 里有上次没有做完的恢复：请清空它（密钥除外）后重试",
    )


@pytest.mark.parametrize("name", ["../county/registry.sqlite", "/etc/passwd", "keys/../x", ".hidden", ""])
def test_a_manifest_cannot_name_anything_outside_its_folder(home: Path, tmp_path: Path, name: str) -> None:
    """Such a manifest is not understood at all."""
    folder = taken(home)
    said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    said["items"][0]["name"] = name
    (folder / MANIFEST).write_text(json.dumps(said), encoding="utf-8")
    assert "读不懂" in problems(folder, tmp_path / "new")[0]


def rewritten(folder: Path, **changes: object) -> Manifest:
    """A manifest changed by somebody who knows the format."""
    manifest = read_manifest(folder).model_copy(update=changes)
    (folder / MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
    return manifest


def test_a_registry_of_another_county_or_another_moment_is_refused(home: Path, tmp_path: Path) -> None:
    """Pieces of two backups do not make one, even when every hash fits."""
    folder = taken(home)
    short = Head(election=ELECTION, lines=1, hash=read_manifest(folder).elections[0].hash)
    rewritten(folder, registry="0" * 32, elections=(short,))
    found = problems(folder, tmp_path / "new")
    assert "不是同一个" in found[0]
    assert f"换届「{ELECTION}」的日志止于第 2 行，清单记为第 1 行" in found[1]


def test_a_broken_journal_is_kept_but_told_and_not_restored(home: Path, tmp_path: Path) -> None:
    """Somebody got round the triggers: the backup says so, and does not become a county again."""
    with closing(sqlite3.connect(home / "registry.sqlite")) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE journal SET entry = replace(entry, '张三', '李四')")
        connection.commit()
    done = take(county(home), tmp_path / "backup", NOW, tell=quiet)
    assert done.problems == (f"换届「{ELECTION}」的日志第 2 行：哈希与内容或上一行不符（有改动、缺行或增行）",)
    assert problems(tmp_path / "backup", tmp_path / "new") == done.problems


def test_the_registry_goes_on_after_a_restore(home: Path, tmp_path: Path) -> None:
    """The next commit is taken, the last one is known again: it was believed, or will be delivered once more."""
    bring_back(taken(home), tmp_path / "new")
    with closing(open_registry(tmp_path / "new" / "registry.sqlite", Kind.LIVE)) as registry:
        assert not registry.store.apply(commit(2, decided("party.meeting"), closed=("party.meeting",)), ())
        assert registry.store.apply(commit(3), ())
        assert registry.journals.verify(ELECTION).problems == ()
