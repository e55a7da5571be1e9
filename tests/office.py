"""The LibreOffice that opens the packs in the tests: the one that is here, or else one that this system can install.

`python -m tests.office` prints its path, or exits with a sentence that says what to do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.find_browser import root_prefix, run

NAMES = ("soffice", "libreoffice")
MAC_APPLICATION = Path("/Applications/LibreOffice.app/Contents/MacOS/soffice")
ADVICE = ("The tests of meeting packs open them with LibreOffice. None was found, and none could be installed from here. "
          "Install it, or give the path of its program soffice in the environment variable SOFFICE, and try again.")
# Impress and Calc only, without what they merely recommend, and a font as wide as the one that slides name: half a minute.
SYSTEM_INSTALLS = {
    "apt-get": (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "libreoffice-impress", "libreoffice-calc", "fonts-liberation"],
    ),
    "dnf": (["dnf", "install", "-y", "-q", "libreoffice-impress", "libreoffice-calc", "liberation-sans-fonts"],),
    "zypper": (["zypper", "--non-interactive", "install", "libreoffice-impress", "libreoffice-calc", "liberation-fonts"],),
    "pacman": (["pacman", "-Sy", "--noconfirm", "libreoffice-fresh", "ttf-liberation"],),
}
SECONDS = 180


def find_office() -> Path | None:
    """The path of LibreOffice's program, or None. The environment variable SOFFICE goes before everything."""
    names = (os.environ["SOFFICE"],) if "SOFFICE" in os.environ else NAMES
    found = next((Path(path) for name in names if (path := shutil.which(name))), None)
    return found or (MAC_APPLICATION if MAC_APPLICATION.is_file() else None)


def install_office() -> Path | None:
    """Installs it from the system's packages, where we may."""
    as_root = root_prefix()
    if as_root is None:
        return None
    for program, commands in SYSTEM_INSTALLS.items():
        if shutil.which(program) and all(run([*as_root, *command]) for command in commands) and (path := find_office()):
            return path
    return None


def as_pdf(file: Path, folder: Path) -> bytes:
    """What LibreOffice makes of a file, as a PDF. Fails if it complains about the file in any way."""
    office = find_office()
    assert office is not None, ADVICE
    with tempfile.TemporaryDirectory(prefix="office-") as profile:
        done = subprocess.run(
            [office, f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--convert-to", "pdf", "--outdir", folder,
             file],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )
    # That there is no Java is nothing about the file.
    complaints = [line for line in done.stderr.splitlines() if line.strip() and "java" not in line.lower()]
    assert done.returncode == 0 and not complaints, complaints
    return (folder / f"{file.stem}.pdf").read_bytes()


def main() -> int:
    path = find_office()
    if path is None:
        print("LibreOffice was not found for the tests: installing it.", file=sys.stderr)
        path = install_office()
    if path is None:
        print(ADVICE, file=sys.stderr)
        return 1
    print(f"The tests of packs use {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
