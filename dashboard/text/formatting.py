"""Numbers, dates and values as people read them: British English, '85%', '1 child', '30 September 2026'.

Every figure on a page, in a chart and in an alt text is written here, so that the same number never looks two ways.
What a trend says is in `dashboard.content.sentences`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from config.disclosure import disclosure_rules
from metrics.judgement.targets import TargetStatus
from metrics.judgement.trend import Trend
from metrics.measures.kinds import Better, Mean, Measure, Proportion, Rate, RatioOfTotals
from metrics.summary.summarise import State
from metrics.units.breakdowns import EVERY

HIDDEN, NO_VALUE, NOT_COVERED = "hidden to protect children", "no data", "not covered by the data"
MISSING = {State.HIDDEN.value: HIDDEN, State.NO_DATA.value: NO_VALUE, State.NOT_COVERED.value: NOT_COVERED}
ROUNDED = "rounded to protect children"
PROTECTED = "Protected numbers: totals are exact, groups are rounded and small ones hidden. They may be shared."
EXACT = "Exact numbers. They may contain small numbers of children: not for sharing."
INTERVAL = "95% confidence interval"
MOST_DECIMALS = 4
Row = Mapping[str, Any]


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands commas and a true minus sign; halves are rounded away from 0, as people do."""
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(exact):,f}"
    return f"−{text}" if exact < 0 else text


def percent(share: float, decimals: int | None = None) -> str:
    """A share (0.85) as '85%': one decimal below 10% and above 90%, where whole percent would hide what matters.

    What is not 0 is never written as 0%, and what is not all is never written as 100%.
    """
    places = _percent_decimals(share) if decimals is None else decimals
    step = 10.0 ** -places
    text = number(times_hundred(share), places)
    if 0 < share < 1 and number(0, places) == text:
        return f"under {number(step, places)}%"
    if 0 < share < 1 and number(100, places) == text:
        return f"over {number(100 - step, places)}%"
    return f"{text}%"


def plain(value: float) -> str:
    """A number with as many decimals (up to 2) as it needs: 14, 2.5."""
    text = number(value, 2)
    return text.rstrip("0").rstrip(".")


def points(difference: float, decimals: int | None = None) -> str:
    """A difference between two shares, without its sign: '31 percentage points', '1 percentage point', '0.4 percentage points'."""
    size = times_hundred(abs(difference))
    text = number(size, (0 if size >= 1 else 1) if decimals is None else decimals)
    return f"{text} percentage point{'' if text == '1' else 's'}"


def long_date(date: datetime.date) -> str:
    """'30 September 2026'."""
    return f"{date.day} {date:%B %Y}"


def plural(count: float, singular: str, many: str | None = None) -> str:
    """'1 child', '0 children', '1,204 children'."""
    return f"{number(count)} {singular if count == 1 else many or singular + 's'}"


