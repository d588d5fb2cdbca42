"""Everybody who acts in one district: they see their inbox, take their time, and hand in their forms like anybody else.

Nothing here can decide anything: a form goes to the workflow as an update, and a refusal comes back as it would to a
person, is journalled at the edge, and is answered with a corrected form.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from gateway.command import Answer, Command, Gateway, Outcome, Verb, unit_of
from policies.authority import Signature
from policies.finding import Finding
from policies.pack.schema import Act, BodyId, Role
from policies.rules.complaints import K3
from simulation.actors import playbook, polls, village
from simulation.actors.events import Happenings
from simulation.actors.hours import beijing, beijing_day
from simulation.actors.memory import UnitMemory
from simulation.actors.queues import QueueStatistics
from simulation.actors.scene import COMMITTEE_VOTES, Scene, office
from simulation.actors.timing import Clerks
from simulation.faults import FaultPlan, Moment, Planted, slips
from simulation.population.chance import stream
from simulation.population.district import SyntheticDistrict
from simulation.population.electorate import Objection as Omission
from simulation.population.electorate import Voter
from simulation.population.parameters import Parameters
from workflows.facts import Task
from workflows.messages import (
    Announced,
    Appeal,
    Chosen,
    Complaint,
    Counted,
    Delegated,
    Form,
    Nominated,
    Objection,
    Posted,
    Postponement,
    Reviewed,
    SignedOff,
    Slated,
    Submission,
    Withdrawal,
)
from workflows.preparationforms import ReadinessAssessed, RemovalInspected
from workflows.setting import Setting

ATTEMPTS = 6
"""How often somebody hands in a form at one gate before giving up: then the gate stays open, and the run names it."""
_NINE, _TEN = 9.0, 10.0
_TOO_LATE = timedelta(days=19)  # before the poll, when a list of voters ought to be up for twenty
_TOO_LATE_BY = frozenset(
    {"V6", "V9"}
)  # a list that comes too late for the poll day: the poll is put off, as the law has it
_PUT_OFF = 14  # days
_PUT_RIGHT = timedelta(hours=3)  # after which somebody tries again whom a complaint stopped (K3)


class Stage(Protocol):
    """What actors need besides the gateway: the election's time."""

    @property
    def now(self) -> datetime:
        """This instant, aware."""

    def at(self, instant: datetime, callback: Callable[..., Any], /, *args: Any) -> Any:
        """Call back at an instant."""


@dataclass(frozen=True, slots=True)
class FalseBlock:
    """An honest form refused: the system or an actor is wrong, and somebody must look."""

    workflow: str
    gate: str
    at: datetime
    rules: tuple[str, ...]
    messages: tuple[str, ...]


@dataclass(slots=True)
class _Turn:
    """One gate on its way to a decision."""

    scene: Scene
    attempt: int = 0
    stale: bool = False  # the task was put into the inbox anew, with other limits: somebody else has planned it since
    planted: Planted | None = None  # what the last form handed in was meant to be caught at
    slip: bool = False
    waited: int = 0  # attempts that met a complaint not yet put right


@dataclass(slots=True)
class _Counts:
    acts: int = 0
    refused: int = 0
    slips: int = 0  # human errors drawn at the error rate
    events: dict[str, int] = field(default_factory=dict)


class Cast:
    """The actors of one district. `on_task` is what the store calls when a task reaches an inbox."""

    def __init__(
        self,
        *,
        district: SyntheticDistrict,
        setting: Setting,
        parameters: Parameters,
        seed: int,
        stage: Stage,
        gateway: Gateway,
        faults: FaultPlan,
    ) -> None:
        self._district, self._setting, self._parameters = district, setting, parameters
        self._seed, self._stage, self._gateway, self._faults = seed, stage, gateway, faults
        self._clerks = Clerks(setting, parameters, stage.at)
        self._memories: dict[str, UnitMemory] = {}
        self._signatures: dict[Role, Signature] = {}
        self._happenings = Happenings(seed, parameters.events, self._send_later, self._signed)
        self._error_rate = parameters.work.error_rate.value
        self._unanswered: dict[tuple[str, str], Planted] = {}
        self._turns: dict[tuple[str, str], _Turn] = {}  # gates not yet decided
        self._tasks: dict[tuple[str, str], Task] = {}  # the latest word on each of them
        self.blocks: list[FalseBlock] = []
        self.given_up: list[tuple[str, str]] = []  # (workflow, gate) where nobody tries any more
        self.counts = _Counts()

    @property
    def false_blocks(self) -> int:
        """Honest forms and messages that were refused."""
        return len(self.blocks)

    @property
    def queues(self) -> dict[str, QueueStatistics]:
        """Figures of every shared queue by name."""
        return self._clerks.queues

    def memory(self, unit: str) -> UnitMemory:
        """What a unit's people remember. Raises KeyError for a unit of another district."""
        if unit not in self._memories:
            self._memories[unit] = UnitMemory(self._district.units[unit])
        return self._memories[unit]

    def postpone(self, unit: str, days: int, at: datetime, reason: str = "因特殊情况推迟换届日程") -> None:
        """Have the street postpone a unit by so many days at an instant."""
        message = Postponement(days=days, reason=reason, by=self._signed(Role.STREET_COMMITTEE))
        self._stage.at(at, self._send, unit, Verb.POSTPONE, message, self.memory(unit))

    # ------------------------------------------------------------ a task arrives

    def on_task(self, task: Task) -> None:
        """A gate was opened, or its days were moved: its actor plans when to act, once its window has begun."""
        self._tasks[task.workflow, task.gate] = task
        opens = beijing(task.opens_on, 0)
        if opens > self._stage.now:
            self._stage.at(opens, self._take_up, task)
        else:
            self._take_up(task)

    def _take_up(self, task: Task) -> None:
        """Plan when to act on a task whose window has begun, unless its days were moved meanwhile."""
        if self._tasks.get((task.workflow, task.gate)) is not task:
            return
        now = self._stage.now
        unit = unit_of(task.workflow)
        today = beijing_day(now)
        scene = Scene(
            task=task,
            step=self._setting.steps.get(task.step),
            memory=self.memory(unit),
            setting=self._setting,
            parameters=self._parameters,
            seed=self._seed,
            rng=stream(self._seed, task.workflow, task.gate),
            day=today,
        )
        turn = _Turn(scene)
        before = self._turns.get((task.workflow, task.gate))
        if before is not None:  # postponed: the same gate with other limits
            before.stale = True
            turn.attempt = before.attempt
        self._turns[task.workflow, task.gate] = turn
        if self._faults.touches(unit):
            if self._goes_wrong(turn, now):
                return
        elif scene.step is not None and scene.step.act is Act.ANNOUNCEMENT:
            self._announcement(turn, now)
            return
        self._clerks.schedule(scene, now, partial(self._act, turn))

    def _announcement(self, turn: _Turn, now: datetime) -> None:
        """Announcements may be preceded by somebody's declining the seat, at a time known beforehand."""

        def plan(instant: datetime, act: Callable[[], None]) -> None:
            self._happenings.before_announcement(turn.scene, now, instant)
            self._stage.at(instant, act)

        self._clerks.schedule(turn.scene, now, partial(self._act, turn), plan)

    def _goes_wrong(self, turn: _Turn, now: datetime) -> bool:
        """Commit what is planted at the opening of this gate. True when it is also settled when the actor will act."""
        task = turn.scene.task
        unanswered = self._unanswered.pop((task.workflow, task.gate), None)
        if unanswered is not None:
            self._faults.fire(unanswered, task.gate, now)
            self._late(turn)
            return True
        planted = None if playbook.is_sideline(task.gate) else self._faults.at(turn.scene.unit.id, task.step)
        if planted is None:
            return False
        moment = planted.variant.moment
        if moment is Moment.EXTRA:
            at = self._clerks.later_today(now, 0.5)
            self._stage.at(at, self._out_of_turn, turn.scene, planted)
        elif moment is Moment.LATE and task.last_day is not None:
            self._faults.fire(planted, task.gate, now)
            self._late(turn)
            return True
        elif moment is Moment.TARDY and turn.scene.memory.direct.poll_day is not None:
            self._stage.at(beijing(turn.scene.memory.direct.poll_day - _TOO_LATE, _TEN), self._act, turn)
            return True
        return False

    def _late(self, turn: _Turn) -> None:
        """Have the actor act on the day after the last one."""
        last_day = turn.scene.task.last_day
        assert last_day is not None
        self._stage.at(beijing(last_day + timedelta(days=1), _TEN), self._act, turn)

    # ------------------------------------------------------------ a form is handed in

    def _act(self, turn: _Turn) -> None:
        """Fill in the form and hand it in, unless the task's days were moved meanwhile."""
        scene, now = turn.scene, self._stage.now
        if self._tasks.get((scene.task.workflow, scene.task.gate)) is not scene.task:
            return
        scene.day = beijing_day(now)
        turn.attempt += 1
        turn.planted, turn.slip = self._tardy(turn), False
        self.counts.acts += 1
        step = scene.step
        if step is not None and step.act is Act.NOMINATION and turn.attempt == 1 and not scene.body.nominated:
            self._faults.prepare(scene.memory, scene.body_name)
        form = playbook.honest(scene)
        leads = self._faults.leading_to(scene.unit.id, scene.task.step)
        if leads is not None and leads.variant.comes_from is not None and scene.task.vote == 1:
            form = leads.variant.comes_from[1](scene, form)
        if turn.attempt == 1 and step is not None and not playbook.is_sideline(scene.task.gate):
            form = self._faulty(turn, form) or self._slip(turn, form) or form
        submission = self._submission(scene, form)
        self._submit(
            scene.task.workflow,
            submission,
            turn.attempt,
            partial(self._answered, turn, scene.task.workflow, submission),
        )

    def _tardy(self, turn: _Turn) -> Planted | None:
        """The fault that lies in handing in this very form so late, on the first attempt."""
        scene = turn.scene
        planted = self._faults.at(scene.unit.id, scene.task.step)
        if planted is None or planted.variant.moment is not Moment.TARDY or turn.attempt > 1:
            return None
        self._faults.fire(planted, scene.task.gate, self._stage.now)
        return planted

    def _faulty(self, turn: _Turn, form: Form) -> Form | None:
        """The form with what is planted here; None where nothing is, or where it cannot be committed."""
        scene = turn.scene
        planted = self._faults.at(scene.unit.id, scene.task.step)
        if planted is None or planted.variant.moment is not Moment.FORM:
            return None
        variant = planted.variant
        if variant.vote != scene.task.vote:
            return variant.lead_in(scene, form) if variant.lead_in is not None else None
        mutated = variant.mutate(scene, form) if variant.mutate is not None else form
        if mutated == form:
            return None
        turn.planted = planted
        self._faults.fire(planted, scene.task.gate, self._stage.now)
        return mutated

    def _slip(self, turn: _Turn, form: Form) -> Form | None:
        """A human error: one of the step's faulty forms, handed in by mistake at the error rate."""
        scene = turn.scene
        if not self._error_rate or scene.rng.random() >= self._error_rate:
            return None
        possible = slips(scene.task.step, self._setting.pack)
        if not possible:
            return None
        mutate = scene.rng.choice(possible).mutate
        mutated = mutate(scene, form) if mutate is not None else form
        if mutated == form:
            return None
        turn.slip = True
        self.counts.slips += 1
        return mutated

    def _submission(self, scene: Scene, form: Form) -> Submission:
        step = scene.step
        second = step.countersigned_by[0] if step is not None and step.countersigned_by else None
        return Submission(
            gate=scene.task.gate,
            by=self._signed(scene.task.role),
            second=None if second is None else self._signed(second),
            form=form,
        )

    def _signed(self, role: Role) -> Signature:
        """In a rehearsal the office itself signs, for the whole district."""
        if role not in self._signatures:
            name = office(self._setting.pack, role)
            self._signatures[role] = Signature(person=name, name=name, role=role, scope=self._district.id)
        return self._signatures[role]

    def _submit(self, workflow: str, submission: Submission, attempt: int, answered: Callable[[Answer], None]) -> None:
        key = f"{workflow}:{submission.gate}:{attempt}"
        self._gateway.send(Command(workflow, Verb.DECIDE, submission, key), answered)

    def _answered(self, turn: _Turn, workflow: str, submission: Submission, answer: Answer) -> None:
        """The workflow's answer: go on, or correct the form and come back."""
        scene = turn.scene
        if answer.accepted:
            self._settled(scene.task)
            self._remember(scene, submission.form)
            self._go_on(turn, submission.form)
            return
        if answer.outcome is not Outcome.REFUSED:
            return  # the workflow closed meanwhile: nobody waits for this decision any more
        now = self._stage.now
        too_late = scene.is_direct and any(finding.rule in _TOO_LATE_BY for finding in answer.findings)
        put_off = isinstance(submission.form, Posted) and too_late
        stopped = any(finding.rule == K3.id and finding.blocks for finding in answer.findings)
        turn.waited += stopped
        honest = turn.planted is None and not turn.slip
        self._refused(workflow, submission, answer.findings, honest=honest and not put_off and not stopped)
        if put_off:
            self.postpone(
                scene.unit.id, _PUT_OFF, now + timedelta(minutes=5), "名单公布距投票日不足法定日数，推迟投票日"
            )
        if stopped:
            now += _PUT_RIGHT
        if turn.attempt - turn.waited >= ATTEMPTS:
            self.given_up.append((workflow, scene.task.gate))
            return
        self._stage.at(self._clerks.again(scene, now), self._act, turn)

    def _settled(self, task: Task) -> None:
        """A gate is decided: forget it, unless the same gate has already been put into the inbox anew."""
        key = task.workflow, task.gate
        self._turns.pop(key, None)
        if self._tasks.get(key) is task:
            del self._tasks[key]

    def _refused(self, workflow: str, submission: Submission, findings: tuple[Finding, ...], *, honest: bool) -> None:
        self.counts.refused += 1
        if honest:
            self._block(workflow, submission.gate, findings)

    def _block(self, workflow: str, gate: str, findings: tuple[Finding, ...]) -> None:
        self.blocks.append(
            FalseBlock(
                workflow=workflow,
                gate=gate,
                at=self._stage.now,
                rules=tuple(finding.rule for finding in findings if finding.blocks),
                messages=tuple(finding.message for finding in findings if finding.blocks),
            )
        )

    # ------------------------------------------------------------ after a decision

    def _remember(self, scene: Scene, form: Form) -> None:
        """What the unit's people keep in mind of a decision taken."""
        body = scene.body
        match form:
            case Nominated():
                body.nominated += [nominee.person.id for nominee in form.nominees]
                body.posts.update({nominee.person.id: nominee.post for nominee in form.nominees})
            case Reviewed():
                body.out.update({one.person: one.evidence for one in form.conclusions if not one.passed})
            case Slated():
                body.listed = form.names
            case Chosen():
                scene.memory.deputy = form.deputy
            case Delegated():
                scene.memory.representatives = form.total
            case Counted() if polls.is_plenary(form):
                by_post = {entry.post: one for entry, one in zip(form.form.candidates, form.names, strict=True)}
                scene.memory.secretary = by_post.get("书记", "") or ""
            case Counted():
                body.counted(form)
            case ReadinessAssessed():
                scene.memory.troubles = tuple(trouble.difficulty for trouble in form.troubles)
            case RemovalInspected():
                gone = {one.difficulty for one in form.removals if one.accepted}
                scene.memory.troubles = tuple(one for one in scene.memory.troubles if one not in gone)
            case SignedOff() if form.upheld and scene.task.gate.startswith("appeal:"):
                for person in scene.task.people:
                    body.out.pop(person, None)
                body.reinstated.update(scene.task.people)
            case Announced() if scene.is_direct and form.names:
                body.members = list(form.names)  # of two near relatives elected one has given way
            case _ if scene.unit.electorate is not None and scene.body_name in COMMITTEE_VOTES:
                village.remember(scene.memory.direct, form)
            case _:
                pass

    def _go_on(self, turn: _Turn, form: Form) -> None:
        """What a decision taken gives rise to: what is planted after it, or what happens by itself."""
        scene, now = turn.scene, self._stage.now
        if playbook.is_sideline(scene.task.gate) or scene.body_name == BodyId.BY_ELECTION:
            return  # within the term nothing else comes in between
        if not self._faults.touches(scene.unit.id):
            self._happenings.after(scene, form, now)
            return
        planted = self._faults.at(scene.unit.id, scene.task.step)
        if planted is None:
            return
        if planted.variant.moment is Moment.AHEAD and isinstance(form, Posted):
            days, unit = self._setting.publicity(scene.task.step)
            last = self._setting.calendar.end_of_publicity(form.posted_on, days, unit)
            self._stage.at(beijing(last, _TEN), self._out_of_turn, scene, planted)
        elif planted.variant.moment is Moment.UNANSWERED:
            self._complain(scene, planted, now)
        elif planted.variant.moment is Moment.OBJECTION:
            self._object(scene, planted, now)

    def _complain(self, scene: Scene, planted: Planted, now: datetime) -> None:
        """A complaint that nobody will answer in time."""
        scene.memory.complaints += 1
        number = f"{scene.unit.id}-{scene.memory.complaints}"
        self._unanswered[scene.task.workflow, f"complaint:{number}"] = planted
        by = self._signed(Role.STREET_DISCIPLINE)
        message = Complaint(id=number, about=scene.task.step, text=planted.variant.text, by=by)
        at = beijing(beijing_day(now) + timedelta(days=1), _NINE)
        self._send_later(at, scene.task.workflow, Verb.COMPLAIN, message, scene.memory)

    def _object(self, scene: Scene, planted: Planted, now: datetime) -> None:
        """An objection to the list of voters that nobody will decide in time."""
        number = f"{scene.unit.id}-F"
        self._unanswered[scene.task.workflow, f"objection:{number}"] = planted
        at = beijing(beijing_day(now) + timedelta(days=1), _NINE)
        omitted = Omission(Voter(f"{scene.unit.id}-V000", "某村民"), False)
        self._happenings.object(scene, number, omitted, at)

    def _out_of_turn(self, scene: Scene, planted: Planted) -> None:
        """Hand in a step whose time has not come, exactly as it would be handed in at its time."""
        target = self._setting.steps[planted.variant.target]
        body = target.id.split(".", 1)[0]
        workflow = f"{scene.unit.id}/{body}"
        now = self._stage.now
        people = scene.task.people or tuple(scene.memory.body(target.id).fit())
        brief = scene.unit.brief
        seats = {"party": brief.party_seats, "residents": brief.residents_seats, "women": brief.women_seats}
        task = Task(
            workflow=workflow,
            gate=target.id,
            step=target.id,
            title=target.title,
            role=target.actor,
            opens_on=beijing_day(now),
            last_day=None,
            people=people,
            seats=seats.get(body, brief.supervisory_seats),
        )
        early = Scene(
            task=task,
            step=target,
            memory=scene.memory,
            setting=self._setting,
            parameters=self._parameters,
            seed=self._seed,
            rng=stream(self._seed, "out of turn", workflow, target.id),
            day=beijing_day(now),
        )
        submission = self._submission(early, playbook.honest(early))
        self._faults.fire(planted, target.id, now)
        turn = _Turn(early, planted=planted)
        self._submit(workflow, submission, 0, partial(self._ahead_answered, turn, workflow, submission))

    def _ahead_answered(self, turn: _Turn, workflow: str, submission: Submission, answer: Answer) -> None:
        """A step handed in out of turn was refused, as it should be; or it was taken, and then it counts."""
        if answer.accepted:
            self._remember(turn.scene, submission.form)
        elif answer.outcome is Outcome.REFUSED:
            self._refused(workflow, submission, answer.findings, honest=False)

    # ------------------------------------------------------------ messages that answer no task

    def _send_later(
        self,
        at: datetime,
        workflow: str,
        verb: Verb,
        message: Complaint | Withdrawal | Appeal | Objection,
        memory: UnitMemory,
    ) -> None:
        self._stage.at(at, self._send, workflow, verb, message, memory)

    def _send(
        self,
        workflow: str,
        verb: Verb,
        message: Complaint | Withdrawal | Appeal | Objection | Postponement,
        memory: UnitMemory,
    ) -> None:
        about = message.id if isinstance(message, Complaint | Objection) else getattr(message, "person", "")
        self.counts.events[verb] = self.counts.events.get(verb, 0) + 1

        def answered(answer: Answer) -> None:
            if answer.outcome is Outcome.REFUSED:
                self._block(workflow, verb, answer.findings)
            elif not answer.accepted:
                return
            elif isinstance(message, Withdrawal):
                memory.body(f"{workflow.rsplit('/', 1)[-1]}.").steps_back(message.person)
            elif isinstance(message, Postponement):
                memory.shift += message.days
                if memory.direct.poll_day is not None and memory.body("residents.").poll is None:
                    memory.direct.poll_day += timedelta(days=message.days)

        key = f"{workflow}:{verb}:{about}:{self._stage.now.isoformat()}"
        self._gateway.send(Command(workflow, verb, message, key), answered)
