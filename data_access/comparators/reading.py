"""Files of published figures, read as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data_access.comparators.series import (
    ACADEMIC,
    AREA_COLUMNS,
    LEVELS,
    LOCAL_AUTHORITY,
    NATIONAL,
    NEIGHBOUR_COLUMNS,
    NEIGHBOURS,
    REGIONAL,
    SERIES,
    SYMBOLS,
    YEAR_SHAPES,
    Series,
)
from data_access.load.errors import FileProblem
from data_access.load.reading.files import read_csv

SCHEMA: dict[str, pl.DataType] = {
    "series": pl.String(), "year": pl.String(), "level": pl.String(), "area": pl.String(), "name": pl.String(), "region": pl.String(),
    "value": pl.String(),
}
"""One published value a row. `area` is the code of the country, the region or, for an authority, its three digits; `name` its name and
`region` an authority's region. `value` is the number or the symbol, as published; of NEIGHBOURS, the codes of ten authorities."""

NUMBER = r"^[0-9]+(\.[0-9]+)?$"
LATEST = "latest"
"""The year of the statistical neighbours: there is one model at a time."""


@dataclass(frozen=True)
class ReadFile:
    """One file: how many rows it has, and the published values that are used."""

    name: str
    rows_read: int
    published: pl.DataFrame


def read_file(path: Path) -> ReadFile:
    """The published values of a file, in the columns of SCHEMA.

    Raises FileProblem with one sentence for a file of another shape.
    """
    if path.suffix.lower() != ".csv" or not path.is_file():
        raise FileProblem(f"{path} is not a CSV file that is there. Give the CSV files of 'explore education statistics' as downloaded.")
    raw = read_csv(path)
    if raw.ragged:
        line, fields = raw.ragged[0]
        raise FileProblem(
            f"{path.name}, line {line}: {len(fields)} fields, where the header has {len(raw.columns)}. Download the file again."
        )
    twice = sorted({name for name in raw.columns if raw.columns.count(name) > 1})
    if twice:
        raise FileProblem(f"{path.name} has the column {twice[0]} more than once. Download the file again.")
    rows = raw.rows.rename({str(place): name for place, name in enumerate(raw.columns)})
    rows = rows.with_columns(pl.exclude("line").str.strip_chars().fill_null(""))
    if set(NEIGHBOUR_COLUMNS) <= set(raw.columns):
        return ReadFile(path.name, rows.height, _neighbours(rows, path.name))
    held = [series for series in SERIES.values() if series.columns <= set(raw.columns)]
    if not held:
        raise FileProblem(_unknown(path.name, raw.columns))
    published = pl.concat([_series(rows, series, path.name) for series in held])
    if not published.height:
        wanted = "; ".join(_words(series.rows) for series in held)
        raise FileProblem(f"{path.name} has the right columns, but no row of a country, region or authority with {wanted}.")
    return ReadFile(path.name, rows.height, published)


def _unknown(name: str, columns: tuple[str, ...]) -> str:
    shown = ", ".join(columns[:12]) + (", ..." if len(columns) > 12 else "")
    return (
        f"{name} has the columns {shown}; it is none of the files that are read. Those are the Department for Education's absence of "
        "children by social care group (pt_overall, pt_pupils_pa_10_exact), placement stability (cla_group, placement_stability) and "
        "health outcomes (characteristic, breakdown) of children looked after, each by country, region and local authority "
        f"({', '.join(AREA_COLUMNS[:3])}, ...), and the statistical neighbours (old_la_code, SN_1 to SN_10)."
    )


def _words(rows: Mapping[str, str]) -> str:
    return ", ".join(f"{column} = '{value}'" for column, value in rows.items())


def _holding(rows: pl.DataFrame, wanted: Mapping[str, str]) -> pl.DataFrame:
    return rows.filter(pl.all_horizontal(pl.col(column) == value for column, value in wanted.items()))


