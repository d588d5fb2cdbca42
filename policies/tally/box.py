"""One ballot box through its count: two independent entries, corrections with both versions, recounts, warnings explained, acceptance.

Each count of a box is entered twice by two different people; what they enter is compared cell by cell. Once a box has been
counted again, it is accepted only when two consecutive counts give the same figures. Nothing is overwritten: a box remembers
every count, every entry and every correction with who and why. Every step either gives the box after it or is refused with
all reasons.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pydantic import Field

from policies.clock import Instant
from policies.finding import Finding
from policies.lifecycles import BOX, BoxState, BoxTrigger, advance
from policies.names import unspaced
from policies.tally.catalogue import entry_finding
from policies.tally.checks import sheet_findings
from policies.tally.correcting import ABSENT, Cell, corrected, in_words
from policies.tally.values import BoxSheet, Poll, Reason, Word
from policies.value import Value


class TallyRefused(Exception):  # noqa: N818 - named for what happened, as a reader of a procedure would say it
    """A step of the tally is not allowed as it stands; `findings` lists every reason."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))


class Correction(Value):
    """One cell put right: both versions stay. `absent` where a write-in had, or is to have, no row."""

    cell: str
    was: Cell
    now: Cell
    by: Word
    why: Reason
    at: Instant


class Entry(Value):
    """What one teller entered, as it was entered, and what he has put right since."""

    teller: Word
    at: Instant
    entered: BoxSheet
    corrections: tuple[Correction, ...] = ()

    @property
    def sheet(self) -> BoxSheet:
        """The sheet as it stands now."""
        sheet = self.entered
        for each in self.corrections:
            sheet = corrected(sheet, each.cell, each.now)
        return sheet


class Count(Value):
    """One count of the box, entered once or twice."""

    entries: tuple[Entry, ...] = Field(default=(), max_length=2)

    @property
    def sheet(self) -> BoxSheet | None:
        """The figures that both entries give; None while there are not two, or they differ."""
        if len(self.entries) < 2 or differences(self.entries[0].sheet, self.entries[1].sheet):
            return None
        return self.entries[0].sheet


class Explanation(Value):
    """Why a warning may stand, by name. It answers what the warning said then: other figures ask anew."""

    rule: str
    message: str
    by: Word
    why: Reason
    at: Instant


class Recount(Value):
    """The order to count a box again."""

    by: Word
    why: Reason
    at: Instant


class Acceptance(Value):
    """Who accepted the figures of which count (from 1), and when."""

    count: int
    by: Word
    at: Instant


