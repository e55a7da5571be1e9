"""Published figures: which measure they may be held against, and changes of definition."""
