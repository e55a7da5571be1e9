"""`qs133 init`: the settings files, for the folder in which somebody's data is to live."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.home import home_folder
from config.toml_file import PACKAGED

NAME = "init"
HELP = "write the settings files into the folder 'config' of the home folder, to be changed there"
ERRORS = (OSError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`qs133 init` has no options of its own."""


def run(options: argparse.Namespace) -> int:
    """Writes what isn't there yet, and says where."""
    folder = home_folder() / "config"
    folder.mkdir(parents=True, exist_ok=True)
    written = [packaged.name for packaged in sorted(PACKAGED.glob("*.toml")) if _written(folder / packaged.name, packaged.read_bytes())]
    if written:
        print(f"Wrote {', '.join(written)} to {folder}. Begin with settings.toml: it has your authority's name.", file=sys.stderr)
    else:
        print(f"All settings files are in {folder} already, and are left as they are.", file=sys.stderr)
    return 0


def _written(path: Path, contents: bytes) -> bool:
    """Whether the file was written: one that is there is not."""
    try:
        with path.open("xb") as file:
            file.write(contents)
    except FileExistsError:
        return False
    return True
