"""What each page draws: one module or folder a page, made of blocks."""
