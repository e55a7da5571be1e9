"""A chart on a page, with its key below it, and the style that all charts and texts of a page share."""

from __future__ import annotations

import functools
import html
from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from dashboard.charts.key import key_html
from dashboard.charts.theme import BACKGROUNDS, CONFIG, Drawing
from dashboard.text.paragraphs import STYLE as PROSE_STYLE
from dashboard.text.paragraphs import paragraph, prose

BLOCK, LEFT, RIGHT = "block_", "left_of_", "right_of_"
"""What the keys of three containers begin with: the first holds the other two, which stand beside each other where there is room. For
Streamlit's columns, one element more would be sent at every click."""
COLUMNS, STACKED = (3, 2), "640px"
"""How wide the two are, and the width of the window up to which one is below the other."""
_PAIR = f'[class*="st-key-{BLOCK}"]:has(> * > [class*="st-key-{LEFT}"])'

STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{padding-inline: clamp(1rem, 3vw, 3rem)}}
@media (max-width: {STACKED}) {{
  [data-testid="stMainBlockContainer"] h1 {{font-size: 1.6rem; padding-block: .4rem}}
  [data-testid="stMainBlockContainer"] h2 {{font-size: 1.25rem; padding-block: .4rem}}
}}
[data-testid="stTable"] {{overflow-x: auto}}
[data-testid="stTable"] :is(th, td) {{padding: .3rem .45rem; font-size: .8125rem; line-height: 1.35}}
.stPlotlyChart :is(.xtick, .ytick, .infolayer, .hoverlayer) text {{fill: currentColor !important}}
.stPlotlyChart .hovertext path {{fill: Canvas !important; fill: light-dark({", ".join(BACKGROUNDS)}) !important}}
[data-testid="stSidebar"] [data-variant="pills"][data-selected] {{color: inherit}}
[data-testid="stFullScreenFrame"] {{width: round(down, 100%, 1px) !important}}
@media (hover: none) {{ [data-testid="stFullScreenFrame"]:has([data-testid="stDataFrame"]) {{margin-top: 2rem}} }}
{PROSE_STYLE}
.prose > .titles {{display: flex; gap: 2rem; margin: 0}}
.prose > .titles > * {{margin: 0; flex: {COLUMNS[0]} 1 0; font-weight: 600}}
.prose > .titles > :nth-child(2) {{flex-grow: {COLUMNS[1]}}}
.prose > .stacked {{display: none; font-weight: 600}}
.prose > .pictured {{display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 460px); gap: .5rem 2rem; align-items: start}}
.prose > .pictured > div > * {{margin: 0 0 .5rem; font-size: .9375rem; line-height: 1.4}}
.prose > .pictured .headline {{font-size: 1.2rem; line-height: 1.25}}
.prose > .pictured .icons {{display: flex; flex-wrap: wrap; gap: .25rem 1rem}}
:is(h1, h2, h3)[tabindex="-1"]:focus {{outline: none}}
@media not all and (max-width: {STACKED}) {{
  {_PAIR} {{display: grid; grid-template-columns: minmax(0, {COLUMNS[0]}fr) minmax(0, {COLUMNS[1]}fr); column-gap: 2rem}}
  {_PAIR} > :not(:has(> :is([class*="st-key-{LEFT}"], [class*="st-key-{RIGHT}"]))) {{grid-column: 1 / -1}}
}}
@media (max-width: 1100px) {{
  .prose > .pictured {{grid-template-columns: minmax(0, 1fr)}}
}}
@media (max-width: {STACKED}) {{
  .prose > .titles > :nth-child(2) {{display: none}}
  .prose > .stacked {{display: block}}
}}
</style>"""
"""Text has the page's own colour, and what appears beside the pointer its background, so both follow the theme at once.

A table's own buttons stand above it all the time where there is no pointer to hover with, and get room for themselves.

What is chosen in the sidebar is written as other text: the sidebar's own colour in the dark is one to write on.

A chart is a whole number of pixels wide: Streamlit tells Plotly its width only after it is drawn, and it is drawn again where that
differs by a part of a pixel from what Plotly found by itself.
"""


def titles(first: str, second: str = "") -> str:
    """What stands above two charts beside each other, for `prose`. Where there is no room, it is the first one's title only."""
    return f'<div class="titles">{"".join(f"<p>{html.escape(title, quote=False)}</p>" for title in (first, second) if title)}</div>'


def second_title(title: str) -> str:
    """What stands below the first of two charts, and is to be seen only where the second follows below it, as its title."""
    return paragraph(title, "stacked") if title else ""


def page_style() -> None:
    """Goes before the charts and texts of a page.

    As Markdown, which the browser has from the start. It fetches what draws HTML first, and meanwhile charts would stand below each
    other: when they then moved, whoever came by a link to a measure would have lost it.
    """
    st.markdown(STYLE, unsafe_allow_html=True)


@functools.cache
def _landing() -> str:
    return f"<script>{Path(__file__).with_name('landing.js').read_text(encoding='utf-8')}</script>"


def land_on_heading() -> None:
    """Has the browser go to the heading that the address names and stay there while the page is drawn. Goes after the page."""
    st.html(_landing(), unsafe_allow_javascript=True)


def draw_chart(drawing: Drawing, key: str, below: Iterable[str] = ()) -> None:
    """The chart, its key where it has one, and what else is to be read below it (`dashboard.text.paragraphs`).

    Streamlit's theme for charts would have each drawn twice; ours needs none.
    """
    st.plotly_chart(drawing.figure, key=key, theme=None, config=CONFIG, alt=drawing.alt)
    prose([key_html(drawing.key)] * bool(drawing.key) + [*below])
