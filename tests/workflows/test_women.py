"""The women's federation's election: the source's order, its ways to nominate, pilots first, express reports."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.stores import Entry, MemoryStore
from console.packs import open_pack
from policies.calendar import national_calendar
from policies.counting import count
from policies.form import Ballots, Mode, ResultForm
from policies.form import Body as FormBody
from policies.form import Candidate as FormCandidate
from policies.pack.schema import Pack, Role
from policies.people import Person, Post, Sex
from simulation.engine import Engine
from tests.workflows.clerk import at, brief, person, rules_of, signed
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import Task
from workflows.messages import (
    Conclusion,
    Counted,
    DistrictBrief,
    Form,
    Hold,
    Nominated,
    Nominee,
    Posted,
    Recorded,
    Release,
    Reviewed,
    Ruled,
    StreetBrief,
    Submission,
)
from workflows.setting import Setting, install

CANDIDATES = [person(2 * number + 1) for number in range(8)]
GROWN_WOMEN = 1001
PATIENCE = 9
"""So often an honest form that was refused is handed in again, a day later each time."""


@cache
def women_2021() -> Pack:
    """The bundled plan of the federation."""
    pack = open_pack("women-2021")
    assert isinstance(pack, Pack), pack
    return pack


@cache
def setting(within_days: int | None = None) -> Setting:
    """The plan under the calendar of 2021, with so many days for express reports."""
    pack = women_2021()
    if within_days is not None:
        assert pack.express is not None
        pack = pack.model_copy(update={"express": pack.express.model_copy(update={"within_days": within_days})})
    return install(pack, national_calendar([2021]))


Answer = Callable[[Task, Form], Form | None]


@dataclass
class Office:
    """A district of units named by street and number, pilots marked; every task is answered at ten, honestly by default.

    `answers` replaces what is said at single gates, by (unit, gate) or gate; a refused form is followed by the honest one.
    """

    units: tuple[tuple[str, bool], ...] = (("D01-S01-U001", True),)
    answers: dict[str, Answer] = field(default_factory=dict)
    events: list[tuple[Any, Callable[["Office"], None]]] = field(default_factory=list)
    people: list[Person] = field(default_factory=lambda: CANDIDATES)
    within_days: int | None = None
    seats: int = 5
    difficult: bool = False
    ledger: type[Ledger] = Ledger
    facts: list[Entry] = field(default_factory=list)
    refusals: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def run(self) -> Any:
        """The district's outcome."""
        return asyncio.run(self._run())

    @property
    def district(self) -> DistrictBrief:
        """What the election starts with."""
        hash_ = setting(self.within_days).hash
        briefs = [
            brief(
                id=unit,
                difficult=self.difficult,
                street=unit[:7],
                women_seats=self.seats,
                women=GROWN_WOMEN,
                pilot=pilot,
                setting=hash_,
            )
            for unit, pilot in self.units
        ]
        streets = tuple(
            StreetBrief(
                id=street,
                name=street,
                district="D01",
                units=tuple(one for one in briefs if one.street == street),
                setting=hash_,
            )
            for street in sorted({one.street for one in briefs})
        )
        return DistrictBrief(id="D01", name="某区", streets=streets, setting=hash_)

    async def _run(self) -> Any:
        self.store = MemoryStore(self.facts.append, self.on_task, keep_papers=True)
        async with Engine(
            workflows=list(WORKFLOWS),
            activities=[self.ledger(self.store).commit],
            start=at("2021-04-21", 0),
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
            explain_query="waiting_for",
        ) as self.engine:
            for instant, event in self.events:
                self.engine.at(instant, event, self)
            handle = await self.engine.client.start_workflow(
                DistrictElection.run, self.district, id="D01", task_queue=TASK_QUEUE
            )
            return await handle.result()

    def on_task(self, task: Task) -> None:
        opens = at(task.opens_on.isoformat(), 0)
        self.engine.at(max(self.engine.now, opens) + timedelta(hours=5), self.answer, task)

    def answer(self, task: Task, honest: bool = False, tries: int = 0) -> None:
        unit, form = task.workflow.split("/")[0], self.form(task)
        change = None if honest else self.answers.get(f"{unit} {task.gate}", self.answers.get(task.gate))
        given = change(task, form) if change else form
        if given is None:
            return

        def done(outcome: Any) -> None:
            if not outcome.accepted or outcome.failure is not None:
                self.refusals.append((task.gate, rules_of(outcome.failure)))
                if given is not form:
                    self.answer(task, True)
                elif tries < PATIENCE:  # held: come back tomorrow
                    self.engine.at(self.engine.now + timedelta(days=1), self.answer, task, True, tries + 1)

        submission = Submission(gate=task.gate, by=signed(task.role), form=given)
        key = f"{task.workflow}:{task.gate}:{len(self.refusals)}"
        self.engine.submit_update(task.workflow, "decide", submission, update_id=key, done=done)

    def tell(self, workflow: str, update: str, message: Any) -> None:
        """Any other update; a refusal is kept under its name."""

        def done(outcome: Any) -> None:
            if not outcome.accepted:
                self.refusals.append((update, rules_of(outcome.failure)))

        self.engine.submit_update(workflow, update, message, update_id=f"{update}:{workflow}", done=done)

    def form(self, task: Task) -> Form:
        """The honest form."""
        today = (self.engine.now + timedelta(hours=8)).date()
        match task.step:
            case "women.nomination":
                routes = ["self", "party_organization", "residents"]
                return Nominated(
                    nominees=tuple(
                        Nominee(
                            person=one,
                            post=Post.FEDERATION_MEMBER if number else Post.FEDERATION_CHAIR,
                            route=routes[number % 3],
                            supporters=10 if number % 3 == 2 else 1,
                        )
                        for number, one in enumerate(self.people)
                    ),
                    closed_on=today,
                )
            case "women.review":
                return Reviewed(
                    conclusions=tuple(self.concluded(one) for one in task.people),
                    signed_on=today,
                    document="妇审〔2021〕1号",
                )
            case "women.list":
                return Posted(posted_on=today, place="村务公开栏", names=task.people)
            case "women.poll":
                return self.counted(task, today)
            case "women.pilot_acceptance":
                return Ruled(approved=True, document="妇验〔2021〕1号", signed_on=today)
        return Recorded(held_on=today)

    def concluded(self, key: str) -> Conclusion:
        """Women pass."""
        if next(one for one in self.people if one.id == key).sex is Sex.FEMALE:
            return Conclusion(person=key, passed=True)
        return Conclusion(person=key, passed=False, rule="W6", evidence="妇审〔2021〕2号", reviewer="乡镇（街道）妇联")

    def counted(self, task: Task, today: date, roll: int = GROWN_WOMEN, present: int = 600) -> Counted:
        """Six hundred come; everybody up to the seats gets 400 votes and a few more, the others 50."""
        by_id = {one.id: one for one in self.people}
        votes = [400 + task.seats - n if n < task.seats else 50 for n in range(len(task.people))]
        form = ResultForm(
            body=FormBody.WOMEN,
            mode=Mode.VOTERS,
            law="2018",
            roll=roll,
            present=present,
            ballots=Ballots(issued=present, collected=present, valid=present, invalid=0, blank=0),
            seats=task.seats,
            candidates=tuple(
                FormCandidate(name=by_id[one].name, votes=n) for one, n in zip(task.people, votes, strict=True)
            ),
            round=task.vote,
        )
        return Counted(held_on=today, form=form, declared=count(form).elected, names=task.people)

    def days(self, kind: str, gate: str = "") -> dict[str, date]:
        """Unit → the day of its last fact of a kind."""
        return {
            entry.unit: entry.at.date()
            for entry in self.facts
            if entry.fact.kind == kind and getattr(entry.fact, "gate", "") == gate
        }

    def of_kind(self, kind: str) -> list[Any]:
        """Facts of a kind."""
        return [entry.fact for entry in self.facts if entry.fact.kind == kind]


