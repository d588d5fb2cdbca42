"""A county at work: its registry, its server and its gateway opened together, elections begun."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.registry import Kind, Registry, opened_registry
from activities.registry.elections import Election, Sitting
from activities.registry.people import Person
from gateway.carrier import TemporalCarrier
from gateway.door import Door
from gateway.ground import ground_of, supplier
from live.connection import connect
from live.encryption import EncryptionCodec
from live.metrics import runtime
from live.roster import Roster, area_id, district_brief
from live.schedules import ensure_schedules
from live.settings import CountySettings
from policies.calendar import Calendar
from policies.clock import BEIJING, Clock
from policies.finding import Severity
from policies.law.confirm import Confirmations, unconfirmed_findings
from policies.lint import lint
from policies.lint.live import live_obstacles
from policies.pack.load import load_pack
from policies.pack.schema import Pack
from policies.rule import law_in_force
from policies.rules.timetable import BALLOT_RULES
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE
from workflows.needs import unperformable, without_ballot
from workflows.search import place
from workflows.setting import install, supply

FIRST_HOUR = time(8)
"""A drill begins at eight on the plan's first day."""


class CannotStart(Exception):  # noqa: N818 - named for what happened
    """An election that must not begin, with every reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class County:
    """Everything a county's command needs, opened."""

    registry: Registry
    client: Client
    door: Door


@asynccontextmanager
async def county(settings: CountySettings, *, patience: timedelta = timedelta(seconds=5)) -> AsyncIterator[County]:
    """Open a county's registry, server and gateway. Raises RegistryError, ServerUnreachable, KeysUnusable, TransportRefused."""
    with opened_registry(settings.registry_target) as registry:
        endpoint = settings.endpoint(registry.kind)
        codec = EncryptionCodec.of(settings.keys)
        quiet = runtime(core_level="ERROR")
        client = await connect(endpoint, codec, runtime=quiet, identity="huanjie", patience=patience)
        settings_of = supplier(registry)
        supply(settings_of)
        yield County(registry, client, Door(registry, TemporalCarrier(client), settings_of))


@dataclass(frozen=True)
class Plan:
    """What an election is to begin with: the pack (as text too), the calendar, the roster, and a drill's pace."""

    id: str
    title: str
    pack: Pack
    pack_text: str
    calendar: Calendar
    roster: Roster
    day: timedelta | None = None  # real time that a drill's day takes; None: real days
    begins: date | None = None  # the drill's first day; None: the plan's
    started_by: str = "管理员"
    confirmations: Confirmations = field(
        default_factory=Confirmations
    )  # of the values of law that were only transcribed


def obstacles(plan: Plan, kind: Kind, now: datetime) -> tuple[str, ...]:
    """Why the election must not begin: a live one needs a complete, lawful plan whose days are still to come, its law confirmed.

    A drill may run any plan that the workflows can perform, on a clock of its own; a live election may not have one.
    """
    problems = unperformable(plan.pack)
    if kind is Kind.DRILL:
        problems += [] if plan.day is not None else ["演练须写明一个换届日等于多少秒（--day-seconds）"]
        return tuple(problems)
    today = now.astimezone(BEIJING).date()
    problems += [] if plan.day is None else ["正式换届按实际日期进行，不能压缩日程（--day-seconds 只用于演练）"]
    if plan.pack.starts < today:
        problems.append(f"方案自 {plan.pack.starts} 开始，今天已是 {today}：正式换届的方案应从今天或以后开始")
    problems += [
        f"{each.message}{each.remedy}。" for each in live_obstacles(plan.pack) if each.severity is Severity.ERROR
    ]
    told = without_ballot(plan.pack)  # as what the workflows cannot perform; the linter says the same (T9)
    problems += [each.message for each in unconfirmed_findings(plan.pack.composition, plan.confirmations)]
    problems += [
        f"{each.message}（{each.source}）"
        for each in lint(plan.pack, plan.calendar, law_in_force(plan.pack.completed_by))
        if each.severity is Severity.ERROR
        and not each.resolved
        and not (each.rule == BALLOT_RULES.id and each.step in told)
    ]
    return tuple(dict.fromkeys(problems))


async def begin(county: County, plan: Plan, now: datetime) -> Election:
    """Record the election and its staff, then start its first workflow. Safe to repeat: what is there stays.

    Raises CannotStart, and RefusedRecordError when something else runs under this id.
    """
    registry = county.registry
    known = registry.elections.find(plan.id)
    election = known or _recorded(registry, plan, now)
    if known is not None and load_pack(known.ground.pack_text, known.ground.pack_id) != plan.pack:
        raise CannotStart((f"换届「{plan.id}」已经登记，用的是另一份方案：请换一个编号",))
    _staff(registry, plan, now)
    with suppress(WorkflowAlreadyStartedError):  # it has ended; its record stands
        await county.client.start_workflow(
            DistrictElection.run,
            election.brief,
            id=election.id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=place((election.id,)),
            static_summary=election.title,
        )
    await ensure_schedules(county.client, election.id, registry.elections.running_clock(election.id))
    return election


def _recorded(registry: Registry, plan: Plan, now: datetime) -> Election:
    problems = obstacles(plan, registry.kind, now)
    if problems:
        raise CannotStart(problems)
    clock = _clock(plan, now)
    setting = install(plan.pack, plan.calendar, clock)
    election = Election(
        title=plan.title,
        ground=ground_of(setting, plan.pack_text),
        brief=district_brief(plan.roster, election=plan.id, setting=setting.hash, name=plan.title),
        started_by=plan.started_by,
        started_at=now,
        voters=tuple(
            (area_id(plan.id, unit.reference), unit.voters) for unit in plan.roster.units if unit.voters is not None
        ),
        incumbents=tuple(
            Sitting(
                area_id(plan.id, one.unit),
                one.body.value,
                one.post.value,
                one.name,
                one.sex.value,
                one.born,
                None if one.education is None else one.education.value,
                one.standing.value,
            )
            for one in plan.roster.incumbents
        ),
    )
    registry.elections.record(election)
    return election


def _clock(plan: Plan, now: datetime) -> Clock | None:
    if plan.day is None:
        return None
    first = plan.begins or plan.pack.starts
    return Clock(real=now, election=datetime.combine(first, FIRST_HOUR, BEIJING).astimezone(UTC), day=plan.day)


def _staff(registry: Registry, plan: Plan, now: datetime) -> None:
    """The roster's staff with their roles; somebody who has a role already keeps it."""
    people = {one.person: Person(one.person, one.name, one.organization) for one in plan.roster.staff}
    registry.people.add(*people.values())
    for one in plan.roster.staff:
        registry.people.grant(one.person, one.role, area_id(plan.id, one.scope), by=plan.started_by, at=now)
