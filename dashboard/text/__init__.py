"""Numbers, dates and paragraphs in English."""
