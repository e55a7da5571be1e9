"""Tables, engines, loading, cells, the workspace and the demo data."""
