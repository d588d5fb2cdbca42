"""The rule book's chapters, one module per concern; `load` finds a new one here or below without being told."""

import re
from importlib import import_module
from pkgutil import walk_packages

from policies.rule import BOOK, Rule

_FAMILIES = (
    "PVRSX"  # Party, village, residents, supervisory, what holds for all; others follow in the order of their ids
)


def load() -> tuple[Rule, ...]:
    """Import every module of this package, so that the book is full, and return its rules in reading order: P1 … X5.

    Raises what a broken module raises: a book with a missing chapter would be worse than none.
    """
    for module in sorted(module.name for module in walk_packages(__path__, f"{__name__}.")):
        import_module(module)
    return tuple(sorted(BOOK.values(), key=lambda rule: _place(rule.id)))


def _place(rule: str) -> tuple[int, str, list[int], str]:
    """Sort P2 before P10, and R25-8 before R25-18."""
    family = re.match(r"\D*", rule)[0]  # type: ignore[index]
    position = _FAMILIES.find(family) if len(family) == 1 else -1
    return (
        position if position >= 0 else len(_FAMILIES),
        family,
        [int(number) for number in re.findall(r"\d+", rule)],
        rule,
    )
