"""Where commits go: one protocol, memory now, SQL with the live counties."""

from activities.stores.memory import MemoryStore
from activities.stores.protocol import Entry, Store

__all__ = ["Entry", "MemoryStore", "Store"]
