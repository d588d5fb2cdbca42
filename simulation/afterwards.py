"""What befalls a committee within its term, in a rehearsal: a member recalled, a seat given up, recorded and filled again.

Drawn unit by unit from streams of their own once a unit has closed, at rates of the parameters, the same in villages and in
communities; begun when the whole district is done, as the office would at the county's door. A unit in which a fault is
planted is left alone. Where the plan writes no steps of a recall and a by-election (that of 2021 ends with its election),
nothing is drawn.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from activities.stores import Entry
from policies.departure import Ground
from policies.pack.schema import BodyId, PollMode, Role
from policies.people import Kinship, Post
from simulation.actors import Cast
from simulation.actors.hours import beijing_day
from simulation.actors.vacancy import able_to_join
from simulation.engine import Engine
from simulation.faults import FaultPlan
from simulation.population.chance import stream
from simulation.population.parameters import Parameters
from workflows.byelection import BY_ELECTIONS
from workflows.catalogue import TASK_QUEUE
from workflows.departure import DepartureRecord
from workflows.facts import BodyCompleted, Decided, Seat
from workflows.messages import (
    BodyBrief,
    Departure,
    DepartureBrief,
    Nominated,
    Ordered,
    RecallBrief,
    RecallOutcome,
    Winner,
)
from workflows.recall import RecallElection
from workflows.setting import Setting

_SETTLED_IN = (10, 40)  # days in office before anything happens
_MORE_ENTITLED = 20  # one in so many with the right to vote is not registered
_BODIES = (BodyId.PARTY.value, BodyId.RESIDENTS.value)


@dataclass
class _Committee:
    """A unit as its own facts tell: who was seated where, and the kinship declared."""

    seats: dict[str, tuple[Seat, ...]] = field(default_factory=dict)
    kin: list[Kinship] = field(default_factory=list)


@dataclass(frozen=True)
class _Event:
    """Something drawn for a unit: a recall, or else a resignation; which member, counted round; from when on."""

    at: datetime
    unit: str
    recall: bool
    lot: int


class Afterwards:
    """Listens to a district's facts, and plays what comes after its election."""

    def __init__(self, setting: Setting, parameters: Parameters, seed: int, faults: FaultPlan) -> None:
        self._setting, self._parameters, self._seed, self._faults = setting, parameters, seed, faults
        self._drawn = {BodyId.RECALL, BodyId.BY_ELECTION} <= {body.id for body in setting.pack.bodies}
        self._committees: dict[str, _Committee] = {}
        self._events: list[_Event] = []

    def hear(self, entry: Entry) -> None:
        """Take note of a fact as it is committed."""
        if not self._drawn:
            return
        committee = self._committees.setdefault(entry.unit, _Committee())
        if entry.kind == "body_completed" and entry.body in _BODIES:
            completed = entry.fact
            assert isinstance(completed, BodyCompleted)
            committee.seats[entry.body] = completed.seats
        elif entry.kind == "decided" and '"kind":"nominated"' in entry.noted.text:
            decided = entry.fact
            assert isinstance(decided, Decided)
            if isinstance(decided.form, Nominated):
                committee.kin += [one for one in decided.form.kin if one not in committee.kin]
        elif entry.kind == "unit_closed" and BodyId.RESIDENTS in committee.seats:
            self._draw(entry)

    def _draw(self, closed: Entry) -> None:
        events, rng = self._parameters.events, stream(self._seed, closed.unit, "within the term")
        recalled, resigned, days, lot = (rng.random() for _ in range(4))
        recall = recalled < events.recall_rate.value
        if self._faults.touches(closed.unit) or not (recall or resigned < events.resignation_rate.value):
            return
        first, last = _SETTLED_IN
        at = closed.at + timedelta(days=first + int(days * (last - first)))
        self._events.append(_Event(at, closed.unit, recall, int(lot * 100)))

    async def play(self, engine: Engine, cast: Cast) -> None:
        """Begin each recall and by-election in its turn and see it to its end; a recall that carries is followed by one."""
        recalls: list[tuple[_Event, Any]] = []
        by_elections: list[Any] = []
        for event in sorted(self._events, key=lambda event: (event.at, event.unit)):
            await engine.run_until(event.at)
            committee = self._committees[event.unit].seats[BodyId.RESIDENTS]
            leaving = committee[event.lot % len(committee)]
            if event.recall:
                recalls.append((event, await self._recall(engine, cast, event.unit, leaving)))
            else:
                await self._resignation(engine, cast, event.unit, leaving)
                by_elections += await self._by_election(engine, cast, event.unit, leaving)
        for event, handle in recalls:
            outcome: RecallOutcome = await handle.result()
            if outcome.recalled:
                committee = self._committees[event.unit].seats[BodyId.RESIDENTS]
                leaving = next(seat for seat in committee if seat.person == outcome.person)
                by_elections += await self._by_election(engine, cast, event.unit, leaving)
        for handle in by_elections:
            await handle.result()

    async def _recall(self, engine: Engine, cast: Cast, unit: str, leaving: Seat) -> Any:
        memory, workflow = cast.memory(unit), f"{unit}/{BodyId.RECALL}-1"
        mode = self._setting.committee_mode()
        voters = memory.unit.brief.households if mode is PollMode.HOUSEHOLDS else memory.direct.roll
        brief = RecallBrief(
            unit=memory.unit.brief,
            member=memory.people[leaving.person],
            entitled=voters if mode is PollMode.HOUSEHOLDS else voters + voters // _MORE_ENTITLED,
            registered=0 if mode is PollMode.REPRESENTATIVES else voters,
            representatives=memory.representatives,
            ordered=self._ordered(workflow),
        )
        return await engine.client.start_workflow(RecallElection.run, brief, id=workflow, task_queue=TASK_QUEUE)

    async def _resignation(self, engine: Engine, cast: Cast, unit: str, leaving: Seat) -> None:
        """The meeting has agreed to it today; it is recorded whether or not the seat is filled."""
        workflow, today = f"{unit}/{BodyId.DEPARTURE}-1", beijing_day(engine.now)
        brief = DepartureBrief(
            unit=cast.memory(unit).unit.brief,
            departure=Departure(
                person=leaving.person, reason=Ground.RESIGNED.label, on=today, document=f"会〔{today.year}〕1号"
            ),
            ordered=self._ordered(workflow),
        )
        handle = await engine.client.start_workflow(DepartureRecord.run, brief, id=workflow, task_queue=TASK_QUEUE)
        await handle.result()

    async def _by_election(self, engine: Engine, cast: Cast, unit: str, leaving: Seat) -> list[Any]:
        """The by-election's handle; nothing where too few are left who could stand: the seat stays vacant, as the law allows."""
        memory, workflow, post = cast.memory(unit), f"{unit}/{BodyId.BY_ELECTION}-1", Post(leaving.post)
        found = self._committees[unit]
        staying = [seat for seat in found.seats[BodyId.RESIDENTS] if seat.person != leaving.person]
        memory.begin_by_election(leaving.person, post)
        if len(able_to_join(memory, post)) < _ENOUGH:
            return []
        seated = (*found.seats.get(BodyId.PARTY, ()), *staying)
        brief = BodyBrief(
            unit=memory.unit.brief,
            seated=tuple(
                Winner(person=memory.people[seat.person], post=Post(seat.post), votes=seat.votes) for seat in seated
            ),
            kin=tuple(found.kin),
            representatives=memory.representatives,
            vacant=(post,),
            vacant_since=beijing_day(engine.now),
            ordered=self._ordered(workflow),
        )
        return [
            await engine.client.start_workflow(
                BY_ELECTIONS[self._setting.pack.kind], brief, id=workflow, task_queue=TASK_QUEUE
            )
        ]

    def _ordered(self, workflow: str) -> Ordered:
        return Ordered(by=self._setting.pack.roles.get(Role.RESIDENTS_COMMITTEE, "委员会"), key=workflow)


_ENOUGH = 4
"""Who could stand for the one seat: two on the list, and two more should reviewers know something of them."""
