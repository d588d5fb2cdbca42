"""Synthetic villages: their own figures in place of the communities', voters as numbers, and a direct vote box by box."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.packs import open_pack
from policies.form import BoxPapers, ResultForm, contradictions
from policies.pack.schema import Denominator, Pack, Threshold
from policies.people import Post, Sex
from policies.rule import Law
from simulation.population.chance import numpy_stream
from simulation.population.direct import draw_direct_poll, opened
from simulation.population.district import SyntheticDistrict
from simulation.population.electorate import Electorate
from simulation.population.names import MOST_UNITS, unit_names
from simulation.population.parameters import ParametersError, load, parse
from simulation.population.synthesis import districts_for, synthesize_district
from simulation.population.voting import Contender, Poll
from simulation.population.writein import draw_write_in

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "simulation/population/parameters.yaml").read_text(encoding="utf-8")
PARAMETERS = load()
POLL = Poll(Law.OF_2025, date(2026, 5, 16))
MORE_THAN_HALF = Threshold(text="过半数", numerator=1, denominator=2, inclusive=False, of=Denominator.REGISTERED)


def as_villages(seats: tuple[int, int] = (3, 7)) -> Pack:
    """The street plan, for villages whose committees have so many seats: what the synthesis reads of a pack."""
    pack = open_pack("street-2021")
    assert isinstance(pack, Pack)
    bodies = tuple(
        body.model_copy(update={"seats": body.seats.model_copy(update={"min": seats[0], "max": seats[1]})})
        if body.id == "residents" and body.seats
        else body
        for body in pack.bodies
    )
    return pack.model_copy(update={"kind": "village", "bodies": bodies})


@pytest.fixture(scope="module")
def county() -> SyntheticDistrict:
    return synthesize_district(7, 1, 300, PARAMETERS, pack=as_villages(), setting="s")


def electorates(county: SyntheticDistrict) -> list[Electorate]:
    found = [unit.electorate for unit in county]
    assert all(one is not None for one in found)
    return [one for one in found if one is not None]


# ---------------------------------------------------------------- parameters


def test_villages_have_figures_of_their_own_and_communities_keep_theirs() -> None:
    villages = PARAMETERS.of("village")
    assert PARAMETERS.of("community") is PARAMETERS
    assert villages.structure.households == PARAMETERS.in_villages["structure.households"]
    assert villages.polls.tie_rate == PARAMETERS.polls.tie_rate  # not otherwise in villages
    assert villages.of("village") == villages
    assert villages.sha256 != PARAMETERS.sha256  # the file's hash is that of the whole file


@pytest.mark.parametrize("path", ["structure.villagers", "villages.groups", "households", "response.civil_affairs"])
def test_a_figure_that_replaces_nothing_is_refused(path: str) -> None:
    with pytest.raises(ParametersError, match=f"前面各节没有 {path}"):
        parse(SHIPPED.replace("  structure.households: {", f"  {path}: {{"))


def test_a_county_of_386_villages_is_one_county() -> None:
    assert districts_for(386, PARAMETERS.of("village")) == [(1, 386)]
    assert len(districts_for(386, PARAMETERS)) == 4


# ---------------------------------------------------------------- reproducible

_FINGERPRINT = """
import hashlib
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from tests.simulation.test_village_population import as_villages
found = synthesize_district(3, 2, 6, load(), pack=as_villages(), setting="s")
print(hashlib.sha256(repr(found).encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_county_under_any_hash_seed() -> None:
    here = repr(synthesize_district(3, 2, 6, PARAMETERS, pack=as_villages(), setting="s"))
    printed = {
        subprocess.run(
            [sys.executable, "-c", _FINGERPRINT],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("0", "4242")
    }
    assert printed == {hashlib.sha256(here.encode()).hexdigest()}


def test_a_village_is_the_same_however_many_are_asked_for(county: SyntheticDistrict) -> None:
    few = synthesize_district(7, 1, 3, PARAMETERS, pack=as_villages(), setting="s")
    assert [county.units[key] for key in few.units] == list(few)


# ---------------------------------------------------------------- shape


def test_places_are_named_as_villages_are(county: SyntheticDistrict) -> None:
    assert county.brief.name.endswith("县")
    assert all(street.brief.name.endswith("镇") for street in county.streets)
    names = [unit.brief.name for unit in county]
    assert len(set(names)) == len(names)
    assert all(name.endswith("村") for name in names)
    assert len(set(unit_names(any_stream(), MOST_UNITS, "village"))) == MOST_UNITS


def any_stream() -> Random:
    return Random(1)


def test_figures_stay_within_their_ranges_and_add_up(county: SyntheticDistrict) -> None:
    known = PARAMETERS.villages
    for unit in county:
        found = unit.electorate
        assert found is not None
        assert 120 <= unit.brief.households <= 1200
        assert found.registered == found.resident + found.away + sum(one.agreed for one in found.outsiders)
        assert found.resident + found.away <= unit.adults
        least = (1 - known.away_share.high) * known.home_registers.low * unit.adults
        assert found.resident >= least - 1
        assert 3 * found.women_delegates >= found.delegates  # 妇女村民代表占三分之一以上
        assert unit.brief.households / 15 - 1 <= found.delegates <= max(unit.brief.households / 5 + 1, 15)
        assert known.box_staff.low <= found.box_staff <= known.box_staff.high
        assert all(one.months >= 12 for one in found.outsiders)
        assert len(unit.pools.tellers) >= found.boxes * found.box_staff + known.staff_reserves.low


def test_proxies_carry_no_more_than_two_and_name_everybody_once(county: SyntheticDistrict) -> None:
    for unit in county:
        found = unit.electorate
        assert found is not None
        carried = Counter(proxy.holder.id for proxy in found.proxies)
        assert max(carried.values(), default=0) <= 2
        named = [proxy.principal for proxy in found.proxies] + list({proxy.holder for proxy in found.proxies})
        named += [one.voter for one in found.outsiders] + [one.about for one in found.objections]
        named += [user for users in found.roving for user in users]
        names = [one.name for one in named] + [person.name for person in (*unit.people, *unit.relatives)]
        assert len({one.id for one in named}) == len(named)
        assert len(set(names)) == len(names)
        assert not {one.id for one in named} & {person.id for person in unit.people}


def test_the_sitting_committee_has_no_more_members_than_seats(county: SyntheticDistrict) -> None:
    seats = Counter(unit.brief.residents_seats for unit in county)
    assert set(seats) == {3, 4, 5, 6, 7}
    for unit in county:
        sitting = [person for person in unit.people if any(post.in_committee for post in person.incumbent)]
        assert len(sitting) == unit.brief.residents_seats
        assert sum(Post.CHAIR in person.incumbent for person in sitting) == 1


def test_there_are_women_enough_for_the_women_s_seat(county: SyntheticDistrict) -> None:
    for unit in county:
        pool = [unit.person(one) for one in unit.pools.residents]
        sound = [one for one in pool if one.id not in unit.barred and one.id not in unit.unqualified]
        assert sum(one.sex is Sex.FEMALE for one in sound) >= 3
        assert len(sound) >= unit.brief.residents_seats + 4


def test_a_voter_is_no_object(county: SyntheticDistrict) -> None:
    """Persons and names together stay a small part of those who vote; what is known of a named voter is id and name."""
    named = sum(
        2 * len(one.proxies) + len(one.outsiders) + len(one.objections) + sum(map(len, one.roving))
        for one in electorates(county)
    )
    registered = sum(one.registered for one in electorates(county))
    assert named < registered / 10
    assert all(proxy.principal._fields == ("id", "name") for one in electorates(county) for proxy in one.proxies)


# ---------------------------------------------------------------- the direct vote


def ballot(members: int) -> list[Contender]:
    return [
        Contender("a", "甲", post="主任"),
        Contender("b", "乙", post="主任"),
        Contender("c", "丙", post="副主任"),
        Contender("d", "丁", post="副主任"),
        *[Contender(f"m{n}", f"委{n}", post="委员") for n in range(members + 1)],
    ]


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**64),
    rolls=st.lists(st.integers(0, 900), min_size=1, max_size=5),
    members=st.integers(1, 5),
    again=st.booleans(),
)
def test_every_box_conserves_its_ballots(seed: int, rolls: list[int], members: int, again: bool) -> None:
    """The sums, done here by hand: not with the code that counts."""
    seats = {"主任": 1, "副主任": 1, "委员": members}
    forms = draw_direct_poll(
        numpy_stream(seed, "boxes"),
        rolls=rolls,
        seats=seats,
        contenders=ballot(members),
        parameters=PARAMETERS.of("village"),
        poll=Poll(Law.OF_2025, None, 2 if again else 1),
        quorum=MORE_THAN_HALF,
    )
    assert [form.roll for form in forms] == rolls
    for form in forms:
        paper = form.ballots
        assert paper is not None
        issued, collected, valid, invalid, blank = (
            figure if figure is not None else -1
            for figure in (paper.issued, paper.collected, paper.valid, paper.invalid, paper.blank)
        )
        assert valid + invalid == collected <= issued == form.present
        assert (form.present or 0) <= (form.roll or 0)
        assert 0 <= blank <= valid
        for post, number in seats.items():
            votes = [one.votes or 0 for one in form.candidates if one.post == post]
            assert all(0 <= vote <= valid - blank for vote in votes)
            assert sum(votes) <= number * (valid - blank)
        assert contradictions(form) == []


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 2**64), rolls=st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_who_is_written_in_takes_no_vote_from_anybody(seed: int, rolls: list[int]) -> None:
    """Only free marks, and no more than the range says; the two spellings stand as one person in every box."""
    village = PARAMETERS.of("village")
    always = village.model_copy(
        update={
            "villages": village.villages.model_copy(
                update={"write_in_rate": village.villages.write_in_rate.model_copy(update={"value": 1.0})}
            )
        }
    )
    forms = draw_direct_poll(
        numpy_stream(seed, "boxes"),
        rolls=rolls,
        seats={"主任": 1, "副主任": 1, "委员": 2},
        contenders=ballot(2),
        parameters=village,
        poll=POLL,
    )
    other = Contender("w", "某小明", post="委员")
    written = draw_write_in(numpy_stream(seed, "write-in"), forms, other, "计票人", always)
    total = 0
    for before, after in zip(forms, written, strict=True):
        *names, last = after.candidates
        assert tuple(names) == before.candidates
        assert (last.name, last.post, last.write_in) == ("某小明", "委员", True)
        total += last.votes or 0
        assert contradictions(after) == []
    assert total <= village.villages.write_ins.high
    free = [2 * ((b.valid or 0) - (b.blank or 0)) for form in forms if (b := form.ballots) is not None]
    given_ = [sum(one.votes or 0 for one in form.candidates if one.post == "委员") for form in forms]
    assert total >= min(1, sum(all_ - votes for all_, votes in zip(free, given_, strict=True)))
    never = village.villages.write_in_rate.model_copy(update={"value": 0.0})
    silent = village.model_copy(update={"villages": village.villages.model_copy(update={"write_in_rate": never})})
    assert draw_write_in(numpy_stream(seed, "write-in"), forms, other, "计票人", silent) == forms


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**64), rolls=st.lists(st.integers(0, 90), min_size=1, max_size=5))
def test_mixing_conserves_every_figure_and_leaves_no_small_count(seed: int, rolls: list[int]) -> None:
    """The sums and the floor of thirty are written out here: the counts handed in hold what the boxes held, figure by figure."""
    forms = draw_direct_poll(
        numpy_stream(seed, "mixing"),
        rolls=rolls,
        seats={"主任": 1, "副主任": 1, "委员": 2},
        contenders=ballot(2),
        parameters=PARAMETERS.of("village"),
        poll=POLL,
    )
    handed_in, mixed = opened(forms)
    counts = [one for one in (*handed_in, mixed) if isinstance(one, ResultForm)]
    papers = [one for one in handed_in if isinstance(one, BoxPapers)]
    for figure in ("present", "roll"):
        assert sum(getattr(one, figure) for one in counts) == sum(getattr(one, figure) for one in forms)
    for figure in ("issued", "collected", "valid", "invalid", "blank"):
        assert sum(getattr(one.ballots, figure) for one in counts) == sum(getattr(one.ballots, figure) for one in forms)
    for place in range(7):
        assert sum(one.candidates[place].votes or 0 for one in counts) == sum(
            one.candidates[place].votes or 0 for one in forms
        )
    assert len(counts) == 1 or all(one.ballots and (one.ballots.collected or 0) >= 30 for one in counts)
    assert (mixed is None) == (papers == [])
    for form, one in zip(forms, handed_in, strict=True):
        assert form.ballots is not None
        if isinstance(one, BoxPapers):
            assert (one.present, one.issued, one.collected) == (
                form.present,
                form.ballots.issued,
                form.ballots.collected,
            )
        else:
            assert one == form
    if mixed is not None:
        assert mixed.ballots is not None
        assert mixed.ballots.collected == sum(one.collected for one in papers)
        assert contradictions(mixed) == []


