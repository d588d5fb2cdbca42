"""The election that is run under load: the plan's own gates, but nothing that waits for a calendar day."""

from datetime import UTC, datetime

from bench.load.engine import on_engine
from bench.load.plan import FIRST, LAST, setting
from policies.pack.schema import Act
from tests.workflows.clerk import setting as as_planned


def test_the_plan_under_load_is_the_plan_without_its_waits() -> None:
    """Every step with its role and its signatures, in one window, and no posting stays up for any days."""
    loaded, planned = setting(datetime(2026, 11, 27, tzinfo=UTC)), as_planned()
    assert {step.id: (step.actor, step.countersigned_by) for step in loaded.steps.values()} == {
        step.id: (step.actor, step.countersigned_by) for step in planned.steps.values()
    }
    postings = [step.id for step in loaded.steps.values() if step.act is Act.PUBLICITY]
    assert postings
    assert {loaded.publicity(step)[0] for step in postings} == {0}
    assert {(slot.window_start, slot.window_end) for slot in loaded.slots.values()} == {(FIRST, LAST)}


def test_every_unit_decides_as_many_gates_and_completes() -> None:
    """The bare workflows get that number of gates: nothing is refused, nothing left out."""
    one, two = on_engine(1), on_engine(2)
    assert two.decisions == 2 * one.decisions == 2 * one.gates
