"""What the reports are made from, read out of the registry once: plain frozen rows, nothing reckoned yet.

What stands (units, open gates, stages) is as of reading; what happened is what no report of the kind has told yet: in the
period by its time, or written down only after the report before was made.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import ColumnElement, and_, func, or_, select

from activities.registry import Registry
from activities.registry.elections import Election
from activities.registry.errors import UnknownElectionError
from activities.registry.model import ChainRow, DecisionRow, JournalRow, ReportRow, TaskRow, WorkflowRow, table
from activities.registry.standing import UnitStanding
from activities.reports.model import Vacancy
from activities.reports.vacancies import vacancies
from policies.calendar import Calendar
from policies.clock import BEIJING, Clock, Instant
from policies.officework import DueReport, Period, ReportKind, latest
from policies.pack.load import load_pack
from policies.pack.schema import BodyId, Pack, Role, Step
from policies.timetable import Slot, timetable
from workflows.facts import FactBody

NEWS = (
    "refused",
    "overdue",
    "complaint_received",
    "complaint_decided",
    "complaint_corrected",
    "poll_annulled",
    "readiness_changed",
    "appealed",
    "appeal_decided",
    "excluded",
    "withdrew",
    "stepped_out",
    "poll_day_set",
    "objection_received",
    "objection_decided",
    "kin_displaced",
    "win_voided",
    "acting_chair",
    "poll_failed",
    "held",
    "released",
    "postponed",
    "body_completed",
    "unit_closed",
    "begun_on_demand",
    "recall_settled",
)
"""Kinds of facts that are news by themselves. Decisions have a table of their own; gates, postings and reminders are no news."""
STEERING = ("held", "released", "postponed")
"""Told by the unit's own workflow and again by the body that runs: counted where the unit says it."""

_FACT: TypeAdapter[FactBody] = TypeAdapter(FactBody)


@dataclass(frozen=True)
class Plan:
    """The plan as executed: the pack with its steps and, for each, its days."""

    pack: Pack
    steps: dict[str, Step]  # in the plan's order
    slots: dict[str, Slot]
    calendar: Calendar

    def role(self, role: Role) -> str:
        """A role as the plan calls it."""
        return self.pack.roles.get(role, role.value)

    def title(self, gate: str) -> str:
        """What a gate is about, where no task says it."""
        step = self.steps.get(gate.split("#")[0])
        return gate if step is None else step.title


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact of the journal. `street` and `unit` are "" where it belongs to none."""

    at: datetime
    street: str
    unit: str
    body: str
    fact: FactBody


@dataclass(frozen=True, slots=True)
class DecidedGate:
    """One decision with the task it answered."""

    at: datetime
    street: str
    unit: str
    gate: str
    step: str
    title: str
    role: Role
    last_day: date | None


@dataclass(frozen=True, slots=True)
class KnownGate:
    """A gate that is or was in an inbox."""

    unit: str
    gate: str
    step: str
    title: str
    open: bool


@dataclass(frozen=True)
class Rows:
    """Everything one report is made from."""

    election: Election
    drill: bool
    plan: Plan
    period: Period
    since: datetime
    now: datetime  # election time
    really_now: datetime
    line: int
    units: tuple[UnitStanding, ...]
    decided: tuple[DecidedGate, ...]
    news: tuple[Happened, ...]
    steering: tuple[Happened, ...]  # holds, releases, postponements of units, from the beginning
    postings: tuple[Happened, ...]  # published, from the beginning
    poll_days: tuple[Happened, ...]  # fixed or moved, from the beginning
    gates: tuple[KnownGate, ...]  # every gate there ever was
    vacancies: tuple[Vacancy, ...] = ()  # committees that are too small now


class _Marks(BaseModel):
    """What is read from a filed report, whatever version of this program wrote the rest."""

    model_config = ConfigDict(extra="ignore")
    until: Instant
    line: int


@dataclass(frozen=True, slots=True)
class Before:
    """How far the newest report of a kind reached: until when, and to which line of the journal."""

    until: datetime
    line: int


@dataclass(frozen=True, slots=True)
class ElectionTime:
    """An election's clocks: as it began and as it runs now; None where election time is real time."""

    began: Clock | None
    now: Clock | None
    started_at: datetime  # real

    def at(self, real: datetime) -> datetime:
        """Election time at a real instant, by the clock as it runs now."""
        return (real if self.now is None else self.now.at(real)).astimezone(BEIJING)

    @property
    def start(self) -> datetime:
        """When the election was started, in election time."""
        begun = self.started_at if self.began is None else self.began.at(self.started_at)
        return begun.astimezone(BEIJING)


