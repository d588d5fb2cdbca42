"""What must hold of every count: nobody below the majority, nothing lost, no answer a missing figure could change.

The expected majorities are recomputed here with `fractions.Fraction`, apart from the code under test.
"""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.counting import NextStep, Verdict, count
from policies.form import MODES, Ballots, Body, Candidate, Mode, ResultForm, contradictions

HALF, TWO_THIRDS, FOUR_FIFTHS, THIRD = Fraction(1, 2), Fraction(2, 3), Fraction(4, 5), Fraction(1, 3)
KINDS = [(body, mode) for body, modes in MODES.items() for mode in modes]
POSTS = [None, "主任", "副主任", "委员"]


@st.composite
def forms(draw: st.DrawFn, posts: list[str | None] | None = None) -> ResultForm:
    """Complete forms that add up; the poll may still be void, and any seat may stay open."""
    body, mode = draw(st.sampled_from(KINDS))
    roll = draw(st.integers(1, 60))
    present = draw(st.integers(max(0, roll // 2 - 2), roll))
    ballots, cap = None, present
    if mode is not Mode.SHOW_OF_HANDS:
        collected = draw(st.integers(max(0, present - 2), present + 1))
        invalid = draw(st.integers(0, min(2, collected)))
        blank = draw(st.integers(0, min(2, collected - invalid)))
        issued = draw(st.integers(collected, collected + 2))
        cap = collected - invalid - blank
        ballots = Ballots(issued=issued, collected=collected, valid=collected - invalid, invalid=invalid, blank=blank)
    groups = draw(st.lists(st.sampled_from(posts or [None]), min_size=1, max_size=3, unique=True))
    candidates: list[Candidate] = []
    seats: dict[str, int] = {}
    for post in groups:
        n = draw(st.integers(1, 4))
        left = n * cap
        for place in range(draw(st.integers(1, 6))):
            votes = draw(st.integers(0, min(cap, left)))
            left -= votes
            candidates.append(Candidate(name=f"{post}{place}", votes=votes, post=post))
        seats[post or ""] = n
    by_post = len(groups) > 1 or (groups[0] is not None and draw(st.booleans()))
    form = ResultForm(
        body=body,
        mode=mode,
        law=draw(st.sampled_from(["2018", "2025"])),
        roll=roll,
        present=present,
        ballots=ballots,
        seats=seats if by_post and "" not in seats else sum(seats.values()),
        candidates=tuple(candidates),
        round=draw(st.sampled_from([1, 2])),
    )
    return form if not contradictions(form) else draw(forms())


def quorum(form: ResultForm) -> bool:
    """Whether enough took part, from the clauses: P7, R5, R25-19, V14, S2, R25-27, R25-29, V26."""
    share = Fraction(form.present or 0, form.roll or 1)
    late = form.law == "2025"
    if form.body in (Body.PARTY, Body.PARTY_PLENARY):
        return share >= FOUR_FIFTHS
    if late and form.body is Body.RESIDENTS and form.mode is Mode.REPRESENTATIVES:
        return share > TWO_THIRDS
    if late and form.body is Body.SUPERVISORY and form.mode in (Mode.REPRESENTATIVES, Mode.SHOW_OF_HANDS):
        return share >= TWO_THIRDS
    if form.body is Body.VILLAGE_SUPERVISORY and form.mode is not Mode.VOTERS:
        return share >= TWO_THIRDS
    return share > HALF


def lawful(form: ResultForm) -> bool:
    """Secret where it must be, direct in a village, no ballot too many."""
    if form.body not in (Body.SUPERVISORY, Body.VILLAGE_SUPERVISORY, Body.WOMEN) and form.mode is Mode.SHOW_OF_HANDS:
        return False
    if form.body is Body.VILLAGE and form.mode is not Mode.VOTERS:
        return False
    return form.ballots is None or (form.ballots.collected or 0) <= (form.present or 0)


def passes(form: ResultForm, votes: int) -> bool:
    """Whether so many votes can elect: more than half of the voters, or a third of the ballots in a further vote."""
    if form.round == 2 and form.body in (Body.VILLAGE, Body.RESIDENTS, Body.WOMEN):
        cast = form.present if form.ballots is None else form.ballots.collected  # a raised hand is a vote cast
        return votes > 0 and votes >= THIRD * (cast or 0)
    return votes > HALF * (form.present or 0)


def by_hand(form: ResultForm) -> tuple[set[str], set[str]]:
    """(elected, tied) of a form with one contest, by brute force: in when fewer than `seats` others do as well."""
    able = {each.name: each.votes or 0 for each in form.candidates if passes(form, each.votes or 0)}
    seats = form.total_seats or 0
    elected = {name for name, votes in able.items() if sum(other >= votes for other in able.values()) <= seats}
    better = {name: sum(other > votes for other in able.values()) for name, votes in able.items()}
    return elected, {name for name in able if name not in elected and better[name] < seats}


@given(forms(posts=POSTS))
def test_a_poll_is_valid_exactly_when_every_condition_holds(form: ResultForm) -> None:
    """Quorum, secrecy, directness and the number of ballots, and nothing else."""
    verdict = count(form)
    if verdict.valid is None:
        assert verdict.missing
        assert all(path.startswith("seats.") for path in verdict.missing)
    else:
        assert verdict.valid is (quorum(form) and lawful(form))


@given(forms(posts=POSTS))
def test_nobody_is_elected_below_the_majority_and_no_seat_is_lost(form: ResultForm) -> None:
    """Elected and open seats make up the seats; the tied are not elected; all of them passed."""
    verdict = count(form)
    votes = {each.name: each.votes or 0 for each in form.candidates}
    assert all(passes(form, votes[name]) for name in (*verdict.elected, *verdict.tied))
    assert not set(verdict.elected) & set(verdict.tied)
    assert len(set(verdict.elected)) == len(verdict.elected)
    if verdict.valid:
        assert verdict.open_seats == (form.total_seats or 0) - len(verdict.elected)
        assert verdict.open_seats >= 0
        assert (verdict.next is NextStep.REVOTE_TIED) == bool(verdict.tied)
        assert (verdict.next is None) <= (verdict.open_seats == 0 or form.round == 2)
    else:
        assert verdict.elected == verdict.tied == ()
        assert (verdict.next is NextStep.NEW_POLL) == (verdict.valid is False)


@given(forms())
def test_one_contest_agrees_with_brute_force(form: ResultForm) -> None:
    """Who is in and who is tied, found by comparing everybody with everybody."""
    verdict = count(form)
    if verdict.valid:
        assert (set(verdict.elected), set(verdict.tied)) == by_hand(form)


@given(forms(posts=POSTS), st.data())
def test_a_missing_figure_never_changes_an_answer(form: ResultForm, data: st.DataObject) -> None:
    """Erase figures: the answer is the same or none. Ballots issued are not asked for (see the package's docstring)."""
    complete = count(form)
    paths = [path for path, _ in form.figures()]
    erased = data.draw(st.sets(st.sampled_from(paths), min_size=1, max_size=4))
    verdict = count(erase(form, erased))
    if verdict.valid is not None:
        same = ("valid", "elected", "tied", "next")
        assert [getattr(verdict, name) for name in same] == [getattr(complete, name) for name in same]
    else:
        assert verdict.unusable or verdict.missing
        shared = {path for path in verdict.missing if path.startswith("seats.")}  # a total that several posts share
        assert set(verdict.missing) - shared <= erased


def erase(form: ResultForm, paths: set[str]) -> ResultForm:
    """The form with some figures not stated."""
    update: dict[str, Any] = {name: None for name in ("roll", "present") if name in paths}
    if form.ballots is not None:
        gone = {path.removeprefix("ballots."): None for path in paths if path.startswith("ballots.")}
        update["ballots"] = form.ballots.model_copy(update=gone)
    if isinstance(form.seats, dict):
        update["seats"] = {post: None if f"seats.{post}" in paths else n for post, n in form.seats.items()}
    elif "seats" in paths:
        update["seats"] = None
    update["candidates"] = tuple(
        each.model_copy(update={"votes": None}) if f"candidates[{place}].votes" in paths else each
        for place, each in enumerate(form.candidates)
    )
    return form.model_copy(update=update)


@given(forms(posts=POSTS))
def test_the_answer_travels_and_repeats(form: ResultForm) -> None:
    """A form survives JSON, and the same form gets the same answer."""
    again = ResultForm.model_validate_json(form.model_dump_json())
    assert again == form
    assert count(again) == count(form)
    assert Verdict.model_validate_json(count(form).model_dump_json()) == count(form)
