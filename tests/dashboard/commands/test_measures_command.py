"""`qs133 measures`, as a person at a command line sees it."""

import io
import json

import polars as pl
import pytest

from config.cohorts import COHORT_CHOICES
from dashboard.command_line import main
from dashboard.figures.permitted import protected_limit
from data_access.audit import entries
from data_access.workspace import workspace_engine

COLUMNS = [
    "measure", "cohort", "period", "period_start", "period_end", "complete", "numerator", "denominator", "value", "lower", "upper", "state",
    "rounded", "target", "target_status", "mean", "lower_limit", "upper_limit", "special_cause", "direction", "variation", "assurance",
    "data_to_check",
]


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """The address of a workspace whose audit log is empty."""
    address = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv("QS133_WORKSPACE_URL", address)
    return address


@pytest.fixture
def measures(demo_database, capsys):
    """`measures("--by", "sex")` gives the exact figures that the command printed, as a frame."""

    def run(*arguments, view=("--exact",)):
        assert main(["measures", *view, "--database", demo_database, *arguments]) == 0
        return pl.read_csv(io.StringIO(capsys.readouterr().out), infer_schema_length=None, try_parse_dates=True)

    return run


def test_the_columns_are_those_that_are_promised(measures):
    table = measures("--measure", "education_plan")
    assert table.columns == COLUMNS
    assert table["measure"].unique().to_list() == ["education_plan"]
    assert table["period"].to_list() == sorted(table["period"])


def test_groups_have_columns_after_complete(measures):
    table = measures("--measure", "education_plan", "--by", "sex", "--by", "placement")
    first = ["measure", "cohort", "period", "period_start", "period_end", "complete", "sex", "placement", "numerator"]
    assert table.columns[:9] == first


def test_a_cohort_is_chosen_and_named(measures):
    chosen = {cohort: measures("--measure", "education_plan", "--cohort", cohort) for cohort in COHORT_CHOICES}
    assert {cohort: table["cohort"].unique().to_list() for cohort, table in chosen.items()} == {
        "auto": ["recorded"], "recorded": ["recorded"], "looked_after": ["looked_after"], "ng26": ["ng26"],
    }
    sums = {cohort: table["denominator"].sum() for cohort, table in chosen.items()}
    assert sums["recorded"] == sums["auto"]
    assert 0 < sums["looked_after"] < sums["ng26"]


def test_a_filter_gives_the_rows_of_its_group(measures):
    by_group = measures("--measure", "attendance", "--by", "placement").filter(pl.col("placement") == "residential").drop("placement")
    filtered = measures("--measure", "attendance", "--where", "placement=residential")
    shared = ["period", "numerator", "denominator", "value", "lower", "upper"]
    assert filtered.select(shared).rows() == by_group.filter(pl.col("period") >= filtered["period"][0]).select(shared).rows()


def test_groups_of_one_breakdown_are_alternatives_and_breakdowns_narrow(measures):
    one, other = (measures("--measure", "education_plan", "--where", f"sex={sex}")["denominator"].sum() for sex in "FM")
    both = measures("--measure", "education_plan", "--where", "sex=F", "--where", "sex=M")["denominator"].sum()
    narrowed = measures("--measure", "education_plan", "--where", "sex=F", "--where", "ethnicity_group=White")["denominator"].sum()
    assert both == one + other
    assert 0 < narrowed < one


