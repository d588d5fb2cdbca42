"""A roll's entries that need a look: one line of a register with where else the person stands. Nothing here joins a voter to a
choice.

A village's whole roll is a figure; only who came from elsewhere, stands on two rolls, or was objected to is an entry of his
own (《村民委员会组织法》（2018）第十三条、（2025）第十六条).
"""

from policies.rules.village.register import Entry
from policies.rules.village.register import VoterKind as VoterKind


class RollEntry(Entry):
    """One line of a register (see `Entry`); `elsewhere`: other villages or communities on whose rolls the person stands."""

    elsewhere: tuple[str, ...] = ()

    def lines(self) -> tuple[Entry, ...]:
        """The line here and one for each place elsewhere, as the two-place check compares them (V4)."""
        here = Entry(**self.model_dump(exclude={"elsewhere"}))
        return (here, *(here.model_copy(update={"unit": place}) for place in self.elsewhere))
