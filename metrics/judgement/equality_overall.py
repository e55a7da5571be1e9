"""Is anyone served worse: all measures by all characteristics at once, each group against the rest of the children.

False discoveries are controlled over everything that is compared. Rates, averages and ratios of totals are compared, too, with their own
intervals. Where a period has too few children of a group to say, or hides them, up to three years are taken together.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from config.disclosure import disclosure_rules
from metrics.judgement.equality import Groups, Standing, at
from metrics.measures.kinds import Better, Mean, Measure, Proportion, Rate
from metrics.statistics import comparison_of_values
from metrics.statistics.comparison import COMPARED_FROM, NOT_RECORDED, RELIABLE_FROM, benjamini_hochberg, gap
from metrics.statistics.comparison_of_values import Difference, of_repeated
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown

YEARS = 3
"""So many years at most are taken together."""
REPEATED = 0.5
"""How alike one child's outcomes of two years are taken to be, where a child counts once in each."""
COUNTED_BY = {
    "attendance": "persistent_absence", "attendance_in_care": "persistent_absence_in_care",
    "placement_breakdown_rate": "placement_breakdown",
}
"""The measure whose denominator is the number of children behind days or sessions."""
HAVING_ANY = {
    "suspension_rate": "suspended", "suspension_rate_in_care": "suspended_in_care", "placement_breakdown_rate": "placement_breakdown",
}
"""The measure whose numerator is the number of children who have any of a rate's events. Of permanent exclusions, a child has one."""
SUMMED = ("numerator", "denominator", "children")