def election_time(registry: Registry, election: Election) -> ElectionTime:
    """The clocks of a recorded election."""
    first = election.ground.clock_json
    return ElectionTime(
        began=None if first is None else Clock.model_validate_json(first),
        now=registry.elections.running_clock(election.id),
        started_at=election.started_at,
    )


def recorded(registry: Registry, election: str) -> Election:
    """An election as recorded. Raises UnknownElectionError."""
    found = registry.elections.find(election)
    if found is None:
        raise UnknownElectionError(f"登记库中没有换届「{election}」")
    return found


def closed_at(registry: Registry, election: str) -> datetime | None:
    """When the whole election ended, in election time; None while it goes on."""
    query = select(JournalRow.at).where(JournalRow.election == election, JournalRow.kind == "district_closed")
    with registry.database.reading() as connection:
        row = connection.execute(query).first()
    return None if row is None else row.at


def within_term(registry: Registry, election: Election, since: datetime, now: datetime) -> bool:
    """Whether an election that is over still has something to tell: within its term something waits, or happened since."""
    happened = select(JournalRow.n).where(JournalRow.election == election.id, JournalRow.at >= since).limit(1)
    with registry.database.reading() as connection:
        if connection.execute(happened).first() is not None:
            return True
    waiting = registry.standings.inbox(now.date(), election=election.id)
    if any(one.body in (BodyId.RECALL, BodyId.BY_ELECTION) for one in waiting):
        return True
    ground = election.ground
    plan = plan_of(ground.pack_text, ground.pack_id, ground.calendar_json)
    return bool(vacancies(registry, election.id, plan.pack, now.date()))


def due(order: DueReport, time: ElectionTime) -> Period:
    """The period an order means: the newest of its kind that was due at the order's instant."""
    return latest(order.kind, time.at(order.at))


def before(registry: Registry, election: str, period: Period) -> Before | None:
    """How far the newest report of the kind before this period reached."""
    query = (
        select(ReportRow.content_json)
        .where(ReportRow.election == election, ReportRow.kind == period.kind.value, ReportRow.period < period.key)
        .order_by(ReportRow.period.desc())
        .limit(1)
    )
    with registry.database.reading() as connection:
        found = connection.execute(query).scalar()
    if found is None:
        return None
    heading = json.loads(found)["heading"]
    marks = _Marks.model_validate({"until": heading["period"]["until"], "line": heading["line"]})
    return Before(marks.until, marks.line)


def read(registry: Registry, election: Election, time: ElectionTime, period: Period, really_now: datetime) -> Rows:
    """Everything the report of a period is made from. Raises RegistryUnavailableError.

    The first report of a kind begins where the election began, so that nothing falls before it.
    """
    previous = before(registry, election.id, period)
    since = min(period.since, previous.until if previous else time.start)
    now = time.at(really_now)
    line = _length(registry, election.id)
    ground = election.ground
    plan = plan_of(ground.pack_text, ground.pack_id, ground.calendar_json)
    # Standings first, then the journal up to a line noted before both: what is committed meanwhile is told next time.
    units = registry.standings.units(election.id, now.date())
    untold = _untold(since, period.until, previous, line)
    ahead, whole = period.kind is ReportKind.WEEK_TASKS, period.kind is not ReportKind.DAY_RETURN
    news = () if ahead else _facts(registry, election.id, NEWS, untold)
    steering = _facts(registry, election.id, STEERING) if whole else ()
    return Rows(
        election=election,
        drill=registry.drill,
        plan=plan,
        period=period,
        since=since,
        now=now,
        really_now=really_now,
        line=line,
        units=units,
        decided=() if ahead else _decided(registry, election.id, untold),
        news=tuple(one for one in news if _told_by_the_unit(one)),
        steering=tuple(one for one in steering if _told_by_the_unit(one)),
        postings=_facts(registry, election.id, ("published",)) if ahead else (),
        poll_days=_facts(registry, election.id, ("poll_day_set",)) if ahead else (),
        gates=_gates(registry, election.id),
        vacancies=vacancies(registry, election.id, plan.pack, now.date()) if whole else (),
    )


