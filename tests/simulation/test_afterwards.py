"""Within the term, rehearsed: recalls and by-elections come at their rates, are recounted here, and a falsified line is flagged;
so are complaints that stop a step or have it done again (K3).

The expected values are the clauses' (《村民委员会组织法》（2025）第十八条、第十九条、第二十三条), recounted from the raw figures.
"""

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from simulation.checker import Invariant
from simulation.digest import WITHIN_THE_TERM, Digester, limits_of
from tests.simulation.rehearsing import Record, check, setting_of
from tests.simulation.within_term import GRAVE, counts, falsified, of, rehearsed


def test_both_come_about_and_nothing_honest_is_refused() -> None:
    cast, records = rehearsed(0.6)
    assert (cast.blocks, cast.given_up) == ([], [])
    settled = of(records, "recall", "recall_settled")
    assert {True, False} <= {one["fact"]["recalled"] for one in settled}
    filled = of(records, "byelection", "body_completed")
    recalled = {one["unit"] for one in settled if one["fact"]["recalled"]}
    assert recalled & {one["unit"] for one in filled}  # the seat of somebody recalled is filled
    assert {one["unit"] for one in filled} - recalled  # and of somebody who resigned
    assert check(records).violations == ()


def test_a_recall_is_recounted() -> None:
    """A third of the delegates asked; more than half of the roll voted; recalled by more than half of those voting."""
    _, records = rehearsed(0.6)
    begun = {one["unit"]: one["fact"] for one in of(records, "recall", "begun_on_demand")}
    asked = {one["unit"]: one["fact"] for one in of(records, "recall", "recall_proposed")}
    forms = counts(records, "recall_counted")
    assert begun.keys() == asked.keys() == forms.keys()
    for settled in of(records, "recall", "recall_settled"):
        unit, form = settled["unit"], forms[settled["unit"]]
        assert asked[unit]["representatives"] * 3 >= begun[unit]["representatives"] > 0
        assert form["roll"] == begun[unit]["registered"]
        assert settled["fact"]["valid"] is (form["present"] * 2 > form["roll"])
        assert settled["fact"]["recalled"] is (
            form["present"] * 2 > form["roll"] and form["in_favour"] * 2 > form["present"]
        )


def test_a_by_election_fills_the_seat_that_is_vacant() -> None:
    """Who joins sat on no body of the village, holds the post that became vacant, by more than half of those voting."""
    _, records = rehearsed(0.6)
    sitting: dict[str, set[str]] = {}
    for one in records:
        if one["fact"]["kind"] == "body_completed" and one["body"] != "byelection":
            sitting.setdefault(one["unit"], set()).update(seat["person"] for seat in one["fact"]["seats"])
    begun = {one["unit"]: one["fact"] for one in of(records, "byelection", "begun_on_demand")}
    for done in of(records, "byelection", "body_completed"):
        unit, form = done["unit"], counts(records, "counted")[done["unit"]]["form"]
        (seat,) = done["fact"]["seats"]
        assert [seat["post"]] == begun[unit]["posts"]
        assert seat["person"] not in sitting[unit]
        assert form["present"] * 2 > form["roll"]
        if form.get("round", 1) == 1:
            assert seat["votes"] * 2 > form["present"]


def test_who_resigns_is_recorded_before_the_seat_is_filled() -> None:
    """With the day on which the meeting agreed and the number of its minutes; whoever is recalled is not recorded again."""
    _, records = rehearsed(0.6)
    left = of(records, "departure", "begun_on_demand")
    recalled = {one["fact"]["person"] for one in of(records, "recall", "recall_settled") if one["fact"]["recalled"]}
    begun = of(records, "byelection", "begun_on_demand")
    for one in left:
        (gone,) = one["fact"]["departed"]
        assert gone["person"] not in recalled
        assert gone["on"] == one["at"][:10]
        assert gone["document"]
        later = [each for each in begun if each["unit"] == one["unit"]]
        assert all(records.index(one) < records.index(each) for each in later)
    assert {one["unit"] for one in begun} <= {one["unit"] for one in (*left, *of(records, "recall", "recall_settled"))}


def test_nothing_comes_about_at_rate_zero_nor_where_a_fault_is_planted() -> None:
    """And what the election itself wrote is the same, to the letter: the term draws from streams of its own."""
    _, quiet = rehearsed(0.0)
    assert {one["body"] for one in quiet}.isdisjoint(WITHIN_THE_TERM)
    _, lively = rehearsed(0.6)
    assert [one for one in lively if one["body"] not in WITHIN_THE_TERM] == quiet
    unit = of(lively, "recall", "begun_on_demand")[0]["unit"]
    _, faulty = rehearsed(0.6, ((unit, "F7.village_third"),))
    assert unit not in {one["unit"] for one in faulty if one["body"] in WITHIN_THE_TERM}
    assert of(faulty, "recall", "begun_on_demand")


