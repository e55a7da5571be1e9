"""Numbers, dates, values and headlines as people read them."""

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.access import Role
from dashboard.access.roles import Person
from dashboard.text import formatting
from metrics.judgement.targets import grain_of
from metrics.measures.catalogue import get, measures
from tests.dashboard.made_up import made_trend, quarters

PLAN, SDQ, SUSPENSIONS, ATTENDANCE, ABSENT = (
    get(id) for id in ("education_plan", "social_emotional_mean", "suspension_rate", "attendance", "persistent_absence")
)


@pytest.mark.parametrize(("share", "text"), [
    (0.0, "0%"), (1.0, "100%"), (0.85, "85%"), (82 / 96, "85%"), (0.845, "85%"),
    (0.5, "50%"), (0.1, "10%"), (0.9, "90%"),
    (0.024, "2.4%"), (0.02, "2%"), (0.925, "92.5%"), (0.0896, "9.0%"),
    (0.9996, "over 99.9%"), (0.0004, "under 0.1%"),
    (1 / 3, "33%"), (1.28, "128%"), (-0.05, "−5%"),
])
def test_percent(share: float, text: str) -> None:
    assert formatting.percent(share) == text


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_percent_says_none_and_all_only_of_none_and_all(counts: tuple[int, int]) -> None:
    x, n = counts
    text = formatting.percent(x / n)
    assert (text == "0%") == (x == 0)
    assert (text == "100%") == (x == n)
    if text[0].isdigit():
        assert abs(float(text.removesuffix("%")) - 100 * x / n) <= 0.5 + 1e-9


@pytest.mark.parametrize(("value", "decimals", "text"), [
    (1234567, 0, "1,234,567"), (12, 1, "12.0"),
    (0.5, 0, "1"), (2.5, 0, "3"), (-1234.5, 1, "−1,234.5"), (-0.2, 0, "0"), (14.915, 1, "14.9"), (0.125, 2, "0.13"),
])
def test_number(value: float, decimals: int, text: str) -> None:
    assert formatting.number(value, decimals) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 children"), (1, "1 child"), (2, "2 children"), (1204, "1,204 children")])
def test_plural(count: int, text: str) -> None:
    assert formatting.plural(count, "child", "children") == text


@pytest.mark.parametrize(("difference", "text"), [
    (0.31, "31 percentage points"), (-0.31, "31 percentage points"), (0.01, "1 percentage point"), (0.004, "0.4 percentage points"),
    (0.0149, "1 percentage point"),
])
def test_points(difference: float, text: str) -> None:
    assert formatting.points(difference) == text


