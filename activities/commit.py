"""The one activity of a step: everything it changes, written together. Delivered at least once, written exactly once."""

from temporalio import activity

from activities.notices import notice
from activities.stores.protocol import Store
from workflows.facts import Commit
from workflows.journalling import COMMIT


class Ledger:
    """The activities, bound to a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @activity.defn(name=COMMIT)
    async def commit(self, commit: Commit) -> None:
        """Write the commit; a repeated delivery changes nothing. At once, on the loop: for stores in memory."""
        self.write(commit)

    def write(self, commit: Commit) -> None:
        """Write the commit with its papers, rendered where the store keeps them. Blocks as long as the store does."""
        self.store.apply(commit, (notice(commit, request) for request in commit.papers))
