"""The overview: every measure at a glance."""

from dashboard.overview_blocks import overview
from dashboard.session import current_view

overview(current_view())
