"""登记离任: a member of a committee left office within the term, and the registry must know. Nothing is decided, nothing waits.

《村民委员会组织法》（2025）第二十条至第二十二条；《城市居民委员会组织法》（2025）第二十一条至第二十三条.
"""

from temporalio import workflow

from policies.pack.schema import BodyId
from workflows.messages import DepartureBrief
from workflows.ondemand import OnDemand


@workflow.defn
class DepartureRecord(OnDemand):
    """One departure, written into the journal."""

    matter = "离任登记"

    @workflow.init
    def __init__(self, brief: DepartureBrief) -> None:
        self.begin(brief.unit, BodyId.DEPARTURE, 0, brief.clock)
        self.begun(brief.ordered, departed=(brief.departure,))

    @workflow.run
    async def run(self, brief: DepartureBrief) -> None:  # noqa: ARG002 - read in __init__
        await self.commit()
