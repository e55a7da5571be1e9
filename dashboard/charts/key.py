"""A chart's key as HTML: small drawings with their meaning in words, which wrap on a phone and are read aloud."""

from __future__ import annotations

import functools
import html
from collections.abc import Sequence
from urllib.parse import quote

from dashboard.charts.theme import (
    AVERAGE,
    BAND,
    CHANGE,
    COMMON_CAUSE,
    CONCERN,
    IMPROVEMENT,
    LOADED,
    MARKS,
    NOT_COVERED,
    PUBLISHED,
    TARGET,
    KeyItem,
)

DOT_WORDS = "Dot: the group's value; the line through it is its 95% confidence interval, wider where there are fewer children"
_STYLE = "list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.4rem;padding:0;font-size:.875rem;line-height:1.45"
_ITEM = "display:flex;gap:.5rem;margin:0"
_LINE = '<line x1="1" y1="8" x2="23" y2="8" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>'
_MARK = '<line x1="12" y1="1" x2="12" y2="15" stroke="{colour}" stroke-width="3"/>'
_DRAWINGS = {
    "common_cause": f'<circle cx="12" cy="8" r="5" fill="{COMMON_CAUSE}"/>',
    "improvement": f'<path d="M12 1 L19 8 L12 15 L5 8 Z" fill="{IMPROVEMENT}"/>',
    "concern": f'<rect x="6.5" y="2.5" width="11" height="11" fill="{CONCERN}"/>',
    "incomplete": f'<circle cx="12" cy="8" r="5" fill="none" stroke="{COMMON_CAUSE}" stroke-width="2"/>',
    "hidden": f'<path d="M8 4 L16 12 M16 4 L8 12" stroke="{COMMON_CAUSE}" stroke-width="2"/>',
    "ring": f'<circle cx="12" cy="8" r="6.5" fill="none" stroke="{COMMON_CAUSE}" stroke-width="2"/>',
    "not_covered": f'<rect x="4" y="0" width="16" height="16" fill="{NOT_COVERED}"/>',
    "band": f'<rect x="1" y="2" width="22" height="12" fill="{BAND}"/>',
    "average": _LINE.format(colour=AVERAGE, width=2, dash="none"),
    "limits": _LINE.format(colour=AVERAGE, width=1.5, dash="5 3"),
    "target": _LINE.format(colour=TARGET, width=2.5, dash="9 3 3 3"),
    "rebase": f'<line x1="12" y1="0" x2="12" y2="16" stroke="{COMMON_CAUSE}" stroke-width="2" stroke-dasharray="2 2"/>',
    "definition": f'<line x1="12" y1="0" x2="12" y2="16" stroke="{COMMON_CAUSE}" stroke-width="2" stroke-dasharray="5 3"/>',
    "published_england": _LINE.format(colour=PUBLISHED, width=2.2, dash="none"),
    "published_carried": _LINE.format(colour=PUBLISHED, width=1, dash="none"),
    "published_region": _LINE.format(colour=PUBLISHED, width=2.2, dash="8 4"),
    "published_own": _LINE.format(colour=PUBLISHED, width=2.2, dash="3 3"),
    "published_neighbours": _LINE.format(colour=PUBLISHED, width=2.2, dash="9 3 2 3"),
    "loaded_england": _LINE.format(colour=LOADED, width=1.6, dash="7 2 2 2 2 2"),
    "loaded_region": _LINE.format(colour=LOADED, width=1.6, dash="8 4"),
    "loaded_neighbours": _LINE.format(colour=LOADED, width=1.6, dash="9 3 2 3"),
    "loaded_hidden": f'<path d="M9 5 L15 11 M15 5 L9 11" stroke="{LOADED}" stroke-width="1.5"/>',
    "loaded_incomplete": f'<circle cx="12" cy="8" r="3.5" fill="none" stroke="{LOADED}" stroke-width="1.5"/>',
    "change": f'<path d="M12 0 V16" stroke="{CHANGE}" stroke-width="2"/><circle cx="12" cy="6" r="5" fill="{CHANGE}"/>',
    "beyond": f'<path d="M2 8 H14" stroke="{COMMON_CAUSE}" stroke-width="2"/><path d="M13 2 L22 8 L13 14 Z" fill="{COMMON_CAUSE}"/>',
    "overall": _MARK.format(colour=AVERAGE),
    "target_mark": _MARK.format(colour=TARGET),
    "dot": _LINE.format(colour=IMPROVEMENT, width=2, dash="none") + f'<circle cx="12" cy="8" r="5" fill="{IMPROVEMENT}"/>',
}


GENERAL_KEY = (
    *(KeyItem(state, f"{mark.words[:1].upper()}{mark.words[1:]}") for state, mark in MARKS.items()),
    KeyItem("band", "Shaded band: the 95% confidence interval, the range in which the true level probably lies"),
    KeyItem("not_covered", "Shaded from top to bottom: periods that the data loaded does not cover"),
    KeyItem("average", "Solid line: the average; in a run chart the median, of which half of the points lie above"),
    KeyItem("limits", "Dashed lines: the limits; chance alone keeps nearly all points between them"),
    KeyItem("target", "Purple line: the local target"),
    KeyItem("rebase", "Dotted upright line: new limits from there on"),
    KeyItem("change", "Numbered upright line: a dated change"),
    KeyItem("published_england", "Olive lines: published figures"),
)
"""What any trend's chart may hold, in words that fit each."""


def key_html(items: Sequence[KeyItem]) -> str:
    """The key of a chart, for `prose`; the drawings are decoration, as the words say it all."""
    lines = (f"{_drawing(item.drawn)}<span>{html.escape(item.words)}</span>" for item in items)
    inner = "".join(f'<li style="{_ITEM}">{line}</li>' for line in lines)
    return f'<ul style="{_STYLE}">{inner}</ul>'


@functools.cache
def _drawing(name: str) -> str:
    """A drawing as an image of its own: Streamlit takes inline SVG out of HTML."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="16" viewBox="0 0 24 16">{_DRAWINGS[name]}</svg>'
    return f'<img alt="" width="24" height="16" style="flex:none;margin-top:.15rem" src="data:image/svg+xml,{quote(svg)}">'
