"""What stands beside a trend on its chart: lines of published figures and of the authorities loaded, with their names at the edge, and
changes of definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from dashboard.charts.pooled import LoadedLine, loaded_alt, loaded_ends, loaded_key, loaded_lines, loaded_traces
from dashboard.charts.theme import COMMON_CAUSE, FONT_SIZE, PUBLISHED, Drawing, KeyItem, line
from dashboard.comparator_beside import Beside, NamedLine
from dashboard.comparator_figures import SHORT
from dashboard.comparator_words import change_words, figure_words, letters, year_words
from dashboard.pooled import Pooled
from metrics.comparators import Comparator
from metrics.definition_changes import DefinitionChange
from metrics.published import Kind, Level

DASHES = {Kind.ENGLAND: "solid", Kind.REGION: "9px,4px", Kind.OWN: "3px,3px", Kind.NEIGHBOURS: "10px,3px,2px,3px"}
DASH_WORDS = {Kind.ENGLAND: "solid", Kind.REGION: "dashed", Kind.OWN: "dotted", Kind.NEIGHBOURS: "dash and dot"}
_CHARACTER = 7
"""Room for a character of the names at the right edge, in pixels."""
_LABEL_SHARE = 0.072
"""Of the height of the plot, what a name takes."""
_CARRIED = "Thin gold line: the last published figure, carried on into periods of which none is published yet"


def with_beside(drawing: Drawing, frame: pl.DataFrame, beside: Beside, pooled: Sequence[Pooled], scale: float) -> Drawing:
    """A trend's chart with what stands beside it; `frame` is the trend's, and its values times `scale` are the heights drawn."""
    loaded = loaded_lines(frame, pooled)
    beside = without_loaded(beside, loaded)
    placed = list(definition_places(frame, beside.changes))
    heights = [level.year.value * scale for named in beside.lines for level in named.levels if level and level.year.value is not None]
    heights += [row["value"] * scale for each in loaded for _, row in each.shown]
    if not placed and not heights:
        return drawing
    picture = drawing.figure
    low, high = picture.layout.yaxis.range
    room = 0.06 * (max([high, *heights]) - min([low, *heights]))
    span = [min([low, *(height - room for height in heights)]), max([high, *(height + room for height in heights)])]
    ends = [*published_ends(beside, scale), *loaded_ends(loaded, scale)]
    # First, so that they lie beneath. With `zorder` Plotly would cut what reaches over the edge of the plot.
    own = len(picture.data)
    picture.add_traces([*published_traces(beside, scale), *loaded_traces(loaded, scale, *span)])
    picture.data = (*picture.data[own:], *picture.data[:own])
    picture.update_layout(
        shapes=[*picture.layout.shapes, *definition_lines(placed)],
        annotations=[*picture.layout.annotations, *name_labels(ends, span), *definition_letters(placed)],
        yaxis={"range": span},
    )
    if ends:
        picture.update_layout(margin={"r": 10 + _CHARACTER * max(len(name) for _, name in ends)})
    key = (*drawing.key, *beside_key(beside, placed), *loaded_key(loaded, {item.drawn for item in drawing.key}))
    return Drawing(picture, " ".join(filter(None, [drawing.alt, loaded_alt(loaded), beside_alt(beside)])), key)


def without_loaded(beside: Beside, loaded: Sequence[LoadedLine]) -> Beside:
    """Without the published lines in whose place a line of the authorities loaded is drawn. England stays: those loaded need not be it."""
    instead = {each.kind for each in loaded} - {Kind.ENGLAND}
    return replace(beside, lines=tuple(named for named in beside.lines if named.line.kind not in instead)) if instead else beside


def published_traces(beside: Beside, scale: float) -> list[dict[str, Any]]:
    """Each line as steps as long as its periods: full where the year is published, thin where the last one is carried on."""
    return [
        {
            "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "text", "hovertext": texts, "connectgaps": False,
            "line": line(PUBLISHED, 1 if carried else 2.2, dash=DASHES[named.line.kind]),
        }
        for named in beside.lines if beside.comparator is not None
        for carried in (False, True)
        for x, y, texts in [_steps(beside.comparator, named, scale, carried=carried)] if x
    ]


def _steps(
    comparator: Comparator, named: NamedLine, scale: float, *, carried: bool,
) -> tuple[list[float | None], list[float | None], list[str]]:
    x: list[float | None] = []
    y: list[float | None] = []
    texts: list[str] = []
    before: int | None = None
    for index, level in enumerate(named.levels):
        if level is None or level.carried != carried or level.year.value is None:
            continue
        if before is not None and before != index - 1:
            x, y, texts = [*x, None], [*y, None], [*texts, ""]
        height = level.year.value * scale
        x, y, texts = [*x, index - 0.5, index + 0.5], [*y, height, height], [*texts, *[_hover(comparator, named, level)] * 2]
        before = index
    return x, y, texts


def _hover(comparator: Comparator, named: NamedLine, level: Level) -> str:
    carried = "<br>the latest published" if level.carried else ""
    return f"<b>{named.name}</b><br>{figure_words(comparator, level.year)}, {year_words(level.year)}{carried}"


def published_ends(beside: Beside, scale: float) -> list[tuple[float, str]]:
    """The height of each line's last figure, and the line's name."""
    return [
        (last.year.value * scale, SHORT[named.line.kind])
        for named in beside.lines
        for last in [next((level for level in reversed(named.levels) if level and level.year.value is not None), None)]
        if last is not None and last.year.value is not None
    ]


def name_labels(ends: Sequence[tuple[float, str]], span: Sequence[float]) -> list[dict[str, Any]]:
    """The lines' names at the right edge, each at its line's end, moved apart where they would cover each other."""
    rising = sorted(ends)
    places = apart([end for end, _ in rising], (span[1] - span[0]) * _LABEL_SHARE, span[0], span[1])
    return [
        {
            "text": name, "xref": "paper", "x": 1, "xanchor": "left", "xshift": 3, "y": place, "yanchor": "middle", "showarrow": False,
            "font": {"size": FONT_SIZE - 1},
        }
        for place, (_, name) in zip(places, rising, strict=True)
    ]


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


def definition_lines(placed: Sequence[tuple[str, float, DefinitionChange]]) -> list[dict[str, Any]]:
    """An upright dashed line for each."""
    return [
        {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line(COMMON_CAUSE, 1.5, dash="dash")}
        for _, x, _ in placed
    ]


def definition_letters(placed: Sequence[tuple[str, float, DefinitionChange]]) -> list[dict[str, Any]]:
    """The letters at the feet of the lines, where no points are."""
    return [
        {
            "text": f"<b>{letter}</b>", "x": x, "yref": "paper", "y": 0, "yanchor": "bottom", "xanchor": "left", "xshift": 1,
            "showarrow": False, "font": {"size": FONT_SIZE - 1},
        }
        for letter, x, _ in placed
    ]


def beside_key(beside: Beside, placed: Sequence[tuple[str, float, DefinitionChange]]) -> list[KeyItem]:
    """What each line is, in words."""
    drawn = [named for named in beside.lines if any(named.levels)]
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


def beside_alt(beside: Beside) -> str:
    """The lines in words, for who can't see them."""
    told = []
    for named in beside.lines:
        years = [year for year in named.years if year.value is not None]
        if beside.comparator is not None and years:
            each = "; ".join(f"{figure_words(beside.comparator, year)} in {year_words(year)}" for year in years)
            told.append(f"{named.name}: {each}.")
    return " ".join([*told, *(f"Marked on the chart: {change_words(change)}" for change in beside.changes)])
