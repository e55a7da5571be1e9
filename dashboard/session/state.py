"""What one person's session looks at: the version of the data, the filters, and the view that its page shows.

Who the person is, and what they may see of the data, is settled here too, before any page is drawn. Cached functions get their
arguments by name: for each by position, Streamlit inspects the function anew.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, replace

import polars as pl
import sqlalchemy as sa
import streamlit as st

from config.code_lists import NOT_RECORDED
from config.cohorts import Cohort
from config.rebases import Rebase
from config.settings import settings
from dashboard.access.audit_guard import SessionGuard
from dashboard.access.roles import DATA_QUALITY, RELEASE, Person
from dashboard.content.data_quality.problems import badges
from dashboard.content.view import Filters, View
from dashboard.figures import workspace_records
from dashboard.figures.data_quality import Quality, counted
from dashboard.figures.permitted import PermittedReporting, responsibility_of
from dashboard.figures.published import Published
from dashboard.figures.released_periods import NewRelease, Releases
from dashboard.figures.reporting import ChangedPeriod, DataChanged, Reporting
from dashboard.figures.versions import Versions
from dashboard.figures.workspace_records import Written
from dashboard.session import garbage_collection
from data_access.audit import AuditUnavailable
from data_access.engines import current_version, engine
from data_access.load import outcomes
from data_access.load.storing.history import Load, history
from data_access.tables import data_version
from data_access.workspace import change_counter, workspace_engine
from metrics.judgement.targets import Targets
from metrics.measures.catalogue import measures
from metrics.units.unit import Responsibility

_VIEW, _GUARD = "current_view", "current_guard"
YOUNG_DAYS = 31
"""A database is young so long after its first load."""
VERSIONS_KEPT = 2
"""Of the data, in memory: the one that is shown, and the one before it for those whose page is still being drawn."""
PARTS_KEPT = 8
"""Of each version: all children, and the children of as many managers."""


@dataclass(frozen=True)
class Data:
    """One version of the data, all of it or a manager's part. `loaded_at` is UTC."""

    url: str
    key: str
    reporting: Reporting
    loaded_at: datetime.datetime


@dataclass(frozen=True)
class Choices:
    """What can be chosen at one grain: the groups of every breakdown that occur, and the periods that have data, both in order."""

    groups: dict[str, tuple[str, ...]]
    periods: tuple[str, ...]


def current_data(responsibility: Responsibility | None = None) -> Data:
    """The data as it is now, shared by all sessions. Asks the database for its version each time, which is cheap.

    With a `responsibility`, of its children only. For a while after a load, until the new numbers are worked out, the data as it was.

    Raises DatabaseUnavailable, NoData when nothing was loaded, and DataChanged when the old data can't give this part any more:
    `await_new_data` waits for the new.
    """
    url = settings().database
    key = _versions(url=url).shown(current_version(url))
    data = _open(url=url, key=key, responsibility=responsibility)
    _parts(url=url, key=key).add(responsibility)
    return data


def await_new_data() -> None:
    """Waits until the numbers of the version that the database holds are worked out, if they are being worked out."""
    _versions(url=settings().database).wait()


@st.cache_resource(show_spinner=False)
def _versions(url: str) -> Versions:
    def build(old: str, new: str) -> None:
        for responsibility in list(_parts(url=url, key=old)):
            before, data = (_open(url=url, key=key, responsibility=responsibility) for key in (old, new))
            for grain in data.reporting.prepare_as(before.reporting):
                choices(data, grain)

    return Versions(build)


@st.cache_resource(max_entries=2 * VERSIONS_KEPT, show_spinner=False)
def _parts(url: str, key: str) -> set[Responsibility | None]:
    """The parts of a version that somebody looks at."""
    return set()


@st.cache_resource(max_entries=PARTS_KEPT * VERSIONS_KEPT, show_spinner=False)
def _open(url: str, key: str, responsibility: Responsibility | None) -> Data:
    reader = engine(url)
    reporting = Reporting(reader, responsibility, Releases(workspace))
    with reader.connect() as connection:
        loaded_at = connection.execute(sa.select(data_version.c.loaded_at)).scalar_one()
    if current_version(url) != key:
        # The database has changed meanwhile, and what was read may be of another version than the key's.
        raise DataChanged("New data was loaded. Open the page again to see it.")
    return Data(url, key, reporting, loaded_at)