def test_one_unit_goes_the_source_s_way() -> None:
    """Preparation, notice, campaign, instructor, nomination, review, list, poll, express report, acceptance."""
    office = Office()
    outcome = office.run()
    assert (outcome.completed, outcome.held) == (1, 0)
    assert office.refusals == []
    assert [fact.gate for fact in office.of_kind("decided")] == [
        "prep.institution",
        "prep.survey",
        "prep.plan",
        "prep.training",
        "women.notice",
        "women.campaign",
        "women.instructor",
        "women.nomination",
        "women.review",
        "women.list",
        "women.poll",
        "women.express",
        "women.pilot_acceptance",
    ]
    (completed,) = office.of_kind("body_completed")
    assert [(seat.person, seat.post) for seat in completed.seats] == [
        (CANDIDATES[0].id, "federation_chair"),
        *((one.id, "federation_member") for one in CANDIDATES[1:5]),
    ]


def test_its_papers_are_issued_in_its_own_name() -> None:
    """An express report names those elected; notices are numbered in their series."""
    office = Office()
    office.run()
    titles = {paper.title: paper for paper in office.store.papers}
    assert {
        "妇联组织换届公告",
        "妇代会（妇联）候选人名单公告",
        "妇联组织换届信息快报",
        "妇联组织换届试点验收单",
    } <= titles.keys()
    assert all(one.name in titles["妇联组织换届信息快报"].text for one in CANDIDATES[:5])
    assert "村（社区）妇代会（妇联）" in titles["妇联组织换届信息快报"].text


