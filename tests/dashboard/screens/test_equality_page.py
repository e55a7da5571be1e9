"""The equality page, run by Streamlit without a browser, on the demo authority: exact, filtered, and with cells hidden."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from config.targets import targets
from dashboard.content.equality import wording
from dashboard.content.equality.wording import verdict_sentence
from dashboard.content.exports import to_csv
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting
from dashboard.screens.equality import tables
from dashboard.text import formatting
from data_access.engines import engine
from metrics.judgement import equality
from metrics.judgement.equality import Standing, comparable
from metrics.judgement.targets import Targets
from metrics.measures.catalogue import get, measures
from metrics.units.breakdowns import BREAKDOWNS, PROVIDER, Breakdown
from tests.dashboard.people import exact
from tests.dashboard.walking import html_words

Page = Callable[..., AppTest]


@pytest.fixture(scope="module")
def reporting(demo_database: str) -> PermittedReporting:
    return exact(Reporting(engine(demo_database)))


@dataclass(frozen=True)
class HidingView(View):
    """A view that hides every cell of fewer than 10 children, as one that protects children would."""

    def summary(self, measure, by=()):
        rows = super().summary(measure, by)
        small = pl.col("denominator").is_between(1, 9)
        return rows.with_columns(
            *(pl.when(~small).then(pl.col(name)).alias(name) for name in ("numerator", "denominator", "value", "lower", "upper")),
            pl.when(small).then(pl.lit("hidden")).otherwise(pl.col("state")).alias("state"),
        )


@pytest.fixture
def page(reporting: PermittedReporting) -> Page:
    """`page(filters, by="Ethnic group")` draws the page at an address with these choices."""

    def draw(filters: Filters | None = None, kind: type[View] = View, **choices: str) -> AppTest:
        app = AppTest.from_function(_script, args=(kind(reporting, filters or Filters(), Targets(targets())),), default_timeout=60)
        app.query_params.update(choices)
        app.run()
        assert not app.exception, app.exception
        return app

    return draw


def _script(view):  # runs as a script of its own, where no name of this module is known
    from dashboard.screens.equality.page import equality_page

    equality_page(view)


def text_of(app: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "info")
    written = re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for kind in kinds for element in app.get(kind)))
    return f"{written}\n{html_words(app)}"


class Cells(HTMLParser):
    """The text of every table cell, a list a row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {data}".strip()


def table_in(app: AppTest, which: int = 0) -> list[list[str]]:
    found = [element.proto.body for element in app.get("html") if "<table>" in element.proto.body]
    cells = Cells()
    cells.feed(found[which])
    return cells.rows


def title_of(row: list[str]) -> str:
    """The measure that a row of the matrix is about, without the note below it."""
    return re.split(r" (?:Higher|Lower) is better", row[0])[0]


