"""Where and by whom a direct vote is taken: stations, staff, proxies and roving boxes, as the law has them published."""

from datetime import date

from pydantic import Field

from policies.people import Labelled
from policies.rules.village.boxes import BoxReason
from policies.value import Value


class Station(Value):
    """One place to vote: its box has the same id. The main venue is a station too."""

    id: str = Field(min_length=1)
    place: str = Field(min_length=1)
    secret_booths: int = Field(ge=0)  # 秘密写票处


class Duty(Labelled):
    """What a member of the staff does on the poll day."""

    MONITOR = "monitor", "监票人"
    TELLER = "teller", "计票人"
    CALLER = "caller", "唱票人"
    ISSUER = "issuer", "发票人"
    SCRIBE = "scribe", "代书人"


class Staff(Value):
    """One member of the staff, by person id, and the station or roving box served."""

    person: str
    name: str
    duty: Duty
    box: str = ""


class Relation(Labelled):
    """What a proxy's holder is to the voter who is away."""

    NEAR_RELATIVE = "near_relative", "近亲属"
    VILLAGER = "villager", "其他村民"


class Proxy(Value):
    """One voter's written proxy to another (person ids): both names are published by law, no choice is."""

    principal: str
    principal_name: str
    holder: str
    holder_name: str
    relation: Relation
    written: bool = True
    received_on: date


class RovingBox(Value):
    """A box carried to named voters: why, to whom (person ids), watched by whom, on whose approval (a document number)."""

    id: str = Field(min_length=1)
    reason: BoxReason
    users: tuple[str, ...]
    monitors: tuple[str, ...]
    approval: str = ""
