"""The formats that files and other sources are in, each read into text rows."""
