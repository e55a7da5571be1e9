"""What the data covers in words: when measures are told, why not, and what would show more."""
