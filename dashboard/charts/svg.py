"""Pictures as SVG: lines and the marks of points, which look as in the charts that Plotly draws."""

from __future__ import annotations

import html
from collections.abc import Sequence
from urllib.parse import quote

from dashboard.charts.theme import POINT_MARKS

DASHES = {"solid": "none", "dot": "2 3", "dash": "6 4", "longdashdot": "10 4 2 4"}
"""The dashes that have a name in a chart's description, in SVG; others are lengths such as '9px,4px'."""


def image(drawing: str, width: int, height: int, alt: str, style: str = "") -> str:
    """A drawing as an <img> of its own: Streamlit takes inline SVG out of HTML."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{drawing}</svg>'
    looks = f' style="{style}"' if style else ""
    return f'<img alt="{html.escape(alt)}" width="{width}" height="{height}"{looks} src="data:image/svg+xml,{quote(svg)}">'


def polyline(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "none") -> str:
    """A line through points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = "" if dash == "none" else f' stroke-dasharray="{dash}"'
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'


def dashes(dash: str) -> str:
    """A description's dash as SVG writes it."""
    return DASHES.get(dash) or dash.replace("px", "").replace(",", " ")


def mark(x: float, y: float, state: str, size: float = 1.0) -> str:
    """The mark of a point."""
    look = POINT_MARKS[state]
    half = look.size / 2 * size
    if look.symbol == "diamond":
        half += 1.0 * size
        return f'<path d="M{x:.1f} {y - half:.1f} l{half:g} {half:g} l{-half:g} {half:g} l{-half:g} {-half:g} Z" fill="{look.colour}"/>'
    if look.symbol == "square":
        return f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:g}" height="{2 * half:g}" fill="{look.colour}"/>'
    stroke = f'fill="none" stroke="{look.colour}" stroke-width="{look.edge * size:g}"'
    if look.symbol == "x-thin-open":
        across = f"l{2 * half:g} {2 * half:g} M{x + half:.1f} {y - half:.1f} l{-2 * half:g} {2 * half:g}"
        return f'<path d="M{x - half:.1f} {y - half:.1f} {across}" {stroke}/>'
    if look.symbol == "circle-open":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:g}" {stroke}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half + look.edge / 4 * size:g}" fill="{look.colour}"/>'
