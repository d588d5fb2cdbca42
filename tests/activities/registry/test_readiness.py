"""The three-colour board out of the registry: the newest colour of each unit, what is open, and the day set for it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from activities.registry import Registry
from activities.registry.errors import UnknownElectionError
from activities.registry.readiness import UnitReadiness, readiness
from policies.grievance import Effect
from policies.pack.schema import Role
from policies.preparation import Colour, Difficulty
from tests.activities.office import BUSY, ELECTION, IDLE, copying, registry_in
from tests.workflows.clerk import Clerk, at, brief, signed
from tests.workflows.prepared import PreparedClerk, unit
from workflows.facts import Task
from workflows.messages import Complaint


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """Two communities; only the first is going to be prepared. The registry knows the plan by its number alone."""
    made = registry_in(tmp_path)
    yield made
    made.close()


def test_the_newest_colour_of_every_unit(registry: Registry) -> None:
    """Not assessed, red with its day while an inspection waits, and yellow once everything was accepted."""
    clerk = PreparedClerk(unit(), ledger=copying(registry))
    clerk.answers["prep.readiness"] = lambda task, form: clerk.assessed((Difficulty.CLANS, Difficulty.ACCOUNTS))
    seen: list[tuple[UnitReadiness, ...]] = [readiness(registry.database, ELECTION)]

    def look(task: Task, form: object) -> object:
        seen.append(readiness(registry.database, ELECTION))
        return form

    clerk.answers["prep.removal"] = look  # type: ignore[assignment]
    assert clerk.run().completed_on is not None
    seen.append(readiness(registry.database, ELECTION))
    before, red, after = (units[0] for units in seen)
    assert (before.unit, before.colour, before.open, before.last_day) == (clerk.unit.id, None, (), None)
    assessed = clerk.day("decided", "prep.readiness")
    assert (red.colour, red.open) == (Colour.RED, (Difficulty.CLANS, Difficulty.ACCOUNTS))
    assert red.last_day is not None
    assert red.last_day == assessed + timedelta(days=10)
    assert not red.overdue(red.last_day)
    assert red.overdue(red.last_day + timedelta(days=1))
    assert (after.colour, after.open, after.last_day) == (Colour.YELLOW, (), None)
    assert {units[1].colour for units in seen} == {None}


def test_one_street_and_an_unknown_election(registry: Registry) -> None:
    assert [one.street for one in readiness(registry.database, ELECTION, BUSY)] == [BUSY]
    assert [one.street for one in readiness(registry.database, ELECTION, IDLE)] == [IDLE]
    with pytest.raises(UnknownElectionError):
        readiness(registry.database, "D99")


def test_a_poll_declared_void_is_kept_by_the_registry(registry: Registry) -> None:
    """The ended announcement stays closed, undecided; what comes in its place is one more round; seats are filled once."""
    clerk = Clerk(brief(), ledger=copying(registry), delay=lambda task: timedelta(hours=7))
    message = Complaint(id="J1", about="residents.poll", text="反映计票", by=signed(Role.STREET_DISCIPLINE))
    clerk.events.append((at("2021-04-29", 8), lambda c: c.tell(f"{brief().id}/residents", "complain", message)))
    clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"upheld": True, "effect": Effect.VOID})
    clerk.delay = lambda task: timedelta(days=2 if task.gate == "residents.announcement" else 0, hours=7)
    assert clerk.run().completed_on is not None
    assert len(clerk.of_kind("poll_annulled")) == 1
    assert registry.journals.verify(ELECTION).problems == ()
    assert registry.standings.inbox(date(2021, 6, 1), election=ELECTION, unit=brief().id) == ()
