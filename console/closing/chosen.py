"""Which election a closing command is about: the one named, the one a unit belongs to, or the only one there is."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.output import unusable

if TYPE_CHECKING:
    from activities.registry import Registry

ElectionOption = Annotated[str, typer.Option("--election", metavar="换届编号", help="哪一场换届；只有一场时可以不写。")]


def chosen_election(registry: "Registry", election: str, *, as_json: bool) -> str:
    """The election asked for, or the only one there is. Exits 2 where that does not say which, or it is not recorded."""
    known = [one.id for one in registry.elections.all()]
    if election and election not in known:
        unusable([f"登记库中没有换届「{election}」：{_listed(known)}"], as_json=as_json)
    if election:
        return election
    if len(known) != 1:
        unusable([f"{_listed(known)}，请写明换届编号" if known else "还没有换届"], as_json=as_json)
    return known[0]


def election_of(registry: "Registry", unit: str, election: str, *, as_json: bool) -> str:
    """The election a unit belongs to. Exits 2 for what is no unit, or no unit of the election named."""
    place = registry.elections.place(unit)
    if place is None:
        unusable([f"登记库中没有「{unit}」：请核对编号（huanjie live where）"], as_json=as_json)
    if len(place.areas) < UNIT_DEPTH:
        unusable([f"「{unit}」是街道或整场换届，不是单位：请写单位编号，或用 --all"], as_json=as_json)
    if election and election != place.election:
        unusable([f"单位「{unit}」属于换届「{place.election}」，不属于「{election}」"], as_json=as_json)
    return place.election


UNIT_DEPTH = 3
"""A unit's place: itself, its street, its election."""


def _listed(known: list[str]) -> str:
    return f"有 {len(known)} 场换届（{'、'.join(known)}）" if known else "还没有换届"
