"""Files to raw rows, and which table each file is."""
