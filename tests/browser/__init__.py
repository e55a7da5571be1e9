"""The dashboard as a person meets it: real server processes, a real browser."""
