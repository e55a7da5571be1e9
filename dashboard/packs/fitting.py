"""Text that fits its place on a slide: as large as it can be, never smaller than people can read, cut with an ellipsis if need be."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

SMALLEST = 14.0
"""In points: what is smaller can't be read from three metres on a meeting room's screen."""
SHRINKING = (1.0, 0.94, 0.88, 0.82, 0.78)
LETTER = 0.53
"""The width of a letter in sizes: Arial's mean is about 0.5, and where it is missing, another font may be wider."""
LINE = 1.2
CUT = " …"


@dataclass(frozen=True)
class Paragraph:
    """Text of a size in points. `space` is the room below it in points."""

    text: str
    size: float
    bold: bool = False
    colour: str = "14202B"
    space: float = 6.0


def fit(paragraphs: Sequence[Paragraph], width: float, height: float) -> list[Paragraph]:
    """The paragraphs, made smaller until they fit into `width` times `height` points; what still doesn't is cut at its end."""
    given = [paragraph for paragraph in paragraphs if paragraph.text]
    for share in SHRINKING:
        smaller = [replace(paragraph, size=max(round(paragraph.size * share, 1), SMALLEST)) for paragraph in given]
        if sum(height_of(paragraph, width) for paragraph in smaller) <= height:
            return smaller
    return _cut(smaller, width, height)


def height_of(paragraph: Paragraph, width: float) -> float:
    """The height of a paragraph of this width, in points."""
    return len(_lines(paragraph, width)) * paragraph.size * LINE + paragraph.space


def lines_needed(paragraph: Paragraph, width: float) -> int:
    """How many lines a paragraph takes in this width, in points."""
    return len(_lines(paragraph, width))


def _lines(paragraph: Paragraph, width: float) -> list[str]:
    letters = max(int(width / (paragraph.size * LETTER * (1.06 if paragraph.bold else 1.0))), 8)
    return textwrap.wrap(paragraph.text, letters) or [""]


def _cut(paragraphs: Sequence[Paragraph], width: float, height: float) -> list[Paragraph]:
    """As many lines as there is room for, the earlier paragraphs first."""
    kept: list[Paragraph] = []
    left = height
    for paragraph in paragraphs:
        lines = _lines(paragraph, width)
        room = int((left - paragraph.space) / (paragraph.size * LINE))
        if room >= len(lines):
            kept.append(paragraph)
            left -= height_of(paragraph, width)
            continue
        if room > 0:
            last = lines[:room]
            last[-1] = last[-1].rsplit(" ", 1)[0].rstrip(" ,;:.") + CUT
            kept.append(replace(paragraph, text=" ".join(last)))
        break
    return kept
