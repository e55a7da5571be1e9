"""Which version of the data is shown: after a load the old one goes on being shown until the new one's numbers are worked out.

So the first click after a load keeps nobody waiting, and the numbers are worked out once. All parts of the data (all children, and those
of each manager) change together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

MOST_SECONDS = 600.0
"""So long somebody waits for what only the new version has, before they get an error's sentence instead."""


class Versions:
    """Of one database. `build(old, new)` works out the new version's numbers; it runs on a thread of its own."""

    def __init__(self, build: Callable[[str, str], None]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._shown: str | None = None
        self._coming: str | None = None
        self._arrived = threading.Event()
        self._arrived.set()

    def shown(self, latest: str) -> str:
        """The version to show, when the database holds `latest`: that one if it is the first, or else as soon as it is built."""
        with self._lock:
            if self._shown is None or self._shown == latest:
                self._shown, self._coming = latest, None
                self._arrived.set()
            elif self._coming != latest:
                self._coming = latest
                self._arrived.clear()
                threading.Thread(target=self._bring, args=(self._shown, latest), name=f"data {latest}", daemon=True).start()
            return self._shown

    def wait(self) -> None:
        """Waits for the version that is coming, if one is: for who needs what the version that is shown can no longer give."""
        self._arrived.wait(MOST_SECONDS)

    def _bring(self, old: str, new: str) -> None:
        try:
            self._build(old, new)
        finally:
            # Also where it could not be built: whoever opens it then is told why.
            with self._lock:
                if self._coming == new:
                    self._shown, self._coming = new, None
                    self._arrived.set()
