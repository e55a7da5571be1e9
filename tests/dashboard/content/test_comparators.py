"""Published figures on the pages: the files' own values, in words, in charts, tables and downloads; and each can be turned off."""

import csv
import datetime
import io
import itertools
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config.targets import targets
from dashboard.charts.theme import PUBLISHED
from dashboard.charts.trend.reference_lines import apart
from dashboard.content.comparisons.selection import FILTERED, Comparison, comparison_of
from dashboard.content.comparisons.tables import published_rows, published_table
from dashboard.content.comparisons.wording import (
    PART_OF_THE_CHILDREN,
    caveat,
    comparison_sentences,
    crossing_sentence,
    england_words,
    ordinal,
)
from dashboard.content.exports import shown_rows, to_csv
from dashboard.content.view import Filters, View
from dashboard.figures.published import KINDS, MADE_UP_REGION, Published, current, showing
from dashboard.figures.reporting import Reporting
from dashboard.improvement.wording import help_words
from dashboard.session.comparator_choice import in_address
from dashboard.session.filters import address
from data_access.engines import engine
from metrics.comparators.comparability import COMPARATORS
from metrics.comparators.definition_changes import CHANGES
from metrics.comparators.published import Kind
from metrics.judgement.targets import Targets
from metrics.judgement.trend import Trend
from metrics.measures.catalogue import get, measures
from tests.dashboard.drawn import trend_chart
from tests.dashboard.made_up import made_trend
from tests.dashboard.people import exact
from tests.dashboard.published_made_up import comparison
from tests.dashboard.walking import html_words
from tests.data_access.published_files import AREAS, values_of

COUNTS = [(900, 1000)] * 24
KENT = comparison()


def attendance(counts=COUNTS) -> Trend:
    """24 quarters from April 2020."""
    return made_trend("attendance_in_care", counts)


def stood(trend: Trend, published: Published = KENT, **more) -> Comparison:
    return comparison_of(trend, published, **more)


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
def test_the_table_below_a_chart_holds_the_files_values(area: str) -> None:
    """England, two regions and three authorities: every published year that lies beside the trend."""
    authority = area if area in ("Kent", "Camden", "Dorset") else "Kent"
    found = stood(attendance(), comparison(authority, area if area in ("South West", "Inner London") else ""))
    table = {row["Published"]: row for row in published_table(found).iter_rows(named=True)}
    column = f"{area}, published" if area in ("Kent", "Camden", "Dorset") else area
    compared = 0
    for year, text in values_of("absence", AREAS[area]).items():
        row = table.get(f"School year {year[:4]}/{year[4:]}")
        if row is not None:
            shown = {"x": "not available", "z": "not applicable", "c": "hidden by the Department for Education to protect children"}
            assert row[column] == shown.get(text) or float(row[column].removesuffix("%")) == pytest.approx(100 - float(text))
            compared += 1
    assert compared >= 5


def test_a_symbol_is_told_and_never_drawn() -> None:
    """2019/20 is 'x' for everybody."""
    found = stood(attendance())
    assert all(year.value is not None for named in found.lines for year in named.years)
    rutland = comparison("Rutland")
    sentences = comparison_sentences(made_trend("three_or_more_placements", [(1, 10)] * 20), stood(
        made_trend("three_or_more_placements", [(1, 10)] * 20), rutland))
    assert "Rutland, published: hidden by the Department for Education to protect children, year to March 2025." in sentences
    assert not any("By published figures" in sentence for sentence in sentences)


def test_the_sentences_say_where_the_value_stands_and_of_which_year_it_is() -> None:
    trend = attendance()
    told = comparison_sentences(trend, stood(trend))
    assert told[0].startswith((
        "England: 91%, school year 2024/25. No clear difference from England: ours is 90%",
        "England: 91%, school year 2024/25. Below England: ours is 90%",
    ))
    assert told[0].endswith("It is the latest published figure, and is about an earlier period than our value.")
    assert told[1] == "South East: 89.1%, school year 2024/25." or told[1].startswith("South East: ")
    neighbours = sorted(float(100) - float(values_of_all("absence", code)["202425"]) for code in KENT.places.neighbours)
    median = (neighbours[4] + neighbours[5]) / 2
    assert f"from {neighbours[0]:.1f}% to {neighbours[-1]:.1f}%, 10 authorities with a figure" in told[3]
    assert f"median {median:.2f}".rstrip("0") in told[3] or f"median {median:.1f}" in told[3]
    own = 100 - float(values_of("absence", "886")["202425"])
    place = 1 + sum(value > own + 1e-9 for value in neighbours)
    assert f"{ordinal(place)} of 11" in told[4] and "counted from the highest" in told[4]


