"""What may go wrong with a server of ours: each says in Chinese what was wrong and what helps."""

from pathlib import Path


class ServerProblem(Exception):  # noqa: N818 - named for what it is
    """The base of all: its text is for the person at the command line."""


class ServerMissing(ServerProblem):
    """No server to be had; the text names every way to install one."""


class ServerUnusable(ServerProblem):
    """Something was named that cannot be used."""


class BuildFailed(ServerProblem):
    """Go could not build the server; the text carries the end of its output."""


class ConfigurationWrong(ServerProblem):
    """Settings that cannot be rendered or used; the text lists all of them."""


class ServerFailed(ServerProblem):
    """The server did not come up or ended; the text carries the end of its log."""


class StoreFailed(ServerProblem):
    """The server's store could not be made or brought up to date."""


class PreparationFailed(ServerProblem):
    """The namespace could not be made as the elections need it."""


def listed(head: str, problems: list[str]) -> str:
    """One text of a heading and its problems, one a line."""
    return "\n".join([head, *(f"  - {problem}" for problem in problems)])


def tail(log: Path, start: int = 0, length: int = 3000) -> str:
    """The end of a log, at most `length` bytes and nothing from before byte `start`; empty when there is none."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(start, size - length))
            return stream.read().decode("utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""
