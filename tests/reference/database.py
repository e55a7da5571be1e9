"""The contents of the reference database, and how the good rows of all sources become them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from tests.reference.care import (
    Arrangement,
    CareStart,
    Episode,
    Placement,
    arrangements_of,
    care_starts_of,
    placements_of,
)
from tests.reference.checking import Checked, Counts, LoadedRow, Quarantined, check_sources
from tests.reference.days import AttendanceSummary, Time, counted_summaries, day_of, known_day_of, latest_date, time_of
from tests.reference.layout import BREAKDOWN_REASONS, FACTORS, IN_CARE, PLAN_PARTS


@dataclass(frozen=True)
class Child:
    """One known child. Flags are 0, 1 or None; `has_uasc_row` and `duc` come from the return's UASC table."""

    child_id: str
    sex: str | None
    date_of_birth: date | None
    ethnicity: str | None
    disabled: int | None
    mental_health_problem: int | None
    origin: str | None
    uasc: int | None
    has_uasc_row: bool
    duc: date | None
    team: str | None


@dataclass(frozen=True)
class Need:
    child_id: str
    status: str
    start_date: date
    end_date: date | None


@dataclass(frozen=True)
class Assessment:
    assessment_id: str
    child_id: str
    completed_date: date
    factors: tuple[int | None, ...]


@dataclass(frozen=True)
class Session:
    session_date: date
    minutes: float | None
    filmed_minutes: float | None
    watched_together: int | None


@dataclass(frozen=True)
class Programme:
    programme_id: str
    child_id: str
    programme: str
    offered_date: date | None
    start_date: date | None
    end_date: date | None
    sessions: tuple[Session, ...]


@dataclass(frozen=True)
class Score:
    child_id: str
    domain: str
    instrument: str
    score_date: date
    score: float


@dataclass(frozen=True)
class Plan:
    plan_id: str
    child_id: str
    completed_date: date
    parts: tuple[int | None, ...]


@dataclass(frozen=True)
class AttendanceSession:
    child_id: str
    date: date
    session: str
    mark: str


@dataclass(frozen=True)
class Exclusion:
    child_id: str
    start_date: date
    category: str


@dataclass(frozen=True)
class Carer:
    carer_id: str
    child_id: str
    start_date: date
    end_date: date | None


@dataclass(frozen=True)
class Training:
    """By child or by carer; the other id is ''."""

    child_id: str
    completed_date: date
    carer_id: str = ""


@dataclass
class ReferenceDatabase:
    """Everything a load brings in. Lists are in no particular order; rows after the as-at date are still here."""

    as_at: date
    provided: set[str]
    collection_years: dict[str, int]
    counts: dict[tuple[str, str], Counts]
    quarantine: list[Quarantined]
    children: dict[str, Child]
    needs: list[Need]
    episodes: list[Episode]
    arrangements: list[Arrangement]
    placements: list[Placement]
    care_starts: list[CareStart]
    previous_permanence: dict[tuple[str, int], str | None]
    assessments: list[Assessment]
    programmes: list[Programme]
    scores: list[Score]
    plans: list[Plan]
    attendance: list[AttendanceSession]
    exclusions: list[Exclusion]
    training: list[Training]
    summaries: list[AttendanceSummary] = field(default_factory=list)
    carers: list[Carer] = field(default_factory=list)
    time: Time = field(default_factory=Time)
    cohort: str = "recorded"
    """Who is counted: recorded, looked_after or ng26."""
    remembered: dict[object, object] = field(default_factory=dict, repr=False, compare=False)
    """Answers that `tests.reference.child_state` has worked out before, only to save time."""


def of_cohort(database: ReferenceDatabase, cohort: str) -> ReferenceDatabase:
    """The same data, of the children of a cohort; `auto` is what the data makes of it."""
    if cohort == "auto":
        cohort = "recorded" if database.needs else "looked_after"
    return replace(database, cohort=cohort, remembered={})


def _flag(row: LoadedRow, column: str) -> int | None:
    return int(row.values[column]) if row.values[column] else None


def _number(row: LoadedRow, column: str) -> float | None:
    return float(row.values[column]) if row.values[column] else None


def _last_by_child(rows: list[LoadedRow]) -> dict[str, LoadedRow]:
    """A later row replaces the whole earlier one of the same child, blanks included."""
    kept: dict[str, LoadedRow] = {}
    for row in rows:
        kept[row.child_id] = row
    return kept


