"""The charts: the only place where Plotly is used. Each gives a figure and the text that says the same to who can't see it."""
