"""What happens without being asked for: complaints, withdrawals, declined seats, appeals; each from the unit's own stream.

Rates come from the parameters and may be zero. A unit in which a fault is planted is left alone, so that whatever is
refused or overdue there can be put down to the fault.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from gateway.command import Verb
from policies.authority import Signature
from policies.pack.schema import Act, Role
from simulation.actors.hours import beijing, beijing_day
from simulation.actors.memory import UnitMemory
from simulation.actors.papers import GRAVE
from simulation.actors.scene import Scene, is_voters_list
from simulation.population.chance import stream
from simulation.population.electorate import Objection as Omission
from simulation.population.parameters import Events
from workflows.messages import Appeal, Complaint, Objection, Posted, Reviewed, Withdrawal

_COMPLAINED_OF = "residents.nomination_call"  # a village's 公告第7号: early enough for what follows to wait
_COMPLAINED_WITHIN = timedelta(days=3)

Send = Callable[[datetime, str, Verb, Complaint | Withdrawal | Appeal | Objection, UnitMemory], None]
"""Send a message to a workflow at an instant: (when, workflow, verb, message, the unit's memory)."""


class Happenings:
    """Draws what comes in between, when the decision is taken that gives rise to it."""

    def __init__(self, seed: int, events: Events, send: Send, signed: Callable[[Role], Signature]) -> None:
        self._seed, self._events, self._send, self._signed = seed, events, send, signed

    def after(self, scene: Scene, form: object, now: datetime) -> None:
        """What a decision just accepted gives rise to."""
        if isinstance(form, Posted):
            self._posted(scene, now)
        elif isinstance(form, Reviewed):
            self._reviewed(scene, form, now)
        elif scene.task.gate == _COMPLAINED_OF:
            self._grave(scene, now)

    def before_announcement(self, scene: Scene, now: datetime, acts: datetime) -> None:
        """Somebody elected may decline the seat before the result is announced at the instant `acts`."""
        members = scene.task.people
        if scene.body_name != "residents" or scene.body.declined or not members:
            return
        rng = stream(self._seed, scene.unit.id, "declines")
        if rng.random() < self._events.withdrawal_rate.value:
            scene.body.declined = True
            by = self._signed(Role.STREET_OFFICE)
            message = Withdrawal(person=rng.choice(members), reason="因个人原因放弃当选", by=by)
            self._send(now + (acts - now) / 2, scene.task.workflow, Verb.WITHDRAW, message, scene.memory)

    def _objections(self, scene: Scene, now: datetime) -> None:
        """Objections to the list of voters just posted, within the days they are received."""
        electorate, norms = scene.unit.electorate, scene.setting.pack.norms
        if electorate is None or norms is None or not norms.objection_days:
            return
        last = scene.day + timedelta(days=norms.objection_days)
        rng = stream(self._seed, scene.unit.id, "objections")
        for number, objection in enumerate(electorate.objections, 1):
            self.object(scene, f"{scene.unit.id}-{number}", objection, self._within(now, last, rng.random()))

    def object(self, scene: Scene, number: str, objection: Omission, at: datetime) -> None:
        """Somebody objects to the list at an instant."""
        scene.memory.direct.objections[number] = objection
        by = self._signed(Role.ELECTION_COMMITTEE)
        message = Objection(id=number, about=objection.about.name, text="名单漏登", by=by)
        self._send(at, scene.task.workflow, Verb.OBJECT, message, scene.memory)

    def _posted(self, scene: Scene, now: datetime) -> None:
        if is_voters_list(scene):
            self._objections(scene, now)
        days, unit = scene.setting.publicity(scene.task.step)
        if not days or scene.task.round > 1:
            return
        last = scene.setting.calendar.end_of_publicity(scene.day, days, unit)
        rng = stream(self._seed, scene.unit.id, "complaint")
        if rng.random() < self._events.complaint_rate.value:
            self._complaint(scene, now, last, rng)
        if scene.step is not None and scene.step.id == _voted_on(scene):
            self._withdrawals(scene, now, last)

    def _complaint(self, scene: Scene, now: datetime, last_day: date, rng: Random) -> None:
        """The unit's one complaint, if it is about this very list."""
        about = rng.choice([step.id for step in scene.setting.steps.values() if step.act is Act.PUBLICITY])
        if about != scene.task.step:
            return
        scene.memory.complaints += 1
        number = f"{scene.unit.id}-{scene.memory.complaints}"
        by = self._signed(Role.STREET_DISCIPLINE)
        message = Complaint(id=number, about=about, text="反映名单中有人不符合条件", by=by)
        self._send(self._within(now, last_day, rng.random()), scene.task.workflow, Verb.COMPLAIN, message, scene.memory)

    def _grave(self, scene: Scene, now: datetime) -> None:
        """A complaint that will be found true and touch the step itself (K3): drawn for villages, from a stream of its own."""
        rng = stream(self._seed, scene.unit.id, "grave complaint")
        if rng.random() >= self._events.grave_complaint_rate.value:
            return
        by = self._signed(Role.STREET_DISCIPLINE)
        number = f"{scene.unit.id}-{GRAVE}"
        message = Complaint(id=number, about=scene.task.step, text="反映公布的职数和提名办法与规定不符", by=by)
        at = self._within(now, scene.day + _COMPLAINED_WITHIN, rng.random())
        self._send(at, scene.task.workflow, Verb.COMPLAIN, message, scene.memory)

    def _withdrawals(self, scene: Scene, now: datetime, last_day: date) -> None:
        rng = stream(self._seed, scene.unit.id, "withdrawals", scene.body_name)
        rate = self._events.withdrawal_rate.value
        for person in scene.task.people:
            lot, moment = rng.random(), rng.random()
            if lot < rate:
                by = self._signed(Role.STREET_COMMITTEE)
                message = Withdrawal(person=person, reason="因个人原因退出候选", by=by)
                at = self._within(now, last_day, moment)
                self._send(at, scene.task.workflow, Verb.WITHDRAW, message, scene.memory)

    def _reviewed(self, scene: Scene, form: Reviewed, now: datetime) -> None:
        if scene.is_direct and _is_last_level(scene):
            return  # the candidates are determined at once: what the county's departments reported is not heard again
        for conclusion in form.conclusions:
            if conclusion.passed or conclusion.person in scene.body.reinstated:
                continue
            rng = stream(self._seed, scene.unit.id, "appeal", conclusion.person, scene.task.gate)
            if rng.random() < self._events.appeal_rate.value:
                by, grounds = self._signed(Role.STREET_COMMITTEE), f"对审查结论（{conclusion.reason}）有异议"
                message = Appeal(person=conclusion.person, grounds=grounds, by=by)
                at = now + timedelta(minutes=10 + round(20 * rng.random()))
                self._send(at, scene.task.workflow, Verb.APPEAL, message, scene.memory)

    @staticmethod
    def _within(now: datetime, last: date, moment: float) -> datetime:
        """An instant while the posting is up, in the daytime of a day between now and its last day."""
        today = beijing_day(now)
        days = (last - today).days
        day = today + timedelta(days=1 + int(moment * max(days - 1, 0)))
        return beijing(day, 9.0 + 8.0 * moment)


def _voted_on(scene: Scene) -> str:
    """The step of the scene's body that posts the list to be voted on: the last posting before its first poll."""
    found = ""
    for body in scene.setting.pack.bodies:
        if body.id != scene.body_name:
            continue
        for step in body.steps:
            if step.act is Act.POLL:
                break
            if step.act is Act.PUBLICITY:
                found = step.id
    return found


def _is_last_level(scene: Scene) -> bool:
    """Whether no further level of review follows in the scene's body."""
    levels = [
        step.id
        for body in scene.setting.pack.bodies
        if body.id == scene.body_name
        for step in body.steps
        if step.act is Act.REVIEW
    ]
    return bool(levels) and levels[-1] == scene.task.step
