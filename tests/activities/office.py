"""A county whose office reports: a district of two streets, one community that elects and one that does nothing at all.

The clerk's commits go into a registry on SQLite as well as into his own memory, so that a test can recount from what he
remembers what the reports made of the registry.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from activities.commit import Ledger
from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election, Ground
from activities.reports.activity import file_report
from activities.reports.model import OfficeReport
from gateway.ground import ground_of
from policies.clock import BEIJING, Clock
from policies.finding import Finding, Severity
from policies.officework import DueReport, Filed, ReportKind
from policies.pack.identity import self_contained
from policies.pack.schema import Role
from tests.workflows.clerk import Clerk, at, brief, setting, signed
from workflows.facts import Commit, Refusal, Task
from workflows.messages import Complaint, DistrictBrief, Hold, Release, StreetBrief, UnitBrief
from workflows.setting import Setting

ELECTION, BUSY, IDLE = "D01", "D01-S01", "D01-S02"
PACK = Path(__file__).parents[2] / "policies" / "packs" / "street-2021.yaml"
BEGAN = at("2021-02-01", 0)
LATE_GATE = "party.appraisal"


def idle(**changes: Any) -> UnitBrief:
    """The community that never begins."""
    return brief(id=f"{IDLE}-U002", name="乙社区", street=IDLE, **changes)


def election(clock: Clock | None = None, started_at: datetime = BEGAN, under: Setting | None = None) -> Election:
    """Both communities under the street plan of 2021, or two units under another."""
    if under is not None:
        return _under(under, started_at)
    units = (brief(), idle())
    district = DistrictBrief(
        id=ELECTION,
        name="千山区",
        streets=tuple(
            StreetBrief(id=unit.street, name=name, district=ELECTION, units=(unit,), setting=setting().hash)
            for unit, name in zip(units, ("甲街道", "乙街道"), strict=True)
        ),
        setting=setting().hash,
    )
    pack = setting().pack
    ground = Ground(
        setting=setting().hash,
        pack_id=pack.id,
        pack_version=pack.version,
        pack_sha256=setting().pack_sha256,
        pack_text=PACK.read_text(encoding="utf-8"),
        calendar_json=setting().calendar.model_dump_json(),
        clock_json=None if clock is None else clock.model_dump_json(),
        law=pack.law.value,
    )
    return Election(title="千山区社区换届", ground=ground, brief=district, started_by="A001", started_at=started_at)


def _under(plan: Setting, started_at: datetime) -> Election:
    units = (brief(setting=plan.hash), idle(setting=plan.hash))
    streets = tuple(
        StreetBrief(id=unit.street, name=unit.street, district=ELECTION, units=(unit,), setting=plan.hash)
        for unit in units
    )
    ground = ground_of(plan, self_contained(plan.pack))
    district = DistrictBrief(id=ELECTION, name="千山县", streets=streets, setting=plan.hash)
    return Election(title="千山县村换届", ground=ground, brief=district, started_by="A001", started_at=started_at)


def registry_in(
    folder: Path, clock: Clock | None = None, started_at: datetime = BEGAN, under: Setting | None = None
) -> Registry:
    """A fresh registry, for drills when there is a clock, with the election recorded."""
    kind = Kind.LIVE if clock is None else Kind.DRILL
    registry = create_registry(folder / "registry.sqlite", kind, started_at)
    registry.elections.record(election(clock, started_at, under))
    return registry


def copying(registry: Registry) -> type[Ledger]:
    """A ledger that writes into the registry too."""

    class Copying(Ledger):
        def write(self, commit: Commit) -> None:
            super().write(commit)
            registry.store.apply(commit, ())

    return Copying


@dataclass
class Office:
    """Writes reports while the clerk works, at their hours; keeps them by kind and period."""

    registry: Registry
    filed: dict[tuple[ReportKind, str], OfficeReport] = field(default_factory=dict)
    outcomes: list[tuple[datetime, ReportKind, Filed]] = field(default_factory=list)

    def write(self, kind: ReportKind, now: datetime) -> Filed:
        """What the activity does, at an instant."""
        filed = file_report(self.registry, DueReport(election=ELECTION, kind=kind, at=now), now)
        self.outcomes.append((now, kind, filed))
        row = self.registry.reports.find(ELECTION, kind.value, filed.period)
        if row is not None:
            self.filed[kind, filed.period] = OfficeReport.model_validate_json(row.content_json)
        return filed

    def text(self, kind: ReportKind, period: str) -> str:
        """A filed report's words."""
        row = self.registry.reports.find(ELECTION, kind.value, period)
        assert row is not None
        return row.text

    def of(self, kind: ReportKind) -> list[OfficeReport]:
        """The reports of a kind in the order of their periods."""
        return [report for (of, _), report in sorted(self.filed.items(), key=lambda one: one[0][1]) if of is kind]


def hours(kind: ReportKind, last: str) -> list[datetime]:
    """When a kind is due, reckoned day by day from the calendar on the wall, from the beginning to a day."""
    found, day = [], BEGAN.astimezone(BEIJING)
    while f"{day:%Y-%m-%d}" <= last:
        tomorrow = day + timedelta(days=1)
        is_due, hour = {
            ReportKind.WEEK_TASKS: (day.strftime("%a") == "Fri", 16),
            ReportKind.DAY_RETURN: (True, 17),
            ReportKind.WEEK_SUMMARY: (day.strftime("%a") == "Sun", 17),
            ReportKind.MONTH_DISPATCH: (tomorrow.month != day.month, 16),
        }[kind]
        if is_due:
            found.append(at(f"{day:%Y-%m-%d}", hour))
        day = tomorrow
    return found


def eventful(registry: Registry, office: Office, last: str = "2021-05-31", **options: Any) -> Clerk:
    """A clerk with an eventful spring: a late gate, a refusal, a complaint, a hold; the office reports all the while."""

    def slow(task: Task) -> timedelta:
        return timedelta(days=6, hours=10) if task.gate == LATE_GATE else timedelta(hours=10)

    clerk = Clerk(brief(), ledger=copying(registry), delay=slow, **options)
    discipline = signed(Role.STREET_DISCIPLINE)
    organization = signed(Role.DISTRICT_ORGANIZATION)
    complaint = Complaint(id="C1", about="party.recommendation", text="反映推荐程序", by=discipline)
    unit, party = clerk.unit.id, f"{clerk.unit.id}/party"
    clerk.events += [
        (at("2021-03-02", 11), lambda c: registry.store.refuse(refusal(party), c.engine.now.astimezone(BEIJING))),
        (at("2021-03-04", 11), lambda c: c.tell(party, "complain", complaint)),
        (
            at("2021-03-26", 9),
            lambda c: c.tell(unit, "order_hold", Hold(rule="X4", reason="等待核查", by=organization)),
        ),
        (at("2021-03-29", 9), lambda c: c.tell(unit, "order_release", Release(reason="核查完毕", by=organization))),
        *(
            (hour, lambda c, kind=kind: office.write(kind, c.engine.now))
            for kind in ReportKind
            for hour in hours(kind, last)
        ),
    ]
    return clerk


def refusal(workflow: str) -> Refusal:
    """A command of the unit refused by two findings of one rule."""
    finding = Finding(rule="O2", severity=Severity.ERROR, message="尚未开启")
    return Refusal(
        workflow=workflow, gate="party.assembly", by=signed(Role.PARTY_ASSEMBLY), findings=(finding, finding)
    )
