"""The acts all bodies share, each defined once: nominate, review, slate, publish, approve, poll, announce, hand over.

`Election` adds to the gates of `Procedure` a register of candidates and those elected; a body's `run` reads as the plan does.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from temporalio import workflow

from policies.counting import NextStep, Verdict, count
from policies.finding import Finding
from policies.form import Body as FormBody
from policies.lifecycles import BODY, BodyState, BodyTrigger, CandidateState, CandidateTrigger, begin
from policies.pack.schema import BodyId, Role
from policies.people import Post
from policies.rule import Rule
from policies.rules import complaints, order, residents
from workflows import electiontime, examination, preparationchecks
from workflows.facts import (
    AppealDecided,
    Appealed,
    BodyCompleted,
    BodyOpened,
    Excluded,
    PollFailed,
    PollSettled,
    Published,
    Seat,
    WithdrewFact,
)
from workflows.grievances import Grievances
from workflows.messages import (
    Announced,
    Appeal,
    BodyBrief,
    BodyOutcome,
    Counted,
    HandedOver,
    Nominated,
    Posted,
    Receipt,
    Recorded,
    Reviewed,
    Ruled,
    SignedOff,
    Slated,
    Winner,
    Withdrawal,
)
from workflows.procedure import Check, EndedByLaw, Gate, refuse
from workflows.register import Candidate, Register

FURTHER_VOTES = 2
"""Further votes held before the seats still open are left open and recorded so (P14, V20)."""

_BEFORE_THE_POLL = frozenset(
    {
        CandidateState.NOMINATED,
        CandidateState.VETTED,
        CandidateState.REINSTATED,
        CandidateState.NOT_LISTED,
        CandidateState.LISTED,
    }
)


class Election(Grievances):
    """One body's election: its candidates, its polls, its members."""

    def open(self, brief: BodyBrief, body: BodyId, seats: int) -> None:
        """Set up a body's election; called from the workflow's `__init__`."""
        self.begin(brief.unit, body, brief.shift, brief.clock)
        self.seats = seats
        self.seated = brief.seated  # members of the bodies elected before this one
        self.register = Register(body, brief.kin)
        self.members: dict[str, Winner] = {}
        self.open_seats = seats
        self.reserve: list[Candidate] = []  # majority without a seat, in order of votes
        self.track = begin(BODY)
        self.polling = False  # the list is closed to withdrawals
        self.levels: tuple[str, ...] = ()  # the levels of review so far
        self.replaceable = False  # elected, and a seat given up passes to the next by votes
        self.poll_held = self.pack.starts  # the day of the last valid poll
        self.listed = False
        self.result_open = False  # the poll is over, and nothing has been built upon its result yet
        self.standards = examination.standards(self.pack)
        self.moves(BodyTrigger.OPEN)
        self.note(BodyOpened())

    def moves(self, trigger: BodyTrigger) -> None:
        """Move along the body's lifecycle; raises ForbiddenTransition where the lifecycle has no such way."""
        self.track = self.track.after(trigger)
        self.stage = self.track.state.value

    # ------------------------------------------------------------ simple acts

    async def record(self, step_id: str, check: Check | None = None) -> None:
        """Something is done and written down, complete, before the plan goes on; nothing where the plan has no such step."""
        complete = not self.applies(step_id)
        while not complete:
            complete = (await self.gate(step_id, Recorded, check=check)).complete
            if complete:
                self.issue(self.step(step_id))

    async def approved(self, step_id: str) -> bool:
        """A superior's ruling; where the plan asks for none, nothing stands in the way."""
        if not self.applies(step_id):
            return True
        ruled = await self.gate(step_id, Ruled)
        self.issue(self.step(step_id))
        return ruled.approved

    def names(self, people: tuple[str, ...]) -> tuple[str, ...]:
        """Names by person id, for papers."""
        return tuple(self.register.name(person) for person in people)

    # ------------------------------------------------------------ candidates

    async def nominate(self, step_id: str, posts: tuple[Post, ...] = ()) -> None:
        """Nominations close with the nominees and the kinship they declare. `posts`: those that are open, where not all are."""
        step = self.step(step_id)
        self.listed = False
        self.moves(BodyTrigger.NOMINATE if self.track.state is BodyState.OPEN else BodyTrigger.RENOMINATE)
        nominated = await self.gate(
            step_id,
            Nominated,
            check=lambda form: examination.nomination(form, step, self.register.standing(), posts),
        )
        self.register.enter(nominated.nominees, nominated.kin)

    def unreviewed(self, step_id: str) -> list[Candidate]:
        """Those in the running whom this level has not passed; the secretary's own level looks at that nominee alone.

        A level that the plan does not have passes nobody and stops nobody.
        """
        if not self.applies(step_id):
            return []
        waiting = self.register.unreviewed(step_id)
        if step_id == "party.secretary_review":
            return [candidate for candidate in waiting if candidate.post is Post.SECRETARY]
        return waiting

    async def review(self, *levels: str) -> None:
        """Levels of review in the plan's order; whoever comes back on appeal passes the remaining levels too."""
        self.levels = tuple(dict.fromkeys((*self.levels, *levels)))
        if self.track.allows(BodyTrigger.REVIEW):
            self.moves(BodyTrigger.REVIEW)
        while any(self.unreviewed(level) for level in levels) or "appeal" in self.open_matters.values():
            for level in levels:
                await self._review_level(level)
            await self.settled("appeal")

    async def _review_level(self, step_id: str) -> None:
        waiting = self.unreviewed(step_id)
        if not waiting:
            return
        reviewed = await self.gate(
            step_id,
            Reviewed,
            people=tuple(candidate.person.id for candidate in waiting),
            check=lambda form: [
                *examination.review(form, waiting, self.body, self.poll_day(), self.sitting(), self.standards),
                *preparationchecks.departments(
                    form, self.step(step_id), {one.person.id: one.person.name for one in waiting}
                ),
            ],
        )
        for conclusion in reviewed.conclusions:
            candidate = self.register.candidates[conclusion.person]
            if candidate.state is CandidateState.WITHDRAWN:
                continue
            if conclusion.passed:
                candidate.passed.add(step_id)
                if candidate.state is CandidateState.NOMINATED:
                    candidate.happens(CandidateTrigger.VET)
            else:
                candidate.excluded_at = step_id
                candidate.happens(CandidateTrigger.EXCLUDE)
                self.note(
                    Excluded(
                        gate=self.key(step_id),
                        person=conclusion.person,
                        rule=conclusion.rule,
                        reason=conclusion.reason,
                        evidence=conclusion.evidence,
                        reviewer=conclusion.reviewer,
                    )
                )

    def poll_day(self) -> date:
        """The day eligibility is measured on: the last day the plan allows for this body's poll."""
        return self.limit(self.poll_step) or self.pack.completed_by

    @workflow.update
    def appeal(self, appeal: Appeal) -> Receipt:
        """Somebody screened out asks for another look; the list waits for the answer."""
        candidate = self.register.candidates[appeal.person]
        candidate.happens(CandidateTrigger.APPEAL)
        key = self.next_key(f"appeal:{appeal.person}")
        self.open_matters[key] = "appeal"
        self.note(Appealed(person=appeal.person, grounds=appeal.grounds))
        self.beside(self._hear(candidate, key))
        return Receipt(gate=key)

    @appeal.validator
    def _may_appeal(self, appeal: Appeal) -> None:
        candidate = self.register.candidates.get(appeal.person)
        findings = self.beyond(appeal.by)
        if candidate is None or candidate.state is not CandidateState.EXCLUDED or self.listed:
            findings.append(complaints.not_appealable(appeal.person))
        refuse(findings)

    async def _hear(self, candidate: Candidate, key: str) -> None:
        decided = await self.decision(
            Gate(
                key=key,
                step=candidate.excluded_at,
                title=f"申诉复核（{candidate.person.name}）",
                role=Role.DISTRICT_ORGANIZATION,
                forms=(SignedOff,),
                opens_on=electiontime.today(),
                last_day=electiontime.today() + timedelta(days=complaints.ANSWER_DAYS),
                fixed=True,
                rule=complaints.K2.id,
                check=lambda form: complaints.signed_by_two("申诉", form.handler, form.head),
                people=(candidate.person.id,),
            )
        )
        form = decided.form
        assert isinstance(form, SignedOff)
        if form.upheld:
            candidate.happens(CandidateTrigger.REINSTATE)
            candidate.passed.add(candidate.excluded_at)
        else:
            candidate.happens(CandidateTrigger.UPHOLD)
        self.note(AppealDecided(person=candidate.person.id, upheld=form.upheld, handler=form.handler, head=form.head))
        await self.commit()
        del self.open_matters[key]

    async def slate(self, step_id: str) -> tuple[str, ...]:
        """The list to be voted on: its margin, its commitments, nobody screened out, no kin (P5, P6, X1).

        Somebody reinstated on appeal meanwhile passes the levels still missing first; then no more appeals are heard.
        """
        await self.until(lambda: self.opens(step_id), f"「{self.step(step_id).title}」窗口开启")
        await self.review(*self.levels)
        self.listed = True
        slated = await self.gate(
            step_id,
            Slated,
            people=tuple(candidate.person.id for candidate in self.fit()),
            check=lambda form: examination.slate(
                form, self.fit(), self.register, self.names_needed(), self.seats, self.seated
            ),
        )
        return self.put_on_the_list(slated.names)

    def put_on_the_list(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Mark those on the list and those passed over; the list is closed to appeals from here."""
        self.listed = True
        chosen = set(names)
        for candidate in self.fit():
            if candidate.person.id in chosen and candidate.state is not CandidateState.LISTED:
                candidate.happens(CandidateTrigger.LIST)
            elif candidate.person.id not in chosen and candidate.state is not CandidateState.NOT_LISTED:
                candidate.happens(CandidateTrigger.PASS_OVER)
        return names

    async def post_the_list(self, step_id: str, rule: Rule) -> None:
        """Everybody who passed every level becomes a candidate, kin apart (X1); the list goes up before the poll."""
        await self.publicise(step_id, self.put_on_the_list(self.able()), rule)

    def names_needed(self) -> int:
        """Names the list needs: the seats and the margin of the pack's ballot (P5)."""
        return examination.names_needed(self.step(self.poll_step).ballot, self.seats)

    def enough_for_a_poll(self) -> bool:
        """Whether enough of the list are left for the margin the body needs."""
        return len(self.register.on_the_list()) >= self.names_needed()

    def too_few(self) -> bool:
        """Whether more nominees are needed before a list can be made: near kin of others do not count (X1)."""
        return len(self.able()) < self.names_needed()

    def able(self) -> tuple[str, ...]:
        """Person ids fit for the list, kin apart, those on an earlier list first."""
        ids = [candidate.person.id for candidate in self.fit()]
        return examination.without_kin(ids, self.register, self.seated, barred=self.body is BodyId.SUPERVISORY)

    def fit(self) -> list[Candidate]:
        """Everybody who could be on the next list: in the running and through every level of review so far."""
        unreviewed = {candidate.person.id for level in self.levels for candidate in self.unreviewed(level)}
        return [candidate for candidate in self.register.fit() if candidate.person.id not in unreviewed]

    def sitting(self) -> tuple[str, ...]:
        """Members of the election committee, where the body has one."""
        return ()

    @workflow.update
    def withdraw(self, withdrawal: Withdrawal) -> Receipt:
        """A candidate steps back before the poll, or somebody elected before taking office: the next by votes moves up."""
        successor = None
        if withdrawal.person in self.members:
            successor = self._replace(withdrawal.person)
            for gate in self.gates.values():  # papers about the members name the new ones
                if withdrawal.person in gate.people:
                    gate.people = tuple(self.members)
                    self.to_inbox(gate)
            self.beside(self.commit())
        else:
            self.register.candidates[withdrawal.person].happens(CandidateTrigger.WITHDRAW)
        self.note(WithdrewFact(person=withdrawal.person, reason=withdrawal.reason, successor=successor))
        return Receipt(gate=withdrawal.person)

    @withdraw.validator
    def _may_withdraw(self, withdrawal: Withdrawal) -> None:
        candidate = self.register.candidates.get(withdrawal.person)
        before = candidate is not None and candidate.state in _BEFORE_THE_POLL and not self.polling
        elected = self.replaceable and withdrawal.person in self.members
        findings = self.beyond(withdrawal.by)
        if not before and not elected:
            findings.append(order.not_open("退出候选或放弃当选", self.waiting_for()))
        refuse(findings)

    def _replace(self, person: str) -> str | None:
        """Who gave up a seat leaves it to the next in order of the original vote who had the majority, if anybody."""
        leaving = self.members.pop(person)
        self.register.candidates[person].happens(CandidateTrigger.REPLACE)
        if not self.reserve:
            self.open_seats += 1
            return None
        successor = self.reserve.pop(0)
        successor.happens(CandidateTrigger.MOVE_UP)
        self.members[successor.person.id] = Winner(person=successor.person, post=leaving.post, votes=successor.votes)
        return successor.person.id

    # ------------------------------------------------------------ publicity

    async def publicise(self, step_id: str, names: tuple[str, ...], rule: Rule) -> None:
        """Put up the list that will be voted on."""
        again = self.track.state is BodyState.PUBLICISED
        self.moves(BodyTrigger.REPUBLICISE if again else BodyTrigger.PUBLICISE)
        await self.publish(step_id, names, rule)

    async def publish(self, step_id: str, names: tuple[str, ...], rule: Rule) -> None:
        """Put a list up and keep it up; a complaint upheld means a corrected posting, and the count starts again.

        The posting day is not counted; the next step is the day after the last whole day.
        """
        if not self.applies(step_id):
            return
        step = self.step(step_id)
        days, unit = self.setting.publicity(step_id)
        while True:
            posted = await self.gate(
                step_id,
                Posted,
                people=names,
                check=lambda form: examination.posting(form, names, step.title, self.calendar, days, unit),
            )
            if days == 0:  # the plan asks for a posting, not for any days of it
                self.issue(step, names=self.names(names))
                return
            self.posting = step_id
            last_day = self.calendar.end_of_publicity(posted.posted_on, days, unit)
            self.note(
                Published(gate=self.key(step_id), posted_on=posted.posted_on, last_day=last_day, days=days, unit=unit)
            )
            self.note(*self.posted_anew(step_id))
            self.issue(step, names=self.names(names), until=last_day)
            after = last_day + timedelta(days=1)
            await self.until(lambda: after, f"「{step.title}」公示至{last_day}，次日方可进行下一步", rule)  # noqa: B023
            await self.settled(step_id)
            if step_id not in self.upheld:
                self.posting = ""
                return
            self.upheld.discard(step_id)

    # ------------------------------------------------------------ polls

    async def poll_that_stands(self, step_id: str, follows: Callable[[], Awaitable[None]]) -> bool:
        """Vote and take the next step; a poll declared void before that is taken is held anew (K3). False: too short a list."""
        while await self.poll(step_id):
            self.result_open = True
            try:
                await follows()
            except EndedByLaw:
                self._vote_anew()
            else:
                return True
            finally:
                self.result_open = False
        return False

    def standing_on_poll(self) -> tuple[str, ...]:
        """The gates that wait for what follows the poll."""
        waiting = (key for key, gate in self.gates.items() if ":" not in key and gate.submission is None)
        return tuple(waiting) if self.result_open else ()

    def _vote_anew(self) -> None:
        """Everybody who stood stands again, as if no vote had been held."""
        self.moves(BodyTrigger.ANNUL)
        self.polling = self.replaceable = False
        for candidate in self.register.candidates.values():
            if candidate.person.id in self.members:
                candidate.happens(CandidateTrigger.ANNUL)
            if candidate.state in (CandidateState.ANNULLED, CandidateState.NOT_ELECTED):
                candidate.happens(CandidateTrigger.LIST)
            candidate.votes = candidate.first_votes = None
            candidate.had_majority = False
        self.members, self.reserve, self.open_seats = {}, [], self.seats

    async def poll(self, step_id: str) -> bool:
        """Vote until the seats are filled as far as the rules allow; False when the list has become too short to vote on.

        A poll that falls short is repeated, a tie is voted on again among the tied, open seats get a further vote.
        """
        await self.until(lambda: self.opens(step_id), f"「{self.step(step_id).title}」窗口开启")
        field = self.register.on_the_list()
        if not self.enough_for_a_poll():
            return False
        self.moves(BodyTrigger.POLL)
        await self.vote_out(step_id, field, 1)
        return True

    async def vote_out(self, step_id: str, field: list[Candidate], vote: int) -> None:
        """Votes on the open seats until nothing more follows; `vote` is 2 where the first of them is a further vote."""
        self.polling, further = True, vote - 1
        while True:
            counted = await self._cast(step_id, field, vote)
            verdict = count(counted.form)
            if not verdict.valid:
                self.moves(BodyTrigger.FAIL)
                self.moves(BodyTrigger.POLL)
                self.note(PollFailed(gate=self.key(step_id), findings=verdict.findings))
                continue
            self.poll_held = counted.held_on
            self._seat(field, counted, verdict)
            self.note(
                PollSettled(
                    gate=self.key(step_id),
                    elected=tuple(self._seat_of(name) for name in self._ids(field, verdict.elected)),
                    open_seats=verdict.open_seats,
                    next=verdict.next,
                    tied=tuple(self._ids(field, verdict.tied)),
                )
            )
            if verdict.next is NextStep.REVOTE_TIED:
                self.moves(BodyTrigger.CALL_REVOTE)
                field = self.register.people(self._ids(field, verdict.tied))
            elif verdict.next is NextStep.FURTHER_VOTE and further < FURTHER_VOTES:
                self.moves(BodyTrigger.CALL_FURTHER_VOTE)
                further += 1
                vote = 2
                field = self.next_field(field)
            else:
                break
            if not field:
                break
        self.moves(BodyTrigger.ELECT)
        self._close_the_poll()

    async def _cast(self, step_id: str, field: list[Candidate], vote: int) -> Counted:
        ballot = self.step(step_id).ballot
        assert ballot is not None, f"{step_id} has no ballot"
        return await self.gate(
            step_id,
            Counted,
            people=tuple(candidate.person.id for candidate in field),
            seats=self.open_seats,
            vote=vote,
            check=lambda form: [
                *examination.poll(
                    form,
                    field=field,
                    seats=self.open_seats,
                    vote=vote,
                    ballot=ballot,
                    body=self.form_body(),
                    law=self.pack.law,
                    roll=self.roll(),
                    register=self.register,
                ),
                *self.admitted(form),
                *self.remarks(form, field),
            ],
        )

    def admitted(self, form: Counted) -> list[Finding]:  # noqa: ARG002 - a body may have rules of its own
        """What this body's own rules say against a result form."""
        return []

    def remarks(self, form: Counted, field: list[Candidate]) -> list[Finding]:  # noqa: ARG002 - a body may have some
        """What the rules say of those declared elected that refuses nothing."""
        return []

    def form_body(self) -> FormBody:
        """Whose result forms these are."""
        return examination.FORM_BODIES[self.body]

    def roll(self) -> int:
        """The denominator of this body's quorum, as the system knows it."""
        raise NotImplementedError

    def _ids(self, field: list[Candidate], names: tuple[str, ...]) -> list[str]:
        by_name = {candidate.person.name: candidate.person.id for candidate in field}
        return [by_name[name] for name in names]

    def _seat(self, field: list[Candidate], counted: Counted, verdict: Verdict) -> None:
        """Seat the winners; remember everybody's votes for what may come after."""
        votes = {entry.name: entry.votes for entry in counted.form.candidates}
        share = verdict.denominators.majority
        for candidate in field:
            candidate.votes = votes.get(candidate.person.name)
            if candidate.first_votes is None:
                candidate.first_votes = candidate.votes or 0
                candidate.had_majority = share is not None and candidate.first_votes >= (share.needed or 0)
        for person in self._ids(field, verdict.elected):
            candidate = self.register.candidates[person]
            candidate.happens(CandidateTrigger.ELECT)
            self.members[person] = Winner(person=candidate.person, post=self.post_of(candidate), votes=candidate.votes)
        self.open_seats = verdict.open_seats or 0

    def post_of(self, candidate: Candidate) -> Post:
        """The post a winner takes: the one they were nominated for."""
        return candidate.post

    def next_field(self, field: list[Candidate]) -> list[Candidate]:
        """Who stands in a further vote: the unelected with the most votes, one more than the seats still open."""
        unelected = sorted(
            (candidate for candidate in field if candidate.person.id not in self.members),
            key=lambda candidate: -(candidate.votes or 0),
        )
        return unelected[: self.open_seats + 1]

    def _close_the_poll(self) -> None:
        self.replaceable = True
        left = [candidate for candidate in self.register.on_the_list() if candidate.had_majority]
        self.reserve = sorted(left, key=lambda candidate: -(candidate.first_votes or 0))
        for candidate in self.register.on_the_list():
            candidate.happens(CandidateTrigger.LOSE)

    def _seat_of(self, person: str) -> Seat:
        winner = self.members[person]
        return Seat(person=person, name=winner.person.name, post=winner.post.value, votes=winner.votes)

    # ------------------------------------------------------------ after the poll

    async def announce(self, step_id: str, poll_day: date) -> None:
        """The result is published the same or the next day (R6)."""
        members = tuple(self.members)
        await self.gate(
            step_id,
            Announced,
            law_bound=(poll_day + timedelta(days=residents.ANNOUNCED_WITHIN), residents.R6),
            people=members,
            check=lambda form: examination.announcement(form, tuple(self.members)),
        )
        self.replaceable = False
        self.issue(self.step(step_id), names=self.names(tuple(self.members)))

    async def hand_over(self, step_id: str, poll_day: date) -> None:
        """Seals, property, accounts and files within ten days of the poll, or sooner where the plan says so (R6)."""
        self.moves(BodyTrigger.HAND_OVER)
        last_day, limit = poll_day + timedelta(days=residents.HANDOVER_WITHIN), self.limit(step_id)
        if limit is not None and limit > poll_day:
            last_day = min(last_day, limit)
        if not self.applies(step_id):
            return
        await self.gate(
            step_id,
            HandedOver,
            law_bound=(last_day, residents.R6),
            check=lambda form: examination.handover(form, self.step(step_id)),
        )
        self.issue(self.step(step_id))

    async def completed(self, representatives: int = 0) -> BodyOutcome:
        """Close the body once every complaint is answered; the residents' representatives vote once more after it."""
        await self.settled()
        self.moves(BodyTrigger.COMPLETE)
        self.note(
            BodyCompleted(seats=tuple(self._seat_of(person) for person in self.members), open_seats=self.open_seats)
        )
        await self.commit_and_wait()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return BodyOutcome(
            elected=tuple(self.members.values()),
            kin=self.register.kin,
            open_seats=self.open_seats,
            representatives=representatives,
            completed_on=electiontime.today(),
        )
