"""A synthetic roster for drills: a district's units and offices, made from a seed, in the workbook a county would hand in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from console.output import out, reason, unusable
from console.packs import Unusable, calendar_of, open_pack
from console.workbook import ForceOption, target_problems
from policies.pack.schema import Pack

if TYPE_CHECKING:
    from live.roster import Roster
    from simulation.population.district import SyntheticDistrict


def synthetic_district(pack: Pack, units: int, seed: int) -> "SyntheticDistrict":
    """The first district of a seed. Its units' people are the actors' to know; the roster names offices and counts."""
    from simulation.population.parameters import load
    from simulation.population.synthesis import synthesize_district
    from workflows.setting import install

    setting = install(pack, calendar_of(pack))
    return synthesize_district(seed, 1, units, load(), pack=pack, setting=setting.hash)


def synthetic_roster(district: "SyntheticDistrict", pack: Pack) -> "Roster":
    """Units and streets as they are; one synthetic clerk for each of the plan's roles in each area of the role's level."""
    from live.roster import Roster, Staff, Street, Unit, unit_row
    from live.roster.columns import LEVELS, Level
    from live.roster.values import WHOLE_AREA

    brief = district.brief
    streets: list[Street] = []
    units: list[Unit] = []
    staff: list[Staff] = []

    def clerks(level: Level, scope: str, where: str) -> None:
        for role, name in pack.roles.items():
            if LEVELS[role] is level:
                number = f"{len(staff) + 1:04}"
                organization = f"{where}{name}"[:60]
                staff.append(
                    Staff(
                        person=f"P{number}", name=f"演练人员{number}", organization=organization, role=role, scope=scope
                    )
                )

    clerks(Level.COUNTY, WHOLE_AREA, brief.name)
    for street in brief.streets:
        code = street.id.rpartition("-")[2]
        streets.append(Street(code=code, name=street.name))
        clerks(Level.STREET, code, street.name)
        for unit in street.units:
            units.append(unit_row(unit))
            clerks(Level.UNIT, units[-1].reference, unit.name)
    return Roster(streets=tuple(streets), units=tuple(units), staff=tuple(staff))


def register(roster: typer.Typer) -> None:
    """Add the command to the roster's group."""
    roster.command("synthetic", help="生成演练用的名册：单位、人数和工作人员全是虚构的。")(synthetic_command)


def synthetic_command(
    file: Annotated[Path, typer.Argument(metavar="文件", help="名册写到哪里，以 .xlsx 结尾。")],
    pack: Annotated[
        str, typer.Option("--pack", metavar="方案", help="自带方案的名称，或 YAML 文件的路径。")
    ] = "street-2021",
    units: Annotated[int, typer.Option("--units", min=1, max=500, help="多少个村、社区。")] = 6,
    seed: Annotated[int, typer.Option("--seed", help="同一种子生成同一名册。")] = 2026,
    force: ForceOption = False,
) -> None:
    """Exit 0 when it is written, 2 when it cannot be (every reason at once)."""
    opened = open_pack(pack)
    problems = list(opened.problems) if isinstance(opened, Unusable) else []
    problems += target_problems(file, "文件", force=force)
    if problems or isinstance(opened, Unusable):
        unusable(problems)
    from live.roster import write_roster

    try:
        write_roster(synthetic_roster(synthetic_district(opened, units, seed), opened), file, opened)
    except OSError as failed:
        unusable([f"{file}：无法写入（{reason(failed)}）"])
    out.print(f"已生成演练名册 {escape(str(file))}：{units} 个村、社区，全是虚构的。", highlight=False, soft_wrap=True)
