"""Shares and means as published: integers only, what they are taken of named, what is not stated kept apart from zero."""

from pydantic import Field

from policies.value import Value


def rounded(numerator: int, denominator: int) -> int:
    """The nearest integer to a fraction of whole numbers ≥ 0, halves up. Raises ZeroDivisionError for a denominator of 0."""
    return (2 * numerator + denominator) // (2 * denominator)


def tenths(figure: int) -> str:
    """A number of tenths as people write it: 409 is 40.9, -40 is -4.0."""
    sign, size = ("-" if figure < 0 else ""), abs(figure)
    return f"{sign}{size // 10}.{size % 10}"


class Share(Value):
    """`part` of `whole`, both counted in `of`; `not_stated` more are in neither: nobody knows on which side they belong."""

    part: int = Field(ge=0)
    whole: int = Field(ge=0)
    of: str
    not_stated: int = Field(0, ge=0)

    @property
    def permille(self) -> int | None:
        """The share in tenths of a percent, halves up; None where there is nothing to take a share of."""
        return rounded(1000 * self.part, self.whole) if self.whole else None

    @property
    def text(self) -> str:
        """Such as 71.5%（143/200，另有3未注明）; 无 where there is nothing to take a share of."""
        unknown = f"，另有{self.not_stated}未注明" if self.not_stated else ""
        if self.permille is None:
            return f"无{unknown.replace('，另有', '（')}）" if unknown else "无"
        return f"{tenths(self.permille)}%（{self.part}/{self.whole}{unknown}）"


class Mean(Value):
    """A mean of whole years over `count` persons; `not_stated` more have no date of birth on record."""

    total: int
    count: int = Field(ge=0)
    not_stated: int = Field(0, ge=0)

    @property
    def tenths(self) -> int | None:
        """The mean in tenths of a year, halves up; None where nobody's age is known."""
        return rounded(10 * self.total, self.count) if self.count else None

    @property
    def text(self) -> str:
        """Such as 40.9岁; 无 where nobody's age is known."""
        return "无" if self.tenths is None else f"{tenths(self.tenths)}岁"
