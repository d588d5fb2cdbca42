"""The journal file: one JSON object a line, each chained to the one before by a hash, with a closing record at the end.

A line is `{"n":1,"district":…,"street":…,"unit":…,"body":…,"at":…,"fact":{…},"hash":…}`; its hash is the hex SHA-256
of the previous line's hash followed by the line's exact text without `,"hash":"…"`. The first line follows 64 zeros.
The chain shows an edited or missing line; the closing record shows a cut tail, which a chain alone cannot.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from os import PathLike
from typing import Any, BinaryIO, NamedTuple, Protocol

GENESIS = "0" * 64
CLOSED = "journal_closed"
DISTRICT_OPENED = "district_opened"

_PREFIX = b',"hash":"'
_SUFFIX = len(_PREFIX) + 64 + len(b'"}')
_HASH_START = -_SUFFIX + len(_PREFIX)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_decode = json.JSONDecoder().raw_decode


class Dumpable(Protocol):
    """Anything that writes itself as compact JSON, as every fact of `workflows/facts.py` does."""

    def model_dump_json(self) -> str:
        """The fact as JSON text without spaces."""


class JournalLine(NamedTuple):
    """One line as read: light, with the fact left as plain JSON."""

    n: int
    district: str
    street: str
    unit: str
    body: str
    at: str
    fact: dict[str, Any]
    hash: str

    @property
    def kind(self) -> str:
        """What kind of fact this is."""
        return str(self.fact["kind"])


def entry(
    *, district: str, street: str, unit: str, body: str, at: datetime | str, fact: Dumpable | Mapping[str, Any] | str
) -> bytes:
    """A line's text after its number and before its hash: what a worker process can prepare ahead of the chain.

    A fact given as text is taken as it is. The same facts give the same bytes, whoever encodes them. Raises ValueError for a number JSON cannot hold.
    """
    when = _encode(at) if isinstance(at, str) else f'"{at.isoformat()}"'
    text = fact if isinstance(fact, str) else _encode(fact) if isinstance(fact, Mapping) else fact.model_dump_json()
    return f'{_place(district, street, unit, body)},"at":{when},"fact":{text}}}'.encode()


@lru_cache(maxsize=1024)
def _place(district: str, street: str, unit: str, body: str) -> str:
    return f'"district":{_encode(district)},"street":{_encode(street)},"unit":{_encode(unit)},"body":{_encode(body)}'


def chained(previous: str, canonical: bytes) -> str:
    """The hash of a line whose exact text without its hash is `canonical`."""
    return sha256(previous.encode() + canonical).hexdigest()


class JournalWriter:
    """Appends lines to an open binary file and closes the chain; the file itself stays open, it is the caller's."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = GENESIS
        self._entry = b""
        self.lines = 0
        self.districts = 0
        self.closed = False

    @property
    def head(self) -> str:
        """The hash of the last line written; of the closing record once closed."""
        return self._hash

    def append(
        self,
        *,
        district: str,
        street: str,
        unit: str,
        body: str,
        at: datetime | str,
        fact: Dumpable | Mapping[str, Any],
    ) -> None:
        """Write one fact. Raises ValueError once the journal is closed."""
        self.append_entry(entry(district=district, street=street, unit=unit, body=body, at=at, fact=fact))

    def append_entry(self, prepared: bytes) -> None:
        """Write one line prepared by `entry`. Raises ValueError once the journal is closed."""
        if self.closed:
            raise ValueError("the journal is closed: nothing can be appended after its closing record")
        self._entry = prepared
        self.lines += 1
        if b'"kind":"district_opened"' in prepared:  # inside a text its quotes would be escaped
            self.districts += 1
        canonical = b'{"n":%d,' % self.lines + prepared
        self._hash = chained(self._hash, canonical)
        self._file.write(canonical[:-1] + _PREFIX + self._hash.encode() + b'"}\n')

    def close(self, at: datetime | str = "") -> str:
        """Write the closing record (its `lines` counts itself), return the last hash. Raises ValueError when closed."""
        fact = {"kind": CLOSED, "lines": self.lines + 1, "districts": self.districts}
        if not at and self._entry:
            at = str(_decode("{" + self._entry.decode())[0]["at"])
        self.append(district="", street="", unit="", body="", at=at, fact=fact)
        self.closed = True
        return self._hash


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """What is wrong with the chain, at which line (counted from 1, as it stands in the file)."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """A chain's verdict: how many lines and districts were read, the last hash, and every break."""

    lines: int
    districts: int
    head: str
    problems: tuple[ChainProblem, ...]

    @property
    def ok(self) -> bool:
        """True when no line is edited, missing or added, and the journal is properly closed."""
        return not self.problems


