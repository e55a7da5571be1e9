"""`qs133 measures`, as a person at a command line sees it."""

import io
import json

import polars as pl
import pytest

from dashboard.command_line import main

COLUMNS = [
    "measure", "period", "period_start", "period_end", "complete", "numerator", "denominator", "value", "lower", "upper", "state",
    "target", "target_status", "mean", "lower_limit", "upper_limit", "special_cause", "direction", "variation", "assurance",
]


@pytest.fixture
def measures(demo_database, capsys):
    """`measures("--by", "sex")` gives what the command printed, as a frame."""

    def run(*arguments):
        assert main(["measures", "--exact", "--database", demo_database, *arguments]) == 0
        return pl.read_csv(io.StringIO(capsys.readouterr().out), infer_schema_length=None, try_parse_dates=True)

    return run


def test_the_columns_are_those_that_are_promised(measures):
    table = measures("--measure", "education_plan")
    assert table.columns == COLUMNS
    assert table["measure"].unique().to_list() == ["education_plan"]
    assert table["period"].to_list() == sorted(table["period"])


def test_groups_have_columns_after_complete(measures):
    table = measures("--measure", "education_plan", "--by", "sex", "--by", "placement")
    assert table.columns[:8] == ["measure", "period", "period_start", "period_end", "complete", "sex", "placement", "numerator"]


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


def test_json_and_parquet_hold_the_same(demo_database, capsysbinary):
    wanted = ["measures", "--exact", "--database", demo_database, "--measure", "suspension_rate", "--format"]
    assert main([*wanted, "json"]) == 0
    rows = json.loads(capsysbinary.readouterr().out)
    assert main([*wanted, "parquet"]) == 0
    table = pl.read_parquet(io.BytesIO(capsysbinary.readouterr().out))
    assert [row["numerator"] for row in rows] == table["numerator"].to_list()
    assert [row["period_start"] for row in rows] == [str(date) for date in table["period_start"]]


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
