"""The pack as a PowerPoint presentation: one slide a measure, with a chart that can be edited and everything told in its notes."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from dashboard.packs.contents import OWN_WORDS, Pack, Part, Progress, action_words, change_words, note_words
from dashboard.packs.fitting import Paragraph, fit
from dashboard.packs.slide_chart import add_chart
from dashboard.packs.slide_table import add_numbers
from dashboard.sentences import counted_words, group_words
from dashboard.words import plural, upper_first

WIDTH, HEIGHT = 13.333, 7.5
"""Of a slide, in inches."""
MARGIN = 0.5
TITLE_TOP, TITLE_HEIGHT = 0.3, 1.2
CHART = (MARGIN, 1.5, 7.1, 3.7)
NUMBERS = (MARGIN, 5.3, 7.1, 1.3)
WORDS = (7.9, 1.55, WIDTH - 7.9 - MARGIN, 5.2)
FOOTER = (MARGIN, 6.9, WIDTH - 2 * MARGIN, 0.45)
FONT, DARK, GREY, CONCERN = "Arial", "14202B", "46525E", "8A3D00"
TITLE_ONLY, TITLE_SIZE, FOOTER_SIZE = 5, 28.0, 11.0
POINTS = 72
MOST_ON_SLIDE = 2
Place = tuple[float, float, float, float]


def presentation(pack: Pack, progress: Progress | None = None) -> bytes:
    """The presentation as a PPTX file. Nothing on a slide is longer than its place; what is left out stands in the slide's notes."""
    tell = progress or (lambda doing, share: None)
    deck: Deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck.core_properties.title = f"{pack.stamp.authority}: {pack.title}"
    deck.core_properties.author, deck.core_properties.language = pack.stamp.made_by, "en-GB"
    deck.core_properties.created = deck.core_properties.modified = pack.stamp.made_at
    deck.core_properties.comments = pack.stamp.sharing
    _first_slide(deck, pack)
    if pack.changed:
        _changed_slide(deck, pack)
    for done, part in enumerate(pack.parts):
        tell(part.measure.title, done / len(pack.parts))
        _measure_slide(deck, pack, part)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _first_slide(deck: Deck, pack: Pack) -> None:
    slide = _slide(deck, pack.title, top=1.3)
    _text(slide, (MARGIN, 0.6, WIDTH - 2 * MARGIN, 0.6), [
        Paragraph(f"{pack.stamp.authority} · NICE quality standard QS133, children's attachment", 20, colour=GREY),
    ])
    told = {name: value for name, value in pack.stamp.facts().items() if name not in ("Authority", "Sharing")}
    _text(slide, (MARGIN, 2.8, WIDTH - 2 * MARGIN, 2.9), [Paragraph(f"{name}: {value}", 20, space=10) for name, value in told.items()])
    sharing = [Paragraph(pack.stamp.sharing, 22, bold=True, colour=CONCERN if pack.stamp.exact else DARK)]
    if any(part.actions or part.changes or part.notes for part in pack.parts):
        sharing.append(Paragraph(OWN_WORDS, 16))
    _text(slide, (MARGIN, 5.7, WIDTH - 2 * MARGIN, 1.5), sharing)


def _changed_slide(deck: Deck, pack: Pack) -> None:
    slide = _slide(deck, "What changed since the data before")
    _text(slide, (MARGIN, 1.6, WIDTH - 2 * MARGIN, 5.1), [Paragraph(f"• {sentence}", 20, space=8) for sentence in pack.changed])
    slide.notes_slide.notes_text_frame.text = "\n".join(pack.changed)
    _footer(slide, pack)


def _measure_slide(deck: Deck, pack: Pack, part: Part) -> None:
    """The sentence as title, the chart, what it says, the latest numbers, and what is being done."""
    title = part.measure.title if part.empty else f"{part.measure.title}: {part.headline}"
    slide = _slide(deck, title)
    if part.trend.frame["value"].drop_nulls().len():
        add_chart(slide, part, tuple(Inches(inches) for inches in CHART))
        add_numbers(slide, part, NUMBERS, FONT)
    said = [Paragraph(part.empty, 18)] if part.empty else [
        Paragraph(part.control, 19, bold=True, space=9), Paragraph(f"{part.period} {part.target}", 17, space=9),
        Paragraph(part.gap, 16, space=9), Paragraph(part.hidden, 15, space=9),
    ]
    _text(slide, WORDS, [*said, *_actions(part, pack.stamp.made_at.date())])
    _footer(slide, pack)
    slide.notes_slide.notes_text_frame.text = notes(part, pack.stamp.made_at.date())


