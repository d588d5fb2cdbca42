"""A district rehearsed through its election and its term, its journal as records, and one record of it falsified."""

from copy import deepcopy
from functools import cache
from typing import Any

from simulation.actors import Cast
from simulation.faults import FaultPlan
from simulation.population.parameters import Parameter, Parameters, load
from simulation.population.synthesis import synthesize_district
from tests.simulation.rehearsing import Record, driven, setting_of

UNITS, SEED = 10, 5
TERM, GRAVE = ("recall_rate", "resignation_rate"), "grave_complaint_rate"


def parameters(rate: float, *names: str) -> Parameters:
    """The bundled parameters, but for how often these happen; the others of the term never do."""

    def at(parameter: Parameter, rate: float) -> Parameter:
        return parameter.model_copy(update={"value": rate, "high": 1.0})

    found = load()
    events = found.events
    changed = {name: at(getattr(events, name), rate if name in names else 0.0) for name in (*TERM, GRAVE)}
    return found.model_copy(update={"events": events.model_copy(update=changed)})


@cache
def rehearsed(
    rate: float,
    faults: tuple[tuple[str, str], ...] = (),
    names: tuple[str, ...] = TERM,
    plan: str = "village-2025",
) -> tuple[Cast, list[Record]]:
    """A county driven through its election and its term; the journal's records as a file would hold them."""
    setting, figures = setting_of(plan), parameters(rate, *names)
    district = synthesize_district(SEED, 1, UNITS, figures, pack=setting.pack, setting=setting.hash)
    planted = FaultPlan.of(list(faults)) if faults else FaultPlan.none()
    return driven(setting, district, figures, SEED, planted)


def of(records: list[Record], body: str, kind: str) -> list[Record]:
    """A body's records of one kind."""
    return [one for one in records if one["body"] == body and one["fact"]["kind"] == kind]


def counts(records: list[Record], kind: str, *bodies: str) -> dict[str, Record]:
    """By unit, the form of a kind that was handed in last: by these bodies, else within the term."""
    found = {}
    for body in bodies or ("recall", "byelection"):
        for one in of(records, body, "decided"):
            if one["fact"]["form"]["kind"] == kind:
                found[one["unit"]] = one["fact"]["form"]
    return found


def falsified(records: list[Record], body: str, kind: str, form: str = "", **changes: Any) -> list[Record]:
    """The journal with one fact (or its form) changed: the first of its body and kind."""
    changed = deepcopy(records)
    for record in changed:
        fact = record["fact"]
        if record["body"] != body or fact["kind"] != kind or (form and fact["form"]["kind"] != form):
            continue
        (fact["form"] if form else fact).update(changes)
        return changed
    raise AssertionError(f"no {kind} of {body}")