@pytest.mark.parametrize(("items", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_listing(items: list[str], text: str) -> None:
    assert formatting.listing(items) == text


@pytest.mark.parametrize(("text", "lowered"), [("Placement", "placement"), ("SDQ score", "SDQ score"), ("UK", "UK"), ("", "")])
def test_lower_first(text: str, lowered: str) -> None:
    assert formatting.lower_first(text) == lowered


def test_escape_markdown_leaves_nothing_that_markdown_reads() -> None:
    assert formatting.escape_markdown("**Team** [A](http://x) :red[b] $1$ <b>") == (
        r"\*\*Team\*\* \[A\]\(http\://x\) \:red\[b\] \$1\$ \<b\>"
    )


def test_long_date() -> None:
    assert formatting.long_date(datetime.date(2026, 9, 30)) == "30 September 2026"
    assert formatting.long_date(datetime.date(2026, 9, 1)) == "1 September 2026"


@pytest.mark.parametrize(("id", "value", "text"), [
    ("education_plan", 0.85, "85%"), ("attendance", 0.9254, "92.5%"), ("social_emotional_mean", 14.915, "14.9"),
    ("suspension_rate", 4.065, "4.1 for every 100 children"), ("suspension_rate", 0.0, "0 for every 100 children"),
    ("suspension_rate", 0.438, "0.44 for every 100 children"), ("suspension_rate", 120.4, "120 for every 100 children"),
    ("placement_breakdown_rate", 0.4382, "0.44 for every 1,000 placement days"), ("education_plan", None, "no data"),
    ("suspension_rate", None, "no data"),
])
def test_value_words(id: str, value: float | None, text: str) -> None:
    assert formatting.value_words(get(id), value) == text


@pytest.mark.parametrize(("id", "numerator", "denominator", "text"), [
    ("education_plan", 82, 96, "82 of 96 children"), ("education_plan", 1, 1, "1 of 1 child"), ("education_plan", 0, 1, "0 of 1 child"),
    ("education_plan", None, 5, "no data for 5 children"), ("education_plan", None, None, "hidden to protect children"),
    ("attendance", 16031, 17324, "16,031 of 17,324 possible half-day sessions"),
    ("attendance", 1, 1, "1 of 1 possible half-day session"), ("social_emotional_mean", 880, 59, "59 children"),
    ("social_emotional_mean", 12, 1, "1 child"), ("suspension_rate", 10, 246, "10 suspensions among 246 children"),
    ("suspension_rate", 1, 1, "1 suspension among 1 child"),
    ("permanent_exclusion_rate", 1, 40, "1 permanent exclusion among 40 children"),
    ("placement_breakdown_rate", 9, 20535, "9 placements that broke down in 20,535 days in a placement in care"),
    ("placement_breakdown_rate", 1, 1, "1 placement that broke down in 1 day in a placement in care"),
    ("assessed_before_programme", 1, 1, "1 of 1 programme"), ("assessment_covers_all_factors", 2, 3, "2 of 3 assessments"),
    ("return_after_permanence", 1, 11, "1 of 11 children"),
])
def test_count_words(id: str, numerator: float | None, denominator: float | None, text: str) -> None:
    assert formatting.count_words(get(id), numerator, denominator) == text


@pytest.mark.parametrize(("id", "numerator", "denominator", "text"), [
    ("placement_breakdown_rate", 5, 11407, "5 in 11,407 days"), ("placement_breakdown_rate", 1, 1, "1 in 1 day"),
    ("suspension_rate", 10, 246, "10 among 246 children"), ("suspension_rate", 0, 1, "0 among 1 child"),
    ("education_plan", 82, 96, "82 of 96 children"), ("suspension_rate", None, 5, "no data for 5 children"),
])
def test_short_count_words(id: str, numerator: float | None, denominator: float | None, text: str) -> None:
    assert formatting.short_count_words(get(id), numerator, denominator) == text


def test_every_measure_counts_one_in_the_singular() -> None:
    for measure in measures():
        one, many = formatting.denominator_noun(measure)
        assert one != many
        assert re.search(rf"\b1 {one}\b", formatting.count_words(measure, 1, 1)), measure.id
        assert many not in formatting.count_words(measure, 1, 1), measure.id


@pytest.mark.parametrize(("id", "lower", "upper", "text"), [
    ("education_plan", 0.771, 0.909, "95% confidence interval 77.1% to 90.9%"),
    ("education_plan", 0.77, 0.85, "95% confidence interval 77% to 85%"),
    ("social_emotional_mean", 13.44, 16.39, "95% confidence interval 13.4 to 16.4"),
    ("suspension_rate", 0.0, 1.4995, "95% confidence interval 0.0 to 1.5"),
    ("education_plan", None, None, "no interval"),
])
def test_interval_words(id: str, lower: float | None, upper: float | None, text: str) -> None:
    assert formatting.interval_words(get(id), lower, upper) == text


@pytest.mark.parametrize(("id", "counts", "target", "text"), [
    ("education_plan", (82, 96), 90, "82 of 96 children, 85%, below the 90% target"),
    ("education_plan", (86, 96), 90, "86 of 96 children, 89.6%, below the 90% target"),
    ("education_plan", (8997, 10000), 90, "8,997 of 10,000 children, 89.97%, below the 90% target"),
    ("education_plan", (9, 10), 90, "9 of 10 children, 90%, exactly at the 90% target"),
    ("education_plan", (96, 96), 90, "96 of 96 children, 100%, above the 90% target"),
    ("education_plan", (1, 1), 100, "1 of 1 child, 100%, exactly at the 100% target"),
    ("education_plan", (82, 96), None, "82 of 96 children, 85%"),
    ("education_plan", (82, 96), 85.5, "82 of 96 children, 85.4%, below the 85.5% target"),
    ("education_plan", (8545, 10000), 85.2, "8,545 of 10,000 children, 85.5%, above the 85.2% target"),
    ("persistent_absence", (58, 263), 20, "58 of 263 children, 22%, above the 20% target"),
    ("social_emotional_mean", (880, 59), 14, "59 children, 14.9 on average, above the target of 14"),
    ("social_emotional_mean", (880, 59), None, "59 children, 14.9 on average"),
    ("suspension_rate", (10, 246), 5, "10 suspensions among 246 children, 4.1 for every 100 children, below the target of 5"),
    ("suspension_rate", (0, 246), None, "0 suspensions among 246 children, 0 for every 100 children"),
    ("attendance", (16031, 17324), 88, "16,031 of 17,324 possible half-day sessions, 92.5%, above the 88% target"),
])
def test_headline(id: str, counts: tuple[float, int], target: float | None, text: str) -> None:
    assert formatting.headline(made_trend(id, [counts], target=target)) == text


def test_headline_without_a_value() -> None:
    assert formatting.headline(made_trend("education_plan", [(5, 10)], last_complete=False)) == "No data"


@pytest.mark.parametrize(("id", "counts", "target", "text"), [
    ("education_plan", (50, 96), 90, "Missed: the whole interval, 42% to 62%, lies below the 90% target."),
    ("education_plan", (95, 96), 90, "Met: the whole interval, 94.3% to 99.8%, lies at or above the 90% target."),
    ("education_plan", (84, 96), 90, "Not clear yet: the interval, 79.4% to 92.7%, reaches across the 90% target."),
    ("persistent_absence", (120, 263), 20, "Missed: the whole interval, 40% to 52%, lies above the 20% target."),
    ("persistent_absence", (5, 263), 20, "Met: the whole interval, 0.8% to 4.4%, lies at or below the 20% target."),
    ("social_emotional_mean", (12, 1), 14, "Not clear yet: there are too few children for an interval to hold against the target of 14."),
])
def test_target_sentence(id: str, counts: tuple[float, int], target: float, text: str) -> None:
    assert formatting.target_sentence(made_trend(id, [counts], target=target)) == text


def test_target_sentence_invites_a_target() -> None:
    assert "No target is set" in formatting.target_sentence(made_trend("education_plan", [(82, 96)]))


def _period(label: str, start: datetime.date, end: datetime.date, *, complete: bool = True) -> dict[str, object]:
    return {"period": label, "period_start": start, "period_end": end, "complete": complete}


@pytest.mark.parametrize(("row", "text"), [
    (_period("2026-04", datetime.date(2026, 4, 1), datetime.date(2026, 4, 30)), "April 2026"),
    (_period("2026-27 Q2", datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)), "July to September 2026"),
    (_period("2026-27", datetime.date(2026, 4, 1), datetime.date(2027, 3, 31)), "April 2026 to March 2027"),
    (_period("2026 Summer", datetime.date(2026, 4, 16), datetime.date(2026, 8, 31)), "summer term 2026"),
    (_period("2026-27 Q2", datetime.date(2026, 7, 1), datetime.date(2026, 8, 15), complete=False),
     "1 July to 15 August 2026, not complete yet"),
    (_period("2026-27", datetime.date(2026, 4, 1), datetime.date(2027, 1, 2), complete=False),
     "1 April 2026 to 2 January 2027, not complete yet"),
    (_period("2026-04", datetime.date(2026, 4, 1), datetime.date(2026, 4, 1), complete=False), "1 April 2026, not complete yet"),
])
def test_period_words(row: dict[str, object], text: str) -> None:
    assert formatting.period_words(row) == text


@pytest.mark.parametrize(("label", "start", "grain"), [
    ("2026-04", datetime.date(2026, 4, 1), "month"), ("2026-12", datetime.date(2026, 12, 1), "month"),
    ("2026-27 Q1", datetime.date(2026, 4, 1), "quarter"), ("2026-27", datetime.date(2026, 4, 1), "year"),
    ("2011-12", datetime.date(2011, 4, 1), "year"), ("2011-12", datetime.date(2011, 12, 1), "month"),
    ("2026 Spring", datetime.date(2026, 1, 1), "term"),
])
def test_grain_of(label: str, start: datetime.date, grain: str) -> None:
    assert grain_of(label, start) == grain


def test_quarters_of_the_tests_are_financial_ones() -> None:
    found = quarters(5)
    assert found["label"].to_list() == ["2020-21 Q1", "2020-21 Q2", "2020-21 Q3", "2020-21 Q4", "2021-22 Q1"]
    assert found["start_date"].to_list()[3] == datetime.date(2021, 1, 1)
    assert found["last_date"].to_list()[2] == datetime.date(2020, 12, 31)


def test_where_words() -> None:
    assert formatting.where_words({}) == "all children"
    chosen = {"placement": ("foster_carer",), "sex": ("F", "M"), "team": ()}
    assert formatting.where_words(chosen) == "Placement: Foster carer; Sex: Female or Male"
    assert formatting.where_words({}, "team ‘North’") == "all children of team ‘North’"
    assert formatting.where_words(chosen, "team ‘North’").endswith("Male; only children of team ‘North’")


def test_a_limit_never_reads_the_same_as_the_value_beyond_it() -> None:
    assert formatting.told_apart(PLAN, 0.124, 0.118) == ("12.4%", "11.8%")
    assert formatting.told_apart(PLAN, 0.60, 0.118) == ("", "12%")
    assert formatting.told_apart(PLAN, 0.12, 0.12) == ("", "12%")


def test_whose_children_a_managers_are_is_in_words_and_in_the_names_of_files() -> None:
    one = Person("", "", Role.MANAGER, ("North East",))
    assert one.part_words == "team ‘North East’" and formatting.file_part(one.part_words) == "team-north-east"
    assert Person("", "", Role.MANAGER, ("A", "B"), ("C",)).part_words == "teams ‘A’ and ‘B’ and provider ‘C’"
    assert not Person("", "", Role.ANALYST).part_words
