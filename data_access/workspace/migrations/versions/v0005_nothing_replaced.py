"""Tables that only grow let no row be put in another's place either, which SQLite does without removing that one."""

from __future__ import annotations

from alembic import op

from data_access.workspace.append_only import let_only_grow

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the triggers that are lacking."""
    let_only_grow(op.get_bind(), "audit_log", "the audit log only grows")
    let_only_grow(op.get_bind(), "item_revision", "what people wrote is never changed, only written anew")
