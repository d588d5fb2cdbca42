"""What a planted fault is: where, how, and which rules must name it. The kinds of planting, not the faults themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.pack.schema import Pack
    from simulation.actors.memory import UnitMemory
    from simulation.actors.scene import Scene
    from simulation.population.district import SyntheticUnit
    from workflows.messages import Form


class Moment(StrEnum):
    """How a fault comes about."""

    FORM = "form"  # the step's own form is handed in with something wrong
    AHEAD = "ahead"  # while the step's posting is up, a later step (`target`) is handed in on its last day
    EXTRA = "extra"  # when the step opens, a step of another time (`target`) is handed in
    LATE = "late"  # the step is done properly, but on the day after its last day
    UNANSWERED = "unanswered"  # a complaint about the step is answered on the day after its last day
    OBJECTION = "objection"  # an objection to the list just posted is decided on the day after its last day
    TARDY = "tardy"  # the list is handed in nineteen days before the poll; then the poll is put off


@dataclass(frozen=True, slots=True)
class FaultVariant:
    """One way to commit one of the ten faults.

    `rules`: at least one of them must be named, in a refusal or an overdue flag, at the very gate. `mutate` turns the
    honest form into the faulty one; it returns the form unchanged where the fault cannot be committed. `fits` says in which
    units it can be planted; `prepare` sets the scene when the body's nominations close (kin nobody had). `lead_in` changes an earlier, honest vote so that the vote
    numbered `vote` takes place; `comes_from` does so at another step. `kind` is the packs' kind it belongs to ("" for every one); `where` says under
    which of them it can be committed at all.
    """

    code: str
    key: str
    name: str
    text: str
    step: str
    moment: Moment
    rules: tuple[str, ...]
    mutate: Callable[[Scene, Form], Form] | None = None
    target: str = ""
    fits: Callable[[SyntheticUnit], bool] | None = None
    prepare: Callable[[UnitMemory], None] | None = None
    lead_in: Callable[[Scene, Form], Form] | None = None
    vote: int = 1
    kind: str = ""
    where: Callable[[Pack], bool] | None = None
    comes_from: tuple[str, Callable[[Scene, Form], Form]] | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps it needs for itself in its unit."""
        return (self.step,) if self.comes_from is None else (self.step, self.comes_from[0])

    def possible(self, pack: Pack, steps: Collection[str]) -> bool:
        """Whether a pack with these steps lets it be committed."""
        known = self.step in steps and (not self.target or self.target in steps)
        return known and self.kind in ("", pack.kind) and (self.where is None or self.where(pack))

    @property
    def id(self) -> str:
        """Unique in the catalogue: F5.residents."""
        return f"{self.code}.{self.key}"

    @property
    def body(self) -> str:
        """The body whose step this is."""
        return self.step.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class FiredFault:
    """A fault that was committed: which, where (the gate's key as handed in), and since when."""

    code: str
    variant: str
    unit: str
    gate: str
    at: datetime
