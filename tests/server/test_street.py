"""A whole street on a real server does what it does on the engine: faults, postponement, complaint, a unit held and all.

The production worker in a process of its own, a durable server, the registry on SQLite, encrypted payloads, and the gateway
with people, tokens and two signatures: everything as in a county, on a drill's clock. Compared, field by field: every answer
with its findings, every fact in order with its content, body and slot, the papers' texts, the states and the outcome.

Left out, and why:
- the instant within a slot, and `setting`: see `tests.server.street.Fact`;
- `clock_moved`, a fact of the drill: the rehearsal's clock needs no setting (see `conductor.OF_DRILLS`);
- receipts: the rehearsal's actors get none; their remarks are findings that refuse nothing;
- the order of facts of different units: each unit's own order is compared.

Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_street.py`.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from activities.journal import ChainReport, verify_chain
from activities.registry import Registry, open_registry
from activities.registry.model import DecisionRow, PaperRow, TaskRow, TaskStatus, WorkflowRow, table
from activities.stores.protocol import IssuedPaper
from gateway.command import Answer, Outcome, Verb
from simulation.checker import Checker, Report
from tests.server.conductor import Conductor, Played, begin, read_lines, reading
from tests.server.pilot import pilot
from tests.server.stock import stock_server
from tests.server.street import DISTRICT, Fact, Script, rehearse
from workflows.messages import DistrictOutcome

pytestmark = pytest.mark.server

DAY = timedelta(minutes=10)
"""Real time that a day of this drill takes: the conductor is through with a slot long before the next one comes by itself."""
UNITS, SEED = 4, 93
FAULTS = {"F1": 1, "F5": 1, "F6": 1, "F9": 1, "F10": 1}
POSTPONED = (1, 2, "2021-03-10")  # the second unit by two days
HELD = (2, "2021-03-24")  # the third unit for half an hour, while a body of it runs
SEVENTH = 7  # every seventh command is sent once more under its key


@dataclass(frozen=True)
class Street:
    """One street, rehearsed and played; what the server's run left is read from its registry."""

    script: Script
    outcome: DistrictOutcome
    played: tuple[Played, ...]
    registry: Registry
    journal: Path
    repeated: int

    @property
    def facts(self) -> dict[str, list[Fact]]:
        """By unit, in order."""
        found: dict[str, list[Fact]] = {}
        for line in read_lines(self.journal.read_bytes())[:-1]:  # the last one closes the file
            found.setdefault(line["unit"], []).append(Fact.read(line))
        return found


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    script = rehearse(units=UNITS, seed=SEED, faults=FAULTS, postponed=[POSTPONED], held=[HELD])
    home = tmp_path_factory.mktemp("street") / "county"
    binary = stock_server()

    async def play() -> tuple[DistrictOutcome, Conductor]:
        async with pilot(binary, home) as county, reading(county.registry) as reader:
            begun = await begin(county.registry, county.client, script, DAY)
            conductor = Conductor(
                script,
                begun,
                county.registry,
                reader,
                county.door,
                county.client,
                twice=lambda number: number % SEVENTH == 0,
                rings=4,
            )
            return await conductor.play(), conductor

    outcome, conductor = asyncio.run(play())
    registry = open_registry(home / "registry.sqlite")
    journal = home / "journal.jsonl"
    with journal.open("wb") as file:
        registry.journals.export(script.district.id, file)
    yield Street(script, outcome, tuple(conductor.played), registry, journal, conductor.repeated)
    registry.close()


def test_every_command_is_answered_with_the_same_findings(street: Street) -> None:
    """Each of the street's commands, in its unit's order, refusals with every finding; and some are refused indeed."""
    live: dict[str, list[tuple[str, Answer]]] = {}
    for each in street.played:
        live.setdefault(each.event.unit, []).append((each.event.command.key, each.answer))
    rehearsed: dict[str, list[tuple[str, Answer]]] = {}
    for event in street.script.events:
        rehearsed.setdefault(event.unit, []).append((event.command.key, event.answer))
    assert {unit: [(key, one.outcome, one.findings) for key, one in some] for unit, some in live.items()} == {
        unit: [(key, one.outcome, one.findings) for key, one in some] for unit, some in rehearsed.items()
    }
    assert Counter(each.answer.outcome for each in street.played)[Outcome.REFUSED] >= 4


