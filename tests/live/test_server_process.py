"""A server's process: one for a home, told apart by a lock that outlives its starter, and every refusal said at once.

The programs here stand in for a server; real ones are in tests/server/.
"""

import asyncio
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from live.server.configuration import Configuration, Ports
from live.server.find import Binary, Kind, Source
from live.server.problems import ConfigurationWrong, ServerFailed
from live.server.process import running_process, start, stop_running
from live.server.stores import MemoryStore, PostgresStore
from tests.live.fake_programs import put

SLEEPS = "exec /bin/sleep 60"


def program(folder: Path, body: str, kind: Kind = Kind.SERVER) -> Binary:
    return Binary(put(folder / "bin", "temporal-server", body), kind, Source.NAMED, "1.32.0")


def in_memory(folder: Path) -> Configuration:
    return Configuration(folder / "county", MemoryStore(), Ports.free())


def test_one_server_for_a_home(tmp_path: Path) -> None:
    """A second one is refused while the first lives, whoever started it, and welcome when it has ended."""
    binary, configuration = program(tmp_path, SLEEPS), in_memory(tmp_path)
    assert running_process(configuration) is None
    first = start(binary, configuration, lifetime=60)
    try:
        assert running_process(configuration) == first.process.pid
        with pytest.raises(ConfigurationWrong, match="已在运行"):
            start(binary, replace(configuration, ports=Ports.free()))
    finally:
        first.kill()
    assert running_process(configuration) is None
    second = start(binary, configuration, lifetime=60)
    second.stop()
    assert not second.running()


def test_a_server_can_be_stopped_by_another_process(tmp_path: Path) -> None:
    """`stop` needs only the home folder."""
    configuration = in_memory(tmp_path)
    assert stop_running(configuration) is False
    server = start(program(tmp_path, SLEEPS), configuration, lifetime=60)
    try:
        assert stop_running(configuration) is True
        assert running_process(configuration) is None
        server.process.wait(10)
    finally:
        server.kill()


def test_a_server_that_ends_shows_its_log(tmp_path: Path) -> None:
    """The end of this start's output is in the message, and nothing of an earlier start's."""
    configuration = in_memory(tmp_path)
    configuration.log.parent.mkdir(parents=True)
    configuration.log.write_text("yesterday\n", encoding="utf-8")
    server = start(program(tmp_path, "echo no such table >&2; exit 7"), configuration, lifetime=60)
    with pytest.raises(ServerFailed, match=r"7(.|\n)*no such table") as failed:
        asyncio.run(server.ready(within=30))
    assert "yesterday" not in str(failed.value)


def test_all_that_hinders_is_said_at_once(tmp_path: Path) -> None:
    """Taken ports and a store that is not there, in one message; nothing is started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        configuration = replace(Configuration.pilot(tmp_path / "county"), ports=replace(Ports.free(), history=port))
        with pytest.raises(ConfigurationWrong) as wrong:
            start(program(tmp_path, SLEEPS), configuration)
    assert str(port) in str(wrong.value)
    assert "temporal.sqlite" in str(wrong.value)
    assert running_process(configuration) is None


@pytest.mark.parametrize(("marked", "refused"), [(0, False), (1032, False), (1031, True), (1033, True)])
def test_a_store_is_served_by_the_release_that_made_it(tmp_path: Path, marked: int, refused: bool) -> None:
    """Another release would find tables it does not know; both releases are named. An unmarked store is served."""
    configuration = replace(Configuration.pilot(tmp_path / "county"), ports=Ports.free())
    configuration.home.mkdir()
    with closing(sqlite3.connect(configuration.home / "temporal.sqlite")) as connection:
        connection.execute(f"PRAGMA user_version = {marked}")
    if refused:
        with pytest.raises(ConfigurationWrong, match=rf"1\.{marked - 1000}(.|\n)*1\.32\.0"):
            start(program(tmp_path, SLEEPS), configuration)
    else:
        start(program(tmp_path, SLEEPS), configuration, lifetime=60).kill()


def test_a_store_that_is_no_store_is_refused(tmp_path: Path) -> None:
    """A damaged file is told of before anything is started."""
    configuration = replace(Configuration.pilot(tmp_path / "county"), ports=Ports.free())
    configuration.home.mkdir()
    (configuration.home / "temporal.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(ConfigurationWrong, match="备份"):
        start(program(tmp_path, SLEEPS), configuration)


def test_the_command_line_tool_is_used_only_for_what_it_can(tmp_path: Path) -> None:
    """Its server on loopback with a file, yes; PostgreSQL, no."""
    configuration = Configuration.pilot(tmp_path / "county")
    configuration.home.mkdir()
    (configuration.home / "temporal.sqlite").touch()
    binary = program(tmp_path, 'echo "$@"', Kind.DEV)
    server = start(binary, replace(configuration, ports=Ports.free()))
    server.process.wait(10)
    said = configuration.log.read_text(encoding="utf-8")
    assert said.startswith("server start-dev --headless --ip 127.0.0.1 --port ")
    assert f"--db-filename {configuration.home / 'temporal.sqlite'}" in said

    store = PostgresStore.from_url("postgresql://u:p@127.0.0.1/x")
    with pytest.raises(ConfigurationWrong, match="不支持 PostgreSQL"):
        start(binary, replace(configuration, store=store, ports=Ports.free()))
