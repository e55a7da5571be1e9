"""What people wrote, all of it read at once, and what follows from it for the numbers: which targets hold, and where limits begin anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from config.rebases import Rebase, rebases
from config.targets import Target, targets
from data_access.workspace import (
    ChangeRecord,
    EvidenceRecord,
    Record,
    Revision,
    TargetRecord,
    everything,
    existing_workspace,
)
from metrics.judgement.targets import Targets
from metrics.measures.catalogue import measures
from metrics.measures.kinds import Measure

R = TypeVar("R", bound=Record)


class Written:
    """The items of a workspace as they are now, without those withdrawn, by kind and measure."""

    def __init__(self, items: Iterable[Revision[Record]] = ()) -> None:
        self._by_kind: dict[str, list[Revision[Any]]] = defaultdict(list)
        self._by_measure: dict[tuple[str, str], list[Revision[Any]]] = defaultdict(list)
        for item in items:
            kind = item.record.kind
            self._by_kind[kind].append(item)
            if measure := getattr(item.record, "measure", None):
                self._by_measure[kind, measure].append(item)

    def all(self, kind: type[R]) -> list[Revision[R]]:
        """The items of a kind, in the order they were first written."""
        return cast("list[Revision[R]]", self._by_kind.get(kind.kind, []))

    def of(self, kind: type[R], measure: Measure) -> list[Revision[R]]:
        """The items of a kind that belong to a measure, in the order they were first written."""
        return cast("list[Revision[R]]", self._by_measure.get((kind.kind, measure.id), []))

    def changes(self, measure: Measure) -> list[Revision[ChangeRecord]]:
        """The dated changes of a measure, by their day."""
        return sorted(self.of(ChangeRecord, measure), key=lambda item: item.record.on)

    def evidence(self) -> dict[str, Revision[EvidenceRecord]]:
        """The evidence by the id of its structure measure."""
        return {item.record.evidence_id: item for item in self.all(EvidenceRecord)}


def read(workspace: sa.Engine) -> Written:
    """Everything in a workspace, in one query. Raises WorkspaceUnavailable."""
    return Written(everything(workspace))


def read_if_there(url: str) -> Written:
    """The same for commands, which leave no empty workspace behind where there was none. Raises WorkspaceUnavailable."""
    workspace = existing_workspace(url)
    return read(workspace) if workspace is not None else Written()


def decisions(written: Written) -> tuple[Targets, tuple[Rebase, ...]]:
    """The targets and rebases of the files with those that were written in the dashboard.

    Of two targets from the same day, the one from the dashboard holds. Raises ConfigError, naming the line, for one of the files that
    can't be read.
    """
    from_file = Targets(targets())
    from_file.check(measures())
    return Targets((*from_file.all, *_targets(written.all(TargetRecord)))), (*rebases(), *_rebases(written.all(ChangeRecord)))


def _targets(items: Sequence[Revision[TargetRecord]]) -> list[Target]:
    records = [item.record for item in items]
    return [
        Target(record.measure, record.level, record.from_date, record.placement, record.reason, period=record.period) for record in records
    ]


def _rebases(items: Sequence[Revision[ChangeRecord]]) -> list[Rebase]:
    records = [item.record for item in items]
    return [Rebase(record.measure, record.on, record.rebase_reason) for record in records if record.rebase_reason]
