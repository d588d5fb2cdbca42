"""The roll of a direct vote: the kinds of voters, and the entries that need a look. Nothing here joins a voter to a choice.

A village's whole roll is a figure; only who came from elsewhere, stands on two rolls, or was objected to is an entry of his
own (《村民委员会组织法》（2018）第十三条、（2025）第十六条).
"""

from datetime import date

from pydantic import Field

from policies.people import Labelled
from policies.value import Value


class VoterKind(Labelled):
    """On which ground somebody is registered."""

    RESIDENT = "resident", "户籍在本地并居住（社区含常住居民）"
    AWAY = "away", "户籍在本地、不在本地居住"
    OUTSIDER = "outsider", "户籍不在本地"
    RELATED = "related", "与本村有婚姻、权益等联系的人员"


class RollEntry(Value):
    """One line of a roll that needed a look: who votes here and why, and never how. None is "not stated".

    `person` is the county-wide id, `unit` the village. Months are full months up to the poll day. `asked`: wishes to vote here
    (AWAY), or has applied (OUTSIDER, RELATED). `agreed`: assembly or representatives have consented. `confirmed`: the election
    committee has. `elsewhere`: other villages or communities on whose rolls the person stands.
    """

    person: str
    name: str
    unit: str
    kind: VoterKind
    born: date | None = None
    months_lived: int | None = Field(None, ge=0)
    months_worked: int | None = Field(None, ge=0)
    asked: bool | None = None
    agreed: bool | None = None
    confirmed: bool | None = None
    died: date | None = None
    deprived: bool = False  # of political rights
    incapable: bool = False
    elsewhere: tuple[str, ...] = ()
