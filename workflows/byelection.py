"""补选村民委员会成员: a by-election within the term, as the election itself (《村民委员会组织法》（2018）第十九条、（2025）第二十三条)."""

from collections import Counter

from temporalio import workflow

from policies.lifecycles import BodyTrigger
from policies.pack.schema import BodyId
from workflows.directvote import RANKS, DirectVote
from workflows.facts import BegunOnDemand
from workflows.messages import BodyBrief, BodyOutcome, VillageFigures


@workflow.defn
class ByElection(DirectVote):
    """The vacant seats of a committee, for the rest of its term."""

    poll_step = "byelection.poll"
    runoff_step = "byelection.runoff"

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.BY_ELECTION, len(brief.vacant))
        self.enrols()
        self.contests(VillageFigures(groups=0))
        vacant = Counter(brief.vacant)
        self.seats_by_post = {post: vacant[post] for post in RANKS if vacant[post]}
        self.open_by_post = dict(self.seats_by_post)
        self.representatives = brief.representatives
        if brief.ordered is not None:
            begun = BegunOnDemand(
                by=brief.ordered.by, key=brief.ordered.key, posts=brief.vacant, departed=brief.departed
            )
            self.note(begun)

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:  # noqa: ARG002 - read in __init__
        await self.fix_the_day("byelection.poll_day")  # 决定补选和投票日
        self.committee = await self.choose_committee("byelection.election_committee")  # 推选选举委员会
        await self.enrol("byelection.registration")  # 选民登记
        await self.post_the_roll("byelection.voters_list")  # 选民名单，选举日20日前
        await self.correct_the_roll("byelection.objections")  # 异议处理和更正
        polled = False
        while not polled:
            while self.too_few_for_a_post():
                await self.nominate_by_post("byelection.nomination")  # 按出缺职务提名推荐
                await self.review("byelection.prereview", "byelection.joint_vetting")  # 资格审查、联审
            names = await self.determine("byelection.candidates")  # 正式候选人，差额
            await self.post_candidates("byelection.list", names)  # 选举日5日前张榜
            await self.meet_voters("byelection.meeting")  # 与村民见面
            await self.set_stations("byelection.stations")  # 时间、地点
            await self.appoint_staff("byelection.staff")  # 工作人员
            await self.list_proxies("byelection.proxies")  # 委托投票
            polled = await self.vote("byelection.poll", "byelection.list")  # 投票、计票
        await self.run_off("byelection.runoff")  # 另行选举
        await self.announce_on_the_spot("byelection.announcement")  # 当场公布
        self.moves(BodyTrigger.HAND_OVER)
        await self.record("byelection.filing")  # 备案
        return await self.completed(self.representatives)
