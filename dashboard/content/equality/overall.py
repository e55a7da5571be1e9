"""Every measure by every characteristic at once: what is compared, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.content.equality.wording import group_name, p_words, signed_points, standing_words
from dashboard.content.exports import with_released
from dashboard.content.view import View
from dashboard.text.formatting import (
    denominator_noun,
    event_noun,
    figure,
    listing,
    long_date,
    lower_first,
    number,
    period_words,
    plural,
    where_words,
)
from metrics.judgement.equality import Standing
from metrics.judgement.equality_overall import (
    COUNTED_BY,
    HAVING_ANY,
    YEARS,
    Table,
    compare_all,
    with_children,
    with_having_any,
    worse_off,
)
from metrics.measures.catalogue import measures
from metrics.measures.cohort_words import children_of
from metrics.measures.kinds import Measure, Proportion, Rate, RatioOfTotals
from metrics.statistics.comparison import COMPARED_FROM, NOT_RECORDED, RELIABLE_FROM
from metrics.units.breakdowns import EVERY, EXACT_ONLY, Breakdown

Row = Mapping[str, Any]
MOST_NAMED = 3
YEAR = "year"

METHOD = (
    "Each group is compared with the rest of the children. False discoveries are controlled over all comparisons on this list at once "
    "(Benjamini and Hochberg): at most about 5 in 100 of the gaps named here are expected to be chance. Rates are tested by the exact "
    "conditional test, made less sure by how many events are of the same few children; averages and attendance by Student's t on the "
    "children. "
    f"Where the period has fewer than {COMPARED_FROM} children of a group, the last complete year is taken instead and, where what is "
    f"counted happens anew each year, up to {YEARS} years together; a child counts once in each year, and the interval is widened for that."
)


def compare_everything(view: View, period: str | None) -> pl.DataFrame:
    """Every measure by every characteristic that the person may see: the columns of `metrics.judgement.equality_overall.RESULT`."""
    reporting, where = view.reporting, view.filters.where
    all_measures = measures(reporting.cohort)
    by_id = {measure.id: measure for measure in all_measures}

    def both(measure: Measure, by: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
        counter = by_id.get(COUNTED_BY.get(measure.id, ""))
        yearly = [reporting.summary(one, YEAR, by=by, where=where) for one in (measure, counter) if one is not None]
        shown = [view.summary(one, by) for one in (measure, counter) if one is not None]
        return (with_children(shown[0], shown[1] if counter else None, by), with_children(yearly[0], yearly[1] if counter else None, by))

    totals = {measure.id: both(measure, ()) for measure in all_measures}
    for id, (shown, yearly) in list(totals.items()):
        having = totals.get(HAVING_ANY.get(id, ""))
        totals[id] = (with_having_any(shown, having and having[0]), with_having_any(yearly, having and having[1]))
    tables = []
    for breakdown in _seen(view):
        for measure in all_measures:
            rows, yearly = both(measure, (breakdown.id,))
            tables.append(Table(measure, breakdown, rows, totals[measure.id][0], yearly, totals[measure.id][1]))
    return compare_all(tables, period)


def _seen(view: View) -> list[Breakdown]:
    """The characteristics by which there are numbers under the filters."""
    return [breakdown for breakdown in _characteristics(view) if view.has_groups(breakdown.id)]


def _characteristics(view: View) -> list[Breakdown]:
    """Those that are compared: not who provides a placement, which is nothing of the child's, and is counted for those who choose it."""
    return [breakdown for breakdown in view.reporting.breakdowns.values() if breakdown.id not in EXACT_ONLY]


def headline(compared: pl.DataFrame) -> str:
    """How many comparisons could be made, and how many show a group clearly worse off."""
    made, hidden = _made(compared).height, _standing(compared, Standing.HIDDEN)
    worse = worse_off(compared).height
    shows = f"{number(worse) if worse else 'None'} {'show' if worse > 1 else 'shows'} a group clearly worse off."
    if not made and not hidden:
        return "Nothing could be compared: everywhere there are too few children, or none whose group is known."
    if hidden:
        are = "is" if hidden == 1 else "are"
        could = f"{number(made)} of {plural(made + hidden, 'comparison')} can be made; {number(hidden)} {are} hidden."
        return f"{could} {shows}" if worse else could
    return f"Of {plural(made, 'comparison')}, {lower_first(shows)}"


