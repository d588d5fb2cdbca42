"""Packs for the tests: the street plan, the small example of the docs, and ways to change their text."""

import re
from functools import cache
from pathlib import Path

from policies.calendar import Calendar, national_calendar
from policies.lint import LintFinding, lint
from policies.pack.load import load_pack
from policies.pack.schema import Pack
from policies.rule import Law

ROOT = Path(__file__).parents[2]
STREET = (ROOT / "policies" / "packs" / "street-2021.yaml").read_text(encoding="utf-8")
BARE_STREET = STREET.partition("\nresolutions:\n")[0] + "\n"  # the plan alone, nothing decided
EXAMPLE = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "pack-format.md").read_text(encoding="utf-8"), re.S)[0]
BARE_EXAMPLE = EXAMPLE.partition("\nresolutions:\n")[0] + "\n"
CALENDAR: Calendar = national_calendar([2021])


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text with each first occurrence replaced; a change that finds nothing is a mistake in the test."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def pack(text: str, *changes: tuple[str, str]) -> Pack:
    """The pack that the changed text describes."""
    return _loaded(changed(text, *changes))


@cache
def _loaded(text: str) -> Pack:
    return load_pack(text, "test")


def linted(text: str, *changes: tuple[str, str], law: Law | None = None) -> dict[str, LintFinding]:
    """The linter's findings by id."""
    return {one.id: one for one in lint(pack(text, *changes), CALENDAR, law)}
