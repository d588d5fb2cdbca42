"""The same election by the same clerk on the in-process engine: what a decision costs without a server."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter

from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.stores import MemoryStore
from bench.load.plan import ELECTION, Scribe, district, seconds_of
from policies.pack.schema import Role
from simulation.engine import Engine
from tests.workflows.clerk import signed
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import Task
from workflows.messages import Submission

A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class OnEngine:
    """A run on the engine."""

    units: int
    decisions: int
    seconds: float

    @property
    def gates(self) -> int:
        """Decisions a unit takes."""
        return self.decisions // self.units

    @property
    def each(self) -> float:
        """Seconds a decision."""
        return self.seconds / self.decisions


class _Rehearsing(Scribe):
    countersigned: dict[str, Role]

    def on_task(self, task: Task) -> None:
        self.engine.at(A_SECOND, self.hand_in, task)

    def hand_in(self, task: Task) -> None:
        """The honest form, signed for the whole election."""
        wanted = self.countersigned.get(task.step)
        second = None if wanted is None else signed(wanted, "复核人", ELECTION)
        by = signed(task.role, scope=ELECTION)
        self.send(task.workflow, Submission(gate=task.gate, by=by, second=second, form=self.form(task)))


def on_engine(units: int) -> OnEngine:
    """Run so many units to their end. Raises when one does not complete or anything is refused."""
    clerk, began_at = _Rehearsing(), datetime.now(UTC)
    clerk.countersigned = seconds_of(began_at)

    async def run() -> tuple[int, float]:
        store = MemoryStore(clerk.facts.append, clerk.on_task)
        brief = district(units, began_at)
        began = perf_counter()
        async with Engine(
            workflows=list(WORKFLOWS),
            activities=[Ledger(store).commit],
            start=began_at,
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
        ) as clerk.engine:
            handle = await clerk.engine.client.start_workflow(
                DistrictElection.run, brief, id=ELECTION, task_queue=TASK_QUEUE
            )
            outcome = await handle.result()
        return outcome.completed, perf_counter() - began

    completed, seconds = asyncio.run(run())
    if completed != units or clerk.refusals:
        raise RuntimeError(f"{completed} of {units} units completed on the engine, refused: {clerk.refusals[:3]}")
    return OnEngine(units, len(clerk.of_kind("decided")), seconds)
