"""Who may not sit together (X1), found by a small walk over declared kinship: the checker's own reading of the rule.

Spouses; lineal kin; collateral kin within three generations (siblings, uncles and aunts, cousins); close in-laws (a
spouse's parents and siblings, a child's or a sibling's spouse). Wider readings are for people, not for an invariant.
"""

from collections.abc import Iterable, Mapping
from typing import Any

UP, DOWN, SIBLING, SPOUSE = range(4)


class Kin:
    """Declared kinship of one unit's people, by id."""

    __slots__ = ("_known", "_links")

    def __init__(self) -> None:
        self._links: dict[str, tuple[list[str], list[str], list[str], list[str]]] = {}
        self._known: dict[str, dict[str, str]] = {}

    def declare(self, links: Iterable[Mapping[str, Any]]) -> None:
        """Take in declarations: `a` is the `relation` of `b`."""
        for link in links:
            self._known.clear()
            a, b, relation = link["a"], link["b"], link["relation"]
            if relation == "spouse":
                self._join(a, b, SPOUSE, SPOUSE)
            elif relation == "sibling":
                self._join(a, b, SIBLING, SIBLING)
            else:
                self._join(a, b, DOWN, UP)

    def _join(self, a: str, b: str, there: int, back: int) -> None:
        for one, other, way in ((a, b, there), (b, a, back)):
            links = self._links.get(one)
            if links is None:
                links = self._links[one] = ([], [], [], [])
            if other not in links[way]:
                links[way].append(other)

    def _go(self, people: Iterable[str], way: int) -> set[str]:
        return {other for one in people if one in self._links for other in self._links[one][way]}

    def _siblings(self, people: set[str]) -> set[str]:
        return self._go(people, SIBLING) | self._go(self._go(people, UP), DOWN)

    def barred(self, person: str) -> dict[str, str]:
        """Everybody who may not sit with this person, by id, with the relation in Chinese."""
        if person not in self._links:
            return {}
        known = self._known.get(person)
        if known is None:
            known = self._known[person] = self._barred(person)
        return known

    def near(self, person: str) -> set[str]:
        """Near relatives (近亲属): spouse, parents, children, siblings, grandparents, grandchildren."""
        one = {person}
        up, down = self._go(one, UP), self._go(one, DOWN)
        found = self._go(one, SPOUSE) | self._siblings(one) | up | down | self._go(up, UP) | self._go(down, DOWN)
        return found - one

    def _barred(self, person: str) -> dict[str, str]:
        one = {person}
        spouses, siblings = self._go(one, SPOUSE), self._siblings(one)
        found: dict[str, str] = {}

        def enter(people: Iterable[str], relation: str) -> None:
            for other in people:
                found.setdefault(other, relation)

        enter(spouses, "夫妻")
        for way in (UP, DOWN):
            seen, level = {person}, one
            while level := self._go(level, way) - seen:
                enter(level, "直系血亲")
                seen |= level
        parents, children = self._go(one, UP), self._go(one, DOWN)
        uncles = self._siblings(parents)
        enter(siblings, "三代以内旁系血亲")
        enter(uncles, "三代以内旁系血亲")
        enter(self._go(uncles, DOWN), "三代以内旁系血亲")
        enter(self._go(siblings, DOWN), "三代以内旁系血亲")
        enter(self._go(spouses, UP), "近姻亲")
        enter(self._siblings(spouses), "近姻亲")
        enter(self._go(children, SPOUSE), "近姻亲")
        enter(self._go(siblings, SPOUSE), "近姻亲")
        found.pop(person, None)
        return found
