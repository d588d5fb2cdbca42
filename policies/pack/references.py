"""What the schema alone cannot see in a pack: ids, references, order, and whether dates and numbers agree with each other.

It works on the plain data, so that its problems are reported together with the schema's, even where a part is malformed.
"""

import difflib
from collections.abc import Iterator
from datetime import date
from typing import Any

import networkx as nx

from policies.pack.problem import Problem
from policies.pack.text import Located, Path

MISSING = "missing"

ASKED = {
    "cleanup": "actions",
    "household_survey": "share",
    "joint_signatures": "signed_by",
    "screening": "rounds",
    "emergency_plans": "risks",
}
"""Acts whose form cannot be judged unless the step's `asks` says this."""


def reference_problems(located: Located) -> list[Problem]:
    """Every contradiction inside the document, each at its own line."""
    return _Checker(located).run()


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class _Checker:
    def __init__(self, located: Located) -> None:
        self.located = located
        self.data = _dict(located.data)
        self.problems: list[Problem] = []
        self.steps: dict[str, Path] = {}
        self.bodies: dict[str, Path] = {}

    def run(self) -> list[Problem]:
        self._ids()
        self._references()
        self._windows()
        self._numbers()
        self._asks()
        self._same_vote()
        self._cycles()
        return self.problems

    def _say(self, path: Path, message: str) -> None:
        self.problems.append(self.located.at(path, message))

    # ------------------------------------------------------------ walking

    def _all_bodies(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        for index, body in enumerate(_items(self.data.get("bodies"))):
            yield ("bodies", index), _dict(body)

    def _all_steps(self) -> Iterator[tuple[Path, dict[str, Any], dict[str, Any]]]:
        for path, body in self._all_bodies():
            for index, step in enumerate(_items(body.get("steps"))):
                yield (*path, "steps", index), _dict(step), body

    # ------------------------------------------------------------ ids

    def _ids(self) -> None:
        for path, body in self._all_bodies():
            self._enter(self.bodies, path, body.get("id"), "组织")
        for path, step, body in self._all_steps():
            own = step.get("id")
            self._enter(self.steps, path, own, "步骤")
            if isinstance(own, str) and isinstance(body.get("id"), str) and not own.startswith(f"{body['id']}."):
                self._say((*path, "id"), f"步骤编号“{own}”应以所属组织“{body['id']}.”开头")
        gates: dict[str, Path] = dict(self.steps)
        for index, gate in enumerate(_items(self.data.get("extra_gates"))):
            self._enter(gates, ("extra_gates", index), _dict(gate).get("id"), "步骤或附加关口")

    def _enter(self, known: dict[str, Path], path: Path, own: Any, what: str) -> None:
        if not isinstance(own, str):
            return
        if own in known:
            first = self.located.place((*known[own], "id"))[0]
            self._say((*path, "id"), f"{what}编号“{own}”重复（第一次写在第 {first} 行）")
        else:
            known[own] = path

    # ------------------------------------------------------------ references

    def _references(self) -> None:
        for path, step, _ in self._all_steps():
            own = step.get("id")
            for index, other in enumerate(_items(step.get("after"))):
                self._refer((*path, "after", index), other, own)
            for index, gap in enumerate(_items(step.get("gaps"))):
                self._refer((*path, "gaps", index, "after"), _dict(gap).get("after"), own)
            self._refer((*path, "window", "after"), _dict(step.get("window")).get("after"), own)
            self._role((*path, "actor"), step.get("actor"))
            for index, role in enumerate(_items(step.get("countersigned_by"))):
                self._role((*path, "countersigned_by", index), role)
        self._refer(("pilot", "accepted_at"), _dict(self.data.get("pilot")).get("accepted_at"), None)
        self._refer(("express", "step"), _dict(self.data.get("express")).get("step"), None)
        for index, gate in enumerate(_items(self.data.get("extra_gates"))):
            gate, here = _dict(gate), ("extra_gates", index)
            self._refer((*here, "before"), gate.get("before"), None)
            self._refer((*here, "after"), gate.get("after"), None)
            self._role((*here, "actor"), gate.get("actor"))
            if gate.get("before") is None and gate.get("after") is None:
                self._say(here, "附加关口须写 before（在哪一步之前）或 after（在哪一步之后）")
        for index, resolution in enumerate(_items(self.data.get("resolutions"))):
            resolution, here = _dict(resolution), ("resolutions", index)
            target = resolution.get("step")
            if target not in self.bodies and target != "pack":
                self._refer((*here, "step"), target, None)
            for other in _dict(resolution.get("windows")):
                self._refer((*here, "windows", other), other, None)

    def _refer(self, path: Path, target: Any, own: Any) -> None:
        if not isinstance(target, str):
            return
        if target == own:
            self._say(path, f"步骤“{target}”不能引用自己")
        elif target not in self.steps:
            near = difflib.get_close_matches(target, self.steps, n=1)
            self._say(path, f"引用了不存在的步骤“{target}”" + (f"，是不是“{near[0]}”？" if near else ""))

    def _role(self, path: Path, role: Any) -> None:
        if isinstance(role, str) and role not in _dict(self.data.get("roles")):
            self._say(path, f"角色“{role}”没有在 roles 里写中文名称")

    # ------------------------------------------------------------ dates and numbers

    def _windows(self) -> None:
        starts, ends = _day(self.data.get("starts")), _day(self.data.get("completed_by"))
        if starts and ends and starts > ends:
            self._say(("completed_by",), f"最后期限 {ends} 早于开始日 {starts}")
        for path, body in self._all_bodies():
            self._span((*path, "heading"), body.get("heading"))
        for path, step, body in self._all_steps():
            window = step.get("window")
            self._span((*path, "window"), window)
            polls = [s for s in _items(body.get("steps")) if _dict(s).get("act") == "poll"]
            if {"poll_from", "poll_to"} & _dict(window).keys() and not polls:
                self._say((*path, "window"), "期间以投票日推算（E−n），但本组织没有投票步骤（act: poll）")
        for index, resolution in enumerate(_items(self.data.get("resolutions"))):
            resolution, here = _dict(resolution), ("resolutions", index)
            self._span((*here, "window"), resolution.get("window"))
            for other, window in _dict(resolution.get("windows")).items():
                self._span((*here, "windows", other), window)
            if resolution.get("window") is not None and resolution.get("step") not in self.steps:
                self._say((*here, "window"), "决定针对整个组织时，请把期间写在 windows 里并指明步骤")

    def _span(self, path: Path, window: Any) -> None:
        if not isinstance(window, dict):
            return
        if not window or all(value is None for value in window.values()):
            self._say(path, "期间是空的；原文没有写的，请写 missing")
        for low, high in (("from", "to"), ("poll_from", "poll_to")):
            a, b = window.get(low), window.get(high)
            first, last = _day(a), _day(b)
            if first and last and first > last:
                self._say((*path, low), f"起始日 {first} 晚于截止日 {last}")
            m, n = _number(a), _number(b)
            if m is not None and n is not None and m > n:
                self._say((*path, low), f"起点 {m} 大于终点 {n}")

    def _numbers(self) -> None:
        for path, body in self._all_bodies():
            self._order((*path, "seats"), body.get("seats"), "min", "max")
            self._order((*path, "seats"), body.get("seats"), "part_time_min", "part_time_max")
            self._order((*path, "committee"), body.get("committee"), "min", "max")
        for path, step, _ in self._all_steps():
            for index, gap in enumerate(_items(step.get("gaps"))):
                here = (*path, "gaps", index)
                self._order(here, gap, "at_least", "at_most")
                if _dict(gap).get("at_least") is None and _dict(gap).get("at_most") is None:
                    self._say(here, "间隔须写 at_least（至少几日）或 at_most（至多几日）")
            for name in ("quorum", "majority", "margin"):
                share = _dict(_dict(step.get("ballot")).get(name))
                self._order((*path, "ballot", name), share, "numerator", "denominator")

    def _order(self, path: Path, value: Any, low: str, high: str) -> None:
        a, b = _number(_dict(value).get(low)), _number(_dict(value).get(high))
        if a is not None and b is not None and a > b:
            self._say((*path, low), f"{low} {a} 大于 {high} {b}")

    # ------------------------------------------------------------ what a form must show

    def _asks(self) -> None:
        for path, step, _ in self._all_steps():
            part = ASKED.get(str(step.get("act")))
            asks = _dict(step.get("asks"))
            if part is not None and not asks.get(part):
                self._say((*path, "asks"), f"act 为 {step.get('act')} 的步骤须写 asks.{part}")
            self._order((*path, "asks", "share"), asks.get("share"), "numerator", "denominator")
            if step.get("act") == "readiness" and "prep.removal" not in self.steps:
                self._say((*path, "act"), "评估三色码的方案须有步骤 prep.removal（act: removal），红码问题才能验收销号")

    def _same_vote(self) -> None:
        """R25-24: a seat is filled by the way of voting that elected the committee."""
        modes = {step.get("id"): (path, _dict(step.get("ballot")).get("mode")) for path, step, _ in self._all_steps()}
        (_, elected), (path, filled) = modes.get("residents.poll", ((), None)), modes.get("byelection.poll", ((), None))
        if elected is not None and filled is not None and elected != filled:
            self._say(
                (*path, "ballot", "mode"), f"补选按产生时的方式投票：residents.poll 是 {elected}，这里是 {filled}"
            )

    # ------------------------------------------------------------ cycles

    def _cycles(self) -> None:
        order: nx.DiGraph[str] = nx.DiGraph()
        for _, step, _body in self._all_steps():
            own = step.get("id")
            before = [*_items(step.get("after")), _dict(step.get("window")).get("after")]
            before += [_dict(gap).get("after") for gap in _items(step.get("gaps"))]
            for other in before:
                if isinstance(own, str) and isinstance(other, str) and other in self.steps and other != own:
                    order.add_edge(other, own)
        for group in sorted(map(sorted, nx.strongly_connected_components(order))):
            if len(group) > 1:
                start = min(group, key=lambda step: self.located.place(self.steps[step]))
                circle = [edge[0] for edge in nx.find_cycle(order.subgraph(group), start)]
                shown = " → ".join([*circle, circle[0]])
                self._say(self.steps[circle[0]], f"步骤先后成环：{shown}；请删去其中一处 after")
