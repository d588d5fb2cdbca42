"""One decision about to be made: who is asked what, when, in which unit. What every page of the playbook is handed."""

from dataclasses import dataclass
from datetime import date
from random import Random
from zlib import crc32

from policies.pack.schema import Pack, Role, Step
from simulation.actors.memory import Body, UnitMemory
from simulation.population.district import SyntheticUnit
from simulation.population.parameters import Parameters
from workflows.facts import Task
from workflows.setting import Setting


def office(pack: Pack, role: Role) -> str:
    """A role's Chinese name in the pack; a role the pack does not name goes by its id."""
    name = pack.roles.get(role)
    return role.value if name is None else name


VOTERS_LISTS = ("residents.voters_list", "byelection.voters_list")
COMMITTEE_VOTES = ("residents", "byelection")
"""What elects to a committee, in an election and within the term."""


@dataclass(slots=True)
class Scene:
    """A task with everything its actor may consult. `day` is the Beijing day of the act."""

    task: Task
    step: Step | None  # None for an extra gate
    memory: UnitMemory
    setting: Setting
    parameters: Parameters
    seed: int
    rng: Random
    day: date

    @property
    def unit(self) -> SyntheticUnit:
        """The unit decided about."""
        return self.memory.unit

    @property
    def body_name(self) -> str:
        """The body's id: prep, party, residents, supervisory, women."""
        return self.task.step.split(".", 1)[0]

    @property
    def body(self) -> Body:
        """What is remembered of the body decided about."""
        return self.memory.body(self.task.step)

    @property
    def is_direct(self) -> bool:
        """Whether the body decided about is elected by every voter of a village."""
        return self.unit.brief.village is not None and self.body_name in COMMITTEE_VOTES

    @property
    def roll(self) -> int:
        """The denominator of the body's quorum: members due, grown women, and else whoever the plan lets vote."""
        if self.body_name == "women":
            return self.unit.brief.women
        if self.body_name == "party":
            return self.unit.brief.party_due
        ballot = None if self.step is None else self.step.ballot
        return self.memory.who_votes(None if ballot is None else ballot.mode)

    def office(self, role: Role) -> str:
        """A role's Chinese name in the pack."""
        return office(self.setting.pack, role)

    def number(self, mark: str) -> str:
        """A document number (文号) of this decision, as offices write them (A3): `记〔2026〕12号`, a later round's `12-2号`.

        The same in every run, and the unit's own for each step: its place in the plan. What comes up on demand has a number
        made from its gate.
        """
        steps = list(self.setting.steps)
        if self.task.step in steps:
            serial = str(steps.index(self.task.step) + 1)
        else:
            serial = str(crc32(self.task.gate.encode()) % 9000 + 1000)
        again = f"-{self.task.round}" if self.task.round > 1 else ""
        return f"{mark}〔{self.day.year}〕{serial}{again}号"


def is_voters_list(scene: Scene) -> bool:
    """Whether the scene's step puts up the list of voters."""
    return scene.task.step in VOTERS_LISTS
