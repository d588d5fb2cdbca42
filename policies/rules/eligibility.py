"""Where the book finds the rules about persons: X1 stands in policies.kinship, X2 and X3 in policies.eligibility."""

from policies.eligibility import X2, X3
from policies.kinship import X1

__all__ = ["X1", "X2", "X3"]
