"""Where a rehearsal is written: beside or inside its final place first, moved there only when everything is finished."""

import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

SUMMARY, JOURNAL, REPORT, CASES = "summary.json", "journal.jsonl", "report.html", "cases"
KNOWN = (JOURNAL, REPORT, CASES, SUMMARY)
"""What a rehearsal leaves, in the order it is put in place: the summary last, so that it never stands for half a rehearsal."""
MARK = "journal_sha256"
"""The key of summary.json by which a folder is known to be an earlier rehearsal's."""
WORK = ".huanjie-"
NAMED = 3


class FolderError(Exception):
    """The folder cannot take a rehearsal; the message says why, in Chinese."""


class Folder:
    """The folder of one rehearsal. As a context it yields a place to write to; leaving it by an error leaves nothing.

    An earlier rehearsal's folder is replaced; a folder with anything else in it is refused, so that nobody's files are lost.
    """

    def __init__(self, out: str | Path) -> None:
        self.out = Path(out).absolute()
        self.work = Path()
        self._finished = False

    def problem(self) -> str | None:
        """Why this folder cannot be used, or None. Nothing stays changed."""
        try:
            self._check()
            self._open()
        except FolderError as refused:
            return str(refused)
        self._remove()
        return None

    def __enter__(self) -> Self:
        self._check()
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._finished:
                self._place()
        finally:
            self._remove()

    def finish(self) -> None:
        """Everything is written: leaving the context now puts it in place."""
        self._finished = True

    def _check(self) -> None:
        out = self.out
        if out.is_symlink() and not out.exists():
            raise FolderError(f"输出位置 {out} 是一个失效的链接")
        if not out.exists():
            return
        if not out.is_dir():
            raise FolderError(f"输出位置 {out} 已有同名文件，请换一个文件夹")
        try:
            names = sorted(entry.name for entry in out.iterdir())
        except OSError as error:
            raise FolderError(f"输出文件夹 {out} 无法读取（{error.strerror}）") from error
        names = [name for name in names if not name.startswith(WORK)]  # left by a rehearsal that was killed
        foreign = [name for name in names if name not in KNOWN]
        if foreign:
            more = f"等 {len(foreign)} 项" if len(foreign) > NAMED else ""
            raise FolderError(
                f"输出文件夹 {out} 里有不属于演练的文件（{'、'.join(foreign[:NAMED])}{more}），不覆盖；请换一个空文件夹"
            )
        if names and not _earlier(out):
            raise FolderError(f"输出文件夹 {out} 里的文件不是演练留下的，不覆盖；请换一个空文件夹")

    def _open(self) -> None:
        near = self.out
        while not near.exists():
            near = near.parent
        self.work = near / f"{WORK}{os.getpid()}"
        try:
            self._remove()
            self.work.mkdir()
            (self.work / "probe").write_bytes(b"")
            (self.work / "probe").unlink()
        except OSError as error:
            raise FolderError(f"输出文件夹 {self.out} 无法写入（{near}：{error.strerror}）") from error

    def _place(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / SUMMARY).unlink(missing_ok=True)
        for name in KNOWN:
            old, new = self.out / name, self.work / name
            if old.is_dir():
                shutil.rmtree(old)
            if new.exists():
                new.replace(old)
            else:
                old.unlink(missing_ok=True)

    def _remove(self) -> None:
        if self.work.name.startswith(WORK):
            shutil.rmtree(self.work, ignore_errors=True)


def _earlier(out: Path) -> bool:
    try:
        summary = json.loads((out / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(summary, dict) and MARK in summary
