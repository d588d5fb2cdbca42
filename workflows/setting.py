"""What an election runs under: pack, calendar and timetable, frozen together under one hash that rides in every input.

A worker installs its settings before it starts; a workflow that names an unknown one fails at once instead of guessing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from policies.calendar import Calendar, DayUnit
from policies.clock import Clock
from policies.pack.identity import content_hash
from policies.pack.schema import Absolute, Body, BodyId, MonthThird, Pack, PollMode, Step
from policies.timetable import Slot, timetable
from policies.timetable.windows import every_voter, poll_of


@dataclass(frozen=True)
class Setting:
    """An immutable pack in use, with its resolutions applied, the days it counts and the windows it executes."""

    hash: str
    pack: Pack  # as executed
    pack_sha256: str  # of the pack as transcribed
    calendar: Calendar
    steps: dict[str, Step]
    slots: dict[str, Slot]
    clock: Clock | None = None  # a drill's clock; None where election time is workflow time
    _publicity: dict[str, tuple[int, DayUnit]] = field(default_factory=dict)

    def body(self, body: BodyId) -> Body:
        """The pack's body. Raises KeyError when the pack has none."""
        return self.pack.body(body)

    def every_voter(self) -> bool:
        """Whether the committee is elected by every registered voter: the steps that only such a vote needs apply."""
        return every_voter(self.pack)

    def committee_mode(self) -> PollMode:
        """How the residents' or villagers' committee is elected; every registered voter where the plan does not say."""
        poll = poll_of(self.body(BodyId.RESIDENTS))
        return PollMode.VOTERS if poll is None or poll.ballot is None else poll.ballot.mode

    def first_day(self) -> date:
        """The first day on which any step may be decided."""
        return min(self.opens(step) for step in self.steps)

    def opens(self, step_id: str) -> date:
        """The first day a step may be decided: its window's first day where the pack gives dates, else at once."""
        slot = self.slots.get(step_id)
        if slot is None or slot.window_start is None:
            return self.pack.starts
        dated = isinstance(self.steps[step_id].window, Absolute | MonthThird)
        return slot.window_start if dated else self.pack.starts

    def publicity(self, step_id: str) -> tuple[int, DayUnit]:
        """Whole days a posting stays up after its own day, and how they are counted; 0 where nothing asks for any.

        From the step itself, or from the distance a later step demands: 「3日前」 leaves three whole days between
        unless the pack says that they need not be clear.
        """
        if step_id not in self._publicity:
            self._publicity[step_id] = self._publicity_of(self.steps[step_id])
        return self._publicity[step_id]

    def _publicity_of(self, posting: Step) -> tuple[int, DayUnit]:
        if isinstance(posting.publicity_days, int):
            return posting.publicity_days, DayUnit(posting.publicity_unit)
        gaps = [
            (gap.at_least - (gap.clear is False), DayUnit(gap.unit))
            for step in self.steps.values()
            for gap in step.gaps
            if gap.after == posting.id and gap.at_least
        ]
        return max(gaps, default=(0, DayUnit.CALENDAR))


_INSTALLED: dict[str, Setting] = {}


def install(pack: Pack, calendar: Calendar, clock: Clock | None = None) -> Setting:
    """Freeze pack, calendar and (for a drill) clock into a setting and make it known to this process.

    The same content gives the same hash.
    """
    pack_hash = content_hash(pack)
    drilled = "" if clock is None else f"\n{clock.model_dump_json()}"
    key = sha256(f"{pack_hash}\n{calendar.model_dump_json()}{drilled}".encode()).hexdigest()[:16]
    if key not in _INSTALLED:
        executed = pack.as_executed()
        _INSTALLED[key] = Setting(
            hash=key,
            pack=executed,
            pack_sha256=pack_hash,
            calendar=calendar,
            clock=clock,
            steps={step.id: step for body in executed.bodies for step in body.steps},
            slots={slot.step: slot for slot in timetable(pack, calendar, resolved=True).slots},
        )
    return _INSTALLED[key]


def supply(supplier: Callable[[str], Setting | None] | None) -> None:
    """Let a worker fetch settings that it does not have yet; None takes the supplier away.

    A setting is named by the hash of its content, so whoever fetches it, whenever, gets the same: asking while a workflow
    runs or replays cannot make it another.
    """
    global _supplier
    _supplier = supplier


_supplier: Callable[[str], Setting | None] | None = None


def installed(key: str) -> Setting:
    """The setting with this hash. Raises a non-retryable ApplicationError when this process cannot have it.

    A worker with a supplier that does not find it raises LookupError instead: the workflow's task is tried again, because a
    worker at the wrong registry must not end an election.
    """
    if key not in _INSTALLED and _supplier is not None:
        with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
            found = _supplier(key)
        if found is None:
            raise LookupError(
                f"登记库中没有方案 {key}"
            )  # not a failure of the election: it waits until the record is there
        if found.hash != key:
            raise ApplicationError(
                f"登记的方案与指纹 {key} 不符（实为 {found.hash}）：登记内容被改动过",
                type="altered_setting",
                non_retryable=True,
            )
    try:
        return _INSTALLED[key]
    except KeyError:
        raise ApplicationError(
            f"本机没有方案 {key}：请先装入发起换届时使用的方案与日历", type="unknown_setting", non_retryable=True
        ) from None