class BoxTally(Value):
    """A box with everything that has happened to it, oldest first."""

    box: Word
    state: BoxState = BoxState.COUNTING
    counts: tuple[Count, ...] = (Count(),)
    recounts: tuple[Recount, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()

    @property
    def current(self) -> Count:
        """The count going on, or the last one."""
        return self.counts[-1]

    @property
    def sheet(self) -> BoxSheet | None:
        """The accepted figures; None before acceptance and while the box is counted again."""
        return self.current.sheet if self.state is BoxState.ACCEPTED else None


class Difference(NamedTuple):
    """A cell in which two sheets are unlike."""

    cell: str
    first: Cell
    second: Cell

    def __str__(self) -> str:
        return f"{self.cell}：{in_words(self.first)} / {in_words(self.second)}"


def differences(first: BoxSheet, second: BoxSheet) -> list[Difference]:
    """Every cell in which they are unlike, in the first one's order; nought, not stated, about and no row all differ."""
    one: dict[str, Cell] = dict(first.cells())
    other: dict[str, Cell] = dict(second.cells())
    return [
        Difference(cell, one.get(cell, ABSENT), other.get(cell, ABSENT))
        for cell in {**one, **other}
        if one.get(cell, ABSENT) != other.get(cell, ABSENT)
    ]


# ---------------------------------------------------------------- steps


def enter(poll: Poll, tally: BoxTally, sheet: BoxSheet, *, teller: str, at: Instant) -> BoxTally:
    """The first or the second entry of the count going on. Raises TallyRefused (F.41, F.44, F.48), ForbiddenTransition."""
    entries = tally.current.entries
    refused = named(teller, "录入人")
    if same_name(teller, [each.name for kind in poll.kinds for each in kind.printed]):
        refused.append(entry_finding("F.48", {"teller": teller}, figure=teller))
    if len(entries) == 1 and same_name(teller, [entries[0].teller]):
        words = {"box": tally.box, "teller": entries[0].teller}
        refused.append(entry_finding("F.41", words, figure=teller))
    if refused:
        raise TallyRefused(refused)
    entry = Entry(teller=teller, at=at, entered=sheet)
    if tally.state is BoxState.COUNTING:
        return _with_entries(tally, (entry,), advance(BOX, tally.state, BoxTrigger.ENTER))
    if tally.state is not BoxState.ENTERED_ONCE:
        advance(BOX, tally.state, BoxTrigger.ENTER)  # refuses, saying what can be done instead
    return _compared(tally, (*entries, entry))


def correct(tally: BoxTally, cell: str, *, was: Cell, now: Cell, by: str, why: str, at: Instant) -> BoxTally:
    """One cell of the entry that `by` made, put right; after it the two entries are compared afresh.

    Raises TallyRefused (F.42–F.45), ForbiddenTransition.
    """
    if tally.state in (BoxState.COUNTING, BoxState.ACCEPTED):
        advance(BOX, tally.state, BoxTrigger.AGREE)  # refuses, saying what can be done instead
    refused = [*named(by, "更正人"), *named(why, "更正理由")]
    entries = tally.current.entries
    place = next((place for place, entry in enumerate(entries) if same_name(by, [entry.teller])), None)
    if place is None:
        tellers = "、".join(entry.teller for entry in entries)
        refused.append(entry_finding("F.43", {"box": tally.box, "tellers": tellers, "by": by}, figure=by))
    else:
        refused += _cell_problems(tally.box, entries[place].sheet, cell, was, now)
    if refused or place is None:
        raise TallyRefused(refused)
    made = Correction(cell=cell, was=was, now=now, by=by, why=why, at=at)
    mended = entries[place].model_copy(update={"corrections": (*entries[place].corrections, made)})
    after = (*entries[:place], mended, *entries[place + 1 :])
    return _compared(tally, after) if len(after) == 2 else _with_entries(tally, after, tally.state)


def explain(poll: Poll, tally: BoxTally, rule: str, *, by: str, why: str, at: Instant) -> BoxTally:
    """Why the warnings of one number may stand. Raises TallyRefused (F.44, F.45: there is no such warning now)."""
    said = explanations(unexplained(poll, tally), tally.box, rule, by=by, why=why, at=at)
    return tally.model_copy(update={"explanations": (*tally.explanations, *said)})


def explanations(
    waiting: Sequence[Finding], where: str, rule: str, *, by: str, why: str, at: Instant
) -> tuple[Explanation, ...]:
    """One for each warning of that number. Raises TallyRefused (F.44, F.45)."""
    answered = [each for each in waiting if each.rule == rule]
    refused = [*named(by, "说明人"), *named(why, "说明")]
    if not answered:
        known = "、".join(dict.fromkeys(each.rule for each in waiting)) or "没有待说明的提醒"
        refused.append(entry_finding("F.45", {"box": where, "cell": rule, "known": known}, figure=rule))
    if refused:
        raise TallyRefused(refused)
    return tuple(Explanation(rule=rule, message=each.message, by=by, why=why, at=at) for each in answered)


def unanswered(found: Iterable[Finding], said: Iterable[Explanation]) -> list[Finding]:
    """Warnings that nobody has explained as they read now."""
    answered = {(each.rule, each.message) for each in said}
    return [each for each in found if not each.blocks and (each.rule, each.message) not in answered]


def recount(tally: BoxTally, *, by: str, why: str, at: Instant) -> BoxTally:
    """The box is counted and entered afresh; what was counted before stays. Raises TallyRefused (F.44), ForbiddenTransition."""
    refused = [*named(by, "决定人"), *named(why, "重新清点的理由")]
    if refused:
        raise TallyRefused(refused)
    return tally.model_copy(
        update={
            "state": advance(BOX, tally.state, BoxTrigger.RECOUNT),
            "counts": (*tally.counts, Count()),
            "recounts": (*tally.recounts, Recount(by=by, why=why, at=at)),
        }
    )


def accept(poll: Poll, tally: BoxTally, *, by: str, at: Instant) -> BoxTally:
    """The agreed figures are the box's. Raises TallyRefused (every error, F.44, F.47, F.49), ForbiddenTransition."""
    state = advance(BOX, tally.state, BoxTrigger.ACCEPT)
    refused = [*named(by, "确认人"), *(each for each in findings(poll, tally) if each.blocks), *consecutive(tally)]
    open_now = unexplained(poll, tally)
    if open_now:
        numbers = "、".join(dict.fromkeys(each.rule for each in open_now))
        refused.append(entry_finding("F.49", {"box": tally.box, "numbers": numbers}, figure=numbers))
    if refused:
        raise TallyRefused(refused)
    accepted = Acceptance(count=len(tally.counts), by=by, at=at)
    return tally.model_copy(update={"state": state, "acceptances": (*tally.acceptances, accepted)})


# ---------------------------------------------------------------- questions


def findings(poll: Poll, tally: BoxTally) -> list[Finding]:
    """Errors and warnings of the figures on which both entries agree; empty while they do not."""
    sheet = tally.current.sheet
    return [] if sheet is None else sheet_findings(poll, sheet)


def unexplained(poll: Poll, tally: BoxTally) -> list[Finding]:
    """Warnings that nobody has answered as they read now."""
    return unanswered(findings(poll, tally), tally.explanations)


def consecutive(tally: BoxTally) -> list[Finding]:
    """F.47: a box that was counted again agrees with the count before; a count never agreed upon agrees with nothing."""
    sheet = tally.current.sheet
    if len(tally.counts) == 1 or sheet is None:
        return []
    before = tally.counts[-2].sheet
    unlike = ["上一次清点两次录入未取得一致"] if before is None else [str(each) for each in differences(before, sheet)]
    if not unlike:
        return []
    words = {"box": tally.box, "cells": "；".join(unlike)}
    return [entry_finding("F.47", words, figure=len(unlike), bound=0)]


# ---------------------------------------------------------------- parts


def _compared(tally: BoxTally, entries: tuple[Entry, ...]) -> BoxTally:
    unlike = differences(entries[0].sheet, entries[1].sheet)
    return _with_entries(tally, entries, advance(BOX, tally.state, BoxTrigger.DIFFER if unlike else BoxTrigger.AGREE))


def _with_entries(tally: BoxTally, entries: tuple[Entry, ...], state: BoxState) -> BoxTally:
    return tally.model_copy(update={"state": state, "counts": (*tally.counts[:-1], Count(entries=entries))})


def _cell_problems(box: str, sheet: BoxSheet, cell: str, was: Cell, now: Cell) -> list[Finding]:
    cells: dict[str, Cell] = dict(sheet.cells())
    try:
        corrected(sheet, cell, now)
    except KeyError:
        words = {"box": box, "cell": cell, "known": "、".join(cells)}
        return [entry_finding("F.45", words, figure=cell)]
    stands = cells.get(cell, ABSENT)
    if stands == was:
        return []
    words = {"box": box, "cell": cell, "now": in_words(stands), "was": in_words(was)}
    return [entry_finding("F.42", words, figure=in_words(was), bound=in_words(stands))]


def named(text: str, what: str) -> list[Finding]:
    """F.44: a name or a reason that is not given."""
    return [] if text.strip() else [entry_finding("F.44", {"what": what}, figure=what)]


def same_name(name: str, others: Iterable[str]) -> bool:
    """Whether the name is one of the others: 张 三 is 张三."""
    return unspaced(name) in {unspaced(other) for other in others}
