"""What a report is made of: figures and names, already gathered; the page only arranges them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.rule import Rule
from simulation.checker import Violation
from simulation.digest import Digest, Limits
from simulation.population.parameters import Parameters
from simulation.report.wording import Wording, wording


@dataclass(frozen=True)
class FaultRow:
    """One of the ten faults as asked for: planted, caught, or why it cannot occur under this pack."""

    code: str
    title: str
    planted: int
    detected: int
    why_not: str = ""
    idle: int = 0  # planned, but the occasion never came


@dataclass(frozen=True)
class CaseRow:
    """One captured case: its file beside the report, whose it is, and why it was kept."""

    file: str
    unit: str
    name: str
    why: str


@dataclass(frozen=True)
class Material:
    """Everything the page needs. `summary` is what summary.json says; names map ids to Chinese."""

    title: str
    summary: Mapping[str, Any]
    digest: Digest
    limits: Limits
    parameters: Parameters
    rules: Mapping[str, Rule]
    bodies: Mapping[str, str]
    titles: Mapping[str, str]  # of steps
    roles: Mapping[str, str]
    places: Mapping[str, str]  # districts and streets
    violations: tuple[Violation, ...] = ()
    broken: int = 0
    false_blocks: int = 0
    faults: tuple[FaultRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    kind: str = "community"  # of the units
    planted_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # unit → codes of faults committed there

    @property
    def words(self) -> Wording:
        """What the units are called."""
        return wording(self.kind)
