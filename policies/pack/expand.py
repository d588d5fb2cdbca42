"""A pack that builds on others, written out: `extends` and `includes` merged, names of layers replaced, own clauses made one.

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
"""Opens another text (kind "pack", already whole, "part" or "layer"; its name). Raises PackError and LookupError."""

COMPOSED = ("extends", "includes", "layers", "clauses")  # what a pack says that is not whole by itself
OWN = ("id", "version", "title", "source")  # what no pack takes over from the one it extends
LISTS = {"extra_gates": ("id",), "provisions": ("number", "title"), "resolutions": ("rule", "step", "finding")}
"""Added to what is inherited; an entry of which these keys agree takes the inherited one's place."""
MAPPINGS = ("roles", "eligibility", "norms")  # merged key by key


def expand(located: Located, library: Library, opened: Opened) -> tuple[Located, list[Problem]]:
    """The document with everything it builds on in place, and what could not be found or is wrong there."""
    if not composed(located.data):
        return located, []
    return _Expansion(located, library, opened).run()


def composed(data: Data) -> bool:
    """Whether the text builds on others, so that it means nothing without them."""
    return any(data.get(key) for key in COMPOSED)


class _Expansion:
    def __init__(self, located: Located, library: Library, opened: Opened) -> None:
        self.given, self.library, self.opened = located, library, opened
        self.laid = located  # the text that is being laid over what is there
        self.founded = False  # on a pack that it extends
        self.data: Data = {}
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def run(self) -> tuple[Located, list[Problem]]:
        base = self._base()
        self.founded = bool(base)
        self.data = {key: value for key, value in base.items() if key not in OWN}
        inherited = self.data.pop("layers", [])
        for part in self._parts():
            self._lay(Located({key: value for key, value in part.items() if key not in OWN}, {}))
        self._lay(self.given)
        self._layers(inherited)
        return Located(self.data, self.places), self.problems

    def _lay(self, over: Located) -> None:
        """What a text says, over what is there: first what it leaves out, then what it changes and adds."""
        self.laid = over
        if self.founded and over.data.get("drops") is not None:
            self._drop(over.data["drops"])
        for key, value in over.data.items():
            if key in COMPOSED or (key == "drops" and self.founded):
                continue
            if key == "bodies" and self.founded and isinstance(value, list):
                self._bodies(value)
            elif key in MAPPINGS and isinstance(value, dict) and isinstance(self.data.get(key), dict):
                self.data[key] = {**self.data[key], **value}
                self._keep((key,), (key,))
            elif key in LISTS and isinstance(value, list) and isinstance(self.data.get(key), list):
                self._append(key, value)
            else:
                self.data[key] = value
                self._keep((key,), (key,))

    # ------------------------------------------------------------ the pack it extends

    def _base(self) -> Data:
        name = self.given.data.get("extends")
        if name is None:
            return {}
        if not isinstance(name, str) or not name:
            self._say(("extends",), "extends 应为所继承方案的名称或文件")
            return {}
        return self._open("pack", name, ("extends",), "所继承的方案")

    def _parts(self) -> list[Data]:
        """The parts that are included, in the order in which they are named."""
        named = self.given.data.get("includes", [])
        if not isinstance(named, list) or not all(isinstance(name, str) and name for name in named):
            self._say(("includes",), "includes 应为列表：写明并入哪几个部分")
            return []
        if named and "extends" not in self.given.data:
            self._say(("includes",), "includes 须与 extends 同写：先有所继承的方案，才能并入")
            return []
        return [self._open("part", name, ("includes", number), "并入的部分") for number, name in enumerate(named)]

    def _open(self, kind: str, name: str, path: Path, what: str) -> Data:
        try:
            return self.opened(kind, name)
        except LookupError:
            known = {"layer": self.library.layers, "part": self.library.parts}.get(kind, tuple)()
            near = difflib.get_close_matches(name, known, n=1)
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
            if own not in known and self._amiss(body, "steps", "title"):
                continue
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
        """Steps with a known id are changed; a new one stands where it is written.

        That is behind the entry above it, and behind the last that it waits for.
        """
        steps: list[tuple[Any, int | None]] = [(step, None) for step in base]
        above = -1
        for place, change in enumerate(changes):
            own = change.get("id") if isinstance(change, dict) else None
            ids = [step.get("id") if isinstance(step, dict) else None for step, _ in steps]
            if own is not None and own in ids:
                above = ids.index(own)
                steps[above] = (self._changed(steps[above][0], change), place)
                continue
            if self._amiss(change, "id", "act"):
                continue
            after = change.get("after") if isinstance(change, dict) else None
            waits = [ids.index(one) for one in after if one in ids] if isinstance(after, list) else []
            above = max([above, *waits]) + 1 if waits else len(steps)
            steps.insert(above, (change, place))
        for target, (_, source) in enumerate(steps):
            if source is not None:
                self._keep(("bodies", number, "steps", source), ("bodies", index, "steps", target))
        return [step for step, _ in steps]

    def _amiss(self, entry: Any, has: str, lacks: str) -> bool:
        """Whether a part means to change something that the pack does not have: said of the part, not of half a step."""
        if self.laid is self.given or not isinstance(entry, dict) or has not in entry or lacks in entry:
            return False
        self._say(("includes",), f"并入的部分要改“{entry.get('id')}”，所继承的方案没有")
        return True

    def _changed(self, step: Data, change: Data) -> Data:
        """A step key by key, a ballot too; a part asks its rules beside the step's own."""
        changed = {**step, **change}
        if isinstance(change.get("ballot"), dict):
            changed["ballot"] = {**(step.get("ballot") or {}), **change["ballot"]}
        if isinstance(change.get("rules"), list) and self.laid is not self.given:
            changed["rules"] = list(dict.fromkeys((*step.get("rules", ()), *change["rules"])))
        return changed

    def _append(self, key: str, value: list[Any]) -> None:
        new = [_same(key, one) for one in value]
        held = [one for one in self.data[key] if _same(key, one) not in new]
        self.data[key] = [*held, *value]
        for number in range(len(value)):
            self._keep((key, number), (key, len(held) + number))

    def _drop(self, drops: Any) -> None:
        """Steps and gates left out, with what was decided of them; a part may leave out what the pack does not have."""
        if not isinstance(drops, list):
            self._say(("drops",), "drops 应为列表：写明删去哪几步")
            return
        bodies, gates = self.data.get("bodies", []), self.data.get("extra_gates", [])
        known = [one.get("id") for one in (*gates, *(step for body in bodies for step in body.get("steps", [])))]
        for number, drop in enumerate(drops):
            if drop not in known and self.laid is self.given:
                self._say(("drops", number), f"drops 写的“{drop}”不是所继承方案的步骤")
        self.data["bodies"] = [
            {**body, "steps": [step for step in body.get("steps", []) if step.get("id") not in drops]}
            for body in bodies
        ]
        for key, name in (("extra_gates", "id"), ("resolutions", "step")):
            if key in self.data:
                self.data[key] = [one for one in self.data[key] if one.get(name) not in drops]

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
        for path, place in self.laid.places.items():
            if path[:size] == source:
                self.places[(*target, *path[size:])] = place

    def _say(self, path: Path, message: str) -> None:
        self.problems.append(self.given.at(path, message))


def _same(key: str, entry: Any) -> tuple[Any, ...]:
    """What tells one entry of this list from another."""
    return tuple(entry.get(name) for name in LISTS[key]) if isinstance(entry, dict) else (id(entry),)
