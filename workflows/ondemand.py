"""届内依申请启动的流程: what a recall and a by-election share. They stand apart from any election, so they are steered by themselves.

A unit's own workflow has ended by then: holds, releases and postponements are asked of the recall or the by-election by its
id. Its days are counted from when each gate opens, for no plan has dates for what nobody foresaw.
"""

from datetime import date
from typing import Any

from policies.pack.schema import Lasting
from policies.timetable.windows import counted_from
from workflows import electiontime
from workflows.clockwork import MovesClock
from workflows.facts import BegunOnDemand, ClockMoved
from workflows.messages import Hold, Ordered, Postponement, Release
from workflows.procedure import Procedure


class OnDemand(MovesClock, Procedure):
    """A workflow within the term, begun by somebody's demand."""

    def begun(self, ordered: Ordered | None, **about: Any) -> None:
        """Set up; called from the heir's `__init__` at its end. `ordered`: who had it begun, noted with what it is `about`."""
        self.steered()
        if ordered is not None:
            self.note(BegunOnDemand(by=ordered.by, key=ordered.key, **about))

    def limit(self, step_id: str) -> date | None:
        """The last day of a step; one with a duration has so many days from today, when its gate opens."""
        step = self.setting.steps.get(step_id)
        if step is None or not isinstance(step.window, Lasting):
            return super().limit(step_id)
        return counted_from(self.calendar, electiontime.today(), step.window.lasts, step.window.unit)

    # ------------------------------------------------------------ steering

    def called(self) -> str:
        """The unit's name, and what is under way."""
        return f"{self.unit.name}{self.matter}"

    def areas(self) -> tuple[str, ...]:
        """The unit, its street, its district."""
        return (self.unit.id, self.unit.street, self.unit.district)

    async def take_hold(self, hold: Hold) -> None:
        """Stop its gates."""
        await self.hold(hold)

    async def take_release(self, release: Release) -> None:
        """Let its gates go on."""
        await self.release(release)

    async def take_clock(self, moved: ClockMoved) -> None:
        """Note it; everything that waits reckons anew."""
        self.moved += 1
        self.note(moved)
        await self.commit()

    async def take_postponement(self, postponement: Postponement) -> None:
        """Move its limits."""
        await self.postpone(postponement)
