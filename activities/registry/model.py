"""The registry's tables, one model for SQLite and PostgreSQL. What must never be is a constraint here or a trigger in a migration.

Instants are kept in UTC. Texts have no length limits here: what people hand in is limited where it comes in.
"""

from datetime import UTC, date, datetime
from enum import Enum as BaseEnum
from enum import StrEnum
from typing import Any, ClassVar, cast

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Kind(StrEnum):
    """What a registry is for, fixed when it is made."""

    LIVE = "live"
    DRILL = "drill"

    @property
    def label(self) -> str:
        """As people call it."""
        return "正式" if self is Kind.LIVE else "演练"


class TaskStatus(StrEnum):
    """Whether a gate still waits for its decision."""

    OPEN = "open"
    CLOSED = "closed"


class Instant(TypeDecorator[datetime]):
    """An instant with its offset, stored as UTC. Raises ValueError for one without: nobody knows when that was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """To UTC."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no offset from UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """From UTC; SQLite forgets the offset."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(choices: type[BaseEnum], name: str) -> Enum:
    """A column that holds a member's value and, by a check in the database, nothing else."""
    return Enum(
        choices,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Every constraint has a name, so that a later migration can name it."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: Instant(),
        Kind: one_of(Kind, "kind"),
        TaskStatus: one_of(TaskStatus, "status"),
    }


# ---------------------------------------------------------------- the registry itself and its elections


