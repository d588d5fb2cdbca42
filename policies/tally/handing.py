"""From a finished tally book to what a direct vote's gate is told: the whole, every box, the common count, and who entered what.

A box whose few ballots were counted among another's (W.13) is in the book as part of that one; here both state papers only
and the book's figures are the common count.
"""

from collections.abc import Iterator, Mapping

from policies.finding import Finding
from policies.form.problems import label_of
from policies.form.values import (
    ONE_BALLOT,
    Ballots,
    BoxPapers,
    BoxPapersByKind,
    Candidate,
    KindPapers,
    KindSheets,
    Mixed,
    ResultForm,
)
from policies.rules.village.mixing import MIXED
from policies.tally.book import Book, refuse
from policies.tally.box import BoxTally
from policies.tally.catalogue import entry_finding
from policies.tally.figures import exact
from policies.tally.forms import form_of
from policies.tally.merge import entrant_of
from policies.tally.result import Result, judge
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
    boxes: tuple[tuple[str, ResultForm | Mixed], ...]
    mixed: ResultForm | None
    tellings: tuple[BoxTelling, ...]


def handed_in(book: Book, mixed: Mapping[str, Mixed] | None = None) -> HandedIn:
    """The book's outcome as a gate asks for it. `mixed`: by name the boxes counted among the main venue's, and their papers.

    Where posts were voted on apart the forms have the papers of each kind of ballot. Raises TallyRefused (F.53: no
    election, not final, one post on two kinds; F.54: papers that the venue cannot contain).
    """
    poll, result, mixed = book.poll, judge(book), dict(mixed or {})
    refuse(list(_not_to_be_handed_in(book, result)))
    form = _whole(poll, {kind.kind: kind.form for kind in result.kinds})
    venue = next((box.name for box in poll.boxes if box.kind is BoxKind.VENUE), poll.boxes[0].name)
    forms = {box.box: _spelled(book, box.sheet) for box in book.boxes if box.sheet is not None}
    refuse(_not_contained(forms[venue], venue, mixed, poll))
    boxes: dict[str, ResultForm | Mixed] = {**forms, **mixed}
    if mixed:
        boxes[venue] = _rest(forms[venue], mixed)
    return HandedIn(
        form=form,
        declared=_declared(form, result),
        proxies=sum(exact(box.sheet.by_proxy) or 0 for box in book.boxes if box.sheet is not None),
        roving_boxes=sum(box.kind is BoxKind.ROVING for box in poll.boxes),
        boxes=tuple(boxes.items()),
        mixed=forms[venue] if mixed else None,
        tellings=tuple(
            telling
            for box in book.boxes
            for telling in _tellings(book, box, MIXED if mixed and box.box == venue else box.box)
        ),
    )


def _whole(poll: Poll, forms: Mapping[str, ResultForm]) -> ResultForm:
    """One form of all kinds of ballot, in the poll's order: the papers of each kind apart, the persons once."""
    first, *others = (forms[kind.name] for kind in poll.kinds)
    if not others:
        return first
    kinds = tuple(
        KindPapers(kind=kind.name, posts=tuple(kind.seats), ballots=forms[kind.name].ballots or Ballots())
        for kind in poll.kinds
    )
    return first.model_copy(
        update={
            "ballots": None,
            "kinds": kinds,
            "seats": {post: n for form in (first, *others) for post, n in form.seats_by_post().items()},
            "candidates": tuple(each for form in (first, *others) for each in form.candidates),
        }
    )


def _declared(form: ResultForm, result: Result) -> tuple[str, ...]:
    """Who is elected, the higher post first, then by votes."""
    elected = {kind.kind: () if kind.verdict is None else kind.verdict.elected for kind in result.kinds}
    order = [part.kind for part in form.parts()] if form.kinds else list(elected)
    return tuple(name for kind in order for name in elected[kind])


