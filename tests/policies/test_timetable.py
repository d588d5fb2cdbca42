"""The network against brute force; the street plan's dates against its own words; every form of window; plans that cannot be kept."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.calendar import DayUnit, national_calendar
from policies.pack.schema import Condition
from policies.timetable import timetable
from policies.timetable.network import Network, Shift, days
from policies.timetable.windows import counted_from
from tests.policies.packs_under_test import BARE_EXAMPLE, BARE_STREET, CALENDAR, EXAMPLE, STREET, changed, pack

# ---------------------------------------------------------------- the network itself

SPAN = 7
WORKED = [True, False, False, True, True, False, True] * 40  # an arbitrary calendar for working-day shifts


def _working(n: int) -> Shift:
    def ahead(day: int) -> int:
        left = n
        while left:
            day += 1
            left -= WORKED[day % len(WORKED)]
        return day

    return Shift(ahead, n)


constraints = st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans(), st.integers(-3, 4)).filter(
    lambda c: c[0] != c[1]
)
fixed = st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, SPAN - 1))


@settings(max_examples=200, deadline=None)
@given(st.lists(constraints, max_size=6), st.lists(fixed, max_size=3))
def test_the_network_agrees_with_trying_every_assignment(
    joined: list[tuple[int, int, bool, bool, int]], bounds: list[tuple[int, bool, int]]
) -> None:
    """Feasibility, earliest and latest days of four nodes on seven days, against all 2401 assignments."""
    base = 1000
    network = Network(base, base + SPAN - 1)
    for node in range(4):
        network.add(node)
    shifts = []
    for early, late, floor, working, n in joined:
        shift = _working(n) if working and n > 0 else days(n)
        shifts.append((early, late, floor, shift))
        (network.at_least if floor else network.at_most)(early, late, shift, f"{early} {late}")
    for node, low, day in bounds:
        (network.not_before if low else network.not_after)(node, base + day, "fixed")
    good = [
        one
        for one in product(range(base, base + SPAN), repeat=4)
        if all((one[node] >= base + day) if low else (one[node] <= base + day) for node, low, day in bounds)
        and all(
            (one[late] >= shift.ahead(one[early])) if floor else (one[late] <= shift.ahead(one[early]))
            for early, late, floor, shift in shifts
        )
    ]
    solution = network.solve()
    assert bool(good) == (not solution.conflicts)
    if good:
        assert [solution.earliest[node] for node in range(4)] == [min(one[node] for one in good) for node in range(4)]
        assert [solution.latest[node] for node in range(4)] == [max(one[node] for one in good) for node in range(4)]


@given(st.integers(1, 6), st.integers(50, 120))
def test_the_inverses_of_a_shift_are_its_inverses(n: int, target: int) -> None:
    """latest: the greatest day not past the target; earliest: the least day that reaches it."""
    shift = _working(n)
    reach = range(target - 40, target + 1)
    assert shift.latest(target) == max(day for day in reach if shift.ahead(day) <= target)
    assert shift.earliest(target) == min(day for day in reach if shift.ahead(day) >= target)


# ---------------------------------------------------------------- the street plan


def test_the_literal_plan_cannot_poll_before_the_28th() -> None:
    """Nomination stays open to 4-25; three days later is 4-28, though the window opens on 4-26."""
    literal = timetable(pack(STREET), CALENDAR, resolved=False)
    poll = literal.slot("residents.poll")
    assert (poll.window_start, poll.earliest, poll.latest) == (date(2021, 4, 26), date(2021, 4, 28), date(2021, 4, 30))
    assert literal.feasible


def test_the_literal_plan_needs_its_publicity_up_by_the_holiday() -> None:
    """The last posting the plan permits, 3-29, runs to 4-6 over Qingming."""
    publicity = timetable(pack(STREET), CALENDAR, resolved=False).slot("party.publicity")
    assert (publicity.latest, publicity.ends_latest) == (date(2021, 3, 29), date(2021, 4, 6))


def test_the_resolved_plan_is_feasible_from_first_meeting_to_last_handover() -> None:
    """2021-02-19 to 2021-05-10, every step with a window, each inside what the network allows."""
    table = timetable(pack(STREET), CALENDAR)
    assert table.feasible
    assert table.slot("party.meeting").window_start == date(2021, 2, 19)
    assert table.slot("residents.handover").window_end == date(2021, 5, 10)
    assert table.slot("supervisory.handover").window_end == date(2021, 5, 10)
    for slot in table.slots:
        if not slot.applies:
            continue
        assert slot.window_start is not None
        assert slot.window_end is not None
        assert slot.earliest is not None
        assert slot.latest is not None
        assert slot.window_start <= slot.earliest <= slot.latest <= slot.window_end
        assert slot.slack_days is not None
        assert slot.slack_days >= 0


def test_executed_windows_answer_the_defects() -> None:
    """Publicity by 3-25 for 4-2; list by 4-24 for 4-28 even with three clear days; results approved before 4-10."""
    table = timetable(pack(STREET), CALENDAR)
    assert table.slot("party.publicity").latest == date(2021, 3, 25)
    assert table.slot("party.publicity").ends_latest == date(2021, 4, 1)
    assert table.slot("party.assembly").earliest == date(2021, 4, 2)
    assert table.slot("residents.list").latest == date(2021, 4, 24)
    assert table.slot("residents.poll").earliest == date(2021, 4, 28)
    result = table.slot("party.result_approval").latest
    assert result is not None
    assert result < date(2021, 4, 10)


def test_the_critical_path_runs_through_the_three_bodies_in_order() -> None:
    """Party, then residents, then supervisors."""
    path = timetable(pack(STREET), CALENDAR).critical_path
    assert path[-1].startswith("supervisory.")
    assert path.index("party.assembly") < path.index("residents.poll") < path.index("supervisory.vote")


def test_a_step_that_does_not_apply_holds_nothing_up() -> None:
    """Registration is for polls by every voter: left out, nomination waits for the election committee instead."""
    table = timetable(pack(STREET), CALENDAR)
    skipped = table.slot("residents.registration")
    assert not skipped.applies
    assert skipped.earliest is None
    assert "residents.registration" not in table.slot("residents.nomination").depends_on
    everyone = timetable(pack(STREET), CALENDAR, conditions=Condition)
    assert everyone.slot("residents.registration").applies
    assert "residents.registration" in everyone.slot("residents.nomination").depends_on


# ---------------------------------------------------------------- windows of every form


def test_every_form_of_window_becomes_days() -> None:
    """Third of a month, days after a step, dates, E−n: as the example's own text says."""
    table = timetable(pack(EXAMPLE), CALENDAR)
    assert table.slot("residents.election_committee").window_end == date(2021, 4, 10)  # 上旬
    assert table.slot("residents.representatives").latest == date(2021, 4, 15)  # 产生后五日内
    listed = table.slot("residents.list")
    assert listed.latest == date(2021, 5, 3)  # 最晚的选举日 5月8日 前五日
    assert table.slot("residents.handover").latest == date(2021, 5, 18)  # 5月8日起十日


