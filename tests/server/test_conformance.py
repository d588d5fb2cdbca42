"""The production workflows on a stock Temporal server do what they do on the in-process engine.

Compared: every fact in order with its whole content (forms, findings, days, elected, overdue and reminders), where it belongs,
the papers' texts, the outcome, the refusals with their rules, every workflow's commands in order, and the instants at which
its timers ring. Instants of commits are compared too, within `A_WHILE`, because a server takes real time for what costs the
engine none; the few that differ by design are written out below. Run ids, event ids and task boundaries are not compared.

Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server`.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.commit import Ledger
from policies.form import Body as FormBody
from policies.form import Mode
from policies.pack.schema import Role
from simulation.engine import Recording
from tests.server.elections import EngineClerk, ErrandClerk, ServerClerk, moved_setting, weeks_from_2021
from tests.server.server import Server, running
from tests.server.stock import stock_server
from tests.workflows.clerk import PARTY, RESIDENTS, UNIT, Clerk, brief, signed
from workflows.catalogue import PASSED_THROUGH, WORKFLOWS
from workflows.facts import Commit, Task
from workflows.journalling import COMMIT
from workflows.messages import (
    Appeal,
    BodyBrief,
    BodyOutcome,
    Complaint,
    Conclusion,
    Form,
    Hold,
    Postponement,
    Release,
    Reviewed,
    UnitBrief,
    UnitOutcome,
    Withdrawal,
)
from workflows.party import PartyElection
from workflows.unit import UnitElection

pytestmark = pytest.mark.server

A_WHILE = timedelta(minutes=2)
HOUR = timedelta(hours=1)
PARTY_ID, RESIDENTS_ID, SUPERVISORY_ID = (f"{UNIT}/{body}" for body in ("party", "residents", "supervisory"))


@dataclass
class Pair:
    """The same election, run on both."""

    server: ServerClerk
    engine: EngineClerk
    on_server: Any
    on_engine: Any

    @property
    def recordings(self) -> dict[str, Recording]:
        """What each workflow did on the engine, by workflow id."""
        return {each.id: self.engine.engine.recording(each.id) for each in self.engine.engine.workflows()}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(stock_server()) as started:
        yield started


def run_both(
    server: Server, run: Any, brief: UnitBrief | BodyBrief, workflow_id: str, runner: WorkflowRunner | None, **how: Any
) -> Pair:
    """On the server first, then on the engine from the very instant at which the server began."""
    unit = brief if isinstance(brief, UnitBrief) else brief.unit
    how["by"] = weeks_from_2021()
    live, rehearsed = ServerClerk(unit, **how), EngineClerk(unit, **how, engine_options={"record": True})
    for clerk in (live, rehearsed):
        clerk.answers, clerk.errands = dict(clerk.answers), dict(clerk.errands)
        prepare(clerk)

    async def on_server() -> Any:
        outcome = await live.serve(await server.connect(), run, brief, workflow_id, runner)
        await live.fetch_histories()
        return outcome

    outcome = asyncio.run(on_server())
    return Pair(live, rehearsed, outcome, rehearsed.rehearse(live.started, run, brief, workflow_id))


def prepare(clerk: ErrandClerk) -> None:
    """One faulty form, one poll without quorum, one answer six days late: in every scenario here."""
    clerk.answers["party.slate"] = (
        lambda task, form: form.model_copy(  # P5: five seats need six names
            update={"names": task.people[:5], "committed": task.people[:5]}
        )
    )
    clerk.answers["party.assembly"] = lambda task, form: (  # P7: four fifths of 75 are 60
        clerk.counted(task, FormBody.PARTY, Mode.MEMBERS, 75, 59, [40, 40, 40, 40, 40, 5]) if task.round == 1 else form
    )
    clerk.delay = lambda task: timedelta(days=6 if task.gate == "prep.institution" else 0, hours=10)


# ---------------------------------------------------------------- a whole unit


def the_unit() -> UnitBrief:
    return brief(setting=moved_setting(weeks_from_2021()).hash)


@pytest.fixture(scope="module")
def unit(server: Server) -> Pair:
    return run_both(server, UnitElection.run, the_unit(), UNIT, None)


def test_a_unit_gives_the_same_facts_papers_and_outcome(unit: Pair) -> None:
    same_story(unit)
    assert isinstance(unit.on_server, UnitOutcome)
    assert unit.on_server.completed_on is not None


def test_the_scenario_has_its_refusal_its_failed_poll_and_its_lateness_on_the_server(unit: Pair) -> None:
    clerk = unit.server
    assert [(each.gate, each.rules) for each in clerk.refusals] == [("party.slate", ("P5",))]
    (failed,) = clerk.of_kind("poll_failed")
    assert (failed.gate, failed.findings[0].rule) == ("party.assembly", "P7")
    assert clerk.of_kind("poll_settled", "party")[0].gate == "party.assembly#2"
    assert [fact.gate for fact in clerk.of_kind("overdue", "prep")] == ["prep.institution"]
    assert "prep.institution" in [fact.gate for fact in clerk.of_kind("reminded")]


def test_a_unit_and_its_bodies_give_the_same_commands_and_timers(unit: Pair) -> None:
    assert set(unit.recordings) == {UNIT, PARTY_ID, RESIDENTS_ID, SUPERVISORY_ID}
    same_commands(unit)


def test_instants_differ_only_where_a_parents_clock_stood_still_for_its_child(unit: Pair) -> None:
    """On a server each workflow has its own clock. The unit's stands while a body runs, so the next body begins, and the
    unit closes, at the instant the first body began; every day that matters comes from windows and forms and agrees."""
    assert elsewhere(unit) == [
        ("residents", "body_opened"),
        ("residents", "gate_opened"),
        ("supervisory", "body_opened"),
        ("supervisory", "gate_opened"),
        ("prep", "unit_closed"),
    ]


def test_a_refused_update_leaves_nothing_in_the_servers_history(unit: Pair) -> None:
    accepted = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request.input
        for event in unit.server.histories[PARTY_ID].events
        if event.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    assert len(accepted) == len(unit.server.of_kind("decided", "party"))


def test_the_servers_histories_pass_the_sdks_replayer(unit: Pair) -> None:
    replay(unit.server.histories)


# ---------------------------------------------------------------- one body at the top


def test_a_body_alone_agrees_to_the_instant(server: Server) -> None:
    alone = run_both(server, PartyElection.run, BodyBrief(unit=the_unit()), PARTY_ID, None)
    assert isinstance(alone.on_server, BodyOutcome)
    same_story(alone)
    same_commands(alone)
    assert elsewhere(alone) == []


# ---------------------------------------------------------------- the ways off the straight line


class Forgetful(Ledger):
    """Writes each ninth commit and then reports a failure, so that it is delivered again."""

    deliveries = 0

    @activity.defn(name=COMMIT)
    async def commit(self, commit: Commit) -> None:
        """Write, and now and then forget that it was written."""
        self.deliveries += 1
        await super().commit(commit)
        if self.deliveries % 9 == 0:
            raise RuntimeError("the connection was lost after the commit")


def exclude_the_last(task: Task, form: Form) -> Form:
    assert isinstance(form, Reviewed)
    last = Conclusion(
        person=task.people[-1], passed=False, rule="X2", reason="有禁止情形", evidence="纪函1号", reviewer="区纪委"
    )
    return form.model_copy(update={"conclusions": (*form.conclusions[:-1], last)})


STREET = {"by": signed(Role.STREET_COMMITTEE, "街道党工委")}
LATER = Postponement(days=2, reason="疫情防控", **STREET)
HOLD = Hold(rule="X4", reason="信访矛盾突出", **STREET)
AGAIN = Hold(rule="X4", reason="再次暂停", **STREET)
RELEASE = Release(reason="已化解", **STREET)
APPEAL = Appeal(person=PARTY[7].id, grounds="与事实不符", **STREET)
COMPLAINT = Complaint(id="J1", about="party.publicity", text="公示不实", **STREET)
WITHDRAWAL = Withdrawal(person=RESIDENTS[11].id, reason="个人原因", **STREET)


def tell(workflow: str, update: str, message: Any) -> Any:
    return lambda clerk, task: clerk.tell(workflow, update, message)


def hand_in(clerk: Clerk, task: Task) -> None:
    clerk.answer(task)


def test_detours_in_the_sandbox_with_commits_delivered_twice(server: Server) -> None:
    """Postponed, held (and refused meanwhile), released, appealed, complained of, withdrawn: through parent and child."""
    passed_through = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    detour = run_both(
        server,
        UnitElection.run,
        the_unit(),
        UNIT,
        SandboxedWorkflowRunner(restrictions=passed_through),
        ledger=Forgetful,
        answers={
            "party.street_review": exclude_the_last,
            "party.street_review#2": lambda task, form: form,
            f"appeal:{PARTY[7].id}": lambda task, form: form.model_copy(update={"upheld": True}),
        },
        errands={
            "party.meeting": ((HOUR, tell(UNIT, "order_postponement", LATER)),),
            "party.secretary_review": ((HOUR, tell(PARTY_ID, "appeal", APPEAL)),),
            "party.inspection_list": (
                (HOUR, tell(UNIT, "order_hold", HOLD)),
                (2 * HOUR, hand_in),  # refused: held
                (3 * HOUR, tell(UNIT, "order_hold", AGAIN)),  # refused: held already
                (4 * HOUR, tell(UNIT, "order_release", RELEASE)),
                (5 * HOUR, tell(UNIT, "order_release", RELEASE)),  # the same update again: nothing happens
            ),
            "party.slate_approval": (
                (HOUR, tell(PARTY_ID, "complain", COMPLAINT)),
                (2 * HOUR, tell(PARTY_ID, "complain", COMPLAINT.model_copy())),  # refused: received already
            ),
            "residents.standing_committee": ((HOUR, tell(RESIDENTS_ID, "withdraw", WITHDRAWAL)),),
        },
    )
    clerk = detour.server
    told = {entry.fact.kind for entry in clerk.facts}
    assert {"postponed", "held", "released", "appealed", "appeal_decided", "complaint_decided", "withdrew"} <= told
    assert [(each.gate, each.rules) for each in clerk.refusals] == [
        ("party.inspection_list", ("X4",)),
        ("order_hold", ("O2",)),
        ("party.slate", ("P5",)),
        ("complain", ("K1",)),
    ]
    same_story(detour)
    same_commands(detour)
    replay(clerk.histories)


# ---------------------------------------------------------------- comparing


def same_story(pair: Pair) -> None:
    """Facts, papers, refusals, states and outcome, field by field."""
    for live, rehearsed in zip(story(pair.server), story(pair.engine), strict=False):
        assert live == rehearsed
    assert len(pair.server.facts) == len(pair.engine.facts)
    assert pair.server.store.papers == pair.engine.store.papers
    assert pair.server.store.states == pair.engine.store.states
    assert pair.server.refusals == pair.engine.refusals
    assert pair.on_server == pair.on_engine


def story(clerk: Clerk) -> list[Any]:
    return [(entry.district, entry.street, entry.unit, entry.body, entry.fact) for entry in clerk.facts]


def elsewhere(pair: Pair) -> list[tuple[str, str]]:
    """Body and kind of the facts committed at another instant."""
    both = zip(pair.server.facts, pair.engine.facts, strict=True)
    return [(live.body, live.fact.kind) for live, rehearsed in both if abs(live.at - rehearsed.at) > A_WHILE]


def same_commands(pair: Pair) -> None:
    """Each workflow's commands by name and subject, in order, and when its timers ring."""
    for workflow_id, recording in pair.recordings.items():
        rehearsed, live = engine_commands(recording), server_commands(pair.server.histories[workflow_id])
        assert [name for name, _ in live] == [name for name, _ in rehearsed], workflow_id
        for (name, rings_live), (_, rings_rehearsed) in zip(live, rehearsed, strict=True):
            if rings_rehearsed is not None:
                assert rings_live is not None
                assert abs(rings_live - rings_rehearsed) < A_WHILE, (workflow_id, name)