RESULT: dict[str, Any] = {
    "measure": pl.String, "breakdown": pl.String, "group": pl.String, "period": pl.String, "period_start": pl.Date, "period_end": pl.Date,
    "years": pl.Int64, "state": pl.String, "rounded": pl.Boolean, "numerator": pl.Float64, "denominator": pl.Int64, "children": pl.Int64,
    "value": pl.Float64, "rest_numerator": pl.Float64, "rest_denominator": pl.Int64, "rest_value": pl.Float64,
    "difference": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "stands_for": pl.Int64, "p_value": pl.Float64,
    "certainty": pl.String, "adjusted_p_value": pl.Float64, "clear": pl.Boolean, "standing": pl.String,
    "periods_worse": pl.Int64, "periods_known": pl.Int64, "worse_since": pl.Date,
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One measure by one breakdown: its summaries of all periods and of all years, by group and of all together, with `children`; of a
    rate those of all together with `having_any`, where that is known."""

    measure: Measure
    breakdown: Breakdown
    rows: pl.DataFrame
    totals: pl.DataFrame
    yearly_rows: pl.DataFrame
    yearly_totals: pl.DataFrame


def with_children(rows: pl.DataFrame, counted: pl.DataFrame | None, by: Sequence[str] = ()) -> pl.DataFrame:
    """A summary with `children`, how many the denominator is of: its own, or where given that of the measure `counted` by COUNTED_BY."""
    if counted is None:
        return rows.with_columns(pl.col("denominator").alias("children"))
    on = ["period", *by]
    return rows.join(counted.select(*on, pl.col("denominator").alias("children")), on=on, how="left", maintain_order="left")


def with_having_any(totals: pl.DataFrame, having: pl.DataFrame | None) -> pl.DataFrame:
    """A rate's totals with `having_any`, how many children have any of the events: the numerators that HAVING_ANY says, `having`."""
    if having is None:
        return totals
    return totals.join(having.select("period", having_any="numerator"), on="period", how="left", maintain_order="left")


def compare_all(tables: Sequence[Table], period: str | None = None) -> pl.DataFrame:
    """Every group of every table against the rest: the columns of RESULT, a row a group.

    `years` is 0 where the period itself was compared and else how many years were. `difference`, `lower` and `upper` are in the unit of
    the value; `stands_for` is the gap in children (or events, or sessions), null for averages. `p_value` is adjusted over all rows.
    `periods_worse` of `periods_known` complete periods, up to and with the compared one, have the group on the worse side of the rest,
    and it has been there without a break from `worse_since` on; only of groups that are clearly worse off.
    """
    rows = [row for table in tables for row in _of_table(table, period)]
    adjusted = benjamini_hochberg([row.get("p_value") for row in rows])
    by_key = {(table.measure.id, table.breakdown.id): table for table in tables}
    for row, more in zip(rows, adjusted.iter_rows(named=True), strict=True):
        table = by_key[row["measure"], row["breakdown"]]
        row |= {"adjusted_p_value": more["adjusted_p_value"], "clear": more["clear"]}
        row["standing"] = row.get("standing") or _standing(table.measure, row).value
        if row["standing"] == Standing.WORSE.value:
            row |= _for_how_long(table, row)
    return pl.DataFrame([{name: row.get(name) for name in RESULT} for row in rows], schema=RESULT)


def worse_off(compared: pl.DataFrame) -> pl.DataFrame:
    """The rows of groups that are clearly worse off, those that stand for most children first, what is counted otherwise last."""
    children = pl.col("stands_for").abs().fill_null(-1)
    return compared.filter(pl.col("standing") == Standing.WORSE.value).sort(
        children, -pl.col("adjusted_p_value"), descending=True, maintain_order=True
    )


def _of_table(table: Table, period: str | None) -> Iterator[Row]:
    """Every group in the period, and where that can't tell, in the years before its end."""
    chosen = at(table.measure, table.breakdown, table.rows, table.totals, period)
    of_period = _compared(table, chosen, years=0)
    cannot_tell = (Standing.TOO_FEW.value, Standing.HIDDEN.value)
    wanted = {group for group, row in of_period.items() if row.get("standing") in cannot_tell and group != NOT_RECORDED}
    pooled = _over_years(table, next(iter(of_period.values()))["period_end"], wanted) if wanted else {}
    yield from (of_period | pooled).values()


def _over_years(table: Table, last: datetime.date, wanted: set[str]) -> dict[str, Row]:
    """The wanted groups over one year, or over as many, up to YEARS, as it takes until they can be compared; without those that can't."""
    over = pl.col("complete") & (pl.col("period_end") <= last)
    labels = table.yearly_totals.filter(over).sort("period_start", descending=True)["period"].to_list()[:YEARS]
    found: dict[str, Row] = {}
    for years in range(1, len(labels) + 1):
        if years > 1 and not _adds_up(table.measure):
            break
        chosen = pl.col("period").is_in(labels[:years])
        groups = Groups(table.measure, table.breakdown, table.yearly_rows.filter(chosen), table.yearly_totals.filter(chosen))
        pending = wanted - set(found)
        found |= {group: row for group, row in _compared(table, groups, years=years, wanted=pending).items() if "difference" in row}
    return found


def _adds_up(measure: Measure) -> bool:
    """Whether years can be added: what is counted happened in each of them, and is no look at the same children again."""
    return isinstance(measure, Proportion | Rate) and measure.memory_days == 0


def _compared(table: Table, groups: Groups, *, years: int, wanted: set[str] | None = None) -> dict[str, Row]:
    """The groups, or the wanted ones, of one or several periods together."""
    totals = {row["period"]: row for row in groups.total.iter_rows(named=True)}
    by_group: dict[str, list[Row]] = {}
    for row in groups.rows.filter(pl.col("denominator").ne_missing(0)).iter_rows(named=True):
        by_group.setdefault(row[table.breakdown.id], []).append(row)
    unrecorded = {row["period"]: row for row in by_group.get(NOT_RECORDED, [])}
    return {group: _against(table, group, rows, totals, unrecorded, years) for group, rows in by_group.items()
            if wanted is None or group in wanted}


def _against(table: Table, group: str, rows: list[Row], totals: dict[str, Row], unrecorded: dict[str, Row], years: int) -> Row:
    """One group against the rest, over those of its periods in which both are shown."""
    last = rows[-1]
    told = [row for row in rows if _is_shown(row) and _is_shown(totals.get(row["period"]))]
    result = {
        "measure": table.measure.id, "breakdown": table.breakdown.id, "group": group, "period": last["period"], "state": last["state"],
        "period_start": rows[0]["period_start"], "period_end": last["period_end"], "years": years, "rounded": last["rounded"],
    }
    if not told:
        kinds = {State.NO_DATA.value: Standing.NO_DATA, State.NOT_COVERED.value: Standing.NO_DATA}
        return result | {"standing": kinds.get(last["state"], Standing.HIDDEN).value}
    own = _sum(told)
    result |= own | {"state": State.SHOWN.value, "period": told[-1]["period"]}
    result |= {"period_start": told[0]["period_start"], "period_end": told[-1]["period_end"]}
    result |= {"years": len(told) if years else 0, "value": _value(table.measure, own)}
    if group == NOT_RECORDED:
        return result | {"standing": Standing.NOT_RECORDED.value}
    whole = _sum([totals[row["period"]] for row in told])
    others = _sum([unrecorded[row["period"]] for row in told if _is_shown(unrecorded.get(row["period"]))])
    rest = {name: max(whole[name] - own[name] - others[name], 0) for name in SUMMED}
    if table.measure.percent:  # of rounded numbers, what is left may be more than there are
        rest["numerator"] = min(rest["numerator"], rest["denominator"])
    result |= {"rest_numerator": rest["numerator"], "rest_denominator": rest["denominator"], "rest_value": _value(table.measure, rest)}
    if rest["denominator"] == 0:
        return result | {"standing": Standing.ALONE.value}
    if min(own["children"], rest["children"]) < COMPARED_FROM:
        return result | {"standing": Standing.TOO_FEW.value}
    return result | _gap(table.measure, told, [totals[row["period"]] for row in told], own, rest)


def _gap(measure: Measure, told: list[Row], totals: list[Row], own: Row, rest: Row) -> Row:
    """The difference and what it means, of a group and the rest that are both large enough."""
    rounding = disclosure_rules().rounding_variance * len(told) if any(row["rounded"] for row in told) else 0.0
    if isinstance(measure, Proportion):
        found = _of_shares(own, rest, rounding)
    elif isinstance(measure, Rate):
        per_one = comparison_of_values.rates(
            round(own["numerator"]), own["denominator"], round(rest["numerator"]), rest["denominator"], rounding=rounding,
        )
        found = Difference(per_one.difference * measure.per, per_one.lower * measure.per, per_one.upper * measure.per, per_one.p_value)
        found = of_repeated(found, _spread(totals))
    else:
        one, whole = told[0], totals[0]
        if one["lower"] is None or whole["lower"] is None:
            return {"standing": Standing.TOO_FEW.value}
        # The rest's interval is that of all the children, wider by as much as they are fewer.
        half = _half(whole) * (whole["denominator"] / rest["denominator"]) ** 0.5
        found = comparison_of_values.values(
            one["value"], _half(one), own["children"], rest["numerator"] / rest["denominator"], half, rest["children"],
        )
    if len(told) > 1 and not measure.unit.event:
        found = of_repeated(found, 1 + (len(told) - 1) * REPEATED)
    per = measure.per if isinstance(measure, Rate) else 1
    return {
        "difference": found.difference, "lower": found.lower, "upper": found.upper, "p_value": found.p_value,
        "stands_for": None if isinstance(measure, Mean) else _half_away(found.difference / per * own["denominator"]),
        "certainty": "unreliable" if min(own["children"], rest["children"]) < RELIABLE_FROM else "reliable",
    }


def _spread(totals: list[Row]) -> float:
    """How much more a rate's events vary than independent ones, because some children have several."""
    having = [row.get("having_any") for row in totals]
    if any(number is None for number in having):
        return 1.0
    added = _sum(totals)
    return comparison_of_values.spread_between_children(added["numerator"], added["children"], sum(number or 0 for number in having))


def _of_shares(own: Row, rest: Row, rounding: float) -> Difference:
    found = gap(round(own["numerator"]), own["denominator"], round(rest["numerator"]), rest["denominator"], rounding)
    return Difference(found["difference"], found["lower"], found["upper"], found["p_value"])


def _standing(measure: Measure, row: Row) -> Standing:
    if row["lower"] <= 0 <= row["upper"]:
        return Standing.NO_CLEAR_DIFFERENCE
    better = (row["difference"] > 0) == (measure.better == Better.HIGHER)
    if row["clear"]:
        return Standing.BETTER if better else Standing.WORSE
    return Standing.MAYBE_BETTER if better else Standing.MAYBE_WORSE


def _for_how_long(table: Table, row: Row) -> Row:
    """In how many of the known complete periods the group was on the worse side, and since when without a break."""
    rows, totals = (table.yearly_rows, table.yearly_totals) if row["years"] else (table.rows, table.totals)
    over = pl.col("complete") & (pl.col("period_end") <= row["period_end"])
    of_group = {one["period_start"]: one for one in rows.filter(over, pl.col(table.breakdown.id) == row["group"]).iter_rows(named=True)}
    unrecorded = {
        one["period_start"]: one for one in rows.filter(over, pl.col(table.breakdown.id) == NOT_RECORDED).iter_rows(named=True)
    }
    sides: list[tuple[datetime.date, bool]] = []
    for total in totals.filter(over).sort("period_start").iter_rows(named=True):
        start = total["period_start"]
        own, others = of_group.get(start), unrecorded.get(start)
        if _is_shown(own) and _is_shown(total) and own is not None:
            nobody = dict.fromkeys(SUMMED, 0)
            minus = _sum([others]) if _is_shown(others) and others is not None else nobody
            rest = {name: max((total[name] or 0) - (own[name] or 0) - minus[name], 0) for name in SUMMED}
            if rest["denominator"]:
                apart = own["numerator"] / own["denominator"] - rest["numerator"] / rest["denominator"]
                sides.append((start, apart < 0 if table.measure.better == Better.HIGHER else apart > 0))
    since = None
    for start, worse in reversed(sides):
        if not worse:
            break
        since = start
    return {"periods_worse": sum(worse for _, worse in sides), "periods_known": len(sides), "worse_since": since}


def _is_shown(row: Row | None) -> bool:
    return row is not None and row["state"] == State.SHOWN.value and row["numerator"] is not None and bool(row["denominator"])


def _sum(rows: Sequence[Row]) -> Row:
    return {name: sum(row[name] or 0 for row in rows) for name in SUMMED}


def _value(measure: Measure, added: Row) -> float | None:
    per = measure.per if isinstance(measure, Rate) else 1
    return added["numerator"] / added["denominator"] * per if added["denominator"] else None


def _half_away(number: float) -> int:
    """The nearest whole number, halves away from 0."""
    return math.floor(abs(number) + 0.5 + 1e-9) * (1 if number >= 0 else -1)


def _half(row: Row) -> float:
    """Half of an interval around the value: the longer side, as the other may be cut at an end of the scale."""
    return float(max(row["value"] - row["lower"], row["upper"] - row["value"]))