def test_a_duration_starts_when_the_steps_before_it_are_done() -> None:
    """Five days beginning on 4-24, the day after review could end, last to 4-28."""
    text = changed(EXAMPLE, ("window: { poll_to: -5 }", "window: { lasts: 5 }"))
    listed = timetable(pack(text), CALENDAR).slot("residents.list")
    assert listed.earliest == date(2021, 4, 22)
    assert listed.ends_latest == date(2021, 5, 3)
    assert listed.latest == date(2021, 4, 29)


@pytest.mark.parametrize(
    ("third", "month", "last"),
    [("early", "2021-02", 10), ("middle", "2021-02", 20), ("late", "2021-02", 28), ("late", "2021-04", 30)],
)
def test_thirds_of_a_month(third: str, month: str, last: int) -> None:
    """上旬 to the 10th, 中旬 to the 20th, 下旬 to the month's end."""
    text = changed(EXAMPLE, ("month: 2021-04, third: early", f"month: {month}, third: {third}"))
    assert timetable(pack(text), CALENDAR).slot("residents.election_committee").window_end == date(
        int(month[:4]), int(month[5:]), last
    )


def test_clear_days_leave_whole_days_between() -> None:
    """List on 4-25, three days: 4-28; three clear days: 4-29."""
    for clear, earliest in (("false", date(2021, 4, 28)), ("true", date(2021, 4, 29))):
        table = timetable(pack(BARE_STREET, ("clear: missing", f"clear: {clear}")), CALENDAR)
        assert table.slot("residents.poll").earliest == earliest


# ---------------------------------------------------------------- plans that cannot be kept


def test_an_infeasible_plan_names_the_chain_of_constraints() -> None:
    """A poll window that closes before the list can have been up for three days."""
    table = timetable(
        pack(BARE_STREET, ("from: 2021-04-26, to: 2021-04-30", "from: 2021-04-26, to: 2021-04-27")), CALENDAR
    )
    assert not table.feasible
    finding = next(one for one in table.findings if one.step == "residents.poll")
    assert (finding.rule, finding.value, finding.limit) == ("T1", "2021-04-28", "2021-04-27")
    assert "持续到 2021-04-25" in finding.message
    assert "至少 3 日（R4）" in finding.message
    assert table.slot("residents.poll").slack_days is not None
    assert (table.slot("residents.poll").slack_days or 0) < 0


def test_gaps_that_contradict_each_other_are_a_finding() -> None:
    """At least five days before the poll, at most two: the network would push itself on for ever."""
    text = changed(BARE_EXAMPLE, ("at_least: 5, rule", "at_least: 5, at_most: 5, rule"))
    text = changed(text, ("window: { poll_to: -5 }", "window: { poll_from: -2, poll_to: -1 }"))
    table = timetable(pack(text), CALENDAR)
    assert any("矛盾" in one.message or "排不出来" in one.message for one in table.findings)


def test_a_year_without_announced_holidays_is_a_finding_not_a_guess() -> None:
    """Working days of a year far ahead cannot be counted; nothing is guessed."""
    text = BARE_STREET.replace("2021-", "2031-")
    table = timetable(pack(text), national_calendar([2031]))
    assert [one.rule for one in table.findings] == ["C1"]
    assert all(slot.earliest is None for slot in table.slots)
    assert table.slot("party.meeting").window_start == date(2031, 2, 19)


@pytest.mark.parametrize(
    ("n", "unit", "day"),
    [
        (-20, DayUnit.CALENDAR, date(2026, 4, 16)),
        (0, DayUnit.WORKING, date(2026, 5, 6)),
        (-3, DayUnit.WORKING, date(2026, 4, 28)),  # 30, 29, 28 April: 1 to 5 May are days off
        (3, DayUnit.WORKING, date(2026, 5, 9)),  # 7, 8 and the make-up Saturday
    ],
)
def test_days_counted_from_the_poll(n: int, unit: DayUnit, day: date) -> None:
    """E−n and E+n from 6 May 2026, off the announced calendar."""
    assert counted_from(national_calendar([2026]), date(2026, 5, 6), n, unit) == day
