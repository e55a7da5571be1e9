"""Numbers, dates and values as people read them: British English, '85 %', '1 child', '30 September 2026'.

Every figure on a page, in a chart and in an alt text is written here, so that the same number never looks two ways. Its unit stays in
its line: before a % sign there is a no-break space.
What a trend says is in `dashboard.sentences`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from metrics.breakdowns import EVERY
from metrics.kinds import Better, Mean, Measure, Rate, RatioOfTotals
from metrics.summarise import State
from metrics.targets import TargetStatus
from metrics.trend import Trend

HIDDEN = "hidden to protect children"
NO_VALUE = "no data"
PROTECTED = "Protected numbers: those about few children are hidden. They may be shared."
EXACT = "Exact numbers. They may contain small numbers of children: not for sharing."
NO_BREAK = "\u00a0"
PERCENT = f"{NO_BREAK}%"
INTERVAL = f"95{PERCENT} interval"
MOST_DECIMALS = 4


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands commas and a true minus sign; halves are rounded away from 0, as people do."""
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(exact):,f}"
    return f"−{text}" if exact < 0 else text


def percent(share: float, decimals: int | None = None) -> str:
    """A share (0.85) as '85 %': one decimal below 10 % and above 90 %, where whole percent would hide what matters.

    What is not 0 is never written as 0 %, and what is not all is never written as 100 %.
    """
    places = _percent_decimals(share) if decimals is None else decimals
    step = 10.0 ** -places
    text = number(_times_hundred(share), places)
    if 0 < share < 1 and number(0, places) == text:
        return f"under {number(step, places)}{PERCENT}"
    if 0 < share < 1 and number(100, places) == text:
        return f"over {number(100 - step, places)}{PERCENT}"
    return f"{text}{PERCENT}"


def plain(value: float) -> str:
    """A number with as many decimals (up to 2) as it needs: 14, 2.5."""
    text = number(value, 2)
    return text.rstrip("0").rstrip(".")


def points(difference: float) -> str:
    """A difference between two shares, without its sign: '31 percentage points', '1 percentage point', '0.4 percentage points'."""
    size = abs(difference) * 100
    text = number(size, 0 if size >= 1 else 1)
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


def ordinary_spaces(text: str) -> str:
    """Words as a file of numbers or a terminal has them, where they are looked for and have no lines to break."""
    return text.replace(NO_BREAK, " ")


def escape_markdown(text: str) -> str:
    """Text from data or files as it is, where Streamlit would read Markdown."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:-])", r"\\\1", text)


# --- values ---------------------------------------------------------------------------------------------------------


def figure(measure: Measure, value: float | None, decimals: int | None = None) -> str:
    """A value without its unit of exposure: '85 %', '14.9', '4.1' (a rate)."""
    if value is None:
        return NO_VALUE
    if measure.percent:
        return percent(value, decimals)
    return number(value, _number_decimals(measure, value) if decimals is None else decimals)


def value_words(measure: Measure, value: float | None, decimals: int | None = None) -> str:
    """A value with its unit: '85 %', '14.9', '4.1 for every 100 children'."""
    text = figure(measure, value, decimals)
    return f"{text} {measure.per_words}" if isinstance(measure, Rate) and value is not None else text


def figures_apart(measure: Measure, value: float, other: float) -> tuple[str, str]:
    """Two values written so that they look different unless they are the same: '89.6 %' and '90 %', not '90 %' and '90 %'."""
    level = _level(measure, other)
    if abs(value - other) < 1e-12:
        return figure(measure, value), level
    fewest = len(_number_in(level).partition(".")[2])
    for decimals in (*([None] if not fewest else []), *range(max(fewest, 1), MOST_DECIMALS + 1)):
        first = figure(measure, value, decimals)
        if _number_in(first) != _number_in(level):
            return first, level
    return figure(measure, value), level


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
    """'95 % interval 77 % to 91 %', or that there is none."""
    if lower is None or upper is None:
        return "no interval"
    return f"{INTERVAL} {range_words(measure, lower, upper)}"


def range_words(measure: Measure, lower: float, upper: float) -> str:
    """'77 % to 91 %', both ends with as many decimals."""
    decimals = max(_percent_decimals(lower), _percent_decimals(upper)) if measure.percent else _number_decimals(measure, upper)
    low, high = figure(measure, lower, decimals), figure(measure, upper, decimals)
    return f"{low} to {high}"


def target_words(measure: Measure, level: float) -> str:
    """A target after 'the': '90 % target', 'target of 14'."""
    return f"{_level(measure, level)} target" if measure.percent else f"target of {_level(measure, level)}"


def headline(trend: Trend) -> str:
    """What the chart shows, in one sentence without a full stop: '82 of 96 children, 85 %, below the 90 % target'."""
    row = trend.latest
    if row is None:
        return "No data"
    measure, target = trend.measure, row["target"]
    text, level = figures_apart(measure, row["value"], target) if target is not None else (figure(measure, row["value"]), "")
    if isinstance(measure, Mean):
        text += " on average"
    elif isinstance(measure, Rate):
        text += f" {measure.per_words}"
    counted = count_words(measure, row["numerator"], row["denominator"])
    if target is None:
        return f"{counted}, {text}"
    where = f"the {level} target" if measure.percent else f"the target of {level}"
    return f"{counted}, {text}, {_position(row['value'], target)} {where}"


def target_sentence(trend: Trend) -> str:
    """What the latest value's interval says about its target."""
    row, measure = trend.latest, trend.measure
    if row is None or row["target"] is None:
        return (
            "No target is set for this measure, so it is not compared with one. Targets are set under 'Improvement' or in "
            "config/targets.toml."
        )
    target = f"the {target_words(measure, row['target'])}"
    if row["lower"] is None:
        return f"Not clear yet: there are too few {denominator_noun(measure)[1]} for an interval to hold against {target}."
    span = f"the whole interval, {range_words(measure, row['lower'], row['upper'])},"
    good, bad = ("at or above", "below") if measure.better == Better.HIGHER else ("at or below", "above")
    status = trend.target_status
    if status == TargetStatus.MET:
        return f"Met: {span} lies {good} {target}."
    if status == TargetStatus.MISSED:
        return f"Missed: {span} lies {bad} {target}."
    return f"Not clear yet: the interval, {range_words(measure, row['lower'], row['upper'])}, reaches across {target}."


