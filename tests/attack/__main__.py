"""`python -m tests.attack kills` or `flood`: the attacks that print figures, for SECURITY.md."""

from __future__ import annotations

import argparse
import time

from tests.attack import flood, kills

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("kills", "flood"))
    parser.add_argument("--number", type=int, default=200, help="of kills")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    options = parser.parse_args()
    began = time.perf_counter()
    found = kills.run(options.number, options.seed) if options.what == "kills" else flood.run()
    print(*found, f"{time.perf_counter() - began:.0f} seconds", sep="\n")
