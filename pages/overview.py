"""The overview: every measure at a glance."""

from dashboard.screens.overview import overview
from dashboard.session.state import current_view

overview(current_view())
