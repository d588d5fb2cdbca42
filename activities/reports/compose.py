"""From rows to a report: everything is reckoned here, purely, and nowhere else."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from activities.registry.standing import UnitStanding
from activities.reports.model import (
    Behind,
    BodyDone,
    Coming,
    Content,
    DayReturn,
    Done,
    Heading,
    Late,
    Matter,
    MonthDispatch,
    News,
    OfficeReport,
    Paused,
    Pile,
    Posting,
    Returned,
    Stage,
    StepDone,
    StreetDay,
    StreetMonth,
    StreetTasks,
    StreetWeek,
    TaskList,
    Vacancy,
    WeekSummary,
)
from activities.reports.news import COMPLAINTS, body_title, sentence
from activities.reports.rows import DecidedGate, Happened, Rows
from policies.calendar import ONE_DAY
from policies.clock import BEIJING
from policies.lifecycles import UnitState
from policies.officework import ReportKind, period_of
from policies.pack.schema import Act, BodyId, Condition, Role, Step
from policies.rules import order
from policies.timetable.windows import days_from_poll, every_voter
from workflows.facts import (
    BodyCompleted,
    Held,
    Overdue,
    PollDaySet,
    Postponed,
    Published,
    Refused,
    Released,
    Task,
    UnitClosed,
)

STATUTORY = (Act.ANNOUNCEMENT, Act.HANDOVER)
"""Acts whose last day the law sets; complaints and appeals have theirs by rule too."""
MATTERS = ("complaint:", "appeal:")

_POLL = "residents.poll"
"""The step whose day is the poll day."""

STAGES = {
    BodyId.PREPARATION: UnitState.PREPARING,
    BodyId.PARTY: UnitState.ELECTING_PARTY,
    BodyId.RESIDENTS: UnitState.ELECTING_RESIDENTS,
    BodyId.SUPERVISORY: UnitState.ELECTING_SUPERVISORY,
}
IN_ORDER = (UnitState.PLANNED, *STAGES.values(), UnitState.HELD, UnitState.COMPLETED)


def compose(rows: Rows) -> OfficeReport:
    """The report of the rows' period."""
    plan, election = rows.plan, rows.election
    heading = Heading(
        election=election.id,
        title=election.title,
        district=election.brief.name,
        drill=rows.drill,
        pack=election.ground.pack_id,
        pack_title=plan.pack.title,
        pack_version=election.ground.pack_version,
        pack_sha256=election.ground.pack_sha256,
        law=election.ground.law,
        period=rows.period,
        since=rows.since,
        written_at=rows.now,
        written_really_at=rows.really_now,
        line=rows.line,
    )
    return OfficeReport(heading=heading, content=_content(rows))


def _content(rows: Rows) -> Content:
    whole = _Whole(rows)
    match rows.period.kind:
        case ReportKind.WEEK_TASKS:
            return TaskList(streets=tuple(whole.tasks(street) for street in whole.streets))
        case ReportKind.DAY_RETURN:
            above = whole.day(_Street("", rows.election.brief.name, ()))
            streets = tuple(whole.day(street) for street in whole.streets)
            return DayReturn(streets=streets, above=None if above.nothing else above)
        case ReportKind.WEEK_SUMMARY:
            streets_of_week = tuple(whole.week(street) for street in whole.streets)
            return WeekSummary(streets=streets_of_week, refused_above=len(whole.refused("")))
        case ReportKind.MONTH_DISPATCH:
            streets_of_month = tuple(whole.month(street) for street in whole.streets)
            return MonthDispatch(streets=streets_of_month, piles=whole.piles(), refused_above=len(whole.refused("")))


@dataclass(frozen=True)
class _Street:
    """A street with its units, in the order recorded; "" stands for the district itself."""

    id: str
    name: str
    units: tuple[UnitStanding, ...]


