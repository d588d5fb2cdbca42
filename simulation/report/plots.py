"""The report's plots: each is a question a county asks, answered by one figure drawn as SVG text, without a browser.

Labels are Chinese and set in whatever sans font the reader's machine has; nothing is fetched. A plot without data is None.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import altair as alt
import vl_convert

from simulation.digest import Digest
from simulation.report.wording import COMMUNITY, Wording

VEGA_LITE = "6.4"
FONT = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
INK, MUTED, GRID = "#22313f", "#5f6b76", "#e6e9ec"
PARTY, RESIDENTS, SUPERVISORY = "#b3423a", "#2f6690", "#d99b2b"
COLOURS = [PARTY, RESIDENTS, SUPERVISORY]
SHORT = {"prep": "准备", "party": "党组织", "residents": "居委会", "supervisory": "监委会", "women": "妇联"}
WIDTH = 760
"""Of every plot, axes and legend included, so that all stand at one scale on the page."""
MOST_STEPS = 14
"""So many steps are shown, those that take the longest; the rest are quick."""
HOURS_A_DAY = 24

Row = dict[str, Any]
Rows = Sequence[Row]


def finished(digest: Digest, limits: Mapping[str, date], words: Wording = COMMUNITY) -> str | None:
    """How many units put each body in office on each day, with the last day the plan allows."""
    rows: list[Row] = [
        {"day": day, "body": words.bodies.get(body, body), "units": units}
        for (body, day), units in sorted(digest.done.items())
    ]
    if not rows:
        return None
    bars = (
        _chart(rows)
        .mark_bar(size=7)
        .encode(
            x=_days(),
            y=alt.Y("units:Q", title=f"当日完成的{words.unit}数", axis=_whole(max(row["units"] for row in rows))),
            color=_colour("body", list(words.bodies.values()), COLOURS),
        )
    )
    by_day: dict[str, list[str]] = {}
    for body, last in limits.items():
        by_day.setdefault(last.isoformat(), []).append(words.bodies.get(body, body))
    marks = [{"day": day, "text": "、".join(names) + "最后期限"} for day, names in by_day.items()]
    rules = _chart(marks).mark_rule(color=MUTED, strokeDash=[4, 3]).encode(x=_days())
    labels = (
        _chart(marks)
        .mark_text(angle=270, align="right", baseline="bottom", dx=-4, dy=-3, color=MUTED, fontSize=10)
        .encode(x=_days(), y=alt.value(0), text="text:N")
    )
    return _svg("finished", alt.layer(bars, rules, labels).properties(height=210))


def queues(digest: Digest, roles: Mapping[str, str], shown: Sequence[str]) -> str | None:
    """The most lists that stood before the shared reviewers at once, day by day, in the district with the longest queue."""
    rows = [row for role in shown for row in _queue(digest, role, _short(roles.get(role, role)))]
    if not rows:
        return None
    names = [_short(roles.get(role, role)) for role in shown]
    lines = (
        _chart(rows)
        .mark_area(interpolate="step-after", opacity=0.45, line={"strokeWidth": 1.5})
        .encode(
            x=_days(),
            y=alt.Y("waiting:Q", title="同时待办的件数", stack=None, axis=_whole(max(row["waiting"] for row in rows))),
            color=_colour("role", names, [RESIDENTS, PARTY, SUPERVISORY]),
        )
    )
    return _svg("queues", lines.properties(height=190))


def peak(digest: Digest, role: str) -> tuple[int, str]:
    """The longest queue of a role and the first day it stood so long; (0, "") when there was none."""
    rows = _queue(digest, role, role)
    longest = max(rows, key=lambda row: row["waiting"], default=None)
    return (longest["waiting"], longest["day"]) if longest else (0, "")


def _queue(digest: Digest, role: str, name: str) -> list[Row]:
    """Every day from the first file to the last; a day without any is a zero."""
    by_day = {day: most for (who, day), most in digest.queues.items() if who == role}
    if not by_day:
        return []
    first, last = date.fromisoformat(min(by_day)), date.fromisoformat(max(by_day))
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 2)]
    return [{"day": day, "role": name, "waiting": by_day.get(day, 0)} for day in days]


def waits(digest: Digest, titles: Mapping[str, str]) -> str | None:
    """How long a step stands open: half of all cases within the bar, nine in ten within the mark."""
    rows: list[Row] = [
        {"step": _titled(step, titles), "median": half / HOURS_A_DAY, "tenth": most / HOURS_A_DAY}
        for step, half, most in slowest(digest)[:MOST_STEPS]
    ]
    if not rows:
        return None
    order = [row["step"] for row in rows]
    base = _chart(rows).encode(y=alt.Y("step:N", sort=order, title=None, axis=alt.Axis(labelLimit=330)))
    bars = base.mark_bar(size=11, color=RESIDENTS).encode(
        x=alt.X("median:Q", title="从开启到办结的天数（条：半数不超过；竖线：九成不超过）")
    )
    ticks = base.mark_tick(color=PARTY, thickness=3, size=15).encode(x="tenth:Q")
    return _svg("waits", (bars + ticks).properties(height=alt.Step(21)))


def _titled(step: str, titles: Mapping[str, str]) -> str:
    """A step's title behind its body's short name: several bodies have a step of the same title."""
    body, title = SHORT.get(step.partition(".")[0]), titles.get(step, step)
    return f"{body} · {title}" if body else title


def slowest(digest: Digest) -> list[tuple[str, int, int]]:
    """(step, median hours, ninth decile of hours) of every step, the slowest first."""
    by_step: dict[str, list[tuple[int, int]]] = {}
    for (step, hours), count in digest.waits.items():
        by_step.setdefault(step, []).append((hours, count))
    rows = [(step, _quantile(cases, 1, 2), _quantile(cases, 9, 10)) for step, cases in by_step.items()]
    return sorted(rows, key=lambda row: (-row[2], -row[1], row[0]))


def _quantile(cases: list[tuple[int, int]], numerator: int, denominator: int) -> int:
    """The least number of hours within which at least this share of the cases lies."""
    total = sum(count for _, count in cases)
    reached = 0
    for hours, count in sorted(cases):
        reached += count
        if reached * denominator >= total * numerator:
            return hours
    return 0


def overdue(digest: Digest, roles: Mapping[str, str]) -> str | None:
    """Gates flagged overdue, by who had to act."""
    rows = [{"role": _short(roles.get(role, role)), "count": count} for role, count in digest.overdue.most_common()]
    return _svg("overdue", _bars(rows, "role", "逾期的环节数", PARTY)) if rows else None


def faults(planted: Mapping[str, int], detected: Mapping[str, int], titles: Mapping[str, str]) -> str | None:
    """Faults planted and faults caught, side by side."""
    rows: list[Row] = [
        {"fault": f"{code} {titles.get(code, '')}".strip(), "what": what, "count": counts.get(code, 0)}
        for code in planted
        for what, counts in (("植入", planted), ("发现", detected))
    ]
    if not rows:
        return None
    order = list(dict.fromkeys(row["fault"] for row in rows))
    chart = (
        _chart(rows)
        .mark_bar(size=9)
        .encode(
            y=alt.Y("fault:N", sort=order, title=None, axis=alt.Axis(labelLimit=300)),
            yOffset=alt.YOffset("what:N", sort=["植入", "发现"]),
            x=alt.X("count:Q", title="件数", axis=_whole(max(row["count"] for row in rows))),
            color=_colour("what", ["植入", "发现"], [MUTED, RESIDENTS]),
        )
    )
    return _svg("faults", chart.properties(height=alt.Step(13)))


def _bars(rows: Rows, name: str, title: str, colour: str) -> Any:
    base = _chart(rows).encode(
        y=alt.Y(f"{name}:N", sort=[row[name] for row in rows], title=None, axis=alt.Axis(labelLimit=330)),
        x=alt.X("count:Q", title=title, axis=_whole(max(row["count"] for row in rows))),
    )
    bars = base.mark_bar(size=11, color=colour)
    words = base.mark_text(align="left", dx=4, color=INK).encode(text="count:Q")
    return (bars + words).properties(height=alt.Step(21))


def _short(name: str) -> str:
    return name.partition("（")[0]


def _chart(rows: Rows) -> Any:
    return alt.Chart(alt.InlineData(values=list(rows)))


def _days() -> alt.X:
    """Days as days, whatever zone the machine is in."""
    axis = alt.Axis(format="%-m月%-d日", labelOverlap=True, tickCount=10)
    return alt.X("day:T", title=None, axis=axis, scale=alt.Scale(type="utc", padding=6))


def _whole(most: int) -> alt.Axis:
    """An axis of whole numbers: no tick stands between two units."""
    return alt.Axis(format="d", tickMinStep=1, tickCount=min(max(most, 1), 6))


def _colour(name: str, domain: list[str], colours: list[str]) -> alt.Color:
    legend = alt.Legend(orient="top", title=None)
    return alt.Color(f"{name}:N", scale=alt.Scale(domain=domain, range=colours[: len(domain)]), legend=legend)


_NAMESPACES = re.compile(r' xmlns(?::\w+)?="[^"]*"')


def _svg(name: str, chart: Any) -> str:
    """The chart as SVG text to stand inside a page: without namespaces (HTML knows them), ids made unique by the name."""
    styled = (
        chart.properties(width=WIDTH, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            gridColor=GRID,
            domainColor=MUTED,
            tickColor=MUTED,
            labelColor=INK,
            titleColor=MUTED,
            titleFontWeight="normal",
        )
        .configure_axisX(grid=False)
        .configure_legend(labelColor=INK, symbolType="square")
    )
    text = vl_convert.vegalite_to_svg(styled.to_dict(), vl_version=VEGA_LITE)
    text = _NAMESPACES.sub("", text)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    return text.replace("url(#", f"url(#{name}-").replace('href="#', f'href="#{name}-')
