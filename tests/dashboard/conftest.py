"""What the dashboard's tests share: what takes long and comes out the same each time is done once in a run."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner

from config.settings import PROJECT_FOLDER


@pytest.fixture(scope="package", autouse=True)
def _installed_components_looked_up_once() -> Iterator[None]:
    """Each `AppTest` reads what every installed package says of itself, to find Streamlit components. That stays the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="package", autouse=True)
def _settings_of_the_server() -> Iterator[None]:
    """Streamlit's settings lie beside the entry point, where a server looks for them and an `AppTest` doesn't."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "_main_script_path", str(PROJECT_FOLDER / "dashboard" / "server.py"))
        config.get_config_options(force_reparse=True)
        yield
    config.get_config_options(force_reparse=True)
