"""A share as the norms word it, made into a number of persons or votes, and the quorum of each way of voting."""

from policies.law.norms import Norms
from policies.pack.schema import PollMode, Threshold
from policies.rules.polls import Share


def needed(share: Threshold, whole: int) -> int:
    """The smallest number that reaches the share of `whole`; where it is not said whether the share counts, it does not."""
    return Share(share.numerator, share.denominator, inclusive=share.inclusive is True).needed(whole)


def quorum_of(mode: PollMode, norms: Norms) -> Threshold | None:
    """The share of those entitled that must vote, for voters, households' delegates or residents' delegates."""
    match mode:
        case PollMode.VOTERS:
            return norms.quorum
        case PollMode.HOUSEHOLDS:
            return norms.quorum_households
        case PollMode.REPRESENTATIVES:
            return norms.quorum_delegates
        case _:
            return None
