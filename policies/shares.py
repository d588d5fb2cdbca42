"""A share as a text words it: so many of which whole, the number itself included or not. Plans and laws both speak so."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from policies.value import Value


class Denominator(StrEnum):
    """What a share is taken of. Most real disputes are about a wrong one."""

    REGISTERED = "registered"
    DUE = "due"
    PRESENT = "present"
    CAST = "cast"
    VALID = "valid"
    REPRESENTATIVES = "representatives"
    HOUSEHOLDS = "households"  # 户代表
    SEATS = "seats"  # 应选名额, for a margin


class Threshold(Value):
    """A share as the plan words it. `inclusive` and `of` stay `missing` where the plan does not say."""

    text: Annotated[str, Field(min_length=1)]
    numerator: int = Field(ge=1)
    denominator: int = Field(ge=1)
    inclusive: bool | Literal["missing"]
    of: Denominator | Literal["missing"]
