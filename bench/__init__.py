"""Measures as ratios within one run, never as timed tests: `python -m bench`, one JSON line a measure."""