@pytest.mark.parametrize(("roving", "apart"), [(29, False), (30, True)])
def test_thirty_ballots_are_counted_by_themselves_and_twenty_nine_are_not(roving: int, apart: bool) -> None:
    """Every ballot comes back here, so that voters are ballots."""
    polls = PARAMETERS.of("village").polls
    all_back = polls.model_copy(update={"unreturned_rate": polls.unreturned_rate.model_copy(update={"value": 0.0})})
    forms = draw_direct_poll(
        numpy_stream(1, "boundary"),
        rolls=[600, roving],
        seats={"主任": 1, "副主任": 1, "委员": 2},
        contenders=ballot(2),
        parameters=PARAMETERS.of("village").model_copy(update={"polls": all_back}),
        poll=POLL,
        present=600 + roving,
    )
    handed_in, mixed = opened(forms)
    assert [isinstance(one, ResultForm) for one in handed_in] == [apart, apart]
    assert (mixed is None) is apart


def drawn(rate: str, seed: int) -> tuple[ResultForm, ...]:
    polls = PARAMETERS.of("village").polls
    zero = {name: getattr(polls, name).model_copy(update={"value": 0.0}) for name in ("contest_rate", "shortfall_rate")}
    zero |= {"tie_rate": polls.tie_rate.model_copy(update={"value": 0.0})}
    zero[rate] = getattr(polls, rate).model_copy(update={"value": 1.0, "high": 1.0})
    parameters = PARAMETERS.of("village").model_copy(update={"polls": polls.model_copy(update=zero)})
    return draw_direct_poll(
        numpy_stream(seed, "special"),
        rolls=[600, 300, 9],
        seats={"主任": 1, "副主任": 1, "委员": 2},
        contenders=ballot(2),
        parameters=parameters,
        poll=POLL,
        present=700,
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_tie_is_a_tie_over_all_boxes_together(seed: int) -> None:
    forms = drawn("tie_rate", seed)
    total = [sum(form.candidates[place].votes or 0 for form in forms) for place in range(7)]
    assert total[0] == total[1]
    assert total[2] == total[3]
    assert sorted(total[4:])[0] == sorted(total[4:])[1]


@pytest.mark.parametrize("seed", range(5))
def test_a_shortfall_leaves_a_seat_below_half_of_those_voting(seed: int) -> None:
    forms = drawn("shortfall_rate", seed)
    total = [sum(form.candidates[place].votes or 0 for form in forms) for place in range(7)]
    assert sum(form.present or 0 for form in forms) == 700
    assert all(2 * max(pair) <= 700 for pair in (total[:2], total[2:4]))
    assert sum(2 * votes > 700 for votes in total[4:]) == 1
