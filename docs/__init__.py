"""Documents for people; `python -m docs.generate` writes those that are generated from the code."""
