"""The least that a Streamlit app with one filter and so many charts can do: nothing is computed, every chart is one line.

With `BENCH_ELEMENTS`, it draws as many of the other elements as a page of ours has, with as much text: what Streamlit itself takes for
a page of this size.
"""

import json
import os

import plotly.graph_objects as go
import streamlit as st

POINTS = 16
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='52'><polyline points='{}' fill='none' stroke='gray'/></svg>"

elements: dict[str, list[int]] = json.loads(os.environ.get("BENCH_ELEMENTS", "{}"))


def text(kind: str, number: int) -> str:
    """As long as an element of a kind is on average."""
    count, size = elements[kind]
    return f"{number} {'word ' * (size // count // 5)}"


def numbers(kind: str, but: int = 0) -> range:
    """One for each element of a kind, without the first few."""
    return range(but, elements.get(kind, [0, 0])[0])


st.set_page_config(layout="wide")
with st.sidebar:
    groups = ["White", "Mixed", "Asian", "Black", "Other"]
    chosen = st.multiselect("Ethnic group", groups, placeholder="All", bind="query-params", key="group")
    for number in numbers("multiselect", but=1):
        st.multiselect(f"Choice {number}", groups, placeholder="All", bind="query-params", key=f"multi_{number}")
    for number in numbers("selectbox"):
        st.selectbox(f"Choice {number}", groups, bind="query-params", key=f"select_{number}")
values = [(place * 7 + len(chosen)) % 10 for place in range(POINTS)]
for number in numbers("heading"):
    st.header(f"Heading {number}", anchor=f"heading-{number}")
for number in numbers("flex_container"):
    st.container(border=True, key=f"container_{number}").markdown("words")
for number in numbers("expandable"):
    st.expander(f"More {number}").markdown("words")
for number in numbers("markdown", but=len(numbers("flex_container")) + len(numbers("expandable"))):
    st.markdown(text("markdown", number))
for number in numbers("html"):
    st.html(f"<p>{text('html', number)}</p>")
for number in numbers("download_button"):
    st.download_button(f"Download {number}", lambda: b"", key=f"download_{number}", on_click="ignore")
for number in range(int(os.environ["BENCH_CHARTS"])):
    if os.environ["BENCH_KIND"] == "plotly":
        more = {"hovertext": [text("plotly_chart", number)]} if elements else {}
        st.plotly_chart(go.Figure(go.Scatter(y=values, **more)), key=f"chart_{number}", height=300)
    else:
        drawn = PICTURE.format(" ".join(f"{place * 12},{value * 5}" for place, value in enumerate(values)))
        st.html(f'<img alt="" src="data:image/svg+xml,{drawn}">')
