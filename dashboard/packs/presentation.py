"""The pack as a PowerPoint presentation: one slide a measure, with a chart that can be edited and everything told in its notes."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from dashboard.content.data_quality.problems import BADGE
from dashboard.content.sentences import counted_words, group_words, hidden_groups_sentence, without_hidden
from dashboard.packs.contents import OWN_WORDS, Pack, Part, Progress, action_words, change_words, note_words
from dashboard.packs.fitting import SMALLEST, Paragraph, fit, height_of
from dashboard.packs.slide_chart import add_chart
from dashboard.packs.slide_table import add_numbers, numbers_height
from dashboard.packs.wording import why_missing
from dashboard.text.formatting import figure, is_rounded_away, short_counted, upper_first
from metrics.summary.summarise import State

WIDTH, HEIGHT = 13.333, 7.5
"""Of a slide, in inches."""
MARGIN = 0.5
TITLE_TOP, TITLE_HEIGHT = 0.3, 1.2
LEFT, BODY_TOP, BODY_BOTTOM = 7.1, 1.5, 6.75
WORDS = (7.9, BODY_TOP, WIDTH - 7.9 - MARGIN, BODY_BOTTOM - BODY_TOP)
WHOLE = (MARGIN, BODY_TOP, WIDTH - 2 * MARGIN, BODY_BOTTOM - BODY_TOP)
FOOTER = (MARGIN, 6.9, WIDTH - 2 * MARGIN, 0.45)
FONT, DARK, GREY, CONCERN = "Arial", "14202B", "46525E", "8A3D00"
TITLE_ONLY, TITLE_SIZE, FOOTER_SIZE = 5, 28.0, 11.0
POINTS = 72
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
        changed = [Paragraph(f"• {sentence}", 20, space=8) for sentence in pack.changed]
        _list_slides(deck, pack, "What changed since the data before", changed)
    for done, part in enumerate(pack.shown):
        tell(part.measure.title, done / len(pack.shown))
        _measure_slides(deck, pack, part)
    if pack.left_out:
        left_out = [Paragraph(f"• {title}. {why}", 18, space=8) for title, why in pack.left_out]
        _list_slides(deck, pack, "Measures without a number to show", left_out)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _first_slide(deck: Deck, pack: Pack) -> None:
    """Whose numbers these are, what to discuss and why, and whether it may be shared."""
    slide = _slide(deck, pack.title, top=0.95, height=0.7)
    wide = WIDTH - 2 * MARGIN
    _text(slide, (MARGIN, 0.45, wide, 0.45), [
        Paragraph(f"{pack.stamp.authority} · NICE quality standard QS133, children's attachment", 18, colour=GREY),
    ])
    told = [Paragraph(PLACES[len(pack.discuss)], 22, bold=True, space=8)]
    for number, (title, why) in enumerate(pack.discuss, 1):
        told += [Paragraph(f"{number}. {title}", 19, bold=True, space=2), Paragraph(why, 17, space=10)]
    _text(slide, (MARGIN, 1.7, wide, 3.55), told if pack.discuss else [Paragraph(pack.nothing_to_discuss, 20)])
    facts = {name: value for name, value in pack.stamp.facts().items() if name not in ("Authority", "Sharing")}
    _text(slide, (MARGIN, 5.35, wide, 0.95), [Paragraph(f"{name}: {value}", 14, space=2) for name, value in facts.items()])
    sharing = [Paragraph(pack.stamp.sharing, 16, bold=True, colour=CONCERN if pack.stamp.exact else DARK, space=2)]
    if any(part.actions or part.changes or part.notes for part in pack.parts):
        sharing.append(Paragraph(OWN_WORDS, 14))
    _text(slide, (MARGIN, 6.35, wide, 0.95), sharing)


PLACES = ("", "One thing to discuss", "Two things to discuss", "Three things to discuss")


def _list_slides(deck: Deck, pack: Pack, title: str, items: Sequence[Paragraph]) -> None:
    """A list on as many slides as it needs."""
    for number, chunk in enumerate(_pages(items, WHOLE)):
        slide = _slide(deck, title if not number else f"{title} (continued)")
        _text(slide, WHOLE, chunk)
        slide.notes_slide.notes_text_frame.text = "\n".join(item.text for item in chunk)
        _footer(slide, pack)


def _pages(items: Sequence[Paragraph], place: Place) -> list[list[Paragraph]]:
    """The items, as many on each slide as there is room for."""
    _, _, width, height = (inches * POINTS for inches in place)
    pages: list[list[Paragraph]] = [[]]
    for item in items:
        if pages[-1] and sum(height_of(told, width) for told in [*pages[-1], item]) > height:
            pages.append([])
        pages[-1].append(item)
    return pages


def _measure_slides(deck: Deck, pack: Pack, part: Part) -> None:
    """The sentence as title, the chart with its latest numbers, and what it says; what is being done follows on a slide of its own where
    it has no room there."""
    today = pack.stamp.made_at.date()
    slide = _slide(deck, f"{part.measure.title}: {part.headline}")
    if part.trend.frame["value"].drop_nulls().len():
        high = numbers_height(part, LEFT)
        add_chart(slide, part, tuple(Inches(inches) for inches in (MARGIN, BODY_TOP, LEFT, BODY_BOTTOM - BODY_TOP - high - 0.15)))
        add_numbers(slide, part, (MARGIN, BODY_BOTTOM - high, LEFT, high), FONT)
    said, later = _said(part)
    for more in ([Paragraph(_groups(part), 14, space=8)], _written(part, today)):
        (said if not later and _fits([*said, *more]) else later).extend(told for told in more if told.text)
    _text(slide, WORDS, said)
    _footer(slide, pack)
    slide.notes_slide.notes_text_frame.text = notes(part, today)
    if later:
        _list_slides(deck, pack, f"{part.measure.title}: more about it, and what is being done", [replace(told, size=18) for told in later])


def _said(part: Part) -> tuple[list[Paragraph], list[Paragraph]]:
    """What stands beside the chart, and what has no room there and follows whole on the next slide."""
    said = [Paragraph(part.control, 18, bold=True, space=8), Paragraph(f"{part.period} {part.target}", 16, space=8)]
    more = [
        *(Paragraph(sentence, 16, space=8) for sentence in part.published[:1]), Paragraph(part.gap, 15, space=8),
        Paragraph(part.hidden, 14, space=8),
    ]
    later: list[Paragraph] = []
    if part.to_check:
        whole = Paragraph(f"{BADGE}: {' '.join(part.to_check)}", 14, space=8)
        if _fits([*said, *more, whole]):
            return [*said, *more, whole], later
        said.append(Paragraph(f"{BADGE}: the next slide says what.", 14, space=8))
        later += [Paragraph(BADGE, 16, bold=True, space=3), *(Paragraph(f"• {reason}", 15, space=3) for reason in part.to_check)]
    for told in more:
        (said if _fits([*said, told]) else later).append(told)
    return said, later


def _fits(said: Sequence[Paragraph]) -> bool:
    """Whether words fit beside the chart in the smallest letters."""
    _, _, width, height = WORDS
    return sum(height_of(replace(told, size=SMALLEST), width * POINTS) for told in said if told.text) <= height * POINTS


def _groups(part: Part) -> str:
    """Every group that is shown with its value and what it is made from, in one sentence, and how many are not."""
    shown, hidden = without_hidden(part.groups)
    rows = shown.iter_rows(named=True)
    told = "; ".join(f"{part.breakdown.label(row[part.breakdown.id])} {_group(part, row)}" for row in rows)
    said = [f"{told}." if told else "", hidden_groups_sentence(hidden, part.groups.height) if hidden else ""]
    return f"{part.breakdown.title}: {' '.join(filter(None, said))}" if part.groups.height else ""


def _group(part: Part, row: Mapping[str, Any]) -> str:
    if row["state"] != State.SHOWN.value or row["value"] is None:
        return why_missing(row)
    made_from = short_counted(part.measure, row)
    return made_from if is_rounded_away(part.measure, row) else f"{figure(part.measure, row['value'])} ({made_from})"


def _written(part: Part, today: datetime.date) -> list[Paragraph]:
    """Actions, changes and notes, each in its own words; nothing where there are none."""
    told: list[Paragraph] = []
    for title, lines in (
        ("Actions", [action_words(action, today) for action in part.actions]),
        ("Changes", [change_words(change) for change in part.changes[::-1]]), ("Notes", [note_words(note) for note in part.notes]),
    ):
        if lines:
            told += [Paragraph(title, 16, bold=True, space=3), *(Paragraph(f"• {words}", 15, space=3) for words in lines)]
    return told


def notes(part: Part, today: datetime.date) -> str:
    """What is said about a measure, all of it: for whoever presents the slide, and for who can't see it."""
    statement = part.statement
    told = [
        part.measure.title, f"NICE quality standard QS133, statement {statement.number}: {statement.words}", part.empty or part.headline,
    ]
    if not part.empty:
        told += [part.period, part.target, part.control, part.gap, part.hidden, *part.comparison]
    if part.groups.height:
        shown, hidden = without_hidden(part.groups)
        rows = shown.iter_rows(named=True)
        told.append(f"By {part.breakdown.title.lower()}:")
        told += [group_words(part.measure, row, part.breakdown.label(row[part.breakdown.id])) for row in rows]
        told += [hidden_groups_sentence(hidden, part.groups.height)] if hidden else []
    for title, lines in (
        ("Actions:", [action_words(action, today) for action in part.actions]),
        ("Changes:", [change_words(change) for change in part.changes]),
        ("Notes:", [note_words(note) for note in part.notes]),
    ):
        told += [title, *lines] if lines else []
    told.append(f"How it is counted. {upper_first(counted_words(part.measure).replace('**', ''))}")
    return "\n".join(line for line in told if line)


# --- places ---------------------------------------------------------------------------------------------------------


def _slide(deck: Deck, title: str, top: float = TITLE_TOP, height: float = TITLE_HEIGHT) -> Slide:
    """A slide whose title is one for screen readers and the outline, too."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    place = slide.shapes.title
    place.left, place.top, place.width, place.height = (Inches(inches) for inches in (MARGIN, top, WIDTH - 2 * MARGIN, height))
    _fill(place.text_frame, fit([Paragraph(title, TITLE_SIZE, bold=True, space=0)], (WIDTH - 2 * MARGIN) * POINTS, height * POINTS))
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
