"""Merges the result forms of several boxes or stations into the poll's one form, and holds the sum against a stated total.

What is printed on the ballots stands on every form, so a printed name that a box leaves out is *not stated* there and its
sum is not known; a write-in stands only where somebody wrote it, so a box that does not list it has given it no vote. A
sum with an unstated part is not stated. The order in which boxes are merged changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from policies.arithmetic import total
from policies.finding import Finding
from policies.form.problems import label_of
from policies.form.values import BALLOT_FIELDS, Ballots, Candidate, KindPapers, ResultForm
from policies.names import unspaced
from policies.tally.catalogue import entry_finding

K = TypeVar("K")


class CannotMerge(Exception):  # noqa: N818 - named for what happened, as a reader of a procedure would say it
    """The forms are not of one poll, or one of them lists a person twice; `findings` says everything (F.13 to F.16)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))


class Entrant(NamedTuple):
    """A person on one ballot, as forms of several boxes know the same one: name without blanks, and post."""

    name: str
    post: str | None


def entrant_of(candidate: Candidate) -> Entrant:
    """The key of a row: 王 五 is also typed 王五."""
    return Entrant(unspaced(candidate.name), candidate.post)


def merge(boxes: Sequence[ResultForm], *, roll: int | None = None) -> ResultForm:
    """The poll's form: every figure the sum over the boxes, seats and the rest as all of them state it.

    `roll` is the poll's own roll (persons), for boxes that have none of their own (roving boxes); without it the boxes'
    rolls are added. Printed names keep the forms' order where all agree on it and are sorted otherwise, write-ins follow.
    Raises CannotMerge with every reason.
    """
    problems = _unlike(boxes)
    if problems:
        raise CannotMerge(problems)
    first = boxes[0]
    return first.model_copy(
        update={
            "law": first.law,
            "date": next((form.date for form in boxes if form.date is not None), None),
            "roll": roll if roll is not None else total(form.roll for form in boxes),
            "present": total(form.present for form in boxes),
            "ballots": _ballots([form.ballots for form in boxes]),
            "kinds": _kinds(boxes),
            "seats": _seats(boxes),
            "candidates": tuple(_candidates(boxes)),
        }
    )


def sum_problems(whole: ResultForm, boxes: Sequence[ResultForm]) -> list[Finding]:
    """F.11, F.12: each figure of a stated total held against the sum of its boxes; what is not stated disagrees with nothing.

    With some boxes not stated the sum of the others can still be too large. Seats are no sum and are left out. Raises
    CannotMerge as `merge` does.
    """
    added = merge(boxes)
    floors = dict(figures_of(merge([_zeroed(form, added) for form in boxes])))
    return disagreements(dict(figures_of(whole)), dict(figures_of(added)), floors, lambda key: figure_label(whole, key))


def is_sum(whole: ResultForm, boxes: Sequence[ResultForm]) -> list[Finding]:
    """F.11, F.13 to F.16: the form says what its boxes add up to and no figure more; what one leaves open it leaves open too.

    The roll is the whole poll's own (a roving box has none) and no sum; so are the seats.
    """
    try:
        added = merge(boxes, roll=whole.roll)
    except CannotMerge as unlike:
        return list(unlike.findings)
    stated, sums = dict(figures_of(whole)), dict(figures_of(added))
    return disagreements(stated, sums, {}, lambda key: figure_label(whole, key), exactly=True)


