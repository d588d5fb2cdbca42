"""Builds the stock server and its SQL tool with Go: one pinned version, once, into the user's cache.

Whoever has no Temporal at hand but has Go needs nothing else. The build goes into a folder of its own and is moved into
the cache when it is whole, so a build that was cut off, or a second one at the same time, leaves nothing half made.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from live.server.problems import BuildFailed

VERSION = "1.32.0"
"""The version of the stock module that is built, and the one the elections are tested with."""

REQUIRED_GO = (1, 26, 8)
"""What the module of that version demands in the `go` line of its go.mod: change both together."""

CACHE_VARIABLE = "HUANJIE_CACHE"
LAST_LINES = 20

Progress = Callable[[str], None]
"""Receives one line for a person, without its end."""


@dataclass(frozen=True)
class Tool:
    """A command of the stock module: its package, what Go calls the binary, and what we call it."""

    name: str
    package: str
    binary: str

    @property
    def cached_name(self) -> str:
        """Its file in the cache, with the version: another version is another file."""
        return f"{self.name}-{VERSION}"


SERVER = Tool("temporal-server", "go.temporal.io/server/cmd/server", "server")
SQL_TOOL = Tool("temporal-sql-tool", "go.temporal.io/server/cmd/tools/sql", "sql")


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Where built binaries are kept: HUANJIE_CACHE, else `huanjie` in the user's cache folder."""
    named = environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    base = environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "huanjie"


def cached(tool: Tool, environ: Mapping[str, str]) -> Path | None:
    """An earlier build of the pinned version, or None."""
    path = cache_folder(environ) / tool.cached_name
    return path if path.is_file() and os.access(path, os.X_OK) else None


def why_not(environ: Mapping[str, str]) -> str | None:
    """Why nothing can be built here, in Chinese; None when Go is there and new enough."""
    go = shutil.which("go", path=environ.get("PATH"))
    needed = ".".join(map(str, REQUIRED_GO))
    if go is None:
        return f"PATH 中没有 Go（编译需要 Go {needed} 或更高版本）"
    try:
        said = subprocess.run(
            [go, "version"], env={**environ, "GOTOOLCHAIN": "local"}, capture_output=True, text=True, timeout=30
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{go} 无法运行：{error}"
    match = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", said)
    if match is None:
        return None  # a Go built from source names no release: let it try
    here = tuple(int(part or 0) for part in match.groups())
    if here < REQUIRED_GO:
        return f"{go} 的版本是 {'.'.join(map(str, here))}，过旧：编译需要 Go {needed} 或更高版本"
    return None


def build(tool: Tool, environ: Mapping[str, str], progress: Progress) -> Path:
    """Build the pinned version and return its path in the cache.

    Every line Go prints goes to `progress`. Takes minutes and some gigabytes of Go's own cache the first time.
    Raises BuildFailed with the reason, or with the end of Go's output.
    """
    problem = why_not(environ)
    if problem is not None:
        raise BuildFailed(f"无法编译 {tool.name}：{problem}。")
    folder = cache_folder(environ)
    target = folder / tool.cached_name
    progress(f"正在用 Go 编译 {tool.name} {VERSION}（只需一次，约几分钟）……")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="building-", dir=folder) as made:
            _install(tool, Path(made), environ, progress)
            os.replace(Path(made) / tool.binary, target)
    except OSError as error:
        raise BuildFailed(
            f"无法把 {tool.name} 写入缓存 {folder}：{error}。可用 {CACHE_VARIABLE} 指定另一个文件夹。"
        ) from error
    progress(f"已编译：{target}")
    return target


def _install(tool: Tool, into: Path, environ: Mapping[str, str], progress: Progress) -> None:
    """Run `go install`; it stands in an empty folder, so that no module or flag of the caller's changes what is built."""
    go = shutil.which("go", path=environ.get("PATH"))
    assert go is not None
    command = [go, "install", "-v", "-trimpath", f"{tool.package}@v{VERSION}"]
    clean = {**environ, "GOBIN": str(into), "GOFLAGS": "", "GO111MODULE": "on", "CGO_ENABLED": "0"}
    for cross in ("GOOS", "GOARCH"):  # with either, Go refuses GOBIN; and it runs here
        clean.pop(cross, None)
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=into,
        env=clean,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                progress(line.rstrip())
                lines = [*lines, line.rstrip()][-LAST_LINES:]
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise BuildFailed(f"编译 {tool.name} {VERSION} 失败（{' '.join(command)}）：\n" + "\n".join(lines))
