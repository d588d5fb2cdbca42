"""Reading what stands: inbox, where every unit is, a gate's empty form, papers, reports and the journal."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from console.county import JsonOption, TokenOption, at_registry, banner
from console.live.tables import folded, show_inbox, show_units, show_vacancies
from console.output import NO, out, print_json, reason, unusable

if TYPE_CHECKING:
    from activities.registry import Registry
    from activities.registry.standing import UnitStanding, Waiting
    from activities.reports.model import Vacancy
    from policies.officework import ReportKind

ElectionOption = Annotated[str, typer.Option("--election", metavar="编号", help="只看这一场换届。")]
StreetOption = Annotated[str, typer.Option("--street", metavar="编号", help="只看这个街道。")]
UnitOption = Annotated[str, typer.Option("--unit", metavar="编号", help="只看这个单位。")]


def register(live: typer.Typer) -> None:
    """Add the commands to the group."""
    live.command("inbox", help="待办：什么事等着谁办，期限何日。")(inbox_command)
    live.command("where", help="进度：每个单位走到哪一步。")(where_command)
    live.command("papers", help="一个单位已出具的文书。")(papers_command)
    live.command("reports", help="县换届办的报表：周任务清单、日反馈、周末小结、月末调度。")(reports_command)
    live.command("journal", help="导出一场换届的日志并核对其完整。")(journal_command)


def inbox_command(
    election: ElectionOption = "",
    street: StreetOption = "",
    unit: UnitOption = "",
    mine: Annotated[bool, typer.Option("--mine", help="只看本人（--token）能办的。")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="只看逾期的。")] = False,
    token: TokenOption = None,
    as_json: JsonOption = False,
) -> None:
    """The gates that wait, overdue ones first, then oldest first. Exit 2 for a place that is not recorded."""

    def show(registry: "Registry") -> None:
        from activities.registry.people import Person
        from gateway.door import Stranger

        now = datetime.now(UTC)
        grants = None
        if mine:
            person = registry.people.authenticate(token, now)
            if not isinstance(person, Person):
                raise Stranger(person)
            grants = registry.people.grants(person.id)
        _require_places(registry, street, unit, as_json=as_json)
        elections = [election] if election else [one.id for one in registry.elections.all()]
        found = [
            waiting
            for one in elections
            for waiting in registry.standings.inbox(
                registry.elections.instant(one, now).date(),
                election=one,
                street=street,
                unit=unit,
                grants=grants,
                overdue_only=overdue,
            )
        ]
        found.sort(key=lambda one: not one.overdue)
        if as_json:
            print_json([_waiting(one) for one in found])
            return
        banner(registry)
        names = _role_names(registry, {one.election for one in found})
        show_inbox(found, lambda election, role: names.get((election, role), role))

    at_registry(show, as_json=as_json)


def _require_places(registry: "Registry", *ids: str, as_json: bool) -> None:
    """Exits 2 for streets and units that are not recorded; empty ones ask for nothing."""
    unknown = [one for one in ids if one and registry.elections.place(one) is None]
    if unknown:
        unusable([f"登记库中没有「{one}」：请核对编号（huanjie live where）" for one in unknown], as_json=as_json)


def _waiting(one: "Waiting") -> dict[str, Any]:
    task = one.task
    return {
        "workflow": task.workflow,
        "gate": task.gate,
        "title": task.title,
        "role": task.role.value,
        "opens_on": task.opens_on.isoformat(),
        "last_day": None if task.last_day is None else task.last_day.isoformat(),
        "overdue": one.overdue,
        "election": one.election,
        "street": one.street,
        "unit": one.unit,
        "unit_name": one.unit_name,
        "people": list(task.people),
        "seats": task.seats,
        "round": task.round,
    }


def _role_names(registry: "Registry", elections: set[str]) -> dict[tuple[str, str], str]:
    from gateway.ground import supplier

    fetch, names = supplier(registry), dict[tuple[str, str], str]()
    for one in elections:
        place = registry.elections.place(one)
        setting = None if place is None else fetch(place.setting)
        if setting is not None:
            names |= {(one, role.value): name for role, name in setting.pack.roles.items()}
    return names


def where_command(
    election: Annotated[str, typer.Argument(metavar="换届编号", help="不写则列出全部换届。")] = "",
    street: StreetOption = "",
    unit: UnitOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit 2 for an election, a street or a unit that is not recorded."""

    def show(registry: "Registry") -> None:
        now = datetime.now(UTC)
        if not election:
            _elections(registry, now, as_json=as_json)
            return
        at = registry.elections.instant(election, now)
        _require_places(registry, street, unit, as_json=as_json)
        units = registry.standings.units(election, at.date(), street=street, unit=unit)
        small = _too_small(registry, election, at.date(), {one.id for one in units})
        if as_json:
            found = [_unit(one, small.get(one.id)) for one in units]
            print_json({"election": election, "now": at.isoformat(), "units": found})
            return
        banner(registry)
        out.print(f"换届时间 {at:%Y-%m-%d %H:%M}", highlight=False)
        show_units(units)
        show_vacancies(tuple(small.values()))

    at_registry(show, as_json=as_json)


