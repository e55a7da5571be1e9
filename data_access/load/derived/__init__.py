"""Rows that are worked out of several source rows: placements, children, and which attendance summaries count."""
