"""How files in other shapes are read: as `sources.toml` says, and as somebody matched columns in the dashboard."""

from __future__ import annotations

from config.settings import settings
from config.sources import SourceDescription, sources
from data_access.workspace import existing_workspace
from data_access.workspace.descriptions import saved_descriptions


def every_description() -> tuple[SourceDescription, ...]:
    """Those of the file first. Raises ConfigError, naming the line, and WorkspaceUnavailable."""
    workspace = existing_workspace(settings().workspace)
    return (*sources(), *(saved_descriptions(workspace) if workspace else ()))