def _elections(registry: "Registry", now: datetime, *, as_json: bool) -> None:
    found = [(one, registry.elections.instant(one.id, now)) for one in registry.elections.all()]
    if as_json:
        print_json(
            [
                {
                    "election": one.id,
                    "title": one.title,
                    "kind": one.kind.value,
                    "now": at.isoformat(),
                    "units": one.units,
                    "completed": one.completed,
                    "held": one.held,
                }
                for one, at in found
            ]
        )
        return
    banner(registry)
    table = folded("编号", "名称", "换届时间", "单位", "完成", "暂缓")
    for one, at in found:
        table.add_row(
            escape(one.id), escape(one.title), f"{at:%Y-%m-%d %H:%M}", str(one.units), str(one.completed), str(one.held)
        )
    out.print(table if found else "还没有换届：用 huanjie live start 开始。")


def _too_small(registry: "Registry", election: str, on: date, units: set[str]) -> "dict[str, Vacancy]":
    """By unit, the committees among these that are smaller than the law has them, and whose by-election has not begun."""
    from activities.reports.vacancies import vacancies
    from gateway.ground import supplier

    place = registry.elections.place(election)
    setting = None if place is None else supplier(registry)(place.setting)
    found = () if setting is None else vacancies(registry, election, setting.pack, on)
    return {one.unit: one for one in found if one.unit in units}


def _unit(one: "UnitStanding", vacancy: "Vacancy | None") -> dict[str, Any]:
    return {
        "unit": one.id,
        "name": one.name,
        "street": one.street,
        "state": one.state,
        "bodies": [{"workflow": body.workflow, "body": body.body, "state": body.state} for body in one.bodies],
        "waiting": [
            {
                "workflow": each.task.workflow,
                "gate": each.task.gate,
                "role": each.task.role.value,
                "last_day": None if each.task.last_day is None else each.task.last_day.isoformat(),
                "overdue": each.overdue,
            }
            for each in one.tasks
        ],
        "completed_on": None
        if one.closing is None or one.closing.completed_on is None
        else one.closing.completed_on.isoformat(),
        "held_by": "" if one.closing is None else one.closing.held_by,
        "vacancy": None if vacancy is None else vacancy.model_dump(mode="json"),
    }


