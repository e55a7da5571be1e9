"""How files in other shapes are read, as somebody matched their columns in the dashboard: beside what `sources.toml` says."""

from __future__ import annotations

import datetime

import sqlalchemy as sa

from config.sources import SourceDescription, descriptions, written
from data_access.workspace.engine import ID, explained, metadata

source_description = sa.Table(
    "source_description", metadata,
    sa.Column("description_id", ID, primary_key=True, autoincrement=True),
    sa.Column("at", sa.DateTime, nullable=False, comment="UTC"),
    sa.Column("who", sa.String(320), nullable=False),
    sa.Column("name", sa.String(400), nullable=False, comment="the pattern of files and the table; the latest of a name counts"),
    sa.Column("toml", sa.Text, nullable=False, comment="one [[source]]; empty where it was taken away"),
    comment="Rows are added and never changed.",
)


def save_description(engine: sa.Engine, description: SourceDescription, who: str, *, removed: bool = False) -> None:
    """Adds a description, which replaces the one of the same pattern and table, or takes that away. Raises WorkspaceUnavailable."""
    row = {
        "at": datetime.datetime.now(datetime.UTC).replace(tzinfo=None), "who": who, "name": name_of(description),
        "toml": "" if removed else written(description),
    }
    with explained(), engine.begin() as connection:
        connection.execute(source_description.insert(), row)


def saved_descriptions(engine: sa.Engine) -> tuple[SourceDescription, ...]:
    """The latest description of each name, in the order in which they were first saved. Raises WorkspaceUnavailable, and ConfigError."""
    with explained(), engine.connect() as connection:
        statement = sa.select(source_description.c.name, source_description.c.toml).order_by(source_description.c.description_id)
        latest = {str(name): str(text) for name, text in connection.execute(statement)}
    return tuple(each for name, text in latest.items() for each in descriptions(text, f"the saved description of {name}"))


def name_of(description: SourceDescription) -> str:
    """What a description is known by."""
    return f"{description.file or description.database} as {description.becomes}"
