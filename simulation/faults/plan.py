"""Which faults are planted where, which were committed, and which the system named: the ledger of a rehearsal's faults.

Everything is drawn from the seed and the unit ids; nothing depends on the order in which a set or a dictionary of
strings happens to be walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Protocol

from simulation.faults.catalogue import FAULTS, in_order, together, variant, variants_of
from simulation.faults.variants import FaultVariant, FiredFault
from simulation.population.chance import stream
from workflows.facts import Overdue, Refused

if TYPE_CHECKING:
    from policies.pack.schema import Pack
    from simulation.actors.memory import UnitMemory
    from simulation.population.district import SyntheticUnit


_NAMING = ("refused", "overdue")
"""Kinds of facts that may name a fault."""


class Happened(Protocol):
    """A journal entry, as much of it as detection needs."""

    @property
    def unit(self) -> str:
        """The unit's id."""

    @property
    def at(self) -> datetime:
        """When, aware."""

    @property
    def kind(self) -> str:
        """What kind of fact it is."""

    @property
    def fact(self) -> object:
        """The fact itself."""


@dataclass(slots=True)
class Planted:
    """One fault in one unit: planned, then committed, then named by the system."""

    unit: str
    variant: FaultVariant
    fired: FiredFault | None = None
    named: str = ""  # the rule that named it
    named_at: datetime | None = None

    @property
    def detected(self) -> bool:
        """True once one of its rules has named it at its gate."""
        return bool(self.named)


@dataclass(frozen=True, slots=True)
class FaultSummary:
    """Figures by fault code; `missed` are faults committed and not named, `idle` those that never came about."""

    planted: dict[str, int]
    fired: dict[str, int]
    detected: dict[str, int]
    missed: tuple[FiredFault, ...]
    idle: tuple[str, ...]  # "F7.third@D01-S01-U003"


