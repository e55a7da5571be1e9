"""What was decided to be hidden in the protected view, so that it is decided once and not by each server after each start.

Nothing is lost with these rows: they are worked out again. Backups don't have them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.workspace.engine import explained, metadata

decision = sa.Table(
    "decision", metadata,
    sa.Column("key", sa.String(64), primary_key=True, comment="stands for all that it was decided from"),
    sa.Column("period", sa.String(100), primary_key=True, comment="the period's label"),
    sa.Column("at", sa.DateTime, nullable=False, comment="UTC"),
    sa.Column("hidden", sa.LargeBinary, nullable=False, comment="what is hidden (compressed JSON)"),
    sa.Index("decision_at", "at"),
    comment="One row a period. No child's id is in it, and no number.",
)
KEPT_FOR = datetime.timedelta(days=100)


def decision_of(engine: sa.Engine, key: str) -> dict[str, bytes]:
    """What is hidden, by period; empty where it wasn't decided. Raises WorkspaceUnavailable."""
    with explained(), engine.connect() as connection:
        rows = connection.execute(sa.select(decision.c.period, decision.c.hidden).where(decision.c.key == key)).all()
        return {row.period: row.hidden for row in rows}


def keep_decision(engine: sa.Engine, key: str, hidden: Mapping[str, bytes]) -> None:
    """Keeps a decision unless there is one, and lets go of those that are old. Raises WorkspaceUnavailable."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    rows = [{"key": key, "period": period, "at": now, "hidden": written} for period, written in hidden.items()]
    with explained():
        try:
            with engine.begin() as connection:
                connection.execute(decision.delete().where(decision.c.at < now - KEPT_FOR))
                connection.execute(decision.insert(), rows)
        except IntegrityError:
            pass  # another process was quicker
