"""One district's rehearsal: the production workflows, driven by synthetic people under one virtual clock.

Everything is derived from the seed, so the same seed gives the same journal, byte for byte, in whatever process it runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from time import perf_counter

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import WorkflowRunner

from activities.commit import Ledger
from activities.stores import Entry, MemoryStore
from policies.clock import BEIJING
from simulation.actors import Cast
from simulation.afterwards import Afterwards
from simulation.engine import Engine
from simulation.faults import FaultPlan
from simulation.gateway import EngineGateway
from simulation.population.district import SyntheticDistrict
from simulation.population.parameters import Parameters
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.messages import DistrictOutcome
from workflows.setting import Setting

LEAD_TIME = timedelta(days=1)
"""The clock starts so long before the first step's window opens."""


@dataclass(frozen=True)
class DistrictRun:
    """What driving one district left behind besides its journal."""

    outcome: DistrictOutcome
    activations: int
    seconds: float  # wall clock, of this process
    cast: Cast
    papers: int


async def rehearse_district(
    district: SyntheticDistrict,
    setting: Setting,
    parameters: Parameters,
    *,
    seed: int,
    faults: FaultPlan,
    journal: Callable[[Entry], None],
    record: bool = False,
    runner: WorkflowRunner | None = None,
    prepared: Callable[[Engine, Cast], None] | None = None,
    ledger: type[Ledger] = Ledger,
) -> DistrictRun:
    """Run a district from its preparation to its last handover, and what its term brings; facts go to `journal` as they are committed.

    `prepared` may register what should happen at given instants before the clock starts; a `ledger` of one's own may write
    what is committed elsewhere too. Raises StuckError, naming the
    unit and the gate, when nothing is scheduled and a unit is still open.
    """
    began = perf_counter()
    cast_of: list[Cast] = []
    afterwards = Afterwards(setting, parameters.of(setting.pack.kind), seed, faults)

    def noted(entry: Entry) -> None:
        afterwards.hear(entry)
        journal(entry)

    store = MemoryStore(noted, lambda task: cast_of[0].on_task(task), keep_papers=False)
    engine = Engine(
        workflows=list(WORKFLOWS),
        activities=[ledger(store).commit],
        start=datetime.combine(setting.first_day() - LEAD_TIME, time(0), BEIJING).astimezone(UTC),
        seed=seed,
        data_converter=pydantic_data_converter,
        task_queue=TASK_QUEUE,
        explain_query="waiting_for",
        suggest_continue_as_new_bytes=None,  # an election's history is short and none of its workflows asks
        record=record,
        runner=runner,
    )
    async with engine:
        cast = Cast(
            district=district,
            setting=setting,
            parameters=parameters.of(setting.pack.kind),
            seed=seed,
            stage=engine,
            gateway=EngineGateway(engine, store.refuse),
            faults=faults,
        )
        cast_of.append(cast)
        if prepared is not None:
            prepared(engine, cast)
        handle = await engine.client.start_workflow(
            DistrictElection.run, district.brief, id=district.id, task_queue=TASK_QUEUE
        )
        outcome = await handle.result()
        await afterwards.play(engine, cast)
        activations = engine.statistics.activations
    return DistrictRun(outcome, activations, perf_counter() - began, cast, store.papers_issued)
