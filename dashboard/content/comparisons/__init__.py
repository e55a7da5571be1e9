"""Published figures beside a measure: which ones, as tables, in words."""