Command = tuple[str, datetime | None]
"""What was asked for, and when it rings if it is a timer."""


def engine_commands(recording: Recording) -> list[Command]:
    commands: list[Command] = []
    for activation, completion in recording.steps:
        now = activation.timestamp.ToDatetime(UTC)
        for command in completion.successful.commands:
            name = str(command.WhichOneof("variant"))
            asked = getattr(command, name)
            if name == "update_response":
                if asked.HasField("completed"):
                    commands.append(("update completed", None))
                elif asked.HasField("accepted"):
                    commands.append(("update accepted", None))
            elif name == "start_timer":
                commands.append((name, now + asked.start_to_fire_timeout.ToTimedelta()))
            elif name == "schedule_activity":
                commands.append((f"{name} {asked.activity_type}", None))
            elif name == "start_child_workflow_execution":
                commands.append((f"{name} {asked.workflow_type} {asked.workflow_id}", None))
            else:
                commands.append((name, None))
    return commands


SAME = {
    "timer_canceled": "cancel_timer",
    "workflow_execution_update_accepted": "update accepted",
    "workflow_execution_update_completed": "update completed",
    "signal_external_workflow_execution_initiated": "signal_external_workflow_execution",
    "workflow_execution_completed": "complete_workflow_execution",
}
NOT_ASKED = {
    *(f"workflow_task_{each}" for each in ("scheduled", "started", "completed", "timed_out")),
    *(f"activity_task_{each}" for each in ("started", "completed")),
    *(f"child_workflow_execution_{each}" for each in ("started", "completed")),
    *("workflow_execution_started", "workflow_execution_options_updated", "workflow_execution_signaled"),
    *("workflow_execution_time_skipping_transitioned", "timer_fired", "external_workflow_execution_signaled"),
}


