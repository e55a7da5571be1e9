"""What published figures and changes of definition say beside a measure, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from config.cohorts import Cohort
from dashboard.content.comparisons.selection import Comparison, NamedLine
from dashboard.text.formatting import INTERVAL, figure, listing, long_date, plural, range_words, upper_first
from data_access.comparators import ATTRIBUTION, LICENCE, SYMBOLS
from metrics.comparators.comparability import Comparator
from metrics.comparators.definition_changes import DefinitionChange
from metrics.comparators.published import Kind, PublishedYear
from metrics.judgement.trend import Trend
from metrics.measures.kinds import Better

LICENCE_NAME = "Open Government Licence v3.0"


def year_words(year: PublishedYear) -> str:
    """'school year 2024/25', 'year to March 2025'."""
    if year.end.month == 8:
        return f"school year {year.start.year}/{year.end.year % 100:02}"
    return f"year to {year.end:%B %Y}"


def figure_words(comparator: Comparator, year: PublishedYear) -> str:
    """A published figure with as many decimals as it is published with, or why there is none."""
    if year.value is not None:
        return figure(comparator.measure, year.value, year.decimals)
    return SYMBOLS.get(year.symbol, "no published figure")


def standing_words(trend: Trend, england: NamedLine) -> str:
    """Where the latest value lies: 'Above England', 'Below England', 'No clear difference from England'."""
    row, year = trend.latest, england.beside(trend)
    if row is None or year is None or year.value is None:
        return ""
    if row["lower"] is None or row["upper"] is None:
        return "Too few to compare with England"
    if row["lower"] > year.value:
        return "Above England"
    return "Below England" if row["upper"] < year.value else "No clear difference from England"


def england_words(trend: Trend, comparison: Comparison) -> tuple[str, str]:
    """For the overview: how the latest value stands against England, and England's figure with its year; empty without one."""
    england = comparison.of(Kind.ENGLAND)
    if england is None or comparison.comparator is None or trend.latest is None:
        return "", ""
    year = england.beside(trend)
    if year is None:
        return "", f"England: {_none_near(trend, england)}"
    return standing_words(trend, england), f"England {figure_words(comparison.comparator, year)}, {year_words(year)}"


def comparison_sentences(trend: Trend, comparison: Comparison) -> list[str]:
    """What the lines say, a sentence each, England first."""
    comparator = comparison.comparator
    if comparator is None:
        return []
    sentences = []
    for named in comparison.lines:
        year = named.beside(trend)
        if year is None:
            sentences.append(f"{named.name}: {_none_near(trend, named)}.")
            continue
        said = _neighbours(comparator, year) if named.line.kind == Kind.NEIGHBOURS else (
            f"{named.name}: {figure_words(comparator, year)}, {year_words(year)}."
        )
        sentences.append(f"{said} {_against(trend, named)}".strip() if named.line.kind == Kind.ENGLAND else said)
    return [*sentences, *_rank(comparator, comparison)]


def _against(trend: Trend, england: NamedLine) -> str:
    """The latest value against England's figure beside it, with the years that they are of."""
    row, year = trend.latest, england.beside(trend)
    if row is None or year is None or year.value is None:
        return ""
    standing = standing_words(trend, england)
    value = figure(trend.measure, row["value"])
    interval = "" if row["lower"] is None else f", {INTERVAL} {range_words(trend.measure, row['lower'], row['upper'])}"
    earlier = "" if row["period_end"] <= year.end else " It is the latest published figure, and is about an earlier period than our value."
    return f"{standing}: ours is {value}{interval}.{earlier}"


def _none_near(trend: Trend, named: NamedLine) -> str:
    """That no published year is near the latest value: 'no figure near 2017-18; the nearest here is of the year to March 2021'."""
    row = trend.latest or trend.frame.row(-1, named=True)
    nearest = min(named.line.years, key=lambda year: abs((year.end - row["period_end"]).days))
    return f"no figure near {row['period']}; the nearest here is for the {year_words(nearest)}"


def _neighbours(comparator: Comparator, year: PublishedYear) -> str:
    if year.value is None or year.lowest is None or year.highest is None:
        return f"Statistical neighbours: none has a published figure, {year_words(year)}."
    lowest, highest = (figure(comparator.measure, value, year.ends_decimals) for value in (year.lowest, year.highest))
    span = f"{lowest} to {highest}"
    return (
        f"Statistical neighbours: median {figure_words(comparator, year)}, from {span}, {plural(year.count, 'authority', 'authorities')} "
        f"with a figure, {year_words(year)}."
    )


def _rank(comparator: Comparator, comparison: Comparison) -> list[str]:
    """The authority's place among its statistical neighbours, by published figures."""
    found = comparison.rank
    if found is None:
        return []
    best = "highest" if comparator.measure.better == Better.HIGHER else "lowest"
    place = f"{'joint ' if found.tied else ''}{ordinal(found.place)}"
    return [
        f"By published figures, {comparison.own_name} is {place} of {found.of} (itself and its statistical neighbours with a figure), "
        f"counted from the {best}, which is best; {year_words(found.year)}."
    ]


def ordinal(number: int) -> str:
    """'1st', '2nd', '3rd', '4th', '11th'."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


PART_OF_THE_CHILDREN = "Our figure is only about the children you are responsible for; the published figures are about whole authorities."


def caveat(comparator: Comparator, *, part: bool = False, cohort: Cohort = Cohort.RECORDED) -> str:
    """How far the two are comparable, as Markdown; `part`: our figures are about a part of the authority's children. `cohort` is who is
    counted."""
    return f"**{comparator.title}.** {how_comparable(comparator, part=part, cohort=cohort)}"


def how_comparable(comparator: Comparator, *, part: bool = False, cohort: Cohort = Cohort.RECORDED) -> str:
    """The same without the title, and without Markdown."""
    return f"{f'{PART_OF_THE_CHILDREN} ' if part else ''}{comparator.how_far_for(cohort)}"


def source(comparator: Comparator) -> str:
    """Where a figure is published, with its licence, as Markdown."""
    return f"Source: [{comparator.publication.title}]({comparator.publication.address}), [{LICENCE_NAME}]({LICENCE})."


def attribution() -> str:
    """What the licence asks to be said, as Markdown."""
    return ATTRIBUTION.replace(LICENCE_NAME, f"[{LICENCE_NAME}]({LICENCE})")


# --- changes of definition ------------------------------------------------------------------------------------------


def letters(changes: Sequence[DefinitionChange]) -> list[tuple[str, DefinitionChange]]:
    """Each change with the letter that marks its line."""
    return [(chr(ord("A") + place), change) for place, change in enumerate(changes)]


def change_words(change: DefinitionChange) -> str:
    """'19 August 2024, new national attendance codes. A visit to ...'"""
    return f"{long_date(change.on)}: {change.title}. {change.words}"


def crossing_sentence(changes: Sequence[DefinitionChange], what: str = "This") -> str:
    """That something shown over time runs across changes of definition; empty without one."""
    if not changes:
        return ""
    named = listing([f"‘{change.title}’ ({long_date(change.on)})" for change in changes])
    return (
        f"{upper_first(what)} runs across {'a change' if len(changes) == 1 else 'changes'} of definition: {named}. Before and after "
        "may differ for that reason alone."
    )
