"""One clerk who answers every task of one small community honestly, and lets a test change single answers.

Independent of the simulation's actors: people, figures and forms are written out here, so that a scenario reads by itself.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from temporalio.client import WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError

from activities.commit import Ledger
from activities.stores import Entry, MemoryStore
from console.packs import open_pack
from policies.authority import Signature
from policies.calendar import national_calendar
from policies.counting import count
from policies.form import Ballots, Mode, ResultForm
from policies.form import Body as FormBody
from policies.form import Candidate as FormCandidate
from policies.pack.schema import Pack, Role
from policies.people import Education, Kinship, PartyStanding, Person, Post, Sex
from simulation.engine import Engine
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import Handing, Task
from workflows.messages import (
    Announced,
    Chosen,
    Conclusion,
    Counted,
    Delegated,
    Form,
    HandedOver,
    Nominated,
    Nominee,
    Posted,
    Recorded,
    Requested,
    Reviewed,
    Ruled,
    SignedOff,
    Slated,
    Submission,
    UnitBrief,
)
from workflows.setting import Setting, install, installed
from workflows.unit import UnitElection

UNIT = "D01-S01-U001"
ACCEPTED = "accepted"


@cache
def street_2021() -> Pack:
    """The bundled street plan."""
    pack = open_pack("street-2021")
    assert isinstance(pack, Pack), pack
    return pack


@cache
def setting() -> Setting:
    """The street plan under the announced calendar of 2021."""
    return install(street_2021(), national_calendar([2021]))


def brief(**changes: Any) -> UnitBrief:
    """A community of 1,500 households and 75 members due, with sane figures; keywords change single ones."""
    figures: dict[str, Any] = {
        "id": UNIT,
        "name": "甲社区",
        "street": "D01-S01",
        "district": "D01",
        "households": 1500,
        "residents": 4000,
        "party_members": 80,
        "party_due": 75,
        "organizations": 6,
        "difficult": False,
        "party_seats": 5,
        "residents_seats": 7,
        "supervisory_seats": 3,
        "setting": setting().hash,
    }
    return UnitBrief(**{**figures, **changes})


def person(number: int, **changes: Any) -> Person:
    """A resident who meets every condition; keywords change single facts."""
    facts: dict[str, Any] = {
        "id": f"P{number:02}",
        "name": f"居民{number:02}",
        "sex": Sex.FEMALE if number % 2 else Sex.MALE,
        "born": date(1985, 1, 1),
        "education": Education.BACHELOR,
        "experience_months": 60,
        "standing": PartyStanding.FULL,
        "retires_on": date(2045, 1, 1),
    }
    return Person(**{**facts, **changes})


PARTY = [person(number) for number in range(1, 9)]
RESIDENTS = [person(number) for number in range(11, 23)]
SUPERVISORS = [person(number) for number in range(31, 36)]
COMMITTEE = [person(number) for number in range(41, 52)]


def signed(role: Role, name: str = "经办人", scope: str = "D01") -> Signature:
    """Somebody's signature, good for the whole district unless said otherwise."""
    return Signature(person=name, name=name, role=role, scope=scope)


@dataclass
class Refusal:
    """A submission that was refused, with the rules that refused it."""

    gate: str
    rules: tuple[str, ...]


Answer = Callable[[Task, Form], Form | None]


