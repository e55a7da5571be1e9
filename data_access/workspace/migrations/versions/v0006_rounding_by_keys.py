"""Numbers for groups are rounded by keys: a secret to draw them with, released cells without what was hidden of them, no decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_UNIQUE = "one_of_each_release"


def upgrade() -> None:
    """Makes the table of the secret, and lets go of what hiding needed. Releases of before hold no keys: only who, when and why stay."""
    op.create_table(
        "secret",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.drop_table("decision")
    op.execute(sa.update(sa.table("period_release", sa.column("cells"))).values(cells=None))
    with op.batch_alter_table("period_release") as table:
        table.drop_constraint(_UNIQUE, type_="unique")
        table.drop_column("children")
        table.drop_column("hidden")
        table.add_column(sa.Column("cohort", sa.String(20), nullable=False, server_default="recorded"))
        table.create_unique_constraint(_UNIQUE, ["unit", "grain", "cohort", "period", "declarations", "number"])
