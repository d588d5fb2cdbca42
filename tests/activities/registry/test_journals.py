"""Journals out of the registry: the same lines as any other store's, accepted by every reader, and nothing hidden by an edit."""

import asyncio
import io
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio import activity
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.journal import entry, read_journal, verify_chain
from activities.registry import Registry
from activities.registry.elections import Election
from activities.registry.errors import UnknownElectionError
from activities.registry.journal import BrokenChainError
from activities.registry.store import SqlStore
from activities.stores import Entry, MemoryStore
from simulation.checker import Checker
from simulation.engine import Engine
from tests.activities.registry.county import ELECTION, NOW, UNITS, closed, commit, ground, of_unit, refusal
from tests.workflows.clerk import Clerk, at, setting
from tests.workflows.clerk import brief as clerks_unit
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import Commit, DistrictClosed, Task
from workflows.journalling import COMMIT
from workflows.messages import DistrictBrief, StreetBrief

DISTRICT = "D01"


class Both:
    """The commit activity over two stores: the memory that the clerk listens to, and SQL. Every commit arrives twice."""

    def __init__(self, memory: MemoryStore, sql: SqlStore) -> None:
        self.memory, self.sql = Ledger(memory), Ledger(sql)
        self.commits: list[Commit] = []

    @activity.defn(name=COMMIT)
    async def commit(self, commit: Commit) -> None:
        """Written to both; to SQL a second time too."""
        self.commits.append(commit)
        await self.sql.commit(commit)
        await self.memory.commit(commit)
        await self.sql.commit(commit)


def recorded(registry: Registry) -> DistrictBrief:
    """The clerk's unit as a district of its own, recorded in the registry."""
    unit = clerks_unit()
    street = StreetBrief(id=unit.street, name="某街道", district=DISTRICT, units=(unit,), setting=unit.setting)
    district = DistrictBrief(id=DISTRICT, name="某区", streets=(street,), setting=unit.setting)
    election = Election("某区换届", ground(setting=unit.setting), district, started_by="A001", started_at=NOW)
    assert registry.elections.record(election)
    return district


def run(registry: Registry, district: DistrictBrief) -> tuple[Clerk, MemoryStore, Both]:
    """The district from its opening to its end, answered by one clerk."""
    (unit,) = district.streets[0].units
    clerk = Clerk(unit)
    memory = MemoryStore(clerk.facts.append, clerk.on_task)
    both = Both(memory, registry.store)

    async def whole() -> None:
        async with Engine(
            workflows=list(WORKFLOWS),
            activities=[both.commit],
            start=at(setting().first_day().isoformat(), 0),
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
        ) as clerk.engine:
            handle = await clerk.engine.client.start_workflow(
                DistrictElection.run, district, id=district.id, task_queue=TASK_QUEUE
            )
            await handle.result()

    asyncio.run(whole())
    return clerk, memory, both


def line_of(one: Entry) -> bytes:
    return entry(district=one.district, street=one.street, unit=one.unit, body=one.body, at=one.at, fact=one.noted.text)


def test_a_whole_election_leaves_the_same_journal_on_sql_as_in_memory(registry: Registry, tmp_path: Path) -> None:
    """Line by line; and the export passes the chain and the checker, with every decision, seat and paper in its table."""
    clerk, memory, _ = run(registry, recorded(registry))
    path = tmp_path / "journal.jsonl"
    with path.open("wb") as file:
        exported = registry.journals.export(DISTRICT, file)

    assert [line.entry.encode() for line in registry.journals.lines(DISTRICT)] == [line_of(one) for one in clerk.facts]
    report = verify_chain(path)
    assert (report.problems, report.lines, report.districts) == ((), len(clerk.facts) + 1, 1)
    assert (exported.lines, exported.closing) == (report.lines, report.head)
    assert registry.journals.verify(DISTRICT).problems == ()

    checker = Checker()
    for line in path.read_bytes().splitlines():
        checker.feed_line(line)
    verdict = checker.finish()
    assert [str(one) for one in verdict.violations] == []

    assert registry.store.inbox() == memory.inbox() == []
    (standing,) = registry.standings.units(DISTRICT, date(2021, 12, 31))
    assert {body.workflow: body.state for body in standing.bodies} == {
        key: state for key, state in memory.states.items() if key != DISTRICT
    }
    assert standing.closing is not None
    assert standing.closing.completed_on == clerk.of_kind("unit_closed")[0].completed_on
    with registry.database.reading() as connection:
        decisions = connection.execute(text("SELECT gate FROM decisions ORDER BY line")).scalars().all()
        seats = connection.execute(text("SELECT body, person FROM seats ORDER BY at, number")).all()
        papers = connection.execute(text("SELECT workflow, series, number, kind, title, text FROM papers")).all()
    assert decisions == [fact.gate for fact in clerk.of_kind("decided")]
    assert [tuple(one) for one in seats] == [
        (one.body, seat.person) for one in clerk.facts if one.kind == "body_completed" for seat in one.fact.seats
    ]
    assert sorted(tuple(one) for one in papers) == sorted(tuple(one) for one in memory.papers)
    assert len(papers) > 10