def test_a_group_that_nobody_is_in_is_told(demo_database, capsys):
    assert main(["measures", "--exact", "--database", demo_database, "--measure", "education_plan", "--where", "team=Nroth"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ",".join(COLUMNS) + "\n" and "Nobody was counted for team=Nroth." in shown.err


def test_json_and_parquet_hold_the_same(demo_database, capsysbinary):
    wanted = ["measures", "--exact", "--database", demo_database, "--measure", "suspension_rate", "--format"]
    assert main([*wanted, "json"]) == 0
    rows = json.loads(capsysbinary.readouterr().out)
    assert main([*wanted, "parquet"]) == 0
    table = pl.read_parquet(io.BytesIO(capsysbinary.readouterr().out))
    assert [row["numerator"] for row in rows] == table["numerator"].to_list()
    assert [row["period_start"] for row in rows] == [str(date) for date in table["period_start"]]


def test_without_exact_the_columns_are_the_same_and_groups_rounded_or_hidden(measures):
    wanted = ("--measure", "education_plan", "--measure", "attendance", "--by", "placement")
    exact, protected = measures(*wanted), measures(*wanted, view=())
    assert protected.columns == exact.columns
    assert protected["rounded"].all() and not exact["rounded"].any()
    keys = ["measure", "period", "placement"]
    both = protected.join(exact, on=keys, suffix="_exact", how="left")
    assert set(protected["state"]) == {"shown", "hidden"}  # placements that nobody had are hidden among those of few
    groups = [frame["placement"].unique().sort().to_list() for _, frame in protected.group_by("measure")]
    assert groups[0] == groups[1]
    plans = both.filter(pl.col("state") == "shown", pl.col("measure") == "education_plan")
    for name in ("numerator", "denominator"):
        assert (plans[name] % 3 == 0).all()
    assert plans["denominator"].min() >= 12 and plans["denominator_exact"].min() >= 10
    assert ((plans["denominator"] - plans["denominator_exact"]).abs() <= 2).all()
    assert ((plans["value"] - plans["numerator"] / plans["denominator"]).abs() <= 0.005 + 1e-9).all()
    assert ((plans["value"] * 100 - (plans["value"] * 100).round()).abs() < 1e-9).all()
    hidden = protected.filter(pl.col("state") == "hidden")
    assert hidden["numerator"].null_count() == hidden["value"].null_count() == hidden["target_status"].null_count() == hidden.height
    assert hidden["special_cause"].null_count() == hidden["mean"].null_count() == hidden.height


def test_numbers_by_provider_are_exact_ones_and_add_up(measures):
    chosen = ("--measure", "placement_breakdown", "--measure", "attendance")
    totals = measures(*chosen).group_by("measure", "period").agg(pl.col("numerator", "denominator").sum())
    by_provider = measures(*chosen, "--by", "provider")
    assert {"Not recorded", "PR1", "PR4"} <= set(by_provider["provider"]) and by_provider["numerator"].sum() > 0
    sums = by_provider.group_by("measure", "period").agg(pl.col("numerator", "denominator").sum())
    assert sums.sort("measure", "period").rows() == totals.sort("measure", "period").rows()
    one = measures(*chosen, "--where", "provider=PR4").select("measure", "period", "numerator", "denominator")
    alone = by_provider.filter(pl.col("provider") == "PR4", pl.col("denominator") > 0).select(one.columns)
    assert one.filter(pl.col("denominator") > 0).rows() == alone.rows()
    assert measures(*chosen, "--where", "provider=A provider of that name").is_empty()


def test_totals_are_exact(measures):
    wanted = ("--measure", "education_plan", "--measure", "attendance")
    exact, protected = measures(*wanted), measures(*wanted, view=())
    assert not protected["rounded"].any() and protected.rows() == exact.rows()


def test_an_exact_run_is_recorded_and_a_protected_one_is_not(measures, workspace):
    measures("--measure", "attendance", view=())
    assert entries(workspace_engine(workspace)).height == 0
    measures("--measure", "attendance", "--by", "sex", "--where", "placement=residential", "--where", "placement=foster_carer")
    entry = entries(workspace_engine(workspace)).row(0, named=True)
    assert (entry["role"], entry["action"]) == ("command line", "exact_view")
    assert entry["what"] == "qs133 measures: attendance, by quarter and sex"
    assert entry["filters"] == "placement is residential or foster_carer"
    assert entry["who"] and entry["data_version"]


def test_exact_figures_that_cannot_be_recorded_are_refused(demo_database, capsys, monkeypatch):
    monkeypatch.setenv("QS133_WORKSPACE_URL", "sqlite:////dev/null/workspace.sqlite")
    assert main(["measures", "--exact", "--database", demo_database, "--measure", "attendance"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "The workspace database can't be read" in shown.err


@pytest.mark.parametrize("arguments", [
    ["--by", "sex", "--by", "placement", "--by", "origin"], ["--by", "sex", "--by", "placement", "--where", "origin=uk"],
    ["--where", "sex=F", "--where", "sex=M"], ["--by", "provider"], ["--where", "provider=PR4"], ["--by", "sex", "--where", "provider=PR4"],
])
def test_without_exact_a_table_that_could_give_a_child_away_is_a_usage_error(demo_database, capsys, arguments):
    assert main(["measures", "--database", demo_database, *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert protected_limit() in shown.err
    assert "--exact" in shown.err


@pytest.mark.parametrize(("arguments", "words"), [
    (["--measure", "plans"], "no measure 'plans'"),
    (["--by", "colour"], "invalid choice: 'colour'"),
    (["--where", "placement"], "not BREAKDOWN=GROUP"),
    (["--where", "placement=castle"], "no group 'castle'"),
    (["--period", "week"], "invalid choice: 'week'"),
])
def test_a_usage_error_exits_2_and_says_what_there_is(demo_database, capsys, arguments, words):
    try:
        code = main(["measures", "--database", demo_database, *arguments])
    except SystemExit as left:
        code = left.code
    shown = capsys.readouterr()
    assert code == 2
    assert words in shown.err
    assert shown.out == ""


def test_a_database_that_is_not_there_exits_1_with_what_to_do(tmp_path, capsys):
    assert main(["measures", "--database", f"duckdb:///{tmp_path / 'none.duckdb'}"]) == 1
    shown = capsys.readouterr()
    assert "There is no database at" in shown.err
    assert shown.out == ""
