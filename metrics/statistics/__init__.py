"""Intervals, process control, special causes and comparisons: pure functions of arrays."""
