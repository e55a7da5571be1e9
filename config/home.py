"""The folder in which somebody's data, settings and workspace live: never the one that the program is installed in."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "QS133_HOME"


def home_folder() -> Path:
    """The folder that `QS133_HOME` or `--home` names, else the current one; absolute."""
    return Path(os.environ.get(VARIABLE) or ".").absolute()
