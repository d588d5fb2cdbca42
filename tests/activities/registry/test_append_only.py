"""What is written stays: the database itself refuses to change or delete it, whoever asks."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from activities.registry import Registry
from activities.registry.errors import ContradictionError
from tests.activities.registry.county import ELECTION, commit, decided, moved, task

CHANGES = {
    "registry": "UPDATE registry SET kind = 'drill'",
    "elections": "UPDATE elections SET pack_text = 'id: other'",
    "streets": "UPDATE streets SET name = '别的街道'",
    "units": "UPDATE units SET party_due = 1",
    "commits": "UPDATE commits SET number = number + 1",
    "journal": "UPDATE journal SET entry = '{}'",
    "decisions": "UPDATE decisions SET \"by\" = '别人'",
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_is_neither_changed_nor_deleted(registry: Registry, table: str) -> None:
    """A program that goes round ours meets the trigger, in Chinese."""
    registry.store.apply(commit(1, decided("party.meeting")), ())
    refused(registry, CHANGES[table], match="不能")
    refused(registry, f"DELETE FROM {table}", match="不能")


@pytest.mark.parametrize("table", ["commits", "journal", "decisions"])
def test_a_row_is_not_replaced(registry: Registry, table: str) -> None:
    """Inserting the same key again fails, by any way of inserting that the database knows."""
    registry.store.apply(commit(1, decided("party.meeting")), ())
    again = f"INTO {table} SELECT * FROM {table}"
    if registry.database.sqlite:
        refused(registry, f"INSERT {again}")
        # REPLACE deletes without a trigger unless this is on, as it is for our own connections
        refused(registry, "PRAGMA recursive_triggers = OFF", f"INSERT OR REPLACE {again}")
    else:
        refused(registry, f"INSERT {again}")
        refused(registry, f"TRUNCATE {table} CASCADE")


def refused(registry: Registry, *statements: str, match: str | None = None) -> None:
    """The database says no to the last of the statements."""
    with registry.database.engine.begin() as connection:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        with pytest.raises(IntegrityError, match=match):
            connection.execute(text(statements[-1]))
        connection.rollback()


def test_a_live_election_cannot_get_a_clock(registry: Registry) -> None:
    """Neither through the registry nor past it."""
    with pytest.raises(ContradictionError):
        registry.store.apply(moved(timedelta(seconds=2)), ())
    refused(registry, "UPDATE elections SET clock_json = '{}', clock_now_json = '{}'", match="不能")
    assert registry.elections.clock(ELECTION) is None


def test_an_election_is_of_its_registrys_kind(registry: Registry) -> None:
    """A drill cannot be slipped into a live registry: the kind refers to the registry's own."""
    refused(
        registry,
        "INSERT INTO elections SELECT 'drill', 'drill', title, name, pack_id, pack_version, pack_sha256, "
        "pack_text, calendar_json, '{}', NULL, setting, law, started_by, started_at FROM elections",
        match="(?i)foreign key",
    )


def test_values_that_no_program_knows_are_refused(registry: Registry) -> None:
    """A task is open or closed, a registry is one row."""
    registry.store.apply(commit(1, opened=(task("party.meeting"),)), ())
    refused(registry, "UPDATE tasks SET status = 'lost'", match="ck_tasks_status")
    refused(
        registry, "INSERT INTO registry SELECT 2, identity, kind, made_at FROM registry", match="ck_registry_single"
    )
