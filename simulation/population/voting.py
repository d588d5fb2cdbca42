"""How a poll falls, as counts only: no object stands for a voter and nothing joins a voter to a choice.

Every form drawn here conserves its ballots: valid + invalid = collected ≤ issued = present ≤ roll, nobody has more
votes than there are marked ballots, and all votes together are no more than seats × marked ballots.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

import numpy as np

from policies.arithmetic import at_least, more_than
from policies.form import Ballots, Body, Candidate, Mode, ResultForm, Sex
from policies.pack.schema import Threshold
from policies.rule import Law
from simulation.population.parameters import Parameter, Parameters, triangle


@dataclass(frozen=True, slots=True)
class Contender:
    """A name on the ballot. The highest `strength` leads; None leaves it to chance, earlier names favoured."""

    id: str
    name: str
    strength: float | None = None
    post: str | None = None
    sex: Sex | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """What is the same for every poll of one kind on one day: the law, the day, and whether it is a further vote."""

    law: Law
    on: dt.date | None = None
    round: Literal[1, 2] = 1


def draw_party_poll(
    rng: np.random.Generator,
    *,
    due: int,
    seats: int,
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
    quorum: Threshold | None = None,
    present: int | None = None,
) -> ResultForm:
    """The members' assembly (P7–P14). Short of `quorum` it is adjourned: no ballot is issued.

    `present` fixes the attendance, as for a further vote in the same meeting.
    """
    figures = parameters.party
    if present is None:
        present = attendance(rng, due, figures.turnout, quorum, figures.near_miss_rate.value)
    if quorum is not None and present < quorum_of(quorum, due):
        none = Ballots(issued=0, collected=0, valid=0, invalid=0, blank=0)
        return _form(Body.PARTY, Mode.MEMBERS, due, present, none, seats, contenders, [0] * len(contenders), poll)
    return _secret(rng, Body.PARTY, Mode.MEMBERS, due, present, seats, contenders, parameters, poll)


def draw_residents_poll(
    rng: np.random.Generator,
    *,
    roll: int,
    mode: Mode = Mode.REPRESENTATIVES,
    seats: int,
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
    quorum: Threshold | None = None,
    present: int | None = None,
) -> ResultForm:
    """The residents' committee at the central venue (R5): by representatives, or by voters or households, who turn out as a village's.

    A poll short of quorum is still counted.
    """
    figures = parameters.residents if mode is Mode.REPRESENTATIVES else parameters.villages
    if present is None:
        present = attendance(rng, roll, figures.turnout, quorum, figures.near_miss_rate.value)
    return _secret(rng, Body.RESIDENTS, mode, roll, present, seats, contenders, parameters, poll)


def draw_women_poll(
    rng: np.random.Generator,
    *,
    roll: int,
    mode: Mode,
    seats: int,
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
    quorum: Threshold | None = None,
    present: int | None = None,
) -> ResultForm:
    """The women's federation, elected directly (W5). A poll short of quorum is still counted."""
    figures = parameters.women
    if present is None:
        present = attendance(rng, roll, figures.turnout, quorum, figures.near_miss_rate.value)
    return _secret(rng, Body.WOMEN, mode, roll, present, seats, contenders, parameters, poll)


def draw_plenary_poll(
    rng: np.random.Generator, *, members: int, contenders: Sequence[Contender], parameters: Parameters, poll: Poll
) -> ResultForm:
    """The new committee elects its secretary and deputies, one name for each post (P15): all members come.

    Each contender's `post` is the form's word (书记, 副书记). Dissent is rare and never costs a majority.
    """
    dissent = 1 - parameters.polls.plenary_support.value
    fewest = more_than((1, 2), members)
    votes = [max(members - int(rng.binomial(members, dissent)), fewest) for _ in contenders]
    posts = [contender.post for contender in contenders]
    seats = {post: posts.count(post) for post in posts if post is not None} or len(contenders)
    ballots = Ballots(issued=members, collected=members, valid=members, invalid=0, blank=0)
    return _form(Body.PARTY_PLENARY, Mode.PLENARY, members, members, ballots, seats, contenders, votes, poll)


def draw_show_of_hands(
    rng: np.random.Generator,
    *,
    roll: int,
    seats: int,
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
    quorum: Threshold | None = None,
    present: int | None = None,
    body: Literal[Body.SUPERVISORY, Body.VILLAGE_SUPERVISORY] = Body.SUPERVISORY,
) -> ResultForm:
    """The supervisory committee by show of hands (S2, V26): hands counted for each name, no ballots."""
    if present is None:
        present = attendance(rng, roll, parameters.residents.meeting_turnout, quorum, 0)
    votes = _votes(rng, present, seats, contenders, parameters, poll)
    return _form(body, Mode.SHOW_OF_HANDS, roll, present, None, seats, contenders, votes, poll)


def quorum_of(quorum: Threshold, roll: int) -> int:
    """The fewest persons who satisfy a quorum; where the plan leaves 「以上」 open, the strict reading."""
    share = quorum.numerator, quorum.denominator
    return at_least(share, roll) if quorum.inclusive is True else more_than(share, roll)


def attendance(
    rng: np.random.Generator, roll: int, turnout: Parameter, quorum: Threshold | None, near_miss_rate: float
) -> int:
    """How many of `roll` come; now and then exactly one too few for the quorum."""
    if quorum is not None and rng.random() < near_miss_rate:
        return max(0, quorum_of(quorum, roll) - 1)
    share = triangle(rng.random(), turnout.low, turnout.value, turnout.high)
    return int(rng.binomial(roll, share))


