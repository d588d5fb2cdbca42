"""Closing an election: the figures that are published before and after, the handover, the archive. Pure values and rules."""
