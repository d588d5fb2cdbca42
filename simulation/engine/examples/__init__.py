"""Runnable examples: `python -m simulation.engine.examples.<name>`."""
