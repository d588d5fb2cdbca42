"""One community from preparation to the last handover, as the plan orders it."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.commit import Ledger
from activities.stores import MemoryStore
from policies.pack.schema import Role
from simulation.engine import Engine
from tests.workflows.clerk import Clerk, at, brief, setting, signed, street_2021
from workflows.area import DistrictElection
from workflows.catalogue import PASSED_THROUGH, TASK_QUEUE, WORKFLOWS
from workflows.messages import DistrictBrief, DistrictOutcome, Hold, Postponement, Release, StreetBrief

CONDITIONAL = {"prep.rectification", "residents.registration", "party.staffing"}


def test_an_undisturbed_election_is_complete_in_the_plans_time() -> None:
    clerk = Clerk(brief())
    outcome = clerk.run()
    assert outcome.completed_on is not None
    assert outcome.completed_on <= date(2021, 5, 10)
    assert clerk.refusals == []
    assert clerk.of_kind("overdue") == []


def test_gates_open_in_the_order_of_the_plan() -> None:
    clerk = Clerk(brief())
    clerk.run()
    opened = [fact.gate for fact in clerk.of_kind("gate_opened")]
    written = [step.id for body in street_2021().bodies for step in body.steps if step.id not in CONDITIONAL]
    assert opened == written


def test_every_gate_opened_is_decided_by_the_role_the_plan_names() -> None:
    clerk = Clerk(brief())
    clerk.run()
    opened = {fact.gate: fact.role for fact in clerk.of_kind("gate_opened")}
    decided = {fact.gate: fact.role for fact in clerk.of_kind("decided")}
    assert opened == decided


def test_a_body_begins_only_after_the_one_before_is_complete() -> None:
    clerk = Clerk(brief())
    clerk.run()
    marks = [(e.body, e.fact.kind) for e in clerk.facts if e.fact.kind in ("body_opened", "body_completed")]
    assert marks == [(b, k) for b in ("party", "residents", "supervisory") for k in ("body_opened", "body_completed")]


def test_the_whole_election_takes_few_activations() -> None:
    clerk = Clerk(brief())
    clerk.run()
    gates = len(clerk.of_kind("gate_opened"))
    assert clerk.engine.statistics.activations < 3.2 * gates  # an update and a commit each, and the days waited for


def test_the_same_workflows_run_in_the_sandbox() -> None:
    passed_through = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    plain, boxed = (
        Clerk(brief()),
        Clerk(brief(), engine_options={"runner": SandboxedWorkflowRunner(restrictions=passed_through)}),
    )
    plain.run()
    boxed.run()
    assert [e.fact for e in plain.facts] == [e.fact for e in boxed.facts]


def run_district(*events: tuple[datetime, Callable[[Clerk], None]]) -> tuple[Clerk, DistrictOutcome]:
    """A district of two streets and three units, answered by one clerk."""
    units = [brief(id=f"D01-S0{s}-U00{u}", street=f"D01-S0{s}") for s, u in ((1, 1), (1, 2), (2, 3))]
    streets = tuple(
        StreetBrief(
            id=name,
            name=name,
            district="D01",
            units=tuple(unit for unit in units if unit.street == name),
            setting=setting().hash,
        )
        for name in ("D01-S01", "D01-S02")
    )
    district = DistrictBrief(id="D01", name="某区", streets=streets, setting=setting().hash)
    clerk = Clerk(units[0])

    async def run() -> DistrictOutcome:
        ledger = Ledger(MemoryStore(clerk.facts.append, clerk.on_task))
        async with Engine(
            workflows=list(WORKFLOWS),
            activities=[ledger.commit],
            start=at("2021-02-01", 0),
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
        ) as clerk.engine:
            for instant, event in events:
                clerk.engine.at(instant, event, clerk)
            handle = await clerk.engine.client.start_workflow(
                DistrictElection.run, district, id="D01", task_queue=TASK_QUEUE
            )
            return await handle.result()

    return clerk, asyncio.run(run())


def test_district_and_streets_wait_for_their_units_and_the_journal_is_closed() -> None:
    clerk, outcome = run_district()
    assert (outcome.completed, outcome.held) == (3, 0)
    assert clerk.facts[0].fact.kind == "district_opened"
    assert clerk.facts[-1].fact.kind == "district_closed"
    assert len({e.unit for e in clerk.facts if e.fact.kind == "unit_closed"}) == 3


def test_a_district_postponed_moves_every_unit_and_body_below() -> None:
    later = Postponement(days=5, reason="疫情防控", by=signed(Role.DISTRICT_ORGANIZATION, "区换届办"))
    clerk, outcome = run_district((at("2021-03-05", 5), lambda c: c.tell("D01", "order_postponement", later)))
    assert outcome.completed == 3
    moved = {(e.unit, e.body) for e in clerk.facts if e.fact.kind == "postponed"}
    assert moved == {(f"D01-S0{s}-U00{u}", body) for s, u in ((1, 1), (1, 2), (2, 3)) for body in ("prep", "party")}
    polls = [fact.last_day for fact in clerk.of_kind("gate_opened") if fact.gate == "residents.poll"]
    assert polls == [date(2021, 5, 5)] * 3  # 30 April and five days


def test_a_street_held_holds_its_own_units_only() -> None:
    hold = Hold(rule="X4", reason="信访矛盾突出", by=signed(Role.DISTRICT_ORGANIZATION, "区换届办"))
    release = Release(reason="已化解", by=signed(Role.DISTRICT_ORGANIZATION, "区换届办"))
    clerk, outcome = run_district(
        (at("2021-03-10", 1), lambda c: c.tell("D01-S01", "order_hold", hold)),
        (at("2021-03-10", 4), lambda c: c.tell("D01-S01", "order_release", release)),
    )
    assert outcome.completed == 3
    for kind in ("held", "released"):
        assert {e.unit for e in clerk.facts if e.fact.kind == kind} == {"D01-S01-U001", "D01-S01-U002"}


def test_only_the_district_office_steers_the_district() -> None:
    hold = Hold(rule="X4", reason="信访矛盾突出", by=signed(Role.STREET_COMMITTEE, "街道党工委"))
    clerk, _ = run_district((at("2021-03-10", 1), lambda c: c.tell("D01", "order_hold", hold)))
    assert [refusal.rules for refusal in clerk.refusals] == [("O3",)]
