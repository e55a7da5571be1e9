"""What the dashboard's tests share: what takes long and comes out the same each time is done once in a run."""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from streamlit.components.v2 import manifest_scanner

from config.disclosure import DisclosureRules
from dashboard import releases
from metrics.disclosure.protection import Protected, protect_unit
from metrics.kinds import Measure


@pytest.fixture(scope="package", autouse=True)
def _hidden_once(run_folder: Path) -> Iterator[None]:
    """What is hidden of the same rows under the same rules is decided once in a run, by the real function: pages, commands and packs of
    the same authority ask for it over and over, and it takes seconds. Each gets a copy of its own. How it is decided is tested in
    `tests/metrics/disclosure`, without this.
    """
    kept = run_folder / "hidden"
    kept.mkdir(exist_ok=True)

    def once(frame: pl.DataFrame, periods: tuple[str, ...], measures: tuple[Measure, ...], rules: DisclosureRules) -> Protected:
        said = pickle.dumps((frame.columns, periods, [measure.id for measure in measures], rules.model_dump_json()))
        rows = frame.sort(pl.all()).write_csv().encode()  # an engine gives them in any order
        file = kept / hashlib.sha256(said + rows).hexdigest()
        if not file.exists():
            handle, draft = tempfile.mkstemp(dir=kept)
            with os.fdopen(handle, "wb") as opened:
                pickle.dump(protect_unit(frame, periods, measures, rules), opened)
            os.replace(draft, file)
        found: Protected = pickle.loads(file.read_bytes())
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "protect_unit", once)
        yield


@pytest.fixture(scope="package", autouse=True)
def _installed_components_looked_up_once() -> Iterator[None]:
    """Each `AppTest` reads what every installed package says of itself, to find Streamlit components. That stays the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield
