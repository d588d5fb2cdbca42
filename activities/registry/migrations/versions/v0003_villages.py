"""The third version: what only a village's rules ask about a unit. Communities, and villages recorded before, leave it empty."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS: dict[str, Any] = {
    "village_groups": sa.Integer(),
    "village_deputies": sa.Integer(),
    "village_women": sa.Integer(),
    "village_poll_day": sa.Date(),
}
"""Columns added to `units`."""


def upgrade() -> None:
    """New columns, empty."""
    for name, kind in COLUMNS.items():
        op.add_column("units", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """What was added goes."""
    for name in reversed(COLUMNS):
        op.drop_column("units", name)