def test_every_unit_has_the_same_facts_in_the_same_order(street: Street) -> None:
    """Gates, decisions, refusals, polls, reminders, overdue flags, postings, seats: kind, body, slot and whole content."""
    live, rehearsed = street.facts, street.script.facts()
    assert set(live) == set(rehearsed)
    for unit, facts in rehearsed.items():
        here = [fact for fact in live[unit] if unit != DISTRICT or fact.kind != "clock_moved"]
        for number, (one, other) in enumerate(zip(here, facts, strict=False)):
            assert one == other, f"{unit}, fact {number}"
        assert len(here) == len(facts), unit


def test_the_script_holds_what_a_street_goes_through(street: Street) -> None:
    """Else agreement would prove little: faults, lateness, a hold, a postponement, a complaint, somebody stepping back."""
    kinds = Counter(fact.kind for facts in street.facts.values() for fact in facts)
    assert {"refused", "reminded", "overdue", "held", "released", "postponed", "complaint_received", "withdrew"} <= set(
        kinds
    )
    assert {"poll_settled", "stepped_out", "published", "body_completed"} <= set(kinds)
    assert Verb.POSTPONE in {each.event.command.verb for each in street.played}
    assert any(fact.content.get("second") for facts in street.facts.values() for fact in facts)
    assert {planted.variant.code for planted in street.script.faults.planted if planted.fired} >= {"F1", "F5", "F6"}


def test_the_same_papers_with_the_same_texts(street: Street) -> None:
    """Each paper by its workflow, series and number, to the letter."""
    with street.registry.database.reading() as connection:
        columns = [table(PaperRow).c[name] for name in IssuedPaper._fields]
        live = {IssuedPaper(*row) for row in connection.execute(select(*columns))}
    assert live == set(street.script.papers)
    assert len(live) == len(street.script.papers) > 100


def test_the_same_outcome_states_and_nothing_left_open(street: Street) -> None:
    """As many units completed; every workflow in its last state; no task open, no first signature waiting, no decision twice."""
    assert street.outcome == street.script.outcome
    workflows, tasks = table(WorkflowRow), table(TaskRow)
    with street.registry.database.reading() as connection:
        states = {row.workflow: row.state for row in connection.execute(select(workflows)) if row.state}
        (still_open,) = connection.execute(select(func.count()).where(tasks.c.status == TaskStatus.OPEN)).one()
        (decisions,) = connection.execute(select(func.count()).select_from(table(DecisionRow))).one()
    assert states == dict(street.script.states)
    assert still_open == 0
    assert street.registry.signatures.all() == ()
    assert decisions == sum(entry.kind == "decided" for entry in street.script.entries)


def test_a_command_sent_again_under_its_key_had_no_second_effect(street: Street) -> None:
    """The conductor compared the answers; that the facts agree with the rehearsal, where nothing was repeated, is the rest."""
    assert street.repeated >= len(street.played) // (SEVENTH + 1)


def test_the_exported_journal_is_whole_and_passes_the_checker(street: Street) -> None:
    """The chain, in the file and in the registry; and the checker, which knows nothing of how the journal came about."""
    exported: ChainReport = verify_chain(street.journal)
    assert exported.problems == ()
    assert exported.districts == 1
    assert street.registry.journals.verify(street.script.district.id).problems == ()
    checker = Checker()
    for line in street.journal.read_bytes().splitlines():
        checker.feed_line(line)
    report: Report = checker.finish()
    assert [(one.line, one.rule, one.message) for one in report.violations] == []
