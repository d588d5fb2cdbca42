"""The rule book: each rule's id, text, clause and confidence stand once; linter, validators, handbook and pages read them here."""

from datetime import date
from enum import StrEnum

from policies.finding import Figure, Finding, Severity
from policies.value import Value


class Confidence(StrEnum):
    """How sure we are of a rule's text (see docs/glossary.md)."""

    VERIFIED = "V"  # the statute's full text was read
    PLAN = "P4"  # the source document itself: its fourth part, the street plan, where the rule's source names no other
    EXCERPT = "S"  # an excerpt or a template only
    GENERAL = "G"  # general knowledge, unverified
    TRANSCRIBED = "T"  # a third party's complete transcription, not compared with the gazette


class Law(StrEnum):
    """Which version of the two organic laws a rule belongs to; chosen by the poll's date."""

    OF_2018 = "2018"
    OF_2025 = "2025"


LAW_2025_IN_FORCE = date(2026, 1, 1)


def law_in_force(on: date) -> Law:
    """The organic laws' version in force on a date (both revised 2025-10-28, in force since 2026-01-01)."""
    return Law.OF_2025 if on >= LAW_2025_IN_FORCE else Law.OF_2018


class Rule(Value):
    """One rule of the procedure. `article` stays None where the clause has no verified article number: never invent one."""

    id: str
    title: str
    text: str
    on_failure: str
    source: str
    confidence: Confidence
    law_version: Law | None = None  # None: holds under both
    effective_from: date | None = None
    article: str | None = None
    national_floor: bool = False  # never weakened by a pack, never overridden
    enforced: tuple[str, ...] = ()  # where: "lint", "count", "checker", or a step id such as "party.assembly"

    def finding(
        self,
        message: str,
        *,
        value: Figure = None,
        limit: Figure = None,
        remedy: str | None = None,
        severity: Severity = Severity.ERROR,
        step: str | None = None,
        source: str | None = None,
    ) -> Finding:
        """A verdict of this rule; the remedy defaults to the rule's own consequence."""
        return Finding(
            rule=self.id,
            severity=severity,
            message=message,
            value=value,
            limit=limit,
            remedy=self.on_failure if remedy is None else remedy,
            source=source or self.source,
            step=step,
        )


BOOK: dict[str, Rule] = {}


def declare(rule: Rule) -> Rule:
    """Enter a rule into the book. Raises ValueError when its id is taken: one rule, one place."""
    if rule.id in BOOK:
        raise ValueError(f"rule {rule.id} is declared twice")
    BOOK[rule.id] = rule
    return rule


def blocking(findings: list[Finding]) -> list[Finding]:
    """The findings that refuse a decision."""
    return [finding for finding in findings if finding.blocks]
