"""From cells to the summary."""