# ---------------------------------------------------------------- ballots and votes


def _secret(
    rng: np.random.Generator,
    body: Body,
    mode: Mode,
    roll: int,
    present: int,
    seats: int,
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
) -> ResultForm:
    figures = parameters.polls
    collected = present - int(rng.binomial(present, figures.unreturned_rate.value))
    invalid = int(rng.binomial(collected, figures.invalid_rate.value))
    valid = collected - invalid
    blank = int(rng.binomial(valid, figures.blank_rate.value))
    votes = _votes(rng, valid - blank, seats, contenders, parameters, poll)
    ballots = Ballots(issued=present, collected=collected, valid=valid, invalid=invalid, blank=blank)
    return _form(body, mode, roll, present, ballots, seats, contenders, votes, poll)


class Turn(Enum):
    """What is special about a poll: nothing, or one of three things that happen at the last seat."""

    PLAIN = 0
    TIE = 1
    CONTEST = 2
    SHORTFALL = 3


def turn_of(rng: np.random.Generator, names: int, seats: int, parameters: Parameters, poll: Poll) -> Turn:
    """What, if anything, is special about a first vote with more names than seats."""
    lot, figures = rng.random(), parameters.polls
    if poll.round != 1 or names <= seats:
        return Turn.PLAIN
    for turn, rate in (
        (Turn.TIE, figures.tie_rate.value),
        (Turn.CONTEST, figures.contest_rate.value),
        (Turn.SHORTFALL, figures.shortfall_rate.value),
    ):
        if lot < rate:
            return turn
        lot -= rate
    return Turn.PLAIN


def _votes(
    rng: np.random.Generator,
    marked: int,
    seats: int,
    contenders: Sequence[Contender],
    parameters: Parameters,
    poll: Poll,
) -> list[int]:
    """Votes for each name when `marked` persons mark at most `seats` names each."""
    names = len(contenders)
    ranking = rank(rng, contenders)
    turn = turn_of(rng, names, seats, parameters, poll)
    shares = leaning(rng, names, seats, turn, parameters)
    votes = [0] * names
    for place, share in zip(ranking, shares, strict=True):
        votes[place] = int(rng.binomial(marked, share))
    if turn is Turn.TIE:
        last, first_out = ranking[seats - 1], ranking[seats]
        votes[last] = votes[first_out] = min(votes[last], votes[first_out])
    fit(rng, votes, seats * marked)
    return votes


def rank(rng: np.random.Generator, contenders: Sequence[Contender]) -> list[int]:
    """Places on the list, the likeliest first: by stated strength, else by a lot that favours earlier names."""
    lots = rng.standard_normal(len(contenders)).tolist()
    strengths = [
        float(lots[place]) - _LEAN * place if contender.strength is None else contender.strength
        for place, contender in enumerate(contenders)
    ]
    return sorted(range(len(strengths)), key=lambda place: (-strengths[place], place))


_LEAN = 0.5  # how much one place on the list counts against one standard deviation of chance
_TIED_SHARE = 0.6  # of the marked ballots: the two at a tied cut-off both pass the half
_SHORT_SHARE = 0.4  # of the marked ballots: the last seat goes to nobody
_LOSING = (0.03, 0.42)  # of the marked ballots: what those beyond the seats can get


def leaning(rng: np.random.Generator, names: int, seats: int, turn: Turn, parameters: Parameters) -> list[float]:
    """Each place's share of the marked ballots, the likeliest first; together no more than the seats."""
    support = parameters.polls.support
    winners = min(seats, names)
    shares = [triangle(u, support.low, support.value, support.high) for u in rng.random(winners).tolist()]
    if names > seats:
        room = seats * (1 - parameters.polls.undervote.value) - sum(shares)
        each = min(max(room / (names - seats), _LOSING[0]), _LOSING[1])
        shares += [each] * (names - seats)
        if turn in (Turn.TIE, Turn.CONTEST):
            shares[seats - 1] = shares[seats] = _TIED_SHARE if seats > 1 else _EVEN_HALF
        elif turn is Turn.SHORTFALL:
            shares[seats - 1] = _SHORT_SHARE
    return shares


_EVEN_HALF = 0.48  # one seat and two equals: neither may pass the half


def fit(rng: np.random.Generator, votes: list[int], most: int) -> None:
    """Take away votes, each as likely as any other, until no ballot would need more marks than there are seats."""
    surplus = sum(votes) - most
    if surplus > 0:
        taken = rng.multivariate_hypergeometric(votes, surplus).tolist()
        for place, gone in enumerate(taken):
            votes[place] -= int(gone)


def _form(
    body: Body,
    mode: Mode,
    roll: int,
    present: int,
    ballots: Ballots | None,
    seats: int | dict[str, int],
    contenders: Sequence[Contender],
    votes: Sequence[int],
    poll: Poll,
) -> ResultForm:
    named = tuple(
        Candidate(name=contender.name, votes=count, post=contender.post, sex=contender.sex)
        for contender, count in zip(contenders, votes, strict=True)
    )
    return ResultForm(
        body=body,
        mode=mode,
        law=poll.law,
        date=poll.on,
        roll=roll,
        present=present,
        ballots=ballots,
        seats=dict(seats) if isinstance(seats, dict) else seats,
        candidates=named,
        round=poll.round,
    )
