"""A chart on a page, with its key below it, and the style that all charts of a page share."""

from __future__ import annotations

import streamlit as st

from dashboard.chart_key import key_html
from dashboard.charts.theme import BACKGROUNDS, CONFIG, Drawing

STYLE = f"""<style>
.stPlotlyChart :is(.xtick, .ytick, .infolayer, .hoverlayer) text {{fill: currentColor !important}}
.stPlotlyChart .hovertext path {{fill: Canvas !important; fill: light-dark({", ".join(BACKGROUNDS)}) !important}}
[data-testid="stFullScreenFrame"] {{width: round(down, 100%, 1px) !important}}
</style>"""
"""Text has the page's own colour, and what appears beside the pointer its background, so both follow the theme at once.

A chart is a whole number of pixels wide: Streamlit tells Plotly its width only after it is drawn, and it is drawn again where that
differs by a part of a pixel from what Plotly found by itself.
"""


def chart_style() -> None:
    """Goes before the charts of a page."""
    st.html(STYLE)


def draw_chart(drawing: Drawing, key: str) -> None:
    """The chart, and its key where it has one. Streamlit's theme for charts would have each drawn twice; ours needs none."""
    st.plotly_chart(drawing.figure, key=key, theme=None, config=CONFIG, alt=drawing.alt)
    if drawing.key:
        st.html(key_html(drawing.key))
