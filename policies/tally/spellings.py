"""Names that voters wrote in several ways, brought together by a named person; every spelling stays on record.

Only a written-in spelling is merged into another name, printed or written in; whose it is, a person says and answers for.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from policies.arithmetic import total
from policies.clock import Instant
from policies.finding import Finding
from policies.form.values import Candidate, ResultForm
from policies.names import unspaced
from policies.tally.catalogue import entry_finding
from policies.tally.merge import Entrant, entrant_of
from policies.tally.values import Reason, Word
from policies.value import Value


class Merging(Value):
    """One spelling found to mean somebody: votes for `spelling` count for `into`, in one post of one kind of ballot."""

    kind: Word
    post: Word
    spelling: Word
    into: Word
    by: Annotated[str, Field(max_length=60)]
    why: Reason
    at: Instant

    @property
    def source(self) -> Entrant:
        """The key of the spelling."""
        return Entrant(unspaced(self.spelling), self.post)

    @property
    def target(self) -> Entrant:
        """The key of the person meant."""
        return Entrant(unspaced(self.into), self.post)


def spelled_together(form: ResultForm, mergings: Sequence[Merging]) -> ResultForm:
    """The form with each merged spelling's votes added to the person meant, in whatever order they were merged.

    Votes are conserved; a spelling whose votes are not stated makes the sum not stated. A merging into a name that the form
    does not have leaves the form as it is (see `merging_problems`).
    """
    targets = {each.source: each.target for each in mergings}
    known = {entrant_of(each) for each in form.candidates}
    heirs: dict[Entrant, list[Candidate]] = {}
    for each in form.candidates:
        key = _meant(entrant_of(each), targets)
        heirs.setdefault(key if key in known else entrant_of(each), []).append(each)
    persons = {entrant_of(each): each for each in form.candidates}
    candidates = tuple(
        person.model_copy(update={"votes": total(each.votes for each in heirs[key])})
        for key, person in persons.items()
        if key in heirs
    )
    return form.model_copy(update={"candidates": candidates})


def spellings_of(form: ResultForm, mergings: Sequence[Merging]) -> dict[str, tuple[str, ...]]:
    """By person the other spellings that count for him, sorted."""
    targets = {each.source: each.target for each in mergings}
    found: dict[str, list[str]] = {}
    for each in form.candidates:
        meant = _meant(entrant_of(each), targets)
        if meant != entrant_of(each):
            found.setdefault(meant.name, []).append(each.name)
    return {name: tuple(sorted(spellings)) for name, spellings in found.items()}


def merging_problems(form: ResultForm, mergings: Sequence[Merging], new: Merging) -> list[Finding]:
    """F.31–F.33: why one more merging is not possible on the merged form of its kind of ballot."""
    persons = {entrant_of(each): each for each in form.candidates}
    targets = {each.source: each.target for each in mergings}
    words = {"name": new.spelling, "into": new.into}
    found = [
        entry_finding("F.31", {**words, "name": key.name}, figure=key.name)
        for key in (new.source, new.target)
        if key not in persons
    ]
    if new.source in persons and not persons[new.source].write_in:
        found.append(entry_finding("F.32", words, figure=new.spelling))
    earlier = next((each for each in mergings if each.source == new.source), None)
    if earlier is not None:
        found.append(entry_finding("F.33", {**words, "into": earlier.into, "by": earlier.by}, figure=new.spelling))
    elif _meant(new.target, targets) == new.source:
        found.append(
            entry_finding("F.33", {"name": new.into, "into": new.spelling, "by": "先前的合并"}, figure=new.into)
        )
    return found


def _meant(key: Entrant, targets: dict[Entrant, Entrant]) -> Entrant:
    """Whom a spelling means at last; a ring, which `merging_problems` lets nobody make, ends where it began."""
    seen = {key}
    while key in targets and targets[key] not in seen:
        key = targets[key]
        seen.add(key)
    return key
