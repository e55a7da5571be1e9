"""What the equality page says: how a group stands against the rest, in sentences, labels and explanations."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl

from dashboard.text.formatting import (
    HIDDEN,
    INTERVAL,
    cell_words,
    counted,
    denominator_noun,
    figure,
    figure_and_count,
    is_rounded_away,
    listing,
    lower_first,
    number,
    percent,
    period_words,
    plural,
    points,
    range_words,
    upper_first,
)
from metrics.judgement.equality import Standing
from metrics.measures.kinds import Better, Measure, Proportion
from metrics.statistics.comparison import COMPARED_FROM, LEVEL, NOT_RECORDED, RELIABLE_FROM
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown

Row = Mapping[str, Any]

WORDS = {
    Standing.WORSE: "worse", Standing.MAYBE_WORSE: "worse, perhaps by chance", Standing.NO_CLEAR_DIFFERENCE: "no clear difference",
    Standing.MAYBE_BETTER: "better, perhaps by chance", Standing.BETTER: "better", Standing.TOO_FEW: "too few to say",
    Standing.ALONE: "no others to compare with", Standing.NOT_RECORDED: "not compared", Standing.VALUE_ONLY: "value only",
    Standing.HIDDEN: HIDDEN, Standing.NO_DATA: "no data",
}
COMPARED = (Standing.WORSE, Standing.MAYBE_WORSE, Standing.NO_CLEAR_DIFFERENCE, Standing.MAYBE_BETTER, Standing.BETTER)

METHOD_REST = (
    "Each group is compared with the rest of the children: all others whose group is recorded, not one chosen group and not the average. "
    "'Not recorded' is shown but not compared, as any of those children may belong to the group itself."
)
METHOD_INTERVAL = (
    "The interval of a gap is Newcombe's: were the same care given to other children like these, the gap would lie within such an "
    "interval 95 times in 100. Where it reaches across 0 the page says 'no clear difference'."
)
METHOD_CHILDREN = (
    "The number of children a gap stands for is the gap times the group's children: so many more or fewer of them would be counted if "
    "the group did as the rest do."
)
METHOD_FEW = (
    f"A gap is worked out from {COMPARED_FROM} children on both sides ('too few to say' below, which does not mean equal) and is marked "
    f"'unreliable' below {RELIABLE_FROM} on either side."
)
METHOD_MANY = (
    f"Among many comparisons some look clear by chance alone. Fisher's exact test gives each its p value, and Benjamini and Hochberg's "
    f"method keeps as clear only so many that at most about {number(LEVEL * 100)} in 100 of them are expected to be chance; the others "
    "are called 'perhaps by chance'."
)
METHOD_TREND = (
    "Each point is the group's value less the rest's in that period, with Newcombe's interval. Only the period compared above is tested; "
    "the others are shown, so that a gap that stays can be told from one that comes and goes. Hollow: a period that is not complete yet."
)
METHOD_CROSSED = (
    "The darker, the higher the value; the shade says nothing about better or worse. Each cell has the number it is made from, and nothing "
    f"is compared here: cells are small. Below {COMPARED_FROM} there are too few to say."
)


def link_parameters(measure: Measure, breakdown: Breakdown) -> dict[str, str]:
    """The parameters of a link to the equality page with this measure and characteristic chosen: addresses hold choices in words."""
    return {"measure": measure.title, "by": breakdown.title}


def standing_of(row: Row) -> Standing:
    """A compared row's standing."""
    return Standing(row["standing"])


def standing_words(row: Row) -> str:
    """How a group stands, in a few words: 'worse (unreliable)'."""
    unreliable = row["certainty"] == "unreliable" and standing_of(row) in COMPARED
    return f"{WORDS[standing_of(row)]}{' (unreliable)' if unreliable else ''}"


def signed_points(difference: float) -> str:
    """A difference in percentage points with its sign, no unit: '−31', '+4', '+0.4', '0'."""
    size = abs(difference) * 100
    text = number(difference * 100, 0 if size >= 1 else 1)
    return "0" if not text.strip("−0.") else text if difference < 0 else f"+{text}"


def gap_range(row: Row) -> str:
    """The interval of a gap: '19 to 42' where it leaves out 0 (the words say the direction), else '−12 to +5'."""
    low, high = row["lower"], row["upper"]
    if low > 0 or high < 0:
        low, high = sorted((abs(low), abs(high)))
        decimals = 0 if low * 100 >= 1 else 1
        return f"{number(low * 100, decimals)} to {number(high * 100, decimals)}"
    return f"{signed_points(low)} to {signed_points(high)}"


def gap_size(row: Row) -> str:
    """A gap: '31 percentage points below the rest'."""
    if not row["difference"]:
        return "the same value as the rest"
    return f"{points(row['difference'])} {'above' if row['difference'] > 0 else 'below'} the rest"


def gap_words(row: Row) -> str:
    """A gap with its interval: '31 percentage points below the rest (95% confidence interval 19 to 42)'."""
    return f"{gap_size(row)} ({INTERVAL} {gap_range(row)})"


