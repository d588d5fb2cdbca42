"""Shares of a whole, in integers only: 「以上」 includes the number, 「超过／过半数」 excludes it (民法典 第1259条); and sums of what is stated."""

from collections.abc import Iterable


def more_than(share: tuple[int, int], whole: int) -> int:
    """Smallest integer strictly greater than `share` (numerator, denominator) of `whole`: more_than((1, 2), 50) == 26."""
    numerator, denominator = share
    return whole * numerator // denominator + 1


def at_least(share: tuple[int, int], whole: int) -> int:
    """Smallest integer not below `share` (numerator, denominator) of `whole`: at_least((4, 5), 37) == 30."""
    numerator, denominator = share
    return -(-whole * numerator // denominator)


def total(figures: Iterable[int | None]) -> int | None:
    """The sum; None as soon as one part is not stated."""
    parts = list(figures)
    return None if None in parts else sum(n for n in parts if n is not None)
