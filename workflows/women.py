"""妇代会（妇联）换届: the women's federation's election, beside the three bodies, in the order of the source's third part."""

from temporalio import workflow

from policies.lifecycles import BodyTrigger
from policies.pack.schema import BodyId
from policies.people import Post
from policies.rules import women
from workflows.acts import Election
from workflows.messages import BodyBrief, BodyOutcome, Recorded, Winner
from workflows.register import Candidate


@workflow.defn
class WomenElection(Election):
    """From the notice to the express report; in a pilot unit to its acceptance."""

    poll_step = "women.poll"

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.WOMEN, brief.unit.women_seats)

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:  # noqa: ARG002 - read in __init__
        # 二(一) 领导重视，周密部署
        await self.record("women.notice")  # 传达换届通知和工作指导手册
        # 二(二) 广泛动员，宣传造势
        await self.record("women.campaign")
        # 二(三) 创新形式，先行试点，严把候选人素质能力关
        await self.record("women.instructor")  # 派遣换届工作指导员
        polled = False
        while not polled:
            while self.too_few():
                await self.nominate("women.nomination")  # 个人自荐、村党组织推荐、十名群众举荐
                await self.review("women.review")  # 从妇女骨干中选配
            await self.post_the_list("women.list", women.W7)  # 民主公开
            polled = await self.poll("women.poll")  # 直选
        self.name_the_chair()  # 主任（主席）
        await self.report("women.express")  # 信息快报
        # 二(四) 注重指导，规范程序
        self.moves(BodyTrigger.HAND_OVER)
        await self.accepted("women.pilot_acceptance")  # 试点单位：现场会，验收合格，其他单位方可启动
        return await self.completed()

    def name_the_chair(self) -> None:
        """Whoever was put forward for it and is elected, else the one with the most votes (W1); seats are final from here."""
        self.replaceable = False
        elected = [
            women.Elected(key, self.register.candidates[key].post is Post.FEDERATION_CHAIR, winner.votes)
            for key, winner in self.members.items()
        ]
        chair = women.chair_of(elected)
        for key, winner in self.members.items():
            post = Post.FEDERATION_CHAIR if key == chair else Post.FEDERATION_MEMBER
            self.members[key] = Winner(person=winner.person, post=post, votes=winner.votes)

    async def report(self, step_id: str) -> None:
        """An express report of who was elected, within the plan's days after the poll where it sets any (W4)."""
        if not self.applies(step_id):
            return
        express = self.pack.express
        within = express.within_days if express is not None and isinstance(express.within_days, int) else None
        due = women.express_due(self.poll_held, within)
        complete = False
        while not complete:
            bound = None if due is None else (due, women.W4)
            complete = (await self.gate(step_id, Recorded, law_bound=bound, people=tuple(self.members))).complete
        self.issue(self.step(step_id), names=self.names(tuple(self.members)))

    async def accepted(self, step_id: str) -> None:
        """A pilot unit is complete only once it is accepted, however often that takes (W3)."""
        while self.applies(step_id) and not await self.approved(step_id):
            continue

    def post_of(self, candidate: Candidate) -> Post:  # noqa: ARG002 - one list; `name_the_chair` comes after it
        """Everybody is a member first."""
        return Post.FEDERATION_MEMBER

    def roll(self) -> int:
        """Women of eighteen and over (W5)."""
        return self.unit.women
