"""Periods as they were released: what their numbers were made from, and what was hidden of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the table of releases."""
    op.create_table(
        "period_release",
        sa.Column("release_id", _ID, primary_key=True, autoincrement=True),
        sa.Column("unit", sa.String(100), nullable=False),
        sa.Column("grain", sa.String(20), nullable=False),
        sa.Column("period", sa.String(100), nullable=False),
        sa.Column("declarations", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(320), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("data_version", sa.Text, nullable=False),
        sa.Column("provided", sa.JSON, nullable=False),
        sa.Column("cells", sa.LargeBinary),
        sa.Column("children", sa.LargeBinary),
        sa.Column("hidden", sa.LargeBinary),
        sa.UniqueConstraint("unit", "grain", "period", "declarations", "number", name="one_of_each_release"),
    )
    op.create_index("period_release_number", "period_release", ["number"])
