"""The statement pages' blocks, run by Streamlit without a browser, on the demo authority."""

import html
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config.settings import settings
from config.targets import targets
from dashboard.content.sentences import trend_alt
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting
from dashboard.figures.workspace_records import read
from dashboard.screens.measures.measure import TABLE
from dashboard.text.formatting import headline
from data_access.engines import engine
from data_access.workspace import fill_demo_evidence, workspace_engine
from metrics.judgement.targets import Targets
from metrics.measures.catalogue import get, measures_of, statements
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State
from tests.dashboard.people import exact

Run = Callable[..., AppTest]


@pytest.fixture(scope="module")
def reporting(demo_database: str) -> PermittedReporting:
    return exact(Reporting(engine(demo_database)))


@pytest.fixture
def view_of(reporting: PermittedReporting) -> Callable[[Filters], View]:
    return lambda filters: View(reporting, filters, Targets(targets()), written=read(workspace_engine(settings().workspace)))


@pytest.fixture
def run(view_of: Callable[[Filters], View], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`run(number, filters)` draws a statement's page."""
    workspace = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv("QS133_WORKSPACE_URL", workspace)
    fill_demo_evidence(workspace_engine(workspace))

    def page(number: int, filters: Filters | None = None, *, opened: bool = True) -> AppTest:
        app = AppTest.from_function(_script, args=(number, view_of(filters or Filters())), default_timeout=60)
        app.query_params["open"] = "all" if opened else ""
        drawn = app.run()
        assert not drawn.exception, drawn.exception
        return drawn

    yield page
    st.cache_resource.clear()


def _script(number, view):  # runs as a script of its own, where no name of this module is known
    from dashboard.screens.statement import statement_page

    statement_page(number, view)


def text_of(page: AppTest) -> str:
    """Everything on the page that is written in words."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "html")
    return "\n".join(str(getattr(element, "value", None) or element.proto.body) for kind in kinds for element in page.get(kind))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_measure_of_a_statement_is_on_its_page_with_its_sentence(run: Run, view_of: Callable[[Filters], View], number: int) -> None:
    page = run(number)
    text = text_of(page)
    statement = statements()[number - 1]
    assert statement.words in text and statement.why in text
    assert all(structure.words in text for structure in statement.structure)
    view = view_of(Filters())
    shown = measures_of(number)
    assert [heading.value for heading in page.subheader] == [measure.title for measure in shown]
    assert [heading.anchor for heading in page.subheader] == [measure.id for measure in shown]
    for measure in shown:
        trend = view.trend(measure)
        assert trend.latest is not None
        assert headline(trend) in text
        assert trend.reason in text
    charts = page.get("plotly_chart")
    assert len(charts) == 2 * len(shown)
    assert all(chart.proto.alt for chart in charts)


def test_a_page_opens_with_a_line_and_a_picture_for_each_measure_and_no_chart(run: Run, view_of: Callable[[Filters], View]) -> None:
    page = run(2, opened=False)
    assert not page.get("plotly_chart")
    bodies = [element.proto.body for element in page.get("html")]
    pictures = [body for body in bodies if 'class="pictured"' in body]
    shown = measures_of(2)
    assert len(pictures) == len(shown)
    for measure, body in zip(shown, pictures, strict=True):
        trend = view_of(Filters()).trend(measure)
        assert html.escape(headline(trend), quote=False) in body and html.escape(trend_alt(trend)) in body
    table = next(body for body in bodies if 'class="measures"' in body)
    assert all(f'href="#{measure.id}"' in table for measure in shown)


def test_the_chart_of_the_measure_in_the_address_is_open_and_can_be_closed(run: Run) -> None:
    page = run(2, opened=False)
    page.query_params["open"] = "attendance"
    page.run()
    assert len(page.get("plotly_chart")) == 2
    page.session_state["more_attendance"] = []
    page.run()
    assert not page.get("plotly_chart")


def test_the_breakdown_is_shared_by_all_measures(run: Run) -> None:
    page = run(2)
    page.selectbox(key="by").select("sex").run()
    assert not page.exception
    for beginning in ("<p>Sex, ", '<p class="stacked">Sex, '):
        assert sum(beginning in element.proto.body for element in page.get("html")) == len(measures_of(2))


def test_a_table_is_drawn_once_it_is_opened(run: Run, view_of: Callable[[Filters], View]) -> None:
    page = run(3)
    assert not page.table
    page.session_state["more_video_feedback_received"] = [TABLE]
    page.run()
    assert len(page.table) == 2
    first = page.table[0].value
    assert next(iter(first.columns)) == "Period"
    assert first.shape[0] == view_of(Filters()).trend(get("video_feedback_received")).frame.height


def test_a_filter_that_a_measure_cannot_take_is_explained_there(run: Run) -> None:
    page = run(1, Filters(where={"unaccompanied": ("no",)}))
    explained = [info.value for info in page.info]
    assert any("No data under 'Unaccompanied asylum-seeking child: No'" in sentence for sentence in explained)
    assert any("clear the filters" in sentence for sentence in explained)


def test_a_filter_that_leaves_nothing_alone_is_named_and_the_others_are_not(run: Run) -> None:
    page = run(4, Filters(where={"placement": ("residential",), "sex": ("F",)}))
    trained = next(info.value for info in page.info if "training" in info.value or "live with foster carers" in info.value)
    assert "'Placement: Children's home or residential school'" in trained
    assert "Sex" not in trained


def test_a_measure_without_its_file_says_which_one(run: Run, reporting: PermittedReporting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting._reporting, "provided", reporting.provided - {"education_plans"})
    monkeypatch.setattr(reporting._reporting, "_covered", {})  # what was worked out of all that was provided
    page = run(2)
    assert sum("needs the local extract 'education_plans'" in info.value for info in page.info) == 3


def test_periods_chosen_beyond_the_data_are_explained(run: Run, reporting: PermittedReporting) -> None:
    first = reporting.periods("quarter")["label"][0]
    page = run(2, Filters(last=first))
    assert all("Choose a longer period" in info.value for info in page.info) and page.info


def test_groups_that_are_all_hidden_are_told_in_a_sentence_and_have_no_empty_chart(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    charts = len(run(2).get("plotly_chart"))
    shown = View.groups

    def hidden(self: View, measure: Measure, breakdown: str) -> pl.DataFrame:
        numbers = (pl.lit(None, pl.Float64).alias(name) for name in ("numerator", "denominator", "value", "lower", "upper"))
        return shown(self, measure, breakdown).with_columns(*numbers, pl.lit(State.HIDDEN.value).alias("state"))

    monkeypatch.setattr(View, "groups", hidden)
    st.cache_resource.clear()
    page = run(2)
    told = [element.proto.body for element in page.get("html") if "are too small to show." in element.proto.body]
    assert len(told) == len(measures_of(2))
    assert len(page.get("plotly_chart")) == charts - len(told)


def test_without_evidence_the_page_says_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert "No evidence recorded yet." in text_of(run(1))
