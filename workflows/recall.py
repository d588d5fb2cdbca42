"""罢免村（居）民委员会成员: a recall within the term, from the demand to the vote.

《村民委员会组织法》（2018）第十六条、（2025）第十九条；《城市居民委员会组织法》（2025）第二十条.
"""

from datetime import date

from temporalio import workflow

from policies import counting
from policies.finding import Finding
from policies.form import Ballots, Candidate, Mode, ResultForm
from policies.form import Body as FormBody
from policies.law.norms import Norms
from policies.pack.schema import BodyId, PollMode
from policies.rules.village import recall
from workflows.directchecks import remarked
from workflows.facts import RecallProposed, RecallSettled
from workflows.messages import Petitioned, RecallBrief, RecallCounted, RecallOutcome, Recorded
from workflows.ondemand import OnDemand


@workflow.defn
class RecallElection(OnDemand):
    """One member, one demand, one vote, taken as the committee was elected."""

    matter = "罢免"

    @workflow.init
    def __init__(self, brief: RecallBrief) -> None:
        self.begin(brief.unit, BodyId.RECALL, 0, brief.clock)
        self.brief = brief
        self.norms = self.pack.norms or Norms()
        self.mode = self.setting.committee_mode()
        self.rule = recall.recall_clause(self.pack.kind)
        self.received: date | None = None  # the day of the demand
        self.begun(
            brief.ordered,
            person=brief.member.id,
            entitled=brief.entitled,
            registered=brief.registered,
            representatives=brief.representatives,
        )

    @workflow.run
    async def run(self, brief: RecallBrief) -> RecallOutcome:  # noqa: ARG002 - read in __init__
        await self.ask("recall.petition")  # 选民或者代表联名，说明理由
        await self.hear("recall.defence")  # 听取申辩
        return await self.put_to_the_vote("recall.vote")  # 法定人数投票，经投票的过半数通过

    async def ask(self, step_id: str) -> None:
        """The demand: enough voters or representatives, with grounds (V25, R25-20)."""
        asked = await self.gate(
            step_id, Petitioned, people=(self.brief.member.id,), check=lambda form: self._examine_demand(form, step_id)
        )
        self.received = asked.submitted_on
        self.note(
            RecallProposed(person=self.brief.member.id, voters=asked.voters, representatives=asked.representatives)
        )
        self.issue(self.step(step_id), names=(self.brief.member.name,))

    async def hear(self, step_id: str) -> None:
        """The member has been heard, or given the chance, before anybody votes."""
        complete = False
        while not complete:
            complete = (await self.gate(step_id, Recorded, people=(self.brief.member.id,))).complete
        self.issue(self.step(step_id))

    async def put_to_the_vote(self, step_id: str) -> RecallOutcome:
        """The vote, as it came out: too few voting, too few agreeing, or recalled. Its last day is the law's where it has one."""
        assert self.received is not None
        due = recall.recall_vote_due(self.received, self.norms)
        counted = await self.gate(
            step_id,
            RecallCounted,
            law_bound=None if due is None else (due, self.rule),
            people=(self.brief.member.id,),
            check=lambda form: self._examine_vote(form, step_id),
        )
        failures = self._failures(counted, step_id)
        outcome = RecallOutcome(
            person=self.brief.member.id,
            valid=self._outcome(counted).valid is True,
            recalled=not failures,
            held_on=counted.held_on,
        )
        self.note(
            RecallSettled(
                person=outcome.person, valid=outcome.valid, recalled=outcome.recalled, findings=tuple(failures)
            )
        )
        self.issue(self.step(step_id), names=(self.brief.member.name,))
        await self.settled()
        await self.commit_and_wait()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome

    def roll(self) -> int:
        """Who may vote: the delegates where they elected, else the voters or the households registered."""
        return self.brief.representatives if self.mode is PollMode.REPRESENTATIVES else self.brief.registered

    def _examine_demand(self, form: Petitioned, step_id: str) -> list[Finding]:
        brief = self.brief
        return [
            *recall.recall_of(form.person, brief.member.id, rule=self.rule, step=step_id),
            *recall.recall_asked(
                form.voters,
                brief.entitled,
                form.representatives,
                brief.representatives,
                self.norms,
                rule=self.rule,
                step=step_id,
            ),
            *recall.recall_reasoned(form.grounds, True, rule=self.rule, step=step_id),
        ]

    def _examine_vote(self, form: RecallCounted, step_id: str) -> list[Finding]:
        assert self.received is not None
        marked = form.in_favour + form.against + form.blank + form.invalid
        wrong = recall.recall_counted(
            self.roll(), form.roll, form.present, form.collected, marked, rule=self.rule, step=step_id
        )
        if wrong:
            return wrong
        return [
            *remarked(recall.recall_put_to_vote(self.received, form.held_on, self.norms, rule=self.rule, step=step_id)),
            *recall.recall_declared(form.declared, self._failures(form, step_id), rule=self.rule, step=step_id),
        ]

    def _failures(self, form: RecallCounted, step_id: str) -> list[Finding]:
        outcome = self._outcome(form)
        if not outcome.valid:
            return list(outcome.findings)
        majority = outcome.denominators.majority
        assert majority is not None
        assert majority.needed is not None
        return recall.majority_missed(form.present, form.in_favour, majority.needed, rule=self.rule, step=step_id)

    def _outcome(self, form: RecallCounted) -> counting.Recall:
        sheet = ResultForm(
            body=FormBody.RESIDENTS if self.pack.kind == "community" else FormBody.VILLAGE,
            mode=Mode(self.mode.value),
            law=self.pack.law,
            roll=form.roll,
            present=form.present,
            ballots=Ballots(
                collected=form.collected,
                valid=form.collected - form.invalid,
                invalid=form.invalid,
                blank=form.blank,
            ),
            seats=1,
            candidates=(Candidate(name=self.brief.member.name, votes=form.in_favour),),
        )
        return counting.recall(sheet, self.norms)
