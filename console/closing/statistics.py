"""`huanjie closing statistics`: the figures before and after, of a live county or of a rehearsal, on the terminal or as a workbook."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from console.closing.chosen import chosen_election
from console.county import JsonOption, at_registry, guarded
from console.live.tables import folded
from console.output import out, print_json, reason, unusable
from console.packs import Unusable, calendar_of, open_pack, source_text
from console.workbook import ForceOption, target_problems

if TYPE_CHECKING:
    from activities.registry import Registry
    from activities.reports.closing import AreaFigures, BenchRow, ClosingStatistics, Compared, Named
    from policies.closing.benches import Bench

BY = {"county": "全县", "street": "街道", "unit": "单位"}


def register(closing: typer.Typer) -> None:
    """Add the command to the group."""
    closing.command("statistics", help="前后对比统计：年龄、学历、女性、一肩挑、交叉任职、一次成功率、参选率、来源。")(
        statistics_command
    )


def statistics_command(
    election: Annotated[str, typer.Argument(metavar="换届编号", help="只有一场换届时可以不写。")] = "",
    by: Annotated[str, typer.Option("--by", metavar="层级", help="显示到哪一级：county、street 或 unit。")] = "county",
    on: Annotated[
        str, typer.Option("--on", metavar="日期", help="年龄算到哪一天；不写则为最后一个职务产生之日。")
    ] = "",
    rehearsal: Annotated[
        Path | None, typer.Option("--rehearsal", metavar="文件夹", help="统计一次演练的结果，不看登记库。")
    ] = None,
    pack: Annotated[str, typer.Option("--pack", metavar="方案", help="演练所用的方案文件（自带方案不必写）。")] = "",
    workbook: Annotated[
        Path | None, typer.Option("--excel", metavar="文件", help="另存为 Excel 工作簿（.xlsx），各级都有。")
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 with the figures; 2 for an unknown election, a folder that is no rehearsal, a file that cannot be written."""
    day, problems = _day(on)
    if by not in BY:
        problems.append(f"--by 应为 {'、'.join(BY)}，填的是“{by}”")
    if pack and rehearsal is None:
        problems.append("--pack 只和 --rehearsal 一起用：登记库里的换届自带方案")
    if workbook is not None:
        problems += target_problems(workbook, "--excel", force=force)
    if problems:
        unusable(problems, as_json=as_json)

    def told(registry: "Registry") -> "ClosingStatistics":
        from activities.reports.closing import closing_statistics

        chosen = chosen_election(registry, election, as_json=as_json)
        return closing_statistics(registry, chosen, datetime.now(UTC), day)

    found = (
        at_registry(told, as_json=as_json)
        if rehearsal is None
        else guarded(lambda: _of_rehearsal(rehearsal, pack, told, as_json=as_json), as_json=as_json)
    )
    if workbook is not None:
        from console.closing.workbook import write_statistics

        try:
            write_statistics(found, workbook)
        except OSError as failed:
            unusable([f"{workbook}：无法写入（{reason(failed)}）"], as_json=as_json)
    if as_json:
        print_json(as_record(found))
        return
    _show(found, by)
    if workbook is not None:
        out.print(f"已写入 {escape(str(workbook))}。", highlight=False, soft_wrap=True)


def _day(text: str) -> tuple[date | None, list[str]]:
    if not text:
        return None, []
    try:
        return date.fromisoformat(text), []
    except ValueError:
        return None, [f"--on 应为日期（如 2026-05-09），填的是“{text}”"]


def _of_rehearsal(
    folder: Path, pack_name: str, told: Callable[["Registry"], "ClosingStatistics"], *, as_json: bool
) -> "ClosingStatistics":
    from simulation.closing import RehearsalUnusableError, registry_of, rehearsed
    from simulation.population.parameters import load

    try:
        rehearsal = rehearsed(folder)
        name = pack_name or rehearsal.pack
        opened = open_pack(name)
        if isinstance(opened, Unusable):
            unusable(opened.problems, as_json=as_json)
        with registry_of(rehearsal, opened, source_text(name), calendar_of(opened), load()) as registry:
            return told(registry)
    except RehearsalUnusableError as error:
        unusable([str(error)], as_json=as_json)


# ---------------------------------------------------------------- answers


def as_record(statistics: "ClosingStatistics") -> dict[str, Any]:
    """Every figure for programs: parts and wholes as counted, shares in tenths of a percent (null: nothing to divide)."""
    from activities.reports.closing import sentences

    record = statistics.model_dump(mode="json", exclude={"areas"})
    areas = [
        {
            **area.model_dump(mode="json", include=set(_PLAIN)),
            "benches": [_bench_record(row) for row in area.benches],
            "one_person": _compared_record(area.one_person),
            "crossing": _compared_record(area.crossing),
            **{name: [_named_record(one) for one in getattr(area, name)] for name in _NAMED},
        }
        for area in statistics.areas
    ]
    return {**record, "summary": list(sentences(statistics)), "areas": areas}


