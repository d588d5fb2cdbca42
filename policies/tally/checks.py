"""Holds one sheet against the catalogue: the one interpreter of its balances, and the few checks that are no balance.

A balance is broken only if it is broken however the unstated figures were filled in; what the box's figures contradict as a
result form (F.2xx) is asked there and said here for each kind of ballot.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policies.ballotsecrecy import FEWEST_COUNTED_APART
from policies.finding import Finding
from policies.form import contradictions
from policies.form.values import Candidate, Mode
from policies.names import unspaced
from policies.tally.catalogue import CATALOGUE, LABELS, Balance, Relation, Scope, entry_finding
from policies.tally.figures import About, Stated, added, exact, said, span
from policies.tally.forms import form_of
from policies.tally.values import (
    BOX_FIELDS,
    KIND_FIELDS,
    ROW_FIELDS,
    SUMMARY,
    BoxSheet,
    KindSheet,
    Poll,
    Purpose,
    Row,
    cell_of,
)

NO_PROXY = frozenset({Mode.MEMBERS, Mode.PLENARY, Mode.REPRESENTATIVES, Mode.SHOW_OF_HANDS})
"""Modes in which nobody votes for another (P9, R5; community 2025 article 19)."""

Figures = Mapping[str, Stated]


def sheet_findings(poll: Poll, sheet: BoxSheet) -> list[Finding]:
    """Everything wrong or doubtful about one sheet, errors first: F.01–F.06, F.2xx, W.01–W.13."""
    found = [*_structure(poll, sheet), *_balances(poll, sheet), *_form_contradictions(poll, sheet)]
    if not any(each.rule in ("F.05", "F.06") for each in found):
        found += [*_unusable_figures(poll, sheet), *_unlike_issues(sheet)]
    found += _too_few_to_hide(poll, sheet)
    for kind in sheet.kinds:
        found += similar_names(_where(sheet, kind.kind), kind.rows)
    return sorted(found, key=lambda finding: not finding.blocks)


def holds(balance: Balance, figures: Figures) -> bool:
    """Whether the balance holds, or could once the missing figures are filled in."""
    left, right = (
        added(span(figures.get(term.field)).times(term.times) for term in side)
        for side in (balance.left, balance.right)
    )
    too_much = right.high is not None and left.low > right.high
    too_little = left.high is not None and right.low > left.high
    return not too_much and (balance.relation is Relation.AT_MOST or not too_little)


# ---------------------------------------------------------------- balances


def _balances(poll: Poll, sheet: BoxSheet) -> Iterator[Finding]:
    places = list(_places(sheet))
    for number, entry in CATALOGUE.items():
        if not isinstance(entry.formula, Balance) or not _asked(number, poll):
            continue
        for scope, where, figures in places:
            if scope is entry.scope and not holds(entry.formula, figures):
                yield _broken(number, entry.formula, _where(sheet, where), figures)


def _places(sheet: BoxSheet) -> Iterator[tuple[Scope, str, Figures]]:
    """Everything that a balance can be asked of, with the figures that it sees there: its own and those around it."""
    own = _of(sheet, BOX_FIELDS)
    yield Scope.BOX, "", own
    for kind in sheet.kinds:
        around = {**own, "present": _present(sheet), **_of(kind, KIND_FIELDS)}
        yield Scope.KIND, kind.kind, around
        for row in kind.rows:
            yield Scope.ROW, f"{kind.kind}/{row.post}/{row.name}", {**around, **_of(row, ROW_FIELDS)}


def _asked(number: str, poll: Poll) -> bool:
    """Whether a balance concerns this kind of poll at all."""
    if number == "W.08":
        return poll.mode in NO_PROXY
    if number == "W.07":
        return poll.mode not in NO_PROXY
    return True


def _broken(number: str, balance: Balance, where: str, figures: Figures) -> Finding:
    words = {field: said(figures.get(field)) for field in LABELS}
    left = added(span(figures.get(term.field)).times(term.times) for term in balance.left)
    right = added(span(figures.get(term.field)).times(term.times) for term in balance.right)
    bound = right.low if right.high is None else right.high
    return entry_finding(number, words, where=where, figure=left.low, bound=bound)


def _of(value: BoxSheet | KindSheet | Row, fields: Iterable[str]) -> dict[str, Stated]:
    return {field: getattr(value, field) for field in fields}


def _present(sheet: BoxSheet) -> Stated:
    """Persons voting as stated, or as those who came and their proxies add up."""
    if exact(sheet.present) is not None:
        return sheet.present
    parts = added(map(span, (sheet.in_person, sheet.by_proxy)))
    return sheet.present if parts.known is None else parts.known


def _where(sheet: BoxSheet, inner: str) -> str:
    return f"{sheet.box}/{inner}" if inner else sheet.box


# ---------------------------------------------------------------- what is no balance


def _structure(poll: Poll, sheet: BoxSheet) -> Iterator[Finding]:
    printed, filled = [each.name for each in poll.kinds], [each.kind for each in sheet.kinds]
    unlike = [f"缺“{name}”" for name in printed if name not in filled]
    unlike += [f"多“{name}”" for name in filled if name not in printed]
    unlike += [f"“{name}”不止一份" for name in dict.fromkeys(filled) if filled.count(name) > 1]
    if unlike:
        yield entry_finding("F.05", {"names": "、".join(unlike)}, where=sheet.box, figure="、".join(unlike))
    for kind in sheet.kinds:
        if kind.kind not in printed:
            continue
        names = _unlike_rows(poll, kind)
        if names:
            named = "、".join(names)
            yield entry_finding("F.06", {"names": named}, where=_where(sheet, kind.kind), figure=named)
        keys = [row.key for row in kind.rows]
        for post, name in dict.fromkeys(key for key in keys if keys.count(key) > 1):
            where = _where(sheet, kind.kind)
            yield entry_finding("F.16", {"name": f"{post}{name}", "box": "这里"}, where=where, figure=name)


def _unlike_rows(poll: Poll, sheet: KindSheet) -> list[str]:
    kind = poll.kind(sheet.kind)
    due = {(each.post, unspaced(each.name)) for each in kind.printed}
    names = [f"{post}{name}（漏列）" for post, name in sorted(due - {row.key for row in sheet.rows})]
    for row in sheet.rows:
        if row.post not in kind.seats:
            names.append(f"{row.name}（没有职务“{row.post}”）")
        elif row.write_in and poll.purpose is Purpose.RECALL:
            names.append(f"{row.name}（罢免票上没有另选他人）")
        elif row.write_in == (row.key in due):
            names.append(f"{row.name}（{'印在选票上，不是另选他人' if row.write_in else '没有印在选票上'}）")
    return names


def _form_contradictions(poll: Poll, sheet: BoxSheet) -> Iterator[Finding]:
    """F.2xx of the box's own form, for each kind; what only the whole poll can have (seats, names at all) is left to it."""
    for kind in sheet.kinds:
        if all(kind.kind != each.name for each in poll.kinds):
            continue
        for finding in contradictions(form_of(poll, sheet, kind.kind)):
            if finding.rule not in _WHOLE_POLL:
                yield finding.model_copy(update={"message": f"“{_where(sheet, kind.kind)}”：{finding.message}"})