def paragraph_for_report(view: View, compared: pl.DataFrame) -> str:
    """One paragraph that an annual report can quote: what was compared, who is worse off, and what could not be compared."""
    made, worse = _made(compared), worse_off(compared)
    by_id = {measure.id: measure for measure in measures(view.reporting.cohort)}
    if not made.height:
        return f"{headline(compared)} {_not_compared(compared)}".strip()
    pooled = made.filter(pl.col("years") > 0).height
    over = f" ({number(pooled)} of them over one to three years, because a shorter period has too few children)" if pooled else ""
    said = [
        f"Among {_who(view)}, data up to {_last(made)}, {plural(made.height, 'comparison')} of a group of "
        f"children with the rest could be made{over}, across {plural(made['measure'].n_unique(), 'measure')} and "
        f"{plural(made['breakdown'].n_unique(), 'characteristic')}."
    ]
    if worse.height:
        count = f"{number(worse.height)} {'show' if worse.height > 1 else 'shows'} a group clearly worse off"
        named = [_in_report(by_id[row["measure"]], row) for row in worse.head(MOST_NAMED).iter_rows(named=True)]
        which = "the largest are" if worse.height > MOST_NAMED else "they are" if worse.height > 1 else "it is"
        said.append(f"Allowing for how many were made, {count}: {which} {'; '.join(named)}.")
    elif not _standing(compared, Standing.HIDDEN):
        said.append("Allowing for how many were made, none shows a group clearly worse off. That does not make the groups equal.")
    said += [_not_compared(compared), _not_seen(view), "A gap is a reason to ask why, not proof of unfair treatment."]
    return " ".join(sentence for sentence in said if sentence)


def _in_report(measure: Measure, row: Row) -> str:
    breakdown = EVERY[row["breakdown"]]
    own, rest = both_figures(measure, row)
    return f"{lower_first(measure.title)}, {lower_first(group_name(breakdown, row['group']))} ({own}, the rest {rest})"


def _who(view: View) -> str:
    """Who is counted, in words."""
    of_children = next(measure for measure in measures(view.reporting.cohort) if not measure.unit.event)
    return where_words(view.filters.where, view.part, children_of(of_children, view.reporting.cohort))


def _last(made: pl.DataFrame) -> str:
    return long_date(max(made["period_end"].to_list()))


def _not_compared(compared: pl.DataFrame) -> str:
    """What could not be compared, and that it says nothing of it."""
    of_groups = compared.filter(pl.col("group") != NOT_RECORDED)
    counts = {
        f"have fewer than {COMPARED_FROM} children on one side (even over several years)": _standing(of_groups, Standing.TOO_FEW),
        "are hidden because the numbers are small": _standing(of_groups, Standing.HIDDEN),
        "have no data": _standing(of_groups, Standing.NO_DATA),
        "have no others to be compared with": _standing(of_groups, Standing.ALONE),
    }
    told = [f"{number(count)} {why}" for why, count in counts.items() if count]
    return f"Not compared: {listing(told)}; nothing can be said of these." if told else ""


def _not_seen(view: View) -> str:
    """By which characteristics there are no numbers under the filters."""
    seen = _seen(view)
    unseen = [lower_first(breakdown.title) for breakdown in _characteristics(view) if breakdown not in seen]
    return f"Under these filters there are no numbers by {listing(unseen, 'or')}." if unseen else ""


def _made(compared: pl.DataFrame) -> pl.DataFrame:
    return compared.filter(pl.col("p_value").is_not_null())


def _standing(compared: pl.DataFrame, standing: Standing) -> int:
    return compared.filter(pl.col("standing") == standing.value, pl.col("group") != NOT_RECORDED).height


# --- the table ------------------------------------------------------------------------------------------------------


