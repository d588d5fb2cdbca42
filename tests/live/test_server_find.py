"""The Temporal server is looked for in the order the county was promised, and a miss says how to install one."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from live.server.build import REQUIRED_GO, VERSION
from live.server.find import AtAddress, Binary, Kind, Source, find_server, find_sql_tool
from live.server.problems import BuildFailed, ServerMissing, ServerUnusable
from tests.live.fake_programs import COMMAND_LINE_TOOL, GO, STOCK, put


@dataclass(frozen=True)
class Machine:
    """A machine with nothing on it: its PATH and its cache are empty folders."""

    bin: Path
    cache: Path

    @property
    def environ(self) -> dict[str, str]:
        """Its environment."""
        return {"PATH": str(self.bin), "HUANJIE_CACHE": str(self.cache), "HOME": str(self.cache)}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "bin", tmp_path / "cache")
    made.bin.mkdir()
    return made


def test_each_source_yields_to_the_one_before(machine: Machine, tmp_path: Path) -> None:
    """Address, named binary, temporal-server, temporal, cache, build: each is used when nothing before it is there."""
    put(machine.bin, "go", GO)
    built = find_server(environ=machine.environ)
    assert built == Binary(machine.cache / f"temporal-server-{VERSION}", Kind.SERVER, Source.BUILT, VERSION)

    (machine.bin / "go").unlink()
    cached = find_server(environ=machine.environ)
    assert cached == Binary(machine.cache / f"temporal-server-{VERSION}", Kind.SERVER, Source.CACHE, VERSION)

    tool = put(machine.bin, "temporal", COMMAND_LINE_TOOL)
    assert find_server(environ=machine.environ) == Binary(tool, Kind.DEV, Source.PATH, "1.33.1")

    stock = put(machine.bin, "temporal-server", STOCK)
    assert find_server(environ=machine.environ) == Binary(stock, Kind.SERVER, Source.PATH, "1.32.0")

    variable = put(tmp_path / "elsewhere", "one", STOCK)
    environ = {**machine.environ, "HUANJIE_TEMPORAL_SERVER": str(variable)}
    assert find_server(environ=environ) == Binary(variable, Kind.SERVER, Source.NAMED, "1.32.0")

    setting = put(tmp_path / "elsewhere", "two", COMMAND_LINE_TOOL)
    assert find_server(named=setting, environ=environ) == Binary(setting, Kind.DEV, Source.NAMED, "1.33.1")

    assert find_server(address="10.0.0.7:7233", named=setting, environ=environ) == AtAddress("10.0.0.7:7233")


def test_nothing_at_all_says_how_to_install(machine: Machine) -> None:
    """The message names everything that was tried and every way out."""
    with pytest.raises(ServerMissing) as missing:
        find_server(environ=machine.environ)
    text = str(missing.value)
    for tried in ("没有 temporal-server", "没有 temporal", "缓存中没有", "没有 Go"):
        assert tried in text
    for way in ("HUANJIE_TEMPORAL_SERVER", "PATH", "安装 Go", "主机:端口"):
        assert way in text


def test_an_old_go_is_named_with_what_is_needed(machine: Machine) -> None:
    """A Go older than the module demands is not tried; both versions are told."""
    put(machine.bin, "go", 'echo "go version go1.19.8 linux/amd64"')
    with pytest.raises(ServerMissing) as missing:
        find_server(environ=machine.environ)
    assert "1.19.8" in str(missing.value)
    assert ".".join(map(str, REQUIRED_GO)) in str(missing.value)


def test_a_build_shows_what_it_does_and_pins_the_version(machine: Machine) -> None:
    """Every line of Go's reaches the person, and the pinned version is what is asked for."""
    put(machine.bin, "go", GO)
    lines: list[str] = []
    find_server(environ=machine.environ, progress=lines.append)
    assert "go: downloading something" in lines
    assert any(line.endswith(f"go.temporal.io/server/cmd/server@v{VERSION}") for line in lines)


def test_a_failed_build_leaves_nothing(machine: Machine) -> None:
    """What Go said last is in the message, and the cache is as empty as before."""
    failing = GO.replace("install)", 'install) echo "no such module"; exit 1;;\nnever)')
    put(machine.bin, "go", failing)
    with pytest.raises(BuildFailed, match="no such module"):
        find_server(environ=machine.environ)
    assert list(machine.cache.iterdir()) == []


def test_the_sql_tool_is_built_on_demand(machine: Machine) -> None:
    """It comes from the same module and cache."""
    put(machine.bin, "go", GO)
    built = find_sql_tool(environ=machine.environ)
    assert built == machine.cache / f"temporal-sql-tool-{VERSION}"
    (machine.bin / "go").unlink()
    assert find_sql_tool(environ=machine.environ) == built


@pytest.mark.parametrize("body", ['echo "temporal version 1.8.0 (Server 1.27.2, UI 2.1.0)"', 'echo "hello"', "exit 3"])
def test_what_cannot_be_used_on_path_is_passed_over(machine: Machine, body: str) -> None:
    """An old `temporal`, or another program of that name, is told of and not used."""
    put(machine.bin, "temporal", body)
    put(machine.bin, "go", GO)
    lines: list[str] = []
    found = find_server(environ=machine.environ, progress=lines.append)
    assert isinstance(found, Binary)
    assert found.source is Source.BUILT
    assert any(line.startswith("跳过") and str(machine.bin / "temporal") in line for line in lines)


def test_what_was_named_must_be_usable(machine: Machine, tmp_path: Path) -> None:
    """A wrong name is an error with that name in it, never a silent fall back to something else."""
    put(machine.bin, "temporal-server", STOCK)
    plain = tmp_path / "plain"
    plain.write_text("not a program", encoding="utf-8")
    for named in (tmp_path / "absent", plain, tmp_path):
        with pytest.raises(ServerUnusable) as wrong:
            find_server(named=named, environ=machine.environ)
        assert str(named) in str(wrong.value)


@pytest.mark.parametrize("address", ["7233", "host", "host:", ":7233", "host:0", "host:65536", "host:http"])
def test_a_wrong_address_is_refused(machine: Machine, address: str) -> None:
    """An address is host:port, and the message says so with an example."""
    with pytest.raises(ServerUnusable, match=r"127\.0\.0\.1:7233"):
        find_server(address=address, environ=machine.environ)
