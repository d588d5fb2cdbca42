"""A rule's verdict: what is wrong, by how much, how to mend it, and which clause says so."""

from enum import StrEnum

from policies.value import Value

Figure = int | str | None


class Severity(StrEnum):
    """How a finding binds: an error blocks, a warning asks for a person's eye, an info only explains."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Value):
    """One verdict of one rule. `message` is plain Chinese and already names the value, the limit and the remedy.

    `rule` is a stable rule id (P6, R4 …), `source` the clause, `value` the offending figure or date, `limit` what it
    should have been, `remedy` what to do about it, `step` the pack's step id where one is concerned.
    """

    rule: str
    severity: Severity
    message: str
    value: Figure = None
    limit: Figure = None
    remedy: str = ""
    source: str = ""
    step: str | None = None

    @property
    def blocks(self) -> bool:
        """True when the decision that caused this finding must be refused."""
        return self.severity is Severity.ERROR
