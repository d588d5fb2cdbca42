"""A pack that builds on others, written out: `extends` merged, names of layers replaced by the layers, own clauses made one.

It works on plain data with the places of the text in hand, so that a mistake is still shown at its own line.
"""

import difflib
from collections.abc import Callable
from typing import Any

from policies.law.layer import Level
from policies.pack.library import Library
from policies.pack.problem import PackError, Problem
from policies.pack.text import Located, Path, Place

Data = dict[str, Any]
Opened = Callable[[str, str], Data]
"""Opens another text, already whole (kind "pack" or "layer"; its name). Raises PackError and LookupError."""

OWN = ("id", "version", "title", "source")  # what no pack takes over from the one it extends
LISTS = ("extra_gates", "provisions", "resolutions")  # added to what is inherited
MAPPINGS = ("roles", "eligibility", "norms")  # merged key by key


def expand(located: Located, library: Library, opened: Opened) -> tuple[Located, list[Problem]]:
    """The document with everything it builds on in place, and what could not be found or is wrong there."""
    if not any(located.data.get(key) for key in ("extends", "layers", "clauses")):
        return located, []
    return _Expansion(located, library, opened).run()


class _Expansion:
    def __init__(self, located: Located, library: Library, opened: Opened) -> None:
        self.given, self.library, self.opened = located, library, opened
        self.data: Data = {}
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def run(self) -> tuple[Located, list[Problem]]:
        base = self._base()
        self.data = {key: value for key, value in base.items() if key not in OWN}
        inherited = self.data.pop("layers", [])
        for key, value in self.given.data.items():
            if key in ("extends", "layers", "clauses") or (key == "drops" and base):
                continue
            if key == "bodies" and base and isinstance(value, list):
                self._bodies(value)
            elif key in MAPPINGS and isinstance(value, dict) and isinstance(self.data.get(key), dict):
                self.data[key] = {**self.data[key], **value}
                self._keep((key,), (key,))
            elif key in LISTS and isinstance(value, list) and isinstance(self.data.get(key), list):
                self._append(key, value)
            else:
                self.data[key] = value
                self._keep((key,), (key,))
        self._drop()
        self._layers(inherited)
        return Located(self.data, self.places), self.problems

    # ------------------------------------------------------------ the pack it extends

    def _base(self) -> Data:
        name = self.given.data.get("extends")
        if name is None:
            return {}
        if not isinstance(name, str) or not name:
            self._say(("extends",), "extends 应为所继承方案的名称或文件")
            return {}
        return self._open("pack", name, ("extends",), "所继承的方案")

    def _open(self, kind: str, name: str, path: Path, what: str) -> Data:
        try:
            return self.opened(kind, name)
        except LookupError:
            near = difflib.get_close_matches(name, self.library.layers(), n=1) if kind == "layer" else []
            self._say(path, f"找不到{what}“{name}”" + (f"，是不是“{near[0]}”？" if near else ""))
        except PackError as error:
            for problem in error.problems:
                self._say(path, f"{what}“{name}”不能用：{problem}")
        return {}

    def _bodies(self, bodies: list[Any]) -> None:
        merged = [dict(body) for body in self.data.get("bodies", [])]
        known = {body.get("id"): index for index, body in enumerate(merged)}
        for number, body in enumerate(bodies):
            own = body.get("id") if isinstance(body, dict) else None
            if own not in known:
                merged.append(body)
                self._keep(("bodies", number), ("bodies", len(merged) - 1))
                continue
            index = known[own]
            for key, value in body.items():
                if key == "steps" and isinstance(value, list):
                    merged[index]["steps"] = self._steps(merged[index].get("steps", []), value, number, index)
                else:
                    merged[index][key] = value
                    self._keep(("bodies", number, key), ("bodies", index, key))
        self.data["bodies"] = merged

    def _steps(self, base: list[Any], changes: list[Any], number: int, index: int) -> list[Any]:
        """Steps with a known id are changed key by key (a ballot too); a new one stands after the last it waits for."""
        steps: list[tuple[Any, int | None]] = [(step, None) for step in base]
        for place, change in enumerate(changes):
            own = change.get("id") if isinstance(change, dict) else None
            ids = [step.get("id") if isinstance(step, dict) else None for step, _ in steps]
            if own is not None and own in ids:
                step = steps[ids.index(own)][0]
                ballot = {**(step.get("ballot") or {}), **change["ballot"]} if _is_mapping(change, "ballot") else None
                steps[ids.index(own)] = ({**step, **change, **({"ballot": ballot} if ballot else {})}, place)
                continue
            after = change.get("after") if isinstance(change, dict) else None
            waits = [ids.index(one) for one in after if one in ids] if isinstance(after, list) else []
            steps.insert(max(waits) + 1 if waits else len(steps), (change, place))
        for target, (_, source) in enumerate(steps):
            if source is not None:
                self._keep(("bodies", number, "steps", source), ("bodies", index, "steps", target))
        return [step for step, _ in steps]

    def _append(self, key: str, value: list[Any]) -> None:
        before = len(self.data[key])
        self.data[key] = [*self.data[key], *value]
        for number in range(len(value)):
            self._keep((key, number), (key, before + number))

    def _drop(self) -> None:
        drops = self.given.data.get("drops")
        if drops is None or "extends" not in self.given.data:
            return
        if not isinstance(drops, list):
            self._say(("drops",), "drops 应为列表：写明删去哪几步")
            return
        for number, drop in enumerate(drops):
            held = False
            for index, body in enumerate(self.data.get("bodies", [])):
                ids = [step.get("id") for step in body.get("steps", []) if isinstance(step, dict)]
                if drop in ids:
                    held = True
                    self._remove(index, ids.index(drop))
            if not held:
                self._say(("drops", number), f"drops 写的“{drop}”不是所继承方案的步骤")

    def _remove(self, body: int, step: int) -> None:
        """Take one step out; the places of the steps behind it move up."""
        steps = self.data["bodies"][body]["steps"]
        self.data["bodies"][body]["steps"] = steps[:step] + steps[step + 1 :]
        prefix: Path = ("bodies", body, "steps")
        moved: dict[Path, Place] = {}
        for path, place in self.places.items():
            at = path[3] if path[:3] == prefix and len(path) > 3 else None
            if not isinstance(at, int) or at < step:
                moved[path] = place
            elif at > step:
                moved[(*prefix, at - 1, *path[4:])] = place
        self.places = moved

    # ------------------------------------------------------------ layers

    def _layers(self, inherited: list[Any]) -> None:
        layers = list(inherited)
        known = {layer.get("id") for layer in layers}
        named = self.given.data.get("layers", [])
        if not isinstance(named, list):
            self.data["layers"] = named
            self._keep(("layers",), ("layers",))
            return
        for number, one in enumerate(named):
            layer = self._open("layer", one, ("layers", number), "法律层") if isinstance(one, str) else one
            if isinstance(layer, dict) and (not layer or layer.get("id") in known):
                continue
            if isinstance(layer, dict):
                known.add(layer.get("id"))
            layers.append(layer)
            self._keep(("layers", number), ("layers", len(layers) - 1))
        self._own_clauses(layers)
        self._floor(layers)
        self.data["layers"] = layers

    def _own_clauses(self, layers: list[Any]) -> None:
        """The pack's own values: the county's, or one election's where a county has spoken already."""
        clauses = self.given.data.get("clauses")
        if clauses is None:
            return
        spoken = any(isinstance(one, dict) and one.get("level") == Level.COUNTY for one in layers)
        data = {key: value for key, value in self.data.items() if value is not None}
        own = {
            "format": 1,
            "id": data.get("id", "own"),
            "level": Level.ELECTION.value if spoken else Level.COUNTY.value,
            "kind": data.get("kind"),
            "title": data.get("title", "本方案"),
            "jurisdiction": data.get("title", "本方案"),
            "source": data.get("source", "本方案"),
            "effective_from": data.get("starts"),
            "confidence": "P4",
            "clauses": clauses,
        }
        layers.append(own)
        self._keep(("clauses",), ("layers", len(layers) - 1, "clauses"))

    def _floor(self, layers: list[Any]) -> None:
        """The national floor stands under every pack that speaks of law at all, named or not."""
        if not layers or any(isinstance(one, dict) and one.get("level") == Level.NATION for one in layers):
            return
        kind, law = self.data.get("kind"), str(self.data.get("law"))
        if kind in ("village", "community") and law in ("2018", "2025"):
            floor = self._open("layer", f"nation-{law}-{kind}", ("law",), "国家底线")
            if floor:
                layers.append(floor)

    # ------------------------------------------------------------ places

    def _keep(self, source: Path, target: Path) -> None:
        size = len(source)
        for path, place in self.given.places.items():
            if path[:size] == source:
                self.places[(*target, *path[size:])] = place

    def _say(self, path: Path, message: str) -> None:
        self.problems.append(self.given.at(path, message))


def _is_mapping(step: Data, key: str) -> bool:
    return isinstance(step.get(key), dict)
