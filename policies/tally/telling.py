"""How the figures of a poll's form came about: every count of every box, entered by two people apart; asked where the plan says so.

Two entries of one count must agree, and a box counted again must agree with the count before it. A form repeats no figure:
an entry states figures only where they are not those of the box, so that what agrees is two names.
"""

from collections.abc import Collection, Mapping, Sequence

from pydantic import Field

from policies.finding import Finding
from policies.form.values import ResultForm
from policies.tally.box import same_name
from policies.tally.catalogue import entry_finding
from policies.tally.figures import said
from policies.tally.merge import figure_label, figures_of
from policies.tally.values import Word
from policies.value import Value


class TellerEntry(Value):
    """What one person entered of one count; `form` None: the very figures that the box's form states."""

    teller: Word
    form: ResultForm | None = Field(None, exclude_if=lambda form: form is None)


class BoxTelling(Value):
    """One count of one box (its name as on the form; 混合计票 for the common count), and who entered it."""

    box: Word
    entries: tuple[TellerEntry, ...] = Field(max_length=2)


def told_by_two(
    tellings: Sequence[BoxTelling], counts: Mapping[str, ResultForm], candidates: Collection[str]
) -> list[Finding]:
    """F.41, F.46 to F.48, F.50 to F.52: the counts of each box, in their order, bear out its figures.

    `counts`: the form of every box by name; `candidates`: the names printed, who enter nothing. A box counted once needs
    that count's two entries alike; a box counted again needs its last two counts alike. Earlier counts may say anything.
    """
    known = "、".join(counts)
    found = [
        entry_finding("F.46", {"box": each.box, "known": known}, figure=each.box)
        for each in tellings
        if each.box not in counts
    ]
    for box, form in counts.items():
        own = [each for each in tellings if each.box == box]
        found += _one_box(box, form, own or [BoxTelling(box=box, entries=())], candidates)
    return found


def _one_box(box: str, form: ResultForm, counts: Sequence[BoxTelling], candidates: Collection[str]) -> list[Finding]:
    found = []
    last_two = list(enumerate(counts, 1))[-2:]
    for number, count in last_two:
        found += _one_count(box, number, form, count, candidates)
    if found:
        return found
    *before, last = [count.entries[0].form or form for _, count in last_two]
    if unlike := _unlike(last, form):
        found.append(entry_finding("F.52", {"box": box, "cells": "；".join(unlike)}, figure=len(unlike), bound=0))
    for earlier in before:
        if unlike := _unlike(earlier, last):
            found.append(entry_finding("F.47", {"box": box, "cells": "；".join(unlike)}, figure=len(unlike), bound=0))
    return found


def _one_count(
    box: str, number: int, form: ResultForm, count: BoxTelling, candidates: Collection[str]
) -> list[Finding]:
    entries = count.entries
    found = [
        entry_finding("F.48", {"teller": each.teller}, figure=each.teller)
        for each in entries
        if same_name(each.teller, candidates)
    ]
    if len(entries) < 2:
        words = {"box": box, "count": number, "entries": len(entries)}
        return [*found, entry_finding("F.50", words, figure=len(entries), bound=2)]
    first, second = entries
    if same_name(first.teller, [second.teller]):
        found.append(entry_finding("F.41", {"box": box, "teller": first.teller}, figure=second.teller))
    if unlike := _unlike(first.form or form, second.form or form):
        words = {"box": box, "first": first.teller, "second": second.teller, "cells": "；".join(unlike)}
        found.append(entry_finding("F.51", words, figure=len(unlike), bound=0))
    return found


def _unlike(first: ResultForm, second: ResultForm) -> list[str]:
    """Every figure in which two forms differ, with both figures; who is not on a form has no vote there."""
    one, other = dict(figures_of(first)), dict(figures_of(second))
    return [
        f"{figure_label(first, key)}：{said(one.get(key, absent))} / {said(other.get(key, absent))}"
        for key in {**one, **other}
        for absent in [None if isinstance(key, str) else 0]
        if one.get(key, absent) != other.get(key, absent)
    ]
