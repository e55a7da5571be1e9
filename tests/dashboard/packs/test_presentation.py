"""The slides: read back with python-pptx number by number, measured, and opened with LibreOffice."""

from __future__ import annotations

import calendar
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from dashboard.content.sentences import trend_alt
from dashboard.packs.contents import Pack, Part, action_words, change_words, note_words
from dashboard.packs.fitting import SMALLEST, Paragraph, fit, height_of
from dashboard.packs.presentation import _group, presentation
from dashboard.packs.slide_table import PERIODS
from dashboard.packs.wording import without_names
from dashboard.text.formatting import figure, is_rounded_away
from tests.dashboard.packs.made import MADE_AT
from tests.office import as_pdf

EMU_A_POINT = 12700


@pytest.fixture(scope="module")
def deck(exact_pack: Pack) -> Any:
    return Presentation(io.BytesIO(presentation(exact_pack)))


def slide_of(deck: Any, part: Part) -> Any:
    return next(slide for slide in deck.slides if slide.shapes.title.text_frame.text.startswith(part.measure.title))


def test_a_slide_for_each_measure_after_the_title_and_what_changed(deck: Any, exact_pack: Pack) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    told = [f"{part.measure.title}: {part.headline}" for part in exact_pack.shown]
    assert titles[:2] == [exact_pack.title, "What changed since the data before"]
    assert [title for title in titles if title in told] == told
    more = [title for title in titles[2:] if title not in told]
    assert all(title.partition(": ")[2].startswith("more about it") or title.startswith("Measures without") for title in more)


