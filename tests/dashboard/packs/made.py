"""Packs for the tests, from the made-up authority, with things that people wrote that are meant to do harm."""

from __future__ import annotations

import datetime

from config.access import Role
from config.rebases import rebases
from config.targets import targets
from dashboard.access.roles import Person
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting
from dashboard.figures.workspace_records import Written
from dashboard.packs.contents import Choice, Pack, Stamp, make_pack, of_statement
from data_access.engines import engine
from data_access.workspace import ActionRecord, ChangeRecord, EvidenceRecord, EvidenceState, NoteRecord, Record, Revision, Stage
from metrics.judgement.targets import Targets
from metrics.units.breakdowns import PLACEMENT

MADE_AT = datetime.datetime(2026, 11, 24, 9, 30, 15, 123456)
HARMFUL = "=HYPERLINK(\"http://example.org\") and [one](http://a) and [two](http://b) $$note$$ #let <b> @SUM(1)"
MEASURE = "video_feedback_received"
RECORDS: tuple[Record, ...] = (
    ActionRecord(measure=MEASURE, aim="Every family is offered a place within a month", change_idea="A standing list of free places",
                 owner="Commissioner, early help", due=datetime.date(2026, 10, 31), stage=Stage.DO),
    ActionRecord(measure=MEASURE, aim=HARMFUL, owner="+44 1234"),
    ActionRecord(measure=MEASURE, aim="Нет латинских букв", owner="-"),
    ChangeRecord(measure=MEASURE, on=datetime.date(2025, 1, 10), words="A second provider began", rebase_reason="twice the places"),
    NoteRecord(measure=MEASURE, words="The programme paused for a month.", period="2025-26 Q1"),
    ActionRecord(measure="education_plan", aim="Belongs to another statement", owner="Virtual school"),
    EvidenceRecord(evidence_id="video_feedback_arrangements", statement=3, state=EvidenceState.PARTLY, words="One provider of two.",
                   owner="Commissioner", review_date=datetime.date(2026, 6, 30)),
)


class Guard:
    """A guard that lets everything pass and remembers it."""

    def __init__(self) -> None:
        self.exported: list[str] = []

    def before_exact(self) -> None:
        """Lets it pass."""

    def before_export(self, what: str) -> None:
        """Remembers it."""
        self.exported.append(what)


def made_view(database: str, role: Role, filters: Filters | None = None) -> View:
    reporting = PermittedReporting(Reporting(engine(database)), Person("Ann", "ann@example.org", role), Guard())
    return View(reporting, filters or Filters(), Targets(targets()), rebases(), written=written())


def written() -> Written:
    """What people wrote, as the workspace gives it."""
    return Written(Revision(str(number), 1, MADE_AT, "ann", False, record) for number, record in enumerate(RECORDS))


def made_pack(view: View, choice: Choice | None = None, changed: tuple[str, ...] = ()) -> Pack:
    """A pack of statement 3, or of what is chosen."""
    stamp = Stamp("Exampleshire", view.reporting.version, view.reporting.as_at, "All children, quarters", view.sharing,
                  view.reporting.exact, "Ann", MADE_AT)
    return make_pack(view, choice or of_statement(3, PLACEMENT), stamp, changed=changed)
