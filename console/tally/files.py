"""Where a tally lives: the poll's head, one file for each entered sheet, and the tally book, written whole or not at all.

Two people may work on one book: it is locked from reading to writing, so that no step is lost.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from console.output import NO, UNUSABLE, err, print_json, reason, unusable
from console.typed import parse, text_of
from policies.finding import Finding
from policies.form import FormRefused
from policies.lifecycles import ForbiddenTransition
from policies.tally import Book, BoxSheet, CannotMerge, Poll, TallyRefused, read_poll, read_sheet

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")

BookArgument = Annotated[Path, typer.Argument(metavar="计票簿", help="由 huanjie tally open 建立的计票簿文件。")]
BoxArgument = Annotated[str, typer.Argument(metavar="票箱", help="票箱名称；汇总表写“汇总表”。")]
ByOption = Annotated[str, typer.Option("--by", metavar="姓名", help="办理人姓名。")]
WhyOption = Annotated[str, typer.Option("--why", metavar="理由", help="为什么，写明白。")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")]


def open_poll(file: str, *, as_json: bool) -> Poll:
    """The poll's head in a YAML or JSON file; ends the command (exit 2) with every problem."""
    try:
        raw, lines, broken = parse(text_of(file))
        return read_poll(raw, today=date.today(), places=_places(lines), earlier=broken)
    except FormRefused as refused:
        refuse(refused.findings, as_json=as_json, code=UNUSABLE)


def open_sheet(file: Path, poll: Poll, *, as_json: bool) -> BoxSheet:
    """One box's sheet in a workbook, a YAML or a JSON file; ends the command (exit 2) with every bad cell."""
    workbook = file.suffix.lower() in WORKBOOKS
    try:
        if workbook:
            from console.tally.workbook import read_workbook

            data, places, bad = read_workbook(file)
            return read_sheet(data, poll, places=places, earlier=bad)
        raw, lines, broken = parse(text_of(str(file)))
        return read_sheet(raw, poll, places=_places(lines), earlier=broken)
    except FormRefused as refused:
        found = tuple(map(_of_a_cell, refused.findings)) if workbook else refused.findings
        refuse(found, as_json=as_json, code=UNUSABLE)


def _of_a_cell(finding: Finding) -> Finding:
    """The same remedy where there are no lines and nobody writes null."""
    remedy = finding.remedy.replace("填 null", "留空").replace("行号", "单元格")
    return finding.model_copy(update={"remedy": remedy})


def open_book(file: Path, *, as_json: bool = False) -> Book:
    """The tally book in a file; ends the command (exit 2) when there is none."""
    try:
        return Book.model_validate_json(file.read_bytes())
    except OSError as failed:
        unusable([f"{file}：无法读取（{reason(failed)}）"], as_json=as_json)
    except ValidationError as failed:
        where = ".".join(str(part) for part in failed.errors()[0]["loc"]) or "全文"
        unusable([f"{file}：不是计票簿，或已被改动（{where}，共 {failed.error_count()} 处不合格式）"], as_json=as_json)


def save_new(book: Book, file: Path, *, as_json: bool) -> None:
    """Write a book where none is yet; ends the command (exit 2) when it cannot be done."""
    if file.exists():
        unusable([f"{file} 已存在，不覆盖；请换一个名称"], as_json=as_json)
    if not file.parent.is_dir():
        unusable([f"没有文件夹 {file.parent}，请先建立"], as_json=as_json)
    _write(book, file, as_json=as_json)


def change(file: Path, step: Callable[[Book], Book], *, as_json: bool = False) -> Book:
    """Take one step in a book and write it; a refusal (exit 1, every reason) leaves the file as it was."""
    with _locked(file, as_json=as_json):
        book = open_book(file, as_json=as_json)
        try:
            after = step(book)
        except (TallyRefused, CannotMerge) as refused:
            refuse(refused.findings, as_json=as_json)
        except ValidationError as failed:
            unusable([f"“{each['input']}”过长，或者含有“/”" for each in failed.errors()], as_json=as_json)
        except ForbiddenTransition as forbidden:
            if as_json:
                print_json({"error": {"problems": [str(forbidden)]}})
            err.print(str(forbidden), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(NO) from None
        _write(after, file, as_json=as_json)
        return after


def now() -> datetime:
    """The instant of a step."""
    return datetime.now(UTC).replace(microsecond=0)


def refuse(findings: "tuple[Finding, ...]", *, as_json: bool, code: int = NO) -> NoReturn:
    """Say every reason and end the command."""
    if as_json:
        print_json({"findings": [each.model_dump(mode="json") for each in findings]})
    err.print(f"[bold red]不能办理，共 {len(findings)} 处问题：[/]")
    for number, each in enumerate(findings, 1):
        said = f"  {number}. {each.rule} {each.message}{each.remedy}"
        err.print(said, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code)


def _places(lines: dict[str, int]) -> dict[str, str]:
    return {path: f"第 {line} 行" for path, line in lines.items()}


@contextmanager
def _locked(file: Path, *, as_json: bool) -> Iterator[None]:
    """Nobody else changes a book of this folder meanwhile; the book itself is replaced and cannot carry the lock."""
    try:
        folder = os.open(file.absolute().parent, os.O_RDONLY)
    except OSError as failed:
        unusable([f"{file}：无法读取（{reason(failed)}）"], as_json=as_json)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(book: Book, file: Path, *, as_json: bool) -> None:
    try:
        with NamedTemporaryFile(dir=file.absolute().parent, prefix=".huanjie-", delete=False) as draft:
            place = Path(draft.name)
            try:
                draft.write(book.model_dump_json(indent=1).encode())
                draft.flush()
                os.fsync(draft.fileno())
                place.replace(file)
            except BaseException:
                place.unlink(missing_ok=True)
                raise
    except OSError as failed:
        unusable([f"{file}：无法写入（{reason(failed)}）"], as_json=as_json)
