"""The PDF: tagged, readable aloud, and with every number of the page."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest

from dashboard.charts.trend.scale import axis_scale
from dashboard.content.chart_tables import groups_table, trend_table
from dashboard.packs.contents import Pack
from dashboard.packs.printable import PERIODS, printable
from metrics.measures.catalogue import get
from tests.dashboard.packs.made import HARMFUL


@pytest.fixture(scope="module")
def contents(exact_pack: Pack) -> bytes:
    return printable(exact_pack)


def words_of(contents: bytes) -> str:
    pdf = pypdfium2.PdfDocument(contents)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf)


def test_it_is_accessible(contents: bytes, exact_pack: Pack) -> None:
    pdf = pypdfium2.PdfDocument(contents)
    assert pdf.is_tagged()
    assert pdf.get_metadata_value("Title") == f"Exampleshire: {exact_pack.title}"
    assert b"pdfuaid" in contents  # it says of itself that it is PDF/UA, which Typst checks before it writes one


def test_it_says_every_sentence_and_number(contents: bytes, exact_pack: Pack) -> None:
    text = words_of(contents).replace("- ", "-")
    for title, why in (*exact_pack.discuss, *exact_pack.left_out):
        assert title in text and why in text
    for part in exact_pack.shown:
        assert part.headline in text
        values = trend_table(part.trend)["Value"].head(PERIODS).to_list()
        for period, value in zip(part.trend.frame["period"].reverse().head(PERIODS), values, strict=True):
            assert period.replace("- ", "-") in text and value in text
        for row in groups_table(part.measure, part.breakdown, part.groups).iter_rows():
            assert " ".join(cell.replace("\\", "") for cell in row if cell) in text


def test_a_measure_has_a_page_at_most_and_no_page_is_blank(contents: bytes, exact_pack: Pack) -> None:
    pages = [page.get_textpage().get_text_bounded().strip() for page in pypdfium2.PdfDocument(contents)]
    assert all(len(page) > 200 for page in pages)
    assert len(pages) == 1 + len(exact_pack.shown)


def test_what_people_wrote_is_read_as_words(contents: bytes) -> None:
    assert HARMFUL.replace('"', "") in words_of(contents).replace('"', "").replace("“", "").replace("”", "")


def test_hidden_numbers_are_called_hidden(protected_pack: Pack) -> None:
    assert "hidden to protect children" in words_of(printable(protected_pack)).lower()


@pytest.mark.parametrize(("values", "low", "high"), [
    ([0.25, 0.9], 0.1, 1.0), ([0.0, 0.03], 0.0, 0.035), ([1.0, 1.0], 0.94, 1.0), ([], 0, 1),
])
def test_axes_hold_everything_and_stay_within_what_can_be(values: list[float], low: float, high: float) -> None:
    found = axis_scale(get("education_plan"), values)
    assert found.low <= min(values, default=0.0) and found.high >= max(values, default=1.0)
    assert low <= found.low + 1e-9 and found.high <= high + 1e-9
    assert 2 <= len(found.ticks) <= 9


def test_what_no_font_has_is_a_box_and_no_error(exact_pack: Pack) -> None:
    stamp = replace(exact_pack.stamp, authority="Grüße 👍 日本")
    assert "Grüße □ □□" in words_of(printable(replace(exact_pack, stamp=stamp)))
