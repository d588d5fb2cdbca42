"""`huanjie timetable`: when each step of a plan can happen, for people, for programs, and for a calendar on a wall."""

import os
import tempfile
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from icalendar import Calendar as ICalendar
from icalendar import Event
from rich.markup import escape
from rich.table import Table

from console.output import NO, OK, err, out, print_json, reason, unusable
from console.packs import Unusable, calendar_of, open_pack
from policies.pack.identity import content_hash
from policies.pack.schema import Pack
from policies.timetable import Slot, Timetable, timetable


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("timetable", help="排出方案的时间表：各步骤的期间、最早、最晚、先后。")(timetable_command)


def timetable_command(
    pack: Annotated[str, typer.Argument(metavar="方案", help="自带方案的名称（如 street-2021），或 YAML 文件的路径。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
    ics: Annotated[Path | None, typer.Option("--ics", metavar="文件", help="另存为日历文件（.ics）。")] = None,
    literal: Annotated[bool, typer.Option("--literal", help="按方案原文排，不采用处理决定。")] = False,
) -> None:
    """Exit 0 with a timetable, 1 when the plan's dates cannot be kept (the table still shows), 2 for unusable input."""
    opened = open_pack(pack)
    if isinstance(opened, Unusable):
        unusable(opened.problems, as_json=as_json)
    calendar = calendar_of(opened)
    table = timetable(opened, calendar, resolved=not literal)
    if ics is not None:
        if _same_file(ics, pack):
            unusable([f"{ics}：这是方案文件本身，请另给一个日历文件名"], as_json=as_json)
        try:
            _write_whole(ics, ics_bytes(opened, table))
        except (OSError, ValueError) as error:
            unusable([f"{ics}：无法写入（{reason(error)}）"], as_json=as_json)
    if as_json:
        print_json({"steps": [_step(opened, slot) for slot in table.slots]})
    else:
        _show(opened, table)
    for finding in table.findings:
        err.print(finding.message, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(OK if table.feasible else NO)


def _same_file(target: Path, source: str) -> bool:
    with suppress(OSError, ValueError):
        return target.samefile(source)
    return False


def _write_whole(target: Path, content: bytes) -> None:
    """Write all of it or nothing: beside the target first, then in its place. Raises OSError, the old file untouched."""
    if target.exists() and not target.is_file():
        target.write_bytes(content)  # a device or a pipe has no place to be swapped into; a folder refuses by itself
        return
    handle, beside = tempfile.mkstemp(dir=target.resolve().parent, prefix=".huanjie-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~umask)
        os.replace(beside, target.resolve())
    except BaseException:
        os.unlink(beside)
        raise


def ics_bytes(pack: Pack, table: Timetable) -> bytes:
    """The timetable as an iCalendar file: one all-day event a step; the same pack always gives the same bytes."""
    calendar = ICalendar()
    calendar.add("prodid", "-//Huanjie//timetable//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", pack.title)
    stamp = datetime.combine(pack.starts, time(0), UTC)
    identity = content_hash(pack)[:16]
    for slot in table.slots:
        first = slot.window_start or slot.earliest
        last = slot.window_end or slot.latest
        if first is None or last is None:
            continue
        event = Event()
        event.add("uid", f"{slot.step}.{identity}@huanjie")
        event.add("dtstamp", stamp)
        event.add("dtstart", first)
        event.add("dtend", max(first, last) + timedelta(days=1))
        event.add("summary", f"{slot.title}（{pack.roles[slot.actor]}）")
        event.add("description", f"{slot.step}；最早 {_day(slot.earliest)}，最晚 {_day(slot.latest)}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _step(pack: Pack, slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.step,
        "body": slot.body.value,
        "title": slot.title,
        "actor": pack.roles[slot.actor],
        "window_start": _iso(slot.window_start),
        "window_end": _iso(slot.window_end),
        "earliest": _iso(slot.earliest),
        "latest": _iso(slot.latest),
        "depends_on": list(slot.depends_on),
        "rules": list(slot.rules),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(day: date | None) -> str:
    return "—" if day is None else day.isoformat()


def _short(day: date | None, *, year: bool) -> str:
    return "—" if day is None else day.isoformat() if year else f"{day:%m-%d}"


def _window(opens: str, closes: str) -> str:
    """02-19 至 02-23；“—”where neither end is given, 03-10 前 and 03-10 起 where one is."""
    match opens, closes:
        case "—", "—":
            return "—"
        case "—", _:
            return f"{closes} 前"
        case _, "—":
            return f"{opens} 起"
    return f"{opens} 至 {closes}"


def _show(pack: Pack, table: Timetable) -> None:
    out.print(f"[bold]{escape(pack.title)}[/]（{pack.starts} 至 {pack.completed_by}）")
    short = partial(_short, year=pack.starts.year != pack.completed_by.year)
    for body in pack.bodies:
        shown = Table(title=escape(body.title), title_justify="left")
        shown.add_column("步骤", overflow="fold")
        shown.add_column("经办", overflow="fold")
        for heading in ("期间", "最早", "最晚", "机动"):
            shown.add_column(heading, no_wrap=True)
        for slot in (slot for slot in table.slots if slot.body is body.id):
            slack = "不适用" if not slot.applies else "—" if slot.slack_days is None else f"{slot.slack_days} 日"
            shown.add_row(
                f"[bold]{escape(slot.title)}[/]" if slot.critical else escape(slot.title),
                escape(pack.roles[slot.actor]),
                _window(short(slot.window_start), short(slot.window_end)),
                short(slot.earliest),
                short(slot.latest),
                f"[red]{slack}[/]" if slot.slack_days is not None and slot.slack_days < 0 else slack,
            )
        out.print(shown)
    out.print("粗体步骤决定最后一步最早何时完成（关键路径）。")
