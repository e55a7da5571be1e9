"""What commands share at the console: who runs them, and progress on a line of standard error."""

from __future__ import annotations

import getpass
import os
import sys


def user_name() -> str:
    """Who runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may have a user without a name, and Windows may not tell it
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "user without a name"


def show_progress(doing: str, share: float) -> None:
    """What is being done, on a line of standard error that the next call writes over."""
    print(f"\r\x1b[K{share:4.0%}  {doing}", end="", file=sys.stderr, flush=True)


def clear_progress() -> None:
    """Empties that line."""
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)
