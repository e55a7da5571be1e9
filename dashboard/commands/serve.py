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
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config.access import access
from config.data_quality import data_quality
from config.home import VARIABLE, home_folder
from dashboard.access.personal import TOKEN, new_access, personal_refusal
from dashboard.access.personal import VARIABLE as PERSONAL
from dashboard.access.roles import is_this_machine, refusal_to_serve

NAME = "serve"
HELP = "serve the dashboard"
SERVER = Path(__file__).resolve().parent.parent / "server.py"
ALWAYS = (
    "--browser.gatherUsageStats", "false", "--client.disableDataExport", "true", "--client.showErrorDetails", "none",
    "--server.headless", "true", "--server.fileWatcherType", "none", "--server.maxMessageSize", "20", "--global.developmentMode", "false",
)
"""What safety rests on, whatever a user's own Streamlit settings say. The rest is in .streamlit/config.toml beside the server."""

READY, COUNTED = "/ready", "being counted"
"""Where the server says whether it is ready, and what it says while it isn't (`dashboard.readiness`)."""
SECONDS_BETWEEN, SECONDS_FOR_AN_ANSWER = 0.1, 10

OWN_NAMES = ("localhost", "127.0.0.1", "::1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 serve`."""
    parser.add_argument("--port", type=_port, default=8501, help="(default: 8501)")
    parser.add_argument(
        "--address", default="localhost",
        help="the network address to listen on (default: localhost, this machine only); another one needs sign-in, see SECURITY.md",
    )
    parser.add_argument(
        "--personal", action="store_true",
        help="for you alone, with everything that an administrator sees: this machine only, in the browser that opens the address first",
    )
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Serves until it is stopped. Raises ConfigError for a settings file that can't be used."""
    sign_in, rules = _sign_in_configured(), access()
    refusal = refusal_to_serve(options.address, sign_in=sign_in, deployment_protects=rules.deployment_protects)
    refusal = refusal or (personal_refusal(options.address, sign_in=sign_in) if options.personal else None)
    refusal = refusal or _why_not_there(options.address, options.port)
    if refusal:
        print(refusal, file=sys.stderr)
        return 1
    # The server runs in the home folder, where Streamlit looks for secrets, and has to find our packages all the same.
    packages = os.pathsep.join(filter(None, [str(SERVER.parent.parent), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, VARIABLE: str(home_folder()), "PYTHONPATH": packages}
    if options.database:
        environment["QS133_DATABASE_URL"] = options.database
    server = server_command(options.address, options.port)
    if is_this_machine(options.address) and not sign_in and not rules.deployment_protects:
        # No other site's page may reach this server under a name that it has resolved to this machine.
        for name in OWN_NAMES:
            server += ["--server.allowedHosts", name]
    print("The dashboard is starting.", file=sys.stderr, flush=True)
    where = _where(options, environment)
    return _run(server, environment, lambda: _tell_when_ready(_address(options), where))


def server_command(address: str, port: int) -> list[str]:
    """The command that starts the server. Raises ConfigError."""
    # -P: nothing in the home folder stands in for a package.
    return [
        sys.executable, "-P", "-m", "streamlit", "run", str(SERVER), "--server.port", str(port), "--server.address", address, *ALWAYS,
        "--server.maxUploadSize", str(data_quality().upload_megabytes),  # otherwise the server refuses from 200 megabytes on
    ]


def _where(options: argparse.Namespace, environment: dict[str, str]) -> str:
    """Where the dashboard is, in a sentence; for one person with the token that opens it, which the environment gets too."""
    address = _address(options)
    environment.pop(PERSONAL, None)
    if not options.personal:
        return f"The dashboard is at {address} (stop it with Ctrl+C)."
    environment[PERSONAL], token = new_access(options.port)
    return (
        f"The dashboard is for you alone at the following address, which works once, in one browser (stop it with Ctrl+C):\n"
        f"{address}/?{TOKEN}={token}"
    )


def _address(options: argparse.Namespace) -> str:
    host = f"[{options.address}]" if ":" in options.address else options.address
    return f"http://{host}:{options.port}"


def _tell_when_ready(address: str, where: str) -> None:
    """Says where the dashboard is as soon as it can answer at once, or as it answers why it can't."""
    asked = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    while not _is_prepared(f"{asked}{READY}"):
        time.sleep(SECONDS_BETWEEN)
    print(where, file=sys.stderr, flush=True)


def _is_prepared(address: str) -> bool:
    """Whether a server answers, and counts no more."""
    without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with without_proxy.open(address, timeout=SECONDS_FOR_AN_ANSWER):
            return True
    except urllib.error.HTTPError as answer:
        return COUNTED not in answer.read().decode(errors="replace")
    except OSError:
        return False


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


def _run(server: Sequence[str], environment: Mapping[str, str], meanwhile: Callable[[], None]) -> int:
    """Runs the server until it ends, and something else on a thread. Being told to stop, as a container's host does, is handed on to it,
    so that it stops in good order."""
    process = subprocess.Popen(server, cwd=home_folder(), env=environment)
    threading.Thread(target=meanwhile, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the server has had Ctrl+C as well, and is ending


def _sign_in_configured() -> bool:
    """Whether the server that is about to start will have sign-in: its secrets are found from the folder it is started in."""
    from dashboard.access.sign_in import sign_in_configured

    with contextlib.chdir(home_folder()):
        return sign_in_configured()
