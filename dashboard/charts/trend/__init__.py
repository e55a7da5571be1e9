"""The chart of a measure over time: `drawing` describes it once, and screen, picture, sparkline, slides and paper draw what it says."""
