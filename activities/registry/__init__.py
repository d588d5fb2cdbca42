"""The registry on SQL: elections, journal, inbox, decisions, papers, people and tokens, on SQLite or PostgreSQL.

Start at `opening.py`. What must never be (a gate decided twice, a seat filled twice, a journal line changed) is held by the
database itself.
"""

from activities.registry.errors import RegistryError, RegistryUnavailableError
from activities.registry.model import Kind
from activities.registry.opening import Registry, create_registry, open_registry, opened_registry

__all__ = [
    "Kind",
    "Registry",
    "RegistryError",
    "RegistryUnavailableError",
    "create_registry",
    "open_registry",
    "opened_registry",
]