def test_three_days_lie_between_the_list_and_the_poll() -> None:
    """The pack's decision: the posting day is not counted, three whole days follow."""
    office = Office()
    office.run()
    posted, polled = office.days("published", "women.list"), office.days("decided", "women.poll")
    assert polled["D01-S01-U001"] - posted["D01-S01-U001"] == timedelta(days=4)


def supporters(number: int) -> Answer:
    """The third nominee, put forward by the people, has so many behind her."""

    def change(_: Task, form: Form) -> Form:
        assert isinstance(form, Nominated)
        third = form.nominees[2].model_copy(update={"supporters": number})
        return form.model_copy(update={"nominees": (*form.nominees[:2], third, *form.nominees[3:])})

    return change


def by_voters(_: Task, form: Form) -> Form:
    """A way to nominate that the residents' plan has and this one has not."""
    assert isinstance(form, Nominated)
    first = form.nominees[0].model_copy(update={"route": "household_representatives", "supporters": 50})
    return form.model_copy(update={"nominees": (first, *form.nominees[1:])})


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (supporters(9), [("women.nomination", ("W2",))]),
        (supporters(10), []),
        (by_voters, [("women.nomination", ("W2",))]),
    ],
)
def test_w2_at_the_door(answer: Answer, refused: list[tuple[str, tuple[str, ...]]]) -> None:
    office = Office(answers={"women.nomination": answer})
    assert office.run().completed == 1
    assert office.refusals == refused


def test_w6_a_man_is_not_passed_and_no_age_is_asked() -> None:
    """The source names no age: a candidate of seventy passes. A man does not, and once he is screened out the others go on."""
    man, old = person(90, sex=Sex.MALE), person(91, born=date(1951, 1, 1))

    def pass_everybody(task: Task, form: Form) -> Form:
        assert isinstance(form, Reviewed)
        return form.model_copy(
            update={"conclusions": tuple(Conclusion(person=one, passed=True) for one in task.people)}
        )

    office = Office(people=[*CANDIDATES, old, man], answers={"women.review": pass_everybody})
    assert office.run().completed == 1
    assert office.refusals == [("women.review", ("W6",))]
    (posted,) = [fact.form for fact in office.of_kind("decided") if fact.gate == "women.list"]
    assert old.id in posted.names
    assert man.id not in posted.names


@pytest.mark.parametrize(("roll", "present", "rules"), [(GROWN_WOMEN - 1, 600, {"W5"}), (GROWN_WOMEN, 600, set())])
def test_w5_the_roll_is_the_unit_s_grown_women(roll: int, present: int, rules: set[str]) -> None:
    office = Office()

    def change(task: Task, form: Form) -> Form:
        assert isinstance(form, Counted)
        return office.counted(task, form.held_on, roll=roll, present=present)

    office.answers = {"women.poll": change}
    assert office.run().completed == 1
    assert {rule for _, found in office.refusals for rule in found} == rules


def test_w5_a_poll_of_half_the_women_is_held_again() -> None:
    """1,001 women: 500 are fewer than half, and nobody may be declared elected."""
    office = Office()
    office.answers = {"women.poll": lambda task, form: office.counted(task, form.held_on, present=500)}  # type: ignore[union-attr]
    assert office.run().completed == 1
    (failed,) = office.of_kind("poll_failed")
    assert [one.rule for one in failed.findings if one.blocks] == ["W5"]


def test_a_difficult_unit_is_not_held_by_the_other_plan_s_rectification() -> None:
    """X4 is the street plan's; this plan has no such step."""
    office = Office(difficult=True)
    assert office.run().completed == 1
    assert office.of_kind("held") == []


