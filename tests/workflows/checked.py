"""A clerk's journal before the independent checker: one unit's facts between a district's opening and its end."""

import json
from collections.abc import Callable
from typing import Any

from policies.clock import BEIJING
from simulation.checker import Checker
from simulation.checker.report import Report
from tests.simulation.journals import closed, opened
from tests.workflows.clerk import Clerk


def checked(clerk: Clerk, completed: int = 1, altered: Callable[[dict[str, Any]], None] = lambda fact: None) -> Report:
    """What the checker says of everything that happened; `completed`: whether the unit completed.

    `altered` may forge each fact first.
    """
    setting = clerk.setting
    head, tail = opened(1), closed(completed, 1 - completed)
    head["fact"]["steps"] = list(setting.steps)
    head["fact"]["law"] = setting.pack.law.value
    if setting.pack.norms is not None:
        head["fact"]["acting_chair"] = setting.pack.norms.acting_chair
    place = {"district": clerk.unit.district, "street": clerk.unit.street}
    checker = Checker()
    checker.feed({**head, "district": place["district"]})
    for entry in clerk.facts:
        at = entry.at.astimezone(BEIJING).isoformat()
        fact = json.loads(entry.noted.text)
        altered(fact)
        checker.feed({**place, "unit": entry.unit, "body": entry.body, "at": at, "fact": fact})
    checker.feed({**tail, "district": place["district"]})
    return checker.finish()
