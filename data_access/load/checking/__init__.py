"""What each column may hold, and what becomes of a row that does not fit."""
