"""What one bench passes on to the next: an inventory in four parts, and the three who sign for it."""

from datetime import date
from typing import Annotated

from pydantic import Field

from policies.people import Labelled
from policies.value import Value

Line = Annotated[str, Field(min_length=1, max_length=200)]
MOST = 10**12


class Part(Labelled):
    """The four parts of a handover; their Chinese names are what `HandedOver.items` lists (三（二）2（6）)."""

    SEAL = "seal", "公章"
    PROPERTY = "property", "公共财产"
    ACCOUNTS = "accounts", "财务账目"
    FILES = "files", "档案资料"


class Signer(Labelled):
    """Who signs a handover list."""

    OUTGOING = "outgoing", "移交人"
    INCOMING = "incoming", "接收人"
    SUPERVISOR = "supervisor", "监交人"


class Entry(Value):
    """One line of the inventory. A part of which there is nothing has a line with quantity 0 and says why in `note`."""

    part: Part
    name: Line
    quantity: int = Field(ge=0, le=MOST)
    unit: Line  # 枚, 件, 元, 册 …
    note: str = Field("", max_length=200)


class HandoverSignature(Value):
    """One signature under the list: as whom, by name, on which day."""

    signer: Signer
    name: Line
    signed_on: date
