"""The election that is run under load: the street plan without its waits, figures alike for every unit, one person a role.

The waits are taken out of the plan (no days of publicity, no distances, one window for every step), because no calendar time
can pass in a bench; what is asked at each gate, by whom, with how many signatures, stays the plan's own.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from activities.registry import Registry
from activities.registry.elections import Election
from activities.registry.people import Person
from console.packs import open_pack
from gateway.ground import ground_of
from policies.calendar import Calendar, national_calendar
from policies.clock import BEIJING, DAY, Clock
from policies.pack.load import load_pack
from policies.pack.schema import Act, Pack, Role
from tests.workflows.clerk import Clerk, brief
from workflows.messages import DistrictBrief, StreetBrief
from workflows.needs import ESSENTIAL
from workflows.setting import Setting, install

ELECTION = "load-2021"
PACK = "street-2021"
FIRST, LAST = date(2021, 4, 1), date(2021, 4, 20)
"""The one window of every step."""
TODAY = date(2021, 4, 6)
"""The election's day while the bench runs: no reminder is near, and no midnight, since it begins at eight."""
IN_A_STREET = 20
SHORT = os.environ.get("BENCH_LOAD_PLAN") == "short"
"""For very many units on a slow machine: a plan of few steps (BENCH_LOAD_PLAN=short)."""
BY = "bench"


@cache
def pack_text() -> str:
    """The street plan as it is executed, without waits, as JSON, which is YAML too."""
    pack = open_pack(PACK)
    assert isinstance(pack, Pack), pack
    plan = pack.as_executed().model_dump(mode="json", by_alias=True, exclude_none=True)
    plan |= {"id": "load", "resolutions": []}
    if SHORT:
        _shorten(plan)
    for body in plan["bodies"]:
        for limit in ("heading", "outer_limit"):
            body.pop(limit, None)
        for step in body["steps"]:
            step |= {"window": {"from": FIRST.isoformat(), "to": LAST.isoformat()}, "gaps": [], "occupies": False}
            if "publicity_days" in step:
                step["publicity_days"] = 0
    return json.dumps(plan, ensure_ascii=False)


def _shorten(plan: dict[str, Any]) -> None:
    """Leave the steps no election can do without, and one level of review in each body."""
    plan["extra_gates"] = []
    for body in plan["bodies"]:
        review = next((step["id"] for step in body["steps"] if step["act"] == Act.REVIEW), "")
        body["steps"] = [step for step in body["steps"] if step["id"] in ESSENTIAL or step["id"] == review]
        left = {step["id"] for step in body["steps"]}
        for step in body["steps"]:
            step["after"] = [before for before in step.get("after", ()) if before in left]
    plan["bodies"] = [body for body in plan["bodies"] if body["steps"]]


@cache
def _plan() -> tuple[Pack, Calendar]:
    return load_pack(pack_text(), "load"), national_calendar([FIRST.year])


def clock(now: datetime) -> Clock:
    """A drill's clock that runs as real time does, on the election's day."""
    return Clock(real=now, election=datetime.combine(TODAY, time(8), BEIJING).astimezone(UTC), day=DAY)


def setting(now: datetime) -> Setting:
    """What the election runs under when it begins at a real instant."""
    pack, calendar = _plan()
    return install(pack, calendar, clock(now))


def district(units: int, now: datetime, election: str = ELECTION) -> DistrictBrief:
    """So many units, in streets of twenty."""
    key = setting(now).hash
    streets = []
    for first in range(0, units, IN_A_STREET):
        street = f"{election}-S{first // IN_A_STREET + 1:02}"
        numbers = range(first, min(first + IN_A_STREET, units))
        streets.append(
            StreetBrief(
                id=street,
                name=f"街道{first // IN_A_STREET + 1:02}",
                district=election,
                units=tuple(
                    brief(
                        id=f"{street}-U{number + 1:03}",
                        name=f"社区{number + 1:03}",
                        street=street,
                        district=election,
                        setting=key,
                    )
                    for number in numbers
                ),
                setting=key,
            )
        )
    return DistrictBrief(id=election, name="负载区", streets=tuple(streets), setting=key)


def record(registry: Registry, units: int, now: datetime) -> Election:
    """Record the election as `live.county.begin` does; returns it."""
    used = setting(now)
    election = Election(
        title="负载演练",
        ground=ground_of(used, pack_text()),
        brief=district(units, now),
        started_by=BY,
        started_at=now,
    )
    registry.elections.record(election)
    return election


@dataclass(frozen=True)
class Staff:
    """One person a role, each with a token; who signs second wherever the plan wants two signatures."""

    tokens: dict[Role, str]
    second: dict[str, Role]  # by step


def staff(registry: Registry, now: datetime) -> Staff:
    """People for every role of the plan, with the role for the whole election."""
    steps = setting(now).steps.values()
    roles = {*(step.actor for step in steps), *(role for step in steps for role in step.countersigned_by)}
    registry.people.add(*(Person(role.value, f"经办{role.value}", "负载演练") for role in roles))
    tokens = {}
    for role in sorted(roles):
        registry.people.grant(role.value, role, ELECTION, by=BY, at=now)
        token = registry.people.issue(role.value, "bench", at=now, expires_at=now + timedelta(days=1))
        tokens[role] = token.text
    return Staff(tokens, seconds_of(now))


def seconds_of(now: datetime) -> dict[str, Role]:
    """Who signs second, by step."""
    return {step.id: step.countersigned_by[0] for step in setting(now).steps.values() if step.countersigned_by}


class Scribe(Clerk):
    """The tests' clerk, who writes the honest form of every task; all units have the same figures."""

    def __init__(self) -> None:
        super().__init__(brief())

    @property
    def today(self) -> date:
        """The election's day."""
        return TODAY
