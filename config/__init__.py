"""Typed settings, and the TOML files that a local authority edits."""
