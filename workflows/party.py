"""社区党组织换届选举: the Party organization's election, line by line as the plan numbers it (三（二）1)."""

from temporalio import workflow

from policies.counting import count
from policies.lifecycles import BodyTrigger
from policies.pack.schema import BodyId
from policies.people import Post
from policies.rules.party import P6
from workflows import examination, preparationchecks
from workflows.acts import Election
from workflows.facts import PollFailed, PollSettled, Seat
from workflows.messages import BodyBrief, BodyOutcome, Counted, Requested, Winner
from workflows.preparationforms import RollMade
from workflows.register import Candidate

OFFICERS = {"书记": Post.SECRETARY, "副书记": Post.DEPUTY_SECRETARY}
"""The posts that the committee's own meeting fills (P15), by their names on the form."""


@workflow.defn
class PartyElection(Election):
    """From the first meeting of the sitting committee to the archive."""

    poll_step = "party.assembly"

    @workflow.init
    def __init__(self, brief: BodyBrief) -> None:
        self.open(brief, BodyId.PARTY, brief.unit.party_seats)

    @workflow.run
    async def run(self, brief: BodyBrief) -> BodyOutcome:  # noqa: ARG002 - read in __init__
        # (1) 召开社区党组织会议
        agreed = False
        while not agreed:
            await self.request("party.meeting")  # 研究委员会组成原则，提出换届选举请示
            agreed = await self.approved("party.reply")  # 街道党工委批复
        await self.record("party.method")  # 筹备事项，选举办法
        await self.members_by_name("party.roll")  # 有选举权党员名册

        # (2) 推荐阶段
        await self.record("party.appraisal")  # 任期考核，民主测评
        polled = False
        while not polled:
            while self.too_few():
                await self.recommend()
            approved = await self.propose_candidates()
            # (3) 选举阶段
            polled = approved and await self.poll_that_stands(
                "party.assembly",  # 党员大会差额选举委员
                lambda: self.choose_officers("party.plenary"),  # 委员会全体会议等额选举书记、副书记
            )
        await self.record("party.report")  # 选举结果上报街道党工委

        # (4) 后续阶段
        while not await self.approved("party.result_approval"):  # 街道党工委批复
            await self.choose_officers("party.plenary")
        self.moves(BodyTrigger.HAND_OVER)
        await self.record("party.filing")  # 书记人选报区委组织部备案
        await self.record("party.appointment")  # 发文任命
        await self.record("party.archive")  # 材料归档，工作总结
        return await self.completed()

    async def request(self, step_id: str) -> None:
        """The sitting committee asks for the election: its term, those due to attend, the kind of meeting (P1, P2, P8)."""
        await self.gate(step_id, Requested, check=lambda form: examination.request(form, self.unit, self.poll_day()))
        self.issue(self.step(step_id))

    async def members_by_name(self, step_id: str) -> None:
        """The roll of members with a vote, where the plan asks for names (P3)."""
        if self.applies(step_id):
            await self.gate(step_id, RollMade, check=lambda form: preparationchecks.roll(form, self.unit))
            self.issue(self.step(step_id))

    async def recommend(self) -> None:
        """(2) 一是候选人初步人选推荐, 二是组织考察."""
        await self.nominate("party.recommendation")  # 党员和群众公开推荐与上级党组织提名
        await self.review(
            "party.street_review",  # 街道党工委审查
            "party.secretary_review",  # 书记人选报区委组织部审查
            "party.joint_vetting",  # 区级联审
            "party.standing_committee",  # 区委常委会讨论
        )
        await self.record("party.inspection_list")  # 确定考察对象
        await self.review("party.inspection")  # 组织考察
        inspected = tuple(candidate.person.id for candidate in self.register.standing())
        await self.publish("party.inspection_publicity", inspected, P6)  # 考察结果公示
        await self.record("party.talks")  # 全员谈心谈话

    async def propose_candidates(self) -> bool:
        """(2) 三是确定候选人预备人选: the list, five working days up, the street's approval."""
        slate = await self.slate("party.slate")  # 差额不少于20%，逐人签订承诺书
        await self.publicise("party.publicity", slate, P6)  # 公示不少于5个工作日
        return await self.approved("party.slate_approval")  # 报街道党工委审批

    def roll(self) -> int:
        """Members due to attend (P7)."""
        return self.unit.party_due

    def post_of(self, candidate: Candidate) -> Post:  # noqa: ARG002 - the members' meeting elects members, no posts
        """Everybody is a member first; the plenary chooses the officers among them (P15)."""
        return Post.PARTY_MEMBER

    async def choose_officers(self, step_id: str) -> None:
        """The new committee elects its secretary and deputies from among its members, as many names as posts (P15)."""
        self.replaceable = False
        members = list(self.members.values())
        ballot = self.step(step_id).ballot
        assert ballot is not None, f"{step_id} has no ballot"
        while True:
            counted = await self.gate(
                step_id,
                Counted,
                people=tuple(member.person.id for member in members),
                check=lambda form: examination.plenary(form, members, ballot, self.pack.law),
            )
            verdict = count(counted.form)
            if verdict.valid and not verdict.open_seats:
                break
            self.note(PollFailed(gate=self.key(step_id), findings=verdict.findings))
        for entry, person in zip(counted.form.candidates, counted.names, strict=True):
            if entry.name in verdict.elected and entry.post in OFFICERS:
                was = self.members[person]
                self.members[person] = Winner(person=was.person, post=OFFICERS[entry.post], votes=was.votes)
        officers = tuple(
            Seat(person=person, name=entry.name, post=OFFICERS[entry.post or ""].value, votes=entry.votes)
            for entry, person in zip(counted.form.candidates, counted.names, strict=True)
            if entry.name in verdict.elected
        )
        self.note(PollSettled(gate=self.key(step_id), elected=officers, open_seats=0, next=None))
