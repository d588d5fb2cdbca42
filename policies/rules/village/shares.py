"""A share as the norms word it, made into a number of persons or votes."""

from policies.pack.schema import Threshold
from policies.rules.polls import Share


def needed(share: Threshold, whole: int) -> int:
    """The smallest number that reaches the share of `whole`; where it is not said whether the share counts, it does not."""
    return Share(share.numerator, share.denominator, inclusive=share.inclusive is True).needed(whole)
