"""Complaints: received with a channel and a named handler, answered by two in time, with an effect on the step concerned (K1, K3).

Upheld, a finding may leave the step alone, stop what follows until it is put right, or declare the step void: then it is
done again before anything else goes on. A poll may be declared void as long as nothing has been built upon its result.
"""

from datetime import date, timedelta

from temporalio import workflow

from policies.finding import Finding
from policies.grievance import Effect
from policies.lifecycles import COMPLAINT, ComplaintTrigger, begin
from policies.pack.schema import Act, Role
from policies.rules import complaints
from policies.rules.village.wrongful import Wrong
from workflows import electiontime
from workflows.facts import ComplaintCorrected, ComplaintDecided, ComplaintReceived, PollAnnulled, Published
from workflows.messages import Complaint, Posted, Receipt, Recorded, SignedOff
from workflows.procedure import Gate, Procedure, refuse

DONE_AGAIN = frozenset(
    {
        Act.RECORD,
        Act.MEETING,
        Act.FILING,
        Act.ANNOUNCEMENT,
        Act.HANDOVER,
        Act.PUBLICITY,
        Act.TRAINING,
        Act.AUDIT,
        Act.HOUSEHOLD_SURVEY,
        Act.SATISFACTION,
        Act.CLEANUP,
        Act.JOINT_SIGNATURES,
        Act.RESERVES,
        Act.EMERGENCY_PLANS,
        Act.DOUBLE_CHECK,
        Act.ROLL,
    }
)
"""Acts that can be done again by themselves: nothing was decided by them that others have built upon."""