class _Whole:
    """The rows, looked up in the ways the reports need them."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.plan = rows.plan
        self.period = rows.period
        self.today = rows.now.astimezone(BEIJING).date()
        brief = rows.election.brief
        self.names = {brief.id: brief.name} | {street.id: street.name for street in brief.streets}
        self.names |= {unit.id: unit.name for street in brief.streets for unit in street.units}
        self.titles = {(gate.unit, gate.gate): gate.title for gate in rows.gates}
        self.open = {(gate.unit, gate.gate) for gate in rows.gates if gate.open}

    @cached_property
    def streets(self) -> tuple[_Street, ...]:
        """Every street of the election."""
        of_street: dict[str, list[UnitStanding]] = {}
        for unit in self.rows.units:
            of_street.setdefault(unit.street, []).append(unit)
        return tuple(
            _Street(street.id, street.name, tuple(of_street.get(street.id, ())))
            for street in self.rows.election.brief.streets
        )

    # ------------------------------------------------------------ the four reports, street by street

    def tasks(self, street: _Street) -> StreetTasks:
        """周任务清单."""
        first, last = self.period.first, self.period.last
        matters = [matter for matter in self.matters(street) if matter.opens_on <= last]
        return StreetTasks(
            street=street.id,
            name=street.name,
            overdue=tuple(matter for matter in matters if matter.late_by),
            due=tuple(m for m in matters if not m.late_by and m.last_day is not None and m.last_day <= last),
            running=tuple(m for m in matters if m.last_day is None or m.last_day > last),
            coming=self.coming(street, first, last, or_begins=True),
            behind=tuple(self.behind(street)),
            postings=tuple(self.postings(street, first, last)),
            vacancies=self.vacancies(street),
        )

    def day(self, street: _Street) -> StreetDay:
        """日反馈."""
        news = self.news_of(street.id)
        matters = self.matters(street)
        return StreetDay(
            street=street.id,
            name=street.name,
            decided=tuple(self.done(one) for one in self.rows.decided if one.street == street.id),
            refused=self.refused(street.id),
            overdue=tuple(self.late(one, one.fact) for one in news if isinstance(one.fact, Overdue)),
            complaints=self.told(one for one in news if isinstance(one.fact, COMPLAINTS)),
            others=self.told(one for one in news if not isinstance(one.fact, (*COMPLAINTS, Overdue, Refused))),
            still_overdue=sum(matter.late_by > 0 for matter in matters),
            waiting=sum(matter.opens_on <= self.today for matter in matters),
            not_begun=sum(not unit.begun for unit in street.units),
        )

    def week(self, street: _Street) -> StreetWeek:
        """周末小结."""
        news = self.news_of(street.id)
        matters = self.matters(street)
        told_apart = (*COMPLAINTS, Overdue, Refused, BodyCompleted)
        return StreetWeek(
            street=street.id,
            name=street.name,
            steps=self.steps_done(street.id),
            bodies=tuple(self.body_done(one, one.fact) for one in news if isinstance(one.fact, BodyCompleted)),
            completed=tuple(
                self.names[one.unit] for one in news if isinstance(one.fact, UnitClosed) and one.fact.completed_on
            ),
            overdue=tuple(matter for matter in matters if matter.late_by),
            behind=tuple(self.behind(street)),
            paused=tuple(self.paused(street)),
            refused=len(self.refused(street.id)),
            complaints=self.told(one for one in news if isinstance(one.fact, COMPLAINTS)),
            others=self.told(one for one in news if not isinstance(one.fact, told_apart)),
            waiting=sum(matter.opens_on <= self.today for matter in matters),
            vacancies=self.vacancies(street),
        )

    def month(self, street: _Street) -> StreetMonth:
        """月末调度."""
        following = period_of(ReportKind.MONTH_DISPATCH, self.period.last + ONE_DAY)
        stages = Counter(self.stage(unit) for unit in street.units)
        news = self.news_of(street.id)
        decided = [one for one in self.rows.decided if one.street == street.id]
        overdue = [matter for matter in self.matters(street) if matter.late_by]
        return StreetMonth(
            street=street.id,
            name=street.name,
            units=len(street.units),
            stages=tuple(Stage(name=stage.label, units=stages[stage]) for stage in IN_ORDER),
            completed=stages[UnitState.COMPLETED],
            completed_now=sum(isinstance(one.fact, UnitClosed) and one.fact.completed_on is not None for one in news),
            completed_late=sum(self.completed_late(unit) for unit in street.units),
            units_late=len({matter.unit for matter in overdue}),
            decided=len(decided),
            decided_late=sum(_late_by(one.last_day, _day(one.at)) > 0 for one in decided),
            refused=len(self.refused(street.id)),
            flagged=sum(isinstance(one.fact, Overdue) for one in news),
            overdue=len(overdue),
            behind=tuple(self.behind(street)),
            paused=tuple(self.paused(street)),
            due=self.coming(street, following.first, following.last),
            vacancies=self.vacancies(street),
        )

    def piles(self) -> tuple[Pile, ...]:
        """What waits for each role, over the whole election."""
        waiting: dict[Role, list[Matter]] = {}
        for street in self.streets:
            for matter in self.matters(street):
                if matter.opens_on <= self.today:
                    waiting.setdefault(matter.role, []).append(matter)
        piles = [
            Pile(
                role=role,
                role_name=self.plan.role(role),
                waiting=len(matters),
                overdue=sum(matter.late_by > 0 for matter in matters),
                oldest=min(matter.opens_on for matter in matters),
            )
            for role, matters in waiting.items()
        ]
        return tuple(sorted(piles, key=lambda pile: (-pile.waiting, -pile.overdue, pile.role)))

    # ------------------------------------------------------------ what stands

    def matters(self, street: _Street) -> list[Matter]:
        """Every gate of a street that waits, unit by unit, in the order they opened."""
        return [self.matter(unit, waiting.task) for unit in street.units for waiting in unit.tasks]

    def matter(self, unit: UnitStanding, task: Task) -> Matter:
        """One of them."""
        step = self.plan.steps.get(task.step)
        return Matter(
            unit=unit.id,
            unit_name=unit.name,
            gate=task.gate,
            title=task.title,
            role=task.role,
            role_name=self.plan.role(task.role),
            superior_name=self.plan.role(order.superior(task.role)),
            opens_on=task.opens_on,
            last_day=task.last_day,
            late_by=_late_by(task.last_day, self.today),
            statutory=task.gate.startswith(MATTERS) or (step is not None and step.act in STATUTORY),
            held=unit.id in self.holds,
        )

    def vacancies(self, street: _Street) -> tuple[Vacancy, ...]:
        """A street's committees that are too small."""
        return tuple(one for one in self.rows.vacancies if one.street == street.id)

    def stage(self, unit: UnitStanding) -> UnitState:
        """Where a unit stands: by the body begun last, unless it is over or held."""
        if unit.closing is not None:
            return UnitState.HELD if unit.closing.completed_on is None else UnitState.COMPLETED
        if unit.id in self.holds:
            return UnitState.HELD
        return STAGES[BodyId(unit.bodies[-1].body)] if unit.begun else UnitState.PLANNED

    @cached_property
    def holds(self) -> dict[str, tuple[datetime, Held]]:
        """The units held now, with the hold and its instant."""
        held: dict[str, tuple[datetime, Held]] = {}
        for one in self.rows.steering:
            if isinstance(one.fact, Held):
                held[one.unit] = (one.at, one.fact)
            elif isinstance(one.fact, Released):
                held.pop(one.unit, None)
        return held

    def paused(self, street: _Street) -> Iterator[Paused]:
        """A street's units that are held, or were closed as held."""
        for unit in street.units:
            closing = unit.closing
            if closing is not None and closing.completed_on is None:
                yield Paused(
                    unit_name=unit.name,
                    rule=closing.held_by,
                    reason=closing.reason,
                    since=_day(closing.at),
                    closed=True,
                )
            elif closing is None and unit.id in self.holds:
                at, hold = self.holds[unit.id]
                yield Paused(unit_name=unit.name, rule=hold.rule, reason=hold.reason, since=_day(at), closed=False)

    @cached_property
    def shifts(self) -> Counter[str]:
        """By how many days each unit was postponed so far."""
        shifts: Counter[str] = Counter()
        for one in self.rows.steering:
            if isinstance(one.fact, Postponed):
                shifts[one.unit] += one.fact.days
        return shifts

    @cached_property
    def poll_days(self) -> dict[str, date]:
        """The poll day of each unit that has fixed one for its committee, as it was last set."""
        committee = BodyId.RESIDENTS.value
        return {
            one.unit: one.fact.poll_day
            for one in self.rows.poll_days
            if isinstance(one.fact, PollDaySet) and one.body == committee
        }

    def completed_late(self, unit: UnitStanding) -> bool:
        """Whether it was completed after the plan's last day, as postponed."""
        if unit.closing is None or unit.closing.completed_on is None:
            return False
        limit: date = self.plan.pack.completed_by
        return unit.closing.completed_on > limit + timedelta(days=self.shifts[unit.id])

    # ------------------------------------------------------------ what comes

    def coming(self, street: _Street, first: date, last: date, *, or_begins: bool = False) -> tuple[Coming, ...]:
        """Steps whose last day by the plan lies in these days (or whose first does) and that units have not reached yet."""
        found: dict[tuple[str, date | None, date], list[str]] = {}
        for unit in street.units:
            for step, begins, ends in self.ahead(unit):
                if first <= ends <= last or (or_begins and begins is not None and first <= begins <= last):
                    found.setdefault((step.id, begins, ends), []).append(unit.name)
        return tuple(
            Coming(
                step=step_id,
                title=self.plan.steps[step_id].title,
                role_name=self.plan.role(self.plan.steps[step_id].actor),
                first=begins,
                last=ends,
                units=tuple(units),
            )
            for (step_id, begins, ends), units in sorted(found.items(), key=lambda item: item[0][2])
        )

    def behind(self, street: _Street) -> Iterator[Behind]:
        """A street's units that have not reached steps whose last day is over."""
        for unit in street.units:
            missed = [(ends, step) for step, _, ends in self.ahead(unit) if ends < self.today]
            if missed:
                ends, step = min(missed, key=lambda one: one[0])
                yield Behind(
                    unit_name=unit.name,
                    begun=unit.begun,
                    steps=len(missed),
                    title=step.title,
                    role_name=self.plan.role(step.actor),
                    last_day=ends,
                )

    def ahead(self, unit: UnitStanding) -> Iterator[tuple[Step, date | None, date]]:
        """The steps that a unit still has before it, with their days by the plan as postponed for this unit.

        Those of the body that runs or of a later one, and not begun. A step passed by on the way (a condition that did not
        hold) comes no more; one that is open is no news; one that blocks nothing is never waited for.
        """
        if unit.closing is not None:
            return
        by = timedelta(days=self.shifts[unit.id])
        reached = self.reached(unit)
        for step_id, step in self.plan.steps.items():
            slot = self.plan.slots.get(step_id)
            if slot is None or slot.window_end is None or self.places[step_id] <= reached:
                continue
            if self.applies(step, unit):
                begins, ends = self.days(step, unit)
                planned = None if slot.window_start is None else slot.window_start + by
                yield step, begins or planned, ends or slot.window_end + by

    def days(self, step: Step, unit: UnitStanding) -> tuple[date | None, date | None]:
        """The days of a step that count from the poll day which this unit has fixed, and those of its poll."""
        poll_day = self.poll_days.get(unit.id)
        if poll_day is None:
            return None, None
        if step.id == _POLL:
            return poll_day, poll_day
        return days_from_poll(step, poll_day, self.plan.calendar)

    def applies(self, step: Step, unit: UnitStanding) -> bool:
        """Whether the unit has to do this step at all."""
        if step.record_only or step.condition in (Condition.ON_DEMAND, Condition.SEATS_OPEN):
            return False
        if step.condition is Condition.EVERY_VOTER and not every_voter(self.plan.pack):
            return False
        return step.condition is not Condition.DIFFICULT_UNIT or unit.difficult

    def reached(self, unit: UnitStanding) -> tuple[int, int]:
        """How far a unit has come: the body that runs and the furthest place in it that was begun (-1: none), as numbers."""
        if not unit.begun:
            return 0, -1
        runs = self.bodies[BodyId(unit.bodies[-1].body)]
        return max(
            (self.places[step] for step in self.begun.get(unit.id, ()) if self.places[step][0] == runs),
            default=(runs, -1),
        )

    @cached_property
    def bodies(self) -> dict[BodyId, int]:
        """Each body's number in the plan's order."""
        return {body.id: number for number, body in enumerate(self.plan.pack.bodies)}

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Each step's body and place in it, both as numbers in the plan's order."""
        return {
            step.id: (number, place)
            for number, body in enumerate(self.plan.pack.bodies)
            for place, step in enumerate(body.steps)
        }

    @cached_property
    def begun(self) -> dict[str, list[str]]:
        """The plan's steps that each unit ever had in an inbox."""
        begun: dict[str, list[str]] = {}
        for gate in self.rows.gates:
            if gate.step in self.plan.steps and not gate.gate.startswith(MATTERS):
                begun.setdefault(gate.unit, []).append(gate.step)
        return begun

    def postings(self, street: _Street, first: date, last: date) -> Iterator[Posting]:
        """Postings whose last whole day lies in these days."""
        for one in self.rows.postings:
            fact = one.fact
            if one.street == street.id and isinstance(fact, Published) and first <= fact.last_day <= last:
                yield Posting(unit_name=self.names[one.unit], title=self.title(one, fact.gate), last_day=fact.last_day)

    # ------------------------------------------------------------ what happened

    def news_of(self, street: str) -> list[Happened]:
        """A street's news; the district's own for ""."""
        return [one for one in self.rows.news if one.street == street]

    def place(self, happened: Happened) -> str:
        """The unit's name, or the street's, or the district's."""
        return self.names[happened.unit or happened.street or self.rows.election.id]

    def title(self, happened: Happened, gate: str) -> str:
        """What a gate of a unit was about."""
        return self.titles.get((happened.unit, gate)) or self.plan.title(gate)

    def told(self, some: Iterable[Happened]) -> tuple[News, ...]:
        """As sentences."""
        return tuple(
            News(unit_name=self.place(one), at=one.at, text=sentence(one.fact, one.body, self.plan)) for one in some
        )

    def refused(self, street: str) -> tuple[Returned, ...]:
        """Commands refused at the door."""
        return tuple(
            Returned(
                unit_name=self.place(one),
                title=self.title(one, one.fact.gate),
                role_name=self.plan.role(one.fact.role),
                rules=tuple(dict.fromkeys(finding.rule for finding in one.fact.findings)),
                at=one.at,
            )
            for one in self.news_of(street)
            if isinstance(one.fact, Refused)
        )

    def late(self, happened: Happened, fact: Overdue) -> Late:
        """A gate flagged in the period."""
        return Late(
            unit_name=self.place(happened),
            gate=fact.gate,
            title=self.title(happened, fact.gate),
            owner_name=self.plan.role(fact.owner),
            superior_name=self.plan.role(fact.escalated_to),
            last_day=fact.last_day,
            settled=(happened.unit, fact.gate) not in self.open,
        )

    def done(self, one: DecidedGate) -> Done:
        """A gate decided in the period."""
        return Done(
            unit_name=self.names[one.unit or one.street or self.rows.election.id],
            gate=one.gate,
            step=one.step,
            title=one.title or self.plan.title(one.gate),
            role_name=self.plan.role(one.role),
            at=one.at,
            late_by=_late_by(one.last_day, _day(one.at)),
        )

    def steps_done(self, street: str) -> tuple[StepDone, ...]:
        """The period's decisions, by step in the plan's order; what is no step of the plan comes last."""
        counted: Counter[tuple[str, str]] = Counter()
        for one in self.rows.decided:
            if one.street == street:
                matter = one.gate.startswith(MATTERS)
                counted[("", "举报申诉办结") if matter else (one.step, one.title or self.plan.title(one.step))] += 1
        in_order = {step: place for place, step in enumerate(self.plan.steps)}
        return tuple(
            StepDone(step=step, title=title, decided=number)
            for (step, title), number in sorted(
                counted.items(), key=lambda item: (in_order.get(item[0][0], len(in_order)), item[0])
            )
        )

    def body_done(self, happened: Happened, fact: BodyCompleted) -> BodyDone:
        """A body that came into office in the period."""
        return BodyDone(
            unit_name=self.place(happened),
            body_name=body_title(happened.body, self.plan),
            seats=len(fact.seats),
            open_seats=fact.open_seats,
        )


def _day(instant: datetime) -> date:
    return instant.astimezone(BEIJING).date()


def _late_by(last_day: date | None, on: date) -> int:
    return 0 if last_day is None else max((on - last_day).days, 0)
