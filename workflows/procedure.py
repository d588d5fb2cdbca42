"""How a gate works: one decision awaited, with its role, last day, reminder, overdue flag, refusal and journal.

Every election workflow inherits `Procedure`. A gate never expires and never passes by itself: overdue is a flag with an owner.
What happened is noted as facts and written by one commit a step. The acts built on gates are in `workflows/acts.py`.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from policies.authority import Signature, countersigned, outside
from policies.clock import Clock
from policies.finding import Finding
from policies.lifecycles import GATE, GateState, GateTrigger, advance
from policies.pack.schema import BodyId, Condition, ExtraGate, Role, Step
from policies.rule import BOOK, Rule, blocking
from policies.rules import complaints, order
from workflows import electiontime, examination, preparationchecks
from workflows.facts import (
    Contest,
    Decided,
    GateOpened,
    Handing,
    Held,
    Overdue,
    Postponed,
    Released,
    Reminded,
    Task,
)
from workflows.journalling import Journalling
from workflows.messages import (
    Hold,
    Postponement,
    Recorded,
    Release,
    Ruled,
    Submission,
    UnitBrief,
)
from workflows.preparationforms import LinkSigned
from workflows.setting import installed

REMIND_HOUR = 9  # reminders go out when offices open
REFUSED = "refused"
"""The error type of a refused submission; its details are the findings."""

Check = Callable[[Any], list[Finding]]
"""Judges a gate's form (of the type the gate asks for); an empty list lets it pass."""
F = TypeVar("F")


@dataclass
class Gate:
    """One decision awaited, from `opens_on` to `last_day`, both inclusive.

    It stands in the inbox before `opens_on` already, so that people see what comes; a `fixed` last day comes from the law
    and no postponement moves it.
    """

    key: str
    step: str
    title: str
    role: Role
    forms: tuple[type, ...]
    opens_on: date
    last_day: date | None
    fixed: bool
    rule: str
    countersigned_by: tuple[Role, ...] = ()  # the plan wants a second signature, of one of these
    round: int = 1
    check: Check | None = None
    state: GateState = GateState.WAITING
    people: tuple[str, ...] = ()  # person ids the decision is about
    seats: int = 0  # polls: seats still open
    vote: int = 1  # polls: 2 for a further vote
    contests: tuple[Contest, ...] = ()  # direct votes: post by post
    seen: datetime | None = None  # when it was opened, in election time
    submission: Submission | None = field(default=None)

    def happens(self, trigger: GateTrigger) -> None:
        """Move along the gate's lifecycle."""
        self.state = advance(GATE, self.state, trigger)


class EndedByLaw(Exception):  # noqa: N818 - it reads as what happened
    """What this gate waits to decide has been declared void: nobody will decide it."""


