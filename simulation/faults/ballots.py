"""Faulty result forms: figures staged so that exactly one thing is wrong with them, whatever the honest poll brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policies.arithmetic import at_least
from policies.counting import count
from policies.form import Ballots, Candidate, ResultForm
from workflows.messages import Counted, Form

if TYPE_CHECKING:
    from simulation.actors.scene import Scene


def _votes(names: int, seats: int, present: int) -> list[int]:
    """As many clear winners as seats, the others far behind; together no more marks than the ballots have."""
    return [7 * present // 10 if place < seats else present // 5 for place in range(names)]


def _staged(
    scene: Scene,
    form: Counted,
    *,
    present: int,
    votes: Sequence[int] | None = None,
    collected: int | None = None,
    invalid: int = 0,
    roll: int | None = None,
) -> Counted:
    """A form with these figures, on which the first names are declared elected, as many as there are seats."""
    sheet, seats = form.form, scene.task.seats
    cast = present if collected is None else collected
    figures = votes or _votes(len(sheet.candidates), seats, present)
    ballots = Ballots(issued=max(cast, present), collected=cast, valid=cast - invalid, invalid=invalid, blank=0)
    faulty = ResultForm(
        body=sheet.body,
        mode=sheet.mode,
        law=sheet.law,
        date=sheet.date,
        roll=scene.roll if roll is None else roll,
        present=present,
        ballots=ballots if sheet.by_ballot else None,
        seats=seats,
        candidates=tuple(
            Candidate(name=candidate.name, votes=figure, sex=candidate.sex)
            for candidate, figure in zip(sheet.candidates, figures, strict=True)
        ),
        round=sheet.round,
    )
    declared = tuple(candidate.name for candidate in sheet.candidates[:seats])
    return form.model_copy(update={"form": faulty, "declared": declared})


def _good_house(scene: Scene) -> int:
    """An attendance that no quorum finds fault with."""
    return 9 * scene.roll // 10


def proxies(scene: Scene, form: Form) -> Form:
    """Ballots cast by proxy where the vote is cast in person."""
    assert isinstance(form, Counted)
    return _staged(scene, form, present=_good_house(scene)).model_copy(update={"proxies": 3})


def roving_box(scene: Scene, form: Form) -> Form:
    """A box carried from door to door where there is one venue."""
    assert isinstance(form, Counted)
    return _staged(scene, form, present=_good_house(scene)).model_copy(update={"roving_boxes": 1})


def surplus_ballot(scene: Scene, form: Form) -> Form:
    """One ballot more in the box than persons who voted, and winners declared all the same."""
    assert isinstance(form, Counted)
    present = _good_house(scene)
    return _staged(scene, form, present=present, collected=present + 1)


def one_short_of_four_fifths(scene: Scene, form: Form) -> Form:
    """One member fewer than four fifths came, and the meeting votes: 29 of 37."""
    assert isinstance(form, Counted)
    return _staged(scene, form, present=at_least((4, 5), scene.roll) - 1)


def exactly_half(scene: Scene, form: Form) -> Form:
    """Exactly half came (of an odd number: the half below), which is not more than half."""
    assert isinstance(form, Counted)
    return _staged(scene, form, present=scene.roll // 2)


def roll_of_those_who_came(scene: Scene, form: Form) -> Form:
    """Too few came, so the roll is written down until they are enough."""
    assert isinstance(form, Counted)
    if scene.body_name == "party":
        present = at_least((4, 5), scene.roll) - 1
        return _staged(scene, form, present=present, roll=present * 5 // 4)
    present = scene.roll // 2
    return _staged(scene, form, present=present, roll=2 * present - 1)


def half_of_the_valid(scene: Scene, form: Form) -> Form:
    """The last winner has more than half of the valid ballots, but not of those present."""
    assert isinstance(form, Counted)
    present = _good_house(scene)
    votes = _votes(len(form.form.candidates), scene.task.seats, present)
    votes[scene.task.seats - 1] = half = present // 2
    return _staged(scene, form, present=present, votes=votes, invalid=present - (2 * half - 1))


def tie_by_lot(scene: Scene, form: Form) -> Form:
    """Two are equal at the last seat, and a lot decides between them."""
    assert isinstance(form, Counted)
    present, seats = _good_house(scene), scene.task.seats
    votes = _votes(len(form.form.candidates), seats, present)
    if len(votes) <= seats:
        return form
    votes[seats - 1] = votes[seats] = 3 * present // 5
    return _staged(scene, form, present=present, votes=votes).model_copy(update={"by_lot": True})


def one_seat_short(scene: Scene, form: Form) -> Form:
    """An honest first vote in which the last seat goes to nobody, so that a further vote follows."""
    assert isinstance(form, Counted)
    present, seats = _good_house(scene), scene.task.seats
    votes = _votes(len(form.form.candidates), seats, present)
    votes[seats - 1] = 2 * present // 5
    honest = _staged(scene, form, present=present, votes=votes)
    return honest.model_copy(update={"declared": count(honest.form).elected})


def below_a_third(scene: Scene, form: Form) -> Form:
    """The further vote's winner is declared with less than a third of the ballots cast."""
    assert isinstance(form, Counted)
    present = _good_house(scene)
    votes = [3 * present // 10 - place for place in range(len(form.form.candidates))]
    return _staged(scene, form, present=present, votes=votes)


def candidate_counts(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """A candidate is among the tellers."""
    assert isinstance(form, Counted)
    return form.model_copy(update={"monitors": (form.names[0], *form.monitors[1:])})


def kin_counts(scene: Scene, form: Form) -> Form:
    """A candidate's near relative is among the tellers (see `relative_of_a_teller`)."""
    assert isinstance(form, Counted)
    standing = set(form.names)
    for teller in scene.unit.pools.tellers:
        if scene.memory.kin_of(teller) & standing:
            return form.model_copy(update={"monitors": (teller, *form.monitors[1:])})
    return form
