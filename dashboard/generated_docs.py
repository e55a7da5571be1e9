"""The parts of the documentation that are written from the declarations, so that they can't disagree with them.

`make docs` writes them anew; a test fails when they are out of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from config.settings import PROJECT_FOLDER
from data_access import tables
from data_access.load.checking.return_checks import CHECKS
from metrics.measures import catalogue
from metrics.measures.kinds import Mean, Measure, Proportion, Rate, RatioOfTotals
from metrics.units.breakdowns import BREAKDOWNS, EXACT_ONLY

BEGIN, END = "<!-- measures: written by `make docs` -->", "<!-- end of measures -->"
KINDS = {
    "proportion": "share", "rate": "rate", "mean": "average", "ratio_of_totals": "share of totals",
}


def numerator_words(measure: Measure) -> str:
    """What is counted above the line, in words."""
    if isinstance(measure, Proportion):
        return measure.numerator.words
    if isinstance(measure, Rate):
        return measure.events.words
    if isinstance(measure, Mean):
        return f"the sum of {measure.score.words}"
    if isinstance(measure, RatioOfTotals):
        return measure.over.words
    raise TypeError(f"{measure.id} is of a kind that has no words yet: {type(measure).__name__}.")


def denominator_words(measure: Measure) -> str:
    """What is counted below the line, in words."""
    if isinstance(measure, Rate) and measure.exposure.words not in measure.denominator.words:
        return f"{measure.exposure.words} of {measure.denominator.words}"
    return measure.denominator.words


def measures_table() -> str:
    """Every measure in one line each, by statement, as a Markdown table."""
    lines = ["| statement | measure | id | kind | better |", "|---|---|---|---|---|"]
    for statement in catalogue.statements():
        lines += [
            f"| {statement.number} | {measure.title} | `{measure.id}` | {KINDS[measure.kind]} | {measure.better.value} |"
            for measure in catalogue.measures_of(statement.number) if statement.number not in measure.also_in
        ]
    return "\n".join(lines) + "\n"


def measures_document() -> str:
    """`docs/measures.md`: each measure with everything that is declared of it."""
    return "\n".join(_measures_document())


def _measures_document() -> Iterator[str]:
    yield "# The measures\n\nWritten by `make docs` from the declarations in `metrics/`. Local choices show their present values.\n"
    for statement in catalogue.statements():
        yield f"## Statement {statement.number}: {statement.title}\n\n> {statement.words}\n\n{statement.why}\n"
        for evidence in statement.structure:
            yield f"- **{evidence.label}** (evidence): {evidence.words}"
        yield ""
        for measure in catalogue.measures_of(statement.number):
            if statement.number in measure.also_in:
                yield f"`{measure.id}` is shown here too.\n"
                continue
            yield f"### {measure.title}\n\n`{measure.id}`. {measure.nice}. {measure.why}\n"
            yield f"- **Denominator:** {denominator_words(measure)}."
            yield f"- **Numerator:** {numerator_words(measure)}."
            yield f"- **Value:** {_value_words(measure)}; {measure.better.value} is better."
            yield f"- **How it is counted:** {measure.counted}"
            if measure.sources:
                yield f"- **Needs:** {', '.join(f'`{name}`' for name in sorted(measure.sources))}"
            yield f"- **Definition last checked against its source:** {measure.reviewed.isoformat()}\n"
    yield "## Breakdowns\n\n| name | title | groups | taken from |\n|---|---|---|---|"
    for breakdown in (*BREAKDOWNS.values(), *EXACT_ONLY.values()):
        groups = ", ".join([*(f"`{group}`" for group in breakdown.labels), *["the values of the extract"] * breakdown.named])
        yield f"| `{breakdown.id}` | {breakdown.title} | {groups} | {breakdown.note} |"
    yield "\nEvery breakdown also has the group `Not recorded`.\n"


def _value_words(measure: Measure) -> str:
    if isinstance(measure, Rate):
        return f"numerator {measure.per_words}"
    return "numerator over denominator, in percent" if measure.percent else "numerator over denominator"


def database_document() -> str:
    """`docs/database.md`: the tables of the reporting database."""
    return "\n".join(_database_document())


def _database_document() -> Iterator[str]:
    yield (
        "# The reporting database\n\n"
        "Written by `make docs` from `data_access/tables.py`. `qs133 load` fills these tables. If you fill them from your own warehouse\n"
        "instead, `qs133 check --create` makes them with their periods, and `qs133 check` says in sentences what is still missing.\n\n"
        "Dates are whole days. Intervals are half-open: `start_date` is in, `end_date` is out, an empty `end_date` still runs.\n"
        "Flags are 0, 1 or empty (not recorded).\n\n"
        "A warehouse provides, as tables or views: "
        + ", ".join(f"`{table.name}`" for table in tables.NEEDED_BY_MEASURES) + ". Write a new `version` into\n"
        "`data_version` with every change, in the same transaction: it is what tells the dashboard to compute anew.\n"
    )
    for table in tables.metadata.sorted_tables:
        yield f"## {table.name}\n\n{table.comment}\n\n| column | type | may be empty | meaning |\n|---|---|---|---|"
        for column in table.columns:
            yield f"| `{column.name}` | {_type_words(column)} | {'yes' if column.nullable else 'no'} | {column.comment or ''} |"
        yield ""


def _type_words(column: sa.Column[object]) -> str:
    names = {sa.String: "text", sa.Date: "date", sa.DateTime: "time (UTC)", sa.Double: "number", sa.Integer: "whole number"}
    return next(words for kind, words in names.items() if isinstance(column.type, kind))


CHECKS_BEGIN, CHECKS_END = "<!-- checks: written by `make docs` -->", "<!-- end of checks -->"


def checks_table() -> str:
    """Every check of the return as a Markdown table."""
    lines = ["| rule | finds | what it does to the measures |", "|---|---|---|"]
    lines += [f"| {check.rule if check.rule[0].isdigit() else 'ours'} | {check.finding} | {check.effect} |" for check in CHECKS]
    return "\n".join(lines) + "\n"


def between(text: str, begin: str, end: str, content: str) -> str:
    """A text with what is between two marks written anew."""
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{content}{end}{rest.partition(end)[2]}"


def readme_with_measures(readme: str) -> str:
    """The README with its measures table written anew between its two marks."""
    return between(readme, BEGIN, END, measures_table())


def documents(folder: Path = PROJECT_FOLDER) -> dict[Path, str]:
    """The generated files with what they should hold."""
    readme, quality = folder / "README.md", folder / "docs" / "data-quality.md"
    return {
        folder / "docs" / "measures.md": measures_document(),
        folder / "docs" / "database.md": database_document(),
        quality: between(quality.read_text(encoding="utf-8"), CHECKS_BEGIN, CHECKS_END, checks_table()),
        readme: readme_with_measures(readme.read_text(encoding="utf-8")),
    }


def main() -> None:
    """Writes them."""
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