def values_of_all(series: str, code: str) -> dict[str, str]:
    rows = KENT.values.filter((pl.col("series") == series) & (pl.col("area") == code))
    return dict(rows.select("year", "value").rows())


@pytest.mark.parametrize(("counts", "said"), [
    ([(980, 1000)] * 24, "Above England"), ([(600, 1000)] * 24, "Below England"), ([(910, 1000)] * 24, "No clear difference from England"),
])
def test_above_and_below_need_the_whole_interval(counts, said: str) -> None:
    trend = attendance(counts)
    assert england_words(trend, stood(trend)) == (said, "England 91%, school year 2024/25")


def test_ordinals() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "111th",
    ]


# --- fairness -------------------------------------------------------------------------------------------------------


def test_only_measures_with_a_fair_figure_have_lines() -> None:
    with_lines = {measure.id for measure in measures() if stood(made_trend(measure.id, [(5, 10)] * 20)).lines}
    assert with_lines == COMPARATORS.keys() - {"persistent_absence_in_care"}


def test_a_yearly_share_says_that_it_needs_years() -> None:
    found = stood(made_trend("persistent_absence_in_care", [(5, 10)] * 20))
    assert not found.lines and "Choose years" in found.why_not


def test_a_filter_that_leaves_children_out_leaves_the_figures_out() -> None:
    found = stood(attendance(), filtered_by=["sex"])
    assert (found.lines, found.why_not) == ((), FILTERED)


def test_a_manager_is_told_that_the_figures_are_about_whole_authorities() -> None:
    found = stood(attendance(), part=True)
    assert found.comparator is not None and found.lines
    assert PART_OF_THE_CHILDREN in caveat(found.comparator, part=found.part)
    assert PART_OF_THE_CHILDREN not in caveat(found.comparator)


def test_a_made_up_authority_has_england_and_a_region_and_no_own_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_AUTHORITY", "Kent")
    monkeypatch.setenv("QS133_COMPARATORS", "/dev/null/none.csv")
    figures = current(made_up=True)
    assert figures.there() == (Kind.ENGLAND, Kind.REGION) and figures.places.region_name == MADE_UP_REGION
    monkeypatch.setenv("QS133_REGION", "london")
    assert current(made_up=True).places.region_name == "London"
    assert current(made_up=False).there() == tuple(Kind)
    st.cache_resource.clear()