def _series(rows: pl.DataFrame, series: Series, name: str) -> pl.DataFrame:
    """The rows of one figure in the columns of SCHEMA. Raises FileProblem for a value that is neither a number nor a symbol."""
    rows = rows.filter(pl.col("geographic_level").is_in(list(LEVELS)))
    found = _placed(_holding(rows, series.rows), series.indicator)
    _check(found, series, name)
    if series.counted:
        nobody = _placed(_holding(rows, series.counted), series.counted_in).filter(pl.col("value") == "0").select("year", "area")
        found = found.join(nobody.with_columns(pl.lit(True).alias("nobody")), on=["year", "area"], how="left", maintain_order="left")
        found = found.with_columns(pl.when(pl.col("nobody") & (pl.col("value") == "0")).then(pl.lit("z")).otherwise("value").alias("value"))
    return found.with_columns(pl.lit(series.id).alias("series")).select(*SCHEMA)


def _placed(rows: pl.DataFrame, indicator: str) -> pl.DataFrame:
    """line, kind (of year) and SCHEMA's columns but the series, one row an area and year."""
    level = pl.col("geographic_level").replace_strict(LEVELS, return_dtype=pl.String)
    by_level = {NATIONAL: ("country_code", "country_name"), REGIONAL: ("region_code", "region_name"), LOCAL_AUTHORITY: (
        "old_la_code", "la_name",
    )}
    area, name = (
        pl.coalesce(pl.when(level == each).then(pl.col(columns[place])) for each, columns in by_level.items()) for place in (0, 1)
    )
    return rows.select(
        "line", pl.col("time_identifier").alias("kind"), pl.col("time_period").alias("year"), level.alias("level"), area.alias("area"),
        name.alias("name"), pl.when(level == LOCAL_AUTHORITY).then("region_name").otherwise(pl.lit("")).alias("region"),
        pl.col(indicator).alias("value"),
    )


def _check(found: pl.DataFrame, series: Series, name: str) -> None:
    """Raises FileProblem, naming the line, for the first row that can't be what it should be."""
    number = pl.when(pl.col("value").str.contains(NUMBER)).then("value").cast(pl.Float64, strict=False)
    faults = (
        (pl.col("kind") != series.years, "time_identifier", "kind", f"'{series.years}'"),
        (~pl.col("year").str.contains(YEAR_SHAPES[series.years]), "time_period", "year", f"a year such as {_example(series)}"),
        ((pl.col("area") == "") | (pl.col("name") == ""), "the name or code of the area", "area", "both"),
        (
            ~pl.col("value").is_in(list(SYMBOLS)) & ~number.is_between(0, series.most).fill_null(False), series.indicator, "value",
            f"a number from 0 to {series.most:g} or one of the symbols {', '.join(SYMBOLS)}",
        ),
        (pl.struct("year", "area").is_duplicated(), "the year and area", "year", "each once"),
    )
    for wrong, what, column, expected in faults:
        rows = found.filter(wrong)
        if rows.height:
            line, value = rows.select("line", column).row(0)
            raise FileProblem(f"{name}, line {line}: {what} is '{value}'; {expected} was expected. Nothing of the file was kept.")


def _example(series: Series) -> str:
    return "202425" if series.years == ACADEMIC else "2025"


def _neighbours(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Each authority's ten statistical neighbours. Raises FileProblem for a code that isn't one, and for an authority given twice."""
    codes = [pl.col(column).str.contains(r"^[0-9]{3}$") for column in NEIGHBOUR_COLUMNS if column != "la_name"]
    wrong = rows.filter(~pl.all_horizontal(codes) | pl.col("old_la_code").is_duplicated())
    if wrong.height:
        raise FileProblem(
            f"{name}, line {wrong['line'][0]}: old_la_code and SN_1 to SN_10 must be codes of three digits, each authority once. "
            "Nothing of the file was kept."
        )
    region = pl.col("region_name") if "region_name" in rows.columns else pl.lit("")
    return rows.select(
        pl.lit(NEIGHBOURS).alias("series"), pl.lit(LATEST).alias("year"), pl.lit(LOCAL_AUTHORITY).alias("level"),
        pl.col("old_la_code").alias("area"), pl.col("la_name").alias("name"), region.alias("region"),
        pl.concat_str([f"SN_{place}" for place in range(1, 11)], separator=" ").alias("value"),
    ).select(*SCHEMA)
