"""The secret that record keys and the protected view's rounding are drawn with: made on first use, once, and never shown."""

from __future__ import annotations

import functools
import secrets

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.workspace.engine import explained, metadata, workspace_engine

secret = sa.Table(
    "secret", metadata,
    sa.Column("name", sa.String(50), primary_key=True, comment="what it is for"),
    sa.Column("value", sa.LargeBinary, nullable=False, comment="32 random bytes"),
    comment="One row. Whoever knows it can undo the rounding: keep the workspace and its backups from everybody else.",
)
DISCLOSURE = "disclosure"
_LENGTH = 32


def disclosure_secret(engine: sa.Engine) -> bytes:
    """The workspace's secret. Of several processes that ask for it first at the same time, all get the same.

    Raises WorkspaceUnavailable.
    """
    with explained():
        found = _kept(engine)
        if found is None:
            try:
                with engine.begin() as connection:
                    connection.execute(secret.insert(), {"name": DISCLOSURE, "value": secrets.token_bytes(_LENGTH)})
            except IntegrityError:
                pass  # another process was quicker
            found = _kept(engine)
    if found is None:
        raise RuntimeError("The workspace has lost the secret that was just kept in it.")
    return found


@functools.lru_cache(maxsize=8)
def secret_at(url: str) -> bytes:
    """The secret of the workspace at an address. Raises WorkspaceUnavailable."""
    engine = workspace_engine(url)
    try:
        return disclosure_secret(engine)
    finally:
        engine.dispose()


def _kept(engine: sa.Engine) -> bytes | None:
    with engine.connect() as connection:
        found: bytes | None = connection.scalar(sa.select(secret.c.value).where(secret.c.name == DISCLOSURE))
    return found
