"""What people write into the workspace: one frozen model a kind of item, checked whenever it is written or read."""

from __future__ import annotations

import datetime
import math
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
ShortWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
MaybeWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]


def _finite(level: float) -> float:
    if not math.isfinite(level) or level < 0:
        raise ValueError("a target is a number that is not below 0")
    return level


class EvidenceState(StrEnum):
    """How far an arrangement is in place."""

    IN_PLACE = "in_place"
    PARTLY = "partly"
    NOT_IN_PLACE = "not_in_place"


class Stage(StrEnum):
    """Where an action is in its plan-do-study-act cycle."""

    PLAN = "plan"
    DO = "do"
    STUDY = "study"
    ACT = "act"
    DONE = "done"


class Record(BaseModel):
    """What all kinds share: frozen, and nothing in it that isn't declared. `kind` is what the database calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]

    def as_json(self) -> dict[str, Any]:
        """As the database keeps it."""
        return self.model_dump(mode="json")


class EvidenceRecord(Record):
    """One structure measure's evidence. `link`, `owner` and `review_date` may be unknown; `owner` is a role, not a name."""

    kind: ClassVar[str] = "evidence"
    evidence_id: str
    statement: int = Field(ge=1, le=4)
    state: EvidenceState
    words: Words
    link: MaybeWords | None = None
    owner: ShortWords | None = None
    review_date: datetime.date | None = None

    def overdue(self, today: datetime.date) -> bool:
        """Whether its review should have happened."""
        return self.review_date is not None and self.review_date < today


class TargetRecord(Record):
    """A level that a measure should reach from a date on, in the unit people read (percent for shares).

    `period` is the length of period that it is for, None where it holds at every length.
    """

    kind: ClassVar[str] = "target"
    measure: str
    level: Annotated[float, AfterValidator(_finite)]
    from_date: datetime.date
    placement: str | None = None
    period: Literal["month", "quarter", "term", "year"] | None = None
    reason: Words


class ChangeRecord(Record):
    """Something that was changed on a day, for a measure's charts. With `rebase_reason`, its limits begin anew from that day."""

    kind: ClassVar[str] = "change"
    measure: str
    on: datetime.date
    words: Words
    rebase_reason: Words | None = None


class ActionRecord(Record):
    """An improvement action on a measure."""

    kind: ClassVar[str] = "action"
    measure: str
    aim: Words
    change_idea: MaybeWords = ""
    owner: ShortWords
    due: datetime.date | None = None
    stage: Stage = Stage.PLAN
    outcome: MaybeWords = ""

    @model_validator(mode="after")
    def _says_how_it_ended(self) -> ActionRecord:
        if self.stage is Stage.DONE and not self.outcome:
            raise ValueError("an action that is done needs an outcome")
        return self

    def overdue(self, today: datetime.date) -> bool:
        """Whether it should have been done."""
        return self.stage is not Stage.DONE and self.due is not None and self.due < today


class NoteRecord(Record):
    """Words on a chart. `period` is a period's label or None for all; `view` is the filter as the address has it, `view_words` in words."""

    kind: ClassVar[str] = "note"
    measure: str
    words: Words
    period: str | None = None
    view: str = ""
    view_words: str = ""


class SavedViewRecord(Record):
    """A filter with a name. `view` is what the address has after '?'; without `everyone`, only its `owner` sees it."""

    kind: ClassVar[str] = "view"
    name: ShortWords
    view: str
    everyone: bool = False
    owner: str = ""


KINDS: dict[str, type[Record]] = {
    model.kind: model for model in (EvidenceRecord, TargetRecord, ChangeRecord, ActionRecord, NoteRecord, SavedViewRecord)
}
