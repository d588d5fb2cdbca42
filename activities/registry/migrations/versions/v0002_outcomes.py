"""The second version: who was elected and how polls went, for the closing statistics; read out of the journals there are."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DESCRIBED: dict[str, Any] = {"sex": sa.Text(), "born": sa.Date(), "education": sa.Text(), "standing": sa.Text()}
"""Columns added to `seats`."""


def upgrade() -> None:
    """New columns and tables, filled from what was committed before."""
    for name, kind in DESCRIBED.items():
        op.add_column("seats", sa.Column(name, kind, nullable=True))
    op.create_table(
        "seat_origins",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit", "body", "number"],
            ["seats.unit", "seats.body", "seats.number"],
            name=op.f("fk_seat_origins_seat"),
        ),
        sa.PrimaryKeyConstraint("unit", "body", "number", "origin", name=op.f("pk_seat_origins")),
    )
    op.create_table(
        "polls",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("vote", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("roll", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("open_seats", sa.Integer(), nullable=True),
        sa.Column("election", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["election", "line"], ["journal.election", "journal.n"], name=op.f("fk_polls_election_line")
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_polls_unit")),
        sa.ForeignKeyConstraint(["workflow"], ["workflows.workflow"], name=op.f("fk_polls_workflow")),
        sa.PrimaryKeyConstraint("workflow", "gate", name=op.f("pk_polls")),
    )
    op.create_index(op.f("ix_polls_unit"), "polls", ["unit"], unique=False)
    _fill(op.get_bind())


def downgrade() -> None:
    """What was added goes; the journals it was read from stay, so that upgrading again brings it back."""
    op.drop_table("polls")
    op.drop_table("seat_origins")
    for name in reversed(DESCRIBED):
        op.drop_column("seats", name)


# ---------------------------------------------------------------- what was committed before

_LINES = sa.text(
    "SELECT election, n, unit, body, workflow, kind, entry FROM journal "
    "WHERE kind IN ('decided', 'poll_settled', 'poll_failed') AND unit <> '' ORDER BY election, n"
)
_SEATS = sa.text("SELECT unit, body, number, person FROM seats")
_DESCRIBE = sa.text(
    "UPDATE seats SET sex = :sex, born = :born, education = :education, standing = :standing "
    "WHERE unit = :unit AND body = :body AND number = :number"
).bindparams(sa.bindparam("born", type_=sa.Date()))
_ORIGIN = sa.text("INSERT INTO seat_origins (unit, body, number, origin) VALUES (:unit, :body, :number, :origin)")
_POLL = sa.text(
    "INSERT INTO polls (workflow, gate, unit, body, ballot, mode, round, vote, held_on, roll, present, election, line) "
    "VALUES (:workflow, :gate, :unit, :body, :ballot, :mode, :round, :vote, :held_on, :roll, :present, :election, :line)"
).bindparams(sa.bindparam("held_on", type_=sa.Date()))
_JUDGE = sa.text(
    "UPDATE polls SET valid = :valid, open_seats = :open_seats WHERE workflow = :workflow AND gate = :gate"
).bindparams(sa.bindparam("valid", type_=sa.Boolean()))


def _fill(connection: sa.Connection) -> None:
    people: dict[tuple[str, str], dict[str, Any]] = {}  # (unit, person id) → as last nominated
    for line in connection.execute(_LINES).all():
        fact = json.loads("{" + line.entry)["fact"]
        key = {"workflow": line.workflow, "gate": fact["gate"]}
        if line.kind != "decided":
            settled = line.kind == "poll_settled"
            connection.execute(_JUDGE, {**key, "valid": settled, "open_seats": fact["open_seats"] if settled else None})
        elif fact["form"]["kind"] == "counted":
            connection.execute(_POLL, {**key, **_poll(fact["gate"], fact["form"]), **_place(line)})
        elif fact["form"]["kind"] == "nominated":
            people |= {(line.unit, one["person"]["id"]): one["person"] for one in fact["form"]["nominees"]}
    for seat in connection.execute(_SEATS).all():
        person = people.get((seat.unit, seat.person))
        if person is None:
            continue
        key = {"unit": seat.unit, "body": seat.body, "number": seat.number}
        connection.execute(_DESCRIBE, {**key, **_described(person)})
        for origin in _origins(person):
            connection.execute(_ORIGIN, {**key, "origin": origin})


def _place(line: Any) -> dict[str, Any]:
    return {"unit": line.unit, "body": line.body, "election": line.election, "line": line.n}


def _poll(gate: str, form: dict[str, Any]) -> dict[str, Any]:
    sheet = form["form"]
    return {
        "ballot": sheet["body"],
        "mode": sheet["mode"],
        "round": int(gate.partition("#")[2] or 1),
        "vote": sheet["round"],
        "held_on": date.fromisoformat(form["held_on"]),
        "roll": sheet["roll"],
        "present": sheet["present"],
    }


def _described(person: dict[str, Any]) -> dict[str, Any]:
    born = person.get("born")
    return {
        "sex": person["sex"],
        "born": None if born is None else date.fromisoformat(born),
        "education": person.get("education"),
        "standing": person.get("standing"),
    }


def _origins(person: dict[str, Any]) -> Iterator[str]:
    if person.get("incumbent"):
        yield "incumbent"
    yield from dict.fromkeys(person.get("origins", ()))
