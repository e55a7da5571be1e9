"""The fields of each kind of item, filled with what is there. Each function draws them and gives what was typed, to be made a record."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from config.code_lists import PLACEMENTS
from dashboard.improvement_words import FIELDS, STAGES, STATES
from dashboard.words import listing, lower_first
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
from metrics.breakdowns import BREAKDOWNS
from metrics.catalogue import get
from metrics.targets import refused

EARLIEST, LATEST = datetime.date(1990, 1, 1), datetime.date(2099, 12, 31)
ALL_PERIODS, ALL_PLACEMENTS = "all periods", "all placements"
NEVER_A_CHILD = "Everybody who may open the dashboard can read this. Never name a child, or write a number about few children."
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
        "How far is this in place?", states, index=states.index(held["state"]) if "state" in held else None, format_func=STATES.__getitem__,
        key=f"{key}_state", horizontal=True,
    )
    return {
        "state": state,
        "words": _area("What is in place, in words", key, "words", held),
        "link": _line("Link or file reference", key, "link", held, help="An address that begins with https://, or where the file is."),
        "owner": _line("Owner", key, "owner", held, help="A role, such as 'Head of the virtual school', rather than a name."),
        "review_date": _date("Review due", key, "review_date", held),
    }


def action(key: str, held: Values, _: Subject) -> Values:
    """An improvement action."""
    stages = list(Stage)
    return {
        "aim": _area("Aim: what should be better, by how much, by when", key, "aim", held),
        "change_idea": _area("Change idea: what will be tried", key, "change_idea", held),
        "owner": _line("Owner", key, "owner", held, help="A role, such as 'Fostering service manager', rather than a name."),
        "due": _date("Due", key, "due", held),
        "stage": st.selectbox(
            "Stage (plan, do, study, act)", stages, index=stages.index(held.get("stage", Stage.PLAN)), format_func=STAGES.__getitem__,
            key=f"{key}_stage",
        ),
        "outcome": _area("Outcome: what came of it", key, "outcome", held, help="Needed when the action is done."),
    }


def change(key: str, held: Values, subject: Subject) -> Values:
    """A dated change, with the reason to begin limits anew for who may decide that."""
    typed = {
        "on": _date("Day of the change", key, "on", held),
        "words": _area("What was changed", key, "words", held),
        "rebase_reason": held.get("rebase_reason"),
    }
    if subject.may_decide:
        typed["rebase_reason"] = _area(
            "Begin the process-control limits anew from this day, because (leave empty to keep the limits)", key, "rebase_reason", held,
            help="Only where the change has clearly moved the measure and it has stayed. Limits are shown again after 13 complete periods.",
        )
    return typed


def note(key: str, held: Values, subject: Subject) -> Values:
    """A note on a chart; what the filters are when it is written is kept with it."""
    offered = [ALL_PERIODS, *dict.fromkeys([*subject.periods, *([held["period"]] if held.get("period") else [])])]
    period = st.selectbox("Period", offered, index=offered.index(held.get("period") or ALL_PERIODS), key=f"{key}_period")
    typed = {"words": _area("Note", key, "words", held), "period": None if period == ALL_PERIODS else period}
    st.caption(f"Tied to what is shown: {held.get('view_words') or subject.fixed.get('view_words', '')}.".replace("$", "\\$"))
    return typed


def target(key: str, held: Values, subject: Subject) -> Values:
    """A target from a day on."""
    measure = get(subject.fixed["measure"])
    places = [ALL_PLACEMENTS, *PLACEMENTS]
    level = st.number_input(
        "Target in percent" if measure.percent else "Target", value=held.get("level"), step=1.0 if measure.percent else 0.1,
        key=f"{key}_level",
        help="A floor, as higher is better." if measure.better == "higher" else "A ceiling, as lower is better.",
    )
    placement = st.selectbox(
        "For", places, index=places.index(held.get("placement") or ALL_PLACEMENTS), key=f"{key}_placement",
        format_func=lambda id: "All placements" if id == ALL_PLACEMENTS else f"{BREAKDOWNS['placement'].label(id)} only",
    )
    return {
        "level": level,
        "from_date": _date("Holds from", key, "from_date", held),
        "placement": None if placement == ALL_PLACEMENTS else placement,
        "reason": _area("Reason: why this level", key, "reason", held),
    }


def saved_view(key: str, held: Values, subject: Subject) -> Values:
    """A name for the filters that are set."""
    name = _line("Name", key, "name", held)
    everyone = bool(held.get("everyone", False))
    if subject.may_share:
        everyone = st.checkbox("Everyone may open it, not only I", value=everyone, key=f"{key}_everyone")
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
        raise Unfinished(problems(error)) from None
    # The field for it sets no limits: it would keep what was there before without a word.
    if isinstance(record, TargetRecord) and (refusal := refused(get(record.measure), record.level)):
        raise Unfinished(refusal)
    return record


def problems(error: ValidationError) -> str:
    """What is missing or wrong, in sentences."""
    missing, wrong = [], []
    for found in error.errors():
        name = FIELDS.get(str(found["loc"][0]), str(found["loc"][0])) if found["loc"] else ""
        if not name:
            wrong.append(f"{str(found['ctx']['error']).capitalize()}: please fill in what came of it.")
        elif found["type"] == "string_too_long":
            wrong.append(f"{name} has more than {found['ctx']['max_length']} characters. Make it shorter.")
        else:
            missing.append(lower_first(name))
    return " ".join([*([f"Please fill in: {listing(missing)}."] if missing else []), *wrong])


def _may_be_none(kind: type[Record], name: str) -> bool:
    return name in kind.model_fields and kind.model_fields[name].default is None


def _area(label: str, key: str, name: str, held: Values, help: str | None = None) -> str:
    return st.text_area(label, held.get(name) or "", key=f"{key}_{name}", help=help, height="content") or ""


def _line(label: str, key: str, name: str, held: Values, help: str | None = None) -> str:
    return st.text_input(label, held.get(name) or "", key=f"{key}_{name}", help=help) or ""


def _date(label: str, key: str, name: str, held: Values) -> datetime.date | None:
    found: datetime.date | None = st.date_input(
        label, held.get(name), min_value=EARLIEST, max_value=LATEST, key=f"{key}_{name}", format="DD/MM/YYYY",
    )
    return found