def _not_to_be_handed_in(book: Book, result: Result) -> Iterator[Finding]:
    posts = [post for kind in book.poll.kinds for post in kind.seats]
    twice = "、".join(dict.fromkeys(post for post in posts if posts.count(post) > 1))
    reasons = (
        (book.poll.purpose is not Purpose.ELECTION, f"这是{book.poll.purpose.label}，不是选举"),
        (bool(twice), f"“{twice}”印在不止一种选票上"),
        (not result.final, "计票还没有完成（huanjie tally result）"),
    )
    for holds, why in reasons:
        if holds:
            yield entry_finding("F.53", {"why": why}, figure=why)


def _not_contained(form: ResultForm, venue: str, mixed: Mapping[str, Mixed], poll: Poll) -> list[Finding]:
    known = [f"{name}已在计票簿中单独计票" for name in mixed if name in poll.box_names()]
    kinds = sorted(part.kind for part in form.parts())
    unlike = [
        f"{name}的选票种类应为{'、'.join(kinds)}，与计票簿相同"
        if kinds != [ONE_BALLOT]
        else f"{name}按选票种类填写，而各职务同票"
        for name, box in mixed.items()
        if sorted(part.kind for part in box.parts()) != kinds
    ]
    if unlike:
        return [entry_finding("F.54", {"why": why}, figure=why) for why in (*known, *unlike)]
    over = [
        f"各箱{_label(form, path)}合计 {parts}，多于{venue}的 {figure}"
        for path, figure, parts in _shared(form, mixed)
        if parts > figure
    ]
    return [entry_finding("F.54", {"why": why}, figure=why) for why in (*known, *over)]


def _label(form: ResultForm, path: str) -> str:
    return label_of(form, path).removesuffix("人数").removesuffix("数")


def _shared(form: ResultForm, mixed: Mapping[str, Mixed]) -> Iterator[tuple[str, int, int]]:
    """Each figure of the venue's that boxes mixed in have a part of: its path, the venue's, theirs together."""
    yield "present", form.present or 0, sum(box.present for box in mixed.values())
    for part in form.parts():
        theirs = [one for box in mixed.values() for one in box.parts() if one.kind == part.kind]
        for name in ("issued", "collected"):
            whole = getattr(part.form.ballots or Ballots(), name) or 0
            yield part.named(f"ballots.{name}"), whole, sum(getattr(one, name) for one in theirs)


def _rest(form: ResultForm, mixed: Mapping[str, Mixed]) -> Mixed:
    """What the venue itself had of the common count."""
    left = {path: whole - theirs for path, whole, theirs in _shared(form, mixed)}
    sheets = [
        KindSheets(
            kind=part.kind,
            issued=left[part.named("ballots.issued")],
            collected=left[part.named("ballots.collected")],
        )
        for part in form.parts()
    ]
    if form.kinds:
        return BoxPapersByKind(present=left["present"], kinds=tuple(sheets))
    return BoxPapers(present=left["present"], issued=sheets[0].issued, collected=sheets[0].collected)


def _tellings(book: Book, box: BoxTally, name: str) -> Iterator[BoxTelling]:
    assert box.sheet is not None, "judged final"
    accepted = _spelled(book, box.sheet)
    for count in box.counts:
        entries = [(entry.teller, _spelled(book, entry.sheet)) for entry in count.entries]
        yield BoxTelling(
            box=name,
            entries=tuple(TellerEntry(teller=who, form=None if form == accepted else form) for who, form in entries),
        )


def _spelled(book: Book, sheet: BoxSheet) -> ResultForm:
    """The box's form of all kinds, every spelling counted for the person meant, even where nobody wrote the name that way."""
    kinds = [kind.name for kind in book.poll.kinds]
    own = {kind: tuple(each for each in book.mergings if each.kind == kind) for kind in kinds}
    return _whole(book.poll, {kind: _kind_spelled(book.poll, sheet, kind, own[kind]) for kind in kinds})


def _kind_spelled(poll: Poll, sheet: BoxSheet, kind: str, mergings: tuple[Merging, ...]) -> ResultForm:
    form = form_of(poll, sheet, kind)
    known = {entrant_of(each) for each in form.candidates}
    meant = {each.target: each for each in mergings if each.target not in known}
    rows = tuple(Candidate(name=each.into, votes=0, post=each.post, write_in=True) for each in meant.values())
    return spelled_together(form.model_copy(update={"candidates": (*form.candidates, *rows)}), mergings)
