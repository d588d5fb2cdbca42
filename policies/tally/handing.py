"""From a finished tally book to what a direct vote's gate is told: the whole, every box, the common count, and who entered what.

A box whose few ballots were counted among another's (W.13) is in the book as part of that one; here both state papers only
and the book's figures are the common count.
"""

from collections.abc import Iterator, Mapping

from policies.finding import Finding
from policies.form.values import BoxPapers, Candidate, ResultForm
from policies.rules.village.mixing import MIXED
from policies.tally.book import Book, refuse
from policies.tally.box import BoxTally
from policies.tally.catalogue import entry_finding
from policies.tally.figures import exact
from policies.tally.forms import form_of
from policies.tally.merge import entrant_of, figures_of
from policies.tally.result import judge
from policies.tally.spellings import Merging, spelled_together
from policies.tally.telling import BoxTelling, TellerEntry
from policies.tally.values import BoxKind, BoxSheet, Poll, Purpose
from policies.value import Value


class HandedIn(Value):
    """A direct vote as counted: what the officers hand in. `boxes` by name, in the poll's order."""

    form: ResultForm
    declared: tuple[str, ...]
    proxies: int
    roving_boxes: int
    boxes: tuple[tuple[str, ResultForm | BoxPapers], ...]
    mixed: ResultForm | None
    tellings: tuple[BoxTelling, ...]


def handed_in(book: Book, mixed: Mapping[str, BoxPapers] | None = None) -> HandedIn:
    """The book's outcome as a gate asks for it. `mixed`: by name the boxes counted among the main venue's, and their papers.

    Raises TallyRefused (F.53: several kinds of ballot, no election, not final; F.54: papers that the venue cannot contain).
    """
    poll, result, mixed = book.poll, judge(book), dict(mixed or {})
    refuse(list(_not_to_be_handed_in(book)))
    kind = result.kinds[0]
    mergings = tuple(each for each in book.mergings if each.kind == kind.kind)
    venue = next((box.name for box in poll.boxes if box.kind is BoxKind.VENUE), poll.boxes[0].name)
    forms = {box.box: _spelled(poll, box.sheet, kind.kind, mergings) for box in book.boxes if box.sheet is not None}
    refuse(_not_contained(forms[venue], venue, mixed, poll))
    boxes: dict[str, ResultForm | BoxPapers] = {**forms, **mixed}
    if mixed:
        boxes[venue] = _rest(forms[venue], mixed)
    return HandedIn(
        form=kind.form,
        declared=kind.verdict.elected if kind.verdict is not None else (),
        proxies=sum(exact(box.sheet.by_proxy) or 0 for box in book.boxes if box.sheet is not None),
        roving_boxes=sum(box.kind is BoxKind.ROVING for box in poll.boxes),
        boxes=tuple(boxes.items()),
        mixed=forms[venue] if mixed else None,
        tellings=tuple(
            telling
            for box in book.boxes
            for telling in _tellings(poll, box, MIXED if mixed and box.box == venue else box.box, kind.kind, mergings)
        ),
    )


def _not_to_be_handed_in(book: Book) -> Iterator[Finding]:
    reasons = (
        (book.poll.purpose is not Purpose.ELECTION, f"这是{book.poll.purpose.label}，不是选举"),
        (len(book.poll.kinds) > 1, "各职务分别用票，而直接选举环节的报告单是各职务同票"),
        (not judge(book).final, "计票还没有完成（huanjie tally result）"),
    )
    for holds, why in reasons:
        if holds:
            yield entry_finding("F.53", {"why": why}, figure=why)


def _not_contained(form: ResultForm, venue: str, mixed: Mapping[str, BoxPapers], poll: Poll) -> list[Finding]:
    known = [f"{name}已在计票簿中单独计票" for name in mixed if name in poll.box_names()]
    figures = dict(figures_of(form))
    over = [
        f"各箱{label}合计 {parts}，多于{venue}的 {figures.get(path)}"
        for label, path, parts in (
            ("参加投票", "present", sum(box.present for box in mixed.values())),
            ("发出选票", "ballots.issued", sum(box.issued for box in mixed.values())),
            ("收回选票", "ballots.collected", sum(box.collected for box in mixed.values())),
        )
        if parts > (figures.get(path) or 0)
    ]
    return [entry_finding("F.54", {"why": why}, figure=why) for why in (*known, *over)]


def _rest(form: ResultForm, mixed: Mapping[str, BoxPapers]) -> BoxPapers:
    """What the venue itself had of the common count."""
    figures = dict(figures_of(form))
    return BoxPapers(
        present=(figures["present"] or 0) - sum(box.present for box in mixed.values()),
        issued=(figures["ballots.issued"] or 0) - sum(box.issued for box in mixed.values()),
        collected=(figures["ballots.collected"] or 0) - sum(box.collected for box in mixed.values()),
    )


def _tellings(poll: Poll, box: BoxTally, name: str, kind: str, mergings: tuple[Merging, ...]) -> Iterator[BoxTelling]:
    assert box.sheet is not None, "judged final"
    accepted = _spelled(poll, box.sheet, kind, mergings)
    for count in box.counts:
        entries = [(entry.teller, _spelled(poll, entry.sheet, kind, mergings)) for entry in count.entries]
        yield BoxTelling(
            box=name,
            entries=tuple(TellerEntry(teller=who, form=None if form == accepted else form) for who, form in entries),
        )


def _spelled(poll: Poll, sheet: BoxSheet, kind: str, mergings: tuple[Merging, ...]) -> ResultForm:
    """The box's form with every spelling counted for the person meant, even where nobody wrote the name that way."""
    form = form_of(poll, sheet, kind)
    known = {entrant_of(each) for each in form.candidates}
    meant = {each.target: each for each in mergings if each.target not in known}
    rows = tuple(Candidate(name=each.into, votes=0, post=each.post, write_in=True) for each in meant.values())
    return spelled_together(form.model_copy(update={"candidates": (*form.candidates, *rows)}), mergings)
