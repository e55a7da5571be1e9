"""`qs133 demo`: fills the embedded database with a made-up authority if it is empty, and serves the dashboard."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.home import home_folder
from config.settings import absolute_address, settings
from dashboard.commands import serve
from data_access.demo import write_demo
from data_access.engines import DatabaseUnavailable, current_version
from data_access.load import LoadError, load
from data_access.workspace import WorkspaceUnavailable, fill_demo_evidence, workspace_engine

NAME = "demo"
HELP = "fill an empty database with a made-up authority, and serve the dashboard"
ERRORS = (LoadError, WorkspaceUnavailable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 demo`."""
    serve.add_arguments(parser)
    parser.add_argument("--children", type=int, default=600, help="how many children the authority has (default: 600)")
    parser.add_argument("--seed", type=int, default=133, help="another seed makes another authority (default: 133)")
    parser.add_argument("--folder", type=Path, help="where the made-up return and extracts are written (default: data/demo)")
    parser.add_argument("--no-serve", action="store_true", help="fill the database and stop")


def run(options: argparse.Namespace) -> int:
    """Writes the demo's files and loads them like anybody's, unless the database already holds data; then serves."""
    url = absolute_address(options.database) if options.database else settings().database
    if has_data(url):
        print("The database already holds data, which is left as it is.", file=sys.stderr)
    else:
        folder = options.folder or home_folder() / "data" / "demo"
        print(f"Writing a made-up authority to {folder} and loading it.", file=sys.stderr, flush=True)
        load(write_demo(folder, seed=options.seed, children=options.children), url, made_up=True, described=())
        fill_demo_evidence(workspace_engine(settings().workspace))
    return 0 if options.no_serve else serve.run(options)


def has_data(url: str) -> bool:
    """Whether a database is there and has been loaded."""
    try:
        current_version(url)
    except DatabaseUnavailable:
        return False
    return True
