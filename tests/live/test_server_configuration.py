"""The settings rendered from deploy/temporal/: valid, on loopback alone, durable, and unharmed by odd names."""

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from live.server.configuration import Configuration, MutualTls, Ports, render, render_dynamic, write
from live.server.problems import ConfigurationWrong
from live.server.stores import MemoryStore, Plugin, PostgresStore, SqliteStore

URL = "postgresql+psycopg://office:p%40ss%22w%C3%B6rd@10.1.2.3:6543/county"


def read(text: str) -> Any:
    """A YAML text as plain values."""
    return YAML(typ="safe").load(text)


def postgres() -> PostgresStore:
    return PostgresStore.from_url(URL)


@pytest.mark.parametrize("store", [MemoryStore(), SqliteStore(Path("a.sqlite")), postgres()])
def test_every_listener_is_on_loopback(tmp_path: Path, store: MemoryStore | SqliteStore | PostgresStore) -> None:
    """All four services, gossip and metrics; no two share a port."""
    settings = read(render(Configuration(tmp_path, store)))
    services = settings["services"].values()
    assert len(services) == 4
    assert all(service["rpc"]["bindOnLocalHost"] is True and "bindOnIP" not in service["rpc"] for service in services)
    assert settings["global"]["membership"]["broadcastAddress"] == "127.0.0.1"
    host, metrics = settings["global"]["metrics"]["prometheus"]["listenAddress"].split(":")
    assert host == "127.0.0.1"
    ports = [service["rpc"][kind] for service in services for kind in ("grpcPort", "membershipPort")]
    assert sorted([*ports, int(metrics)]) == list(range(7233, 7242))
    assert settings["services"]["frontend"]["rpc"]["grpcPort"] == 7233


def test_a_file_is_durable_and_never_made_by_accident(tmp_path: Path) -> None:
    """Every commit goes to disk; one connection; a missing file is an error of the server, not a new empty store."""
    settings = read(render(Configuration.pilot(tmp_path)))
    for name in (settings["persistence"]["defaultStore"], settings["persistence"]["visibilityStore"]):
        sql = settings["persistence"]["datastores"][name]["sql"]
        attributes = sql["connectAttributes"]
        assert (attributes["journal_mode"], attributes["synchronous"]) == ("wal", "2")
        assert (attributes["mode"], attributes["setup"]) == ("rw", "false")
        assert sql["databaseName"] == str(tmp_path / "temporal.sqlite")
        assert sql["maxConns"] == 1


def test_odd_folders_survive(tmp_path: Path) -> None:
    """A folder's quotes, spaces and colons stay YAML, and what a URI would misread is escaped."""
    home = tmp_path / """县 "一": #2 ?50% \\ $x"""
    settings = read(render(Configuration.pilot(home)))
    name = settings["persistence"]["datastores"]["file"]["sql"]["databaseName"]
    assert name == str(tmp_path) + """/县 "一": %232 %3f50%25 \\ $x/temporal.sqlite"""
    assert settings["dynamicConfigClient"]["filepath"] == str(home / "temporal" / "dynamic.yaml")


def test_postgresql_from_its_address(tmp_path: Path) -> None:
    """Two databases, the password decoded, all pools together below PostgreSQL's default of 100 connections."""
    settings = read(render(Configuration(tmp_path, postgres())))
    stores = settings["persistence"]["datastores"]
    both = [stores[settings["persistence"][kind]]["sql"] for kind in ("defaultStore", "visibilityStore")]
    assert [each["databaseName"] for each in both] == ["county", "county_visibility"]
    for each in both:
        assert (each["connectAddr"], each["user"], each["password"]) == ("10.1.2.3:6543", "office", 'p@ss"wörd')
        assert each["pluginName"] == Plugin.PGX
    assert len(settings["services"]) * sum(each["maxConns"] for each in both) < 80


def test_a_wrong_address_lists_everything_and_hides_the_password() -> None:
    """All problems of one address at once."""
    with pytest.raises(ConfigurationWrong) as wrong:
        PostgresStore.from_url("mysql://a b:secret@h/1x;drop?sslmode=require&options=x")
    text = str(wrong.value)
    for part in ("mysql", "a b", "1x;drop", "options"):
        assert part in text
    assert "secret" not in text


def test_written_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    """The settings may hold a password; writing again replaces them."""
    configuration = Configuration(tmp_path / "county", postgres())
    write(configuration)
    write(replace(configuration, log_level="info"))
    for path in (configuration.server_file, configuration.dynamic_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read(configuration.server_file.read_text(encoding="utf-8"))["log"]["level"] == "info"


def test_time_is_skipped_only_on_demand(tmp_path: Path) -> None:
    """A county's server never skips time; a test's may."""
    key = "frontend.WorkflowTimeSkippingEnabled"
    usual = Configuration.pilot(tmp_path)
    assert read(render_dynamic(usual))[key] == [{"value": False}]
    assert read(render_dynamic(replace(usual, time_skipping=True)))[key] == [{"value": True}]


def test_mutual_tls_closes_every_door(tmp_path: Path) -> None:
    """Frontend and the services among themselves demand a certificate; a file that is missing is named."""
    files = [tmp_path / name for name in ("cert.pem", "key.pem", "ca.pem")]
    configuration = replace(Configuration.pilot(tmp_path), tls=MutualTls(files[0], files[1], files[2]))
    with pytest.raises(ConfigurationWrong) as wrong:
        render(configuration)
    assert all(str(path) in str(wrong.value) for path in files)
    for path in files:
        path.touch()
    tls = read(render(configuration))["global"]["tls"]
    for door in ("frontend", "internode"):
        assert tls[door]["server"]["requireClientAuth"] is True
        assert tls[door]["server"]["clientCaFiles"] == [str(files[2])]


@pytest.mark.parametrize("first", [0, 1023, 32760, 70000])
def test_ports_must_all_exist(first: int) -> None:
    """The row of nine ends where PostgreSQL's tables can still hold a port."""
    with pytest.raises(ConfigurationWrong, match=str(first)):
        Ports.starting_at(first)
    assert Ports.starting_at(32759).metrics == 32767
    assert max(Ports.free().all()) <= 32767


def test_fewer_shards_than_one_is_refused(tmp_path: Path) -> None:
    """The number is shown."""
    with pytest.raises(ConfigurationWrong, match="-1"):
        render(replace(Configuration.pilot(tmp_path), shards=-1))
