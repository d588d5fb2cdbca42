"""The forms of a unit's preparation, one for each kind of act that a plan may have there. Shapes only, no rules.

`held_on` is the day of the act; figures are counts, persons appear by id and only where the procedure needs them.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from policies.preparation import (
    Cleaned,
    Colour,
    Contingency,
    Opinion,
    PostsList,
    Removal,
    RollMember,
    Signed,
    Trouble,
)
from policies.value import Value

Words = Annotated[str, Field(min_length=1, max_length=500)]
Count = Annotated[int, Field(ge=0)]


class HouseholdsSurveyed(Value):
    """Households asked at home, of those registered (Z4)."""

    kind: Literal["households_surveyed"] = "households_surveyed"
    held_on: date
    surveyed: Count
    document: Words


class SatisfactionReviewed(Value):
    """How the sitting committee is judged, circle by circle; counts only (Z5)."""

    kind: Literal["satisfaction_reviewed"] = "satisfaction_reviewed"
    held_on: date
    opinions: tuple[Opinion, ...]
    promises_checked: bool
    document: Words


class ReadinessAssessed(Value):
    """The unit's colour, and each difficulty with its plan (Z1, Z2). `watch` says what else is watched, if anything."""

    kind: Literal["readiness_assessed"] = "readiness_assessed"
    held_on: date
    colour: Colour
    troubles: tuple[Trouble, ...] = ()
    watch: str = ""
    document: Words


class RemovalInspected(Value):
    """Each open difficulty inspected: removed or not (Z2). Those not accepted stay open."""

    kind: Literal["removal_inspected"] = "removal_inspected"
    held_on: date
    removals: tuple[Removal, ...]


class CleanedUp(Value):
    """The clean-up actions carried out (Z3)."""

    kind: Literal["cleaned_up"] = "cleaned_up"
    held_on: date
    actions: tuple[Cleaned, ...]


class BothPostsListed(Value):
    """Which of the three lists the unit stands in, and how many persons that means (Z6)."""

    kind: Literal["both_posts_listed"] = "both_posts_listed"
    held_on: date
    standing: PostsList
    people: Count
    document: Words


class JointlySigned(Value):
    """A list signed by everybody who must, and filed with the county's organization department (Z7)."""

    kind: Literal["jointly_signed"] = "jointly_signed"
    held_on: date
    signatures: tuple[Signed, ...]
    filing: str


class Screened(Value):
    """One round of screening: who led it, how many entered, how many were struck (Z8)."""

    kind: Literal["screened"] = "screened"
    held_on: date
    lead: str
    entered: Count
    struck: Count
    document: Words


class ReservesListed(Value):
    """The list of those in reserve, as it was filed (Z10)."""

    kind: Literal["reserves_listed"] = "reserves_listed"
    held_on: date
    people: Count
    document: Words


class Trained(Value):
    """Who was due to be trained and who passed, by id or name (X5). The share is taken of those due."""

    kind: Literal["trained"] = "trained"
    held_on: date
    due: tuple[Words, ...]
    passed: tuple[Words, ...]
    by_meeting: bool  # 以会代训
    document: Words


class Audited(Value):
    """The leaving-office audit: when its result was published, and where (V24; None: not published)."""

    kind: Literal["audited"] = "audited"
    held_on: date
    published_on: date | None
    place: str
    document: Words


class ContingenciesPlanned(Value):
    """A plan for each risk (Z11)."""

    kind: Literal["contingencies_planned"] = "contingencies_planned"
    held_on: date
    plans: tuple[Contingency, ...]


class DoubleChecked(Value):
    """Election and disease prevention checked together: the two check lists' numbers and what became of the problems (Z13)."""

    kind: Literal["double_checked"] = "double_checked"
    held_on: date
    election_check: str
    prevention_check: str
    problems: Count
    mended: Count
    looked_again: Count


class LinkSigned(Value):
    """A link of the whole process, signed by everybody who supervises it (Z12)."""

    kind: Literal["link_signed"] = "link_signed"
    held_on: date
    signatures: tuple[Signed, ...]


class RollMade(Value):
    """The roll of Party members with a vote, by name (P3)."""

    kind: Literal["roll_made"] = "roll_made"
    held_on: date
    members: tuple[RollMember, ...]


PreparationForm = (
    HouseholdsSurveyed
    | SatisfactionReviewed
    | ReadinessAssessed
    | RemovalInspected
    | CleanedUp
    | BothPostsListed
    | JointlySigned
    | Screened
    | ReservesListed
    | Trained
    | Audited
    | ContingenciesPlanned
    | DoubleChecked
    | LinkSigned
    | RollMade
)
