"""The fields of each kind of item, filled with what is there. Each function draws them and gives what was typed, to be made a record."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from config.code_lists import PLACEMENTS
from config.targets import PERIODS
from dashboard.improvement.wording import FIELDS, STAGES, STATES
from dashboard.text.formatting import NOUNS, listing, lower_first, number, upper_first
from data_access.workspace import (
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
from metrics.judgement.targets import refused
from metrics.measures.catalogue import get
from metrics.units.breakdowns import BREAKDOWNS

EARLIEST, LATEST = datetime.date(1990, 1, 1), datetime.date(2099, 12, 31)
ALL_PERIODS, ALL_PLACEMENTS, EVERY_LENGTH = "all periods", "all placements", "every length"
NEVER_A_CHILD = "Everyone with access to the dashboard can read this. Never name a child, or write a number about few children."
Values = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """What a new item is about, and what a form needs to know: `fixed` are the record's values that nobody types (the measure, the
    filter), `periods` the labels that a note can be tied to, `may_decide` whether the person may begin limits anew."""

    fixed: Mapping[str, Any]
    periods: Sequence[str] = ()
    may_decide: bool = False
    may_share: bool = False


Form = Callable[[str, Values, Subject], Values]


def evidence(key: str, held: Values, subject: Subject) -> Values:
    """A structure measure's evidence."""
    states = list(EvidenceState)
    state = st.radio(
        _label(EvidenceRecord, "state"), states, index=states.index(held["state"]) if "state" in held else None,
        format_func=STATES.__getitem__,
        key=f"{key}_state", horizontal=True,
    )
    return {
        "state": state,
        "words": _area(EvidenceRecord, key, "words", held),
        "link": _line(EvidenceRecord, key, "link", held, help="A web address that begins with https://, or the location of the file."),
        "owner": _line(EvidenceRecord, key, "owner", held, help="A role, such as 'Head of the virtual school', rather than a name."),
        "review_date": _date(EvidenceRecord, key, "review_date", held),
    }


def action(key: str, held: Values, _: Subject) -> Values:
    """An improvement action."""
    stages = list(Stage)
    return {
        "aim": _area(ActionRecord, key, "aim", held, help="What should be better, by how much and by when."),
        "change_idea": _area(ActionRecord, key, "change_idea", held, help="What will be tried."),
        "owner": _line(ActionRecord, key, "owner", held, help="A role, such as 'Fostering service manager', rather than a name."),
        "due": _date(ActionRecord, key, "due", held),
        "stage": st.selectbox(
            _label(ActionRecord, "stage"), stages, index=stages.index(held.get("stage", Stage.PLAN)), format_func=STAGES.__getitem__,
            key=f"{key}_stage",
        ),
        "outcome": _area(ActionRecord, key, "outcome", held, help="What came of the action. Needed when it is done."),
    }


def change(key: str, held: Values, subject: Subject) -> Values:
    """A dated change, with the reason to begin limits anew for who may decide that."""
    typed = {
        "on": _date(ChangeRecord, key, "on", held),
        "words": _area(ChangeRecord, key, "words", held),
        "rebase_reason": held.get("rebase_reason"),
    }
    if subject.may_decide:
        typed["rebase_reason"] = _area(
            ChangeRecord, key, "rebase_reason", held,
            help="Leave this blank to keep the limits. Give a reason only if the change has clearly moved the measure and it has stayed "
            "there: new limits start on this day and are shown after 13 complete periods.",
        )
    return typed


def note(key: str, held: Values, subject: Subject) -> Values:
    """A note on a chart; what the filters are when it is written is kept with it."""
    offered = [ALL_PERIODS, *dict.fromkeys([*subject.periods, *([held["period"]] if held.get("period") else [])])]
    index = offered.index(held.get("period") or ALL_PERIODS)
    period = st.selectbox(_label(NoteRecord, "period"), offered, index=index, key=f"{key}_period")
    typed = {"words": _area(NoteRecord, key, "words", held), "period": None if period == ALL_PERIODS else period}
    shown_with = held.get("view_words") or subject.fixed.get("view_words", "")
    st.caption(f"{_label(NoteRecord, 'view_words')}: {shown_with}.".replace("$", "\\$"))
    return typed