def overall_table(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """A row for each group that is clearly worse off, as the page writes it."""
    by_id = {measure.id: measure for measure in measures(view.reporting.cohort)}
    return pl.DataFrame([_table_row(by_id[row["measure"]], row) for row in rows.iter_rows(named=True)], infer_schema_length=None)


def _table_row(measure: Measure, row: Row) -> dict[str, str]:
    breakdown = EVERY[row["breakdown"]]
    own, rest = both_figures(measure, row)
    return {
        "Measure": measure.title, "Group": f"{breakdown.title}: {breakdown.label(row['group'])}", "Value": own, "The rest": rest,
        "Gap (95% confidence interval)": gap_and_interval(measure, row), "Stands for": stands_for(measure, row),
        "For how long": how_long(row), "Compared over": _over(row), "How sure": _how_sure(row),
    }


def both_figures(measure: Measure, row: Row) -> tuple[str, str]:
    """The value of the group and of the rest, both with as many decimals; of a rounded numerator of 0 or all what it may be."""
    coarse = row["rounded"] or (row["difference"] is not None and abs(row["difference"]) >= 0.02)
    decimals = 0 if measure.percent and coarse else None
    own, rest = (figure(measure, row[name], decimals) for name in ("value", "rest_value"))
    x, n = row["numerator"], row["denominator"]
    if row["rounded"] and isinstance(measure, Proportion) and x in (0, n):
        own = f"{'' if x == 0 else 'all but '}0 to {2 * max(row['years'], 1)} of {number(n)}"
    if row["rounded"] and isinstance(measure, Proportion) and row["rest_numerator"] in (0, row["rest_denominator"]):
        rest = "nearly none" if row["rest_numerator"] == 0 else "nearly all"
    return own, rest


def gap_and_interval(measure: Measure, row: Row) -> str:
    """'−18 (−30 to −6) points' for shares, '+4.1 (1.2 to 7.5)' for others."""
    parts = (row["difference"], row["lower"], row["upper"])
    if measure.percent:
        gap, low, high = (signed_points(part) for part in parts)
        return f"{gap} ({low} to {high}) points"
    gap, low, high = (f"{'+' if part > 0 else ''}{number(part, 1)}" for part in parts)
    return f"{gap} ({low} to {high})"


def stands_for(measure: Measure, row: Row) -> str:
    """How many children, or events or sessions, the gap is about; nothing of an average."""
    if row["stands_for"] is None:
        return "an average"
    count = abs(row["stands_for"])
    if isinstance(measure, Rate):
        return plural(count, *event_noun(measure))
    if isinstance(measure, RatioOfTotals):
        return f"{number(count)} sessions"
    return plural(count, *denominator_noun(measure))


def how_long(row: Row) -> str:
    """'Since April 2025; in 9 of 12 quarters'."""
    if row["periods_known"] is None:
        return ""
    unit = "year" if row["years"] else "period"
    often = f"in {number(row['periods_worse'])} of {plural(row['periods_known'], unit)}"
    return f"since {row['worse_since']:%B %Y}; {often}" if row["worse_since"] is not None else often


def _how_sure(row: Row) -> str:
    """'p 0.003', and that few are on one side: all rows of the table are clear."""
    few = f"; fewer than {RELIABLE_FROM} on one side" if row["certainty"] == "unreliable" else ""
    return f"p {p_words(row['adjusted_p_value'])}{few}"


def _over(row: Row) -> str:
    if row["years"] > 1:
        return f"{row['years']} years: {row['period_start']:%B %Y} to {row['period_end']:%B %Y}"
    return period_words({**row, "complete": True})


def overall_export(view: View, compared: pl.DataFrame) -> pl.DataFrame:
    """Everything that was compared or could not be, a row a measure and group, for the download."""
    by_id = {measure.id: measure for measure in measures(view.reporting.cohort)}
    more = [{
        "title": by_id[row["measure"]].title, "characteristic": EVERY[row["breakdown"]].title,
        "group_title": EVERY[row["breakdown"]].label(row["group"]), "shown_as": _shown_as(by_id[row["measure"]], row),
    } for row in compared.iter_rows(named=True)]
    words = pl.DataFrame(more, schema=dict.fromkeys(("title", "characteristic", "group_title", "shown_as"), pl.String))
    together = pl.concat([compared.rename({"lower": "difference_lower", "upper": "difference_upper"}), words], how="horizontal")
    rows = with_released(together, view.changed_since_release(by_id.values()))
    return rows.with_columns(filters=pl.lit(_who(view)), sharing=pl.lit(view.sharing))


def _shown_as(measure: Measure, row: Row) -> str:
    if row["difference"] is None:
        return standing_words(row)
    return f"{standing_words(row)}: {gap_and_interval(measure, row)}, p {p_words(row['adjusted_p_value'])}"
