"""Alembic's migrations of the workspace. Each is frozen: it says what the schema was then, and imports no table."""
