"""Where the Temporal server comes from, in a fixed order, so that what a county has installed is used before anything is built.

An address given; a binary named; `temporal-server`, then `temporal`, on PATH; an earlier build in the cache; a build with
Go; else a message that says how to install one.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from live.server.build import SERVER, SQL_TOOL, VERSION, Progress, Tool, build, cached, why_not
from live.server.problems import BuildFailed, ServerMissing, ServerUnusable, listed

NAMED_VARIABLE = "HUANJIE_TEMPORAL_SERVER"
SQL_TOOL_VARIABLE = "HUANJIE_TEMPORAL_SQL_TOOL"
ON_PATH = ("temporal-server", "temporal")
MINIMUM = (1, 32)
"""The oldest server that is used: what elections are tested with. A dev server counts by the server inside it."""
ANSWERS_WITHIN = 20.0  # seconds that `--version` may take


class Source(StrEnum):
    """How a binary was found."""

    NAMED = "named"
    PATH = "path"
    CACHE = "cache"
    BUILT = "built"


class Kind(StrEnum):
    """What a binary is: the stock server, or the command line tool whose `server start-dev` carries one inside."""

    SERVER = "server"
    DEV = "dev"


@dataclass(frozen=True)
class AtAddress:
    """A server that somebody else runs: no process of ours. `address` is host:port of its frontend."""

    address: str


@dataclass(frozen=True)
class Binary:
    """A server's binary that we can start. `version` is the server's, such as 1.32.0."""

    path: Path
    kind: Kind
    source: Source
    version: str


Found = AtAddress | Binary


def quiet(line: str) -> None:
    """Progress that nobody watches."""


def find_server(
    *,
    address: str | None = None,
    named: Path | None = None,
    environ: Mapping[str, str] | None = None,
    may_build: bool = True,
    progress: Progress = quiet,
) -> Found:
    """The server to use, see the module's order.

    `named` goes before the variable HUANJIE_TEMPORAL_SERVER. What is on PATH but cannot be used is passed over and told to
    `progress`. Raises ServerUnusable when what was given cannot be used, ServerMissing when there is nothing, BuildFailed
    when a build was begun and failed.
    """
    environ = os.environ if environ is None else environ
    if address:
        return AtAddress(_address(address))
    chosen = str(named) if named is not None else environ.get(NAMED_VARIABLE)
    if chosen:
        return _examined(_executable(chosen, NAMED_VARIABLE), Source.NAMED)
    problems: list[str] = []
    for name in ON_PATH:
        path = shutil.which(name, path=environ.get("PATH", ""))
        if path is None:
            problems.append(f"PATH 中没有 {name}")
            continue
        try:
            return _examined(Path(path), Source.PATH)
        except ServerUnusable as error:
            progress(f"跳过：{error}")
            problems.append(str(error))
    return Binary(*_own(SERVER, environ, may_build, progress, problems), VERSION)


def find_sql_tool(
    *, environ: Mapping[str, str] | None = None, may_build: bool = True, progress: Progress = quiet
) -> Path:
    """The stock SQL tool, which makes PostgreSQL's tables: named by HUANJIE_TEMPORAL_SQL_TOOL, on PATH, cached or built.

    Raises ServerUnusable, ServerMissing or BuildFailed as `find_server` does.
    """
    environ = os.environ if environ is None else environ
    chosen = environ.get(SQL_TOOL_VARIABLE)
    if chosen:
        return _executable(chosen, SQL_TOOL_VARIABLE)
    path = shutil.which(SQL_TOOL.name, path=environ.get("PATH", ""))
    if path is not None:
        return Path(path)
    return _own(SQL_TOOL, environ, may_build, progress, [f"PATH 中没有 {SQL_TOOL.name}"])[0]


def _own(
    tool: Tool, environ: Mapping[str, str], may_build: bool, progress: Progress, problems: list[str]
) -> tuple[Path, Kind, Source]:
    """From the cache, else built; raises ServerMissing with all that was tried and what to do."""
    earlier = cached(tool, environ)
    if earlier is not None:
        return earlier, Kind.SERVER, Source.CACHE
    problems.append(f"缓存中没有编译好的 {tool.cached_name}")
    reason = why_not(environ) if may_build else "本次不允许编译"
    if reason is None:
        return build(tool, environ, progress), Kind.SERVER, Source.BUILT
    raise ServerMissing(_how_to_install(tool, [*problems, f"不能编译：{reason}"]))


def _how_to_install(tool: Tool, problems: list[str]) -> str:
    variable = NAMED_VARIABLE if tool is SERVER else SQL_TOOL_VARIABLE
    version = ".".join(map(str, MINIMUM))
    ways = [
        f"下载官方发布包（temporal {VERSION}），把其中的 {tool.name} 放进 PATH",
        f"或用环境变量 {variable} 指明它的路径（{version} 或更高版本）",
        "或安装 Go 后重试：会自动编译固定版本并放进缓存，只需一次",
    ]
    if tool is SERVER:
        ways.append("或填写一台已有 Temporal 服务器的地址（主机:端口）")
    return listed(f"找不到 {tool.name}：", problems) + "\n" + listed("任选一种办法：", ways)


def _address(text: str) -> str:
    host, colon, port = text.strip().rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ServerUnusable(f"服务器地址「{text}」不对：应为 主机:端口，例如 127.0.0.1:7233。")
    return f"{host}:{int(port)}"


def _executable(text: str, variable: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_file() or not os.access(path, os.X_OK):
        raise ServerUnusable(f"指定的「{text}」不是可执行文件：请改正 {variable}（或设置中的路径），或取消它。")
    return path.resolve()


def _examined(path: Path, source: Source) -> Binary:
    """What a binary says of itself: `temporal` is the name of two programs, and an old one would fail late and oddly."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=ANSWERS_WITHIN)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerUnusable(f"{path} 无法运行：{error}。") from error
    said = (answer.stdout + answer.stderr).strip()
    inside = re.search(r"\(Server (\d+\.\d+\.\d+)", said)
    plain = re.search(r"\bversion v?(\d+\.\d+\.\d+)", said)
    match = inside or plain
    if match is None:
        raise ServerUnusable(f"{path} 不像 Temporal 服务器：--version 回答「{said[:200]}」。")
    version = match.group(1)
    if tuple(map(int, version.split(".")))[:2] < MINIMUM:
        raise ServerUnusable(f"{path} 的服务器版本是 {version}，过旧：需要 {'.'.join(map(str, MINIMUM))} 或更高版本。")
    return Binary(path, Kind.SERVER if inside is None else Kind.DEV, source, version)


__all__ = ["AtAddress", "Binary", "BuildFailed", "Found", "Kind", "Source", "find_server", "find_sql_tool", "quiet"]
