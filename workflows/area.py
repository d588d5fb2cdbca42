"""Street and district: they start what is below them together, pass holds and postponements down, and wait for all.

A postponement of a street or of the whole district is one message here; each unit moves its own limits.
"""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from policies.pack.schema import Role
from workflows import electiontime
from workflows.facts import Commit, DistrictClosed, DistrictOpened, Noted
from workflows.messages import (
    DistrictBrief,
    DistrictOutcome,
    Hold,
    Postponement,
    Release,
    StreetBrief,
    StreetOutcome,
    UnitOutcome,
)
from workflows.procedure import COMMIT, COMMIT_RETRY, COMMIT_TIMEOUT, Procedure
from workflows.setting import installed
from workflows.steering import Steering
from workflows.unit import UnitElection

ONCE = RetryPolicy(maximum_attempts=1)


class Area(Steering):
    """What street and district share: children started together, messages passed down to those still running."""

    def __init__(self, brief: StreetBrief | DistrictBrief) -> None:
        self.name = brief.name
        self.setting = installed(brief.setting)
        self.held = None
        self.children: dict[str, workflow.ChildWorkflowHandle[Any, Any]] = {}

    def called(self) -> str:
        """The area's name."""
        return self.name

    def below(self) -> list[workflow.ChildWorkflowHandle[Any, Any]]:
        """What is still running below."""
        return list(self.children.values())

    async def start(self, run: Any, brief: Any) -> Any:
        """Start one child and wait for its outcome."""
        handle = await workflow.start_child_workflow(run, brief, id=brief.id, retry_policy=ONCE)
        self.children[brief.id] = handle
        try:
            return await handle
        finally:
            del self.children[brief.id]

    @workflow.signal
    async def hold(self, hold: Hold) -> None:
        """What is above was stopped."""
        self.held = hold
        for child in self.below():
            await child.signal(Procedure.hold, hold)

    @workflow.signal
    async def release(self, release: Release) -> None:
        """What is above was released."""
        self.held = None
        for child in self.below():
            await child.signal(Procedure.release, release)

    @workflow.signal
    async def postpone(self, postponement: Postponement) -> None:
        """What is above was postponed."""
        for child in self.below():
            await child.signal(Procedure.postpone, postponement)

    @workflow.query
    def waiting_for(self) -> str:
        """In Chinese: what is still running below."""
        return f"{self.name}：等待 {len(self.children)} 个下级完成：{'、'.join(self.children)}"


@workflow.defn
class StreetElection(Area):
    """A street's communities, all at once."""

    @workflow.init
    def __init__(self, brief: StreetBrief) -> None:
        super().__init__(brief)

    @workflow.run
    async def run(self, brief: StreetBrief) -> StreetOutcome:
        outcomes: list[UnitOutcome] = await asyncio.gather(
            *(self.start(UnitElection.run, unit) for unit in brief.units)
        )
        return StreetOutcome(street=brief.id, units=tuple(outcomes))


@workflow.defn
class DistrictElection(Area):
    """A district's streets, all at once; its journal begins and ends here."""

    may_steer = (Role.DISTRICT_ORGANIZATION,)

    @workflow.init
    def __init__(self, brief: DistrictBrief) -> None:
        super().__init__(brief)
        self.brief = brief
        self.commits = 0

    @workflow.run
    async def run(self, brief: DistrictBrief) -> DistrictOutcome:
        setting = self.setting
        await self.commit(
            DistrictOpened(
                name=brief.name,
                pack=setting.pack.id,
                pack_version=setting.pack.version,
                pack_sha256=setting.pack_sha256,
                setting=setting.hash,
                law=setting.pack.law.value,
                off_days=setting.calendar.off_days,
                working_weekends=setting.calendar.working_weekends,
                steps=tuple(setting.steps),
                units=sum(len(street.units) for street in brief.streets),
            )
        )
        streets: list[StreetOutcome] = await asyncio.gather(
            *(self.start(StreetElection.run, street) for street in brief.streets)
        )
        completed = sum(unit.completed_on is not None for street in streets for unit in street.units)
        held = sum(len(street.units) for street in streets) - completed
        await self.commit(DistrictClosed(completed=completed, held=held))
        return DistrictOutcome(district=brief.id, completed=completed, held=held)

    async def commit(self, fact: DistrictOpened | DistrictClosed) -> None:
        """Write one fact of the district itself."""
        self.commits += 1
        await workflow.execute_activity(
            COMMIT,
            Commit(
                workflow=self.brief.id,
                number=self.commits,
                district=self.brief.id,
                street="",
                unit="",
                body="",
                at=electiontime.now(),
                facts=(Noted.of(fact),),
            ),
            start_to_close_timeout=COMMIT_TIMEOUT,
            retry_policy=COMMIT_RETRY,
        )
