"""Who writes what a decision leads to: its sender, who keeps the registry, or the workflow itself; once, in order, nothing lost.

Expected: the journal of the same election whose workflows write everything themselves; times and numbers are written out.
"""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.stores import Entry, MemoryStore
from policies.pack.schema import BodyId, Role
from policies.rules import order
from simulation.engine import Engine
from tests.workflows.checked import checked
from tests.workflows.clerk import UNIT, Clerk, at, brief, setting, signed
from tests.workflows.keeper import Keeper
from workflows import electiontime
from workflows.catalogue import TASK_QUEUE
from workflows.journalling import CONFIRMED_WITHIN
from workflows.messages import Complaint, Recorded, Submission, UnitBrief
from workflows.procedure import Gate, Procedure

FIRST, SECOND = "prep.institution", "prep.survey"
"""The first gates of the street plan, one after the other."""
MINUTE = timedelta(minutes=1)


def journal(clerk: Clerk) -> list[tuple[str, str, str, str]]:
    """Every line, with what its hash is made of."""
    return [(entry.unit, entry.body, entry.at.isoformat(), entry.noted.text) for entry in clerk.facts]


def elected(clerk: Clerk) -> Clerk:
    """The election, run to its end."""
    assert clerk.run().completed_on is not None
    assert clerk.refusals == []
    return clerk


def numbers(keeper: Keeper, gate: str) -> list[int]:
    """The numbers of the commits that came with a gate's answer."""
    (taken,) = (one for one in keeper.taken if one.gate == gate)
    return [commit.number for commit in taken.commits]


def test_whoever_writes_it_the_journal_is_the_same() -> None:
    """Line by line, paper by paper; every answer comes in the instant of its decision."""
    itself, kept = elected(Clerk(brief())), elected(Keeper(brief()))
    assert journal(kept) == journal(itself)
    assert kept.store.papers == itself.store.papers
    assert kept.store.states == itself.store.states
    assert isinstance(kept, Keeper)
    assert all(one.answered == one.sent for one in kept.taken)
    assert len(kept.taken) == len(kept.of_kind("decided"))


def test_decisions_that_follow_each_other_spare_the_workflows_their_activities() -> None:
    """One every ten seconds: each confirms the one before, and less is left for the workflows to write themselves."""
    itself = elected(Clerk(brief(), delay=lambda task: timedelta(seconds=10)))
    kept = elected(Keeper(brief(), delay=lambda task: timedelta(seconds=10)))
    assert journal(kept) == journal(itself)
    assert kept.engine.statistics.activities < itself.engine.statistics.activities


def test_with_complaints_beside_the_plan_too() -> None:
    """Two lines of work in one workflow, each with gates of its own: the journal is the workflow's own, and lawful."""

    def disturbed(clerk: Clerk) -> Clerk:
        complaint = Complaint(id="J1", about="party.publicity", text="反映情况", by=signed(Role.STREET_DISCIPLINE))
        clerk.events.append((at("2021-04-02", 15), lambda c: c.tell(f"{UNIT}/party", "complain", complaint)))
        clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"upheld": True})
        return elected(clerk)

    itself, kept = disturbed(Clerk(brief())), disturbed(Keeper(brief()))
    assert [one.complaint for one in kept.of_kind("complaint_decided")] == ["J1"]
    assert journal(kept) == journal(itself)
    assert checked(kept).violations == ()


def test_an_answer_lost_is_written_by_the_workflow_itself() -> None:
    """Nobody hears of the next task before: it opens two minutes later, and everything goes on from there."""
    kept = Keeper(brief(), forgets=frozenset({FIRST}))
    seen: dict[str, Any] = {}
    told = kept.on_task

    def on_task(task: Any) -> None:
        seen.setdefault(task.gate, kept.engine.now)
        told(task)

    kept.on_task = on_task  # type: ignore[method-assign]
    elected(kept)
    first, second = kept.taken[:2]
    assert (first.gate, second.gate) == (FIRST, SECOND)
    assert seen[SECOND] - first.answered == timedelta(minutes=2) == CONFIRMED_WITHIN
    plain = elected(Clerk(brief()))
    assert [entry.kind for entry in kept.facts] == [entry.kind for entry in plain.facts]


