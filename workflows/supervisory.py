"""监督委员会推选: the supervisory committee's election, line by line as the plan numbers it (三（二）3)."""

from temporalio import workflow

from policies.finding import Finding
from policies.form import Body as FormBody
from policies.pack.schema import BodyId
from policies.people import Post
from policies.rules import supervisory
from policies.rules.residents import R4
from workflows.acts import Election
from workflows.messages import BodyBrief, BodyOutcome, Counted
from workflows.register import Candidate


@workflow.defn
class SupervisoryElection(Election):
    """From nominations to the renewed notice board."""

    poll_step = "supervisory.vote"

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.SUPERVISORY, brief.unit.supervisory_seats)
        self.representatives = brief.representatives

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:  # noqa: ARG002 - read in __init__
        polled = False
        while not polled:
            # (1) 提名候选人
            while self.too_few():
                await self.nominate("supervisory.nomination")
                await self.review(
                    "supervisory.prereview",  # 街道或新一届社区党组织预审
                    "supervisory.street_review",  # 街道初审
                    "supervisory.joint_vetting",  # 区级联审
                    "supervisory.standing_committee",  # 区委常委会审核
                )
            await self.post_the_list("supervisory.list", R4)  # 张榜公布
            # (2) 民主推选
            polled = await self.poll_that_stands(
                "supervisory.vote",  # 举手表决，当场公布
                lambda: self.record("supervisory.filing"),  # 报区民政局和街道备案
            )
        self.replaceable = False
        # (3) 后续工作
        await self.hand_over("supervisory.handover", self.poll_held)  # 新老班子工作交接
        await self.record("supervisory.board")  # 更新揭示板，建立规章制度
        return await self.completed()

    def remarks(self, form: Counted, field: list[Candidate]) -> list[Finding]:
        """S1: in principle the Party secretary does not chair the supervisors."""
        secretary = next((one.person.name for one in self.seated if one.post is Post.SECRETARY), None)
        chair = next(
            (
                one.person.name
                for one in field
                if one.post is Post.SUPERVISORY_CHAIR and one.person.name in form.declared
            ),
            None,
        )
        return supervisory.chair_in_principle(chair, secretary=secretary, step=self.poll_step)

    def form_body(self) -> FormBody:
        """A village's supervisors are chosen by the villagers' law (V26), a community's by the plan and the residents' (S2)."""
        return FormBody.VILLAGE_SUPERVISORY if self.pack.kind == "village" else super().form_body()

    def roll(self) -> int:
        """Representatives entitled to vote."""
        return self.representatives
