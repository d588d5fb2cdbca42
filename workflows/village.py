"""村民委员会换届选举: the village committee's direct election, line by line as its seventeen announcements number it (三（二）2)."""

from temporalio import workflow

from policies.pack.schema import BodyId
from workflows.directvote import DirectVote
from workflows.messages import BodyBrief, BodyOutcome, VillageFigures


@workflow.defn
class VillageElection(DirectVote):
    """From fixing the poll day to the handover: every registered voter votes, post by post."""

    poll_step = "residents.poll"
    runoff_step = "residents.runoff"

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.RESIDENTS, brief.unit.residents_seats)
        self.enrols()
        self.contests(brief.unit.village or VillageFigures(groups=0))
        self.representatives = 0

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:  # noqa: ARG002 - read in __init__
        await self.fix_the_day("residents.poll_day")  # 公告第1号 选举日
        self.committee = await self.choose_committee("residents.election_committee")  # 第2号 村民选举委员会
        await self.train_committee("residents.committee_training")  # 成员应训尽训
        await self.enrol("residents.registration")  # 第3号 选民登记
        await self.post_the_roll("residents.voters_list")  # 第4号 登记参加选举的村民名单，选举日20日前
        await self.correct_the_roll("residents.objections")  # 第5号 异议处理和更正，5日内提出、3日内处理
        await self.delegate("residents.representatives")  # 第6号 村民小组长和村民代表
        polled = False
        while not polled:
            while self.too_few_for_a_post():
                await self.record("residents.nomination_call")  # 第7号 职数和提名办法
                await self.nominate_by_post("residents.nomination")  # 按职务提名推荐
                await self.train_committee("residents.committee_training")  # 递补者补训
                await self.post_preliminary("residents.preliminary")  # 第8号 初步候选人
                await self.review(
                    "residents.prereview",  # 村民选举委员会资格审查
                    "residents.street_review",  # 乡镇初审
                    "residents.joint_vetting",  # 县级联审
                )
            names = await self.determine("residents.candidates")  # 按职务确定正式候选人，差额
            await self.post_candidates("residents.list", names)  # 第9号 正式候选人，选举日5日前
            await self.meet_voters("residents.meeting")  # 第10号 候选人与村民见面
            await self.set_stations("residents.stations")  # 第11号 时间、地点和投票站
            await self.appoint_staff("residents.staff")  # 第12号 选举工作人员
            if not await self.list_stands("residents.list"):  # 名单受举报、退出影响的，及时更正或者重新确定
                continue
            await self.list_proxies("residents.proxies")  # 第13号 委托投票
            await self.list_boxes("residents.boxes")  # 第14号 流动票箱
            await self.record("residents.assistance")  # 第15号 代写办法
            await self.publish_ballot_rules("residents.ballot_rules")  # 第16号 无效票认定规则
            polled = await self.poll_that_stands("residents.poll", self.fill_and_announce)  # 投票，逐箱计票、合并
        await self.leave_vacant("residents.vacancy")  # 仍未选足的名额，须经会议决定暂缺的省
        await self.name_who_acts("residents.acting")  # 主任暂缺的，明确主持工作的人
        await self.record("residents.certificates")  # 颁发当选证书
        await self.record("residents.filing")  # 报乡镇、县民政局备案
        await self.hand_over_in_time("residents.handover")  # 10日内移交，公章当日
        return await self.in_office("residents.acting")

    async def fill_and_announce(self) -> None:
        """What follows a vote; a vote declared void before it is done is held anew."""
        await self.run_off("residents.runoff")  # 名额未满的另行选举
        await self.announce_on_the_spot("residents.announcement")  # 第17号 选举结果，当场公布
        while await self.fill_again("residents.runoff"):  # 当选无效空出的名额，另行选举
            await self.announce_on_the_spot("residents.announcement")
