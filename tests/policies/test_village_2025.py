"""The bundled village plan stands: it lints clean under the law it names, can be kept, and says what the law says.

Expected values read from 《村民委员会组织法》（2025年修订） articles 8, 14–19, 23, 24, 29, 30.
"""

from functools import cache

import pytest

from console.packs import calendar_of, open_pack
from policies.finding import Severity
from policies.lint.report import lint
from policies.pack.schema import Act, BodyId, Condition, Pack, RelativeToPoll, Step
from policies.rule import BOOK
from policies.rules import load
from policies.timetable import timetable


@cache
def pack() -> Pack:
    """The plan."""
    found = open_pack("village-2025")
    assert isinstance(found, Pack), found
    return found


def steps() -> list[Step]:
    """All its steps."""
    return [step for body in pack().bodies for step in body.steps]


def test_no_error_and_nothing_left_open_but_the_retirement_age() -> None:
    found = lint(pack(), calendar_of(pack()))
    assert [one.id for one in found if one.severity is Severity.ERROR and not one.resolved] == []
    assert {one.id.split(":")[2].rpartition(".")[0] for one in found} <= {"eligibility.retirement"}


def test_its_days_can_be_kept() -> None:
    assert timetable(pack(), calendar_of(pack())).findings == ()


def test_every_rule_it_names_is_in_the_book() -> None:
    load()
    assert [rule for step in steps() for rule in step.rules if rule not in BOOK] == []


def test_a_rule_of_a_village_asked_at_a_step_is_named_there() -> None:
    """What the book says is asked at a step stands at the step, and the places it names exist."""
    named = {step.id: set(step.rules) for step in steps()}
    asked = {(rule.id, place) for rule in load() if rule.id.startswith("V") for place in rule.enforced if "." in place}
    assert {(rule, place) for rule, place in asked if rule not in named.get(place, set())} == set()


@pytest.mark.parametrize(
    ("norm", "value"),
    [
        ("members_min", 3),
        ("members_max", 7),
        ("women_min", 1),
        ("voting_age", 18),
        ("outsider_months", 12),
        ("voters_list_days", 20),
        ("objection_days", 5),
        ("decision_days", 3),
        ("proxies_per_holder", 3),
        ("proxy_candidate_holds", False),
        ("handover_days", 10),
    ],
)
def test_what_the_law_fixes(norm: str, value: object) -> None:
    assert pack().norms is not None
    assert getattr(pack().norms, norm) == value


def test_seventeen_announcements_in_order() -> None:
    series = [paper.series for step in pack().body(BodyId.RESIDENTS).steps for paper in step.papers if paper.series]
    assert series == [f"第{number}号" for number in range(1, 18)]


def test_windows_before_the_poll_leave_the_laws_days() -> None:
    """E−20 for the voters' list at the latest, E−5 for the candidates, as the plan says itself."""
    last = {step.id: step.window.poll_to for step in steps() if isinstance(step.window, RelativeToPoll)}
    assert (last["residents.voters_list"] or 0) <= -20
    assert (last["residents.list"] or 0) <= -5


def test_recall_and_by_election_are_outside_the_timetable() -> None:
    for body in (BodyId.RECALL, BodyId.BY_ELECTION):
        assert {step.condition for step in pack().body(body).steps} == {Condition.ON_DEMAND}
    slots = {slot.step: slot for slot in timetable(pack(), calendar_of(pack())).slots}
    assert not slots["recall.vote"].applies
    assert pack().step("recall.vote").act is Act.RECALL