def words_of(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_the_first_slide_has_what_to_discuss_and_why(deck: Any, exact_pack: Pack) -> None:
    first = words_of(deck.slides[0])
    assert exact_pack.discuss and len(exact_pack.discuss) <= 3
    for number, (title, why) in enumerate(exact_pack.discuss, 1):
        assert f"{number}. {title}" in first and why in first


def test_groups_actions_changes_and_notes_are_on_slides_and_not_only_in_their_notes(deck: Any, exact_pack: Pack) -> None:
    shown = "\n".join(words_of(slide) for slide in deck.slides)
    for part in exact_pack.shown:
        for action in part.actions:
            assert action_words(action, MADE_AT.date()) in shown
        for change in part.changes:
            assert change_words(change) in shown
        for note in part.notes:
            assert note_words(note) in shown
        for row in part.groups.iter_rows(named=True):
            assert part.breakdown.label(row[part.breakdown.id]) in shown


def test_measures_without_a_number_are_in_one_list_at_the_end_and_name_no_file(exact_pack: Pack) -> None:
    missing = "No data: this measure needs the local extract 'programme_sessions', which was not among the files that were loaded."
    parts = tuple(replace(part, empty=without_names(f"{missing} Load the files again together with it.")) for part in exact_pack.parts[:2])
    deck = Presentation(io.BytesIO(presentation(replace(exact_pack, parts=(*exact_pack.parts[2:], *parts)))))
    last = words_of(deck.slides[len(deck.slides) - 1])
    for part in parts:
        assert f"{part.measure.title}. No data: this measure needs data on programme sessions, which was not loaded." in last
        assert not [slide for slide in deck.slides if slide.shapes.title.text_frame.text.startswith(f"{part.measure.title}: ")]
    assert "_" not in last and ".toml" not in last


def test_nothing_on_a_slide_overlaps(deck: Any) -> None:
    for slide in deck.slides:
        boxes = [(shape.left, shape.top, shape.left + shape.width, shape.top + shape.height, shape.name) for shape in slide.shapes]
        for index, (left, top, right, bottom, name) in enumerate(boxes):
            for other_left, other_top, other_right, other_bottom, other in boxes[index + 1 :]:
                apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
                assert apart, (slide.shapes.title.text_frame.text, name, other)


def test_charts_hold_the_numbers_of_the_summary(deck: Any, exact_pack: Pack) -> None:
    drawn = 0
    for part in exact_pack.parts:
        charts = [shape for shape in slide_of(deck, part).shapes if shape.has_chart]
        if not part.trend.frame["value"].drop_nulls().len():
            assert not charts
            continue
        drawn += 1
        series = {found.name: list(found.values) for found in charts[0].chart.plots[0].series}
        assert series["Value"] == part.trend.frame["value"].to_list()
        for name, column in (("Target", "target"), ("Average", "mean"), ("Upper limit", "upper_limit"), ("Lower limit", "lower_limit")):
            known = part.trend.told[column]
            assert series.get(name, [None] * known.len()) == known.to_list()
        labels = [" ".join(levels) for levels in charts[0].chart.plots[0].categories.flattened_labels]
        assert labels == part.trend.frame["period"].to_list()
        assert charts[0]._element.nvGraphicFramePr.cNvPr.get("descr").startswith(trend_alt(part.trend))
    assert drawn


def test_the_table_has_the_latest_periods_as_the_page_writes_them(deck: Any, exact_pack: Pack) -> None:
    part = exact_pack.parts[0]
    table = next(shape.table for shape in slide_of(deck, part).shapes if shape.has_table)
    rows = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
    last = part.trend.told.tail(PERIODS).rows(named=True)
    assert rows[-1] == ["Value", *(figure(part.measure, row["value"]) for row in last)]
    assert rows[1][1:] == [f"{row['numerator']:,.0f}" for row in last]
    assert rows[2][1:] == [f"{row['denominator']:,.0f}" for row in last]


def test_everything_is_in_the_notes_and_where_it_is_from_on_each_slide(deck: Any, exact_pack: Pack) -> None:
    for part in exact_pack.shown:
        slide = slide_of(deck, part)
        notes = slide.notes_slide.notes_text_frame.text
        assert all(words in notes for words in (part.headline, part.control, part.gap, *(action.aim for action in part.actions)))
        words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert exact_pack.stamp.data_version in words and exact_pack.stamp.sharing in words


def test_a_hidden_value_is_no_point_and_is_called_hidden(protected_pack: Pack) -> None:
    deck = Presentation(io.BytesIO(presentation(protected_pack)))
    for part in protected_pack.shown:
        for shape in slide_of(deck, part).shapes:
            if shape.has_chart:
                values = list(next(iter(shape.chart.plots[0].series)).values)
                assert [value is None for value in values] == part.trend.frame["value"].is_null().to_list()
            if shape.has_table:
                shown = [cell.text_frame.text for cell in shape.table.rows[len(shape.table.rows) - 1].cells][1:]
                assert [words == "hidden" for words in shown] == (part.trend.frame.tail(PERIODS)["state"] == "hidden").to_list()


@pytest.mark.parametrize("reasons", [
    ("Not recorded for fewer than 1 in 20 of the children: age.",),
    tuple(
        f"Education plans: a period with none, between {month} 2023 and December 2024, of more than 90 days."
        for month in calendar.month_name[1:]
    ),
], ids=["short", "long"])
def test_every_reason_to_check_the_data_is_on_a_slide_whole(exact_pack: Pack, reasons: tuple[str, ...]) -> None:
    parts = tuple(replace(part, to_check=reasons) for part in exact_pack.parts)
    deck = Presentation(io.BytesIO(presentation(replace(exact_pack, parts=parts))))
    for part in exact_pack.shown:
        own, *more = [words_of(slide) for slide in deck.slides if slide.shapes.title.text_frame.text.startswith(f"{part.measure.title}: ")]
        assert not any("…" in words for words in (own, *more))
        if len(reasons) == 1:
            assert f"Data to check: {reasons[0]}" in own
        else:
            assert "Data to check: the next slide says what." in own
            assert all(any(reason in words for words in more) for reason in reasons)


def test_no_text_is_longer_than_its_place_or_too_small_to_read(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height
            if not shape.has_text_frame or shape.name == "Where the numbers are from":
                continue
            told = [Paragraph(p.text, p.runs[0].font.size.pt, bool(p.runs[0].font.bold), space=p.space_after.pt)
                    for p in shape.text_frame.paragraphs if p.runs]
            assert all(paragraph.size >= SMALLEST for paragraph in told)
            assert sum(height_of(paragraph, shape.width / EMU_A_POINT) for paragraph in told) <= shape.height / EMU_A_POINT + 1


@given(st.lists(st.text(alphabet="abc defgh.", max_size=600), max_size=6), st.floats(150, 900), st.floats(40, 500))
def test_text_always_fits_and_nothing_is_made_up(texts: list[str], width: float, height: float) -> None:
    fitted = fit([Paragraph(text, 20) for text in texts], width, height)
    assert sum(height_of(paragraph, width) for paragraph in fitted) <= height
    for paragraph in fitted:
        kept = " ".join(paragraph.text.removesuffix(" …").split())
        assert any(" ".join(text.split()).startswith(kept.rstrip()) for text in texts)


def test_libreoffice_opens_it_without_a_complaint(exact_pack: Pack, tmp_path: Path) -> None:
    file = tmp_path / "pack.pptx"
    file.write_bytes(presentation(exact_pack))
    pdf = pypdfium2.PdfDocument(as_pdf(file, tmp_path))
    pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    assert len(pages) >= len(exact_pack.shown) + 2
    for part in exact_pack.shown:
        assert any(part.measure.title in text and part.headline in text for text in pages)


def test_a_group_rounded_to_nothing_is_no_nought_on_a_slide(protected_pack: Pack) -> None:
    rows = [(part, row) for part in protected_pack.shown for row in part.groups.iter_rows(named=True)]
    told = [_group(part, row) for part, row in rows if is_rounded_away(part.measure, row)]
    assert told and all("0 to 2" in words and "%" not in words for words in told), told
