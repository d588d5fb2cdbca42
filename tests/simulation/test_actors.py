"""The actors: office hours, queues, a clean rehearsal without false blocks, slips corrected, refusals journalled."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.stores import Entry
from policies.calendar import national_calendar
from policies.clock import BEIJING
from policies.counting import count
from policies.pack.load import load_pack
from policies.pack.schema import Role
from policies.rules import order
from simulation.actors import Cast
from simulation.actors.aims import Aim, aims
from simulation.actors.cast import ATTEMPTS
from simulation.actors.hours import Hours, beijing, beijing_day, working
from simulation.actors.queues import Desks, Sessions
from simulation.engine import Engine
from simulation.faults import FaultPlan
from simulation.gateway import EngineGateway
from simulation.population.parameters import Parameters, load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import DistrictRun, rehearse_district
from workflows.facts import Decided, Excluded, Overdue, PollSettled, Refusal, Task, UnitClosed
from workflows.messages import Counted, Submission
from workflows.procedure import REFUSED
from workflows.setting import install

ROOT = Path(__file__).parents[2]
PACK = load_pack((ROOT / "policies/packs/street-2021.yaml").read_text(encoding="utf-8"), "street-2021")
SETTING = install(PACK, national_calendar([2021]))
CALENDAR = SETTING.calendar
PARAMETERS = load()
OFFICES = {
    Role.STREET_COMMITTEE,
    Role.STREET_OFFICE,
    Role.STREET_DISCIPLINE,
    Role.DISTRICT_ORGANIZATION,
    Role.JOINT_VETTING,
    Role.STANDING_COMMITTEE,
}


def tuned(**figures: float) -> Parameters:
    """The shipped parameters with some figures changed: section__name=value."""
    parameters = PARAMETERS
    for key, value in figures.items():
        part, name = key.split("__")
        section = getattr(parameters, part)
        figure = getattr(section, name).model_copy(update={"value": value, "high": max(value, 1)})
        parameters = parameters.model_copy(update={part: section.model_copy(update={name: figure})})
    return parameters


def rehearsed(
    units: int,
    seed: int,
    parameters: Parameters = PARAMETERS,
    prepared: Callable[[Engine, Cast], None] | None = None,
) -> tuple[DistrictRun, list[Entry]]:
    district = synthesize_district(seed, 1, units, parameters, pack=SETTING.pack, setting=SETTING.hash)
    journal: list[Entry] = []
    run = asyncio.run(
        rehearse_district(
            district,
            SETTING,
            parameters,
            seed=seed,
            faults=FaultPlan.none(),
            journal=journal.append,
            prepared=prepared,
        )
    )
    return run, journal


def digest(journal: list[Entry]) -> str:
    return hashlib.sha256("\n".join(repr(entry) for entry in journal).encode()).hexdigest()


# ---------------------------------------------------------------- hours, aims, queues


def office() -> Hours:
    return Hours(date(2021, 1, 1), date(2021, 12, 31), working(CALENDAR), 8.5, 17.5)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (datetime(2021, 2, 10, 16, 30), 2, datetime(2021, 2, 18, 9, 30)),  # over the Spring Festival
        (datetime(2021, 2, 6, 12, 0), 1, datetime(2021, 2, 7, 9, 30)),  # a Saturday off, then a make-up Sunday
        (datetime(2021, 4, 30, 17, 30), 1, datetime(2021, 5, 6, 9, 30)),
        (datetime(2021, 3, 1, 7, 0), 9, datetime(2021, 3, 1, 17, 30)),  # a whole day ends in the evening
        (datetime(2021, 3, 1, 23, 0), 0.5, datetime(2021, 3, 2, 9, 0)),
    ],
)
def test_working_hours(start: datetime, hours: float, end: datetime) -> None:
    line = office()
    there = line.instant(line.at(start.replace(tzinfo=BEIJING)) + hours)
    assert there.astimezone(BEIJING).replace(tzinfo=None) == end


def test_days_close() -> None:
    line = office()
    assert line.instant(line.close(date(2021, 5, 3))) == beijing(date(2021, 4, 30), 17.5)
    assert line.close(date(2021, 5, 6)) - line.close(date(2021, 5, 5)) == 9.0
    assert beijing_day(datetime(2021, 3, 1, 17, tzinfo=UTC)) == date(2021, 3, 2)


def test_years_nobody_announced_are_weekdays_only() -> None:
    works = working(CALENDAR)
    assert works(date(2035, 1, 1))
    assert not works(date(2035, 1, 6))


def test_aims_leave_room_for_what_follows() -> None:
    found = aims(SETTING)
    assert found["party.archive"].day == date(2021, 4, 9)  # its limit is May, but the residents begin on the tenth
    assert found["party.inspection_publicity"].day == date(2021, 3, 14)  # three working days up before the talks
    assert found["residents.handover"].day == date(2021, 5, 3)
    assert found["supervisory.prereview"] == Aim(date(2021, 5, 6), 1)
    assert "party.staffing" not in found


def test_desks_serve_in_the_order_of_arrival() -> None:
    line = office()
    desks = Desks("联审", 2, line)
    start = beijing(date(2021, 3, 1), 16.5)
    done = [desks.serve(start, 1.0) for _ in range(5)]
    assert [at.astimezone(BEIJING).strftime("%d %H:%M") for at in done] == [
        "01 17:30",
        "01 17:30",
        "02 09:30",
        "02 09:30",
        "02 10:30",
    ]
    figures = desks.statistics
    assert (figures.arrivals, figures.longest, figures.worst_wait) == (5, 3, 2.0)
    assert figures.mean_wait == pytest.approx(0.8)
    assert desks.serve(beijing(date(2021, 3, 3), 9), 1.0) == beijing(date(2021, 3, 3), 10)
    assert figures.as_dict()["arrivals"] == 6


def test_a_committee_decides_everything_before_it_at_once() -> None:
    line = office()
    meets = [beijing(date(2021, 3, 3), 14.5), beijing(date(2021, 3, 5), 14.5)]
    committee = Sessions("常委会", meets, line)
    assert committee.next(beijing(date(2021, 3, 2), 9)) == meets[0]
    assert committee.next(meets[0]) == meets[0]
    assert committee.next(beijing(date(2021, 3, 3), 15)) == meets[1]
    assert (committee.statistics.arrivals, committee.statistics.longest) == (3, 2)
    late = beijing(date(2021, 3, 9), 9)
    assert committee.next(late) == late  # no session is left: never in the past


# ---------------------------------------------------------------- a clean rehearsal


@pytest.fixture(scope="module")
def clean() -> tuple[DistrictRun, list[Entry]]:
    return rehearsed(24, 2021)


def test_clean_rehearsal_is_in_order_and_on_time(clean: tuple[DistrictRun, list[Entry]]) -> None:
    run, journal = clean
    assert run.cast.blocks == []
    assert run.cast.given_up == []
    assert run.cast.counts.refused == run.cast.counts.slips == 0
    closed = [entry.fact.completed_on for entry in journal if isinstance(entry.fact, UnitClosed)]
    assert len(closed) == 24
    assert sum(day is not None and day <= date(2021, 5, 10) for day in closed) >= 22


def test_offices_keep_office_hours(clean: tuple[DistrictRun, list[Entry]]) -> None:
    _, journal = clean
    decided = [(entry, entry.fact) for entry in journal if isinstance(entry.fact, Decided)]
    seen = {fact.role for _, fact in decided}
    assert seen >= OFFICES - {Role.STREET_DISCIPLINE}
    for entry, fact in decided:
        if fact.role in OFFICES and not fact.gate.startswith("supervisory.handover"):
            here = entry.at.astimezone(BEIJING)
            assert CALENDAR.is_working_day(here.date()), (fact.gate, here)
            assert 8.5 <= here.hour + here.minute / 60 <= 17.5, (fact.gate, here)


def test_residents_meet_on_holidays_too(clean: tuple[DistrictRun, list[Entry]]) -> None:
    _, journal = clean
    days = {entry.at.astimezone(BEIJING).date() for entry in journal if isinstance(entry.fact, Decided)}
    assert any(not CALENDAR.is_working_day(day) for day in days)


def test_honest_forms_stand_up_to_the_count(clean: tuple[DistrictRun, list[Entry]]) -> None:
    _, journal = clean
    forms = [
        entry.fact.form for entry in journal if isinstance(entry.fact, Decided) and isinstance(entry.fact.form, Counted)
    ]
    assert len(forms) >= 4 * 24
    for form in forms:
        verdict = count(form.form)
        assert verdict.valid is not None
        assert form.declared == verdict.elected
        assert [candidate.votes is not None for candidate in form.form.candidates]


def test_reviewers_exclude_exactly_who_must_be() -> None:
    parameters = tuned(
        people__prohibited_rate=0.1, people__unqualified_rate=0.1, people__sanction_rate=0.1, events__appeal_rate=0.0
    )
    seed = 31
    district = synthesize_district(seed, 1, 12, parameters, pack=SETTING.pack, setting=SETTING.hash)
    run, journal = rehearsed(12, seed, parameters)
    assert run.cast.blocks == []
    found = {(entry.fact.person, entry.fact.rule) for entry in journal if isinstance(entry.fact, Excluded)}
    assert found
    for person, rule in found:
        unit = district.units[person.rsplit("-", 1)[0]]
        if rule == "X3":
            assert person in unit.unqualified
        elif rule == "X2":
            assert person in unit.barred or not unit.sanctioned[person].allowed
        else:
            assert rule == "X1"
    elected = {
        seat.person
        for entry in journal
        if isinstance(entry.fact, PollSettled) and not entry.fact.gate.startswith("party.plenary")
        for seat in entry.fact.elected
    }
    for unit in district:
        assert not elected & (unit.barred.keys() | unit.unqualified.keys())
        assert not elected & {person for person, sanction in unit.sanctioned.items() if not sanction.allowed}


def test_journal_is_the_same_again_and_other_for_another_seed() -> None:
    first = digest(rehearsed(4, 5)[1])
    assert first == digest(rehearsed(4, 5)[1])
    assert first != digest(rehearsed(4, 6)[1])


def test_journal_is_the_same_under_any_hash_seed() -> None:
    code = "from tests.simulation.test_actors import *\nprint(digest(rehearsed(4, 5)[1]))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(said) == 1


# ---------------------------------------------------------------- scarce reviewers, errors, events, postponement


def test_joint_vetting_is_the_bottleneck_when_desks_are_few() -> None:
    easy, _ = rehearsed(24, 8)
    scarce, journal = rehearsed(24, 8, tuned(vetting__desks=1, vetting__hours_per_list=3.0))
    name = SETTING.pack.roles[Role.JOINT_VETTING]
    waits = [run.cast.queues[name] for run in (easy, scarce)]
    assert waits[0].worst_wait < 9
    assert waits[1].worst_wait > 18
    assert waits[1].longest > waits[0].longest
    assert scarce.outcome.completed == 24
    assert any(isinstance(entry.fact, Overdue) and "joint_vetting" in entry.fact.gate for entry in journal)
    assert scarce.cast.blocks == []


def test_slips_are_refused_and_put_right() -> None:
    run, journal = rehearsed(12, 9, tuned(work__error_rate=0.5))
    assert run.cast.counts.slips > 12
    assert run.cast.counts.refused == run.cast.counts.slips
    assert run.cast.blocks == []
    assert run.outcome.completed + run.outcome.held == 12
    assert any(entry.fact.kind == "refused" for entry in journal)


def test_a_troubled_district_still_ends_without_false_blocks() -> None:
    parameters = tuned(
        events__complaint_rate=0.9,
        events__complaint_upheld=0.5,
        events__withdrawal_rate=0.06,
        events__appeal_rate=1.0,
        events__appeal_upheld=0.5,
        events__rectification_never=0.4,
        structure__difficult_share=0.3,
        people__prohibited_rate=0.1,
        people__unqualified_rate=0.08,
        people__kin_density=0.9,
        polls__tie_rate=0.2,
        polls__shortfall_rate=0.2,
        polls__contest_rate=0.2,
        party__near_miss_rate=0.2,
        residents__near_miss_rate=0.2,
    )
    run, journal = rehearsed(30, 10, parameters)
    assert run.cast.blocks == []
    assert run.cast.given_up == []
    assert run.outcome.held > 0
    assert run.outcome.completed + run.outcome.held == 30
    kinds = {entry.fact.kind for entry in journal}
    assert kinds >= {"complaint_decided", "appeal_decided", "withdrew", "held", "released", "poll_failed"}


def test_quiet_rates_bring_nothing_unasked() -> None:
    run, journal = rehearsed(
        6,
        10,
        tuned(events__complaint_rate=0.0, events__withdrawal_rate=0.0, events__appeal_rate=0.0),
    )
    assert run.cast.counts.events == {}
    assert not {entry.fact.kind for entry in journal} & {"complaint_received", "withdrew", "appealed"}


def test_a_postponed_unit_is_awaited() -> None:
    unit = "D01-S01-U002"

    def postpone(_: Engine, cast: Cast) -> None:
        cast.postpone(unit, 14, beijing(date(2021, 3, 20), 10))

    run, journal = rehearsed(4, 14, prepared=postpone)
    closed = {entry.unit: entry.fact.completed_on for entry in journal if isinstance(entry.fact, UnitClosed)}
    assert run.cast.blocks == []
    assert closed[unit] > date(2021, 5, 18)
    assert all(day <= date(2021, 5, 10) for other, day in closed.items() if other != unit and day is not None)


# ---------------------------------------------------------------- refusals, seen from the edge


class Desk:
    """A stand-in engine: keeps what is due, answers every update as told."""

    def __init__(self, answer: Callable[[str, Any], BaseException | None], missing: str = "") -> None:
        self.now = beijing(date(2021, 2, 1), 9)
        self.answer, self.missing = answer, missing
        self.due: list[tuple[datetime, int, Callable[..., Any], tuple[Any, ...]]] = []
        self.sent: list[tuple[str, Any]] = []

    def at(self, instant: datetime, callback: Callable[..., Any], /, *args: Any) -> None:
        self.due.append((instant, len(self.sent) + len(self.due), callback, args))

    def submit_update(
        self, workflow_id: str, update_name: str, arg: Any, /, *, update_id: str, done: Callable[[Any], None]
    ) -> None:
        assert update_name == "decide"
        assert update_id.startswith(f"{workflow_id}:") or workflow_id == "D01-S01-U001"
        if self.missing and workflow_id.endswith(self.missing):
            raise RPCError("workflow not found", RPCStatusCode.NOT_FOUND, b"")
        self.sent.append((workflow_id, arg))
        failure = self.answer(workflow_id, arg)
        done(type("Outcome", (), {"accepted": failure is None, "failure": failure})())

    def run(self) -> None:
        while self.due:
            self.due.sort(key=lambda one: one[:2])
            instant, _, callback, args = self.due.pop(0)
            assert instant >= self.now
            self.now = instant
            callback(*args)


def refusal(_: str, submission: Submission) -> BaseException:
    finding = order.not_open(submission.gate, "别的事")
    return ApplicationError("拒绝", finding.model_dump(mode="json"), type=REFUSED, non_retryable=True)


def cast_at(desk: Desk, refused: list[Refusal]) -> Cast:
    district = synthesize_district(1, 1, 1, PARAMETERS, pack=SETTING.pack, setting=SETTING.hash)
    return Cast(
        district=district,
        setting=SETTING,
        parameters=PARAMETERS,
        seed=1,
        stage=desk,
        gateway=EngineGateway(desk, lambda one, at: refused.append(one)),
        faults=FaultPlan.none(),
    )


def task(workflow: str, step: str) -> Task:
    return Task(
        workflow=workflow,
        gate=step,
        step=step,
        title=step,
        role=SETTING.steps[step].actor,
        opens_on=date(2021, 2, 1),
        last_day=date(2021, 2, 5),
    )


def test_an_honest_form_refused_is_a_false_block_and_ends_after_some_attempts() -> None:
    desk, refused = Desk(refusal), list[Refusal]()
    cast = cast_at(desk, refused)
    cast.on_task(task("D01-S01-U001", "prep.survey"))
    desk.run()
    assert len(desk.sent) == len(refused) == cast.false_blocks == ATTEMPTS
    assert cast.given_up == [("D01-S01-U001", "prep.survey")]
    assert cast.blocks[0].rules == ("O2",)
    assert desk.now < beijing(date(2021, 2, 6), 0) + timedelta(days=7)
    assert {one.gate for one in refused} == {"prep.survey"}


def test_what_the_body_cannot_hear_goes_to_the_unit() -> None:
    desk, refused = Desk(refusal, missing="/party"), list[Refusal]()
    cast = cast_at(desk, refused)
    cast.on_task(task("D01-S01-U001/party", "party.meeting"))
    desk.run()
    assert {workflow for workflow, _ in desk.sent} == {"D01-S01-U001"}
    assert {one.workflow for one in refused} == {"D01-S01-U001/party"}  # journalled under the body it was meant for


def test_a_workflow_closed_meanwhile_is_no_refusal() -> None:
    gone = RPCError("workflow execution already completed", RPCStatusCode.NOT_FOUND, b"")
    desk, refused = Desk(lambda workflow, form: gone), list[Refusal]()
    cast = cast_at(desk, refused)
    cast.on_task(task("D01-S01-U001", "prep.survey"))
    desk.run()
    assert refused == []
    assert cast.false_blocks == 0
    assert len(desk.sent) == 1


def test_any_other_failure_is_a_bug_and_is_raised() -> None:
    desk = Desk(lambda workflow, form: RuntimeError("broken"))
    cast = cast_at(desk, [])
    cast.on_task(task("D01-S01-U001", "prep.survey"))
    with pytest.raises(RuntimeError, match="broken"):
        desk.run()
