"""Replacing, keeping and bringing back the contents of the reporting database."""
