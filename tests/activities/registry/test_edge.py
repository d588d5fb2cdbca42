"""The ledgers of the edge: commands under their keys, first signatures, filed reports."""

from dataclasses import replace
from datetime import timedelta

import pytest

from activities.registry import Registry
from activities.registry.commands import Conflict, New, Replay
from activities.registry.errors import ContradictionError, RefusedRecordError
from activities.registry.reports import FiledReport
from activities.registry.signatures import PendingSignature
from tests.activities.registry.county import ELECTION, NOW, PARTY

COMMAND = ("key-1", "A001", PARTY, "decide", "c" * 64, NOW)


def test_a_command_repeated_gets_its_first_answer(registry: Registry) -> None:
    """New, then (unfinished) taken up again, then only replayed."""
    commands = registry.commands
    assert commands.begin(*COMMAND) == New()
    assert commands.begin(*COMMAND) == New(resumed=True)
    assert commands.finish("key-1", '{"accepted":true}', NOW) == '{"accepted":true}'
    assert commands.begin(*COMMAND) == Replay('{"accepted":true}')
    assert commands.finish("key-1", '{"accepted":false}', NOW) == '{"accepted":true}'


def test_a_key_used_for_something_else_is_a_conflict(registry: Registry) -> None:
    """It names in what the two differ, and does not give away the answer of the first."""
    registry.commands.begin(*COMMAND)
    registry.commands.finish("key-1", "secret", NOW)
    key, person, workflow, name, sha, at = COMMAND
    assert registry.commands.begin(key, "A002", workflow, name, sha, at) == Conflict(("办理人",))
    both = registry.commands.begin(key, person, "elsewhere", name, "d" * 64, at)
    assert both == Conflict(("流程", "内容"))
    assert "流程、内容不同" in both.message
    assert registry.commands.begin("key-2", "A002", workflow, name, sha, at) == New()


def test_a_key_must_be_a_key(registry: Registry) -> None:
    """Empty, oversized or invisible keys are refused; finishing what never began is a fault of the program."""
    for key in ("", "k" * 201, "a\nb"):
        with pytest.raises(RefusedRecordError, match="请求编号"):
            registry.commands.begin(key, *COMMAND[1:])
    with pytest.raises(KeyError):
        registry.commands.finish("never", "{}", NOW)


FIRST = PendingSignature(PARTY, "party.meeting", '{"first":1}', "A001", NOW)


def test_the_first_signature_stands_until_its_signer_changes_it(registry: Registry) -> None:
    """The same signer may sign another form; somebody else finds the first one standing."""
    signatures = registry.signatures
    assert signatures.put(FIRST) == FIRST
    changed = replace(FIRST, submission_json='{"first":2}', at=NOW + timedelta(minutes=1))
    assert signatures.put(changed) == changed
    assert signatures.put(replace(FIRST, signer="A002")) == changed
    assert signatures.find(PARTY, "party.meeting") == changed


def test_first_signatures_are_listed_and_taken(registry: Registry) -> None:
    """Oldest first; taken once."""
    other = replace(FIRST, gate="party.slate", at=NOW - timedelta(hours=1))
    registry.signatures.put(FIRST)
    registry.signatures.put(other)
    assert registry.signatures.all() == (other, FIRST)
    assert registry.signatures.take(PARTY, "party.slate") == other
    assert registry.signatures.take(PARTY, "party.slate") is None
    assert registry.signatures.find(PARTY, "party.slate") is None


def test_a_report_stays_as_filed(registry: Registry) -> None:
    """A second report of a kind for a period changes nothing; lists are newest first."""
    daily = FiledReport(ELECTION, "daily", "2026-03-02", "零报告", "{}", NOW)
    weekly = FiledReport(ELECTION, "weekly", "2026-W10", "任务清单", "{}", NOW + timedelta(days=1))
    assert registry.reports.file(daily)
    assert not registry.reports.file(replace(daily, text="别的"))
    assert registry.reports.file(weekly)
    assert registry.reports.find(ELECTION, "daily", "2026-03-02") == daily
    assert registry.reports.find(ELECTION, "daily", "2026-03-03") is None
    assert registry.reports.all(ELECTION) == (weekly, daily)
    assert registry.reports.all(ELECTION, "daily") == (daily,)
    with pytest.raises(ContradictionError):
        registry.reports.file(replace(daily, election="elsewhere"))
