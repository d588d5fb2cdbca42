"""Tables for people: what is late comes first, ids are folded rather than cut, and a whole county is summed up by street."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from rich.markup import escape
from rich.table import Column, Table

from console.output import out

if TYPE_CHECKING:
    from activities.registry.standing import UnitStanding, Waiting
    from activities.reports.model import Vacancy

T = TypeVar("T")

MOST_ROWS = 50
"""A longer list of more than one street is summed up by street; what is late is listed all the same, up to so many."""
ROOM = 60  # columns that the words of a table need beside its ids

STAGES = {
    "": "未开始",
    "prep": "准备",
    "party": "党组织",
    "residents": "居委会",
    "supervisory": "监委会",
    "women": "妇联组织",
}

RoleName = Callable[[str, str], str]
"""What an election's plan calls a role: (election, role)."""


def folded(*names: str) -> Table:
    """A table in which nothing is cut off."""
    return Table(*(Column(name, overflow="fold") for name in names))


def summed_up(rows: "Sequence[Waiting] | Sequence[UnitStanding]") -> bool:
    """Whether these are too many rows to list."""
    return len(rows) > MOST_ROWS and len({one.street for one in rows}) > 1


# ---------------------------------------------------------------- what waits


def show_inbox(found: "Sequence[Waiting]", role_name: RoleName) -> None:
    """The gates that wait, late ones first."""
    if not found:
        out.print("没有待办。")
        return
    if not summed_up(found):
        out.print(_waiting(found, role_name))
        return
    late = [one for one in found if one.overdue]
    _show_late(late, lambda shown: _waiting(shown, role_name), f"逾期 {len(late)} 件")
    table = folded("街道", "编号", "待办", "逾期", "最早期限")
    for street in dict.fromkeys(one.street for one in found):
        of_street = [one for one in found if one.street == street]
        days = [one.task.last_day for one in of_street if one.task.last_day is not None]
        table.add_row(
            escape(of_street[0].street_name),
            escape(street),
            str(len(of_street)),
            _late(sum(one.overdue for one in of_street)),
            str(min(days, default="")),
        )
    out.print(
        f"待办 {len(found)} 件，按街道合计；用 --street 编号 看一个街道的每一件。", highlight=False, soft_wrap=True
    )
    out.print(table)


def _waiting(found: "Sequence[Waiting]", role_name: RoleName) -> Table:
    workflow, gate = (
        Column(name, overflow="fold", min_width=_least(ids, found))
        for name, ids in (("流程", lambda one: one.task.workflow), ("环节", lambda one: one.task.gate))
    )
    table = Table(
        Column("期限", overflow="fold"),
        Column("单位", overflow="fold"),
        Column("事项", overflow="fold"),
        Column("待谁办", overflow="fold"),
        workflow,
        gate,
    )
    for one in found:
        task = one.task
        day = str(task.last_day or "")
        table.add_row(
            f"[bold red]{day} 逾期[/]" if one.overdue else day,
            escape(one.unit_name or one.street_name or one.election),
            escape(task.title) + ("" if one.overdue else f"（{task.opens_on}起）"),
            escape(role_name(one.election, task.role.value)),
            escape(task.workflow),
            escape(task.gate),
        )
    return table


def _least(ids: "Callable[[Waiting], str]", found: "Sequence[Waiting]") -> int | None:
    """A column of ids as wide as its longest where there is room: half an id is hard to copy."""
    both = max(len(one.task.workflow) for one in found) + max(len(one.task.gate) for one in found)
    return max(len(ids(one)) for one in found) if both + ROOM <= out.width else None


# ---------------------------------------------------------------- where everybody stands


def show_units(units: "Sequence[UnitStanding]") -> None:
    """Every unit with its stage, those that are late or held first."""
    exceptions = [one for one in units if _exceptional(one)]
    if not summed_up(units):
        out.print(_units([*exceptions, *(one for one in units if not _exceptional(one))]))
        return
    _show_late(exceptions, _units, f"逾期或暂缓的单位 {len(exceptions)} 个")
    stages = (*STAGES.values(), "完成", "暂缓")
    table = folded("街道", "编号", "单位", *stages, "逾期")
    for street in dict.fromkeys(one.street for one in units):
        of_street = [one for one in units if one.street == street]
        at = [_stage(one) for one in of_street]
        table.add_row(
            escape(of_street[0].street_name),
            escape(street),
            str(len(of_street)),
            *(str(at.count(stage) or "") for stage in stages),
            _late(sum(one.overdue for one in of_street)),
        )
    out.print(
        f"单位 {len(units)} 个，按街道合计；用 --street 编号 看一个街道的每一个。", highlight=False, soft_wrap=True
    )
    out.print(table)


def show_vacancies(found: "Sequence[Vacancy]") -> None:
    """Committees smaller than the law has them: whose task the by-election is, and by when."""
    if not found:
        return
    out.print(f"[bold red]成员少于法定人数、须补选的委员会 {len(found)} 个[/]：", highlight=False, soft_wrap=True)
    table = folded("单位", "编号", "在任", "法定至少", "自何日", "最迟补选", "待谁启动", "督促")
    for one in found:
        last = "法律未定" if one.last_day is None else str(one.last_day)
        table.add_row(
            escape(one.unit_name),
            escape(one.unit),
            str(one.members),
            str(one.finding.limit),
            str(one.since),
            f"[bold red]{last} 逾期[/]" if one.late else last,
            escape(one.owner_name),
            escape(one.superior_name),
        )
    out.print(table)


def _units(units: "Iterable[UnitStanding]") -> Table:
    table = folded("街道", "单位", "编号", "阶段", "正在等", "结果")
    for one in units:
        waiting = "；".join(
            escape(each.task.title) + ("[bold red]（逾期）[/]" if each.overdue else "") for each in one.tasks
        )
        ended = "" if one.closing is None else str(one.closing.completed_on or escape(one.closing.reason))
        table.add_row(escape(one.street_name), escape(one.name), escape(one.id), _stage(one), waiting, ended)
    return table


def _exceptional(one: "UnitStanding") -> bool:
    return one.overdue or _stage(one) == "暂缓"


def _stage(one: "UnitStanding") -> str:
    if one.closing is not None:
        return "完成" if one.closing.completed_on else "暂缓"
    return STAGES.get(one.bodies[-1].body if one.bodies else "", "")


# ---------------------------------------------------------------- both


def _show_late(rows: Sequence[T], table: Callable[[Sequence[T]], Table], title: str) -> None:
    if not rows:
        return
    more = f"，先列 {MOST_ROWS} 项" if len(rows) > MOST_ROWS else ""
    out.print(f"[bold red]{title}[/]{more}：", highlight=False, soft_wrap=True)
    out.print(table(rows[:MOST_ROWS]))


def _late(number: int) -> str:
    return f"[bold red]{number}[/]" if number else ""
