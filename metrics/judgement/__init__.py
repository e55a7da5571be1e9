"""What a result means: trend, targets, before and after, equality, digest."""
