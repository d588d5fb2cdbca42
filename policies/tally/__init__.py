"""Counting by several tellers: boxes counted apart, entered twice, checked by number, merged and only then judged."""

from policies.tally.merge import CannotMerge, merge, sum_problems

__all__ = ["CannotMerge", "merge", "sum_problems"]