_NAMED = ("at_once", "turnout", "origins", "federation_chairs")
_PLAIN = ("level", "area", "name", "units", "completed", "held", "voters", "voters_not_stated")


def _share_record(share: Any) -> dict[str, Any] | None:
    return None if share is None else {**share.model_dump(mode="json"), "permille": share.permille}


def _bench_record(row: "BenchRow") -> dict[str, Any]:
    sides: dict[str, Any] = {}
    for side, figures in (("before", row.before), ("after", row.after)):
        sides[side] = (
            None
            if figures is None
            else {
                "persons": figures.persons,
                "age": {**figures.age.model_dump(mode="json"), "tenths": figures.age.tenths},
                **{name: _share_record(getattr(figures, name)) for name in ("young", "high", "women", "with_woman")},
            }
        )
    return {"bench": row.bench.value, "label": row.label, **sides}


def _compared_record(compared: "Compared") -> dict[str, Any]:
    return {"before": _share_record(compared.before), "after": _share_record(compared.after)}


def _named_record(named: "Named") -> dict[str, Any]:
    return {"key": named.key, "label": named.label, **(_share_record(named.share) or {})}


def _show(statistics: "ClosingStatistics", by: str) -> None:
    from activities.registry.statistics import Level
    from activities.reports.closing import sentences

    if statistics.drill:
        out.print("[black on yellow] 演练 [/] 以下均为演练数据。", highlight=False)
    out.print(f"[bold]{escape(statistics.title)}　前后对比统计[/]", highlight=False)
    for sentence in sentences(statistics):
        out.print(escape(sentence), highlight=False, soft_wrap=True)
    out.print(_benches(statistics.county))
    out.print(_others(statistics.county))
    for level in (Level.STREET, Level.UNIT)[: list(BY).index(by)]:
        out.print(_by_area(BY[level.value], statistics.of(level), statistics.main))
    out.print(
        "占比括号内为 人数/分母；年龄、学历、性别的分母是注明该项的成员，未注明的不计入。", style="dim", soft_wrap=True
    )


def _benches(area: "AreaFigures") -> Any:
    table = folded("班子、职务", "人数", "平均年龄", "35岁及以下", "大专及以上", "女性", "有女性的单位")
    for row in area.benches:
        if row.before is not None or row.after is not None:
            table.add_row(escape(row.label), *_cells(row))
    return table


def _cells(row: "BenchRow") -> list[str]:
    texts: list[Callable[[Any], str]] = [
        lambda one: str(one.persons),
        lambda one: one.age.text,
        lambda one: one.young.text,
        lambda one: one.high.text,
        lambda one: one.women.text,
        lambda one: one.with_woman.text,
    ]
    return [" → ".join("无" if one is None else text(one) for one in (row.before, row.after)) for text in texts]


def _others(area: "AreaFigures") -> Any:
    table = folded("项目", "组织、来源", "换届前", "换届后", "分母")
    if not area.federation_chairs:
        for compared in (area.one_person, area.crossing):
            of = next((one.of for one in (compared.after, compared.before) if one is not None), "")
            table.add_row(escape(compared.label), "", *_compared(compared), of)
    for title, rows in (
        ("一次选举成功率", area.at_once),
        ("参选率", area.turnout),
        ("成员来源", area.origins),
        ("主任（主席）", area.federation_chairs),
    ):
        for row in rows:
            table.add_row(title, escape(row.label), "", row.share.text, row.share.of)
    return table


def _compared(compared: "Compared") -> list[str]:
    return ["无" if one is None else one.text for one in (compared.before, compared.after)]


def _by_area(title: str, areas: "Iterable[AreaFigures]", main: "Bench") -> Any:
    """The main bench of each area in a line; every bench of every area is in the workbook and in JSON."""
    from policies.closing.benches import Bench

    both = main is Bench.TWO_COMMITTEES
    names = (f"{main.label}人数", "平均年龄", "35岁及以下", "大专及以上", "女性", "有女性的单位")
    table = folded(title, "完成", *names, *(("一肩挑", "交叉任职") if both else ()))
    for area in areas:
        posts = [" → ".join(_compared(one)) for one in (area.one_person, area.crossing)] if both else []
        table.add_row(escape(area.name), f"{area.completed}/{area.units}", *_cells(area.bench(main)), *posts)
    return table
