"""The slides: read back with python-pptx number by number, measured, and opened with LibreOffice."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from dashboard.packs.contents import Pack, Part
from dashboard.packs.fitting import SMALLEST, Paragraph, fit, height_of
from dashboard.packs.presentation import presentation
from dashboard.sentences import trend_alt
from dashboard.words import figure, ordinary_spaces
from tests.office import as_pdf

EMU_A_POINT = 12700


@pytest.fixture(scope="module")
def deck(exact_pack: Pack) -> Any:
    return Presentation(io.BytesIO(presentation(exact_pack)))


def slide_of(deck: Any, part: Part) -> Any:
    return next(slide for slide in deck.slides if slide.shapes.title.text_frame.text.startswith(part.measure.title))


def test_a_slide_for_each_measure_after_the_title_and_what_changed(deck: Any, exact_pack: Pack) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    told = [part.measure.title if part.empty else f"{part.measure.title}: {part.headline}" for part in exact_pack.parts]
    assert titles == [exact_pack.title, "What changed since the data before", *told]


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
            known = part.trend.frame[column]
            assert series.get(name, [None] * known.len()) == known.to_list()
        labels = [" ".join(levels) for levels in charts[0].chart.plots[0].categories.flattened_labels]
        assert labels == part.trend.frame["period"].to_list()
        assert charts[0]._element.nvGraphicFramePr.cNvPr.get("descr") == trend_alt(part.trend)
    assert drawn


def test_the_table_has_the_latest_periods_as_the_page_writes_them(deck: Any, exact_pack: Pack) -> None:
    part = exact_pack.parts[0]
    table = next(shape.table for shape in slide_of(deck, part).shapes if shape.has_table)
    rows = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
    last = part.trend.frame.tail(5).rows(named=True)
    assert rows[-1] == ["Value", *(figure(part.measure, row["value"]) for row in last)]
    assert rows[1][1:] == [f"{row['numerator']:,.0f}" for row in last]
    assert rows[2][1:] == [f"{row['denominator']:,.0f}" for row in last]


def test_everything_is_in_the_notes_and_where_it_is_from_on_each_slide(deck: Any, exact_pack: Pack) -> None:
    for part in exact_pack.parts:
        slide = slide_of(deck, part)
        notes = slide.notes_slide.notes_text_frame.text
        assert all(words in notes for words in (part.headline, part.control, part.gap, *(action.aim for action in part.actions)))
        words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert exact_pack.stamp.data_version in words and exact_pack.stamp.sharing in words


def test_a_hidden_value_is_no_point_and_is_called_hidden(protected_pack: Pack) -> None:
    deck = Presentation(io.BytesIO(presentation(protected_pack)))
    for part in protected_pack.parts:
        for shape in slide_of(deck, part).shapes:
            if shape.has_chart:
                values = list(next(iter(shape.chart.plots[0].series)).values)
                assert [value is None for value in values] == part.trend.frame["value"].is_null().to_list()
            if shape.has_table:
                shown = [cell.text_frame.text for cell in shape.table.rows[len(shape.table.rows) - 1].cells][1:]
                assert [words == "hidden" for words in shown] == (part.trend.frame.tail(5)["state"] == "hidden").to_list()


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
    assert len(pdf) == len(exact_pack.parts) + 2
    for number, part in enumerate(exact_pack.parts, 2):
        text = " ".join(pdf[number].get_textpage().get_text_bounded().split())
        assert part.measure.title in text
        assert part.empty or ordinary_spaces(part.headline) in text
