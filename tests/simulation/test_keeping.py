"""A whole district whose decisions are handed in as a county's gateway does: it leaves the journal that a rehearsal leaves.

In a rehearsal the workflows write everything themselves; live, whoever decided writes what the decision leads to. Two ways to
one journal, over every plan, with faults, complaints, withdrawals and further votes in between.
"""

import asyncio
from typing import Any

import pytest

from activities.commit import Ledger
from activities.stores import MemoryStore
from simulation.actors import Cast
from simulation.campaign.district import line_of
from simulation.engine import Engine
from simulation.faults import FaultPlan, variants_of
from simulation.gateway import EngineGateway
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import rehearse_district
from tests.simulation.rehearsing import setting_of
from workflows.messages import Submission

PARAMETERS = load()
SEED, UNITS = 20, 6
ALL_CODES = [f"F{number}" for number in range(1, 11)]


class Keeping:
    """What a gateway needs of an engine; what an accepted decision hands out is written with the answer."""

    def __init__(self, engine: Engine, store: MemoryStore) -> None:
        self._engine, self._store = engine, store
        self.late: list[str] = []  # decisions that were not answered in the instant they were sent

    @property
    def now(self) -> Any:
        return self._engine.now

    def submit_update(self, workflow_id: str, update_name: str, arg: Any, /, *, update_id: str, done: Any) -> None:
        """See `simulation.gateway.Updates`."""
        sent = self.now

        def heard(outcome: Any) -> None:
            done(outcome)  # first, as in a rehearsal: actors hear of their answer, then of what is to be done next
            if outcome.accepted and outcome.failure is None and isinstance(arg, Submission):
                for commit in outcome.result.commits:
                    Ledger(self._store).write(commit)
                if self.now != sent:
                    self.late.append(update_id)

        if isinstance(arg, Submission):
            arg = arg.model_copy(update={"written": self._store.written(workflow_id)})
        self._engine.submit_update(workflow_id, update_name, arg, update_id=update_id, done=heard)


def rehearsed(plan: str, *, keeping: bool) -> tuple[list[bytes], list[str]]:
    """The journal's lines, by unit and body in their order, and the decisions whose answer came late."""
    setting, lines, kept = setting_of(plan), list[tuple[str, str, bytes]](), list[Keeping]()
    district = synthesize_district(SEED, 1, UNITS, PARAMETERS, pack=setting.pack, setting=setting.hash)
    codes = [code for code in ALL_CODES if variants_of(code, setting.pack)]
    stores: list[MemoryStore] = []

    class Noticed(Ledger):
        def __init__(self, store: Any) -> None:
            super().__init__(store)
            stores.append(store)

    def prepared(engine: Engine, cast: Cast) -> None:
        if keeping:
            kept.append(Keeping(engine, stores[0]))
            cast._gateway = EngineGateway(kept[0], stores[0].refuse)

    asyncio.run(
        rehearse_district(
            district,
            setting,
            PARAMETERS,
            seed=SEED,
            faults=FaultPlan.draw(SEED, district.units.values(), dict.fromkeys(codes, 1), setting.pack),
            journal=lambda entry: lines.append((entry.unit, entry.body, line_of(entry))),
            prepared=prepared,
            ledger=Noticed,
        )
    )
    return [line for *_, line in sorted(lines, key=lambda one: one[:2])], [each for one in kept for each in one.late]


@pytest.mark.parametrize(
    "plan", ["street-2021", "prepared-2021", "community-voters", "village-2025", "village-zhejiang", "women-2021"]
)
def test_the_journal_is_the_one_of_a_rehearsal(plan: str) -> None:
    """With one fault of every kind that the plan can have."""
    itself, _ = rehearsed(plan, keeping=False)
    kept, late = rehearsed(plan, keeping=True)
    assert kept == itself
    assert late == []
