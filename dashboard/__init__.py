"""The dashboard: entry point, filters, charts, the blocks that pages are made of, and the command line."""
