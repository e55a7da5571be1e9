"""What every measure, group, period and method means."""

from dashboard.definitions_blocks import definitions
from dashboard.session import current_view

definitions(current_view().published)
