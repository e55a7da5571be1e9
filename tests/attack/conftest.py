"""Pages are run without a server, as in the tests of the dashboard."""

from __future__ import annotations

from tests.dashboard.conftest import _installed_components_looked_up_once, _settings_of_the_server
from tests.dashboard.packs.conftest import exact_pack, exact_view

__all__ = ["_installed_components_looked_up_once", "_settings_of_the_server", "exact_pack", "exact_view"]
