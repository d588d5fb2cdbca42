"""One community's or village's whole election: the preparation, then the three bodies in their required order (三（一）, 一（四）)."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from temporalio import workflow

from policies.clock import Clock
from policies.finding import Finding
from policies.lifecycles import UNIT, UnitTrigger, begin
from policies.pack.schema import BODY_NAMES, BodyId
from policies.rules import order
from policies.rules.preparation import X4
from workflows import examination
from workflows.facts import UnitClosed, UnitOpened
from workflows.messages import (
    BodyBrief,
    BodyOutcome,
    Hold,
    Postponement,
    Recorded,
    Release,
    Submission,
    UnitBrief,
    UnitOutcome,
)
from workflows.party import PartyElection
from workflows.preparation import Preparation
from workflows.procedure import Procedure
from workflows.residents import ResidentsElection
from workflows.steering import Message, Steering
from workflows.supervisory import SupervisoryElection
from workflows.village import VillageElection
from workflows.women import WomenElection

COMMITTEES: dict[str, Any] = {"community": ResidentsElection.run, "village": VillageElection.run}
"""How the committee is elected, by the kind of unit."""


@workflow.defn
class UnitElection(Steering, Preparation):
    """One unit from the survey to the last handover."""

    told_by_brief = True  # a body's brief has the shift and the clock, and none starts while the unit is held

    @workflow.init
    def __init__(self, brief: UnitBrief) -> None:
        clock, brief = brief.clock, brief.model_copy(update={"clock": None})
        self.begin(brief, BodyId.PREPARATION, clock=clock)
        self.prepares()
        self.steered()
        self.names = BODY_NAMES[self.pack.kind]
        self.track = begin(UNIT)
        self.bodies: list[str] = []  # bodies begun, in order
        self.enters(UnitTrigger.PREPARE)  # here: a hold may come before the first line of `run`
        self.note(UnitOpened(unit=brief))

    @workflow.run
    async def run(self, brief: UnitBrief) -> UnitOutcome:  # noqa: ARG002 - read in __init__
        # (一) 做好换届准备工作
        await self.prepared("prep.institution")  # 1 成立机构
        await self.prepared("prep.survey")  # 2 调查摸底
        await self.prepared("prep.household_survey")  # 入户调查，不低于60%
        await self.prepared("prep.satisfaction")  # 班子满意度测评
        if not await self.ready("prep.readiness", "prep.removal"):  # 三色码，红码逐项验收销号
            return await self.closed_held()
        if not await self.rectified("prep.rectification"):  # 3 集中整顿，不整顿到位不换届
            return await self.closed_held()
        await self.prepared("prep.cleanup")  # 六项“清”行动
        await self.prepared("prep.plan", check=self.examine_plan)  # 4 制定方案
        await self.prepared("prep.emergency_plans")  # 风险应急预案
        await self.prepared("prep.training")  # 5 业务培训，应训尽训
        await self.prepared("prep.audit")  # 离任审计，选举前公布
        if not await self.both_posts_listed("prep.both_posts"):  # “一肩挑”三张清单
            return await self.closed_held()
        await self.prepared("prep.joint_signatures")  # 七人小组联审签字
        await self.screened("prep.screening")  # 六轮筛选
        await self.prepared("prep.reserves")  # 后备人选
        await self.prepared("prep.double_check")  # 换届防疫双检查
        await self.audit_out()

        if self.pack.kind == "women":
            return await self.federation()

        # (二) 先社区（村）党组织、后居（村）民委员会、再推选居（村）务监督委员会
        await self.goes_on(UnitTrigger.START)
        party = await self.elect(PartyElection.run, "party", self.brief())
        await self.goes_on(UnitTrigger.PARTY_DONE)
        residents = await self.elect(
            COMMITTEES[self.pack.kind],
            "residents",
            self.brief(seated=party.elected, kin=party.kin),
        )
        await self.goes_on(UnitTrigger.RESIDENTS_DONE)
        supervisory = await self.elect(
            SupervisoryElection.run,
            "supervisory",
            self.brief(
                seated=(*party.elected, *residents.elected),
                kin=residents.kin,
                representatives=residents.representatives,
            ),
        )
        await self.goes_on(UnitTrigger.SUPERVISORY_DONE)
        return await self.closed(supervisory.completed_on)

    async def federation(self) -> UnitOutcome:
        """妇联组织换届: beside the three bodies, under a plan of its own (篇三)."""
        await self.goes_on(UnitTrigger.START_WOMEN)
        women = await self.elect(WomenElection.run, "women", self.brief())
        await self.goes_on(UnitTrigger.WOMEN_DONE)
        return await self.closed(women.completed_on)

    async def closed(self, completed_on: date) -> UnitOutcome:
        """Everything is elected; the unit closes once every complaint is answered."""
        await self.settled()
        self.note(UnitClosed(completed_on=completed_on))
        await self.commit_and_wait()
        return UnitOutcome(unit=self.unit.id, completed_on=completed_on)

    def enters(self, trigger: UnitTrigger) -> None:
        """Move along the unit's lifecycle."""
        self.track = self.track.after(trigger)
        self.stage = self.track.state.value

    async def goes_on(self, trigger: UnitTrigger) -> None:
        """Move along once nothing holds the unit: a hold may come in the very instant at which a stage ends."""
        await self.released()
        self.enters(trigger)

    async def released(self) -> None:
        """Wait until nothing holds the unit."""
        while self.held is not None:
            await workflow.wait_condition(lambda: self.held is None)

    def examine_plan(self, form: Recorded) -> list[Finding]:  # noqa: ARG002 - the plan concerns the unit's own figures
        """P4, R1, S1, W1: the numbers of seats the unit plans."""
        return examination.plan(self.unit, self.pack)

    async def closed_held(self) -> UnitOutcome:
        """The plan's days are over and the unit never started: closed as held, carried over by the county."""
        reason = "整顿验收始终未通过，本轮未启动换届"
        self.note(UnitClosed(completed_on=None, held_by=X4.id, reason=reason))
        await self.commit_and_wait()
        return UnitOutcome(unit=self.unit.id, completed_on=None, held_by=X4.id, reason=reason)

    def brief(self, **before: Any) -> Callable[[], BodyBrief]:
        """What a body starts from, as things stand when it starts: a hold or a postponement may come before it can."""
        return lambda: BodyBrief(unit=self.unit, shift=self.shift, clock=self.clock, **before)

    async def elect(self, run: Any, body: str, brief: Callable[[], BodyBrief]) -> BodyOutcome:
        """Run one body's election as a child workflow and wait until it is complete; only then may the next begin."""
        await self.commit_and_wait()
        await self.released()
        self.bodies.append(body)
        self.waiting = f"{self.names[body]}换届进行中"
        outcome: BodyOutcome = await self.start(
            run, brief(), f"{self.unit.id}/{body}", f"{self.unit.name} {self.names[body]}"
        )
        return outcome

    # ------------------------------------------------------------ messages that concern the running body too

    def _not_open(self, submission: Submission) -> Finding:
        """A decision for a body that is not running: its turn has not come, or it is over (O1)."""
        body = submission.gate.split(".")[0]
        if body not in self.names:
            return super()._not_open(submission)
        if body in self.bodies:
            return order.not_open(f"{self.names[body]}{submission.gate}", self.waiting_for())
        order_ = list(self.names)
        before = "准备工作" if body == order_[0] else self.names[order_[order_.index(body) - 1]]
        return order.not_yet(self.names[body], before)

    # ------------------------------------------------------------ holding and postponing

    def called(self) -> str:
        """The unit's name."""
        return self.unit.name

    def areas(self) -> tuple[str, ...]:
        """The unit, its street, its district."""
        return (self.unit.id, self.unit.street, self.unit.district)

    async def take_hold(self, hold: Hold) -> None:
        """Stop the unit's own gates."""
        if self.track.allows(UnitTrigger.HOLD):
            self.enters(UnitTrigger.HOLD)
        await Procedure.hold(self, hold)

    async def take_release(self, release: Release) -> None:
        """Let the unit's own gates go on."""
        if self.track.allows(UnitTrigger.RELEASE):
            self.enters(UnitTrigger.RELEASE)
        await Procedure.release(self, release)

    async def take_postponement(self, postponement: Postponement) -> None:
        """Move the unit's own limits."""
        await Procedure.postpone(self, postponement)

    @workflow.signal
    async def hold(self, hold: Hold) -> None:
        """The street or the district was stopped."""
        if self.held is None:
            await self._hear(self.take_hold(hold), Procedure.hold, hold)

    @workflow.signal
    async def release(self, release: Release) -> None:
        """The street or the district was released."""
        if self.held is not None:
            await self._hear(self.take_release(release), Procedure.release, release)

    @workflow.signal
    async def postpone(self, postponement: Postponement) -> None:
        """The street or the district was postponed."""
        await self._hear(self.take_postponement(postponement), Procedure.postpone, postponement)

    @workflow.signal
    async def clock_moved(self, clock: Clock) -> None:
        """A drill's clock was set forward."""
        await self._hear(Procedure.clock_moved(self, clock), Procedure.clock_moved, clock)

    async def _hear(self, own: Awaitable[None], signal: Any, message: Message) -> None:
        await own
        await self.pass_down(signal, message)