def test_a_running_elections_journal_is_closed_for_the_export_only(registry: Registry, tmp_path: Path) -> None:
    """Each export is whole by itself; the registry's chain goes on behind it."""
    for number in (1, 2):
        registry.store.apply(commit(number), ())
        path = tmp_path / f"{number}.jsonl"
        with path.open("wb") as file:
            registry.journals.export(ELECTION, file)
        assert verify_chain(path).ok
        assert [line.kind for line in read_journal(path)] == ["body_opened"] * number + ["journal_closed"]


def test_an_empty_journal_is_exported_too(registry: Registry) -> None:
    """Before anything happened there is a closing record, and nothing else; an unknown election has none."""
    file = io.BytesIO()
    assert registry.journals.export(ELECTION, file).lines == 1
    assert registry.journals.verify(ELECTION).ok
    for ask in (registry.journals.verify, registry.journals.lines, lambda one: registry.journals.export(one, file)):
        with pytest.raises(UnknownElectionError, match="elsewhere"):
            ask("elsewhere")


def test_elections_have_chains_of_their_own(registry: Registry) -> None:
    """Two elections of a registry, committed in turns: each journal verifies by itself."""
    recorded(registry)
    place = {"workflow": DISTRICT, "district": DISTRICT, "street": "", "unit": "", "body": ""}
    for number in (1, 2, 3):
        registry.store.apply(commit(number), ())
        registry.store.apply(commit(number, DistrictClosed(completed=0, held=0), **place), ())
    registry.store.refuse(refusal(), NOW)
    assert [registry.journals.verify(one).lines for one in (ELECTION, DISTRICT)] == [4, 3]
    assert registry.journals.verify(ELECTION).ok
    assert registry.journals.verify(DISTRICT).ok


def test_tasks_stand_in_the_order_in_which_they_opened(registry: Registry) -> None:
    """Over a whole election, as the store in memory tells its listeners."""
    source = recorded(registry)
    _, _, both = run(registry, source)
    seen: list[Task] = []
    memory = MemoryStore(lambda one: None, seen.append, keep_papers=False)
    for one in both.commits:
        memory.apply(one, ())
    assert len(seen) > 30
    with registry.database.reading() as connection:
        opened = connection.execute(text("SELECT gate FROM tasks ORDER BY opened_at, opened_line, position")).scalars()
        assert opened.all() == [one.gate for one in seen]


# ---------------------------------------------------------------- tampering

TAMPERED = {
    "an edited line": ("UPDATE journal SET entry = replace(entry, 'S01', 'S09') WHERE n = 3", "第3行|哈希与内容"),
    "a line gone": ("DELETE FROM journal WHERE n = 3", "行号|哈希"),
    "the last line gone": ("DELETE FROM journal WHERE n = 5", "链头登记为第5行"),
    "a commit gone": ("DELETE FROM commits WHERE number = 4", "登记了5次提交，实有4次"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_whoever_goes_past_the_triggers_is_found_out(registry: Registry, how: str) -> None:
    """An administrator may drop a trigger; the chain still shows what was done."""
    for number in range(1, 6):
        registry.store.apply(of_unit(UNITS[0], number), ())
    statement, told = TAMPERED[how]
    past_the_triggers(registry, statement)
    report = registry.journals.verify(ELECTION)
    assert report.problems
    assert any(part in one.message for one in report.problems for part in told.split("|"))


def test_a_tampered_journal_is_not_exported_as_whole(registry: Registry) -> None:
    """An export recomputes the chain; it does not lend an edited line a new hash."""
    for number in range(1, 4):
        registry.store.apply(of_unit(UNITS[0], number), ())
    registry.store.apply(of_unit(UNITS[0], 4, closed()), ())
    past_the_triggers(registry, "UPDATE journal SET entry = replace(entry, 'S01', 'S09') WHERE n = 3")
    with pytest.raises(BrokenChainError, match="第3行"):
        registry.journals.export(ELECTION, io.BytesIO())


def past_the_triggers(registry: Registry, statement: str) -> None:
    """Do what only somebody with the database's own rights can."""
    with registry.database.engine.begin() as connection:
        if registry.database.sqlite:
            connection.execute(text("PRAGMA foreign_keys = OFF"))
            for table in ("journal", "commits"):
                connection.execute(text(f"DROP TRIGGER fixed_{table}_update"))
                connection.execute(text(f"DROP TRIGGER fixed_{table}_delete"))
        else:
            connection.execute(text("SET session_replication_role = replica"))  # no triggers, no foreign keys
        connection.execute(text(statement))
        if registry.database.sqlite:
            connection.execute(text("PRAGMA foreign_keys = ON"))
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))
