"""The registry's schema, version by version, as Alembic migrations; run by `activities/registry/schema.py`, never by hand.

A new version is a module in `versions/` named after its number, and `schema.HEAD` raised to it. A released one is frozen: it
says what was done to registries that exist. `tests/activities/registry/test_schema.py` holds the sum of all versions to be
exactly the model, on both databases. Going back is by restoring a backup.
"""