def _children(checked: Checked) -> dict[str, Child]:
    headers = _last_by_child(checked.of("Header"))
    extracts = _last_by_child(checked.of("children"))
    uasc = _last_by_child(checked.of("UASC"))
    children = {}
    for child_id in sorted(set(headers) | set(extracts)):
        header, extract = headers.get(child_id), extracts.get(child_id)
        outside = child_id in checked.beside_uasc and child_id not in checked.in_uasc
        sex = {"1": "M", "2": "F"}.get(header.values["SEX"], header.values["SEX"]) if header else ""
        born = day_of(header, "DOB") if header else None
        ethnicity = header.values["ETHNIC"] if header else ""
        if extract is not None:
            sex = sex or extract.values["sex"]
            born = born or day_of(extract, "date_of_birth")
            ethnicity = ethnicity or extract.values["ethnicity"]
        children[child_id] = Child(
            child_id=child_id, sex=sex or None, date_of_birth=born, ethnicity=ethnicity or None,
            disabled=_flag(extract, "disabled") if extract else None,
            mental_health_problem=_flag(extract, "mental_health_problem") if extract else None,
            origin=(extract.values["origin"] or None) if extract else None,
            uasc=0 if outside else _flag(extract, "uasc") if extract else None,
            has_uasc_row=child_id in uasc,
            duc=day_of(uasc[child_id], "DUC") if child_id in uasc else None,
            team=_team(checked, extract.values["team"]) if extract else None,
        )
    return children


def _team(checked: Checked, team: str) -> str | None:
    return checked.same_team.get(team, team) or None


def _episodes(checked: Checked) -> dict[str, list[Episode]]:
    """The episodes of each child: the last row of each CHILD and DECOM. One that a later return lacks stays."""
    kept: dict[tuple[str, date], Episode] = {}
    last_year: dict[tuple[str, date], int] = {}
    for row in checked.of("Episodes"):
        decom = known_day_of(row, "DECOM")
        kept[row.child_id, decom] = Episode(
            row.child_id, decom, row.values["RNE"], row.values["LS"], row.values["PLACE"], day_of(row, "DEC"),
            row.values["REC"], row.values["REASON_PLACE_CHANGE"], row.values["PLACE_PROVIDER"],
        )
        last_year[row.child_id, decom] = row.collection_year or 0
    latest = max((checked.collection_years[source] for source in checked.with_episodes), default=0)
    for key, episode in kept.items():
        # Open, and not in the return of any later year: it ends as if it touched what starts on 1 April, and nothing follows.
        if episode.dec is None and last_year[key] < latest:
            end = max(date(last_year[key], 4, 1), episode.decom)
            kept[key] = replace(episode, dec=end, rec="", reason_place_change="")
    episodes: dict[str, list[Episode]] = {}
    for episode in kept.values():
        episodes.setdefault(episode.child_id, []).append(episode)
    return episodes


def _local_arrangements(
    checked: Checked, children_with_episodes: Set[str]
) -> tuple[list[Arrangement], list[Placement]]:
    arrangements, placements = [], []
    for row in checked.of("care_arrangements"):
        in_care = row.values["care_status"] in IN_CARE
        if in_care and row.child_id in children_with_episodes:
            continue
        start, end = known_day_of(row, "start_date"), day_of(row, "end_date")
        arrangements.append(
            Arrangement(row.child_id, row.values["care_status"], row.values["placement"] or None, start, end)
        )
        if in_care:
            broke_down = end is not None and row.values["end_reason"] == "breakdown"
            placements.append(Placement(row.child_id, start, end, broke_down, row.values["provider"] or None))
    return arrangements, placements


def _scores(checked: Checked, as_at: date) -> list[Score]:
    scores = [
        Score(
            row.child_id, row.values["domain"], row.values["instrument"], known_day_of(row, "score_date"),
            float(row.values["score"]),
        )
        for row in checked.of("outcome_scores")
    ]
    once: dict[tuple[str, int], LoadedRow] = {}
    for row in checked.of("OC2"):
        assert row.collection_year is not None
        once[row.child_id, row.collection_year] = row
    for (child_id, year), row in once.items():
        if row.values["SDQ_SCORE"]:
            day = min(date(year, 3, 31), as_at)
            scores.append(Score(child_id, "social_emotional", "sdq_total", day, float(row.values["SDQ_SCORE"])))
    return scores


