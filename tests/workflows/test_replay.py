"""An election under way can go on with today's code: histories that a real server kept give the same commands again.

Histories kept by `python -m tests.server.histories unit term`. A failure here means that elections begun with an older version would
stop in the middle: keep the old order for them (`workflow.patched`), or let the old code finish them.
"""

import asyncio
from datetime import timedelta
from json import loads
from typing import Any

import pytest
from temporalio import workflow
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from live.plugin import election_plugin
from tests.server.histories.kept import TERM, Kept, read
from workflows.byelection import ByElection
from workflows.catalogue import WORKFLOWS
from workflows.journalling import COMMIT, COMMIT_TIMEOUT
from workflows.messages import BodyBrief, BodyOutcome, RecallBrief, RecallOutcome, UnitBrief, UnitOutcome
from workflows.party import PartyElection
from workflows.recall import RecallElection
from workflows.unit import UnitElection

DISTRICT, STREET, UNIT = "D01", "D01-S01", "D01-S01-U001"
TERM_OF_A_VILLAGE = tuple(f"{UNIT}/{name}-1" for name in ("recall", "departure", "byelection"))
BODIES = tuple(f"{UNIT}/{body}" for body in ("party", "residents", "supervisory"))


@pytest.fixture(scope="module")
def kept() -> Kept:
    found = read()
    found.install()
    return found


@pytest.fixture(scope="module")
def kept_term() -> Kept:
    found = read(TERM)
    found.install()
    return found


def replay(kept: Kept, workflow_id: str, *workflows: type) -> None:
    """Raises NondeterminismError where code and history part."""
    replayer = Replayer(workflows=list(workflows), plugins=[election_plugin(None)])
    asyncio.run(replayer.replay_workflow(kept.history(workflow_id)))


@pytest.mark.parametrize("workflow_id", [DISTRICT, STREET, UNIT, *BODIES])
def test_todays_code_goes_the_way_of_the_kept_histories(kept: Kept, workflow_id: str) -> None:
    """District, street, unit and the three bodies, in the sandbox and with the plugin of the live worker."""
    replay(kept, workflow_id, *WORKFLOWS)


@pytest.mark.parametrize("workflow_id", TERM_OF_A_VILLAGE)
def test_todays_code_goes_the_way_of_the_term(kept_term: Kept, workflow_id: str) -> None:
    """A recall, a departure and a by-election within a village's term."""
    replay(kept_term, workflow_id, *WORKFLOWS)


def test_the_term_s_histories_hold_what_may_befall(kept_term: Kept) -> None:
    """A hold and its release, a clock set forward, a recall that carried, a departure, a by-election that filled both seats."""
    events = [event for history in kept_term.histories.values() for event in history["events"]]
    facts = [loads(fact["text"]) for event in events for fact in _facts(event)]
    kinds = {fact["kind"] for fact in facts}
    assert {
        "held",
        "released",
        "clock_moved",
        "recall_proposed",
        "begun_on_demand",
        "poll_day_set",
        "poll_settled",
        "decided",
    } <= kinds
    (recalled,) = (fact for fact in facts if fact["kind"] == "recall_settled")
    assert recalled["recalled"]
    (filled,) = (fact for fact in facts if fact["kind"] == "body_completed")
    assert (len(filled["seats"]), filled["open_seats"]) == (2, 0)
    assert [fact["departed"][0]["person"] for fact in facts if fact.get("departed")] == ["P18"]


def test_the_kept_histories_hold_what_an_election_may_go_through(kept: Kept) -> None:
    """Else passing would prove little: updates, timers, children, signals, a failed poll, a hold and a postponement."""
    events = [event for history in kept.histories.values() for event in history["events"]]
    kinds = {event["eventType"].removeprefix("EVENT_TYPE_") for event in events}
    assert {"WORKFLOW_EXECUTION_UPDATE_ACCEPTED", "TIMER_STARTED", "TIMER_FIRED", "TIMER_CANCELED"} <= kinds
    assert {"CHILD_WORKFLOW_EXECUTION_COMPLETED", "WORKFLOW_EXECUTION_SIGNALED"} <= kinds
    facts = {fact["kind"] for event in events for fact in _facts(event)}
    assert {"poll_failed", "poll_settled", "excluded", "overdue", "reminded"} <= facts
    assert {"held", "released", "postponed", "stepped_out", "clock_moved", "unit_closed"} <= facts


