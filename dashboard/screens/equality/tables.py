"""The tables of the equality page: the matrix of all measures, two characteristics crossed, and what is downloaded."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping, Sequence

import polars as pl

from config.cohorts import Cohort
from dashboard.charts.theme import BACKGROUNDS, COMMON_CAUSE, CONCERN, IMPROVEMENT
from dashboard.content.equality.wording import (
    COMPARED,
    Row,
    clear_words,
    gap_range,
    matrix_alt,
    p_words,
    signed_points,
    standing_of,
    standing_words,
)
from dashboard.content.exports import with_released
from dashboard.content.release_wording import ChangedSinceRelease
from dashboard.text.formatting import (
    EXACT,
    HIDDEN,
    NO_VALUE,
    NOT_COVERED,
    better_words,
    cell_words,
    counted,
    denominator_noun,
    escape_markdown,
    figure,
    is_rounded_away,
    listing,
    lower_first,
    number,
    period_words,
    range_words,
    row_figure,
    upper_first,
    where_words,
)
from metrics.judgement.equality import Standing
from metrics.measures.catalogue import statement_of
from metrics.measures.cohort_words import children_of
from metrics.measures.kinds import Mean, Measure
from metrics.statistics.comparison import COMPARED_FROM
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown

_STYLE = f"""<style>
.equality {{overflow: auto; max-width: 100%; max-height: 85vh;
  container-type: inline-size; border: 1px solid {COMMON_CAUSE}66; border-radius: 8px}}
.equality table {{border-collapse: separate; border-spacing: 2px; width: 100%; margin: 0; font-size: .8125rem; line-height: 1.25}}
.equality caption {{text-align: left; padding: .4rem .5rem; caption-side: top}}
.equality caption span {{position: sticky; left: .5rem; display: block; max-width: calc(100cqw - 1rem)}}
.equality :is(th, td) {{border: 0; padding: .3rem .35rem; text-align: left; vertical-align: top; min-width: 4.4rem}}
.equality thead th {{position: sticky; top: 0; z-index: 2; background: Canvas; background: light-dark({BACKGROUNDS[0]}, {BACKGROUNDS[1]});
  overflow-wrap: anywhere; hyphens: auto}}
