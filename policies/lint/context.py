"""What every check gets to read, and what it answers with."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import NamedTuple

from policies.calendar import Calendar
from policies.finding import Finding
from policies.pack.schema import Act, Body, BodyId, Pack, Step
from policies.rule import Law
from policies.timetable import Timetable, timetable
from policies.timetable.windows import bounds, poll_of


class Found(NamedTuple):
    """A finding with the `topic` that tells it from others of the same rule and place.

    `place` is the body or `pack` where no step is concerned. `curable` says that executing other values can end it, so
    that a resolution which sets values must really do so.
    """

    finding: Finding
    topic: str = ""
    place: str = "pack"
    curable: bool = False

    @property
    def id(self) -> str:
        """Stable as long as the plan keeps its step ids: R4:residents.poll, R5:residents.poll:quorum, T2:party."""
        place = self.finding.step or self.place
        return f"{self.finding.rule}:{place}{f':{self.topic}' if self.topic else ''}"


class Context:
    """One reading of a pack: its steps, bodies and literal timetable under one law and calendar."""

    def __init__(self, pack: Pack, calendar: Calendar, law: Law) -> None:
        self.pack, self.calendar, self.law = pack, calendar, law

    @cached_property
    def timetable(self) -> Timetable:
        """The pack exactly as it stands."""
        return timetable(self.pack, self.calendar, resolved=False)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps in the plan's order."""
        return tuple(step for body in self.pack.bodies for step in body.steps)

    def body(self, body: BodyId) -> Body | None:
        """The body, or None when the plan does not treat it."""
        return next((one for one in self.pack.bodies if one.id is body), None)

    @cached_property
    def community(self) -> bool:
        """True for a residents' committee, False for a villagers' committee."""
        return self.pack.kind == "community"

    @cached_property
    def followers(self) -> dict[str, list[str]]:
        """For each step, the steps that directly wait for it."""
        found: dict[str, list[str]] = {step.id: [] for step in self.steps}
        for step in self.steps:
            for other in step.after:
                found[other].append(step.id)
        return found

    def opening(self, body: Body) -> date | None:
        """The first day of a body's section: its heading, or the first window in it."""
        if body.heading and body.heading.from_:
            return body.heading.from_
        return min((opens for step in body.steps if (opens := bounds(step)[0])), default=None)


def first_act(body: Body, act: Act) -> Step | None:
    """The first step of a body with this act."""
    return next((step for step in body.steps if step.act is act), None)


def poll_window(body: Body) -> tuple[Step, date, date] | None:
    """The body's poll with the first and last day of its window; None unless both stand in the plan."""
    poll = poll_of(body)
    if poll is None:
        return None
    opens, closes = bounds(poll)
    return (poll, opens, closes) if opens and closes else None


Check = Callable[[Context], Iterable[Found]]
