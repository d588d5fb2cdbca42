"""社区居民委员会换届选举: the residents' committee's election, line by line as the plan numbers it (三（二）2)."""

from temporalio import workflow

from policies.pack.schema import BodyId
from policies.rules.residents import R4
from workflows import examination
from workflows.messages import BodyBrief, BodyOutcome, Delegated
from workflows.residentsvote import ResidentsVote


@workflow.defn
class ResidentsElection(ResidentsVote):
    """From choosing the election committee to the handover."""

    poll_step = "residents.poll"

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.RESIDENTS, brief.unit.residents_seats)
        self.enrols()

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:  # noqa: ARG002 - read in __init__
        # (1) 推选产生社区居民选举委员会
        self.committee = await self.choose_committee("residents.election_committee")
        await self.train_committee("residents.committee_training")  # 成员应训尽训
        # (2) 推选居民小组长
        await self.record("residents.group_leaders")
        # (3) 推选居民代表
        await self.delegate("residents.representatives")
        # 选民登记（全体选民或者户代表投票的；2025年法各种方式都要）
        await self.enrol("residents.registration")
        await self.post_the_roll("residents.voters_list")  # 选举日20日前公布
        await self.correct_the_roll("residents.objections")  # 5日内提出、3日内处理
        # (4) 提名和确定候选人
        polled = False
        while not polled:
            while self.too_few():
                await self.nominate("residents.nomination")  # 居民联名、户代表联名、小组代表联名、自荐
                self.note(*self.committee.step_out(self.register.fit()))  # 被提名者退出选举委员会
                await self.train_committee("residents.committee_training")  # 递补者补训
                await self.review(
                    "residents.prereview",  # 居民选举委员会预审
                    "residents.street_review",  # 街道初审
                    "residents.joint_vetting",  # 区级联审
                    "residents.standing_committee",  # 区委常委会讨论通过
                )
            await self.post_the_list("residents.list", R4)  # 正式候选人，选举日3日前张榜公布
            await self.list_proxies("residents.proxies")  # 委托投票（全体选民或者户代表投票的）
            # (5) 组织投票选举
            polled = await self.poll_that_stands(
                "residents.poll",
                lambda: self.announce_and_fill("residents.poll", "residents.announcement"),  # 当日或次日公告
            )
        await self.record("residents.filing")  # 报区民政局和街道备案
        # (6) 后续工作
        await self.hand_over("residents.handover", self.poll_held)  # 10日内移交
        return await self.completed(self.representatives)

    async def delegate(self, step_id: str) -> None:
        """Residents' representatives, one for thirty households and fifty at least, one for each organization (R7)."""
        rules = self.pack.body(BodyId.RESIDENTS).delegates
        delegated = await self.gate(
            step_id, Delegated, check=lambda form: examination.representatives(form, self.unit, rules)
        )
        self.representatives = delegated.total
        self.issue(self.step(step_id))