def gap_label(row: Row) -> str:
    """The same, short enough for a chart on a phone."""
    if standing_of(row) not in COMPARED:
        return upper_first(standing_words(row))
    if not row["difference"]:
        return f"Same value ({gap_range(row)}): {standing_words(row)}"
    size, unit = points(row["difference"]).split(" ", 1)
    short = f"{size} {unit.removeprefix('percentage ')} {'above' if row['difference'] > 0 else 'below'}"
    return f"{short} ({gap_range(row)}): {standing_words(row)}"


def value_label(measure: Measure, row: Row) -> str:
    """A group's value and what it is made from, and the rest's value: '42%, 42 of 100 children; the rest 73%'."""
    if row["state"] != State.SHOWN.value:
        return cell_words(measure, row)
    own = figure_and_count(measure, row)
    rest = f"; the rest {figure(measure, row['rest_value'])}" if row["rest_value"] is not None else ""
    return own + rest


def group_name(breakdown: Breakdown, group: str) -> str:
    """A group where other words surround it: 'Placement ‘Foster carer’', 'Disability ‘Yes’'."""
    return f"{breakdown.title} ‘{breakdown.label(group)}’"


def gap_sentences(measure: Measure, breakdown: Breakdown, row: Row) -> str:
    """One group against the rest, in full sentences; for rows that are compared."""
    share = "" if is_rounded_away(measure, row) else f" ({percent(row['value'])})"
    first = f"{group_name(breakdown, row['group'])}: {counted(measure, row)}{share}, {gap_words(row)}"
    if standing_of(row) == Standing.NO_CLEAR_DIFFERENCE:
        return f"{first}: no clear difference.{_unreliable(row)}"
    return f"{first}. {children_sentence(measure, row)} {_certainty(row)}{_unreliable(row)}"


def children_sentence(measure: Measure, row: Row) -> str:
    """How many children a gap stands for: 'About 12 more children would be among those with an education plan if ...'; of a group that is
    better off, how many there are beyond what the rest's share would give."""
    count = abs(row["children"])
    if not count:
        return "The gap stands for less than half a child."
    noun = denominator_noun(measure)[0 if count == 1 else 1]
    if (row["difference"] > 0) == (measure.better == Better.HIGHER):
        more = "more" if row["difference"] > 0 else "fewer"
        return f"About {number(count)} {more} {noun} {'is' if count == 1 else 'are'} {_among(measure)} than would be at the rest's rate."
    more = "more" if row["difference"] < 0 else "fewer"
    return f"About {number(count)} {more} {noun} would be {_among(measure)} if this group did as the rest do."


def _among(measure: Measure) -> str:
    if not isinstance(measure, Proportion):
        return "counted"
    told = re.sub(r"^the number in the denominator ", "", measure.numerator.words)
    return f"among those {told}"


def _unreliable(row: Row) -> str:
    return f" Unreliable: there are fewer than {RELIABLE_FROM} on one side." if row["certainty"] == "unreliable" else ""


def _certainty(row: Row) -> str:
    if standing_of(row) in (Standing.WORSE, Standing.BETTER):
        return "This stays clear when all comparisons of the page are allowed for."
    return "This may be chance: it does not stay clear when all comparisons of the page are allowed for."


def p_words(p: float | None) -> str:
    """A p value: '0.03', 'under 0.001', empty without one."""
    if p is None:
        return ""
    return "under 0.001" if p < 0.001 else number(p, 3 if p < 0.01 else 2)


def clear_words(row: Row) -> str:
    """Whether a gap stays clear after Benjamini and Hochberg's method."""
    standing = standing_of(row)
    if standing not in COMPARED:
        return ""
    if standing == Standing.NO_CLEAR_DIFFERENCE:
        return "no clear difference"
    return "stays clear" if row["clear"] else "does not stay clear"


# --- summaries ------------------------------------------------------------------------------------------------------


def verdict_sentence(compared: pl.DataFrame, breakdown: Breakdown) -> str:
    """Whether anyone is clearly served worse by one characteristic, over all measures; where comparisons are hidden, how many are made."""
    made = compared.filter(pl.col("p_value").is_not_null()).height
    title = lower_first(breakdown.title)
    hidden = compared.filter(pl.col("standing") == Standing.HIDDEN.value, pl.col("group") != NOT_RECORDED).height
    if not made and not hidden:
        return f"By {title}, nothing could be compared: everywhere there are too few children, or none whose group is known."
    worse = compared.filter(pl.col("standing") == Standing.WORSE.value).height
    if hidden:
        are = "is" if hidden == 1 else "are"
        could = f"By {title}, {number(made)} of {plural(made + hidden, 'comparison')} can be made; {number(hidden)} {are} hidden."
        shows = f"{number(worse)} {'shows' if worse == 1 else 'show'} a group clearly worse off." if worse else ""
        return f"{could} {shows}".strip()
    if worse:
        return f"By {title}, {number(worse)} of {plural(made, 'comparison')} {'shows' if worse == 1 else 'show'} a group clearly worse off."
    return (
        f"By {title}, none of {plural(made, 'comparison')} shows a group clearly worse off. That does not make the groups equal: a small "
        "group can hide a gap."
    )