def better_words(measure: Measure) -> str:
    """Which way is better."""
    return "Higher is better." if measure.better == Better.HIGHER else "Lower is better."


# --- periods --------------------------------------------------------------------------------------------------------

NOUNS = {"month": ("month", "months"), "quarter": ("quarter", "quarters"), "term": ("term", "terms"), "year": ("year", "years")}
_TERM = re.compile(r"^(\d{4}) (Autumn|Spring|Summer)$")


def grain_of(label: str, start: datetime.date) -> str:
    """The grain of a period, from its label and first day: '2011-12' is December 2011 or the year from April 2011."""
    if _TERM.match(label):
        return "term"
    if " Q" in label:
        return "quarter"
    return "month" if label == f"{start:%Y-%m}" else "year"


def hidden_later_sentence(row: Mapping[str, Any]) -> str:
    """Of the last complete period's row, where it is hidden and an earlier one stands in its place."""
    return f"{upper_first(period_words(row))} is {HIDDEN}; this is the latest that is shown"


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


def where_words(where: Mapping[str, Collection[str]]) -> str:
    """The filters in words: 'Placement: Foster carer; Sex: Female', or 'all children'."""
    chosen = [f"{EVERY[name].title}: {listing([EVERY[name].label(group) for group in groups], 'or')}"
              for name, groups in where.items() if groups]
    return "; ".join(chosen) or "all children"


def cell_words(measure: Measure, row: Mapping[str, Any]) -> str:
    """The value of a summary's row, or why there is none."""
    return {State.HIDDEN.value: HIDDEN, State.NO_DATA.value: NO_VALUE}.get(row["state"]) or figure(measure, row["value"])


# --- helpers --------------------------------------------------------------------------------------------------------


def _times_hundred(share: float) -> float:
    return float(Decimal(repr(float(share))) * 100)


def _percent_decimals(share: float) -> int:
    hundred = _times_hundred(share)
    return 0 if 10 <= hundred <= 90 or hundred in (0, 100) or abs(hundred - round(hundred)) < 1e-9 else 1


def _number_decimals(measure: Measure, value: float) -> int:
    if isinstance(measure, Mean):
        return 1
    size = abs(value)
    return 0 if size == 0 or size >= 100 else 1 if size >= 1 else 2


def _level(measure: Measure, level: float) -> str:
    return f"{plain(_times_hundred(level))}{PERCENT}" if measure.percent else plain(level)


def _number_in(text: str) -> str:
    """The number of a figure, without its unit and without decimals that say nothing."""
    digits = text.removesuffix(PERCENT)
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
