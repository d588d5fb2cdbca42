"""A village from preparation to handover by direct vote; each scenario changes one answer. Expected values from the clauses named."""

from tests.workflows.villageclerk import VillageClerk, village, village_2025

CONDITIONAL = {"prep.rectification", "residents.runoff"}


def test_an_undisturbed_village_is_complete_in_the_plans_time() -> None:
    clerk = VillageClerk(village())
    outcome = clerk.run()
    assert clerk.refusals == []
    assert clerk.of_kind("overdue") == []
    assert outcome.completed_on is not None


def test_gates_open_in_the_order_of_the_plan() -> None:
    clerk = VillageClerk(village())
    clerk.run()
    opened = [fact.gate for fact in clerk.of_kind("gate_opened")]
    written = [
        step.id
        for body in village_2025().bodies
        for step in body.steps
        if step.id not in CONDITIONAL and not step.id.startswith("recall.")
    ]
    assert opened == written