def disagreements(
    stated: Mapping[K, int | None],
    sums: Mapping[K, int | None],
    floors: Mapping[K, int | None],
    label: Callable[[K], str],
    *,
    exactly: bool = False,
) -> list[Finding]:
    """F.11, F.12: stated totals against the sums by the same keys; `floors` are the sums of what is stated at all.

    A sum above 0 for which there is no total is an error too: it would be lost; so is a total of which no box knows. What
    is not stated disagrees with nothing, unless the total must be `exactly` the sum.
    """
    found = []
    for key in {**sums, **stated}:
        said, known, least = stated.get(key), sums.get(key), floors.get(key) or 0
        if key not in stated or key not in sums:
            wrong = bool(known or said)
        else:
            wrong = known != said and (exactly or None not in (known, said))
        if wrong:
            absent = "（没有此项）" if key not in stated else "未填"
            found.append(_disagreement("F.11", label(key), known if key in sums else 0, said, absent))
        elif said is not None and known is None and least > said:
            found.append(_disagreement("F.12", label(key), least, said))
    return found


# ---------------------------------------------------------------- parts


def _ballots(boxes: Sequence[Ballots | None]) -> Ballots | None:
    if all(each is None for each in boxes):
        return None
    parts = [each or Ballots() for each in boxes]
    return Ballots(**{name: total(getattr(each, name) for each in parts) for name in BALLOT_FIELDS})


def _kinds(boxes: Sequence[ResultForm]) -> tuple[KindPapers, ...]:
    """The papers of each kind of ballot, in the first form's order; `_unlike` has found all forms to have the same kinds."""
    own = [{kind.kind: kind.ballots for kind in form.kinds} for form in boxes]
    return tuple(
        kind.model_copy(update={"ballots": _ballots([papers[kind.kind] for papers in own])}) for kind in boxes[0].kinds
    )


def _seats(boxes: Sequence[ResultForm]) -> int | dict[str, int | None] | None:
    stated = [form.seats for form in boxes if form.seats is not None]
    if not stated or not isinstance(stated[0], dict):
        return stated[0] if stated else None
    by_post: dict[str, int | None] = {}
    for seats in stated:
        assert isinstance(seats, dict), "_unlike lets no mixture through"
        for post, n in seats.items():
            by_post[post] = n if by_post.get(post) is None else by_post[post]
    return by_post


def _candidates(boxes: Sequence[ResultForm]) -> Iterator[Candidate]:
    rows = [{entrant_of(each): each for each in form.candidates} for form in boxes]
    orders = {tuple(key for key, each in row.items() if not each.write_in) for row in rows}
    written = {key for row in rows for key, each in row.items() if each.write_in}
    printed = {key for order in orders for key in order}
    in_order = next(iter(orders)) if len(orders) == 1 else tuple(sorted(printed, key=_alphabet))
    for key in (*in_order, *sorted(written, key=_alphabet)):
        found = [row[key] for row in rows if key in row]
        absent = 0 if key in written else None
        yield Candidate(
            name=min(each.name for each in found),
            votes=total(row[key].votes if key in row else absent for row in rows),
            post=key.post,
            sex=next((each.sex for each in found if each.sex is not None), None),
            write_in=key in written,
        )


def _alphabet(key: Entrant) -> tuple[str, str]:
    return key.post or "", key.name


# ---------------------------------------------------------------- what forbids a merge


def _unlike(boxes: Sequence[ResultForm]) -> list[Finding]:
    """Every reason why these forms cannot be one poll's."""
    if not boxes:
        return [entry_finding("F.13")]
    found = list(_heads(boxes))
    for number, form in enumerate(boxes, 1):
        keys = [entrant_of(each) for each in form.candidates]
        twice = sorted({key for key in keys if keys.count(key) > 1}, key=_alphabet)
        found += [entry_finding("F.16", {"name": key.name, "box": f"第 {number} 份"}, figure=key.name) for key in twice]
    ways: dict[Entrant, set[bool]] = {}
    for form in boxes:
        for each in form.candidates:
            ways.setdefault(entrant_of(each), set()).add(each.write_in)
    for key in sorted((key for key, way in ways.items() if len(way) > 1), key=_alphabet):
        found.append(entry_finding("F.15", {"post": key.post or "", "name": key.name}, figure=key.name))
    return found


