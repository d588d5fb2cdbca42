"""The fourth version: what only the women's federation's plan asks about a unit and its seats. Others leave it empty."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNIT: dict[str, Any] = {
    "federation_seats": sa.Integer(),
    "federation_women": sa.Integer(),
    "federation_pilot": sa.Boolean(),
}
"""Columns added to `units`."""
SEAT: dict[str, Any] = {"in_two_committees": sa.Boolean()}
"""Columns added to `seats`; of those filled before it is not stated."""


def upgrade() -> None:
    """New columns, empty: no election of the federation was recorded before."""
    for table, columns in (("units", UNIT), ("seats", SEAT)):
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """What was added goes."""
    for table, columns in (("seats", SEAT), ("units", UNIT)):
        for name in reversed(columns):
            op.drop_column(table, name)