class Procedure(Journalling):
    """What every election workflow inherits: its gates, its limits, its journal, and the messages it answers."""

    matter = "换届"  # what is under way, in messages

    def begin(self, unit: UnitBrief, body: BodyId, shift: int = 0, clock: Clock | None = None) -> None:
        """Set up; called from the workflow's `__init__`. `shift`: calendar days the unit was postponed already.

        `clock`: a drill's clock where it was moved already.
        """
        self.unit = unit
        self.body = body
        self.setting = installed(unit.setting)
        self.pack = self.setting.pack
        self.calendar = self.setting.calendar
        self.clock = clock or self.setting.clock
        self.gates: dict[str, Gate] = {}
        self.rounds: dict[str, int] = {}
        self.shift = shift
        self.held: Hold | None = None
        self.waiting = "尚未开始"
        self.waiting_rule: Rule = order.O2
        self.moved = 0  # grows whenever a hold, release or postponement changes what is waited for
        self.open_matters: dict[str, str] = {}  # complaints and appeals not yet answered, with what they are about
        self.complaints: set[str] = set()  # ids of every complaint received
        self.upheld: set[str] = set()  # steps about which a complaint was upheld
        self.stopped: dict[
            str, tuple[str, str]
        ] = {}  # complaint: what everything waits for, and the step that may go on
        self.taken: dict[str, Gate] = {}  # the last gate decided of each step
        self.ended: set[str] = set()  # gates ended by law while somebody waits for them
        self.posting = ""  # the posting that is up now
        self.reposted: dict[str, str] = {}  # complaints whose finding has a posting go up anew, with the posting
        self.sidework: set[asyncio.Task[None]] = set()
        self.stage = ""
        self.begin_journal()

    # ------------------------------------------------------------ waiting

    async def until(self, day: Callable[[], date], why: str, rule: Rule = order.O2) -> None:
        """Wait for a calendar day to begin, and for any hold to be released. `why` tells people what is waited for.

        What was noted is written first: nobody waits for days to see a decision in the journal.
        """
        self.waiting, self.waiting_rule = why, rule
        if self.held or electiontime.today() < day():
            await self.commit()
        while self.held or electiontime.today() < day():
            moved = self.moved
            delay = None if self.held else max(electiontime.until(day()), timedelta(milliseconds=1))
            await self._sleep(lambda seen=moved: self.moved != seen, delay, why)  # type: ignore[misc]
        self.waiting_rule = order.O2

    async def _sleep(self, changed: Callable[[], bool], delay: timedelta | None, summary: str) -> None:
        """Wait for a change or for so much election time."""
        with suppress(TimeoutError):
            await workflow.wait_condition(
                changed,
                timeout=None if delay is None else electiontime.waiting(delay),
                timeout_summary=f"{self.unit.name} {summary}",
            )

    # ------------------------------------------------------------ gates

    def step(self, step_id: str) -> Step:
        """The pack's step. Raises KeyError for an unknown id."""
        return self.setting.steps[step_id]

    def applies(self, step_id: str) -> bool:
        """Whether the pack has this step and its condition holds for this unit."""
        step = self.setting.steps.get(step_id)
        if step is None or (step.condition is Condition.EVERY_VOTER and not self.setting.every_voter()):
            return False
        if step.condition is Condition.PILOT_UNIT:
            return self.unit.pilot
        return step.condition is not Condition.DIFFICULT_UNIT or self.unit.difficult

    def limit(self, step_id: str) -> date | None:
        """The last day the plan allows for a step, moved by postponements; None where the plan sets none."""
        slot = self.setting.slots.get(step_id)
        if slot is None or slot.window_end is None:
            return None
        return slot.window_end + timedelta(days=self.shift)

    def opens(self, step_id: str) -> date:
        """The first day of the step's window, moved by postponements."""
        return self.setting.opens(step_id) + timedelta(days=self.shift)

    async def gate(
        self,
        step_id: str,
        form: type[F],
        *,
        check: Check | None = None,
        law_bound: tuple[date, Rule] | None = None,
        last_day: date | None = None,
        people: tuple[str, ...] = (),
        seats: int = 0,
        vote: int = 1,
        contests: tuple[Contest, ...] = (),
    ) -> F:
        """Open the step's gate and wait for a decision, accepted from the first day of its window on; returns its form.

        `law_bound` is a last day that comes from the law, with its rule (handover, announcement), instead of the plan's
        window; no postponement moves it. `last_day` is one that people set themselves, and may move.
        """
        step = self.step(step_id)
        for extra in self._extras(before=step_id):
            await self._extra_gate(extra, step)
        round_ = self.rounds[step_id] = self.rounds.get(step_id, 0) + 1
        decided = await self.decision(
            Gate(
                key=self.key(step_id),
                step=step_id,
                title=step.title,
                role=step.actor,
                forms=(form,),
                opens_on=max(electiontime.today(), self.opens(step_id)),
                last_day=law_bound[0] if law_bound else last_day or self.limit(step_id),
                fixed=law_bound is not None,
                rule=law_bound[1].id if law_bound else order.O5.id,
                countersigned_by=step.countersigned_by,
                check=check,
                people=people,
                seats=seats,
                vote=vote,
                contests=contests,
            ),
            round_=round_,
        )
        for extra in self._extras(after=step_id):
            await self._extra_gate(extra, step)
        return cast(F, decided.form)

    def next_key(self, step_id: str) -> str:
        """The key of one more round: somebody reinstated may be screened out, and appeal, again."""
        self.rounds[step_id] = self.rounds.get(step_id, 0) + 1
        return self.key(step_id)

    def key(self, step_id: str) -> str:
        """The key of the step's present round: the step id, then step#2, step#3 …"""
        round_ = self.rounds.get(step_id, 1)
        return step_id if round_ == 1 else f"{step_id}#{round_}"

    def _extras(self, *, before: str = "", after: str = "") -> list[ExtraGate]:
        return [
            extra
            for extra in self.pack.extra_gates
            if (before and extra.before == before) or (after and extra.after == after)
        ]

    async def _extra_gate(self, extra: ExtraGate, step: Step) -> None:
        """A county's additional gate at a named point of the plan: it must approve or record before the plan goes on.

        A supervised link (Z12) wants everybody's signature instead.
        """
        approved = False
        while not approved:
            round_ = self.rounds[extra.id] = self.rounds.get(extra.id, 0) + 1
            decided = await self.decision(
                Gate(
                    key=self.key(extra.id),
                    step=extra.id,
                    title=extra.title,
                    role=extra.actor,
                    forms=(LinkSigned,) if extra.signed_by else (Ruled, Recorded),
                    opens_on=electiontime.today(),
                    last_day=self.limit(step.id),
                    fixed=False,
                    rule=order.O5.id,
                    check=(lambda form: preparationchecks.link(form, extra.signed_by, extra.id))
                    if extra.signed_by
                    else None,
                ),
                round_=round_,
            )
            form = decided.form
            approved = form.approved if isinstance(form, Ruled) else not isinstance(form, Recorded) or form.complete

    async def decision(self, gate: Gate, *, round_: int = 1) -> Submission:
        """Open a gate, remind, flag when overdue, and wait however long it takes for an accepted submission."""
        gate.happens(GateTrigger.OPEN)
        self.gates[gate.key] = gate
        gate.round = round_
        gate.seen = electiontime.now()
        self.note(GateOpened(gate=gate.key, role=gate.role, opens_on=gate.opens_on, last_day=gate.last_day))
        self.to_inbox(gate)
        self._flag_if_late(gate)
        await self.commit()
        while gate.submission is None and gate.key not in self.ended:
            moved = self.moved
            alarm = None if self.held else self._next_alarm(gate)
            await self._sleep(
                lambda seen=moved: gate.submission is not None or self.moved != seen,  # type: ignore[misc]
                alarm,
                f"「{gate.title}」期限",
            )
            if gate.submission is None and gate.key not in self.ended and not self.held:
                self._remind(gate)
                self._flag_if_late(gate)
                await self.commit()
        del self.gates[gate.key]
        if gate.submission is None:
            self._end(gate)
            raise EndedByLaw(gate.key)
        if ":" not in gate.key:  # a complaint's own gate is no decision of the step
            self.taken[gate.step] = gate
        return gate.submission

    def _end(self, gate: Gate) -> None:
        """Nobody decides this gate any more; what comes in its place is one more round."""
        gate.happens(GateTrigger.CLOSE_BY_LAW)
        self.ended.discard(gate.key)
        self._closed.append(gate.key)

    def to_inbox(self, gate: Gate) -> None:
        """Put the gate's task into the inbox with the next commit, in place of an earlier one of the same key.

        One that was decided meanwhile stays out.
        """
        if gate.submission is not None:
            return
        self._opened.append(
            Task(
                workflow=workflow.info().workflow_id,
                gate=gate.key,
                step=gate.step,
                title=gate.title,
                role=gate.role,
                opens_on=gate.opens_on,
                last_day=gate.last_day,
                round=gate.round,
                people=gate.people,
                seats=gate.seats,
                vote=gate.vote,
                contests=gate.contests,
            )
        )

    def _next_alarm(self, gate: Gate) -> timedelta | None:
        """Time to the next reminder or overdue flag; None when nothing more will ring."""
        if gate.last_day is None or gate.state is GateState.OVERDUE:
            return None
        if self._to_be_reminded(gate):
            reminder = electiontime.until(gate.last_day, REMIND_HOUR)
            if reminder > timedelta(0):
                return reminder
        return max(electiontime.until(gate.last_day + timedelta(days=1)), timedelta(milliseconds=1))

    @staticmethod
    def _to_be_reminded(gate: Gate) -> bool:
        """A gate of more than one day that was opened before its last day's reminder."""
        if gate.state is not GateState.OPEN or gate.last_day is None or gate.last_day <= gate.opens_on:
            return False
        return gate.seen is None or gate.seen < electiontime.instant(gate.last_day, REMIND_HOUR)

    def _remind(self, gate: Gate) -> None:
        """On the last day, once: a clock that was set forward may have passed the very hour."""
        if not self._to_be_reminded(gate) or gate.last_day is None:
            return
        now = electiontime.now()
        if electiontime.instant(gate.last_day, REMIND_HOUR) <= now and now.date() <= gate.last_day:
            gate.happens(GateTrigger.REMIND)
            self.note(Reminded(gate=gate.key, last_day=gate.last_day))

    def _flag_if_late(self, gate: Gate) -> None:
        if gate.last_day is None or gate.state is GateState.OVERDUE or electiontime.today() <= gate.last_day:
            return
        gate.happens(GateTrigger.FLAG)
        self.note(
            Overdue(
                gate=gate.key,
                owner=gate.role,
                escalated_to=order.superior(gate.role),
                last_day=gate.last_day,
                rule=gate.rule,
            )
        )

    # ------------------------------------------------------------ what people send

    def examine(self, submission: Submission) -> list[Finding]:
        """Everything that is wrong with a submission, all at once; nothing is changed."""
        if self.held is not None:
            rule = BOOK.get(self.held.rule, order.O2)
            return [rule.finding(f"{self.unit.name}{self.matter}已暂停：{self.held.reason}", value=submission.gate)]
        gate = self.gates.get(submission.gate)
        if gate is None or gate.submission is not None:
            return [self._not_open(submission)]
        for waits_for, step in self.stopped.values():
            if ":" not in gate.key and gate.step != step:
                return [complaints.blocked(gate.title, waits_for)]
        today = electiontime.today()
        if today < gate.opens_on:
            return [order.window_not_open(gate.title, gate.opens_on, today)]
        findings = []
        roles, role = self.pack.roles, submission.by.role
        if role is not gate.role:
            findings.append(order.wrong_role(gate.title, roles.get(role, role), roles.get(gate.role, gate.role)))
        for signature in (submission.by, submission.second):
            if signature is not None:
                findings.extend(self.beyond(signature))
        findings.extend(countersigned(gate.title, submission.by, submission.second, gate.countersigned_by, roles))
        if not isinstance(submission.form, gate.forms):
            return [*findings, order.wrong_form(gate.title, submission.form.kind)]
        findings.extend(order.dated_within(gate.title, examination.day_of(submission.form), gate.opens_on, today))
        if gate.check is not None:
            findings.extend(gate.check(submission.form))
        return findings

    def beyond(self, signature: Signature) -> list[Finding]:
        """O6: a signature that does not reach this unit."""
        return outside(signature, self.unit.name, (self.unit.id, self.unit.street, self.unit.district))

    def _not_open(self, submission: Submission) -> Finding:
        step = self.setting.steps.get(submission.gate.split("#")[0])
        title = step.title if step else submission.gate
        if self.waiting_rule is order.O2:
            return order.not_open(title, self.waiting_for())
        return self.waiting_rule.finding(f"「{title}」现在不能办理：{self.waiting}。", value=submission.gate)

    @workflow.update
    async def decide(self, submission: Submission) -> Handing:
        """A decision at an open gate. Refused with every finding at once, or taken as it is.

        A sender who keeps the registry is handed what the decision leads to, to write it.
        """
        gate = self.gates[submission.gate]
        remarks = gate.check(submission.form) if gate.check is not None else []
        gate.submission = submission
        gate.happens(GateTrigger.DECIDE)
        self._closed.append(gate.key)
        self.note(
            Decided(
                gate=gate.key,
                role=submission.by.role,
                by=submission.by.text,
                second=submission.second.text if submission.second else "",
                form=submission.form,
            )
        )
        commits = () if submission.written is None else await self.handed_out(submission.written)
        return Handing(gate=gate.key, remarks=tuple(remarks), commits=commits)

    @decide.validator
    def _may_decide(self, submission: Submission) -> None:
        refuse(self.examine(submission))

    def beside(self, work: Any) -> None:
        """Run something beside the plan's own line; `settled` waits for all of it."""
        task = asyncio.create_task(work)
        self.sidework.add(task)
        task.add_done_callback(self.sidework.discard)

    async def settled(self, about: str = "") -> None:
        """Wait until no complaint or appeal is open: about one step, or (without argument) at all."""
        if self.open_matters:
            await self.commit()
        if about:
            await workflow.wait_condition(lambda: about not in self.open_matters.values())
        else:
            await workflow.wait_condition(lambda: not self.open_matters and not self.sidework)

    @workflow.signal
    async def hold(self, hold: Hold) -> None:
        """Stop here until released; submissions are refused with the hold's rule."""
        self.held = hold
        self.moved += 1
        self.note(Held(rule=hold.rule, reason=hold.reason, by=hold.by.text))
        await self.commit()

    @workflow.signal
    async def release(self, release: Release) -> None:
        """Go on after a hold; a release without a hold changes nothing."""
        if self.held is None:
            return
        self.held = None
        self.moved += 1
        self.note(Released(reason=release.reason, by=release.by.text))
        await self.commit()

    @workflow.signal
    async def postpone(self, postponement: Postponement) -> None:
        """Move every limit of the plan still ahead; limits of the law stay where they are."""
        self.shift += postponement.days
        self.moved += 1
        later = timedelta(days=postponement.days)
        for gate in self.gates.values():
            if gate.last_day is not None and not gate.fixed:
                gate.last_day += later
                if gate.opens_on > electiontime.today():
                    gate.opens_on += later
                self.to_inbox(gate)
        self.note(Postponed(days=postponement.days, reason=postponement.reason, by=postponement.by.text))
        await self.commit()

    @workflow.signal
    async def clock_moved(self, clock: Clock) -> None:
        """A drill's clock was set forward: everything that waits reckons anew."""
        self.clock = clock.or_later(self.clock)
        self.moved += 1

    @workflow.query
    def waiting_for(self) -> str:
        """In Chinese: what this election waits for now, from whom, until when."""
        if self.held is not None:
            return f"{self.unit.name}：已暂停（{self.held.rule}），{self.held.reason}"
        if self.gates:
            gates = "；".join(
                f"「{gate.title}」（{gate.key}）待{self.pack.roles.get(gate.role, gate.role)}办理"
                + (f"，{gate.opens_on}起" if gate.opens_on > electiontime.today() else "")
                + (f"，期限{gate.last_day}" if gate.last_day else "")
                for gate in self.gates.values()
            )
            return f"{self.unit.name}：{gates}"
        return f"{self.unit.name}：{self.waiting}"


def refuse(findings: list[Finding]) -> None:
    """Refuse a message when a finding blocks it. Raises ApplicationError of type "refused" whose details are all findings."""
    if blocking(findings):
        raise ApplicationError(
            "；".join(finding.message for finding in findings),
            *(finding.model_dump(mode="json") for finding in findings),
            type=REFUSED,
            non_retryable=True,
        )