_WHOLE_POLL = frozenset({"F.202", "F.209", "F.210", "F.211", "F.212"})
"""What a form says of mode, seats and list: the poll's head is asked once, and F.16 names who stands twice."""


def _unusable_figures(poll: Poll, sheet: BoxSheet) -> Iterator[Finding]:
    figures = dict(sheet.cells())
    needed = _needed(poll, sheet)
    about = [cell for cell in needed if isinstance(figures[cell], About)]
    unstated = [cell for cell in needed if figures[cell] is None]
    if exact(_present(sheet)) is None:
        (about if isinstance(sheet.present, About) else unstated).insert(0, LABELS["present"])
    for number, cells in (("W.09", about), ("W.10", unstated)):
        if cells:
            named = "、".join(cells)
            yield entry_finding(number, {"cells": named}, where=sheet.box, figure=named)


def _needed(poll: Poll, sheet: BoxSheet) -> list[str]:
    """Cells that should be filled in: the papers of each kind and the votes of each person."""
    papers = ("issued", "collected", "valid", "invalid") if poll.by_ballot else ()
    cells = []
    for kind in sheet.kinds:
        cells += [f"{kind.kind}/{LABELS[field]}" for field in papers]
        cells += [cell_of(kind.kind, row, "votes") for row in kind.rows]
    return cells


def _too_few_to_hide(poll: Poll, sheet: BoxSheet) -> Iterator[Finding]:
    """W.13: a secret ballot stays secret only in a box with enough others."""
    present = exact(_present(sheet))
    alone = len(poll.boxes) > 1 and sheet.box != SUMMARY and poll.by_ballot
    if alone and present is not None and 0 < present < FEWEST_COUNTED_APART:
        words = {"present": present}
        yield entry_finding("W.13", words, where=sheet.box, figure=present, bound=FEWEST_COUNTED_APART)


def _unlike_issues(sheet: BoxSheet) -> Iterator[Finding]:
    issued = {kind.kind: exact(kind.issued) for kind in sheet.kinds}
    stated = {name: n for name, n in issued.items() if n is not None}
    if len(set(stated.values())) > 1:
        values = "、".join(f"{name} {n} 张" for name, n in stated.items())
        yield entry_finding("W.12", {"values": values}, where=sheet.box, figure=values)


def similar_names(where: str, rows: Sequence[Row | Candidate]) -> Iterator[Finding]:
    """W.11: written-in names that look like another name for the same post."""
    for place, row in enumerate(rows):
        for other in rows[:place]:
            if (row.write_in or other.write_in) and row.post == other.post and _alike(row.name, other.name):
                words = {"name": row.name, "other": other.name}
                yield entry_finding("W.11", words, where=where, figure=row.name)


def _alike(name: str, other: str) -> bool:
    """One letter of three or more changed, left out or added, or two changed places; not the same name."""
    name, other = unspaced(name), unspaced(other)
    if name == other or min(len(name), len(other)) < 2:
        return False
    if len(name) == len(other):
        unlike = [pair for pair in zip(name, other, strict=True) if pair[0] != pair[1]]
        changed = len(unlike) == 1 and len(name) > 2
        return changed or (len(unlike) == 2 and unlike[0] == unlike[1][::-1])
    short, long = sorted((name, other), key=len)
    return len(long) - len(short) == 1 and any(long[:cut] + long[cut + 1 :] == short for cut in range(len(long)))
