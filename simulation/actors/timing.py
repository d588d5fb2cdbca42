"""When somebody gets round to a task: response times, office hours, absence, deadlines, meetings, and the shared queues.

Offices work on working days; what residents and members do themselves (nominate, meet, vote, post, hand over) may happen
on any day. Whoever would miss the day by which a step is needed hurries, as far as the hours left and the queues allow.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import exp

from policies.pack.schema import Act, Role
from simulation.actors.aims import Aim, aims
from simulation.actors.hours import Hours, beijing, beijing_day, working
from simulation.actors.playbook import is_objection, is_sideline
from simulation.actors.queues import Desks, QueueStatistics, Sessions
from simulation.actors.scene import Scene, office
from simulation.population.parameters import Parameters
from workflows.setting import Setting

COMMUNITY = frozenset(
    {
        Role.PARTY_BRANCH,
        Role.PARTY_ASSEMBLY,
        Role.RESIDENTS_COMMITTEE,
        Role.ELECTION_COMMITTEE,
        Role.RESIDENT_GROUPS,
        Role.SUPERVISORY_COMMITTEE,
        Role.WOMEN_COMMITTEE,
    }
)
"""Roles filled by residents and members of the unit itself."""

_FORMAL = frozenset({Act.REQUEST, Act.FILING})  # addressed to an office: in office hours, whoever sends it
_QUEUED = frozenset({Act.REVIEW, Act.APPROVAL, Act.FILING})
_FIRST_HOUR, _LAST_HOUR = 8.0, 20.0  # when residents meet and post
_MEETING_HOURS = (9.0, 15.5)  # when a poll is held, at the hour its form is complete
_COUNTED = (17.0, 21.0)  # when the boxes of a direct vote are counted
_ON_THE_SPOT = timedelta(minutes=30)  # from the count to the result read out
_CALLED_AGAIN = timedelta(days=3)  # at least, until a village votes again
_NEXT_DAY_SHARE = 0.25  # polls called for the second possible day rather than the first
_SAME_MEETING = timedelta(hours=1, minutes=30)  # until a further vote of the same meeting is counted
_LEAST, _MOST = 0.2, 0.6  # how much of the time left somebody in a hurry takes
_STREET_DESKS, _DISTRICT_DESKS = 3, 4  # of each street's committee; of the district's organization department
_FILE_HOURS = 0.25  # what such an office spends on one file once it is taken up
_INSPECTION_EVERY = timedelta(days=14)  # a rectification not accepted is looked at again
_AHEAD = timedelta(days=500)


class Clerks:
    """Everybody's diaries in one district, and the queues they share."""

    def __init__(self, setting: Setting, parameters: Parameters, after: Callable[..., object]) -> None:
        """`after(instant, callback, *args)` calls back at an instant, as the engine's `at` does."""
        self._setting, self._parameters, self._after = setting, parameters, after
        self._aims: dict[str, Aim] = aims(setting)
        first, last = setting.pack.starts - timedelta(days=60), setting.pack.completed_by + _AHEAD
        works = working(setting.calendar)
        work = parameters.work
        self.office = Hours(first, last, works, work.day_start.value, work.day_end.value)
        self.any_day = Hours(first, last, lambda _: True, _FIRST_HOUR, _LAST_HOUR)
        self._works = works
        vetting = parameters.vetting
        self._vetting = Desks(_named(setting, Role.JOINT_VETTING), vetting.desks.count, self.office)
        self._organization = Desks(_named(setting, Role.DISTRICT_ORGANIZATION), _DISTRICT_DESKS, self.office)
        self._committee = Sessions(_named(setting, Role.STANDING_COMMITTEE), self._meetings(first, last), self.office)
        self._streets: dict[str, Desks] = {}

    @property
    def queues(self) -> dict[str, QueueStatistics]:
        """Figures of every queue by name: joint vetting, standing committee, organization department, each street."""
        found = [self._vetting.statistics, self._committee.statistics, self._organization.statistics]
        found += [desks.statistics for desks in self._streets.values()]
        return {statistics.name: statistics for statistics in found}

    def _meetings(self, first: date, last: date) -> list[datetime]:
        """The standing committee's sessions: its fixed weekdays, and the last day of each of its own steps."""
        vetting = self._parameters.vetting
        reserved = {
            slot.window_end
            for step in self._setting.steps.values()
            if step.actor is Role.STANDING_COMMITTEE and (slot := self._setting.slots.get(step.id)) is not None
        }
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [
            beijing(day, vetting.meeting_hour.value)
            for day in days
            if (day.isoweekday() in vetting.weekdays or day in reserved) and self._works(day)
        ]

    # ------------------------------------------------------------ when

    def schedule(
        self, scene: Scene, now: datetime, act: Callable[[], None], book: Callable[..., object] | None = None
    ) -> None:
        """Have `act` called when this scene's actor is done, by way of the queue that the act passes through.

        A task may reach the inbox before its window: nobody begins before the first day of it. `book(instant, act)` may be given to put an act that passes through no queue into the diary.
        """
        role, step = scene.task.role, scene.step
        now = max(now, beijing(scene.task.opens_on, 0.0))
        if role is Role.STANDING_COMMITTEE:
            met = self._committee.next(now)
            self._after(self._response(scene, met, self.office), act)
        elif role is Role.JOINT_VETTING:
            self._through(self._vetting, scene, now, self._parameters.vetting.hours_per_list.value, act)
        elif role is Role.DISTRICT_ORGANIZATION:
            self._through(self._organization, scene, now, _FILE_HOURS, act)
        elif role is Role.STREET_COMMITTEE and step is not None and step.act in _QUEUED and not _inspects(scene):
            self._through(self._street(scene.unit.brief.street), scene, now, _FILE_HOURS, act)
        else:
            (book or self._after)(self._alone(scene, now), act)

    def again(self, scene: Scene, now: datetime) -> datetime:
        """When somebody whose paper was refused comes back with a corrected one: an hour or so of work later."""
        hours = self._hours(scene)
        begin = hours.at(now)
        room = hours.close(beijing_day(now)) - begin
        return hours.instant(begin + (min(1.0, room) if room > 0 else 1.0) * (0.5 + scene.rng.random() / 2))

    def later_today(self, now: datetime, hours: float) -> datetime:
        """So many hours from now, on any day, between morning and evening."""
        return self.any_day.instant(self.any_day.at(now) + hours)

    def _through(self, desks: Desks, scene: Scene, now: datetime, service: float, act: Callable[[], None]) -> None:
        def arrive(at: datetime) -> None:
            self._after(desks.serve(at, service), act)

        ready = self._response(scene, now, self.office, service)
        self._after(ready, arrive, ready)

    def _street(self, street: str) -> Desks:
        if street not in self._streets:
            name = f"{_named(self._setting, Role.STREET_COMMITTEE)} {street}"
            self._streets[street] = Desks(name, _STREET_DESKS, self.office)
        return self._streets[street]

    def _alone(self, scene: Scene, now: datetime) -> datetime:
        """An act that passes through no shared queue."""
        step = scene.step
        if step is not None and not is_sideline(scene.task.gate):
            if _inspects(scene):
                return self._inspection(scene, now)
            if step.act is Act.POLL:
                return self._polling(scene, now) if scene.is_direct else self._meeting(scene, now)
            if step.act is Act.ANNOUNCEMENT and scene.is_direct:
                return now + _ON_THE_SPOT
            if step.occupies and scene.task.round == 1:
                closing = self._closing(scene, now)
                if closing is not None:
                    return closing
        return self._response(scene, now, self._hours(scene))

    def _hours(self, scene: Scene) -> Hours:
        formal = scene.step is not None and scene.step.act in _FORMAL
        gate = scene.task.gate
        residents = scene.task.role in COMMUNITY and (not is_sideline(gate) or is_objection(gate))
        handover = scene.step is not None and scene.step.act is Act.HANDOVER
        return self.any_day if (residents and not formal) or handover else self.office

    def _response(self, scene: Scene, now: datetime, hours: Hours, service: float = 0.0) -> datetime:
        """Working hours drawn for the role, an absence now and then, and haste where the step would come too late."""
        rng, work = scene.rng, self._parameters.work
        response = self._parameters.response[scene.task.role]
        takes = response.median_hours.value * exp(response.spread.value * rng.gauss(0.0, 1.0))
        takes = max(takes - service, 0.1)
        if rng.random() < work.absence_rate.value:
            takes += work.absence_days.value * hours.day_hours
        haste, share = rng.random() < work.deadline_kept.value, _LEAST + (_MOST - _LEAST) * rng.random()
        begin = hours.at(now)
        wanted = self._wanted_by(scene, beijing_day(now))
        if wanted is not None and haste:
            day, after = wanted
            room = (hours.close(day) - begin - service) / (1 + after)
            if room > 0 and takes > _MOST * room:
                takes = share * room
        return max(hours.instant(begin + takes), now)

    def _wanted_by(self, scene: Scene, today: date) -> tuple[date, int] | None:
        """The day aimed at, and how many later steps must fit before it too; the gate's own last day once that is past."""
        aim, last_day = self._aims.get(scene.task.step), scene.task.last_day
        if aim is not None and aim.day is not None:
            day = aim.day + timedelta(days=scene.memory.shift)
            if last_day is None or day < last_day:
                if day >= today:
                    return day, aim.after
            elif last_day >= today:
                return last_day, aim.after if day == last_day else 0
        return (last_day, 0) if last_day is not None and last_day >= today else None

    def _meeting(self, scene: Scene, now: datetime) -> datetime:
        """A poll: the first possible day or the next, by day; a further vote goes on in the same meeting."""
        last, verdict = scene.body.poll, scene.body.verdict
        today = beijing_day(now)
        if last is not None and verdict is not None and last.held_on == today:
            if verdict.valid:
                return now + _SAME_MEETING
            today += timedelta(days=1)  # adjourned: called again for the next day
        wanted = self._wanted_by(scene, today)
        spare = wanted is None or wanted[0] > today
        wait = spare and scene.rng.random() < _NEXT_DAY_SHARE
        hour = _MEETING_HOURS[0] + (_MEETING_HOURS[1] - _MEETING_HOURS[0]) * scene.rng.random()
        held = beijing(today, hour)
        return beijing(today + timedelta(days=1), hour) if wait or held <= now else held

    def _polling(self, scene: Scene, now: datetime) -> datetime:
        """A direct vote: on the poll day, once the boxes are counted; voted again some days later, before it is too late."""
        today, fixed = beijing_day(now), scene.memory.direct.poll_day
        day = (
            fixed if fixed is not None and scene.body.poll is None else today + _CALLED_AGAIN * (1 + scene.rng.random())
        )
        if scene.task.last_day is not None:
            day = min(day, scene.task.last_day)
        hours = _COUNTED[0] + (_COUNTED[1] - _COUNTED[0]) * scene.rng.random()
        return max(beijing(max(day, today), hours), now)

    def _closing(self, scene: Scene, now: datetime) -> datetime | None:
        """Nominations stay open until the afternoon of their last day; None when that is past."""
        slot = self._setting.slots.get(scene.task.step)
        if slot is None or slot.window_end is None:
            return None
        day = slot.window_end + timedelta(days=scene.memory.shift)
        closing = beijing(day, 15.0 + 2 * scene.rng.random())
        return closing if closing > now else None

    def _inspection(self, scene: Scene, now: datetime) -> datetime:
        """A rectification is inspected when it is complete, at its limit when it is not, then every two weeks."""
        ready, today = scene.unit.rectified_on, beijing_day(now)
        limit, latest = scene.task.last_day or today, self._setting.pack.completed_by
        if ready is not None and (ready <= limit or scene.task.round > 1):
            day = max(ready, today)
        elif scene.task.round == 1:
            day = max(limit, today)
        else:
            day = max(min(today + _INSPECTION_EVERY, latest + timedelta(days=scene.memory.shift)), today)
        while not self._works(day):
            day += timedelta(days=1)
        at = beijing(day, 9.5 + 6 * scene.rng.random())
        return at if at > now else self.office.instant(self.office.at(now) + 1.0)


def _inspects(scene: Scene) -> bool:
    """An inspection of a difficult unit takes place when it is ready, not when an office gets round to it."""
    if scene.step is not None and scene.step.act is Act.REMOVAL:
        return scene.unit.brief.difficult
    return scene.task.step == "prep.rectification"


def _named(setting: Setting, role: Role) -> str:
    return office(setting.pack, role)
