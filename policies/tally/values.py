"""A poll as it is counted in several boxes: what is printed on its ballots, and one sheet of figures for each box.

Every kind of ballot (chair, deputies, members) has counts of its own. The roll is three numbers by kind, and who came, who
voted by proxy and how many ballots there were are others: none stands for another. Counts only: nothing here knows a voter.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from policies.form.values import Body, LawYear, Mode, Sex
from policies.law.norms import SurplusVoids
from policies.names import unspaced
from policies.people import Labelled
from policies.rules.polls import Whole as Denominator
from policies.tally.catalogue import LABELS
from policies.tally.figures import Stated, Whole
from policies.value import Value

Word = Annotated[str, Field(min_length=1, max_length=60, pattern="^[^/]+$")]  # "/" parts the name of a cell
Reason = Annotated[str, Field(max_length=500)]

SUMMARY = "汇总表"
"""The name under which the stated total of all boxes is entered, like a box of its own."""

WHOLE_POLL = "全场"
"""The name under which warnings about the merged poll are explained."""


class Purpose(Labelled):
    """What is voted on; quorum and majority of an election hold for a recall too, for a recommendation neither."""

    ELECTION = "election", "选举"
    RECALL = "recall", "罢免"
    RECOMMENDATION = "recommendation", "推荐"


class RollKind(Labelled):
    """Which people a roll counts; the label is the figure's own."""

    ENTITLED = "entitled", LABELS["entitled"]
    REGISTERED = "registered", LABELS["registered"]
    DUE = "due", LABELS["due"]


ROLLS_OF: dict[Denominator, tuple[RollKind, ...]] = {
    Denominator.REGISTERED: (RollKind.REGISTERED,),
    Denominator.DUE: (RollKind.DUE,),
    Denominator.REPRESENTATIVES: (RollKind.DUE, RollKind.REGISTERED),
    Denominator.HOUSEHOLDS: (RollKind.DUE, RollKind.REGISTERED),
}
"""The rolls on which each denominator of a quorum may be read; a roll of another kind is not the figure asked for."""


class BoxKind(Labelled):
    """Where a box stood."""

    VENUE = "venue", "中心会场"
    STATION = "station", "投票站"
    ROVING = "roving", "流动票箱"


class Box(Value):
    """A ballot box by the name on its sheet."""

    name: Word
    kind: BoxKind = BoxKind.STATION


class Printed(Value):
    """A person printed on a ballot, for one of its posts."""

    name: Word
    post: Word
    sex: Sex | None = None


class BallotKind(Value):
    """One kind of ballot paper: its name (主任票), seats by post (None: not stated) and who is printed on it."""

    name: Word
    seats: Annotated[dict[Word, Whole | None], Field(min_length=1)]
    printed: tuple[Printed, ...] = ()


class Poll(Value):
    """What is the same for every box. `rolls` are the whole poll's, in persons, for boxes without rolls of their own.

    `surplus_voids` is the province's: whether ballots beyond the voters are looked at in all or box by box; None: not known.
    """

    title: Word
    body: Body
    mode: Mode
    law: LawYear
    date: dt.date | None = None
    purpose: Purpose = Purpose.ELECTION
    round: Literal[1, 2] = 1
    rolls: dict[RollKind, Whole] = Field(default_factory=dict)
    boxes: Annotated[tuple[Box, ...], Field(min_length=1)]
    kinds: Annotated[tuple[BallotKind, ...], Field(min_length=1)]
    surplus_voids: SurplusVoids | None = None

    @property
    def by_ballot(self) -> bool:
        """Whether ballot papers were used."""
        return self.mode is not Mode.SHOW_OF_HANDS

    def kind(self, name: str) -> BallotKind:
        """The kind of ballot of that name. Raises KeyError."""
        return {each.name: each for each in self.kinds}[name]

    def box_names(self) -> tuple[str, ...]:
        """Every box, in the poll's order."""
        return tuple(box.name for box in self.boxes)


class Row(Value):
    """One person on one box's sheet of one kind of ballot. `against` and `abstain` where ballots ask for them."""

    name: Word
    post: Word
    votes: Stated = None
    against: Stated = None
    abstain: Stated = None
    write_in: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Post and name without blanks: 王 五 is also typed 王五."""
        return self.post, unspaced(self.name)


class KindSheet(Value):
    """One box's figures of one kind of ballot, in papers. `blank` is counted inside `valid`: it abstains."""

    kind: Word
    received: Stated = None
    issued: Stated = None
    unused: Stated = None
    collected: Stated = None
    valid: Stated = None
    invalid: Stated = None
    blank: Stated = None
    rows: tuple[Row, ...] = ()


class BoxSheet(Value):
    """One box's sheet: persons by roll, who came, who voted by proxy, and the figures of each kind of ballot."""

    box: Word
    entitled: Stated = None
    registered: Stated = None
    due: Stated = None
    in_person: Stated = None
    by_proxy: Stated = None
    present: Stated = None
    kinds: tuple[KindSheet, ...] = ()

    def cells(self) -> Iterator[tuple[str, Stated]]:
        """Every figure with the name of its cell, in the sheet's order: ("主任票/收回选票数", 50), …"""
        for field in BOX_FIELDS:
            yield LABELS[field], getattr(self, field)
        for sheet in self.kinds:
            for field in KIND_FIELDS:
                yield f"{sheet.kind}/{LABELS[field]}", getattr(sheet, field)
            for row in sheet.rows:
                for field in ROW_FIELDS:
                    yield cell_of(sheet.kind, row, field), getattr(row, field)


BOX_FIELDS = ("entitled", "registered", "due", "in_person", "by_proxy", "present")
KIND_FIELDS = ("received", "issued", "unused", "collected", "valid", "invalid", "blank")
ROW_FIELDS = ("votes", "against", "abstain")


def cell_of(kind: str, row: Row, field: str) -> str:
    """The name of a person's cell: 主任票/主任/张三/得票数, whatever blanks stand in the name."""
    post, name = row.key
    return f"{kind}/{post}/{name}/{LABELS[field]}"


def blank_sheet(poll: Poll, box: str) -> BoxSheet:
    """A box's sheet before anything is entered: everything printed stands on it, nothing is stated."""
    kinds = tuple(
        KindSheet(kind=kind.name, rows=tuple(Row(name=each.name, post=each.post) for each in kind.printed))
        for kind in poll.kinds
    )
    return BoxSheet(box=box, kinds=kinds)
