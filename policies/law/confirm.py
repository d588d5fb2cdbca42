"""A person of the county vouches, once, for each value that nobody compared with the gazette: who, when, for exactly which words.

A confirmation holds for the value with its article and words, whatever pack uses it; once any of them changes it no longer does.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from policies.finding import Finding
from policies.law.compose import Composition
from policies.law.layer import Stated
from policies.law.terms import TERMS, shown
from policies.rule import Confidence
from policies.rules.layers import CONFIRMED
from policies.value import Value

Words = Annotated[str, Field(min_length=1)]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Confirmation(Value):
    """One value vouched for. `compared_with` names what it was compared with (公报的期号、页码)."""

    layer: Words
    norm: Words
    sha256: Fingerprint
    by: Words
    on: date
    compared_with: Words


class Confirmations(Value):
    """What a county keeps: every confirmation, in the order they were given."""

    format: Literal[1] = 1
    confirmations: tuple[Confirmation, ...] = ()

    def unconfirmed(self, composition: Composition) -> tuple[Stated, ...]:
        """The transcribed values that bind and that nobody has vouched for as they stand, in the order of the norms."""
        vouched = {(one.layer, one.norm, one.sha256) for one in self.confirmations}
        return tuple(
            stated
            for stated in to_confirm(composition)
            if (stated.layer, stated.norm, fingerprint(stated)) not in vouched
        )

    def adding(self, stated: Iterable[Stated], *, by: str, on: date, compared_with: str) -> "Confirmations":
        """These and a confirmation of each of the values."""
        added = tuple(
            Confirmation(
                layer=one.layer, norm=one.norm, sha256=fingerprint(one), by=by, on=on, compared_with=compared_with
            )
            for one in stated
        )
        return self.model_copy(update={"confirmations": (*self.confirmations, *added)})


def to_confirm(composition: Composition) -> tuple[Stated, ...]:
    """The values that bind and were only transcribed (confidence T)."""
    return tuple(one for one in composition.binding.values() if one.confidence is Confidence.TRANSCRIBED)


def fingerprint(stated: Stated) -> str:
    """SHA-256 (hex) of a value with its article, words and date: what a person has vouched for."""
    return sha256(stated.model_dump_json(exclude={"note", "title", "level"}).encode()).hexdigest()


def unconfirmed_findings(composition: Composition, confirmations: Confirmations) -> list[Finding]:
    """L2: one finding for every transcribed value that binds without a confirmation."""
    found = []
    for stated in confirmations.unconfirmed(composition):
        term = TERMS[stated.norm]
        message = f"{term.label}（{shown(term, stated.value)}，{stated.place}）出自转录文本，尚未有人与公报核对确认。"
        found.append(CONFIRMED.finding(message, value=shown(term, stated.value), limit="确认", source=stated.source))
    return found