def test_a_kept_history_has_commits_of_both_kinds(kept: Kept) -> None:
    """Those that the workflow gave to its activities, and those that came with a decision's receipt."""
    events = [event for history in kept.histories.values() for event in history["events"]]
    assert any(_ordered(event) for event in events)
    assert any(_handed(event) for event in events)


def _facts(event: dict[str, Any]) -> list[dict[str, Any]]:
    return [fact for commit in (*_ordered(event), *_handed(event)) for fact in commit["facts"]]


def _ordered(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The commit that an activity is to write."""
    scheduled = event.get("activityTaskScheduledEventAttributes")
    return [] if scheduled is None else [loads(scheduled["input"]["payloads"][0]["data"])]


def _handed(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The commits handed to a decision's sender."""
    completed = event.get("workflowExecutionUpdateCompletedEventAttributes")
    if completed is None:
        return []
    commits: list[dict[str, Any]] = loads(completed["outcome"]["success"]["payloads"][0]["data"]).get("commits", [])
    return commits


# ---------------------------------------------------------------- what must not pass


@workflow.defn(name="PartyElection", sandboxed=False)
class OneActivityMore(PartyElection):
    """The same election, which first does something else."""

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        super().__init__(brief)

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:
        """One more activity before everything."""
        await workflow.execute_activity(COMMIT, start_to_close_timeout=COMMIT_TIMEOUT)
        return await super().run(brief)


@workflow.defn(name="UnitElection", sandboxed=False)
class AnotherOrder(UnitElection):
    """The same election, which elects the bodies in another order."""

    @workflow.init
    def __init__(self, brief: UnitBrief) -> None:
        super().__init__(brief)

    @workflow.run
    async def run(self, brief: UnitBrief) -> UnitOutcome:
        """The supervisory committee takes the Party organization's turn."""
        return await super().run(brief)

    async def elect(self, run: Any, body: str, brief: Any) -> BodyOutcome:
        """Swapped."""
        swapped = {"party": "supervisory", "supervisory": "party"}
        return await super().elect(run, swapped.get(body, body), brief)


@workflow.defn(name="RecallElection", sandboxed=False)
class WaitsADay(RecallElection):
    """The same recall, which waits a day before the member is heard."""

    @workflow.init
    def __init__(self, brief: RecallBrief) -> None:
        super().__init__(brief)

    @workflow.run
    async def run(self, brief: RecallBrief) -> RecallOutcome:
        """One more timer on the way."""
        return await super().run(brief)

    async def hear(self, step_id: str) -> None:
        """After a day."""
        await workflow.sleep(timedelta(days=1))
        await super().hear(step_id)


@workflow.defn(name="ByElection", sandboxed=False)
class NoRollCorrected(ByElection):
    """The same by-election, whose list of voters is not corrected."""

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        super().__init__(brief)

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:
        """No wait for objections, no corrected list."""
        return await super().run(brief)

    async def correct_the_roll(self, step_id: str) -> None:
        """Left out."""


@pytest.mark.parametrize(
    ("workflow_id", "changed"),
    [(TERM_OF_A_VILLAGE[0], WaitsADay), (TERM_OF_A_VILLAGE[2], NoRollCorrected)],
    ids=["recall", "by-election"],
)
def test_an_incompatible_change_of_the_term_is_found_out(kept_term: Kept, workflow_id: str, changed: type) -> None:
    """As below, within the term."""
    with pytest.raises(NondeterminismError):
        replay(kept_term, workflow_id, changed)


@pytest.mark.parametrize(
    ("workflow_id", "changed"), [(BODIES[0], OneActivityMore), (UNIT, AnotherOrder)], ids=["activity", "order"]
)
def test_an_incompatible_change_is_found_out(kept: Kept, workflow_id: str, changed: type) -> None:
    """Code that would go another way than an election begun before fails on its history, instead of going on wrongly."""
    with pytest.raises(NondeterminismError):
        replay(kept, workflow_id, changed)
