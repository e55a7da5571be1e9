"""Every measure by every characteristic at once, on the page, for exact roles and in the protected view."""

import csv
import io
import re

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from config.access import Role
from dashboard.access.roles import Person
from dashboard.content.equality import overall
from dashboard.content.exports import to_csv
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting
from dashboard.screens.equality.overall import ROWS, table_html
from data_access.engines import engine
from metrics.judgement.equality_overall import worse_off
from metrics.judgement.targets import Targets
from metrics.measures.catalogue import get, measures
from metrics.statistics.comparison_of_values import of_repeated, rates, spread_between_children
from metrics.summary.summarise import State
from tests.dashboard.people import ANALYST, Agreeing
from tests.dashboard.walking import html_words

SOME = ("education_plan_up_to_date", "carer_trained", "video_feedback_as_defined", "suspension_rate", "suspended", "attendance",
        "persistent_absence", "social_emotional_mean")


@pytest.fixture(scope="module")
def reporting(demo_database: str) -> Reporting:
    return Reporting(engine(demo_database))


@pytest.fixture(params=["exact", "protected"])
def view(request: pytest.FixtureRequest, reporting: Reporting, monkeypatch: pytest.MonkeyPatch) -> View:
    """All that a person sees of some measures by two characteristics: more would take too long."""
    person = ANALYST if request.param == "exact" else Person("Vera", "vera", Role.VIEWER)
    seen = overall._seen
    monkeypatch.setattr(overall, "measures", lambda cohort: tuple(one for one in measures(cohort) if one.id in SOME))
    monkeypatch.setattr(overall, "_seen", lambda view: [one for one in seen(view) if one.id in ("placement", "ethnicity_group")])
    return View(PermittedReporting(reporting, person, Agreeing()), Filters(), Targets(()))


def _script(view):  # runs as a script of its own, where no name of this module is known
    from dashboard.screens.equality.overall import everything

    everything(view, None)


def test_it_is_worked_out_only_once_somebody_opens_it(view: View) -> None:
    app = AppTest.from_function(_script, args=(view,), default_timeout=60).run()
    assert not app.exception and not app.header and "Groups that are clearly worse off" not in html_words(app)
    app.session_state["equality_everything"] = True
    app.run()
    assert not app.exception
    compared = overall.compare_everything(view, None)
    assert app.header[0].value == overall.headline(compared)
    assert "For an annual report" in html_words(app)
    shown = overall.overall_table(view, worse_off(compared).head(ROWS))
    assert table_html(shown) in [element.proto.body for element in app.get("html")]
    assert shown.shape[0] == worse_off(compared).height > 0
    assert "Placement: Children's home or residential school" in set(shown["Group"])
    assert all(re.fullmatch(r"p (0\.0\d+|under 0\.001)(; fewer than 30 on one side)?", sure) for sure in shown["How sure"])
    unreliable = worse_off(compared)["certainty"] == "unreliable"
    assert [sure.endswith("on one side") for sure in shown["How sure"]] == unreliable.to_list()


def test_a_name_is_text_in_the_table() -> None:
    told = table_html(pl.DataFrame({"Measure": ["<b>Plans</b>"], "Group": ["Team: <script>x</script> & \"North\""]}))
    assert "<b>" not in told and "<script>" not in told and "&lt;script&gt;" in told


def test_rates_and_attendance_are_compared_too(view: View) -> None:
    compared = overall.compare_everything(view, None)
    made = compared.filter(pl.col("p_value").is_not_null())
    assert {"suspension_rate", "attendance", "social_emotional_mean"} <= set(made["measure"])


def test_a_rate_is_tested_with_how_unevenly_its_events_fall(view: View) -> None:
    """By quarter, of those compared in the quarter: as by hand, from the two totals."""
    compared = overall.compare_everything(view, None).filter(pl.col("measure") == "suspension_rate", pl.col("years") == 0)
    made = compared.filter(pl.col("p_value").is_not_null())
    assert made.height
    for row in made.iter_rows(named=True):
        period = pl.col("period") == row["period"]
        events, having = (view.summary(get(id)).filter(period).row(0, named=True) for id in ("suspension_rate", "suspended"))
        spread = spread_between_children(events["numerator"], events["denominator"], having["numerator"])
        parts = round(row["numerator"]), row["denominator"], round(row["rest_numerator"]), row["rest_denominator"]
        assert row["p_value"] == pytest.approx(of_repeated(rates(*parts), spread).p_value)
        assert row["p_value"] > rates(*parts).p_value or spread == 1 or row["p_value"] == 1


def test_no_share_is_more_than_all_or_less_than_nothing(view: View) -> None:
    compared = overall.compare_everything(view, None)
    shares = compared.filter(pl.col("measure").is_in([id for id in SOME if get(id).percent]))
    for name in ("value", "rest_value"):
        assert shares[name].drop_nulls().is_between(0, 1).all()


def test_it_is_made_from_what_is_shown_and_from_nothing_else(view: View) -> None:
    compared = overall.compare_everything(view, None)
    for row in compared.filter(pl.col("years") < 2, pl.col("value").is_not_null()).iter_rows(named=True):
        grain = "year" if row["years"] else "quarter"
        shown = view.reporting.summary(get(row["measure"]), grain, by=(row["breakdown"],))
        own = shown.filter((pl.col("period") == row["period"]) & (pl.col(row["breakdown"]) == row["group"])).row(0, named=True)
        assert own["state"] == State.SHOWN.value
        assert (row["numerator"], row["denominator"]) == (own["numerator"], own["denominator"])
    hidden = compared.filter(pl.col("standing") == "hidden")
    assert hidden.select("numerator", "value", "difference", "p_value", "rest_value").null_count().row(0) == (hidden.height,) * 5


def test_the_protected_view_says_how_many_are_hidden_and_reassures_of_none(view: View) -> None:
    compared = overall.compare_everything(view, None)
    told = f"{overall.headline(compared)} {overall.paragraph_for_report(view, compared)}"
    assert "none shows" not in told or view.reporting.exact
    assert ("can be made;" in told) == ("hidden" in told) == bool((compared["standing"] == "hidden").any())
    assert "nothing can be said of these" in told
    nothing = overall.paragraph_for_report(view, compared.filter(pl.col("standing") == "hidden"))
    assert "No group" not in nothing and "equal" not in nothing


def test_the_file_has_every_comparison_and_whether_it_may_be_shared(view: View) -> None:
    compared = overall.compare_everything(view, None)
    rows = list(csv.DictReader(io.StringIO(to_csv(overall.overall_export(view, compared)).decode())))
    assert len(rows) == compared.height
    assert {row["sharing"] for row in rows} == {view.sharing}
    assert all(row["shown_as"] for row in rows)


def test_both_values_have_as_many_decimals() -> None:
    row = {"rounded": False, "difference": -0.5, "value": 0.44, "rest_value": 0.938, "numerator": 15, "denominator": 34, "years": 0}
    assert overall.both_figures(get("education_plan"), row) == ("44%", "94%")
    rounded = {**row, "rounded": True, "numerator": 0.0, "value": 0.0, "rest_numerator": 30.0, "rest_denominator": 60, "years": 2}
    assert overall.both_figures(get("education_plan"), rounded)[0] == "0 to 4 of 34"