def _programmes(checked: Checked) -> list[Programme]:
    sessions: dict[str, list[Session]] = {}
    for row in checked.of("programme_sessions"):
        sessions.setdefault(row.values["programme_id"], []).append(
            Session(
                known_day_of(row, "session_date"), _number(row, "minutes"), _number(row, "filmed_minutes"),
                _flag(row, "watched_together"),
            )
        )
    return [
        Programme(
            row.values["programme_id"], row.child_id, row.values["programme"], day_of(row, "offered_date"),
            day_of(row, "start_date"), day_of(row, "end_date"), tuple(sessions.get(row.values["programme_id"], [])),
        )
        for row in checked.of("programmes")
    ]


def _needs(checked: Checked) -> list[Need]:
    return [
        Need(row.child_id, row.values["status"], known_day_of(row, "start_date"), day_of(row, "end_date"))
        for row in checked.of("attachment_needs")
    ]


def _assessments(checked: Checked) -> list[Assessment]:
    return [
        Assessment(
            row.values["assessment_id"], row.child_id, known_day_of(row, "completed_date"),
            tuple(_flag(row, factor) for factor in FACTORS),
        )
        for row in checked.of("assessments")
    ]


def _plans(checked: Checked) -> list[Plan]:
    return [
        Plan(
            row.values["plan_id"], row.child_id, known_day_of(row, "completed_date"),
            tuple(_flag(row, part) for part in PLAN_PARTS),
        )
        for row in checked.of("education_plans")
    ]


def _attendance(checked: Checked) -> list[AttendanceSession]:
    return [
        AttendanceSession(row.child_id, known_day_of(row, "date"), row.values["session"], row.values["mark"])
        for row in checked.of("attendance")
    ]


def _exclusions(checked: Checked) -> list[Exclusion]:
    return [
        Exclusion(row.child_id, known_day_of(row, "start_date"), row.values["category"])
        for row in checked.of("exclusions")
    ]


def _training(checked: Checked) -> list[Training]:
    return [
        Training(row.values["child_id"], known_day_of(row, "completed_date"), row.values["carer_id"])
        for row in checked.of("carer_training")
    ]


def _carers(checked: Checked) -> list[Carer]:
    return [
        Carer(row.values["carer_id"], row.child_id, known_day_of(row, "start_date"), day_of(row, "end_date"))
        for row in checked.of("carers")
    ]


def _previous_permanence(checked: Checked) -> dict[tuple[str, int], str | None]:
    kept: dict[tuple[str, int], str | None] = {}
    for row in checked.of("PrevPerm"):
        assert row.collection_year is not None
        kept[row.child_id, row.collection_year] = row.values["PREV_PERM"] or None
    return kept


def load(
    sources: Sequence[Path],
    as_at: date | None = None,
    collection_year: int | None = None,
    breakdown_reasons: Set[str] = BREAKDOWN_REASONS,
    today: date | None = None,
) -> ReferenceDatabase:
    """Loads SSDA903 folders and folders of local extracts, all CSV, as the data dictionary says.

    `breakdown_reasons` is the local choice of the REASON_PLACE_CHANGE codes that mean a placement broke down.
    Raises `Refused` where the whole load stops.
    """
    checked = check_sources(sources, collection_year)
    as_at = as_at or latest_date(checked, today or date.today())
    episodes = _episodes(checked)
    arrangements, placements = _local_arrangements(checked, set(episodes))
    care_starts: list[CareStart] = []
    for of_child in episodes.values():
        arrangements += arrangements_of(of_child)
        placements += placements_of(of_child, breakdown_reasons)
        care_starts += care_starts_of(of_child)
    return ReferenceDatabase(
        as_at=as_at, provided=checked.provided, collection_years=checked.collection_years, counts=checked.counts,
        quarantine=checked.quarantine, children=_children(checked),
        needs=_needs(checked), episodes=[episode for of_child in episodes.values() for episode in of_child],
        arrangements=arrangements, placements=placements, care_starts=care_starts,
        previous_permanence=_previous_permanence(checked),
        assessments=_assessments(checked), programmes=_programmes(checked), scores=_scores(checked, as_at),
        plans=_plans(checked), attendance=_attendance(checked), exclusions=_exclusions(checked),
        training=_training(checked), summaries=counted_summaries(checked, as_at), carers=_carers(checked), time=time_of(checked),
    )
