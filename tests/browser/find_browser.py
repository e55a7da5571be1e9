"""The Chromium that the browser tests drive: one that is here, or else one that this system can install.

`python -m tests.browser.find_browser` prints its path, or exits with a sentence that says what to do.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge", "brave-browser")
MAC_APPLICATIONS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome",
                    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge")
ADVICE = ("The browser tests need Chromium, Chrome or Edge. None was found, and none could be installed from here. "
          "Install one, or give the path of one in the environment variable CHROME, and try again.")
# By the program that installs packages. Ubuntu's chromium is a snap, which does not start in a container.
SYSTEM_INSTALLS = {
    "apt-get": (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]),
    "dnf": (["dnf", "install", "-y", "-q", "chromium"],),
    "zypper": (["zypper", "--non-interactive", "install", "chromium"],),
    "pacman": (["pacman", "-Sy", "--noconfirm", "chromium"],),
}


class NoBrowserError(RuntimeError):
    """No browser is here and none could be installed. The message says what to do."""


def find_browser() -> Path | None:
    """The path of a browser that starts, or None. The environment variable CHROME goes before everything.

    Raises NoBrowserError if CHROME names something that does not start.
    """
    if named := os.environ.get("CHROME"):
        path = shutil.which(named)
        if path is None or not starts(Path(path)):
            raise NoBrowserError(f"The environment variable CHROME names {named!r}, which does not start. Correct it or unset it.")
        return Path(path)
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[Path]:
    """Where a browser may be: on the path, among macOS's applications, or where Playwright puts its own."""
    for name in NAMES:
        if path := shutil.which(name):
            yield Path(path)
    if platform.system() == "Darwin":
        yield from (Path("/Applications") / application for application in MAC_APPLICATIONS)
    yield playwright_browser()


def playwright_browser() -> Path:
    """Where Playwright's own browser is, or would be if it were installed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def starts(path: Path) -> bool:
    """Whether the browser is there with all the libraries it needs: asking for its version loads them."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_browser() -> Path:
    """Install a browser, from the system's packages if we may, or else Playwright's own. Raises NoBrowserError."""
    for commands in installs():
        if all(run(command) for command in commands) and (path := find_browser()):
            return path
    raise NoBrowserError(ADVICE)


def installs() -> Iterator[tuple[list[str], ...]]:
    """The ways to install a browser here, the best first, each a few commands to run one after the other."""
    as_root = root_prefix()
    if as_root is not None:
        for program, commands in SYSTEM_INSTALLS.items():
            if shutil.which(program) and platform.system() == "Linux" and not is_ubuntu():
                yield tuple([*as_root, *command] for command in commands)
    playwright = [sys.executable, "-m", "playwright", "install"]
    yield ([*playwright, *(["--with-deps"] if as_root is not None else []), "chromium"],)


def root_prefix() -> list[str] | None:
    """What to put before a command so that root runs it: nothing, `sudo -n`, or None when we may not."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def is_ubuntu() -> bool:
    try:
        return "ubuntu" in platform.freedesktop_os_release().get("ID", "")
    except OSError:
        return False


def run(command: list[str]) -> bool:
    """Run a command without a question asked; its output goes where a person can see why it failed."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environment, check=False).returncode == 0


def main() -> int:
    try:
        path = find_browser()
        if path is None:
            print("No browser was found for the tests: installing one.", file=sys.stderr)
            path = install_browser()
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The browser tests use {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
