"""`qs133 serve`: the dashboard."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.access import access
from config.settings import PROJECT_FOLDER
from dashboard.access import is_this_machine, refusal_to_serve

NAME = "serve"
HELP = "serve the dashboard"
SERVER = Path(__file__).resolve().parent.parent / "server.py"
OWN_NAMES = ("localhost", "127.0.0.1", "::1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 serve`."""
    parser.add_argument("--port", type=_port, default=8501, help="(default: 8501)")
    parser.add_argument(
        "--address", default="localhost",
        help="the network address to listen on (default: localhost, this machine only); another one needs sign-in, see SECURITY.md",
    )
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Serves until it is stopped. Raises ConfigError for a settings file that can't be used."""
    sign_in, rules = _sign_in_configured(), access()
    refusal = refusal_to_serve(options.address, sign_in=sign_in, deployment_protects=rules.deployment_protects)
    refusal = refusal or _why_not_there(options.address, options.port)
    if refusal:
        print(refusal, file=sys.stderr)
        return 1
    environment = dict(os.environ)
    if options.database:
        environment["QS133_DATABASE_URL"] = options.database
    server = [
        sys.executable, "-m", "streamlit", "run", str(SERVER), "--server.port", str(options.port), "--server.address", options.address,
    ]
    if is_this_machine(options.address) and not sign_in and not rules.deployment_protects:
        # No other site's page may reach this server under a name that it has resolved to this machine.
        for name in OWN_NAMES:
            server += ["--server.allowedHosts", name]
    print(f"The dashboard is at http://{options.address}:{options.port} (stop it with Ctrl+C).", file=sys.stderr, flush=True)
    # Streamlit reads .streamlit/config.toml from the folder it is started in.
    return _run(server, environment)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port. Give a number from 1 to 65535, such as 8501.")
    return int(text)


def _why_not_there(address: str, port: int) -> str | None:
    """Why nothing can listen on a port of an address, so that nobody is told first that the dashboard is there; None when it can."""
    try:
        socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "something else is there already. Stop that, or choose another port with --port" if taken else error.strerror
        return f"The dashboard can't be served on port {port} of {address}: {reason}."
    return None


def _run(server: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs the server until it ends. Being told to stop, as a container's host does, is handed on to it, so that it stops in good order."""
    process = subprocess.Popen(server, cwd=PROJECT_FOLDER, env=environment)
    signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the server has had Ctrl+C as well, and is ending


def _sign_in_configured() -> bool:
    """Whether the server that is about to start will have sign-in: its secrets are found from the folder it is started in."""
    from dashboard.sign_in import sign_in_configured

    with contextlib.chdir(PROJECT_FOLDER):
        return sign_in_configured()
