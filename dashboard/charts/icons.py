"""The variation and assurance icons of NHS England's 'Making Data Count', each with its meaning in words beside it.

Improvement is blue with a rising or falling series of dots, concern orange, common cause grey; shape, letter and words differ as
well, so nobody depends on colour. The pictures are decoration for people who see them: a screen reader reads the words.
"""

from __future__ import annotations

import functools
from urllib.parse import quote

from dashboard.charts.theme import COMMON_CAUSE, CONCERN, IMPROVEMENT

VARIATION_WORDS = {
    "improvement_high": "Improving: going up",
    "improvement_low": "Improving: going down",
    "concern_high": "Concern: going up",
    "concern_low": "Concern: going down",
    "common_cause": "No clear change",
}
ASSURANCE_WORDS = {
    "consistently met": "Will meet the target consistently",
    "hit or miss": "Will hit the target at times and miss it at others",
    "consistently missed": "Will miss the target consistently",
}
TOO_FEW = "Too few periods to tell whether anything has changed"
TOO_ROUNDED = "Numbers are too rounded to tell whether anything has changed"
NOT_JUDGED = "Not said whether a target will be met: there is none, there are no limits to hold it against, or something is changing"

VARIATION_MEANING = {
    "improvement_high": "The latest points are better than the usual ups and downs. H: by being higher. L: by being lower.",
    "concern_low": "The latest points are worse than the usual ups and downs. H: by being higher. L: by being lower.",
    "common_cause": "The points vary as they usually do: nothing has clearly changed.",
}
ASSURANCE_MEANING = {
    "consistently met": "As things are, the target will be met in nearly every period: it lies outside the limits, on the good side.",
    "hit or miss": "As things are, the target will be met in some periods and missed in others: it lies within the limits.",
    "consistently missed": "As things are, the target will be missed in nearly every period: it lies outside the limits, on the bad side.",
}

_ROW = "display:inline-flex;align-items:center;gap:.5rem;margin:0;line-height:1.25"
_DOTS = {
    "high": ((9, 28), (15, 25), (21, 19), (27, 13)),
    "low": ((9, 13), (15, 16), (21, 22), (27, 28)),
    "same": ((9, 22), (15, 17), (21, 23), (27, 18)),
}
_ASSURANCE = {"consistently met": ("P", IMPROVEMENT), "hit or miss": ("?", COMMON_CAUSE), "consistently missed": ("F", CONCERN)}


def variation_icon(variation: str | None, *, rounded: bool = False) -> str:
    """The icon of a trend's `variation` with its words, as HTML; None is too few periods, or numbers too `rounded` for limits."""
    without = TOO_ROUNDED if rounded else TOO_FEW
    return _with_words(_variation_picture(variation), VARIATION_WORDS[variation] if variation else without)


def assurance_icon(assurance: str | None) -> str:
    """The icon of a trend's `assurance` with its words, as HTML; None is no target or too few periods."""
    return _with_words(_assurance_picture(assurance), ASSURANCE_WORDS[assurance] if assurance else NOT_JUDGED)


def _with_words(picture: str, words: str) -> str:
    return f'<span style="{_ROW}">{picture}<span>{words}</span></span>'


@functools.cache
def _variation_picture(variation: str | None) -> str:
    """A ring with dots that rise, fall or wander, and H or L where points are unusually high or low."""
    if variation is None:
        return _image(_ring(COMMON_CAUSE, dashed=True))
    state, _, side = variation.rpartition("_") if variation != "common_cause" else ("common_cause", "", "same")
    colour = {"improvement": IMPROVEMENT, "concern": CONCERN}.get(state, COMMON_CAUSE)
    points = _DOTS[side]
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.4" fill="{colour}"/>' for x, y in points)
    letter = {"high": _letter("H", colour, 13, 17), "low": _letter("L", colour, 12, 29)}.get(side, "")
    return _image(f'{_ring(colour)}<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}{letter}')


@functools.cache
def _assurance_picture(assurance: str | None) -> str:
    """A ring with P (will pass), ? (chance) or F (will fail), and the target's dashed line."""
    if assurance is None:
        return _image(_ring(COMMON_CAUSE, dashed=True))
    letter, colour = _ASSURANCE[assurance]
    target = f'<line x1="7" y1="28" x2="29" y2="28" stroke="{colour}" stroke-width="2" stroke-dasharray="4 2"/>'
    return _image(_ring(colour) + _letter(letter, colour, 18, 24, size=19) + target)


def _ring(colour: str, *, dashed: bool = False) -> str:
    dashes = "4 4" if dashed else "none"
    return f'<circle cx="18" cy="18" r="16" fill="none" stroke="{colour}" stroke-width="3" stroke-dasharray="{dashes}"/>'


def _letter(letter: str, colour: str, x: int, y: int, size: int = 12) -> str:
    style = f'font-family="sans-serif" font-weight="700" font-size="{size}" text-anchor="middle" fill="{colour}"'
    return f'<text x="{x}" y="{y}" {style}>{letter}</text>'


def _image(drawing: str, side: int = 36, looks: str = 'width="32" height="32" style="flex:none"') -> str:
    """A drawing as an image of its own: Streamlit takes inline SVG out of HTML. `side`: how high and wide it is drawn."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 {side} {side}">{drawing}</svg>'
    return f'<img alt="" {looks} src="data:image/svg+xml,{quote(svg)}">'


CROSSING = _image(
    f'<path d="M3 8 H15 M11 4 L15 8 L11 12 M21 16 H9 M13 12 L9 16 L13 20" fill="none" stroke="{COMMON_CAUSE}" stroke-width="2.2"/>',
    side=24, looks='style="height:1.2em;vertical-align:-.25em"',
)
"""Stands before the words about a change of definition: from there to here, and from here to there."""
