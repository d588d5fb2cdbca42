"""Polls drawn as counts: conserved whatever the parameters, plausible with the shipped ones, and nothing but counts."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.counting import NextStep, count
from policies.form import Mode, ResultForm, contradictions
from policies.pack.schema import Denominator, Threshold
from policies.rule import Law
from simulation.population.chance import numpy_stream
from simulation.population.parameters import Parameter, Parameters, load
from simulation.population.voting import (
    Contender,
    Poll,
    attendance,
    draw_party_poll,
    draw_plenary_poll,
    draw_residents_poll,
    draw_show_of_hands,
    quorum_of,
)

PARAMETERS = load()
POLL = Poll(Law.OF_2018, date(2021, 4, 6))
FOUR_FIFTHS = Threshold(text="五分之四以上", numerator=4, denominator=5, inclusive=True, of=Denominator.DUE)
MORE_THAN_HALF = Threshold(text="过半数", numerator=1, denominator=2, inclusive=False, of=Denominator.REPRESENTATIVES)


def contenders(number: int) -> list[Contender]:
    return [Contender(f"P{n:03d}", f"甲{n}") for n in range(number)]


def with_value(parameter: Parameter, value: float) -> Parameter:
    return parameter.model_copy(update={"value": value, "low": 0.0, "high": 1.0})


def with_polls(**values: float) -> Parameters:
    polls = PARAMETERS.polls
    changed = {name: with_value(getattr(polls, name), value) for name, value in values.items()}
    return PARAMETERS.model_copy(update={"polls": polls.model_copy(update=changed)})


def conserved(form: ResultForm, seats: int) -> None:
    """The sums, done here by hand: not with the code that counts."""
    assert form.roll is not None
    assert form.present is not None
    assert 0 <= form.present <= form.roll
    marked = form.present
    if form.mode is Mode.SHOW_OF_HANDS:
        assert form.ballots is None
    else:
        ballots = form.ballots
        assert ballots is not None
        figures = (ballots.issued, ballots.collected, ballots.valid, ballots.invalid, ballots.blank)
        assert all(type(figure) is int and figure >= 0 for figure in figures)
        issued, collected, valid, invalid, blank = (figure or 0 for figure in figures)
        assert valid + invalid == collected <= issued <= form.present
        assert blank <= valid
        marked = valid - blank
    votes = [candidate.votes for candidate in form.candidates]
    assert all(type(vote) is int and 0 <= vote <= marked for vote in votes)
    assert sum(vote or 0 for vote in votes) <= seats * marked
    assert contradictions(form) == []


share = st.floats(0, 1)


@settings(deadline=None, max_examples=300)
@given(
    seed=st.integers(0, 2**64),
    roll=st.integers(0, 400),
    seats=st.integers(1, 9),
    spare=st.integers(-3, 6),
    again=st.booleans(),
    rates=st.fixed_dictionaries(
        dict.fromkeys(("support", "undervote", "unreturned_rate", "invalid_rate", "blank_rate"), share)
    ),
    turns=st.sampled_from([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]),
)
def test_ballots_and_votes_are_conserved_whatever_the_figures(
    seed: int,
    roll: int,
    seats: int,
    spare: int,
    again: bool,
    rates: dict[str, float],
    turns: tuple[int, int, int],
) -> None:
    tie, contest, shortfall = turns
    parameters = with_polls(**rates, tie_rate=tie, contest_rate=contest, shortfall_rate=shortfall)
    names, rng = contenders(max(1, seats + spare)), numpy_stream(seed, "poll")
    poll = Poll(Law.OF_2018, round=2 if again else 1)
    conserved(
        draw_party_poll(
            rng, due=roll, seats=seats, contenders=names, parameters=parameters, poll=poll, quorum=FOUR_FIFTHS
        ),
        seats,
    )
    conserved(
        draw_residents_poll(
            rng, roll=roll, seats=seats, contenders=names, parameters=parameters, poll=poll, quorum=MORE_THAN_HALF
        ),
        seats,
    )
    conserved(
        draw_show_of_hands(rng, roll=roll, seats=seats, contenders=names, parameters=parameters, poll=poll), seats
    )


def test_the_same_stream_gives_the_same_poll() -> None:
    def draw(*names: str) -> ResultForm:
        return draw_party_poll(
            numpy_stream(3, *names), due=88, seats=5, contenders=contenders(6), parameters=PARAMETERS, poll=POLL
        )

    assert draw("a") == draw("a")
    assert draw("a") != draw("b")


Draw = Callable[[int], ResultForm]


def party(seed: int) -> ResultForm:
    rng = numpy_stream(seed, "party")
    due, names = 40 + seed % 120, contenders(6)
    return draw_party_poll(
        rng, due=due, seats=5, contenders=names, parameters=PARAMETERS, poll=POLL, quorum=FOUR_FIFTHS
    )


def residents(seed: int) -> ResultForm:
    rng = numpy_stream(seed, "residents")
    return draw_residents_poll(
        rng, roll=60 + seed % 40, seats=7, contenders=contenders(9), parameters=PARAMETERS, poll=POLL,
        quorum=MORE_THAN_HALF,
    )  # fmt: skip


@pytest.mark.parametrize("draw", [party, residents])
def test_most_polls_settle_everything_and_some_do_not(draw: Draw) -> None:
    outcomes = Counter((verdict.valid, verdict.next) for verdict in (count(draw(seed)) for seed in range(3000)))
    assert outcomes[True, None] > 0.9 * 3000
    assert 3 <= outcomes[False, NextStep.NEW_POLL] <= 0.03 * 3000
    assert 0.005 * 3000 <= outcomes[True, NextStep.FURTHER_VOTE] <= 0.05 * 3000
    assert 0.003 * 3000 <= outcomes[True, NextStep.REVOTE_TIED] <= 0.03 * 3000


def test_turnout_follows_its_triangle() -> None:
    figure, n = PARAMETERS.party.turnout, 4000
    drawn = [attendance(numpy_stream(seed, "turnout"), 100, figure, None, 0) for seed in range(n)]
    low, mode, high = figure.low, figure.value, figure.high
    spread = ((low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18) ** 0.5
    mean = (low + mode + high) / 3
    assert abs(sum(drawn) / n / 100 - mean) < 4 * (spread**2 + mean * (1 - mean) / 100) ** 0.5 / n**0.5


@pytest.mark.parametrize(
    ("quorum", "roll", "needed"),
    [(FOUR_FIFTHS, 37, 30), (FOUR_FIFTHS, 40, 32), (MORE_THAN_HALF, 50, 26), (MORE_THAN_HALF, 51, 26)],
)
def test_a_near_miss_is_one_person_short(quorum: Threshold, roll: int, needed: int) -> None:
    assert quorum_of(quorum, roll) == needed
    assert attendance(numpy_stream(1, "x"), roll, PARAMETERS.party.turnout, quorum, 1.0) == needed - 1


def test_an_open_threshold_is_read_strictly() -> None:
    silent = MORE_THAN_HALF.model_copy(update={"inclusive": "missing"})
    assert quorum_of(silent, 50) == 26


def test_an_adjourned_assembly_issues_no_ballot() -> None:
    form = draw_party_poll(
        numpy_stream(1, "x"), due=37, present=29, seats=5, contenders=contenders(6), parameters=PARAMETERS, poll=POLL,
        quorum=FOUR_FIFTHS,
    )  # fmt: skip
    assert form.ballots is not None
    assert (form.ballots.issued, form.ballots.collected) == (0, 0)
    assert [candidate.votes for candidate in form.candidates] == [0] * 6
    verdict = count(form)
    assert verdict.valid is False
    assert verdict.next is NextStep.NEW_POLL


def test_strength_decides_who_leads() -> None:
    names = [Contender(f"P{n}", f"甲{n}", strength=float(n)) for n in range(6)]
    calm = with_polls(tie_rate=0, contest_rate=0, shortfall_rate=0)
    for seed in range(200):
        form = draw_party_poll(
            numpy_stream(seed, "s"), due=120, present=110, seats=5, contenders=names, parameters=calm, poll=POLL
        )
        assert min(form.candidates, key=lambda candidate: candidate.votes or 0).name == "甲0"


def test_unranked_lists_favour_earlier_names_without_settling_it() -> None:
    lost = Counter(min(party(seed).candidates, key=lambda candidate: candidate.votes or 0).name for seed in range(1000))
    assert lost["甲5"] > lost["甲0"] > 0


def test_the_plenary_fills_each_post() -> None:
    officers = [Contender("a", "甲", post="书记"), Contender("b", "乙", post="副书记")]
    for seed in range(300):
        form = draw_plenary_poll(
            numpy_stream(seed, "p"), members=5, contenders=officers, parameters=PARAMETERS, poll=POLL
        )
        conserved(form, 2)
        assert form.seats == {"书记": 1, "副书记": 1}
        verdict = count(form)
        assert verdict.valid
        assert verdict.elected == ("甲", "乙")


def test_a_forced_tie_is_a_tie() -> None:
    figures, names = with_polls(tie_rate=1, contest_rate=0, shortfall_rate=0), contenders(6)
    forms = [
        draw_party_poll(
            numpy_stream(seed, "t"), due=100, present=95, seats=5, contenders=names, parameters=figures, poll=POLL
        )
        for seed in range(300)
    ]
    assert sum(count(form).next is NextStep.REVOTE_TIED for form in forms) > 250


def test_a_form_holds_counts_and_candidates_and_nothing_about_voters() -> None:
    form = residents(1).model_dump()
    assert set(form) == {
        "body", "mode", "law", "date", "roll", "present", "ballots", "seats", "candidates", "round",
    }  # fmt: skip
    assert all(set(one) == {"name", "votes", "post", "sex", "write_in"} for one in form["candidates"])
