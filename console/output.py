"""How commands speak: JSON for programs on stdout, Chinese for people, every problem at once, exit code 2 for unusable input."""

import errno
import io
import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from rich.console import Console

out = Console()
err = Console(stderr=True)

OK, NO, UNUSABLE, UNDECIDED = 0, 1, 2, 3


def tolerate_any_terminal() -> None:
    """Make sure that no terminal or pipe can turn an answer into an encoding error: Chinese goes out as UTF-8 where only
    ASCII is declared, and a character the encoding lacks becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968", "latin-1", "iso8859-1")
            stream.reconfigure(encoding="utf-8" if plain else None, errors="replace")


def print_json(answer: Any) -> None:
    """Write one JSON document to stdout, keys in the order given: readable in UTF-8, escaped to ASCII in other encodings.

    It is flushed at once, so that a full disk or a closed pipe is noticed here.
    """
    unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-") in ("utf-8", "utf8")
    sys.stdout.write(json.dumps(answer, ensure_ascii=not unicode, indent=2) + "\n")
    sys.stdout.flush()


REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "名称过长",
    errno.ELOOP: "链接循环",
    errno.EBUSY: "文件正在使用",
    errno.ETXTBSY: "文件正在使用",
}


def reason(failed: BaseException) -> str:
    """Why a file could not be read or written, in Chinese where the system's reason is a known one."""
    number = getattr(failed, "errno", None)
    return REASONS.get(number or 0) or getattr(failed, "strerror", None) or str(failed)


def unusable(problems: Sequence[str], *, as_json: bool = False) -> NoReturn:
    """Refuse the input with every problem at once; never returns (exit code 2)."""
    if as_json:
        print_json({"error": {"problems": list(problems)}})
    err.print(f"[bold red]输入无法使用，共 {len(problems)} 处问题：[/]")
    for number, problem in enumerate(problems, 1):
        err.print(f"  {number}. {problem}", highlight=False, markup=False, soft_wrap=True)
    sys.exit(UNUSABLE)
