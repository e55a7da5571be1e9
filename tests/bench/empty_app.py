"""The least that a Streamlit app with one filter and so many charts can do: nothing is computed, every chart is one line."""

import os

import plotly.graph_objects as go
import streamlit as st

POINTS = 16
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='52'><polyline points='{}' fill='none' stroke='gray'/></svg>"

st.set_page_config(layout="wide")
with st.sidebar:
    groups = ["White", "Mixed", "Asian", "Black", "Other"]
    chosen = st.multiselect("Ethnic group", groups, placeholder="All", bind="query-params", key="group")
values = [(place * 7 + len(chosen)) % 10 for place in range(POINTS)]
for number in range(int(os.environ["BENCH_CHARTS"])):
    if os.environ["BENCH_KIND"] == "plotly":
        st.plotly_chart(go.Figure(go.Scatter(y=values)), key=f"chart_{number}", height=300)
    else:
        drawn = PICTURE.format(" ".join(f"{place * 12},{value * 5}" for place, value in enumerate(values)))
        st.html(f'<img alt="" src="data:image/svg+xml,{drawn}">')
