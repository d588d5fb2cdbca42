"""The house's plan, held by a test: who may import whom, and that every module says in its first line why it is there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("policies", "workflows", "activities", "gateway", "simulation", "live", "console", "bench", "docs")

MAY_IMPORT: dict[str, set[str]] = {
    "policies": {"policies"},
    "workflows": {"workflows", "policies"},
    "activities": {"activities", "workflows", "policies"},
    "gateway": {"gateway", "activities", "workflows", "policies"},
    "simulation": {"simulation", "gateway", "activities", "workflows", "policies"},
    "live": {"live", "gateway", "activities", "workflows", "policies"},
    "console": {"console", "live", "simulation", "gateway", "activities", "workflows", "policies"},
    "bench": {"bench", "tests", "console", "live", "simulation", "gateway", "activities", "workflows", "policies"},
    "docs": {"docs", "console", "live", "simulation", "policies"},  # only writes pages: nothing that runs imports it
}
"""Every room with the rooms it may know. Nothing goes back up; nothing but the console, bench and tests knows the simulation."""

SHAPES_OF_WORKFLOWS = {"workflows.facts", "workflows.messages", "workflows.journalling"}
"""What stores may know of workflows: the shapes of what is written down, and (from `procedure`) an activity's name."""

REPORT_ONLY = {"altair", "vl_convert", "jinja2"}
"""Heavy libraries that only the report needs: a command that draws nothing must not wait for them."""


def modules(room: str) -> list[Path]:
    """Every module of a room."""
    return sorted(path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts)


EVERY = [path for room in (*ROOMS, "tests") for path in modules(room)]


def imports(path: Path, *, at_top: bool = False) -> Iterator[tuple[str, str]]:
    """(module, name) of every import in a file, those inside functions too unless only the top ones are asked for."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if at_top else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            yield from ((str(node.module), alias.name) for alias in node.names)


def room_of(module: str) -> str:
    """The room a module belongs to, or the package it comes from."""
    return module.split(".", 1)[0]


def place(path: Path) -> str:
    """A file's name as a test shows it."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_goes_back_up(room: str) -> None:
    """No module imports from a room that its own may not know."""
    forbidden = {*ROOMS, "tests"} - MAY_IMPORT[room]
    wrong = [
        f"{place(path)} imports {module}"
        for path in modules(room)
        for module, _ in imports(path)
        if room_of(module) in forbidden
    ]
    assert wrong == []


def test_stores_know_only_the_shapes_of_workflows() -> None:
    """Activities write facts down; they do not know what happens next."""
    wrong = []
    for path in modules("activities"):
        for module, name in imports(path):
            known = module in SHAPES_OF_WORKFLOWS and (module != "workflows.journalling" or name == "COMMIT")
            if room_of(module) == "workflows" and not known:
                wrong.append(f"{place(path)} imports {name} from {module}")
    assert wrong == []


def test_the_engine_knows_nothing_of_elections() -> None:
    """It could be taken out and published by itself."""
    wrong = [
        f"{place(path)} imports {module}"
        for path in modules("simulation/engine")
        for module, _ in imports(path)
        if room_of(module) in ROOMS and not module.startswith("simulation.engine")
    ]
    assert wrong == []


def test_the_checker_does_not_call_what_it_checks() -> None:
    """It recomputes with arithmetic of its own: no policies, no workflows, no actors."""
    wrong = [
        f"{place(path)} imports {module}"
        for path in modules("simulation/checker")
        for module, _ in imports(path)
        if room_of(module) in ROOMS and not module.startswith(("simulation.checker", "activities.journal"))
    ]
    assert wrong == []


def test_only_the_report_draws() -> None:
    """The libraries that draw are imported in one package."""
    wrong = [
        f"{place(path)} imports {module}"
        for room in ROOMS
        for path in modules(room)
        for module, _ in imports(path)
        if room_of(module) in REPORT_ONLY and "simulation/report" not in path.as_posix()
    ]
    assert wrong == []


def test_commands_load_the_simulation_only_when_they_run() -> None:
    """`huanjie rules` must not wait a second for a workflow engine: such imports stand inside functions."""
    wrong = [
        f"{place(path)} imports {module}"
        for path in modules("console")
        for module, _ in imports(path, at_top=True)
        if room_of(module) in {"simulation", "activities", "temporalio", *REPORT_ONLY}
    ]
    assert wrong == []


@pytest.mark.parametrize("path", EVERY, ids=place)
def test_every_module_says_why_it_is_there(path: Path) -> None:
    """A docstring in the first line."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""'), f"{place(path)} does not begin with a docstring"
    assert (ast.get_docstring(ast.parse(text)) or "").strip()


def test_names_of_machines_stay_out() -> None:
    """No path of somebody's machine in anything that is read."""
    wrong = [
        place(path)
        for room in (*ROOMS, "tests")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".md", ".yaml", ".j2", ".css"} and path != Path(__file__)
        if any(word in path.read_text(encoding="utf-8") for word in ("/home/", "/root/", "/Users/"))
    ]
    assert wrong == []
