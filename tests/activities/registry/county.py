"""One builder of a small county for tests of the registry: an election with its units, commits, and what a registry holds."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from activities.registry import Registry, schema
from activities.registry.elections import Election, Ground
from activities.stores.protocol import IssuedPaper
from policies.authority import Signature
from policies.clock import Clock
from policies.finding import Finding, Severity
from policies.pack.schema import Role
from workflows.facts import (
    BodyCompleted,
    BodyOpened,
    ClockMoved,
    Commit,
    Decided,
    FactBody,
    Noted,
    Refusal,
    Seat,
    Task,
    UnitClosed,
)
from workflows.messages import DistrictBrief, Recorded, StreetBrief, UnitBrief

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)
ELECTION = "qianshan-2026"
STREETS = (f"{ELECTION}-S01", f"{ELECTION}-S02")
UNITS = (f"{STREETS[0]}-U001", f"{STREETS[0]}-U002", f"{STREETS[1]}-U003")
PARTY = f"{UNITS[0]}/party"
SETTING = "0123456789abcdef"


def unit(key: str, **changes: Any) -> UnitBrief:
    """A unit with figures that tell one from the other."""
    figures: dict[str, Any] = {
        "id": key,
        "name": f"社区{key[-1]}",
        "street": key.rsplit("-", 1)[0],
        "district": key.rsplit("-", 2)[0],
        "households": 1500,
        "residents": 4000,
        "party_members": 80,
        "party_due": 75,
        "organizations": 6,
        "difficult": key.endswith("2"),
        "party_seats": 5,
        "residents_seats": 7,
        "supervisory_seats": 3,
        "setting": SETTING,
    }
    return UnitBrief(**{**figures, **changes})


def brief(election: str = ELECTION, units: Iterable[UnitBrief] = (), setting: str = SETTING) -> DistrictBrief:
    """A district of the units given, or of three in two streets."""
    given = tuple(units) or tuple(unit(f"{election}{one[len(ELECTION) :]}", setting=setting) for one in UNITS)
    streets = dict.fromkeys(one.street for one in given)
    return DistrictBrief(
        id=election,
        name="千山区",
        streets=tuple(
            StreetBrief(
                id=street,
                name=f"街道{street[-1]}",
                district=election,
                units=tuple(one for one in given if one.street == street),
                setting=setting,
            )
            for street in streets
        ),
        setting=setting,
    )


def ground(**changes: Any) -> Ground:
    """What an election runs under."""
    fields: dict[str, Any] = {
        "setting": SETTING,
        "pack_id": "street-2021",
        "pack_version": "1",
        "pack_sha256": "f" * 64,
        "pack_text": "id: street-2021\ntitle: 街道方案\n",
        "calendar_json": '{"years":[2026]}',
        "clock_json": None,
        "law": "2018",
    }
    return Ground(**{**fields, **changes})


def election(**changes: Any) -> Election:
    """An election of three units in two streets."""
    fields: dict[str, Any] = {
        "title": "千山区2026年社区换届",
        "ground": ground(),
        "brief": brief(),
        "started_by": "A001",
        "started_at": NOW,
    }
    return Election(**{**fields, **changes})


def moved(day: timedelta, number: int = 1) -> Commit:
    """A district's commit by which its clock is set, an election day taking so long."""
    fact = ClockMoved(clock=Clock(real=NOW, election=NOW, day=day), reason="演练", by="A001")
    return commit(number, fact, workflow=ELECTION, street="", unit="", body="")


def commit(number: int = 1, *facts: FactBody, **changes: Any) -> Commit:
    """The n-th commit of the first unit's Party election, a second after the one before; keywords change single fields."""
    fields: dict[str, Any] = {
        "workflow": PARTY,
        "number": number,
        "district": ELECTION,
        "street": STREETS[0],
        "unit": UNITS[0],
        "body": "party",
        "at": NOW + timedelta(seconds=number),
        "facts": tuple(Noted.of(fact) for fact in facts or (BodyOpened(),)),
    }
    return Commit(**{**fields, **changes})


def of_unit(key: str, number: int = 1, *facts: FactBody, **changes: Any) -> Commit:
    """The n-th commit of a unit's own workflow."""
    place = {"workflow": key, "street": key.rsplit("-", 1)[0], "unit": key, "body": "prep"}
    return commit(number, *facts, **{**place, **changes})


def task(gate: str, **changes: Any) -> Task:
    """A gate of the first unit's Party election that waits for the Party branch."""
    fields: dict[str, Any] = {
        "workflow": PARTY,
        "gate": gate,
        "step": gate.split("#")[0],
        "title": "会议",
        "role": Role.PARTY_BRANCH,
        "opens_on": DAY,
        "last_day": DAY + timedelta(days=5),
    }
    return Task(**{**fields, **changes})


def decided(gate: str, second: str = "") -> Decided:
    return Decided(gate=gate, role=Role.PARTY_BRANCH, by="张三", second=second, form=Recorded(held_on=DAY))


def completed(*people: str) -> BodyCompleted:
    """A body in office, one seat for each person."""
    seats = tuple(Seat(person=one, name=f"居民{one}", post="委员", votes=40) for one in people)
    return BodyCompleted(seats=seats, open_seats=0)


def closed(held_by: str = "") -> UnitClosed:
    return UnitClosed(completed_on=None if held_by else DAY, held_by=held_by, reason="整顿未通过" if held_by else "")


def paper(number: int, workflow: str = PARTY) -> IssuedPaper:
    return IssuedPaper(workflow, "公告", number, "公告", "候选人名单公告", f"公告第{number}号\n名单：张三")


def signed(person: str = "A001", role: Role = Role.PARTY_BRANCH, scope: str = UNITS[0]) -> Signature:
    return Signature(person=person, name="张三", role=role, scope=scope)


def refusal(workflow: str = PARTY, gate: str = "party.meeting") -> Refusal:
    """A decision refused by one finding."""
    finding = Finding(rule="O2", severity=Severity.ERROR, message="尚未开启")
    return Refusal(workflow=workflow, gate=gate, by=signed(), findings=(finding,))


TABLES = (
    "workflows",
    "commits",
    "journal",
    "chains",
    "tasks",
    "decisions",
    "seats",
    "unit_closings",
    "papers",
    "refusals",
    "pending_signatures",
)


def content(registry: Registry) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the tables of committed things hold, to show that nothing changed."""
    with registry.database.reading() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in TABLES
        }


def rows_of(registry: Registry, table: str) -> tuple[str, ...]:
    """The columns of a table."""
    with registry.database.reading() as connection:
        return tuple(connection.execute(text(f"SELECT * FROM {table}")).keys())


def migrate(registry: Registry, way: str, revision: str) -> None:
    """Run Alembic on the registry's own connection."""
    from alembic import command

    with registry.database.writing() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)
