"""What a count answers: whether the poll is valid, who is elected, what comes next, and on which denominators."""

from enum import StrEnum
from typing import Any

from policies.finding import Finding
from policies.form.problems import FORM_PROBLEMS
from policies.rules.polls import Whole
from policies.value import Value


class NextStep(StrEnum):
    """What has to follow the poll; None in a verdict when nothing has."""

    REVOTE_TIED = "revote_tied"
    REVOTE_VOID = "revote_void"  # posts whose own kind of ballot is void, the others standing
    FURTHER_VOTE = "further_vote"
    NEW_POLL = "new_poll"


class Denominator(Value):
    """A fraction that was applied: `needed` is the smallest number reaching `share` of `figure` (None: not stated)."""

    of: Whole
    label: str
    figure: int | None
    share: str
    inclusive: bool
    needed: int | None


class Quorum(Denominator):
    """The fraction that makes a poll valid; `reached` is how many took part."""

    reached: int | None


class Denominators(Value):
    """The fractions applied: quorum, majority (round 1, and the Party's every round), or a further vote's third."""

    quorum: Quorum | None = None
    majority: Denominator | None = None
    further: Denominator | None = None


class Recall(Value):
    """The answer to one vote on recalling members: `removed` got the votes, `kept` did not, both by name as on the form.

    `valid` is None when it cannot be decided (`missing` names the figures wanted) or the form contradicts itself.
    """

    valid: bool | None
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    denominators: Denominators = Denominators()
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Verdict(Value):
    """The answer to one form.

    `valid` is None when it cannot be decided (`missing` names the figures wanted) or the form contradicts itself
    (`unusable`). `elected` holds names by rank of post, then votes; `open_seats` is None while the seats are unknown or
    the verdict is; nobody is elected unless `valid` is true.
    """

    valid: bool | None
    elected: tuple[str, ...] = ()
    open_seats: int | None = None
    next: NextStep | None = None
    tied: tuple[str, ...] = ()
    denominators: Denominators = Denominators()
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    kinds: tuple["KindVerdict", ...] = ()  # posts voted on apart: each kind of ballot by itself, the higher post first

    @property
    def void_posts(self) -> tuple[str, ...]:
        """Posts whose kind of ballot is void while another's stands: they are voted on anew."""
        if not self.valid:
            return ()
        return tuple(post for each in self.kinds if each.verdict.valid is False for post in each.posts)

    def needed(self, post: str) -> int | None:
        """Votes that elect to a post; None where it is not known, or the post's kind of ballot is void."""
        own = next((each.verdict for each in self.kinds if post in each.posts), self)
        share = own.denominators.further or own.denominators.majority
        return None if own.valid is False or share is None else share.needed

    @property
    def unusable(self) -> bool:
        """True when the form could not be read or contradicts itself: no law was asked."""
        return self.valid is None and any(each.blocks and each.rule in FORM_PROBLEMS for each in self.findings)

    def answer(self) -> dict[str, Any]:
        """The verdict as plain data for JSON, with exactly the keys other programs rely on."""
        plain = self.model_dump(mode="json", exclude={"denominators"})
        shares = self.denominators
        applied = {"quorum": shares.quorum, "majority": shares.majority, "further": shares.further}
        named = {name: share.model_dump(mode="json") for name, share in applied.items() if share is not None}
        keys = ("valid", "elected", "open_seats", "next", "tied", "denominators", "missing", "findings")
        answer = {key: named if key == "denominators" else plain[key] for key in keys}
        return answer | ({"kinds": {each.kind: each.verdict.answer() for each in self.kinds}} if self.kinds else {})


class KindVerdict(Value):
    """The answer for one kind of ballot where posts are voted on apart, and the posts on it."""

    kind: str
    posts: tuple[str, ...]
    verdict: Verdict
