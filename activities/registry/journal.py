"""The registry's journals out again: exported as the file every reader of journals knows, and held against their own hashes."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from sqlalchemy import Connection, func, select

from activities.journal import GENESIS, Chain, ChainProblem, ChainReport, JournalWriter
from activities.registry.database import Database
from activities.registry.errors import RegistryError, UnknownElectionError
from activities.registry.model import ChainRow, CommitRow, JournalRow, WorkflowRow, table

_BATCH = 500  # lines fetched at once: memory does not grow with the journal


class BrokenChainError(RegistryError):
    """A journal in the registry does not agree with its own hashes; nothing can be exported from it as intact."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is kept: its number, its text between number and hash, its hash."""

    n: int
    entry: str
    hash: str

    @property
    def text(self) -> bytes:
        """The line as a file has it, without the newline."""
        return b'{"n":%d,' % self.n + self.entry.encode()[:-1] + b',"hash":"' + self.hash.encode() + b'"}'


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: lines with the closing record, the last line's hash before it, and the last hash."""

    lines: int
    head: str
    closing: str


class Journals:
    """Every election's journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(self, election: str, file: BinaryIO) -> Exported:
        """Write an election's journal into an open binary file, ended by a closing record for what there is at this moment.

        The registry's own chain has no closing record and goes on. Raises UnknownElectionError, and BrokenChainError when a
        line does not agree with its hash.
        """
        writer = JournalWriter(file)
        with self._database.reading() as connection:
            _require(connection, election)
            for line in _lines(connection, election):
                writer.append_entry(line.entry.encode())
                if writer.head != line.hash or writer.lines != line.n:
                    raise BrokenChainError(
                        f"换届「{election}」的日志第{line.n}行与哈希不符：登记库被改动过，请停止使用并联系技术人员核查"
                    )
        head = writer.head
        return Exported(lines=writer.lines + 1, head=head, closing=writer.close())

    def verify(self, election: str) -> ChainReport:
        """Follow an election's chain through the registry: numbers, hashes, the head, and that no commit is missing.

        Raises UnknownElectionError.
        """
        chain, found = Chain(), []
        last = Line(0, "", GENESIS)
        with self._database.reading() as connection:
            head = _require(connection, election)
            for last in _lines(connection, election):
                _, wrong = chain.follow(last.text)
                if wrong:
                    found.append(ChainProblem(chain.lines, wrong))
            missing = _missing_commits(connection, election)
        if (head.lines, head.hash) != (last.n, last.hash):
            found.append(
                ChainProblem(last.n, f"日志止于第{last.n}行，链头登记为第{head.lines}行：日志尾部缺失或被改动")
            )
        report = chain.finish()  # that it is not closed is no problem here
        return ChainReport(report.lines, report.districts, report.head, (*found, *missing))

    def lines(self, election: str, after: int = 0) -> tuple[Line, ...]:
        """An election's lines behind a number, in order. Raises UnknownElectionError."""
        with self._database.reading() as connection:
            _require(connection, election)
            return tuple(_lines(connection, election, after))

    def text(self, election: str) -> bytes:
        """An export as bytes, for small journals."""
        file = BytesIO()
        self.export(election, file)
        return file.getvalue()


def _require(connection: Connection, election: str) -> ChainRow:
    row = connection.execute(select(table(ChainRow)).where(ChainRow.election == election)).first()
    if row is None:
        raise UnknownElectionError(f"登记库中没有换届「{election}」")
    return ChainRow(**row._mapping)


def _lines(connection: Connection, election: str, after: int = 0) -> Iterator[Line]:
    rows = connection.execution_options(yield_per=_BATCH).execute(
        select(JournalRow.n, JournalRow.entry, JournalRow.hash)
        .where(JournalRow.election == election, JournalRow.n > after)
        .order_by(JournalRow.n)
    )
    return (Line(row.n, row.entry, row.hash) for row in rows)


def _missing_commits(connection: Connection, election: str) -> list[ChainProblem]:
    """Workflows whose commits are not all there."""
    counted = func.count(CommitRow.number)
    rows = connection.execute(
        select(WorkflowRow.workflow, WorkflowRow.commits, counted.label("there"))
        .select_from(table(WorkflowRow).outerjoin(table(CommitRow)))
        .where(WorkflowRow.election == election)
        .group_by(WorkflowRow.workflow, WorkflowRow.commits)
        .having(counted != WorkflowRow.commits)
    )
    return [ChainProblem(0, f"流程「{row.workflow}」登记了{row.commits}次提交，实有{row.there}次") for row in rows]