def prepare(grain: str) -> None:
    """Counts what the first page shows to whoever comes first, so that nobody waits for it. Raises what `current_data` does."""
    choices(current_data(), grain)


def of_cohort(data: Data, cohort: Cohort | None) -> Data:
    """The same data, of another cohort; None is the one that the local choice says."""
    return data if cohort is None else replace(data, reporting=data.reporting.of(cohort))


def choices(data: Data, grain: str) -> Choices:
    """What can be chosen at a grain. The first time after a load this counts everything, which takes a moment."""
    responsibility = data.reporting.responsibility
    cohort = data.reporting.cohort
    return _choices(url=data.url, key=data.key, responsibility=responsibility, grain=grain, cohort=cohort, _reporting=data.reporting)


@st.cache_resource(max_entries=4 * PARTS_KEPT * VERSIONS_KEPT, show_spinner=False)
def _choices(
    url: str, key: str, responsibility: Responsibility | None, grain: str, cohort: Cohort, _reporting: Reporting,
) -> Choices:
    cells = [_reporting.facts(unit, grain).cells for unit in dict.fromkeys(measure.unit for measure in measures())]
    there_are = _reporting.breakdowns
    keys = pl.concat([frame.select("period", *there_are) for frame in cells]).unique()
    groups = {name: tuple(breakdown.order(keys[name].unique().to_list())) for name, breakdown in there_are.items()}
    labels = _reporting.periods(grain)["label"].to_list()
    occurring = set(keys["period"])
    first = next((index for index, label in enumerate(labels) if label in occurring), len(labels))
    garbage_collection.leave_out_what_is_there()
    return Choices(groups, tuple(labels[first:]))


def teams(data: Data) -> list[str]:
    """The teams that children are with, in order."""
    return [team for team in choices(data, "quarter").groups.get("team", ()) if team != NOT_RECORDED]


@st.cache_resource(show_spinner=False)
def _workspace(url: str) -> sa.Engine:
    return workspace_engine(url)


def workspace() -> sa.Engine:
    """The workspace, with the audit log. Raises WorkspaceUnavailable."""
    return _workspace(url=settings().workspace)


def settle_loads() -> None:
    """Has the audit log say what came of loads that were cut off before this server began. Raises WorkspaceUnavailable."""
    _settled(url=settings().database, workspace_url=settings().workspace)


@st.cache_resource(max_entries=1, show_spinner=False)
def _settled(*, url: str, workspace_url: str) -> int:
    try:
        return outcomes.settle(_workspace(url=workspace_url), url)
    except AuditUnavailable:
        return 0  # whoever would see exact numbers is told


def written() -> Written:
    """What people wrote, as it is now, shared by all sessions: one small query, and all of it only after a change.

    Raises WorkspaceUnavailable.
    """
    return _written(url=settings().workspace, counter=change_counter(workspace()))


@st.cache_resource(max_entries=VERSIONS_KEPT, show_spinner=False)
def _written(url: str, counter: tuple[int, int]) -> Written:
    return workspace_records.read(_workspace(url=url))


def local_decisions() -> tuple[Targets, tuple[Rebase, ...]]:
    """The targets and rebases as the files and the workspace have them now.

    Raises ConfigError, naming the line, for one in a file that can't be read, and WorkspaceUnavailable.
    """
    return workspace_records.decisions(written())


def quality(guard: SessionGuard) -> Quality:
    """What is known of the quality of all the data, exact. Raises as the guard and `current_data` do."""
    guard.must_have(DATA_QUALITY)
    guard.before_exact()
    data = current_data()
    return _quality(url=data.url, key=data.key)


@st.cache_resource(max_entries=VERSIONS_KEPT, show_spinner="Checking data quality …")
def _quality(url: str, key: str) -> Quality:
    reader = engine(url)
    try:
        return counted(reader, Reporting(reader))
    finally:
        reader.dispose()


