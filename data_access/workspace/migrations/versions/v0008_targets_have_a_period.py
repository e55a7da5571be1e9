"""A target of a measure that grows with the length of the period is for one length: those that name none are taken to be for quarters.

Pages have begun with quarters from the first version on. Each gets a new revision that says so; nothing of before is changed.
"""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

GROWING = (
    "suspended", "suspended_in_care", "suspension_rate", "suspension_rate_in_care", "permanent_exclusion_rate",
    "permanent_exclusion_rate_in_care", "placement_breakdown", "placement_breakdown_preschool",
)
WHO = "upgrade: a target without a length of period is taken to be for quarters"

_revision = sa.table(
    "item_revision", sa.column("revision_id", sa.Integer), sa.column("kind", sa.String), sa.column("item_id", sa.String),
    sa.column("revision", sa.Integer), sa.column("at", sa.DateTime), sa.column("who", sa.String), sa.column("withdrawn", sa.Boolean),
    sa.column("contents", sa.JSON),
)


def upgrade() -> None:
    """Writes the next revision of each target that needs a length."""
    written = op.get_bind().execute(sa.select(_revision).where(_revision.c.kind == "target").order_by(_revision.c.revision)).mappings()
    latest = {row["item_id"]: row for row in written}
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    rows = [
        {"kind": "target", "item_id": item, "revision": row["revision"] + 1, "at": now, "who": WHO, "withdrawn": row["withdrawn"],
         "contents": {**row["contents"], "period": "quarter"}}
        for item, row in latest.items() if row["contents"]["measure"] in GROWING and not row["contents"].get("period")
    ]
    if rows:
        op.bulk_insert(_revision, rows)
