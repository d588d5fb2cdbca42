"""First signatures that wait for a second: kept here until somebody else signs too. Neither is a decision by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from activities.registry.database import Database
from activities.registry.model import PendingSignatureRow, table


@dataclass(frozen=True, slots=True)
class PendingSignature:
    """A submission signed once, by `signer` (a person's id)."""

    workflow: str
    gate: str
    submission_json: str
    signer: str
    at: datetime


_KEY = (PendingSignatureRow.workflow, PendingSignatureRow.gate)


class Signatures:
    """The first signatures of a registry. One goes by itself, in the same transaction, when its gate is decided."""

    def __init__(self, database: Database) -> None:
        self._database = database
        upsert = sqlite.insert(PendingSignatureRow) if database.sqlite else postgresql.insert(PendingSignatureRow)
        self._put = upsert.on_conflict_do_update(
            index_elements=list(_KEY),
            set_={"submission_json": upsert.excluded.submission_json, "at": upsert.excluded.at},
            where=PendingSignatureRow.signer == upsert.excluded.signer,
        )

    def put(self, pending: PendingSignature) -> PendingSignature:
        """Keep a first signature; returns the one that stands.

        The same signer may sign another form instead; where somebody else signed first, that one stands, and `pending` is
        the second.
        """
        row = {
            "workflow": pending.workflow,
            "gate": pending.gate,
            "submission_json": pending.submission_json,
            "signer": pending.signer,
            "at": pending.at,
        }
        with self._database.writing() as connection:
            connection.execute(self._put, row)
            stands = connection.execute(_one(pending.workflow, pending.gate)).one()
        return PendingSignature(**stands._mapping)

    def find(self, workflow: str, gate: str) -> PendingSignature | None:
        """The first signature at a gate, if any."""
        with self._database.reading() as connection:
            row = connection.execute(_one(workflow, gate)).first()
        return None if row is None else PendingSignature(**row._mapping)

    def take(self, workflow: str, gate: str) -> PendingSignature | None:
        """Remove the first signature at a gate (withdrawn, or refused with the second) and return it."""
        pending = table(PendingSignatureRow)
        taking = delete(pending).where(pending.c.workflow == workflow, pending.c.gate == gate).returning(*pending.c)
        with self._database.writing() as connection:
            row = connection.execute(taking).first()
        return None if row is None else PendingSignature(**row._mapping)

    def all(self) -> tuple[PendingSignature, ...]:
        """Everything that waits for a second signature, oldest first."""
        query = select(table(PendingSignatureRow)).order_by(PendingSignatureRow.at, *_KEY)
        with self._database.reading() as connection:
            return tuple(PendingSignature(**row._mapping) for row in connection.execute(query))


def _one(workflow: str, gate: str) -> Any:
    return select(table(PendingSignatureRow)).where(
        PendingSignatureRow.workflow == workflow, PendingSignatureRow.gate == gate
    )