@pytest.mark.parametrize(("gate", "rule"), [("women.poll", "O1"), ("party.assembly", "O2")])
def test_o1_the_federation_waits_for_the_preparation_and_other_bodies_are_not_of_this_plan(
    gate: str, rule: str
) -> None:
    """Handed to the unit on the first morning, before anything is prepared."""
    early = Submission(gate=gate, by=signed(Role.WOMEN_COMMITTEE), form=Recorded(held_on=date(2021, 4, 21)))
    office = Office(events=[(at("2021-04-21", 1), lambda one: one.tell("D01-S01-U001", "decide", early))])
    assert office.run().completed == 1
    assert office.refusals == [("decide", (rule,))]


# ---------------------------------------------------------------- pilots first

TWO_STREETS = (
    ("D01-S01-U001", True),
    ("D01-S01-U002", False),
    ("D01-S02-U003", True),
    ("D01-S02-U004", False),
    ("D01-S03-U005", False),
)


def test_w3_no_other_unit_begins_before_every_pilot_is_accepted() -> None:
    """Streets with and without pilots; a slow pilot keeps all the others waiting."""

    def refuse_once(task: Task, form: Form) -> Form:
        assert isinstance(form, Ruled)
        approved = task.round > 1
        return form.model_copy(update={"approved": approved, "reason": "" if approved else "档案不全"})

    slow = "D01-S02-U003 women.pilot_acceptance"
    office = Office(units=TWO_STREETS, answers={slow: refuse_once})
    outcome = office.run()
    assert (outcome.completed, outcome.held) == (5, 0)
    order = [entry.unit for entry in office.facts if entry.fact.kind in ("unit_opened", "unit_closed")]
    assert set(order[:4]) == {"D01-S01-U001", "D01-S02-U003"}
    accepted = [fact.form.approved for fact in office.of_kind("decided") if fact.gate.startswith("women.pilot")]
    assert accepted == [True, False, True]
    assert len({entry.unit for entry in office.facts if entry.fact.kind == "unit_closed"}) == 5


def test_w3_others_have_no_acceptance() -> None:
    office = Office(units=TWO_STREETS)
    office.run()
    assert office.days("decided", "women.pilot_acceptance").keys() == {"D01-S01-U001", "D01-S02-U003"}


def test_w3_a_plan_of_pilots_without_any_does_not_start() -> None:
    """Refused before anything is written down, by its rule."""
    office = Office(units=(("D01-S01-U001", False),))
    with pytest.raises(WorkflowFailureError) as failed:
        office.run()
    assert "没有指定试点单位" in str(failed.value.cause)
    assert office.facts == []


def test_a_hold_of_the_district_while_pilots_run_holds_those_that_begin_later() -> None:
    """Held and never released the others would wait for ever; released before they begin, they hear both and go on."""
    hold = Hold(rule="W3", reason="试点总结", by=signed(Role.DISTRICT_ORGANIZATION, "县委组织部"))
    release = Release(reason="已总结", by=signed(Role.DISTRICT_ORGANIZATION, "县委组织部"))
    office = Office(
        units=TWO_STREETS,
        events=[
            (at("2021-04-22", 6), lambda one: one.tell("D01", "order_hold", hold)),
            (at("2021-04-26", 6), lambda one: one.tell("D01", "order_release", release)),
        ],
    )
    assert office.run().completed == 5
    assert {entry.unit for entry in office.facts if entry.fact.kind == "held"} == {unit for unit, _ in TWO_STREETS}
    assert {rule for gate, rules in office.refusals for rule in rules if gate != "order_hold"} == {"W3"}


# ---------------------------------------------------------------- express reports


def test_w4_a_late_express_report_is_flagged_by_its_rule() -> None:
    """Two days after the poll; handed in on the third."""
    office = Office(within_days=2)

    def later(task: Task, _: Form) -> None:
        office.engine.at(office.engine.now + timedelta(days=3), office.answer, task, True)

    office.answers = {"women.express": later}
    assert office.run().completed == 1
    flags = [(fact.gate, fact.rule, fact.owner) for fact in office.of_kind("overdue")]
    assert flags == [("women.express", "W4", Role.WOMEN_COMMITTEE)]
    polled = office.days("decided", "women.poll")["D01-S01-U001"]
    (gate,) = [fact for fact in office.of_kind("gate_opened") if fact.gate == "women.express"]
    assert gate.last_day == polled + timedelta(days=2)


def test_w4_without_a_number_of_days_nothing_is_late() -> None:
    office = Office()

    def later(task: Task, _: Form) -> None:
        office.engine.at(office.engine.now + timedelta(days=30), office.answer, task, True)

    office.answers = {"women.express": later}
    assert office.run().completed == 1
    assert office.of_kind("overdue") == []