@dataclass
class FaultPlan:
    """The faults of one district's rehearsal."""

    planted: tuple[Planted, ...] = ()
    _waiting: dict[tuple[str, str], Planted] = field(default_factory=dict)
    _leads: dict[tuple[str, str], Planted] = field(default_factory=dict)
    _units: frozenset[str] = frozenset()
    _open: dict[tuple[str, str], list[Planted]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._waiting = {(each.unit, each.variant.step): each for each in self.planted}
        self._leads = {
            (each.unit, each.variant.comes_from[0]): each
            for each in self.planted
            if each.variant.comes_from is not None
        }
        self._units = frozenset(each.unit for each in self.planted)

    @classmethod
    def none(cls) -> FaultPlan:
        """Nothing planted."""
        return cls()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> FaultPlan:
        """Exactly these (unit id, variant id). Raises KeyError for an unknown variant, ValueError for two at one step."""
        planted = tuple(Planted(unit, variant(name)) for unit, name in pairs)
        places = [(each.unit, step) for each in planted for step in each.variant.steps]
        if len(set(places)) < len(places):
            raise ValueError("同一单位的同一步骤只能植入一个差错")
        return cls(planted)

    @classmethod
    def draw(
        cls,
        seed: int,
        units: Iterable[SyntheticUnit],
        requested: Mapping[str, int],
        pack: Pack | None = None,
    ) -> FaultPlan:
        """Spread the requested faults over the units: every fault at its own (unit, step), units used evenly.

        A code such as F3+F5 plants one of each in the same unit.

        The variants of a code take turns. Units that never start, or start late, are left out. Raises ValueError, in
        Chinese and naming every code that does not fit, when there are too few units.
        """
        rng = stream(seed, "faults")
        able = [unit for unit in units if not unit.brief.difficult or (unit.rectified_on and not unit.late_by)]
        able.sort(key=lambda unit: unit.id)
        rng.shuffle(able)
        load = dict.fromkeys((unit.id for unit in able), 0)
        taken: set[tuple[str, str]] = set()
        planted: list[Planted] = []
        problems: list[str] = []
        for code in sorted((code for code in requested if requested[code]), key=in_order):
            wanted, kinds = requested[code], [list(variants_of(one, pack)) for one in together(code)]
            for variants in kinds:
                rng.shuffle(variants)
            for number in range(wanted):
                turns = [[*each[number % len(each) :], *each[: number % len(each)]] for each in kinds]
                place = _place(turns, able, load, taken)
                if place is None:
                    problems.append(f"{code}={wanted}：{len(able)} 个单位至多能植入 {number} 个")
                    break
                unit, chosen = place
                taken.update((unit, step) for one in chosen for step in one.steps)
                load[unit] += len(chosen)
                planted += [Planted(unit, one) for one in chosen]
        if problems:
            raise ValueError("差错植入数量过多：" + "；".join(problems))
        return cls(tuple(planted))

    # ------------------------------------------------------------ for the actors

    def touches(self, unit: str) -> bool:
        """True when a fault is planted anywhere in this unit."""
        return unit in self._units

    def at(self, unit: str, step: str) -> Planted | None:
        """The fault still to be committed at this unit's step."""
        return self._waiting.get((unit, step)) if self._waiting else None

    def leading_to(self, unit: str, step: str) -> Planted | None:
        """The fault still to be committed later that needs this unit's honest step to end in a particular way."""
        found = self._leads.get((unit, step)) if self._leads else None
        return found if found is not None and found.fired is None else None

    def prepare(self, memory: UnitMemory, body: str) -> None:
        """Set the scene for this unit's faults of a body, when its nominations close."""
        if memory.unit.id not in self._units:
            return
        for each in self.planted:
            if each.unit == memory.unit.id and each.variant.body == body and each.variant.prepare and not each.fired:
                each.variant.prepare(memory)

    def fire(self, planted: Planted, gate: str, at: datetime) -> FiredFault:
        """Note that a fault is committed at a gate; from now on the journal is watched for the rule that names it."""
        fired = FiredFault(planted.variant.code, planted.variant.id, planted.unit, gate, at)
        planted.fired = fired
        self._waiting.pop((planted.unit, planted.variant.step), None)
        self._open.setdefault((planted.unit, gate), []).append(planted)
        return fired

    # ------------------------------------------------------------ for the report

    @property
    def fired(self) -> list[FiredFault]:
        """The faults committed so far, in the order of the plan."""
        return [each.fired for each in self.planted if each.fired is not None]

    def watch(self, entry: Happened) -> None:
        """Hear of one journal entry as it is written: a refusal or an overdue flag may name a fault."""
        if not self._open or entry.kind not in _NAMING:
            return
        fact = entry.fact
        if not isinstance(fact, Refused | Overdue):
            return
        for planted in self._open.get((entry.unit, fact.gate), ()):
            rule = _naming(planted, entry)
            if rule and not planted.named:
                planted.named, planted.named_at = rule, entry.at

    def detected_by(self, entries: Iterable[Happened]) -> dict[FiredFault, str]:
        """Each committed fault with the rule that named it ("" where none did), from the whole journal."""
        for entry in entries:
            self.watch(entry)
        return {each.fired: each.named for each in self.planted if each.fired is not None}

    def summary(self) -> FaultSummary:
        """Planned, committed and named, by fault code."""
        planted, fired, detected = (dict.fromkeys(FAULTS, 0) for _ in range(3))
        for each in self.planted:
            code = each.variant.code
            planted[code] += 1
            fired[code] += each.fired is not None
            detected[code] += each.detected
        return FaultSummary(
            planted={code: n for code, n in planted.items() if n},
            fired={code: fired[code] for code, n in planted.items() if n},
            detected={code: detected[code] for code, n in planted.items() if n},
            missed=tuple(each.fired for each in self.planted if each.fired is not None and not each.named),
            idle=tuple(f"{each.variant.id}@{each.unit}" for each in self.planted if each.fired is None),
        )


def _place(
    turns: list[list[FaultVariant]], able: list[SyntheticUnit], load: dict[str, int], taken: set[tuple[str, str]]
) -> tuple[str, list[FaultVariant]] | None:
    """The unit with the fewest faults that has room for one variant of each kind, the first in turn if possible."""
    for unit in sorted(able, key=lambda unit: load[unit.id]) if len(turns) > 1 else ():
        chosen = _together(turns, unit, taken)
        if chosen is not None:
            return unit.id, chosen
    for first in turns[0] if len(turns) == 1 else ():
        for unit in sorted(able, key=lambda unit: load[unit.id]):
            if _has_room(first, unit, taken):
                return unit.id, [first]
    return None


def _together(
    turns: list[list[FaultVariant]], unit: SyntheticUnit, taken: set[tuple[str, str]]
) -> list[FaultVariant] | None:
    """One variant of each kind at different steps of one unit; None where that is impossible."""
    for chosen in product(*turns):
        steps = [step for one in chosen for step in one.steps]
        if len(set(steps)) == len(steps) and all(_has_room(one, unit, taken) for one in chosen):
            return list(chosen)
    return None


def _has_room(chosen: FaultVariant, unit: SyntheticUnit, taken: set[tuple[str, str]]) -> bool:
    free = not any((unit.id, step) in taken for step in chosen.steps)
    return free and (chosen.fits is None or chosen.fits(unit))


def _naming(planted: Planted, entry: Happened) -> str:
    fact, fired = entry.fact, planted.fired
    if fired is None or entry.at < fired.at:
        return ""
    if isinstance(fact, Refused):
        named = {finding.rule for finding in fact.findings}
        return next((rule for rule in planted.variant.rules if rule in named), "")
    if isinstance(fact, Overdue) and fact.rule in planted.variant.rules:
        return fact.rule
    return ""
