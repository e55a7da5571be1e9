"""Measures on the screen: the list of them, the block of one, and its charts."""
