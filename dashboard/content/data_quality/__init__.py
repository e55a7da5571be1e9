"""Data quality in words: problems, and the measures they touch."""
