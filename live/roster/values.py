"""What a roster says once it is read: streets, units, staff and incumbents of one county, typed and frozen.

Counts only: nobody appears here as a voter, and no ID number has a field.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from policies.pack.schema import Role
from policies.people import Body, Education, PartyStanding, Post, Sex
from policies.value import Value

CODE = r"^[A-Za-z0-9]{1,12}$"
"""Codes become part of workflow ids, `{election}-{street}-{unit}`: letters and digits only, so that a hyphen always separates."""
REFERENCE = r"^[A-Za-z0-9]{1,12}-[A-Za-z0-9]{1,12}$"
AREA = r"^([A-Za-z0-9]{1,12}(-[A-Za-z0-9]{1,12})?)?$"
MOST_LETTERS = 60
TEXT = r"^[^=+\-@＝＋－＠\s]"
"""A text's first character: none that a spreadsheet takes for the start of a formula."""
MOST = 10_000_000
MOST_SEATS = 99

Code = Annotated[str, Field(pattern=CODE)]
Text = Annotated[str, Field(pattern=TEXT, min_length=1, max_length=MOST_LETTERS)]
Count = Annotated[int, Field(ge=0, le=MOST)]
SeatCount = Annotated[int, Field(ge=1, le=MOST_SEATS)]
SeatsOfBody = Annotated[int, Field(ge=0, le=MOST_SEATS)]

WHOLE_AREA = ""
"""The scope of those who act for the whole district or county."""


class Street(Value):
    """One street (or town) of the county."""

    code: Code
    name: Text


class Unit(Value):
    """One community or village. Numbers are persons and households, as `workflows.messages.UnitBrief` has them.

    Figures of the three bodies are 0, those of the women's federation None, where the plan does not elect them.
    """

    street: Code
    code: Code  # unique within its street
    name: Text
    households: Count
    residents: Count
    difficult: bool
    party_members: Count = 0  # full members
    party_due: Count = 0  # of these, due to attend the members' meeting
    organizations: Count = 0  # entitled to send a representative
    party_seats: SeatsOfBody = 0
    residents_seats: SeatsOfBody = 0
    supervisory_seats: SeatsOfBody = 0
    voters: Count | None = None  # registered voters; None: not stated
    groups: Count | None = None  # these three only in a village, see `workflows.messages.VillageFigures`
    deputies: SeatCount | None = None
    women_seats: SeatCount | None = None
    federation_seats: SeatCount | None = None  # of the women's federation, its chair's among them
    adult_women: Count | None = None  # of eighteen and over
    pilot: bool = False  # one of the units that go first

    @property
    def reference(self) -> str:
        """How other sheets name this unit beyond doubt: `S01-U003`."""
        return f"{self.street}-{self.code}"


class Staff(Value):
    """One role that one person holds in one area; who holds several has several of these."""

    person: Code
    name: Text
    organization: Text
    role: Role
    scope: Annotated[str, Field(pattern=AREA)]  # WHOLE_AREA, a street's code, or a unit's reference


class Incumbent(Value):
    """One post held when the election begins; who holds several posts has several of these."""

    unit: Annotated[str, Field(pattern=REFERENCE)]
    body: Body
    post: Post
    name: Text
    sex: Sex
    born: date  # the first day of the month of birth
    education: Education | None = None
    standing: PartyStanding


class Roster(Value):
    """A county's roster, whole and consistent: every reference leads somewhere, every number is possible."""

    streets: tuple[Street, ...]
    units: tuple[Unit, ...]
    staff: tuple[Staff, ...] = ()
    incumbents: tuple[Incumbent, ...] = ()