def server_commands(history: WorkflowHistory) -> list[Command]:
    """The commands behind a history's events; an event of a kind nobody thought of is an error."""
    commands: list[Command] = []
    for event in history.events:
        attributes = str(event.WhichOneof("attributes"))
        name, what = attributes.removesuffix("_event_attributes"), getattr(event, attributes)
        if name == "timer_started":
            now = event.event_time.ToDatetime(UTC)
            commands.append(("start_timer", now + what.start_to_fire_timeout.ToTimedelta()))
        elif name == "activity_task_scheduled":
            commands.append((f"schedule_activity {what.activity_type.name}", None))
        elif name == "start_child_workflow_execution_initiated":
            commands.append((f"start_child_workflow_execution {what.workflow_type.name} {what.workflow_id}", None))
        elif name in SAME:
            commands.append((SAME[name], None))
        elif (
            name == "workflow_task_failed"
        ):  # the clerk set the clock while the last task ran: the server has it done again
            assert what.cause == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
        else:
            assert name in NOT_ASKED, f"{history.workflow_id}: {name}"
    return commands


def replay(histories: dict[str, WorkflowHistory]) -> None:
    """Raises when fresh code gives other commands than a server's history holds."""

    async def each() -> None:
        replayer = Replayer(
            workflows=list(WORKFLOWS),
            data_converter=pydantic_data_converter,
            workflow_runner=UnsandboxedWorkflowRunner(),  # in the sandbox no setting would be installed
        )
        for history in histories.values():
            await replayer.replay_workflow(history)

    assert histories
    asyncio.run(each())
