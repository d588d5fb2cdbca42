"""What layers come to together: nation → province → county → election, the floor never lowered.

A province's older rule that falls below a newer floor gives way to it. Whatever else would weaken a layer above is refused.
The order in which layers are named changes nothing.
"""

from typing import NamedTuple

from policies.finding import Finding, Severity
from policies.law.layer import Layer, Level, Stated
from policies.law.norms import Norms
from policies.law.terms import TERMS, Kind, Term, Way, shown
from policies.value import Value


class Below(NamedTuple):
    """`lower` would weaken `upper`."""

    lower: Stated
    upper: Stated


class Composition(Value):
    """`binding`: for each norm the clause that binds. `gave_way`: older provincial clauses below the floor, which stands.

    `refused`: clauses that weaken one above them and must not be used; the clause above binds meanwhile.
    """

    binding: dict[str, Stated]
    gave_way: tuple[Below, ...] = ()
    refused: tuple[Below, ...] = ()

    @property
    def norms(self) -> Norms:
        """The values alone."""
        return Norms.model_validate({norm: stated.value for norm, stated in self.binding.items()})


def compose(layers: tuple[Layer, ...]) -> Composition:
    """The layers taken together, from the top down; of several texts of one level the stricter clause binds."""
    given: dict[str, dict[Level, list[Stated]]] = {}
    for layer in layers:
        for stated in layer.stated():
            given.setdefault(stated.norm, {}).setdefault(stated.level, []).append(stated)
    binding: dict[str, Stated] = {}
    gave_way: list[Below] = []
    refused: list[Below] = []
    for norm, term in TERMS.items():
        upper: Stated | None = None
        for level in Level:
            same = sorted(given.get(norm, {}).get(level, ()), key=lambda one: (term.strictness(one.value), one.layer))
            kept: list[Stated] = []
            for lower in same:
                if upper is None or not term.weaker(lower.value, upper.value):
                    kept.append(lower)
                elif level is Level.PROVINCE and lower.effective_from < upper.effective_from:
                    gave_way.append(Below(lower, upper))
                else:
                    refused.append(Below(lower, upper))
            if term.way is Way.FIXED:  # two texts of one level that fix different values contradict each other
                refused += [Below(one, kept[-1]) for one in kept[:-1] if not term.same(one.value, kept[-1].value)]
            if kept and (upper is None or not term.same(kept[-1].value, upper.value)):
                upper = kept[-1]
        if upper is not None:
            binding[norm] = upper
    return Composition(binding=binding, gave_way=tuple(gave_way), refused=tuple(refused))


def gave_way(below: Below, kind: Kind, law: str) -> Finding:
    """The floor stands in place of an older provincial value: which rule, both values, both articles."""
    term = TERMS[below.lower.norm]
    upper, lower = below.upper, below.lower
    message = (
        f"{term.label}：{lower.place}（{lower.effective_from} 起）规定 {shown(term, lower.value)}，"
        f"{upper.place}（{upper.effective_from} 起）规定 {shown(term, upper.value)}；前者早于后者，{differs(term)}后者，按 "
        f"{shown(term, upper.value)} 执行。"
    )
    return Finding(
        rule=term.rule(kind, law),
        severity=Severity.WARNING,
        message=message,
        value=shown(term, lower.value),
        limit=shown(term, upper.value),
        remedy=f"按{upper.place}执行；本地规定修订后再核对",
        source=f"{upper.source}；{lower.source}",
    )


def refusal(below: Below, kind: Kind, law: str) -> str:
    """Why a layer cannot be used, for the person who wrote it."""
    term = TERMS[below.lower.norm]
    upper, lower = below.upper, below.lower
    return (
        f"{term.rule(kind, law)} {term.label}：{lower.place}写的是 {shown(term, lower.value)}，{differs(term)}{upper.level.chinese}"
        f"{upper.place}的 {shown(term, upper.value)}（“{upper.quote}”），不得采用；{mended(term)}"
    )


def differs(term: Term) -> str:
    """How a value that does not keep a norm stands to it."""
    return "不同于" if term.way is Way.FIXED else "达不到"


def mended(term: Term) -> str:
    """What whoever wrote it is to do."""
    return "请删去" if term.way is Way.FIXED else "请删去，或改为达到它的数值"
