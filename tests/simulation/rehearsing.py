"""A district under a bundled plan driven to its end: its journal's records as a file would hold them, and the checker's word."""

import asyncio
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic_core import from_json

from activities.stores import Entry
from console.packs import calendar_of, open_pack
from policies.pack.schema import Pack
from simulation.actors import Cast
from simulation.campaign.district import line_of
from simulation.checker import Checker, Report
from simulation.faults import FaultPlan
from simulation.population.district import SyntheticDistrict
from simulation.population.parameters import Parameters
from simulation.rehearsal import rehearse_district
from workflows.setting import Setting, install

Record = dict[str, Any]


@cache
def setting_of(name: str) -> Setting:
    """A bundled plan under its own calendar."""
    pack = open_pack(name)
    assert isinstance(pack, Pack)
    return install(pack, calendar_of(pack))


def driven(
    setting: Setting, district: SyntheticDistrict, figures: Parameters, seed: int, faults: FaultPlan
) -> tuple[Cast, list[Record]]:
    """Who acted, and what they left in the journal."""
    records: list[Record] = []

    def noted(entry: Entry) -> None:
        faults.watch(entry)
        records.append(from_json(b"{" + line_of(entry)))

    done = asyncio.run(rehearse_district(district, setting, figures, seed=seed, faults=faults, journal=noted))
    return done.cast, records


def check(records: Iterable[Record]) -> Report:
    """What the checker says of a journal, without a file."""
    checker = Checker()
    for record in records:
        checker.feed(record)
    return checker.finish()
