"""An election under way can go on with today's code: histories that a real server kept give the same commands again.

Histories kept by `python -m tests.server.histories`. A failure here means that elections begun with an older version would
stop in the middle: keep the old order for them (`workflow.patched`), or let the old code finish them.
"""

import asyncio
from json import loads
from typing import Any

import pytest
from temporalio import workflow
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from live.plugin import election_plugin
from tests.server.histories.kept import Kept, read
from workflows.catalogue import WORKFLOWS
from workflows.messages import BodyBrief, BodyOutcome, UnitBrief, UnitOutcome
from workflows.party import PartyElection
from workflows.procedure import COMMIT, COMMIT_TIMEOUT
from workflows.unit import UnitElection

DISTRICT, STREET, UNIT = "D01", "D01-S01", "D01-S01-U001"
BODIES = tuple(f"{UNIT}/{body}" for body in ("party", "residents", "supervisory"))


@pytest.fixture(scope="module")
def kept() -> Kept:
    found = read()
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


def test_the_kept_histories_hold_what_an_election_may_go_through(kept: Kept) -> None:
    """Else passing would prove little: updates, timers, children, signals, a failed poll, a hold and a postponement."""
    events = [event for history in kept.histories.values() for event in history["events"]]
    kinds = {event["eventType"].removeprefix("EVENT_TYPE_") for event in events}
    assert {"WORKFLOW_EXECUTION_UPDATE_ACCEPTED", "TIMER_STARTED", "TIMER_FIRED", "TIMER_CANCELED"} <= kinds
    assert {"CHILD_WORKFLOW_EXECUTION_COMPLETED", "WORKFLOW_EXECUTION_SIGNALED"} <= kinds
    facts = {fact["kind"] for event in events for fact in _facts(event)}
    assert {"poll_failed", "poll_settled", "excluded", "overdue", "reminded"} <= facts
    assert {"held", "released", "postponed", "stepped_out", "clock_moved", "unit_closed"} <= facts


def _facts(event: dict[str, Any]) -> list[dict[str, Any]]:
    scheduled = event.get("activityTaskScheduledEventAttributes")
    return [] if scheduled is None else loads(scheduled["input"]["payloads"][0]["data"])["facts"]


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


@pytest.mark.parametrize(
    ("workflow_id", "changed"), [(BODIES[0], OneActivityMore), (UNIT, AnotherOrder)], ids=["activity", "order"]
)
def test_an_incompatible_change_is_found_out(kept: Kept, workflow_id: str, changed: type) -> None:
    """Code that would go another way than an election begun before fails on its history, instead of going on wrongly."""
    with pytest.raises(NondeterminismError):
        replay(kept, workflow_id, changed)