def others_sentences(breakdown: Breakdown, compared: pl.DataFrame, measure: Measure) -> list[str]:
    """The groups of one measure that have no sentence of their own, gathered by why."""
    said = {
        Standing.NO_CLEAR_DIFFERENCE: "No clear difference from the rest: {}.",
        Standing.TOO_FEW: f"Too few to say (fewer than {COMPARED_FROM} in the group or in the rest), which does not mean equal: {{}}.",
        Standing.ALONE: "No others to compare with: {}.",
        Standing.HIDDEN: f"{upper_first(HIDDEN)}: {{}}.",
        Standing.NO_DATA: "No data: {}.",
    }
    sentences = []
    for standing, sentence in said.items():
        groups = compared.filter(pl.col("standing") == standing.value)["group"].to_list()
        if groups:
            sentences.append(sentence.format(listing([breakdown.label(group) for group in groups])))
    unrecorded = compared.filter((pl.col("group") == NOT_RECORDED) & (pl.col("state") == State.SHOWN.value))
    for row in unrecorded.iter_rows(named=True):
        sentences.append(
            f"Not recorded: {figure_and_count(measure, row)}, not compared."
        )
    return sentences


def filter_sentence(breakdown: Breakdown, kept: Collection[str]) -> str:
    """What a filter on the very characteristic that is compared does to the comparison; empty without one."""
    groups = listing([f"‘{breakdown.label(group)}’" for group in kept]) if kept else ""
    if not groups:
        return ""
    recorded = [group for group in kept if group != NOT_RECORDED]
    if len(recorded) < 2:
        return (
            f"The filter keeps only {groups} of {lower_first(breakdown.title)}: it can't be compared, because there are no other "
            "children left to compare it with. Clear that filter, or choose another characteristic."
        )
    return f"The filter keeps only {groups} of {lower_first(breakdown.title)}: each is compared with the others of these alone."


def why_value_only(measure: Measure) -> str:
    """Why a measure's groups are not compared."""
    kind = {"rate": "a rate", "mean": "an average", "ratio_of_totals": "one total over another"}[measure.kind]
    return (
        f"This measure is {kind}, and the page's method (Newcombe's interval, Fisher's exact test) is for shares of children. So its "
        "groups stand beside each other with their 95% confidence intervals and no gap is worked out: intervals far apart suggest a "
        "difference."
    )


# --- alt texts ------------------------------------------------------------------------------------------------------


def matrix_alt(compared: pl.DataFrame, breakdown: Breakdown) -> str:
    """What the matrix shows, for who can't see it."""
    counts = [(standing, compared.filter(pl.col("standing") == standing.value).height) for standing in Standing]
    parts = [f"{number(count)} {WORDS[standing]}" for standing, count in counts if count]
    measures = compared["measure"].n_unique()
    return (
        f"Matrix of {plural(measures, 'measure')} by {lower_first(breakdown.title)}: the gap of each group to the rest in percentage "
        f"points. {listing(parts) if parts else 'No data'}."
    )


def gaps_alt(measure: Measure, breakdown: Breakdown, rows: Sequence[Row]) -> str:
    """The alt text of the chart of gaps."""
    told = "; ".join(f"{breakdown.label(row['group'])}: {lower_first(gap_label(row))}" for row in rows)
    return f"{measure.title} by {lower_first(breakdown.title)}, each group less the rest in percentage points. {told}."


def values_alt(measure: Measure, breakdown: Breakdown, rows: Sequence[Row]) -> str:
    """The alt text of the chart of values."""
    told = "; ".join(
        f"{breakdown.label(row['group'])}: {value_label(measure, row)}"
        + (f", {INTERVAL} {range_words(measure, row['value_lower'], row['value_upper'])}" if row["value_lower"] is not None else "")
        for row in rows
    )
    return f"{measure.title} by {lower_first(breakdown.title)}, {period_words(rows[0])}. {told}."


def trend_alt(measure: Measure, breakdown: Breakdown, rows: Sequence[Row]) -> str:
    """The alt text of the trend of a gap."""
    group = group_name(breakdown, rows[0]["group"])
    made = [row for row in rows if row["difference"] is not None]
    if not made:
        return f"{measure.title}, {group}: no period could be compared."
    sides = [f"{plural(count, 'period')} {WORDS[standing]}" for standing in (Standing.WORSE, Standing.NO_CLEAR_DIFFERENCE, Standing.BETTER)
             if (count := sum(standing_of(row) == standing for row in made))]
    first, last = made[0], made[-1]
    return (
        f"{measure.title}, {group}: the gap to the rest from {period_words(first)}, {gap_words(first)}, to {period_words(last)}, "
        f"{gap_words(last)}. {listing(sides)}."
    )
