"""Everything that people write has a history. Evidence that was written before becomes the first revision of its item."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from alembic import op

from data_access.workspace.append_only import let_only_grow

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BEFORE = "written before history was kept"


def upgrade() -> None:
    """Makes the table of revisions, and moves the evidence there."""
    revisions = op.create_table(
        "item_revision",
        sa.Column("revision_id", _ID, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("item_id", sa.String(100), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(320), nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("contents", sa.JSON, nullable=False),
        sa.UniqueConstraint("kind", "item_id", "revision", name="one_of_each_revision"),
    )
    connection = op.get_bind()
    evidence = sa.table("evidence", *(sa.column(name) for name in (
        "evidence_id", "statement", "state", "words", "link", "owner")), sa.column("review_date", sa.Date))
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    rows = [
        {"kind": "evidence", "item_id": row["evidence_id"], "revision": 1, "at": now, "who": _BEFORE, "withdrawn": False,
         "contents": {**row, "review_date": row["review_date"].isoformat() if row["review_date"] else None}}
        for row in connection.execute(sa.select(evidence)).mappings()
    ]
    if rows:
        op.bulk_insert(revisions, rows)
    op.drop_table("evidence")
    let_only_grow(connection, "item_revision", "what people wrote is never changed, only written anew")
