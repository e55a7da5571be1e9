"""What the protected view shows: a fixed family of tables, and which of their numbers are hidden."""
