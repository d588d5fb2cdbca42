"""A figure as a sheet states it: a number, 「约 300」, or nothing; and what can be concluded from figures known only in part.

Not stated, nought and about are three things: only a number is a number. Whatever compares figures compares the spans in
which they can lie, so that nothing is called wrong that a missing figure could still make right.
"""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import Field, Strict

from policies.value import Value

Whole = Annotated[int, Strict(), Field(ge=0)]


class About(Value):
    """A figure somebody estimated: 「约 300」. It is shown, and never reckoned with."""

    about: Whole

    def __str__(self) -> str:
        return f"约 {self.about}"


Stated = Whole | About | None
"""A figure on a sheet; None: not stated."""


def exact(figure: Stated) -> int | None:
    """The number; None for what is not stated or only estimated."""
    return figure if isinstance(figure, int) else None


def said(figure: Stated) -> str:
    """The figure as people read it."""
    return "未填" if figure is None else str(figure)


class Span(NamedTuple):
    """Where a figure lies: from `low` to `high`, both included; `high` None has no end."""

    low: int
    high: int | None

    @property
    def known(self) -> int | None:
        """The number, where there is only one left."""
        return self.low if self.low == self.high else None

    def times(self, n: int) -> "Span":
        """The span of n times the figure (n ≥ 0)."""
        return Span(self.low * n, None if self.high is None else self.high * n)

    def less(self, other: "Span") -> "Span":
        """The span of a difference that cannot be below 0."""
        low = 0 if other.high is None else max(0, self.low - other.high)
        return Span(low, None if self.high is None else max(0, self.high - other.low))


def span(figure: Stated) -> Span:
    """A number is one point; anything else can be anything from 0."""
    number = exact(figure)
    return Span(0, None) if number is None else Span(number, number)


def added(spans: Iterable[Span]) -> Span:
    """The span of a sum."""
    low, high = 0, 0
    endless = False
    for each in spans:
        low += each.low
        endless = endless or each.high is None
        high += each.high or 0
    return Span(low, None if endless else high)