class Grievances(Procedure):
    """A procedure that answers complaints."""

    poll_step = ""  # the pack's step of this body's poll

    @workflow.update
    def complain(self, complaint: Complaint) -> Receipt:
        """A complaint: it must be answered within its days, signed by two people; the body cannot complete before."""
        key = f"complaint:{complaint.id}"
        self.complaints.add(complaint.id)
        self.open_matters[key] = complaint.about
        last_day = electiontime.today() + timedelta(days=complaints.ANSWER_DAYS)
        self.note(
            ComplaintReceived(
                complaint=complaint.id,
                about=complaint.about,
                last_day=last_day,
                channel=complaint.channel,
                handler=complaint.handler,
            )
        )
        self.beside(self._answer(complaint, key, last_day))
        return Receipt(gate=key)

    @complain.validator
    def _may_complain(self, complaint: Complaint) -> None:
        findings = self.beyond(complaint.by)
        if complaint.id in self.complaints:
            findings.append(complaints.already_received(complaint.id))
        refuse(findings)

    async def _answer(self, complaint: Complaint, key: str, last_day: date) -> None:
        track = begin(COMPLAINT).after(ComplaintTrigger.ACCEPT)
        decided = await self.decision(
            Gate(
                key=key,
                step=complaint.about,
                title=f"举报查核（{complaint.id}）",
                role=Role.STREET_DISCIPLINE,
                forms=(SignedOff,),
                opens_on=electiontime.today(),
                last_day=last_day,
                fixed=True,
                rule=complaints.K1.id,
                check=lambda form: self._finding(complaint, form),
            )
        )
        form = decided.form
        assert isinstance(form, SignedOff)
        track.after(ComplaintTrigger.INVESTIGATE).after(ComplaintTrigger.DECIDE)
        redone = form.effect is Effect.VOID and not self._being_posted(complaint.about)
        if form.upheld and not redone:
            self.upheld.add(complaint.about)
        effect = None if form.effect is Effect.NONE else form.effect
        self.note(
            ComplaintDecided(
                complaint=complaint.id,
                upheld=form.upheld,
                handler=form.handler,
                head=form.head,
                effect=effect,
                about="" if effect is None else complaint.about,
            )
        )
        if form.wrongs:
            self.void_wins(complaint.id, form.wrongs)
        if effect is Effect.BLOCK:
            await self._put_right(complaint)
        elif redone and complaint.about == self.poll_step:
            if not self._annul(complaint):
                await self._put_right(complaint)
        elif redone:
            await self._do_again(complaint)
        elif effect is Effect.VOID:
            self.reposted[complaint.id] = complaint.about
        await self.commit()
        del self.open_matters[key]

    def _finding(self, complaint: Complaint, form: SignedOff) -> list[Finding]:
        """K1, K3: two signatures, the named handler's among them, and an effect that the step can bear."""
        subject = f"举报{complaint.id}"
        findings = [
            *complaints.signed_by_two(subject, form.handler, form.head),
            *complaints.named_handler(subject, complaint.handler, form.handler),
            *complaints.effect_follows(subject, form.upheld, form.effect),
        ]
        if form.effect is Effect.VOID:
            findings.extend(self._voidable(complaint.about))
        if form.wrongs:
            findings.extend(self.wins_voidable(form))
        return findings

    def wins_voidable(self, form: SignedOff) -> list[Finding]:  # noqa: ARG002 - a committee looks at the form
        """What stands against declaring wins void: everything where no law knows of it (V22, R25-22 speak of committees)."""
        return [complaints.not_voidable("当选", complaints.NO_VOID_WINS)]

    def void_wins(self, complaint: str, wrongs: tuple[Wrong, ...]) -> None:
        """Declare wins void; nothing to do where `wins_voidable` lets none through."""

    # ------------------------------------------------------------ 暂停后续环节，更正

    async def _put_right(self, complaint: Complaint) -> None:
        """Nothing else goes on before what was found is put right, and recorded so by whoever the step belongs to."""
        step = self.setting.steps.get(complaint.about)
        title = f"举报更正（{complaint.id}）"
        self.stopped[complaint.id] = (f"{title}待办", complaint.about)
        complete, round_ = False, 1
        while not complete:
            round_ += 1
            decided = await self.decision(
                Gate(
                    key=f"complaint:{complaint.id}#{round_}",
                    step=complaint.about,
                    title=title,
                    role=Role.STREET_COMMITTEE if step is None else step.actor,
                    forms=(Recorded,),
                    opens_on=electiontime.today(),
                    last_day=electiontime.today() + timedelta(days=complaints.ANSWER_DAYS),
                    fixed=True,
                    rule=complaints.K3.id,
                ),
                round_=round_,
            )
            complete = isinstance(decided.form, Recorded) and decided.form.complete
        del self.stopped[complaint.id]
        self.note(ComplaintCorrected(complaint=complaint.id, about=complaint.about))

    # ------------------------------------------------------------ 宣布无效，重新办理

    def _being_posted(self, step_id: str) -> bool:
        """A posting that is still up: upheld, it goes up anew by itself and its days count again."""
        return step_id == self.posting

    def _voidable(self, step_id: str) -> list[Finding]:
        """K3: only what was done, and what nothing else has been built upon, can be done again."""
        step = self.setting.steps.get(step_id)
        title = step_id if step is None else step.title
        if self._being_posted(step_id):
            return []
        if step_id == self.poll_step:
            if self.standing_on_poll():
                return []
            return [complaints.not_voidable(title, "投票还没有结果，或结果公布、报备已经办结")]
        if step is None or step_id not in self.taken:
            return [complaints.not_voidable(title, "本组织没有办结这一环节")]
        if step.act not in DONE_AGAIN:
            return [complaints.not_voidable(title, "后面的环节已经以它为基础，不能单独重办")]
        if step.act is Act.PUBLICITY and self.poll_step in self.taken:
            return [complaints.not_voidable(title, "已经投票；应对投票作出结论")]
        return []

    def standing_on_poll(self) -> tuple[str, ...]:
        """Gates of the plan that wait for what follows the poll: ended by law where the poll is declared void."""
        return ()

    async def _do_again(self, complaint: Complaint) -> None:
        """The step once more, with the same form examined the same way; everything else waits."""
        step_id = complaint.about
        before = self.taken[step_id]
        self.stopped[complaint.id] = (f"「{before.title}」经举报查核无效，重新办理", step_id)
        again = electiontime.today() + timedelta(days=complaints.ANSWER_DAYS)
        form: object = await self.gate(
            step_id,
            before.forms[0],
            check=before.check,
            last_day=max(self.limit(step_id) or again, again),
            people=before.people,
        )
        if isinstance(form, Posted):
            await self._keep_up(step_id, form)
        del self.stopped[complaint.id]
        self.note(ComplaintCorrected(complaint=complaint.id, about=step_id))

    async def _keep_up(self, step_id: str, posted: Posted) -> None:
        """A corrected posting stays up its whole days before anything else goes on."""
        days, unit = self.setting.publicity(step_id)
        if not days:
            return
        last_day = self.calendar.end_of_publicity(posted.posted_on, days, unit)
        self.note(
            Published(gate=self.key(step_id), posted_on=posted.posted_on, last_day=last_day, days=days, unit=unit)
        )
        after = last_day + timedelta(days=1)
        await self.until(lambda: after, f"「{self.step(step_id).title}」更正后公示至{last_day}，次日方可进行下一步")

    def posted_anew(self, step_id: str) -> list[ComplaintCorrected]:
        """The complaints that a corrected posting answers."""
        answered = [complaint for complaint, about in self.reposted.items() if about == step_id]
        return [ComplaintCorrected(complaint=complaint, about=self.reposted.pop(complaint)) for complaint in answered]

    def _annul(self, complaint: Complaint) -> bool:
        """Nobody is elected by this poll: what waits on it is ended by law, and the body votes anew.

        False when what waited was decided in the very instant of the sign-off: then only a correction is left.
        """
        closed = self.standing_on_poll()
        if not closed:
            return False
        self.ended.update(closed)
        self.moved += 1
        self.note(PollAnnulled(complaint=complaint.id, step=self.poll_step, closed=closed))
        return True
