"""How files in other shapes are read, as somebody matched their columns in the dashboard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Makes the table of descriptions."""
    op.create_table(
        "source_description",
        sa.Column("description_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(320), nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("toml", sa.Text, nullable=False),
    )
