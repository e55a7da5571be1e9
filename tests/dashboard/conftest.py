"""What the dashboard's tests share: what takes long and comes out the same each time is done once in a run."""

from __future__ import annotations

import functools
import os
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from dashboard import releases
from metrics.decisions import Kept, hidden_of


class _InFiles:
    """Decisions in a folder, beside where they are kept otherwise."""

    def __init__(self, folder: Path, other: Kept) -> None:
        self._folder, self._other = folder, other

    def find(self, key: str) -> Mapping[str, bytes]:
        file = self._folder / key
        found = self._other.find(key)
        if not found and file.exists():
            found = self._other.keep(key, pickle.loads(file.read_bytes()))
        return found

    def keep(self, key: str, hidden: Mapping[str, bytes]) -> Mapping[str, bytes]:
        handle, draft = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as opened:
            pickle.dump(hidden, opened)
        os.replace(draft, self._folder / key)
        return self._other.keep(key, hidden)


@pytest.fixture(scope="package", autouse=True)
def _decided_once(run_folder: Path) -> Iterator[None]:
    """What is hidden of the same rows under the same rules is decided once in a run, by the real function: pages, commands and packs of
    the same authority ask for it over and over, each with a workspace of its own or with none, and it takes seconds. How it is decided is
    tested in `tests/metrics`, without this.
    """
    folder = run_folder / "decisions"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "hidden_of", lambda *given: hidden_of(*given[:-1], _InFiles(folder, given[-1])))
        yield


@pytest.fixture(scope="package", autouse=True)
def _installed_components_looked_up_once() -> Iterator[None]:
    """Each `AppTest` reads what every installed package says of itself, to find Streamlit components. That stays the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield
