"""By when a sensible office wants a step done: not merely inside its own window, but so that everything after it still fits.

Computed once from the pack, backwards: a posting must go up early enough for its whole days, and a body must be complete
before the next one begins, whatever its own steps' limits say.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from policies.pack.schema import Condition, Step
from workflows.setting import Setting


@dataclass(frozen=True, slots=True)
class Aim:
    """The day by which a step should be decided, and how many later steps have to fit in before the same day."""

    day: date | None
    after: int = 0


def aims(setting: Setting) -> dict[str, Aim]:
    """Each step's aim."""
    found: dict[str, Aim] = {}
    bound: date | None = None
    for body in reversed(setting.pack.bodies):
        after = 0
        steps = [step for step in body.steps if _happens(step)]
        for step in reversed(steps):
            slot = setting.slots.get(step.id)
            before = _posted_by(setting, step, bound)
            limits = [day for day in (before, slot.window_end if slot else None) if day is not None]
            aim = min(limits, default=None)
            after = after + 1 if aim == bound and aim is not None else 0
            found[step.id] = Aim(aim, after)
            bound = aim
        if steps:
            bound = setting.opens(steps[0].id) - timedelta(days=1)
    return found


def _happens(step: Step) -> bool:
    return not step.record_only and step.condition is not Condition.EVERY_VOTER


def _posted_by(setting: Setting, step: Step, bound: date | None) -> date | None:
    days, unit = setting.publicity(step.id)
    return bound if bound is None or not days else setting.calendar.latest_posting(bound, days, unit)
