"""The workspace as it was before there were migrations: evidence, and the audit log. What is already there stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data_access.workspace.append_only import let_only_grow

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes what isn't there yet."""
    op.create_table(
        "evidence",
        sa.Column("evidence_id", sa.String(100), primary_key=True),
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("owner", sa.String(200)),
        sa.Column("review_date", sa.Date),
        if_not_exists=True,
    )
    op.create_table(
        "audit_log",
        sa.Column("entry_id", _ID, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(320), nullable=False),
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
        sa.Column("data_version", sa.String(100), nullable=False),
        if_not_exists=True,
    )
    let_only_grow(op.get_bind(), "audit_log", "the audit log only grows")
