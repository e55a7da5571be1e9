"""Texts that follow each other as one element, which looks as Streamlit's own text does.

Streamlit sends each element by itself, and the browser draws all of a page's elements anew after each click: five texts in five
elements take about five times as long as in one. Words become HTML here and nowhere else on a page made of text, so that what was
loaded or written by people is always escaped.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

import streamlit as st

CAPTION, HEADLINE = "caption", "headline"
"""Kinds of paragraph besides the plain one."""

STYLE = """
.prose {overflow-wrap: break-word}
.prose > * {margin: 0 0 1rem}
.prose > :last-child {margin-bottom: 0}
.prose .caption {font-size: .875rem; opacity: .6}
.prose .headline {font-size: 1.4rem; line-height: 1.3; font-weight: 600}
.prose > .icons {display: flex; flex-wrap: wrap; gap: 1rem}
.prose strong {font-weight: 600}
.prose a {color: inherit}
"""


def prose(parts: Iterable[str]) -> None:
    """Draws paragraphs and other HTML, in order, as one element; nothing without any."""
    if inner := "".join(parts):
        st.html(f'<div class="prose">{inner}</div>')


def paragraph(words: str, kind: str = "", *, icon: str = "", lead: str = "", more: str = "") -> str:
    """A paragraph of words as they are; `lead` stands before them in bold. `icon` and `more` are HTML around them."""
    before = f"{icon} " * bool(icon) + f"<strong>{_text(lead)}</strong> " * bool(lead)
    return f'<p class="{kind}">{before}{_text(words)}{more}</p>'


def strong(words: str) -> str:
    """A paragraph in bold."""
    return f"<p><strong>{_text(words)}</strong></p>"


def bullets(items: Iterable[str]) -> str:
    """A list, each item as it is."""
    return f"<ul>{''.join(f'<li>{_text(item)}</li>' for item in items)}</ul>"


def link(words: str, address: str) -> str:
    """A link that opens in another tab, to go into a paragraph's `more`."""
    return f'<a href="{html.escape(address)}" target="_blank">{_text(words)}</a>'


def _text(words: str) -> str:
    return html.escape(words, quote=False)
