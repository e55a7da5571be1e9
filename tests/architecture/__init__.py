"""The rules of the house, held against its source. `source.py` reads it; each rule names the files that break it."""
