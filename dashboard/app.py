"""The entry point: navigation, the filters that all pages share, and what stands above and below every page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from config.settings import settings
from config.toml_file import ConfigError
from dashboard import filters
from dashboard.availability import database_unavailable, nothing_loaded, settings_faulty
from dashboard.reporting import DataChanged, NoData
from dashboard.session import Data, choices, current_data, open_view
from dashboard.words import escape_markdown, long_date
from data_access.engines import DatabaseUnavailable

PAGES_FOLDER = Path(__file__).resolve().parent.parent / "pages"
FAVICON = Path(__file__).resolve().parent / "favicon.svg"
# Every page's file in `pages/`, its title, icon and tooltip, in the order of the navigation.
PAGES = (
    ("overview", "Overview", ":material/dashboard:", "Every measure at a glance: where to look first."),
    ("statement_1", "1 Assessment", ":material/fact_check:", "Quality statement 1: comprehensive assessment."),
    ("statement_2", "2 Education plan", ":material/school:", "Quality statement 2: education plan."),
    ("statement_3", "3 Video feedback", ":material/videocam:", "Quality statement 3: video feedback programme."),
    ("statement_4", "4 Carers", ":material/diversity_1:", "Quality statement 4: training, education and support for carers."),
    ("equality", "Equality", ":material/balance:", "Is anyone served worse? Every measure by groups of children."),
    ("definitions", "Definitions", ":material/menu_book:", "How every measure is counted, and how to read the numbers."),
)


def main() -> None:
    """One run of the dashboard for one visitor: the page, or in a sentence what keeps it from being drawn."""
    # With an icon of our own, no browser asks anybody else's server for one.
    st.set_page_config(page_icon=FAVICON, layout="wide")
    page = navigation()
    try:
        authority = settings().authority
        st.set_page_config(page_title=f"{page.title}: {authority}, children's attachment")
        draw(page, authority)
    except DatabaseUnavailable as problem:
        database_unavailable(str(problem))
    except NoData:
        nothing_loaded()
    except ConfigError as problem:
        settings_faulty(str(problem))
    except DataChanged:
        st.rerun()  # the next run finds the new data


def navigation() -> StreamlitPage:
    """The page to show. One whose file isn't there is left out."""
    return st.navigation([
        st.Page(f"../pages/{name}.py", title=title, icon=icon, help=tooltip, url_path=name, default=name == "overview")
        for name, title, icon, tooltip in PAGES if (PAGES_FOLDER / f"{name}.py").is_file()
    ], position="top")


def draw(page: StreamlitPage, authority: str) -> None:
    """The page between what stands above and below every page."""
    data = current_data()
    chosen = filters.choose(data)
    open_view(data, chosen)
    with st.container(gap="xsmall"):
        st.markdown(
            f"**{escape_markdown(authority)}** · NICE quality standard QS133, children's attachment "
            ":orange-badge[:material/visibility_lock: Exact numbers, not for sharing]",
            help="Some of these numbers are about very few children. They are for your own work: please don't pass on pictures, prints or "
            "downloads of them.",
        )
        filters.shown_line(chosen, choices(data, chosen.grain).periods, data.reporting.as_at)
    page.run()
    footer(data)


def footer(data: Data) -> None:
    """Which data this is."""
    st.divider()
    st.caption(
        f"Data version {escape_markdown(data.reporting.version)}, loaded on {long_date(data.loaded_at.date())} at "
        f"{data.loaded_at:%H:%M} (UTC). {long_date(data.reporting.as_at)} is the last day that counts. These are exact numbers, some of "
        "them about very few children: please use them for your own work, and don't share pictures, prints or downloads of them."
    )


main()
