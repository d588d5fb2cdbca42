"""How a direct vote by post falls, box by box, as counts only: every registered villager votes, in whichever box.

Every box conserves its ballots (valid + invalid = collected ≤ issued = present ≤ roll), for each post nobody has more
votes than there are marked ballots and all together no more than seats × marked ballots; the boxes add up to the whole.
What is handed in of the boxes is what `opened` makes of them: too few ballots are never counted by themselves.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from policies.ballotsecrecy import FEWEST_COUNTED_APART
from policies.form import Ballots, Body, BoxPapers, Candidate, Mode, ResultForm
from policies.form.values import BALLOT_FIELDS
from policies.pack.schema import Threshold
from policies.rules.village.mixing import ballots_hiding
from simulation.population.parameters import Parameters
from simulation.population.voting import Contender, Poll, Turn, attendance, fit, leaning, rank, turn_of


def draw_direct_poll(
    rng: np.random.Generator,
    *,
    rolls: Sequence[int],
    seats: Mapping[str, int],
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
    quorum: Threshold | None = None,
    present: int | None = None,
) -> tuple[ResultForm, ...]:
    """One form for each box; `rolls` are the registered voters assigned to each, `seats` by the form's word for the post.

    Every contender's `post` is one of the seats'. Attendance over all boxes is drawn, or fixed by `present`. A poll short
    of `quorum` is still counted.
    """
    figures = parameters.villages
    if present is None:
        present = attendance(rng, sum(rolls), figures.turnout, quorum, figures.near_miss_rate.value)
    came = rng.multivariate_hypergeometric(rolls, present).tolist()
    ballots = [_ballots(rng, int(number), parameters) for number in came]
    marked = [(paper.valid or 0) - (paper.blank or 0) for paper in ballots]
    votes = [[0] * len(contenders) for _ in rolls]
    for post, number in seats.items():
        places = [place for place, contender in enumerate(contenders) if contender.post == post]
        if places:
            _contest(rng, votes, marked, number, places, contenders, parameters, poll)
    return tuple(
        ResultForm(
            body=Body.VILLAGE,
            mode=Mode.VOTERS,
            law=poll.law,
            date=poll.on,
            roll=roll,
            present=int(number),
            ballots=paper,
            seats=dict(seats),
            candidates=tuple(
                Candidate(name=contender.name, votes=count, post=contender.post, sex=contender.sex)
                for contender, count in zip(contenders, counts, strict=True)
            ),
            round=poll.round,
        )
        for roll, number, paper, counts in zip(rolls, came, ballots, votes, strict=True)
    )


def merged(boxes: Sequence[ResultForm], *, roll: int | None = None) -> ResultForm:
    """The sum of all boxes over a roll: by default that of the boxes together. Every figure must be stated."""
    first = boxes[0]
    papers = [box.ballots for box in boxes if box.ballots is not None]
    figures = {name: sum(getattr(paper, name) for paper in papers) for name in BALLOT_FIELDS}
    candidates = tuple(
        candidate.model_copy(update={"votes": sum(box.candidates[place].votes or 0 for box in boxes)})
        for place, candidate in enumerate(first.candidates)
    )
    return first.model_copy(
        update={
            "roll": sum(box.roll or 0 for box in boxes) if roll is None else roll,
            "present": sum(box.present or 0 for box in boxes),
            "ballots": Ballots(**figures),
            "candidates": candidates,
        }
    )


def opened(boxes: Sequence[ResultForm]) -> tuple[tuple[ResultForm | BoxPapers, ...], ResultForm | None]:
    """The boxes as handed in, and the common count: ballots too few to hide anybody go among the main venue's, the first.

    Where those together are still too few, all boxes are mixed. No common count (None) where no box needs it.
    """
    apart = [place > 0 and ballots_hiding(box) >= FEWEST_COUNTED_APART for place, box in enumerate(boxes)]
    together = [box for box, alone in zip(boxes, apart, strict=True) if not alone]
    if sum(ballots_hiding(box) for box in together) < FEWEST_COUNTED_APART:
        apart, together = [False] * len(boxes), list(boxes)
    if len(together) == 1:
        return tuple(boxes), None
    return tuple(box if alone else papers_only(box) for box, alone in zip(boxes, apart, strict=True)), merged(together)


def papers_only(box: ResultForm) -> BoxPapers:
    """What is said of a box that is mixed: persons voting, ballots issued and collected, 0 where not stated."""
    papers = box.ballots or Ballots()
    return BoxPapers(present=box.present or 0, issued=papers.issued or 0, collected=papers.collected or 0)


def _ballots(rng: np.random.Generator, present: int, parameters: Parameters) -> Ballots:
    figures = parameters.polls
    collected = present - int(rng.binomial(present, figures.unreturned_rate.value))
    invalid = int(rng.binomial(collected, figures.invalid_rate.value))
    blank = int(rng.binomial(collected - invalid, figures.blank_rate.value))
    return Ballots(issued=present, collected=collected, valid=collected - invalid, invalid=invalid, blank=blank)


def _contest(
    rng: np.random.Generator,
    votes: list[list[int]],
    marked: Sequence[int],
    seats: int,
    places: Sequence[int],
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
) -> None:
    """Enter the votes of those who stand for one post: the same leaning in every box."""
    order = [places[place] for place in rank(rng, [contenders[place] for place in places])]
    special = turn_of(rng, len(order), seats, parameters, poll)
    share = leaning(rng, len(order), seats, special, parameters)
    for counts, papers in zip(votes, marked, strict=True):
        drawn = [int(rng.binomial(papers, each)) for each in share]
        fit(rng, drawn, seats * papers)
        for place, number in zip(order, drawn, strict=True):
            counts[place] = number
    if special is Turn.TIE:
        _level(votes, order[seats - 1], order[seats])


def _level(votes: list[list[int]], one: int, other: int) -> None:
    """Let two be equal over all boxes: the surplus is taken from whoever has more, box after box."""
    surplus = sum(counts[one] - counts[other] for counts in votes)
    more = one if surplus > 0 else other
    left = abs(surplus)
    for counts in votes:
        taken = min(left, counts[more])
        counts[more] -= taken
        left -= taken
