"""The first version: elections and their places, what is committed, who may hand in, and the ledgers of the edge."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FIXED = {
    "registry": "登记库的用途建库时即定，不能更改",
    "streets": "换届的街道登记后不能更改",
    "units": "换届单位的底数登记后不能更改",
    "incumbents": "换届开始时的现任成员登记后不能更改",
    "commits": "已写入的提交不能改动或删除",
    "journal": "日志只能追加，不能改动或删除",
    "decisions": "已作出的决定不能改动或删除",
}
"""Tables whose rows nobody changes or deletes, with what is said to whoever tries."""
ELECTION_FIXED = "换届的方案、日历和起始时间登记后不能更改"
ELECTION_COLUMNS = (
    "id, kind, title, name, pack_id, pack_version, pack_sha256, pack_text, calendar_json, clock_json, setting, law, started_by, "
    "started_at"
)
"""Everything but `clock_now_json`."""
KEYS = {"commits": ("workflow", "number"), "journal": ("election", "n"), "decisions": ("workflow", "gate")}
"""On SQLite, INSERT OR REPLACE would delete a row without any trigger of deletion: these keys are looked up first."""


def upgrade() -> None:
    """Tables, then the triggers."""
    tables()
    if op.get_bind().dialect.name == "sqlite":
        sqlite_triggers()
    else:
        postgresql_triggers()


def downgrade() -> None:
    """Never: restore the backup instead."""
    raise NotImplementedError("登记库不能退回旧版本：请用升级前的备份恢复")


def sqlite_triggers() -> None:
    """One trigger for each kind of change, each ending the statement."""
    for table, message in FIXED.items():
        sqlite_trigger(f"{table}_update", f"UPDATE ON {table}", message)
        sqlite_trigger(f"{table}_delete", f"DELETE ON {table}", message)
    sqlite_trigger("elections_update", f"UPDATE OF {ELECTION_COLUMNS} ON elections", ELECTION_FIXED)
    sqlite_trigger("elections_delete", "DELETE ON elections", ELECTION_FIXED)
    for table, (first, second) in KEYS.items():
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {first} = NEW.{first} AND {second} = NEW.{second})"
        sqlite_trigger(f"{table}_replace", f"INSERT ON {table} WHEN {there}", FIXED[table])


def sqlite_trigger(name: str, when: str, message: str) -> None:
    """A trigger that refuses."""
    op.execute(f"CREATE TRIGGER fixed_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{message}'); END")


def postgresql_triggers() -> None:
    """One function that refuses with the message it is given; emptying a table whole is refused too."""
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, message in FIXED.items():
        postgresql_trigger(f"{table}_change", f"UPDATE OR DELETE ON {table} FOR EACH ROW", message)
        postgresql_trigger(f"{table}_truncate", f"TRUNCATE ON {table} FOR EACH STATEMENT", message)
    postgresql_trigger("elections_update", f"UPDATE OF {ELECTION_COLUMNS} ON elections FOR EACH ROW", ELECTION_FIXED)
    postgresql_trigger("elections_delete", "DELETE ON elections FOR EACH ROW", ELECTION_FIXED)


def postgresql_trigger(name: str, when: str, message: str) -> None:
    """A trigger that refuses."""
    op.execute(f"CREATE TRIGGER fixed_{name} BEFORE {when} EXECUTE FUNCTION refuse_change('{message}')")


def tables() -> None:
    """As the model stood when this version was released."""
    op.create_table(
        "commands",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_json", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_commands")),
    )
    op.create_table(
        "pending_signatures",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("submission_json", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workflow", "gate", name=op.f("pk_pending_signatures")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "registry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("live", "drill", name="kind", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry")),
        sa.UniqueConstraint("kind", name=op.f("uq_registry_kind")),
    )
    op.create_table(
        "elections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("live", "drill", name="kind", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Text(), nullable=False),
        sa.Column("pack_sha256", sa.Text(), nullable=False),
        sa.Column("pack_text", sa.Text(), nullable=False),
        sa.Column("calendar_json", sa.Text(), nullable=False),
        sa.Column("clock_json", sa.Text(), nullable=True),
        sa.Column("clock_now_json", sa.Text(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'drill' OR (clock_json IS NULL AND clock_now_json IS NULL)",
            name=op.f("ck_elections_live_has_no_clock"),
        ),
        sa.CheckConstraint(
            "clock_now_json IS NULL OR clock_json IS NOT NULL",
            name=op.f("ck_elections_clock_moves_only_where_there_is_one"),
        ),
        sa.ForeignKeyConstraint(["kind"], ["registry.kind"], name=op.f("fk_elections_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elections")),
    )
    op.create_index(op.f("ix_elections_setting"), "elections", ["setting"], unique=False)
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_grants_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(
        "uq_grants_in_force",
        "grants",
        ["person", "role", "scope"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_tokens_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_index(op.f("ix_tokens_person"), "tokens", ["person"], unique=False)
    op.create_table(
        "chains",
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["election"], ["elections.id"], name=op.f("fk_chains_election")),
        sa.PrimaryKeyConstraint("election", name=op.f("pk_chains")),
    )
    op.create_table(
        "reports",
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_json", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["election"], ["elections.id"], name=op.f("fk_reports_election")),
        sa.PrimaryKeyConstraint("election", "kind", "period", name=op.f("pk_reports")),
    )
    op.create_table(
        "streets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["election"], ["elections.id"], name=op.f("fk_streets_election")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streets")),
        sa.UniqueConstraint("election", "position", name=op.f("uq_streets_election_position")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("party_members", sa.Integer(), nullable=False),
        sa.Column("party_due", sa.Integer(), nullable=False),
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("difficult", sa.Boolean(), nullable=False),
        sa.Column("party_seats", sa.Integer(), nullable=False),
        sa.Column("residents_seats", sa.Integer(), nullable=False),
        sa.Column("supervisory_seats", sa.Integer(), nullable=False),
        sa.Column("voters", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["election"], ["elections.id"], name=op.f("fk_units_election")),
        sa.ForeignKeyConstraint(["street"], ["streets.id"], name=op.f("fk_units_street")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("street", "position", name=op.f("uq_units_street_position")),
    )
    op.create_index(op.f("ix_units_election"), "units", ["election"], unique=False)
    op.create_table(
        "incumbents",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("born", sa.Date(), nullable=False),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_incumbents_unit")),
        sa.PrimaryKeyConstraint("unit", "number", name=op.f("pk_incumbents")),
    )
    op.create_table(
        "seats",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_seats_unit")),
        sa.PrimaryKeyConstraint("unit", "body", "number", name=op.f("pk_seats")),
        sa.UniqueConstraint("unit", "body", "person", name=op.f("uq_seats_unit_body_person")),
    )
    op.create_table(
        "unit_closings",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_unit_closings_unit")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_unit_closings")),
    )
    op.create_table(
        "workflows",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("commits", sa.Integer(), nullable=False),
        sa.Column("began_line", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["election"], ["elections.id"], name=op.f("fk_workflows_election")),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_workflows_unit")),
        sa.PrimaryKeyConstraint("workflow", name=op.f("pk_workflows")),
    )
    op.create_index(op.f("ix_workflows_unit"), "workflows", ["unit"], unique=False)
    op.create_table(
        "commits",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workflow"], ["workflows.workflow"], name=op.f("fk_commits_workflow")),
        sa.PrimaryKeyConstraint("workflow", "number", name=op.f("pk_commits")),
    )
    op.create_table(
        "papers",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workflow"], ["workflows.workflow"], name=op.f("fk_papers_workflow")),
        sa.PrimaryKeyConstraint("workflow", "series", "number", name=op.f("pk_papers")),
    )
    op.create_table(
        "tasks",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("vote", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "closed", name="status", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_line", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workflow"], ["workflows.workflow"], name=op.f("fk_tasks_workflow")),
        sa.PrimaryKeyConstraint("workflow", "gate", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_status_role"), "tasks", ["status", "role"], unique=False)
    op.create_index(op.f("ix_tasks_workflow_status"), "tasks", ["workflow", "status"], unique=False)
    op.create_table(
        "journal",
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("commit_number", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["election"], ["elections.id"], name=op.f("fk_journal_election")),
        sa.ForeignKeyConstraint(
            ["workflow", "commit_number"],
            ["commits.workflow", "commits.number"],
            name=op.f("fk_journal_workflow_commit_number"),
        ),
        sa.PrimaryKeyConstraint("election", "n", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_election_kind_at"), "journal", ["election", "kind", "at"], unique=False)
    op.create_index(op.f("ix_journal_unit_kind"), "journal", ["unit", "kind"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election", "line"], ["journal.election", "journal.n"], name=op.f("fk_decisions_election_line")
        ),
        sa.ForeignKeyConstraint(["workflow"], ["workflows.workflow"], name=op.f("fk_decisions_workflow")),
        sa.PrimaryKeyConstraint("workflow", "gate", name=op.f("pk_decisions")),
    )
    op.create_table(
        "refusals",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election", "line"], ["journal.election", "journal.n"], name=op.f("fk_refusals_election_line")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_refusals")),
    )