def changed_periods(guard: SessionGuard) -> list[ChangedPeriod]:
    """The released periods that a later load has changed: which, and of which measures. It takes a while the first time.

    Raises as the guard and `current_data` do, and WorkspaceUnavailable.
    """
    guard.must_have(DATA_QUALITY)
    data = current_data()
    return _changed_periods(data.url, data.key, Releases(workspace).counter(), data.reporting)


@st.cache_resource(max_entries=VERSIONS_KEPT, show_spinner="Looking for released periods that have changed …")
def _changed_periods(url: str, key: str, counter: int, _reporting: Reporting) -> list[ChangedPeriod]:
    return _reporting.changed()


def release_again(guard: SessionGuard, what: str, reason: str) -> None:
    """Releases all changed periods anew, once the audit log has it; `what` says which. Raises as the guard and `current_data` do, and
    WorkspaceUnavailable."""
    guard.must_have(RELEASE)
    guard.change(f"released anew: {what}. Reason: {reason}")
    current_data().reporting.release_again(NewRelease(guard.person.who, reason))


def start_over(guard: SessionGuard, reason: str) -> int:
    """Forgets all released periods, once the audit log has it; gives how many they were. Raises as `release_again` does."""
    guard.must_have(RELEASE)
    guard.change(f"forgot all released periods. Reason: {reason}")
    return Releases(workspace).start_over(NewRelease(guard.person.who, reason), current_data().reporting.version)


def is_young(today: datetime.date) -> bool:
    """Whether the first load into the database was less than a month ago: what was released until then were tries."""
    first = min((each.at.date() for each in history(current_data().url)), default=None)
    return first is not None and (today - first).days < YOUNG_DAYS


@st.cache_resource(max_entries=VERSIONS_KEPT, show_spinner=False)
def _badges(url: str, key: str) -> dict[str, tuple[str, ...]]:
    return badges(_quality(url=url, key=key))


def present_load(data: Data) -> Load | None:
    """The history's entry for the contents that are shown; None where nothing is known."""
    return _present_load(url=data.url, key=data.key)


@st.cache_resource(max_entries=VERSIONS_KEPT, show_spinner=False)
def _present_load(url: str, key: str) -> Load | None:
    return next(iter(history(url)), None)


def open_view(data: Data, filters: Filters, guard: SessionGuard, published: Published) -> View:
    """Makes the view for the page that is about to be drawn, of what the guard's person may see.

    Raises ConfigError and WorkspaceUnavailable as `local_decisions` does, and WrongData where `data` is not what the person answers for.
    """
    open_guard(guard)
    place, counter = settings().workspace, change_counter(workspace())
    known = _written(url=place, counter=counter)
    replaced = 0 if guard.person.role.exact else data.reporting.forget_what_was_replaced()
    reporting = PermittedReporting(data.reporting, guard.person, guard)
    decisions = workspace_records.decisions(known)
    view = View(
        reporting, filters, *decisions, published=published, written=known, badges=_badges(url=data.url, key=data.key),
        identity=_identity(data, guard.person, filters, place, counter, replaced, decisions, published),
    )
    st.session_state[_VIEW] = view
    return view


def _identity(data: Data, person: Person, *more: object) -> str:
    """The same for all who see the same: of one version and part of the data, in one role, with as much chosen and written, today."""
    part = data.reporting.responsibility
    same = repr((data.url, data.key, data.reporting.version, part, person.role, *more, datetime.date.today()))
    return hashlib.sha256(same.encode()).hexdigest()  # short, because everything that is looked for by it has it read again


def open_guard(guard: SessionGuard) -> None:
    """Sets the guard of the page that is about to be drawn; for a page without a view, which is there before there is any data."""
    st.session_state[_GUARD] = guard


def own_data(person: Person) -> Data:
    """The data as it is now, of the children that the person answers for. Raises as `current_data` does."""
    return current_data(responsibility_of(person))


def current_guard() -> SessionGuard:
    """What stands before exact figures for the person whose page is being drawn; the entry point has set it."""
    guard: SessionGuard = st.session_state[_GUARD]
    return guard


def current_view() -> View:
    """What the page shows: every page gets its numbers from here."""
    view: View = st.session_state[_VIEW]
    return view