def papers_command(
    workflow: Annotated[str, typer.Argument(metavar="流程", help="单位编号，或 单位编号/party 等。")],
    as_json: JsonOption = False,
) -> None:
    """Every paper of a unit (or of one of its bodies), in order. Exit 2 for a unit that is not recorded."""

    from gateway.command import unit_of

    def show(registry: "Registry") -> None:
        _require_places(registry, unit_of(workflow), as_json=as_json)
        papers = registry.standings.papers(workflow)
        if as_json:
            print_json([paper._asdict() for paper in papers])
            return
        banner(registry)
        for paper in papers:
            out.rule(f"{escape(paper.series)} {paper.number}")
            out.print(escape(paper.text), highlight=False, soft_wrap=True)
        if not papers:
            out.print("还没有文书。")

    at_registry(show, as_json=as_json)


def reports_command(
    election: Annotated[str, typer.Argument(metavar="换届编号")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="种类", help="week_tasks、day_return、week_summary、month_dispatch。")
    ] = "",
    latest: Annotated[bool, typer.Option("--latest", help="只看最近一份。")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="按此刻的情况试编一份，不归档（须写 --kind）。")] = False,
    as_json: JsonOption = False,
) -> None:
    """Exit 2 for an unknown election or kind."""
    from policies.officework import ReportKind

    if kind and kind not in tuple(ReportKind):
        unusable([f"没有“{kind}”这种报表；可用的有：{'、'.join(ReportKind)}"], as_json=as_json)
    if draft and not kind:
        unusable(["试编须写明 --kind"], as_json=as_json)

    def show(registry: "Registry") -> None:
        now = datetime.now(UTC)
        if draft:
            _draft(registry, election, ReportKind(kind), now)
            return
        filed = registry.reports.all(election, kind)
        filed = filed[-1:] if latest else filed
        if as_json:
            print_json(
                [
                    {"kind": one.kind, "period": one.period, "created_at": one.created_at.isoformat(), "text": one.text}
                    for one in filed
                ]
            )
            return
        for one in filed:
            out.print(escape(one.text), highlight=False, soft_wrap=True)
        if not filed:
            out.print("还没有报表：到点后自动编写，也可以用 --draft 试编。")

    at_registry(show, as_json=as_json)


def _draft(registry: "Registry", election: str, kind: "ReportKind", now: datetime) -> None:
    from activities.reports.activity import preview
    from activities.reports.text import render
    from policies.officework import period_of

    at = registry.elections.instant(election, now)
    out.print(escape(render(preview(registry, election, kind, period_of(kind, at.date()), now))), soft_wrap=True)


def journal_command(
    election: Annotated[str, typer.Argument(metavar="换届编号")],
    file: Annotated[Path, typer.Argument(metavar="文件", help="导出到哪里（.jsonl）。")],
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when the chain is whole, 1 when it is not: then nothing is exported. 2 when the file cannot be written."""
    if file.exists():
        unusable([f"{file} 已经存在，不覆盖：请换一个文件名"], as_json=as_json)

    def export(registry: "Registry") -> tuple[int, tuple[str, ...]]:
        problems = registry.journals.verify(election).problems
        if problems:
            return 0, tuple(f"第 {one.line} 行：{one.message}" if one.line else one.message for one in problems)
        try:
            opened = file.open("xb")
        except OSError as failed:
            unusable([f"{file}：无法写入（{reason(failed)}）"], as_json=as_json)
        try:
            with opened:
                return registry.journals.export(election, opened).lines, ()
        except BaseException as failed:
            file.unlink(missing_ok=True)
            if isinstance(failed, OSError):
                unusable([f"{file}：无法写入（{reason(failed)}）"], as_json=as_json)
            raise

    lines, problems = at_registry(export, as_json=as_json)
    if as_json:
        print_json({"lines": lines, "problems": list(problems)})
    elif problems:
        out.print("[bold red]日志不完整，没有导出[/]：请停止使用登记库，并联系技术人员核查。", soft_wrap=True)
        for problem in problems:
            out.print(escape(problem), highlight=False, soft_wrap=True)
    else:
        out.print(f"已导出 {lines} 行到 {escape(str(file))}。", highlight=False, soft_wrap=True)
    raise typer.Exit(NO if problems else 0)
