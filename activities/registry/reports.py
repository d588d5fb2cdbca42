"""The county office's reports as filed: one of a kind for a period, kept as it was written then."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from activities.registry.database import Database
from activities.registry.model import ReportRow, table


@dataclass(frozen=True, slots=True)
class FiledReport:
    """A report on an election: its kind, its period (such as 2026-03-02 or 2026-W10), text for people, figures as JSON."""

    election: str
    kind: str
    period: str
    text: str
    content_json: str
    created_at: datetime


class Reports:
    """The reports of a registry."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = sqlite.insert(ReportRow) if database.sqlite else postgresql.insert(ReportRow)
        key = [ReportRow.election, ReportRow.kind, ReportRow.period]
        self._file = insert.on_conflict_do_nothing(index_elements=key).returning(ReportRow.kind)

    def file(self, report: FiledReport) -> bool:
        """File a report; False (and no change) when there is one for this period: what was sent out stays what it was.

        Raises ContradictionError for an election that is not recorded.
        """
        row = {
            "election": report.election,
            "kind": report.kind,
            "period": report.period,
            "text": report.text,
            "content_json": report.content_json,
            "created_at": report.created_at,
        }
        with self._database.writing() as connection:
            return connection.execute(self._file, row).first() is not None

    def find(self, election: str, kind: str, period: str) -> FiledReport | None:
        """One report, if it was filed."""
        query = select(table(ReportRow)).where(
            ReportRow.election == election, ReportRow.kind == kind, ReportRow.period == period
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else FiledReport(**row._mapping)

    def all(self, election: str, kind: str = "") -> tuple[FiledReport, ...]:
        """An election's reports, newest first; of one kind, where asked."""
        query = select(table(ReportRow)).where(ReportRow.election == election)
        if kind:
            query = query.where(ReportRow.kind == kind)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(ReportRow.created_at.desc(), ReportRow.kind)).all()
        return tuple(FiledReport(**row._mapping) for row in rows)