def alts(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def latest_groups(reporting: PermittedReporting, id: str, breakdown: str) -> dict[str, tuple[int, int]]:
    rows = View(reporting, Filters(), Targets(())).groups(get(id), breakdown)
    return {row[breakdown]: (int(row["numerator"]), row["denominator"]) for row in rows.iter_rows(named=True)}


def compared_by(view: View, breakdown: Breakdown) -> pl.DataFrame:
    return equality.compare([
        equality.at(measure, breakdown, view.summary(measure, by=(breakdown.id,)), view.summary(measure)) for measure in measures()
    ])


def test_every_characteristic_is_there(page: Page) -> None:
    offered = page().selectbox(key="by").options
    assert offered == [breakdown.title for breakdown in (*BREAKDOWNS.values(), PROVIDER)]


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_the_matrix_says_what_the_groups_say(page: Page, reporting: PermittedReporting, by: str) -> None:
    rows = table_in(page(by=BREAKDOWNS[by].title))
    head = rows[0][1:]
    told = {title_of(row): row[1:] for row in rows[1:] if len(row) > 1}
    assert set(told) == {measure.title for measure in measures()}
    for measure in measures():
        if not comparable(measure):
            continue
        groups = latest_groups(reporting, measure.id, by)
        recorded = {group: share for group, share in groups.items() if group != "Not recorded"}
        for label, cell in zip(head, told[measure.title], strict=False):
            group = next((group for group in groups if BREAKDOWNS[by].label(group) == label), None)
            if group is None:
                assert cell in ("nobody", "no data")
            elif group == "Not recorded":
                assert cell.endswith("not compared")
            else:
                assert cell_says(cell, *groups[group], *(sum(share[part] for share in recorded.values()) for part in (0, 1)))


def cell_says(cell: str, x: int, n: int, all_x: int, all_n: int) -> bool:
    """Whether a cell tells of x of n against the rest of these in all."""
    if all_n == n:
        return cell.endswith("no others to compare with")
    if min(n, all_n - n) < 10:
        return cell == "too few to say"
    gap = 100 * (x / n - (all_x - x) / (all_n - n))
    figure, rest = cell.split(" ", 1)
    shown = float(figure.replace("−", "-"))
    unreliable = min(n, all_n - n) < 30
    return abs(shown - gap) <= 0.5 and shown * gap >= 0 and ("unreliable" in rest) == unreliable and "equal" not in rest


def test_residential_care_is_served_worse(page: Page, reporting: PermittedReporting) -> None:
    app = page()
    x, n = latest_groups(reporting, "education_plan_up_to_date", "placement")["residential"]
    text = text_of(app)
    assert "show a group clearly worse off." in text
    assert f"Placement ‘Children's home or residential school’: {x} of {n} children" in text
    assert "more children would be among those with a plan completed or reviewed in the last 183 days if this group did as the rest" in text
    assert "This stays clear when all comparisons of the page are allowed for." in text
    values, gaps, trend = alts(app)
    assert "Children's home or residential school" in values and "points below" in gaps and ": worse" in gaps
    assert "Placement ‘Children's home or residential school’" in trend


def test_a_small_group_is_not_called_equal(page: Page) -> None:
    app = page(by="Ethnic group", measure=get("education_plan_up_to_date").title)
    text = text_of(app)
    small = next(line for line in text.splitlines() if "Too few to say" in line)
    assert "Other" in small and "does not mean equal" in small
    assert "Other" not in next(line for line in text.splitlines() if "No clear difference from the rest" in line)


@pytest.mark.parametrize("measure", [measure for measure in measures() if not comparable(measure)], ids=lambda measure: measure.id)
def test_what_is_no_share_is_not_compared_and_says_why(page: Page, measure) -> None:
    app = page(by="Sex", measure=measure.title)
    assert "the page's method (Newcombe's interval, Fisher's exact test) is for shares of children" in text_of(app)
    assert len(alts(app)) == 1


def test_choices_come_from_the_address(page: Page, reporting: PermittedReporting) -> None:
    period = reporting.periods("quarter").filter("complete")["label"][-3]
    app = page(by="Sex", measure="Children with an education plan", compared_quarter=period, crossed_with="Age", gap_sex="Male")
    assert [heading.value for heading in app.subheader][-1] == "Children with an education plan"
    row = View(reporting, Filters(), Targets(())).summary(get("education_plan"), by=("sex",)).row(by_predicate=(
        (pl.col("period") == period) & (pl.col("sex") == "M")
    ), named=True)
    text = text_of(app)
    assert f"Sex, {formatting.period_words(row)}" in text.splitlines()
    assert "Sex ‘Male’: of" in text
    assert table_in(app, 1)[0] == ["Sex", "0 to 4", "5 to 10", "11 to 15", "16 and over"]
    assert app.selectbox(key="crossed_with").value == "age_band"


def test_another_characteristic_keeps_the_page_whole(page: Page) -> None:
    app = page(by="Placement", gap_placement="Foster carer", crossed_with="Sex")
    for by in ("sex", "team", "unaccompanied", "placement"):
        app.selectbox(key="by").select(by).run()
        assert not app.exception
    app.selectbox(key="measure").select("attendance").run()
    assert not app.exception


def test_two_characteristics_crossed_have_their_numbers(page: Page, reporting: PermittedReporting) -> None:
    rows = table_in(page(measure=get("education_plan_up_to_date").title, crossed_with="Ethnic group"), 1)
    summary = View(reporting, Filters(), Targets(())).summary(get("education_plan_up_to_date"), by=("placement", "ethnicity_group"))
    last = summary.filter(pl.col("complete"))["period_start"].max()
    latest = summary.filter(pl.col("period_start") == last)
    found = {(row["placement"], row["ethnicity_group"]): row for row in latest.iter_rows(named=True)}
    for row in rows[1:]:
        placement = next(group for group in ("Not recorded", *BREAKDOWNS["placement"].labels)
                         if BREAKDOWNS["placement"].label(group) == row[0])
        for group, cell in zip(rows[0][1:], row[1:], strict=True):
            n = found[placement, group]["denominator"] if (placement, group) in found else 0
            assert cell == "nobody" if n == 0 else f"{int(found[placement, group]['numerator'])} of {n} child" in cell
            assert ("too few to say" in cell) == (0 < n < 10)


def test_hidden_groups_are_called_hidden_and_not_few() -> None:
    rows = {
        "group": ["a", "b", "c", "Not recorded"], "p_value": [None, None, 0.4, None],
        "standing": [Standing.HIDDEN.value, Standing.NO_DATA.value, Standing.NO_CLEAR_DIFFERENCE.value, Standing.HIDDEN.value],
    }
    compared = pl.DataFrame(rows, schema={"group": pl.String, "p_value": pl.Float64, "standing": pl.String})
    assert verdict_sentence(compared, BREAKDOWNS["placement"]) == "By placement, 1 of 2 comparisons can be made; 1 is hidden."


class TestFilters:
    def test_on_what_is_compared_it_is_explained(self, page: Page) -> None:
        app = page(Filters(where={"placement": ("residential",)}))
        assert "it can't be compared, because there are no other children left" in app.info[0].value
        assert "nothing could be compared" in text_of(app)

    def test_of_several_groups_each_is_compared_with_the_others(self, page: Page) -> None:
        app = page(Filters(where={"placement": ("residential", "foster_carer")}))
        assert "each is compared with the others of these alone" in app.info[0].value
        assert table_in(app)[0] == ["Measure", "Foster carer", "Children's home or residential school"]

    def test_on_something_else_they_apply(self, page: Page) -> None:
        assert not page(Filters(where={"sex": ("F",)})).info
        assert table_in(page(Filters(where={"sex": ("F",)})))[0] == table_in(page())[0]
        assert table_in(page(Filters(where={"sex": ("F",)}))) != table_in(page())

    def test_that_leave_nothing_are_explained(self, page: Page) -> None:
        app = page(Filters(where={"age_band": ("0 to 4",), "unaccompanied": ("yes",)}))
        assert "No measure has data here." in text_of(app) or "No data" in text_of(app)

    @pytest.mark.parametrize("grain", ["month", "term", "year"])
    def test_every_length_of_period(self, page: Page, grain: str) -> None:
        app = page(Filters(grain=grain))
        assert len(app.selectbox(key=f"compared_{grain}").options) > 1

    def test_the_range_of_periods_limits_which_can_be_compared(self, page: Page, reporting: PermittedReporting) -> None:
        labels = reporting.periods("quarter")["label"].to_list()
        app = page(Filters(first=labels[2], last=labels[4]))
        assert app.selectbox(key="compared_quarter").options == ["The latest complete one", *reversed(labels[2:5])]


class TestHidden:
    def test_a_hidden_cell_is_said_to_be_hidden_and_shows_nothing(self, page: Page) -> None:
        app = page(kind=HidingView, by="Ethnic group", measure=get("education_plan_up_to_date").title, crossed_with="Placement")
        hidden = next(line for line in text_of(app).splitlines() if formatting.upper_first(formatting.HIDDEN) in line)
        assert "Other" in hidden
        column = table_in(app)[0].index("Other")
        row = next(row for row in table_in(app)[1:] if title_of(row) == get("education_plan_up_to_date").title)
        assert row[column] == formatting.HIDDEN
        assert any(formatting.HIDDEN in cell for cells in table_in(app, 1) for cell in cells)
        assert not [cell for cells in table_in(app, 1)[1:] for cell in cells if re.search(r"of [1-9] child", cell)]
        assert not [alt for alt in alts(app) if re.search(r"Other: \D*\d", alt)]

    def test_a_group_that_is_hidden_in_every_measure_is_named_once(self, page: Page) -> None:
        class OneHidden(HidingView):
            """Hides one group altogether, as one that is always small is."""

            def summary(self, measure, by=()):
                rows = View.summary(self, measure, by)
                if "ethnicity_group" not in by:
                    return rows
                other = pl.col("ethnicity_group") == "Other"
                return rows.with_columns(
                    *(pl.when(~other).then(pl.col(name)).alias(name) for name in ("numerator", "denominator", "value", "lower", "upper")),
                    pl.when(other).then(pl.lit("hidden")).otherwise(pl.col("state")).alias("state"),
                )

        app = page(kind=OneHidden, by="Ethnic group")
        head = table_in(app)[0]
        assert "Other" not in head
        assert {"White", "Mixed", "Asian", "Black"} <= set(head)
        assert text_of(app).count("Too small to show in any measure: Other.") == 1
        assert not any(formatting.HIDDEN in cell for cells in table_in(app) for cell in cells)

    def test_nothing_hidden_is_downloaded(self, reporting: PermittedReporting) -> None:
        view, breakdown = HidingView(reporting, Filters(), Targets(())), BREAKDOWNS["ethnicity_group"]
        compared = compared_by(view, breakdown)
        by_id = {measure.id: measure for measure in measures()}
        cells = view.summary(get("education_plan"), by=(breakdown.id, "sex"))
        crossed = tables.crossed_rows(get("education_plan"), breakdown, BREAKDOWNS["sex"], cells)
        table = tables.download_rows({"all": tables.with_words(compared), "crossed": crossed}, by_id, breakdown, {})
        hidden = [row for row in csv.DictReader(io.StringIO(to_csv(table).decode())) if row["state"] == "hidden"]
        assert {row["part"] for row in hidden} == {"all", "crossed"}
        for row in hidden:
            assert row["shown_as"] == formatting.HIDDEN
            assert {row[name] for name in ("numerator", "denominator", "value", "difference", "children", "p_value")} == {""}


def test_the_download_is_what_is_shown(page: Page, reporting: PermittedReporting) -> None:
    view, breakdown = View(reporting, Filters(), Targets(())), BREAKDOWNS["sex"]
    by_id = {measure.id: measure for measure in measures()}
    compared = compared_by(view, breakdown)
    table = tables.download_rows({"all measures": tables.with_words(compared)}, by_id, breakdown, {"sex": ("F", "M")})
    rows = list(csv.DictReader(io.StringIO(to_csv(table).decode())))
    matrix = {title_of(row): dict(zip(table_in(app)[0], row, strict=False))
              for app in [page(by="Sex")] for row in table_in(app)[1:]}
    assert len(rows) == compared.height
    for row in rows:
        assert matrix[row["title"]][row["group"]].endswith(row["shown_as"])
        assert (row["breakdown"], row["filters"], row["sharing"]) == ("Sex", "Sex: Female or Male", formatting.EXACT)


def test_the_table_has_the_numbers_of_the_chart(page: Page) -> None:
    app = page(measure=get("education_plan_up_to_date").title)
    assert not app.table
    for key in ("table_matrix", "table_equality", "table_equality_trend"):
        app.session_state[key] = True
    app.run()
    matrix, one, trend = (table.value for table in app.table)
    assert matrix.shape[0] > one.shape[0] > 3
    row = one[one["Placement"] == "Children's home or residential school"].iloc[0]
    gap, interval = row["Gap (percentage points)"].removeprefix("−"), row["95% confidence interval of the gap"]
    assert f"{gap} percentage points below the rest (95% confidence interval {interval})" in text_of(app)
    assert row["How it stands"] == "worse" and row["All comparisons allowed for"] == "stays clear"
    assert trend.iloc[0]["Gap (percentage points)"] == row["Gap (percentage points)"]


class TestWords:
    @pytest.mark.parametrize(("difference", "expected"), [(-0.31, "−31"), (0.042, "+4"), (0.004, "+0.4"), (-0.00001, "0"), (0.0, "0")])
    def test_signed_points(self, difference: float, expected: str) -> None:
        assert wording.signed_points(difference) == expected

    @pytest.mark.parametrize(("lower", "upper", "expected"), [
        (-0.42, -0.19, "19 to 42"), (0.19, 0.42, "19 to 42"), (-0.12, 0.05, "−12 to +5"), (0.004, 0.1, "0.4 to 10.0"),
        (0.0, 0.5, "0 to +50"),
    ])
    def test_the_interval_of_a_gap(self, lower: float, upper: float, expected: str) -> None:
        assert wording.gap_range({"lower": lower, "upper": upper}) == expected

    @pytest.mark.parametrize(("p", "expected"), [(None, ""), (0.0004, "under 0.001"), (0.004, "0.004"), (0.034, "0.03"), (1.0, "1.00")])
    def test_p_values(self, p: float | None, expected: str) -> None:
        assert wording.p_words(p) == expected

    def test_every_standing_has_words_of_its_own(self) -> None:
        assert set(wording.WORDS) == set(Standing)
        assert len(set(wording.WORDS.values())) == len(Standing)

    def test_addresses_name_the_measure_and_characteristic_as_the_page_offers_them(self, page: Page) -> None:
        measure, breakdown = get("suspended"), BREAKDOWNS["disabled"]
        app = page(**wording.link_parameters(measure, breakdown))
        assert (app.selectbox(key="measure").value, app.selectbox(key="by").value) == (measure.id, breakdown.id)


def test_a_group_that_is_better_off_is_not_said_to_lose_children_if_it_did_as_the_rest_do() -> None:
    rows = {"children": 10.0, "difference": 0.2}
    better = wording.children_sentence(get("education_plan"), rows)
    assert better.startswith("About 10 more children are among those") and better.endswith("than would be at the rest's rate.")
    worse = wording.children_sentence(get("education_plan"), {"children": -10.0, "difference": -0.2})
    assert worse.startswith("About 10 more children would be among those") and worse.endswith("if this group did as the rest do.")
    fewer = wording.children_sentence(get("suspended"), {"children": -3.0, "difference": -0.2})
    assert fewer.startswith("About 3 fewer children are among those")


def test_a_breakdowns_title_reads_after_by() -> None:
    assert not any(breakdown.title.startswith(("From", "Whether")) for breakdown in BREAKDOWNS.values())
