"""The charts of data quality: how many rows each table has by month, and how many of the children have attendance marks."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.charts.theme import CONCERN, IMPROVEMENT, TARGET, Drawing, KeyItem, axis, figure_of, layout, line
from dashboard.text.formatting import listing, long_date, number, percent, plural

ROW_HEIGHT = 34
AXIS_HEIGHT = 64
MONTHS = "%b<br>%Y"
"""How an axis writes a month: in two lines, which a phone has room for without turning them."""
FILL = [[0.0, "rgba(47, 126, 216, 0.12)"], [1.0, "rgba(47, 126, 216, 0.95)"]]


def rows_chart(months: Sequence[datetime.date], rows: Mapping[str, Sequence[int]]) -> Drawing:
    """A square for each month of each table, of a stronger blue the more rows it has beside the table's fullest month; a cross where
    there are none."""
    titles = list(rows)
    shades = [[count / max(*counts, 1) if count else None for count in counts] for counts in rows.values()]
    texts = [[f"{title}, {month:%B %Y}: {plural(count, 'row')}" for month, count in zip(months, counts, strict=True)]
             for title, counts in rows.items()]
    empty = [(month, title) for title, counts in rows.items() for month, count in zip(months, counts, strict=True) if not count]
    squares = {
        "type": "heatmap", "x": list(months), "y": titles, "z": shades, "text": texts, "hoverinfo": "text", "colorscale": FILL,
        "showscale": False, "zmin": 0, "zmax": 1, "xgap": 2, "ygap": 3, "hoverongaps": False,
    }
    crosses = {
        "type": "scatter", "mode": "markers", "x": [month for month, _ in empty], "y": [title for _, title in empty],
        "marker": {"symbol": "x-thin-open", "size": 9, "color": CONCERN, "line": {"width": 2, "color": CONCERN}},
        "hoverinfo": "text", "hovertext": [f"{title}, {month:%B %Y}: no rows" for month, title in empty], "cliponaxis": False,
    }
    figure = figure_of([squares, crosses], layout(
        ROW_HEIGHT * len(titles) + AXIS_HEIGHT, xaxis=axis(tickformat=MONTHS, tickangle=0, nticks=7, showgrid=False),
        yaxis=axis(autorange="reversed", showgrid=False, type="category"),
    ), checked=True)
    without = [f"{title} has none in {plural(sum(not count for count in counts), 'month')}"
               for title, counts in rows.items() if not all(counts)]
    alt = f"Rows of {plural(len(titles), 'table')} by month, {months[0]:%B %Y} to {months[-1]:%B %Y}. " if months else ""
    return Drawing(figure, alt + (listing(without) + "." if without else "Every month of every table has rows."))


def coverage_chart(bars: Sequence[tuple[str, datetime.date, datetime.date]]) -> Drawing:
    """A bar for each stretch of time (name, first and last day) that a table covers, in the order given; what is empty is not covered."""
    names = list(dict.fromkeys(name for name, _, _ in bars))
    x: list[datetime.date | None] = []
    y: list[str | None] = []
    texts: list[str] = []
    for name, first, last in bars:
        words = f"{name}: {long_date(first)} to {long_date(last)}"
        x, y, texts = [*x, first, last, None], [*y, name, name, None], [*texts, words, words, ""]
    lines = {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "line": {"width": 14, "color": IMPROVEMENT}, "connectgaps": False,
        "hoverinfo": "text", "hovertext": texts,
    }
    figure = figure_of([lines], layout(
        ROW_HEIGHT * len(names) + AXIS_HEIGHT, xaxis=axis(tickformat=MONTHS, tickangle=0, nticks=7),
        yaxis=axis(autorange="reversed", showgrid=False, type="category", categoryorder="array", categoryarray=names),
    ), checked=True)
    spans = [f"{name} from {first:%B %Y} to {last:%B %Y}" for name, first, last in bars]
    return Drawing(figure, f"What time each table covers: {'; '.join(spans)}." if spans else "No table covers any time.")


def marks_chart(marks: pl.DataFrame, who: str, limit: float) -> Drawing:
    """The share of school-age children with attendance marks by month, and the local limit. `marks` as in `Quality.marks`; `who` is whom
    they are about, 'children in care'."""
    months, children, with_marks = (marks[name].to_list() for name in ("start_date", "children", "with_marks"))
    shares = [100 * some / all for some, all in zip(with_marks, children, strict=True)]
    colours = [CONCERN if share < 100 * limit else IMPROVEMENT for share in shares]
    texts = [f"{month:%B %Y}: {number(some)} of {plural(all, 'child', 'children')} have marks"
             for month, some, all in zip(months, with_marks, children, strict=True)]
    bars = {"type": "bar", "x": months, "y": shares, "marker": {"color": colours}, "hoverinfo": "text", "hovertext": texts}
    figure = figure_of([bars], layout(
        274, bargap=0.25, xaxis=axis(tickformat=MONTHS, tickangle=0, nticks=7, showgrid=False),
        yaxis=axis(range=[0, 102], ticksuffix="%", nticks=5),
        shapes=[{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 * limit, "y1": 100 * limit,
                 "line": line(TARGET, 2, dash="dashdot")}],
    ), checked=True)
    low = [f"{month:%B %Y}" for month, share in zip(months, shares, strict=True) if share < 100 * limit]
    alt = f"Share of {who} who are of school age and have attendance marks, by month. "
    alt += f"Below the limit in {listing(low)}." if low else "Never below the limit."
    return Drawing(figure, alt, (KeyItem("target", f"Purple line: the local limit, {percent(limit)}"),))