def test_a_kept_file_that_is_damaged_is_told_and_the_figures_of_the_project_stay(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept.csv").write_text("nonsense", encoding="utf-8")
    monkeypatch.setenv("QS133_COMPARATORS", str(tmp_path / "kept.csv"))
    figures = current(made_up=True)
    assert "can't be read" in figures.problem and figures.there() == (Kind.ENGLAND, Kind.REGION)
    st.cache_resource.clear()


# --- turning off ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", list(Kind))
def test_each_kind_can_be_turned_off_everywhere(off: Kind) -> None:
    shown = showing(KENT, [kind for kind in Kind if kind != off])
    trend = attendance()
    found = stood(trend, shown)
    assert {named.line.kind for named in found.lines} == set(Kind) - {off}
    assert found.of(off) is None
    gone = KENT.name(off)
    assert gone not in published_table(found).columns
    assert gone not in published_rows(found)["group"].to_list()
    assert not any(gone in item.words for item in trend_chart(trend, comparison=found).key)
    assert (england_words(trend, found)[0] == "") == (off == Kind.ENGLAND)
    assert any("By published figures" in sentence for sentence in comparison_sentences(trend, found)) == (off != Kind.NEIGHBOURS)


def test_the_choice_is_in_the_address_unless_all_are_shown() -> None:
    assert in_address(KENT) is None
    assert in_address(showing(KENT, ["england"])) == ("England",)
    assert address(Filters()) == ""
    assert address(Filters(compare=("England", KINDS[Kind.OWN]))) == "compare=England&compare=Own+published+figure"
    assert address(Filters(compare=())) == "compare="


# --- charts and downloads -------------------------------------------------------------------------------------------


def test_lines_differ_without_colour_and_have_their_names_beside_them() -> None:
    trend = attendance()
    drawing = trend_chart(trend, comparison=stood(trend))
    lines = [trace for trace in drawing.figure.data if trace.line.color == PUBLISHED]
    assert len({trace.line.dash for trace in lines}) == 4 and len({trace.line.color for trace in lines}) == 1
    names = [note for note in drawing.figure.layout.annotations if note.xref == "paper"]
    assert {note.text for note in names} == {"England", "Region", "Published", "Neighbours"}
    low, high = drawing.figure.layout.yaxis.range
    heights = sorted(note.y for note in names)
    assert all(later - earlier > (high - low) * 0.07 for earlier, later in itertools.pairwise(heights))
    assert all(low <= height <= high for height in heights)
    drawn = [height for trace in lines for height in trace.y if height is not None]
    assert low < min(drawn) and max(drawn) < high
    assert "South East" in drawing.alt and "91% in school year 2024/25" in drawing.alt


@pytest.mark.parametrize("heights", [[1.0, 1.0, 1.0], [0.0, 9.9, 10.0], [10.0, 10.0, 10.0], [], [5.0]])
def test_names_stay_apart_and_inside(heights: list[float]) -> None:
    placed = apart(heights, 1.0, 0.0, 10.0)
    assert all(later - earlier >= 1 - 1e-9 for earlier, later in itertools.pairwise(placed))
    assert all(0 <= place <= 10 for place in placed)


def test_a_line_is_full_where_published_and_thin_where_carried_on() -> None:
    trend = attendance()
    found = stood(trend, showing(KENT, ["england"]))
    (named,) = found.lines
    ends = trend.frame["period_end"].to_list()
    assert [level.carried if level else None for level in named.levels] == [
        # 2019/20 was not published; July to September 2025 lies mostly in the school year 2024/25.
        None if end.isoformat() < "2020-10-01" else end.isoformat() > "2025-09-30" for end in ends
    ]
    drawing = trend_chart(trend, comparison=found)
    assert len({trace.line.width for trace in drawing.figure.data if trace.line.color == PUBLISHED}) == 2
    assert any(item.drawn == "published_carried" for item in drawing.key)


def test_the_download_holds_what_is_shown() -> None:
    trend = attendance()
    found = stood(trend)
    rows = list(csv.DictReader(io.StringIO(to_csv(shown_rows(trend, None, None, {}, more=[published_rows(found)])).decode())))
    published = [row for row in rows if row["part"] == "published"]
    table = published_table(found)
    assert len(published) == table.height * (len(table.columns) - 1)
    assert {row["shown_as"] for row in published} == {
        cell for name in table.columns if name != "Published" for cell in table[name]
    }
    assert all(row["measure"] == trend.measure.id and row["title"] == trend.measure.title and row["sharing"] for row in published)
    assert all((row["numerator"], row["lower"]) == ("", "") for row in published)
    assert len(rows) - len(published) == trend.frame.height


# --- changes of definition ------------------------------------------------------------------------------------------


def test_a_trend_that_crosses_a_change_has_a_marked_line_with_its_words() -> None:
    trend = attendance()
    found = stood(trend)
    assert [change.id for change in found.changes] == ["coronavirus_absence", "attendance_codes"]
    drawing = trend_chart(trend, comparison=found)
    marks = {note.text: note.x for note in drawing.figure.layout.annotations if note.xref != "paper"}
    quarter = trend.frame["period"].to_list().index("2022-23 Q1")
    assert marks["<b>A</b>"] == quarter - 0.5
    inside = trend.frame["period"].to_list().index("2024-25 Q2")
    assert marks["<b>B</b>"] == pytest.approx(inside - 0.5 + (31 + 18) / 92)
    for change in found.changes:
        assert any(item.drawn == "definition" and change.words in item.words for item in drawing.key)
        assert change.title in drawing.alt and change.title in crossing_sentence(found.changes)


def test_a_trend_that_ends_before_a_change_says_nothing_of_it() -> None:
    found = stood(attendance([(900, 1000)] * 8))
    assert found.changes == () and crossing_sentence(found.changes) == ""
    assert not [item for item in trend_chart(attendance([(900, 1000)] * 8), comparison=found).key if item.drawn == "definition"]


def test_a_filter_by_sex_brings_the_change_of_its_codes() -> None:
    trend = made_trend("education_plan", [(5, 10)] * 20)
    assert stood(trend).changes == ()
    assert [change.id for change in stood(trend, filtered_by=["sex"]).changes] == ["sex_codes"]


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def view_of(demo_database: str) -> Callable[..., View]:
    reporting = exact(Reporting(engine(demo_database)))
    return lambda filters=None, published=KENT: View(reporting, filters or Filters(), Targets(targets()), published=published)


def _statement(number, view):
    from dashboard.screens.statement import statement_page

    statement_page(number, view)


def _equality(view):
    from dashboard.screens.equality.page import equality_page

    equality_page(view)


def _definitions(published):
    from dashboard.screens.definitions import definitions

    definitions(published)


def drawn(script, *args, **address: str) -> AppTest:
    page = AppTest.from_function(script, args=args, default_timeout=90)
    for key, value in address.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception, page.exception
    return page


def words(page: AppTest) -> str:
    kinds = ("markdown", "caption", "subheader", "header")
    return "\n".join([*(str(element.value).replace("\\", "") for kind in kinds for element in page.get(kind)), html_words(page)])


def test_the_page_of_statement_4_says_how_far_figures_are_comparable(view_of, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    page = drawn(_statement, 4, view_of(), open="all")
    text = words(page)
    for id in ("attendance_in_care", "three_or_more_placements"):
        assert COMPARATORS[id].how_far in text
    assert COMPARATORS["persistent_absence_in_care"].why_not_by("quarter") in text
    assert "Kent, published: 12%, year to March 2025" in text
    assert f"({CHANGES[4].on.day} August 2024)" in text
    yearly = words(drawn(_statement, 4, view_of(Filters(grain="year")), open="all"))
    assert COMPARATORS["persistent_absence_in_care"].how_far in yearly
    st.cache_resource.clear()


def test_groups_by_sex_say_that_the_codes_changed(view_of, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    page = drawn(_statement, 3, view_of())
    assert "New codes for sex" not in words(page)
    page.selectbox(key="by").select("sex").run()
    assert words(page).count("‘New codes for sex in the return’ (1 April 2024)") == 1
    st.cache_resource.clear()


def test_a_gap_over_time_says_that_it_crosses_a_change(view_of) -> None:
    page = drawn(_equality, view_of())
    page.selectbox(key="by").select("sex").run()
    page.selectbox(key="measure").select("persistent_absence").run()
    text = words(page)
    assert "The gap over time runs across changes of definition" in text
    assert "‘New codes for sex in the return’ (1 April 2024) and ‘New national attendance codes’ (19 August 2024)" in text


def test_the_definitions_page_has_every_figure_and_every_change() -> None:
    text = words(drawn(_definitions, KENT))
    for comparator in COMPARATORS.values():
        assert comparator.how_far in text and comparator.publication.address in text
    for change in CHANGES:
        assert change.words in text and change.source in text
    assert "its ten statistical neighbours: Essex" in text and "Open Government Licence v3.0" in text
    assert get("attendance").title in text
    assert "none of the published ones" in words(drawn(_definitions, replace(KENT, places=comparison("Your authority").places)))


def test_before_and_after_a_dated_change_says_that_it_runs_across_a_change_of_definition() -> None:
    told = help_words(attendance(), datetime.date(2023, 4, 1))
    assert "This comparison runs across changes of definition" in told and "‘New national attendance codes’ (19 August 2024)" in told
    assert "definition" not in help_words(made_trend("education_plan", [(5, 10)] * 20), datetime.date(2023, 4, 1))


def test_all_stay_shown_when_another_authority_has_others(demo_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where several are loaded, and one of them is chosen."""
    def script() -> None:
        import streamlit as st

        from dashboard.figures.published import current
        from dashboard.session.comparator_choice import choose

        st.write(repr(choose(current(made_up=False, chosen=st.session_state.get("chosen", ""))).chosen))

    app = AppTest.from_function(script)

    def findings_of(authority: str) -> str:
        app.session_state["chosen"] = authority
        app.run()
        assert not app.exception
        return str(app.markdown[0].value)

    monkeypatch.setenv("QS133_AUTHORITY", "Nowhere")
    few, many = findings_of(""), findings_of("Kent")
    assert few.count("<Kind.") == 1
    assert many.count("<Kind.") == 4
    app.button_group[0].set_value(["england", "own"]).run()
    assert findings_of("Camden").count("<Kind.") == 2
    assert findings_of("") == few
