"""The workspace: what people at the authority write themselves, kept apart from the reporting database, with its history."""

from __future__ import annotations

from data_access.workspace.demo import fill_demo_evidence
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

__all__ = [
    "ActionRecord", "ChangeRecord", "EditConflict", "EvidenceRecord", "EvidenceState", "NoteRecord", "Record", "Revision",
    "SavedViewRecord", "Stage", "TargetRecord", "WorkspaceUnavailable", "change_counter", "current", "everything", "evidence_of",
    "existing_workspace", "fill_demo_evidence", "history", "metadata", "new_id", "save", "taken_away", "undo", "withdraw",
    "workspace_engine",
]
