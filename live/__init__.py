"""A county for real: the same workflows on a Temporal server, with workers, a roster and reports."""
