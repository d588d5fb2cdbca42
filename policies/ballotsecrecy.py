"""How many ballots it takes until a count tells nobody's choice: one floor for every place where boxes are counted."""

FEWEST_COUNTED_APART = 30
"""Ballots. No text gives a number; ours is set by what a unanimous box would tell of each of its users.

Where nine voters in ten choose the same name, ten ballots are all alike one time in three (0.9^10 = 0.35) and thirty one
time in twenty-four (0.9^30 = 0.04). Fewer are mixed with others before they are counted.
"""
