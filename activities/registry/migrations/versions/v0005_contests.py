"""The fifth version: a task of a direct vote keeps its contests, post by post, as its workflow put them forward."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new column, empty: of tasks put forward before it the contests are not stated."""
    op.add_column("tasks", sa.Column("contests", sa.Text(), nullable=True))


def downgrade() -> None:
    """What was added goes."""
    op.drop_column("tasks", "contests")
