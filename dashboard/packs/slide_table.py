"""A slide's table: the latest periods with what each value is made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.slide import Slide
from pptx.util import Inches, Pt

from dashboard.content.chart_tables import numerator_title
from dashboard.packs.contents import Part
from dashboard.packs.fitting import Paragraph, lines_needed
from dashboard.packs.wording import count, value
from dashboard.text.formatting import denominator_noun, upper_first
from metrics.measures.kinds import Mean

PERIODS = 4
SIZE = 14
HEAD_WIDTH = 2.1
MARGIN, LINE, ABOVE = 0.06, 0.24, 0.06
"""In inches: beside a cell's words, for each line of them, and above and below."""
POINTS = 72
DARK, LIGHT, WHITE = RGBColor(0x14, 0x20, 0x2B), RGBColor(0xEE, 0xF3, 0xF8), RGBColor(255, 255, 255)


def add_numbers(slide: Slide, part: Part, place: tuple[float, float, float, float], font: str) -> None:
    """The table of the last few periods, the latest at the right, as the page has its numbers."""
    rows = lines(part)
    left, top, width, height = place
    shape = slide.shapes.add_table(len(rows), len(rows[0]), Inches(left), Inches(top), Inches(width), Inches(height))
    shape.name = f"Numbers: {part.measure.title}"
    shape._element.nvGraphicFramePr.cNvPr.set("descr", "; ".join(": ".join((row[0], ", ".join(row[1:]))) for row in rows))
    table = shape.table
    table.first_row, table.horz_banding, table.first_col = True, False, True
    for column in range(len(rows[0])):
        table.columns[column].width = Inches(HEAD_WIDTH if column == 0 else (width - HEAD_WIDTH) / (len(rows[0]) - 1))
    for number, row in enumerate(rows):
        table.rows[number].height = Inches(_row_height(row, width))
        for column, text in enumerate(row):
            _fill(table.cell(number, column), text, font, head=number == 0, first=column == 0)


def numbers_height(part: Part, width: float) -> float:
    """How high the table is in inches where it is so wide: a row is as high as its words need."""
    return sum(_row_height(row, width) for row in lines(part))


def _row_height(row: Sequence[str], width: float) -> float:
    each = (width - HEAD_WIDTH) / (len(row) - 1)
    wide = [((HEAD_WIDTH if column == 0 else each) - 2 * MARGIN) * POINTS for column in range(len(row))]
    count = max(lines_needed(Paragraph(text, SIZE, bold=True), room) for text, room in zip(row, wide, strict=True))
    return count * LINE + ABOVE


def lines(part: Part) -> list[list[str]]:
    """The table's rows of text: periods, numerators (an average has none), denominators, values."""
    measure = part.measure
    periods = part.trend.told.tail(PERIODS).rows(named=True)
    found = [["", *(f"{row['period']}{'' if row['complete'] else ' (so far)'}" for row in periods)]]
    if not isinstance(measure, Mean):
        found.append([numerator_title(measure), *(count(row, "numerator") for row in periods)])
    found.append([upper_first(denominator_noun(measure)[1]), *(count(row, "denominator") for row in periods)])
    found.append(["Value", *(value(measure, row) for row in periods)])
    return found


def _fill(cell: Any, text: str, font: str, *, head: bool, first: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(MARGIN)
    cell.margin_top = cell.margin_bottom = Inches(0.01)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = LIGHT if head else WHITE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT if first else PP_ALIGN.RIGHT
    run = paragraph.add_run()
    run.text = text
    run.font.name, run.font.size, run.font.bold, run.font.color.rgb = font, Pt(SIZE), head or first, DARK
