"""Street and district: they start what is below them together, pass holds and postponements down, and wait for all.

Where the plan begins with pilots (试点先行), the pilot units go first and the others follow once all of them are accepted.
A postponement of a street or of the whole district is one message here; each unit moves its own limits.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from temporalio import workflow

from policies.clock import Clock
from policies.pack.schema import Role
from policies.rules import women
from workflows import electiontime
from workflows.clockwork import MovesClock
from workflows.facts import ClockMoved, Commit, DistrictClosed, DistrictOpened, Noted
from workflows.journalling import deliver
from workflows.messages import (
    DistrictBrief,
    DistrictOutcome,
    Hold,
    Postponement,
    Release,
    StreetBrief,
    StreetOutcome,
    UnitBrief,
    UnitOutcome,
)
from workflows.procedure import Procedure, refuse
from workflows.setting import installed
from workflows.steering import Steering
from workflows.unit import UnitElection


def pilots_of(streets: tuple[StreetBrief, ...]) -> tuple[StreetBrief, ...]:
    """Streets cut down to their pilot units; streets without any are left out."""
    return _cut(streets, lambda unit: unit.pilot)


def others_than(pilots: tuple[StreetBrief, ...], streets: tuple[StreetBrief, ...]) -> tuple[StreetBrief, ...]:
    """Streets without these pilot units; streets of nothing else are left out. All streets as they are where there are none."""
    gone = {unit.id for street in pilots for unit in street.units}
    return _cut(streets, lambda unit: unit.id not in gone) if gone else streets


def _cut(streets: tuple[StreetBrief, ...], wanted: Callable[[UnitBrief], bool]) -> tuple[StreetBrief, ...]:
    cut = (
        street.model_copy(update={"units": tuple(unit for unit in street.units if wanted(unit))}) for street in streets
    )
    return tuple(street for street in cut if street.units)


Brief = TypeVar("Brief", StreetBrief, UnitBrief)


class Area(Steering):
    """What street and district share: children started together, messages passed down to those still running."""

    def __init__(self, brief: StreetBrief | DistrictBrief, clock: Clock | None = None) -> None:
        self.steered()
        self.name = brief.name
        self.setting = installed(brief.setting)
        self.clock = clock or self.setting.clock
        self.held = None

    def called(self) -> str:
        """The area's name."""
        return self.name

    @workflow.signal
    async def hold(self, hold: Hold) -> None:
        """What is above was stopped."""
        self.held = hold
        await self.pass_down(Procedure.hold, hold)

    @workflow.signal
    async def release(self, release: Release) -> None:
        """What is above was released."""
        self.held = None
        await self.pass_down(Procedure.release, release)

    @workflow.signal
    async def postpone(self, postponement: Postponement) -> None:
        """What is above was postponed."""
        await self.pass_down(Procedure.postpone, postponement)

    @workflow.signal
    async def clock_moved(self, clock: Clock) -> None:
        """A drill's clock was set forward."""
        self.clock = clock.or_later(self.clock)
        await self.pass_down(Procedure.clock_moved, clock)

    def timed(self, brief: Brief) -> Brief:
        """The brief with a drill's clock as it runs now: pilots first, so some begin long after the clock was first set."""
        return brief if self.clock is None else brief.model_copy(update={"clock": self.clock})

    @workflow.query
    def waiting_for(self) -> str:
        """In Chinese: what is still running below."""
        return f"{self.name}：等待 {len(self.children)} 个下级完成：{'、'.join(self.children)}"


@workflow.defn
class StreetElection(Area):
    """A street's communities, all at once."""

    @workflow.init
    def __init__(self, brief: StreetBrief) -> None:
        super().__init__(brief, brief.clock)
        self.ids = (brief.id, brief.district)

    def areas(self) -> tuple[str, ...]:
        """The street and its district."""
        return self.ids

    @workflow.run
    async def run(self, brief: StreetBrief) -> StreetOutcome:
        outcomes: list[UnitOutcome] = await asyncio.gather(
            *(self.start(UnitElection.run, self.timed(unit), unit.id, unit.name) for unit in brief.units)
        )
        return StreetOutcome(street=brief.id, units=tuple(outcomes))


@workflow.defn
class DistrictElection(MovesClock, Area):
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
        pilots = pilots_of(brief.streets) if setting.pack.pilot is not None else ()
        if setting.pack.pilot is not None and not pilots:
            refuse(women.others_may_begin(0, 0))
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
                acting_chair=None if setting.pack.norms is None else setting.pack.norms.acting_chair,
            )
        )
        streets = await self.pilots_first(pilots) if pilots else []  # 先行试点
        streets += await self.all_at_once(others_than(pilots, brief.streets))
        completed = sum(unit.completed_on is not None for street in streets for unit in street.units)
        held = sum(len(street.units) for street in streets) - completed
        await self.commit(DistrictClosed(completed=completed, held=held))
        return DistrictOutcome(district=brief.id, completed=completed, held=held)

    async def pilots_first(self, streets: tuple[StreetBrief, ...]) -> list[StreetOutcome]:
        """The pilot units alone; the others may begin once every pilot that could begin is accepted (W3)."""
        ended = await self.all_at_once(streets)
        units = [unit for street in ended for unit in street.units]
        begun = [unit for unit in units if not unit.held_by]
        refuse(women.others_may_begin(len(begun), sum(unit.completed_on is not None for unit in begun)))
        return ended

    async def all_at_once(self, streets: tuple[StreetBrief, ...]) -> list[StreetOutcome]:
        """Start streets together and wait for all of them; a street with pilots runs once for them and once for the rest."""
        return list(
            await asyncio.gather(
                *(self.start(StreetElection.run, self.timed(street), street.id, street.name) for street in streets)
            )
        )

    def areas(self) -> tuple[str, ...]:
        """The district itself."""
        return (self.brief.id,)

    async def take_clock(self, moved: ClockMoved) -> None:
        """Note it, and let every unit hear it."""
        await self.commit(moved)
        await self.pass_down(Procedure.clock_moved, moved.clock)

    async def commit(self, fact: DistrictOpened | ClockMoved | DistrictClosed) -> None:
        """Write one fact of the district itself."""
        self.commits += 1
        await deliver(
            Commit(
                workflow=self.brief.id,
                number=self.commits,
                district=self.brief.id,
                street="",
                unit="",
                body="",
                at=electiontime.now(),
                facts=(Noted.of(fact),),
            )
        )
