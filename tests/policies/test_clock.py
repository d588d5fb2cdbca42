"""A drill's clock: monotonic, never early, forward only."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.clock import Clock

REAL = datetime(2026, 11, 27, 8, tzinfo=UTC)
ELECTION = datetime(2021, 2, 19, tzinfo=UTC)
stretches = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=200))
days = st.timedeltas(min_value=timedelta(milliseconds=100), max_value=timedelta(days=1))


def test_an_election_day_takes_its_seconds() -> None:
    """Two seconds a day: after five seconds it is noon of the third day."""
    clock = Clock(real=REAL, election=ELECTION, day=timedelta(seconds=2))
    assert clock.at(REAL + timedelta(seconds=5)) == datetime(2021, 2, 21, 12, tzinfo=UTC)
    assert clock.real_time(timedelta(hours=6)) == timedelta(seconds=0.5)


@given(day=days, passed=stretches, wait=stretches)
def test_whoever_waits_wakes_no_earlier(day: timedelta, passed: timedelta, wait: timedelta) -> None:
    """A timer set for a stretch of election time rings when that stretch has passed, to the microsecond or after."""
    clock = Clock(real=REAL, election=ELECTION, day=day)
    now = REAL + passed / 1000
    assert clock.at(now + clock.real_time(wait)) >= clock.at(now) + wait


@given(day=days, passed=stretches, leap=stretches)
def test_a_clock_moves_forward_from_the_instant_it_was_set(day: timedelta, passed: timedelta, leap: timedelta) -> None:
    """It shows the new instant at once and runs on at the same pace."""
    clock, now = Clock(real=REAL, election=ELECTION, day=day), REAL + passed / 1000
    moved = clock.moved(now, clock.at(now) + leap)
    assert moved.at(now) == clock.at(now) + leap
    assert moved.at(now + day) == moved.at(now) + timedelta(days=1)


def test_a_clock_never_moves_back() -> None:
    """Not by a microsecond; nor does it take an instant without its offset, or run faster than a tenth of a second a day."""
    clock = Clock(real=REAL, election=ELECTION, day=timedelta(seconds=1))
    with pytest.raises(ValueError, match="behind"):
        clock.moved(REAL, ELECTION - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="offset"):
        Clock(real=REAL.replace(tzinfo=None), election=ELECTION, day=timedelta(seconds=1))
    with pytest.raises(ValueError, match="day"):
        Clock(real=REAL, election=ELECTION, day=timedelta(milliseconds=99))