def _actions(part: Part, today: datetime.date) -> list[Paragraph]:
    told = [action_words(action, today) for action in part.actions] + [change_words(change) for change in part.changes[::-1]]
    if not told:
        return [Paragraph("Actions", 16, bold=True, space=3), Paragraph("None is written down for this measure.", 15, colour=GREY)]
    more = len(told) - MOST_ON_SLIDE
    heading = "Actions and changes" + (f" ({plural(more, 'more', 'more')} in the notes)" if more > 0 else "")
    return [Paragraph(heading, 16, bold=True, space=3), *(Paragraph(f"• {words}", 15, space=3) for words in told[:MOST_ON_SLIDE])]


def notes(part: Part, today: datetime.date) -> str:
    """What is said about a measure, all of it: for whoever presents the slide, and for who can't see it."""
    statement = part.statement
    told = [
        part.measure.title, f"NICE quality standard QS133, statement {statement.number}: {statement.words}", part.empty or part.headline,
    ]
    if not part.empty:
        told += [part.period, part.target, part.control, part.gap, part.hidden, *part.beside]
    if part.groups.height:
        rows = part.groups.iter_rows(named=True)
        told.append(f"By {part.breakdown.title.lower()}:")
        told += [group_words(part.measure, row, part.breakdown.label(row[part.breakdown.id])) for row in rows]
    for title, lines in (
        ("Actions:", [action_words(action, today) for action in part.actions]),
        ("Changes:", [change_words(change) for change in part.changes]),
        ("Notes:", [note_words(note) for note in part.notes]),
    ):
        told += [title, *lines] if lines else []
    told.append(f"How it is counted. {upper_first(counted_words(part.measure).replace('**', ''))}")
    return "\n".join(line for line in told if line)


# --- places ---------------------------------------------------------------------------------------------------------


def _slide(deck: Deck, title: str, top: float = TITLE_TOP) -> Slide:
    """A slide whose title is one for screen readers and the outline, too."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    place = slide.shapes.title
    place.left, place.top, place.width, place.height = (Inches(inches) for inches in (MARGIN, top, WIDTH - 2 * MARGIN, TITLE_HEIGHT))
    _fill(place.text_frame, fit([Paragraph(title, TITLE_SIZE, bold=True, space=0)], (WIDTH - 2 * MARGIN) * POINTS, TITLE_HEIGHT * POINTS))
    return slide


def _text(slide: Slide, place: Place, paragraphs: Sequence[Paragraph]) -> None:
    _, _, width, height = place
    box = slide.shapes.add_textbox(*(Inches(inches) for inches in place))
    box.name = "Text"
    _fill(box.text_frame, fit(paragraphs, width * POINTS, height * POINTS))


def _fill(frame: Any, paragraphs: Sequence[Paragraph]) -> None:
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    for index, told in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after, paragraph.line_spacing = 1, Pt(told.space), 1.0
        run = paragraph.add_run()
        run.text = told.text
        run.font.name, run.font.size, run.font.bold = FONT, Pt(told.size), told.bold
        run.font.color.rgb = RGBColor.from_string(told.colour)


def _footer(slide: Slide, pack: Pack) -> None:
    """Where the numbers are from, on every slide, because slides travel alone. Smaller: nobody has to read it from afar."""
    stamp = pack.stamp
    told = f"{stamp.authority} · {stamp.filters} · data version {stamp.data_version} · {stamp.sharing}"
    box = slide.shapes.add_textbox(*(Inches(inches) for inches in FOOTER))
    box.name = "Where the numbers are from"
    _fill(box.text_frame, [Paragraph(told, FOOTER_SIZE, colour=GREY, space=0)])
