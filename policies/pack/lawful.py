"""Whether a pack's layers go together: one nation, one province, the law of the poll's day, and nothing below the floor."""

from collections import Counter
from datetime import date

from policies.law.compose import refusal
from policies.law.layer import Layer, Level
from policies.law.norms import Norms
from policies.law.terms import TERMS, shown
from policies.pack.problem import Problem
from policies.pack.schema import BodyId, Pack
from policies.pack.text import Located, Path
from policies.rule import law_in_force
from policies.timetable.windows import bounds, poll_of


def poll_day(pack: Pack) -> date:
    """The last day on which the committee may be elected: it decides which law holds. The plan's last limit where none stands."""
    executed = pack.as_executed()
    body = next((one for one in executed.bodies if one.id is BodyId.RESIDENTS), None)
    poll = poll_of(body) if body else None
    return (bounds(poll)[1] if poll else None) or pack.completed_by


def layer_problems(pack: Pack, located: Located) -> list[Problem]:
    """Everything that keeps the layers from being used together, each where it is written."""
    if not pack.layers:
        return []
    problems = [*_wrong_law(pack, located), *_not_together(pack, located)]
    for below in pack.composition.refused:
        index = _index(pack, below.lower.layer)
        path: Path = ("layers", index, "clauses", below.lower.norm)
        problem = located.at(path, refusal(below, pack.governed, pack.law.value))
        own = below.lower.layer == pack.id
        problems.append(problem.model_copy(update={"path": f"clauses.{below.lower.norm}"}) if own else problem)
    return problems


def settled(pack: Pack) -> Pack:
    """The pack with its norms complete: the layers' values, and its own where no layer speaks."""
    if not pack.layers:
        return pack
    own = pack.norms.model_dump(exclude_none=True)
    return pack.model_copy(
        update={"norms": Norms.model_validate({**own, **pack.composition.norms.model_dump(exclude_none=True)})}
    )


def norm_problems(pack: Pack, written: Located, located: Located) -> list[Problem]:
    """Norms that the text itself writes (`written`: as it stands) although a layer gives another value."""
    given = written.data.get("norms")
    if not pack.layers or not isinstance(given, dict):
        return []
    problems = []
    for norm, stated in pack.composition.binding.items():
        value, term = getattr(pack.norms, norm), TERMS[norm]
        if norm in given and value is not None and not term.same(value, stated.value):
            words = (
                f"{term.rule(pack.governed, pack.law.value)} {term.label}：这里写的是 {shown(term, value)}，{stated.place}规定 "
                f"{shown(term, stated.value)}。norms 只写法律没有规定的；要比法律更严，请写在 clauses 里并注明出处"
            )
            problems.append(located.at(("norms", norm), words))
    return problems


def _wrong_law(pack: Pack, located: Located) -> list[Problem]:
    day = poll_day(pack)
    due = law_in_force(day)
    problems = []
    if pack.law is not due:
        words = f"投票日（{day}）适用 {due.value} 年的法律，方案写的是 {pack.law.value}：请更正 law 或者日期"
        problems.append(located.at(("law",), words))
    for index, layer in enumerate(pack.layers):
        if layer.law is not None and layer.law != pack.law.value:
            words = f"法律层“{layer.id}”属于 {layer.law} 年的法律，方案适用 {pack.law.value} 年的法律"
            problems.append(located.at(("layers", index), words))
    return problems


def _not_together(pack: Pack, located: Located) -> list[Problem]:
    problems = []
    for index, layer in enumerate(pack.layers):
        if layer.kind != pack.kind:
            words = f"法律层“{layer.id}”是{_kind(layer)}的规定，方案是{'社区' if pack.kind == 'community' else '村'}的"
            problems.append(located.at(("layers", index), words))
    levels = Counter(layer.level for layer in pack.layers)
    for level in (Level.NATION, Level.PROVINCE):
        if levels[level] > 1:
            names = "、".join(layer.id for layer in pack.layers if layer.level is level)
            problems.append(located.at(("layers",), f"{level.chinese}只能有一层，写了 {names}"))
    if not levels[Level.NATION]:
        problems.append(located.at(("layers",), "缺少国家底线（nation-…）"))
    return problems


def _kind(layer: Layer) -> str:
    return "社区" if layer.kind == "community" else "村"


def _index(pack: Pack, layer: str) -> int:
    return next(index for index, one in enumerate(pack.layers) if one.id == layer)
