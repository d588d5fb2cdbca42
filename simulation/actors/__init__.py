"""Actors for every role: what they hand in, when they get round to it, and where they have to queue."""

from simulation.actors.cast import Cast, FalseBlock
from simulation.actors.queues import QueueStatistics

__all__ = ["Cast", "FalseBlock", "QueueStatistics"]