class RegistryRow(Base):
    """What this registry is. One row."""

    __tablename__ = "registry"
    __table_args__ = (CheckConstraint("id = 1", name="single"), UniqueConstraint("kind"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    identity: Mapped[str]  # random: tells a copy restored from this registry from another one
    kind: Mapped[Kind]
    made_at: Mapped[datetime]


class ElectionRow(Base):
    """One district's election with everything it runs under. Only `clock_now_json` ever changes (trigger)."""

    __tablename__ = "elections"
    __table_args__ = (
        CheckConstraint("kind = 'drill' OR (clock_json IS NULL AND clock_now_json IS NULL)", name="live_has_no_clock"),
        CheckConstraint("clock_now_json IS NULL OR clock_json IS NOT NULL", name="clock_moves_only_where_there_is_one"),
        ForeignKeyConstraint(["kind"], ["registry.kind"]),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    title: Mapped[str]
    name: Mapped[str]  # the district's
    pack_id: Mapped[str]
    pack_version: Mapped[str]
    pack_sha256: Mapped[str]
    pack_text: Mapped[str]  # YAML as given
    calendar_json: Mapped[str]
    clock_json: Mapped[str | None]  # a drill's clock as it started, part of the setting
    clock_now_json: Mapped[str | None]  # … as it was last set forward
    setting: Mapped[str] = mapped_column(index=True)  # hash of pack, calendar and clock
    law: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]


class StreetRow(Base):
    __tablename__ = "streets"
    __table_args__ = (UniqueConstraint("election", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    election: Mapped[str] = mapped_column(ForeignKey("elections.id"))
    position: Mapped[int]
    name: Mapped[str]


class UnitRow(Base):
    """A unit with the figures its rules are measured against: persons, households, seats."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("street", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    election: Mapped[str] = mapped_column(ForeignKey("elections.id"), index=True)
    street: Mapped[str] = mapped_column(ForeignKey("streets.id"))
    position: Mapped[int]
    name: Mapped[str]
    households: Mapped[int]
    residents: Mapped[int]
    party_members: Mapped[int]
    party_due: Mapped[int]
    organizations: Mapped[int]
    difficult: Mapped[bool]
    party_seats: Mapped[int]
    residents_seats: Mapped[int]
    supervisory_seats: Mapped[int]
    voters: Mapped[int | None]  # registered voters, a count; None where the roster does not say
    village_groups: Mapped[int | None]  # these four only in a village, see `workflows.messages.VillageFigures`
    village_deputies: Mapped[int | None]
    village_women: Mapped[int | None]
    village_poll_day: Mapped[date | None]
    federation_seats: Mapped[int | None]  # these three only where the women's federation is elected
    federation_women: Mapped[int | None]  # of eighteen and over, a count
    federation_pilot: Mapped[bool | None]


class IncumbentRow(Base):
    """A post held when the election begins, for the statistics of before and after."""

    __tablename__ = "incumbents"

    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str]
    post: Mapped[str]
    name: Mapped[str]
    sex: Mapped[str]
    born: Mapped[date]
    education: Mapped[str | None]
    standing: Mapped[str]


# ---------------------------------------------------------------- what is committed


class ChainRow(Base):
    """The head of an election's journal: whoever appends locks this row first."""

    __tablename__ = "chains"

    election: Mapped[str] = mapped_column(ForeignKey("elections.id"), primary_key=True)
    lines: Mapped[int]
    hash: Mapped[str]


class WorkflowRow(Base):
    """A workflow that has committed: where it belongs, its lifecycle's state, the number of its last commit."""

    __tablename__ = "workflows"

    workflow: Mapped[str] = mapped_column(primary_key=True)
    election: Mapped[str] = mapped_column(ForeignKey("elections.id"))
    street: Mapped[str]  # "" for the district's own
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.id"), index=True)
    body: Mapped[str]
    state: Mapped[str]
    commits: Mapped[int]
    began_line: Mapped[int]  # the journal's length before its first commit: orders a unit's bodies
    changed_at: Mapped[datetime]


class CommitRow(Base):
    """The key that makes a second delivery change nothing. Append-only (trigger)."""

    __tablename__ = "commits"

    workflow: Mapped[str] = mapped_column(ForeignKey("workflows.workflow"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    first_line: Mapped[int]
    lines: Mapped[int]


class JournalRow(Base):
    """One line of an election's journal. `entry` is the line's text between its number and its hash. Append-only (trigger)."""

    __tablename__ = "journal"
    __table_args__ = (
        ForeignKeyConstraint(["workflow", "commit_number"], ["commits.workflow", "commits.number"]),
        Index(None, "election", "kind", "at"),
        Index(None, "unit", "kind"),
    )

    election: Mapped[str] = mapped_column(ForeignKey("elections.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[str]
    hash: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    street: Mapped[str]
    unit: Mapped[str]
    body: Mapped[str]
    workflow: Mapped[str]
    commit_number: Mapped[int | None]  # None for a refusal: it comes from the edge
    position: Mapped[int | None]  # within the commit, from 0


class TaskRow(Base):
    """A gate in somebody's inbox, and afterwards that it was there."""

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "status", "role"), Index(None, "workflow", "status"))

    workflow: Mapped[str] = mapped_column(ForeignKey("workflows.workflow"), primary_key=True)
    gate: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str]
    title: Mapped[str]
    role: Mapped[str]
    opens_on: Mapped[date]
    last_day: Mapped[date | None]
    round: Mapped[int]
    people: Mapped[str]  # JSON list of person ids
    seats: Mapped[int]
    vote: Mapped[int]
    contests: Mapped[
        str | None
    ]  # JSON list of a direct vote's contests; None: no such vote, or put forward before version 0005
    status: Mapped[TaskStatus]
    opened_at: Mapped[datetime]
    opened_line: Mapped[int]  # the journal's length then: orders what opened in one instant
    position: Mapped[int]  # within the commit
    closed_at: Mapped[datetime | None]


class DecisionRow(Base):
    """A gate decided; deciding it again is impossible. Append-only (trigger)."""

    __tablename__ = "decisions"
    __table_args__ = (ForeignKeyConstraint(["election", "line"], ["journal.election", "journal.n"]),)

    workflow: Mapped[str] = mapped_column(ForeignKey("workflows.workflow"), primary_key=True)
    gate: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    by: Mapped[str]
    second: Mapped[str]
    form: Mapped[str]  # the form's kind
    at: Mapped[datetime]
    election: Mapped[str]
    line: Mapped[int]  # the journal line with the whole form


class SeatRow(Base):
    """A seat filled; filling it again, or with somebody who has one in that body already, is impossible."""

    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("unit", "body", "person"),)

    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    body: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    person: Mapped[str]
    name: Mapped[str]
    post: Mapped[str]
    votes: Mapped[int | None]
    at: Mapped[datetime]
    sex: Mapped[str | None]  # this and what follows as nominated; None: not stated, or nobody of this id was nominated
    born: Mapped[date | None]
    education: Mapped[str | None]
    standing: Mapped[str | None]
    in_two_committees: Mapped[bool | None]  # of the federation: held a post there when its election began


class SeatOriginRow(Base):
    """Where somebody elected comes from (`policies.people.Origin`); several rows, or none: not stated."""

    __tablename__ = "seat_origins"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit", "body", "number"], ["seats.unit", "seats.body", "seats.number"], name="fk_seat_origins_seat"
        ),
    )

    unit: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(primary_key=True)


class PollRow(Base):
    """One poll: its result form's counts (None: not stated) and, once judged, whether it was valid and what it left open.

    Counts only: no row joins a voter to a choice.
    """

    __tablename__ = "polls"
    __table_args__ = (
        ForeignKeyConstraint(["election", "line"], ["journal.election", "journal.n"]),
        Index(None, "unit"),
    )

    workflow: Mapped[str] = mapped_column(ForeignKey("workflows.workflow"), primary_key=True)
    gate: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"))
    body: Mapped[str]
    ballot: Mapped[str]  # the form's body: a committee's own meeting is another ballot than the one that elected it
    mode: Mapped[str]  # who votes, and so what `roll` counts
    round: Mapped[int]  # of its step, from 1
    vote: Mapped[int]  # 2: a further vote
    held_on: Mapped[date]
    roll: Mapped[int | None]
    present: Mapped[int | None]
    valid: Mapped[bool | None]  # None: not judged
    open_seats: Mapped[int | None]  # None: not judged, or void
    election: Mapped[str]
    line: Mapped[int]  # the journal line with the form


class UnitClosingRow(Base):
    """How a unit's election ended."""

    __tablename__ = "unit_closings"

    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    completed_on: Mapped[date | None]
    held_by: Mapped[str]  # rule id
    reason: Mapped[str]
    at: Mapped[datetime]


class PaperRow(Base):
    __tablename__ = "papers"

    workflow: Mapped[str] = mapped_column(ForeignKey("workflows.workflow"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]


class RefusalRow(Base):
    """The key under which a refusal was journalled, so that a repeated report is not journalled again."""

    __tablename__ = "refusals"
    __table_args__ = (ForeignKeyConstraint(["election", "line"], ["journal.election", "journal.n"]),)

    key: Mapped[str] = mapped_column(primary_key=True)
    election: Mapped[str]
    line: Mapped[int]


# ---------------------------------------------------------------- who may hand in


class PersonRow(Base):
    """A member of staff: no more than a name and an organization."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    organization: Mapped[str]
    active: Mapped[bool]


class GrantRow(Base):
    """A role somebody holds for an area. A revoked one stays, with the day: who could sign then must be known later."""

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "uq_grants_in_force",
            "person",
            "role",
            "scope",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    scope: Mapped[str]  # id of a unit, a street or an election
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str]


class TokenRow(Base):
    """A personal token, of which only the SHA-256 is kept."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


# ---------------------------------------------------------------- at the edge


class CommandRow(Base):
    """A command taken at the door, under the key its sender gave it; with its answer once there is one."""

    __tablename__ = "commands"

    key: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    workflow: Mapped[str]
    name: Mapped[str]
    content_sha256: Mapped[str]
    begun_at: Mapped[datetime]
    answer_json: Mapped[str | None]
    finished_at: Mapped[datetime | None]


class PendingSignatureRow(Base):
    """A decision signed once that wants a second signature."""

    __tablename__ = "pending_signatures"

    workflow: Mapped[str] = mapped_column(primary_key=True)
    gate: Mapped[str] = mapped_column(primary_key=True)
    submission_json: Mapped[str]
    signer: Mapped[str]  # person id
    at: Mapped[datetime]


class ReportRow(Base):
    """A report of the county office as filed."""

    __tablename__ = "reports"

    election: Mapped[str] = mapped_column(ForeignKey("elections.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    content_json: Mapped[str]
    created_at: Mapped[datetime]


def table(row: type[Base]) -> Table:
    """A model's table, to write to and read from without objects."""
    return cast(Table, row.__table__)