def listing(items: Collection[str], word: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    *head, last = items
    return f"{', '.join(head)} {word} {last}" if head else last


def lower_first(text: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation ('SDQ', 'UK')."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def file_part(words: str) -> str:
    """Words as a part of a file's name: 'team ‘North East’' is 'team-north-east'."""
    return re.sub(r"[^\w]+", "-", words.lower()).strip("-")


def escape_markdown(text: str) -> str:
    """Text from data or files as it is, where Streamlit would read Markdown."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:-])", r"\\\1", text)


# --- values ---------------------------------------------------------------------------------------------------------


def figure(measure: Measure, value: float | None, decimals: int | None = None) -> str:
    """A value without its unit of exposure: '85%', '14.9', '4.1' (a rate)."""
    if value is None:
        return NO_VALUE
    if measure.percent:
        return percent(value, decimals)
    return number(value, _number_decimals(measure, value) if decimals is None else decimals)


def value_words(measure: Measure, value: float | None, decimals: int | None = None) -> str:
    """A value with its unit: '85%', '14.9', '4.1 for every 100 children'."""
    text = figure(measure, value, decimals)
    return f"{text} {measure.per_words}" if isinstance(measure, Rate) and value is not None else text


def figures_apart(measure: Measure, value: float, other: float) -> tuple[str, str]:
    """Two values written so that they look different unless they are the same: '89.6%' and '90%', not '90%' and '90%'."""
    level = _level(measure, other)
    if abs(value - other) < 1e-12:
        return figure(measure, value), level
    fewest = len(_number_in(level).partition(".")[2])
    for decimals in (*([None] if not fewest else []), *range(max(fewest, 1), MOST_DECIMALS + 1)):
        first = figure(measure, value, decimals)
        if _number_in(first) != _number_in(level):
            return first, level
    return figure(measure, value), level


def told_apart(measure: Measure, value: float, limit: float) -> tuple[str, str]:
    """A limit as it is written, and before it the value where that would read the same: then both with as many decimals as tell them
    apart ('12.4%', '11.8%'), otherwise no value ('', '12%')."""
    if figure(measure, value) != figure(measure, limit):
        return "", figure(measure, limit)
    for decimals in range(1, MOST_DECIMALS + 1):
        both = figure(measure, value, decimals), figure(measure, limit, decimals)
        if both[0] != both[1]:
            return both
    return "", figure(measure, limit)


def count_words(measure: Measure, numerator: float | None, denominator: float | None) -> str:
    """What a value is made from: '82 of 96 children', '59 children', '10 suspensions among 246 children'."""
    if denominator is None:
        return HIDDEN
    whole = plural(denominator, *denominator_noun(measure))
    if isinstance(measure, Mean):
        return whole
    if numerator is None:
        return f"{NO_VALUE} for {whole}"
    if isinstance(measure, Rate):
        return f"{plural(numerator, *event_noun(measure))} {'among' if measure.exposure.words == 'children' else 'in'} {whole}"
    return f"{number(numerator)} of {whole}"


def short_count_words(measure: Measure, numerator: float | None, denominator: float | None) -> str:
    """The same where there is little room: a rate leaves out what its title says ('5 in 11,407 days')."""
    if not isinstance(measure, Rate) or numerator is None or denominator is None:
        return count_words(measure, numerator, denominator)
    one, many = (noun.split()[0] for noun in denominator_noun(measure))
    return f"{number(numerator)} {'among' if measure.exposure.words == 'children' else 'in'} {plural(denominator, one, many)}"


def counted(measure: Measure, row: Row) -> str:
    """`count_words` of a summary's row; where the numerator was rounded to 0 or all '0 to 2 of 24 children', 'all but 0 to 2 of ...'."""
    whole = plural(row.get("denominator") or 0, *denominator_noun(measure))
    return _rounded_away(measure, row, whole) or count_words(measure, row["numerator"], row["denominator"])


def short_counted(measure: Measure, row: Row) -> str:
    """`short_count_words` of a summary's row, as `counted`."""
    whole = number(row.get("denominator") or 0)
    return _rounded_away(measure, row, whole) or short_count_words(measure, row["numerator"], row["denominator"])


def row_figure(measure: Measure, row: Row) -> str:
    """The value of a summary's row without its unit of exposure: '85%'; never 0% or 100% of a rounded one, but '0 to 2 of 24'."""
    return _rounded_away(measure, row, number(row.get("denominator") or 0)) or figure(measure, row["value"])


def row_value(measure: Measure, row: Row) -> str:
    """The value of a summary's row with its unit."""
    return _rounded_away(measure, row, number(row.get("denominator") or 0)) or value_words(measure, row["value"])


def figure_and_count(measure: Measure, row: Row, *, short: bool = False) -> str:
    """'85%, 82 of 96 children', and where the numerator was rounded to 0 or all only what it is made from."""
    made_from = short_counted(measure, row) if short else counted(measure, row)
    return made_from if is_rounded_away(measure, row) else f"{figure(measure, row['value'])}, {made_from}"


def row_interval(measure: Measure, row: Row) -> str:
    """`interval_words` of a summary's row; of a rounded one in whole per cents, without an end at 0% or 100%."""
    return "no interval" if row["lower"] is None or row["upper"] is None else f"{INTERVAL} {row_range(measure, row)}"


def row_range(measure: Measure, row: Row) -> str:
    """`range_words` of a summary's row that has an interval; of a rounded share '77% to 91%', 'up to 12%', '88% or more'."""
    lower, upper = row["lower"], row["upper"]
    if not row.get("rounded") or not measure.percent:
        return range_words(measure, lower, upper)
    low, high = (number(times_hundred(limit)) for limit in (lower, upper))
    if low == "0":
        return f"up to {high}%" if high != "100" else "anything"
    return f"{low}% to {high}%" if high != "100" else f"{low}% or more"


def is_rounded_away(measure: Measure, row: Row) -> bool:
    """Whether a row's numerator is rounded and shows as nothing, or as all there are."""
    numerator, denominator = row.get("numerator"), row.get("denominator")
    if not row.get("rounded") or numerator is None or denominator is None or not isinstance(measure, Proportion | Rate):
        return False
    return bool(numerator == 0 or (numerator == denominator and isinstance(measure, Proportion)))


def _rounded_away(measure: Measure, row: Row, whole: str) -> str:
    if not is_rounded_away(measure, row):
        return ""
    few = f"0 to {disclosure_rules().base - 1}"
    if isinstance(measure, Rate):
        return f"{few} {event_noun(measure)[1]} {'among' if measure.exposure.words == 'children' else 'in'} {whole}"
    return f"{few if row['numerator'] == 0 else f'all but {few}'} of {whole}"


def denominator_noun(measure: Measure) -> tuple[str, str]:
    """What one and several of the denominator are called: ('child', 'children'), ('possible half-day session', ...)."""
    if isinstance(measure, RatioOfTotals):
        return _noun(measure.under.words)
    if isinstance(measure, Rate) and measure.exposure.words != "children":
        return _noun(measure.exposure.words)
    return measure.unit.singular.split()[0], measure.unit.plural.split()[0]


def event_noun(measure: Rate) -> tuple[str, str]:
    """What one and several events of a rate are called: ('suspension', 'suspensions')."""
    return _noun(re.sub(r"( that began)? in the period$", "", measure.events.words))


def interval_words(measure: Measure, lower: float | None, upper: float | None) -> str:
    """'95% confidence interval 77% to 91%', or that there is none."""
    if lower is None or upper is None:
        return "no interval"
    return f"{INTERVAL} {range_words(measure, lower, upper)}"


def range_words(measure: Measure, lower: float, upper: float) -> str:
    """'77% to 91%', both ends with as many decimals."""
    decimals = max(_percent_decimals(lower), _percent_decimals(upper)) if measure.percent else _number_decimals(measure, upper)
    low, high = figure(measure, lower, decimals), figure(measure, upper, decimals)
    return f"{low} to {high}"


def target_words(measure: Measure, level: float) -> str:
    """A target after 'the': '90% target', 'target of 14'."""
    return f"{_level(measure, level)} target" if measure.percent else f"target of {_level(measure, level)}"


def headline(trend: Trend) -> str:
    """What the chart shows, in one sentence without a full stop: '82 of 96 children, 85%, below the 90% target'."""
    row, measure = trend.latest, trend.measure
    if row is None:
        return f"{upper_first(period_words(trend.hidden_since))} is {HIDDEN}" if trend.hidden_since else "No data"
    target, made_from = row["target"], counted(measure, row)
    if row.get("rounded"):
        made_from += f" ({ROUNDED})"
    if is_rounded_away(measure, row):
        return made_from
    text, level = figures_apart(measure, row["value"], target) if target is not None else (figure(measure, row["value"]), "")
    if isinstance(measure, Mean):
        text += " on average"
    elif isinstance(measure, Rate):
        text += f" {measure.per_words}"
    if target is None:
        return f"{made_from}, {text}"
    where = f"the {level} target" if measure.percent else f"the target of {level}"
    return f"{made_from}, {text}, {_position(row['value'], target)} {where}"


def earlier_words(trend: Trend) -> str:
    """The last value that is shown, where the latest period's is hidden, with its date; empty without one."""
    row = trend.earlier
    return f"Earlier, {period_words(row)}: {figure_and_count(trend.measure, row)}" if row else ""


def target_sentence(trend: Trend) -> str:
    """What the latest value's interval says about its target."""
    row, measure = trend.latest, trend.measure
    if row is None and trend.hidden_since:
        return "What is hidden is not compared with a target."
    if trend.target_period is not None:
        return f"The target is for {NOUNS[trend.target_period][1]}, so nothing is compared with it here."
    if row is None or row["target"] is None:
        return "No target is set for this measure, so it is not compared with one."
    target = f"the {target_words(measure, row['target'])}"
    if row["lower"] is None:
        return f"Not clear yet: there are too few {denominator_noun(measure)[1]} for an interval to hold against {target}."
    span = f"the whole interval, {row_range(measure, row)},"
    good, bad = ("at or above", "below") if measure.better == Better.HIGHER else ("at or below", "above")
    status = trend.target_status
    if status == TargetStatus.MET:
        return f"Met: {span} lies {good} {target}."
    if status == TargetStatus.MISSED:
        return f"Missed: {span} lies {bad} {target}."
    return f"Not clear yet: the interval, {row_range(measure, row)}, reaches across {target}."


def better_words(measure: Measure) -> str:
    """Which way is better."""
    return "Higher is better." if measure.better == Better.HIGHER else "Lower is better."


# --- periods --------------------------------------------------------------------------------------------------------

NOUNS = {"month": ("month", "months"), "quarter": ("quarter", "quarters"), "term": ("term", "terms"), "year": ("year", "years")}
_TERM = re.compile(r"^(\d{4}) (Autumn|Spring|Summer)$")


def period_words(row: Mapping[str, Any]) -> str:
    """A summary's period: 'July to September 2026', 'summer term 2026', 'April 2025 to March 2026', 'September 2026'.

    An incomplete one says so: '1 July to 15 August 2026, not complete yet'.
    """
    label, start, end = row["period"], row["period_start"], row["period_end"]
    if not row["complete"]:
        first = f"{start.day} {start:%B}" if start.year == end.year else long_date(start)
        return f"{first} to {long_date(end)}, not complete yet" if start != end else f"{long_date(end)}, not complete yet"
    if term := _TERM.match(label):
        return f"{term[2].lower()} term {term[1]}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{end:%B %Y}"
    return f"{start:%B} to {end:%B %Y}" if start.year == end.year else f"{start:%B %Y} to {end:%B %Y}"


def where_words(where: Mapping[str, Collection[str]], part: str = "", children: str = "children") -> str:
    """The filters in words: 'Placement: Foster carer; Sex: Female', or 'all children'; of a manager's `part`, whose children those are.

    `children` is who is counted (`metrics.measures.cohort_words.children_of`), which is named wherever it isn't just 'children'.
    """
    chosen = [f"{EVERY[name].title}: {listing([EVERY[name].label(group) for group in groups], 'or')}"
              for name, groups in where.items() if groups]
    if not chosen:
        return f"all {children} of {part}" if part else f"all {children}"
    only = f"; only {children}{f' of {part}' * bool(part)}" if part or children != "children" else ""
    return "; ".join(chosen) + only


def cell_words(measure: Measure, row: Mapping[str, Any]) -> str:
    """The value of a summary's row, or why there is none."""
    return MISSING.get(row["state"]) or row_figure(measure, row)


# --- helpers --------------------------------------------------------------------------------------------------------


def times_hundred(share: float) -> float:
    """A share in percent, without what multiplying in binary adds."""
    return float(Decimal(repr(float(share))) * 100)


def _percent_decimals(share: float) -> int:
    hundred = times_hundred(share)
    return 0 if 10 <= hundred <= 90 or hundred in (0, 100) or abs(hundred - round(hundred)) < 1e-9 else 1


def _number_decimals(measure: Measure, value: float) -> int:
    if isinstance(measure, Mean):
        return 1
    size = abs(value)
    return 0 if size == 0 or size >= 100 else 1 if size >= 1 else 2


def _level(measure: Measure, level: float) -> str:
    return f"{plain(times_hundred(level))}%" if measure.percent else plain(level)


def _number_in(text: str) -> str:
    """The number of a figure, without its unit and without decimals that say nothing."""
    digits = text.removesuffix("%")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _position(value: float, target: float) -> str:
    if abs(value - target) < 1e-12:
        return "exactly at"
    return "above" if value > target else "below"


def _noun(words: str) -> tuple[str, str]:
    """Singular and plural of words such as 'their suspensions' or 'placements that broke down'."""
    many = re.sub(r"^(the|their) ", "", words)
    head, *rest = re.split(r"(?= that | in )", many, maxsplit=1)
    return re.sub(r"s$", "", head) + "".join(rest), many