def test_the_digest_counts_the_election_alone() -> None:
    """What comes after it is told by kind, and changes no other figure."""
    limits = limits_of(setting_of("village-2025"))
    before, after = Digester(limits), Digester(limits)
    for record in rehearsed(0.0)[1]:
        before.feed(record)
    for record in rehearsed(0.6)[1]:
        after.feed(record)
    assert after.digest.waits == before.digest.waits
    assert after.digest.done == before.digest.done
    assert after.digest.facts["recall_settled"] == len(of(rehearsed(0.6)[1], "recall", "recall_settled"))


# ---------------------------------------------------------------- falsified


@pytest.mark.parametrize(
    ("body", "kind", "form", "changes", "invariant", "rule"),
    [
        ("recall", "recall_proposed", "", {"voters": 0, "representatives": 1}, Invariant.MAJORITY, "V25"),
        ("recall", "decided", "recall_counted", {"present": 10}, Invariant.MAJORITY, "V25"),
        ("recall", "decided", "recall_counted", {"in_favour": 1}, Invariant.BALLOTS, "V25"),
        ("recall", "decided", "recall_counted", {"roll": 99999}, Invariant.BALLOTS, "denominator"),
        ("recall", "begun_on_demand", "", {"person": "nobody"}, Invariant.SEATS, "V25"),
        (
            "departure",
            "begun_on_demand",
            "",
            {"departed": [{"person": "nobody", "reason": "辞职"}]},
            Invariant.SEATS,
            "V25",
        ),
        (
            "departure",
            "begun_on_demand",
            "",
            {"departed": [{"person": "nobody", "reason": "辞职", "on": "2031-01-01"}]},
            Invariant.DAYS,
            "date",
        ),
        ("byelection", "begun_on_demand", "", {"posts": ["chair", "chair"]}, Invariant.SEATS, "V25"),
        ("byelection", "decided", "posted", {"posted_on": "2027-12-31"}, Invariant.DAYS, "date"),
        ("byelection", "body_completed", "", {"seats": []}, Invariant.SEATS, "R1"),
    ],
)
def test_a_falsified_line_is_flagged(
    body: str, kind: str, form: str, changes: dict[str, Any], invariant: Invariant, rule: str
) -> None:
    report = check(falsified(rehearsed(0.6)[1], body, kind, form, **changes))
    assert (invariant, rule) in {(one.invariant, one.rule) for one in report.violations}


def test_a_poll_below_the_quorum_that_seats_somebody_is_flagged() -> None:
    """Half of the roll is not more than half (V14): the roll is falsified upwards in the count and on the corrected list."""
    records = deepcopy(rehearsed(0.6)[1])
    unit = of(records, "byelection", "body_completed")[0]["unit"]
    for record in of(records, "byelection", "decided"):
        form = record["fact"]["form"]
        if record["unit"] == unit and form["kind"] == "counted":
            form["form"]["roll"] = form["form"]["present"] * 2
    assert "V14" in {one.rule for one in check(records).violations}


@pytest.mark.parametrize("kind", ["recall_settled", "body_completed"])
def test_what_was_begun_and_never_ended_is_flagged(kind: str) -> None:
    body = "recall" if kind == "recall_settled" else "byelection"
    records = list(rehearsed(0.6)[1])
    records.remove(of(records, body, kind)[-1])
    assert (Invariant.GATES, "order") in {(one.invariant, one.rule) for one in check(records).violations}


def test_each_unit_has_one_recall_or_one_by_election_of_its_own() -> None:
    """Drawn once a unit: nobody is recalled twice in a rehearsal."""
    _, records = rehearsed(0.6)
    assert max(Counter(one["unit"] for one in of(records, "recall", "begun_on_demand")).values()) == 1


# ---------------------------------------------------------------- complaints with an effect (K3)


def grave() -> list[Record]:
    """The journal of a county in which most villages get a complaint that is found true and touches the step."""
    cast, records = rehearsed(0.7, names=(GRAVE,))
    assert (cast.blocks, cast.given_up) == ([], [])  # whoever was stopped tried again: no honest form counts as blocked
    return records


def test_a_step_complained_of_is_put_right_or_done_again_before_anything_goes_on() -> None:
    """Between the finding and its correction nothing is decided at any other step of the committee's election."""
    records = grave()
    effects = {
        one["unit"]: one["fact"] for one in of(records, "residents", "complaint_decided") if one["fact"]["effect"]
    }
    assert {fact["effect"] for fact in effects.values()} == {"block", "void"}
    for unit, found in effects.items():
        own = [one["fact"] for one in records if one["unit"] == unit and one["body"] == "residents"]
        begins = own.index(found)
        ends = next(n for n, fact in enumerate(own) if n > begins and fact["kind"] == "complaint_corrected")
        decided = [fact["gate"] for fact in own[begins:ends] if fact["kind"] == "decided"]
        again = f"{found['about']}#2" if found["effect"] == "void" else f"complaint:{found['complaint']}#2"
        assert decided == [again]
    assert check(records).violations == ()


def test_a_correction_that_never_came_is_flagged() -> None:
    """And everything decided in between, at its own gate."""
    records = list(grave())
    records.remove(of(records, "residents", "complaint_corrected")[0])
    flagged = [one for one in check(records).violations if one.rule == "K3"]
    assert {Invariant.ORDER, Invariant.GATES} == {one.invariant for one in flagged}
    assert "residents.poll" in {one.gate for one in flagged}
