"""`huanjie live readiness`: the three-colour board of an election's units, red ones first; villages, never persons."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from console.county import JsonOption, at_registry, banner
from console.live.tables import folded
from console.output import out, print_json
from policies.preparation import Colour

if TYPE_CHECKING:
    from datetime import date

    from activities.registry import Registry
    from activities.registry.readiness import UnitReadiness

_STYLES = {Colour.RED: "bold red", Colour.YELLOW: "yellow", Colour.GREEN: "green"}


def register(live: typer.Typer) -> None:
    """Add the command to the group."""
    live.command("readiness", help="换届预警三色码：各单位红、黄、绿，未销号的问题和时限。")(readiness_command)


def readiness_command(
    election: Annotated[str, typer.Argument(metavar="换届编号")],
    street: Annotated[str, typer.Option("--street", metavar="编号", help="只看这个街道。")] = "",
    as_json: JsonOption = False,
) -> None:
    """Red first, then yellow, green, and those not assessed yet. Exit 2 for an election that is not recorded."""

    def show(registry: "Registry") -> None:
        from activities.registry.readiness import readiness

        today = registry.elections.instant(election, datetime.now(UTC)).date()
        units = sorted(readiness(registry.database, election, street), key=_place)
        if as_json:
            print_json({"election": election, "units": [_record(one, today) for one in units]})
            return
        banner(registry)
        table = folded("单位", "编号", "三色码", "未销号的问题", "整转时限")
        for one in units:
            table.add_row(
                escape(one.name),
                escape(one.unit),
                "未评估" if one.colour is None else f"[{_STYLES[one.colour]}]{one.colour.label}[/]",
                "、".join(difficulty.label for difficulty in one.open),
                "" if one.last_day is None else f"{one.last_day}{'（逾期）' if one.overdue(today) else ''}",
            )
        out.print(table)
        counted = "、".join(f"{colour.label}码 {sum(one.colour is colour for one in units)} 个" for colour in Colour)
        out.print(f"{counted}、未评估 {sum(one.colour is None for one in units)} 个。", highlight=False)

    at_registry(show, as_json=as_json)


def _place(one: "UnitReadiness") -> tuple[int, str]:
    return (len(Colour) if one.colour is None else list(Colour).index(one.colour), one.unit)


def _record(one: "UnitReadiness", today: "date") -> dict[str, Any]:
    return {
        "unit": one.unit,
        "name": one.name,
        "street": one.street,
        "colour": one.colour,
        "open": list(one.open),
        "last_day": None if one.last_day is None else one.last_day.isoformat(),
        "overdue": one.overdue(today),
    }
