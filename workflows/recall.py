"""罢免村民委员会成员: a recall within the term, from the demand to the vote (《村民委员会组织法》（2018）第十六条、（2025）第十九条)."""

from temporalio import workflow

from policies.finding import Finding
from policies.law.norms import Norms
from policies.pack.schema import BodyId
from policies.rules.village import recall
from workflows.facts import BegunOnDemand, RecallProposed, RecallSettled
from workflows.messages import Petitioned, RecallBrief, RecallCounted, RecallOutcome, Recorded
from workflows.procedure import Procedure


@workflow.defn
class RecallElection(Procedure):
    """One member, one demand, one vote."""

    @workflow.init
    def __init__(self, brief: RecallBrief) -> None:
        self.begin(brief.unit, BodyId.RECALL, 0, brief.clock)
        self.brief = brief
        self.norms = self.pack.norms or Norms()
        if brief.ordered is not None:
            self.note(BegunOnDemand(by=brief.ordered.by, key=brief.ordered.key, person=brief.member.id))

    @workflow.run
    async def run(self, brief: RecallBrief) -> RecallOutcome:  # noqa: ARG002 - read in __init__
        await self.ask("recall.petition")  # 五分之一以上村民或者三分之一以上代表联名，说明理由
        await self.hear("recall.defence")  # 听取申辩
        return await self.put_to_the_vote("recall.vote")  # 过半数投票，经投票的过半数通过

    async def ask(self, step_id: str) -> None:
        """The demand: enough voters or representatives, with grounds (V25)."""
        asked = await self.gate(
            step_id, Petitioned, people=(self.brief.member.id,), check=lambda form: self._examine_demand(form, step_id)
        )
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
        """The vote, as it came out: too few voting, too few agreeing, or recalled."""
        counted = await self.gate(
            step_id,
            RecallCounted,
            people=(self.brief.member.id,),
            check=lambda form: self._examine_vote(form, step_id),
        )
        failures = self._failures(counted, step_id)
        enough = self.norms.quorum is None or not recall.quorum_missed(counted.roll, counted.present, self.norms)
        outcome = RecallOutcome(
            person=self.brief.member.id, valid=enough, recalled=not failures, held_on=counted.held_on
        )
        self.note(
            RecallSettled(
                person=outcome.person, valid=outcome.valid, recalled=outcome.recalled, findings=tuple(failures)
            )
        )
        self.issue(self.step(step_id), names=(self.brief.member.name,))
        await self.settled()
        await self.commit()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome

    def _examine_demand(self, form: Petitioned, step_id: str) -> list[Finding]:
        brief = self.brief
        return [
            *recall.recall_of(form.person, brief.member.id, step=step_id),
            *recall.recall_asked(
                form.voters,
                brief.entitled,
                form.representatives,
                brief.representatives,
                self.norms,
                step=step_id,
            ),
            *recall.recall_reasoned(form.grounds, True, step=step_id),
        ]

    def _examine_vote(self, form: RecallCounted, step_id: str) -> list[Finding]:
        marked = form.in_favour + form.against + form.blank + form.invalid
        return [
            *recall.recall_counted(
                self.brief.registered, form.roll, form.present, form.collected, marked, step=step_id
            ),
            *recall.recall_declared(form.declared, self._failures(form, step_id), step=step_id),
        ]

    def _failures(self, form: RecallCounted, step_id: str) -> list[Finding]:
        return recall.recall_carried(form.roll, form.present, form.in_favour, self.norms, step=step_id)
