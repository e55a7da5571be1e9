"""How our charts look: one palette that reads on the light and the dark theme, and the layout that all charts share.

The colours of marks have a contrast of at least 3 to 1 (WCAG 2.2, 1.4.11) with both backgrounds, so a chart needs not be drawn
anew when the theme changes. Backgrounds are transparent, and the page gives text its own colour (`dashboard.screens.chart`).
Blue and orange are told apart by people with any colour blindness; the shapes differ as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

IMPROVEMENT = "#2F7ED8"
CONCERN = "#D9730D"
COMMON_CAUSE = "#7B8794"
AVERAGE = "#7B8794"
TARGET = "#A855C7"
PUBLISHED = "#8C7B12"
LOADED = "#A0654A"
"""Authorities that are loaded together with the one shown."""
CHANGE = "#0F7F74"
ON_CHANGE = "#FFFFFF"
"""Numbers written on a mark of a change."""
BAND = "rgba(123, 135, 148, 0.22)"
NOT_COVERED = "rgba(123, 135, 148, 0.14)"
GRID = "rgba(123, 135, 148, 0.25)"
TEXT = ("#31333F", "#FAFAFA")
"""Words in pictures, on a light and a dark page."""
BACKGROUNDS = ("#FFFFFF", "#0F1720")
"""The lightest and darkest background that the palette is made for."""

FONT = '"Source Sans", sans-serif'
"""The typeface of Streamlit's pages."""
FONT_SIZE, TICK_SIZE, TITLE_SIZE = 14, 13.5, 15.75
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
"""What `st.plotly_chart(config=...)` gets: charts are to be read, and a finger on a phone scrolls the page."""


@dataclass(frozen=True)
class Mark:
    """How one kind of point looks, and what it means in words."""

    colour: str
    symbol: str
    size: int
    words: str
    edge: float = 2.0


MARKS = {
    "common_cause": Mark(COMMON_CAUSE, "circle", 9, "grey circle: nothing unusual"),
    "improvement": Mark(IMPROVEMENT, "diamond", 12, "blue diamond: improvement beyond the usual ups and downs"),
    "concern": Mark(CONCERN, "square", 11, "orange square: a change for the worse beyond the usual ups and downs"),
    "incomplete": Mark(COMMON_CAUSE, "circle-open", 10, "hollow circle: not complete yet, takes no part in the limits"),
    "hidden": Mark(COMMON_CAUSE, "x-thin-open", 9, "cross: hidden to protect children"),
}
LOADED_MARKS = {
    "loaded": Mark(LOADED, "circle", 6, "brown circle", 1.2),
    "loaded_incomplete": Mark(LOADED, "circle-open", 6, "hollow brown circle: not complete yet", 1.2),
    "loaded_hidden": Mark(LOADED, "x-thin-open", 6, "brown cross at the foot: hidden to protect children", 1.5),
}
POINT_MARKS = {**LOADED_MARKS, **MARKS}
"""All marks of points, beneath first."""
UPRIGHTS = {"rebase": (COMMON_CAUSE, 2.0, "dot"), "change": (CHANGE, 1.5, "solid"), "definition": (COMMON_CAUSE, 1.5, "dash")}
"""Upright lines: colour, width and dash."""


@dataclass(frozen=True)
class KeyItem:
    """One line of a chart's key: `drawn` names a mark of MARKS, or is 'band', 'average', 'limits', 'target', 'rebase' or 'change'."""

    drawn: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """A chart, the text for who can't see it, and its key in words."""

    figure: go.Figure
    alt: str
    key: tuple[KeyItem, ...] = ()


def figure_of(traces: Sequence[dict[str, Any]], layout: dict[str, Any], *, checked: bool = False) -> go.Figure:
    """A figure. Plotly doesn't look at each property of it, which would take as long as all else about a chart, unless it is to be
    `checked`; for charts of which a page has many, the tests do it.

    It has no template: Streamlit gives a chart to the browser's Plotly twice, which draws it twice where there is one.
    """
    figure = go.Figure(data=traces, layout=layout, _validate=checked)
    figure.layout.template = None
    return figure


def layout(height: int, **more: Any) -> dict[str, Any]:
    """The layout all charts share: transparent, in the page's typeface, room for labels, nothing to drag.

    With `datarevision`, the browser's Plotly takes the second time that it gets the same chart for what it is. Other numbers are
    another chart for Streamlit, which begins with an empty one.
    """
    font = {"size": FONT_SIZE, "family": FONT}
    return {
        "datarevision": 1, "height": height, "margin": margin(), "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "font": font, "dragmode": False, "hovermode": "closest",
        "hoverlabel": {"align": "left", "font": font, "bgcolor": BACKGROUNDS[0], "bordercolor": COMMON_CAUSE}, **more,
    }


def margin(left: int = 8, bottom: int = 8, right: int = 12) -> dict[str, int]:
    """Room around a chart, in pixels. Axes make more where their labels need it, but then Plotly draws the chart twice."""
    return {"l": left, "r": right, "t": 10, "b": bottom, "pad": 9}


def axis(**more: Any) -> dict[str, Any]:
    """An axis that makes room for its labels and can't be dragged."""
    return {
        "fixedrange": True, "automargin": True, "zeroline": False, "gridcolor": GRID, "ticks": "",
        "tickfont": {"size": TICK_SIZE}, **more,
    }


def plain_html(text: str) -> str:
    """A name from the data, where Plotly reads a few HTML tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(colour: str, width: float, **more: Any) -> dict[str, Any]:
    """A line's style."""
    return {"color": colour, "width": width, **more}