.equality tbody th {{font-weight: 400; min-width: 8.5rem; max-width: 15rem}}
.equality th.statement {{font-weight: 600; padding-top: .8rem}}
.equality a {{color: inherit}}
.equality td b {{font-size: 1rem}}
.equality td span {{display: block}}
.equality td {{border-radius: 4px; border-left: 4px solid transparent}}
.equality .worse {{background: {CONCERN}4D; border-left-color: {CONCERN}}}
.equality .maybe-worse {{background: {CONCERN}1F; border-left: 4px dotted {CONCERN}}}
.equality .better {{background: {IMPROVEMENT}4D; border-left-color: {IMPROVEMENT}}}
.equality .maybe-better {{background: {IMPROVEMENT}1F; border-left: 4px dotted {IMPROVEMENT}}}
.equality .same {{background: {COMMON_CAUSE}26}}
@media (max-width: 640px) {{
  .equality tbody th:not(.statement) {{position: sticky; left: 0; background: Canvas;
    background: light-dark({BACKGROUNDS[0]}, {BACKGROUNDS[1]}); z-index: 1}}
  .equality :is(th, td) {{min-width: 3.6rem; padding: .25rem}}
  .equality tbody th:not(.statement) {{min-width: 6.4rem; max-width: 6.4rem; overflow-wrap: anywhere}}
  .equality :is(table, td small) {{font-size: .75rem}}
}}
.equality-key {{list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.4rem; padding: 0; font-size: .875rem}}
.equality-key li {{display: flex; gap: .5rem; align-items: center; margin: 0}}
.equality-key i {{width: 1.5rem; height: 1rem; border-radius: 4px; border-left: 4px solid transparent}}
.equality-key .worse {{background: {CONCERN}4D; border-left-color: {CONCERN}}}
.equality-key .maybe-worse {{background: {CONCERN}1F; border-left: 4px dotted {CONCERN}}}
.equality-key .better {{background: {IMPROVEMENT}4D; border-left-color: {IMPROVEMENT}}}
.equality-key .maybe-better {{background: {IMPROVEMENT}1F; border-left: 4px dotted {IMPROVEMENT}}}
.equality-key .same {{background: {COMMON_CAUSE}26}}
</style>"""
_CLASSES = {
    Standing.WORSE: "worse", Standing.MAYBE_WORSE: "maybe-worse", Standing.BETTER: "better", Standing.MAYBE_BETTER: "maybe-better",
    Standing.NO_CLEAR_DIFFERENCE: "same",
}


_KEY_WORDS = {
    Standing.WORSE: "Orange, solid edge: clearly worse than the rest",
    Standing.MAYBE_WORSE: "Pale orange, dotted: worse, perhaps by chance",
    Standing.BETTER: "Blue, solid edge: clearly better than the rest",
    Standing.MAYBE_BETTER: "Pale blue, dotted: better, perhaps by chance",
    Standing.NO_CLEAR_DIFFERENCE: "Grey: no clear difference",
}


# --- the matrix -----------------------------------------------------------------------------------------------------


def matrix_html(compared: pl.DataFrame, measures: Sequence[Measure], breakdown: Breakdown, link: Callable[[Measure], str]) -> str:
    """All measures by the groups of one characteristic: the gap to the rest, how it stands in words, and its colour.

    `link` gives the address of each measure's own part of the page. Groups that are hidden in every measure have no column: they are named
    once.
    """
    groups, never = _columns(compared, breakdown)
    cells = {(row["measure"], row["group"]): row for row in compared.iter_rows(named=True)}
    usual = compared["period_start"].max()
    head = "".join(f'<th scope="col">{html.escape(breakdown.label(group))}</th>' for group in groups)
    body, statement = [], ""
    for measure in measures:
        own = statement_of(measure)
        title = f"Statement {own.number}: {lower_first(own.title)}"
        if title != statement:
            body.append(f'<tr><th class="statement" scope="rowgroup" colspan="{len(groups) + 1}">{html.escape(title)}</th></tr>')
            statement = title
        rows = [cells.get((measure.id, group)) for group in groups]
        told = "".join(_matrix_cell(measure, row) for row in rows) if any(rows) else _no_data(len(groups))
        body.append(f"<tr>{_row_head(measure, link(measure), rows, usual)}{told}</tr>")
    caption = (
        "Gap to the rest of the children, in percentage points. Rates, averages and attendance show their value only: the method is for "
        "shares of children."
    )
    if never:
        caption += f" Too small to show in any measure: {listing([breakdown.label(group) for group in never])}."
    return (
        f'{_STYLE}<div class="equality" role="region" tabindex="0" aria-label="{html.escape(matrix_alt(compared, breakdown))}">'
        f'<table><caption><span>{html.escape(caption)}</span></caption><thead><tr><th scope="col">Measure</th>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _columns(compared: pl.DataFrame, breakdown: Breakdown) -> tuple[list[str], list[str]]:
    """The groups that have a column, in order, and those of which nothing is shown and something is hidden; all have one where nothing is
    shown of any."""
    shown, hidden = (set(compared.filter(pl.col("state") == state.value)["group"]) for state in (State.SHOWN, State.HIDDEN))
    groups = breakdown.order(compared["group"].unique().to_list())
    never = [group for group in groups if shown and group in hidden - shown]
    return [group for group in groups if group not in never], never


def matrix_key(compared: pl.DataFrame) -> str:
    """What the colours and edges of the matrix mean, for `prose`: of those that occur in it."""
    there = set(compared["standing"])
    items = (f'<li><i class="{_CLASSES[standing]}"></i>{words}</li>' for standing, words in _KEY_WORDS.items() if standing.value in there)
    return f'<ul class="equality-key">{"".join(items)}</ul>'


def _row_head(measure: Measure, link: str, rows: Sequence[Row | None], usual: object) -> str:
    there = next((row for row in rows if row is not None), None)
    notes = [better_words(measure)]
    if there is not None and there["period_start"] != usual:
        notes.append(f"{upper_first(period_words(there))}.")
    title = f'<a href="{html.escape(link)}">{html.escape(measure.title)}</a>'
    return f'<th scope="row">{title}<br><small>{html.escape(" ".join(notes))}</small></th>'


def _matrix_cell(measure: Measure, row: Row | None) -> str:
    if row is None:
        return "<td><small>nobody</small></td>"
    figure_shown, words = matrix_words(measure, row)
    strong = f"<b>{html.escape(figure_shown)}</b>" if figure_shown else ""
    return f'<td class="{_CLASSES.get(standing_of(row), "none")}">{strong}<span><small>{html.escape(words)}</small></span></td>'


def _no_data(width: int) -> str:
    return f'<td colspan="{width}"><small>{NO_VALUE}</small></td>'


def matrix_words(measure: Measure, row: Row) -> tuple[str, str]:
    """A cell's figure (a gap with its sign, or a value that is compared with nothing) and its words."""
    standing = standing_of(row)
    if standing in COMPARED:
        return signed_points(row["difference"]), standing_words(row)
    if standing in (Standing.VALUE_ONLY, Standing.NOT_RECORDED, Standing.ALONE) and row["value"] is not None:
        return row_figure(measure, row), f"{standing_words(row)}"
    return "", standing_words(row)


