"""A real OpenID provider in a process of its own, for the sign-in tests: discovery, authorisation, tokens, keys and signing out.

It is the package oidc-provider-mock, which is built on Authlib; whoever is named on its page is signed in.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.server import free_port, stop

SECONDS_TO_START = 30
COOKIE_SECRET = "a cookie secret for the tests and for nothing else, long enough"


@dataclass(frozen=True)
class Provider:
    """A running provider."""

    address: str

    def person(self, subject: str, **claims: Any) -> None:
        """Makes a person known, or changes their claims from their next sign-in on."""
        request = urllib.request.Request(
            f"{self.address}/users/{subject}", data=json.dumps(claims).encode(), method="PUT", headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def secrets(self, dashboard: str) -> str:
        """What Streamlit's secrets file holds for a dashboard at an address."""
        return "\n".join((
            "[auth]", f'redirect_uri = "{dashboard}/oauth2callback"', f'cookie_secret = "{COOKIE_SECRET}"', 'client_id = "dashboard"',
            'client_secret = "for the tests"', f'server_metadata_url = "{self.address}/.well-known/openid-configuration"', "",
        ))


@contextmanager
def running_provider(folder: Path, people: Mapping[str, Mapping[str, Any]]) -> Iterator[Provider]:
    """Starts a provider that knows these people by their subject. Raises RuntimeError if it does not start."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / "provider.log"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--host", "127.0.0.1", "--require-nonce"]
    for subject, claims in people.items():
        command += ["--user-claims", json.dumps({"sub": subject, **claims})]
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(address, process, log)
            yield Provider(address)
        finally:
            stop(process)


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The tests' OpenID provider did not start. The end of what it said:\n{log.read_text(encoding='utf-8')[-2000:]}")
