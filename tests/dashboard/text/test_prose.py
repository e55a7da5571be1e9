"""Texts as one element: in order, each escaped."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.screens.chart import second_title, titles
from dashboard.text.paragraphs import bullets, link, paragraph, strong

LOADED = "<b>Kent</b> & 'Sons' \"x\" <script>"


def test_nothing_that_was_loaded_or_written_becomes_markup() -> None:
    drawn = (
        paragraph(LOADED), paragraph(LOADED, "caption", lead=LOADED, more=link(LOADED, f"https://example.org/{LOADED}")), strong(LOADED),
        bullets([LOADED, LOADED]), titles(LOADED, LOADED), second_title(LOADED),
    )
    assert f'<a href="https://example.org/{html.escape(LOADED)}"' in drawn[1]
    for markup in drawn:
        assert "<b>" not in markup and "<script" not in markup
        assert html.escape(LOADED, quote=False) in markup


@given(st.text(), st.text())
def test_the_words_are_as_they_were(words: str, lead: str) -> None:
    told = html.unescape(re.sub(r"</?(p|strong)( class=\"[a-z]*\")?>", "", paragraph(words, "caption", lead=lead)))
    assert told == (f"{lead} {words}" if lead else words)


def test_texts_are_one_element_and_none_is_no_element() -> None:
    app = AppTest.from_function(_script).run()
    assert [element.proto.body for element in app.get("html")] == ['<div class="prose"><p class="">One.</p><p class="">Two.</p></div>']


def _script():
    from dashboard.text.paragraphs import paragraph, prose

    prose([])
    prose([paragraph("One."), paragraph("Two.")])
