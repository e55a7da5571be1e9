"""The workspace: what people at the authority write themselves, kept apart from the reporting database, with its history."""

from __future__ import annotations

from data_access.workspace.demo import fill_demo_evidence
from data_access.workspace.descriptions import save_description, saved_descriptions
from data_access.workspace.engine import WorkspaceUnavailable, existing_workspace, metadata, workspace_engine
from data_access.workspace.evidence import evidence_of
from data_access.workspace.history import (
    EditConflict,
    Revision,
    change_counter,
    current,
    everything,
    history,
    new_id,
    save,
    taken_away,
    undo,
    withdraw,
)
from data_access.workspace.records import (
    ActionRecord,
    ChangeRecord,
    EvidenceRecord,
    EvidenceState,
    NoteRecord,
    Record,
    SavedViewRecord,
    Stage,
    TargetRecord,
)
from data_access.workspace.releases import (
    AlreadyReleased,
    Family,
    Release,
    keep_releases,
    last_anew,
    released_families,
    releases_of,
    start_over,
    was_released_otherwise,
)
from data_access.workspace.secret import disclosure_secret, secret_at

__all__ = [
    "ActionRecord", "AlreadyReleased", "ChangeRecord", "EditConflict", "EvidenceRecord", "EvidenceState", "Family",
    "NoteRecord", "Record", "Release", "Revision", "SavedViewRecord", "Stage", "TargetRecord", "WorkspaceUnavailable",
    "change_counter", "current", "disclosure_secret", "everything", "evidence_of", "existing_workspace",
    "fill_demo_evidence", "history", "keep_releases", "last_anew", "metadata", "new_id", "released_families",
    "releases_of", "save", "save_description", "saved_descriptions", "secret_at", "start_over", "taken_away", "undo",
    "was_released_otherwise", "withdraw", "workspace_engine",
]