@dataclass
class Clerk:
    """Answers tasks an hour after they open, at ten at the earliest; `answers` replaces what is said at single gates.

    An answer gets the honest form and returns the form to hand in, or None to leave the task alone. A refused form is
    followed by the honest one. `votes` gives each candidate's share of the present, by position on the list.
    """

    unit: UnitBrief
    answers: dict[str, Answer] = field(default_factory=dict)
    kin: tuple[Kinship, ...] = ()
    facts: list[Entry] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    events: list[tuple[datetime, Callable[["Clerk"], None]]] = field(default_factory=list)
    delay: Callable[[Task], timedelta] = lambda task: timedelta(hours=10)
    secretary: str = PARTY[0].id
    slate: tuple[int, int] = (0, 6)  # whom the honest slate of the Party names, by place among the fit
    ledger: type[Ledger] = Ledger
    engine_options: dict[str, Any] = field(default_factory=dict)
    told: list[Any] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.people = {one.id: one for one in (*PARTY, *RESIDENTS, *SUPERVISORS, *COMMITTEE)}
        try:
            self.setting = installed(self.unit.setting)
        except ApplicationError:  # one that no worker has: what happens then is what is tested
            self.setting = setting()
        self.engine: Engine

    # -------------------------------------------------------------- running

    def run(self) -> Any:
        """Run the unit from preparation to end; returns its outcome."""
        return asyncio.run(self._run())

    async def _run(self) -> Any:
        store = MemoryStore(self.facts.append, self.on_task, keep_papers=True)
        self.store = store
        async with Engine(
            workflows=list(WORKFLOWS),
            activities=[self.ledger(store).commit],
            start=at(self.setting.first_day().isoformat(), 0),
            seed=1,
            data_converter=pydantic_data_converter,
            task_queue=TASK_QUEUE,
            explain_query="waiting_for",
            **self.engine_options,
        ) as self.engine:
            for instant, event in self.events:
                self.engine.at(instant, event, self)
            return await (await self.begin()).result()

    async def begin(self) -> Any:
        """Start what this clerk answers for: the unit, unless an heir says otherwise; returns its handle."""
        return await self.engine.client.start_workflow(
            UnitElection.run, self.unit, id=self.unit.id, task_queue=TASK_QUEUE
        )

    def on_task(self, task: Task) -> None:
        opens = at(task.opens_on.isoformat(), 0)
        self.engine.at(max(self.engine.now, opens) + self.delay(task), self.answer, task)

    def answer(self, task: Task, honest_only: bool = False) -> None:
        """Hand in the answer to a task."""
        form = self.form(task)
        change = None if honest_only else self.answers.get(task.gate, self.answers.get(task.step))
        given = change(task, form) if change else form
        if given is None:
            return
        step = self.setting.steps.get(task.step)
        second = signed(step.countersigned_by[0], "复核人") if step is not None and step.countersigned_by else None
        submission = Submission(gate=task.gate, by=signed(task.role), second=second, form=given)
        self.send(task.workflow, submission, lambda: self.answer(task, True) if given is not form else None)

    def send(self, workflow: str, submission: Submission, refused: Callable[[], Any] = lambda: None) -> None:
        """Send a decision; a refusal is kept, then `refused` is called."""

        def done(outcome: Any) -> None:
            if not outcome.accepted or outcome.failure is not None:
                self.refusals.append(Refusal(submission.gate, rules_of(outcome.failure)))
                refused()
            else:
                self.accepted(workflow, submission, outcome.result)

        self.engine.submit_update(
            workflow, "decide", submission, update_id=f"{submission.gate}:{len(self.refusals)}", done=done
        )

    def accepted(self, workflow: str, submission: Submission, receipt: Handing) -> None:
        """A decision was taken; this clerk goes by the tasks that come."""

    def tell(self, workflow: str, update: str, message: Any) -> None:
        """Send any other update; a refusal is kept under the update's name."""

        def done(outcome: Any) -> None:
            if not outcome.accepted:
                self.refusals.append(Refusal(update, rules_of(outcome.failure)))

        self.engine.submit_update(workflow, update, message, update_id=self.key(update, message), done=done)

    def key(self, update: str, message: Any) -> str:
        """The same message told again is the same update; all are kept, so that none can come to be at another's address."""
        self.told.append(message)
        return f"{update}:{next(number for number, one in enumerate(self.told) if one is message)}"

    @property
    def today(self) -> date:
        return (self.engine.now + timedelta(hours=8)).date()

    # -------------------------------------------------------------- reading what happened

    def of_kind(self, kind: str, body: str | None = None) -> list[Any]:
        """The journal's facts of one kind."""
        return [e.fact for e in self.facts if e.fact.kind == kind and body in (None, e.body)]

    def day(self, kind: str, gate: str) -> date:
        """The day of the first fact of a kind at a gate."""
        return next(e.at.date() for e in self.facts if e.fact.kind == kind and getattr(e.fact, "gate", "") == gate)

    # -------------------------------------------------------------- honest forms

    def form(self, task: Task) -> Form:
        """The honest form for a task."""
        today = self.today
        match task.step.split(".")[-1]:
            case _ if task.gate.startswith(("complaint:", "appeal:")):
                return SignedOff(upheld=False, decided_on=today, handler="甲", head="乙", reason="已查核")
            case "meeting":
                return Requested(
                    held_on=today,
                    last_elected=date(2016, 4, 20),
                    full_members=80,
                    excused=5,
                    superior_consents=True,
                    meeting_agreed=True,
                )
            case "reply" | "slate_approval" | "result_approval":
                return Ruled(approved=True, document="街发〔2021〕1号", signed_on=today)
            case "recommendation":
                return self.nominated(PARTY, "party_members", 20)
            case "nomination" if task.step.startswith("residents"):
                return self.nominated(RESIDENTS, "voters", 10)
            case "nomination":
                return self.nominated(SUPERVISORS, "voters", 10)
            case (
                "street_review"
                | "secretary_review"
                | "joint_vetting"
                | "standing_committee"
                | "inspection"
                | "prereview"
            ):
                return Reviewed(
                    conclusions=tuple(Conclusion(person=one, passed=True) for one in task.people),
                    signed_on=today,
                    document="审〔2021〕1号",
                )
            case "slate":
                names = task.people[slice(*self.slate)]
                return Slated(names=names, committed=names, decided_on=today)
            case "inspection_publicity" | "publicity" | "list":
                return Posted(posted_on=today, place="公示栏", names=task.people)
            case "assembly":
                return self.counted(task, FormBody.PARTY, Mode.MEMBERS, 75, 70)
            case "plenary":
                return self.plenary(task)
            case "election_committee":
                return Chosen(
                    members=(self.people[self.secretary], *COMMITTEE[:6]),
                    chair=self.secretary,
                    deputy=COMMITTEE[0].id,
                    reserves=tuple(COMMITTEE[6:]),
                    held_on=today,
                )
            case "representatives":
                return Delegated(
                    households=self.unit.households,
                    from_households=50,
                    organizations_present=6,
                    from_organizations=6,
                    held_on=today,
                )
            case "poll":
                return self.counted(task, FormBody.RESIDENTS, Mode.REPRESENTATIVES, 56, 50)
            case "vote":
                return self.counted(task, FormBody.SUPERVISORY, Mode.SHOW_OF_HANDS, 56, 50)
            case "announcement":
                return Announced(announced_on=today, names=task.people)
            case "handover":
                return HandedOver(
                    completed_on=today, items=("公章", "公共财产", "财务账目", "档案资料"), supervised_by="街道办事处"
                )
        return Recorded(held_on=today)

    def nominated(self, people: list[Person], route: str, supporters: int) -> Nominated:
        posts = [Post.SECRETARY] if people is PARTY else []
        known = {one.id for one in people}
        return Nominated(
            nominees=tuple(
                Nominee(
                    person=one,
                    post=posts[number] if number < len(posts) else Post.COMMITTEE_MEMBER,
                    route=route,
                    supporters=supporters,
                )
                for number, one in enumerate(people)
            ),
            kin=tuple(link for link in self.kin if link.a in known or link.b in known),
            closed_on=self.today,
        )

    def counted(
        self, task: Task, body: FormBody, mode: Mode, roll: int, present: int, votes: list[int] | None = None
    ) -> Counted:
        """A poll in which everybody up to the seats gets 40 votes and more, the rest 5; `votes` replaces that."""
        given = votes or [40 + task.seats - n if n < task.seats else 5 for n in range(len(task.people))]
        by_ballot = mode is not Mode.SHOW_OF_HANDS
        form = ResultForm(
            body=body,
            mode=mode,
            law=self.setting.pack.law,
            roll=roll,
            present=present,
            ballots=Ballots(issued=present, collected=present, valid=present, invalid=0, blank=0)
            if by_ballot
            else None,
            seats=task.seats,
            candidates=tuple(
                FormCandidate(name=self.people[one].name, votes=n) for one, n in zip(task.people, given, strict=True)
            ),
            round=task.vote,
        )
        return Counted(held_on=self.today, form=form, declared=count(form).elected, names=task.people)

    def plenary(self, task: Task) -> Counted:
        chosen = task.people[:2]
        form = ResultForm(
            body=FormBody.PARTY_PLENARY,
            mode=Mode.PLENARY,
            law=self.setting.pack.law,
            roll=len(task.people),
            present=len(task.people),
            ballots=Ballots(issued=5, collected=5, valid=5, invalid=0, blank=0),
            seats={"书记": 1, "副书记": 1},
            candidates=tuple(
                FormCandidate(name=self.people[one].name, votes=5, post=post)
                for one, post in zip(chosen, ("书记", "副书记"), strict=True)
            ),
        )
        return Counted(
            held_on=self.today, form=form, declared=tuple(self.people[one].name for one in chosen), names=chosen
        )


def rules_of(failure: Any) -> tuple[str, ...]:
    """The rule ids in a refusal."""
    cause = failure.cause if isinstance(failure, WorkflowUpdateFailedError) else failure
    assert isinstance(cause, ApplicationError), cause
    return tuple(detail["rule"] for detail in cause.details)


def at(day: str, hour: int = 12) -> datetime:
    """An instant in Beijing: at("2021-03-05", 9)."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00").astimezone(UTC)


__all__ = ["Clerk", "Role", "at", "brief", "person", "setting", "street_2021"]
