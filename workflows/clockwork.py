"""Setting a drill's clock forward: asked of the district while it runs, within the term of a recall or a by-election.

Whoever is asked notes the clock, so that the registry reckons by it; the others hear it as a signal.
"""

from temporalio import workflow

from policies.pack.schema import Role
from policies.rules import order
from workflows import electiontime
from workflows.facts import ClockMoved
from workflows.messages import Move, Receipt
from workflows.procedure import refuse
from workflows.steering import Steering


class MovesClock(Steering):
    """What can be asked to set the clock. The heir says how it notes it."""

    async def take_clock(self, moved: ClockMoved) -> None:
        """Note the clock as it runs now, and pass it on to what is below."""
        raise NotImplementedError

    @workflow.update
    async def order_move(self, move: Move) -> Receipt:
        """Set a drill's clock forward, for everything of its election alike."""
        assert self.clock is not None
        clock = self.clock = self.clock.moved(workflow.now(), move.to)
        await self.take_clock(ClockMoved(clock=clock, reason=move.reason, by=move.by.text))
        return Receipt(gate="move")

    @order_move.validator
    def _may_move(self, move: Move) -> None:
        findings = self.authority(move.by, "拨动演练时间", (Role.DISTRICT_ORGANIZATION,))
        if self.clock is None:
            findings.append(order.clock_is_real(self.called()))
        elif move.to < electiontime.now():
            findings.append(
                order.not_forward(self.called(), f"{move.to:%Y-%m-%d %H:%M}", f"{electiontime.now():%Y-%m-%d %H:%M}")
            )
        refuse(findings)
