"""What every measure, group, period and method means."""

from dashboard.screens.definitions import definitions
from dashboard.session.state import current_view

definitions(current_view().published)
