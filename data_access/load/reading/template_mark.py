"""Workbooks to fill in that nobody has filled in: they are no source."""

from __future__ import annotations

import zipfile
from pathlib import Path

MARK = "qs133 template"
"""What the properties of such a workbook say, so that one that nobody filled in is known."""



def is_template(path: Path) -> bool:
    """Whether a workbook is one of these."""
    try:
        with zipfile.ZipFile(path) as book, book.open("docProps/core.xml") as properties:
            return MARK.encode() in properties.read(20_000)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, EOFError):
        return False
