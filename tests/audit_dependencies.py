"""`python -m tests.audit_dependencies` asks whether what the dashboard runs on has known vulnerabilities.

pip-audit looks up every package of `requirements.lock`, first with the package index and then with OSV, each of which needs the
network. Exits 1 if one is vulnerable; without an answer it says so in a sentence and exits 0, because a commit can't wait for a network.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
SERVICES = ("pypi", "osv")
SECONDS = 180
NO_ANSWER = (
    "The dependencies were not audited: neither service that knows of vulnerabilities could be reached from here. "
    "Run 'make audit' where the network is."
)


def main() -> int:
    for service in SERVICES:
        packages = audited(service)
        if packages:
            return tell(packages)
    print(NO_ANSWER, file=sys.stderr)
    return 0


def audited(service: str) -> list[dict[str, Any]]:
    """The packages that a service knows, each with name, version and vulns; none if it can't be reached."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json",
        "--progress-spinner", "off", "--vulnerability-service", service,
    ]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        packages: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return []
    return [package for package in packages if "vulns" in package]


def tell(packages: list[dict[str, Any]]) -> int:
    vulnerable = [package for package in packages if package["vulns"]]
    for package in vulnerable:
        for found in package["vulns"]:
            remedy = f"fixed in {', '.join(found['fix_versions'])}" if found["fix_versions"] else "no version fixes it yet"
            print(f"{package['name']} {package['version']} is vulnerable: {found['id']}, {remedy}.", file=sys.stderr)
    if vulnerable:
        print("Run 'make upgrade' for the newest versions and try again.", file=sys.stderr)
        return 1
    print(f"None of {len(packages)} packages has a known vulnerability.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
