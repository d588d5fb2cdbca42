"""Many districts, one journal: each district is rehearsed by itself, in this process or in several, then all are joined.

A district's lines are prepared where it runs and written to a file of its own; the parts are joined in the order of the
districts, numbered and chained. So the journal is the same for any number of processes, and memory does not grow with
the number of districts.
"""
