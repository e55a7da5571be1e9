"""The measures: their kinds, and the four quality statements that declare them."""