def target(key: str, held: Values, subject: Subject) -> Values:
    """A target from a day on."""
    measure = get(subject.fixed["measure"])
    places = [ALL_PLACEMENTS, *PLACEMENTS]
    level = st.number_input(
        _label(TargetRecord, "level") + (" in percent" if measure.percent else ""), value=held.get("level"),
        step=1.0 if measure.percent else 0.1,
        key=f"{key}_level",
        help=f"The {'lowest' if measure.better == 'higher' else 'highest'} acceptable level, because {measure.better.value} is better.",
    )
    placement = st.selectbox(
        _label(TargetRecord, "placement"), places, index=places.index(held.get("placement") or ALL_PLACEMENTS), key=f"{key}_placement",
        format_func=lambda id: "All placements" if id == ALL_PLACEMENTS else f"{BREAKDOWNS['placement'].label(id)} only",
    )
    lengths = [*([] if measure.grows else [EVERY_LENGTH]), *PERIODS]
    held_for = held.get("period") or ("quarter" if measure.grows else EVERY_LENGTH)
    period = st.selectbox(
        _label(TargetRecord, "period"), lengths, index=lengths.index(held_for), key=f"{key}_length",
        format_func=lambda id: "Every length" if id == EVERY_LENGTH else upper_first(NOUNS[id][1]),
        help="This measure grows with the length of the period, so a target is for one length." if measure.grows else None,
    )
    return {
        "level": level,
        "period": None if period == EVERY_LENGTH else period,
        "from_date": _date(TargetRecord, key, "from_date", held),
        "placement": None if placement == ALL_PLACEMENTS else placement,
        "reason": _area(TargetRecord, key, "reason", held),
    }


def saved_view(key: str, held: Values, subject: Subject) -> Values:
    """A name for the filters that are set."""
    name = _line(SavedViewRecord, key, "name", held)
    everyone = bool(held.get("everyone", False))
    if subject.may_share:
        everyone = st.checkbox(_label(SavedViewRecord, "everyone"), value=everyone, key=f"{key}_everyone")
    return {"name": name, "everyone": everyone}


FORMS: dict[type[Record], Form] = {
    EvidenceRecord: evidence, ActionRecord: action, ChangeRecord: change, NoteRecord: note, TargetRecord: target,
    SavedViewRecord: saved_view,
}


class Unfinished(Exception):
    """What was typed is no record yet; the message says what is missing or wrong."""


def made(kind: type[Record], values: Values) -> Record:
    """The record of what was typed. Raises Unfinished."""
    cleaned = {name: None if isinstance(value, str) and not value.strip() and _may_be_none(kind, name) else value
               for name, value in values.items()}
    try:
        record = kind.model_validate(cleaned)
    except ValidationError as error:
        raise Unfinished(problems(kind, error)) from None
    # The field for it sets no limits: it would keep what was there before without a word.
    if isinstance(record, TargetRecord) and (refusal := refused(get(record.measure), record.level)):
        raise Unfinished(refusal)
    return record


def problems(kind: type[Record], error: ValidationError) -> str:
    """What is missing or wrong, in sentences."""
    missing, wrong = [], []
    for found in error.errors():
        field = str(found["loc"][0]) if found["loc"] else ""
        name = FIELDS[kind].get(field, field)
        if not name:
            wrong.append(f"{str(found['ctx']['error']).capitalize()}. Enter the outcome.")
        elif found["type"] == "string_too_long":
            wrong.append(f"{name} must be {number(found['ctx']['max_length'])} characters or fewer.")
        else:
            missing.append(lower_first(name))
    return " ".join([*([f"Enter: {listing(missing)}."] if missing else []), *wrong])


def _may_be_none(kind: type[Record], name: str) -> bool:
    return name in kind.model_fields and kind.model_fields[name].default is None


def _label(kind: type[Record], name: str) -> str:
    return FIELDS[kind][name]


def _area(kind: type[Record], key: str, name: str, held: Values, help: str | None = None) -> str:
    return st.text_area(_label(kind, name), held.get(name) or "", key=f"{key}_{name}", help=help, height="content") or ""


def _line(kind: type[Record], key: str, name: str, held: Values, help: str | None = None) -> str:
    return st.text_input(_label(kind, name), held.get(name) or "", key=f"{key}_{name}", help=help) or ""


def _date(kind: type[Record], key: str, name: str, held: Values) -> datetime.date | None:
    found: datetime.date | None = st.date_input(
        _label(kind, name), held.get(name), min_value=EARLIEST, max_value=LATEST, key=f"{key}_{name}", format="DD/MM/YYYY",
    )
    return found
