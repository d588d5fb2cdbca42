"""Communities within the term, rehearsed: recalls and by-elections by the way of voting that elected, recounted here.

Expected values are the clauses' (《城市居民委员会组织法》（2025）第十九条、第二十条、第二十四条): of voters and of households' delegates
more than half vote, of residents' delegates more than two thirds; elected or recalled is more than half of those voting.
"""

from copy import deepcopy
from typing import Any

import pytest

from simulation.checker import Invariant
from simulation.digest import WITHIN_THE_TERM
from tests.simulation.rehearsing import Record, check
from tests.simulation.within_term import counts, falsified, of, rehearsed

DELEGATES, HOUSEHOLDS, VOTERS = "community-2025", "community-households", "community-voters"
PLANS = pytest.mark.parametrize("plan", [DELEGATES, HOUSEHOLDS, VOTERS])


def records_of(plan: str) -> list[Record]:
    """The journal of ten communities in which most committees lose a member."""
    cast, records = rehearsed(0.6, plan=plan)
    assert (cast.blocks, cast.given_up) == ([], [])
    return records


def enough(plan: str, present: int, roll: int) -> bool:
    """Whether enough voted: more than two thirds of the delegates, more than half of whoever else votes."""
    return 3 * present > 2 * roll if plan == DELEGATES else 2 * present > roll


@PLANS
def test_both_come_about_and_nothing_honest_is_refused(plan: str) -> None:
    records = records_of(plan)
    assert of(records, "recall", "recall_settled")
    recalled = {one["unit"] for one in of(records, "recall", "recall_settled") if one["fact"]["recalled"]}
    filled = {one["unit"] for one in of(records, "byelection", "body_completed")}
    assert recalled & filled  # the seat of somebody recalled is filled
    assert filled - recalled  # and of somebody who resigned
    assert check(records).violations == ()


@PLANS
def test_the_vote_is_taken_as_the_committee_was_elected(plan: str) -> None:
    """The roll is the delegates', the households' or the voters', of the recall and of the by-election; the shares theirs."""
    records = records_of(plan)
    opened = {one["unit"]: one["fact"]["unit"] for one in records if one["fact"]["kind"] == "unit_opened"}
    delegates, lists = counts(records, "delegated", "residents"), counts(records, "list_corrected", "residents")
    again = counts(records, "list_corrected", "byelection")

    def roll(unit: str, listed: dict[str, Record]) -> int:
        if plan == VOTERS:
            return int(listed[unit]["voters"])
        if plan == HOUSEHOLDS:
            return int(opened[unit]["households"])
        return int(delegates[unit]["from_households"] + delegates[unit]["from_organizations"])

    forms = counts(records, "recall_counted")
    for settled in of(records, "recall", "recall_settled"):
        form, fact = forms[settled["unit"]], settled["fact"]
        assert form["roll"] == roll(settled["unit"], lists)
        assert fact["valid"] is enough(plan, form["present"], form["roll"])
        assert fact["recalled"] is (fact["valid"] and form["in_favour"] * 2 > form["present"])
    polls = counts(records, "counted")
    for done in of(records, "byelection", "body_completed"):
        form = polls[done["unit"]]["form"]
        assert form["roll"] == roll(done["unit"], again)
        assert enough(plan, form["present"], form["roll"])
        (seat,) = done["fact"]["seats"]
        if form.get("round", 1) == 1:
            assert seat["votes"] * 2 > form["present"]


@PLANS
def test_who_joins_fills_the_vacant_post_and_sat_nowhere(plan: str) -> None:
    records = records_of(plan)
    sitting: dict[str, set[str]] = {}
    for one in records:
        if one["fact"]["kind"] == "body_completed" and one["body"] != "byelection":
            sitting.setdefault(one["unit"], set()).update(seat["person"] for seat in one["fact"]["seats"])
    begun = {one["unit"]: one["fact"] for one in of(records, "byelection", "begun_on_demand")}
    for done in of(records, "byelection", "body_completed"):
        (seat,) = done["fact"]["seats"]
        assert [seat["post"]] == begun[done["unit"]]["posts"]
        assert seat["person"] not in sitting[done["unit"]]


@PLANS
@pytest.mark.parametrize(
    ("body", "kind", "form", "changes", "invariant", "rule"),
    [
        ("recall", "recall_proposed", "", {"voters": 0, "representatives": 1}, Invariant.MAJORITY, "V25"),
        ("recall", "decided", "recall_counted", {"present": 10}, Invariant.MAJORITY, "V25"),
        ("recall", "decided", "recall_counted", {"roll": 99999}, Invariant.BALLOTS, "denominator"),
        ("byelection", "begun_on_demand", "", {"posts": ["chair"] * 9}, Invariant.SEATS, "V25"),
        ("byelection", "decided", "posted", {"posted_on": "2027-12-31"}, Invariant.DAYS, "date"),
        ("byelection", "body_completed", "", {"seats": []}, Invariant.SEATS, "R1"),
    ],
)
def test_a_falsified_line_is_flagged(
    plan: str, body: str, kind: str, form: str, changes: dict[str, Any], invariant: Invariant, rule: str
) -> None:
    report = check(falsified(records_of(plan), body, kind, form, **changes))
    assert (invariant, rule) in {(one.invariant, one.rule) for one in report.violations}


@pytest.mark.parametrize(("more", "short"), [(0, True), (-1, False)], ids=["exactly two thirds", "one more than that"])
def test_exactly_two_thirds_of_the_delegates_are_too_few(more: int, short: bool) -> None:
    """The roll of a by-election's poll falsified: more than two thirds must vote."""
    records = deepcopy(records_of(DELEGATES))
    polls = [one["fact"]["form"]["form"] for one in of(records, "byelection", "decided") if _is_poll(one)]
    poll = next(one for one in polls if one["present"] % 2 == 0)
    poll["roll"] = poll["present"] * 3 // 2 + more
    flagged = {one.rule for one in check(records).violations if one.invariant is Invariant.MAJORITY}
    assert ("R5" in flagged) is short


def _is_poll(record: Record) -> bool:
    return bool(record["fact"]["form"]["kind"] == "counted")


def test_the_plan_of_2021_knows_no_term() -> None:
    """It writes no steps of a recall or a by-election: nothing is drawn, at whatever rate."""
    _, records = rehearsed(0.9, plan="street-2021")
    assert {one["body"] for one in records}.isdisjoint(WITHIN_THE_TERM)
