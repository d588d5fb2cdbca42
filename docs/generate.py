"""Writes the documents that are generated from the code, so that they cannot drift from it: `python -m docs.generate`.

The lifecycles' diagrams (mermaid needs nothing but a browser; graphviz is never asked for), the roster's columns, the tally's
checks, the faults of the plans, and the figures of a rehearsal.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transitions import State
from transitions.extensions import GraphMachine

from policies.lifecycles import LIFECYCLES, Lifecycle, Step

if TYPE_CHECKING:
    from policies.pack.schema import Pack

HERE = Path(__file__).parent

_HEAD = """# 生命周期

本页由 `python -m docs.generate` 根据 `policies/lifecycles.py` 生成，请勿手工修改。

图中方框是状态，箭头是允许的变更；没有箭头的变更一律拒绝，并用中文说明此时可以做什么。
“中断”状态（暂停、延期、投诉逾期）会记住中断以前的状态：解除后只能回到原处，或者从原处继续。
"""


class _LabelledState(State):
    """A state that shows its Chinese label in the diagram."""

    def __init__(self, name: str, label: str, **options: Any) -> None:
        super().__init__(name, **options)
        self.label = label


class _DiagramMachine(GraphMachine):
    """The mermaid-drawing machine, with labelled states."""

    state_cls = _LabelledState


def diagram(lifecycle: Lifecycle[Any, Any]) -> str:
    """The lifecycle as mermaid text, drawn by `transitions` from the definition its own machine is built from."""
    definition = lifecycle.definition()
    machine = _DiagramMachine(
        states=[{"name": state.value, "label": state.label} for state in lifecycle.states],
        transitions=[
            transition | {"label": lifecycle.triggers(transition["trigger"]).label, "conditions": []}
            for transition in definition["transitions"]
        ],
        initial=definition["initial"],
        auto_transitions=False,
        send_event=True,
        graph_engine="mermaid",
    )
    machine.model_graphs[id(machine)].reset_styling()  # no state is the current one in a document
    lines = str(machine.get_graph(title=f"title: {lifecycle.name}").source).splitlines()
    return "\n".join(line.rstrip() for line in lines)


def lifecycles() -> str:
    """The whole page docs/lifecycles.md: per lifecycle a diagram and a table of every allowed step."""
    return "\n".join([_HEAD, *(_section(lifecycle) for lifecycle in LIFECYCLES)])


def roster() -> str:
    """The whole page docs/roster.md: every sheet and column of a county's workbook."""
    from live.roster.guide import as_markdown

    return as_markdown(_pack("street-2021"), _pack("women-2021"))


def tally() -> str:
    """The whole page docs/tally.md: how several tellers count, and the catalogue of checks."""
    from policies.tally.guide import as_markdown

    return as_markdown()


def faults(pack: str) -> Callable[[], str]:
    """A page of docs/faults….md: the faults that may be planted under a plan."""

    def page() -> str:
        from simulation.faults.page import as_markdown

        return as_markdown(_pack(pack))

    return page


def parameters() -> str:
    """The whole page docs/parameters.md: every figure a rehearsal draws from."""
    from simulation.population.parameters import as_markdown

    return as_markdown()


def _pack(name: str) -> "Pack":
    from console.packs import Unusable, open_pack

    pack = open_pack(name)
    if isinstance(pack, Unusable):
        raise RuntimeError("；".join(pack.problems))
    return pack


DOCUMENTS: dict[str, Callable[[], str]] = {
    "lifecycles.md": lifecycles,
    "roster.md": roster,
    "tally.md": tally,
    "faults.md": faults("street-2021"),
    "faults-community.md": faults("community-voters"),
    "faults-village.md": faults("village-2025"),
    "parameters.md": parameters,
}


def main() -> None:
    """Write every generated document whose text has changed."""
    for name, text in DOCUMENTS.items():
        path = HERE / name
        if path.exists() and path.read_text(encoding="utf-8") == text():
            continue
        path.write_text(text(), encoding="utf-8")
        sys.stdout.write(f"已更新 {path}\n")


def _section(lifecycle: Lifecycle[Any, Any]) -> str:
    final = "、".join(f"“{state.label}”" for state in lifecycle.states if lifecycle.is_final(state))
    rows = "\n".join(_row(step) for step in lifecycle.steps)
    return (
        f"## {lifecycle.name}（`{lifecycle.code}`）\n\n"
        f"初始状态“{lifecycle.initial.label}”；终结状态：{final}。\n\n"
        f"```mermaid\n{diagram(lifecycle)}\n```\n\n"
        "| 当前状态 | 变更 | 变更后 | 条件 |\n|---|---|---|---|\n"
        f"{rows}\n"
    )


def _row(step: Step[Any, Any]) -> str:
    condition = "" if step.before is None else f"中断以前为“{step.before.label}”"
    cells = (_cell(step.source), _cell(step.trigger), _cell(step.dest), condition)
    return f"| {' | '.join(cells)} |"


def _cell(one: Any) -> str:
    return f"{one.label} `{one.value}`"


if __name__ == "__main__":
    main()
