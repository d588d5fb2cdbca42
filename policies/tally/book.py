"""The tally book of one poll: its boxes, the summary sheet, the spellings merged, the warnings explained. A value: each step gives the next book.

A box's step reads `book.step(box, lambda tally: enter(…))`; what the step refuses, the book never holds.
"""

from collections.abc import Callable
from typing import Literal, Self

from pydantic import Field, model_validator

from policies.finding import Finding
from policies.lifecycles import BoxState
from policies.tally.box import BoxTally, Explanation, TallyRefused
from policies.tally.catalogue import entry_finding
from policies.tally.spellings import Merging
from policies.tally.values import SUMMARY, Poll
from policies.value import Value


class Book(Value):
    """Everything known of a poll's count. `format` changes when the shape does; `boxes` stand in the poll's order."""

    format: Literal[1] = 1
    poll: Poll
    boxes: tuple[BoxTally, ...] = Field(min_length=1)
    summary: BoxTally = BoxTally(box=SUMMARY)
    mergings: tuple[Merging, ...] = ()
    explanations: tuple[Explanation, ...] = ()  # of warnings about the merged poll

    @model_validator(mode="after")
    def _boxes_are_the_polls(self) -> Self:
        if tuple(each.box for each in self.boxes) != self.poll.box_names() or self.summary.box != SUMMARY:
            raise ValueError("the boxes are not those of the poll")
        return self

    @classmethod
    def begun(cls, poll: Poll) -> Self:
        """The book of a poll of which nothing is counted yet."""
        return cls(poll=poll, boxes=tuple(BoxTally(box=name) for name in poll.box_names()))

    def tally(self, box: str) -> BoxTally:
        """A box's tally, or the summary's. Raises TallyRefused (F.46)."""
        for each in (*self.boxes, self.summary):
            if each.box == box:
                return each
        known = "、".join((*self.poll.box_names(), SUMMARY))
        raise TallyRefused([entry_finding("F.46", {"box": box, "known": known}, figure=box)])

    def step(self, box: str, take: Callable[[BoxTally], BoxTally]) -> "Book":
        """The book after one step of a box. Raises what the step raises, and TallyRefused (F.46)."""
        after = take(self.tally(box))
        if box == SUMMARY:
            return self.model_copy(update={"summary": after})
        return self.model_copy(update={"boxes": tuple(after if each.box == box else each for each in self.boxes)})

    @property
    def waiting(self) -> tuple[str, ...]:
        """Boxes not accepted yet."""
        return tuple(each.box for each in self.boxes if each.state is not BoxState.ACCEPTED)


def refuse(findings: list[Finding]) -> None:
    """Raises TallyRefused when there is anything to refuse."""
    if findings:
        raise TallyRefused(findings)
