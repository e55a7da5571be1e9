"""`qs133 serve`: the dashboard."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from config.settings import PROJECT_FOLDER

NAME = "serve"
HELP = "serve the dashboard"
APP = Path(__file__).resolve().parent.parent / "app.py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 serve`."""
    parser.add_argument("--port", type=int, default=8501, help="(default: 8501)")
    parser.add_argument("--address", default="localhost", help="the network address to listen on (default: localhost, this machine only)")
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Serves until it is stopped."""
    environment = dict(os.environ)
    if options.database:
        environment["QS133_DATABASE_URL"] = options.database
    server = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(options.port), "--server.address", options.address]
    print(f"The dashboard is at http://{options.address}:{options.port} (stop it with Ctrl+C).", file=sys.stderr, flush=True)
    # Streamlit reads .streamlit/config.toml from the folder it is started in.
    return subprocess.run(server, cwd=PROJECT_FOLDER, env=environment, check=False).returncode
