"""Downloads hold exactly what is shown, and nothing that a spreadsheet would run."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.content.exports import file_name, shown_rows, to_csv
from dashboard.text.formatting import EXACT
from metrics.units.breakdowns import BREAKDOWNS
from tests.dashboard.made_up import made_groups, made_trend

COUNTS = [(70, 100), (66, 99)] * 7
PLACEMENT = BREAKDOWNS["placement"]


def read(contents: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contents.decode())))


def test_the_trend_and_the_groups_are_there_row_by_row() -> None:
    trend = made_trend("education_plan", COUNTS, target=90)
    groups = made_groups("education_plan", "placement", [("foster_carer", 3, 4), ("Not recorded", 1, 2)])
    rows = read(to_csv(shown_rows(trend, PLACEMENT, groups, {"sex": ("F",)})))
    assert [row["period"] for row in rows if row["part"] == "over time"] == trend.frame["period"].to_list()
    assert [(row["group"], row["numerator"], row["denominator"]) for row in rows if row["part"] == "by group"] == [
        ("Not recorded", "1", "2"), ("Foster carer", "3", "4"),
    ]
    first = rows[0]
    assert (first["numerator"], first["denominator"], float(first["value"]), first["shown_as"]) == ("70", "100", 0.7, "70%")
    assert float(first["target"]) == 0.9 and float(first["mean"]) == trend.frame["mean"][0]
    assert {row["filters"] for row in rows} == {"Sex: Female"}
    assert {row["sharing"] for row in rows} == {EXACT}
    assert next(iter(first)) == "measure"


def test_without_groups_only_the_trend_is_there() -> None:
    trend = made_trend("social_emotional_mean", [(150.5, 10)] * 3)
    for groups in (None, made_groups("social_emotional_mean", "placement", [])):
        rows = read(to_csv(shown_rows(trend, PLACEMENT, groups, {})))
        assert {row["part"] for row in rows} == {"over time"} and len(rows) == 3
        assert rows[0]["numerator"] == "150.5"


def test_a_hidden_value_says_so_and_is_empty() -> None:
    groups = made_groups("education_plan", "sex", [("F", 3, 5)]).with_columns(
        pl.lit("hidden").alias("state"), *(pl.lit(None).cast(pl.Float64).alias(name) for name in ("numerator", "value", "lower", "upper")),
    )
    rows = read(to_csv(shown_rows(made_trend("education_plan", COUNTS), BREAKDOWNS["sex"], groups, {})))
    assert (rows[-1]["value"], rows[-1]["shown_as"]) == ("", "hidden to protect children")


@pytest.mark.parametrize("text", [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\ufeff=1", "＝1+1", "＠SUM(A1)",
])
def test_text_that_would_be_a_formula_stays_text(text: str) -> None:
    cell = read(to_csv(pl.DataFrame({"group": [text], "value": [-1.5]})))[0]
    assert cell["group"].startswith("'") and cell["group"].replace("\r", "\n").endswith(text.replace("\r", "\n"))
    assert cell["value"] == "-1.5"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=20))
def test_other_text_comes_back_as_it_was(text: str) -> None:
    cell = next(csv.reader(io.StringIO(to_csv(pl.DataFrame({"group": [text, "end"]})).decode(), newline=""), None))
    assert cell == ["group"]
    found = list(csv.reader(io.StringIO(to_csv(pl.DataFrame({"group": [text], "end": [1]})).decode(), newline="")))[1][0]
    assert found in (text, f"'{text}")
    assert found.lstrip()[:1] not in tuple("=+-@＝＋－＠")


def test_the_name_says_what_it_is() -> None:
    assert file_name(made_trend("education_plan", COUNTS)) == "education_plan-2020-21-q1-to-2023-24-q2"
