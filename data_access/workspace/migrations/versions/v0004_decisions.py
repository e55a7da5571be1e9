"""What was decided to be hidden in the protected view."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the table of decisions."""
    op.create_table(
        "decision",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("period", sa.String(100), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("hidden", sa.LargeBinary, nullable=False),
    )
    op.create_index("decision_at", "decision", ["at"])