# --- two characteristics crossed ------------------------------------------------------------------------------------


def crossed_html(measure: Measure, first: Breakdown, second: Breakdown, cells: pl.DataFrame) -> str:
    """A summary of one period by two breakdowns as a heat table with what each value is made from."""
    down = first.order(cells[first.id].unique().to_list())
    across = second.order(cells[second.id].unique().to_list())
    by_groups = {(row[first.id], row[second.id]): row for row in cells.iter_rows(named=True)}
    known = [row["value"] for row in by_groups.values() if row["value"] is not None and row["denominator"] >= COMPARED_FROM]
    low, high = min(known, default=0.0), max(known, default=0.0)
    head = "".join(f'<th scope="col">{html.escape(second.label(group))}</th>' for group in across)
    body = "".join(
        f'<tr><th scope="row">{html.escape(first.label(group))}</th>'
        + "".join(_crossed_cell(measure, by_groups.get((group, other)), low, high) for other in across) + "</tr>"
        for group in down
    )
    title = html.escape(f"{measure.title}: {lower_first(first.title)} (down) by {lower_first(second.title)} (across)")
    return (
        f'{_STYLE}<div class="equality" role="region" tabindex="0" aria-label="{title}"><table><caption><span>{title}</span></caption>'
        f'<thead><tr><th scope="col">{html.escape(first.title)}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def crossed_words(measure: Measure, row: Row | None) -> tuple[str, str]:
    """A crossed cell's figure and its words."""
    if row is None or row["denominator"] == 0:
        return "", "nobody"
    if row["state"] == State.NOT_COVERED.value:
        return "", NOT_COVERED
    if row["state"] == State.HIDDEN.value or row["denominator"] is None:
        return "", HIDDEN
    if row["value"] is None:
        return "", NO_VALUE
    made_from = counted(measure, row)
    if row["denominator"] < COMPARED_FROM:
        return "", f"{made_from}: too few to say"
    return ("" if is_rounded_away(measure, row) else figure(measure, row["value"])), made_from


def _crossed_cell(measure: Measure, row: Row | None, low: float, high: float) -> str:
    shown, words = crossed_words(measure, row)
    shade = ""
    if shown and row is not None:
        share = (row["value"] - low) / (high - low) if high > low else 0.5
        shade = f' style="background:{COMMON_CAUSE}{round(20 + share * 110):02X}"'
    strong = f"<b>{html.escape(shown)}</b>" if shown else ""
    return f"<td{shade}>{strong}<span><small>{html.escape(words)}</small></span></td>"


# --- the same numbers as plain tables and downloads -----------------------------------------------------------------


def compared_table(measures: Mapping[str, Measure], breakdown: Breakdown, compared: pl.DataFrame) -> pl.DataFrame:
    """A row a measure and group, every number as the page writes it; columns that would be empty are left out."""
    rows = [{
        "Measure": escape_markdown(measures[row["measure"]].title), breakdown.title: escape_markdown(breakdown.label(row["group"])),
        **_numbers(measures[row["measure"]], row),
    } for row in compared.iter_rows(named=True)]
    table = pl.DataFrame(rows, infer_schema_length=None)
    single = len(measures) == 1
    return table.select(name for name in table.columns if (table[name] != "").any() and not (single and name == "Measure"))


def _numbers(measure: Measure, row: Row) -> dict[str, str]:
    standing = standing_of(row)
    made = standing in COMPARED
    hidden = standing == Standing.HIDDEN
    value_interval = range_words(measure, row["value_lower"], row["value_upper"]) if row["value_lower"] is not None else ""
    return {
        "Number": _count(row["denominator"], hidden), "Of them": "" if isinstance(measure, Mean) else _count(row["numerator"], hidden),
        "Counted in": denominator_noun(measure)[1], "Value": cell_words(measure, row), "95% confidence interval": value_interval,
        "The rest": figure(measure, row["rest_value"]) if made else "",
        "Gap (percentage points)": signed_points(row["difference"]) if made else "",
        "95% confidence interval of the gap": gap_range(row) if made else "",
        "Children the gap stands for": number(row["children"]) if made else "", "p": p_words(row["p_value"]),
        "p allowing for all comparisons": p_words(row["adjusted_p_value"]) if made else "", "All comparisons allowed for": clear_words(row),
        "How it stands": standing_words(row),
    }


def trend_table(rows: Sequence[Row]) -> pl.DataFrame:
    """The gap over time, the latest first."""
    return pl.DataFrame([{
        "Period": upper_first(period_words(row)),
        "Gap (percentage points)": signed_points(row["difference"]) if row["difference"] is not None else "",
        "95% confidence interval of the gap": gap_range(row) if row["difference"] is not None else "",
        "In the group": _count(row["denominator"], hidden=True), "In the rest": _count(row["rest_denominator"], hidden=True),
        "How it stands": standing_words(row),
    } for row in reversed(rows)])


def _count(count: float | None, hidden: bool) -> str:
    return (HIDDEN if hidden else NO_VALUE) if count is None else number(count)


def download_rows(
    parts: Mapping[str, pl.DataFrame], measures: Mapping[str, Measure], breakdown: Breakdown, where: Mapping[str, Collection[str]],
    sharing: str = EXACT, kept: ChangedSinceRelease | None = None, part: str = "", cohort: Cohort = Cohort.RECORDED,
) -> pl.DataFrame:
    """What is shown as one table: `part` says where on the page it stands, `shown_as` how a person reads it there.

    Columns: part, measure, title, breakdown, group (in words), then the columns of `metrics.judgement.equality.RESULT` with
    the interval of the
    gap as difference_lower and difference_upper, then released_on (as `exports.with_released` gives it), shown_as, filters, sharing. A
    part of two crossed characteristics has its second as second_breakdown and second_group.
    """
    filters = {id: where_words(where, part, children_of(measure, cohort)) for id, measure in measures.items()}
    tables = [frame.with_columns(pl.lit(name).alias("part")) for name, frame in parts.items() if frame.height]
    rows = pl.concat(tables, how="diagonal_relaxed").with_columns(
        pl.lit(breakdown.title).alias("breakdown"), pl.col("group").replace(breakdown.labels),
        pl.col("measure").replace_strict({id: measure.title for id, measure in measures.items()}, return_dtype=pl.String).alias("title"),
        pl.col("measure").replace_strict(filters, return_dtype=pl.String).alias("filters"), pl.lit(sharing).alias("sharing"),
    ).rename({"lower": "difference_lower", "upper": "difference_upper"})
    first = ["part", "measure", "title", "breakdown", "group"]
    last = ["released_on", "shown_as", "filters", "sharing"]
    return with_released(rows, kept or {}).select(*first, pl.exclude(*first, *last), *last)


def with_words(compared: pl.DataFrame) -> pl.DataFrame:
    """Compared rows with `shown_as`, how each stands in words."""
    return compared.with_columns(pl.Series("shown_as", [standing_words(row) for row in compared.iter_rows(named=True)], dtype=pl.String))


def crossed_rows(measure: Measure, first: Breakdown, second: Breakdown, cells: pl.DataFrame) -> pl.DataFrame:
    """The crossed table for the download, a row a cell."""
    shown = [" ".join(words for words in reversed(crossed_words(measure, row)) if words) for row in cells.iter_rows(named=True)]
    return cells.select(
        "measure", "period", "period_start", "period_end", "complete", pl.col(first.id).alias("group"), "state",
        pl.lit(second.title).alias("second_breakdown"), pl.col(second.id).replace(second.labels).alias("second_group"),
        "numerator", "denominator", pl.when(pl.col("denominator") >= COMPARED_FROM).then(pl.col("value")).alias("value"),
        pl.Series("shown_as", shown, dtype=pl.String),
    )
