"""Somebody whom voters write in: a few votes, in two spellings, brought together by a teller before the boxes are handed in.

Marks that voters left free are all it takes, so that every box still conserves its ballots; a random stream of its own.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from policies.clock import BEIJING
from policies.form import Candidate, ResultForm
from policies.tally import Merging
from policies.tally.spellings import spelled_together
from simulation.population.parameters import Parameters, triangle
from simulation.population.voting import Contender

_ALIKE = "明名"  # two ways to write the last character of a name; never the same as the name's own


def draw_write_in(
    rng: np.random.Generator, boxes: Sequence[ResultForm], who: Contender, teller: str, parameters: Parameters
) -> tuple[ResultForm, ...]:
    """The boxes with votes for `who`, for the contender's post; as they were where nobody is written in.

    Each vote falls in either spelling; `teller` has found that both mean the same person.
    """
    figures = parameters.villages
    if rng.random() >= figures.write_in_rate.value:
        return tuple(boxes)
    many = figures.write_ins
    left = max(1, round(triangle(rng.random(), many.low, many.value, many.high)))
    other = who.name[:-1] + next(one for one in _ALIKE if one != who.name[-1])
    if {who.name, other} & {one.name for one in boxes[0].candidates}:
        return tuple(boxes)
    merging = _merging(boxes[0], who, other, teller)
    drawn = []
    for box in boxes:
        given = min(left, room(box, who.post or ""))
        left -= given
        misspelt = int(rng.binomial(given, 0.5))
        rows = tuple(
            Candidate(name=name, votes=votes, post=who.post, sex=who.sex, write_in=True)
            for name, votes in ((who.name, given - misspelt), (other, misspelt))
        )
        raw = box.model_copy(update={"candidates": (*box.candidates, *rows)})
        drawn.append(spelled_together(raw, [merging]))
    return tuple(drawn)


def room(box: ResultForm, post: str) -> int:
    """Marks that the box's ballots have free for a post: seats × marked ballots, less the votes given for it."""
    assert isinstance(box.seats, dict)
    assert box.ballots is not None
    marked = (box.ballots.valid or 0) - (box.ballots.blank or 0)
    given = sum(one.votes or 0 for one in box.candidates if one.post == post)
    return min(marked, max(0, (box.seats[post] or 0) * marked - given))


def _merging(box: ResultForm, who: Contender, spelling: str, teller: str) -> Merging:
    at = dt.datetime.combine(box.date or dt.date.min, dt.time(18), BEIJING)
    return Merging(
        kind="选票", post=who.post or "", spelling=spelling, into=who.name, by=teller, why="逐张核对为同一人", at=at
    )
