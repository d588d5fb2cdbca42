"""补选村（居）民委员会成员: a by-election within the term, as the election itself.

《村民委员会组织法》（2018）第十九条、（2025）第二十三条；《城市居民委员会组织法》（2025）第二十四条.
"""

from collections import Counter
from datetime import date
from typing import Any

from temporalio import workflow

from policies.finding import Finding
from policies.lifecycles import BodyTrigger
from policies.pack.schema import BodyId
from policies.rule import Rule
from policies.rules.residents import R4
from policies.rules.village import recall
from workflows.directchecks import remarked
from workflows.directvote import RANKS, DirectVote
from workflows.enrolment import Enrolment
from workflows.messages import BodyBrief, BodyOutcome, PollDayFixed, Postponement, VillageFigures
from workflows.ondemand import OnDemand
from workflows.residentsvote import ResidentsVote


class FillsVacancies(OnDemand, Enrolment):
    """What the by-elections of villages and communities share."""

    matter = "补选"
    poll_step = "byelection.poll"

    def fills(self, brief: BodyBrief) -> None:
        """Set up; called from the workflow's `__init__` at its end."""
        self.representatives = brief.representatives
        self.begun(brief.ordered, posts=brief.vacant, departed=brief.departed, representatives=brief.representatives)


@workflow.defn
class ByElection(FillsVacancies, DirectVote):
    """The vacant seats of a village committee, for the rest of its term."""

    runoff_step = "byelection.runoff"

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.BY_ELECTION, len(brief.vacant))
        self.enrols()
        self.contests(VillageFigures(groups=0))
        vacant = Counter(brief.vacant)
        self.seats_by_post = {post: vacant[post] for post in RANKS if vacant[post]}
        self.open_by_post = dict(self.seats_by_post)
        self.left = sum(one.post.in_committee for one in brief.seated)  # members still in office
        self.since = since = brief.vacant_since
        self.due = None if since is None else recall.by_election_last_day(self.left, since, self.norms)
        self.fills(brief)

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
        while await self.fill_again("byelection.runoff"):  # 当选无效空出的名额，另行选举
            await self.announce_on_the_spot("byelection.announcement")
        await self.name_who_acts("byelection.acting")  # 主任仍暂缺的，明确主持工作的人
        self.moves(BodyTrigger.HAND_OVER)
        await self.record("byelection.filing")  # 备案
        return await self.in_office("byelection.acting")

    # ------------------------------------------------------------ in time, where the committee has become too small (V25)

    def remarks_on_day(self, form: PollDayFixed) -> list[Finding]:
        """A poll day after the law's last day is remarked, and flagged when that day has passed."""
        if self.since is None:
            return []
        return remarked(
            recall.by_election_due(self.left, self.since, form.poll_day, self.norms, step="byelection.poll_day")
        )

    def _window(self, vote: int) -> tuple[date, Rule] | None:
        """The poll's last day is the law's where that comes first."""
        if vote == 1 and self.due is not None and self.due < self.poll_day():
            return self.due, recall.V25
        return super()._window(vote)

    @workflow.signal
    async def postpone(self, postponement: Postponement) -> None:
        """Move the plan's limits, never beyond the law's last day."""
        await super().postpone(postponement)
        gate = self.gates.get(self.key(self.poll_step))
        if gate is None or gate.last_day is None or self.due is None or gate.last_day <= self.due:
            return
        gate.last_day, gate.fixed, gate.rule = self.due, True, recall.V25.id
        self.to_inbox(gate)
        await self.commit()


@workflow.defn
class ResidentsByElection(FillsVacancies, ResidentsVote):
    """The vacant seats of a residents' committee, for the rest of its term, by the way of voting it was elected by."""

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.BY_ELECTION, len(brief.vacant))
        self.enrols()
        self.vacant = brief.vacant
        self.fills(brief)

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:  # noqa: ARG002 - read in __init__
        await self.fix_the_day("byelection.poll_day")  # 决定补选和投票日
        self.committee = await self.choose_committee("byelection.election_committee")  # 推选选举委员会
        await self.enrol("byelection.registration")  # 选民登记
        await self.post_the_roll("byelection.voters_list")  # 选民名单，选举日20日前
        await self.correct_the_roll("byelection.objections")  # 异议处理和更正
        polled = False
        while not polled:
            while self.too_few():
                await self.nominate("byelection.nomination", posts=self.vacant)  # 社区党组织或者十名以上选民联合提名
                self.note(*self.committee.step_out(self.register.fit()))  # 被提名者退出选举委员会
                await self.review("byelection.prereview", "byelection.joint_vetting")  # 资格审查、联审
            await self.post_the_list("byelection.list", R4)  # 正式候选人张榜
            await self.list_proxies("byelection.proxies")  # 委托投票（全体选民或者户代表投票的）
            polled = await self.poll_that_stands(  # 按产生时的方式投票
                "byelection.poll",
                lambda: self.announce_and_fill("byelection.poll", "byelection.announcement"),  # 公布结果
            )
        self.moves(BodyTrigger.HAND_OVER)
        await self.record("byelection.filing")  # 备案
        return await self.completed(self.representatives)


BY_ELECTIONS: dict[str, Any] = {"village": ByElection.run, "community": ResidentsByElection.run}
"""How a vacant seat of the committee is filled, by the kind of unit."""
