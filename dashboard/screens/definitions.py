"""The definitions page, written from the declarations: every measure, the groups, the periods, and the methods at length."""

from __future__ import annotations

import streamlit as st

from dashboard.content import sentences
from dashboard.content.methods import METHODS
from dashboard.figures.published import Published
from dashboard.screens.comparators import changes_section, published_section
from dashboard.text import formatting
from metrics.measures import catalogue
from metrics.measures.kinds import Mean, Measure, Proportion, Rate, RatioOfTotals, Statement
from metrics.units.breakdowns import BREAKDOWNS, EXACT_ONLY

KINDS = {
    Proportion.kind: "a share of children or events",
    Rate.kind: "a rate: events for a number of children or days",
    Mean.kind: "an average",
    RatioOfTotals.kind: "a share of totals, added up over children",
}


def definitions(published: Published) -> None:
    """The whole page; `published` are the figures that this authority stands beside."""
    st.title("Definitions", anchor=False)
    st.markdown(
        "What is counted, how, and where it is from. Every number of this dashboard is computed from these declarations, for whatever "
        "is chosen: the filters don't change this page."
    )
    st.markdown(
        "[Measures](#measures) · [Groups](#groups) · [Periods](#periods) · [Published figures](#published) · "
        "[Changes of definition](#changes) · [Methods](#methods): "
        + " · ".join(f"[{method.title.split(':')[0].lower()}](#{method.id})" for method in METHODS)
    )
    st.header("Measures", anchor="measures")
    asked = st.text_input(
        "Find a measure", key="find", bind="query-params", type="search", live=True, placeholder="A word, such as attendance or Outcome b",
    )
    found = [_statement(statement, asked) for statement in catalogue.statements()]
    if not any(found):
        st.info(f"No measure has all of these words: {formatting.escape_markdown(asked)}. Try fewer words.", icon=":material/search_off:")
    _groups()
    _periods()
    published_section(published)
    changes_section()
    st.header("Methods", anchor="methods")
    for method in METHODS:
        st.subheader(method.title, anchor=method.id)
        st.markdown(method.text)


def matches(measure: Measure, asked: str) -> bool:
    """Whether a measure has all the words asked for, in whatever is said of it."""
    text = f"{measure.title} {measure.id} {measure.nice} {sentences.counted_words(measure)} {measure.why}".lower()
    return all(word in text for word in asked.lower().split())


def _statement(statement: Statement, asked: str) -> bool:
    """A statement with those of its measures that are asked for; whether there were any."""
    shown = [measure for measure in catalogue.measures_of(statement.number) if matches(measure, asked)]
    if not shown:
        return False
    st.header(f"Statement {statement.number}: {formatting.lower_first(statement.title)}", anchor=f"statement-{statement.number}")
    st.markdown(f"> {statement.words}")
    for structure in statement.structure:
        st.markdown(f"**{formatting.upper_first(structure.label)}** (evidence, not a number): {structure.words}")
    for measure in shown:
        own = catalogue.statement_of(measure)
        if own.number == statement.number:
            _measure(measure)
        else:
            st.markdown(f"Also here: [{measure.title}](#{measure.id}), under statement {own.number}.")
    return True


def _measure(measure: Measure) -> None:
    with st.container(border=True):
        st.subheader(measure.title, anchor=measure.id)
        st.markdown(f"{measure.nice}. It is {KINDS[measure.kind]}. **{formatting.better_words(measure)}**")
        st.markdown(sentences.counted_words(measure))
        st.markdown(f"**Why it matters:** {measure.why}")
        st.markdown(
            f"**Source:** NICE quality standard QS133, 'Children's attachment' (2016), statement {catalogue.statement_of(measure).number}. "
            f"Definition last checked against its source on {formatting.long_date(measure.reviewed)}. **Name:** `{measure.id}`"
        )


def _groups() -> None:
    st.header("Groups", anchor="groups")
    st.markdown(
        "A missing value is the group 'Not recorded': always shown, never dropped. Groups that change over time are taken on the last "
        "day of the period that counts for the child, for events on the day of the event."
    )
    rows = [
        {
            "Characteristic": breakdown.title,
            "Groups": ", ".join([*breakdown.labels.values(), *["As recorded locally"] * breakdown.named]),
            "Taken from": breakdown.note,
        }
        for breakdown in (*BREAKDOWNS.values(), *EXACT_ONLY.values())
    ]
    st.table(rows, border="horizontal", hide_index=True, alt="Characteristics, their groups and where they are from")


def _periods() -> None:
    st.header("Periods", anchor="periods")
    st.markdown(
        "- **Month**: a calendar month.\n- **Quarter**: of the financial year, the first is April to June.\n"
        "- **Year**: the financial year, 1 April to 31 March.\n"
        "- **Term**: autumn 1 September to 31 December, spring 1 January to 15 April, summer 16 April to 31 August; "
        "fixed days, so that terms compare across years.\n\n"
        "A child counts in a period when in scope on at least one of its days, and is looked at on the last such day. A period that the "
        "last day of the data falls inside is incomplete: it is drawn hollow and not compared. A year is never the sum of its "
        "quarters, because a child who is there in all four is one child."
    )
