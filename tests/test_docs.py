"""The documents are held to what they say: commands parse, links lead somewhere, code in them runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from policies.pack.schema import Role
from policies.rule import BOOK, Confidence
from policies.rules import load
from simulation.faults import FAULTS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
GROUPS = {"live", "server", "roster", "pack", "tally", "closing"}
"""Commands that have commands."""
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"huanjie ([a-z]+)((?: [^\s`#（）|→]+)*)")
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def text(page: Path) -> str:
    """A page's text."""
    return page.read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every `huanjie …` in the documents: the command and its words."""
    for page in PAGES:
        for name, words in _COMMAND.findall(text(page)):
            yield name, words.split()


def application() -> typer.Typer:
    """All commands, as the real entry point registers them."""
    import importlib

    from console.cli import COMMANDS

    app = typer.Typer()
    for name in COMMANDS:
        importlib.import_module(f"console.{name}").register(app)
    return app


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file of the repository."""
    links = [link.partition("#")[0] for link in _LINK.findall(text(page)) if "://" not in link]
    assert [link for link in links if link and not (page.parent / link).exists()] == []


def test_commands_and_options_exist() -> None:
    """What the documents tell people to type is known to the program."""
    app, runner = application(), CliRunner()
    helps: dict[str, str] = {}
    wrong = []
    for command, words in commands():
        path = [command, words[0]] if command in GROUPS and words and re.fullmatch("[a-z-]+", words[0]) else [command]
        name = " ".join(path)
        if name not in helps:
            helps[name] = runner.invoke(app, [*path, "--help"], env={"COLUMNS": "200"}).output
        if "Usage" not in helps[name]:
            wrong.append(name)
        wrong += [f"{name} {word}" for word in words if word.startswith("--") and word not in helps[name]]
    assert helps, "no command found in any document"
    assert wrong == []


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_make_targets_exist(page: Path) -> None:
    """`make …` in the READMEs is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", text(page)))
    assert named
    assert named <= targets, named - targets


def test_the_code_on_adding_a_rule_runs() -> None:
    """The page's rule is declared, and the page's own test passes; the book is left as it was."""
    blocks = _PYTHON.findall(text(ROOT / "docs" / "how-to-add-a-rule.md"))
    assert len(blocks) == 2
    load()
    known = dict(BOOK)
    room: dict[str, object] = {}
    try:
        for block in blocks:
            exec(compile(block, "how-to-add-a-rule.md", "exec"), room)  # our own page
        assert set(BOOK) - set(known) == {"R90"}
        tests = [thing for name, thing in room.items() if name.startswith("test_") and callable(thing)]
        assert len(tests) == 1
        tests[0]()
    finally:
        BOOK.clear()
        BOOK.update(known)


def test_the_glossary_knows_every_letter_and_the_roles_of_the_plan() -> None:
    """Confidence letters, and the roles that a reader of the journal meets."""
    glossary = text(ROOT / "docs" / "glossary.md")
    assert [letter.value for letter in Confidence if f"| {letter.value} |" not in glossary] == []
    spoken = [Role.PARTY_BRANCH, Role.JOINT_VETTING, Role.STANDING_COMMITTEE, Role.STREET_DISCIPLINE]
    assert [role.value for role in spoken if f"`{role.value}`" not in glossary] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_ids_in_the_documents_exist(page: Path) -> None:
    """A rule or fault that a document names is in the book or the catalogue."""
    known = {rule.id for rule in load()} | set(FAULTS) | {"R90"}
    named = set(re.findall(r"`((?:[PRSXVOKTC]|R25-|V25-)\d{1,2}|F\d{1,2})`", text(page)))
    assert named <= known, named - known


def test_the_picture_is_small_enough_for_a_readme() -> None:
    """Under 300 kB."""
    assert (ROOT / "docs" / "images" / "report.png").stat().st_size < 300_000
