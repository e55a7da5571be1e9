"""Every statement and every measure, found in the statement modules: declaring a measure there is all it takes."""

from __future__ import annotations

from config.cohorts import Cohort
from metrics.measures import statement_1, statement_2, statement_3, statement_4
from metrics.measures.cohort_words import worded
from metrics.measures.kinds import Measure, Statement

_MODULES = {1: statement_1, 2: statement_2, 3: statement_3, 4: statement_4}


class UnknownMeasure(Exception):
    """No measure has that id."""


def statements() -> tuple[Statement, ...]:
    """The four quality statements, in order."""
    return tuple(module.STATEMENT for module in _MODULES.values())


def measures(cohort: Cohort = Cohort.RECORDED) -> tuple[Measure, ...]:
    """Every measure once, by statement, in the order they are declared, in the words of a cohort."""
    found = [value for module in _MODULES.values() for value in vars(module).values() if isinstance(value, Measure)]
    return tuple({measure.id: worded(measure, cohort) for measure in found}.values())


def measures_of(number: int, cohort: Cohort = Cohort.RECORDED) -> tuple[Measure, ...]:
    """The measures that a statement's page shows: its own, then those of other statements that belong there too."""
    own = [worded(value, cohort) for value in vars(_MODULES[number]).values() if isinstance(value, Measure)]
    return tuple(own) + tuple(measure for measure in measures(cohort) if number in measure.also_in)


def statement_of(measure: Measure) -> Statement:
    """The statement whose module declares a measure."""
    return next(statement for statement in statements() if measure.id in {own.id for own in measures_of(statement.number)})


def get(id: str, cohort: Cohort = Cohort.RECORDED) -> Measure:
    """The measure of an id, in the words of a cohort.

    Raises UnknownMeasure with the ids there are.
    """
    by_id = {measure.id: measure for measure in measures(cohort)}
    if id not in by_id:
        raise UnknownMeasure(f"There is no measure {id!r}. The measures are: {', '.join(by_id)}.")
    return by_id[id]
