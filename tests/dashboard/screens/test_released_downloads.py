"""What is shown as it was released says so wherever it is taken: in each download and each pack."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import sqlalchemy as sa

from config.access import Role
from dashboard.access.roles import Person
from dashboard.content.exports import shown_rows, to_csv
from dashboard.content.measure_findings import compared_groups
from dashboard.content.release_wording import changed_measures, spans
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.released_periods import Releases
from dashboard.figures.reporting import ChangedPeriod, Reporting
from dashboard.packs.contents import Stamp, make_pack, of_measures
from dashboard.packs.presentation import notes
from dashboard.packs.tables import book
from dashboard.screens.equality.tables import download_rows, with_words
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from data_access.workspace import workspace_engine
from metrics.judgement.targets import Targets
from metrics.units.breakdowns import PLACEMENT
from tests.dashboard.figures.test_releases import ASSESSED, CONCERN, LATER, complete, fewer
from tests.dashboard.people import ANALYST, Agreeing
from tests.data_access import damage

STAMP = Stamp("Kent", "v1", LATER, "All children", "", exact=False, made_by="Vera", made_at=datetime.datetime(2026, 10, 1))


def opened(folder: Path, workspace: sa.Engine, *, change: bool) -> Reporting:
    """A small authority as real data, with or without some of its scores."""
    sources = write_demo(folder / f"sources_{change}", children=100, years=1)
    if change:
        damage.change(sources[-1] / "outcome_scores.csv", fewer)
    address = f"duckdb:///{folder / 'reporting.duckdb'}"
    load(sources, address, as_at=LATER)
    return Reporting(engine(address), releases=Releases(lambda: workspace))


def test_downloads_and_packs_say_which_periods_are_as_they_were_released(tmp_path: Path) -> None:
    day = datetime.datetime.now(datetime.UTC).date()
    workspace = workspace_engine(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    opened(tmp_path, workspace, change=False).protected_summary(CONCERN, "quarter")
    reporting = opened(tmp_path, workspace, change=True)
    days = {day.isoformat(), datetime.datetime.now(datetime.UTC).date().isoformat()}
    for person, kept in ((Person("Vera", "vera", Role.VIEWER), True), (ANALYST, False)):
        view = View(PermittedReporting(reporting, person, Agreeing()), Filters(), Targets(()))
        pack = make_pack(view, of_measures("Scores", [CONCERN, ASSESSED], PLACEMENT), STAMP)
        changed = set(reporting.changed_since_release(CONCERN, "quarter"))
        assert changed and changed < set(view.trend(CONCERN).frame["period"]), "some are as they were released, and some are not"
        for measure in (CONCERN, ASSESSED):
            trend = view.trend(measure)
            rows = csv.DictReader(io.StringIO(to_csv(shown_rows(
                trend, PLACEMENT, view.groups(measure, "placement"), {}, kept=view.changed_since_release([measure]))).decode()))
            for row in rows:
                assert (row["released_on"] in days) == (kept and measure is CONCERN and row["period"] in changed), row
                assert row["released_on"] in {"", *days}
        equality_rows = download_rows({"all": with_words(compared_groups(view, {CONCERN.id: view.trend(CONCERN)}, PLACEMENT))}, {
            CONCERN.id: CONCERN}, PLACEMENT, {}, kept=view.changed_since_release([CONCERN]))
        for row in equality_rows.iter_rows(named=True):
            assert (row["released_on"] is not None) == (kept and row["period"] in changed)
        scores, assessed = pack.parts
        told = [sentence for sentence in scores.comparison if "are those released on" in sentence]
        assert len(told) == len(pack.released) == bool(kept)
        assert not any("are those released on" in sentence for sentence in assessed.comparison)
        assert ("Periods as they were released" in book(pack).cover) == bool(kept)
        if kept:
            assert told == list(pack.released) and CONCERN.title in told[0] and spans(changed, complete(reporting))[0] in told[0]
            over_time = next(sheet for sheet in book(pack).sheets if sheet.name == f"{CONCERN.id}_over_time")
            assert told[0] in over_time.above
            assert told[0] in notes(scores, datetime.date.today())
        last = View(view.reporting, Filters(first=max(set(complete(reporting)) - changed)), Targets(()))
        assert make_pack(last, of_measures("Scores", [CONCERN], PLACEMENT), STAMP).released == (), "none of those is shown"


def test_the_list_has_a_row_for_each_measure_and_day_of_a_release() -> None:
    labels = {"quarter": [f"2025-26 Q{number}" for number in (1, 2, 3, 4)], "year": ["2025-26"]}
    october, november = datetime.datetime(2026, 10, 3, 9), datetime.datetime(2026, 11, 2, 9)
    changed = [
        ChangedPeriod(ASSESSED.unit, "year", "2025-26", november, frozenset({ASSESSED.id})),
        *(ChangedPeriod(ASSESSED.unit, "quarter", label, october, frozenset({ASSESSED.id})) for label in reversed(labels["quarter"])),
        ChangedPeriod(ASSESSED.unit, "year", "2025-26", october, frozenset({CONCERN.id})),
        *(ChangedPeriod(ASSESSED.unit, "quarter", labels["quarter"][place], october, frozenset({CONCERN.id})) for place in (0, 3)),
    ]
    assert [list(row.values()) for row in changed_measures(changed, labels.__getitem__)] == [
        [ASSESSED.title, "Quarters 2025-26 Q1 to 2025-26 Q4", "3 October 2026"], [ASSESSED.title, "Year 2025-26", "2 November 2026"],
        [CONCERN.title, "Quarters 2025-26 Q1 and 2025-26 Q4; year 2025-26", "3 October 2026"],
    ]
