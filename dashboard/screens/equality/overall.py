"""Every measure by every characteristic at once: who is clearly worse off, and a paragraph for an annual report."""

from __future__ import annotations

import html

import polars as pl
import streamlit as st

from dashboard.charts.theme import COMMON_CAUSE
from dashboard.content.equality import overall
from dashboard.content.exports import to_csv
from dashboard.content.view import View
from dashboard.session.render_cache import worked_out_once
from dashboard.text.paragraphs import CAPTION, paragraph, prose, strong
from metrics.judgement.equality_overall import worse_off

ROWS = 30
"""So many rows at most are on the page; all are in the file."""
CAPTION_WORDS = "Groups that are clearly worse off, over all measures and characteristics."
STYLE = f"""<style>
.worse-off {{container-type: inline-size}}
.worse-off table {{width: 100%; border-collapse: collapse; margin: 0; font-size: .875rem; line-height: 1.3}}
.worse-off caption {{caption-side: top; text-align: left; padding: 0 0 .35rem; color: inherit}}
.worse-off :is(th, td) {{border: 0; border-bottom: 1px solid {COMMON_CAUSE}73; padding: .4rem .5rem; text-align: left; vertical-align: top}}
.worse-off tbody th {{font-weight: 400}}
@container (max-width: 640px) {{
  .worse-off thead {{position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)}}
  .worse-off tbody :is(tr, th, td) {{display: block; border: 0; padding: .1rem 0}}
  .worse-off tbody tr {{padding: .5rem 0; border-bottom: 1px solid {COMMON_CAUSE}73}}
  .worse-off tbody th {{font-weight: 600}}
  .worse-off tbody td::before {{content: attr(data-name) ": "}}
}}
</style>"""


def everything(view: View, period: str | None) -> None:
    """The section, closed at first: it takes seconds to work out."""
    label = "All characteristics at once: who is clearly worse off"
    with st.expander(label, icon=":material/balance:", key="equality_everything", on_change="rerun") as section:
        if not section.open:
            return
        with st.spinner("Comparing every measure by every characteristic. The first time this takes up to half a minute."):
            compared = worked_out_once(view, ("equality everything", period), lambda view: overall.compare_everything(view, period))
        _told(view, compared)


def table_html(table: pl.DataFrame) -> str:
    """A table whose first column names the row. On a phone each row is a card, with its columns' names in it."""
    head = "".join(f'<th scope="col" role="columnheader">{html.escape(name)}</th>' for name in table.columns)
    body = []
    for first, *others in table.iter_rows():
        cells = "".join(
            f'<td role="cell" data-name="{html.escape(name)}">{html.escape(words)}</td>'
            for name, words in zip(table.columns[1:], others, strict=True)
        )
        body.append(f'<tr role="row"><th scope="row" role="rowheader">{html.escape(first)}</th>{cells}</tr>')
    return (
        f'{STYLE}<div class="worse-off"><table role="table"><caption>{CAPTION_WORDS}</caption><thead role="rowgroup"><tr role="row">{head}'
        f'</tr></thead><tbody role="rowgroup">{"".join(body)}</tbody></table></div>'
    )


def _told(view: View, compared: pl.DataFrame) -> None:
    st.header(overall.headline(compared), anchor=False)
    worse = worse_off(compared)
    if worse.height:
        st.html(table_html(overall.overall_table(view, worse.head(ROWS))))
    if worse.height > ROWS:
        st.caption(f"The first {ROWS} of {worse.height}; all are in the file.")
    prose([
        strong("For an annual report"), paragraph(overall.paragraph_for_report(view, compared)), paragraph(overall.METHOD, CAPTION),
    ])
    file_name = view.file_name("equality-all-characteristics")

    def contents() -> bytes:
        view.before_export(file_name)
        return to_csv(overall.overall_export(view, compared))

    st.download_button(
        "Download all comparisons (CSV)", contents, file_name=file_name, mime="text/csv", key="csv_equality_everything",
        on_click="ignore", icon=":material/download:", help=view.sharing,
    )
