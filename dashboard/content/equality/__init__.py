"""Equality in words: gaps of one measure, and of all of them together."""
