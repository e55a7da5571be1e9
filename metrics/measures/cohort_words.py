"""A measure in the words of a cohort: who is counted is named, and not children whose needs nobody recorded.

Measures are declared in NICE's words, once. In the other cohorts the phrases that say who is counted are others, and nothing else is.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, TypeVar

from config.cohorts import Cohort
from metrics.measures.kinds import Measure, Rows, Total

M = TypeVar("M", bound=Measure)

WHO = {
    Cohort.RECORDED: "children with recorded attachment needs",
    Cohort.LOOKED_AFTER: "children in care",
    Cohort.NG26: "children in care, from care or at the edge of care",
}
"""Who is counted, in the plural."""

BEING = {Cohort.LOOKED_AFTER: "in care", Cohort.NG26: "in care, from care or at the edge of care"}
AT_THE_END = "in care on their last day in the period"


def children_of(measure: Measure, cohort: Cohort) -> str:
    """Who is counted, in the plural: just 'children' where the measure's own words say of whom it is, as those of events do."""
    return "children" if cohort is Cohort.RECORDED or measure.unit.event else WHO[cohort]


def cohort_file_part(cohort: Cohort) -> tuple[str, ...]:
    """What the name of a file says of who is counted; nothing where it is whom NICE's own words name."""
    return () if cohort is Cohort.RECORDED else (cohort.value.replace("_", "-"),)


def worded(measure: M, cohort: Cohort) -> M:
    """The measure with the words of a cohort. Events are counted whoever the child is, and keep theirs."""
    return measure if cohort is Cohort.RECORDED or measure.unit.event else _worded(measure, cohort)


@functools.cache
def _worded(measure: M, cohort: Cohort) -> M:
    changed: dict[str, Any] = {"title": _title(measure, cohort)}
    for field in dataclasses.fields(measure):
        value = getattr(measure, field.name)
        if isinstance(value, Rows):
            changed[field.name] = Rows(_phrased(value.words, cohort), *value.conditions)
        elif isinstance(value, Total):
            changed[field.name] = Total(_phrased(value.words, cohort), value.of)
        elif field.name == "counted":
            changed[field.name] = _phrased(value, cohort)
    return dataclasses.replace(measure, **changed)


def _title(measure: Measure, cohort: Cohort) -> str:
    """Who is counted is put where the title says 'children', or follows it."""
    title = measure.title
    if cohort is not Cohort.LOOKED_AFTER:
        return f"{title}: {'among ' * bool(measure.part_of)}{WHO[cohort]}"
    if measure.part_of:
        return f"{title}: {AT_THE_END}"
    if "in care" in title or "into care" in title:
        return title
    for children in ("Preschool children", "Unaccompanied children", "Children"):
        if title.startswith(children):
            return f"{children} in care{title.removeprefix(children)}"
    return f"{title}: {WHO[cohort]}"


def _phrased(text: str, cohort: Cohort) -> str:
    """The text with the phrases that say who is counted in the cohort's words; longer phrases before those that they hold."""
    who, being = WHO[cohort], BEING[cohort]
    on_the_edge = "children on the edge of care"
    for phrase, instead in (
        ("children with attachment difficulties on the edge of care", on_the_edge),
        ("had attachment difficulties and was on the edge of care", "was on the edge of care"),
        (" who may have, are at risk of or have attachment difficulties and whose", " whose"),
        ("children and young people with attachment difficulties, who are in care", f"{who} who are {AT_THE_END}"),
        ("children and young people with attachment difficulties who are in care", f"{who} who are in care"),
        ("children and young people with attachment difficulties", who),
        ("children with or at risk of attachment difficulties", who),
        ("children at risk of or with attachment difficulties", who),
        ("children with attachment difficulties", who),
        ("were at risk of or had attachment difficulties", f"were {being}"),
        ("had attachment difficulties", f"was {being}"),
        ("was at risk or confirmed", f"was {being}"),
    ):
        text = text.replace(phrase, instead)
    return text
