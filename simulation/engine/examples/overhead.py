"""How much the engine adds to what the SDK itself needs: `python -m simulation.engine.examples.overhead [workflows]
[steps]`.

Many workflows of many steps share one clock. A step is one update with a validator and one activity that takes and
returns pydantic models and writes a journal line; a small actor answers each step from a callback in virtual time.
The same run's recorded activations are then fed to bare SDK instances in the same order, and the two times are compared.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.contrib.pydantic import pydantic_data_converter

from simulation.engine import Engine, UpdateOutcome, bare_cost


class Decision(BaseModel):
    step: int
    verdict: str
    by: str


class Line(BaseModel):
    step: int
    facts: list[str]
    at: datetime


class Written(BaseModel):
    number: int


JOURNAL: list[Line] = []


@activity.defn
async def write(line: Line) -> Written:
    """Append one journal line."""
    JOURNAL.append(line)
    return Written(number=len(JOURNAL))


@workflow.defn
class Procedure:
    """Waits for one decision per step, then writes it down."""

    def __init__(self) -> None:
        self.step = 0
        self.decision: Decision | None = None

    @workflow.run
    async def run(self, steps: int) -> int:
        for step in range(steps):
            self.step = step
            self.decision = None
            await workflow.wait_condition(lambda: self.decision is not None)
            line = Line(step=step, facts=["decided", str(self.decision)], at=workflow.now())
            await workflow.execute_activity(write, line, start_to_close_timeout=timedelta(minutes=1))
        return steps

    @workflow.update
    async def decide(self, decision: Decision) -> int:
        self.decision = decision
        return decision.step

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        if decision.step != self.step:
            raise ValueError(f"step {self.step} is open, not {decision.step}")


async def drive(workflows: int, steps: int, record: bool) -> tuple[Engine, float]:
    """Run everything; returns the engine and the wall seconds."""
    engine = Engine(
        workflows=[Procedure],
        activities=[write],
        start=datetime(2021, 1, 1, tzinfo=UTC),
        seed=1,
        data_converter=pydantic_data_converter,
        record=record,
    )

    def act(workflow_id: str, step: int) -> None:
        def done(outcome: UpdateOutcome) -> None:
            assert outcome.accepted, outcome.failure
            if step + 1 < steps:
                engine.at(timedelta(hours=1 + step % 3), act, workflow_id, step + 1)

        engine.submit_update(
            workflow_id,
            "decide",
            Decision(step=step, verdict="yes", by="somebody"),
            update_id=f"{workflow_id}/{step}",
            done=done,
        )

    JOURNAL.clear()
    gc.collect()
    before = time.perf_counter()
    for number in range(workflows):
        await engine.client.start_workflow(Procedure.run, steps, id=f"p{number}", task_queue="main")
        engine.at(timedelta(minutes=number + 1), act, f"p{number}", 0)
    await engine.run_until_idle()
    wall = time.perf_counter() - before
    assert len(JOURNAL) == workflows * steps
    await engine.close()
    return engine, wall


def main(workflows: int = 60, steps: int = 40, rounds: int = 5) -> float:
    """Print the comparison; returns total cost divided by bare cost (the median over rounds)."""
    recorded, _ = asyncio.run(drive(workflows, steps, record=True))
    ratios = []
    for _ in range(rounds):
        gc.collect()
        gc.set_threshold(50_000, 20, 50)  # what the engine sets for itself while it drives
        bare = bare_cost(recorded.recordings)
        gc.set_threshold(700, 10, 10)
        engine, wall = asyncio.run(drive(workflows, steps, record=False))
        inside = engine.statistics.seconds_inside
        count = engine.statistics.activations
        ratios.append(wall / bare)
        print(
            f"{count} activations: bare {bare / count * 1e6:6.1f} µs each; engine total {wall / count * 1e6:6.1f} "
            f"(inside the SDK {inside / count * 1e6:6.1f}, everything else {(wall - inside) / count * 1e6:6.1f}); "
            f"ratio {wall / bare:.2f}"
        )
    return statistics.median(ratios)


if __name__ == "__main__":
    print(f"median ratio {main(*(int(each) for each in sys.argv[1:])):.2f}")
