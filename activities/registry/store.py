"""The store on SQL: everything of one commit in one transaction, exactly once, its facts chained into the election's journal.

Built for speed where it matters, in `apply`: plain statements compiled once, no objects, and only those few kinds of facts
are read that have a table of their own.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from activities.journal import chained, entry
from activities.registry import outcomes
from activities.registry.database import Database
from activities.registry.errors import ContradictionError, UnknownElectionError, UnknownPlaceError
from activities.registry.model import (
    ChainRow,
    CommitRow,
    DecisionRow,
    ElectionRow,
    JournalRow,
    PaperRow,
    PendingSignatureRow,
    PollRow,
    RefusalRow,
    SeatOriginRow,
    SeatRow,
    StreetRow,
    TaskRow,
    TaskStatus,
    UnitClosingRow,
    UnitRow,
    WorkflowRow,
    table,
)
from activities.stores.protocol import IssuedPaper, refused_fact
from policies.pack.schema import BodyId
from workflows.facts import (
    BodyCompleted,
    ClockMoved,
    Commit,
    Contest,
    Decided,
    Noted,
    PollFailed,
    PollSettled,
    Refusal,
    Task,
    UnitClosed,
)
from workflows.messages import Counted

Row = dict[str, Any]


CHAINS, WORKFLOWS, COMMITS, JOURNAL = table(ChainRow), table(WorkflowRow), table(CommitRow), table(JournalRow)
TASKS, PENDING = table(TaskRow), table(PendingSignatureRow)

_LOCK_HEAD = select(CHAINS.c.lines, CHAINS.c.hash).where(CHAINS.c.election == bindparam("_election")).with_for_update()
_MOVE_HEAD = (
    update(CHAINS)
    .where(CHAINS.c.election == bindparam("_election"))
    .values(lines=bindparam("_lines"), hash=bindparam("_hash"))
)
_LAST_COMMIT = select(WORKFLOWS.c.commits, WORKFLOWS.c.election).where(WORKFLOWS.c.workflow == bindparam("_workflow"))
_GO_ON = (
    update(WORKFLOWS)
    .where(WORKFLOWS.c.workflow == bindparam("_workflow"))
    .values(commits=bindparam("_commits"), changed_at=bindparam("_at"))
)
_GO_ON_IN_STATE = _GO_ON.values(state=bindparam("_state"))
_CLOSE = (
    update(TASKS)
    .where(
        TASKS.c.workflow == bindparam("_workflow"),
        TASKS.c.gate == bindparam("_gate"),
        TASKS.c.status == TaskStatus.OPEN,
    )
    .values(status=TaskStatus.CLOSED, closed_at=bindparam("_at"))
)
_DROP_PENDING = delete(PENDING).where(
    PENDING.c.workflow == bindparam("_workflow"), PENDING.c.gate == bindparam("_gate")
)
_JUDGE = (
    update(table(PollRow))
    .where(PollRow.workflow == bindparam("_workflow"), PollRow.gate == bindparam("_gate"))
    .values(valid=bindparam("_valid"), open_seats=bindparam("_open_seats"))
)
_WRITTEN = (
    select(COMMITS.c.at, JOURNAL.c.entry)
    .select_from(
        COMMITS.outerjoin(
            JOURNAL,
            (JOURNAL.c.election == bindparam("_election"))
            & (JOURNAL.c.n >= COMMITS.c.first_line)
            & (JOURNAL.c.n < COMMITS.c.first_line + COMMITS.c.lines),
        )
    )
    .where(COMMITS.c.workflow == bindparam("_workflow"), COMMITS.c.number == bindparam("_number"))
    .order_by(JOURNAL.c.n)
)
_ADD = {
    one: insert(one)
    for one in (
        WORKFLOWS,
        COMMITS,
        JOURNAL,
        *map(table, (DecisionRow, PaperRow, PollRow, RefusalRow, SeatOriginRow, SeatRow, UnitClosingRow)),
    )
}
_REFRESHED = ("step", "title", "role", "opens_on", "last_day", "round", "people", "seats", "vote", "contests")
"""What a task opened anew replaces; where it stands in the inbox stays."""
_INBOX = (
    select(TASKS)
    .where(TASKS.c.status == TaskStatus.OPEN)
    .order_by(TASKS.c.opened_at, TASKS.c.opened_line, TASKS.c.position, TASKS.c.workflow)
)


_CONTESTS = TypeAdapter(tuple[Contest, ...])


def task_of(row: Any) -> Task:
    """A task from its row."""
    return Task(
        workflow=row.workflow,
        gate=row.gate,
        step=row.step,
        title=row.title,
        role=row.role,
        opens_on=row.opens_on,
        last_day=row.last_day,
        round=row.round,
        people=tuple(json.loads(row.people)),
        seats=row.seats,
        vote=row.vote,
        contests=() if row.contests is None else _CONTESTS.validate_json(row.contests),
    )


class SqlStore:
    """See `activities.stores.protocol.Store`. Safe for many threads: commits to one election queue up at its chain's head.

    What cannot be written just now raises RegistryUnavailableError and leaves nothing behind: deliver it again. What may
    never be written raises ContradictionError; see there.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        upsert = sqlite.insert(TASKS) if database.sqlite else postgresql.insert(TASKS)
        self._open = upsert.on_conflict_do_update(
            index_elements=[TASKS.c.workflow, TASKS.c.gate],
            set_={name: upsert.excluded[name] for name in _REFRESHED},
            where=TASKS.c.status == TaskStatus.OPEN,  # a decided gate does not come back
        )

    def apply(self, commit: Commit, papers: Iterable[IssuedPaper]) -> bool:
        """See `Store.apply`. `papers` are rendered only when they are written.

        Raises RegistryUnavailableError (deliver it again), UnknownElectionError, and ContradictionError: a number left
        out, another content under a number already written, or what a constraint forbids.
        """
        with self._database.writing() as connection:
            head = _locked(connection, commit.district)
            place = _Place(commit.district, commit.street, commit.unit, commit.body)
            lines = [_line(place, commit.at, noted) for noted in commit.facts]
            if not _is_new(connection, commit, lines):
                return False
            self._go_on(connection, commit, head)
            _write(
                connection,
                COMMITS,
                [
                    {
                        "workflow": commit.workflow,
                        "number": commit.number,
                        "at": commit.at,
                        "first_line": head.lines + 1,
                        "lines": len(lines),
                    }
                ],
            )
            before = head.lines
            for position, (noted, line) in enumerate(zip(commit.facts, lines, strict=True)):
                head.append(
                    line,
                    kind=noted.kind,
                    place=place,
                    at=commit.at,
                    workflow=commit.workflow,
                    commit_number=commit.number,
                    position=position,
                )
            head.write(connection)
            _own_tables(connection, commit, before + 1)
            self._tasks(connection, commit, before)
            _write(connection, table(PaperRow), [{**paper._asdict(), "at": commit.at} for paper in papers])
        return True

    def _go_on(self, connection: Connection, commit: Commit, head: "_Head") -> None:
        if commit.number == 1:
            row = {
                "workflow": commit.workflow,
                "election": commit.district,
                "street": commit.street,
                "unit": commit.unit or None,
                "body": commit.body,
                "state": commit.state,
                "commits": 1,
                "began_line": head.lines,
                "changed_at": commit.at,
            }
            _write(connection, WORKFLOWS, [row])
            return
        row = {"_workflow": commit.workflow, "_commits": commit.number, "_at": commit.at}
        if commit.state:
            connection.execute(_GO_ON_IN_STATE, {**row, "_state": commit.state})
        else:
            connection.execute(_GO_ON, row)

    def _tasks(self, connection: Connection, commit: Commit, line: int) -> None:
        """What opened, then what closed: a gate decided while its task was being put forward is closed."""
        opened = [
            {
                **{name: getattr(task, name) for name in _REFRESHED},
                "workflow": task.workflow,
                "gate": task.gate,
                "role": task.role.value,
                "people": json.dumps(task.people, ensure_ascii=False),
                "contests": _CONTESTS.dump_json(task.contests).decode() if task.contests else None,
                "status": TaskStatus.OPEN,
                "opened_at": commit.at,
                "opened_line": line,
                "position": position,
                "closed_at": None,
            }
            for position, task in enumerate(commit.opened)
        ]
        _execute(connection, self._open, opened)
        closed = [{"_workflow": commit.workflow, "_gate": gate, "_at": commit.at} for gate in commit.closed]
        _execute(connection, _CLOSE, closed)

    def refuse(self, refusal: Refusal, at: datetime, key: str = "") -> None:
        """See `Store.refuse`. Reported again under the same key, it is not journalled again; without a key it is.

        A refusal for a body that never began is journalled under its unit, for a unit that never began under its place in
        the election. Raises UnknownPlaceError, RegistryUnavailableError.
        """
        with self._database.writing() as connection:
            place = _place_of(connection, refusal.workflow)
            head = _locked(connection, place.election)
            if key and connection.execute(select(RefusalRow.line).where(RefusalRow.key == key)).first() is not None:
                return
            noted = Noted.of(refused_fact(refusal))
            head.append(_line(place, at, noted), kind=noted.kind, place=place, at=at, workflow=refusal.workflow)
            head.write(connection)
            if key:
                row = {"key": key, "election": place.election, "line": head.lines}
                _write(connection, table(RefusalRow), [row])

    def written(self, workflow: str) -> int:
        """See `Store.written`."""
        with self._database.reading() as connection:
            row = connection.execute(_LAST_COMMIT, {"_workflow": workflow}).first()
            return 0 if row is None else int(row.commits)

    def inbox(self) -> list[Task]:
        """See `Store.inbox`; of every election of this registry."""
        with self._database.reading() as connection:
            return [task_of(row) for row in connection.execute(_INBOX)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in an election something happened."""

    election: str
    street: str
    unit: str
    body: str


@dataclass(slots=True)
class _Head:
    """The locked head of a chain, with the lines put behind it so far."""

    election: str
    lines: int
    hash: str
    rows: list[Row] = field(default_factory=list)

    def append(
        self,
        line: bytes,
        *,
        kind: str,
        place: _Place,
        at: datetime,
        workflow: str,
        commit_number: int | None = None,
        position: int | None = None,
    ) -> None:
        """Chain one line, as `activities.journal.JournalWriter` does."""
        self.lines += 1
        self.hash = chained(self.hash, b'{"n":%d,' % self.lines + line)
        self.rows.append(
            {
                "election": self.election,
                "n": self.lines,
                "entry": line.decode(),
                "hash": self.hash,
                "kind": kind,
                "at": at,
                "street": place.street,
                "unit": place.unit,
                "body": place.body,
                "workflow": workflow,
                "commit_number": commit_number,
                "position": position,
            }
        )

    def write(self, connection: Connection) -> None:
        """Write the lines and move the head."""
        if self.rows:
            _write(connection, JOURNAL, self.rows)
            moved = {"_election": self.election, "_lines": self.lines, "_hash": self.hash}
            connection.execute(_MOVE_HEAD, moved)


def _locked(connection: Connection, election: str) -> _Head:
    """The head of an election's chain, nobody else's until the transaction ends. Raises UnknownElectionError."""
    row = connection.execute(_LOCK_HEAD, {"_election": election}).first()
    if row is None:
        raise UnknownElectionError(f"登记库中没有换届「{election}」：请先登记这次换届，再启动流程")
    return _Head(election, row.lines, row.hash)


def _line(place: _Place, at: datetime, noted: Noted) -> bytes:
    """A fact's line without its number and hash."""
    return entry(district=place.election, street=place.street, unit=place.unit, body=place.body, at=at, fact=noted.text)


def _is_new(connection: Connection, commit: Commit, lines: list[bytes]) -> bool:
    """False when it was written before. Read after the chain was locked, so that nobody can be about to write it.

    A workflow started anew under an old id counts from 1 again: then something else stands under the number, and leaving
    that out in silence would lose it.
    """
    row = connection.execute(_LAST_COMMIT, {"_workflow": commit.workflow}).first()
    last = 0 if row is None else row.commits
    what = f"流程「{commit.workflow}」的第{commit.number}次提交"
    if row is not None and row.election != commit.district:
        raise ContradictionError(
            f"{what}写明属于换届「{commit.district}」，登记的是「{row.election}」：未写入，请联系技术人员核查"
        )
    if commit.number == last + 1:
        return True
    if commit.number > last:
        raise ContradictionError(f"{what}之前缺第{last + 1}次：未写入，登记库可能是旧备份，请联系技术人员核查")
    key = {"_election": commit.district, "_workflow": commit.workflow, "_number": commit.number}
    written = connection.execute(_WRITTEN, key).all()
    before = [one.entry.encode() for one in written if one.entry is not None]
    if not written or before != lines or written[0].at != commit.at:
        raise ContradictionError(f"{what}与已登记的内容不同：未写入，该流程可能被重新发起过，请联系技术人员核查")
    return False


def _own_tables(connection: Connection, commit: Commit, first_line: int) -> None:
    """The facts that have a table of their own, where the database itself holds that they happen once."""
    for line, noted in enumerate(commit.facts, start=first_line):
        reader = _OWN.get(noted.kind)
        if reader is not None:
            reader(connection, commit, noted, line)


def _decided(connection: Connection, commit: Commit, noted: Noted, line: int) -> None:
    fact = noted.read()
    assert isinstance(fact, Decided)
    row = {
        "workflow": commit.workflow,
        "gate": fact.gate,
        "role": fact.role.value,
        "by": fact.by,
        "second": fact.second,
        "form": fact.form.kind,
        "at": commit.at,
        "election": commit.district,
        "line": line,
    }
    _write(connection, table(DecisionRow), [row])
    if isinstance(fact.form, Counted) and commit.unit:
        _write(connection, table(PollRow), [outcomes.polled(commit, fact.gate, fact.form, line)])
    if fact.second:  # signed twice: the first signature waits no longer
        connection.execute(_DROP_PENDING, {"_workflow": commit.workflow, "_gate": fact.gate})


def _body_completed(connection: Connection, commit: Commit, noted: Noted, line: int) -> None:  # noqa: ARG001 - one signature
    fact = noted.read()
    assert isinstance(fact, BodyCompleted)
    nominated = outcomes.nominated(connection, commit.unit) if fact.seats else {}
    first, filled = _after_earlier(connection, commit)
    filling = [seat for seat in fact.seats if seat.person not in filled]
    seats = [
        {
            "unit": commit.unit,
            "body": commit.body,
            "number": number,
            "person": seat.person,
            "name": seat.name,
            "post": seat.post,
            "votes": seat.votes,
            "at": commit.at,
            **outcomes.described(nominated.get(seat.person), commit.body),
        }
        for number, seat in enumerate(filling, start=first)
    ]
    _write(connection, table(SeatRow), seats)
    origins = [
        {"unit": commit.unit, "body": commit.body, "number": number, "origin": origin.value}
        for number, seat in enumerate(filling, start=first)
        for origin in outcomes.origins(nominated.get(seat.person))
    ]
    _write(connection, table(SeatOriginRow), origins)


def _after_earlier(connection: Connection, commit: Commit) -> tuple[int, set[str]]:
    """The first number free for a seat, and who has one there already: a unit may hold by-elections again and again.

    Somebody elected in two of them keeps the first row; the journal has both. Any other body is elected once.
    """
    if commit.body != BodyId.BY_ELECTION:
        return 1, set()
    seats = table(SeatRow)
    before = select(seats.c.person).where(seats.c.unit == commit.unit, seats.c.body == commit.body)
    people = set(connection.execute(before).scalars())
    return len(people) + 1, people


def _poll_judged(connection: Connection, commit: Commit, noted: Noted, line: int) -> None:  # noqa: ARG001 - one signature
    fact = noted.read()
    assert isinstance(fact, PollSettled | PollFailed)
    connection.execute(_JUDGE, {"_workflow": commit.workflow, "_gate": fact.gate, **outcomes.judged(fact)})


def _unit_closed(connection: Connection, commit: Commit, noted: Noted, line: int) -> None:  # noqa: ARG001 - one signature
    fact = noted.read()
    assert isinstance(fact, UnitClosed)
    row = {
        "unit": commit.unit,
        "completed_on": fact.completed_on,
        "held_by": fact.held_by,
        "reason": fact.reason,
        "at": commit.at,
    }
    _write(connection, table(UnitClosingRow), [row])


def _clock_moved(connection: Connection, commit: Commit, noted: Noted, line: int) -> None:  # noqa: ARG001 - one signature
    fact = noted.read()
    assert isinstance(fact, ClockMoved)
    elections = table(ElectionRow)
    connection.execute(
        update(elections).where(elections.c.id == commit.district).values(clock_now_json=fact.clock.model_dump_json())
    )


_OWN = {
    "decided": _decided,
    "body_completed": _body_completed,
    "poll_settled": _poll_judged,
    "poll_failed": _poll_judged,
    "unit_closed": _unit_closed,
    "clock_moved": _clock_moved,
}


def _place_of(connection: Connection, workflow: str) -> _Place:
    """Where a refusal belongs. Raises UnknownPlaceError."""
    unit = workflow.rsplit("/", 1)[0]
    for known in dict.fromkeys((workflow, unit)):
        begun = connection.execute(select(WorkflowRow.__table__).where(WorkflowRow.workflow == known)).first()
        if begun is not None:
            return _Place(begun.election, begun.street, begun.unit or "", begun.body)
    recorded = connection.execute(select(UnitRow.election, UnitRow.street).where(UnitRow.id == unit)).first()
    if recorded is not None:
        return _Place(recorded.election, recorded.street, unit, BodyId.PREPARATION.value)
    street = connection.execute(select(StreetRow.election).where(StreetRow.id == unit)).scalar()
    if street is not None:
        return _Place(street, unit, "", "")
    if connection.execute(select(ChainRow.lines).where(ChainRow.election == unit)).first() is not None:
        return _Place(unit, "", "", "")
    raise UnknownPlaceError(f"登记库中没有「{workflow}」：既不是已登记的换届、街道、单位，也不是已开始的流程")


def _write(connection: Connection, into: Table, rows: Sequence[Row]) -> None:
    _execute(connection, _ADD[into], rows)


def _execute(connection: Connection, statement: Any, rows: Sequence[Row]) -> None:
    """Nothing for no row, a plain statement for one: that spares a round trip on PostgreSQL."""
    if rows:
        connection.execute(statement, rows[0] if len(rows) == 1 else rows)