@lru_cache(maxsize=4)
def plan_of(pack_text: str, pack_id: str, calendar_json: str) -> Plan:
    """A plan from the texts recorded with an election; the same texts give the same plan. Raises PackError."""
    pack = load_pack(pack_text, pack_id)
    executed = pack.as_executed()
    calendar = Calendar.model_validate_json(calendar_json)
    slots = timetable(pack, calendar, resolved=True).slots
    return Plan(
        pack=executed,
        steps={step.id: step for body in executed.bodies for step in body.steps},
        slots={slot.step: slot for slot in slots},
        calendar=calendar,
    )


# ---------------------------------------------------------------- queries

Untold = Callable[[Any, Any], ColumnElement[bool]]
"""A condition on a row's instant and its line in the journal."""


def _untold(since: datetime, until: datetime, previous: Before | None, line: int) -> Untold:
    """Not told yet, and before the hour the report is due."""

    def condition(at: Any, n: Any) -> ColumnElement[bool]:
        fresh = at >= since if previous is None else or_(at >= since, n > previous.line)
        return and_(at < until, n <= line, fresh)

    return condition


def _length(registry: Registry, election: str) -> int:
    with registry.database.reading() as connection:
        return int(connection.execute(select(ChainRow.lines).where(ChainRow.election == election)).scalar_one())


def _facts(
    registry: Registry, election: str, kinds: Iterable[str], untold: Untold | None = None
) -> tuple[Happened, ...]:
    query = (
        select(JournalRow.at, JournalRow.street, JournalRow.unit, JournalRow.body, JournalRow.entry)
        .where(JournalRow.election == election, JournalRow.kind.in_(tuple(kinds)))
        .order_by(JournalRow.n)
    )
    if untold is not None:
        query = query.where(untold(JournalRow.at, JournalRow.n))
    with registry.database.reading() as connection:
        rows = connection.execute(query).all()
    return tuple(
        Happened(row.at, row.street, row.unit, row.body, _FACT.validate_python(json.loads("{" + row.entry)["fact"]))
        for row in rows
    )


def _told_by_the_unit(happened: Happened) -> bool:
    """Not a hold, release or postponement as a running body repeats it."""
    return happened.fact.kind not in STEERING or happened.body == BodyId.PREPARATION.value


def _decided(registry: Registry, election: str, untold: Untold) -> tuple[DecidedGate, ...]:
    decisions, tasks = table(DecisionRow).c, table(TaskRow).c
    query = (
        select(
            decisions.at,
            WorkflowRow.street,
            func.coalesce(WorkflowRow.unit, "").label("unit"),
            decisions.gate,
            tasks.step,
            tasks.title,
            decisions.role,
            tasks.last_day,
        )
        .select_from(
            table(DecisionRow)
            .join(table(WorkflowRow), WorkflowRow.workflow == decisions.workflow)
            .outerjoin(table(TaskRow), and_(tasks.workflow == decisions.workflow, tasks.gate == decisions.gate))
        )
        .where(decisions.election == election, untold(decisions.at, decisions.line))
        .order_by(decisions.line)
    )
    with registry.database.reading() as connection:
        rows = connection.execute(query).all()
    return tuple(
        DecidedGate(
            at=row.at,
            street=row.street,
            unit=row.unit,
            gate=row.gate,
            step=row.step or row.gate.split("#")[0],
            title=row.title or "",
            role=Role(row.role),
            last_day=row.last_day,
        )
        for row in rows
    )


def _gates(registry: Registry, election: str) -> tuple[KnownGate, ...]:
    query = (
        select(WorkflowRow.unit, TaskRow.gate, TaskRow.step, TaskRow.title, TaskRow.status)
        .join(WorkflowRow, WorkflowRow.workflow == TaskRow.workflow)
        .where(WorkflowRow.election == election)
    )
    with registry.database.reading() as connection:
        rows = connection.execute(query).all()
    return tuple(KnownGate(row.unit or "", row.gate, row.step, row.title, row.status.value == "open") for row in rows)