def test_every_answer_lost_and_the_election_ends_all_the_same() -> None:
    """As if there were no such sender; only later, by two minutes a decision."""
    kept, plain = Keeper(brief(), forgets=frozenset(setting().steps)), elected(Clerk(brief()))
    elected(kept)
    assert sorted(entry.kind for entry in kept.facts) == sorted(entry.kind for entry in plain.facts)
    assert checked(kept).violations == ()


def test_what_nobody_confirmed_is_handed_out_again() -> None:
    """One a minute: who claims to find nothing written gets the last ones too; who finds them written, only the new one."""
    honest = elected(Keeper(brief(), delay=lambda task: MINUTE))
    forgetful = elected(Keeper(brief(), delay=lambda task: MINUTE, knows=lambda written: 0))
    assert [numbers(honest, gate) for gate in (FIRST, SECOND)] == [[2], [3]]
    assert [numbers(forgetful, gate) for gate in (FIRST, SECOND)] == [[2], [2, 3]]
    assert [entry.noted.text for entry in honest.facts] == [entry.noted.text for entry in forgetful.facts]


def test_more_is_claimed_to_be_written_than_there_is() -> None:
    """A sender cannot confirm what it has not been handed: its own decision's commit stays unconfirmed."""
    boasting = Keeper(brief(), knows=lambda written: written + 1000, forgets=frozenset({FIRST}))
    elected(boasting)
    assert numbers(boasting, FIRST) == [2]


@workflow.defn
class Absent(Procedure):
    """After its decision it does something else for a year, and notes nothing: no workflow of ours does."""

    @workflow.init
    def __init__(self, unit: UnitBrief) -> None:
        self.begin(unit, BodyId.PREPARATION)

    @workflow.run
    async def run(self, unit: UnitBrief) -> None:
        await self.decision(
            Gate(
                key="a",
                step="a",
                title="甲",
                role=Role.STREET_COMMITTEE,
                forms=(Recorded,),
                opens_on=electiontime.today(),
                last_day=None,
                fixed=False,
                rule=order.O5.id,
            )
        )
        await workflow.sleep(timedelta(days=365))


@pytest.mark.parametrize("writes", [True, False])
def test_a_sender_is_not_kept_waiting_where_no_commit_follows(writes: bool) -> None:
    """It gets its decision a second later, to write it; if it does not, the workflow does, two minutes on."""
    facts: list[Entry] = []
    store = MemoryStore(facts.append)

    async def act() -> None:
        start = at("2021-03-01", 9)
        async with Engine(
            workflows=[Absent],
            activities=[Ledger(store).commit],
            start=start,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
        ) as engine:
            await engine.client.start_workflow(Absent.run, brief(), id=UNIT, task_queue=TASK_QUEUE)
            await engine.run_until(start)
            form = Recorded(held_on=start.date())
            said = Submission(gate="a", by=signed(Role.STREET_COMMITTEE), form=form, written=1)
            answers: list[Any] = []
            engine.submit_update(UNIT, "decide", said, update_id="k", done=answers.append)
            await engine.run_until(start + timedelta(milliseconds=999))
            assert answers == []
            await engine.run_until(start + timedelta(seconds=1))
            (commit,) = answers[0].result.commits
            assert [fact.kind for fact in commit.facts] == ["decided"]
            if writes:
                Ledger(store).write(commit)
            await engine.run_until(start + timedelta(seconds=120))
            assert [entry.kind for entry in facts] == ["gate_opened", "decided"][: 1 + writes]
            await engine.run_until(start + timedelta(seconds=121))
            assert [entry.kind for entry in facts] == ["gate_opened", "decided"]

    asyncio.run(act())
