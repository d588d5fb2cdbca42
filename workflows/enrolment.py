"""The roll of a vote by those registered: poll day, registration, list, objections, corrected list, proxies (V4–V7, V11, R25-16…19).

Villages and communities share it; where a pack has no such steps, nothing happens.
"""

from datetime import date, timedelta

from temporalio import workflow

from policies.finding import Finding
from policies.law.norms import Norms
from policies.pack.schema import Role
from policies.rule import Law
from policies.rules import law2025
from policies.rules.polls import R25_19
from policies.rules.residents import V6
from policies.rules.village import register
from policies.rules.village.proxies import V11
from policies.rules.village.wrongful import V22
from policies.timetable.windows import days_from_poll
from workflows import directchecks, electiontime, preparationchecks
from workflows.acts import Election
from workflows.electioncommittee import ElectionCommittee
from workflows.facts import ObjectionDecided, ObjectionReceived, PollDaySet
from workflows.messages import (
    ListCorrected,
    Objection,
    ObjectionAnswered,
    PollDayFixed,
    Posted,
    Postponement,
    ProxiesListed,
    Receipt,
    Registered,
)
from workflows.preparationforms import Trained
from workflows.procedure import Gate, Procedure, refuse

OBJECTION = "objection"


class Enrolment(Election):
    """An election with a roll of its own, run by an election committee."""

    committee: ElectionCommittee  # once chosen

    def enrols(self) -> None:
        """Set up; called from the workflow's `__init__` after `open`."""
        self.norms = self.pack.norms or Norms()
        new = self.pack.kind == "community" and self.pack.law is Law.OF_2025
        self.clauses = directchecks.Clauses(
            once=law2025.R25_16 if new else register.V4,
            listed=law2025.R25_17 if new else V6,
            answered=law2025.R25_17 if new else register.V7,
            proxied=R25_19 if new else V11,
            void=law2025.R25_22 if new else V22 if self.pack.kind == "village" else None,
        )
        self.poll_fixed: date | None = None  # as decided; postponements since then come on top
        self.shift_then = 0  # calendar days of postponement when it was decided
        self.voters = 0  # registered voters on the list
        self.household_voters = 0  # households among them
        self.roll_posted: date | None = None
        self.objections: set[str] = set()  # ids of every objection received
        self.joined: set[str] = set()  # put on the list by a decision
        self.struck: set[str] = set()  # taken off it
        self.proxies = 0  # examined and published

    async def train_committee(self, step_id: str) -> None:
        """Whoever sits on the election committee has been trained, whoever moves up too, before the plan goes on (X5)."""
        while self.applies(step_id) and self.committee.untrained:
            trained = await self.gate(
                step_id,
                Trained,
                people=tuple(self.committee.untrained),
                check=lambda form: preparationchecks.committee_training(form, self.committee.untrained, step_id),
            )
            self.committee.trained.update(trained.passed)
            self.issue(self.step(step_id))

    # ------------------------------------------------------------ the day everything counts from

    async def fix_the_day(self, step_id: str) -> None:
        """The poll day is decided, within the plan's days and with room for the voters' list before it (V6)."""
        first, last = super().opens(self.poll_step), super().limit(self.poll_step)
        fixed = await self.gate(
            step_id,
            PollDayFixed,
            check=lambda form: [
                *directchecks.poll_day(form, first, last, self.norms, step_id),
                *self.remarks_on_day(form),
            ],
        )
        self.poll_fixed, self.shift_then = fixed.poll_day, self.shift
        self.note(PollDaySet(poll_day=fixed.poll_day))
        self.issue(self.step(step_id))

    def remarks_on_day(self, form: PollDayFixed) -> list[Finding]:  # noqa: ARG002 - a by-election may have some
        """What the rules say of the day decided on that refuses nothing."""
        return []

    def poll_day(self) -> date:
        """The poll day that was decided, moved by postponements since; before that the last one the plan allows."""
        if self.poll_fixed is None:
            return super().poll_day()
        return self.poll_fixed + timedelta(days=self.shift - self.shift_then)

    def opens(self, step_id: str) -> date:
        """The first day of a step: counted from the poll day where the plan says so; the poll not before the list's days."""
        if self.poll_fixed is not None:
            if step_id == self.poll_step:
                return self.poll_day()
            counted, _ = days_from_poll(self.step(step_id), self.poll_day(), self.calendar)
            if counted is not None:
                return counted
        first = super().opens(step_id)
        if step_id == self.poll_step and self.roll_posted is not None and self.norms.voters_list_days is not None:
            first = max(first, self.roll_posted + timedelta(days=self.norms.voters_list_days))
        return first

    def limit(self, step_id: str) -> date | None:
        """The last day of a step: counted from the poll day where the plan says so."""
        if self.poll_fixed is not None:
            if step_id == self.poll_step:
                return self.poll_day()
            step = self.setting.steps.get(step_id)
            _, counted = (None, None) if step is None else days_from_poll(step, self.poll_day(), self.calendar)
            if counted is not None:
                return counted
        return super().limit(step_id)

    @workflow.signal
    async def postpone(self, postponement: Postponement) -> None:
        """Move every limit of the plan still ahead, and a poll day that has been fixed."""
        if self.poll_fixed is not None and not self.polling:
            self.note(PollDaySet(poll_day=self.poll_day() + timedelta(days=postponement.days)))
        await Procedure.postpone(self, postponement)

    # ------------------------------------------------------------ the roll

    async def enrol(self, step_id: str) -> None:
        """Voters of the three kinds are registered, nobody on two rolls (V4, V5)."""
        if not self.applies(step_id):
            return
        registered = await self.gate(
            step_id,
            Registered,
            check=lambda form: directchecks.registration(form, self.poll_day(), self.norms, self.clauses, step_id),
        )
        self.voters, self.household_voters = registered.total, registered.households
        self.issue(self.step(step_id))

    async def post_the_roll(self, step_id: str) -> None:
        """The list of voters goes up, early enough before the poll (V6)."""
        if not self.applies(step_id):
            return
        posted = await self.gate(
            step_id,
            Posted,
            check=lambda form: directchecks.voters_list(
                form, self.voters, self.poll_day(), self.norms, self.clauses, step_id
            ),
        )
        self.roll_posted = posted.posted_on
        self.issue(self.step(step_id), until=register.last_day_to_object(posted.posted_on, self.norms))

    async def correct_the_roll(self, step_id: str) -> None:
        """Objections come in for some days, each is decided and published; then the corrected list goes up (V7)."""
        if not self.applies(step_id):
            return
        if self.roll_posted is not None:
            last = register.last_day_to_object(self.roll_posted, self.norms) or self.roll_posted
            await self.until(lambda: last + timedelta(days=1), f"名单异议受理至{last}", self.clauses.answered)
        await self.settled(OBJECTION)
        corrected = await self.gate(
            step_id,
            ListCorrected,
            check=lambda form: directchecks.corrected(
                form, self.voters, len(self.joined), len(self.struck), self.clauses, step_id
            ),
        )
        self.voters = corrected.voters
        self.issue(self.step(step_id))

    # ------------------------------------------------------------ who votes for whom

    async def list_proxies(self, step_id: str) -> None:
        """Proxies are examined and published with both names (V11); none where the plan has no such step."""
        if not self.applies(step_id):
            return
        candidates = {candidate.person.id for candidate in self.register.on_the_list()}
        listed = await self.gate(
            step_id,
            ProxiesListed,
            check=lambda form: directchecks.proxies_listed(
                form, self.poll_day(), candidates, self.register.kin, self.norms, self.clauses, step_id
            ),
        )
        self.proxies = len(listed.proxies)
        names = tuple(f"{one.principal_name}—{one.holder_name}" for one in listed.proxies)
        self.issue(self.step(step_id), names=names)

    # ------------------------------------------------------------ objections

    @workflow.update
    def objection(self, objection: Objection) -> Receipt:
        """Somebody objects to the list of voters: to be decided and the decision published within its days (V7)."""
        key = f"{OBJECTION}:{objection.id}"
        self.objections.add(objection.id)
        self.open_matters[key] = OBJECTION
        received = electiontime.today()
        last_day = register.decision_due(received, self.norms) or received
        self.note(ObjectionReceived(objection=objection.id, about=objection.about, last_day=last_day))
        self.beside(self._decide_objection(objection, key, received, last_day))
        return Receipt(gate=key)

    @objection.validator
    def _may_object(self, objection: Objection) -> None:
        findings = self.beyond(objection.by)
        today = electiontime.today()
        if objection.id in self.objections:
            findings.append(register.received_already(objection.id))
        if self.roll_posted is None:
            findings.append(register.no_list_yet(objection.id))
        else:
            received = register.Objection(number=objection.id, received=today)
            findings.extend(
                register.objection_in_time(received, self.roll_posted, self.norms, rule=self.clauses.answered)
            )
        refuse(findings)

    async def _decide_objection(self, objection: Objection, key: str, received: date, last_day: date) -> None:
        step_id = f"{self.body.value}.objections"
        decided = await self.decision(
            Gate(
                key=key,
                step=step_id,
                title=f"名单异议处理（{objection.about}）",
                role=Role.ELECTION_COMMITTEE,
                forms=(ObjectionAnswered,),
                opens_on=received,
                last_day=last_day,
                fixed=True,
                rule=self.clauses.answered.id,
                check=lambda form: directchecks.objection_answered(
                    form, objection.id, received, electiontime.today(), self.norms, self.clauses, step_id
                ),
            )
        )
        form = decided.form
        assert isinstance(form, ObjectionAnswered)
        if form.upheld:
            self.joined |= set(form.added)
            self.struck |= set(form.removed)
        self.note(ObjectionDecided(objection=objection.id, upheld=form.upheld, added=form.added, removed=form.removed))
        await self.commit()
        del self.open_matters[key]