def _heads(boxes: Sequence[ResultForm]) -> Iterator[Finding]:
    heads: tuple[tuple[str, list[str]], ...] = (
        ("选举机构", [form.body.label for form in boxes]),
        ("投票方式", [form.mode.label for form in boxes]),
        ("适用法律", [form.law.value for form in boxes]),
        ("投票轮次", [str(form.round) for form in boxes]),
        ("投票日", [form.date.isoformat() for form in boxes if form.date is not None]),
        ("选票种类", [_kinds_in_words(form) for form in boxes]),
        *_seat_heads(boxes),
        *_sex_heads(boxes),
    )
    for what, values in heads:
        unlike = sorted(set(values))
        if len(unlike) > 1:
            said = "、".join(unlike)
            yield entry_finding("F.14", {"what": what, "values": said}, figure=said)


def _kinds_in_words(form: ResultForm) -> str:
    said = sorted(f"{kind.kind}（{'、'.join(sorted(kind.posts))}）" for kind in form.kinds)
    return "＋".join(said) or "各职务同票"


def _seat_heads(boxes: Sequence[ResultForm]) -> Iterator[tuple[str, list[str]]]:
    stated = [form.seats for form in boxes if form.seats is not None]
    if any(isinstance(seats, dict) for seats in stated) and not all(isinstance(seats, dict) for seats in stated):
        yield "应选名额写法", ["只写总数", "按职务填写"]
        return
    yield "应选名额", [str(seats) for seats in stated if not isinstance(seats, dict)]
    by_post: dict[str, list[str]] = {}
    for seats in stated:
        for post, n in seats.items() if isinstance(seats, dict) else ():
            by_post.setdefault(post, []).extend([] if n is None else [str(n)])
    yield from ((f"“{post}”应选名额", numbers) for post, numbers in by_post.items())


def _sex_heads(boxes: Sequence[ResultForm]) -> Iterator[tuple[str, list[str]]]:
    sexes: dict[Entrant, list[str]] = {}
    for form in boxes:
        for each in form.candidates:
            sexes.setdefault(entrant_of(each), []).extend([] if each.sex is None else [each.sex.value])
    yield from ((f"“{key.name}”的性别", stated) for key, stated in sexes.items())


# ---------------------------------------------------------------- sums by figure


def _disagreement(number: str, label: str, added: int | None, stated: int | None, absent: str = "未填") -> Finding:
    words = {
        "label": label,
        "sum": "未填（有票箱未填）" if added is None else added,
        "stated": absent if stated is None else stated,
    }
    return entry_finding(number, words, figure=added, bound=stated)


def figure_label(form: ResultForm, key: str | Entrant) -> str:
    """A figure's name as people read it."""
    return f"{key.post or ''}{key.name}的得票数" if isinstance(key, Entrant) else label_of(form, key)


def figures_of(form: ResultForm) -> Iterator[tuple[str | Entrant, int | None]]:
    """Every figure that boxes add up to: by its path, and everybody's votes by name and post. Seats are none of them."""
    for path, n in form.figures():
        if not path.startswith(("seats", "candidates")):
            yield path, n
    for each in form.candidates:
        yield entrant_of(each), each.votes


def _zeroed(form: ResultForm, whole: ResultForm) -> ResultForm:
    """The form with everything unstated as 0 and every name of the whole: a lower bound, never a figure to be shown."""
    own = {entrant_of(each): each.votes or 0 for each in form.candidates}

    def zeroed(ballots: Ballots) -> Ballots:
        return Ballots(**{name: getattr(ballots, name) or 0 for name in BALLOT_FIELDS})

    return form.model_copy(
        update={
            "roll": form.roll or 0,
            "present": form.present or 0,
            "ballots": None if form.kinds else zeroed(form.ballots or Ballots()),
            "kinds": tuple(kind.model_copy(update={"ballots": zeroed(kind.ballots)}) for kind in form.kinds),
            "candidates": tuple(
                each.model_copy(update={"votes": own.get(entrant_of(each), 0)}) for each in whole.candidates
            ),
        }
    )
