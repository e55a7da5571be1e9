"""What stands beside a trend on its chart: lines of published figures and of the authorities loaded, with their names at the edge, and
changes of definition."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from dashboard.charts.theme import PUBLISHED, KeyItem
from dashboard.charts.trend.parts import Hover, Line, steps
from dashboard.charts.trend.several_authorities import LoadedLine
from dashboard.content.comparisons.selection import Comparison, NamedLine
from dashboard.content.comparisons.wording import change_words, figure_words, letters, year_words
from dashboard.figures.published import SHORT
from metrics.comparators.comparability import Comparator
from metrics.comparators.definition_changes import DefinitionChange
from metrics.comparators.published import Kind, Level

DASHES = {Kind.ENGLAND: "solid", Kind.REGION: "9px,4px", Kind.OWN: "3px,3px", Kind.NEIGHBOURS: "10px,3px,2px,3px"}
DASH_WORDS = {Kind.ENGLAND: "solid", Kind.REGION: "dashed", Kind.OWN: "dotted", Kind.NEIGHBOURS: "dash and dot"}
_LABEL_SHARE = 0.072
"""Of the height of the plot, what a name takes."""
_CARRIED = "Thin gold line: the last published figure, carried on into periods of which none is published yet"


def without_loaded(comparison: Comparison, loaded: Sequence[LoadedLine]) -> Comparison:
    """Without the published lines in whose place a line of the authorities loaded is drawn. England stays: those loaded need not be it."""
    instead = {each.kind for each in loaded} - {Kind.ENGLAND}
    return replace(comparison, lines=tuple(named for named in comparison.lines if named.line.kind not in instead))


def published_lines(comparison: Comparison) -> list[Line]:
    """Each line as steps as long as its periods: full where the year is published, thin where the last one is carried on."""
    if comparison.comparator is None:
        return []
    return [
        line for named in comparison.lines for carried in (False, True)
        for line in [_line(comparison.comparator, named, carried=carried)] if line.paths
    ]


def _line(comparator: Comparator, named: NamedLine, *, carried: bool) -> Line:
    found = [level if level and level.carried == carried and level.year.value is not None else None for level in named.levels]
    levels = tuple(level.year.value if level else None for level in found)
    hover = [[_hover(comparator, named, level)] * 2 for level in found if level]
    paths = steps(levels)
    told = itertools.chain.from_iterable(hover)
    return Line(
        named.line.kind.value, named.name, PUBLISHED, 1 if carried else 2.2, DASHES[named.line.kind], levels, paths,
        tuple(tuple(itertools.islice(told, len(path))) for path in paths),
    )


def _hover(comparator: Comparator, named: NamedLine, level: Level) -> Hover:
    carried = ("the latest published",) if level.carried else ()
    return Hover(named.name, below=(f"{figure_words(comparator, level.year)}, {year_words(level.year)}", *carried))


def published_ends(comparison: Comparison) -> list[tuple[float, str]]:
    """The height of each line's last figure, and the line's name."""
    return [
        (last.year.value, SHORT[named.line.kind])
        for named in comparison.lines
        for last in [next((level for level in reversed(named.levels) if level and level.year.value is not None), None)]
        if last is not None and last.year.value is not None
    ]


def edge_names(ends: Sequence[tuple[float, str]], low: float, high: float) -> tuple[tuple[float, str], ...]:
    """The lines' names, each at the height of its line's end, moved apart where they would cover each other."""
    rising = sorted(ends)
    places = apart([end for end, _ in rising], (high - low) * _LABEL_SHARE, low, high)
    return tuple((place, name) for place, (_, name) in zip(places, rising, strict=True))


def apart(heights: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Heights in rising order, moved up as little as keeps them `least` apart, then down where they would pass `high`."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + least) if placed else max(height, low))
    ceiling = high
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - least
    return placed


def definition_places(frame: pl.DataFrame, changes: Sequence[DefinitionChange]) -> Iterator[tuple[str, float, DefinitionChange]]:
    """Each change with its letter and its place on the axis of periods, where a period reaches half a unit to both sides."""
    rows = frame.select("period_start", "period_end").rows()
    for letter, change in letters(changes):
        for index, (start, end) in enumerate(rows):
            if start <= change.on <= end:
                yield letter, index - 0.5 + (change.on - start).days / ((end - start).days + 1), change


def beside_key(comparison: Comparison, placed: Sequence[tuple[str, float, DefinitionChange]]) -> list[KeyItem]:
    """What each line is, in words."""
    drawn = [named for named in comparison.lines if any(named.levels)]
    return [
        *(
            KeyItem(
                f"published_{named.line.kind.value}",
                f"Gold line, {DASH_WORDS[named.line.kind]}: {named.name}",
            )
            for named in drawn
        ),
        *([KeyItem("published_carried", _CARRIED)] if any(level and level.carried for named in drawn for level in named.levels) else []),
        *(KeyItem("definition", f"Dashed upright line {letter}, {change_words(change)}") for letter, _, change in placed),
    ]


def beside_alt(comparison: Comparison) -> str:
    """The lines in words, for who can't see them."""
    told = []
    for named in comparison.lines:
        years = [year for year in named.years if year.value is not None]
        if comparison.comparator is not None and years:
            each = "; ".join(f"{figure_words(comparison.comparator, year)} in {year_words(year)}" for year in years)
            told.append(f"{named.name}: {each}.")
    return " ".join([*told, *(f"Marked on the chart: {change_words(change)}" for change in comparison.changes)])