class Chain:
    """Follows the chain line by line; memory does not grow with the journal unless the journal is broken."""

    def __init__(self) -> None:
        self._hash = GENESIS
        self._lines = 0
        self._districts = 0
        self._closed = False
        self._problems: list[ChainProblem] = []

    @property
    def lines(self) -> int:
        """Lines followed so far."""
        return self._lines

    @property
    def closed(self) -> bool:
        """True once the closing record has been read."""
        return self._closed

    def follow(self, line: bytes) -> tuple[dict[str, Any] | None, str]:
        """Take the next line without its newline: the record, or None when unreadable, and what is wrong, if anything.

        After a break the chain goes on from the hash the line states, so that one edit is reported once.
        """
        self._lines += 1
        wrong: list[str] = []
        if self._closed:
            wrong.append("结束记录之后仍有内容")
        if line[-_SUFFIX:_HASH_START] != _PREFIX:
            wrong.append("该行不完整或没有哈希")
        else:
            stated = line[_HASH_START:-2].decode("ascii", "replace")
            if sha256(self._hash.encode() + line[:-_SUFFIX] + b"}").hexdigest() != stated:
                wrong.append("哈希与内容或上一行不符（有改动、缺行或增行）")
            self._hash = stated
        try:
            record = _decode(line.decode())[0]
            fact = record["fact"]
            kind, number = fact["kind"], record["n"]
        except (ValueError, KeyError, TypeError):
            wrong.append("该行不是可读的记录")
            return None, self._note(wrong)
        if number != self._lines:
            wrong.append(f"行号为{number}，应为{self._lines}")
        if kind == DISTRICT_OPENED:
            self._districts += 1
        elif kind == CLOSED:
            self._closed = True
            if fact.get("lines") != self._lines or fact.get("districts") != self._districts:
                wrong.append(
                    f"结束记录写明{fact.get('lines')}行、{fact.get('districts')}个区，"
                    f"实为{self._lines}行、{self._districts}个区"
                )
        return record, self._note(wrong)

    def _note(self, wrong: list[str]) -> str:
        if not wrong:
            return ""
        message = "；".join(wrong)
        self._problems.append(ChainProblem(self._lines, message))
        return message

    def finish(self) -> ChainReport:
        """The verdict over everything followed; a journal without its closing record has lost its tail."""
        problems = list(self._problems)
        if not self._closed:
            problems.append(ChainProblem(self._lines, "没有结束记录：日志尾部被截断"))
        return ChainReport(self._lines, self._districts, self._hash, tuple(problems))


def _lines(path: str | PathLike[str]) -> Iterator[bytes]:
    with open(path, "rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


def read_journal(path: str | PathLike[str]) -> Iterator[JournalLine]:
    """Each line of a journal in order, the chain not verified. Raises ValueError naming a line that cannot be read."""
    for number, line in enumerate(_lines(path), start=1):
        try:
            record = _decode(line.decode())[0]
            yield JournalLine(**record)
        except (ValueError, TypeError) as error:
            raise ValueError(f"line {number} of {path} is not a journal line: {error}") from error


def verify_chain(path: str | PathLike[str]) -> ChainReport:
    """Follow a whole file's chain: numbers, hashes, closing record. Raises OSError when the file cannot be opened."""
    chain = Chain()
    for line in _lines(path):
        chain.follow(line)
    return chain.finish()
