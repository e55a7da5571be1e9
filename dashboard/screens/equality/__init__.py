"""The equality page and its tables."""
